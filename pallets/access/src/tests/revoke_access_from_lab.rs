// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::Grants;
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::{access::Grantee, audit::Reason, decision::Denial, GrantId};

fn revoke(grant: GrantId) -> DispatchResult {
    Access::revoke_access_from_lab(signed(PATIENT), CHART, grant, Some(digest(23)))
}

#[test]
fn revoke_access_from_lab_ends_reading_and_writing() {
    on_charts(|| {
        let grantee = Grantee::Member(LAB_WORKER);
        let number = grant_to_lab(grantee, None);
        take_events();
        take_log();
        assert_ok!(revoke(number));

        assert_eq!(Grants::<Test>::get(CHART, number).unwrap().grant.revoked_at, Some(NOW));
        assert!(Access::is_rotation_due(CHART, RESULTS, 0));
        assert_eq!(take_events(), [Event::AccessRevoked { chart: CHART, grant: number, grantee, laboratory: true }]);
        let (log, event) = by_patient(Action::AccessRevoked, Subject::Grant(number));
        assert_eq!(take_log(), [(log, event.for_purpose(Purpose::Laboratory).because(Reason::Text(digest(23))))]);
        for (permission, purpose) in [(Permission::Read, Some(Purpose::Laboratory)), (Permission::Create, None)] {
            let scope = Scope::Compartment(RESULTS);
            let answer = ask(LAB_WORKER, Ask { permission, scope, purpose, at: NOW, version: None });
            assert_eq!(answer, Decision::Denied(Denial::Revoked));
        }
    });
}

#[test]
fn revoke_access_from_lab_fails_when_the_grant_was_not_given_by_the_lab_form() {
    on_charts(|| {
        let number = grant(LAB_WORKER, terms());
        assert_noop!(revoke(number), Error::NotLaboratoryGrant);
        assert_ok!(Access::revoke_access(signed(PATIENT), CHART, number, None));
    });
}

#[test]
fn revoke_access_from_lab_fails_when_revoked_already_or_expired() {
    on_charts(|| {
        let grantee = Grantee::Institution(LABORATORY);
        let (revoked, expired) = (grant_to_lab(grantee, None), grant_to_lab(grantee, Some(NOW + 10)));
        assert_ok!(revoke(revoked));
        assert_noop!(revoke(revoked), Error::AlreadyRevoked);
        set_time(NOW + 10);
        assert_noop!(revoke(expired), Error::Expired);
    });
}

#[test]
fn revoke_access_from_lab_fails_when_there_is_no_such_grant() {
    on_charts(|| {
        assert_noop!(revoke(GrantId(0)), Error::GrantNotFound);
    });
}
