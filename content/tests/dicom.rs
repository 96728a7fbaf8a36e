// SPDX-License-Identifier: Apache-2.0

//! DICOM headers, of invented studies that the parser's own writer writes here.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use dicom_core::{header::Length, DataElementHeader, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_encoding::{text::SpecificCharacterSet, Codec, Endianness, NeverAdapter, NeverPixelAdapter, TransferSyntax};
use dicom_parser::dataset::{DataSetWriter, DataToken};
use proptest::prelude::*;
use salus_content::dicom::{read_header, DicomFault, DicomHeader, MAX_HEADER};
use std::io::Read;

const BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";

fn syntax(uid: &str) -> TransferSyntax {
    type Plain = TransferSyntax<NeverAdapter, NeverPixelAdapter, NeverPixelAdapter>;
    let order = if uid == BIG_ENDIAN { Endianness::Big } else { Endianness::Little };
    Plain::new("", "", order, uid != uids::IMPLICIT_VR_LITTLE_ENDIAN, Codec::None).erased()
}

/// Elements in one transfer syntax, in the bytes of the parser's writer.
fn written(uid: &str, elements: &[(Tag, VR, PrimitiveValue)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let charset = SpecificCharacterSet::from_code("ISO_IR 192").unwrap();
    let mut writer = DataSetWriter::with_ts_cs(&mut bytes, &syntax(uid), charset).unwrap();
    for (tag, vr, value) in elements {
        let length = Length(u32::try_from(value.calculate_byte_len()).unwrap());
        writer.write(DataToken::ElementHeader(DataElementHeader::new(*tag, *vr, length))).unwrap();
        writer.write(DataToken::PrimitiveValue(value.clone())).unwrap();
    }
    drop(writer);
    bytes
}

fn text(tag: Tag, vr: VR, value: &str) -> (Tag, VR, PrimitiveValue) {
    (tag, vr, PrimitiveValue::from(value))
}

/// The data set of a study of a knee, up to the body part, without pixels.
fn study() -> Vec<(Tag, VR, PrimitiveValue)> {
    vec![
        text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192"),
        text(tags::SOP_CLASS_UID, VR::UI, uids::MR_IMAGE_STORAGE),
        text(tags::STUDY_DATE, VR::DA, "20260531"),
        text(tags::MODALITY, VR::CS, "MR"),
        text(tags::STUDY_DESCRIPTION, VR::LO, "Knie links, Übersicht"),
        text(tags::PATIENT_NAME, VR::PN, "Invented^Person"),
        text(tags::PATIENT_ID, VR::LO, "X-1"),
        text(tags::BODY_PART_EXAMINED, VR::CS, "KNEE"),
    ]
}

/// A file with this data set, which is written in the transfer syntax `uid`.
fn file(uid: &str, data_set: &[u8]) -> Vec<u8> {
    let meta = written(
        uids::EXPLICIT_VR_LITTLE_ENDIAN,
        &[
            text(tags::MEDIA_STORAGE_SOP_CLASS_UID, VR::UI, uids::MR_IMAGE_STORAGE),
            text(tags::TRANSFER_SYNTAX_UID, VR::UI, uid),
        ],
    );
    let length = u32::try_from(meta.len()).unwrap();
    [&[0; 128], &b"DICM\x02\x00\x00\x00UL\x04\x00"[..], &length.to_le_bytes(), &meta, data_set].concat()
}

fn knee(uid: &str) -> Vec<u8> {
    file(uid, &written(uid, &study()))
}

fn read(bytes: &[u8]) -> Result<DicomHeader, DicomFault> {
    read_header(bytes, bytes.len() as u64)
}

fn fault(bytes: &[u8]) -> DicomFault {
    read(bytes).err().unwrap()
}

/// Explicit VR, little-endian, with two bytes of length.
fn element(tag: Tag, vr: &str, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap();
    [&tag.0.to_le_bytes(), &tag.1.to_le_bytes(), vr.as_bytes(), &length.to_le_bytes(), value].concat()
}

/// Explicit VR, little-endian, with four bytes of length.
fn long_element(tag: Tag, vr: &str, length: u32, value: &[u8]) -> Vec<u8> {
    [&tag.0.to_le_bytes(), &tag.1.to_le_bytes(), vr.as_bytes(), &[0; 2], &length.to_le_bytes(), value].concat()
}

// S1-41, S2-11
#[test]
fn a_header_is_read_in_each_transfer_syntax() {
    let compressed = "1.2.840.10008.1.2.4.90";
    for uid in [uids::IMPLICIT_VR_LITTLE_ENDIAN, uids::EXPLICIT_VR_LITTLE_ENDIAN, BIG_ENDIAN, compressed] {
        let header = read(&knee(uid)).unwrap();
        assert_eq!(header.kind(), "DICOM MR", "{uid}");
        assert_eq!(header.title().unwrap(), "Knie links, Übersicht, KNEE, MR Image Storage", "{uid}");
        assert_eq!(header.study_date.as_deref(), Some("2026-05-31"), "{uid}");
        let json = serde_json::to_string(&header).unwrap();
        assert!(!json.contains("Invented") && !json.contains("X-1"), "the patient's name stays in the file");
    }
}

/// Counts what is read.
struct Watched<'a> {
    bytes: &'a [u8],
    read: &'a mut u64,
}

