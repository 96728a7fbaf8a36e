// SPDX-License-Identifier: Apache-2.0

//! Sealing and opening, segment by segment.

use std::io;

use aead_stream::{NewStream, StreamBE32, StreamPrimitive};
use aes_gcm::Aes256Gcm;
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use zeroize::Zeroizing;

use super::header::{prefix_of, Bindings, Header, HeaderError, HEADER_LENGTH};
use super::metadata::{Metadata, MAX_METADATA};
use super::padding::padded_length;
use crate::secret::{derive, random};

/// Plaintext bytes of a segment.
const SEGMENT: usize = 64 * 1024;
const TAG: usize = 16;
/// Lengths of metadata and content.
const LENGTHS: usize = 4 + 8;

/// The key of one version's content: random, never derived from a person, never shared by two records (S3-16).
pub struct ContentKey(Zeroizing<[u8; 32]>);

impl ContentKey {
    /// A fresh random key. Each version gets its own.
    pub fn generate() -> Self {
        Self(Zeroizing::new(random()))
    }

    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Content cannot be sealed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SealError {
    /// The metadata has more than [`MAX_METADATA`] bytes.
    #[error("the metadata takes more than {MAX_METADATA} bytes")]
    MetadataTooLong,
    /// There is more content than a blob can hold (some 256 TiB).
    #[error("the content is larger than a blob can be")]
    TooLarge,
    /// The source has more or fewer bytes than announced; most likely it is being written to.
    #[error("the content has not the announced length of {0} bytes")]
    LengthMismatch(u64),
    /// The content cannot be read.
    #[error("cannot read the content to be sealed")]
    Source(#[source] io::Error),
    /// The blob cannot be written.
    #[error("cannot write the sealed blob")]
    Target(#[source] io::Error),
}

/// A blob cannot be opened. What came out before has to be discarded.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// It is no blob, or one of a later version.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// It belongs to another chain, record, version, compartment or epoch.
    #[error("the blob belongs to something else than asked for")]
    Foreign,
    /// The key is not the one that it was sealed with, or its header was altered.
    #[error("the content key is not the blob's")]
    WrongKey,
    /// It was altered, reordered, cut off or extended.
    #[error("the sealed blob was altered or cut off")]
    Altered,
    /// It is authentic, but whoever sealed it did not follow the format.
    #[error("the content was not sealed as it should be")]
    Malformed,
    /// The blob cannot be read.
    #[error("cannot read the sealed blob")]
    Source(#[source] io::Error),
    /// The content cannot be written.
    #[error("cannot write the opened content")]
    Target(#[source] io::Error),
}

/// Seals the `length` bytes that `source` yields, with `metadata`, and writes the blob to `target`; returns its size.
pub async fn seal(
    mut source: impl AsyncRead + Unpin,
    length: u64,
    metadata: &Metadata,
    bindings: &Bindings,
    key: &ContentKey,
    mut target: impl AsyncWrite + Unpin,
) -> Result<u64, SealError> {
    let beginning = beginning(metadata, length)?;
    let total = size_of(&beginning).checked_add(length).and_then(padded_length).ok_or(SealError::TooLarge)?;
    let segments = total.div_ceil(SEGMENT as u64);
    let last = u32::try_from(segments.saturating_sub(1)).map_err(|_| SealError::TooLarge)?;

    let salt = random();
    let schedule = Schedule::new(bindings, &salt, key);
    let header = Header { bindings: *bindings, salt, commitment: schedule.commitment };
    target.write_all(&header.to_bytes()).await.map_err(SealError::Target)?;

    let mut content = (&mut source).take(length);
    let mut sealed = HEADER_LENGTH as u64;
    {
        let mut plain = beginning.as_slice().chain(&mut content).chain(tokio::io::repeat(0)).take(total);
        let mut segment = segment_buffer();
        for position in 0..=last {
            fill(&mut plain, SEGMENT, &mut segment).await.map_err(SealError::Source)?;
            schedule
                .stream
                .encrypt_in_place(position, position == last, b"", &mut *segment)
                .map_err(|_| SealError::TooLarge)?;
            target.write_all(&segment).await.map_err(SealError::Target)?;
            sealed = sealed.saturating_add(size_of(&segment));
        }
    }
    let missing = content.limit() > 0;
    if missing || source.read(&mut [0]).await.map_err(SealError::Source)? > 0 {
        return Err(SealError::LengthMismatch(length));
    }
    target.flush().await.map_err(SealError::Target)?;
    Ok(sealed)
}

/// Opens the blob that `source` yields, which has to be bound as `expected`, and writes its content to `target`.
///
/// Segments are written as soon as each is authenticated; that none is missing at the end shows only at the end. On an
/// error, everything written has to be discarded.
pub async fn open(
    mut source: impl AsyncRead + Unpin,
    expected: &Bindings,
    key: &ContentKey,
    mut target: impl AsyncWrite + Unpin,
) -> Result<Metadata, OpenError> {
    let mut header = [0; HEADER_LENGTH];
    source.read_exact(&mut header).await.map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => HeaderError::NotABlob.into(),
        _ => OpenError::Source(error),
    })?;
    let header = Header::parse(&header)?;
    if header.bindings != *expected {
        return Err(OpenError::Foreign);
    }
    let schedule = Schedule::new(&header.bindings, &header.salt, key);
    if schedule.commitment != header.commitment {
        return Err(OpenError::WrongKey);
    }

    let (mut segment, mut next) = (segment_buffer(), segment_buffer());
    fill(&mut source, SEGMENT + TAG, &mut next).await.map_err(OpenError::Source)?;
    let mut opened: Option<(Metadata, Rest)> = None;
    for position in 0..=u32::MAX {
        std::mem::swap(&mut segment, &mut next);
        fill(&mut source, SEGMENT + TAG, &mut next).await.map_err(OpenError::Source)?;
        let is_last = next.is_empty();
        schedule.stream.decrypt_in_place(position, is_last, b"", &mut *segment).map_err(|_| OpenError::Altered)?;

        let mut plain = segment.as_slice();
        if opened.is_none() {
            let (metadata, rest, after) = read_beginning(plain)?;
            opened = Some((metadata, rest));
            plain = after;
        }
        let Some((_, rest)) = &mut opened else { return Err(OpenError::Malformed) };
        let content = rest.take(plain)?;
        target.write_all(content).await.map_err(OpenError::Target)?;
        if is_last {
            break;
        }
    }
    match opened {
        Some((metadata, rest)) if rest.is_complete() => {
            target.flush().await.map_err(OpenError::Target)?;
            Ok(metadata)
        }
        _ => Err(OpenError::Malformed),
    }
}

/// What content key and header make.
struct Schedule {
    stream: StreamBE32<Aes256Gcm>,
    commitment: [u8; 32],
}

impl Schedule {
    fn new(bindings: &Bindings, salt: &[u8; 32], key: &ContentKey) -> Self {
        let hash = Sha256::digest(prefix_of(bindings, salt));
        let aes = derive::<32>(&hash, key.expose(), b"salus/blob/1/key");
        let nonce = derive::<7>(&hash, key.expose(), b"salus/blob/1/nonce");
        let commitment = derive::<32>(&hash, key.expose(), b"salus/blob/1/commitment");
        Self { stream: StreamBE32::new(&(*aes).into(), &(*nonce).into()), commitment: *commitment }
    }
}

/// What is still to come of content and padding.
struct Rest {
    content: u64,
    padding: u64,
}

impl Rest {
    /// The part of `plain` that is content.
    fn take<'a>(&mut self, plain: &'a [u8]) -> Result<&'a [u8], OpenError> {
        let length = usize::try_from(self.content).map_or(plain.len(), |content| content.min(plain.len()));
        let (content, padding) = plain.split_at_checked(length).ok_or(OpenError::Malformed)?;
        self.content = self.content.saturating_sub(size_of(content));
        self.padding = self.padding.checked_sub(size_of(padding)).ok_or(OpenError::Malformed)?;
        if padding.iter().any(|byte| *byte != 0) {
            return Err(OpenError::Malformed);
        }
        Ok(content)
    }

