// SPDX-License-Identifier: Apache-2.0

//! Errors of backups. No message holds a key, or anything of a file's content.

use std::io;
use std::path::{Path, PathBuf};

use salus_primitives::Digest;
use salus_sealing::keys::KeystoreFault;
use salus_vault::{OpenError, VaultError};
use thiserror::Error;

/// The result of a step.
pub type Result<T> = std::result::Result<T, BackupError>;

/// A backup cannot be made, read or restored.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The folder has other things in it.
    #[error("`{0}` is not empty")]
    NotEmpty(PathBuf),
    /// The folder is not a repository.
    #[error("`{0}` is not a repository of backups")]
    NotARepository(PathBuf),
    /// Another command works with the repository.
    #[error("another command works with the repository `{0}`")]
    Busy(PathBuf),
    /// The key does not open.
    #[error("the key of the repository {0}")]
    Key(KeystoreFault),
    /// There is no such snapshot.
    #[error("the repository has no snapshot `{0}`")]
    NoSnapshot(String),
    /// Several snapshots begin like this.
    #[error("several snapshots begin with `{0}`")]
    Ambiguous(String),
    /// A snapshot does not open.
    #[error("the snapshot `{0}` is altered or cut off")]
    SnapshotDamaged(String),
    /// No snapshot is there.
    #[error("the repository has no snapshot, so nothing was deleted")]
    NoSnapshots,
    /// Neither a snapshot nor a rule was named.
    #[error("nothing says which snapshots to forget")]
    NothingToForget,
    /// None would be left.
    #[error("this would forget every snapshot that is whole, so nothing was deleted")]
    LastSnapshot,
    /// It is not known which pieces are needed.
    #[error("nothing was deleted: the way to pieces that snapshots need is damaged: `{path}` {fault}", path = path.display())]
    NeedsUnknown {
        /// The file in the repository: a snapshot that stays, or a list of objects.
        path: PathBuf,
        /// The fault in words.
        fault: String,
    },
    /// Nothing was named that could be saved.
    #[error("there is nothing to save")]
    NothingToSave,
    /// Something that is to be saved is not there.
    #[error("there is nothing at `{0}`")]
    NoSource(PathBuf),
    /// A relative or indirect path cannot be kept.
    #[error("the path `{0}` is not text in UTF-8")]
    NotText(PathBuf),
    /// The repository would be saved into itself.
    #[error("the repository lies in `{0}`, which is to be saved")]
    RepositoryInside(PathBuf),
    /// A file is part of what is saved twice.
    #[error("`{0}` and `{1}` lie one in the other")]
    Overlap(PathBuf, PathBuf),
    /// The node has its database open.
    #[error("a node uses the data in `{0}`")]
    NodeRuns(PathBuf),
    /// The folder has no node's data.
    #[error("`{0}` has no data of a node: there is no `chains` folder in it")]
    NotNodeData(PathBuf),
    /// The folder is not a vault.
    #[error("`{0}` is not a vault")]
    NotAVault(PathBuf),
    /// A vault was named as files.
    #[error("`{0}` is a vault")]
    IsAVault(PathBuf),
    /// The place is taken.
    #[error("`{0}` is not empty, and nothing in it is overwritten")]
    TargetNotEmpty(PathBuf),
    /// The way to a file leads through something that is not a folder.
    #[error("`{0}` is not a folder, and nothing is restored through it")]
    NotAFolder(PathBuf),
    /// A service has the vault.
    #[error("a service has the vault `{0}`")]
    ServiceRuns(PathBuf),
    /// The snapshot has nothing of this kind.
    #[error("the snapshot has no {0}")]
    NothingOfKind(&'static str),
    /// The node is behind its network.
    #[error("the node does not know the present state of the chain: {0}")]
    NodeBehind(String),
    /// The node cannot be asked.
    #[error("the node does not say what the chain names")]
    Chain(#[source] salus_chain::QueryError),
    /// The chain names no object at all of a vault that has some.
    #[error("the chain names none of the {0} objects of the backup")]
    AnotherChain(u64),
    /// A vault cannot be opened.
    #[error(transparent)]
    Vault(#[from] OpenError),
    /// An object cannot be read or stored.
    #[error(transparent)]
    Object(#[from] VaultError),
    /// A path cannot be read or written.
    #[error("`{path}`: {source}", path = path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

impl BackupError {
    /// Names the path that an error of the system is about.
    pub(crate) fn at(path: &Path) -> impl Fn(io::Error) -> Self + '_ {
        |source| Self::Io { path: path.to_owned(), source }
    }
}

/// A sealed piece cannot be read.
#[derive(Debug)]
pub(crate) enum PieceFault {
    /// It is not there.
    Lacking,
    /// Its bytes are others.
    Damaged,
    /// The disk does not give it.
    Io(io::Error),
}

impl PieceFault {
    /// The fault in words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Lacking => "missing".to_owned(),
            Self::Damaged => "altered or cut off".to_owned(),
            Self::Io(error) => format!("cannot be read: {error}"),
        }
    }
}

/// The words for an object of a vault, by its id.
pub(crate) fn object(id: &Digest) -> String {
    format!("the object {id}")
}