impl Read for Watched<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let read = self.bytes.read(bytes)?;
        *self.read += read as u64;
        Ok(read)
    }
}

#[test]
fn nothing_is_read_from_the_pixels_on() {
    let uid = uids::EXPLICIT_VR_LITTLE_ENDIAN;
    for whole in [true, false] {
        let study = study();
        let mut data_set = written(uid, if whole { &study } else { &study[..5] });
        // Gigabytes, as the element says. They are not there.
        let (before, pixels) = (file(uid, &data_set).len() as u64, 3_000_000_000_u32);
        data_set.extend(long_element(tags::PIXEL_DATA, "OW", pixels, b""));
        let bytes = file(uid, &data_set);
        let mut read = 0;
        let size = bytes.len() as u64 + u64::from(pixels);
        let header = read_header(Watched { bytes: &bytes, read: &mut read }, size).unwrap();
        assert_eq!(header.modality.as_deref(), Some("MR"));
        assert!(read <= before + 12, "no further than the element's own header");
    }
}

#[test]
fn a_header_that_is_cut_off_is_a_fault_at_every_byte() {
    for uid in [uids::IMPLICIT_VR_LITTLE_ENDIAN, uids::EXPLICIT_VR_LITTLE_ENDIAN] {
        let whole = knee(uid);
        for length in 0..whole.len() {
            let cut = &whole[..length];
            // The file system says how long the file is now, or a reader before it was cut said how long it was.
            assert!(read_header(cut, whole.len() as u64).is_err(), "{length}");
            match read(cut) {
                Err(DicomFault::NotDicom) => assert!(length < 132, "{length}"),
                Err(_) => {}
                Ok(_) => assert!(length > 132, "a data set that ends between two elements"),
            }
        }
    }
}

#[test]
fn a_length_beyond_the_file_is_refused_before_memory_is_taken() {
    let uid = uids::EXPLICIT_VR_LITTLE_ENDIAN;
    for (tag, vr) in [(Tag(0x0009, 0x0010), "OB"), (tags::REFERENCED_SERIES_SEQUENCE, "SQ")] {
        let bytes = file(uid, &long_element(tag, vr, 0xffff_fff0, b"abc"));
        assert!(matches!(fault(&bytes), DicomFault::TooLong(_)));
    }
    let undefined = file(uid, &long_element(tags::MODALITY, "UN", u32::MAX, b"abc"));
    assert!(read(&undefined).is_err());
}

#[test]
fn a_deflated_data_set_is_refused() {
    for uid in [uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, "1.2.840.10008.1.2.4.95"] {
        assert_eq!(fault(&file(uid, b"\x4b\x4c\x4a\x06\x00")), DicomFault::Deflated);
    }
}

