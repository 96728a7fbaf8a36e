// SPDX-License-Identifier: Apache-2.0

//! The words of a DICOM file's header (DICOM PS3.10, S1-41, S2-11).
//!
//! [`read_header`] reads until it has passed Body Part Examined (0018,0015), and no further. Elements stand in the order of their tags,
//! so the patient's name, which comes in between, is skipped, and pixels (7FE0,0010) are out of reach. However large the
//! file, at most [`MAX_HEADER`] bytes are read.
//!
//! The parser is that of dicom-rs. Published defects of such parsers are memory by a declared length, panics, and deflated
//! data sets that grow a thousandfold. So a length beyond the file is refused, no long value is read into memory, and
//! nothing is inflated. A caller still runs this in a process of its own, with limits.

use std::{
    cell::Cell,
    io::{self, Read},
    rc::Rc,
};

use dicom_core::{
    dictionary::UidDictionary,
    header::{HasLength as _, Length},
    Tag,
};
use dicom_dictionary_std::{tags, uids, StandardSopClassDictionary};
use dicom_encoding::{
    text::{SpecificCharacterSet, TextCodec},
    Codec, Endianness, NeverAdapter, NeverPixelAdapter, TransferSyntax,
};
use dicom_parser::{
    dataset::{lazy_read::LazyDataSetReader, LazyDataToken},
    StatefulDecode, StatefulDecoder,
};
use salus_primitives::text;
use serde::{Deserialize, Serialize};

/// Bytes of a file that are read, at most (4 MiB). Before the body part, headers have some kilobytes.
pub const MAX_HEADER: u64 = 4 * 1024 * 1024;

/// Bytes before the file meta information: a preamble of any content, then `DICM`.
const PREAMBLE: usize = 128;
const MAGIC: &[u8; 4] = b"DICM";

/// Bytes of the file meta information, at most.
const MAX_META: u32 = 64 * 1024;

/// Bytes of a value that is kept, at most. The longest, Study Description, has 64 characters.
const MAX_VALUE: u32 = 1024;

/// Characters of a value that is kept, at most.
const MAX_CHARACTERS: usize = 64;

/// Sequences within sequences, at most.
const MAX_DEPTH: u32 = 32;

/// The last element that is read.
const LAST: Tag = tags::BODY_PART_EXAMINED;

/// The group of what begins and ends items of sequences.
const DELIMITERS: u16 = 0xFFFE;

/// The group of pixel data.
const PIXELS: u16 = 0x7FE0;

/// The words of a header. They are content, so this has no `Debug`.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DicomHeader {
    /// Modality (0008,0060), such as `MR`.
    pub modality: Option<String>,
    /// SOP class (0008,0016): the name in the standard's dictionary, or else the UID.
    pub sop_class: Option<String>,
    /// Study Date (0008,0020), as `2026-05-31`.
    pub study_date: Option<String>,
    /// Study Description (0008,1030).
    pub study_description: Option<String>,
    /// Body Part Examined (0018,0015), such as `KNEE`.
    pub body_part: Option<String>,
}

/// A file's header cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DicomFault {
    /// It has no `DICM` after 128 bytes.
    #[error("it is not a DICOM file: `DICM` does not stand after its first 128 bytes")]
    NotDicom,
    /// The file meta information is not as PS3.10 has it.
    #[error("its file meta information is damaged")]
    Meta,
    /// The data set is compressed, and could grow a thousandfold.
    #[error("its data set is deflated, and Salus inflates none")]
    Deflated,
    /// The file ends within the header.
    #[error("it ends within its header, after byte {0}")]
    CutOff(u64),
    /// An element has more bytes than the file.
    #[error("the element that begins before byte {0} is longer than the file")]
    TooLong(u64),
    /// The parser found no sense in it.
    #[error("its header is damaged before byte {0}")]
    Damaged(u64),
    /// Sequences are nested deeper than 32 levels.
    #[error("its sequences are nested deeper than 32 levels")]
    TooDeep,
    /// Pixel data stand before the end of the header.
    #[error("pixel data stand within its header, before byte {0}")]
    Pixels(u64),
    /// The header has more than [`MAX_HEADER`] bytes.
    #[error("its header has more than 4 MiB before the body part")]
    TooLarge,
    /// The file cannot be read.
    #[error("it cannot be read")]
    Unreadable,
}

