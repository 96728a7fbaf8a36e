// SPDX-License-Identifier: Apache-2.0

//! Invariants of the storage after every block: one function for each.

use crate::{types::page_of, Config, Denials, Heads, Pages, Pallet, Receipts};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Time};
use salus_primitives::audit::{verify_log, LogFault};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks every invariant.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::try_state_logs_are_whole()?;
        Self::try_state_heads_chain_their_entries()?;
        Self::try_state_entries_are_in_order_of_time()?;
        Self::try_state_denials_are_not_in_the_future()?;
        Self::try_state_receipts_are_of_entries()
    }

    /// A log has exactly the pages from its first entry to its length, each with as many entries as it should have.
    fn try_state_logs_are_whole() -> Result<(), TryRuntimeError> {
        let mut pages = 0usize;
        for (log, head) in Heads::<T>::iter() {
            ensure!(head.first <= head.length, "a log is shorter than its first entry");
            if head.first == head.length {
                continue;
            }
            for page in page_of(head.first)..=page_of(head.length.saturating_sub(1)) {
                let expected = head.places_in(page).count();
                ensure!(Pages::<T>::get((log, page)).len() == expected, "a page does not have its entries");
                pages = pages.saturating_add(1);
            }
        }
        ensure!(Pages::<T>::iter_keys().count() == pages, "a page belongs to no log");
        Ok(())
    }

    /// The head of a log that still has its first entry is the hash of its entries.
    fn try_state_heads_chain_their_entries() -> Result<(), TryRuntimeError> {
        for (log, head) in Heads::<T>::iter().filter(|(_, head)| head.first == 0) {
            let entries = Self::page(log, 0, u32::MAX);
            verify_log(log, &entries, &head.log_head()).map_err(|fault| match fault {
                LogFault::Sequence { .. } => "entries are out of order",
                LogFault::Length { .. } => "a log is not as long as its head says",
                LogFault::Hash => "a head is not what its entries make it",
            })?;
        }
        Ok(())
    }

    /// Later entries of a log are not earlier in time.
    fn try_state_entries_are_in_order_of_time() -> Result<(), TryRuntimeError> {
        for log in Heads::<T>::iter_keys() {
            let entries = Self::page(log, 0, u32::MAX);
            let is_ordered = entries.iter().zip(entries.iter().skip(1)).all(|(earlier, later)| earlier.at <= later.at);
            ensure!(is_ordered, "a log is not in order of time");
        }
        Ok(())
    }

    /// No run of denials begins in the future.
    fn try_state_denials_are_not_in_the_future() -> Result<(), TryRuntimeError> {
        let now = T::Time::now();
        ensure!(Denials::<T>::iter_values().all(|run| run.since <= now), "a run of denials begins in the future");
        Ok(())
    }

    /// A note of receipts is of an entry that the state has, on its page; no institution posted twice.
    fn try_state_receipts_are_of_entries() -> Result<(), TryRuntimeError> {
        for ((log, page), notes) in Receipts::<T>::iter() {
            let head = Heads::<T>::get(log).ok_or("receipts are of no log")?;
            let places = head.places_in(page);
            ensure!(notes.iter().all(|note| places.contains(&note.place)), "receipts are of no entry of their page");
            let posters: BTreeSet<_> = notes.iter().map(|note| (note.place, note.institution)).collect();
            ensure!(posters.len() == notes.len(), "an institution posted receipts for an entry twice");
        }
        Ok(())
    }
}
