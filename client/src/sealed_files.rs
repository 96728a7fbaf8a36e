// SPDX-License-Identifier: Apache-2.0

//! From a source into a vault, and from a blob into a file or stream, neither ever whole in memory.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{ready, Context, Poll};

use salus_primitives::Digest;
use salus_sealing::blob::{
    Bindings, ContentKey, Metadata, OpenError, Opener, SealError, Sealer, HEADER_LENGTH, SEALED_SEGMENT,
};
use salus_sealing::secret::{random, Plaintext};
use salus_vault::{Vault, VaultError};
use tokio::fs;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use zeroize::Zeroizing;

/// Bytes of one read.
const PIECE: usize = 64 * 1024;

/// How much of a blob is between sealing and storing.
const BETWEEN: usize = 256 * 1024;

/// A blob in a vault: what the chain is told of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SealedBlob {
    /// Its content id: the SHA-256 of the sealed bytes.
    pub content: Digest,
    /// Its length.
    pub size: u64,
}

/// Seals the `length` bytes that `source` yields, and stores the blob in `vault`.
pub async fn seal_into(
    vault: &Vault,
    source: impl AsyncRead + Unpin,
    length: u64,
    metadata: &Metadata,
    bindings: &Bindings,
    key: &ContentKey,
) -> Result<SealedBlob, SealError> {
    let (mut writer, reader) = tokio::io::duplex(BETWEEN);
    let complete = AtomicBool::new(false);
    let sealing = async {
        let sealed = seal(source, length, metadata, bindings, key, &mut writer).await;
        complete.store(sealed.is_ok(), Ordering::Release);
        // The end of the blob: the vault's side reads on until it comes.
        let _ = writer.shutdown().await;
        drop(writer);
        sealed
    };
    let storing = vault.put_reader(Guarded { reader, complete: &complete });
    match tokio::join!(sealing, storing) {
        (Ok(_), Ok((content, size))) => Ok(SealedBlob { content, size }),
        // The vault failing makes the sealing fail too, with an error that says less.
        (_, Err(VaultError::Io(error))) => Err(SealError::Target(error)),
        (Err(error), _) => Err(error),
        (Ok(_), Err(error)) => Err(SealError::Target(io::Error::other(error))),
    }
}

/// Seals the `length` bytes that `source` yields, with `metadata`, and writes the blob to `target`; returns its size.
async fn seal(
    mut source: impl AsyncRead + Unpin,
    length: u64,
    metadata: &Metadata,
    bindings: &Bindings,
    key: &ContentKey,
    mut target: impl AsyncWrite + Unpin,
) -> Result<u64, SealError> {
    let (mut sealed, mut piece, mut size) = (Vec::new(), piece(), 0u64);
    let mut sealer = Sealer::new(metadata, length, bindings, key, &mut sealed)?;
    loop {
        target.write_all(&sealed).await.map_err(SealError::Target)?;
        size = size.saturating_add(sealed.len() as u64);
        sealed.clear();
        match source.read(&mut piece).await.map_err(SealError::Source)? {
            0 => break,
            read => sealer.push(piece.get(..read).unwrap_or_default(), &mut sealed)?,
        }
    }
    sealer.finish(&mut sealed)?;
    target.write_all(&sealed).await.map_err(SealError::Target)?;
    target.flush().await.map_err(SealError::Target)?;
    Ok(size.saturating_add(sealed.len() as u64))
}

/// Opens the blob that `source` yields, which has to be bound as `expected`, and writes its content to `target`.
///
/// Content is written as soon as its segment is authenticated. On an error, everything written has to be discarded.
pub async fn open(
    mut source: impl AsyncRead + Unpin,
    expected: &Bindings,
    key: &ContentKey,
    mut target: impl AsyncWrite + Unpin,
) -> Result<Metadata, OpenError> {
    let (mut opener, mut piece, mut opened) = (Opener::new(expected, key), piece(), Zeroizing::new(Vec::new()));
    loop {
        match source.read(&mut piece).await.map_err(OpenError::Source)? {
            0 => break,
            read => opener.push(piece.get(..read).unwrap_or_default(), &mut opened)?,
        }
        target.write_all(&opened).await.map_err(OpenError::Target)?;
        opened.clear();
    }
    let metadata = opener.finish(&mut opened)?;
    target.write_all(&opened).await.map_err(OpenError::Target)?;
    target.flush().await.map_err(OpenError::Target)?;
    Ok(metadata)
}

/// Opens a blob whose content fits into memory; returns it with its metadata.
pub async fn open_in_memory(
    mut source: impl AsyncRead + Unpin,
    expected: &Bindings,
    key: &ContentKey,
) -> Result<(Metadata, Plaintext), OpenError> {
    let (mut opener, mut piece, mut opened) = (Opener::new(expected, key), piece(), Zeroizing::new(Vec::new()));
    loop {
        match source.read(&mut piece).await.map_err(OpenError::Source)? {
            0 => break,
            read => opener.push(piece.get(..read).unwrap_or_default(), &mut opened)?,
        }
    }
    let metadata = opener.finish(&mut opened)?;
    Ok((metadata, Plaintext::from(std::mem::take(&mut *opened))))
}

/// A blob's words about its content, from its first segment alone, however large the blob is. The metadata is authentic;
/// whether the rest of the blob is there, this does not say.
pub async fn open_metadata(
    source: impl AsyncRead + Unpin,
    expected: &Bindings,
    key: &ContentKey,
) -> Result<Metadata, OpenError> {
    // A byte more than the first segment tells whether it is the last.
    let needed = HEADER_LENGTH.saturating_add(SEALED_SEGMENT).saturating_add(1);
    let (mut sealed, mut opened) = (Vec::with_capacity(needed), Zeroizing::new(Vec::new()));
    source.take(needed as u64).read_to_end(&mut sealed).await.map_err(OpenError::Source)?;
    let mut opener = Opener::new(expected, key);
    opener.push(&sealed, &mut opened)?;
    match opener.metadata() {
        Some(metadata) => Ok(metadata.clone()),
        None => opener.finish(&mut opened),
    }
}

/// The buffer of one read.
fn piece() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(vec![0; PIECE])
}

/// Opens a blob into the new file `path`, which appears whole or not at all, readable for its owner only.
///
/// An existing file is replaced.
pub async fn open_to_file(
    source: impl AsyncRead + Unpin,
    expected: &Bindings,
    key: &ContentKey,
    path: impl AsRef<Path>,
) -> Result<Metadata, OpenError> {
    let path = path.as_ref();
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let fresh = parent.join(format!(".opening-{}", hex::encode(random::<8>())));
    let opened = async {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let mut file = options.open(&fresh).await.map_err(OpenError::Target)?;
        let metadata = open(source, expected, key, &mut file).await?;
        file.sync_all().await.map_err(OpenError::Target)?;
        fs::rename(&fresh, path).await.map_err(OpenError::Target)?;
        Ok(metadata)
    }
    .await;
    if opened.is_err() {
        // It may never have been there.
        let _ = fs::remove_file(&fresh).await;
    }
    opened
}

/// Ends with an error unless the blob is complete, so that a vault never stores half of one.
struct Guarded<'a> {
    reader: DuplexStream,
    complete: &'a AtomicBool,
}

impl AsyncRead for Guarded<'_> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let (before, wanted) = (out.filled().len(), out.remaining());
        ready!(Pin::new(&mut self.reader).poll_read(context, out))?;
        if wanted > 0 && out.filled().len() == before && !self.complete.load(Ordering::Acquire) {
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        Poll::Ready(Ok(()))
    }
}
