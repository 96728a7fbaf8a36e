// SPDX-License-Identifier: Apache-2.0

//! Sealed objects on their way into a vault. A large one waits in a temporary file, which has no name and ends with the process.

use std::fs::File;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::{stream, Stream, StreamExt};
use salus_primitives::Digest;
use salus_vault::object_id;
use tokio::io::AsyncRead;
use tokio_util::io::StreamReader;

/// Bytes of one read of a file.
const PIECE: u64 = 256 * 1024;
/// Reads of a file at one time: the next piece is read while one is sent.
const AHEAD: usize = 2;

/// A sealed object.
pub struct SealedObject {
    id: Digest,
    size: u64,
    bytes: Kept,
}

#[derive(Clone)]
enum Kept {
    InMemory(Bytes),
    InFile(Arc<File>),
}

impl SealedObject {
    /// An object in a file, whose hash and size are known.
    pub(crate) fn in_file(file: Arc<File>, id: Digest, size: u64) -> Self {
        Self { id, size, bytes: Kept::InFile(file) }
    }

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
    pub fn bytes_from(&self, offset: u64) -> Box<dyn AsyncRead + Unpin + Send> {
        Box::new(StreamReader::new(self.pieces_from(offset, u64::MAX).boxed()))
    }

    /// At most `longest` bytes from the place `offset` on, in pieces that nothing copies again.
    pub(crate) fn pieces_from(
        &self,
        offset: u64,
        longest: u64,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let offset = offset.min(self.size);
        let end = offset.saturating_add(longest).min(self.size);
        let (kept, mut at) = (self.bytes.clone(), offset);
        let places = std::iter::from_fn(move || {
            let (from, length) = (at, PIECE.min(end.saturating_sub(at)));
            at = at.saturating_add(length);
            (length > 0).then_some((from, length))
        });
        stream::iter(places)
            .map(move |(from, length)| {
                let kept = kept.clone();
                async move { kept.piece(from, length).await }
            })
            .buffered(AHEAD)
    }
}

impl Kept {
    /// The `length` bytes from `at` on.
    async fn piece(self, at: u64, length: u64) -> io::Result<Bytes> {
        let length = usize::try_from(length).map_err(io::Error::other)?;
        match self {
            Self::InMemory(mut bytes) => {
                let mut rest = bytes.split_off(usize::try_from(at).map_err(io::Error::other)?.min(bytes.len()));
                rest.truncate(length);
                Ok(rest)
            }
            // Readers of a file share one position, so each read says where.
            Self::InFile(file) => tokio::task::spawn_blocking(move || {
                let mut piece = vec![0; length];
                read_all_at(&file, &mut piece, at)?;
                Ok(Bytes::from(piece))
            })
            .await
            .map_err(io::Error::other)?,
        }
    }
}

/// Fills `piece` with the bytes from `at` on.
fn read_all_at(file: &File, mut piece: &mut [u8], mut at: u64) -> io::Result<()> {
    while !piece.is_empty() {
        match read_at(file, piece, at) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                piece = piece.get_mut(read..).unwrap_or_default();
                at = at.saturating_add(read as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Spool;
    use futures::TryStreamExt;
    use tokio::io::AsyncReadExt;

    #[tokio::test]
    async fn readers_of_one_file_do_not_disturb_each_other() {
        let content: Vec<u8> = (0..3_000_000u32).map(|place| (place / 1000) as u8).collect();
        let mut spool = Spool::begin(content.len() as u64).unwrap();
        spool.write(content.clone()).await.unwrap();
        let object = spool.finish().await.unwrap();
        let (mut one, mut other) = (object.bytes_from(0), object.bytes_from(1_234_567));
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

    #[tokio::test]
    async fn pieces_are_the_bytes_from_one_place_to_another() {
        let content: Vec<u8> = (0..1_500_000u32).map(|place| (place / 1000) as u8).collect();
        let mut spool = Spool::begin(content.len() as u64).unwrap();
        spool.write(content.clone()).await.unwrap();
        for object in [SealedObject::of(content.clone()), spool.finish().await.unwrap()] {
            for (offset, longest) in
                [(0, u64::MAX), (0, 0), (7, 300_000), (262_144, 262_144), (1_499_999, 9), (2_000_000, 9)]
            {
                let pieces: Vec<_> = object.pieces_from(offset, longest).try_collect().await.unwrap();
                assert!(pieces.iter().all(|piece| (1..=PIECE as usize).contains(&piece.len())));
                let from = content.len().min(offset as usize);
                let until = content.len().min(from.saturating_add(longest as usize));
                assert!(pieces.concat() == content[from..until], "{longest} from {offset}");
            }
        }
    }
}
