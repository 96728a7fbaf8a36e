// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{CompartmentGrants, Grants, NextGrant, RecordGrants};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::{
    access::{
        Grant, GrantEnvelope, GrantInChart, GrantScope, GrantTerms, Grantee, NumberedGrant, Permissions, Purposes,
        MAX_READERS, MAX_RECORD_GRANTS,
    },
    charts::CompartmentFlags,
    decision::{Basis, Denial},
    membership::{InstitutionKind, InstitutionStatus, MemberStatus, Role},
    time::Interval,
    ChartId, CompartmentId, GrantId, InstitutionId, RecordKey,
};

const EVERYTHING: Scope = Scope::Compartment(GENERAL);

fn try_grant(grantee: MemberId, terms: GrantTerms) -> DispatchResult {
    Access::grant_access(signed(PATIENT), CHART, Grantee::Member(grantee), terms)
}

fn try_grant_to(institution: InstitutionId, terms: GrantTerms) -> DispatchResult {
    Access::grant_access(signed(PATIENT), CHART, Grantee::Institution(institution), terms)
}

fn for_research(scope: GrantScope) -> GrantTerms {
    let permissions = Permissions::of(&[Permission::Read]);
    GrantTerms { scope, permissions, purposes: Purposes::of(&[Purpose::Research]), ..terms() }
}

#[test]
fn grant_access_to_a_member_over_a_compartment() {
    on_charts(|| {
        let terms = terms_until(NOW + 100);
        assert_ok!(try_grant(DOCTOR, terms.clone()));

        let (grantee, number) = (Grantee::Member(DOCTOR), GrantId(0));
        let GrantTerms { scope, permissions, purposes, interval, .. } = terms;
        let grant = Grant {
            grantee,
            scope: scope.scope(),
            compartment: GENERAL,
            permissions,
            purposes,
            granted_at: NOW,
            interval,
            revoked_at: None,
            reason: Some(digest(21)),
            envelope: Some(GrantEnvelope { hash: digest(22), edition: 0 }),
            granted_by: PATIENT,
            laboratory: false,
            request: None,
            disclosed_under: None,
        };
        assert_eq!(Access::grants(CHART, number, 2), [NumberedGrant { number, grant: grant.clone() }]);
        assert_eq!(Access::grants_to(grantee, None, 2), [GrantInChart { chart: CHART, number, grant: grant.clone() }]);
        assert_eq!(CompartmentGrants::<Test>::get(CHART, GENERAL).grants.into_inner(), [grant.listed(number)]);
        assert_eq!(NextGrant::<Test>::get(CHART), GrantId(1));
        let laboratory = false;
        let event = Event::AccessGranted {
            chart: CHART,
            grant: number,
            grantee,
            scope: scope.scope(),
            permissions,
            purposes,
            interval,
            laboratory,
        };
        assert_eq!(take_events(), [event]);
        let (log, event) = by_patient(Action::AccessGranted, Subject::Grant(number));
        assert_eq!(take_log(), [(log, event.for_purpose(Purpose::Treatment))]);
        assert_eq!(decide(DOCTOR, Permission::Read, EVERYTHING, NOW), Decision::Permitted(Basis::Grant(number)));
    });
}

#[test]
fn grant_access_over_a_record_carries_the_key_of_the_version_that_it_names() {
    on_charts(|| {
        let number = grant(DOCTOR, record_terms());
        let envelope = Grants::<Test>::get(CHART, number).unwrap().grant.envelope;
        assert_eq!(envelope, Some(GrantEnvelope { hash: digest(22), edition: RECORD_VERSION }));
        assert!(RecordGrants::<Test>::get(CHART, RECORD).contains(number));
        assert!(decide(DOCTOR, Permission::Read, Scope::Record(RECORD), NOW).is_permitted());
        assert_eq!(decide(DOCTOR, Permission::Read, EVERYTHING, NOW), Decision::Denied(Denial::NoGrant));
    });
}

#[test]
fn grant_access_to_an_institution_is_one_to_each_of_its_members_by_role() {
    on_charts(|| {
        grant_to(Grantee::Institution(HOSPITAL), terms());
        assert!(decide(DOCTOR, Permission::Read, EVERYTHING, NOW).is_permitted());
        assert!(decide(PHARMACIST, Permission::Read, EVERYTHING, NOW).is_permitted());
        assert_eq!(decide(AUDITOR, Permission::Read, EVERYTHING, NOW), Decision::Denied(Denial::RoleMayNot));
        assert_eq!(decide(RESEARCHER, Permission::Read, EVERYTHING, NOW), Decision::Denied(Denial::NotDeIdentified));
    });
}

