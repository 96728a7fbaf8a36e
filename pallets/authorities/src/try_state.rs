// SPDX-License-Identifier: Apache-2.0

//! Invariants of the storage after every block: one function for each.

use crate::{
    Absences, Authored, Config, Motions, Pallet, Planned, Resuming, SeatOf, SeatOfAuthority, Seats, SessionLength,
    SessionStarts, Sessions, RESUMPTION_LIFE,
};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Get};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks every invariant.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::try_state_seats_are_counted_and_bounded()?;
        Self::try_state_seats_and_accounts_agree()?;
        Self::try_state_delegates_are_distinct()?;
        Self::try_state_liability_begins_with_the_session_after_next_at_the_latest()?;
        Self::try_state_the_plan_is_a_set()?;
        Self::try_state_authors_are_bounded()?;
        Self::try_state_the_absent_have_seats()?;
        Self::try_state_session_starts_are_in_order()?;
        Self::try_state_finality_resumes_within_a_session()?;
        Self::try_state_no_institution_fills_the_list_of_motions()
    }

    /// The count of seats is right and within its bound.
    fn try_state_seats_are_counted_and_bounded() -> Result<(), TryRuntimeError> {
        let count = Seats::<T>::count();
        ensure!(u32::try_from(Seats::<T>::iter_keys().count()) == Ok(count), "seats are miscounted");
        ensure!(count <= T::MaxAuthorities::get(), "there are too many seats");
        Ok(())
    }

    /// Exactly the accounts and authorities of seats are in the indexes, and lead to them.
    fn try_state_seats_and_accounts_agree() -> Result<(), TryRuntimeError> {
        for (institution, seat) in Seats::<T>::iter() {
            ensure!(SeatOf::<T>::get(&seat.account) == Some(institution), "an account does not lead to its seat");
        }
        for (account, institution) in SeatOf::<T>::iter() {
            let seat = Seats::<T>::get(institution).ok_or("an account leads to no seat")?;
            ensure!(seat.account == account, "an account leads to another one's seat");
        }
        for (authority, institution) in SeatOfAuthority::<T>::iter() {
            let seat = Seats::<T>::get(institution).ok_or("an authority leads to no seat")?;
            ensure!(seat.authority == authority, "an authority leads to another one's seat");
        }
        let authorities = SeatOfAuthority::<T>::iter_keys().count();
        ensure!(u32::try_from(authorities) == Ok(Seats::<T>::count()), "a seat has no authority");
        Ok(())
    }

    /// No delegate votes for two institutions.
    fn try_state_delegates_are_distinct() -> Result<(), TryRuntimeError> {
        let delegates: BTreeSet<_> = Seats::<T>::iter_values().map(|seat| seat.delegate).collect();
        ensure!(delegates.len() == Self::delegates().len(), "a delegate votes for two institutions");
        Ok(())
    }

    /// Every seat answers at the latest for the session after next.
    fn try_state_liability_begins_with_the_session_after_next_at_the_latest() -> Result<(), TryRuntimeError> {
        let latest = T::Sessions::current().saturating_add(2);
        ensure!(Seats::<T>::iter_values().all(|seat| seat.liable_from <= latest), "a seat answers for nothing");
        Ok(())
    }

    /// The plan is sorted, without duplicates.
    fn try_state_the_plan_is_a_set() -> Result<(), TryRuntimeError> {
        let planned = Planned::<T>::get();
        ensure!(
            planned.windows(2).all(|pair| pair.first().map(|it| &it.0) < pair.last().map(|it| &it.0)),
            "the plan is not a sorted set"
        );
        Ok(())
    }

    /// Only authorities of the current session have authored in it.
    fn try_state_authors_are_bounded() -> Result<(), TryRuntimeError> {
        let authorities = T::Sessions::authorities();
        ensure!(Authored::<T>::iter_keys().all(|author| authorities.contains(&author)), "a stranger authored");
        Ok(())
    }

    /// Only institutions with a seat are absent, and for one session at least.
    fn try_state_the_absent_have_seats() -> Result<(), TryRuntimeError> {
        for (institution, sessions) in Absences::<T>::iter() {
            ensure!(sessions > 0, "an authority is absent for no session");
            ensure!(Seats::<T>::contains_key(institution), "an institution without a seat is absent");
        }
        Ok(())
    }

    /// The current session and the remembered ones began one after the other, without a gap.
    fn try_state_session_starts_are_in_order() -> Result<(), TryRuntimeError> {
        let current = T::Sessions::current();
        let oldest = current.saturating_sub(T::SessionsRemembered::get().saturating_add(1));
        let mut last = None;
        for session in oldest..=current {
            let start = SessionStarts::<T>::get(session);
            ensure!(start.is_some() && start >= last, "a session did not begin, or before the one before it");
            last = start;
        }
        let remembered = (oldest..=current).count();
        ensure!(SessionStarts::<T>::iter_keys().count() == remembered, "a session is remembered for too long");
        Ok(())
    }

    /// Finality resumes from an existing block, before the end of the session in which it resumes.
    fn try_state_finality_resumes_within_a_session() -> Result<(), TryRuntimeError> {
        let Some(resumption) = Resuming::<T>::get() else { return Ok(()) };
        let now = frame_system::Pallet::<T>::block_number();
        let is_possible = resumption.last_final < now && resumption.wait < SessionLength::<T>::get();
        ensure!(is_possible, "finality resumes too late");
        let current = T::Sessions::current();
        let is_open = current < resumption.until && resumption.until <= current.saturating_add(RESUMPTION_LIFE);
        ensure!(is_open, "a decision to resume finality outlives its time");
        Ok(())
    }

    /// No motion is listed twice, and no institution has too many.
    fn try_state_no_institution_fills_the_list_of_motions() -> Result<(), TryRuntimeError> {
        let motions = Motions::<T>::get();
        let distinct: BTreeSet<_> = motions.iter().map(|(motion, _)| motion).collect();
        ensure!(distinct.len() == motions.len(), "a motion is counted twice");
        for (_, institution) in &motions {
            let own = motions.iter().filter(|(_, other)| other == institution).count();
            ensure!(own <= T::MotionsPerSeat::get() as usize, "an institution has too many motions open");
        }
        Ok(())
    }
}
