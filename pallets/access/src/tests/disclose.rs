// SPDX-License-Identifier: Apache-2.0

//! Disclosing under a grant, and what ends a disclosure (S4-22).

use super::*;
use crate::{Grants, RecordGrants};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult, hypothetically};
use salus_primitives::{
    access::{GrantScope, GrantTerms, Grantee, Permissions, Purposes, MAX_RECORD_GRANTS},
    audit::Reason,
    decision::{Basis, Denial},
    time::Interval,
    GrantId,
};

const SPECIALIST: Grantee = Grantee::Member(PHARMACIST);

/// [`terms`] that let read and disclose.
fn disclosable() -> GrantTerms {
    GrantTerms { permissions: Permissions::of(&[Permission::Read, Permission::Disclose]), ..terms() }
}

/// [`terms`] of a disclosure.
fn reading() -> GrantTerms {
    GrantTerms { permissions: Permissions::of(&[Permission::Read]), ..terms() }
}

/// [`reading`] of [`RECORD`] alone.
fn reading_record() -> GrantTerms {
    GrantTerms { scope: over_record(RECORD, GENERAL), ..reading() }
}

fn disclose(under: GrantId, grantee: Grantee, terms: GrantTerms) -> DispatchResult {
    Access::disclose(signed(DOCTOR), CHART, under, grantee, terms)
}

/// The doctor discloses under `under` to the specialist.
fn disclosed(under: GrantId, terms: GrantTerms) -> GrantId {
    let number = crate::NextGrant::<Test>::get(CHART);
    assert_ok!(disclose(under, SPECIALIST, terms));
    number
}

fn read(at: Moment) -> Decision {
    decide(PHARMACIST, Permission::Read, Scope::Record(RECORD), at)
}

#[test]
fn a_disclosure_is_a_grant_that_is_logged_with_whom_and_under_what() {
    on_charts(|| {
        let under = grant(DOCTOR, disclosable());
        take_log();
        take_events();
        let number = disclosed(under, reading());
        let stored = Grants::<Test>::get(CHART, number).unwrap().grant;
        assert_eq!((stored.granted_by, stored.disclosed_under, stored.grantee), (DOCTOR, Some(under), SPECIALIST));
        let entry = AuditEvent::by_member(DOCTOR, Some(HOSPITAL), Action::AccessDisclosed, Subject::Grant(number))
            .for_purpose(Purpose::Treatment)
            .because(Reason::Basis(Basis::Grant(under)));
        assert_eq!(take_log(), [(LogId::Chart(CHART), entry)]);
        assert!(
            matches!(take_events()[..], [Event::AccessGranted { grant, grantee: SPECIALIST, .. }] if grant == number)
        );
        assert_eq!(read(NOW), Decision::Permitted(Basis::Grant(number)));
        assert!(!decide(PHARMACIST, Permission::Disclose, Scope::Record(RECORD), NOW).is_permitted());
    });
}

#[test]
fn a_disclosure_ends_with_the_grant_above_it() {
    for terms in [reading(), reading_record()] {
        on_charts(|| {
            let under = grant(DOCTOR, disclosable());
            disclosed(under, terms.clone());
            set_time(NOW + 5);
            assert!(read(NOW + 5).is_permitted());
            assert_ok!(Access::revoke_access(signed(PATIENT), CHART, under, None));
            assert_eq!(read(NOW + 5), Decision::Denied(Denial::DisclosureOver));
            assert!(read(NOW + 4).is_permitted(), "it was allowed then");
            assert!(Access::readers(CHART, terms.scope.scope()).is_empty(), "it gets no key");
        });
    }
}

