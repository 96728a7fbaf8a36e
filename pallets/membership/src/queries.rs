// SPDX-License-Identifier: Apache-2.0

//! Read-only queries for clients, beyond single entries of the storage.

use crate::{AccountOwners, Challenges, Config, Institutions, NextInstitution, Pallet};
use alloc::vec::Vec;
use frame_support::traits::Time;
use salus_primitives::{
    membership::{Challenge, Institution},
    InstitutionId, MemberId, SigningKey,
};

impl<T: Config> Pallet<T> {
    /// Returns at most `limit` institutions from number `from` on.
    pub fn institutions_from(from: InstitutionId, limit: u32) -> Vec<(InstitutionId, Institution)> {
        let end = NextInstitution::<T>::get().0.min(from.0.saturating_add(limit));
        (from.0..end).map(InstitutionId).filter_map(|id| Some((id, Institutions::<T>::get(id)?))).collect()
    }

    /// Returns the member that signs transactions with `key`.
    pub fn member_of_account(key: SigningKey) -> Option<MemberId> {
        AccountOwners::<T>::get(Self::account(key)).filter(|owner| owner.live).map(|owner| owner.member)
    }

    /// Returns the challenges that `member` can still answer, with the verifiers' institutions.
    pub fn challenges_of(member: MemberId) -> Vec<(InstitutionId, Challenge)> {
        let now = T::Time::now();
        Challenges::<T>::iter_prefix(member).filter(|(_, challenge)| now < challenge.expires_at).collect()
    }
}
