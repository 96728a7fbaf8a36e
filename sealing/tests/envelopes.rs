// SPDX-License-Identifier: Apache-2.0

//! Envelopes open for whom and what they were sealed, and for nothing else; links lead backwards only.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use proptest::prelude::*;
use salus_primitives::{ChartId, CompartmentId, Digest, EncryptionKey, InstitutionId, MemberId, RecordId, RecordKey};
use salus_sealing::blob::{open_bytes, seal_bytes, Bindings, ContentKey, Metadata};
use salus_sealing::compartment::{profile_epoch, CompartmentPath, CompartmentSecret, Profile};
use salus_sealing::envelope::{
    open_envelope, open_reason, seal_envelope, seal_reason, EnvelopeContext, EnvelopeError, EnvelopeKind, Recipient,
    MAX_REASON,
};
use salus_sealing::keys::EncryptionPair;

const GENESIS: Digest = Digest([1; 32]);
const CHART: ChartId = ChartId(2);
const COMPARTMENT: CompartmentId = CompartmentId(3);
const RECORD: RecordId = RecordId { chart: CHART, key: RecordKey([4; 16]) };
const READER: Recipient = Recipient::Member(MemberId(5));
const PLACE: CompartmentPath = CompartmentPath { genesis: GENESIS, chart: CHART, compartment: COMPARTMENT };

fn context() -> EnvelopeContext {
    let kind = EnvelopeKind::ContentKey { record: RECORD, version: 0 };
    EnvelopeContext { genesis: GENESIS, kind, recipient: READER }
}

#[test]
fn open_returns_what_was_sealed() {
    let pair = EncryptionPair::generate();
    for length in [0, 1, 32, 8192] {
        let envelope = seal_envelope(&vec![7; length], &pair.public(), &context()).unwrap();
        assert_eq!(envelope.len(), 8 + 32 + length + 16);
        assert!(*open_envelope(&envelope, &pair, &context()).unwrap() == vec![7; length]);
    }
    let (one, two) = (seal_envelope(b"x", &pair.public(), &context()), seal_envelope(b"x", &pair.public(), &context()));
    assert_ne!(one.unwrap(), two.unwrap());
}

#[test]
fn open_fails_for_another_key() {
    let (pair, other) = (EncryptionPair::generate(), EncryptionPair::generate());
    let envelope = seal_envelope(b"secret", &pair.public(), &context()).unwrap();
    assert_eq!(open_envelope(&envelope, &other, &context()).err(), Some(EnvelopeError::DoesNotOpen));
}

#[test]
fn open_fails_in_any_other_context() {
    let pair = EncryptionPair::generate();
    let with = |kind| EnvelopeContext { kind, ..context() };
    let (chart, compartment, epoch) = (CHART, COMPARTMENT, 0);
    let contexts = [
        context(),
        EnvelopeContext { genesis: Digest([9; 32]), ..context() },
        EnvelopeContext { recipient: Recipient::Member(MemberId(6)), ..context() },
        EnvelopeContext { recipient: Recipient::Institution(InstitutionId(5)), ..context() },
        EnvelopeContext { recipient: PLACE.recipient(0), ..context() },
        EnvelopeContext { recipient: PLACE.recipient(1), ..context() },
        with(EnvelopeKind::ContentKey { record: RECORD, version: 1 }),
        with(EnvelopeKind::ContentKey { record: RecordId { chart: ChartId(9), ..RECORD }, version: 0 }),
        with(EnvelopeKind::ContentKey { record: RecordId { key: RecordKey([9; 16]), ..RECORD }, version: 0 }),
        with(EnvelopeKind::CompartmentSecret { chart, compartment, epoch }),
        with(EnvelopeKind::CompartmentSecret { chart, compartment, epoch: 1 }),
        with(EnvelopeKind::CompartmentSecret { chart, compartment: CompartmentId(9), epoch }),
        with(EnvelopeKind::CompartmentSecret { chart: ChartId(9), compartment, epoch }),
        with(EnvelopeKind::Link { chart, compartment, epoch }),
        with(EnvelopeKind::Reason { chart }),
    ];
    for (place, sealed_for) in contexts.iter().enumerate() {
        let envelope = seal_envelope(b"secret", &pair.public(), sealed_for).unwrap();
        for (other, opened_for) in contexts.iter().enumerate() {
            assert_eq!(open_envelope(&envelope, &pair, opened_for).is_ok(), place == other, "{place} {other}");
        }
    }
}

