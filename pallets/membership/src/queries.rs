// SPDX-License-Identifier: Apache-2.0

//! Read-only queries for clients, beyond single entries of the storage.

use crate::{AccountOwners, Challenges, Config, Institutions, NextInstitution, Pallet};
use alloc::vec::Vec;
use frame_support::traits::Time;
use salus_primitives::{
    membership::{ChallengeBy, NumberedInstitution},
    InstitutionId, MemberId, SigningKey,
};

impl<T: Config> Pallet<T> {
    /// Returns at most `limit` institutions from number `from` on.
    pub fn institutions_from(from: InstitutionId, limit: u32) -> Vec<NumberedInstitution> {
        let end = NextInstitution::<T>::get().0.min(from.0.saturating_add(limit));
        let numbered = |number| Some(NumberedInstitution { number, institution: Institutions::<T>::get(number)? });
        (from.0..end).map(InstitutionId).filter_map(numbered).collect()
    }

    /// Returns the member that signs transactions with `key`.
    pub fn member_of_account(key: SigningKey) -> Option<MemberId> {
        AccountOwners::<T>::get(Self::account(key)).filter(|owner| owner.live).map(|owner| owner.member)
    }

    /// Returns the challenges that `member` can still answer, with the verifiers' institutions.
    pub fn challenges_of(member: MemberId) -> Vec<ChallengeBy> {
        let now = T::Time::now();
        let by = |(institution, challenge)| ChallengeBy { institution, challenge };
        Challenges::<T>::iter_prefix(member).map(by).filter(|it| now < it.challenge.expires_at).collect()
    }
}
