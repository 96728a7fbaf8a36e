// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_upgrades`: measured by `scripts/weights.sh`, never edited.
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

/// The worst-case weight of each call of `pallet_salus_upgrades`.
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
    /// Storage: `Upgrades::Planned` (r:1 w:1)
    /// Proof: `Upgrades::Planned` (`max_values`: Some(1), `max_size`: Some(73), added: 568, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::UpgradeDelay` (r:1 w:0)
    /// Proof: `Upgrades::UpgradeDelay` (`max_values`: Some(1), `max_size`: Some(25), added: 520, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn plan_upgrade() -> Weight {
        // Minimum execution time: 19_049_000 picoseconds.
        Weight::from_parts(20_350_000, 3522)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Authorities::SeatOf` (r:1 w:0)
    /// Proof: `Authorities::SeatOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    /// Storage: `Authorities::Seats` (r:101 w:0)
    /// Proof: `Authorities::Seats` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::Planned` (r:1 w:0)
    /// Proof: `Upgrades::Planned` (`max_values`: Some(1), `max_size`: Some(73), added: 568, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::Confirmations` (r:1 w:1)
    /// Proof: `Upgrades::Confirmations` (`max_values`: Some(1), `max_size`: Some(402), added: 897, mode: `MaxEncodedLen`)
    /// Storage: `Session::NextKeys` (r:100 w:0)
    /// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn confirm_upgrade() -> Weight {
        // Minimum execution time: 874_765_000 picoseconds.
        Weight::from_parts(954_333_000, 273769)
            .saturating_add(T::DbWeight::get().reads(210_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(446), added: 2921, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(373), added: 2848, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::Planned` (r:1 w:1)
    /// Proof: `Upgrades::Planned` (`max_values`: Some(1), `max_size`: Some(73), added: 568, mode: `MaxEncodedLen`)
    /// Storage: `Authorities::Seats` (r:101 w:0)
    /// Proof: `Authorities::Seats` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
    /// Storage: `Session::NextKeys` (r:100 w:0)
    /// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
    /// Storage: `Upgrades::Confirmations` (r:1 w:0)
    /// Proof: `Upgrades::Confirmations` (`max_values`: Some(1), `max_size`: Some(402), added: 897, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `System::AuthorizedUpgrade` (r:0 w:1)
    /// Proof: `System::AuthorizedUpgrade` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn authorize_upgrade() -> Weight {
        // Minimum execution time: 907_543_000 picoseconds.
        Weight::from_parts(1_001_784_000, 273054)
            .saturating_add(T::DbWeight::get().reads(209_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// Storage: `Upgrades::Planned` (r:1 w:1)
    /// Proof: `Upgrades::Planned` (`max_values`: Some(1), `max_size`: Some(73), added: 568, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::Confirmations` (r:0 w:1)
    /// Proof: `Upgrades::Confirmations` (`max_values`: Some(1), `max_size`: Some(402), added: 897, mode: `MaxEncodedLen`)
    /// Storage: `System::AuthorizedUpgrade` (r:0 w:1)
    /// Proof: `System::AuthorizedUpgrade` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn cancel_upgrade() -> Weight {
        // Minimum execution time: 20_671_000 picoseconds.
        Weight::from_parts(21_852_000, 3522)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    /// Storage: `Upgrades::UpgradeDelay` (r:1 w:1)
    /// Proof: `Upgrades::UpgradeDelay` (`max_values`: Some(1), `max_size`: Some(25), added: 520, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn set_upgrade_delay() -> Weight {
        // Minimum execution time: 18_798_000 picoseconds.
        Weight::from_parts(19_519_000, 3522)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `TxPause::PausedCalls` (r:1 w:1)
    /// Proof: `TxPause::PausedCalls` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn pause_call() -> Weight {
        // Minimum execution time: 32_689_000 picoseconds.
        Weight::from_parts(34_302_000, 3613)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `TxPause::PausedCalls` (r:1 w:1)
    /// Proof: `TxPause::PausedCalls` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn unpause_call() -> Weight {
        // Minimum execution time: 23_665_000 picoseconds.
        Weight::from_parts(25_247_000, 3613)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `Upgrades::Tuned` (r:1 w:1)
    /// Proof: `Upgrades::Tuned` (`max_values`: Some(1), `max_size`: Some(40), added: 535, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn set_parameter() -> Weight {
        // Minimum execution time: 18_568_000 picoseconds.
        Weight::from_parts(19_499_000, 3522)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `Upgrades::Planned` (r:1 w:1)
    /// Proof: `Upgrades::Planned` (`max_values`: Some(1), `max_size`: Some(73), added: 568, mode: `MaxEncodedLen`)
    /// Storage: `Timestamp::Now` (r:1 w:0)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Audit::NextInTimeline` (r:1 w:1)
    /// Proof: `Audit::NextInTimeline` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::Confirmations` (r:0 w:1)
    /// Proof: `Upgrades::Confirmations` (`max_values`: Some(1), `max_size`: Some(402), added: 897, mode: `MaxEncodedLen`)
    /// Storage: `System::AuthorizedUpgrade` (r:0 w:1)
    /// Proof: `System::AuthorizedUpgrade` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Timeline` (r:0 w:1)
    /// Proof: `Audit::Timeline` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Entries` (r:0 w:1)
    /// Proof: `Audit::Entries` (`max_values`: None, `max_size`: Some(178), added: 2653, mode: `MaxEncodedLen`)
    fn end_plan() -> Weight {
        // Minimum execution time: 18_427_000 picoseconds.
        Weight::from_parts(19_569_000, 3522)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
}

/// The same for tests, which have no database of their own.
impl WeightInfo for () {
    fn plan_upgrade() -> Weight {
        Weight::from_parts(20_350_000, 3522)
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn confirm_upgrade() -> Weight {
        Weight::from_parts(954_333_000, 273769)
            .saturating_add(ParityDbWeight::get().reads(210_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn authorize_upgrade() -> Weight {
        Weight::from_parts(1_001_784_000, 273054)
            .saturating_add(ParityDbWeight::get().reads(209_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn cancel_upgrade() -> Weight {
        Weight::from_parts(21_852_000, 3522)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(7_u64))
    }
    fn set_upgrade_delay() -> Weight {
        Weight::from_parts(19_519_000, 3522)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn pause_call() -> Weight {
        Weight::from_parts(34_302_000, 3613)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn unpause_call() -> Weight {
        Weight::from_parts(25_247_000, 3613)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn set_parameter() -> Weight {
        Weight::from_parts(19_499_000, 3522)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn end_plan() -> Weight {
        Weight::from_parts(19_569_000, 3522)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(7_u64))
    }
}
