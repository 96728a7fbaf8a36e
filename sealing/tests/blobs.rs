// SPDX-License-Identifier: Apache-2.0

//! Blobs: what is sealed comes out, and whatever is done to a blob is only ever an error.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use proptest::prelude::*;
use salus_primitives::{ChartId, CompartmentId, Digest, RecordId, RecordKey};
use salus_sealing::blob::{
    open, open_bytes, padded_length, seal, seal_bytes, Bindings, ContentKey, Header, HeaderError, Metadata, OpenError,
    Opener, SealError, Sealer, HEADER_LENGTH, MAX_METADATA, SEALED_SEGMENT,
};
use zeroize::Zeroizing;

const _: () = assert!(SEALED_SEGMENT == 64 * 1024 + 16);

fn bindings() -> Bindings {
    Bindings {
        genesis: Digest([1; 32]),
        record: RecordId { chart: ChartId(2), key: RecordKey([3; 16]) },
        version: 4,
        compartment: CompartmentId(5),
        epoch: 6,
    }
}

fn metadata() -> Metadata {
    Metadata {
        kind: "Observation".into(),
        title: "Haemoglobin".into(),
        date: Some("2026-11-21".into()),
        media_type: "application/fhir+json".into(),
        ..Metadata::default()
    }
}

fn sealed(content: &[u8], key: &ContentKey) -> Vec<u8> {
    seal_bytes(content, &metadata(), &bindings(), key).unwrap()
}

fn failure(blob: &[u8], key: &ContentKey) -> OpenError {
    open_bytes(blob, &bindings(), key).err().unwrap()
}

/// Content in which every segment differs.
fn content(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place / 251 + place) as u8).collect()
}

#[test]
fn open_returns_what_was_sealed() {
    for length in [0, 1, 3000, 4096, 65_000, 65_536, 65_537, 200_000, 1_000_000] {
        let (key, content) = (ContentKey::generate(), content(length));
        let blob = sealed(&content, &key);
        let (found, opened) = open_bytes(&blob, &bindings(), &key).unwrap();
        assert!(found == metadata());
        assert!(opened.expose() == content, "{length}");
        assert_eq!(Header::parse(&blob).unwrap().bindings, bindings());
    }
}

#[test]
fn a_blob_tells_the_padded_size_only() {
    let key = ContentKey::generate();
    let size = |length| sealed(&content(length), &key).len();
    assert_eq!(size(0), HEADER_LENGTH + 4096 + 16);
    assert_eq!(size(3900), size(1));
    let plain = padded_length(1_000_000 + 200).unwrap() as usize;
    let large = size(1_000_000);
    assert_eq!(large, HEADER_LENGTH + plain + plain.div_ceil(65_536) * 16);
    assert_eq!(size(1_001_000), large);
}

#[test]
fn nothing_of_the_content_is_readable() {
    let (key, marker) = (ContentKey::generate(), b"a name that must not be found");
    let blob = sealed(&marker.repeat(100), &key);
    for needle in [&marker[..], b"Observation", b"Haemoglobin", b"2026-11-21", b"fhir"] {
        assert!(!blob.windows(needle.len()).any(|window| window == needle));
    }
    assert!(sealed(marker, &key)[HEADER_LENGTH..] != sealed(marker, &key)[HEADER_LENGTH..]);
}

#[test]
fn open_fails_for_every_flipped_bit_of_the_header_and_a_bit_of_every_byte() {
    let key = ContentKey::generate();
    let blob = sealed(b"content", &key);
    for place in 0..blob.len() {
        let bits = if place < HEADER_LENGTH { 0..8 } else { place % 8..place % 8 + 1 };
        for bit in bits {
            let mut flipped = blob.clone();
            flipped[place] ^= 1 << bit;
            let error = failure(&flipped, &key);
            let expected = match place {
                0..6 => matches!(error, OpenError::Header(HeaderError::NotABlob)),
                6 => matches!(error, OpenError::Header(HeaderError::UnknownSuite(_))),
                7..72 => matches!(error, OpenError::Foreign),
                72..HEADER_LENGTH => matches!(error, OpenError::WrongKey),
                _ => matches!(error, OpenError::Altered),
            };
            assert!(expected, "byte {place}, bit {bit}: {error:?}");
        }
    }
}

