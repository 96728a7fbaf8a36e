// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_records`: estimated from what each call reads and writes, until `scripts/weights.sh` replaces them by
//! measured ones.

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

/// The weights with the database of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    fn create_medical_record() -> Weight {
        Weight::from_parts(300_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(74_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// The range of component `c` is `[1, 16]`.
    /// The range of component `r` is `[1, 64]`.
    fn create_medical_records(c: u32, r: u32) -> Weight {
        Weight::from_parts(120_000_000, 0)
            .saturating_add(Weight::from_parts(250_000_000, 0).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(60_000_000, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().reads((67_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(r.into())))
            .saturating_add(T::DbWeight::get().writes(4_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(r.into())))
    }
    /// The range of component `e` is `[0, 8]`.
    fn amend_record(e: u32) -> Weight {
        Weight::from_parts(350_000_000, 0)
            .saturating_add(Weight::from_parts(6_000_000, 0).saturating_mul(e.into()))
            .saturating_add(T::DbWeight::get().reads(77_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(e.into())))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn open_records_permitted() -> Weight {
        Weight::from_parts(350_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(86_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    fn open_records_denied() -> Weight {
        Weight::from_parts(370_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(86_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// The range of component `n` is `[0, 1000]`.
    fn close_sessions(n: u32) -> Weight {
        Weight::from_parts(12_000_000, 0)
            .saturating_add(Weight::from_parts(15_000_000, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(1_u64))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(n.into())))
    }
}

/// The same for tests, which have no database of their own.
impl WeightInfo for () {
    fn create_medical_record() -> Weight {
        Weight::from_parts(300_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(74_u64))
            .saturating_add(ParityDbWeight::get().writes(9_u64))
    }
    fn create_medical_records(c: u32, r: u32) -> Weight {
        Weight::from_parts(120_000_000, 0)
            .saturating_add(Weight::from_parts(250_000_000, 0).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(60_000_000, 0).saturating_mul(r.into()))
            .saturating_add(ParityDbWeight::get().reads(7_u64))
            .saturating_add(ParityDbWeight::get().reads((67_u64).saturating_mul(c.into())))
            .saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(r.into())))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
            .saturating_add(ParityDbWeight::get().writes((4_u64).saturating_mul(r.into())))
    }
    fn amend_record(e: u32) -> Weight {
        Weight::from_parts(350_000_000, 0)
            .saturating_add(Weight::from_parts(6_000_000, 0).saturating_mul(e.into()))
            .saturating_add(ParityDbWeight::get().reads(77_u64))
            .saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(e.into())))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn open_records_permitted() -> Weight {
        Weight::from_parts(350_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(86_u64))
            .saturating_add(ParityDbWeight::get().writes(9_u64))
    }
    fn open_records_denied() -> Weight {
        Weight::from_parts(370_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(86_u64))
            .saturating_add(ParityDbWeight::get().writes(9_u64))
    }
    fn close_sessions(n: u32) -> Weight {
        Weight::from_parts(12_000_000, 0)
            .saturating_add(Weight::from_parts(15_000_000, 0).saturating_mul(n.into()))
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(n.into())))
            .saturating_add(ParityDbWeight::get().writes(1_u64))
            .saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(n.into())))
    }
}
