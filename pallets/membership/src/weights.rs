// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_membership`: measured by `scripts/weights.sh`, never edited.
//!
//! frame-omni-bencher 64.0.0, 2026-11-21, steps 50, repeat 20, AMD EPYC, wasm execution
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
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:0 w:1)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn admit_institution() -> Weight {
        // Minimum execution time: 19_389_000 picoseconds.
        Weight::from_parts(20_901_000, 3522)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// Storage: `Membership::Institutions` (r:1 w:1)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn update_institution() -> Weight {
        // Minimum execution time: 22_684_000 picoseconds.
        Weight::from_parts(24_266_000, 3838)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `Membership::Institutions` (r:1 w:1)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn rotate_issuing_key() -> Weight {
        // Minimum execution time: 22_253_000 picoseconds.
        Weight::from_parts(23_896_000, 3838)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `Membership::Institutions` (r:1 w:1)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn suspend_institution() -> Weight {
        // Minimum execution time: 22_865_000 picoseconds.
        Weight::from_parts(24_196_000, 3838)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `Membership::Institutions` (r:1 w:1)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn reinstate_institution() -> Weight {
        // Minimum execution time: 22_163_000 picoseconds.
        Weight::from_parts(23_865_000, 3838)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `Membership::Institutions` (r:1 w:1)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn remove_institution() -> Weight {
        // Minimum execution time: 22_013_000 picoseconds.
        Weight::from_parts(23_035_000, 3838)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Membership::RequiredVerifications` (r:0 w:1)
    /// Proof: `Membership::RequiredVerifications` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn set_required_verifications() -> Weight {
        // Minimum execution time: 16_925_000 picoseconds.
        Weight::from_parts(18_207_000, 3522)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:1)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
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
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:0 w:1)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn redeem() -> Weight {
        // Minimum execution time: 182_181_000 picoseconds.
        Weight::from_parts(203_984_000, 6054)
            .saturating_add(T::DbWeight::get().reads(12_u64))
            .saturating_add(T::DbWeight::get().writes(11_u64))
    }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Redeemed` (r:1 w:0)
    /// Proof: `Membership::Redeemed` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    /// Storage: `Membership::MembershipKeys` (r:2 w:0)
    /// Proof: `Membership::MembershipKeys` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `Membership::AccountOwners` (r:2 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    fn authorize_redeem() -> Weight {
        // Minimum execution time: 140_339_000 picoseconds.
        Weight::from_parts(148_481_000, 6054).saturating_add(T::DbWeight::get().reads(8_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn refuse_applicant() -> Weight {
        // Minimum execution time: 28_592_000 picoseconds.
        Weight::from_parts(29_965_000, 3911)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:2 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Challenges` (r:10 w:9)
    /// Proof: `Membership::Challenges` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn challenge() -> Weight {
        // Minimum execution time: 76_694_000 picoseconds.
        Weight::from_parts(81_111_000, 26540)
            .saturating_add(T::DbWeight::get().reads(17_u64))
            .saturating_add(T::DbWeight::get().writes(13_u64))
    }
    /// Storage: `Membership::Members` (r:2 w:1)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Challenges` (r:9 w:8)
    /// Proof: `Membership::Challenges` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:2 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Membership::RequiredVerifications` (r:1 w:0)
    /// Proof: `Membership::RequiredVerifications` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn answer() -> Weight {
        // Minimum execution time: 116_534_000 picoseconds.
        Weight::from_parts(122_823_000, 23985)
            .saturating_add(T::DbWeight::get().reads(18_u64))
            .saturating_add(T::DbWeight::get().writes(13_u64))
    }
    /// Storage: `Membership::Members` (r:2 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Challenges` (r:1 w:0)
    /// Proof: `Membership::Challenges` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:2 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    fn authorize_answer() -> Weight {
        // Minimum execution time: 53_790_000 picoseconds.
        Weight::from_parts(55_984_000, 6832).saturating_add(T::DbWeight::get().reads(7_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:2 w:1)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:1)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Membership::MembershipKeys` (r:1 w:0)
    /// Proof: `Membership::MembershipKeys` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:1 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn add_transaction_key() -> Weight {
        // Minimum execution time: 111_817_000 picoseconds.
        Weight::from_parts(118_587_000, 6054)
            .saturating_add(T::DbWeight::get().reads(10_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:1)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:1)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// Estimated beyond this: 134 reads and 34 writes, with which the council forgets a delegate's votes.
    fn remove_transaction_key() -> Weight {
        // Minimum execution time: 69_353_000 picoseconds.
        Weight::from_parts(744_642_000, 259911)
            .saturating_add(T::DbWeight::get().reads(142_u64))
            .saturating_add(T::DbWeight::get().writes(40_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:2 w:1)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// Estimated beyond this: 134 reads and 34 writes, with which the council forgets a delegate's votes.
    fn suspend_member() -> Weight {
        // Minimum execution time: 34_622_000 picoseconds.
        Weight::from_parts(707_396_000, 262832)
            .saturating_add(T::DbWeight::get().reads(141_u64))
            .saturating_add(T::DbWeight::get().writes(39_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:2 w:1)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn reinstate_member() -> Weight {
        // Minimum execution time: 34_492_000 picoseconds.
        Weight::from_parts(36_014_000, 6832)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:2 w:1)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Challenges` (r:9 w:8)
    /// Proof: `Membership::Challenges` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// Estimated beyond this: 134 reads and 34 writes, with which the council forgets a delegate's votes.
    fn revoke_member() -> Weight {
        // Minimum execution time: 74_361_000 picoseconds.
        Weight::from_parts(747_486_000, 279985)
            .saturating_add(T::DbWeight::get().reads(158_u64))
            .saturating_add(T::DbWeight::get().writes(47_u64))
    }
    fn expire(n: u32) -> Weight {
        Weight::from_parts(8_000_000, 2921)
            .saturating_add(Weight::from_parts(80_000_000, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().reads((16_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(1_u64))
            .saturating_add(T::DbWeight::get().writes((16_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 20440).saturating_mul(n.into()))
    }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `TxPause::PausedCalls` (r:1 w:0)
    /// Proof: `TxPause::PausedCalls` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
    /// Storage: `Membership::MemberUsage` (r:1 w:1)
    /// Proof: `Membership::MemberUsage` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::Tuned` (r:1 w:0)
    /// Proof: `Upgrades::Tuned` (`max_values`: Some(1), `max_size`: Some(40), added: 535, mode: `MaxEncodedLen`)
    /// Storage: `Membership::InstitutionUsage` (r:1 w:1)
    /// Proof: `Membership::InstitutionUsage` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    fn member_gate() -> Weight {
        // Minimum execution time: 24_376_000 picoseconds.
        Weight::from_parts(25_939_000, 3911)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    /// Storage: `System::Account` (r:1 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    fn bounded_nonce() -> Weight {
        // Minimum execution time: 8_262_000 picoseconds.
        Weight::from_parts(8_894_000, 3529)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
}

/// The same for tests, which have no database of their own.
impl WeightInfo for () {
    fn admit_institution() -> Weight {
        Weight::from_parts(20_901_000, 3522)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn update_institution() -> Weight {
        Weight::from_parts(24_266_000, 3838)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn rotate_issuing_key() -> Weight {
        Weight::from_parts(23_896_000, 3838)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn suspend_institution() -> Weight {
        Weight::from_parts(24_196_000, 3838)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn reinstate_institution() -> Weight {
        Weight::from_parts(23_865_000, 3838)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn remove_institution() -> Weight {
        Weight::from_parts(23_035_000, 3838)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn set_required_verifications() -> Weight {
        Weight::from_parts(18_207_000, 3522)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn redeem() -> Weight {
        Weight::from_parts(203_984_000, 6054)
            .saturating_add(ParityDbWeight::get().reads(12_u64))
            .saturating_add(ParityDbWeight::get().writes(11_u64))
    }
    fn authorize_redeem() -> Weight {
        Weight::from_parts(148_481_000, 6054).saturating_add(ParityDbWeight::get().reads(8_u64))
    }
    fn refuse_applicant() -> Weight {
        Weight::from_parts(29_965_000, 3911)
            .saturating_add(ParityDbWeight::get().reads(6_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn challenge() -> Weight {
        Weight::from_parts(81_111_000, 26540)
            .saturating_add(ParityDbWeight::get().reads(17_u64))
            .saturating_add(ParityDbWeight::get().writes(13_u64))
    }
    fn answer() -> Weight {
        Weight::from_parts(122_823_000, 23985)
            .saturating_add(ParityDbWeight::get().reads(18_u64))
            .saturating_add(ParityDbWeight::get().writes(13_u64))
    }
    fn authorize_answer() -> Weight {
        Weight::from_parts(55_984_000, 6832).saturating_add(ParityDbWeight::get().reads(7_u64))
    }
    fn add_transaction_key() -> Weight {
        Weight::from_parts(118_587_000, 6054)
            .saturating_add(ParityDbWeight::get().reads(10_u64))
            .saturating_add(ParityDbWeight::get().writes(7_u64))
    }
    fn remove_transaction_key() -> Weight {
        Weight::from_parts(744_642_000, 259911)
            .saturating_add(ParityDbWeight::get().reads(142_u64))
            .saturating_add(ParityDbWeight::get().writes(40_u64))
    }
    fn suspend_member() -> Weight {
        Weight::from_parts(707_396_000, 262832)
            .saturating_add(ParityDbWeight::get().reads(141_u64))
            .saturating_add(ParityDbWeight::get().writes(39_u64))
    }
    fn reinstate_member() -> Weight {
        Weight::from_parts(36_014_000, 6832)
            .saturating_add(ParityDbWeight::get().reads(7_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn revoke_member() -> Weight {
        Weight::from_parts(747_486_000, 279985)
            .saturating_add(ParityDbWeight::get().reads(158_u64))
            .saturating_add(ParityDbWeight::get().writes(47_u64))
    }
    fn expire(n: u32) -> Weight {
        Weight::from_parts(8_000_000, 2921)
            .saturating_add(Weight::from_parts(80_000_000, 0).saturating_mul(n.into()))
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().reads((16_u64).saturating_mul(n.into())))
            .saturating_add(ParityDbWeight::get().writes(1_u64))
            .saturating_add(ParityDbWeight::get().writes((16_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 20440).saturating_mul(n.into()))
    }
    fn member_gate() -> Weight {
        Weight::from_parts(25_939_000, 3911)
            .saturating_add(ParityDbWeight::get().reads(8_u64))
            .saturating_add(ParityDbWeight::get().writes(2_u64))
    }
    fn bounded_nonce() -> Weight {
        Weight::from_parts(8_894_000, 3529)
            .saturating_add(ParityDbWeight::get().reads(1_u64))
            .saturating_add(ParityDbWeight::get().writes(1_u64))
    }
}
