// SPDX-License-Identifier: Apache-2.0

//! An object on its way in.

use std::io;
use std::path::PathBuf;

use bytes::Bytes;
use opendal::{Operator, Writer};
use salus_primitives::Digest;
use sha2::{Digest as _, Sha256};
use tokio::task::JoinHandle;

use crate::error::VaultError;
use crate::layout;
use crate::store::Store;

/// An object that arrives piece by piece, hashed as it comes. It has no name in the vault until it is [admitted](Self::admit).
///
/// One that is dropped before leaves nothing behind.
pub struct Incoming {
    store: Store,
    folder: PathBuf,
    path: String,
    writer: Writer,
    hasher: Sha256,
    size: u64,
    /// Bytes since the disk was last told to write, and the task that waits for it.
    unsynced: u64,
    syncing: Option<JoinHandle<io::Result<()>>>,
}

/// Bytes after which the disk begins to write, so that it has not everything to do at the end.
const BETWEEN_SYNCS: u64 = 64 * 1024 * 1024;

impl Incoming {
    /// Begins an object that arrives at `disk`, which is `folder`, and gets its name in `store`.
    pub(crate) async fn begin(disk: &Operator, folder: PathBuf, store: Store) -> Result<Self, VaultError> {
        let path = layout::incoming().map_err(VaultError::Io)?;
        let writer = disk.writer(&path).await.map_err(VaultError::io)?;
        Ok(Self { store, folder, path, writer, hasher: Sha256::new(), size: 0, unsynced: 0, syncing: None })
    }

    /// Writes the next bytes. After an error the object can only be dropped.
    pub async fn write(&mut self, piece: impl Into<Bytes>) -> Result<(), VaultError> {
        let piece = piece.into();
        self.hasher.update(&piece);
        let length = piece.len().try_into().unwrap_or(u64::MAX);
        self.size = self.size.saturating_add(length);
        self.writer.write(piece).await.map_err(VaultError::io)?;
        self.unsynced = self.unsynced.saturating_add(length);
        if self.unsynced >= BETWEEN_SYNCS && self.syncing.as_ref().is_none_or(JoinHandle::is_finished) {
            self.synced().await?;
            self.unsynced = 0;
            let file = self.folder.join(&self.path);
            self.syncing = Some(tokio::task::spawn_blocking(move || std::fs::File::open(file)?.sync_data()));
        }
        Ok(())
    }

    /// Waits until the disk has written what it was last told to.
    async fn synced(&mut self) -> Result<(), VaultError> {
        match self.syncing.take() {
            Some(syncing) => syncing.await.map_err(io::Error::other).and_then(|synced| synced).map_err(VaultError::Io),
            None => Ok(()),
        }
    }

    /// How many bytes have come so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The SHA-256 of the bytes that have come so far.
    pub fn digest(&self) -> Digest {
        Digest(self.hasher.clone().finalize().into())
    }

    /// Syncs the object to the disk, and gives it its own name; its id and length.
    ///
    /// When `expected` is given and the bytes do not hash to it, the object is dropped and this fails with
    /// [`VaultError::Corrupted`].
    pub async fn admit(mut self, expected: Option<&Digest>) -> Result<(Digest, u64), VaultError> {
        self.synced().await?;
        // Closing syncs the rest of the bytes to the disk.
        self.writer.close().await.map_err(VaultError::io)?;
        let found = self.digest();
        if let Some(expected) = expected.filter(|expected| **expected != found) {
            return Err(VaultError::Corrupted { expected: *expected, found });
        }
        self.store.admit(&self.folder, &self.path, &found, self.size).await?;
        Ok((found, self.size))
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // A folder has renamed the file of an object that was admitted. One that cannot be removed now is swept when the vault
        // is opened some later day.
        let _ = std::fs::remove_file(self.folder.join(&self.path));
    }
}