#[test]
fn grant_access_to_another_patient_lets_read_and_no_more() {
    on_charts(|| {
        assert_noop!(try_grant(OTHER_PATIENT, terms()), Error::RoleMayNot);
        let permissions = Permissions::of(&[Permission::Read]);
        assert_ok!(try_grant(OTHER_PATIENT, GrantTerms { permissions, ..terms() }));
    });
}

#[test]
fn grant_access_several_times_to_the_same_grantee() {
    on_charts(|| {
        let first = grant(DOCTOR, terms_until(NOW + 10));
        let second = grant(DOCTOR, terms());
        assert_ok!(Access::revoke_access(signed(PATIENT), CHART, second, None));
        assert_eq!(decide(DOCTOR, Permission::Read, EVERYTHING, NOW), Decision::Permitted(Basis::Grant(first)));
    });
}

#[docify::export]
#[test]
fn grant_access_again_after_it_was_revoked() {
    on_charts(|| {
        let first = grant(DOCTOR, terms());
        assert_ok!(Access::revoke_access(signed(PATIENT), CHART, first, None));
        assert_eq!(decide(DOCTOR, Permission::Read, EVERYTHING, NOW), Decision::Denied(Denial::Revoked));
        let second = grant(DOCTOR, terms());
        assert_ne!(first, second);
        assert_eq!(decide(DOCTOR, Permission::Read, EVERYTHING, NOW), Decision::Permitted(Basis::Grant(second)));
        // The first keeps its interval: that it was revoked is never forgotten.
        assert_eq!(Grants::<Test>::get(CHART, first).unwrap().grant.revoked_at, Some(NOW));
    });
}

#[test]
fn grant_access_starts_now_when_its_start_has_gone_by() {
    on_charts(|| {
        let number = grant(DOCTOR, GrantTerms { interval: Interval { start: 0, end: Some(NOW + 1) }, ..terms() });
        let interval = Interval { start: NOW, end: Some(NOW + 1) };
        assert_eq!(Grants::<Test>::get(CHART, number).unwrap().grant.interval, interval);
    });
}

#[test]
fn grant_access_is_in_force_from_its_start_until_just_before_its_end() {
    on_charts(|| {
        let interval = Interval { start: NOW + 10, end: Some(NOW + 20) };
        let number = grant(DOCTOR, GrantTerms { interval, ..terms() });
        let at = |at| decide(DOCTOR, Permission::Read, EVERYTHING, at);
        assert_eq!(at(NOW + 9), Decision::Denied(Denial::NotBegun));
        assert_eq!(at(NOW + 10), Decision::Permitted(Basis::Grant(number)));
        assert_eq!(at(NOW + 19), Decision::Permitted(Basis::Grant(number)));
        assert_eq!(at(NOW + 20), Decision::Denied(Denial::Expired));
    });
}

#[test]
fn grant_access_fails_without_permissions_or_purposes() {
    on_charts(|| {
        assert_noop!(try_grant(DOCTOR, GrantTerms { permissions: Permissions::NONE, ..terms() }), Error::NoPermissions);
        assert_noop!(try_grant(DOCTOR, GrantTerms { purposes: Purposes::NONE, ..terms() }), Error::NoPurposes);
    });
}

#[test]
fn grant_access_fails_for_emergencies() {
    on_charts(|| {
        let purposes = Purposes::of(&[Purpose::Treatment, Purpose::Emergency]);
        assert_noop!(try_grant(DOCTOR, GrantTerms { purposes, ..terms() }), Error::EmergencyNotGrantable);
    });
}

#[test]
fn grant_access_fails_when_its_interval_is_empty_or_over() {
    on_charts(|| {
        for (start, end) in [(NOW, NOW), (0, NOW), (0, NOW - 1), (NOW + 10, NOW + 10), (NOW + 10, NOW + 9), (0, 0)] {
            let interval = Interval { start, end: Some(end) };
            assert_noop!(try_grant(DOCTOR, GrantTerms { interval, ..terms() }), Error::InvalidInterval);
        }
        assert_ok!(try_grant(DOCTOR, terms_until(NOW + 1)));
    });
}

#[test]
fn grant_access_fails_unless_exactly_readers_get_an_envelope() {
    on_charts(|| {
        assert_noop!(try_grant(DOCTOR, GrantTerms { envelope: None, ..terms() }), Error::EnvelopeMissing);
        let envelope = Some(digest(22));
        assert_noop!(try_grant(DOCTOR, GrantTerms { envelope, ..create_terms() }), Error::EnvelopeUnexpected);
        assert_ok!(try_grant(DOCTOR, create_terms()));
    });
}

