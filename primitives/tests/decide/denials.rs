// SPDX-License-Identifier: Apache-2.0

//! Every way to each denial, and which one is reported.

use crate::facts::{
    answer, ask, by_grant, decide, denied, doctor, grant, institution, numbered, record, standing, target, DOCTOR,
    HOSPITAL, NOW, OTHER, OTHER_COMPARTMENT, OTHER_HOSPITAL, PATIENT,
};
use salus_primitives::{
    access::{Grant, Grantee, Permission, Permissions, Purpose, Purposes, Scope},
    charts::CompartmentFlags,
    decide::{RecordFacts, Target},
    decision::{Ask, Basis, Decision, Denial},
    membership::{InstitutionKind, InstitutionStanding, InstitutionStatus, MemberStatus, Role, Standing},
    records::RecordState,
    GrantId, Interval, Moment,
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
    let open = Target { flags, record: Some(RecordFacts { author: DOCTOR, ..record() }), ..target() };
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
fn denies_a_laboratory_to_amend_what_is_not_its_own() {
    let amend = |kind, record: Option<RecordFacts>| {
        let institution = Some(InstitutionStanding { kind, ..institution(HOSPITAL) });
        let asker = Standing { institution, ..standing(DOCTOR, Role::Laboratory) };
        decide(Some(&asker), Some(&Target { record, ..target() }), numbered(vec![grant()]), &ask(Permission::Amend))
    };
    let (hospital, laboratory) = (InstitutionKind::Hospital, InstitutionKind::Laboratory);
    let by_colleague = || Some(record());
    let own = || Some(RecordFacts { author: DOCTOR, ..record() });
    let elsewhere = || Some(RecordFacts { custodian: OTHER_HOSPITAL, ..record() });
    assert_eq!(amend(laboratory, by_colleague()), by_grant(0));
    assert_eq!(amend(hospital, by_colleague()), denied(Denial::NotAuthor), "a hospital keeps more than results");
    for kind in [hospital, laboratory] {
        assert_eq!(amend(kind, own()), by_grant(0));
        assert_eq!(amend(kind, elsewhere()), denied(Denial::NotAuthor));
        assert_eq!(amend(kind, None), denied(Denial::NotAuthor), "a compartment has no author");
    }
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
fn denies_what_the_state_of_the_record_forbids() {
    let in_state = |state, asker: &Standing, author, permission, grants: Vec<Grant>| {
        let record = RecordFacts { state, author, ..record() };
        decide(Some(asker), Some(&Target { record: Some(record), ..target() }), numbered(grants), &ask(permission))
    };
    let (doctor, patient) = (doctor(), standing(PATIENT, Role::Patient));
    let controller = Decision::Permitted(Basis::Controller);
    for (state, denial) in [
        (RecordState::Staged, Denial::Staged),
        (RecordState::Refused, Denial::Refused),
        (RecordState::Shredded, Denial::Shredded),
        (RecordState::Restricted, Denial::Restricted),
        (RecordState::Withdrawn, Denial::Withdrawn),
        (RecordState::EnteredInError, Denial::EnteredInError),
    ] {
        for permission in [Permission::Read, Permission::Disclose, Permission::Use] {
            assert_eq!(in_state(state, &doctor, DOCTOR, permission, vec![grant()]), denied(denial), "not the author");
            assert_eq!(in_state(state, &doctor, OTHER, permission, vec![]), denied(Denial::NoGrant));
            let by_patient = if state.has_content() { controller } else { denied(denial) };
            assert_eq!(in_state(state, &patient, OTHER, permission, vec![]), by_patient);
        }
        for permission in [Permission::Amend, Permission::Withdraw] {
            let changes = state == RecordState::Restricted;
            let (by_doctor, by_patient) =
                if changes { (by_grant(0), controller) } else { (denied(denial), denied(denial)) };
            assert_eq!(in_state(state, &doctor, DOCTOR, permission, vec![grant()]), by_doctor);
            assert_eq!(in_state(state, &patient, PATIENT, permission, vec![]), by_patient);
            assert_eq!(in_state(state, &patient, OTHER, permission, vec![]), denied(Denial::NotAuthor));
        }
    }
}

#[test]
fn denies_a_held_record_to_the_patient_alone_until_the_hold_ends() {
    let held = RecordFacts { held_until: Some(NOW), ..record() };
    let target = Target { record: Some(held), ..target() };
    let at = |asker: &Standing, permission, grants: Vec<Grant>, at| {
        decide(Some(asker), Some(&target), numbered(grants), &Ask { at, ..ask(permission) })
    };
    let (doctor, patient) = (doctor(), standing(PATIENT, Role::Patient));
    for permission in [Permission::Read, Permission::Disclose, Permission::Use] {
        assert_eq!(at(&patient, permission, vec![], NOW - 1), denied(Denial::Held));
        assert_eq!(at(&patient, permission, vec![], NOW), Decision::Permitted(Basis::Controller));
        assert_eq!(at(&doctor, permission, vec![grant()], NOW - 1), by_grant(0));
    }
    assert_eq!(at(&patient, Permission::Amend, vec![], NOW - 1), denied(Denial::NotAuthor));
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

#[test]
fn denies_what_was_disclosed_under_a_grant_that_is_not_in_force() {
    let (above, read) = (Grant { grantee: Grantee::Member(OTHER), ..grant() }, Permissions::of(&[Permission::Read]));
    let disclosed = Grant { permissions: read, disclosed_under: Some(GrantId(0)), ..grant() };
    assert_eq!(answer(vec![above.clone(), disclosed.clone()]), by_grant(1));
    let early = Interval { start: NOW + 1, end: None };
    let late = Interval { start: NOW - 10, end: Some(NOW) };
    for above in [
        Grant { revoked_at: Some(NOW), ..above.clone() },
        Grant { interval: early, ..above.clone() },
        Grant { interval: late, ..above.clone() },
        Grant { compartment: OTHER_COMPARTMENT, scope: Scope::Compartment(OTHER_COMPARTMENT), ..above },
    ] {
        assert_eq!(answer(vec![above, disclosed.clone()]), denied(Denial::DisclosureOver));
    }
    let missing = Grant { disclosed_under: Some(GrantId(9)), ..disclosed };
    assert_eq!(answer(vec![missing]), denied(Denial::DisclosureOver));
}
