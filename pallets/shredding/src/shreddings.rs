// SPDX-License-Identifier: Apache-2.0

//! The shredding itself.

use crate::{Config, Error, Event, NextShredding, Pallet, Requests, Retentions, ShreddingOf, Shreddings};
use frame_support::{ensure, traits::Time as _};
use salus_primitives::{
    audit::Action, membership::Standing, shredding::Shredding, traits::ShreddableRecords as _, RecordId,
};
use sp_runtime::{DispatchResult, SaturatedConversion as _};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_shred(member: &Standing, id: RecordId) -> DispatchResult {
        let record = Self::in_chart(id)?;
        let is_auditor = Self::is_auditor_of(member, &record);
        ensure!(is_auditor || Self::controls(member, id), Error::<T>::NotEntitled);
        let request = Requests::<T>::get(id.chart, id.key).ok_or(Error::<T>::NotRequested)?;
        let now = T::Time::now();
        ensure!(is_auditor || request.due_at() <= now, Error::<T>::NotDue);
        ensure!(Self::lasting_retention(id).is_none(), Error::<T>::Retained);
        ensure!(T::Records::shred(id, member.member), Error::<T>::WrongState);

        let number = NextShredding::<T>::get();
        NextShredding::<T>::put(number.saturating_add(1));
        let shredding = Shredding {
            record: id,
            requested_by: request.by,
            requested_at: request.at,
            by: member.member,
            at: now,
            block: frame_system::Pallet::<T>::block_number().saturated_into(),
        };
        Shreddings::<T>::insert(number, shredding);
        ShreddingOf::<T>::insert(id.chart, id.key, number);
        Requests::<T>::remove(id.chart, id.key);
        Retentions::<T>::remove(id.chart, id.key);
        Self::log(member, id, &record, Action::RecordShredded, None);
        Self::deposit_event(Event::RecordShredded { shredding: number, record: id, by: member.member });
        Ok(())
    }
}
