// SPDX-License-Identifier: Apache-2.0

//! Every way to a permission.

use crate::facts::{
    answer, ask, by_grant, decide, denied, doctor, grant, numbered, record, record_target, standing, target,
    COMPARTMENT, HOSPITAL, NOW, OTHER, OTHER_COMPARTMENT, OTHER_HOSPITAL, OTHER_RECORD, PATIENT, RECORD,
};
use salus_primitives::{
    access::{Grant, GrantEnvelope, Grantee, Permission, Permissions, Purpose, Scope},
    decide::{RecordFacts, Target, VersionFacts},
    decision::{Ask, Basis, Decision, Denial},
    membership::Role,
    Digest, GrantId,
};

#[test]
fn permits_by_a_grant_in_force_for_each_permission_alone() {
    for granted in Permission::ALL {
        let grant = Grant { permissions: Permissions::of(&[granted]), ..grant() };
        for asked in Permission::ALL {
            let answer = decide(Some(&doctor()), Some(&target()), numbered(vec![grant.clone()]), &ask(asked));
            let expected = if asked == granted { by_grant(0) } else { denied(Denial::PermissionNotGranted) };
            assert_eq!(answer, expected, "{granted:?} granted, {asked:?} asked");
        }
    }
}

#[test]
fn permits_by_a_grant_to_the_institution() {
    let of_institution = |institution| Grant { grantee: Grantee::Institution(institution), ..grant() };
    assert_eq!(answer(vec![of_institution(HOSPITAL)]), by_grant(0));
    assert_eq!(answer(vec![of_institution(OTHER_HOSPITAL)]), denied(Denial::NoGrant));
    // A patient belongs to no institution, not even to the one that admitted them.
    let patient = standing(OTHER, Role::Patient);
    let grants = numbered(vec![of_institution(HOSPITAL)]);
    assert_eq!(decide(Some(&patient), Some(&target()), grants, &ask(Permission::Read)), denied(Denial::NoGrant));
}

/// The basis names the envelope that the asker gets: the newest one that the asker can open.
#[test]
fn permits_by_the_askers_own_grant_before_the_institutions_and_by_the_newest_of_each() {
    let of_institution = || Grant { grantee: Grantee::Institution(HOSPITAL), ..grant() };
    let revoked = || Grant { revoked_at: Some(NOW), ..grant() };
    assert_eq!(answer(vec![of_institution(), grant()]), by_grant(1));
    assert_eq!(answer(vec![grant(), of_institution()]), by_grant(0));
    assert_eq!(answer(vec![grant(), of_institution(), grant(), of_institution()]), by_grant(2));
    assert_eq!(answer(vec![of_institution(), of_institution(), revoked()]), by_grant(1));
}

#[test]
fn permits_over_a_record_by_a_grant_over_it_or_its_compartment() {
    let read = |target: Target, scope| {
        let compartment = match scope {
            Scope::Compartment(compartment) => compartment,
            Scope::Record(_) => COMPARTMENT,
        };
        let grants = numbered(vec![Grant { scope, compartment, ..grant() }]);
        decide(Some(&doctor()), Some(&target), grants, &ask(Permission::Read))
    };
    assert_eq!(read(record_target(), Scope::Record(RECORD)), by_grant(0));
    assert_eq!(read(record_target(), Scope::Compartment(COMPARTMENT)), by_grant(0));
    assert_eq!(read(record_target(), Scope::Record(OTHER_RECORD)), denied(Denial::NoGrant));
    assert_eq!(read(record_target(), Scope::Compartment(OTHER_COMPARTMENT)), denied(Denial::NoGrant));
    assert_eq!(read(target(), Scope::Record(RECORD)), denied(Denial::NoGrant), "one record is not the compartment");
}

#[test]
fn permits_by_a_grant_in_force_whatever_stands_around_it() {
    let over = || Grant { revoked_at: Some(NOW - 1), ..grant() };
    let foreign = || Grant { grantee: Grantee::Member(OTHER), ..grant() };
    assert_eq!(answer(vec![over(), foreign(), grant(), over(), foreign()]), by_grant(2));
}

/// If the giver names the wrong compartment of a record, the grant gives nothing.
#[test]
fn denies_by_a_grant_over_a_record_in_another_compartment_than_its_giver_said() {
    let wrong = Grant { scope: Scope::Record(RECORD), compartment: OTHER_COMPARTMENT, ..grant() };
    let answer = decide(Some(&doctor()), Some(&record_target()), numbered(vec![wrong]), &ask(Permission::Read));
    assert_eq!(answer, denied(Denial::NoGrant));
}

/// Trap: a newer grant over one record once hid the grant over its compartment, whose secret opens earlier versions too.
#[test]
fn permits_by_a_grant_whose_envelope_opens_the_version_that_is_asked_for() {
    let edition = |edition| Some(GrantEnvelope { hash: Digest([0; 32]), edition });
    let of_compartment = Grant { envelope: edition(1), ..grant() };
    let of_record = Grant { scope: Scope::Record(RECORD), envelope: edition(3), ..grant() };
    let over = |number, epoch, sealed_to: Vec<GrantId>| {
        let version = Some(VersionFacts { number, epoch, sealed_to });
        let target = Target { record: Some(RecordFacts { version, ..record() }), ..target() };
        let grants = numbered(vec![of_compartment.clone(), of_record.clone()]);
        decide(Some(&doctor()), Some(&target), grants, &ask(Permission::Read))
    };
    assert_eq!(over(3, 1, vec![]), by_grant(1), "both open it: the newest");
    assert_eq!(over(2, 1, vec![]), by_grant(0));
    assert_eq!(over(0, 0, vec![]), by_grant(0));
    assert_eq!(over(4, 2, vec![GrantId(1)]), by_grant(1), "the compartment's grant waits for its envelope");
    assert_eq!(over(4, 2, vec![]), by_grant(1), "neither opens it: permitted, by the newest");
}

#[test]
fn permits_writing_without_a_purpose() {
    let ask = Ask { purpose: None, ..ask(Permission::Create) };
    assert_eq!(decide(Some(&doctor()), Some(&target()), numbered(vec![grant()]), &ask), by_grant(0));
}

#[test]
fn permits_the_controller_without_a_grant() {
    let patient = standing(PATIENT, Role::Patient);
    for permission in [Permission::Read, Permission::Create, Permission::Disclose, Permission::Use] {
        for purpose in Purpose::ALL.map(Some).into_iter().chain([None]) {
            let ask = Ask { purpose, ..ask(permission) };
            let answer = decide(Some(&patient), Some(&record_target()), [], &ask);
            assert_eq!(answer, Decision::Permitted(Basis::Controller));
        }
    }
}

#[test]
fn permits_the_controller_to_change_own_entries_only() {
    let patient = standing(PATIENT, Role::Patient);
    let own = Target { record: Some(RecordFacts { author: PATIENT, ..record() }), ..target() };
    for permission in [Permission::Amend, Permission::Withdraw] {
        let answer = |target: &Target| decide(Some(&patient), Some(target), numbered(vec![grant()]), &ask(permission));
        assert_eq!(answer(&own), Decision::Permitted(Basis::Controller));
        assert_eq!(answer(&record_target()), denied(Denial::NotAuthor));
        assert_eq!(answer(&target()), denied(Denial::NotAuthor), "a compartment has no author");
    }
}
