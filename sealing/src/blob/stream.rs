// SPDX-License-Identifier: Apache-2.0

//! Sealing and opening, segment by segment.

use std::io::{self, Read, Write};

use aead_stream::{NewStream, StreamBE32, StreamPrimitive};
use aes_gcm::Aes256Gcm;
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

use super::header::{prefix_of, Bindings, Header, HeaderError, HEADER_LENGTH};
use super::metadata::{Metadata, MAX_METADATA};
use super::padding::padded_length;
use crate::secret::{derive, extend, random};

/// Plaintext bytes of a segment.
const SEGMENT: usize = 64 * 1024;
const TAG: usize = 16;
/// Bytes of a sealed segment; the last may be shorter.
pub const SEALED_SEGMENT: usize = SEGMENT + TAG;
/// Bytes of padding that come out at one time.
const AT_ONCE: usize = 4 * SEGMENT;
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

/// A blob cannot be opened. Content that came out before has to be discarded.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// It is not a blob, or one of a later version.
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
    /// It is authentic, but its sealer did not follow the format.
    #[error("the content was not sealed as it should be")]
    Malformed,
    /// The blob cannot be read.
    #[error("cannot read the sealed blob")]
    Source(#[source] io::Error),
    /// The content cannot be written.
    #[error("cannot write the opened content")]
    Target(#[source] io::Error),
}

/// Seals content as it comes, piece by piece.
pub struct Sealer {
    schedule: Schedule,
    segment: Zeroizing<Vec<u8>>,
    position: u32,
    last: u32,
    /// Bytes of content that were announced, and that are still to come.
    announced: u64,
    content: u64,
    /// Bytes of the segments that are still to come, padding included.
    total: u64,
}

impl Sealer {
    /// Begins a blob of `length` bytes of content; the blob's first bytes are in `out`.
    pub fn new(
        metadata: &Metadata,
        length: u64,
        bindings: &Bindings,
        key: &ContentKey,
        out: &mut Vec<u8>,
    ) -> Result<Self, SealError> {
        let beginning = beginning(metadata, length)?;
        let total = size_of(&beginning).checked_add(length).and_then(padded_length).ok_or(SealError::TooLarge)?;
        let segments = total.div_ceil(SEGMENT as u64);
        let last = u32::try_from(segments.saturating_sub(1)).map_err(|_| SealError::TooLarge)?;

        let salt = random();
        let schedule = Schedule::new(bindings, &salt, key);
        let header = Header { bindings: *bindings, salt, commitment: schedule.commitment };
        out.extend_from_slice(&header.to_bytes());
        let mut sealer =
            Self { schedule, segment: segment_buffer(), position: 0, last, announced: length, content: length, total };
        sealer.fill(&beginning, out)?;
        Ok(sealer)
    }

    /// Takes the next bytes of the content; the blob's next bytes are added to `out`.
    pub fn push(&mut self, content: &[u8], out: &mut Vec<u8>) -> Result<(), SealError> {
        self.content = self.content.checked_sub(size_of(content)).ok_or(SealError::LengthMismatch(self.announced))?;
        self.fill(content, out)
    }

    /// Ends the blob. Its next bytes are added to `out`, some 256 KiB at most; returns whether they are the last ones. If not, it
    /// is called again: the padding of a large blob has many megabytes.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<bool, SealError> {
        if self.content > 0 {
            return Err(SealError::LengthMismatch(self.announced));
        }
        let (zeros, enough) = ([0; 4096], out.len().saturating_add(AT_ONCE));
        while self.total > 0 && out.len() < enough {
            let length = usize::try_from(self.total).map_or(zeros.len(), |left| left.min(zeros.len()));
            self.fill(zeros.get(..length).unwrap_or(&zeros), out)?;
        }
        Ok(self.total == 0)
    }

    fn fill(&mut self, mut plain: &[u8], out: &mut Vec<u8>) -> Result<(), SealError> {
        while !plain.is_empty() {
            let room = SEGMENT.saturating_sub(self.segment.len());
            let (now, later) = plain.split_at_checked(room).unwrap_or((plain, &[]));
            self.segment.extend_from_slice(now);
            self.total = self.total.checked_sub(size_of(now)).ok_or(SealError::TooLarge)?;
            plain = later;
            if self.segment.len() == SEGMENT || self.total == 0 {
                let is_last = self.position == self.last;
                let sealed = self.schedule.stream.encrypt_in_place(self.position, is_last, b"", &mut *self.segment);
                sealed.map_err(|_| SealError::TooLarge)?;
                out.extend_from_slice(&self.segment);
                self.segment.clear();
                self.position = self.position.saturating_add(1);
            }
        }
        Ok(())
    }
}

/// Opens a blob as it comes, piece by piece.
///
/// Content comes out as soon as its segment is authenticated; that none is missing at the end shows only at the end. On an
/// error, everything that came out has to be discarded.
pub struct Opener<'a> {
    expected: Bindings,
    key: &'a ContentKey,
    header: Vec<u8>,
    schedule: Option<Schedule>,
    segment: Zeroizing<Vec<u8>>,
    position: u32,
    opened: Option<(Metadata, Rest)>,
}

impl<'a> Opener<'a> {
    /// Begins to open a blob that has to be bound as `expected`.
    pub fn new(expected: &Bindings, key: &'a ContentKey) -> Self {
        let (header, segment) = (Vec::with_capacity(HEADER_LENGTH), segment_buffer());
        Self { expected: *expected, key, header, schedule: None, segment, position: 0, opened: None }
    }

