// SPDX-License-Identifier: Apache-2.0

//! Grants: how the controller gives and revokes them.

use crate::{Config, Error, Event, Grants, LinkedGrant, NewestGrantTo, NextGrant, Pallet};
use frame_support::{
    ensure,
    pallet_prelude::{DispatchError, DispatchResult},
    traits::{EnsureOrigin as _, Time as _},
};
use frame_system::pallet_prelude::OriginFor;
use salus_primitives::{
    access::{
        Grant, GrantEnvelope, GrantRef, GrantScope, GrantTerms, Grantee, Permission, Permissions, Purpose, Purposes,
    },
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    decision::Basis,
    membership::{InstitutionKind, InstitutionStatus, Role, Standing},
    traits::{AuditLog as _, Compartments as _, Controllers as _, Membership as _},
    ChartId, Digest, GrantId, Interval, MemberId, Moment, RequestId,
};

/// The facts that all grants of one call share.
pub(crate) struct Giving<'a> {
    /// The controller who gives them, or the member who discloses.
    pub(crate) giver: &'a Standing,
    /// The chart that they cover.
    pub(crate) chart: ChartId,
    /// The member or institution that gets them.
    pub(crate) grantee: Grantee,
    /// The grantee's role, or kind of institution.
    pub(crate) grantee_kind: GranteeKind,
    /// Whether `grant_access_to_lab` gives them.
    pub(crate) laboratory: bool,
    /// The request that they answer.
    pub(crate) request: Option<RequestId>,
    /// The grant under which the giver discloses.
    pub(crate) under: Option<GrantId>,
    /// The time of the call, in Unix milliseconds.
    pub(crate) now: Moment,
}

/// The grantee's role or kind of institution, which limits the permissions and scopes that it can get.
#[derive(Clone, Copy)]
pub(crate) enum GranteeKind {
    /// A member with this role.
    Member(Role),
    /// An institution of this kind. Its members' roles limit them when they use the grant, not when it is given.
    Institution(InstitutionKind),
}

impl GranteeKind {
    /// Whether the role allows everything in `permissions`.
    fn may(self, permissions: Permissions) -> bool {
        match self {
            Self::Member(role) => permissions.iter().all(|permission| role.may(permission)),
            Self::Institution(_) => true,
        }
    }

    /// Whether the grantee may only have de-identified compartments. An institution's service holds the compartment
    /// secret, so a research institute may not have that of an identified one, whatever its members' roles.
    fn is_research(self) -> bool {
        matches!(self, Self::Member(Role::Researcher) | Self::Institution(InstitutionKind::ResearchInstitute))
    }

    /// Whether it is a laboratory, or works in one.
    fn is_laboratory(self) -> bool {
        matches!(self, Self::Member(Role::Laboratory) | Self::Institution(InstitutionKind::Laboratory))
    }
}

impl<T: Config> Pallet<T> {
    /// The current time.
    pub(crate) fn now() -> Moment {
        T::Time::now()
    }

    /// The active member that signed and controls `chart`.
    pub(crate) fn ensure_controller(origin: OriginFor<T>, chart: ChartId) -> Result<Standing, DispatchError> {
        let standing = T::MemberOrigin::ensure_origin(origin)?;
        let controller = T::Controllers::controller(chart).ok_or(Error::<T>::ChartNotFound)?;
        ensure!(controller == standing.member, Error::<T>::NotController);
        Ok(standing)
    }

    /// The active member that signed, and controls `chart` or disclosed by the grant.
    pub(crate) fn ensure_revoker(
        origin: OriginFor<T>,
        chart: ChartId,
        grant: GrantId,
    ) -> Result<Standing, DispatchError> {
        let standing = T::MemberOrigin::ensure_origin(origin)?;
        let controller = T::Controllers::controller(chart).ok_or(Error::<T>::ChartNotFound)?;
        let may = controller == standing.member || Self::is_discloser(chart, grant, standing.member);
        ensure!(may, Error::<T>::NotController);
        Ok(standing)
    }

    /// Appends to the chart's log what `actor` did.
    pub(crate) fn log(
        actor: &Standing,
        chart: ChartId,
        action: Action,
        subject: Subject,
        detail: impl FnOnce(AuditEvent) -> AuditEvent,
    ) {
        let event = AuditEvent::by_member(actor.member, actor.institution_id(), action, subject);
        T::Audit::append(LogId::Chart(chart), detail(event));
    }

    pub(crate) fn do_grant_access(
        controller: &Standing,
        chart: ChartId,
        grantee: Grantee,
        terms: GrantTerms,
    ) -> DispatchResult {
        Self::give(&Self::giving(controller, controller.member, chart, grantee, None)?, terms)
    }

    pub(crate) fn do_grant_access_to_lab(
        controller: &Standing,
        chart: ChartId,
        laboratory: Grantee,
        terms: GrantTerms,
    ) -> DispatchResult {
        let giving =
            Giving { laboratory: true, ..Self::giving(controller, controller.member, chart, laboratory, None)? };
        ensure!(giving.grantee_kind.is_laboratory(), Error::<T>::NotLaboratory);
        Self::give(&giving, terms)
    }

