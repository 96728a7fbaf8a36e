// SPDX-License-Identifier: Apache-2.0

//! A store on another machine, behind a spool on this one.
//!
//! An object gets its name there when all of its bytes have arrived: such a store takes an object whole or not at all. An object that is read is written to the spool first and hashed on the way, so it crosses the network once, and
//! nothing is handed out before all of it is known to be right.

use std::io;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures::{stream, StreamExt, TryStreamExt};
use opendal::{ErrorKind, Operator};
use salus_primitives::Digest;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::io::ReaderStream;

use crate::error::{OpenError, VaultError};
use crate::hashing::{check, PIECE};
use crate::reader::Pieces;
use crate::{folder, layout};

const MEBIBYTE: u64 = 1024 * 1024;
/// The length of a part of an upload. Part and the next one are in memory.
const PART: u64 = 8 * MEBIBYTE;
/// The most parts that an upload has on any S3-compatible server.
const MOST_PARTS: u64 = 10_000;
/// MiB of parts that are in memory at one time.
const IN_MEMORY: u32 = 32;
/// Objects of at most so many bytes are verified in memory.
const SMALL: u64 = 64 * 1024;
/// MiB of objects on the spool that are being read at one time. Further readers wait.
const ON_SPOOL: u32 = 16 * 1024;

/// An object did not get its name, by a fault of this machine or of the server.
enum Unsent {
    Here(io::Error),
    There(opendal::Error),
}

impl From<Unsent> for VaultError {
    fn from(unsent: Unsent) -> Self {
        match unsent {
            Unsent::Here(error) => Self::Io(error),
            Unsent::There(error) => Self::remote(error),
        }
    }
}

/// A store on another machine.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    pub(crate) operator: Operator,
    uploading: Arc<Semaphore>,
    reading: Arc<Semaphore>,
}

impl Remote {
    /// Makes the store a vault, or recognizes it as one.
    pub(crate) async fn prepare(operator: Operator, place: &str) -> Result<Self, OpenError> {
        if !is_vault(&operator, place).await? {
            let made = operator.write(folder::MARKER, folder::FORMAT).await;
            made.map_err(|error| cannot_open(place, error))?;
        }
        let (uploading, reading) =
            (Arc::new(Semaphore::new(IN_MEMORY as usize)), Arc::new(Semaphore::new(ON_SPOOL as usize)));
        Ok(Self { operator, uploading, reading })
    }

    /// Gives the object `id` its name: all `size` bytes of the file `spooled`, or nothing.
    pub(crate) async fn admit(&self, spooled: &Path, id: &Digest, size: u64) -> Result<(), VaultError> {
        let part = PART.max(size.div_ceil(MOST_PARTS));
        let _memory = places(&self.uploading, size.min(part.saturating_mul(2)), IN_MEMORY).await?;
        let part = usize::try_from(part).unwrap_or(usize::MAX);
        match self.upload(spooled, id, part).await {
            // The server had a damaged part of the object from before, and has deleted it.
            Err(Unsent::There(error)) if error.kind() == ErrorKind::ConditionNotMatch => {
                self.upload(spooled, id, part).await
            }
            sent => sent,
        }
        .map_err(VaultError::from)
    }

    async fn upload(&self, spooled: &Path, id: &Digest, part: usize) -> Result<(), Unsent> {
        let mut file = tokio::fs::File::open(spooled).await.map_err(Unsent::Here)?;
        let path = layout::path_of(id);
        let mut writer = self.operator.writer_with(&path).chunk(part).await.map_err(Unsent::There)?;
        let sent = async {
            loop {
                let mut piece = Vec::with_capacity(PIECE);
                (&mut file).take(PIECE as u64).read_to_end(&mut piece).await.map_err(Unsent::Here)?;
                if piece.is_empty() {
                    return writer.close().await.map(|_| ()).map_err(Unsent::There);
                }
                writer.write(piece).await.map_err(Unsent::There)?;
            }
        }
        .await;
        if sent.is_err() {
            // The server forgets the parts. If it cannot be told, the bucket's own rule for unfinished uploads has to.
            let _ = writer.abort().await;
        }
        sent
    }

