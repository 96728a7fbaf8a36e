// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::Grants;
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::{
    access::{Grant, GrantEnvelope, Grantee, Permissions, Purposes, MAX_READERS},
    decide::RecordFacts,
    time::Interval,
    traits::Question,
    CompartmentId, GrantId,
};

const FOREVER: Interval = Interval { start: NOW, end: None };

fn try_grant(laboratory: Grantee, compartment: CompartmentId, interval: Interval) -> DispatchResult {
    Access::grant_access_to_lab(signed(PATIENT), CHART, laboratory, compartment, interval, Some(digest(21)), digest(22))
}

#[test]
fn grant_access_to_lab_lets_a_laboratory_read_add_to_and_amend_its_own_in_one_compartment() {
    on_charts(|| {
        let grantee = Grantee::Member(LAB_WORKER);
        let interval = Interval { start: NOW, end: Some(NOW + 10) };
        assert_ok!(try_grant(grantee, RESULTS, interval));

        let (number, scope) = (GrantId(0), Scope::Compartment(RESULTS));
        let permissions = Permissions::of(&[Permission::Read, Permission::Create, Permission::Amend]);
        let purposes = Purposes::of(&[Purpose::Laboratory]);
        let grant = Grant {
            grantee,
            scope,
            compartment: RESULTS,
            permissions,
            purposes,
            granted_at: NOW,
            interval,
            revoked_at: None,
            reason: Some(digest(21)),
            envelope: Some(GrantEnvelope { hash: digest(22), edition: 0 }),
            granted_by: PATIENT,
            laboratory: true,
            request: None,
            disclosed_under: None,
        };
        assert_eq!(Grants::<Test>::get(CHART, number).map(|linked| linked.grant), Some(grant));
        let event = Event::AccessGranted {
            chart: CHART,
            grant: number,
            grantee,
            scope,
            permissions,
            purposes,
            interval,
            laboratory: true,
        };
        assert_eq!(take_events(), [event]);
        let (log, event) = by_patient(Action::AccessGranted, Subject::Grant(number));
        assert_eq!(take_log(), [(log, event.for_purpose(Purpose::Laboratory))]);

        let may = |permission, scope, purpose| {
            ask(LAB_WORKER, Ask { permission, scope, purpose, at: NOW, version: None }).is_permitted()
        };
        assert!(may(Permission::Read, scope, Some(Purpose::Laboratory)));
        assert!(may(Permission::Create, scope, None));
        assert!(!may(Permission::Withdraw, scope, None));
        let amends = |author| {
            let kept = RecordFacts { compartment: RESULTS, author, custodian: HOSPITAL, ..record_facts() };
            let ask = Ask {
                permission: Permission::Amend,
                scope: Scope::Record(kept.key),
                purpose: None,
                at: NOW,
                version: None,
            };
            let standing = standing(LAB_WORKER);
            Access::decide(&Question { asker: Some(&standing), chart: CHART, record: Some(kept), ask }).is_permitted()
        };
        assert!(amends(LAB_WORKER), "its own results");
        assert!(!amends(DOCTOR), "what others wrote");
        assert!(!may(Permission::Read, scope, Some(Purpose::Treatment)));
        assert!(!may(Permission::Create, Scope::Compartment(GENERAL), None));
    });
}

#[test]
fn grant_access_to_lab_takes_a_laboratory_as_a_whole() {
    on_charts(|| {
        assert_ok!(try_grant(Grantee::Institution(LABORATORY), RESULTS, FOREVER));
    });
}

#[test]
fn grant_access_to_lab_fails_when_the_grantee_is_no_laboratory() {
    on_charts(|| {
        for grantee in [DOCTOR, PHARMACIST, RESEARCHER, OTHER_PATIENT].map(Grantee::Member) {
            assert_noop!(try_grant(grantee, RESULTS, FOREVER), Error::NotLaboratory);
        }
        for grantee in [HOSPITAL, INSTITUTE].map(Grantee::Institution) {
            assert_noop!(try_grant(grantee, RESULTS, FOREVER), Error::NotLaboratory);
        }
    });
}

#[test]
fn grant_access_to_lab_fails_like_any_other_grant() {
    on_charts(|| {
        let laboratory = Grantee::Member(LAB_WORKER);
        assert_noop!(try_grant(Grantee::Member(STRANGER), RESULTS, FOREVER), Error::GranteeNotFound);
        assert_noop!(try_grant(Grantee::Member(SUSPENDED_DOCTOR), RESULTS, FOREVER), Error::GranteeNotActive);
        assert_noop!(try_grant(Grantee::Member(PATIENT), RESULTS, FOREVER), Error::IsController);
        assert_noop!(try_grant(laboratory, CompartmentId(3), FOREVER), Error::CompartmentNotFound);
        let over = Interval { start: 0, end: Some(NOW) };
        assert_noop!(try_grant(laboratory, RESULTS, over), Error::InvalidInterval);
        for _ in 0..MAX_READERS {
            assert_ok!(try_grant(laboratory, RESULTS, FOREVER));
        }
        assert_noop!(try_grant(laboratory, RESULTS, FOREVER), Error::TooManyReaders);
    });
}
