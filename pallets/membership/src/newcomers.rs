// SPDX-License-Identifier: Apache-2.0

//! Expiry: newcomers who never became active leave, and free their places.
//!
//! The chain numbers members in the order in which they joined, so one pass over the numbers finds each in time.

use crate::{
    AccountOwner, AccountOwners, Config, Event, Institutions, Members, MembershipKeys, NextExpiry, NextMember, Pallet,
    Redeemed, WeightInfo,
};
use frame_support::{
    traits::{Get, Time},
    weights::Weight,
};
use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Subject},
    membership::Member,
    traits::AuditLog,
    MemberId, Moment, SigningKey,
};
use sp_runtime::traits::Zero;

impl<T: Config> Pallet<T> {
    /// Looks at as many members as `remaining` and [`Config::MaxExpired`] allow; returns what it cost. The next block
    /// goes on where this one ends.
    pub(crate) fn expire_within(remaining: Weight) -> Weight {
        let none = T::WeightInfo::expire(0);
        let each = T::WeightInfo::expire(1).saturating_sub(none);
        let Some(spare) = remaining.checked_sub(&none) else { return Weight::zero() };
        let affordable = spare.checked_div_per_component(&each).unwrap_or(u64::MAX);
        let limit = T::MaxExpired::get().min(affordable.try_into().unwrap_or(u32::MAX));
        if limit == 0 {
            return Weight::zero();
        }

        T::WeightInfo::expire(Self::expire(T::Time::now(), limit))
    }

    /// Looks at no more than `limit` members, the oldest first, and forgets those that never became active in
    /// [`Config::PendingLife`]; returns at how many it looked.
    pub(crate) fn expire(now: Moment, limit: u32) -> u32 {
        let (start, end) = (NextExpiry::<T>::get(), NextMember::<T>::get());
        let (mut next, mut visited) = (start, 0u32);
        while next < end && visited < limit {
            visited = visited.saturating_add(1);
            if let Some(member) = Members::<T>::get(next).filter(|member| member.voucher.is_some()) {
                if now < member.joined_at.saturating_add(T::PendingLife::get()) {
                    // All later ones joined later.
                    break;
                }
                Self::forget(next, member);
            }
            next = MemberId(next.0.saturating_add(1));
        }
        if next != start {
            NextExpiry::<T>::put(next);
        }
        visited
    }

    /// Removes a member that never was active. The voucher has expired too, so no newcomer can redeem it again.
    fn forget(id: MemberId, member: Member) {
        let institution = member.admitted_by;
        Members::<T>::remove(id);
        MembershipKeys::<T>::remove(member.membership_key);
        Self::close_challenges(id);
        member.transaction_keys.iter().for_each(|key| Self::unbind(id, *key));
        if let Some(number) = member.voucher {
            Redeemed::<T>::remove(institution, number);
        }
        Institutions::<T>::mutate_extant(institution, |institution| {
            institution.admitted = institution.admitted.saturating_sub(1);
        });
        T::Audit::append(
            LogId::Institution(institution),
            AuditEvent::by_chain(Action::MemberExpired, Subject::Member(id)),
        );
        Self::deposit_event(Event::MemberExpired { member: id });
    }

    /// Releases the account of a member that never was active. Its nonce is still zero, so the chain included nothing
    /// that it signed, and there is nothing to replay. Otherwise the account stays bound, with its nonce and its
    /// provider.
    fn unbind(id: MemberId, key: SigningKey) {
        let account = Self::account(key);
        let was_used = !frame_system::Pallet::<T>::account_nonce(&account).is_zero();
        if was_used || frame_system::Pallet::<T>::dec_providers(&account).is_err() {
            AccountOwners::<T>::insert(account, AccountOwner { member: id, live: false });
        } else {
            AccountOwners::<T>::remove(account);
        }
    }
}
