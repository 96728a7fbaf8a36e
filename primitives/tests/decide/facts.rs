// SPDX-License-Identifier: Apache-2.0

//! A doctor who asks, a compartment and a record that the question is about, and a grant.

use salus_primitives::{
    access::{Grant, GrantEnvelope, Grantee, Permission, Permissions, Purpose, Purposes, Scope},
    charts::CompartmentFlags,
    decide::{Facts, GrantFacts, RecordFacts, Target},
    decision::{Ask, Basis, Decision, Denial, Explanation},
    membership::{InstitutionKind, InstitutionStanding, InstitutionStatus, MemberStatus, Role, Standing},
    records::RecordState,
    ChartId, CompartmentId, Digest, GrantId, InstitutionId, Interval, MemberId, Moment, RecordKey,
};

pub(crate) const NOW: Moment = 1_000;
pub(crate) const PATIENT: MemberId = MemberId(1);
pub(crate) const DOCTOR: MemberId = MemberId(2);
pub(crate) const OTHER: MemberId = MemberId(3);
pub(crate) const HOSPITAL: InstitutionId = InstitutionId(1);
pub(crate) const OTHER_HOSPITAL: InstitutionId = InstitutionId(2);
pub(crate) const COMPARTMENT: CompartmentId = CompartmentId(4);
pub(crate) const OTHER_COMPARTMENT: CompartmentId = CompartmentId(5);
pub(crate) const RECORD: RecordKey = RecordKey([6; 16]);
pub(crate) const OTHER_RECORD: RecordKey = RecordKey([7; 16]);

pub(crate) fn facts<'a>(
    asker: Option<&'a Standing>,
    target: Option<&'a Target>,
    grants: impl IntoIterator<Item = (GrantId, Grant)> + 'a,
    ask: &'a Ask,
) -> Facts<'a, impl Iterator<Item = GrantFacts> + 'a> {
    let of = |(number, grant): (GrantId, Grant)| GrantFacts { scope: grant.scope, grant: grant.listed(number) };
    Facts { asker, target, grants: grants.into_iter().map(of), ask }
}

pub(crate) fn decide(
    asker: Option<&Standing>,
    target: Option<&Target>,
    grants: impl IntoIterator<Item = (GrantId, Grant)>,
    ask: &Ask,
) -> Decision {
    let grants: Vec<_> = grants.into_iter().collect();
    salus_primitives::decide::decide(facts(asker, target, grants, ask))
}

pub(crate) fn explain(
    asker: Option<&Standing>,
    target: Option<&Target>,
    grants: impl IntoIterator<Item = (GrantId, Grant)>,
    ask: &Ask,
) -> Explanation {
    let grants: Vec<_> = grants.into_iter().collect();
    salus_primitives::decide::explain(facts(asker, target, grants, ask))
}

pub(crate) fn institution(id: InstitutionId) -> InstitutionStanding {
    InstitutionStanding { id, kind: InstitutionKind::Hospital, status: InstitutionStatus::Active }
}

pub(crate) fn standing(member: MemberId, role: Role) -> Standing {
    let institution = role.is_staff().then(|| institution(HOSPITAL));
    Standing { member, role, status: MemberStatus::Active, valid_until: None, institution }
}

pub(crate) fn doctor() -> Standing {
    standing(DOCTOR, Role::Clinician)
}

pub(crate) fn record() -> RecordFacts {
    RecordFacts {
        key: RECORD,
        compartment: COMPARTMENT,
        author: OTHER,
        custodian: HOSPITAL,
        state: RecordState::Active,
        held_until: None,
        version: None,
    }
}

pub(crate) fn target() -> Target {
    Target {
        chart: ChartId(1),
        controller: PATIENT,
        compartment: COMPARTMENT,
        flags: CompartmentFlags::default(),
        record: None,
    }
}

pub(crate) fn record_target() -> Target {
    Target { record: Some(record()), ..target() }
}

pub(crate) fn ask(permission: Permission) -> Ask {
    Ask {
        permission,
        scope: Scope::Compartment(COMPARTMENT),
        purpose: Some(Purpose::Treatment),
        at: NOW,
        version: None,
    }
}

pub(crate) fn grant() -> Grant {
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
        disclosed_under: None,
    }
}

pub(crate) fn numbered(grants: Vec<Grant>) -> Vec<(GrantId, Grant)> {
    (0..).map(GrantId).zip(grants).collect()
}

/// Returns the decision for the doctor, who wants to read the compartment.
pub(crate) fn answer(grants: Vec<Grant>) -> Decision {
    decide(Some(&doctor()), Some(&target()), numbered(grants), &ask(Permission::Read))
}

pub(crate) fn denied(denial: Denial) -> Decision {
    Decision::Denied(denial)
}

pub(crate) fn by_grant(number: u32) -> Decision {
    Decision::Permitted(Basis::Grant(GrantId(number)))
}