    /// The first `size` bytes of the object `id`, which are the object.
    pub(crate) async fn verified(&self, spool: &Path, id: &Digest, size: u64) -> Result<Pieces, VaultError> {
        if size <= SMALL {
            let mut bytes = Vec::new();
            self.fetch(id, size, &mut bytes).await?;
            return Ok(stream::iter([Ok(Bytes::from(bytes))]).boxed());
        }
        let place = places(&self.reading, size, ON_SPOOL).await?;
        let path = spool.join(layout::incoming().map_err(VaultError::Io)?);
        let made = folder::blocking(move || nameless(&path)).await.and_then(|made| made);
        let mut file = tokio::fs::File::from_std(made.map_err(VaultError::Io)?);
        self.fetch(id, size, &mut file).await?;
        file.flush().await.map_err(VaultError::Io)?;
        file.rewind().await.map_err(VaultError::Io)?;
        let pieces = ReaderStream::with_capacity(file, PIECE);
        Ok(pieces
            .map(move |piece| {
                let _ = &place;
                piece
            })
            .boxed())
    }

    /// Writes the first `size` bytes of the object `id` to `keep`; fails when they are not the object.
    async fn fetch(
        &self,
        id: &Digest,
        size: u64,
        keep: &mut (impl AsyncWrite + Unpin + Send),
    ) -> Result<(), VaultError> {
        let of = |error| VaultError::of_remote(id, error);
        let mut hasher = Sha256::new();
        let reader = self.operator.reader(&layout::path_of(id)).await.map_err(of)?;
        // One request for all of it; the layer for retries goes on where an answer was cut off.
        let mut pieces = reader.into_stream(..size).await.map_err(of)?;
        while let Some(piece) = pieces.try_next().await.map_err(of)? {
            for piece in piece {
                hasher.update(&piece);
                keep.write_all(&piece).await.map_err(VaultError::Io)?;
            }
        }
        check(id, Digest(hasher.finalize().into()))
    }
}

/// Writes, reads and deletes a few bytes; whether the store is a vault already.
pub(crate) async fn try_out(operator: &Operator, place: &str) -> Result<bool, OpenError> {
    let is_vault = is_vault(operator, place).await?;
    let path = layout::incoming().map_err(|source| OpenError::Io { path: place.into(), source })?;
    let failed = |error| cannot_open(place, error);
    operator.write(&path, path.clone()).await.map_err(failed)?;
    let read = operator.read(&path).await;
    operator.delete(&path).await.map_err(failed)?;
    if read.map_err(failed)?.to_bytes() != path.as_bytes() {
        let other = io::Error::new(io::ErrorKind::InvalidData, "the server gives back other bytes than it was given");
        return Err(OpenError::Io { path: place.into(), source: other });
    }
    Ok(is_vault)
}

/// Whether the store is a vault; if not, it is empty.
async fn is_vault(operator: &Operator, place: &str) -> Result<bool, OpenError> {
    match operator.read(folder::MARKER).await {
        Ok(format) if format.to_bytes() == folder::FORMAT.as_bytes() => Ok(true),
        Ok(_) => Err(OpenError::UnknownFormat(place.into())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            match is_empty(operator).await.map_err(|error| cannot_open(place, error))? {
                true => Ok(false),
                false => Err(OpenError::NotAVault(place.into())),
            }
        }
        Err(error) => Err(cannot_open(place, error)),
    }
}

fn cannot_open(place: &str, error: opendal::Error) -> OpenError {
    OpenError::Io { path: place.into(), source: io::Error::other(VaultError::remote(error)) }
}

/// A place for `bytes` among those that `all` has room for.
async fn places(all: &Arc<Semaphore>, bytes: u64, most: u32) -> Result<OwnedSemaphorePermit, VaultError> {
    let wanted = u32::try_from(bytes.div_ceil(MEBIBYTE)).unwrap_or(most).clamp(1, most);
    all.clone().acquire_many_owned(wanted).await.map_err(|error| VaultError::Io(io::Error::other(error)))
}

/// A file that is gone when it is closed, also by a crash.
fn nameless(path: &Path) -> io::Result<std::fs::File> {
    let file = std::fs::OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
    folder::make_private(path)?;
    std::fs::remove_file(path)?;
    Ok(file)
}

async fn is_empty(operator: &Operator) -> opendal::Result<bool> {
    let mut entries = operator.lister("/").await?;
    while let Some(entry) = entries.try_next().await? {
        // A store that was tried out may keep the empty folder of what was on its way.
        let on_the_way = entry.path().trim_end_matches('/') == layout::INCOMING;
        if !on_the_way && !matches!(entry.path(), "/" | folder::MARKER) {
            return Ok(false);
        }
    }
    Ok(true)
}
