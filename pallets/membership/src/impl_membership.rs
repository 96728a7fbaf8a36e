// SPDX-License-Identifier: Apache-2.0

//! Answers other pallets.

use crate::{AccountOwners, Config, Institutions, Members, Pallet};
use salus_primitives::{
    membership::{InstitutionStanding, Standing},
    traits::Membership,
    InstitutionId, MemberId, Moment,
};
use sp_runtime::AccountId32;

impl<T: Config> Membership<AccountId32> for Pallet<T> {
    fn standing_of_account(account: &AccountId32) -> Option<Standing> {
        let owner = AccountOwners::<T>::get(account).filter(|owner| owner.live)?;
        Self::standing(owner.member)
    }

    fn standing(id: MemberId) -> Option<Standing> {
        let member = Members::<T>::get(id)?;
        Some(Standing {
            member: id,
            role: member.role,
            status: member.status,
            valid_until: member.valid_until,
            institution: member.institution().and_then(Self::institution),
        })
    }

    fn joined_at(id: MemberId) -> Option<Moment> {
        Members::<T>::get(id).map(|member| member.joined_at)
    }

    fn institution(id: InstitutionId) -> Option<InstitutionStanding> {
        let institution = Institutions::<T>::get(id)?;
        Some(InstitutionStanding { id, kind: institution.profile.kind, status: institution.status })
    }

    fn has_vault(id: InstitutionId) -> bool {
        Institutions::<T>::get(id).is_some_and(|institution| !institution.profile.vault_address.is_empty())
    }
}
