// SPDX-License-Identifier: Apache-2.0

//! What is true of the storage after every block: one function for each fact.

use crate::{Config, Denials, Entries, FirstHeld, Heads, NextInTimeline, OldestInTimeline, Pallet, Timeline};
use frame_support::{ensure, traits::Time};
use salus_primitives::audit::{verify_log, LogFault};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks every invariant.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::try_state_logs_are_whole()?;
        Self::try_state_heads_chain_their_entries()?;
        Self::try_state_timeline_is_whole_and_in_order()?;
        Self::try_state_denials_are_not_in_the_future()
    }

    /// A log holds exactly the entries from the first held to its length, each in its place.
    fn try_state_logs_are_whole() -> Result<(), TryRuntimeError> {
        let mut held = 0u64;
        for (log, head) in Heads::<T>::iter() {
            let first = FirstHeld::<T>::get(log);
            held = held.saturating_add(head.length.checked_sub(first).ok_or("a log is shorter than its first entry")?);
            for sequence in first..head.length {
                let entry = Entries::<T>::get(log, sequence).ok_or("an entry is missing")?;
                ensure!(entry.sequence == sequence, "an entry is not in its place");
            }
        }
        ensure!(Entries::<T>::iter_keys().count() as u64 == held, "an entry belongs to no log");
        Ok(())
    }

    /// The head of a log that is held from its first entry on is what its entries make it.
    fn try_state_heads_chain_their_entries() -> Result<(), TryRuntimeError> {
        for (log, head) in Heads::<T>::iter().filter(|(log, _)| FirstHeld::<T>::get(log) == 0) {
            let entries = Self::page(log, 0, u32::MAX);
            verify_log(log, &entries, &head).map_err(|fault| match fault {
                LogFault::Sequence { .. } => "entries are out of order",
                LogFault::Length { .. } => "a log is not as long as its head says",
                LogFault::Hash => "a head is not what its entries make it",
            })?;
        }
        Ok(())
    }

    /// The timeline names every entry once, without gaps, and later places are not earlier in time.
    fn try_state_timeline_is_whole_and_in_order() -> Result<(), TryRuntimeError> {
        let (oldest, next) = (OldestInTimeline::<T>::get(), NextInTimeline::<T>::get());
        let places = next.checked_sub(oldest).ok_or("the oldest place comes after the next one")?;
        ensure!(Timeline::<T>::iter_keys().count() as u64 == places, "the timeline has gaps or strays");
        ensure!(Entries::<T>::iter_keys().count() as u64 == places, "the timeline does not name every entry");
        let mut latest = 0;
        for place in oldest..next {
            let (log, sequence) = Timeline::<T>::get(place).ok_or("the timeline has a gap")?;
            let entry = Entries::<T>::get(log, sequence).ok_or("the timeline names an entry that is not there")?;
            ensure!(entry.at >= latest, "the timeline is not in order");
            latest = entry.at;
        }
        Ok(())
    }

    /// No run of denials begins in the future.
    fn try_state_denials_are_not_in_the_future() -> Result<(), TryRuntimeError> {
        let now = T::Time::now();
        ensure!(Denials::<T>::iter_values().all(|run| run.since <= now), "a run of denials begins in the future");
        Ok(())
    }
}
