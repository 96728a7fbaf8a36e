// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_audit`: measured by `scripts/weights.sh`, never edited.
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

/// What each call of `pallet_salus_audit` costs at most.
pub trait WeightInfo {
    fn append() -> Weight;
    fn append_denial() -> Weight;
    fn prune(n: u32) -> Weight;
}

/// The measured weights, with the database of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn append() -> Weight {
        // Minimum execution time: 13_441_000 picoseconds.
        Weight::from_parts(14_011_000, 3522)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
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
    fn append_denial() -> Weight {
        // Minimum execution time: 28_152_000 picoseconds.
        Weight::from_parts(29_193_000, 3522)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    /// Storage: `Audit::OldestInTimeline` (r:1 w:1)
    /// Proof: `Audit::OldestInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:257 w:512)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:257 w:512)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::Tuned` (r:1 w:0)
    /// Proof: `Upgrades::Tuned` (`max_values`: Some(1), `max_size`: Some(40), added: 535, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Denials` (r:256 w:256)
    /// Proof: `Audit::Denials` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:256 w:256)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::FirstHeld` (r:0 w:256)
    /// Proof: `Audit::FirstHeld` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    /// The range of component `n` is `[0, 256]`.
    fn prune(n: u32) -> Weight {
        // Minimum execution time: 10_095_000 picoseconds.
        Weight::from_parts(10_255_000, 3643)
            // Standard Error: 793_386
            .saturating_add(Weight::from_parts(36_909_927, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(2_u64))
            .saturating_add(T::DbWeight::get().writes((7_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 2653).saturating_mul(n.into()))
    }
}

/// The same for tests, which have no database of their own.
impl WeightInfo for () {
    fn append() -> Weight {
        Weight::from_parts(14_011_000, 3522)
            .saturating_add(ParityDbWeight::get().reads(2_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn append_denial() -> Weight {
        Weight::from_parts(29_193_000, 3522)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(7_u64))
    }
    fn prune(n: u32) -> Weight {
        Weight::from_parts(10_255_000, 3643)
            .saturating_add(Weight::from_parts(36_909_927, 0).saturating_mul(n.into()))
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().reads((4_u64).saturating_mul(n.into())))
            .saturating_add(ParityDbWeight::get().writes(2_u64))
            .saturating_add(ParityDbWeight::get().writes((7_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 2653).saturating_mul(n.into()))
    }
}