impl DicomHeader {
    /// The kind of the record: `DICOM MR`, or `DICOM` without a modality.
    pub fn kind(&self) -> String {
        self.modality.as_ref().map_or_else(|| "DICOM".to_owned(), |modality| format!("DICOM {modality}"))
    }

    /// A title: study description, body part and SOP class, as far as the header has them.
    pub fn title(&self) -> Option<String> {
        let parts = [&self.study_description, &self.body_part, &self.sop_class];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// The same, with each word as a reader can trust it. For words that come from another process.
    pub fn cleaned(self) -> Self {
        let clean = |word: Option<String>| word.and_then(|word| kept(&word));
        Self {
            modality: clean(self.modality),
            sop_class: clean(self.sop_class),
            study_date: clean(self.study_date).filter(|date| is_day(date)),
            study_description: clean(self.study_description),
            body_part: clean(self.body_part),
        }
    }
}

/// Reads the header of a file of `size` bytes.
pub fn read_header(source: impl Read, size: u64) -> Result<DicomHeader, DicomFault> {
    let mut source = Counted::new(source, size);
    let mut head = [0; PREAMBLE + MAGIC.len()];
    source.read_exact(&mut head).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => DicomFault::NotDicom,
        _ => DicomFault::Unreadable,
    })?;
    if !head.ends_with(MAGIC) {
        return Err(DicomFault::NotDicom);
    }
    let Meta { transfer_syntax, sop_class } = read_meta(&mut source)?;
    let syntax = syntax(&transfer_syntax)?;
    let mut header = read_data_set(source, &syntax)?;
    header.sop_class = header.sop_class.or(sop_class).map(|uid| name_of(&uid));
    Ok(header)
}

/// The file meta information, as far as it matters.
struct Meta {
    transfer_syntax: String,
    sop_class: Option<String>,
}

/// Reads group 0002, whose length its first element says.
fn read_meta<R: Read>(source: &mut Counted<R>) -> Result<Meta, DicomFault> {
    // (0002,0000), UL, two bytes of length: always in little-endian.
    const LENGTH: &[u8; 8] = b"\x02\x00\x00\x00UL\x04\x00";
    let mut first = [0; 12];
    source.fill(&mut first)?;
    let length = first.strip_prefix(LENGTH).and_then(|rest| rest.try_into().ok()).map(u32::from_le_bytes);
    let length = length.filter(|length| *length <= MAX_META).ok_or(DicomFault::Meta)?;
    let mut group = Vec::new();
    source.by_ref().take(length.into()).read_to_end(&mut group).map_err(|_| DicomFault::Unreadable)?;
    if u32::try_from(group.len()) != Ok(length) {
        return Err(source.end());
    }
    let charset = SpecificCharacterSet::default();
    let parser = StatefulDecoder::new_with(group.as_slice(), &little_endian(true), charset, 0);
    let mut parser = parser.map_err(|_| DicomFault::Meta)?;
    let (mut transfer_syntax, mut sop_class) = (None, None);
    while parser.position() < length.into() {
        let header = parser.decode_header().map_err(|_| DicomFault::Meta)?;
        let bytes = header.length().get().ok_or(DicomFault::Meta)?;
        let left = u64::from(length).saturating_sub(parser.position());
        if header.tag.0 != 2 || u64::from(bytes) > left {
            return Err(DicomFault::Meta);
        }
        let place = match header.tag {
            tags::TRANSFER_SYNTAX_UID => &mut transfer_syntax,
            tags::MEDIA_STORAGE_SOP_CLASS_UID => &mut sop_class,
            _ => {
                parser.skip_bytes(bytes).map_err(|_| DicomFault::Meta)?;
                continue;
            }
        };
        let mut value = Vec::new();
        parser.read_to_vec(bytes, &mut value).map_err(|_| DicomFault::Meta)?;
        *place = plain(&value);
    }
    Ok(Meta { transfer_syntax: transfer_syntax.ok_or(DicomFault::Meta)?, sop_class })
}

