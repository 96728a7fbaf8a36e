// SPDX-License-Identifier: Apache-2.0

//! What clients read.

use crate::{Config, Entries, FirstHeld, Heads, Pallet};
use alloc::vec::Vec;
use salus_primitives::audit::{Entry, LogHead, LogId};

impl<T: Config> Pallet<T> {
    /// The length and head of `log`.
    pub fn head(log: LogId) -> LogHead {
        Heads::<T>::get(log).unwrap_or_else(|| LogHead::empty(log))
    }

    /// The place of the first entry of `log` that the state still holds; the log's length when it holds none.
    pub fn oldest(log: LogId) -> u64 {
        FirstHeld::<T>::get(log)
    }

    /// At most `limit` entries of `log` from place `from` on, as far as the state still holds them.
    pub fn page(log: LogId, from: u64, limit: u32) -> Vec<Entry> {
        let start = from.max(Self::oldest(log));
        let end = start.saturating_add(limit.into()).min(Self::head(log).length);
        (start..end).filter_map(|sequence| Entries::<T>::get(log, sequence)).collect()
    }
}
