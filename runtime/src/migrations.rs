// SPDX-License-Identifier: Apache-2.0

//! Migrations: the first block of a new runtime rewrites the state of the former one.
//!
//! A migration is a [`VersionedMigration`](frame_support::migrations::VersionedMigration) of one pallet, from one
//! version of its storage to the next, so that it runs once. All migrations run in one block, before its transactions,
//! and have to fit into it. State that grows without bound is migrated entry by entry as calls use it, or by
//! `pallet-migrations`.

/// The migrations to this version. There are none before the first release.
#[cfg(not(feature = "upgrade-rehearsal"))]
pub type SingleBlock = ();

/// The migration of the rehearsal.
#[cfg(feature = "upgrade-rehearsal")]
pub type SingleBlock = crate::rehearsal::Migration;
