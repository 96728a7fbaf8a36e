// SPDX-License-Identifier: Apache-2.0

//! The kinds of stores: what differs between a folder and a server is here, and nowhere else.

use std::path::Path;

use futures::{StreamExt, TryStreamExt};
use opendal::{FuturesBytesStream, Operator};
use salus_primitives::Digest;
use sha2::{Digest as _, Sha256};

use crate::error::VaultError;
use crate::hashing::{check, PIECE};
use crate::reader::Pieces;
use crate::remote::Remote;
use crate::{folder, layout};

/// Where whole objects lie.
#[derive(Clone, Debug)]
pub(crate) enum Store {
    /// The vault's folder itself.
    Folder(Operator),
    /// A server; the vault's folder is a spool.
    Remote(Remote),
}

impl Store {
    pub(crate) fn operator(&self) -> &Operator {
        match self {
            Self::Folder(operator) => operator,
            Self::Remote(remote) => &remote.operator,
        }
    }

    /// Gives the object `id` its name, whose `size` bytes are at `path` in the vault's folder.
    pub(crate) async fn admit(&self, folder: &Path, path: &str, id: &Digest, size: u64) -> Result<(), VaultError> {
        match self {
            Self::Folder(operator) => rename(operator, folder, path, id).await,
            Self::Remote(remote) => remote.admit(&folder.join(path), id, size).await,
        }
    }

    /// The first `size` bytes of the object `id`, which are the object.
    pub(crate) async fn verified(&self, folder: &Path, id: &Digest, size: u64) -> Result<Pieces, VaultError> {
        match self {
            Self::Folder(operator) => verified(operator, id, size).await,
            Self::Remote(remote) => remote.verified(folder, id, size).await,
        }
    }

    /// The first `size` bytes of the object `id`. Whether they are the object, a folder leaves to the reader, unless they are few.
    pub(crate) async fn stream(&self, folder: &Path, id: &Digest, size: u64) -> Result<Pieces, VaultError> {
        match self {
            Self::Folder(operator) if size > PIECE as u64 => {
                operator.stat(&layout::path_of(id)).await.map_err(|error| VaultError::of(id, error))?;
                Ok(pieces_of(operator, id, size).await?.boxed())
            }
            _ => self.verified(folder, id, size).await,
        }
    }

    pub(crate) fn fault(&self, error: opendal::Error) -> VaultError {
        match self {
            Self::Folder(_) => VaultError::io(error),
            Self::Remote(_) => VaultError::remote(error),
        }
    }

    pub(crate) fn fault_of(&self, id: &Digest, error: opendal::Error) -> VaultError {
        match self {
            Self::Folder(_) => VaultError::of(id, error),
            Self::Remote(_) => VaultError::of_remote(id, error),
        }
    }
}

/// Renames a complete file, and makes its name survive a power failure.
async fn rename(operator: &Operator, root: &Path, path: &str, id: &Digest) -> Result<(), VaultError> {
    let (file, shard, root) = (root.join(path), root.join(layout::shard_of(id)), root.to_owned());
    let made = folder::blocking({
        let shard = shard.clone();
        move || {
            folder::make_private(&file)?;
            if !shard.exists() {
                folder::create_private(&shard)?;
                folder::sync(&root)?;
            }
            Ok(())
        }
    });
    made.await.and_then(|done| done).map_err(VaultError::Io)?;
    operator.rename(path, &layout::path_of(id)).await.map_err(VaultError::io)?;
    folder::blocking(move || folder::sync(&shard)).await.and_then(|done| done).map_err(VaultError::Io)
}

/// A file is read twice: to hash it, and to hand it out.
async fn verified(operator: &Operator, id: &Digest, size: u64) -> Result<Pieces, VaultError> {
    let mut hasher = Sha256::new();
    let mut pieces = pieces_of(operator, id, size).await?;
    while let Some(piece) = pieces.try_next().await.map_err(|error| VaultError::of_stream(id, error))? {
        hasher.update(&piece);
    }
    check(id, Digest(hasher.finalize().into()))?;
    Ok(pieces_of(operator, id, size).await?.boxed())
}

async fn pieces_of(operator: &Operator, id: &Digest, size: u64) -> Result<FuturesBytesStream, VaultError> {
    let of = |error| VaultError::of(id, error);
    let reader = operator.reader_with(&layout::path_of(id)).chunk(PIECE).await.map_err(of)?;
    reader.into_bytes_stream(..size).await.map_err(of)
}