/// How the data set is written. Compression of pixels makes no difference to the header.
fn syntax(uid: &str) -> Result<TransferSyntax, DicomFault> {
    // JPIP Referenced Deflate has no constant in every release of the dictionary.
    const DEFLATED: [&str; 2] = [uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, "1.2.840.10008.1.2.4.95"];
    const BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";
    match uid {
        uids::IMPLICIT_VR_LITTLE_ENDIAN => Ok(little_endian(false)),
        BIG_ENDIAN => Ok(Plain::new("", "", Endianness::Big, true, Codec::None).erased()),
        _ if DEFLATED.contains(&uid) => Err(DicomFault::Deflated),
        _ => Ok(little_endian(true)),
    }
}

/// A transfer syntax without anything that would have to be unpacked.
type Plain = TransferSyntax<NeverAdapter, NeverPixelAdapter, NeverPixelAdapter>;

fn little_endian(explicit: bool) -> TransferSyntax {
    Plain::new("", "", Endianness::Little, explicit, Codec::None).erased()
}

/// Reads the elements up to [`LAST`].
fn read_data_set<R: Read>(source: Counted<R>, syntax: &TransferSyntax) -> Result<DicomHeader, DicomFault> {
    let (at, size) = (source.at.clone(), source.size);
    let ended = source.ending();
    let fault = || ended().unwrap_or(DicomFault::Damaged(at.get()));
    let within = |length: Length| match length.get() {
        Some(length) if at.get().saturating_add(length.into()) > size => Err(DicomFault::TooLong(at.get())),
        _ => Ok(()),
    };
    let decoder = StatefulDecoder::new_with(source, syntax, SpecificCharacterSet::default(), at.get());
    let mut reader = LazyDataSetReader::new(decoder.map_err(|_| DicomFault::Meta)?);
    let (mut found, mut charset, mut depth) = (DicomHeader::default(), SpecificCharacterSet::default(), 0_u32);
    while let Some(token) = reader.advance() {
        match token.map_err(|_| fault())? {
            LazyDataToken::ElementHeader(header) => {
                // Items and ends of nothing stand there.
                if header.tag.0 == DELIMITERS {
                    return Err(fault());
                }
                if depth == 0 && header.tag > LAST {
                    return Ok(found);
                }
                if header.tag.0 == PIXELS {
                    return Err(DicomFault::Pixels(at.get()));
                }
                within(header.length())?;
            }
            LazyDataToken::SequenceStart { tag, .. } if tag.0 == DELIMITERS => return Err(fault()),
            LazyDataToken::SequenceStart { tag, .. } if depth == 0 && tag > LAST => return Ok(found),
            LazyDataToken::SequenceStart { len, .. } => {
                within(len)?;
                depth = depth.saturating_add(1);
                if depth > MAX_DEPTH {
                    return Err(DicomFault::TooDeep);
                }
            }
            LazyDataToken::ItemStart { len } => within(len)?,
            // After an end of what has not begun, the parser panics.
            LazyDataToken::ItemEnd if depth == 0 => return Err(fault()),
            LazyDataToken::ItemEnd => {}
            LazyDataToken::SequenceEnd => depth = depth.checked_sub(1).ok_or_else(fault)?,
            LazyDataToken::PixelSequenceStart if depth == 0 => return Ok(found),
            LazyDataToken::PixelSequenceStart | LazyDataToken::LazyItemValue { .. } => {
                return Err(DicomFault::Pixels(at.get()));
            }
            LazyDataToken::LazyValue { header, decoder } => {
                let length = header.length().get().ok_or_else(fault)?;
                let end = at.get().saturating_add(length.into());
                let wanted = [
                    tags::SPECIFIC_CHARACTER_SET,
                    tags::SOP_CLASS_UID,
                    tags::STUDY_DATE,
                    tags::MODALITY,
                    tags::STUDY_DESCRIPTION,
                    tags::BODY_PART_EXAMINED,
                ];
                let mut value = Vec::new();
                let read = match depth == 0 && length <= MAX_VALUE && wanted.contains(&header.tag) {
                    true => decoder.read_to_vec(length, &mut value),
                    false => decoder.skip_bytes(length),
                };
                // The parser takes a value that is cut off.
                if read.is_err() || at.get() != end {
                    return Err(fault());
                }
                match header.tag {
                    _ if value.is_empty() => {}
                    tags::SPECIFIC_CHARACTER_SET => charset = charset_of(&value).unwrap_or(charset),
                    tags::SOP_CLASS_UID => found.sop_class = plain(&value),
                    tags::STUDY_DATE => found.study_date = plain(&value).and_then(|date| day(&date)),
                    tags::MODALITY => found.modality = plain(&value),
                    tags::STUDY_DESCRIPTION => {
                        found.study_description = charset.decode(&value).ok().and_then(|words| kept(&words));
                    }
                    _ => found.body_part = plain(&value),
                }
            }
            // Tokens of a later version of the parser.
            #[allow(unreachable_patterns, reason = "the enum may grow")]
            _ => return Err(fault()),
        }
    }
    // The data set may end before the last element that is looked for. It may not be cut off.
    match at.get() == size {
        true => Ok(found),
        false => Err(fault()),
    }
}