#[test]
fn grant_access_fails_when_what_it_covers_does_not_exist() {
    on_charts(|| {
        let grant_over = |scope| try_grant(DOCTOR, GrantTerms { scope, ..terms() });
        let nowhere = CompartmentId(3);
        assert_noop!(grant_over(GrantScope::Compartment(nowhere)), Error::CompartmentNotFound);
        assert_noop!(grant_over(over_record(RECORD, nowhere)), Error::CompartmentNotFound);
        let call = Access::grant_access(signed(PATIENT), ChartId(9), Grantee::Member(DOCTOR), terms());
        assert_noop!(call, Error::ChartNotFound);
    });
}

#[test]
fn grant_access_fails_when_the_grantee_does_not_exist() {
    on_charts(|| {
        assert_noop!(try_grant(STRANGER, terms()), Error::GranteeNotFound);
        assert_noop!(try_grant_to(InstitutionId(9), terms()), Error::GranteeNotFound);
    });
}

#[test]
fn grant_access_fails_when_the_grantee_is_not_active() {
    on_charts(|| {
        for member in [SUSPENDED_DOCTOR, DOCTOR_OF_SUSPENDED, PENDING_PATIENT] {
            assert_noop!(try_grant(member, terms()), Error::GranteeNotActive);
        }
        assert_noop!(try_grant_to(SUSPENDED_CLINIC, terms()), Error::GranteeNotActive);
        set_valid_until(DOCTOR, NOW);
        assert_noop!(try_grant(DOCTOR, terms()), Error::GranteeNotActive);
        set_valid_until(DOCTOR, NOW + 1);
        assert_ok!(try_grant(DOCTOR, terms()));
    });
}

#[test]
fn grant_access_fails_when_the_grantee_is_the_controller() {
    on_charts(|| {
        assert_noop!(try_grant(PATIENT, terms()), Error::IsController);
    });
}

#[test]
fn grant_access_fails_when_the_role_never_allows_it() {
    on_charts(|| {
        assert_noop!(try_grant(AUDITOR, terms()), Error::RoleMayNot);
        let permissions = Permissions::of(&[Permission::Create, Permission::Withdraw]);
        assert_noop!(try_grant(LAB_WORKER, GrantTerms { permissions, ..create_terms() }), Error::RoleMayNot);
        let scope = GrantScope::Compartment(COPIES);
        assert_noop!(try_grant(RESEARCHER, GrantTerms { scope, ..create_terms() }), Error::RoleMayNot);
    });
}

#[test]
fn grant_access_for_research_reaches_de_identified_compartments_only() {
    on_charts(|| {
        let (copies, copy) = (GrantScope::Compartment(COPIES), over_record(RecordKey([9; 16]), COPIES));
        for identified in [GrantScope::Compartment(GENERAL), over_record(RECORD, GENERAL)] {
            assert_noop!(try_grant(RESEARCHER, for_research(identified)), Error::NotDeIdentified);
            // Neither another purpose nor another grantee opens a way round.
            let purposes = Purposes::of(&[Purpose::Treatment]);
            let terms = GrantTerms { purposes, ..for_research(identified) };
            assert_noop!(try_grant(RESEARCHER, terms.clone()), Error::NotDeIdentified);
            assert_noop!(try_grant_to(INSTITUTE, terms), Error::NotDeIdentified);
            assert_noop!(try_grant(DOCTOR, for_research(identified)), Error::NotDeIdentified);
            assert_noop!(try_grant_to(HOSPITAL, for_research(identified)), Error::NotDeIdentified);
        }
        for scope in [copies, copy] {
            assert_ok!(try_grant(RESEARCHER, for_research(scope)));
            assert_ok!(try_grant_to(INSTITUTE, for_research(scope)));
            assert_ok!(try_grant(DOCTOR, for_research(scope)));
        }
    });
}

#[test]
fn grant_access_fails_past_the_bound_of_live_readers() {
    on_charts(|| {
        let numbers: Vec<_> = (0..MAX_READERS).map(|number| grant(colleague(number), terms())).collect();
        assert_noop!(try_grant(DOCTOR, terms()), Error::TooManyReaders);
        // Other scopes have lists of their own.
        grant(DOCTOR, record_terms());
        grant(DOCTOR, GrantTerms { scope: GrantScope::Compartment(RESULTS), ..terms() });
        assert_ok!(Access::revoke_access(signed(PATIENT), CHART, numbers[5], None));
        let next = grant(DOCTOR, terms());
        let list = CompartmentGrants::<Test>::get(CHART, GENERAL);
        assert!(list.contains(next) && !list.contains(numbers[5]));
        assert_noop!(try_grant(DOCTOR, terms()), Error::TooManyReaders);
    });
}

