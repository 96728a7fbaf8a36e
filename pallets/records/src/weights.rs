// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_records`: measured by `scripts/weights.sh`, never edited.
//!
//! frame-benchmarking-cli 64.0.0, 2026-11-28, steps 50, repeat 20, Intel(R) Xeon(R) Processor, wasm execution
//! Compiled.

#![allow(unused_imports, unused_parens, clippy::all, reason = "generated code")]
#![allow(missing_docs, reason = "a function for each call; its documentation is the call's")]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::ParityDbWeight, Weight},
};

/// The worst-case weight of each call of `pallet_salus_records`.
pub trait WeightInfo {
    fn create_medical_record() -> Weight;
    fn create_medical_records(c: u32, r: u32) -> Weight;
    fn amend_record() -> Weight;
    fn withdraw_record() -> Weight;
    fn mark_entered_in_error() -> Weight;
    fn restrict_record() -> Weight;
    fn lift_restriction() -> Weight;
    fn request_correction() -> Weight;
    fn answer_correction() -> Weight;
    fn attach_statement() -> Weight;
    fn declare_use() -> Weight;
    fn stage_records(c: u32, r: u32) -> Weight;
    fn accept_records(r: u32) -> Weight;
    fn refuse_records(r: u32) -> Weight;
    fn hold_record() -> Weight;
    fn open_records_permitted() -> Weight;
    fn open_records_denied() -> Weight;
    fn post_receipts() -> Weight;
}