#[test]
fn open_fails_for_every_length_that_a_blob_is_cut_off_at() {
    let key = ContentKey::generate();
    let blob = sealed(b"content", &key);
    for length in 0..blob.len() {
        let error = failure(&blob[..length], &key);
        match length {
            0..HEADER_LENGTH => assert!(matches!(error, OpenError::Header(HeaderError::NotABlob)), "{length}"),
            _ => assert!(matches!(error, OpenError::Altered), "{length}"),
        }
    }
    let blob = sealed(&content(300_000), &key);
    for segments in 0..4 {
        let whole = HEADER_LENGTH + segments * SEALED_SEGMENT;
        for length in [whole, whole + 1, whole + SEALED_SEGMENT - 1] {
            assert!(matches!(failure(&blob[..length], &key), OpenError::Altered), "{length}");
        }
    }
}

#[test]
fn open_fails_when_segments_are_reordered_repeated_left_out_or_added() {
    let key = ContentKey::generate();
    let blob = sealed(&content(300_000), &key);
    let (header, rest) = blob.split_at(HEADER_LENGTH);
    let segments: Vec<&[u8]> = rest.chunks(SEALED_SEGMENT).collect();
    assert_eq!(segments.len(), 5);
    for order in [
        &[1, 0, 2, 3, 4][..],
        &[0, 1, 3, 2, 4],
        &[0, 0, 1, 2, 3, 4],
        &[0, 1, 2, 3, 4, 4],
        &[0, 2, 3, 4],
        &[1, 2, 3, 4],
        &[0, 1, 2, 3],
        &[4],
        &[0, 1, 2, 4, 3],
    ] {
        let changed: Vec<u8> =
            header.iter().copied().chain(order.iter().flat_map(|place| segments[*place].iter().copied())).collect();
        assert!(matches!(failure(&changed, &key), OpenError::Altered), "{order:?}");
    }
    for extra in [&[0][..], &[0; 16], &[0; SEALED_SEGMENT]] {
        assert!(matches!(failure(&[&blob[..], extra].concat(), &key), OpenError::Altered));
    }
}

#[test]
fn open_fails_when_headers_or_segments_are_swapped_between_blobs() {
    let key = ContentKey::generate();
    let (one, two) = (sealed(&content(70_000), &key), sealed(&content(70_000), &key));
    let swapped = [&one[..HEADER_LENGTH], &two[HEADER_LENGTH..]].concat();
    assert!(matches!(failure(&swapped, &key), OpenError::Altered));
    let middle = HEADER_LENGTH + SEALED_SEGMENT;
    let spliced = [&one[..middle], &two[middle..]].concat();
    assert!(matches!(failure(&spliced, &key), OpenError::Altered));

    // The header of a blob that is bound elsewhere: as it is, and passed off as this one.
    let mut elsewhere = bindings();
    elsewhere.record.chart = ChartId(99);
    let foreign = seal_bytes(b"content", &metadata(), &elsewhere, &key).unwrap();
    assert!(matches!(failure(&foreign, &key), OpenError::Foreign));
    let forged = [&one[..72], &foreign[72..]].concat();
    assert!(matches!(failure(&forged, &key), OpenError::WrongKey));
}

#[test]
fn open_fails_when_anything_else_is_expected() {
    let key = ContentKey::generate();
    let blob = sealed(b"content", &key);
    let mut others = [bindings(); 6];
    others[0].genesis = Digest([9; 32]);
    others[1].record.chart = ChartId(9);
    others[2].record.key = RecordKey([9; 16]);
    others[3].version = 9;
    others[4].compartment = CompartmentId(9);
    others[5].epoch = 9;
    for expected in others {
        let opened = open_bytes(&blob, &expected, &key);
        assert!(matches!(opened.err(), Some(OpenError::Foreign)));
    }
    assert!(matches!(failure(&blob, &ContentKey::generate()), OpenError::WrongKey));
}

#[test]
fn seal_fails_when_the_source_has_another_length_than_announced() {
    let key = ContentKey::generate();
    for (length, announced) in [(10, 11), (11, 10), (0, 1), (70_000, 80_000), (80_000, 70_000)] {
        let source = content(length);
        let sealed = seal(&source[..], announced, &metadata(), &bindings(), &key, Vec::new());
        assert!(matches!(sealed, Err(SealError::LengthMismatch(at)) if at == announced), "{length} {announced}");
    }
}

#[test]
fn seal_fails_when_metadata_or_content_is_too_large() {
    let key = ContentKey::generate();
    let fits = Metadata { title: "x".repeat(MAX_METADATA - 200), ..metadata() };
    assert!(seal_bytes(b"", &fits, &bindings(), &key).is_ok());
    let long = Metadata { title: "x".repeat(MAX_METADATA), ..metadata() };
    let outcome = seal_bytes(b"", &long, &bindings(), &key);
    assert!(matches!(outcome, Err(SealError::MetadataTooLong)));
    for length in [u64::MAX, u64::MAX / 2, 1 << 49] {
        let outcome = seal(std::io::empty(), length, &metadata(), &bindings(), &key, Vec::new());
        assert!(matches!(outcome, Err(SealError::TooLarge)));
    }
}

