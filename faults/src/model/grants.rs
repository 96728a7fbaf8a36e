// SPDX-License-Identifier: Apache-2.0

//! Giving and revoking grants.

use super::{
    chart::Refused,
    clock::Now,
    people::{may, Person},
    state::{Expected, Model},
};
use salus_primitives::{
    access::{
        Grant, GrantEnvelope, GrantScope, GrantTerms, Grantee, NumberedGrant, Permission, Purpose, Purposes, Scope,
    },
    audit::{Action, Reason, Subject},
    membership::Role,
    ChartId, Digest, GrantId, Interval, RequestId,
};

impl Model {
    /// Adds all grants, or none of them.
    pub(super) fn give(
        &mut self,
        me: Person,
        now: Now,
        chart: ChartId,
        grantee: Grantee,
        terms: &[GrantTerms],
        request: Option<RequestId>,
    ) -> Result<Expected, Refused> {
        let recipient = match grantee {
            Grantee::Member(member) => {
                let found = self.people.values().find(|person| person.member == member);
                Some(found.ok_or("no person of that number takes part")?.role)
            }
            Grantee::Institution(_) => None,
        };
        if grantee == Grantee::Member(me.member) {
            return Err("the controller needs no grant");
        }
        let mut state = self.owned(me, chart)?.clone();
        let mut given = Vec::new();
        for terms in terms {
            let GrantTerms { scope, permissions, purposes, interval, reason, envelope } = terms.clone();
            let reads = permissions.contains(Permission::Read);
            let interval = Interval { start: interval.start.max(now.at), ..interval };
            if permissions.is_empty() || purposes.is_empty() || purposes.contains(Purpose::Emergency) {
                return Err("it permits nothing, or what cannot be granted");
            }
            if interval.end.is_some_and(|end| end <= interval.start) {
                return Err("it would be over before it began");
            }
            if envelope.is_some() != reads {
                return Err("an envelope comes with reading, and only with it");
            }
            if recipient.is_some_and(|role| !permissions.iter().all(|permission| may(role, permission))) {
                return Err("the role may never do that");
            }
            let (compartment, version) = match scope {
                GrantScope::Compartment(compartment) => (compartment, None),
                GrantScope::Record { compartment, version, .. } => (compartment, Some(version)),
            };
            let (flags, epoch) = state.compartment(compartment).ok_or("there is no such compartment")?;
            let research = recipient == Some(Role::Researcher) || purposes.contains(Purpose::Research);
            if research && !flags.de_identified {
                return Err("research reaches de-identified compartments only");
            }
            let number = GrantId(u32::try_from(state.grants.len()).unwrap_or(u32::MAX));
            let grant = Grant {
                grantee,
                scope: scope.scope(),
                compartment,
                permissions,
                purposes,
                granted_at: now.at,
                interval,
                revoked_at: None,
                reason,
                envelope: envelope.map(|hash| GrantEnvelope { hash, edition: version.unwrap_or(epoch) }),
                granted_by: me.member,
                laboratory: false,
                request,
                disclosed_under: None,
            };
            state.grants.push(NumberedGrant { number, grant });
            state.log(me, now, Action::AccessGranted, Subject::Grant(number), single(purposes), None);
            given.push(number);
        }
        self.charts.insert(chart, state);
        self.granted_in.extend(given.into_iter().map(|grant| ((chart, grant), now.block)));
        Ok(Expected::Nothing)
    }

    /// Revokes a grant.
    pub(super) fn revoke(
        &mut self,
        me: Person,
        now: Now,
        chart: ChartId,
        number: GrantId,
        reason: Option<Digest>,
    ) -> Result<Expected, Refused> {
        let state = self.owned(me, chart)?;
        let found = state.grants.iter_mut().find(|it| it.number == number);
        let grant = &mut found.ok_or("there is no such grant")?.grant;
        if grant.revoked_at.is_some() || grant.interval.end.is_some_and(|end| end <= now.at) {
            return Err("it is over already");
        }
        grant.revoked_at = Some(now.at);
        let purpose = single(grant.purposes);
        if let (Scope::Compartment(of), true) = (grant.scope, grant.permissions.contains(Permission::Read)) {
            for compartment in state.compartments.iter_mut().filter(|it| it.number == of) {
                compartment.rotation_due = true;
            }
        }
        state.log(me, now, Action::AccessRevoked, Subject::Grant(number), purpose, reason.map(Reason::Text));
        self.revoked_in.insert((chart, number), now.block);
        Ok(Expected::Nothing)
    }
}

/// Returns the purpose, if there is only one.
pub(super) fn single(purposes: Purposes) -> Option<Purpose> {
    let all: Vec<_> = purposes.iter().collect();
    match all.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}
