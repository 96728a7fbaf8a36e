// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_audit`: measured by `scripts/weights.sh`, never edited.
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

/// The worst-case weight of each call of `pallet_salus_audit`.
pub trait WeightInfo {
    fn append() -> Weight;
    fn append_denial() -> Weight;
    fn prune(n: u32) -> Weight;
}

/// The measured weights, with the database of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn append() -> Weight {
        // Minimum execution time: 14_478_000 picoseconds.
        Weight::from_parts(16_343_000, 5731)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    /// Storage: `Audit::Denials` (r:1 w:1)
    /// Proof: `Audit::Denials` (`max_values`: None, `max_size`: Some(50), added: 2525, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:2 w:2)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn append_denial() -> Weight {
        // Minimum execution time: 30_186_000 picoseconds.
        Weight::from_parts(32_570_000, 10472)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// Storage: `Audit::NextRun` (r:1 w:1)
    /// Proof: `Audit::NextRun` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Denials` (r:257 w:256)
    /// Proof: `Audit::Denials` (`max_values`: None, `max_size`: Some(50), added: 2525, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:257 w:257)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:512 w:511)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextLog` (r:1 w:0)
    /// Proof: `Audit::NextLog` (`max_values`: Some(1), `max_size`: Some(9), added: 504, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::Tuned` (r:1 w:0)
    /// Proof: `Upgrades::Tuned` (`max_values`: Some(1), `max_size`: Some(40), added: 535, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Receipts` (r:0 w:255)
    /// Proof: `Audit::Receipts` (`max_values`: None, `max_size`: Some(6171), added: 8646, mode: `MaxEncodedLen`)
    /// The range of component `n` is `[0, 256]`.
    fn prune(n: u32) -> Weight {
        // Minimum execution time: 1_758_000 picoseconds.
        Weight::from_parts(1_831_000, 3532)
            // Standard Error: 65_126
            .saturating_add(Weight::from_parts(40_978_895, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 9482).saturating_mul(n.into()))
    }
}

/// The same for tests, which have no database of their own.
impl WeightInfo for () {
    fn append() -> Weight {
        Weight::from_parts(16_343_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(2_u64))
            .saturating_add(ParityDbWeight::get().writes(2_u64))
    }
    fn append_denial() -> Weight {
        Weight::from_parts(32_570_000, 10472)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn prune(n: u32) -> Weight {
        Weight::from_parts(1_831_000, 3532)
            .saturating_add(Weight::from_parts(40_978_895, 0).saturating_mul(n.into()))
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().reads((4_u64).saturating_mul(n.into())))
            .saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 9482).saturating_mul(n.into()))
    }
}
