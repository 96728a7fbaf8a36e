// SPDX-License-Identifier: Apache-2.0

//! Read-only queries for clients.

use crate::{types::page_of, Config, Heads, Pages, Pallet, StoredHead};
use alloc::vec::Vec;
use salus_primitives::audit::{Entry, LogHead, LogId};

impl<T: Config> Pallet<T> {
    /// Returns the length and head of `log`.
    pub fn head(log: LogId) -> LogHead {
        Self::stored_head(log).log_head()
    }

    /// Returns the place of the first entry of `log` that the state still has; the log's length when it has none.
    pub fn oldest(log: LogId) -> u64 {
        Self::stored_head(log).first
    }

    /// Returns at most `limit` entries of `log` from place `from` on, as far as the state still has them.
    pub fn page(log: LogId, from: u64, limit: u32) -> Vec<Entry> {
        let head = Self::stored_head(log);
        let start = from.max(head.first);
        let end = start.saturating_add(limit.into()).min(head.length);
        if start >= end {
            return Vec::new();
        }
        let pages = page_of(start)..=page_of(end.saturating_sub(1));
        let entries = pages.flat_map(|page| {
            let stored = Pages::<T>::get((log, page)).into_iter();
            stored.zip(head.places_in(page)).map(|(entry, place)| Entry::new(place, entry.at, entry.block, entry.event))
        });
        entries.filter(|entry| (start..end).contains(&entry.sequence)).collect()
    }

    fn stored_head(log: LogId) -> StoredHead {
        Heads::<T>::get(log).unwrap_or_else(|| StoredHead::empty(log))
    }
}
