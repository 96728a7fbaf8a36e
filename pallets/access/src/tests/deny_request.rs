// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{OpenRequests, Requests};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::{access::RequestState, audit::Reason, GrantId, RequestId};

fn deny(request: RequestId) -> DispatchResult {
    Access::deny_request(signed(PATIENT), CHART, request, Some(digest(32)))
}

#[test]
fn deny_request_answers_it_and_gives_nothing() {
    on_charts(|| {
        let number = request(DOCTOR, None);
        take_events();
        take_log();
        assert_ok!(deny(number));

        assert_eq!(Requests::<Test>::get(CHART, number).unwrap().state, RequestState::Denied);
        assert_eq!(OpenRequests::<Test>::get(CHART, DOCTOR), None);
        assert_eq!(Access::grants(CHART, GrantId(0), 1), []);
        assert_eq!(take_events(), [Event::RequestDenied { chart: CHART, request: number, requester: DOCTOR }]);
        let (log, event) = by_patient(Action::RequestDenied, Subject::Request(number));
        assert_eq!(take_log(), [(log, event.for_purpose(Purpose::Treatment).because(Reason::Text(digest(32))))]);
    });
}

#[test]
fn deny_request_fails_when_answered_already() {
    on_charts(|| {
        let number = request(DOCTOR, None);
        assert_ok!(deny(number));
        assert_noop!(deny(number), Error::RequestAnswered);
    });
}

#[test]
fn deny_request_fails_when_expired() {
    on_charts(|| {
        let (first, second) = (request(DOCTOR, None), request(PHARMACIST, None));
        set_time(NOW + REQUEST_LIFE - 1);
        assert_ok!(deny(first));
        set_time(NOW + REQUEST_LIFE);
        assert_noop!(deny(second), Error::RequestExpired);
    });
}

#[test]
fn deny_request_fails_when_there_is_no_such_request() {
    on_charts(|| {
        assert_noop!(deny(RequestId(0)), Error::RequestNotFound);
    });
}

#[test]
fn deny_request_works_although_the_requester_is_no_longer_active() {
    on_charts(|| {
        let number = request(DOCTOR, None);
        set_valid_until(DOCTOR, NOW);
        assert_ok!(deny(number));
    });
}
