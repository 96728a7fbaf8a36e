// SPDX-License-Identifier: Apache-2.0

//! Tests of the decision function: every way to a permission and to each denial, and properties of all questions.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that fails has to stop"
)]

use proptest::{collection::vec, option, prelude::*, sample::select};
use salus_primitives::{
    access::{Grant, GrantEnvelope, Grantee, Permission, Permissions, Purpose, Purposes, Scope},
    charts::CompartmentFlags,
    decide::{Facts, GrantFacts, RecordFacts, Target, VersionFacts},
    decision::{Ask, Basis, Check, Decision, Denial, Explanation, Step},
    membership::{InstitutionKind, InstitutionStanding, InstitutionStatus, MemberStatus, Role, Standing},
    ChartId, CompartmentId, Digest, GrantId, InstitutionId, Interval, MemberId, Moment, RecordKey,
};

const NOW: Moment = 1_000;
const PATIENT: MemberId = MemberId(1);
const DOCTOR: MemberId = MemberId(2);
const OTHER: MemberId = MemberId(3);
const HOSPITAL: InstitutionId = InstitutionId(1);
const OTHER_HOSPITAL: InstitutionId = InstitutionId(2);
const COMPARTMENT: CompartmentId = CompartmentId(4);
const OTHER_COMPARTMENT: CompartmentId = CompartmentId(5);
const RECORD: RecordKey = RecordKey([6; 16]);
const OTHER_RECORD: RecordKey = RecordKey([7; 16]);

fn facts<'a>(
    asker: Option<&'a Standing>,
    target: Option<&'a Target>,
    grants: impl IntoIterator<Item = (GrantId, Grant)> + 'a,
    ask: &'a Ask,
) -> Facts<'a, impl Iterator<Item = GrantFacts> + 'a> {
    let of = |(number, grant): (GrantId, Grant)| GrantFacts { scope: grant.scope, grant: grant.listed(number) };
    Facts { asker, target, grants: grants.into_iter().map(of), ask }
}

fn decide(
    asker: Option<&Standing>,
    target: Option<&Target>,
    grants: impl IntoIterator<Item = (GrantId, Grant)>,
    ask: &Ask,
) -> Decision {
    let grants: Vec<_> = grants.into_iter().collect();
    salus_primitives::decide::decide(facts(asker, target, grants, ask))
}

fn explain(
    asker: Option<&Standing>,
    target: Option<&Target>,
    grants: impl IntoIterator<Item = (GrantId, Grant)>,
    ask: &Ask,
) -> Explanation {
    let grants: Vec<_> = grants.into_iter().collect();
    salus_primitives::decide::explain(facts(asker, target, grants, ask))
}

fn institution(id: InstitutionId) -> InstitutionStanding {
    InstitutionStanding { id, kind: InstitutionKind::Hospital, status: InstitutionStatus::Active }
}

fn standing(member: MemberId, role: Role) -> Standing {
    let institution = role.is_staff().then(|| institution(HOSPITAL));
    Standing { member, role, status: MemberStatus::Active, valid_until: None, institution }
}

fn doctor() -> Standing {
    standing(DOCTOR, Role::Clinician)
}

fn record() -> RecordFacts {
    RecordFacts { key: RECORD, compartment: COMPARTMENT, author: OTHER, custodian: HOSPITAL, version: None }
}

fn target() -> Target {
    Target {
        chart: ChartId(1),
        controller: PATIENT,
        compartment: COMPARTMENT,
        flags: CompartmentFlags::default(),
        record: None,
    }
}

fn record_target() -> Target {
    Target { record: Some(record()), ..target() }
}

fn ask(permission: Permission) -> Ask {
    Ask {
        permission,
        scope: Scope::Compartment(COMPARTMENT),
        purpose: Some(Purpose::Treatment),
        at: NOW,
        version: None,
    }
}

