// SPDX-License-Identifier: Apache-2.0

//! Reading an object piece by piece.

use std::io;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::{Buf, Bytes};
use futures::{stream::BoxStream, Stream};
use salus_primitives::Digest;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, ReadBuf};

use crate::error::VaultError;

/// Verified bytes on their way out.
pub(crate) type Pieces = BoxStream<'static, io::Result<Bytes>>;

/// An object's bytes, piece by piece, in constant memory.
///
/// [`Vault::reader`](crate::Vault::reader) hashes the whole object before it returns one of these, so bytes that do not
/// belong to the id are never handed out. Should the store change while the bytes are read, the last read fails.
pub struct ObjectReader {
    id: Digest,
    size: u64,
    pieces: Pieces,
    piece: Bytes,
    hasher: Option<Sha256>,
}

impl ObjectReader {
    pub(crate) fn new(id: Digest, size: u64, pieces: Pieces) -> Self {
        Self { id, size, pieces, piece: Bytes::new(), hasher: Some(Sha256::new()) }
    }

    /// How many bytes the object has.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl AsyncRead for ObjectReader {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.piece.is_empty() {
            match ready!(Pin::new(&mut this.pieces).poll_next(context)) {
                Some(piece) => {
                    this.piece = piece?;
                    if let Some(hasher) = &mut this.hasher {
                        hasher.update(&this.piece);
                    }
                }
                None => return Poll::Ready(this.hasher.take().map_or(Ok(()), |hasher| check(this.id, hasher))),
            }
        }
        let length = this.piece.len().min(out.remaining());
        out.put_slice(&this.piece.copy_to_bytes(length));
        Poll::Ready(Ok(()))
    }
}

fn check(expected: Digest, hasher: Sha256) -> io::Result<()> {
    let found = Digest(hasher.finalize().into());
    if found == expected {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, VaultError::Corrupted { expected, found }))
}
