// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::assert_noop;

fn lift(member: MemberId) -> DispatchResult {
    Shredding::lift_retention(signed(member), RECORD)
}

#[test]
fn a_lifted_retention_stops_nothing() {
    on_records(|| {
        assert_ok!(retain(AUDITOR, RETENTION));
        Log::take();
        take_events();
        assert_ok!(lift(AUDITOR));
        assert_eq!(Log::take(), [entry(AUDITOR, Some(HOSPITAL), Action::RetentionLifted, None)]);
        assert_eq!(take_events(), [Event::RetentionLifted { record: RECORD, by: AUDITOR }]);
        shredded();
        assert_eq!(state(), Some(RecordState::Shredded));
    });
}

#[test]
fn lift_retention_fails_for_all_but_an_auditor_of_the_custodian() {
    on_records(|| {
        assert_ok!(retain(AUDITOR, RETENTION));
        for member in [PATIENT, DOCTOR, OTHER_AUDITOR, SERVICE] {
            assert_noop!(lift(member), Error::NotCustodian);
        }
    });
}

#[test]
fn lift_retention_fails_when_none_was_declared() {
    on_records(|| {
        assert_noop!(lift(AUDITOR), Error::NotRetained);
        assert_ok!(retain(AUDITOR, RETENTION));
        assert_ok!(lift(AUDITOR));
        assert_noop!(lift(AUDITOR), Error::NotRetained);
    });
}
