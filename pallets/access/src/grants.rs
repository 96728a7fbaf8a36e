// SPDX-License-Identifier: Apache-2.0

//! Grants: giving and revoking them, and the lists by which decisions find them.

use crate::{Charts, CompartmentGrants, Compartments, Config, Error, Event, Grants, GrantsTo, Pallet, RecordGrants};
use frame_support::{
    ensure,
    pallet_prelude::{DispatchError, DispatchResult},
    traits::Get,
    BoundedVec,
};
use salus_primitives::{
    access::{
        Chart, Compartment, Grant, GrantEnvelope, GrantTerms, Grantee, Permission, Permissions, Purpose, Purposes,
        Scope,
    },
    audit::{Action, AuditEvent, Reason, Subject},
    membership::{InstitutionKind, InstitutionStatus, Role, Standing},
    questions::{Membership as _, Records as _},
    ChartId, CompartmentId, Digest, GrantId, Interval, Moment, RecordId, RequestId,
};

/// What all grants of one call have in common.
pub(crate) struct Giving<'a> {
    /// Who gives them.
    pub(crate) controller: &'a Standing,
    /// Over which chart.
    pub(crate) chart: ChartId,
    /// To whom.
    pub(crate) grantee: Grantee,
    /// What the grantee is.
    pub(crate) recipient: Recipient,
    /// Whether by `grant_access_to_lab`.
    pub(crate) laboratory: bool,
    /// The request that they answer.
    pub(crate) request: Option<RequestId>,
    /// When.
    pub(crate) now: Moment,
}

/// What a grantee is, as far as it limits what can be granted.
#[derive(Clone, Copy)]
pub(crate) enum Recipient {
    /// A member with this role.
    Member(Role),
    /// An institution of this kind. What its members may do is decided by their roles, when they do it.
    Institution(InstitutionKind),
}

impl Recipient {
    /// Whether the role allows everything in `permissions`.
    fn may(self, permissions: Permissions) -> bool {
        match self {
            Self::Member(role) => permissions.iter().all(|permission| role.may(permission)),
            Self::Institution(_) => true,
        }
    }

    /// Whether only de-identified compartments are open to it. An institution's service holds the compartment's
    /// secret, so a research institute may not have that of an identified one, whoever its members are.
    fn is_research(self) -> bool {
        matches!(self, Self::Member(Role::Researcher) | Self::Institution(InstitutionKind::ResearchInstitute))
    }

    /// Whether it is a laboratory, or works in one.
    fn is_laboratory(self) -> bool {
        matches!(self, Self::Member(Role::Laboratory) | Self::Institution(InstitutionKind::Laboratory))
    }
}

/// What a scope comes down to: the compartment, and the edition of the key that opens the scope.
struct Covered {
    compartment: Compartment,
    edition: u32,
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_grant_access(
        controller: &Standing,
        chart: ChartId,
        mut held: Chart,
        grantee: Grantee,
        terms: GrantTerms,
    ) -> DispatchResult {
        let giving = Self::giving(controller, chart, grantee, None)?;
        Self::give(&giving, &mut held, terms)?;
        Charts::<T>::insert(chart, held);
        Ok(())
    }

    pub(crate) fn do_grant_access_to_lab(
        controller: &Standing,
        chart: ChartId,
        mut held: Chart,
        laboratory: Grantee,
        terms: GrantTerms,
    ) -> DispatchResult {
        let giving = Giving { laboratory: true, ..Self::giving(controller, chart, laboratory, None)? };
        ensure!(giving.recipient.is_laboratory(), Error::<T>::NotLaboratory);
        Self::give(&giving, &mut held, terms)?;
        Charts::<T>::insert(chart, held);
        Ok(())
    }

    pub(crate) fn do_revoke_access(
        controller: &Standing,
        chart: ChartId,
        number: GrantId,
        reason: Option<Digest>,
        laboratory: bool,
    ) -> DispatchResult {
        let mut grant = Grants::<T>::get(chart, number).ok_or(Error::<T>::GrantNotFound)?;
        ensure!(laboratory || !grant.laboratory, Error::<T>::IsLaboratoryGrant);
        ensure!(!laboratory || grant.laboratory, Error::<T>::NotLaboratoryGrant);
        Self::ensure_not_over(&grant)?;

        grant.revoked_at = Some(Self::now());
        if let (Scope::Compartment(compartment), true) = (grant.scope, grant.permissions.contains(Permission::Read)) {
            Self::mark_rotation_due(chart, compartment);
        }
        let (grantee, purpose) = (grant.grantee, only(grant.purposes));
        Grants::<T>::insert(chart, number, grant);
        Self::log(controller, chart, Action::AccessRevoked, Subject::Grant(number), |event| {
            AuditEvent { purpose, ..event }.because(reason.map(Reason::Text))
        });
        Self::deposit_event(Event::AccessRevoked { chart, grant: number, grantee, laboratory });
        Ok(())
    }

