// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_charts`: measured by `scripts/weights.sh`, never edited.
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

/// The worst-case weight of each call of `pallet_salus_charts`.
pub trait WeightInfo {
    fn open_chart() -> Weight;
    fn add_compartment() -> Weight;
    fn rotate_compartment() -> Weight;
}

/// The measured weights, with the database of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Storage: `Charts::NextChart` (r:1 w:1)
    /// Proof: `Charts::NextChart` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Charts::ChartsOf` (r:1 w:1)
    /// Proof: `Charts::ChartsOf` (`max_values`: None, `max_size`: Some(81), added: 2556, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Charts` (r:0 w:1)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    fn open_chart() -> Weight {
        // Minimum execution time: 29_313_000 picoseconds.
        Weight::from_parts(31_390_000, 5731)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `Charts::Charts` (r:1 w:1)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Epochs` (r:0 w:1)
    /// Proof: `Charts::Epochs` (`max_values`: None, `max_size`: Some(135), added: 2610, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:0 w:1)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    fn add_compartment() -> Weight {
        // Minimum execution time: 33_811_000 picoseconds.
        Weight::from_parts(35_999_000, 5731)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Proof: `Charts::Charts` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Compartments` (r:1 w:1)
    /// Proof: `Charts::Compartments` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    /// Storage: `Charts::Epochs` (r:1 w:1)
    /// Proof: `Charts::Epochs` (`max_values`: None, `max_size`: Some(135), added: 2610, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn rotate_compartment() -> Weight {
        // Minimum execution time: 39_162_000 picoseconds.
        Weight::from_parts(42_176_000, 5731)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
}

/// The same for tests, which have no database of their own.
impl WeightInfo for () {
    fn open_chart() -> Weight {
        Weight::from_parts(31_390_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn add_compartment() -> Weight {
        Weight::from_parts(35_999_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn rotate_compartment() -> Weight {
        Weight::from_parts(42_176_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
}
