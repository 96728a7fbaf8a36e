// SPDX-License-Identifier: Apache-2.0

use super::*;
use salus_primitives::{
    api::MAX_PAGE,
    decide::{RecordFacts, VersionFacts},
};

fn create_many(count: u32) {
    for number in 0..count {
        assert_ok!(create(PATIENT, HOSPITAL, new_record(RecordKey(u128::from(number).to_be_bytes()))));
    }
}

#[test]
fn record_and_facts_tell_what_is_stored() {
    // S1-16
    Builder::default().run(|| {
        assert_eq!(Records::record(RECORD), None);
        let facts_at = |version| Records::facts(CHART, Scope::Record(KEY), version);
        assert_eq!(facts_at(None), None);
        assert_ok!(create(PATIENT, HOSPITAL, new_result(KEY)));
        assert_eq!(Records::record(RECORD).map(|record| record.versions), Some(1));
        let facts = RecordFacts {
            key: KEY,
            compartment: RESULTS,
            author: PATIENT,
            custodian: HOSPITAL,
            state: RecordState::Active,
            held_until: None,
            version: None,
        };
        assert_eq!(facts_at(None), Some(facts.clone()));
        assert_eq!(Records::facts(CHART, compartment(RESULTS), None), None, "a compartment is not a record");
        let reader = grant(OTHER_DOCTOR, Scope::Record(KEY), &[Permission::Read]);
        let next = version(2, RESULTS_EPOCH);
        let sealed = SealedKey { grant: reader, envelope: Digest([4; 32]) };
        let envelopes = RecordGrantEnvelopes::truncate_from(vec![sealed]);
        assert_ok!(Records::amend_record(signed(PATIENT), RECORD, 1, next, envelopes));
        let second = Some(VersionFacts { number: 1, epoch: RESULTS_EPOCH, sealed_to: vec![reader] });
        assert_eq!(facts_at(Some(1)), Some(RecordFacts { version: second, ..facts.clone() }));
        assert_eq!(facts_at(Some(2)), Some(facts), "there is no such version");
    });
}

#[test]
fn records_page_by_page_are_all_records_of_the_chart_once() {
    Builder::default().run(|| {
        create_many(25);
        let other = new_record(KEY);
        assert_ok!(Records::create_medical_record(signed(OTHER_PATIENT), OTHER_CHART, HOSPITAL, other));
        let mut seen = Vec::new();
        loop {
            let page = Records::records_page(CHART, seen.last().copied(), 10);
            assert!(page.len() <= 10);
            if page.is_empty() {
                break;
            }
            seen.extend(page.into_iter().map(|it| it.key));
        }
        assert_eq!(seen.len(), 25);
        let all: Vec<_> = StoredRecords::<Test>::iter_key_prefix(CHART).collect();
        assert_eq!(seen, all);
        assert_eq!(Records::records_page(UNKNOWN_CHART, None, 10), []);
        assert_eq!(Records::records_page(CHART, None, 0), []);
    });
}

#[test]
fn pages_are_capped() {
    Builder::default().run(|| {
        create_many(MAX_PAGE + 1);
        assert_eq!(Records::records_page(CHART, None, u32::MAX).len(), MAX_PAGE as usize);
    });
    // More versions than a record of these tests can have, so without the invariants.
    Builder::default().build().execute_with(|| {
        assert_ok!(create(PATIENT, HOSPITAL, new_record(KEY)));
        let first = Versions::<Test>::get((CHART, KEY, 0)).unwrap();
        for number in 1..=MAX_PAGE {
            Versions::<Test>::insert((CHART, KEY, number), &first);
        }
        assert_eq!(Records::versions_page(RECORD, 0, u32::MAX).len(), MAX_PAGE as usize);
    });
}

#[test]
fn versions_page_holds_versions_from_a_number_on() {
    Builder::default().run(|| {
        assert_ok!(create(PATIENT, HOSPITAL, new_record(KEY)));
        for number in 1..3 {
            let next = version(number as u8 + 1, GENERAL_EPOCH);
            assert_ok!(Records::amend_record(signed(PATIENT), RECORD, number, next, RecordGrantEnvelopes::default()));
        }
        let numbers = |from, limit| -> Vec<_> {
            Records::versions_page(RECORD, from, limit).into_iter().map(|it| it.number).collect()
        };
        assert_eq!(numbers(0, u32::MAX), [0, 1, 2]);
        assert_eq!(numbers(1, 1), [1]);
        assert_eq!(numbers(3, 10), [0u32; 0]);
        assert_eq!(numbers(u32::MAX, 10), [0u32; 0]);
        let elsewhere = RecordId { chart: OTHER_CHART, key: KEY };
        assert_eq!(Records::versions_page(elsewhere, 0, 10), []);
    });
}

#[test]
fn session_tells_what_is_stored_of_a_reader() {
    trusted_doctor().run(|| {
        let session = ReadingSessionId([7; 16]);
        assert_ok!(Records::open_records(signed(DOCTOR), CHART, compartment(GENERAL), Purpose::Treatment, session));
        assert_eq!(Records::session(DOCTOR, session).map(|it| it.expires_at), Some(START + SESSION_LENGTH));
        assert_eq!(Records::session(OTHER_DOCTOR, session), None);
    });
}
