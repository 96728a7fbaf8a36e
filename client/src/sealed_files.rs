// SPDX-License-Identifier: Apache-2.0

//! From a source into a sealed object, and from a blob into a file or stream. Nothing large is ever whole in memory.

use std::path::{Path, PathBuf};

use salus_sealing::blob::{
    Bindings, ContentKey, Metadata, OpenError, Opener, SealError, Sealer, HEADER_LENGTH, SEALED_SEGMENT,
};
use salus_sealing::secret::{random, Plaintext};
use salus_vault_client::{SealedObject, Spool};
use tokio::fs;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use zeroize::Zeroizing;

/// Bytes of one read.
const PIECE: usize = 256 * 1024;
/// Room for the sealed bytes of one read, with their tags.
const SEALED_PIECE: usize = PIECE + PIECE / 1024;

/// Seals the `length` bytes that `source` yields, with `metadata`.
pub async fn seal(
    mut source: impl AsyncRead + Unpin,
    length: u64,
    metadata: &Metadata,
    bindings: &Bindings,
    key: &ContentKey,
) -> Result<SealedObject, SealError> {
    let (mut piece, mut next) = (piece(), piece());
    let mut sealed = Vec::with_capacity(SEALED_PIECE);
    let mut spool = Spool::begin(length).map_err(SealError::Target)?;
    let mut sealer = Sealer::new(metadata, length, bindings, key, &mut sealed)?;
    let mut read = source.read(&mut piece).await.map_err(SealError::Source)?;
    while read > 0 {
        // The next piece is read, and the last one hashed and written, on other threads while this one is sealed.
        let sealing = async {
            sealer.push(piece.get(..read).unwrap_or_default(), &mut sealed)?;
            pass_on(&mut sealed, &mut spool).await
        };
        let (read_next, sealed_this) = tokio::join!(source.read(&mut next), sealing);
        sealed_this?;
        read = read_next.map_err(SealError::Source)?;
        std::mem::swap(&mut piece, &mut next);
    }
    while !sealer.finish(&mut sealed)? {
        pass_on(&mut sealed, &mut spool).await?;
    }
    pass_on(&mut sealed, &mut spool).await?;
    spool.finish().await.map_err(SealError::Target)
}

/// Hands sealed bytes to the spool, which keeps them until they are written.
async fn pass_on(sealed: &mut Vec<u8>, spool: &mut Spool) -> Result<(), SealError> {
    let next = Vec::with_capacity(SEALED_PIECE);
    spool.write(std::mem::replace(sealed, next)).await.map_err(SealError::Target)
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
    let mut fresh = FreshFile::beside(path.as_ref()).await?;
    let opened = open(source, expected, key, &mut fresh.file).await;
    fresh.finish(opened).await
}

/// Writes `head` and then what `source` yields, sealed as it is, into the new file `path`, which appears whole or not at all.
///
/// An existing file is replaced.
pub async fn copy_to_file(
    head: &[u8],
    source: impl AsyncRead + Unpin,
    path: impl AsRef<Path>,
) -> Result<(), OpenError> {
    let mut fresh = FreshFile::beside(path.as_ref()).await?;
    let copied = copy(head, source, &mut fresh.file).await;
    fresh.finish(copied).await
}

async fn copy(
    head: &[u8],
    mut source: impl AsyncRead + Unpin,
    mut target: impl AsyncWrite + Unpin,
) -> Result<(), OpenError> {
    target.write_all(head).await.map_err(OpenError::Target)?;
    let mut piece = piece();
    loop {
        match source.read(&mut piece).await.map_err(OpenError::Source)? {
            0 => return target.flush().await.map_err(OpenError::Target),
            read => target.write_all(piece.get(..read).unwrap_or_default()).await.map_err(OpenError::Target)?,
        }
    }
}

/// A file under a name of its own, which takes its place once it is whole.
struct FreshFile<'a> {
    file: fs::File,
    fresh: PathBuf,
    path: &'a Path,
}

impl<'a> FreshFile<'a> {
    async fn beside(path: &'a Path) -> Result<Self, OpenError> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let fresh = parent.join(format!(".opening-{}", hex::encode(random::<8>())));
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let file = options.open(&fresh).await.map_err(OpenError::Target)?;
        Ok(Self { file, fresh, path })
    }

    /// Puts the file in its place if it was `written`, and takes it away otherwise.
    async fn finish<T>(self, written: Result<T, OpenError>) -> Result<T, OpenError> {
        let finished = match written {
            Ok(value) => {
                let placed = async {
                    self.file.sync_all().await?;
                    fs::rename(&self.fresh, self.path).await
                };
                placed.await.map(|()| value).map_err(OpenError::Target)
            }
            Err(error) => Err(error),
        };
        if finished.is_err() {
            let _ = fs::remove_file(&self.fresh).await;
        }
        finished
    }
}