fn grant() -> Grant {
    Grant {
        grantee: Grantee::Member(DOCTOR),
        scope: Scope::Compartment(COMPARTMENT),
        compartment: COMPARTMENT,
        permissions: Permissions::of(&Permission::ALL),
        purposes: Purposes::of(&[Purpose::Treatment]),
        granted_at: NOW - 10,
        interval: Interval { start: NOW - 10, end: Some(NOW + 10) },
        revoked_at: None,
        reason: None,
        envelope: Some(GrantEnvelope { hash: Digest([0; 32]), edition: 0 }),
        granted_by: PATIENT,
        laboratory: false,
        request: None,
    }
}

fn numbered(grants: Vec<Grant>) -> Vec<(GrantId, Grant)> {
    (0..).map(GrantId).zip(grants).collect()
}

/// Returns the decision for the doctor, who wants to read the compartment.
fn answer(grants: Vec<Grant>) -> Decision {
    decide(Some(&doctor()), Some(&target()), numbered(grants), &ask(Permission::Read))
}

fn denied(denial: Denial) -> Decision {
    Decision::Denied(denial)
}

fn by_grant(number: u32) -> Decision {
    Decision::Permitted(Basis::Grant(GrantId(number)))
}

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

#[test]
fn explains_every_step() {
    let steps = |path: &[Check]| path.iter().map(|check| (check.step, check.passed)).collect::<Vec<_>>();
    let way = |asker: Option<Standing>, target: Option<Target>, grants| {
        explain(asker.as_ref(), target.as_ref(), numbered(grants), &ask(Permission::Read))
    };

    assert_eq!(steps(&way(None, Some(target()), vec![]).path), [(Step::Membership, false)]);
    let start = [(Step::Membership, true), (Step::Institution, true)];
    assert_eq!(steps(&way(Some(doctor()), None, vec![]).path), [&start[..], &[(Step::Target, false)]].concat());
    let start = [&start[..], &[(Step::Target, true), (Step::Controller, false), (Step::Role, true)]].concat();
    let none = way(Some(doctor()), Some(target()), vec![]);
    assert_eq!(steps(&none.path), [&start[..], &[(Step::Grant, false)]].concat());

    let two = way(Some(doctor()), Some(target()), vec![grant(), Grant { revoked_at: Some(NOW), ..grant() }]);
    let looks = [(Step::Grant, true), (Step::Permission, true), (Step::Purpose, true)];
    let expected = [&start[..], &looks, &[(Step::Dates, false)], &looks, &[(Step::Dates, true)]].concat();
    assert_eq!(steps(&two.path), expected);
    assert_eq!(two.decision, by_grant(0));
    let named: Vec<_> = two.path.iter().filter_map(|check| check.grant).collect();
    assert_eq!(named, [[GrantId(1); 4], [GrantId(0); 4]].concat());
}

fn members() -> impl Strategy<Value = MemberId> {
    select(vec![PATIENT, DOCTOR, OTHER])
}

fn institutions() -> impl Strategy<Value = InstitutionId> {
    select(vec![HOSPITAL, OTHER_HOSPITAL])
}

fn standings() -> impl Strategy<Value = Standing> {
    let status =
        select(vec![MemberStatus::Active, MemberStatus::Active, MemberStatus::Active, MemberStatus::Suspended]);
    let institution_status =
        select(vec![InstitutionStatus::Active, InstitutionStatus::Active, InstitutionStatus::Removed]);
    let until = option::weighted(0.3, 0..2 * NOW);
    (members(), select(Role::ALL.to_vec()), status, until, institutions(), institution_status).prop_map(
        |(member, role, status, valid_until, id, institution_status)| {
            let institution = InstitutionStanding { status: institution_status, ..institution(id) };
            let institution = role.is_staff().then_some(institution);
            Standing { member, role, status, valid_until, institution }
        },
    )
}

