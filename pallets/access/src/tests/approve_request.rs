// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Grants, OpenRequests, Requests, MAX_TERMS};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult, traits::ConstU32, BoundedVec};
use salus_primitives::{
    access::{GrantScope, GrantTerms, Grantee, Permissions, Purposes, RequestState},
    charts::CompartmentFlags,
    time::Interval,
    GrantId, RequestId,
};

const UNTIL: Moment = NOW + 100;

/// Terms within what [`request`] asks until [`UNTIL`].
fn within() -> GrantTerms {
    let permissions = Permissions::of(&[Permission::Read, Permission::Create]);
    GrantTerms { permissions, ..terms_until(UNTIL) }
}

fn approve(request: RequestId, grants: Vec<GrantTerms>) -> DispatchResult {
    let grants = BoundedVec::<_, ConstU32<MAX_TERMS>>::try_from(grants).expect("fits");
    Access::approve_request(signed(PATIENT), CHART, request, grants)
}

#[test]
fn approve_request_gives_the_requester_grants() {
    on_charts(|| {
        let number = request(DOCTOR, Some(UNTIL));
        take_events();
        take_log();
        let results = GrantTerms { scope: GrantScope::Compartment(RESULTS), reason: None, ..within() };
        assert_ok!(approve(number, vec![within(), results]));

        assert_eq!(Requests::<Test>::get(CHART, number).unwrap().state, RequestState::Approved);
        assert_eq!(OpenRequests::<Test>::get(CHART, DOCTOR), None);
        for grant in first::<GrantId>(2) {
            let grant = Grants::<Test>::get(CHART, grant).unwrap().grant;
            assert_eq!((grant.grantee, grant.request), (Grantee::Member(DOCTOR), Some(number)));
            assert_eq!((grant.granted_by, grant.laboratory), (PATIENT, false));
        }
        assert_eq!(crate::NextGrant::<Test>::get(CHART), GrantId(2));
        let events = take_events();
        let approved = Event::RequestApproved { chart: CHART, request: number, requester: DOCTOR, grants: 2 };
        assert_eq!((events.len(), &events[0]), (3, &approved));
        assert!(matches!(events[1], Event::AccessGranted { grant: GrantId(0), .. }));
        assert!(matches!(events[2], Event::AccessGranted { grant: GrantId(1), .. }));
        let entry = |action, subject| {
            let (log, event) = by_patient(action, subject);
            (log, event.for_purpose(Purpose::Treatment))
        };
        assert_eq!(
            take_log(),
            [
                entry(Action::RequestApproved, Subject::Request(number)),
                entry(Action::AccessGranted, Subject::Grant(GrantId(0))),
                entry(Action::AccessGranted, Subject::Grant(GrantId(1))),
            ]
        );
        for compartment in [GENERAL, RESULTS].map(Scope::Compartment) {
            assert!(decide(DOCTOR, Permission::Read, compartment, UNTIL - 1).is_permitted());
            assert!(!decide(DOCTOR, Permission::Read, compartment, UNTIL).is_permitted());
        }
        assert!(!decide(DOCTOR, Permission::Read, Scope::Compartment(COPIES), NOW).is_permitted());
    });
}

#[test]
fn approve_request_may_give_less_than_was_asked() {
    on_charts(|| {
        let number = request(DOCTOR, Some(UNTIL));
        let less = GrantTerms { interval: terms_until(NOW + 1).interval, ..create_terms() };
        assert_ok!(approve(number, vec![less]));
    });
}

#[test]
fn approve_request_may_end_or_not_when_no_end_was_asked() {
    on_charts(|| {
        let endless = GrantTerms { interval: Interval { start: NOW, end: None }, ..within() };
        assert_ok!(approve(request(DOCTOR, None), vec![endless, within()]));
    });
}

#[test]
fn approve_request_takes_as_many_grants_as_fit() {
    on_charts(|| {
        let number = request(DOCTOR, Some(UNTIL));
        assert_ok!(approve(number, vec![within(); 16]));
        assert_eq!(Access::grants(CHART, GrantId(0), 256).len(), 16);
        assert!(BoundedVec::<_, ConstU32<MAX_TERMS>>::try_from(vec![within(); 17]).is_err());
    });
}

#[test]
fn approve_request_fails_without_grants() {
    on_charts(|| {
        let number = request(DOCTOR, None);
        assert_noop!(approve(number, vec![]), Error::NoTerms);
    });
}

