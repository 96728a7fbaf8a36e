// SPDX-License-Identifier: Apache-2.0

//! Keys: what makes one usable, to whom it belongs, and how transaction keys change.

use crate::{AccountOwner, AccountOwners, Config, Error, Event, Members, MembershipKeys, Pallet};
use frame_support::{dispatch::DispatchResult, ensure};
use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Subject},
    membership::{key_change_payload, KeyChange, Member, Newcomer},
    traits::{AuditLog, Authorities},
    Digest, MemberId, SigningKey,
};
use sp_core::sr25519;
use sp_runtime::{traits::Zero, AccountId32};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_add_transaction_key(
        id: MemberId,
        key: SigningKey,
        key_signature: &sr25519::Signature,
        membership_signature: &sr25519::Signature,
    ) -> DispatchResult {
        let mut member = Members::<T>::get(id).ok_or(Error::<T>::NotFound)?;
        ensure!(Self::is_key(&key) && !MembershipKeys::<T>::contains_key(key), Error::<T>::KeyNotUsable);
        // A member can bring back a key that it removed, but never a key of another member.
        let owner = AccountOwners::<T>::get(Self::account(key));
        ensure!(owner.is_none_or(|owner| owner.member == id && !owner.live), Error::<T>::KeyNotUsable);
        let payload = Self::key_change(id, &member, KeyChange::Add(key));
        member.transaction_keys.try_push(key).map_err(|_| Error::<T>::TooManyKeys)?;
        member.key_changes = member.key_changes.checked_add(1).ok_or(Error::<T>::NumbersExhausted)?;
        ensure!(Self::verifies(&key, &payload, key_signature), Error::<T>::BadSignature);
        ensure!(Self::verifies(&member.membership_key, &payload, membership_signature), Error::<T>::BadSignature);

        Self::bind(key, id);
        Self::log_key_change(id, &member, Action::TransactionKeyAdded, key);
        Members::<T>::insert(id, member);
        Self::deposit_event(Event::TransactionKeyAdded { member: id, key });
        Ok(())
    }

    pub(crate) fn do_remove_transaction_key(
        id: MemberId,
        key: SigningKey,
        membership_signature: &sr25519::Signature,
    ) -> DispatchResult {
        let mut member = Members::<T>::get(id).ok_or(Error::<T>::NotFound)?;
        ensure!(member.transaction_keys.contains(&key), Error::<T>::NotFound);
        ensure!(member.transaction_keys.len() > 1, Error::<T>::LastKey);
        ensure!(!Self::holds_seat(&key), Error::<T>::HoldsSeat);
        let payload = Self::key_change(id, &member, KeyChange::Remove(key));
        member.key_changes = member.key_changes.checked_add(1).ok_or(Error::<T>::NumbersExhausted)?;
        ensure!(Self::verifies(&member.membership_key, &payload, membership_signature), Error::<T>::BadSignature);

        member.transaction_keys.retain(|other| *other != key);
        if let Some(institution) = member.institution() {
            T::Authorities::withdraw_votes(institution, &[Self::account(key)]);
        }
        // The account keeps its nonce and its provider: reaped and bound again, it would accept old transactions again.
        AccountOwners::<T>::insert(Self::account(key), AccountOwner { member: id, live: false });
        Self::log_key_change(id, &member, Action::TransactionKeyRemoved, key);
        Members::<T>::insert(id, member);
        Self::deposit_event(Event::TransactionKeyRemoved { member: id, key });
        Ok(())
    }

    /// Whether a newcomer can bring these keys. Each has to be sound, serve one purpose, and belong to no member yet.
    pub(crate) fn are_keys_usable(newcomer: &Newcomer) -> bool {
        let Newcomer { transaction_key, membership_key, encryption_key } = newcomer;
        let is_free = |key: &SigningKey| {
            Self::is_key(key)
                && !MembershipKeys::<T>::contains_key(key)
                && !AccountOwners::<T>::contains_key(Self::account(*key))
        };
        encryption_key.is_acceptable()
            && transaction_key != membership_key
            && is_free(transaction_key)
            && is_free(membership_key)
    }

    /// Whether this can be a signing key. The zero point is not one: any signature verifies under it.
    pub(crate) fn is_key(key: &SigningKey) -> bool {
        key.0 != [0; 32]
    }

    /// Binds an account to a member for ever.
    pub(crate) fn bind(key: SigningKey, member: MemberId) {
        let account = Self::account(key);
        if !AccountOwners::<T>::contains_key(&account) {
            // `CheckNonce` refuses an account without a provider. This one is never taken away.
            frame_system::Pallet::<T>::inc_providers(&account);
        }
        AccountOwners::<T>::insert(account, AccountOwner { member, live: true });
    }

    /// Whether the account of this key sets the session keys of an authority. No other account could replace it.
    pub(crate) fn holds_seat(key: &SigningKey) -> bool {
        T::Authorities::seat(&Self::account(*key)).is_some()
    }

    /// The account of a transaction key.
    pub(crate) fn account(key: SigningKey) -> AccountId32 {
        AccountId32::new(key.0)
    }

    /// Whether `signature` is one of `key` over `payload`.
    pub(crate) fn verifies(key: &SigningKey, payload: &[u8], signature: &sr25519::Signature) -> bool {
        sp_io::crypto::sr25519_verify(signature, payload, &sr25519::Public::from_raw(key.0))
    }

    /// The hash of the first block, which binds a signature to this chain.
    pub(crate) fn genesis_hash() -> Digest {
        Digest(frame_system::Pallet::<T>::block_hash(frame_system::pallet_prelude::BlockNumberFor::<T>::zero()).0)
    }

    fn key_change(id: MemberId, member: &Member, change: KeyChange) -> alloc::vec::Vec<u8> {
        key_change_payload(&Self::genesis_hash(), id, member.key_changes, &change)
    }

    fn log_key_change(id: MemberId, member: &Member, action: Action, key: SigningKey) {
        let event = AuditEvent::by_member(id, member.institution(), action, Subject::TransactionKey(id, key));
        T::Audit::append(LogId::Institution(member.admitted_by), event);
    }
}
