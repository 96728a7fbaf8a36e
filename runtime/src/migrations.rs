// SPDX-License-Identifier: Apache-2.0

//! What the first block of a new runtime does to the state of the former one.
//!
//! A migration is a [`VersionedMigration`](frame_support::migrations::VersionedMigration) of one pallet, from one version of its
//! storage to the next, so that it runs once. All of it runs in one block, before anything else, and has to fit: what
//! grows without bound is migrated entry by entry as it is used, or by `pallet-migrations`.

/// The migrations to this version. There are none before the first release.
#[cfg(not(feature = "upgrade-rehearsal"))]
pub type SingleBlock = ();

/// The migration of the rehearsal.
#[cfg(feature = "upgrade-rehearsal")]
pub type SingleBlock = crate::rehearsal::Migration;
