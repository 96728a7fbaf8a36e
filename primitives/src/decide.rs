// SPDX-License-Identifier: Apache-2.0

//! The one function that decides who may do what: [`decide`].
//!
//! Access is denied unless a rule here permits it (S1-13). The same function answers on chain, at the release gate and
//! in `explain_access`, so that the three cannot differ.

use crate::{
    access::{Grantee, ListedGrant, Permission, Purpose, Scope},
    charts::CompartmentFlags,
    decision::{Ask, Basis, Check, Decision, Denial, Explanation, Step},
    membership::{InstitutionKind, Role, Standing},
    records::RecordState,
    ChartId, CompartmentId, GrantId, InstitutionId, MemberId, Moment, RecordKey,
};
use alloc::vec::Vec;
use core::cmp::Reverse;

/// The facts that a decision reads.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a, Grants> {
    /// The asker's standing; none for an asker who is not a member.
    pub asker: Option<&'a Standing>,
    /// The target; none when it does not exist.
    pub target: Option<&'a Target>,
    /// Grants of the target's chart that may matter. The decision skips grants to other grantees and over other scopes,
    /// so callers may pass more than needed. It iterates over them only when no earlier rule decides.
    pub grants: Grants,
    /// The operation that the asker asks for.
    pub ask: &'a Ask,
}

/// The target of a question, with the chain's facts about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// The chart.
    pub chart: ChartId,
    /// The chart's controller.
    pub controller: MemberId,
    /// The compartment, or that of the record.
    pub compartment: CompartmentId,
    /// The flags of the compartment.
    pub flags: CompartmentFlags,
    /// The record, when the question is about one.
    pub record: Option<RecordFacts>,
}

/// The facts about a record that a decision reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordFacts {
    /// Its key.
    pub key: RecordKey,
    /// Its compartment.
    pub compartment: CompartmentId,
    /// The member who created it.
    pub author: MemberId,
    /// The institution that keeps it.
    pub custodian: InstitutionId,
    /// Its state.
    pub state: RecordState,
    /// The time until which its author keeps it from the patient, in Unix milliseconds.
    pub held_until: Option<Moment>,
    /// The version in question; none if the question names no existing version.
    pub version: Option<VersionFacts>,
}

/// The facts about a record's version that a decision reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VersionFacts {
    /// Its number.
    pub number: u32,
    /// The compartment's epoch to which its content key is sealed.
    pub epoch: u32,
    /// The grants over the record alone to which the version's author sealed the content key.
    pub sealed_to: Vec<GrantId>,
}

/// A grant with its scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GrantFacts {
    /// The compartment or record that it covers.
    pub scope: Scope,
    /// The grant.
    pub grant: ListedGrant,
}

impl GrantFacts {
    fn covers(&self, target: &Target) -> bool {
        self.grant.compartment == target.compartment
            && match self.scope {
                Scope::Compartment(compartment) => compartment == target.compartment,
                Scope::Record(key) => target.record.as_ref().is_some_and(|record| record.key == key),
            }
    }

    /// Whether the grant's envelope leads to the content key of the version in question; of any version, when the
    /// question names none.
    fn opens(&self, target: &Target) -> bool {
        let Some(edition) = self.grant.edition else { return false };
        let Some(version) = target.record.as_ref().and_then(|record| record.version.as_ref()) else { return true };
        match self.scope {
            Scope::Compartment(_) => edition >= version.epoch,
            Scope::Record(_) => edition == version.number || version.sealed_to.contains(&self.grant.number),
        }
    }
}

/// Decides whether the asker may do what it asks.
///
/// Of several grants that permit, the basis is one whose envelope opens the target. Among these, one to the asker
/// itself comes before one to its institution, then a newer one before an older one.
pub fn decide(facts: Facts<'_, impl IntoIterator<Item = GrantFacts>>) -> Decision {
    decide_step_by_step(facts, &mut |_| {})
}

/// Decides like [`decide`], and returns every step of the decision.
pub fn explain(facts: Facts<'_, impl IntoIterator<Item = GrantFacts>>) -> Explanation {
    let mut path = Vec::new();
    let decision = decide_step_by_step(facts, &mut |check| path.push(check));
    Explanation { decision, path }
}