#[test]
fn grant_access_fails_past_the_bound_of_live_record_grants() {
    on_charts(|| {
        for _ in 1..MAX_RECORD_GRANTS {
            grant(DOCTOR, record_terms());
        }
        let interval = Interval { start: NOW, end: Some(NOW + 10) };
        grant(DOCTOR, GrantTerms { interval, ..record_terms() });
        set_time(NOW + 9);
        assert_noop!(try_grant(DOCTOR, record_terms()), Error::TooManyRecordGrants);
        set_time(NOW + 10);
        assert_ok!(try_grant(DOCTOR, record_terms()));
        assert!(!rotation_is_due(), "a record's grants hold no secret of the compartment");
    });
}

/// Trap: on other chains an expired entry blocks a new one until a call cleans up.
#[test]
fn grant_access_is_never_blocked_by_expired_grants() {
    on_charts(|| {
        for _ in 0..MAX_READERS {
            grant(PHARMACIST, terms_until(NOW + 10));
        }
        assert_noop!(try_grant(DOCTOR, terms()), Error::TooManyReaders);
        set_time(NOW + 10);
        let expired = decide(PHARMACIST, Permission::Read, EVERYTHING, NOW + 10);
        assert_eq!(expired, Decision::Denied(Denial::Expired), "kept as long as there is room");
        let next = grant(DOCTOR, terms());
        let listed = CompartmentGrants::<Test>::get(CHART, GENERAL).grants;
        assert_eq!(listed.iter().map(|listed| listed.number).collect::<Vec<_>>(), [next]);
        assert_eq!(Access::grants(CHART, GrantId(0), 256).len(), 65, "grants themselves are never removed");
    });
}

#[test]
fn grant_access_keeps_rotation_due_when_a_reader_makes_room() {
    on_charts(|| {
        for _ in 0..MAX_READERS {
            grant(PHARMACIST, terms_until(NOW + 10));
        }
        assert!(!rotation_is_due());
        set_time(NOW + 10);
        grant(DOCTOR, terms());
        assert_eq!(CompartmentGrants::<Test>::get(CHART, GENERAL).newest_dropped, Some(0));
        assert!(rotation_is_due());
        rotate();
        assert!(!rotation_is_due());
    });
}

#[test]
fn grant_access_makes_no_rotation_due_when_who_makes_room_never_had_the_secret() {
    on_charts(|| {
        for _ in 0..32 {
            grant(DOCTOR, GrantTerms { interval: terms_until(NOW + 10).interval, ..create_terms() });
            grant(PHARMACIST, terms_until(NOW + 10));
        }
        set_time(NOW + 10);
        rotate();
        grant(DOCTOR, terms());
        assert!(!rotation_is_due());
    });
}

#[test]
fn grant_access_fails_when_numbers_are_exhausted() {
    on_charts(|| {
        NextGrant::<Test>::insert(CHART, GrantId(u32::MAX));
        assert_noop!(try_grant(DOCTOR, terms()), Error::NumbersExhausted);
    });
}

#[test]
fn grant_access_logs_no_purpose_when_there_are_several_and_no_reason_when_there_is_none() {
    on_charts(|| {
        let purposes = Purposes::of(&[Purpose::Treatment, Purpose::Payment]);
        grant(DOCTOR, GrantTerms { purposes, reason: None, ..terms() });
        assert_eq!(take_log(), [by_patient(Action::AccessGranted, Subject::Grant(GrantId(0)))]);
    });
}

#[test]
fn grant_access_ends_with_the_standing_of_its_grantee() {
    on_charts(|| {
        grant(DOCTOR, terms());
        let answer = || decide(DOCTOR, Permission::Read, EVERYTHING, NOW);
        Members::set_institution(HOSPITAL, InstitutionKind::Hospital, InstitutionStatus::Suspended);
        assert_eq!(answer(), Decision::Denied(Denial::InstitutionNotActive));
        Members::set_institution(HOSPITAL, InstitutionKind::Hospital, InstitutionStatus::Active);
        assert!(answer().is_permitted());
        Members::set(DOCTOR, Role::Clinician, MemberStatus::Revoked, Some(HOSPITAL));
        assert_eq!(answer(), Decision::Denied(Denial::NotActive));
    });
}

#[test]
fn a_grant_in_a_sensitive_compartment_needs_a_consent_of_its_own() {
    // S4-09: the hash of the text that the patient was shown is the grant's reason.
    on_charts(|| {
        let flags = CompartmentFlags { sensitive: true, ..CompartmentFlags::default() };
        Charts::set_flags(CHART, GENERAL, flags);
        for terms in [terms(), record_terms(), create_terms()] {
            let unexplained = GrantTerms { reason: None, ..terms.clone() };
            assert_noop!(try_grant(DOCTOR, unexplained), Error::ConsentMissing);
            assert_ok!(try_grant(DOCTOR, terms));
        }
    });
}
