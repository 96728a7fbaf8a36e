// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::assert_noop;

fn cancel(member: MemberId) -> DispatchResult {
    Shredding::cancel_shredding(signed(member), RECORD)
}

#[test]
fn a_canceled_request_shreds_nothing() {
    on_records(|| {
        assert_ok!(request(PATIENT));
        Log::take();
        take_events();
        assert_ok!(cancel(PATIENT));
        assert_eq!(Log::take(), [entry(PATIENT, None, Action::ShreddingCanceled, None)]);
        assert_eq!(take_events(), [Event::ShreddingCanceled { record: RECORD, by: PATIENT }]);
        assert_noop!(shred(AUDITOR), Error::NotRequested);
        assert_ok!(request(PATIENT));
    });
}

#[test]
fn cancel_shredding_fails_for_all_but_the_controller() {
    on_records(|| {
        assert_ok!(request(PATIENT));
        for member in [OTHER_PATIENT, DOCTOR, AUDITOR] {
            assert_noop!(cancel(member), Error::NotController);
        }
    });
}

#[test]
fn cancel_shredding_fails_when_no_request_waits() {
    on_records(|| {
        assert_noop!(cancel(PATIENT), Error::NotRequested);
        shredded();
        assert_noop!(cancel(PATIENT), Error::NotRequested);
    });
}
