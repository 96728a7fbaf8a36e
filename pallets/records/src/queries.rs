// SPDX-License-Identifier: Apache-2.0

//! Read-only queries about records behind the runtime API, in pages.

use crate::{Config, Corrections, Pallet, Records, Sessions, Versions};
use alloc::vec::Vec;
use salus_primitives::{
    api::MAX_PAGE,
    corrections::KeyedCorrection,
    records::{KeyedRecord, NumberedVersion, Record, Session},
    ChartId, MemberId, ReadingSessionId, RecordId, RecordKey,
};

impl<T: Config> Pallet<T> {
    /// Returns the record (S1-16).
    pub fn record(record: RecordId) -> Option<Record> {
        Records::<T>::get(record.chart, record.key)
    }

    /// Returns the chart's records after the given key, in the order of the storage.
    pub fn records_page(chart: ChartId, after: Option<RecordKey>, limit: u32) -> Vec<KeyedRecord> {
        let records = match after {
            Some(key) => Records::<T>::iter_prefix_from(chart, Records::<T>::hashed_key_for(chart, key)),
            None => Records::<T>::iter_prefix(chart),
        };
        records.take(limit.min(MAX_PAGE) as usize).map(|(key, record)| KeyedRecord { key, record }).collect()
    }

    /// Returns the corrections of the chart's records after the given key, in the order of the storage.
    pub fn corrections_page(chart: ChartId, after: Option<RecordKey>, limit: u32) -> Vec<KeyedCorrection> {
        let corrections = match after {
            Some(key) => Corrections::<T>::iter_prefix_from(chart, Corrections::<T>::hashed_key_for(chart, key)),
            None => Corrections::<T>::iter_prefix(chart),
        };
        let keyed = corrections.map(|(key, correction)| KeyedCorrection { key, correction });
        keyed.take(limit.min(MAX_PAGE) as usize).collect()
    }

    /// Returns the record's versions from `from` on (S2-16).
    pub fn versions_page(record: RecordId, from: u32, limit: u32) -> Vec<NumberedVersion> {
        let end = from.saturating_add(limit.min(MAX_PAGE));
        let version = |number: u32| Versions::<T>::get((record.chart, record.key, number));
        let numbered = |number| Some(NumberedVersion { number, version: version(number)? });
        (from..end).map_while(numbered).collect()
    }

    /// Returns the session that `reader` named `session`, expired or not, as long as the state has it.
    pub fn session(reader: MemberId, session: ReadingSessionId) -> Option<Session> {
        Sessions::<T>::get(reader).into_iter().find(|it| it.key == session).map(|it| it.session)
    }
}
