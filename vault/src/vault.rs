// SPDX-License-Identifier: Apache-2.0

//! The store itself.

use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use opendal::{services::Fs, FuturesBytesStream, Operator};
use salus_primitives::Digest;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::error::{OpenError, VaultError};
use crate::incoming::Incoming;
use crate::reader::ObjectReader;
use crate::{folder, layout};

/// How much of an object is in memory at a time.
const PIECE: usize = 256 * 1024;

/// The id under which a vault keeps `bytes`: their SHA-256 (S3-09).
pub fn object_id(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// A content-addressed store of sealed objects. Clones share the store; any number of processes may use a folder.
#[derive(Clone, Debug)]
pub struct Vault {
    operator: Operator,
    folder: PathBuf,
}

impl Vault {
    /// Opens the vault in the folder `path`, and makes one when the folder is empty or missing.
    ///
    /// The folder is closed to all but its owner (mode 0700, objects 0600). One that holds other things is
    /// refused. Half objects that a crash left behind more than a day ago are removed. A vault that cannot be written, as
    /// on a file system that is mounted read-only, opens as well: reading needs no writing.
    pub async fn open_folder(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref().to_owned();
        let failed = |source| OpenError::Io { path: path.clone(), source };
        let wanted = path.clone();
        let folder = folder::blocking(move || folder::prepare(&wanted)).await.map_err(failed)??;
        let root = folder
            .to_str()
            .ok_or_else(|| failed(io::Error::new(io::ErrorKind::InvalidInput, "the path is not UTF-8")))?;
        let operator = Operator::new(Fs::default().root(root)).map_err(|error| failed(error.into()))?;
        Ok(Self { operator, folder })
    }

    /// The folder that the vault lies in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Stores `bytes`. Storing what is there already replaces it, which heals a corrupted copy.
    pub async fn put(&self, bytes: impl Into<Bytes>) -> Result<Digest, VaultError> {
        let bytes = bytes.into();
        self.put_reader(&bytes[..]).await.map(|(id, _)| id)
    }

    /// Stores the content of a file; returns its id and length.
    pub async fn put_file(&self, path: impl AsRef<Path>) -> Result<(Digest, u64), VaultError> {
        let file = tokio::fs::File::open(path).await.map_err(VaultError::Source)?;
        self.put_reader(file).await
    }

    /// Stores everything that `source` yields; returns its id and length.
    ///
    /// When the source fails, nothing is stored.
    pub async fn put_reader(&self, mut source: impl AsyncRead + Unpin) -> Result<(Digest, u64), VaultError> {
        let mut incoming = self.incoming().await?;
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            (&mut source).take(PIECE as u64).read_to_end(&mut piece).await.map_err(VaultError::Source)?;
            if piece.is_empty() {
                return incoming.admit(None).await;
            }
            incoming.write(piece).await?;
        }
    }

    /// A place for an object that arrives piece by piece.
    pub async fn incoming(&self) -> Result<Incoming, VaultError> {
        Incoming::begin(&self.operator, self.folder.clone()).await
    }

    /// The bytes of the object `id`, hashed again. Meant for small objects: all bytes are in memory at once.
    pub async fn get(&self, id: &Digest) -> Result<Bytes, VaultError> {
        let bytes = self.operator.read(&layout::path_of(id)).await.map_err(|error| VaultError::of(id, error))?;
        let bytes = bytes.to_bytes();
        check(id, object_id(&bytes))?;
        Ok(bytes)
    }

    /// The bytes of the object `id`, piece by piece.
    ///
    /// The whole object is hashed before this returns, so nothing corrupted is handed out; the price is that a large
    /// object is read twice. A caller with a bound asks for [`Vault::size`] first, and then calls
    /// [`Vault::reader_of_size`].
    pub async fn reader(&self, id: &Digest) -> Result<ObjectReader, VaultError> {
        self.reader_of_size(id, self.size(id).await?).await
    }

    /// The bytes of the object `id`, which has `size` bytes, piece by piece.
    ///
    /// The vault hashes `size` bytes before this returns, and reads no further, whatever became of the file. It fails with
    /// [`VaultError::Corrupted`] when these bytes are not the object, and with [`VaultError::Io`] when there are fewer.
    pub async fn reader_of_size(&self, id: &Digest, size: u64) -> Result<ObjectReader, VaultError> {
        let mut hasher = Sha256::new();
        let mut pieces = self.pieces(id, size).await?;
        while let Some(piece) = pieces.try_next().await.map_err(|error| not_found_or_io(id, error))? {
            hasher.update(&piece);
        }
        check(id, Digest(hasher.finalize().into()))?;
        Ok(ObjectReader::new(*id, size, self.pieces(id, size).await?))
    }

    /// How many bytes lie under the id `id`. The vault asks the file system, and reads none of them.
    pub async fn size(&self, id: &Digest) -> Result<u64, VaultError> {
        let found = self.operator.stat(&layout::path_of(id)).await.map_err(|error| VaultError::of(id, error))?;
        Ok(found.content_length())
    }

    /// Whether the vault has the object `id`; its bytes are not looked at.
    pub async fn has(&self, id: &Digest) -> Result<bool, VaultError> {
        self.operator.exists(&layout::path_of(id)).await.map_err(VaultError::io)
    }

    /// Deletes the object `id`; returns whether it was there.
    pub async fn delete(&self, id: &Digest) -> Result<bool, VaultError> {
        let was_there = self.has(id).await?;
        self.operator.delete(&layout::path_of(id)).await.map_err(VaultError::io)?;
        Ok(was_there)
    }

    /// Up to `limit` ids, in ascending order, beginning after `after`.
    pub async fn list(&self, after: Option<&Digest>, limit: usize) -> Result<Vec<Digest>, VaultError> {
        let mut found = Vec::new();
        for shard in self.shards().await? {
            if found.len() >= limit {
                break;
            }
            if after.is_some_and(|after| shard < layout::shard_of(after)) {
                continue;
            }
            let mut ids = self.ids(&shard).await?;
            ids.retain(|id| after.is_none_or(|after| id > after));
            ids.sort_unstable();
            found.append(&mut ids);
        }
        found.truncate(limit);
        Ok(found)
    }

    /// How many objects there are. Counted each time.
    pub async fn len(&self) -> Result<u64, VaultError> {
        let mut count = 0u64;
        for shard in self.shards().await? {
            count = count.saturating_add(self.ids(&shard).await?.len().try_into().unwrap_or(u64::MAX));
        }
        Ok(count)
    }

    /// Whether there are no objects.
    pub async fn is_empty(&self) -> Result<bool, VaultError> {
        Ok(self.list(None, 1).await?.is_empty())
    }

    /// The first `size` bytes that lie under the id `id`.
    async fn pieces(&self, id: &Digest, size: u64) -> Result<FuturesBytesStream, VaultError> {
        let of = |error| VaultError::of(id, error);
        let reader = self.operator.reader_with(&layout::path_of(id)).chunk(PIECE).await.map_err(of)?;
        reader.into_bytes_stream(..size).await.map_err(of)
    }

    async fn shards(&self) -> Result<Vec<String>, VaultError> {
        let mut shards = self.names("/").await?;
        shards.retain(|path| layout::is_shard(path));
        shards.sort_unstable();
        Ok(shards)
    }

    async fn ids(&self, shard: &str) -> Result<Vec<Digest>, VaultError> {
        Ok(self.names(shard).await?.iter().filter_map(|path| layout::id_at(path)).collect())
    }

    async fn names(&self, folder: &str) -> Result<Vec<String>, VaultError> {
        let entries = self.operator.lister(folder).await.map_err(VaultError::io)?;
        entries.map(|entry| entry.map(|entry| entry.path().to_owned())).try_collect().await.map_err(VaultError::io)
    }
}

fn check(expected: &Digest, found: Digest) -> Result<(), VaultError> {
    if *expected == found {
        return Ok(());
    }
    Err(VaultError::Corrupted { expected: *expected, found })
}

fn not_found_or_io(id: &Digest, error: io::Error) -> VaultError {
    match error.kind() {
        io::ErrorKind::NotFound => VaultError::NotFound(*id),
        _ => VaultError::Io(error),
    }
}
