// SPDX-License-Identifier: Apache-2.0

//! The end of a record, when another pallet has decided on it.

use crate::{Config, Corrections, Event, Pallet, Records};
use salus_primitives::{
    records::{Record, RecordState},
    traits::ShreddableRecords,
    MemberId, RecordId,
};

impl<T: Config> ShreddableRecords for Pallet<T> {
    fn record(id: RecordId) -> Option<Record> {
        Self::record(id)
    }

    fn shred(id: RecordId, by: MemberId) -> bool {
        let to = RecordState::Shredded;
        let Some(record) = Self::record(id).filter(|record| record.state.may_become(to)) else { return false };
        let from = record.state;
        Records::<T>::insert(id.chart, id.key, Record { state: to, hold: None, ..record });
        // There is nothing left to correct, so no answer becomes overdue.
        Corrections::<T>::remove(id.chart, id.key);
        Self::deposit_event(Event::RecordStateChanged { record: id, from, to, by });
        true
    }
}
