// SPDX-License-Identifier: Apache-2.0

//! The standing to act, and how members of staff are suspended, reinstated and revoked.

use crate::{Config, EnsureMember, Error, Event, Members, Pallet};
use alloc::vec::Vec;
use frame_support::{
    dispatch::DispatchResult,
    ensure,
    traits::{EnsureOrigin, Get, Time},
};
use frame_system::pallet_prelude::OriginFor;
use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Subject},
    membership::{Member, MemberStatus, Role},
    traits::{AuditLog, Authorities, Membership},
    InstitutionId, MemberId, Moment,
};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
    /// Returns the signer, who has to be an active member of staff with `role`, and its institution.
    pub(crate) fn ensure_role(origin: OriginFor<T>, role: Role) -> Result<(MemberId, InstitutionId), DispatchError> {
        let standing = EnsureMember::<T>::ensure_origin(origin)?;
        ensure!(standing.role == role, Error::<T>::NotPermitted);
        let institution = standing.institution_id().ok_or(Error::<T>::NotPermitted)?;
        Ok((standing.member, institution))
    }

    /// Returns who decides about staff: as much of the council as `Council` needs, or an active issuer.
    pub(crate) fn ensure_superior<Council: EnsureOrigin<OriginFor<T>>>(
        origin: OriginFor<T>,
    ) -> Result<Superior, DispatchError> {
        match Council::try_origin(origin) {
            Ok(_) => Ok(Superior::Council),
            Err(origin) => {
                let (issuer, institution) = Self::ensure_role(origin, Role::Issuer)?;
                Ok(Superior::Issuer(issuer, institution))
            }
        }
    }

    pub(crate) fn do_suspend_member(superior: &Superior, id: MemberId) -> DispatchResult {
        let (from, to) = ([MemberStatus::Active], MemberStatus::Suspended);
        Self::set_member_status(superior, id, &from, to, Action::MemberSuspended)?;
        Self::deposit_event(Event::MemberSuspended { member: id });
        Ok(())
    }

    pub(crate) fn do_reinstate_member(superior: &Superior, id: MemberId) -> DispatchResult {
        let (from, to) = ([MemberStatus::Suspended], MemberStatus::Active);
        Self::set_member_status(superior, id, &from, to, Action::MemberReinstated)?;
        Self::deposit_event(Event::MemberReinstated { member: id });
        Ok(())
    }

    pub(crate) fn do_revoke_member(superior: &Superior, id: MemberId) -> DispatchResult {
        let from = [MemberStatus::Pending, MemberStatus::Active, MemberStatus::Suspended];
        Self::set_member_status(superior, id, &from, MemberStatus::Revoked, Action::MemberRevoked)?;
        Self::close_challenges(id);
        Self::deposit_event(Event::MemberRevoked { member: id });
        Ok(())
    }

    /// Lets a membership last longer, until `valid_until` or without an end.
    pub(crate) fn do_renew_member(
        (issuer, institution): (MemberId, InstitutionId),
        id: MemberId,
        valid_until: Option<Moment>,
    ) -> DispatchResult {
        let member = Members::<T>::get(id).ok_or(Error::<T>::NotFound)?;
        let of = member.institution().ok_or(Error::<T>::NotStaff)?;
        // Who ends by itself cannot make itself last.
        ensure!(of == institution && issuer != id, Error::<T>::NotPermitted);
        ensure!(member.status != MemberStatus::Revoked, Error::<T>::InvalidStatus);
        let end = member.valid_until.ok_or(Error::<T>::NotLonger)?;
        ensure!(valid_until.is_none_or(|until| until > end && until > T::Time::now()), Error::<T>::NotLonger);

        let entry = AuditEvent::by_member(issuer, Some(institution), Action::MemberRenewed, Subject::Member(id));
        T::Audit::append(LogId::Institution(institution), entry);
        Members::<T>::insert(id, Member { valid_until, ..member });
        Self::deposit_event(Event::MemberRenewed { member: id, valid_until });
        Ok(())
    }

    /// Changes the status of a member of staff, if it is one of `from` and `superior` may decide about the member. A
    /// delegate who may not act any more loses its votes in open motions.
    fn set_member_status(
        superior: &Superior,
        id: MemberId,
        from: &[MemberStatus],
        to: MemberStatus,
        action: Action,
    ) -> DispatchResult {
        let member = Members::<T>::get(id).ok_or(Error::<T>::NotFound)?;
        let institution = member.institution().ok_or(Error::<T>::NotStaff)?;
        ensure!(superior.is_over(institution), Error::<T>::NotPermitted);
        if let Superior::Issuer(issuer, _) = superior {
            ensure!(Self::is_settled(*issuer) || !Self::is_settled(id), Error::<T>::TooNew);
        }
        ensure!(from.contains(&member.status), Error::<T>::InvalidStatus);
        if to == MemberStatus::Revoked && member.role == Role::Service {
            ensure!(!member.transaction_keys.iter().any(Self::holds_seat), Error::<T>::HoldsSeat);
        }

        if to != MemberStatus::Active {
            let accounts: Vec<_> = member.transaction_keys.iter().copied().map(Self::account).collect();
            T::Authorities::withdraw_votes(institution, &accounts);
        }
        T::Audit::append(LogId::Institution(institution), superior.event(action, Subject::Member(id)));
        Members::<T>::insert(id, Member { status: to, ..member });
        Ok(())
    }

    /// Whether the member joined at least [`Config::SettlingTime`] ago. Before that, its institution has had no time to
    /// revoke a member whom it did not admit itself.
    fn is_settled(id: MemberId) -> bool {
        Self::joined_at(id).is_some_and(|joined_at| T::Time::now() >= joined_at.saturating_add(T::SettlingTime::get()))
    }
}

/// The council, or the issuer, that decides about staff.
pub(crate) enum Superior {
    /// The council.
    Council,
    /// An issuer, and its institution.
    Issuer(MemberId, InstitutionId),
}

impl Superior {
    /// Whether it decides about the staff of this institution.
    fn is_over(&self, institution: InstitutionId) -> bool {
        match self {
            Self::Council => true,
            Self::Issuer(_, own) => *own == institution,
        }
    }

    /// The log entry of its decision.
    fn event(&self, action: Action, subject: Subject) -> AuditEvent {
        match self {
            Self::Council => AuditEvent::by_council(action, subject),
            Self::Issuer(issuer, own) => AuditEvent::by_member(*issuer, Some(*own), action, subject),
        }
    }
}
