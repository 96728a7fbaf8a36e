// SPDX-License-Identifier: Apache-2.0

//! Backups of a hospital's vault, keys, configuration and, when that is wanted, node data; and how they come back.
//!
//! A *repository* is a folder, best on another machine's disk. Each *run* adds a *snapshot* to it. Everything in it is sealed
//! with one random key, which rests under a password. It never stores a thing twice. A file gets its name only when it
//! is whole and on the disk, and a snapshot is written last. So a run that is killed leaves a repository as good as before. A snapshot goes before what it alone needs.
//!
//! | module | what it does |
//! |---|---|
//! | [`Repository`] | the folder: lock, sealed pieces, snapshots |
//! | [`save`] | one run: objects of vaults against their names, files as they are |
//! | [`check`] | reads everything that snapshots need, and names all damage |
//! | [`Plan`] | which snapshots are forgotten, by [`Rules`] or by name, and what becomes free |
//! | [`restore_files`] | files and folders, with owners and permissions |
//! | [`restore_vault`] | objects of a vault that the finalized chain names, and no others |
//! | [`NamedByChain`] | what the finalized chain names, from a node that is up to date |
//!
//! Two things never enter a backup: session keys, with which a second node would equivocate, and vaults that lie among files,
//! whose objects would come back without the chain's word (docs/adr/0018-backups.md).

#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used,
        reason = "tests fail by panicking"
    )
)]

mod check;
mod error;
mod folder;
mod forget;
mod left_out;
mod named;
mod needed;
mod object_lists;
mod repository;
mod restore;
mod retention;
mod save;
mod snapshot;
mod tree;

#[cfg(test)]
mod tests;

pub use check::{check, Checked, Damage};
pub use error::{BackupError, Result};
pub use forget::{Forgotten, Freed, Kept, Plan, Wanted};
pub use named::NamedByChain;
pub use repository::{Access, Repository, Snapshots};
pub use restore::{restore_files, restore_vault, Place, RestoredFiles, RestoredVault};
pub use retention::{Reason, Rules};
pub use save::{save, Saved, Sources};
pub use snapshot::{Kind, Snapshot, SnapshotId};
