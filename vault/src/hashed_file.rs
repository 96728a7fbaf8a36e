// SPDX-License-Identifier: Apache-2.0

//! A file that arrives piece by piece. It is hashed on one thread and written on another, while the next pieces come.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use salus_primitives::Digest;
use sha2::{Digest as _, Sha256};
use tokio::task::{spawn_blocking, JoinHandle};

/// Bytes that are gathered before they are hashed and written.
const GATHERED: usize = 256 * 1024;

/// A file that is hashed as it is written. After an error it can only be dropped.
///
/// The pieces that are gathered and those that are under way are in memory: some 512 KiB, and the last piece.
pub struct HashedFile {
    file: Arc<File>,
    size: u64,
    gathered: Vec<Bytes>,
    gathered_bytes: usize,
    hashing: Step<Sha256>,
    writing: Step<()>,
}

/// Work on the pieces that came before.
enum Step<T> {
    Done(T),
    UnderWay(JoinHandle<io::Result<T>>),
    Failed,
}

impl HashedFile {
    /// An empty file that can be written.
    pub fn new(file: File) -> Self {
        let (hashing, writing) = (Step::Done(Sha256::new()), Step::Done(()));
        Self { file: Arc::new(file), size: 0, gathered: Vec::new(), gathered_bytes: 0, hashing, writing }
    }

    /// How many bytes have come.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next bytes. An error may be that of an earlier piece.
    pub async fn write(&mut self, piece: Bytes) -> io::Result<()> {
        self.size = self.size.saturating_add(piece.len() as u64);
        self.gathered_bytes = self.gathered_bytes.saturating_add(piece.len());
        self.gathered.push(piece);
        match self.gathered_bytes < GATHERED {
            true => Ok(()),
            false => self.pass_on().await,
        }
    }

    /// Waits until all that came is written and hashed; the SHA-256 of it. More may come afterwards.
    pub async fn digest(&mut self) -> io::Result<Digest> {
        self.pass_on().await?;
        self.writing.wait().await?;
        let hasher = self.hashing.wait().await?;
        Ok(Digest(hasher.clone().finalize().into()))
    }

    /// The file. Only what [`digest`](Self::digest) waited for is in it.
    pub fn file(&self) -> Arc<File> {
        self.file.clone()
    }

    async fn pass_on(&mut self) -> io::Result<()> {
        self.gathered_bytes = 0;
        let pieces: Arc<[Bytes]> = std::mem::take(&mut self.gathered).into();
        self.writing.take().await?;
        let mut hasher = self.hashing.take().await?;
        let (file, written) = (self.file.clone(), pieces.clone());
        self.writing =
            Step::UnderWay(spawn_blocking(move || written.iter().try_for_each(|piece| (&*file).write_all(piece))));
        self.hashing = Step::UnderWay(spawn_blocking(move || {
            pieces.iter().for_each(|piece| hasher.update(piece));
            Ok(hasher)
        }));
        Ok(())
    }
}

impl<T> Step<T> {
    /// The outcome of the work, which is not there any more afterwards.
    async fn take(&mut self) -> io::Result<T> {
        match std::mem::replace(self, Self::Failed) {
            Self::Done(outcome) => Ok(outcome),
            Self::UnderWay(work) => work.await.map_err(io::Error::other)?,
            Self::Failed => Err(io::Error::other("an earlier piece was not written")),
        }
    }

    /// The outcome of the work, once it is done.
    async fn wait(&mut self) -> io::Result<&T> {
        *self = Self::Done(self.take().await?);
        match self {
            Self::Done(outcome) => Ok(outcome),
            _ => Err(io::Error::other("an earlier piece was not written")),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::object_id;
    use std::io::{Read, Seek};

    #[tokio::test]
    async fn a_file_has_all_pieces_in_order_and_their_hash() {
        let content: Vec<u8> = (0..1_300_000u32).map(|place| (place / 777) as u8).collect();
        for step in [1_000, 100_000, 262_144, 900_000] {
            let mut file = HashedFile::new(tempfile::tempfile().unwrap());
            let mut hashed = 0;
            for piece in content.chunks(step) {
                file.write(Bytes::copy_from_slice(piece)).await.unwrap();
                hashed += piece.len();
                if hashed == step {
                    assert_eq!(file.digest().await.unwrap(), object_id(&content[..step]), "of the beginning");
                }
            }
            assert_eq!(file.digest().await.unwrap(), object_id(&content));
            assert_eq!(file.size(), content.len() as u64);
            let (mut written, mut bytes) = (file.file(), Vec::new());
            written.rewind().unwrap();
            written.read_to_end(&mut bytes).unwrap();
            assert!(bytes == content, "in steps of {step}");
        }
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_written_fails_for_good() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, b"").unwrap();
        let mut file = HashedFile::new(File::open(&path).unwrap());
        file.write(Bytes::from(vec![1; GATHERED])).await.unwrap();
        assert!(file.digest().await.is_err());
        assert!(file.digest().await.is_err());
        assert!(file.write(Bytes::from(vec![1; GATHERED])).await.is_err());
    }
}
