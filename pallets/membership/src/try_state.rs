// SPDX-License-Identifier: Apache-2.0

//! Invariants of the storage after every block: one function for each.

use crate::{
    AccountOwners, Challenges, Config, Institutions, Members, MembershipKeys, NextExpiry, NextInstitution, NextMember,
    Pallet, Redeemed, RequiredVerifications, MAX_OPEN_CHALLENGES,
};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::ensure;
use salus_primitives::{
    membership::{Member, MemberStatus, MAX_VERIFICATIONS},
    MemberId, SigningKey,
};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks every invariant.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::try_state_institutions_are_numbered()?;
        Self::try_state_institutions_count_their_members()?;
        Self::try_state_members_are_numbered()?;
        Self::try_state_patients_belong_to_nobody()?;
        Self::try_state_verifiers_are_of_different_institutions()?;
        Self::try_state_accounts_and_members_agree()?;
        Self::try_state_membership_keys_and_members_agree()?;
        Self::try_state_keys_have_one_purpose()?;
        Self::try_state_vouchers_admitted_members()?;
        Self::try_state_challenges_are_of_pending_members()?;
        Self::try_state_required_verifications_are_possible()
    }

    /// Institutions have the numbers below the next one.
    fn try_state_institutions_are_numbered() -> Result<(), TryRuntimeError> {
        let next = NextInstitution::<T>::get();
        ensure!(Institutions::<T>::iter_keys().all(|id| id < next), "an institution has a number not yet given");
        ensure!(Institutions::<T>::iter_keys().count() as u64 == u64::from(next.0), "an institution is missing");
        Ok(())
    }

    /// An institution knows how many members it admitted.
    fn try_state_institutions_count_their_members() -> Result<(), TryRuntimeError> {
        let mut admitted = BTreeMap::<_, u32>::new();
        for member in Members::<T>::iter_values() {
            let count = admitted.entry(member.admitted_by).or_default();
            *count = count.saturating_add(1);
        }
        for (id, institution) in Institutions::<T>::iter() {
            let count = admitted.remove(&id).unwrap_or_default();
            ensure!(institution.admitted == count, "an institution does not count its members");
        }
        ensure!(admitted.is_empty(), "a member was admitted by no institution");
        Ok(())
    }

    /// Members have numbers below the next one, and the pass for expired ones left out none that was never active.
    fn try_state_members_are_numbered() -> Result<(), TryRuntimeError> {
        let (next, passed) = (NextMember::<T>::get(), NextExpiry::<T>::get());
        ensure!(Members::<T>::iter_keys().all(|id| id < next), "a member has a number not yet given");
        let is_settled = |(id, member): (MemberId, Member)| id >= passed || member.voucher.is_none();
        ensure!(Members::<T>::iter().all(is_settled), "a newcomer was passed over");
        let has_voucher = |member: Member| member.status != MemberStatus::Pending || member.voucher.is_some();
        ensure!(Members::<T>::iter_values().all(has_voucher), "a pending member has no voucher");
        Ok(())
    }

    /// No patient is suspended, revoked or valid only for a time.
    fn try_state_patients_belong_to_nobody() -> Result<(), TryRuntimeError> {
        for patient in Members::<T>::iter_values().filter(|member| !member.role.is_staff()) {
            let is_free = matches!(patient.status, MemberStatus::Pending | MemberStatus::Active);
            ensure!(is_free && patient.valid_until.is_none(), "a patient was suspended, revoked or limited");
        }
        Ok(())
    }

    /// No institution verified a member twice.
    fn try_state_verifiers_are_of_different_institutions() -> Result<(), TryRuntimeError> {
        for member in Members::<T>::iter_values() {
            let voices = member.verified_by.voices();
            let institutions: BTreeSet<_> = voices.iter().map(|voice| voice.institution).collect();
            ensure!(institutions.len() == voices.len(), "an institution verified a member twice");
        }
        Ok(())
    }

    /// The live accounts of a member are its transaction keys, at least one, and all ever bound have a provider.
    fn try_state_accounts_and_members_agree() -> Result<(), TryRuntimeError> {
        let mut live = 0usize;
        for (account, owner) in AccountOwners::<T>::iter() {
            let key = SigningKey(account.clone().into());
            // The account of a removed key may outlive a newcomer who left.
            let member = Members::<T>::get(owner.member);
            let is_key = member.is_some_and(|member| member.transaction_keys.contains(&key));
            ensure!(is_key == owner.live, "account and member disagree");
            ensure!(frame_system::Pallet::<T>::providers(&account) > 0, "an account that was bound has no provider");
            live = live.saturating_add(usize::from(owner.live));
        }
        let mut keys = 0usize;
        for member in Members::<T>::iter_values() {
            ensure!(!member.transaction_keys.is_empty(), "a member has no transaction key");
            keys = keys.saturating_add(member.transaction_keys.len());
        }
        ensure!(keys == live, "the numbers of transaction keys and live accounts differ");
        Ok(())
    }

    /// Each member has one membership key, and it leads to the member.
    fn try_state_membership_keys_and_members_agree() -> Result<(), TryRuntimeError> {
        for (id, member) in Members::<T>::iter() {
            let owner = MembershipKeys::<T>::get(member.membership_key);
            ensure!(owner == Some(id), "a membership key does not lead to its member");
        }
        let count = MembershipKeys::<T>::iter_keys().count();
        ensure!(count == Members::<T>::iter_keys().count(), "a membership key belongs to no member");
        Ok(())
    }

    /// No membership key is an account.
    fn try_state_keys_have_one_purpose() -> Result<(), TryRuntimeError> {
        for key in MembershipKeys::<T>::iter_keys() {
            ensure!(!AccountOwners::<T>::contains_key(Self::account(key)), "a membership key is an account too");
        }
        Ok(())
    }

    /// A redeemed voucher names a member that its institution admitted, and epochs not yet begun have none.
    fn try_state_vouchers_admitted_members() -> Result<(), TryRuntimeError> {
        for (id, (epoch, _), member) in Redeemed::<T>::iter() {
            let institution = Institutions::<T>::get(id).ok_or("a voucher is of no institution")?;
            ensure!(epoch <= institution.issuing_epoch, "a voucher was redeemed before its epoch");
            let member = Members::<T>::get(member).ok_or("a voucher admitted no member")?;
            ensure!(member.admitted_by == id, "a voucher admitted a member of another institution");
        }
        Ok(())
    }

    /// Only pending members are challenged, within the limit, by institutions that have not verified them.
    fn try_state_challenges_are_of_pending_members() -> Result<(), TryRuntimeError> {
        let mut open = BTreeMap::<_, u32>::new();
        for (id, institution, challenge) in Challenges::<T>::iter() {
            let member = Members::<T>::get(id).ok_or("a challenge names an unknown member")?;
            ensure!(member.status == MemberStatus::Pending, "a member is challenged who is not pending");
            ensure!(!member.verified_by.has_heard(institution), "a challenge is not needed");
            let verifier = Members::<T>::get(challenge.verifier).ok_or("a challenge names an unknown verifier")?;
            ensure!(verifier.institution() == Some(institution), "a challenge is of another institution");
            let count = open.entry(id).or_default();
            *count = count.saturating_add(1);
        }
        ensure!(open.values().all(|count| *count <= MAX_OPEN_CHALLENGES), "a member has too many challenges");
        Ok(())
    }

    /// The number of verifications is one that a member can have.
    fn try_state_required_verifications_are_possible() -> Result<(), TryRuntimeError> {
        let count = RequiredVerifications::<T>::get();
        ensure!((1..=MAX_VERIFICATIONS).contains(&count), "the number of verifications is out of bounds");
        Ok(())
    }
}