    /// The blob's words about its content, once its first segment is open.
    pub fn metadata(&self) -> Option<&Metadata> {
        self.opened.as_ref().map(|(metadata, _)| metadata)
    }

    /// Takes the next bytes of the blob; content that became readable is added to `out`.
    pub fn push(&mut self, mut sealed: &[u8], out: &mut Zeroizing<Vec<u8>>) -> Result<(), OpenError> {
        if self.schedule.is_none() {
            let missing = HEADER_LENGTH.saturating_sub(self.header.len());
            let (now, later) = sealed.split_at_checked(missing).unwrap_or((sealed, &[]));
            self.header.extend_from_slice(now);
            if self.header.len() < HEADER_LENGTH {
                return Ok(());
            }
            self.schedule = Some(self.begin()?);
            sealed = later;
        }
        while !sealed.is_empty() {
            // More follows, so this segment is not the last.
            if self.segment.len() == SEGMENT + TAG {
                self.open_segment(false, out)?;
            }
            let room = (SEGMENT + TAG).saturating_sub(self.segment.len());
            let (now, later) = sealed.split_at_checked(room).unwrap_or((sealed, &[]));
            self.segment.extend_from_slice(now);
            sealed = later;
        }
        Ok(())
    }

    /// Ends the blob; its last content is added to `out`.
    pub fn finish(mut self, out: &mut Zeroizing<Vec<u8>>) -> Result<Metadata, OpenError> {
        if self.schedule.is_none() {
            return Err(HeaderError::NotABlob.into());
        }
        self.open_segment(true, out)?;
        match self.opened {
            Some((metadata, rest)) if rest.is_complete() => Ok(metadata),
            _ => Err(OpenError::Malformed),
        }
    }

    fn begin(&self) -> Result<Schedule, OpenError> {
        let header = Header::parse(&self.header)?;
        if header.bindings != self.expected {
            return Err(OpenError::Foreign);
        }
        let schedule = Schedule::new(&header.bindings, &header.salt, self.key);
        match schedule.commitment == header.commitment {
            true => Ok(schedule),
            false => Err(OpenError::WrongKey),
        }
    }

    fn open_segment(&mut self, is_last: bool, out: &mut Zeroizing<Vec<u8>>) -> Result<(), OpenError> {
        let Some(schedule) = &self.schedule else { return Err(OpenError::Malformed) };
        let opened = schedule.stream.decrypt_in_place(self.position, is_last, b"", &mut *self.segment);
        opened.map_err(|_| OpenError::Altered)?;
        let mut plain = self.segment.as_slice();
        if self.opened.is_none() {
            let (metadata, rest, after) = read_beginning(plain)?;
            self.opened = Some((metadata, rest));
            plain = after;
        }
        let Some((_, rest)) = &mut self.opened else { return Err(OpenError::Malformed) };
        extend(out, rest.take(plain)?);
        self.segment.clear();
        self.position = self.position.checked_add(1).ok_or(OpenError::Malformed)?;
        Ok(())
    }
}

/// Seals the `length` bytes that `source` yields, with `metadata`, and writes the blob to `target`; returns its size.
pub fn seal(
    mut source: impl Read,
    length: u64,
    metadata: &Metadata,
    bindings: &Bindings,
    key: &ContentKey,
    mut target: impl Write,
) -> Result<u64, SealError> {
    let (mut sealed, mut piece, mut size) = (Vec::new(), piece_buffer(), 0u64);
    let mut sealer = Sealer::new(metadata, length, bindings, key, &mut sealed)?;
    let mut pass_on = |sealed: &mut Vec<u8>| -> Result<(), SealError> {
        target.write_all(sealed).map_err(SealError::Target)?;
        size = size.saturating_add(size_of(sealed));
        sealed.clear();
        Ok(())
    };
    loop {
        match source.read(&mut piece).map_err(SealError::Source)? {
            0 => break,
            read => sealer.push(piece.get(..read).unwrap_or_default(), &mut sealed)?,
        }
        pass_on(&mut sealed)?;
    }
    while !sealer.finish(&mut sealed)? {
        pass_on(&mut sealed)?;
    }
    pass_on(&mut sealed)?;
    target.flush().map_err(SealError::Target)?;
    Ok(size)
}

/// Opens the blob that `source` yields, which has to be bound as `expected`, and writes its content to `target`.
///
/// On an error, everything written has to be discarded: see [`Opener`].
pub fn open(
    mut source: impl Read,
    expected: &Bindings,
    key: &ContentKey,
    mut target: impl Write,
) -> Result<Metadata, OpenError> {
    let (mut opener, mut piece, mut opened) = (Opener::new(expected, key), piece_buffer(), segment_buffer());
    loop {
        match source.read(&mut piece).map_err(OpenError::Source)? {
            0 => break,
            read => opener.push(piece.get(..read).unwrap_or_default(), &mut opened)?,
        }
        target.write_all(&opened).map_err(OpenError::Target)?;
        opened.clear();
    }
    let metadata = opener.finish(&mut opened)?;
    target.write_all(&opened).and_then(|()| target.flush()).map_err(OpenError::Target)?;
    Ok(metadata)
}

/// The keys that content key and header make.
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

/// Bytes of content and padding that are still to come.
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

/// Large enough never to move: a buffer that grows leaves a copy of its content behind.
fn segment_buffer() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(Vec::with_capacity(SEGMENT + TAG + 64))
}

/// Bytes of one read.
fn piece_buffer() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(vec![0; SEGMENT])
}

fn size_of(bytes: &[u8]) -> u64 {
    bytes.len().try_into().unwrap_or(u64::MAX)
}