#[test]
fn open_releases_no_segment_that_is_not_authentic() {
    let (key, content) = (ContentKey::generate(), content(300_000));
    let mut blob = sealed(&content, &key);
    blob[HEADER_LENGTH + 2 * SEALED_SEGMENT] ^= 1;
    let mut out = Vec::new();
    assert!(matches!(open(&blob[..], &bindings(), &key, &mut out), Err(OpenError::Altered)));
    assert!(out.len() < 2 * 65_536 && content.starts_with(&out));
}

#[test]
fn sixty_four_mebibytes_go_through_a_few_segments() {
    let (length, key) = (64 * 1024 * 1024, ContentKey::generate());
    let (mut sealer_out, mut opened, mut size) = (Vec::new(), Zeroizing::new(Vec::new()), 0u64);
    let mut sealer = Sealer::new(&metadata(), length, &bindings(), &key, &mut sealer_out).unwrap();
    let (expected, piece) = (bindings(), [0xa5; 100_000]);
    let mut opener = Opener::new(&expected, &key);
    let (mut left, mut count, mut most) = (length, 0u64, 0);
    while left > 0 {
        let now = left.min(piece.len() as u64);
        sealer.push(&piece[..now as usize], &mut sealer_out).unwrap();
        left -= now;
        if left == 0 {
            break;
        }
        size += sealer_out.len() as u64;
        opener.push(&sealer_out, &mut opened).unwrap();
        assert!(opened.iter().all(|byte| *byte == 0xa5));
        most = most.max(sealer_out.len() + opened.len());
        count += opened.len() as u64;
        sealer_out.clear();
        opened.clear();
    }
    assert!(opener.metadata().is_some_and(|found| *found == metadata()));
    // The padding comes in pieces as well.
    let mut complete = false;
    while !complete {
        complete = sealer.finish(&mut sealer_out).unwrap();
        size += sealer_out.len() as u64;
        opener.push(&sealer_out, &mut opened).unwrap();
        most = most.max(sealer_out.len() + opened.len());
        count += opened.len() as u64;
        sealer_out.clear();
        opened.clear();
    }
    assert!(opener.finish(&mut opened).unwrap() == metadata());
    count += opened.len() as u64;
    assert_eq!(count, length);
    assert!(size > length && size < length + length / 8);
    assert!(most < 1 << 20, "a few segments are in memory: {most}");
}

#[test]
fn pieces_of_any_length_give_the_same() {
    let (key, content) = (ContentKey::generate(), content(200_000));
    let blob = sealed(&content, &key);
    for length in [1, 7, HEADER_LENGTH, 65_536, SEALED_SEGMENT, 65_553, 1 << 20] {
        let (expected, mut opened) = (bindings(), Zeroizing::new(Vec::new()));
        let mut opener = Opener::new(&expected, &key);
        blob.chunks(length).for_each(|piece| opener.push(piece, &mut opened).unwrap());
        assert!(opener.finish(&mut opened).unwrap() == metadata());
        assert!(*opened == content, "{length}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_content_and_title_round_trips(content in any::<Vec<u8>>(), title in ".{0,300}") {
        let (key, metadata) = (ContentKey::generate(), Metadata { title, ..metadata() });
        let blob = seal_bytes(&content, &metadata, &bindings(), &key).unwrap();
        let (found, opened) = open_bytes(&blob, &bindings(), &key).unwrap();
        prop_assert!(found == metadata && opened.expose() == content);
    }

    #[test]
    fn no_change_goes_unnoticed(place in any::<prop::sample::Index>(), flip in 1u8.., cut in any::<prop::sample::Index>()) {
        let key = ContentKey::generate();
        let blob = sealed(&content(70_000), &key);
        let mut flipped = blob.clone();
        flipped[place.index(blob.len())] ^= flip;
        prop_assert!(open_bytes(&flipped, &bindings(), &key).is_err());
        prop_assert!(open_bytes(&blob[..cut.index(blob.len())], &bindings(), &key).is_err());
    }

    #[test]
    fn no_bytes_make_opening_panic(bytes in any::<Vec<u8>>()) {
        let blob = [b"SALUS\x01\x01".to_vec(), bytes.clone()].concat();
        prop_assert!(open_bytes(&bytes, &bindings(), &ContentKey::generate()).is_err());
        prop_assert!(open_bytes(&blob, &bindings(), &ContentKey::generate()).is_err());
        let _ = (Header::parse(&bytes), Header::parse(&blob));
    }
}
