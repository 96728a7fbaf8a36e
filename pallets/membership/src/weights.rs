// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_membership`: measured by `scripts/weights.sh`, never edited.
//!
//! frame-benchmarking-cli 64.0.0, 2026-11-27, steps 50, repeat 20, Intel(R) Xeon(R) Processor, wasm execution
//! Compiled.

#![allow(unused_imports, unused_parens, clippy::all, reason = "generated code")]
#![allow(missing_docs, reason = "a function for each call; its documentation is the call's")]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::ParityDbWeight, Weight},
};

/// The worst-case weight of each call of `pallet_salus_membership`.
pub trait WeightInfo {
    fn admit_institution() -> Weight;
    fn update_institution() -> Weight;
    fn rotate_issuing_key() -> Weight;
    fn suspend_institution() -> Weight;
    fn reinstate_institution() -> Weight;
    fn remove_institution() -> Weight;
    fn set_required_verifications() -> Weight;
    fn redeem() -> Weight;
    fn authorize_redeem() -> Weight;
    fn refuse_applicant() -> Weight;
    fn challenge() -> Weight;
    fn answer() -> Weight;
    fn authorize_answer() -> Weight;
    fn add_transaction_key() -> Weight;
    fn remove_transaction_key() -> Weight;
    fn suspend_member() -> Weight;
    fn reinstate_member() -> Weight;
    fn renew_member() -> Weight;
    fn revoke_member() -> Weight;
    fn expire(n: u32) -> Weight;
    fn member_gate() -> Weight;
    fn bounded_nonce() -> Weight;
}

