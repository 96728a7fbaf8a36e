// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_records`: measured by `scripts/weights.sh`, never edited.
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

/// What each call of `pallet_salus_records` costs at most.
pub trait WeightInfo {
    fn create_medical_record() -> Weight;
    fn create_medical_records(c: u32, r: u32) -> Weight;
    fn amend_record(e: u32) -> Weight;
    fn open_records_permitted() -> Weight;
    fn open_records_denied() -> Weight;
    fn close_sessions(n: u32) -> Weight;
}

/// The measured weights, with the database of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::Charts` (r:1 w:0)
    /// Proof: `Access::Charts` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
    /// Storage: `Access::Compartments` (r:1 w:0)
    /// Proof: `Access::Compartments` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:0)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:64 w:0)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(174), added: 2649, mode: `MaxEncodedLen`)
    /// Storage: `Records::Records` (r:1 w:1)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// Storage: `Records::Versions` (r:0 w:1)
    /// Proof: `Records::Versions` (`max_values`: None, `max_size`: Some(473), added: 2948, mode: `MaxEncodedLen`)
    fn create_medical_record() -> Weight {
        // Minimum execution time: 280_498_000 picoseconds.
        Weight::from_parts(291_114_000, 170526)
            .saturating_add(T::DbWeight::get().reads(74_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::Charts` (r:1 w:0)
    /// Proof: `Access::Charts` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
    /// Storage: `Access::Compartments` (r:16 w:0)
    /// Proof: `Access::Compartments` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:16 w:0)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:1024 w:0)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(174), added: 2649, mode: `MaxEncodedLen`)
    /// Storage: `Records::Records` (r:64 w:64)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:64)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:64)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// Storage: `Records::Versions` (r:0 w:64)
    /// Proof: `Records::Versions` (`max_values`: None, `max_size`: Some(473), added: 2948, mode: `MaxEncodedLen`)
    /// The range of component `c` is `[1, 16]`.
    /// The range of component `r` is `[1, 64]`.
    fn create_medical_records(c: u32, r: u32) -> Weight {
        // Minimum execution time: 381_479_000 picoseconds.
        Weight::from_parts(386_116_000, 170526)
            // Standard Error: 2_781_794
            .saturating_add(Weight::from_parts(196_025_429, 0).saturating_mul(c.into()))
            // Standard Error: 693_605
            .saturating_add(Weight::from_parts(28_875_132, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(74_u64))
            .saturating_add(T::DbWeight::get().reads((49_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(r.into())))
            .saturating_add(T::DbWeight::get().writes(2_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(r.into())))
            .saturating_add(Weight::from_parts(0, 125828).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(0, 5340).saturating_mul(r.into()))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Records::Records` (r:1 w:1)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Access::Charts` (r:1 w:0)
    /// Proof: `Access::Charts` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
    /// Storage: `Access::Compartments` (r:1 w:0)
    /// Proof: `Access::Compartments` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:0)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
    /// Storage: `Access::RecordGrants` (r:1 w:0)
    /// Proof: `Access::RecordGrants` (`max_values`: None, `max_size`: Some(81), added: 2556, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:72 w:0)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(174), added: 2649, mode: `MaxEncodedLen`)
    /// Storage: `Records::Versions` (r:1 w:1)
    /// Proof: `Records::Versions` (`max_values`: None, `max_size`: Some(473), added: 2948, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// The range of component `e` is `[0, 8]`.
    fn amend_record(e: u32) -> Weight {
        // Minimum execution time: 301_279_000 picoseconds.
        Weight::from_parts(317_343_629, 170526)
            // Standard Error: 55_455
            .saturating_add(Weight::from_parts(6_109_776, 0).saturating_mul(e.into()))
            .saturating_add(T::DbWeight::get().reads(76_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(e.into())))
            .saturating_add(T::DbWeight::get().writes(6_u64))
            .saturating_add(Weight::from_parts(0, 2649).saturating_mul(e.into()))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::Charts` (r:1 w:0)
    /// Proof: `Access::Charts` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
    /// Storage: `Records::Records` (r:1 w:0)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Access::Compartments` (r:1 w:0)
    /// Proof: `Access::Compartments` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:0)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
    /// Storage: `Access::RecordGrants` (r:1 w:0)
    /// Proof: `Access::RecordGrants` (`max_values`: None, `max_size`: Some(81), added: 2556, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:72 w:0)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(174), added: 2649, mode: `MaxEncodedLen`)
    /// Storage: `Records::Sessions` (r:1 w:1)
    /// Proof: `Records::Sessions` (`max_values`: None, `max_size`: Some(95), added: 2570, mode: `MaxEncodedLen`)
    /// Storage: `Records::NextSession` (r:1 w:1)
    /// Proof: `Records::NextSession` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// Storage: `Records::SessionQueue` (r:0 w:1)
    /// Proof: `Records::SessionQueue` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    fn open_records_permitted() -> Weight {
        // Minimum execution time: 313_738_000 picoseconds.
        Weight::from_parts(325_856_000, 191718)
            .saturating_add(T::DbWeight::get().reads(85_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::Charts` (r:1 w:0)
    /// Proof: `Access::Charts` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
    /// Storage: `Records::Records` (r:1 w:0)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Access::Compartments` (r:1 w:0)
    /// Proof: `Access::Compartments` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:0)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
    /// Storage: `Access::RecordGrants` (r:1 w:0)
    /// Proof: `Access::RecordGrants` (`max_values`: None, `max_size`: Some(81), added: 2556, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:72 w:0)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(174), added: 2649, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Denials` (r:1 w:1)
    /// Proof: `Audit::Denials` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:2)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:2)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn open_records_denied() -> Weight {
        // Minimum execution time: 320_378_000 picoseconds.
        Weight::from_parts(341_008_000, 191718)
            .saturating_add(T::DbWeight::get().reads(84_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Records::OldestSession` (r:1 w:1)
    /// Proof: `Records::OldestSession` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Records::SessionQueue` (r:257 w:256)
    /// Proof: `Records::SessionQueue` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    /// Storage: `Records::Sessions` (r:256 w:256)
    /// Proof: `Records::Sessions` (`max_values`: None, `max_size`: Some(95), added: 2570, mode: `MaxEncodedLen`)
    /// The range of component `n` is `[0, 256]`.
    fn close_sessions(n: u32) -> Weight {
        // Minimum execution time: 5_538_000 picoseconds.
        Weight::from_parts(5_708_000, 3513)
            // Standard Error: 5_184
            .saturating_add(Weight::from_parts(10_532_936, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(1_u64))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 2570).saturating_mul(n.into()))
    }
}

/// The same for tests, which have no database of their own.
impl WeightInfo for () {
    fn create_medical_record() -> Weight {
        Weight::from_parts(291_114_000, 170526)
            .saturating_add(ParityDbWeight::get().reads(74_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn create_medical_records(c: u32, r: u32) -> Weight {
        Weight::from_parts(386_116_000, 170526)
            .saturating_add(Weight::from_parts(196_025_429, 0).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(28_875_132, 0).saturating_mul(r.into()))
            .saturating_add(ParityDbWeight::get().reads(74_u64))
            .saturating_add(ParityDbWeight::get().reads((49_u64).saturating_mul(c.into())))
            .saturating_add(ParityDbWeight::get().reads((3_u64).saturating_mul(r.into())))
            .saturating_add(ParityDbWeight::get().writes(2_u64))
            .saturating_add(ParityDbWeight::get().writes((4_u64).saturating_mul(r.into())))
            .saturating_add(Weight::from_parts(0, 125828).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(0, 5340).saturating_mul(r.into()))
    }
    fn amend_record(e: u32) -> Weight {
        Weight::from_parts(317_343_629, 170526)
            .saturating_add(Weight::from_parts(6_109_776, 0).saturating_mul(e.into()))
            .saturating_add(ParityDbWeight::get().reads(76_u64))
            .saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(e.into())))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
            .saturating_add(Weight::from_parts(0, 2649).saturating_mul(e.into()))
    }
    fn open_records_permitted() -> Weight {
        Weight::from_parts(325_856_000, 191718)
            .saturating_add(ParityDbWeight::get().reads(85_u64))
            .saturating_add(ParityDbWeight::get().writes(7_u64))
    }
    fn open_records_denied() -> Weight {
        Weight::from_parts(341_008_000, 191718)
            .saturating_add(ParityDbWeight::get().reads(84_u64))
            .saturating_add(ParityDbWeight::get().writes(7_u64))
    }
    fn close_sessions(n: u32) -> Weight {
        Weight::from_parts(5_708_000, 3513)
            .saturating_add(Weight::from_parts(10_532_936, 0).saturating_mul(n.into()))
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(n.into())))
            .saturating_add(ParityDbWeight::get().writes(1_u64))
            .saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 2570).saturating_mul(n.into()))
    }
}
