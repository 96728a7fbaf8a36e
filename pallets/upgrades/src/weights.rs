// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_upgrades`: estimated, and too high rather than too low, until `scripts/weights.sh` measures them.

#![allow(unused_imports, unused_parens, clippy::all, reason = "generated code")]
#![allow(missing_docs, reason = "a function for each call; its documentation is the call's")]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::ParityDbWeight, Weight},
};

/// What each call of `pallet_salus_upgrades` costs at most.
pub trait WeightInfo {
    fn plan_upgrade() -> Weight;
    fn confirm_upgrade() -> Weight;
    fn authorize_upgrade() -> Weight;
    fn cancel_upgrade() -> Weight;
    fn set_upgrade_delay() -> Weight;
    fn pause_call() -> Weight;
    fn unpause_call() -> Weight;
    fn set_parameter() -> Weight;
    fn end_plan() -> Weight;
}

/// The measured weights, with the database of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    fn plan_upgrade() -> Weight {
        Weight::from_parts(45_000_000, 6000)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn confirm_upgrade() -> Weight {
        Weight::from_parts(500_000_000, 264000)
            .saturating_add(T::DbWeight::get().reads(309_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn authorize_upgrade() -> Weight {
        Weight::from_parts(450_000_000, 264000)
            .saturating_add(T::DbWeight::get().reads(309_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    fn cancel_upgrade() -> Weight {
        Weight::from_parts(45_000_000, 6000)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn set_upgrade_delay() -> Weight {
        Weight::from_parts(40_000_000, 6000)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn pause_call() -> Weight {
        Weight::from_parts(60_000_000, 6000)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn unpause_call() -> Weight {
        Weight::from_parts(50_000_000, 6000)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn set_parameter() -> Weight {
        Weight::from_parts(40_000_000, 6000)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn end_plan() -> Weight {
        Weight::from_parts(45_000_000, 6000)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
}

/// The same for tests.
impl WeightInfo for () {
    fn plan_upgrade() -> Weight {
        Weight::from_parts(45_000_000, 6000)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn confirm_upgrade() -> Weight {
        Weight::from_parts(500_000_000, 264000)
            .saturating_add(ParityDbWeight::get().reads(309_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn authorize_upgrade() -> Weight {
        Weight::from_parts(450_000_000, 264000)
            .saturating_add(ParityDbWeight::get().reads(309_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn cancel_upgrade() -> Weight {
        Weight::from_parts(45_000_000, 6000)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn set_upgrade_delay() -> Weight {
        Weight::from_parts(40_000_000, 6000)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn pause_call() -> Weight {
        Weight::from_parts(60_000_000, 6000)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn unpause_call() -> Weight {
        Weight::from_parts(50_000_000, 6000)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn set_parameter() -> Weight {
        Weight::from_parts(40_000_000, 6000)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn end_plan() -> Weight {
        Weight::from_parts(45_000_000, 6000)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
}
