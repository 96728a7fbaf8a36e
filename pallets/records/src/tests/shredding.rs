// SPDX-License-Identifier: Apache-2.0

//! The end of a record, which another pallet decides on.

use super::*;
use crate::Corrections;
use salus_primitives::{holds::Hold, holds::HoldGround, traits::ShreddableRecords};

fn shred() -> bool {
    <Records as ShreddableRecords>::shred(RECORD, PATIENT)
}

fn open(reader: MemberId, key: u8) -> Event<Test> {
    let session = ReadingSessionId([key; 16]);
    assert_ok!(Records::open_records(signed(reader), CHART, Scope::Record(KEY), Purpose::Treatment, session));
    events().pop().unwrap()
}

#[test]
fn a_shredded_record_keeps_its_versions_and_opens_for_no_one() {
    // S4-17, S2-15
    trusted_doctor().run(|| {
        assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
        let hold = Hold { ground: HoldGround::Order, until: START + 1 };
        assert_ok!(Records::hold_record(signed(DOCTOR), RECORD, hold));
        assert_ok!(Records::request_correction(signed(PATIENT), RECORD, Digest([1; 32])));
        let before = Versions::<Test>::get((CHART, KEY, 0));
        assert!(shred());

        let record = Records::record(RECORD).unwrap();
        assert_eq!((record.state, record.versions, record.hold), (RecordState::Shredded, 1, None));
        assert_eq!(Versions::<Test>::get((CHART, KEY, 0)), before, "it has hashes only");
        assert_eq!(Corrections::<Test>::get(CHART, KEY), None, "no answer becomes overdue");
        let (from, to) = (RecordState::Active, RecordState::Shredded);
        assert_eq!(events().pop(), Some(Event::RecordStateChanged { record: RECORD, from, to, by: PATIENT }));
        Clock::set(START + 2);
        for (reader, key) in [(PATIENT, 1), (DOCTOR, 2)] {
            assert!(matches!(open(reader, key), Event::OpenDenied { denial: Denial::Shredded, .. }));
        }
        let next = version(2, GENERAL_EPOCH);
        let amend = Records::amend_record(signed(DOCTOR), RECORD, 1, next, RecordGrantEnvelopes::default());
        assert!(amend.is_err());
        assert_noop!(create(DOCTOR, HOSPITAL, new_record(KEY)), Error::<Test>::AlreadyExists);
    });
}

#[test]
fn a_record_is_shredded_from_the_states_that_lead_there_and_from_no_other() {
    for from in RecordState::ALL {
        trusted_doctor().run(|| {
            assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
            bring_into(from);
            assert_eq!(shred(), from.may_become(RecordState::Shredded), "{from:?}");
            assert!(!shred(), "{from:?}: once");
        });
    }
}

#[test]
fn no_record_is_shredded_where_there_is_none() {
    trusted_doctor().run(|| assert!(!shred()));
}
