// SPDX-License-Identifier: Apache-2.0

//! Every way to each denial, and which one is reported.

use crate::facts::{
    answer, ask, by_grant, decide, denied, doctor, grant, institution, numbered, record, record_target, standing,
    target, DOCTOR, HOSPITAL, NOW, OTHER, OTHER_COMPARTMENT, OTHER_HOSPITAL, PATIENT,
};
use salus_primitives::{
    access::{Grant, Grantee, Permission, Permissions, Purpose, Purposes, Scope},
    charts::CompartmentFlags,
    decide::{RecordFacts, Target},
    decision::{Ask, Denial},
    membership::{InstitutionStanding, InstitutionStatus, MemberStatus, Role, Standing},
    Interval, Moment,
};

#[test]
fn denies_who_is_no_active_member() {
    let read = |asker: Option<Standing>| {
        decide(asker.as_ref(), Some(&target()), numbered(vec![grant()]), &ask(Permission::Read))
    };
    assert_eq!(read(None), denied(Denial::NotActive));
    for status in [MemberStatus::Pending, MemberStatus::Suspended, MemberStatus::Revoked] {
        assert_eq!(read(Some(Standing { status, ..doctor() })), denied(Denial::NotActive));
    }
    assert_eq!(read(Some(Standing { valid_until: Some(NOW), ..doctor() })), denied(Denial::NotActive));
    assert_eq!(read(Some(Standing { valid_until: Some(NOW + 1), ..doctor() })), by_grant(0));
    let frozen = Standing { status: MemberStatus::Suspended, ..standing(PATIENT, Role::Patient) };
    assert_eq!(read(Some(frozen)), denied(Denial::NotActive), "not even the controller");
}

#[test]
fn denies_when_the_institution_is_not_active() {
    for status in [InstitutionStatus::Suspended, InstitutionStatus::Removed] {
        let institution = Some(InstitutionStanding { status, ..institution(HOSPITAL) });
        let asker = Standing { institution, ..doctor() };
        let answer = decide(Some(&asker), Some(&target()), numbered(vec![grant()]), &ask(Permission::Read));
        assert_eq!(answer, denied(Denial::InstitutionNotActive));
    }
}

#[test]
fn denies_when_there_is_no_target() {
    for asker in [doctor(), standing(PATIENT, Role::Patient)] {
        let answer = decide(Some(&asker), None, numbered(vec![grant()]), &ask(Permission::Read));
        assert_eq!(answer, denied(Denial::NotFound));
    }
}

#[test]
fn denies_what_the_role_never_allows_whatever_is_granted() {
    let flags = CompartmentFlags { de_identified: true, ..Default::default() };
    let open = Target { flags, record: Some(record()), ..target() };
    for role in Role::ALL {
        for permission in Permission::ALL {
            let asker = standing(DOCTOR, role);
            let answer = decide(Some(&asker), Some(&open), numbered(vec![grant()]), &ask(permission));
            let expected = if role.may(permission) { by_grant(0) } else { denied(Denial::RoleMayNot) };
            assert_eq!(answer, expected, "{role:?} {permission:?}");
        }
    }
}

#[test]
fn denies_a_laboratory_to_amend_what_its_institution_does_not_keep() {
    let laboratory = standing(DOCTOR, Role::Laboratory);
    let amend =
        |target: &Target| decide(Some(&laboratory), Some(target), numbered(vec![grant()]), &ask(Permission::Amend));
    assert_eq!(amend(&record_target()), by_grant(0));
    let foreign = Target { record: Some(RecordFacts { custodian: OTHER_HOSPITAL, ..record() }), ..target() };
    assert_eq!(amend(&foreign), denied(Denial::NotAuthor));
    assert_eq!(amend(&target()), denied(Denial::NotAuthor), "a compartment has no custodian");
}

#[test]
fn denies_research_outside_de_identified_compartments() {
    let flags = CompartmentFlags { de_identified: true, ..Default::default() };
    let copies = Target { flags, ..target() };
    let grants = || numbered(vec![Grant { purposes: Purposes::of(&[Purpose::Research]), ..grant() }]);
    for role in [Role::Researcher, Role::Clinician] {
        let asker = standing(DOCTOR, role);
        let ask = Ask { purpose: Some(Purpose::Research), ..ask(Permission::Read) };
        assert_eq!(decide(Some(&asker), Some(&target()), grants(), &ask), denied(Denial::NotDeIdentified));
        assert_eq!(decide(Some(&asker), Some(&copies), grants(), &ask), by_grant(0));
    }
}

#[test]
fn denies_without_a_grant_that_names_asker_and_target() {
    let foreign = Grant { grantee: Grantee::Member(OTHER), ..grant() };
    let elsewhere = Grant { scope: Scope::Compartment(OTHER_COMPARTMENT), compartment: OTHER_COMPARTMENT, ..grant() };
    assert_eq!(answer(vec![]), denied(Denial::NoGrant));
    assert_eq!(answer(vec![foreign, elsewhere]), denied(Denial::NoGrant));
}

#[test]
fn denies_for_another_purpose() {
    let other = Grant { purposes: Purposes::of(&[Purpose::Payment, Purpose::Operations]), ..grant() };
    assert_eq!(answer(vec![other]), denied(Denial::PurposeNotGranted));
}

#[test]
fn denies_outside_the_interval() {
    let at = |at| {
        let ask = Ask { at, ..ask(Permission::Read) };
        decide(Some(&doctor()), Some(&target()), numbered(vec![grant()]), &ask)
    };
    assert_eq!(at(NOW - 11), denied(Denial::NotBegun));
    assert_eq!(at(NOW - 10), by_grant(0));
    assert_eq!(at(NOW + 9), by_grant(0));
    assert_eq!(at(NOW + 10), denied(Denial::Expired));
    assert_eq!(at(Moment::MAX), denied(Denial::Expired));
}

#[test]
fn denies_from_the_moment_of_revocation_on() {
    let at = |at| {
        let grants = numbered(vec![Grant { revoked_at: Some(NOW), ..grant() }]);
        decide(Some(&doctor()), Some(&target()), grants, &Ask { at, ..ask(Permission::Read) })
    };
    assert_eq!(at(NOW - 1), by_grant(0));
    assert_eq!(at(NOW), denied(Denial::Revoked));
    assert_eq!(at(Moment::MAX), denied(Denial::Revoked), "revoked, although it would have expired since");
}

#[test]
fn reports_the_denial_that_is_nearest_to_a_permission() {
    let nothing = Grant { permissions: Permissions::of(&[Permission::Create]), ..grant() };
    let payment = Grant { purposes: Purposes::of(&[Purpose::Payment]), ..grant() };
    let revoked = Grant { revoked_at: Some(NOW - 1), ..grant() };
    let expired = Grant { interval: Interval { start: 0, end: Some(NOW) }, ..grant() };
    let later = Grant { interval: Interval { start: NOW + 1, end: None }, ..grant() };
    let ladder = [
        (nothing, Denial::PermissionNotGranted),
        (payment, Denial::PurposeNotGranted),
        (revoked, Denial::Revoked),
        (expired, Denial::Expired),
        (later, Denial::NotBegun),
    ];
    for height in 1..=ladder.len() {
        let grants: Vec<_> = ladder[..height].iter().map(|(grant, _)| grant.clone()).collect();
        let expected = denied(ladder[height - 1].1);
        assert_eq!(answer(grants.clone()), expected);
        assert_eq!(answer(grants.into_iter().rev().collect()), expected, "in any order");
    }
}
