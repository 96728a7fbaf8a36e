// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{NextRequest, OpenRequests, Requests};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::{
    access::{NumberedRequest, Permissions, Request, RequestState},
    audit::Reason,
    ChartId, RequestId,
};

fn try_request(
    member: MemberId,
    permissions: &[Permission],
    purpose: Purpose,
    until: Option<Moment>,
) -> DispatchResult {
    Access::request_access(signed(member), CHART, Permissions::of(permissions), purpose, until, None)
}

fn ask_to_read(member: MemberId) -> DispatchResult {
    try_request(member, &[Permission::Read], Purpose::Treatment, None)
}

#[test]
fn request_access_waits_for_the_controller() {
    on_charts(|| {
        let until = Some(NOW + 100);
        let permissions = Permissions::of(&[Permission::Read, Permission::Create]);
        let (purpose, reason) = (Purpose::Treatment, Some(digest(31)));
        assert_ok!(Access::request_access(signed(DOCTOR), CHART, permissions, purpose, until, reason));

        let (number, expires_at) = (RequestId(0), NOW + REQUEST_LIFE);
        let request = Request {
            requester: DOCTOR,
            permissions,
            purpose,
            until,
            reason,
            requested_at: NOW,
            expires_at,
            state: RequestState::Open,
        };
        assert_eq!(Access::requests(CHART, number, 2), [NumberedRequest { number, request }]);
        assert_eq!(OpenRequests::<Test>::get(CHART, DOCTOR), Some(number));
        let requester = DOCTOR;
        let event =
            Event::AccessRequested { chart: CHART, request: number, requester, permissions, purpose, expires_at };
        assert_eq!(take_events(), [event]);
        let event = AuditEvent::by_member(DOCTOR, Some(HOSPITAL), Action::AccessRequested, Subject::Request(number))
            .for_purpose(purpose)
            .because(Reason::Text(digest(31)));
        assert_eq!(take_log(), [(LogId::Chart(CHART), event)]);
        assert!(!decide(DOCTOR, Permission::Read, Scope::Compartment(GENERAL), NOW).is_permitted());
    });
}

#[test]
fn request_access_is_open_once_for_each_requester_and_chart() {
    on_charts(|| {
        assert_ok!(ask_to_read(DOCTOR));
        assert_noop!(ask_to_read(DOCTOR), Error::RequestAlreadyOpen);
        assert_ok!(ask_to_read(PHARMACIST));
        let permissions = Permissions::of(&[Permission::Read]);
        let elsewhere =
            Access::request_access(signed(DOCTOR), OTHER_CHART, permissions, Purpose::Treatment, None, None);
        assert_ok!(elsewhere);
    });
}

/// Trap: on other chains an expired entry blocks a new one until a call cleans up.
#[test]
fn request_access_is_never_blocked_by_an_expired_request() {
    on_charts(|| {
        assert_ok!(ask_to_read(DOCTOR));
        set_time(NOW + REQUEST_LIFE - 1);
        assert_noop!(ask_to_read(DOCTOR), Error::RequestAlreadyOpen);
        set_time(NOW + REQUEST_LIFE);
        assert_ok!(ask_to_read(DOCTOR));
        assert_eq!(OpenRequests::<Test>::get(CHART, DOCTOR), Some(RequestId(1)));
        assert!(Requests::<Test>::contains_key(CHART, RequestId(0)), "the expired one is kept");
    });
}

#[test]
fn request_access_again_after_an_answer() {
    on_charts(|| {
        for _ in 0..3 {
            let number = request(DOCTOR, None);
            assert_ok!(Access::deny_request(signed(PATIENT), CHART, number, None));
        }
    });
}

#[test]
fn request_access_fails_when_the_controller_asks() {
    on_charts(|| {
        assert_noop!(ask_to_read(PATIENT), Error::IsController);
        assert_ok!(ask_to_read(OTHER_PATIENT));
    });
}

#[test]
fn request_access_fails_without_permissions() {
    on_charts(|| {
        assert_noop!(try_request(DOCTOR, &[], Purpose::Treatment, None), Error::NoPermissions);
    });
}

#[test]
fn request_access_fails_for_emergencies() {
    on_charts(|| {
        let call = try_request(DOCTOR, &[Permission::Read], Purpose::Emergency, None);
        assert_noop!(call, Error::EmergencyNotGrantable);
    });
}

#[test]
fn request_access_fails_when_the_role_never_allows_it() {
    on_charts(|| {
        assert_noop!(ask_to_read(AUDITOR), Error::RoleMayNot);
        let call = |member, permission| try_request(member, &[Permission::Read, permission], Purpose::Treatment, None);
        assert_noop!(call(LAB_WORKER, Permission::Withdraw), Error::RoleMayNot);
        assert_noop!(call(RESEARCHER, Permission::Create), Error::RoleMayNot);
        assert_noop!(call(OTHER_PATIENT, Permission::Create), Error::RoleMayNot);
        assert_ok!(call(RESEARCHER, Permission::Use));
    });
}

#[test]
fn request_access_fails_when_wanted_until_now_or_earlier() {
    on_charts(|| {
        for until in [0, NOW - 1, NOW] {
            let call = try_request(DOCTOR, &[Permission::Read], Purpose::Treatment, Some(until));
            assert_noop!(call, Error::InvalidInterval);
        }
        assert_ok!(try_request(DOCTOR, &[Permission::Read], Purpose::Treatment, Some(NOW + 1)));
    });
}

#[test]
fn request_access_fails_when_there_is_no_chart() {
    on_charts(|| {
        let permissions = Permissions::of(&[Permission::Read]);
        let call = Access::request_access(signed(DOCTOR), ChartId(9), permissions, Purpose::Treatment, None, None);
        assert_noop!(call, Error::ChartNotFound);
    });
}

#[test]
fn request_access_fails_when_numbers_are_exhausted() {
    on_charts(|| {
        NextRequest::<Test>::insert(CHART, RequestId(u32::MAX));
        assert_noop!(ask_to_read(DOCTOR), Error::NumbersExhausted);
    });
}
