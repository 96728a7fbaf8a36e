// SPDX-License-Identifier: Apache-2.0

//! Sealed objects on their way into a vault. A large one waits in a temporary file, which has no name and ends with the process.

use std::fs::File;
use std::io::{self, Cursor};

use bytes::Bytes;
use futures::{stream, StreamExt};
use salus_primitives::Digest;
use salus_vault::object_id;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncWriteExt};
use tokio_util::io::StreamReader;

/// Bytes of one read of a file.
const PIECE: usize = 256 * 1024;
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

    /// Its bytes from the place `offset` on. Readers do not disturb each other: one that is cut off may still read a while.
    pub fn bytes_from(&self, offset: u64) -> io::Result<Box<dyn AsyncRead + Unpin + Send>> {
        match &self.bytes {
            Kept::InMemory(bytes) => {
                let mut cursor = Cursor::new(bytes.clone());
                cursor.set_position(offset);
                Ok(Box::new(cursor))
            }
            // Clones of a file share one position, so each read says where.
            Kept::InFile(file) => {
                let pieces = stream::try_unfold((file.try_clone()?, offset), |(file, at)| async move {
                    let (file, piece) = tokio::task::spawn_blocking(move || {
                        let mut piece = vec![0; PIECE];
                        let read = read_at(&file, &mut piece, at)?;
                        piece.truncate(read);
                        Ok::<_, io::Error>((file, piece))
                    })
                    .await
                    .map_err(io::Error::other)??;
                    let next = at.saturating_add(piece.len() as u64);
                    Ok::<_, io::Error>((!piece.is_empty()).then(|| (Bytes::from(piece), (file, next))))
                });
                Ok(Box::new(StreamReader::new(pieces.boxed())))
            }
        }
    }
}

#[cfg(unix)]
fn read_at(file: &File, piece: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, piece, at)
}

#[cfg(windows)]
fn read_at(file: &File, piece: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, piece, at)
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    #[tokio::test]
    async fn readers_of_one_file_do_not_disturb_each_other() {
        let content: Vec<u8> = (0..3_000_000u32).map(|place| (place / 1000) as u8).collect();
        let mut spool = Spool::begin(content.len() as u64).unwrap();
        spool.write(&content).await.unwrap();
        let object = spool.finish().await.unwrap();
        let (mut one, mut other) = (object.bytes_from(0).unwrap(), object.bytes_from(1_234_567).unwrap());
        let (mut first, mut second, mut piece) = (Vec::new(), Vec::new(), [0; 70_000]);
        loop {
            let read = one.read(&mut piece).await.unwrap();
            first.extend_from_slice(&piece[..read]);
            let also = other.read(&mut piece).await.unwrap();
            second.extend_from_slice(&piece[..also]);
            if read == 0 && also == 0 {
                break;
            }
        }
        assert!(first == content && second == content[1_234_567..]);
    }
}