    pub(crate) fn do_revoke_access(
        revoker: &Standing,
        chart: ChartId,
        number: GrantId,
        reason: Option<Digest>,
        laboratory: bool,
    ) -> DispatchResult {
        let mut linked = Grants::<T>::get(chart, number).ok_or(Error::<T>::GrantNotFound)?;
        let grant = &mut linked.grant;
        ensure!(laboratory || !grant.laboratory, Error::<T>::IsLaboratoryGrant);
        ensure!(!laboratory || grant.laboratory, Error::<T>::NotLaboratoryGrant);
        Self::ensure_not_over(grant)?;

        grant.revoked_at = Some(Self::now());
        let (grantee, purpose) = (grant.grantee, only(grant.purposes));
        Self::relist(chart, number, grant);
        Grants::<T>::insert(chart, number, linked);
        Self::log(revoker, chart, Action::AccessRevoked, Subject::Grant(number), |event| {
            AuditEvent { purpose, ..event }.because(reason.map(Reason::Text))
        });
        Self::deposit_event(Event::AccessRevoked { chart, grant: number, grantee, laboratory });
        Ok(())
    }

    /// Checks the grantee of grants over `chart`, and gathers what they share.
    pub(crate) fn giving(
        giver: &Standing,
        controller: MemberId,
        chart: ChartId,
        grantee: Grantee,
        request: Option<RequestId>,
    ) -> Result<Giving<'_>, DispatchError> {
        let now = Self::now();
        let (grantee_kind, is_active) = match grantee {
            Grantee::Member(member) => {
                let standing = T::Membership::standing(member).ok_or(Error::<T>::GranteeNotFound)?;
                ensure!(member != controller, Error::<T>::IsController);
                (GranteeKind::Member(standing.role), standing.may_act(now))
            }
            Grantee::Institution(institution) => {
                let standing = T::Membership::institution(institution).ok_or(Error::<T>::GranteeNotFound)?;
                (GranteeKind::Institution(standing.kind), standing.status == InstitutionStatus::Active)
            }
        };
        ensure!(is_active, Error::<T>::GranteeNotActive);
        Ok(Giving { giver, chart, grantee, grantee_kind, laboratory: false, request, under: None, now })
    }

    /// Checks `terms` and gives the grant, which gets the chart's next number.
    pub(crate) fn give(giving: &Giving, terms: GrantTerms) -> DispatchResult {
        let GrantTerms { scope, permissions, purposes, interval, reason, envelope } = terms;
        // Access cannot be given in the past. Clocks differ, so a start that has gone by means: at once.
        let interval = Interval { start: interval.start.max(giving.now), ..interval };
        ensure!(!permissions.is_empty(), Error::<T>::NoPermissions);
        ensure!(!purposes.is_empty(), Error::<T>::NoPurposes);
        ensure!(!purposes.contains(Purpose::Emergency), Error::<T>::EmergencyNotGrantable);
        ensure!(!interval.is_empty(), Error::<T>::InvalidInterval);
        let reads = permissions.contains(Permission::Read);
        ensure!(envelope.is_some() || !reads, Error::<T>::EnvelopeMissing);
        ensure!(envelope.is_none() || reads, Error::<T>::EnvelopeUnexpected);
        ensure!(giving.grantee_kind.may(permissions), Error::<T>::RoleMayNot);
        let compartment = T::Compartments::compartment(giving.chart, scope.compartment());
        let compartment = compartment.ok_or(Error::<T>::CompartmentNotFound)?;
        let is_research = giving.grantee_kind.is_research() || purposes.contains(Purpose::Research);
        ensure!(!is_research || compartment.flags.de_identified, Error::<T>::NotDeIdentified);
        ensure!(!compartment.flags.sensitive || reason.is_some(), Error::<T>::ConsentMissing);
        let number = NextGrant::<T>::get(giving.chart);
        let next = number.0.checked_add(1).ok_or(Error::<T>::NumbersExhausted)?;

        let edition = match scope {
            GrantScope::Compartment(_) => compartment.epoch,
            GrantScope::Record { version, .. } => version,
        };
        let grant = Grant {
            grantee: giving.grantee,
            scope: scope.scope(),
            compartment: scope.compartment(),
            permissions,
            purposes,
            granted_at: giving.now,
            interval,
            revoked_at: None,
            reason,
            envelope: envelope.map(|hash| GrantEnvelope { hash, edition }),
            granted_by: giving.giver.member,
            laboratory: giving.laboratory,
            request: giving.request,
            disclosed_under: giving.under,
        };
        Self::list(giving.chart, number, &grant)?;
        NextGrant::<T>::insert(giving.chart, GrantId(next));
        let previous = NewestGrantTo::<T>::get(giving.grantee);
        NewestGrantTo::<T>::insert(giving.grantee, GrantRef { chart: giving.chart, number });
        Grants::<T>::insert(giving.chart, number, LinkedGrant { grant, previous });
        // The grant keeps its reason unchanged, and for longer than the log keeps entries.
        let (action, above) = match giving.under {
            Some(under) => (Action::AccessDisclosed, Some(Reason::Basis(Basis::Grant(under)))),
            None => (Action::AccessGranted, None),
        };
        Self::log(giving.giver, giving.chart, action, Subject::Grant(number), |event| {
            AuditEvent { purpose: only(purposes), ..event }.because(above)
        });
        Self::deposit_event(Event::AccessGranted {
            chart: giving.chart,
            grant: number,
            grantee: giving.grantee,
            scope: scope.scope(),
            permissions,
            purposes,
            interval,
            laboratory: giving.laboratory,
        });
        Ok(())
    }

    /// Refuses a grant that will never be in force again.
    pub(crate) fn ensure_not_over(grant: &Grant) -> DispatchResult {
        ensure!(grant.revoked_at.is_none(), Error::<T>::AlreadyRevoked);
        ensure!(!grant.is_over(Self::now()), Error::<T>::Expired);
        Ok(())
    }
}

/// The purpose, when there is exactly one.
pub(crate) fn only(purposes: Purposes) -> Option<Purpose> {
    let mut rest = purposes.iter();
    rest.next().filter(|_| rest.next().is_none())
}
