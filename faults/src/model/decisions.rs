// SPDX-License-Identifier: Apache-2.0

//! The decision whether a member has a permission.

use super::{
    people::{may, Person},
    state::Model,
};
use salus_primitives::{
    access::{Grant, Grantee, NumberedGrant, Permission, Purpose, Scope},
    decision::{Basis, Denial},
    membership::Role,
    ChartId, GrantId, Moment,
};

impl Model {
    /// Returns the basis on which `me` has this permission at the time `at`, or the denial.
    pub(super) fn decide(
        &self,
        me: Person,
        chart: ChartId,
        scope: Scope,
        permission: Permission,
        purpose: Option<Purpose>,
        at: Moment,
    ) -> Result<Basis, Denial> {
        let state = self.charts.get(&chart).ok_or(Denial::NotFound)?;
        let (compartment, _) = state.covered(scope).ok_or(Denial::NotFound)?;
        let (flags, _) = state.compartment(compartment).ok_or(Denial::NotFound)?;
        if state.chart.controller == me.member {
            return Ok(Basis::Controller);
        }
        if !may(me.role, permission) {
            return Err(Denial::RoleMayNot);
        }
        if (me.role == Role::Researcher || purpose == Some(Purpose::Research)) && !flags.de_identified {
            return Err(Denial::NotDeIdentified);
        }
        let covers = |grant: &Grant| grant.scope == scope || grant.scope == Scope::Compartment(compartment);
        let mut best: Option<(bool, GrantId)> = None;
        let mut nearest = Denial::NoGrant;
        let relevant = |it: &&NumberedGrant| me.is_named_by(&it.grant.grantee) && covers(&it.grant);
        for NumberedGrant { number, grant } in state.grants.iter().filter(relevant) {
            let lacks = if !grant.permissions.contains(permission) {
                Some(Denial::PermissionNotGranted)
            } else if purpose.is_some_and(|purpose| !grant.purposes.contains(purpose)) {
                Some(Denial::PurposeNotGranted)
            } else if grant.revoked_at.is_some_and(|revoked| revoked <= at) {
                Some(Denial::Revoked)
            } else if grant.interval.end.is_some_and(|end| end <= at) {
                Some(Denial::Expired)
            } else if at < grant.interval.start {
                Some(Denial::NotBegun)
            } else {
                None
            };
            match lacks {
                Some(denial) => nearest = nearest.max(denial),
                None => best = best.max(Some((matches!(grant.grantee, Grantee::Member(_)), *number))),
            }
        }
        best.map(|(_, number)| Basis::Grant(number)).ok_or(nearest)
    }
}
