// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_access`: measured by `scripts/weights.sh`, never edited.
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

/// The worst-case weight of each call of `pallet_salus_access`.
pub trait WeightInfo {
    fn renew_envelopes(e: u32) -> Weight;
    fn grant_access() -> Weight;
    fn grant_access_to_lab() -> Weight;
    fn revoke_access() -> Weight;
    fn revoke_access_from_lab() -> Weight;
    fn request_access() -> Weight;
    fn approve_request(g: u32) -> Weight;
    fn deny_request() -> Weight;
    fn disclose() -> Weight;
}

/// The measured weights, with the database of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:1 w:0)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:1)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(3040), added: 5515, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:64 w:64)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(188), added: 2663, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:64 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:64 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// The range of component `e` is `[1, 64]`.
    fn renew_envelopes(e: u32) -> Weight {
        // Minimum execution time: 97_575_000 picoseconds.
        Weight::from_parts(104_828_179, 6505)
            // Standard Error: 19_755
            .saturating_add(Weight::from_parts(14_786_602, 0).saturating_mul(e.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(e.into())))
            .saturating_add(T::DbWeight::get().writes(3_u64))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(e.into())))
            .saturating_add(Weight::from_parts(0, 3024).saturating_mul(e.into()))
    }
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:1 w:0)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Access::NextGrant` (r:1 w:1)
    /// Proof: `Access::NextGrant` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:1)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(3040), added: 5515, mode: `MaxEncodedLen`)
    /// Storage: `Access::NewestGrantTo` (r:1 w:1)
    /// Proof: `Access::NewestGrantTo` (`max_values`: None, `max_size`: Some(29), added: 2504, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:0 w:1)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(188), added: 2663, mode: `MaxEncodedLen`)
    fn grant_access() -> Weight {
        // Minimum execution time: 75_880_000 picoseconds.
        Weight::from_parts(85_654_000, 6505)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:1 w:0)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Access::NextGrant` (r:1 w:1)
    /// Proof: `Access::NextGrant` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:1)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(3040), added: 5515, mode: `MaxEncodedLen`)
    /// Storage: `Access::NewestGrantTo` (r:1 w:1)
    /// Proof: `Access::NewestGrantTo` (`max_values`: None, `max_size`: Some(29), added: 2504, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:0 w:1)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(188), added: 2663, mode: `MaxEncodedLen`)
    fn grant_access_to_lab() -> Weight {
        // Minimum execution time: 76_190_000 picoseconds.
        Weight::from_parts(86_619_000, 6505)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:1 w:1)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(188), added: 2663, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:1)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(3040), added: 5515, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn revoke_access() -> Weight {
        // Minimum execution time: 64_046_000 picoseconds.
        Weight::from_parts(75_096_000, 6505)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:1 w:1)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(188), added: 2663, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:1)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(3040), added: 5515, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn revoke_access_from_lab() -> Weight {
        // Minimum execution time: 64_250_000 picoseconds.
        Weight::from_parts(75_707_000, 6505)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Access::OpenRequests` (r:1 w:1)
    /// Proof: `Access::OpenRequests` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    /// Storage: `Access::Requests` (r:1 w:1)
    /// Proof: `Access::Requests` (`max_values`: None, `max_size`: Some(97), added: 2572, mode: `MaxEncodedLen`)
    /// Storage: `Access::NextRequest` (r:1 w:1)
    /// Proof: `Access::NextRequest` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::Tuned` (r:1 w:0)
    /// Proof: `Upgrades::Tuned` (`max_values`: Some(1), `max_size`: Some(40), added: 535, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn request_access() -> Weight {
        // Minimum execution time: 48_718_000 picoseconds.
        Weight::from_parts(52_475_000, 5731)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Access::Requests` (r:1 w:1)
    /// Proof: `Access::Requests` (`max_values`: None, `max_size`: Some(97), added: 2572, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:2 w:2)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:16 w:0)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Access::NextGrant` (r:1 w:1)
    /// Proof: `Access::NextGrant` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:16 w:16)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(3040), added: 5515, mode: `MaxEncodedLen`)
    /// Storage: `Access::NewestGrantTo` (r:1 w:1)
    /// Proof: `Access::NewestGrantTo` (`max_values`: None, `max_size`: Some(29), added: 2504, mode: `MaxEncodedLen`)
    /// Storage: `Access::OpenRequests` (r:0 w:1)
    /// Proof: `Access::OpenRequests` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:0 w:16)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(188), added: 2663, mode: `MaxEncodedLen`)
    /// The range of component `g` is `[1, 16]`.
    fn approve_request(g: u32) -> Weight {
        // Minimum execution time: 104_877_000 picoseconds.
        Weight::from_parts(77_297_718, 4846)
            // Standard Error: 133_723
            .saturating_add(Weight::from_parts(42_597_328, 0).saturating_mul(g.into()))
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(g.into())))
            .saturating_add(T::DbWeight::get().writes(6_u64))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(g.into())))
            .saturating_add(Weight::from_parts(0, 5515).saturating_mul(g.into()))
    }
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Access::Requests` (r:1 w:1)
    /// Proof: `Access::Requests` (`max_values`: None, `max_size`: Some(97), added: 2572, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Access::OpenRequests` (r:0 w:1)
    /// Proof: `Access::OpenRequests` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    fn deny_request() -> Weight {
        // Minimum execution time: 38_130_000 picoseconds.
        Weight::from_parts(41_744_000, 5731)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:1 w:0)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Access::NextGrant` (r:1 w:1)
    /// Proof: `Access::NextGrant` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:1)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(3040), added: 5515, mode: `MaxEncodedLen`)
    /// Storage: `Access::NewestGrantTo` (r:1 w:1)
    /// Proof: `Access::NewestGrantTo` (`max_values`: None, `max_size`: Some(29), added: 2504, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:1 w:1)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(188), added: 2663, mode: `MaxEncodedLen`)
    fn disclose() -> Weight {
        // Estimated, not measured: the time of `grant_access`, and a tenth more for the grant that it reads besides.
        Weight::from_parts(94_219_000, 6505)
            .saturating_add(T::DbWeight::get().reads(10_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
}

/// The same for tests, which have no database of their own.
impl WeightInfo for () {
    fn renew_envelopes(e: u32) -> Weight {
        Weight::from_parts(104_828_179, 6505)
            .saturating_add(Weight::from_parts(14_786_602, 0).saturating_mul(e.into()))
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().reads((3_u64).saturating_mul(e.into())))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
            .saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(e.into())))
            .saturating_add(Weight::from_parts(0, 3024).saturating_mul(e.into()))
    }
    fn grant_access() -> Weight {
        Weight::from_parts(85_654_000, 6505)
            .saturating_add(ParityDbWeight::get().reads(9_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn grant_access_to_lab() -> Weight {
        Weight::from_parts(86_619_000, 6505)
            .saturating_add(ParityDbWeight::get().reads(9_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn revoke_access() -> Weight {
        Weight::from_parts(75_096_000, 6505)
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn revoke_access_from_lab() -> Weight {
        Weight::from_parts(75_707_000, 6505)
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn request_access() -> Weight {
        Weight::from_parts(52_475_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(7_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn approve_request(g: u32) -> Weight {
        Weight::from_parts(77_297_718, 4846)
            .saturating_add(Weight::from_parts(42_597_328, 0).saturating_mul(g.into()))
            .saturating_add(ParityDbWeight::get().reads(8_u64))
            .saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(g.into())))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
            .saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(g.into())))
            .saturating_add(Weight::from_parts(0, 5515).saturating_mul(g.into()))
    }
    fn deny_request() -> Weight {
        Weight::from_parts(41_744_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn disclose() -> Weight {
        Weight::from_parts(94_219_000, 6505)
            .saturating_add(ParityDbWeight::get().reads(10_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
}