    fn is_complete(&self) -> bool {
        self.content == 0 && self.padding == 0
    }
}

fn beginning(metadata: &Metadata, length: u64) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let json = serde_json::to_vec(metadata).map(Zeroizing::new).map_err(|_| SealError::MetadataTooLong)?;
    if json.len() > MAX_METADATA {
        return Err(SealError::MetadataTooLong);
    }
    let json_length = u32::try_from(json.len()).map_err(|_| SealError::MetadataTooLong)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_METADATA + LENGTHS));
    bytes.extend(json_length.to_le_bytes());
    bytes.extend_from_slice(&json);
    bytes.extend(length.to_le_bytes());
    Ok(bytes)
}

fn read_beginning(plain: &[u8]) -> Result<(Metadata, Rest, &[u8]), OpenError> {
    let read = || {
        let (json_length, rest) = plain.split_first_chunk()?;
        let json_length = usize::try_from(u32::from_le_bytes(*json_length)).ok()?;
        let (json, rest) = rest.split_at_checked(json_length).filter(|_| json_length <= MAX_METADATA)?;
        let (content, rest) = rest.split_first_chunk()?;
        let content = u64::from_le_bytes(*content);
        let used = size_of(plain).checked_sub(size_of(rest))?.checked_add(content)?;
        let padding = padded_length(used)?.checked_sub(used)?;
        Some((serde_json::from_slice(json).ok()?, Rest { content, padding }, rest))
    };
    read().ok_or(OpenError::Malformed)
}

/// Reads `length` bytes, or what is left when there are fewer.
async fn fill(source: &mut (impl AsyncRead + Unpin), length: usize, buffer: &mut Vec<u8>) -> io::Result<()> {
    buffer.clear();
    source.take(length as u64).read_to_end(buffer).await.map(|_| ())
}

/// Large enough never to move: a buffer that grows leaves a copy of its content behind.
fn segment_buffer() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(Vec::with_capacity(SEGMENT + TAG + 64))
}

fn size_of(bytes: &[u8]) -> u64 {
    bytes.len().try_into().unwrap_or(u64::MAX)
}
