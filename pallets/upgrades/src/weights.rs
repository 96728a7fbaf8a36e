// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_upgrades`: measured by `scripts/weights.sh`, never edited.
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
    /// Storage: `Upgrades::UpgradeDelay` (r:1 w:0)
    /// Proof: `Upgrades::UpgradeDelay` (`max_values`: Some(1), `max_size`: Some(25), added: 520, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn plan_upgrade() -> Weight {
        // Minimum execution time: 16_023_000 picoseconds.
        Weight::from_parts(17_405_000, 5731)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Authorities::SeatOf` (r:1 w:0)
    /// Proof: `Authorities::SeatOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::Planned` (r:1 w:0)
    /// Proof: `Upgrades::Planned` (`max_values`: Some(1), `max_size`: Some(73), added: 568, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::Confirmations` (r:1 w:1)
    /// Proof: `Upgrades::Confirmations` (`max_values`: Some(1), `max_size`: Some(402), added: 897, mode: `MaxEncodedLen`)
    /// Storage: `Authorities::Seats` (r:101 w:0)
    /// Proof: `Authorities::Seats` (`max_values`: None, `max_size`: Some(121), added: 2596, mode: `MaxEncodedLen`)
    /// Storage: `Session::NextKeys` (r:100 w:0)
    /// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn confirm_upgrade() -> Weight {
        // Minimum execution time: 884_573_000 picoseconds.
        Weight::from_parts(927_729_000, 277138)
            .saturating_add(T::DbWeight::get().reads(209_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Membership::AccountOwners` (r:1 w:0)
    /// Proof: `Membership::AccountOwners` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Members` (r:1 w:0)
    /// Proof: `Membership::Members` (`max_values`: None, `max_size`: Some(549), added: 3024, mode: `MaxEncodedLen`)
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Proof: `Membership::Institutions` (`max_values`: None, `max_size`: Some(535), added: 3010, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::Planned` (r:1 w:1)
    /// Proof: `Upgrades::Planned` (`max_values`: Some(1), `max_size`: Some(73), added: 568, mode: `MaxEncodedLen`)
    /// Storage: `Authorities::Seats` (r:101 w:0)
    /// Proof: `Authorities::Seats` (`max_values`: None, `max_size`: Some(121), added: 2596, mode: `MaxEncodedLen`)
    /// Storage: `Session::NextKeys` (r:100 w:0)
    /// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
    /// Storage: `Upgrades::Confirmations` (r:1 w:0)
    /// Proof: `Upgrades::Confirmations` (`max_values`: Some(1), `max_size`: Some(402), added: 897, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `System::AuthorizedUpgrade` (r:0 w:1)
    /// Proof: `System::AuthorizedUpgrade` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
    fn authorize_upgrade() -> Weight {
        // Minimum execution time: 879_602_000 picoseconds.
        Weight::from_parts(921_531_000, 276356)
            .saturating_add(T::DbWeight::get().reads(208_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// Storage: `Upgrades::Planned` (r:1 w:1)
    /// Proof: `Upgrades::Planned` (`max_values`: Some(1), `max_size`: Some(73), added: 568, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::Confirmations` (r:0 w:1)
    /// Proof: `Upgrades::Confirmations` (`max_values`: Some(1), `max_size`: Some(402), added: 897, mode: `MaxEncodedLen`)
    /// Storage: `System::AuthorizedUpgrade` (r:0 w:1)
    /// Proof: `System::AuthorizedUpgrade` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
    fn cancel_upgrade() -> Weight {
        // Minimum execution time: 18_651_000 picoseconds.
        Weight::from_parts(20_589_000, 5731)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Storage: `Upgrades::UpgradeDelay` (r:1 w:1)
    /// Proof: `Upgrades::UpgradeDelay` (`max_values`: Some(1), `max_size`: Some(25), added: 520, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn set_upgrade_delay() -> Weight {
        // Minimum execution time: 16_151_000 picoseconds.
        Weight::from_parts(17_585_000, 5731)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `TxPause::PausedCalls` (r:1 w:1)
    /// Proof: `TxPause::PausedCalls` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn pause_call() -> Weight {
        // Minimum execution time: 28_292_000 picoseconds.
        Weight::from_parts(30_171_000, 5731)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `TxPause::PausedCalls` (r:1 w:1)
    /// Proof: `TxPause::PausedCalls` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn unpause_call() -> Weight {
        // Minimum execution time: 20_505_000 picoseconds.
        Weight::from_parts(22_341_000, 5731)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Upgrades::Tuned` (r:1 w:1)
    /// Proof: `Upgrades::Tuned` (`max_values`: Some(1), `max_size`: Some(40), added: 535, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    fn set_parameter() -> Weight {
        // Minimum execution time: 16_662_000 picoseconds.
        Weight::from_parts(18_286_000, 5731)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Upgrades::Planned` (r:1 w:1)
    /// Proof: `Upgrades::Planned` (`max_values`: Some(1), `max_size`: Some(73), added: 568, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Proof: `Audit::Heads` (`max_values`: None, `max_size`: Some(67), added: 2542, mode: `MaxEncodedLen`)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Proof: `Audit::Pages` (`max_values`: None, `max_size`: Some(2266), added: 4741, mode: `MaxEncodedLen`)
    /// Storage: `Upgrades::Confirmations` (r:0 w:1)
    /// Proof: `Upgrades::Confirmations` (`max_values`: Some(1), `max_size`: Some(402), added: 897, mode: `MaxEncodedLen`)
    /// Storage: `System::AuthorizedUpgrade` (r:0 w:1)
    /// Proof: `System::AuthorizedUpgrade` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
    fn end_plan() -> Weight {
        // Minimum execution time: 16_477_000 picoseconds.
        Weight::from_parts(18_004_000, 5731)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
}

/// The same for tests, which have no database of their own.
impl WeightInfo for () {
    fn plan_upgrade() -> Weight {
        Weight::from_parts(17_405_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn confirm_upgrade() -> Weight {
        Weight::from_parts(927_729_000, 277138)
            .saturating_add(ParityDbWeight::get().reads(209_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn authorize_upgrade() -> Weight {
        Weight::from_parts(921_531_000, 276356)
            .saturating_add(ParityDbWeight::get().reads(208_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn cancel_upgrade() -> Weight {
        Weight::from_parts(20_589_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn set_upgrade_delay() -> Weight {
        Weight::from_parts(17_585_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn pause_call() -> Weight {
        Weight::from_parts(30_171_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn unpause_call() -> Weight {
        Weight::from_parts(22_341_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn set_parameter() -> Weight {
        Weight::from_parts(18_286_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn end_plan() -> Weight {
        Weight::from_parts(18_004_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(3_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
}