#[test]
fn a_header_of_more_than_its_bound_is_refused() {
    let uid = uids::EXPLICIT_VR_LITTLE_ENDIAN;
    let most = u32::try_from(MAX_HEADER).unwrap();
    let bytes = file(uid, &long_element(Tag(0x0009, 0x1001), "OB", most, &vec![0; most as usize]));
    assert_eq!(fault(&bytes), DicomFault::TooLarge);
}

#[test]
fn deep_sequences_and_stray_ends_are_refused() {
    let uid = uids::EXPLICIT_VR_LITTLE_ENDIAN;
    let begin = [
        long_element(tags::REFERENCED_SERIES_SEQUENCE, "SQ", u32::MAX, b""),
        b"\xfe\xff\x00\xe0\xff\xff\xff\xff".to_vec(),
    ]
    .concat();
    assert_eq!(fault(&file(uid, &begin.repeat(100_000))), DicomFault::TooDeep);
    let (item_end, sequence_end) = (b"\xfe\xff\x0d\xe0\0\0\0\0", b"\xfe\xff\xdd\xe0\0\0\0\0");
    for stray in [&item_end[..], sequence_end, b"\xfe\xff\x00\xe0\x08\0\0\0", &item_end.repeat(9)] {
        assert!(read(&file(uid, stray)).is_err());
    }
    let pixels = [begin, long_element(tags::PIXEL_DATA, "OW", 2, b"ab")].concat();
    assert!(matches!(fault(&file(uid, &pixels)), DicomFault::Pixels(_)));
}

#[test]
fn words_are_kept_as_a_reader_can_trust_them() {
    let uid = uids::EXPLICIT_VR_LITTLE_ENDIAN;
    let data_set = [
        element(tags::STUDY_DATE, "DA", b"20260231"),
        element(tags::MODALITY, "CS", b"M\x1b[2JR "),
        element(tags::STUDY_DESCRIPTION, "LO", "long ".repeat(40).as_bytes()),
        element(tags::BODY_PART_EXAMINED, "CS", b"\xff\xfe"),
    ]
    .concat();
    let header = read(&file(uid, &data_set)).unwrap();
    assert_eq!(header.study_date, None, "there is no such day");
    assert_eq!(header.modality.as_deref(), Some("M[2JR"));
    assert_eq!(header.study_description.unwrap().chars().count(), 64);
    assert_eq!(header.body_part, None);
    // Words from another process are cleaned once more.
    let forged =
        DicomHeader { modality: Some("M\u{202e}R".into()), study_date: Some("x".into()), ..Default::default() };
    let cleaned = forged.cleaned();
    assert_eq!((cleaned.modality.as_deref(), cleaned.study_date), (Some("MR"), None));
}

#[test]
fn other_files_are_not_dicom() {
    for bytes in [&b""[..], b"hello", &[0; 132], b"DICM"] {
        assert_eq!(fault(bytes), DicomFault::NotDicom);
    }
    assert_eq!(fault(&[&[0; 128], &b"DICM"[..], &[0xff; 200]].concat()), DicomFault::Meta);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn an_altered_header_is_read_or_refused(places in prop::collection::vec((132_usize..600, any::<u8>()), 1..8), implicit: bool) {
        let mut bytes = knee(if implicit { uids::IMPLICIT_VR_LITTLE_ENDIAN } else { uids::EXPLICIT_VR_LITTLE_ENDIAN });
        for (place, byte) in places {
            let place = place % bytes.len();
            bytes[place.max(132)] = byte;
        }
        drop(read(&bytes));
    }

    #[test]
    fn any_data_set_is_read_or_refused(data_set: Vec<u8>, implicit: bool) {
        let uid = if implicit { uids::IMPLICIT_VR_LITTLE_ENDIAN } else { uids::EXPLICIT_VR_LITTLE_ENDIAN };
        drop(read(&file(uid, &data_set)));
    }
}
