// SPDX-License-Identifier: Apache-2.0

//! Chooses the authorities of the sessions.

use crate::{types::Strength, Config, Pallet, Planned, Seat, Seats, SessionStarts, Sessions, MIN_AUTHORITIES};
use alloc::vec::Vec;
use frame_support::{traits::Get, BoundedVec};
use pallet_session::{historical, SessionManager};
use salus_primitives::{Digest, InstitutionId};
use sp_runtime::AccountId32;
use sp_staking::SessionIndex;

impl<T: Config> Pallet<T> {
    /// Returns the accounts that should author and vote, in the order of their bytes.
    pub(crate) fn choose_authorities() -> Vec<(AccountId32, Digest)> {
        let mut chosen: Vec<_> =
            Self::choose_seats().into_iter().map(|(_, authority, keys)| (authority, keys)).collect();
        chosen.sort();
        chosen
    }

    /// Returns the institutions of the authorities, with their accounts and keys. They are the active seats with keys
    /// and, while these are too few, suspended seats, those of the oldest institutions first.
    pub(crate) fn choose_seats() -> Vec<(InstitutionId, AccountId32, Digest)> {
        let (mut chosen, mut suspended) = (Vec::new(), Vec::new());
        for (institution, seat, keys) in Self::seats_with_keys() {
            let of_whom = if seat.is_active() { &mut chosen } else { &mut suspended };
            of_whom.push((institution, seat.authority, keys));
        }
        suspended.sort();
        let missing = (MIN_AUTHORITIES as usize).saturating_sub(chosen.len());
        chosen.extend(suspended.into_iter().take(missing));
        chosen
    }

    /// Returns the number of authorities.
    pub(crate) fn strength() -> Strength {
        Self::strength_of(|_| Some(true))
    }

    /// Returns the number of authorities without this one.
    pub(crate) fn strength_without(institution: InstitutionId) -> Strength {
        Self::strength_of(|other| (other != institution).then_some(true))
    }

    /// Returns the number of authorities if this one were suspended.
    pub(crate) fn strength_suspending(institution: InstitutionId) -> Strength {
        Self::strength_of(|other| Some(other != institution))
    }

    /// Returns the number of authorities among the seats that stay. `stays_active` gives none for a seat that goes, and
    /// false for one that is suspended besides.
    fn strength_of(stays_active: impl Fn(InstitutionId) -> Option<bool>) -> Strength {
        let (mut active, mut suspended) = (0usize, 0usize);
        for (institution, seat, _) in Self::seats_with_keys() {
            match stays_active(institution) {
                Some(true) if seat.is_active() => active = active.saturating_add(1),
                Some(_) => suspended = suspended.saturating_add(1),
                None => (),
            }
        }
        let missing = (MIN_AUTHORITIES as usize).saturating_sub(active);
        Strength { active, total: active.saturating_add(suspended.min(missing)) }
    }

    /// Returns the seats with session keys. There are at most `MaxAuthorities`; `take` keeps the bound visible.
    pub(crate) fn seats_with_keys() -> impl Iterator<Item = (InstitutionId, Seat, Digest)> {
        Seats::<T>::iter().take(T::MaxAuthorities::get() as usize).filter_map(|(institution, seat)| {
            let keys = T::Sessions::keys(&seat.authority)?;
            Some((institution, seat, keys))
        })
    }
}

impl<T: Config> SessionManager<AccountId32> for Pallet<T> {
    /// Returns none when neither authorities nor keys changed: otherwise GRANDPA would begin a new set for nothing. The
    /// SDK itself notices new keys, but would remember the session with the old ones. Then the chain could not prove
    /// the owner of the new keys. It never returns an empty set.
    fn new_session(_: SessionIndex) -> Option<Vec<AccountId32>> {
        let chosen = Self::choose_authorities();
        if chosen.is_empty() || *Planned::<T>::get() == *chosen {
            return None;
        }
        // There are no more seats than fit.
        Planned::<T>::put(BoundedVec::truncate_from(chosen.clone()));
        Some(chosen.into_iter().map(|(account, _)| account).collect())
    }

    fn start_session(index: SessionIndex) {
        SessionStarts::<T>::insert(index, T::Slot::get());
        Self::disable_suspended();
        Self::resume_finality_when_ready(index);
    }

    fn end_session(index: SessionIndex) {
        Self::call_roll();
        let oldest = index.saturating_sub(T::SessionsRemembered::get());
        T::Sessions::forget_before(oldest);
        // Each session that ends makes the oldest remembered one be forgotten.
        if let Some(forgotten) = oldest.checked_sub(1) {
            SessionStarts::<T>::remove(forgotten);
        }
    }
}

impl<T: Config> historical::SessionManager<AccountId32, ()> for Pallet<T> {
    fn new_session(index: SessionIndex) -> Option<Vec<(AccountId32, ())>> {
        let chosen = <Self as SessionManager<_>>::new_session(index)?;
        Some(chosen.into_iter().map(|authority| (authority, ())).collect())
    }

    fn start_session(index: SessionIndex) {
        <Self as SessionManager<_>>::start_session(index)
    }

    fn end_session(index: SessionIndex) {
        <Self as SessionManager<_>>::end_session(index)
    }
}
