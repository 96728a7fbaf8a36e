// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_audit`: estimated from what each call reads, writes and verifies, until `scripts/weights.sh` replaces
//! them by measured ones.

#![allow(unused_imports, unused_parens, clippy::all, reason = "generated code")]
#![allow(missing_docs, reason = "a function for each call; its documentation is the call's")]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::ParityDbWeight, Weight},
};

/// What each call of `pallet_salus_audit` costs at most.
pub trait WeightInfo {
    fn append() -> Weight;
    fn append_denial() -> Weight;
    fn prune(n: u32) -> Weight;
}

/// The weights with the database of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    fn append() -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn append_denial() -> Weight {
        Weight::from_parts(35_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    fn prune(n: u32) -> Weight {
        Weight::from_parts(10_000_000, 0)
            .saturating_add(Weight::from_parts(40_000_000, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(3_u64))
            .saturating_add(T::DbWeight::get().writes((8_u64).saturating_mul(n.into())))
    }
}

/// The same for tests, which have no database of their own.
impl WeightInfo for () {
    fn append() -> Weight {
        Weight::from_parts(20_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn append_denial() -> Weight {
        Weight::from_parts(35_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().writes(7_u64))
    }
    fn prune(n: u32) -> Weight {
        Weight::from_parts(10_000_000, 0)
            .saturating_add(Weight::from_parts(40_000_000, 0).saturating_mul(n.into()))
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().reads((4_u64).saturating_mul(n.into())))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
            .saturating_add(ParityDbWeight::get().writes((8_u64).saturating_mul(n.into())))
    }
}