fn decide_step_by_step(facts: Facts<'_, impl IntoIterator<Item = GrantFacts>>, saw: &mut dyn FnMut(Check)) -> Decision {
    let Facts { asker, target, grants, ask } = facts;
    let mut check = |step, passed: bool, grant| {
        saw(Check { step, passed, grant });
        passed
    };
    // A member who is pending, suspended, revoked or past its validity may do nothing.
    let Some(asker) = asker.filter(|asker| asker.is_active(ask.at)) else {
        check(Step::Membership, false, None);
        return Decision::Denied(Denial::NotActive);
    };
    check(Step::Membership, true, None);
    // Neither may staff of a suspended institution.
    if !check(Step::Institution, asker.is_institution_active(), None) {
        return Decision::Denied(Denial::InstitutionNotActive);
    }
    let Some(target) = target else {
        check(Step::Target, false, None);
        return Decision::Denied(Denial::NotFound);
    };
    check(Step::Target, true, None);
    let record = target.record.as_ref();
    let denied_by_state = |to_controller| record.and_then(|it| it.state.denial(ask.permission, to_controller));

    if check(Step::Controller, asker.member == target.controller, None) {
        // A patient cannot alter what clinicians wrote (S1-07), only own entries (S2-06, S3-19).
        let changes = match ask.permission {
            Permission::Amend | Permission::Withdraw => true,
            Permission::Read | Permission::Create | Permission::Disclose | Permission::Use => false,
        };
        let own = record.is_some_and(|record| record.author == asker.member);
        if changes && !check(Step::Authorship, own, None) {
            return Decision::Denied(Denial::NotAuthor);
        }
        let reads = matches!(ask.permission, Permission::Read | Permission::Disclose | Permission::Use);
        if let Some(until) = record.and_then(|it| it.held_until).filter(|_| reads) {
            if !check(Step::Hold, until <= ask.at, None) {
                return Decision::Denied(Denial::Held);
            }
        }
        return match denied_by_state(true) {
            Some(denial) => {
                check(Step::State, false, None);
                Decision::Denied(denial)
            }
            None => Decision::Permitted(Basis::Controller),
        };
    }
    if !check(Step::Role, asker.role.may(ask.permission), None) {
        return Decision::Denied(Denial::RoleMayNot);
    }
    if asker.role == Role::Laboratory && ask.permission == Permission::Amend {
        // In a hospital's laboratory these are the asker's own results, not whatever the hospital keeps.
        let laboratory = asker.institution.filter(|it| it.kind == InstitutionKind::Laboratory);
        let own = record.is_some_and(|record| {
            record.author == asker.member || laboratory.is_some_and(|it| it.id == record.custodian)
        });
        if !check(Step::Authorship, own, None) {
            return Decision::Denied(Denial::NotAuthor);
        }
    }
    let research = asker.role == Role::Researcher || ask.purpose == Some(Purpose::Research);
    if research && !check(Step::DeIdentification, target.flags.de_identified, None) {
        return Decision::Denied(Denial::NotDeIdentified);
    }

    let mut nearest = Denial::NoGrant;
    let covering: Vec<_> = grants.into_iter().filter(|facts| facts.covers(target)).collect();
    // A disclosure ends with the grant above it, which is the discloser's.
    let is_upheld = |grant: &ListedGrant| {
        grant.disclosed_under.is_none_or(|under| {
            covering.iter().any(|above| above.grant.number == under && above.grant.is_in_force(ask.at))
        })
    };
    let mut grants: Vec<_> = covering.iter().filter(|facts| facts.grant.grantee.includes(asker)).collect();
    // The basis also names the envelope that the asker gets. It has to be the newest one that opens the target and that
    // the asker can open.
    let rank = |facts: &&GrantFacts| {
        let opens = ask.permission != Permission::Read || facts.opens(target);
        (opens, matches!(facts.grant.grantee, Grantee::Member(_)), facts.grant.number)
    };
    grants.sort_unstable_by_key(|facts| Reverse(rank(facts)));
    for GrantFacts { grant, .. } in grants {
        let number = Some(grant.number);
        check(Step::Grant, true, number);
        let denial = if !check(Step::Permission, grant.permissions.contains(ask.permission), number) {
            Denial::PermissionNotGranted
        } else if !check(Step::Purpose, ask.purpose.is_none_or(|it| grant.purposes.contains(it)), number) {
            Denial::PurposeNotGranted
        } else if check(Step::Dates, grant.is_in_force(ask.at), number) {
            if grant.disclosed_under.is_some() && !check(Step::Disclosure, is_upheld(grant), number) {
                nearest = nearest.max(Denial::DisclosureOver);
                continue;
            }
            let Some(denial) = denied_by_state(false) else { return Decision::Permitted(Basis::Grant(grant.number)) };
            check(Step::State, false, number);
            denial
        } else if grant.revoked_at.is_some_and(|revoked| revoked <= ask.at) {
            Denial::Revoked
        } else if grant.interval.end.is_some_and(|end| end <= ask.at) {
            Denial::Expired
        } else {
            Denial::NotBegun
        };
        nearest = nearest.max(denial);
    }
    if nearest == Denial::NoGrant {
        check(Step::Grant, false, None);
    }
    Decision::Denied(nearest)
}