/// The measured weights, with the database of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:1 w:0)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:0)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(3040), added: 5515, mode: `MaxEncodedLen`)
    /// Storage: `Records::Records` (r:1 w:1)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Records::Versions` (r:0 w:1)
    /// Proof: `Records::Versions` (`max_values`: None, `max_size`: Some(473), added: 2948, mode: `MaxEncodedLen`)
    fn create_medical_record() -> Weight {
        // Minimum execution time: 85_185_000 picoseconds.
        Weight::from_parts(103_394_000, 6505)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:16 w:0)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:16 w:0)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(3040), added: 5515, mode: `MaxEncodedLen`)
    /// Storage: `Records::Records` (r:64 w:64)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:4 w:4)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Records::Versions` (r:0 w:64)
    /// Proof: `Records::Versions` (`max_values`: None, `max_size`: Some(473), added: 2948, mode: `MaxEncodedLen`)
    /// The range of component `c` is `[1, 16]`.
    /// The range of component `r` is `[1, 64]`.
    fn create_medical_records(c: u32, r: u32) -> Weight {
        // Minimum execution time: 189_261_000 picoseconds.
        Weight::from_parts(201_333_000, 6505)
            // Standard Error: 387_708
            .saturating_add(Weight::from_parts(22_841_568, 0).saturating_mul(c.into()))
            // Standard Error: 96_670
            .saturating_add(Weight::from_parts(24_116_384, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(r.into())))
            .saturating_add(T::DbWeight::get().writes(1_u64))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(r.into())))
            .saturating_add(Weight::from_parts(0, 4093).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(0, 2549).saturating_mul(r.into()))
    }
    /// Storage: `Records::Records` (r:1 w:1)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:1 w:0)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:0)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(3040), added: 5515, mode: `MaxEncodedLen`)
    /// Storage: `Access::RecordGrants` (r:1 w:0)
    /// Proof: `Access::RecordGrants` (`max_values`: None, `max_size`: Some(430), added: 2905, mode: `MaxEncodedLen`)
    /// Storage: `Records::Versions` (r:1 w:1)
    /// Proof: `Records::Versions` (`max_values`: None, `max_size`: Some(473), added: 2948, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:7 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:7 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn amend_record() -> Weight {
        // Minimum execution time: 166_410_000 picoseconds.
        Weight::from_parts(196_548_000, 22158)
            .saturating_add(T::DbWeight::get().reads(22_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// Storage: `Records::Records` (r:1 w:1)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:1 w:0)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:0)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(3040), added: 5515, mode: `MaxEncodedLen`)
    /// Storage: `Access::RecordGrants` (r:1 w:0)
    /// Proof: `Access::RecordGrants` (`max_values`: None, `max_size`: Some(430), added: 2905, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn withdraw_record() -> Weight {
        // Estimated, not measured: the time of `amend_record`, which does all of this and more.
        Weight::from_parts(196_548_000, 6505)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Records::Records` (r:1 w:1)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn mark_entered_in_error() -> Weight {
        // Estimated, not measured: the time of `create_medical_record`, which does all of this and more.
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Records::Records` (r:1 w:1)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn restrict_record() -> Weight {
        // Estimated, not measured: the time of `create_medical_record`, which does all of this and more.
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Records::Records` (r:1 w:1)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn lift_restriction() -> Weight {
        // Estimated, not measured: the time of `create_medical_record`, which does all of this and more.
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Records::Records` (r:1 w:0)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Records::Corrections` (r:1 w:1)
    /// Proof: `Records::Corrections` (`max_values`: None, `max_size`: Some(81), added: 2556, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn request_correction() -> Weight {
        // Estimated, not measured: the time of `create_medical_record`, which does more.
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Records::Records` (r:1 w:0)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:1 w:0)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:0)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(3040), added: 5515, mode: `MaxEncodedLen`)
    /// Storage: `Access::RecordGrants` (r:1 w:0)
    /// Proof: `Access::RecordGrants` (`max_values`: None, `max_size`: Some(430), added: 2905, mode: `MaxEncodedLen`)
    /// Storage: `Records::Corrections` (r:1 w:1)
    /// Proof: `Records::Corrections` (`max_values`: None, `max_size`: Some(81), added: 2556, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn answer_correction() -> Weight {
        // Estimated, not measured: the time of `amend_record`, which does more.
        Weight::from_parts(196_548_000, 6505)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Records::Records` (r:3 w:0)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Records::Corrections` (r:1 w:1)
    /// Proof: `Records::Corrections` (`max_values`: None, `max_size`: Some(81), added: 2556, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn attach_statement() -> Weight {
        // Estimated, not measured: the time of `amend_record`, which does more.
        Weight::from_parts(196_548_000, 8637)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Records::Records` (r:1 w:0)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:1 w:0)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:0)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(3040), added: 5515, mode: `MaxEncodedLen`)
    /// Storage: `Access::RecordGrants` (r:1 w:0)
    /// Proof: `Access::RecordGrants` (`max_values`: None, `max_size`: Some(430), added: 2905, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn declare_use() -> Weight {
        // Estimated, not measured: the time of `open_records_denied`, which does all of this and more.
        Weight::from_parts(121_130_000, 6505)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    /// Storage: `Records::StagedCount` (r:1 w:1)
    /// Proof: `Records::StagedCount` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:16 w:0)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Records::Records` (r:64 w:64)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `Records::Versions` (r:0 w:64)
    /// Proof: `Records::Versions` (`max_values`: None, `max_size`: Some(473), added: 2948, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:4 w:4)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// The range of component `c` is `[1, 16]`.
    /// The range of component `r` is `[1, 64]`.
    fn stage_records(c: u32, r: u32) -> Weight {
        // Estimated, not measured: the time of `create_medical_records`, which reads grants too.
        Weight::from_parts(201_333_000, 6505)
            .saturating_add(Weight::from_parts(22_841_568, 0).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(24_116_384, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(r.into())))
            .saturating_add(T::DbWeight::get().writes(3_u64))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(r.into())))
            .saturating_add(Weight::from_parts(0, 4093).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(0, 2555).saturating_mul(r.into()))
    }
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Records::Records` (r:64 w:64)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:16 w:0)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Records::StagedCount` (r:64 w:64)
    /// Proof: `Records::StagedCount` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:4 w:4)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// The range of component `r` is `[1, 64]`.
    fn accept_records(r: u32) -> Weight {
        // Estimated, not measured: the time of `create_medical_records` with a compartment for each record.
        Weight::from_parts(201_333_000, 6505)
            .saturating_add(Weight::from_parts(46_957_952, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(r.into())))
            .saturating_add(T::DbWeight::get().writes(2_u64))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(r.into())))
            .saturating_add(Weight::from_parts(0, 7601).saturating_mul(r.into()))
    }
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Records::Records` (r:64 w:64)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `Records::StagedCount` (r:64 w:64)
    /// Proof: `Records::StagedCount` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    /// Storage: `Records::Versions` (r:0 w:64)
    /// Proof: `Records::Versions` (`max_values`: None, `max_size`: Some(473), added: 2948, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:4 w:4)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// The range of component `r` is `[1, 64]`.
    fn refuse_records(r: u32) -> Weight {
        // Estimated, not measured: the time of `create_medical_records` with a compartment for each record.
        Weight::from_parts(201_333_000, 6505)
            .saturating_add(Weight::from_parts(46_957_952, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(r.into())))
            .saturating_add(T::DbWeight::get().writes(2_u64))
            .saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(r.into())))
            .saturating_add(Weight::from_parts(0, 7601).saturating_mul(r.into()))
    }
    /// Storage: `Records::Records` (r:1 w:1)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn hold_record() -> Weight {
        // Estimated, not measured: the time of `create_medical_record`, which does all of this and more.
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Records::Records` (r:1 w:0)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:1 w:0)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:0)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(3040), added: 5515, mode: `MaxEncodedLen`)
    /// Storage: `Access::RecordGrants` (r:1 w:0)
    /// Proof: `Access::RecordGrants` (`max_values`: None, `max_size`: Some(430), added: 2905, mode: `MaxEncodedLen`)
    /// Storage: `Records::Sessions` (r:1 w:1)
    /// Proof: `Records::Sessions` (`max_values`: None, `max_size`: Some(4562), added: 7037, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn open_records_permitted() -> Weight {
        // Minimum execution time: 104_817_000 picoseconds.
        Weight::from_parts(134_021_000, 8027)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Records::Records` (r:1 w:0)
    /// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(74), added: 2549, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:1 w:0)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:0)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(3040), added: 5515, mode: `MaxEncodedLen`)
    /// Storage: `Access::RecordGrants` (r:1 w:0)
    /// Proof: `Access::RecordGrants` (`max_values`: None, `max_size`: Some(430), added: 2905, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Denials` (r:1 w:1)
    /// Proof: `Audit::Denials` (`max_values`: None, `max_size`: Some(50), added: 2525, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn open_records_denied() -> Weight {
        // Minimum execution time: 96_547_000 picoseconds.
        Weight::from_parts(121_130_000, 6505)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:2 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Receipts` (r:1 w:1)
    /// Proof: `Audit::Receipts` (`max_values`: None, `max_size`: Some(6171), added: 8646, mode: `MaxEncodedLen`)
    fn post_receipts() -> Weight {
        // Minimum execution time: 100_056_000 picoseconds.
        Weight::from_parts(121_299_000, 10472)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
}

/// The same for tests, which have no database of their own.
impl WeightInfo for () {
    fn create_medical_record() -> Weight {
        Weight::from_parts(103_394_000, 6505)
            .saturating_add(ParityDbWeight::get().reads(6_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn create_medical_records(c: u32, r: u32) -> Weight {
        Weight::from_parts(201_333_000, 6505)
            .saturating_add(Weight::from_parts(22_841_568, 0).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(24_116_384, 0).saturating_mul(r.into()))
            .saturating_add(ParityDbWeight::get().reads(6_u64))
            .saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(r.into())))
            .saturating_add(ParityDbWeight::get().writes(1_u64))
            .saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(r.into())))
            .saturating_add(Weight::from_parts(0, 4093).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(0, 2549).saturating_mul(r.into()))
    }
    fn amend_record() -> Weight {
        Weight::from_parts(196_548_000, 22158)
            .saturating_add(ParityDbWeight::get().reads(22_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn withdraw_record() -> Weight {
        Weight::from_parts(196_548_000, 6505)
            .saturating_add(ParityDbWeight::get().reads(7_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn mark_entered_in_error() -> Weight {
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn restrict_record() -> Weight {
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn lift_restriction() -> Weight {
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn request_correction() -> Weight {
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn answer_correction() -> Weight {
        Weight::from_parts(196_548_000, 6505)
            .saturating_add(ParityDbWeight::get().reads(8_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn attach_statement() -> Weight {
        Weight::from_parts(196_548_000, 8637)
            .saturating_add(ParityDbWeight::get().reads(7_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn declare_use() -> Weight {
        Weight::from_parts(121_130_000, 6505)
            .saturating_add(ParityDbWeight::get().reads(7_u64))
            .saturating_add(ParityDbWeight::get().writes(2_u64))
    }
    fn stage_records(c: u32, r: u32) -> Weight {
        Weight::from_parts(201_333_000, 6505)
            .saturating_add(Weight::from_parts(22_841_568, 0).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(24_116_384, 0).saturating_mul(r.into()))
            .saturating_add(ParityDbWeight::get().reads(7_u64))
            .saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(r.into())))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
            .saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(r.into())))
            .saturating_add(Weight::from_parts(0, 4093).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(0, 2555).saturating_mul(r.into()))
    }
    fn accept_records(r: u32) -> Weight {
        Weight::from_parts(201_333_000, 6505)
            .saturating_add(Weight::from_parts(46_957_952, 0).saturating_mul(r.into()))
            .saturating_add(ParityDbWeight::get().reads(6_u64))
            .saturating_add(ParityDbWeight::get().reads((3_u64).saturating_mul(r.into())))
            .saturating_add(ParityDbWeight::get().writes(2_u64))
            .saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(r.into())))
            .saturating_add(Weight::from_parts(0, 7601).saturating_mul(r.into()))
    }
    fn refuse_records(r: u32) -> Weight {
        Weight::from_parts(201_333_000, 6505)
            .saturating_add(Weight::from_parts(46_957_952, 0).saturating_mul(r.into()))
            .saturating_add(ParityDbWeight::get().reads(6_u64))
            .saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(r.into())))
            .saturating_add(ParityDbWeight::get().writes(2_u64))
            .saturating_add(ParityDbWeight::get().writes((3_u64).saturating_mul(r.into())))
            .saturating_add(Weight::from_parts(0, 7601).saturating_mul(r.into()))
    }
    fn hold_record() -> Weight {
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn open_records_permitted() -> Weight {
        Weight::from_parts(134_021_000, 8027)
            .saturating_add(ParityDbWeight::get().reads(8_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn open_records_denied() -> Weight {
        Weight::from_parts(121_130_000, 6505)
            .saturating_add(ParityDbWeight::get().reads(8_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn post_receipts() -> Weight {
        Weight::from_parts(121_299_000, 10472)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
}
