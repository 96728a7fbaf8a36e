// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::assert_noop;
use salus_primitives::{shredding::RetentionGround, Moment};

#[test]
fn a_retention_is_declared_and_replaced() {
    on_records(|| {
        assert_ok!(retain(AUDITOR, RETENTION));
        assert_eq!(Shredding::shredding_state(RECORD).retention, Some(RETENTION));
        let reason = |ground| Some(Reason::Retention(ground));
        assert_eq!(Log::take(), [entry(AUDITOR, Some(HOSPITAL), Action::RecordRetained, reason(RETENTION.ground))]);
        assert_eq!(take_events(), [Event::RecordRetained { record: RECORD, by: AUDITOR, retention: RETENTION }]);

        let shorter = Retention { ground: RetentionGround::Order, until: START + 1 };
        assert_ok!(retain(AUDITOR, shorter));
        assert_eq!(Shredding::shredding_state(RECORD).retention, Some(shorter));
    });
}

#[test]
fn a_retention_refuses_the_request_that_waits() {
    on_records(|| {
        assert_ok!(request(PATIENT));
        Log::take();
        take_events();
        assert_ok!(retain(AUDITOR, RETENTION));
        let reason = Some(Reason::Retention(RETENTION.ground));
        assert_eq!(Log::take(), [entry(AUDITOR, Some(HOSPITAL), Action::ShreddingRefused, reason)]);
        assert_eq!(take_events(), [Event::ShreddingRefused { record: RECORD, by: AUDITOR, retention: RETENTION }]);
        let state = Shredding::shredding_state(RECORD);
        assert_eq!((state.request, state.retention), (None, Some(RETENTION)));
        for member in [AUDITOR, PATIENT] {
            assert_noop!(shred(member), Error::NotRequested);
        }
    });
}

#[test]
fn retain_record_fails_for_all_but_an_auditor_of_the_custodian() {
    on_records(|| {
        for member in [PATIENT, DOCTOR, OTHER_AUDITOR, SERVICE] {
            assert_noop!(retain(member, RETENTION), Error::NotCustodian);
        }
    });
}

#[test]
fn retain_record_fails_with_an_end_that_is_past_or_too_far() {
    on_records(|| {
        for until in [0, START, RETENTION.until + 1, Moment::MAX] {
            assert_noop!(retain(AUDITOR, Retention { until, ..RETENTION }), Error::InvalidRetention);
        }
        assert_ok!(retain(AUDITOR, Retention { until: START + 1, ..RETENTION }));
    });
}

#[test]
fn retain_record_fails_for_a_record_that_is_not_in_the_chart() {
    on_records(|| {
        for state in [RecordState::Staged, RecordState::Refused] {
            FakeRecords::set(RECORD, state);
            assert_noop!(retain(AUDITOR, RETENTION), Error::WrongState);
        }
        FakeRecords::set(RECORD, RecordState::Active);
        shredded();
        assert_noop!(retain(AUDITOR, RETENTION), Error::WrongState);
    });
}
