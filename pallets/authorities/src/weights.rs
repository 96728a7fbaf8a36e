// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_authorities`: estimated, and too high rather than too low, until `scripts/weights.sh` measures
//! them.

#![allow(unused_imports, unused_parens, clippy::all, reason = "generated code")]
#![allow(missing_docs, reason = "a function for each call; its documentation is the call's")]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::ParityDbWeight, Weight},
};

/// What each call of `pallet_salus_authorities` costs at most.
pub trait WeightInfo {
    fn admit_authority() -> Weight;
    fn remove_authority() -> Weight;
    fn force_remove_authority() -> Weight;
    fn suspend_authority() -> Weight;
    fn reinstate_authority() -> Weight;
    fn report_equivocation() -> Weight;
    fn represent() -> Weight;
    fn resume_finality() -> Weight;
    fn note_author() -> Weight;
}

/// The measured weights, with the database of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    fn admit_authority() -> Weight {
        Weight::from_parts(900_000_000, 264000)
            .saturating_add(T::DbWeight::get().reads(240_u64))
            .saturating_add(T::DbWeight::get().writes(41_u64))
    }
    fn remove_authority() -> Weight {
        Weight::from_parts(900_000_000, 264000)
            .saturating_add(T::DbWeight::get().reads(440_u64))
            .saturating_add(T::DbWeight::get().writes(41_u64))
    }
    fn force_remove_authority() -> Weight {
        Weight::from_parts(700_000_000, 264000)
            .saturating_add(T::DbWeight::get().reads(340_u64))
            .saturating_add(T::DbWeight::get().writes(41_u64))
    }
    fn suspend_authority() -> Weight {
        Weight::from_parts(600_000_000, 264000)
            .saturating_add(T::DbWeight::get().reads(412_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    fn reinstate_authority() -> Weight {
        Weight::from_parts(40_000_000, 6000)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    fn report_equivocation() -> Weight {
        Weight::from_parts(9_000_000_000, 264000)
            .saturating_add(T::DbWeight::get().reads(130_u64))
            .saturating_add(T::DbWeight::get().writes(16_u64))
    }
    fn represent() -> Weight {
        Weight::from_parts(600_000_000, 264000)
            .saturating_add(T::DbWeight::get().reads(145_u64))
            .saturating_add(T::DbWeight::get().writes(40_u64))
    }
    fn resume_finality() -> Weight {
        Weight::from_parts(30_000_000, 4000)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn note_author() -> Weight {
        Weight::from_parts(5_000_000, 3600)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
}

/// The same for tests.
impl WeightInfo for () {
    fn admit_authority() -> Weight {
        Weight::from_parts(900_000_000, 264000)
            .saturating_add(ParityDbWeight::get().reads(240_u64))
            .saturating_add(ParityDbWeight::get().writes(41_u64))
    }
    fn remove_authority() -> Weight {
        Weight::from_parts(900_000_000, 264000)
            .saturating_add(ParityDbWeight::get().reads(440_u64))
            .saturating_add(ParityDbWeight::get().writes(41_u64))
    }
    fn force_remove_authority() -> Weight {
        Weight::from_parts(700_000_000, 264000)
            .saturating_add(ParityDbWeight::get().reads(340_u64))
            .saturating_add(ParityDbWeight::get().writes(41_u64))
    }
    fn suspend_authority() -> Weight {
        Weight::from_parts(600_000_000, 264000)
            .saturating_add(ParityDbWeight::get().reads(412_u64))
            .saturating_add(ParityDbWeight::get().writes(9_u64))
    }
    fn reinstate_authority() -> Weight {
        Weight::from_parts(40_000_000, 6000)
            .saturating_add(ParityDbWeight::get().reads(8_u64))
            .saturating_add(ParityDbWeight::get().writes(7_u64))
    }
    fn report_equivocation() -> Weight {
        Weight::from_parts(9_000_000_000, 264000)
            .saturating_add(ParityDbWeight::get().reads(130_u64))
            .saturating_add(ParityDbWeight::get().writes(16_u64))
    }
    fn represent() -> Weight {
        Weight::from_parts(600_000_000, 264000)
            .saturating_add(ParityDbWeight::get().reads(145_u64))
            .saturating_add(ParityDbWeight::get().writes(40_u64))
    }
    fn resume_finality() -> Weight {
        Weight::from_parts(30_000_000, 4000)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn note_author() -> Weight {
        Weight::from_parts(5_000_000, 3600)
            .saturating_add(ParityDbWeight::get().reads(1_u64))
            .saturating_add(ParityDbWeight::get().writes(1_u64))
    }
}
