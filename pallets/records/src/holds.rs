// SPDX-License-Identifier: Apache-2.0

//! Holds: an author keeps a record from the patient for a time.

use crate::{Config, Error, Event, Pallet, Records};
use frame_support::{ensure, traits::Time};
use salus_primitives::{
    audit::{Action, Reason},
    holds::{Hold, MAX_HOLD},
    membership::Standing,
    records::{Record, RecordState},
    traits::Controllers,
    RecordId,
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_hold(author: &Standing, id: RecordId, hold: Hold) -> DispatchResult {
        let record = Self::known(id)?;
        ensure!(record.author == author.member, Error::<T>::NotAuthor);
        // A patient who wrote it has read it.
        ensure!(T::Controllers::controller(id.chart) != Some(author.member), Error::<T>::IsController);
        ensure!(record.state.stands() || record.state == RecordState::Staged, Error::<T>::WrongState);
        ensure!(record.hold.is_none(), Error::<T>::AlreadyHeld);
        let now = T::Time::now();
        ensure!(hold.lasts(now) && hold.until <= now.saturating_add(MAX_HOLD), Error::<T>::InvalidHold);

        let number = record.versions.saturating_sub(1);
        Records::<T>::insert(id.chart, id.key, Record { hold: Some(hold), ..record });
        Self::log_version(author, id, number, Action::RecordHeld, Some(Reason::Hold(hold.ground)));
        Self::deposit_event(Event::RecordHeld { record: id, by: author.member, hold });
        Ok(())
    }
}