#[test]
fn open_fails_for_every_flipped_bit_and_every_length() {
    let pair = EncryptionPair::generate();
    let envelope = seal_envelope(&[7; 32], &pair.public(), &context()).unwrap();
    for place in 0..envelope.len() {
        for bit in 0..8 {
            let mut flipped = envelope.clone();
            flipped[place] ^= 1 << bit;
            // X25519 ignores the topmost bit of a point; HPKE hashes the bytes as they were sent, so it counts here.
            assert!(open_envelope(&flipped, &pair, &context()).is_err(), "byte {place}, bit {bit}");
        }
        assert!(open_envelope(&envelope[..place], &pair, &context()).is_err());
    }
    let longer = [&envelope[..], &[0]].concat();
    assert_eq!(open_envelope(&longer, &pair, &context()).err(), Some(EnvelopeError::DoesNotOpen));
    assert_eq!(open_envelope(&[0; 20_000], &pair, &context()).err(), Some(EnvelopeError::NotAnEnvelope));
}

#[test]
fn seal_fails_for_keys_to_which_everybody_could_open() {
    let unusable = Err(EnvelopeError::UnusableKey);
    assert_eq!(seal_envelope(b"x", &EncryptionKey::x25519([0; 32]), &context()), unusable);
    assert_eq!(seal_envelope(b"x", &EncryptionKey { suite: 2, key: [1; 32] }, &context()), unusable);
    // A point of small order.
    let mut small = [0; 32];
    small[0] = 1;
    assert_eq!(seal_envelope(b"x", &EncryptionKey::x25519(small), &context()), unusable);
    let key = EncryptionPair::generate().public();
    assert_eq!(seal_envelope(&[0; 8193], &key, &context()), Err(EnvelopeError::TooLong));
}

#[test]
fn a_reader_opens_all_earlier_epochs_and_no_later_one() {
    let (patient, doctor) = (EncryptionPair::generate(), EncryptionPair::generate());
    let controller = Recipient::Member(MemberId(1));
    let first = CompartmentSecret::generate(PLACE);
    let (second, link_of_second) = first.rotate().unwrap();
    let (third, link_of_third) = second.rotate().unwrap();
    assert_eq!([first.epoch(), second.epoch(), third.epoch()], [0, 1, 2]);

    // An author seals for the first and the third epoch, knowing public keys only.
    let mut versions = Vec::new();
    for (number, secret) in [(0, &first), (1, &third)] {
        let key = ContentKey::generate();
        let recipient = PLACE.recipient(secret.epoch());
        let envelope = key.seal_to(recipient, &secret.public_key(), GENESIS, RECORD, number).unwrap();
        let bindings = Bindings {
            genesis: GENESIS,
            record: RECORD,
            version: number,
            compartment: COMPARTMENT,
            epoch: secret.epoch(),
        };
        let blob = seal_bytes(b"content", &Metadata::default(), &bindings, &key).unwrap();
        versions.push((envelope, bindings, blob));
    }

    // The doctor was granted access in the second epoch, and lost it before the third.
    let granted = second.seal_to(READER, &doctor.public()).unwrap();
    let held = CompartmentSecret::open_from(&granted, PLACE, 1, READER, &doctor).unwrap();
    let earlier = held.earlier(&link_of_second).unwrap();
    assert_eq!(earlier.public_key(), first.public_key());
    let (envelope, bindings, blob) = &versions[0];
    let key = earlier.open_content_key(envelope, RECORD, 0).unwrap();
    assert!(open_bytes(blob, bindings, &key).unwrap().1.expose() == b"content");
    let (envelope, ..) = &versions[1];
    for secret in [&held, &earlier] {
        assert!(secret.open_content_key(envelope, RECORD, 1).is_err());
        assert!(secret.earlier(&link_of_third).is_err());
    }
    assert!(matches!(earlier.earlier(&link_of_second), Err(EnvelopeError::NoSuchEpoch)));

    // The patient opens everything from the newest secret.
    let own = third.seal_to(controller, &patient.public()).unwrap();
    let newest = CompartmentSecret::open_from(&own, PLACE, 2, controller, &patient).unwrap();
    assert!(newest.open_content_key(envelope, RECORD, 1).is_ok());
    let oldest = newest.earlier(&link_of_third).unwrap().earlier(&link_of_second).unwrap();
    assert_eq!(oldest.public_key(), first.public_key());

    // A secret is that of its epoch, place and recipient only.
    assert!(CompartmentSecret::open_from(&granted, PLACE, 2, READER, &doctor).is_err());
    assert!(CompartmentSecret::open_from(&granted, PLACE, 1, controller, &doctor).is_err());
    let elsewhere = CompartmentPath { compartment: CompartmentId(9), ..PLACE };
    assert!(CompartmentSecret::open_from(&granted, elsewhere, 1, READER, &doctor).is_err());
}

