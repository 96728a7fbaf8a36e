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

/// The worst-case weight of each call of `pallet_salus_records`.
pub trait WeightInfo {
    fn create_medical_record() -> Weight;
    fn create_medical_records(c: u32, r: u32) -> Weight;
    fn amend_record() -> Weight;
    fn open_records_permitted() -> Weight;
    fn open_records_denied() -> Weight;
}

/// The measured weights, with the database of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Estimated, not measured.
    fn create_medical_record() -> Weight {
        Weight::from_parts(75_000_000, 6000)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Estimated, not measured.
    fn create_medical_records(c: u32, r: u32) -> Weight {
        Weight::from_parts(40_000_000, 6000)
            .saturating_add(Weight::from_parts(35_000_000, 5_200).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(22_000_000, 2_600).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(r.into())))
            .saturating_add(T::DbWeight::get().writes(3_u64))
            .saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(r.into())))
    }
    /// Estimated, not measured.
    fn amend_record() -> Weight {
        Weight::from_parts(150_000_000, 50000)
            .saturating_add(T::DbWeight::get().reads(24_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// Estimated, not measured.
    fn open_records_permitted() -> Weight {
        Weight::from_parts(95_000_000, 9000)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// Estimated, not measured.
    fn open_records_denied() -> Weight {
        Weight::from_parts(90_000_000, 9000)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
}

/// The same for tests, which have no database of their own.
impl WeightInfo for () {
    fn create_medical_record() -> Weight {
        Weight::from_parts(75_000_000, 6000)
            .saturating_add(ParityDbWeight::get().reads(6_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn create_medical_records(c: u32, r: u32) -> Weight {
        Weight::from_parts(40_000_000, 6000)
            .saturating_add(Weight::from_parts(35_000_000, 5_200).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(22_000_000, 2_600).saturating_mul(r.into()))
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().reads((3_u64).saturating_mul(c.into())))
            .saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(r.into())))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
            .saturating_add(ParityDbWeight::get().writes((3_u64).saturating_mul(r.into())))
    }
    fn amend_record() -> Weight {
        Weight::from_parts(150_000_000, 50000)
            .saturating_add(ParityDbWeight::get().reads(24_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn open_records_permitted() -> Weight {
        Weight::from_parts(95_000_000, 9000)
            .saturating_add(ParityDbWeight::get().reads(8_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn open_records_denied() -> Weight {
        Weight::from_parts(90_000_000, 9000)
            .saturating_add(ParityDbWeight::get().reads(9_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
}
