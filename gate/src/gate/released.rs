// SPDX-License-Identifier: Apache-2.0

//! A version of a record, given out.

use std::io::Cursor;
use std::pin::Pin;
use std::task::{Context, Poll};

use salus_primitives::{decision::Basis, Digest};
use salus_sealing::blob::Bindings;
use tokio::io::{AsyncRead, ReadBuf};

/// A version of a record, given out.
pub struct Released<Bytes> {
    /// The bindings of the blob; to be handed to [`open`](salus_sealing::blob::open).
    pub bindings: Bindings,
    /// The content id.
    pub content: Digest,
    /// The basis of the permission.
    pub basis: Basis,
    /// The content key, sealed to the compartment's epoch; none where the reader comes to it by an envelope of its own.
    pub key_envelope: Option<Vec<u8>>,
    /// The sealed bytes, or the rest of them.
    pub blob: ReleasedBlob<Bytes>,
}

/// A sealed blob on its way out.
pub struct ReleasedBlob<Bytes> {
    pub(super) size: u64,
    pub(super) header: Cursor<Vec<u8>>,
    pub(super) rest: Bytes,
}

impl<Bytes: AsyncRead + Unpin + Send + 'static> Released<Bytes> {
    /// The same, whatever store it comes from.
    pub fn boxed(self) -> Released<BoxedBytes> {
        let Self { bindings, content, basis, key_envelope, blob: ReleasedBlob { size, header, rest } } = self;
        Released { bindings, content, basis, key_envelope, blob: ReleasedBlob { size, header, rest: Box::new(rest) } }
    }
}

/// The bytes of some store's object.
pub type BoxedBytes = Box<dyn AsyncRead + Unpin + Send>;

impl<Bytes> ReleasedBlob<Bytes> {
    /// The `size` bytes of a blob, or the rest of them, that another gate gave out.
    pub fn new(size: u64, bytes: Bytes) -> Self {
        Self { size, header: Cursor::default(), rest: bytes }
    }

    /// How many bytes the whole blob has.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl<Bytes: AsyncRead + Unpin> AsyncRead for ReleasedBlob<Bytes> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        if self.header.position() < self.header.get_ref().len() as u64 {
            return Pin::new(&mut self.header).poll_read(context, out);
        }
        Pin::new(&mut self.rest).poll_read(context, out)
    }
}
