// SPDX-License-Identifier: Apache-2.0

//! Where a gate takes sealed objects from.

use std::future::Future;
use std::io;

use salus_primitives::Digest;
use salus_vault::{ObjectReader, Vault, VaultError};
use tokio::io::AsyncRead;

/// Why a store does not give out an object.
#[derive(Debug)]
pub enum StoreFault {
    /// It does not have the object.
    Missing,
    /// The object is damaged: its bytes do not hash to its id, or the disk does not give them out.
    Corrupted,
    /// The store cannot be read.
    Io(io::Error),
}

/// A store of sealed objects, by the hash of their bytes.
pub trait Store: Sync {
    /// The bytes of an object.
    type Bytes: AsyncRead + Unpin + Send;

    /// How many bytes the object `id` has. The store reads none of them to say so.
    fn size(&self, id: &Digest) -> impl Future<Output = Result<u64, StoreFault>> + Send;

    /// The object `id`, of `size` bytes, which the store hashed before this returns. It never reads further.
    fn object(&self, id: &Digest, size: u64) -> impl Future<Output = Result<Self::Bytes, StoreFault>> + Send;

    /// The object `id`, of `size` bytes, which the store may hash while they are read. When they are not the object, the last
    /// read fails, and the last bytes are not handed out.
    fn stream(&self, id: &Digest, size: u64) -> impl Future<Output = Result<Self::Bytes, StoreFault>> + Send;
}

impl Store for Vault {
    type Bytes = ObjectReader;

    async fn size(&self, id: &Digest) -> Result<u64, StoreFault> {
        Ok(Vault::size(self, id).await?)
    }

    async fn object(&self, id: &Digest, size: u64) -> Result<ObjectReader, StoreFault> {
        Ok(self.reader_of_size(id, size).await?)
    }

    async fn stream(&self, id: &Digest, size: u64) -> Result<ObjectReader, StoreFault> {
        Ok(self.stream_of_size(id, size).await?)
    }
}

impl From<VaultError> for StoreFault {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::NotFound(_) => Self::Missing,
            damage if damage.is_damage() => Self::Corrupted,
            other => Self::Io(other.into()),
        }
    }
}