#[test]
fn a_content_key_for_one_reader_opens_for_that_reader_only() {
    let (reader, other) = (EncryptionPair::generate(), EncryptionPair::generate());
    let key = ContentKey::generate();
    let envelope = key.seal_to(READER, &reader.public(), GENESIS, RECORD, 0).unwrap();
    assert!(ContentKey::open_from(&envelope, READER, &reader, GENESIS, RECORD, 0).is_ok());
    assert!(ContentKey::open_from(&envelope, READER, &other, GENESIS, RECORD, 0).is_err());
    assert!(ContentKey::open_from(&envelope, READER, &reader, GENESIS, RECORD, 1).is_err());
    let odd = seal_envelope(&[1; 31], &reader.public(), &context()).unwrap();
    let opened = ContentKey::open_from(&odd, READER, &reader, GENESIS, RECORD, 0);
    assert!(matches!(opened, Err(EnvelopeError::Malformed)));
}

#[test]
fn a_profile_opens_with_its_epochs_secret_only() {
    let secret = CompartmentSecret::generate(PLACE);
    let profile = Profile { name: "Mental health".into(), meaning: "mental-health".into() };
    let sealed = secret.seal_profile(&profile).unwrap();
    assert!(secret.open_profile(&sealed).unwrap() == profile);
    assert_eq!(profile_epoch(&sealed), Ok(0));
    assert!(!sealed.windows(6).any(|window| window == b"Mental"));
    let short = secret.seal_profile(&Profile { name: "X".into(), meaning: "x".into() }).unwrap();
    assert_eq!(sealed.len(), short.len());

    let (next, link) = secret.rotate().unwrap();
    assert!(next.open_profile(&sealed).is_err());
    assert!(next.earlier(&link).unwrap().open_profile(&sealed).is_ok());
    assert!(CompartmentSecret::generate(PLACE).open_profile(&sealed).is_err());
    for place in 0..sealed.len() {
        let mut flipped = sealed.clone();
        flipped[place] ^= 1;
        assert!(secret.open_profile(&flipped).is_err());
        assert!(secret.open_profile(&sealed[..place]).is_err());
    }
    let long = Profile { name: "x".repeat(9000), meaning: String::new() };
    assert_eq!(secret.seal_profile(&long).err(), Some(EnvelopeError::TooLong));
}

#[test]
fn a_reason_opens_for_its_recipient_and_hides_its_length() {
    let pair = EncryptionPair::generate();
    let sealed = |reason: &str| seal_reason(reason, READER, &pair.public(), GENESIS, CHART);
    let open = |envelope: &[u8]| open_reason(envelope, READER, &pair, GENESIS, CHART);
    for reason in ["", "second opinion", "a reason with an é", &"x".repeat(MAX_REASON)] {
        assert!(*open(&sealed(reason).unwrap()).unwrap() == reason);
    }
    assert_eq!(sealed("").unwrap().len(), sealed(&"x".repeat(254)).unwrap().len());
    assert_eq!(sealed(&"x".repeat(MAX_REASON + 1)).err(), Some(EnvelopeError::TooLong));
    assert!(open_reason(&sealed("x").unwrap(), READER, &pair, GENESIS, ChartId(9)).is_err());

    let kind = EnvelopeKind::Reason { chart: CHART };
    for odd in [&[][..], &[1], &[9, 0, b'x'], &[1, 0, 0xff]] {
        let context = EnvelopeContext { genesis: GENESIS, kind, recipient: READER };
        let envelope = seal_envelope(odd, &pair.public(), &context).unwrap();
        assert!(matches!(open(&envelope), Err(EnvelopeError::Malformed)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_bytes_make_opening_panic(bytes in any::<Vec<u8>>()) {
        let (pair, secret) = (EncryptionPair::generate(), CompartmentSecret::generate(PLACE));
        for bytes in [bytes.clone(), [&b"SALENV\x01\x01"[..], &bytes].concat(), [&b"SALPRF\x01\x01"[..], &bytes].concat()] {
            prop_assert!(open_envelope(&bytes, &pair, &context()).is_err());
            prop_assert!(secret.open_profile(&bytes).is_err());
        }
    }
}
