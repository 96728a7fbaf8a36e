// SPDX-License-Identifier: Apache-2.0

//! Sealed objects on their way into a vault. A large one waits in a temporary file, which has no name and ends with the process.

use std::fs::File;
use std::io::{self, Cursor, Seek, SeekFrom};

use bytes::Bytes;
use salus_primitives::Digest;
use salus_vault::object_id;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncWriteExt};

/// An object of more bytes than this waits in a file.
const IN_MEMORY: u64 = 1024 * 1024;

/// A sealed object.
pub struct SealedObject {
    id: Digest,
    size: u64,
    bytes: Kept,
}

enum Kept {
    InMemory(Bytes),
    InFile(File),
}

impl SealedObject {
    /// An object in memory.
    pub fn of(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { id: object_id(&bytes), size: bytes.len() as u64, bytes: Kept::InMemory(bytes) }
    }

    /// The SHA-256 of its bytes.
    pub fn id(&self) -> Digest {
        self.id
    }

    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Its bytes from the place `offset` on. Only one reader at a time.
    pub fn bytes_from(&self, offset: u64) -> io::Result<Box<dyn AsyncRead + Unpin + Send>> {
        match &self.bytes {
            Kept::InMemory(bytes) => {
                let mut cursor = Cursor::new(bytes.clone());
                cursor.set_position(offset);
                Ok(Box::new(cursor))
            }
            Kept::InFile(file) => {
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(offset))?;
                Ok(Box::new(tokio::fs::File::from_std(file)))
            }
        }
    }
}

impl From<Vec<u8>> for SealedObject {
    fn from(bytes: Vec<u8>) -> Self {
        Self::of(bytes)
    }
}

/// A place for an object that is being sealed.
pub struct Spool {
    hasher: Sha256,
    size: u64,
    place: Place,
}

enum Place {
    Memory(Vec<u8>),
    File(tokio::fs::File),
}

impl Spool {
    /// A place for an object of some `length` bytes.
    pub fn begin(length: u64) -> io::Result<Self> {
        let place = match length {
            ..=IN_MEMORY => Place::Memory(Vec::new()),
            _ => Place::File(tokio::fs::File::from_std(tempfile::tempfile()?)),
        };
        Ok(Self { hasher: Sha256::new(), size: 0, place })
    }

    /// Writes the next bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.size = self.size.saturating_add(bytes.len() as u64);
        match &mut self.place {
            Place::Memory(written) => {
                written.extend_from_slice(bytes);
                Ok(())
            }
            Place::File(file) => file.write_all(bytes).await,
        }
    }

    /// The object, once all its bytes are written.
    pub async fn finish(self) -> io::Result<SealedObject> {
        let bytes = match self.place {
            Place::Memory(written) => Kept::InMemory(written.into()),
            Place::File(mut file) => {
                file.flush().await?;
                Kept::InFile(file.into_std().await)
            }
        };
        Ok(SealedObject { id: Digest(self.hasher.finalize().into()), size: self.size, bytes })
    }
}