/// The measured weights, with the database of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Storage: `Membership::NextInstitution` (r:1 w:1)
    /// Proof: `Membership::NextInstitution` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:0 w:1)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    fn admit_institution() -> Weight {
        // Minimum execution time: 17_568_000 picoseconds.
        Weight::from_parts(19_049_000, 5731)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// Storage: `Membership::Institutions` (r:1 w:1)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn update_institution() -> Weight {
        // Minimum execution time: 21_898_000 picoseconds.
        Weight::from_parts(23_507_000, 5731)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Membership::Institutions` (r:1 w:1)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn rotate_issuing_key() -> Weight {
        // Minimum execution time: 20_632_000 picoseconds.
        Weight::from_parts(22_147_000, 5731)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Membership::Institutions` (r:1 w:1)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn suspend_institution() -> Weight {
        // Minimum execution time: 20_504_000 picoseconds.
        Weight::from_parts(22_051_000, 5731)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Membership::Institutions` (r:1 w:1)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn reinstate_institution() -> Weight {
        // Minimum execution time: 20_415_000 picoseconds.
        Weight::from_parts(22_005_000, 5731)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Authorities::Seats` (r:1 w:0)
    /// Proof: `Authorities::Seats` (`max_values`: None, `max_size`: Some(121), added: 2596, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:1)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn remove_institution() -> Weight {
        // Minimum execution time: 21_839_000 picoseconds.
        Weight::from_parts(23_336_000, 5731)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Membership::RequiredVerifications` (r:0 w:1)
    /// Proof: `Membership::RequiredVerifications` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn set_required_verifications() -> Weight {
        // Minimum execution time: 14_351_000 picoseconds.
        Weight::from_parts(15_335_000, 5731)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Membership::Institutions` (r:1 w:1)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Redeemed` (r:1 w:1)
    /// Proof: `Membership::Redeemed` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    /// Storage: `Membership::MembershipKeys` (r:2 w:1)
    /// Proof: `Membership::MembershipKeys` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `Membership::AccountOwners` (r:2 w:1)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Membership::NextMember` (r:1 w:1)
    /// Proof: `Membership::NextMember` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:1 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:0 w:1)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    fn redeem() -> Weight {
        // Minimum execution time: 206_835_000 picoseconds.
        Weight::from_parts(227_518_000, 6054)
            .saturating_add(T::DbWeight::get().reads(11_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Redeemed` (r:1 w:0)
    /// Proof: `Membership::Redeemed` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    /// Storage: `Membership::MembershipKeys` (r:2 w:0)
    /// Proof: `Membership::MembershipKeys` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `Membership::AccountOwners` (r:2 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    fn authorize_redeem() -> Weight {
        // Minimum execution time: 160_321_000 picoseconds.
        Weight::from_parts(170_254_000, 6054).saturating_add(T::DbWeight::get().reads(7_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn refuse_applicant() -> Weight {
        // Minimum execution time: 28_236_000 picoseconds.
        Weight::from_parts(29_768_000, 5731)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:2 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Challenges` (r:10 w:9)
    /// Proof: `Membership::Challenges` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn challenge() -> Weight {
        // Minimum execution time: 77_256_000 picoseconds.
        Weight::from_parts(81_411_000, 26540)
            .saturating_add(T::DbWeight::get().reads(16_u64))
            .saturating_add(T::DbWeight::get().writes(11_u64))
    }
    /// Storage: `Membership::Members` (r:2 w:1)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Challenges` (r:9 w:8)
    /// Proof: `Membership::Challenges` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:2 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Membership::RequiredVerifications` (r:1 w:0)
    /// Proof: `Membership::RequiredVerifications` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn answer() -> Weight {
        // Minimum execution time: 125_703_000 picoseconds.
        Weight::from_parts(140_944_000, 23985)
            .saturating_add(T::DbWeight::get().reads(17_u64))
            .saturating_add(T::DbWeight::get().writes(11_u64))
    }
    /// Storage: `Membership::Members` (r:2 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Challenges` (r:1 w:0)
    /// Proof: `Membership::Challenges` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:2 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    fn authorize_answer() -> Weight {
        // Minimum execution time: 61_046_000 picoseconds.
        Weight::from_parts(67_612_000, 7038).saturating_add(T::DbWeight::get().reads(6_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:2 w:1)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:1)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Membership::MembershipKeys` (r:1 w:0)
    /// Proof: `Membership::MembershipKeys` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:1 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn add_transaction_key() -> Weight {
        // Minimum execution time: 123_173_000 picoseconds.
        Weight::from_parts(141_725_000, 6054)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:1)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:1)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Authorities::SeatOf` (r:1 w:0)
    /// Proof: `Authorities::SeatOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Authorities::Seats` (r:101 w:0)
    /// Proof: `Authorities::Seats` (`max_values`: None, `max_size`: Some(121), added: 2596, mode: `MaxEncodedLen`)
    /// Storage: `Council::Proposals` (r:1 w:0)
    /// Proof: `Council::Proposals` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `Council::Voting` (r:32 w:32)
    /// Proof: `Council::Voting` (`max_values`: None, `max_size`: None, mode: `Measured`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Council::Members` (r:0 w:1)
    /// Proof: `Council::Members` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `Council::Prime` (r:0 w:1)
    /// Proof: `Council::Prime` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    fn remove_transaction_key() -> Weight {
        // Minimum execution time: 814_346_000 picoseconds.
        Weight::from_parts(905_390_000, 263186)
            .saturating_add(T::DbWeight::get().reads(141_u64))
            .saturating_add(T::DbWeight::get().writes(38_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:2 w:1)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Authorities::Seats` (r:101 w:0)
    /// Proof: `Authorities::Seats` (`max_values`: None, `max_size`: Some(121), added: 2596, mode: `MaxEncodedLen`)
    /// Storage: `Council::Proposals` (r:1 w:0)
    /// Proof: `Council::Proposals` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `Council::Voting` (r:32 w:32)
    /// Proof: `Council::Voting` (`max_values`: None, `max_size`: None, mode: `Measured`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Council::Members` (r:0 w:1)
    /// Proof: `Council::Members` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `Council::Prime` (r:0 w:1)
    /// Proof: `Council::Prime` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    fn suspend_member() -> Weight {
        // Minimum execution time: 761_936_000 picoseconds.
        Weight::from_parts(781_111_000, 263186)
            .saturating_add(T::DbWeight::get().reads(140_u64))
            .saturating_add(T::DbWeight::get().writes(37_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:2 w:1)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn reinstate_member() -> Weight {
        // Minimum execution time: 39_265_000 picoseconds.
        Weight::from_parts(41_514_000, 7038)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:2 w:1)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn renew_member() -> Weight {
        // Estimated, not measured: the time of `reinstate_member`, which reads and writes the same and more.
        Weight::from_parts(41_514_000, 7038)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:2 w:1)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Authorities::Seats` (r:101 w:0)
    /// Proof: `Authorities::Seats` (`max_values`: None, `max_size`: Some(121), added: 2596, mode: `MaxEncodedLen`)
    /// Storage: `Council::Proposals` (r:1 w:0)
    /// Proof: `Council::Proposals` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `Council::Voting` (r:32 w:32)
    /// Proof: `Council::Voting` (`max_values`: None, `max_size`: None, mode: `Measured`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Challenges` (r:9 w:8)
    /// Proof: `Membership::Challenges` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `Council::Members` (r:0 w:1)
    /// Proof: `Council::Members` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    /// Storage: `Council::Prime` (r:0 w:1)
    /// Proof: `Council::Prime` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
    fn revoke_member() -> Weight {
        // Minimum execution time: 798_977_000 picoseconds.
        Weight::from_parts(825_194_000, 263186)
            .saturating_add(T::DbWeight::get().reads(149_u64))
            .saturating_add(T::DbWeight::get().writes(45_u64))
    }
    /// Storage: `Membership::NextExpiry` (r:1 w:1)
    /// Proof: `Membership::NextExpiry` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Membership::NextMember` (r:1 w:0)
    /// Proof: `Membership::NextMember` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:65 w:64)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Challenges` (r:576 w:512)
    /// Proof: `Membership::Challenges` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:64 w:64)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:64 w:64)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:64 w:64)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:64 w:64)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Membership::MembershipKeys` (r:0 w:64)
    /// Proof: `Membership::MembershipKeys` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Redeemed` (r:0 w:64)
    /// Proof: `Membership::Redeemed` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    /// Storage: `Membership::AccountOwners` (r:0 w:64)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// The range of component `n` is `[0, 64]`.
    fn expire(n: u32) -> Weight {
        // Minimum execution time: 9_405_000 picoseconds.
        Weight::from_parts(4_271_558, 4014)
            // Standard Error: 65_792
            .saturating_add(Weight::from_parts(75_599_065, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().reads((14_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(1_u64))
            .saturating_add(T::DbWeight::get().writes((16_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 22995).saturating_mul(n.into()))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:1)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:1)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `TxPause::PausedCalls` (r:1 w:0)
    /// Proof: `TxPause::PausedCalls` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::Tuned` (r:1 w:0)
    /// Proof: `Upgrades::Tuned` (`max_values`: Some(1), `max_size`: Some(40), added: 535, mode: `MaxEncodedLen`)
    fn member_gate() -> Weight {
        // Minimum execution time: 28_849_000 picoseconds.
        Weight::from_parts(31_307_000, 4014)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    /// Storage: `System::Account` (r:1 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    fn bounded_nonce() -> Weight {
        // Minimum execution time: 7_751_000 picoseconds.
        Weight::from_parts(8_388_000, 3529)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
}

/// The same for tests, which have no database of their own.
impl WeightInfo for () {
    fn admit_institution() -> Weight {
        Weight::from_parts(19_049_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn update_institution() -> Weight {
        Weight::from_parts(23_507_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn rotate_issuing_key() -> Weight {
        Weight::from_parts(22_147_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn suspend_institution() -> Weight {
        Weight::from_parts(22_051_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn reinstate_institution() -> Weight {
        Weight::from_parts(22_005_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn remove_institution() -> Weight {
        Weight::from_parts(23_336_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn set_required_verifications() -> Weight {
        Weight::from_parts(15_335_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(2_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn redeem() -> Weight {
        Weight::from_parts(227_518_000, 6054)
            .saturating_add(ParityDbWeight::get().reads(11_u64))
            .saturating_add(ParityDbWeight::get().writes(9_u64))
    }
    fn authorize_redeem() -> Weight {
        Weight::from_parts(170_254_000, 6054).saturating_add(ParityDbWeight::get().reads(7_u64))
    }
    fn refuse_applicant() -> Weight {
        Weight::from_parts(29_768_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().writes(2_u64))
    }
    fn challenge() -> Weight {
        Weight::from_parts(81_411_000, 26540)
            .saturating_add(ParityDbWeight::get().reads(16_u64))
            .saturating_add(ParityDbWeight::get().writes(11_u64))
    }
    fn answer() -> Weight {
        Weight::from_parts(140_944_000, 23985)
            .saturating_add(ParityDbWeight::get().reads(17_u64))
            .saturating_add(ParityDbWeight::get().writes(11_u64))
    }
    fn authorize_answer() -> Weight {
        Weight::from_parts(67_612_000, 7038).saturating_add(ParityDbWeight::get().reads(6_u64))
    }
    fn add_transaction_key() -> Weight {
        Weight::from_parts(141_725_000, 6054)
            .saturating_add(ParityDbWeight::get().reads(9_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn remove_transaction_key() -> Weight {
        Weight::from_parts(905_390_000, 263186)
            .saturating_add(ParityDbWeight::get().reads(141_u64))
            .saturating_add(ParityDbWeight::get().writes(38_u64))
    }
    fn suspend_member() -> Weight {
        Weight::from_parts(781_111_000, 263186)
            .saturating_add(ParityDbWeight::get().reads(140_u64))
            .saturating_add(ParityDbWeight::get().writes(37_u64))
    }
    fn reinstate_member() -> Weight {
        Weight::from_parts(41_514_000, 7038)
            .saturating_add(ParityDbWeight::get().reads(6_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn renew_member() -> Weight {
        Weight::from_parts(41_514_000, 7038)
            .saturating_add(ParityDbWeight::get().reads(6_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn revoke_member() -> Weight {
        Weight::from_parts(825_194_000, 263186)
            .saturating_add(ParityDbWeight::get().reads(149_u64))
            .saturating_add(ParityDbWeight::get().writes(45_u64))
    }
    fn expire(n: u32) -> Weight {
        Weight::from_parts(4_271_558, 4014)
            .saturating_add(Weight::from_parts(75_599_065, 0).saturating_mul(n.into()))
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().reads((14_u64).saturating_mul(n.into())))
            .saturating_add(ParityDbWeight::get().writes(1_u64))
            .saturating_add(ParityDbWeight::get().writes((16_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 22995).saturating_mul(n.into()))
    }
    fn member_gate() -> Weight {
        Weight::from_parts(31_307_000, 4014)
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().writes(2_u64))
    }
    fn bounded_nonce() -> Weight {
        Weight::from_parts(8_388_000, 3529)
            .saturating_add(ParityDbWeight::get().reads(1_u64))
            .saturating_add(ParityDbWeight::get().writes(1_u64))
    }
}
