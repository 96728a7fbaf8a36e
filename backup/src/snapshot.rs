// SPDX-License-Identifier: Apache-2.0

//! One run's content: what was saved, and by which pieces it comes back.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Component, Path, PathBuf};

use salus_primitives::{Digest, Moment};
use salus_sealing::secret::random;
use serde::{Deserialize, Serialize};

/// A snapshot's name: random, in hexadecimal digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct SnapshotId(String);

impl SnapshotId {
    pub(crate) fn generate() -> Self {
        Self(hex::encode(random::<8>()))
    }

    /// The snapshot whose file has this name, if one can have it.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let digits = name.len() == 16 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        digits.then(|| Self(name.to_owned()))
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The kinds of things that a snapshot holds. Each is restored by itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Configuration, keys and identities.
    Files,
    /// The data of a node.
    NodeData,
}

/// The things that one run saved.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// When the run began.
    pub at: Moment,
    /// Vaults.
    pub vaults: Vec<SavedVault>,
    /// Files and folders.
    pub trees: Vec<Tree>,
    /// How many things the run had to leave out because they are damaged or could not be read.
    pub faults: u64,
}

/// The objects of a vault.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SavedVault {
    /// Its folder.
    pub root: PathBuf,
    /// How many objects it has.
    pub objects: u64,
    /// Pieces with their ids, one after the other.
    pub lists: Vec<Digest>,
}

/// A file, or a folder and everything in it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tree {
    /// Its kind.
    pub kind: Kind,
    /// Where it was, from the root of the file system.
    pub root: PathBuf,
    /// The root itself, then what is in it; folders before their content.
    pub entries: Vec<Entry>,
}

/// A file, folder or link.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Its path below the root; empty for the root itself.
    pub path: String,
    /// Permissions.
    pub mode: u32,
    /// The number of its owner.
    pub owner: u32,
    /// The number of its group.
    pub group: u32,
    /// Its kind.
    #[serde(flatten)]
    pub content: Content,
}

/// The content of a file, folder or link.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Content {
    /// A folder.
    Folder,
    /// A file.
    File {
        /// Its length.
        size: u64,
        /// The hashes of its pieces.
        pieces: Vec<Digest>,
    },
    /// A symbolic link.
    Link {
        /// The path that it holds.
        target: String,
    },
}

impl Snapshot {
    /// How many files there are of this kind.
    pub fn files(&self, kind: Kind) -> u64 {
        let trees = self.trees.iter().filter(|tree| tree.kind == kind);
        let files = trees.flat_map(|tree| &tree.entries).filter(|entry| matches!(entry.content, Content::File { .. }));
        files.count().try_into().unwrap_or(u64::MAX)
    }

    /// The things that it is of: the folders of vaults, which have no kind, and the roots of trees with theirs.
    pub(crate) fn roots(&self) -> BTreeSet<(Option<Kind>, &Path)> {
        let vaults = self.vaults.iter().map(|vault| (None, vault.root.as_path()));
        vaults.chain(self.trees.iter().map(|tree| (Some(tree.kind), tree.root.as_path()))).collect()
    }

    /// How many objects there are in all vaults.
    pub fn objects(&self) -> u64 {
        self.vaults.iter().fold(0, |sum, vault| sum.saturating_add(vault.objects))
    }
}

/// The place of `root`, an absolute path, below the folder `target`; none for a path that could lead elsewhere.
pub(crate) fn below(target: &Path, root: &Path) -> Option<PathBuf> {
    let mut place = target.to_owned();
    for part in root.components() {
        match part {
            Component::RootDir | Component::CurDir => {}
            Component::Normal(name) => place.push(name),
            Component::ParentDir | Component::Prefix(_) => return None,
        }
    }
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_never_leads_out_of_its_target() {
        let place = |root: &str| below(Path::new("/to"), Path::new(root));
        assert_eq!(place("/etc/salus"), Some("/to/etc/salus".into()));
        assert_eq!(place(""), Some("/to".into()));
        for bad in ["..", "/etc/../..", "a/../b"] {
            assert_eq!(place(bad), None, "{bad}");
        }
    }

    #[test]
    fn names_of_snapshots_are_digits() {
        let id = SnapshotId::generate();
        assert_eq!(SnapshotId::parse(id.as_str()), Some(id));
        for bad in ["", "0", "../../etc/passwd0", "0123456789ABCDEF", ".incoming-012345"] {
            assert_eq!(SnapshotId::parse(bad), None, "{bad}");
        }
    }
}
