// SPDX-License-Identifier: Apache-2.0

//! Content that fits into memory, such as a FHIR resource.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite};
use zeroize::Zeroizing;

use super::header::Bindings;
use super::metadata::Metadata;
use super::stream::{open, seal, ContentKey, OpenError, SealError};
use crate::secret::Plaintext;

/// Seals `content`; returns the blob.
pub async fn seal_bytes(
    content: &[u8],
    metadata: &Metadata,
    bindings: &Bindings,
    key: &ContentKey,
) -> Result<Vec<u8>, SealError> {
    let length = content.len().try_into().map_err(|_| SealError::TooLarge)?;
    let mut blob = Vec::new();
    seal(content, length, metadata, bindings, key, &mut blob).await?;
    Ok(blob)
}

/// Opens a blob whose content fits into memory; returns it with its metadata.
pub async fn open_bytes(
    source: impl AsyncRead + Unpin,
    expected: &Bindings,
    key: &ContentKey,
) -> Result<(Metadata, Plaintext), OpenError> {
    let mut content = Collected(Zeroizing::new(Vec::new()));
    let metadata = open(source, expected, key, &mut content).await?;
    Ok((metadata, Plaintext::from(std::mem::take(&mut *content.0))))
}

/// Grows like a `Vec`, but wipes what it grows out of.
struct Collected(Zeroizing<Vec<u8>>);

impl AsyncWrite for Collected {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let needed = self.0.len().saturating_add(bytes.len());
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.saturating_mul(2)));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
