// SPDX-License-Identifier: Apache-2.0

//! The standing to act, and how members of staff are suspended, reinstated and revoked.

use crate::{Config, EnsureMember, Error, Members, Pallet};
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
    InstitutionId, MemberId,
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

    /// Changes the status of a member of staff, as an issuer of its institution decides, or so much of the council. A
    /// delegate who may not act any more loses its votes in open motions.
    pub(crate) fn set_member_status<Council: EnsureOrigin<OriginFor<T>>>(
        origin: OriginFor<T>,
        id: MemberId,
        from: &[MemberStatus],
        to: MemberStatus,
        action: Action,
    ) -> DispatchResult {
        let superior = Superior::ensure::<T, Council>(origin)?;
        let member = Members::<T>::get(id).ok_or(Error::<T>::NotFound)?;
        let institution = member.institution().ok_or(Error::<T>::NotStaff)?;
        ensure!(superior.is_over(institution), Error::<T>::NotPermitted);
        if let Superior::Issuer(issuer, _) = superior {
            ensure!(Self::is_settled(issuer) || !Self::is_settled(id), Error::<T>::TooNew);
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
enum Superior {
    Council,
    Issuer(MemberId, InstitutionId),
}

impl Superior {
    fn ensure<T: Config, Council: EnsureOrigin<OriginFor<T>>>(origin: OriginFor<T>) -> Result<Self, DispatchError> {
        match Council::try_origin(origin) {
            Ok(_) => Ok(Self::Council),
            Err(origin) => {
                let (issuer, institution) = Pallet::<T>::ensure_role(origin, Role::Issuer)?;
                Ok(Self::Issuer(issuer, institution))
            }
        }
    }

    fn is_over(&self, institution: InstitutionId) -> bool {
        match self {
            Self::Council => true,
            Self::Issuer(_, own) => *own == institution,
        }
    }

    fn event(&self, action: Action, subject: Subject) -> AuditEvent {
        match self {
            Self::Council => AuditEvent::by_council(action, subject),
            Self::Issuer(issuer, own) => AuditEvent::by_member(*issuer, Some(*own), action, subject),
        }
    }
}
