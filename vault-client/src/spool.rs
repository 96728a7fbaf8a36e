// SPDX-License-Identifier: Apache-2.0

//! A place for an object that is being sealed. A large one goes into a temporary file while it is hashed, on another thread than
//! the one that seals.

use std::fs::File;
use std::io::{self, Write};

use salus_primitives::Digest;
use sha2::{Digest as _, Sha256};
use tokio::task::JoinHandle;

use crate::objects::SealedObject;

/// Bytes that are gathered before they are hashed and written.
const GATHERED: usize = 256 * 1024;
/// An object of more bytes than this waits in a file.
const IN_MEMORY: u64 = 1024 * 1024;

/// A place for an object that is being sealed.
pub struct Spool {
    size: u64,
    place: Place,
}

enum Place {
    Memory(Vec<u8>),
    File { gathered: Vec<u8>, writer: Writer },
}

/// Hashes and writes one piece while the next is gathered: no more than two are in memory.
enum Writer {
    Idle(Written),
    Busy(JoinHandle<io::Result<Written>>),
    Failed,
}

/// A file and the hash of its bytes.
struct Written {
    file: File,
    hasher: Sha256,
    /// The buffer of the piece before.
    spare: Vec<u8>,
}

impl Spool {
    /// A place for an object of some `length` bytes.
    pub fn begin(length: u64) -> io::Result<Self> {
        let place = match length {
            ..=IN_MEMORY => Place::Memory(Vec::new()),
            _ => {
                let (file, hasher, spare) = (tempfile::tempfile()?, Sha256::new(), Vec::new());
                Place::File { gathered: Vec::new(), writer: Writer::Idle(Written { file, hasher, spare }) }
            }
        };
        Ok(Self { size: 0, place })
    }

    /// Writes the next bytes. After an error, the object can only be dropped.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.size = self.size.saturating_add(bytes.len() as u64);
        match &mut self.place {
            Place::Memory(written) => written.extend_from_slice(bytes),
            Place::File { gathered, writer } => {
                gathered.extend_from_slice(bytes);
                if gathered.len() >= GATHERED {
                    let Written { file, hasher, spare } = writer.written().await?;
                    let piece = std::mem::replace(gathered, spare);
                    *writer = Writer::Busy(tokio::task::spawn_blocking(move || add(file, hasher, piece)));
                }
            }
        }
        Ok(())
    }

    /// The object, once all its bytes are written.
    pub async fn finish(self) -> io::Result<SealedObject> {
        match self.place {
            Place::Memory(written) => Ok(SealedObject::of(written)),
            Place::File { gathered, mut writer } => {
                let Written { file, hasher, .. } = writer.written().await?;
                let last = tokio::task::spawn_blocking(move || add(file, hasher, gathered)).await;
                let Written { file, hasher, .. } = last.map_err(io::Error::other)??;
                Ok(SealedObject::in_file(file, Digest(hasher.finalize().into()), self.size))
            }
        }
    }
}

impl Writer {
    /// The file, once the piece before is in it.
    async fn written(&mut self) -> io::Result<Written> {
        match std::mem::replace(self, Self::Failed) {
            Self::Idle(written) => Ok(written),
            Self::Busy(writing) => writing.await.map_err(io::Error::other)?,
            Self::Failed => Err(io::Error::other("an earlier piece was not written")),
        }
    }
}

/// Hashes and writes a piece, whose buffer is then free.
fn add(mut file: File, mut hasher: Sha256, mut piece: Vec<u8>) -> io::Result<Written> {
    hasher.update(&piece);
    file.write_all(&piece)?;
    piece.clear();
    Ok(Written { file, hasher, spare: piece })
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_vault::object_id;
    use tokio::io::AsyncReadExt;

    #[tokio::test]
    async fn an_object_is_the_same_in_memory_and_in_a_file() {
        let content: Vec<u8> = (0..1_300_000u32).map(|place| (place / 777) as u8).collect();
        for (announced, step) in [(0, 100_000), (2_000_000, 1), (2_000_000, 100_000), (2_000_000, 900_000)] {
            let content = if step == 1 { &content[..600_000] } else { &content[..] };
            let mut spool = Spool::begin(announced).unwrap();
            for piece in content.chunks(step) {
                spool.write(piece).await.unwrap();
            }
            let object = spool.finish().await.unwrap();
            assert_eq!((object.id(), object.size()), (object_id(content), content.len() as u64));
            let mut bytes = Vec::new();
            object.bytes_from(0).read_to_end(&mut bytes).await.unwrap();
            assert!(bytes == content, "in steps of {step}");
        }
    }

    #[tokio::test]
    async fn an_empty_object_can_be_announced_as_a_large_one() {
        let object = Spool::begin(u64::MAX).unwrap().finish().await.unwrap();
        assert_eq!((object.id(), object.size()), (object_id(b""), 0));
    }
}