#[test]
fn approve_request_fails_when_a_grant_exceeds_it() {
    on_charts(|| {
        let number = request(DOCTOR, Some(UNTIL));
        let permissions = Permissions::of(&[Permission::Read, Permission::Amend]);
        let other_purpose = Purposes::of(&[Purpose::Payment]);
        let more_purposes = Purposes::of(&[Purpose::Treatment, Purpose::Payment]);
        let interval = |end| Interval { start: NOW, end };
        for exceeding in [
            GrantTerms { permissions, ..within() },
            GrantTerms { purposes: other_purpose, ..within() },
            GrantTerms { purposes: more_purposes, ..within() },
            GrantTerms { interval: interval(Some(UNTIL + 1)), ..within() },
            GrantTerms { interval: interval(None), ..within() },
        ] {
            assert_noop!(approve(number, vec![within(), exceeding]), Error::ExceedsRequest);
        }
    });
}

#[test]
fn approve_request_fails_as_a_whole_when_one_grant_is_refused() {
    on_charts(|| {
        let number = request(DOCTOR, Some(UNTIL));
        let check = |terms, error: Error| {
            assert_noop!(approve(number, vec![within(), terms]), error);
        };
        check(GrantTerms { purposes: Purposes::NONE, ..within() }, Error::NoPurposes);
        check(GrantTerms { permissions: Permissions::NONE, ..within() }, Error::NoPermissions);
        check(GrantTerms { envelope: None, ..within() }, Error::EnvelopeMissing);
        check(GrantTerms { interval: Interval { start: NOW, end: Some(NOW) }, ..within() }, Error::InvalidInterval);
        let scope = GrantScope::Compartment(salus_primitives::CompartmentId(3));
        check(GrantTerms { scope, ..within() }, Error::CompartmentNotFound);
        assert_ok!(approve(number, vec![within()]));
    });
}

#[test]
fn approve_request_fails_when_answered_already() {
    on_charts(|| {
        let (approved, denied) = (request(DOCTOR, None), request(PHARMACIST, None));
        assert_ok!(approve(approved, vec![within()]));
        assert_ok!(Access::deny_request(signed(PATIENT), CHART, denied, None));
        for number in [approved, denied] {
            assert_noop!(approve(number, vec![within()]), Error::RequestAnswered);
        }
    });
}

#[test]
fn approve_request_fails_when_expired() {
    on_charts(|| {
        let (first, second) = (request(DOCTOR, None), request(PHARMACIST, None));
        let endless = GrantTerms { interval: Interval { start: NOW, end: None }, ..within() };
        set_time(NOW + REQUEST_LIFE - 1);
        assert_ok!(approve(first, vec![endless.clone()]));
        set_time(NOW + REQUEST_LIFE);
        assert_noop!(approve(second, vec![endless]), Error::RequestExpired);
    });
}

#[test]
fn approve_request_fails_when_there_is_no_such_request() {
    on_charts(|| {
        assert_noop!(approve(RequestId(0), vec![within()]), Error::RequestNotFound);
        request(DOCTOR, None);
        let grants = BoundedVec::<_, ConstU32<MAX_TERMS>>::try_from(vec![within()]).expect("fits");
        let call = Access::approve_request(signed(OTHER_PATIENT), OTHER_CHART, RequestId(0), grants);
        assert_noop!(call, Error::RequestNotFound);
    });
}

#[test]
fn approve_request_fails_when_the_requester_is_no_longer_active() {
    on_charts(|| {
        let number = request(DOCTOR, None);
        set_valid_until(DOCTOR, NOW);
        assert_noop!(approve(number, vec![within()]), Error::GranteeNotActive);
    });
}

#[test]
fn approve_request_of_a_researcher_reaches_de_identified_compartments_only() {
    on_charts(|| {
        let permissions = Permissions::of(&[Permission::Read]);
        assert_ok!(Access::request_access(signed(RESEARCHER), CHART, permissions, Purpose::Research, None, None));
        let purposes = Purposes::of(&[Purpose::Research]);
        let research = GrantTerms { permissions, purposes, ..within() };
        assert_noop!(approve(RequestId(0), vec![research.clone()]), Error::NotDeIdentified);
        assert_ok!(approve(RequestId(0), vec![GrantTerms { scope: GrantScope::Compartment(COPIES), ..research }]));
    });
}

#[test]
fn approve_request_covers_a_sensitive_compartment_alone() {
    // S4-09
    on_charts(|| {
        Charts::set_flags(CHART, RESULTS, CompartmentFlags { sensitive: true, ..CompartmentFlags::default() });
        let number = request(DOCTOR, Some(UNTIL));
        let sensitive = || GrantTerms { scope: GrantScope::Compartment(RESULTS), ..within() };
        assert_noop!(approve(number, vec![within(), sensitive()]), Error::SensitiveTogether);
        let unexplained = GrantTerms { reason: None, ..sensitive() };
        assert_noop!(approve(number, vec![unexplained]), Error::ConsentMissing);
        assert_ok!(approve(number, vec![sensitive(), sensitive()]));
    });
}