fn scopes() -> impl Strategy<Value = Scope> {
    select(vec![
        Scope::Compartment(COMPARTMENT),
        Scope::Compartment(OTHER_COMPARTMENT),
        Scope::Record(RECORD),
        Scope::Record(OTHER_RECORD),
    ])
}

fn targets() -> impl Strategy<Value = Target> {
    let record =
        (members(), institutions()).prop_map(|(author, custodian)| RecordFacts { author, custodian, ..record() });
    (any::<bool>(), any::<bool>(), any::<bool>(), option::of(record)).prop_map(
        |(sensitive, emergency, de_identified, record)| Target {
            flags: CompartmentFlags { sensitive, emergency, de_identified },
            record,
            ..target()
        },
    )
}

fn grants() -> impl Strategy<Value = Grant> {
    let grantee = prop_oneof![members().prop_map(Grantee::Member), institutions().prop_map(Grantee::Institution)];
    let times = (0..2 * NOW, option::of(0..2 * NOW), option::of(0..2 * NOW));
    (grantee, scopes(), 0..64u8, 0..128u8, times).prop_map(
        |(grantee, scope, permissions, purposes, (start, end, revoked_at))| Grant {
            grantee,
            scope,
            compartment: if scope == Scope::Compartment(OTHER_COMPARTMENT) { OTHER_COMPARTMENT } else { COMPARTMENT },
            permissions: Permissions::from_bits(permissions).expect("six permissions"),
            purposes: Purposes::from_bits(purposes).expect("seven purposes"),
            interval: Interval { start, end },
            revoked_at,
            ..grant()
        },
    )
}

fn asks() -> impl Strategy<Value = Ask> {
    let purpose = option::of(select(Purpose::ALL.to_vec()));
    (select(Permission::ALL.to_vec()), scopes(), purpose, 0..2 * NOW).prop_map(|(permission, scope, purpose, at)| Ask {
        permission,
        scope,
        purpose,
        at,
        version: None,
    })
}

