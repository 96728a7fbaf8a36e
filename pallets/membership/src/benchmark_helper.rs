// SPDX-License-Identifier: Apache-2.0

//! Members for benchmarks of this and other pallets. They need not join.

use crate::{AccountOwners, Config, Institutions, NextInstitution, NextMember, Pallet};
use codec::Encode;
use frame_support::BoundedVec;
use salus_primitives::{
    membership::{
        Institution, InstitutionKind, InstitutionProfile, InstitutionStatus, MemberStatus, Newcomer, Quota, Role,
    },
    Digest, EncryptionKey, InstitutionId, MemberId, SigningKey,
};
use sp_runtime::AccountId32;

impl<T: Config> Pallet<T> {
    /// Returns an active member with this account and role, of a new institution whose kind fits the role.
    ///
    /// An account that has a member already keeps it.
    pub fn benchmark_member(account: &AccountId32, role: Role) -> MemberId {
        if let Some(owner) = AccountOwners::<T>::get(account) {
            return owner.member;
        }
        let kind = match role {
            Role::Laboratory => InstitutionKind::Laboratory,
            Role::Pharmacist => InstitutionKind::Pharmacy,
            Role::Researcher => InstitutionKind::ResearchInstitute,
            _ => InstitutionKind::Hospital,
        };
        let institution =
            Self::benchmark_institution(kind, benchmark_key("issuing", NextInstitution::<T>::get().0.into()));
        Self::benchmark_member_of(institution, account, role)
    }

    /// Creates an active institution with the largest profile.
    pub fn benchmark_institution(kind: InstitutionKind, issuing_key: SigningKey) -> InstitutionId {
        let id = NextInstitution::<T>::get();
        let profile = benchmark_profile(kind, issuing_key);
        let status = InstitutionStatus::Active;
        Institutions::<T>::insert(
            id,
            Institution { profile, issuing_epoch: 0, status, admitted: 0, usage: Default::default() },
        );
        NextInstitution::<T>::put(InstitutionId(id.0.saturating_add(1)));
        id
    }

    /// Creates an active member with this account and role, of this institution.
    pub fn benchmark_member_of(institution: InstitutionId, account: &AccountId32, role: Role) -> MemberId {
        let number = NextMember::<T>::get().0;
        let newcomer = Newcomer {
            transaction_key: SigningKey(account.clone().into()),
            membership_key: benchmark_key("membership", number),
            encryption_key: EncryptionKey::x25519(benchmark_key("encryption", number).0),
        };
        Self::register(institution, role, &newcomer, Digest([1; 32]), None, MemberStatus::Active)
    }
}

/// Returns the largest profile, with limits that a benchmark does not reach.
pub(crate) fn benchmark_profile(kind: InstitutionKind, issuing_key: SigningKey) -> InstitutionProfile {
    InstitutionProfile {
        kind,
        issuing_key,
        encryption_key: EncryptionKey::x25519([7; 32]),
        vault_address: BoundedVec::truncate_from(alloc::vec![b'v'; 256]),
        admission_quota: u32::MAX,
        traffic_quota: Quota { time: u64::MAX, bytes: u64::MAX, refill: 1 },
    }
}

/// Returns a public key without a private one.
fn benchmark_key(purpose: &str, number: u64) -> SigningKey {
    SigningKey(sp_io::hashing::blake2_256(&("benchmark", purpose, number).encode()))
}