#[test]
fn a_rotation_is_due_when_only_what_was_disclosed_has_the_newest_key_and_the_grant_above_is_over() {
    on_charts(|| {
        let under = grant(DOCTOR, disclosable());
        let number = disclosed(under, reading());
        rotate();
        assert_ok!(Access::renew_envelopes(signed(PATIENT), CHART, GENERAL, 1, envelopes(&[number])));
        assert!(!rotation_is_due());
        assert_ok!(Access::revoke_access(signed(PATIENT), CHART, under, None));
        assert!(rotation_is_due());
        rotate();
        let renewed = Access::renew_envelopes(signed(PATIENT), CHART, GENERAL, 2, envelopes(&[number]));
        assert_eq!(renewed, Err(Error::DisclosureOver.into()));
    });
}

#[test]
fn readers_by_disclosure_get_keys_while_it_lasts() {
    on_charts(|| {
        let under = grant(DOCTOR, disclosable());
        let (of_compartment, of_record) = (disclosed(under, reading()), disclosed(under, reading_record()));
        let numbers = |scope| Access::readers(CHART, scope).into_iter().map(|it| it.grant).collect::<Vec<_>>();
        assert_eq!(numbers(Scope::Compartment(GENERAL)), [under, of_compartment]);
        assert_eq!(numbers(Scope::Record(RECORD)), [of_record]);
        rotate();
        let renewed = Access::renew_envelopes(signed(PATIENT), CHART, GENERAL, 1, envelopes(&[under, of_compartment]));
        assert_ok!(renewed);
    });
}

#[test]
fn the_discloser_and_the_controller_end_it_and_no_one_else() {
    on_charts(|| {
        let under = grant(DOCTOR, disclosable());
        let number = disclosed(under, reading());
        for other in [PHARMACIST, LAB_WORKER, OTHER_PATIENT, AUDITOR] {
            assert_noop!(Access::revoke_access(signed(other), CHART, number, None), Error::NotController);
        }
        assert_noop!(Access::revoke_access(signed(DOCTOR), CHART, under, None), Error::NotController);
        for revoker in [DOCTOR, PATIENT] {
            hypothetically!({
                assert_ok!(Access::revoke_access(signed(revoker), CHART, number, None));
                assert_eq!(read(NOW), Decision::Denied(Denial::Revoked));
            });
        }
    });
}

#[test]
fn disclose_fails_when_the_grant_is_not_the_signers_or_does_not_let_disclose() {
    on_charts(|| {
        let colleagues = grant(colleague(1), disclosable());
        assert_noop!(disclose(colleagues, SPECIALIST, reading()), Error::NotGrantee);
        assert_noop!(disclose(GrantId(9), SPECIALIST, reading()), Error::GrantNotFound);
        for permissions in [&[Permission::Read][..], &[Permission::Disclose]] {
            let permissions = Permissions::of(permissions);
            let envelope = permissions.contains(Permission::Read).then_some(digest(22));
            let lacking = grant(DOCTOR, GrantTerms { permissions, envelope, ..terms() });
            assert_noop!(disclose(lacking, SPECIALIST, reading()), Error::NotDisclosable);
        }
        let of_hospital = grant_to(Grantee::Institution(HOSPITAL), disclosable());
        let to_laboratory = Grantee::Institution(LABORATORY);
        assert_noop!(
            Access::disclose(signed(LAB_WORKER), CHART, of_hospital, to_laboratory, reading()),
            Error::RoleMayNot
        );
        assert_ok!(disclose(of_hospital, to_laboratory, reading()));
    });
}

#[test]
fn disclose_fails_when_the_grant_above_is_not_in_force() {
    on_charts(|| {
        let interval = Interval { start: NOW + 10, end: Some(NOW + 20) };
        let later = grant(DOCTOR, GrantTerms { interval, ..disclosable() });
        let terms = GrantTerms { interval, ..reading() };
        assert_noop!(disclose(later, SPECIALIST, terms.clone()), Error::NotBegun);
        set_time(NOW + 10);
        hypothetically!({
            assert_ok!(disclose(later, SPECIALIST, terms.clone()));
        });
        set_time(NOW + 20);
        assert_noop!(disclose(later, SPECIALIST, terms.clone()), Error::Expired);
        let revoked = grant(DOCTOR, disclosable());
        assert_ok!(Access::revoke_access(signed(PATIENT), CHART, revoked, None));
        assert_noop!(disclose(revoked, SPECIALIST, reading()), Error::AlreadyRevoked);
    });
}

