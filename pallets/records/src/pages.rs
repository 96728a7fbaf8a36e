// SPDX-License-Identifier: Apache-2.0

//! What the runtime API answers about records: reads only, in pages.

use crate::{Config, Pallet, Records, Sessions, Versions};
use alloc::vec::Vec;
use salus_primitives::{
    api::MAX_PAGE,
    records::{Record, Session, Version},
    ChartId, MemberId, RecordId, RecordKey, SessionKey,
};

impl<T: Config> Pallet<T> {
    /// The record (S1-16).
    pub fn record(record: RecordId) -> Option<Record> {
        Records::<T>::get(record.chart, record.key)
    }

    /// The chart's records after the given key, in the order of the storage.
    pub fn records_page(chart: ChartId, after: Option<RecordKey>, limit: u32) -> Vec<(RecordKey, Record)> {
        let records = match after {
            Some(key) => Records::<T>::iter_prefix_from(chart, Records::<T>::hashed_key_for(chart, key)),
            None => Records::<T>::iter_prefix(chart),
        };
        records.take(limit.min(MAX_PAGE) as usize).collect()
    }

    /// The record's versions from `from` on (S2-16).
    pub fn versions_page(record: RecordId, from: u32, limit: u32) -> Vec<(u32, Version)> {
        let end = from.saturating_add(limit.min(MAX_PAGE));
        (from..end)
            .map_while(|number| Versions::<T>::get((record.chart, record.key, number)).map(|version| (number, version)))
            .collect()
    }

    /// The session that `reader` named `session`, expired or not, as long as the state has it.
    pub fn session(reader: MemberId, session: SessionKey) -> Option<Session> {
        Sessions::<T>::get(reader).into_iter().find(|it| it.key == session).map(|it| it.session)
    }
}
