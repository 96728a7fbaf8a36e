// SPDX-License-Identifier: Apache-2.0

//! A sealed blob on its way in, held against the content id that the chain names.
//!
//! A gate is another institution's program, and may lie. Each reader of the chain knows a compartment's public key and can seal
//! a blob to it. A blob that opens is therefore not yet the author's: the SHA-256 that the author registered tells.

use std::io;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

use salus_primitives::Digest;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, ReadBuf};

/// The bytes of a source. The read that would return its end fails when they are not the blob `content`.
pub(crate) struct CheckedBlob<R> {
    source: R,
    hasher: Sha256,
    content: Digest,
}

impl<R> CheckedBlob<R> {
    pub(crate) fn new(source: R, content: Digest) -> Self {
        Self { source, hasher: Sha256::new(), content }
    }
}

impl<R: AsyncRead + Unpin> CheckedBlob<R> {
    /// Whether all bytes, with those that are still to come, are the blob.
    pub(crate) async fn is_what_the_chain_names(&mut self) -> bool {
        tokio::io::copy(self, &mut tokio::io::sink()).await.is_ok()
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for CheckedBlob<R> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let (before, room) = (out.filled().len(), out.remaining() > 0);
        ready!(Pin::new(&mut self.source).poll_read(context, out))?;
        let read = out.filled().get(before..).unwrap_or_default();
        self.hasher.update(read);
        if room && read.is_empty() && self.hasher.clone().finalize()[..] != self.content.0 {
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the gate gave out other sealed bytes than the chain names",
            )));
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    #[tokio::test]
    async fn a_blob_ends_well_only_with_the_bytes_that_the_chain_names() {
        let bytes = vec![7; 100_000];
        let content = Digest(Sha256::digest(&bytes).into());
        let mut read = Vec::new();
        CheckedBlob::new(&bytes[..], content).read_to_end(&mut read).await.unwrap();
        assert_eq!(read, bytes);
        let mut altered = bytes.clone();
        altered[99_999] ^= 1;
        for wrong in [&altered[..], &bytes[..99_999], &[bytes.as_slice(), &[7]].concat(), &[]] {
            let outcome = CheckedBlob::new(wrong, content).read_to_end(&mut Vec::new()).await;
            assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
    }
}
