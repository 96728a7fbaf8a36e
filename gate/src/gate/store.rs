// SPDX-License-Identifier: Apache-2.0

//! Where a gate takes sealed objects from.

use std::future::Future;
use std::io;

use salus_primitives::Digest;
use salus_vault::{ObjectReader, Vault, VaultError};
use tokio::io::AsyncRead;

/// An object on its way out of a store.
pub struct StoredObject<Bytes> {
    /// How many bytes it has.
    pub size: u64,
    /// The bytes. Their hash was checked.
    pub bytes: Bytes,
}

/// Why a store does not give out an object.
#[derive(Debug)]
pub enum StoreFault {
    /// It does not have the object.
    Missing,
    /// The object's bytes do not hash to its id.
    Corrupted,
    /// It cannot be read.
    Io(io::Error),
}

/// A store of sealed objects, by the hash of their bytes.
pub trait Store: Sync {
    /// The bytes of an object.
    type Bytes: AsyncRead + Unpin + Send;

    /// The object `id`, whose bytes were hashed before this returns.
    fn object(&self, id: &Digest) -> impl Future<Output = Result<StoredObject<Self::Bytes>, StoreFault>> + Send;
}

impl Store for Vault {
    type Bytes = ObjectReader;

    async fn object(&self, id: &Digest) -> Result<StoredObject<ObjectReader>, StoreFault> {
        match self.reader(id).await {
            Ok(bytes) => Ok(StoredObject { size: bytes.size(), bytes }),
            Err(VaultError::NotFound(_)) => Err(StoreFault::Missing),
            Err(VaultError::Corrupted { .. }) => Err(StoreFault::Corrupted),
            Err(VaultError::Io(error) | VaultError::Source(error)) => Err(StoreFault::Io(error)),
            Err(other) => Err(StoreFault::Io(io::Error::other(other))),
        }
    }
}
