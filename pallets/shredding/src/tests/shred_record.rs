// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::assert_noop;
use salus_primitives::shredding::{self, AttestationOf, REVIEW_TIME};

#[docify::export]
#[test]
fn the_custodian_shreds_and_institutions_attest() {
    on_records(|| {
        assert_ok!(request(PATIENT));
        Clock::set(START + 5);
        assert_ok!(shred(AUDITOR));
        assert_eq!(state(), Some(RecordState::Shredded));

        assert_ok!(attest(SERVICE, ABSENCE));
        assert_ok!(attest(OTHER_SERVICE, ABSENCE));
        let attested = Shredding::attestations_page(0, None, 10);
        let mut institutions: Vec<_> = attested.iter().map(|AttestationOf { institution, .. }| *institution).collect();
        institutions.sort();
        assert_eq!(institutions, [HOSPITAL, OTHER_HOSPITAL]);
    });
}

#[test]
fn a_shredding_is_numbered_logged_and_final() {
    on_records(|| {
        assert_ok!(request(PATIENT));
        Clock::set(START + 5);
        Log::take();
        take_events();
        assert_ok!(shred(AUDITOR));
        let expected = shredding::Shredding {
            record: RECORD,
            requested_by: PATIENT,
            requested_at: START,
            by: AUDITOR,
            at: START + 5,
            block: 1,
        };
        assert_eq!(Shredding::shreddings_page(0, 10)[0].shredding, expected);
        assert_eq!(Shredding::shredding_state(RECORD).shredding, Some(0));
        assert_eq!(Shredding::shredding_state(RECORD).request, None);
        assert_eq!(Log::take(), [entry(AUDITOR, Some(HOSPITAL), Action::RecordShredded, None)]);
        assert_eq!(take_events(), [Event::RecordShredded { shredding: 0, record: RECORD, by: AUDITOR }]);
        assert_noop!(shred(AUDITOR), Error::WrongState);

        assert_ok!(Shredding::request_shredding(signed(PATIENT), OTHER_RECORD, None));
        assert_ok!(Shredding::shred_record(signed(AUDITOR), OTHER_RECORD));
        assert_eq!(Shredding::shredding_state(OTHER_RECORD).shredding, Some(1));
    });
}

#[test]
fn the_controller_shreds_without_an_answer_once_the_review_is_over() {
    on_records(|| {
        assert_ok!(request(PATIENT));
        for wait in [0, REVIEW_TIME - 1] {
            Clock::set(START + wait);
            assert_noop!(shred(PATIENT), Error::NotDue);
        }
        Clock::set(START + REVIEW_TIME);
        assert_ok!(shred(PATIENT));
        assert_eq!(state(), Some(RecordState::Shredded));
    });
}

#[test]
fn shred_record_fails_for_others() {
    on_records(|| {
        assert_ok!(request(PATIENT));
        Clock::set(START + REVIEW_TIME);
        for member in [OTHER_PATIENT, DOCTOR, OTHER_AUDITOR, SERVICE] {
            assert_noop!(shred(member), Error::NotEntitled);
        }
    });
}

#[test]
fn shred_record_fails_without_a_request() {
    on_records(|| {
        for member in [AUDITOR, PATIENT] {
            assert_noop!(shred(member), Error::NotRequested);
        }
    });
}

#[test]
fn shred_record_fails_in_a_state_out_of_the_chart() {
    on_records(|| {
        for state in NOT_IN_CHART {
            FakeRecords::set(RECORD, state);
            assert_noop!(shred(AUDITOR), Error::WrongState);
        }
    });
}
