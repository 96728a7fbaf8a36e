// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_access`: measured by `scripts/weights.sh`, never edited.
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

/// What each call of `pallet_salus_access` costs at most.
pub trait WeightInfo {
    fn open_chart() -> Weight;
    fn add_compartment() -> Weight;
    fn rotate_compartment() -> Weight;
    fn renew_envelopes(e: u32) -> Weight;
    fn grant_access() -> Weight;
    fn grant_access_to_lab() -> Weight;
    fn revoke_access() -> Weight;
    fn revoke_access_from_lab() -> Weight;
    fn request_access() -> Weight;
    fn approve_request(g: u32) -> Weight;
    fn deny_request() -> Weight;
}

/// The measured weights, with the database of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::NextChart` (r:1 w:1)
    /// Proof: `Access::NextChart` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::ChartsOf` (r:1 w:1)
    /// Proof: `Access::ChartsOf` (`max_values`: None, `max_size`: Some(81), added: 2556, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::Charts` (r:0 w:1)
    /// Proof: `Access::Charts` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn open_chart() -> Weight {
        // Minimum execution time: 32_709_000 picoseconds.
        Weight::from_parts(33_891_000, 3911)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::Charts` (r:1 w:1)
    /// Proof: `Access::Charts` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::Epochs` (r:0 w:1)
    /// Proof: `Access::Epochs` (`max_values`: None, `max_size`: Some(135), added: 2610, mode: `MaxEncodedLen`)
    /// Storage: `Access::Compartments` (r:0 w:1)
    /// Proof: `Access::Compartments` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn add_compartment() -> Weight {
        // Minimum execution time: 36_074_000 picoseconds.
        Weight::from_parts(37_496_000, 3911)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::Charts` (r:1 w:0)
    /// Proof: `Access::Charts` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
    /// Storage: `Access::Compartments` (r:1 w:1)
    /// Proof: `Access::Compartments` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// Storage: `Access::Epochs` (r:1 w:1)
    /// Proof: `Access::Epochs` (`max_values`: None, `max_size`: Some(135), added: 2610, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn rotate_compartment() -> Weight {
        // Minimum execution time: 43_055_000 picoseconds.
        Weight::from_parts(44_517_000, 3911)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::Charts` (r:1 w:0)
    /// Proof: `Access::Charts` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
    /// Storage: `Access::Compartments` (r:1 w:0)
    /// Proof: `Access::Compartments` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:64 w:64)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(174), added: 2649, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// The range of component `e` is `[1, 64]`.
    fn renew_envelopes(e: u32) -> Weight {
        // Minimum execution time: 45_989_000 picoseconds.
        Weight::from_parts(47_819_605, 3911)
            // Standard Error: 4_583
            .saturating_add(Weight::from_parts(5_914_189, 0).saturating_mul(e.into()))
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(e.into())))
            .saturating_add(T::DbWeight::get().writes(4_u64))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(e.into())))
            .saturating_add(Weight::from_parts(0, 2649).saturating_mul(e.into()))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:2 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::Charts` (r:1 w:1)
    /// Proof: `Access::Charts` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Access::Compartments` (r:1 w:1)
    /// Proof: `Access::Compartments` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:1)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:64 w:1)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(174), added: 2649, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::GrantsTo` (r:0 w:1)
    /// Proof: `Access::GrantsTo` (`max_values`: None, `max_size`: Some(37), added: 2512, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn grant_access() -> Weight {
        // Minimum execution time: 271_084_000 picoseconds.
        Weight::from_parts(285_045_000, 170526)
            .saturating_add(T::DbWeight::get().reads(74_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:2 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::Charts` (r:1 w:1)
    /// Proof: `Access::Charts` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Access::Compartments` (r:1 w:1)
    /// Proof: `Access::Compartments` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:1 w:1)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:64 w:1)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(174), added: 2649, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::GrantsTo` (r:0 w:1)
    /// Proof: `Access::GrantsTo` (`max_values`: None, `max_size`: Some(37), added: 2512, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn grant_access_to_lab() -> Weight {
        // Minimum execution time: 270_784_000 picoseconds.
        Weight::from_parts(293_328_000, 170526)
            .saturating_add(T::DbWeight::get().reads(74_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::Charts` (r:1 w:0)
    /// Proof: `Access::Charts` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:1 w:1)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(174), added: 2649, mode: `MaxEncodedLen`)
    /// Storage: `Access::Compartments` (r:1 w:1)
    /// Proof: `Access::Compartments` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn revoke_access() -> Weight {
        // Minimum execution time: 41_021_000 picoseconds.
        Weight::from_parts(43_305_000, 3911)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::Charts` (r:1 w:0)
    /// Proof: `Access::Charts` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:1 w:1)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(174), added: 2649, mode: `MaxEncodedLen`)
    /// Storage: `Access::Compartments` (r:1 w:1)
    /// Proof: `Access::Compartments` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn revoke_access_from_lab() -> Weight {
        // Minimum execution time: 40_671_000 picoseconds.
        Weight::from_parts(42_334_000, 3911)
            .saturating_add(T::DbWeight::get().reads(8_u64))
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
    /// Storage: `Access::Charts` (r:1 w:1)
    /// Proof: `Access::Charts` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
    /// Storage: `Access::OpenRequests` (r:1 w:1)
    /// Proof: `Access::OpenRequests` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    /// Storage: `Access::Requests` (r:1 w:1)
    /// Proof: `Access::Requests` (`max_values`: None, `max_size`: Some(97), added: 2572, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::Tuned` (r:1 w:0)
    /// Proof: `Upgrades::Tuned` (`max_values`: Some(1), `max_size`: Some(40), added: 535, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn request_access() -> Weight {
        // Minimum execution time: 48_042_000 picoseconds.
        Weight::from_parts(49_724_000, 3911)
            .saturating_add(T::DbWeight::get().reads(10_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:2 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::Charts` (r:1 w:1)
    /// Proof: `Access::Charts` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
    /// Storage: `Access::Requests` (r:1 w:1)
    /// Proof: `Access::Requests` (`max_values`: None, `max_size`: Some(97), added: 2572, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::Compartments` (r:16 w:16)
    /// Proof: `Access::Compartments` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    /// Storage: `Access::CompartmentGrants` (r:16 w:16)
    /// Proof: `Access::CompartmentGrants` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
    /// Storage: `Access::Grants` (r:1024 w:16)
    /// Proof: `Access::Grants` (`max_values`: None, `max_size`: Some(174), added: 2649, mode: `MaxEncodedLen`)
    /// Storage: `Access::OpenRequests` (r:0 w:1)
    /// Proof: `Access::OpenRequests` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    /// Storage: `Access::GrantsTo` (r:0 w:16)
    /// Proof: `Access::GrantsTo` (`max_values`: None, `max_size`: Some(37), added: 2512, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:17)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:17)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    /// The range of component `g` is `[1, 16]`.
    fn approve_request(g: u32) -> Weight {
        // Minimum execution time: 322_561_000 picoseconds.
        Weight::from_parts(327_288_000, 6832)
            // Standard Error: 936_406
            .saturating_add(Weight::from_parts(257_084_282, 0).saturating_mul(g.into()))
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().reads((66_u64).saturating_mul(g.into())))
            .saturating_add(T::DbWeight::get().writes(7_u64))
            .saturating_add(T::DbWeight::get().writes((6_u64).saturating_mul(g.into())))
            .saturating_add(Weight::from_parts(0, 169536).saturating_mul(g.into()))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::Charts` (r:1 w:0)
    /// Proof: `Access::Charts` (`max_values`: None, `max_size`: Some(41), added: 2516, mode: `MaxEncodedLen`)
    /// Storage: `Access::Requests` (r:1 w:1)
    /// Proof: `Access::Requests` (`max_values`: None, `max_size`: Some(97), added: 2572, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Access::OpenRequests` (r:0 w:1)
    /// Proof: `Access::OpenRequests` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn deny_request() -> Weight {
        // Minimum execution time: 39_549_000 picoseconds.
        Weight::from_parts(42_363_000, 3911)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
}

/// The same for tests, which have no database of their own.
impl WeightInfo for () {
    fn open_chart() -> Weight {
        Weight::from_parts(33_891_000, 3911)
            .saturating_add(ParityDbWeight::get().reads(7_u64))
            .saturating_add(ParityDbWeight::get().writes(7_u64))
    }
    fn add_compartment() -> Weight {
        Weight::from_parts(37_496_000, 3911)
            .saturating_add(ParityDbWeight::get().reads(6_u64))
            .saturating_add(ParityDbWeight::get().writes(7_u64))
    }
    fn rotate_compartment() -> Weight {
        Weight::from_parts(44_517_000, 3911)
            .saturating_add(ParityDbWeight::get().reads(8_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn renew_envelopes(e: u32) -> Weight {
        Weight::from_parts(47_819_605, 3911)
            .saturating_add(Weight::from_parts(5_914_189, 0).saturating_mul(e.into()))
            .saturating_add(ParityDbWeight::get().reads(7_u64))
            .saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(e.into())))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
            .saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(e.into())))
            .saturating_add(Weight::from_parts(0, 2649).saturating_mul(e.into()))
    }
    fn grant_access() -> Weight {
        Weight::from_parts(285_045_000, 170526)
            .saturating_add(ParityDbWeight::get().reads(74_u64))
            .saturating_add(ParityDbWeight::get().writes(9_u64))
    }
    fn grant_access_to_lab() -> Weight {
        Weight::from_parts(293_328_000, 170526)
            .saturating_add(ParityDbWeight::get().reads(74_u64))
            .saturating_add(ParityDbWeight::get().writes(9_u64))
    }
    fn revoke_access() -> Weight {
        Weight::from_parts(43_305_000, 3911)
            .saturating_add(ParityDbWeight::get().reads(8_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn revoke_access_from_lab() -> Weight {
        Weight::from_parts(42_334_000, 3911)
            .saturating_add(ParityDbWeight::get().reads(8_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn request_access() -> Weight {
        Weight::from_parts(49_724_000, 3911)
            .saturating_add(ParityDbWeight::get().reads(10_u64))
            .saturating_add(ParityDbWeight::get().writes(7_u64))
    }
    fn approve_request(g: u32) -> Weight {
        Weight::from_parts(327_288_000, 6832)
            .saturating_add(Weight::from_parts(257_084_282, 0).saturating_mul(g.into()))
            .saturating_add(ParityDbWeight::get().reads(9_u64))
            .saturating_add(ParityDbWeight::get().reads((66_u64).saturating_mul(g.into())))
            .saturating_add(ParityDbWeight::get().writes(7_u64))
            .saturating_add(ParityDbWeight::get().writes((6_u64).saturating_mul(g.into())))
            .saturating_add(Weight::from_parts(0, 169536).saturating_mul(g.into()))
    }
    fn deny_request() -> Weight {
        Weight::from_parts(42_363_000, 3911)
            .saturating_add(ParityDbWeight::get().reads(7_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
}
