// SPDX-License-Identifier: Apache-2.0

//! An object on its way in.

use std::fs::OpenOptions;
use std::io;
use std::path::PathBuf;

use bytes::Bytes;
use salus_primitives::Digest;
use tokio::task::JoinHandle;

use crate::error::VaultError;
use crate::hashed_file::HashedFile;
use crate::store::Store;
use crate::{folder, layout};

/// An object that arrives piece by piece, hashed as it comes. It has no name in the vault until it is [admitted](Self::admit).
///
/// One that is dropped before leaves nothing behind.
pub struct Incoming {
    store: Store,
    folder: PathBuf,
    path: String,
    bytes: HashedFile,
    /// Bytes since the disk was last told to write, and the task that waits for it.
    unsynced: u64,
    syncing: Option<JoinHandle<io::Result<()>>>,
}

/// Bytes after which the disk begins to write, so that it has not everything to do at the end.
const BETWEEN_SYNCS: u64 = 64 * 1024 * 1024;

impl Incoming {
    /// Begins an object that arrives in `folder`, and gets its name in `store`.
    pub(crate) async fn begin(folder: PathBuf, store: Store) -> Result<Self, VaultError> {
        let path = layout::incoming().map_err(VaultError::Io)?;
        let (place, parent) = (folder.join(&path), folder.join(layout::INCOMING));
        let made = folder::blocking(move || {
            folder::create_private(&parent)?;
            let file = OpenOptions::new().write(true).create_new(true).open(&place)?;
            folder::make_private(&place)?;
            Ok(file)
        });
        let file = made.await.and_then(|made| made).map_err(VaultError::Io)?;
        Ok(Self { store, folder, path, bytes: HashedFile::new(file), unsynced: 0, syncing: None })
    }

    /// Writes the next bytes. After an error, which may be that of earlier bytes, the object can only be dropped.
    pub async fn write(&mut self, piece: impl Into<Bytes>) -> Result<(), VaultError> {
        let piece = piece.into();
        self.unsynced = self.unsynced.saturating_add(piece.len() as u64);
        self.bytes.write(piece).await.map_err(VaultError::Io)?;
        if self.unsynced >= BETWEEN_SYNCS && self.syncing.as_ref().is_none_or(JoinHandle::is_finished) {
            self.synced().await?;
            self.unsynced = 0;
            let file = self.bytes.file();
            self.syncing = Some(tokio::task::spawn_blocking(move || file.sync_data()));
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
        self.bytes.size()
    }

    /// The SHA-256 of the bytes that have come so far, once all of them are written.
    pub async fn digest(&mut self) -> Result<Digest, VaultError> {
        self.bytes.digest().await.map_err(VaultError::Io)
    }

    /// Syncs the object to the disk, and gives it its own name; its id and length.
    ///
    /// When `expected` is given and the bytes do not hash to it, the object is dropped and this fails with
    /// [`VaultError::Corrupted`].
    pub async fn admit(mut self, expected: Option<&Digest>) -> Result<(Digest, u64), VaultError> {
        let found = self.digest().await?;
        if let Some(expected) = expected.filter(|expected| **expected != found) {
            return Err(VaultError::Corrupted { expected: *expected, found });
        }
        self.synced().await?;
        let file = self.bytes.file();
        folder::blocking(move || file.sync_all()).await.and_then(|synced| synced).map_err(VaultError::Io)?;
        self.store.admit(&self.folder, &self.path, &found, self.size()).await?;
        Ok((found, self.size()))
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // A folder has renamed the file of an object that was admitted. One that cannot be removed now is swept when the vault
        // is opened some later day.
        let _ = std::fs::remove_file(self.folder.join(&self.path));
    }
}
