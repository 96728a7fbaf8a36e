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

use crate::hashing::check;

/// The bytes of an object on their way out.
pub(crate) type Pieces = BoxStream<'static, io::Result<Bytes>>;

/// An object's bytes, piece by piece, in constant memory.
///
/// The bytes are hashed as they come. The last piece is held back until the hash of all is known to be the id, so bytes that
/// do not belong to the id are never handed out whole: the last read fails instead.
pub struct ObjectReader {
    id: Digest,
    size: u64,
    pieces: Pieces,
    hasher: Option<Sha256>,
    /// Hashed, and not handed out before the next piece is there, or the end.
    held: Bytes,
    piece: Bytes,
}

impl ObjectReader {
    pub(crate) fn new(id: Digest, size: u64, pieces: Pieces) -> Self {
        Self { id, size, pieces, hasher: Some(Sha256::new()), held: Bytes::new(), piece: Bytes::new() }
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
            let Some(hasher) = &mut this.hasher else { return Poll::Ready(Ok(())) };
            match ready!(Pin::new(&mut this.pieces).poll_next(context)) {
                Some(next) => {
                    let next = next?;
                    hasher.update(&next);
                    this.piece = std::mem::replace(&mut this.held, next);
                }
                None => {
                    let found = Digest(std::mem::take(hasher).finalize().into());
                    (this.hasher, this.piece) = (None, std::mem::take(&mut this.held));
                    if let Err(error) = check(&this.id, found) {
                        this.piece.clear();
                        return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, error)));
                    }
                }
            }
        }
        let length = this.piece.len().min(out.remaining());
        out.put_slice(&this.piece.copy_to_bytes(length));
        Poll::Ready(Ok(()))
    }
}
