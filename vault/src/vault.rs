// SPDX-License-Identifier: Apache-2.0

//! The store itself.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use opendal::{services::Fs, Operator};
use salus_primitives::Digest;
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::error::{OpenError, VaultError};
use crate::hashing::{check, object_id, PIECE};
use crate::incoming::Incoming;
use crate::ipfs::IpfsSettings;
use crate::reader::ObjectReader;
use crate::remote::Remote;
use crate::s3::S3Settings;
use crate::store::Store;
use crate::{folder, ipfs, layout};

/// A content-addressed store of sealed objects. Clones share the store; any number of processes may use a folder.
#[derive(Clone, Debug)]
pub struct Vault {
    store: Store,
    /// Where objects are on their way in.
    folder: PathBuf,
    previous: Option<Arc<Vault>>,
}

impl Vault {
    /// Opens the vault in the folder `path`, and makes one when the folder is empty or missing.
    ///
    /// The folder is closed to all but its owner (mode 0700, objects 0600). One that holds other things is
    /// refused. Half objects that a crash left behind more than a day ago are removed. A vault that cannot be written, as
    /// on a file system that is mounted read-only, opens as well: reading needs no writing.
    pub async fn open_folder(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let folder = prepare(path.as_ref(), folder::MARKER).await?;
        let failed = |source| OpenError::Io { path: folder.clone(), source };
        let not_utf8 = || failed(io::Error::new(io::ErrorKind::InvalidInput, "the path is not UTF-8"));
        let root = folder.to_str().ok_or_else(not_utf8)?;
        let operator = Operator::new(Fs::default().root(root)).map_err(|error| failed(error.into()))?;
        Ok(Self { store: Store::Folder(operator), folder, previous: None })
    }

