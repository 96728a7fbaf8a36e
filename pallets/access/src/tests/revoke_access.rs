// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Grants, LinkedGrant};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::{
    access::{Grant, GrantTerms, Grantee, Purposes},
    audit::Reason,
    decision::Denial,
    time::Interval,
    GrantId,
};

fn revoke(grant: GrantId) -> DispatchResult {
    Access::revoke_access(signed(PATIENT), CHART, grant, Some(digest(23)))
}

#[test]
fn revoke_access_ends_a_grant_at_once_and_for_everything() {
    on_charts(|| {
        let number = grant(DOCTOR, terms());
        set_time(NOW + 5);
        let before = Grants::<Test>::get(CHART, number).unwrap();
        take_events();
        take_log();
        assert_ok!(revoke(number));

        let after = Grants::<Test>::get(CHART, number).unwrap();
        let grant = Grant { revoked_at: Some(NOW + 5), ..before.grant };
        assert_eq!(after, LinkedGrant { grant, ..before });
        let grantee = Grantee::Member(DOCTOR);
        assert_eq!(take_events(), [Event::AccessRevoked { chart: CHART, grant: number, grantee, laboratory: false }]);
        let (log, event) = by_patient(Action::AccessRevoked, Subject::Grant(number));
        assert_eq!(take_log(), [(log, event.for_purpose(Purpose::Treatment).because(Reason::Text(digest(23))))]);
        for permission in [Permission::Read, Permission::Create, Permission::Amend] {
            for scope in [Scope::Compartment(GENERAL), Scope::Record(RECORD)] {
                assert_eq!(decide(DOCTOR, permission, scope, NOW + 5), Decision::Denied(Denial::Revoked));
                assert!(decide(DOCTOR, permission, scope, NOW + 4).is_permitted(), "it was allowed then");
            }
        }
    });
}

#[test]
fn revoke_access_in_the_very_block_of_the_grant() {
    on_charts(|| {
        let number = grant(DOCTOR, terms());
        assert_ok!(revoke(number));
        let answer = decide(DOCTOR, Permission::Read, Scope::Compartment(GENERAL), NOW);
        assert_eq!(answer, Decision::Denied(Denial::Revoked));
    });
}

#[test]
fn revoke_access_before_the_grant_begins() {
    on_charts(|| {
        let interval = Interval { start: NOW + 10, end: Some(NOW + 20) };
        let number = grant(DOCTOR, GrantTerms { interval, ..terms() });
        assert_ok!(revoke(number));
        assert!(!decide(DOCTOR, Permission::Read, Scope::Compartment(GENERAL), NOW + 15).is_permitted());
    });
}

#[test]
fn revoke_access_makes_rotation_due_when_the_grantee_could_read_the_compartment() {
    on_charts(|| {
        let creator = grant(DOCTOR, create_terms());
        let record_reader = grant(DOCTOR, record_terms());
        let reader = grant(DOCTOR, terms());
        assert_ok!(revoke(creator));
        assert_ok!(revoke(record_reader));
        assert!(!rotation_is_due());
        assert_ok!(revoke(reader));
        assert!(rotation_is_due());
    });
}

#[test]
fn revoke_access_logs_no_purpose_when_there_are_several() {
    on_charts(|| {
        let purposes = Purposes::of(&[Purpose::Treatment, Purpose::Payment]);
        let number = grant(DOCTOR, GrantTerms { purposes, ..terms() });
        take_log();
        assert_ok!(Access::revoke_access(signed(PATIENT), CHART, number, None));
        assert_eq!(take_log(), [by_patient(Action::AccessRevoked, Subject::Grant(number))]);
    });
}

#[test]
fn revoke_access_fails_when_revoked_already() {
    on_charts(|| {
        let number = grant(DOCTOR, terms());
        assert_ok!(revoke(number));
        set_time(NOW + 10);
        assert_noop!(revoke(number), Error::AlreadyRevoked);
        assert_eq!(Grants::<Test>::get(CHART, number).unwrap().grant.revoked_at, Some(NOW), "the first time stands");
    });
}

#[test]
fn revoke_access_fails_when_expired() {
    on_charts(|| {
        let (first, second) = (grant(DOCTOR, terms_until(NOW + 10)), grant(DOCTOR, terms_until(NOW + 10)));
        set_time(NOW + 9);
        assert_ok!(revoke(first));
        set_time(NOW + 10);
        assert_noop!(revoke(second), Error::Expired);
        assert_noop!(revoke(first), Error::AlreadyRevoked);
    });
}

#[test]
fn revoke_access_fails_when_there_is_no_such_grant() {
    on_charts(|| {
        grant(DOCTOR, terms());
        assert_noop!(revoke(GrantId(1)), Error::GrantNotFound);
        let call = Access::revoke_access(signed(OTHER_PATIENT), OTHER_CHART, GrantId(0), None);
        assert_noop!(call, Error::GrantNotFound);
    });
}

#[test]
fn revoke_access_fails_when_the_grant_is_a_laboratorys() {
    on_charts(|| {
        let number = grant_to_lab(Grantee::Member(LAB_WORKER), None);
        assert_noop!(revoke(number), Error::IsLaboratoryGrant);
    });
}

#[test]
fn revoke_access_works_although_the_grantee_is_no_longer_active() {
    on_charts(|| {
        let number = grant(DOCTOR, terms());
        set_valid_until(DOCTOR, NOW);
        assert_ok!(revoke(number));
    });
}
