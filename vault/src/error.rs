// SPDX-License-Identifier: Apache-2.0

//! Errors of a vault. No message holds anything of an object but its id.

use std::io;
use std::path::PathBuf;

use salus_primitives::Digest;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// Codes of the system for too many open files: of the machine, and of this process (`ENFILE`, `EMFILE`).
const OPEN_FILES: [i32; 2] = [23, 24];

/// A folder cannot be opened as a vault.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The path names something that is not a folder.
    #[error("`{0}` is not a folder")]
    NotAFolder(PathBuf),
    /// The folder holds other things and was never a vault; a vault is never opened over them.
    #[error("`{0}` holds other files and is not a vault")]
    NotAVault(PathBuf),
    /// A later version of this program made the vault.
    #[error("the vault at `{0}` has a format that this version does not know")]
    UnknownFormat(PathBuf),
    /// The IPFS node may tell others what it has, or fetch from them.
    #[error("the IPFS node of `{place}` is not private: set {settings} in its configuration, and restart it")]
    NotPrivate {
        /// The store.
        place: PathBuf,
        /// Settings that it lacks, and their values.
        settings: String,
    },
    /// The folder cannot be read or written.
    #[error("cannot open the vault at `{path}`")]
    Io {
        /// The folder.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

/// An object cannot be stored, found or trusted.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The vault has no object with this id.
    #[error("the vault has no object `{0}`")]
    NotFound(Digest),
    /// The bytes stored under an id do not hash to it: they were altered or cut off.
    #[error("the object `{expected}` is corrupted: its bytes hash to `{found}`")]
    Corrupted {
        /// The object's id.
        expected: Digest,
        /// The hash of its bytes.
        found: Digest,
    },
    /// The disk does not give out what lies under an id: a bad sector, a broken file system, rights that are wrong.
    #[error("the object `{id}` cannot be read from the disk")]
    Unreadable {
        /// The object's id.
        id: Digest,
        /// The system's words.
        source: io::Error,
    },
    /// The bytes to be stored could not be read from where they come.
    #[error("cannot read the bytes to be stored")]
    Source(#[source] io::Error),
    /// The store cannot be read or written.
    #[error("cannot reach the vault's store")]
    Io(#[source] io::Error),
    /// The server of the store does not answer, or not in time.
    #[error("the server of the vault's store is away")]
    Away(#[source] io::Error),
    /// The server of the store does not let this vault in: its credentials or their rights are wrong.
    #[error("the server of the vault's store denies access")]
    Denied(#[source] io::Error),
}

impl VaultError {
    pub(crate) fn io(error: opendal::Error) -> Self {
        // The system's kind of error (a full disk, a file system that is read-only) lies below that of the library.
        match system_error(&error) {
            Some(found) => Self::Io(io::Error::new(found.kind(), error)),
            None => Self::Io(error.into()),
        }
    }

    /// Whether this one object is damaged, and others need not be: a whole copy may take its place.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Corrupted { .. } | Self::Unreadable { .. })
    }

    /// Whether the store has no room.
    pub fn is_full(&self) -> bool {
        let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
        matches!(self, Self::Io(error) if full.contains(&error.kind()))
    }

    /// The fault of a store on another machine.
    pub(crate) fn remote(error: opendal::Error) -> Self {
        // The name of the fault comes from the server: S3 itself knows no full disk, and others say it by their own codes.
        let text = error.to_string();
        if ["XMinioStorageFull", "QuotaExceeded", "InsufficientStorage", "status: 507", "no space left on device"]
            .iter()
            .any(|name| text.contains(name))
        {
            return Self::Io(io::Error::new(io::ErrorKind::StorageFull, error));
        }
        match error.kind() {
            opendal::ErrorKind::PermissionDenied => Self::Denied(io::Error::other(error)),
            opendal::ErrorKind::ConfigInvalid | opendal::ErrorKind::Unsupported => Self::Io(io::Error::other(error)),
            _ => Self::Away(io::Error::other(error)),
        }
    }

    pub(crate) fn of_remote(id: &Digest, error: opendal::Error) -> Self {
        match error.kind() {
            // The server has the name, and not what belongs to it.
            opendal::ErrorKind::ConditionNotMatch => {
                Self::Corrupted { expected: *id, found: Digest(Sha256::digest(b"").into()) }
            }
            opendal::ErrorKind::NotFound => Self::NotFound(*id),
            _ => Self::remote(error),
        }
    }

    pub(crate) fn of(id: &Digest, error: opendal::Error) -> Self {
        match error.kind() {
            opendal::ErrorKind::NotFound => Self::NotFound(*id),
            _ if is_shortage(&error) => Self::io(error),
            _ => Self::Unreadable { id: *id, source: error.into() },
        }
    }

    /// The fault of a folder while the bytes of the object `id` came.
    pub(crate) fn of_stream(id: &Digest, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound(*id),
            _ if is_shortage(&error) => Self::Io(error),
            _ => Self::Unreadable { id: *id, source: error },
        }
    }
}

/// The system's error, at the bottom of a library's.
fn system_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a io::Error> {
    let mut cause = error.source();
    while let Some(deeper) = cause {
        if let Some(found) = deeper.downcast_ref() {
            return Some(found);
        }
        cause = deeper.source();
    }
    None
}

/// Whether this process, or the machine, lacks something for the moment. It says nothing about an object.
fn is_shortage(error: &(dyn std::error::Error + 'static)) -> bool {
    let found = error.downcast_ref().filter(|error: &&io::Error| error.raw_os_error().is_some());
    found.or_else(|| system_error(error)).is_some_and(|found| {
        found.kind() == io::ErrorKind::OutOfMemory
            || found.raw_os_error().is_some_and(|code| OPEN_FILES.contains(&code))
    })
}

impl From<VaultError> for io::Error {
    /// The kind of the error says that the store is away, if it is.
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Io(error) | VaultError::Source(error) => error,
            VaultError::Away(_) => Self::new(io::ErrorKind::HostUnreachable, error),
            VaultError::Unreadable { ref source, .. } => Self::new(source.kind(), error),
            other => Self::other(other),
        }
    }
}
