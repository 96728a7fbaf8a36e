// SPDX-License-Identifier: Apache-2.0

//! The pieces that snapshots need.

use std::collections::{BTreeMap, BTreeSet};

use salus_primitives::Digest;

use crate::error::PieceFault;
use crate::object_lists::read;
use crate::repository::Repository;
use crate::snapshot::{Content, Snapshot};

/// The pieces that snapshots need, as far as that can be read.
#[derive(Debug, Default)]
pub(crate) struct Needed {
    /// Lists of objects, the objects in those that could be read, and parts of files.
    pub(crate) pieces: BTreeSet<Digest>,
    /// Lists that could be read, and are whole.
    pub(crate) read: BTreeSet<Digest>,
    /// Lists that could not: which objects they name is not known.
    pub(crate) unread: BTreeMap<Digest, PieceFault>,
}

impl Needed {
    /// Reads what `snapshots` need. Each list is read once.
    pub(crate) fn by<'a>(repository: &Repository, snapshots: impl IntoIterator<Item = &'a Snapshot>) -> Self {
        let mut needed = Self::default();
        for snapshot in snapshots {
            for list in snapshot.vaults.iter().flat_map(|vault| &vault.lists) {
                needed.add_list(repository, list);
            }
            for entry in snapshot.trees.iter().flat_map(|tree| &tree.entries) {
                if let Content::File { pieces, .. } = &entry.content {
                    needed.pieces.extend(pieces);
                }
            }
        }
        needed
    }

    fn add_list(&mut self, repository: &Repository, list: &Digest) {
        if self.read.contains(list) || self.unread.contains_key(list) {
            return;
        }
        self.pieces.insert(*list);
        match read(repository, list) {
            Ok(ids) => {
                self.read.insert(*list);
                self.pieces.extend(ids);
            }
            Err(fault) => drop(self.unread.insert(*list, fault)),
        }
    }
}