fn many_grants() -> impl Strategy<Value = Vec<(GrantId, Grant)>> {
    vec(grants(), 0..12).prop_map(numbered)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_048))]

    #[test]
    fn without_grants_only_the_controller_is_permitted(asker in standings(), target in targets(), ask in asks()) {
        let answer = decide(Some(&asker), Some(&target), [], &ask);
        prop_assert!(!answer.is_permitted() || asker.member == target.controller);
    }

    #[test]
    fn nobody_is_permitted_what_does_not_exist(asker in standings(), grants in many_grants(), ask in asks()) {
        prop_assert!(!decide(Some(&asker), None, grants, &ask).is_permitted());
    }

    #[test]
    fn a_grant_that_permits_fits_in_every_respect(
        asker in standings(), target in targets(), grants in many_grants(), ask in asks(),
    ) {
        if let Decision::Permitted(Basis::Grant(number)) = decide(Some(&asker), Some(&target), grants.clone(), &ask) {
            let grant = &grants.iter().find(|(candidate, _)| *candidate == number).expect("one of them").1;
            prop_assert!(asker.is_active(ask.at) && asker.is_institution_active());
            prop_assert!(asker.role.may(ask.permission));
            prop_assert!(grant.grantee.includes(&asker));
            prop_assert!(grant.permissions.contains(ask.permission));
            prop_assert!(ask.purpose.is_none_or(|purpose| grant.purposes.contains(purpose)));
            prop_assert!(grant.interval.contains(ask.at));
            prop_assert!(grant.revoked_at.is_none_or(|revoked| ask.at < revoked));
            let covers = match grant.scope {
                Scope::Compartment(compartment) => compartment == target.compartment,
                Scope::Record(key) => target.record.as_ref().is_some_and(|record| record.key == key),
            };
            prop_assert!(covers);
        }
    }

    #[test]
    fn revoking_never_permits_more(
        asker in standings(), target in targets(), mut grants in many_grants(), ask in asks(), revoked in 0..2 * NOW,
        place in any::<proptest::sample::Index>(),
    ) {
        let before = decide(Some(&asker), Some(&target), grants.clone(), &ask);
        if !grants.is_empty() {
            let place = place.index(grants.len());
            grants[place].1.revoked_at.get_or_insert(revoked);
        }
        let after = decide(Some(&asker), Some(&target), grants, &ask);
        prop_assert!(before.is_permitted() || !after.is_permitted());
    }

    #[test]
    fn what_a_grant_permitted_is_never_permitted_again_once_it_is_over(
        asker in standings(), target in targets(), grant in grants(), ask in asks(), later in 0..4 * NOW,
    ) {
        let answer = |at| {
            let grants = numbered(vec![grant.clone()]);
            decide(Some(&asker), Some(&target), grants, &Ask { at, ..ask })
        };
        if grant.is_over(ask.at) && later >= ask.at {
            for at in [ask.at, later] {
                let by_controller = answer(at) == Decision::Permitted(Basis::Controller);
                prop_assert!(by_controller || !answer(at).is_permitted());
            }
        }
    }

    #[test]
    fn explaining_decides_the_same_and_ends_with_what_decided(
        asker in option::weighted(0.9, standings()), target in option::weighted(0.9, targets()),
        grants in many_grants(), ask in asks(),
    ) {
        let explanation = explain(asker.as_ref(), target.as_ref(), grants.clone(), &ask);
        prop_assert_eq!(explanation.decision, decide(asker.as_ref(), target.as_ref(), grants, &ask));
        let last = explanation.path.last().expect("a decision has a way");
        prop_assert_eq!(last.passed, explanation.decision.is_permitted());
    }

    #[test]
    fn researchers_never_reach_identified_compartments(
        asker in standings(), target in targets(), grants in many_grants(), ask in asks(),
    ) {
        let asker = Standing { role: Role::Researcher, institution: Some(institution(HOSPITAL)), ..asker };
        let answer = decide(Some(&asker), Some(&target), grants, &ask);
        let open = target.flags.de_identified || asker.member == target.controller;
        prop_assert!(!answer.is_permitted() || open);
    }

    #[test]
    fn research_never_reaches_identified_compartments(
        asker in standings(), target in targets(), grants in many_grants(), ask in asks(),
    ) {
        let ask = Ask { purpose: Some(Purpose::Research), ..ask };
        let answer = decide(Some(&asker), Some(&target), grants, &ask);
        let open = target.flags.de_identified || asker.member == target.controller;
        prop_assert!(!answer.is_permitted() || open);
    }

    #[test]
    fn the_nearest_denial_is_reported_in_any_order(
        asker in standings(), target in targets(), grants in many_grants(), ask in asks(),
    ) {
        let answer = decide(Some(&asker), Some(&target), grants.clone(), &ask);
        if let Decision::Denied(nearest) = answer {
            let alone = grants.iter().map(|grant| decide(Some(&asker), Some(&target), [grant.clone()], &ask));
            let best = alone.map(|answer| match answer {
                Decision::Denied(denial) => denial,
                Decision::Permitted(_) => panic!("one grant permits what all together do not"),
            });
            let none = decide(Some(&asker), Some(&target), [], &ask);
            prop_assert_eq!(best.max().map_or(none, Decision::Denied), answer);
            let reversed = grants.into_iter().rev();
            prop_assert_eq!(decide(Some(&asker), Some(&target), reversed, &ask), Decision::Denied(nearest));
        }
    }

    #[test]
    fn grants_to_others_change_nothing(
        asker in standings(), target in targets(), grants in many_grants(), ask in asks(),
    ) {
        let own: Vec<_> = grants.iter().filter(|(_, grant)| grant.grantee.includes(&asker)).cloned().collect();
        let with_others = decide(Some(&asker), Some(&target), grants, &ask);
        prop_assert_eq!(decide(Some(&asker), Some(&target), own, &ask), with_others);
    }
}