    /// Checks who is to be given grants over `chart`.
    pub(crate) fn giving(
        controller: &Standing,
        chart: ChartId,
        grantee: Grantee,
        request: Option<RequestId>,
    ) -> Result<Giving<'_>, DispatchError> {
        let now = Self::now();
        let (recipient, is_active) = match grantee {
            Grantee::Member(member) => {
                let standing = T::Membership::standing(member).ok_or(Error::<T>::GranteeNotFound)?;
                ensure!(member != controller.member, Error::<T>::IsController);
                let is_active = standing.is_active(now) && standing.is_institution_active();
                (Recipient::Member(standing.role), is_active)
            }
            Grantee::Institution(institution) => {
                let standing = T::Membership::institution(institution).ok_or(Error::<T>::GranteeNotFound)?;
                (Recipient::Institution(standing.kind), standing.status == InstitutionStatus::Active)
            }
        };
        ensure!(is_active, Error::<T>::GranteeNotActive);
        Ok(Giving { controller, chart, grantee, recipient, laboratory: false, request, now })
    }

    /// Checks `terms` and gives the grant, which gets the next number of `held`. The caller stores `held`.
    pub(crate) fn give(giving: &Giving, held: &mut Chart, terms: GrantTerms) -> DispatchResult {
        let GrantTerms { scope, permissions, purposes, interval, reason, envelope } = terms;
        // Nobody could be given access in the past. Clocks differ, so a start that has gone by means: at once.
        let interval = Interval { start: interval.start.max(giving.now), ..interval };
        ensure!(!permissions.is_empty(), Error::<T>::NoPermissions);
        ensure!(!purposes.is_empty(), Error::<T>::NoPurposes);
        ensure!(!purposes.contains(Purpose::Emergency), Error::<T>::EmergencyNotGrantable);
        ensure!(!interval.is_empty(), Error::<T>::InvalidInterval);
        let reads = permissions.contains(Permission::Read);
        ensure!(envelope.is_some() || !reads, Error::<T>::EnvelopeMissing);
        ensure!(envelope.is_none() || reads, Error::<T>::EnvelopeUnexpected);
        ensure!(giving.recipient.may(permissions), Error::<T>::RoleMayNot);
        let covered = Self::covered(giving.chart, scope)?;
        let is_research = giving.recipient.is_research() || purposes.contains(Purpose::Research);
        ensure!(!is_research || covered.compartment.flags.de_identified, Error::<T>::NotDeIdentified);
        let number = held.next_grant;
        held.next_grant = GrantId(number.0.checked_add(1).ok_or(Error::<T>::NumbersExhausted)?);

        Self::list(giving, scope, &covered, number)?;
        let grant = Grant {
            grantee: giving.grantee,
            scope,
            permissions,
            purposes,
            granted_at: giving.now,
            interval,
            revoked_at: None,
            reason,
            envelope: envelope.map(|hash| GrantEnvelope { hash, edition: covered.edition }),
            granted_by: giving.controller.member,
            laboratory: giving.laboratory,
            request: giving.request,
        };
        Grants::<T>::insert(giving.chart, number, grant);
        GrantsTo::<T>::insert(giving.grantee, (giving.chart, number), ());
        Self::log(giving.controller, giving.chart, Action::AccessGranted, Subject::Grant(number), |event| {
            AuditEvent { purpose: only(purposes), ..event }.because(reason.map(Reason::Text))
        });
        Self::deposit_event(Event::AccessGranted {
            chart: giving.chart,
            grant: number,
            grantee: giving.grantee,
            scope,
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

    /// Whether the grantee holds the secret of the compartment's current epoch, although the grant is over.
    pub(crate) fn has_left(grant: &Grant, epoch: u32, now: Moment) -> bool {
        grant.is_over(now) && grant.envelope.is_some_and(|envelope| envelope.edition == epoch)
    }

    fn covered(chart: ChartId, scope: Scope) -> Result<Covered, DispatchError> {
        let (number, version) = match scope {
            Scope::Compartment(compartment) => (compartment, None),
            Scope::Record(key) => {
                let facts = T::Records::facts(RecordId { chart, key }).ok_or(Error::<T>::RecordNotFound)?;
                (facts.compartment, Some(facts.version))
            }
        };
        let compartment = Compartments::<T>::get(chart, number).ok_or(Error::<T>::CompartmentNotFound)?;
        let edition = version.unwrap_or(compartment.epoch);
        Ok(Covered { compartment, edition })
    }

    /// Adds the grant to the list of its scope; when that is full, ones that are over make room.
    fn list(giving: &Giving, scope: Scope, covered: &Covered, number: GrantId) -> DispatchResult {
        let Giving { chart, now, .. } = *giving;
        match scope {
            Scope::Compartment(compartment) => {
                let mut list = CompartmentGrants::<T>::get(chart, compartment);
                let mut reader_left = false;
                Self::make_room(&mut list, chart, now, |grant| {
                    reader_left |= Self::has_left(grant, covered.compartment.epoch, now);
                });
                list.try_push(number).map_err(|_| Error::<T>::TooManyReaders)?;
                CompartmentGrants::<T>::insert(chart, compartment, list);
                if reader_left && !covered.compartment.rotation_due {
                    Self::mark_rotation_due(chart, compartment);
                }
            }
            Scope::Record(key) => {
                let mut list = RecordGrants::<T>::get(chart, key);
                Self::make_room(&mut list, chart, now, |_| {});
                list.try_push(number).map_err(|_| Error::<T>::TooManyRecordGrants)?;
                RecordGrants::<T>::insert(chart, key, list);
            }
        }
        Ok(())
    }

    fn make_room<S: Get<u32>>(
        list: &mut BoundedVec<GrantId, S>,
        chart: ChartId,
        now: Moment,
        mut leaves: impl FnMut(&Grant),
    ) {
        if !list.is_full() {
            return;
        }
        list.retain(|number| {
            let Some(grant) = Grants::<T>::get(chart, number) else { return false };
            let is_over = grant.is_over(now);
            if is_over {
                leaves(&grant);
            }
            !is_over
        });
    }

    fn mark_rotation_due(chart: ChartId, compartment: CompartmentId) {
        if let Some(held) = Compartments::<T>::get(chart, compartment) {
            Compartments::<T>::insert(chart, compartment, Compartment { rotation_due: true, ..held });
        }
    }
}

/// The purpose, when there is exactly one.
pub(crate) fn only(purposes: Purposes) -> Option<Purpose> {
    let mut rest = purposes.iter();
    rest.next().filter(|_| rest.next().is_none())
}