/// The first character set of several.
fn charset_of(value: &[u8]) -> Option<SpecificCharacterSet> {
    let first = value.split(|byte| *byte == b'\\').next()?;
    SpecificCharacterSet::from_code(std::str::from_utf8(first).ok()?.trim_matches([' ', '\0']))
}

/// A value in ASCII, without its padding.
fn plain(value: &[u8]) -> Option<String> {
    kept(std::str::from_utf8(value).ok().filter(|value| value.is_ascii())?)
}

/// Words as they are kept: one line that a reader can trust, and none if there are no words.
fn kept(words: &str) -> Option<String> {
    let words: String = text::cleaned(words.trim_end_matches('\0')).chars().take(MAX_CHARACTERS).collect();
    (!words.is_empty()).then_some(words)
}

/// A date of DICOM, `20260531`, as FHIR writes dates.
fn day(date: &str) -> Option<String> {
    let (year, rest) = date.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    Some(format!("{year}-{month}-{day}")).filter(|date| is_day(date))
}

fn is_day(date: &str) -> bool {
    date.len() == "2026-05-31".len() && date.parse::<jiff::civil::Date>().is_ok()
}

/// The name of a SOP class in the standard's dictionary, or the UID itself.
fn name_of(uid: &str) -> String {
    StandardSopClassDictionary.by_uid(uid).map_or_else(|| uid.to_owned(), |entry| entry.name.to_owned())
}

/// A source that counts its bytes, and ends after [`MAX_HEADER`].
struct Counted<R> {
    source: R,
    at: Rc<Cell<u64>>,
    ended: Rc<Cell<bool>>,
    size: u64,
}

impl<R> Counted<R> {
    fn new(source: R, size: u64) -> Self {
        Self { source, at: Rc::default(), ended: Rc::default(), size }
    }

    /// The fault that the end of the source is, once it was met.
    fn ending(&self) -> impl Fn() -> Option<DicomFault> {
        let (at, ended) = (self.at.clone(), self.ended.clone());
        move || {
            ended.get().then(|| match at.get() >= MAX_HEADER {
                true => DicomFault::TooLarge,
                false => DicomFault::CutOff(at.get()),
            })
        }
    }

    fn end(&self) -> DicomFault {
        self.ending()().unwrap_or(DicomFault::Unreadable)
    }
}

impl<R: Read> Counted<R> {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), DicomFault> {
        self.read_exact(bytes).map_err(|_| self.end())
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(MAX_HEADER.saturating_sub(self.at.get())).unwrap_or(usize::MAX);
        let most = room.min(bytes.len());
        let read = self.source.read(bytes.get_mut(..most).unwrap_or_default())?;
        self.at.set(self.at.get().saturating_add(read as u64));
        if read == 0 && !bytes.is_empty() {
            self.ended.set(true);
        }
        Ok(read)
    }
}