    /// Opens the vault in a bucket of an S3-compatible server, and makes one when there is nothing under the prefix.
    ///
    /// Objects on their way in or out lie in the folder `spool` on this machine, which is closed to all but its owner. An
    /// upload has to have room there, and so has an object that is read. Nothing in it has to survive the machine but what
    /// the vault's users keep there themselves.
    pub async fn open_s3(settings: &S3Settings, spool: impl AsRef<Path>) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Io { path: settings.place().into(), source };
        let operator = settings.operator().map_err(failed)?;
        let folder = prepare(spool.as_ref(), folder::SPOOL).await?;
        let store = Store::Remote(Remote::prepare(operator, &settings.place()).await?);
        Ok(Self { store, folder, previous: None })
    }

    /// Opens the vault in an IPFS node, and makes one when there is nothing under the prefix.
    ///
    /// A node that is not private is refused. The folder `spool` is as in [`Vault::open_s3`].
    pub async fn open_ipfs(settings: &IpfsSettings, spool: impl AsRef<Path>) -> Result<Self, OpenError> {
        let (place, operator) = (settings.place(), settings.operator().await?);
        let folder = prepare(spool.as_ref(), folder::SPOOL).await?;
        let remote = Remote::prepare(operator, &place).await?;
        ipfs::sweep(&remote.operator).await.map_err(|source| OpenError::Io { path: place.into(), source })?;
        Ok(Self { store: Store::Remote(remote), folder, previous: None })
    }

    /// This vault, which takes from `previous` what it does not have itself: while objects move from there to here.
    ///
    /// Objects are stored here only, and deleted in both.
    pub fn with_previous(self, previous: Self) -> Self {
        Self { previous: Some(Arc::new(previous)), ..self }
    }

    /// The vault from which objects move to this one.
    pub fn previous(&self) -> Option<&Self> {
        self.previous.as_deref()
    }

    /// This vault without the previous one.
    pub fn alone(&self) -> Self {
        Self { previous: None, ..self.clone() }
    }

    /// The folder on this machine's disk: that of the objects, or the spool of a vault on another machine.
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
    pub async fn put_reader(&self, source: impl AsyncRead + Unpin) -> Result<(Digest, u64), VaultError> {
        self.gathered(source).await?.admit(None).await
    }

    /// Stores everything that `source` yields, if it is the object `id`.
    pub async fn put_reader_as(&self, id: &Digest, source: impl AsyncRead + Unpin) -> Result<(), VaultError> {
        self.gathered(source).await?.admit(Some(id)).await.map(|_| ())
    }

    async fn gathered(&self, mut source: impl AsyncRead + Unpin) -> Result<Incoming, VaultError> {
        let mut incoming = self.incoming().await?;
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            (&mut source).take(PIECE as u64).read_to_end(&mut piece).await.map_err(VaultError::Source)?;
            if piece.is_empty() {
                return Ok(incoming);
            }
            incoming.write(piece).await?;
        }
    }

    /// A place for an object that arrives piece by piece.
    pub async fn incoming(&self) -> Result<Incoming, VaultError> {
        Incoming::begin(self.folder.clone(), self.store.clone()).await
    }

    /// The bytes of the object `id`, hashed again. Meant for small objects: all bytes are in memory at once.
    pub async fn get(&self, id: &Digest) -> Result<Bytes, VaultError> {
        match (self.get_here(id).await, &self.previous) {
            (Err(VaultError::NotFound(_)), Some(previous)) => previous.get_here(id).await,
            (got, _) => got,
        }
    }

    async fn get_here(&self, id: &Digest) -> Result<Bytes, VaultError> {
        let read = self.store.operator().read(&layout::path_of(id)).await;
        let bytes = read.map_err(|error| self.store.fault_of(id, error))?.to_bytes();
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
    /// [`VaultError::Corrupted`] when these bytes are not the object, and with [`VaultError::Unreadable`] when a folder's file has
    /// fewer, or the disk does not give them.
    pub async fn reader_of_size(&self, id: &Digest, size: u64) -> Result<ObjectReader, VaultError> {
        let pieces = match (self.store.verified(&self.folder, id, size).await, &self.previous) {
            (Err(VaultError::NotFound(_)), Some(previous)) => {
                previous.store.verified(&previous.folder, id, size).await?
            }
            (verified, _) => verified?,
        };
        Ok(ObjectReader::new(*id, size, pieces))
    }

    /// The bytes of the object `id`, which has `size` bytes, piece by piece, from one pass over a folder's file.
    ///
    /// Only an object of one piece is hashed before this returns. A larger one is hashed as it is read: should its bytes not
    /// be the object, the last read fails, and the last piece is not handed out. A store on another machine reads the
    /// object to the spool first, and answers as [`Vault::reader_of_size`] does.
    pub async fn stream_of_size(&self, id: &Digest, size: u64) -> Result<ObjectReader, VaultError> {
        let pieces = match (self.store.stream(&self.folder, id, size).await, &self.previous) {
            (Err(VaultError::NotFound(_)), Some(previous)) => previous.store.stream(&previous.folder, id, size).await?,
            (pieces, _) => pieces?,
        };
        Ok(ObjectReader::new(*id, size, pieces))
    }

    /// How many bytes lie under the id `id`. The vault asks the store, and reads none of them.
    pub async fn size(&self, id: &Digest) -> Result<u64, VaultError> {
        match (self.size_here(id).await, &self.previous) {
            (Err(VaultError::NotFound(_)), Some(previous)) => previous.size_here(id).await,
            (size, _) => size,
        }
    }

    async fn size_here(&self, id: &Digest) -> Result<u64, VaultError> {
        let found = self.store.operator().stat(&layout::path_of(id)).await;
        Ok(found.map_err(|error| self.store.fault_of(id, error))?.content_length())
    }

    /// Whether the vault has the object `id`; its bytes are not looked at.
    pub async fn has(&self, id: &Digest) -> Result<bool, VaultError> {
        match self.size(id).await {
            Ok(_) => Ok(true),
            Err(VaultError::NotFound(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Deletes the object `id`; returns whether it was there.
    pub async fn delete(&self, id: &Digest) -> Result<bool, VaultError> {
        let was_there = match self.has(id).await {
            // An object that cannot be looked at has to go all the same.
            Err(error) if error.is_damage() => true,
            looked => looked?,
        };
        for vault in self.both() {
            let deleted = vault.store.operator().delete(&layout::path_of(id)).await;
            deleted.map_err(|error| vault.store.fault(error))?;
        }
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
            let ids = self.ids(&shard).await?;
            found.extend(ids.into_iter().filter(|id| after.is_none_or(|after| id > after)));
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

    /// This vault, and the previous one if objects move.
    fn both(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.previous.as_deref())
    }

    async fn shards(&self) -> Result<BTreeSet<String>, VaultError> {
        let mut shards = BTreeSet::new();
        for vault in self.both() {
            shards.extend(vault.names("/").await?.into_iter().filter(|path| layout::is_shard(path)));
        }
        Ok(shards)
    }

    /// The ids of the objects in a shard, in ascending order.
    async fn ids(&self, shard: &str) -> Result<BTreeSet<Digest>, VaultError> {
        let mut ids = BTreeSet::new();
        for vault in self.both() {
            ids.extend(vault.names(shard).await?.iter().filter_map(|path| layout::id_at(path)));
        }
        Ok(ids)
    }

    async fn names(&self, folder: &str) -> Result<Vec<String>, VaultError> {
        if let Store::Folder(_) = &self.store {
            let (root, folder) = (self.folder.clone(), folder.to_owned());
            let listed = folder::blocking(move || folder::names(&root, &folder)).await;
            return listed.and_then(|listed| listed).map_err(VaultError::Io);
        }
        let fault = |error| self.store.fault(error);
        let entries = self.store.operator().lister(folder).await.map_err(fault)?;
        entries.map(|entry| entry.map(|entry| entry.path().to_owned())).try_collect().await.map_err(fault)
    }
}

/// Makes the folder `path` ready; its full path.
async fn prepare(path: &Path, marker: &'static str) -> Result<PathBuf, OpenError> {
    let (path, wanted) = (path.to_owned(), path.to_owned());
    let made = folder::blocking(move || folder::prepare(&wanted, marker)).await;
    made.map_err(|source| OpenError::Io { path, source })?
}
