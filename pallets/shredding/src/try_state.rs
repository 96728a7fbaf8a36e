// SPDX-License-Identifier: Apache-2.0

//! Invariants of the storage after every block: one function for each.

use crate::{Attestations, Config, NextShredding, Pallet, Requests, Retentions, ShreddingOf, Shreddings};
use frame_support::{ensure, pallet_prelude::DispatchResult};
use salus_primitives::{records::RecordState, traits::ShreddableRecords as _, RecordId};

impl<T: Config> Pallet<T> {
    /// Checks all of them.
    pub(crate) fn do_try_state() -> DispatchResult {
        Self::try_state_shreddings_are_counted_and_indexed()?;
        Self::try_state_requests_and_retentions_are_of_records_in_the_chart()?;
        Self::try_state_attestations_are_of_shreddings()
    }

    /// Shreddings have the numbers below the next one, each is of a shredded record, and the record names it.
    fn try_state_shreddings_are_counted_and_indexed() -> DispatchResult {
        let next = NextShredding::<T>::get();
        let mut count = 0u64;
        for (number, shredding) in Shreddings::<T>::iter() {
            ensure!(number < next, "a shredding has a number that is yet to be given");
            let RecordId { chart, key } = shredding.record;
            ensure!(ShreddingOf::<T>::get(chart, key) == Some(number), "a record does not name its shredding");
            let state = T::Records::record(shredding.record).map(|record| record.state);
            ensure!(state == Some(RecordState::Shredded), "a shredding is of a record that was not shredded");
            count = count.saturating_add(1);
        }
        ensure!(count == next, "a shredding is missing");
        ensure!(ShreddingOf::<T>::iter_keys().count() as u64 == next, "a record names a shredding that is not there");
        Ok(())
    }

    /// Requests and retentions are of records that can still be shredded.
    fn try_state_requests_and_retentions_are_of_records_in_the_chart() -> DispatchResult {
        for (chart, key) in Requests::<T>::iter_keys().chain(Retentions::<T>::iter_keys()) {
            let state = T::Records::record(RecordId { chart, key }).map(|record| record.state);
            let is_in_chart = state.is_some_and(|state| state.may_become(RecordState::Shredded));
            ensure!(is_in_chart, "a request or retention is of a record that is not in the chart");
        }
        Ok(())
    }

    /// Attestations are of shreddings, and count something.
    fn try_state_attestations_are_of_shreddings() -> DispatchResult {
        for (number, _, attestation) in Attestations::<T>::iter() {
            ensure!(number < NextShredding::<T>::get(), "an attestation is of a shredding that is not there");
            let counts = attestation.absence.absent > 0 || attestation.absence.kept > 0;
            ensure!(counts, "an attestation counts no object");
        }
        Ok(())
    }
}