#[test]
fn disclose_fails_when_it_reaches_further_than_the_grant_above() {
    on_charts(|| {
        let interval = Interval { start: NOW, end: Some(NOW + 100) };
        let under = grant(DOCTOR, GrantTerms { interval, ..disclosable() });
        let within = GrantTerms { interval, ..reading() };
        let further = [
            GrantTerms { interval: Interval { end: None, ..interval }, ..within.clone() },
            GrantTerms { interval: Interval { end: Some(NOW + 101), ..interval }, ..within.clone() },
            GrantTerms { purposes: Purposes::of(&[Purpose::Treatment, Purpose::Payment]), ..within.clone() },
            GrantTerms { scope: GrantScope::Compartment(RESULTS), ..within.clone() },
            GrantTerms { scope: over_record(RECORD, RESULTS), ..within.clone() },
            GrantTerms { permissions: Permissions::of(&[Permission::Read, Permission::Amend]), ..within.clone() },
            GrantTerms { permissions: Permissions::of(&[Permission::Read, Permission::Disclose]), ..within.clone() },
        ];
        for terms in further {
            assert_noop!(disclose(under, SPECIALIST, terms), Error::ExceedsGrant);
        }
        assert_ok!(disclose(under, SPECIALIST, within));
        let of_record = grant(DOCTOR, GrantTerms { scope: over_record(RECORD, GENERAL), ..disclosable() });
        assert_noop!(disclose(of_record, SPECIALIST, reading()), Error::ExceedsGrant);
        assert_ok!(disclose(of_record, SPECIALIST, reading_record()));
    });
}

#[test]
fn disclose_fails_for_those_who_need_none_or_may_not_read() {
    on_charts(|| {
        let under = grant(DOCTOR, disclosable());
        let member = Grantee::Member;
        assert_noop!(disclose(under, member(PATIENT), reading()), Error::IsController);
        for own in [member(DOCTOR), Grantee::Institution(HOSPITAL)] {
            assert_noop!(disclose(under, own, reading()), Error::IsGrantee);
        }
        assert_noop!(disclose(under, member(SUSPENDED_DOCTOR), reading()), Error::GranteeNotActive);
        assert_noop!(disclose(under, member(AUDITOR), reading()), Error::RoleMayNot);
        assert_noop!(disclose(under, member(RESEARCHER), reading()), Error::NotDeIdentified);
        let without_key = GrantTerms { envelope: None, ..reading() };
        assert_noop!(disclose(under, SPECIALIST, without_key), Error::EnvelopeMissing);
    });
}

#[test]
fn disclosed_grants_leave_half_of_the_places_to_the_patient() {
    on_charts(|| {
        let under = grant(DOCTOR, disclosable());
        let half = MAX_RECORD_GRANTS / 2;
        for number in 0..half {
            assert_ok!(disclose(under, Grantee::Member(colleague(number)), reading_record()));
        }
        assert_noop!(disclose(under, SPECIALIST, reading_record()), Error::TooManyDisclosed);
        assert_ok!(Access::revoke_access(signed(DOCTOR), CHART, GrantId(under.0 + 1), None));
        assert_ok!(disclose(under, SPECIALIST, reading_record()));
        for number in 0..half - 1 {
            grant(colleague(100 + number), record_terms());
        }
        assert_eq!(RecordGrants::<Test>::get(CHART, RECORD).grants.len() as u32, 2 * half);
    });
}

#[test]
fn what_was_disclosed_is_not_disclosed_further() {
    on_charts(|| {
        let under = grant(DOCTOR, disclosable());
        let number = crate::NextGrant::<Test>::get(CHART);
        assert_ok!(disclose(under, Grantee::Member(colleague(1)), reading()));
        let further = Access::disclose(signed(colleague(1)), CHART, number, SPECIALIST, reading());
        assert_eq!(further, Err(Error::NotDisclosable.into()));
    });
}
