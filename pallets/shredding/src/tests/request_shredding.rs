// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::assert_noop;
use salus_primitives::{
    shredding::{RetentionGround, ShreddingRequest},
    Digest, RecordKey,
};

#[test]
fn a_request_waits_for_the_custodian_in_each_state_in_the_chart() {
    for state in IN_CHART {
        on_records(|| {
            FakeRecords::set(RECORD, state);
            let reason = Some(digest(7));
            assert_ok!(Shredding::request_shredding(signed(PATIENT), RECORD, reason));

            let waiting = ShreddingRequest { by: PATIENT, at: START, reason };
            assert_eq!(Shredding::shredding_state(RECORD).request, Some(waiting));
            assert_eq!(super::state(), Some(state), "the record stays as it is");
            let expected = entry(PATIENT, None, Action::ShreddingRequested, reason.map(Reason::Text));
            assert_eq!(Log::take(), [expected]);
            assert_eq!(take_events(), [Event::ShreddingRequested { record: RECORD, by: PATIENT }]);
        });
    }
}

#[test]
fn a_request_is_refused_and_logged_while_a_retention_lasts() {
    on_records(|| {
        let retention = Retention { ground: RetentionGround::LegalClaims, until: START + 1_000 };
        assert_ok!(retain(AUDITOR, retention));
        Log::take();
        take_events();
        Clock::set(START + 999);
        assert_ok!(request(PATIENT));
        let reason = Some(Reason::Retention(RetentionGround::LegalClaims));
        assert_eq!(Log::take(), [entry(PATIENT, None, Action::ShreddingRefused, reason)]);
        assert_eq!(take_events(), [Event::ShreddingRefused { record: RECORD, by: PATIENT, retention }]);
        assert_eq!(Shredding::shredding_state(RECORD).request, None);

        Clock::set(START + 1_000);
        assert_ok!(request(PATIENT));
        assert!(Shredding::shredding_state(RECORD).request.is_some(), "the retention is over");
    });
}

#[test]
fn request_shredding_fails_when_one_waits() {
    on_records(|| {
        assert_ok!(request(PATIENT));
        assert_noop!(request(PATIENT), Error::AlreadyRequested);
        assert_ok!(Shredding::request_shredding(signed(PATIENT), OTHER_RECORD, None));
    });
}

#[test]
fn request_shredding_fails_for_all_but_the_controller() {
    on_records(|| {
        for member in [OTHER_PATIENT, DOCTOR, AUDITOR, SERVICE] {
            assert_noop!(request(member), Error::NotController);
        }
        // An author could hide a wrong by it.
        FakeRecords::set(RECORD, RecordState::EnteredInError);
        assert_noop!(request(DOCTOR), Error::NotController);
    });
}

#[test]
fn request_shredding_fails_for_a_record_that_is_not_in_the_chart() {
    on_records(|| {
        for state in NOT_IN_CHART.into_iter().filter(|state| *state != RecordState::Shredded) {
            FakeRecords::set(RECORD, state);
            assert_noop!(request(PATIENT), Error::WrongState);
        }
        FakeRecords::set(RECORD, RecordState::Active);
        let unknown = RecordId { key: RecordKey([9; 16]), ..RECORD };
        assert_noop!(Shredding::request_shredding(signed(PATIENT), unknown, None), Error::NotFound);
        shredded();
        assert_noop!(request(PATIENT), Error::WrongState);
    });
}

#[test]
fn request_shredding_fails_with_a_digest_of_zeros() {
    on_records(|| {
        let reason = Some(Digest::default());
        assert_noop!(Shredding::request_shredding(signed(PATIENT), RECORD, reason), Error::InvalidDigest);
    });
}
