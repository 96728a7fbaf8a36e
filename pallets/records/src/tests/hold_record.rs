// SPDX-License-Identifier: Apache-2.0

//! Keeping a record from the patient for a time, for a legal reason.

use super::*;
use salus_primitives::holds::{Hold, HoldGround, MAX_HOLD};

const HOLD: Hold = Hold { ground: HoldGround::HarmToPatient, until: START + MAX_HOLD };

fn hold(member: MemberId, hold: Hold) -> DispatchResult {
    Records::hold_record(signed(member), RECORD, hold)
}

/// The answer to `reader`, who opens the record.
fn open(reader: MemberId, key: u8) -> Event<Test> {
    let session = ReadingSessionId([key; 16]);
    assert_ok!(Records::open_records(signed(reader), CHART, Scope::Record(KEY), Purpose::Treatment, session));
    events().pop().unwrap()
}

#[test]
fn a_hold_keeps_the_record_from_the_patient_alone_until_it_ends() {
    trusted_doctor().run(|| {
        assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
        assert_ok!(hold(DOCTOR, HOLD));

        let record = StoredRecords::<Test>::get(CHART, KEY).unwrap();
        assert_eq!((record.state, record.hold), (RecordState::Active, Some(HOLD)));
        assert_eq!(events().pop(), Some(Event::RecordHeld { record: RECORD, by: DOCTOR, hold: HOLD }));
        let entry = AuditEvent::by_member(DOCTOR, Some(HOSPITAL), Action::RecordHeld, Subject::Record(RECORD, 0))
            .because(Reason::Hold(HOLD.ground));
        assert_eq!(Log::entries().pop(), Some((LogId::Chart(CHART), entry)));
        assert!(matches!(open(PATIENT, 1), Event::OpenDenied { denial: Denial::Held, .. }));
        assert!(matches!(open(DOCTOR, 2), Event::RecordsOpened { .. }));
        Clock::set(HOLD.until - 1);
        assert!(matches!(open(PATIENT, 3), Event::OpenDenied { denial: Denial::Held, .. }));
        Clock::set(HOLD.until);
        assert!(matches!(open(PATIENT, 4), Event::RecordsOpened { .. }));
    });
}

#[test]
fn hold_record_fails_a_second_time_also_when_the_first_hold_is_over() {
    trusted_doctor().run(|| {
        assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
        assert_ok!(hold(DOCTOR, Hold { until: START + 1, ..HOLD }));
        for _ in 0..2 {
            let again = Hold { until: Clock::now() + MAX_HOLD, ..HOLD };
            assert_noop!(hold(DOCTOR, again), Error::<Test>::AlreadyHeld);
            Clock::set(START + 2);
        }
    });
}

#[test]
fn hold_record_fails_with_an_end_that_is_past_or_too_far() {
    trusted_doctor().run(|| {
        assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
        for until in [0, START, HOLD.until + 1, salus_primitives::Moment::MAX] {
            assert_noop!(hold(DOCTOR, Hold { until, ..HOLD }), Error::<Test>::InvalidHold);
        }
    });
}

#[test]
fn hold_record_fails_by_others_than_the_author_and_by_the_patient() {
    trusted_doctor().grant(OTHER_DOCTOR, compartment(GENERAL), &Permission::ALL).run(|| {
        assert_noop!(hold(DOCTOR, HOLD), Error::<Test>::NotFound);
        assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
        for member in [OTHER_DOCTOR, PATIENT, SERVICE] {
            assert_noop!(hold(member, HOLD), Error::<Test>::NotAuthor);
        }
        for origin in refused_origins() {
            assert_noop!(Records::hold_record(origin, RECORD, HOLD), DispatchError::BadOrigin);
        }
        let own = RecordId { key: OTHER_KEY, ..RECORD };
        assert_ok!(create(PATIENT, HOSPITAL, new_record(OTHER_KEY)));
        assert_noop!(Records::hold_record(signed(PATIENT), own, HOLD), Error::<Test>::IsController);
    });
}

#[test]
fn hold_record_fails_when_the_record_was_withdrawn_or_entered_in_error() {
    for change in [Records::withdraw_record, Records::mark_entered_in_error] {
        trusted_doctor().run(|| {
            assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
            assert_ok!(change(signed(DOCTOR), RECORD, None));
            assert_noop!(hold(DOCTOR, HOLD), Error::<Test>::WrongState);
        });
    }
}
