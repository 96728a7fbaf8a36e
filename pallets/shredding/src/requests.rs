// SPDX-License-Identifier: Apache-2.0

//! Requests: the controller asks that a record be shredded, and takes that back.

use crate::{Config, Error, Event, Pallet, Requests, Retentions};
use frame_support::{ensure, traits::Time as _};
use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    membership::Standing,
    records::{Record, RecordState},
    shredding::{Retention, ShreddingRequest},
    traits::{AuditLog as _, Controllers as _, ShreddableRecords as _},
    Digest, RecordId,
};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_request(controller: &Standing, id: RecordId, reason: Option<Digest>) -> DispatchResult {
        let record = Self::in_chart(id)?;
        Self::ensure_controls(controller, id)?;
        ensure!(reason != Some(Digest::default()), Error::<T>::InvalidDigest);
        ensure!(!Requests::<T>::contains_key(id.chart, id.key), Error::<T>::AlreadyRequested);

        if let Some(retention) = Self::lasting_retention(id) {
            // A success, so that the log has the refusal.
            Self::refuse(controller, id, &record, retention);
            return Ok(());
        }
        let request = ShreddingRequest { by: controller.member, at: T::Time::now(), reason };
        Requests::<T>::insert(id.chart, id.key, request);
        Self::log(controller, id, &record, Action::ShreddingRequested, reason.map(Reason::Text));
        Self::deposit_event(Event::ShreddingRequested { record: id, by: controller.member });
        Ok(())
    }

    pub(crate) fn do_cancel(controller: &Standing, id: RecordId) -> DispatchResult {
        let record = Self::known(id)?;
        Self::ensure_controls(controller, id)?;
        ensure!(Requests::<T>::contains_key(id.chart, id.key), Error::<T>::NotRequested);

        Requests::<T>::remove(id.chart, id.key);
        Self::log(controller, id, &record, Action::ShreddingCanceled, None);
        Self::deposit_event(Event::ShreddingCanceled { record: id, by: controller.member });
        Ok(())
    }

    /// Logs and says that the record is kept.
    pub(crate) fn refuse(member: &Standing, id: RecordId, record: &Record, retention: Retention) {
        Self::log(member, id, record, Action::ShreddingRefused, Some(Reason::Retention(retention.ground)));
        Self::deposit_event(Event::ShreddingRefused { record: id, by: member.member, retention });
    }

    pub(crate) fn known(id: RecordId) -> Result<Record, DispatchError> {
        Ok(T::Records::record(id).ok_or(Error::<T>::NotFound)?)
    }

    /// Returns a record that a way leads from to the end.
    pub(crate) fn in_chart(id: RecordId) -> Result<Record, DispatchError> {
        let record = Self::known(id)?;
        ensure!(record.state.may_become(RecordState::Shredded), Error::<T>::WrongState);
        Ok(record)
    }

    pub(crate) fn controls(member: &Standing, id: RecordId) -> bool {
        T::Controllers::controller(id.chart) == Some(member.member)
    }

    fn ensure_controls(member: &Standing, id: RecordId) -> DispatchResult {
        ensure!(Self::controls(member, id), Error::<T>::NotController);
        Ok(())
    }

    /// Returns the retention that stops shredding now.
    pub(crate) fn lasting_retention(id: RecordId) -> Option<Retention> {
        Retentions::<T>::get(id.chart, id.key).filter(|retention| retention.lasts(T::Time::now()))
    }

    /// Appends to the chart's log what `member` did. The entry names the newest version.
    pub(crate) fn log(member: &Standing, id: RecordId, record: &Record, action: Action, reason: Option<Reason>) {
        let subject = Subject::Record(id, record.versions.saturating_sub(1));
        let entry = AuditEvent::by_member(member.member, member.institution_id(), action, subject);
        T::Audit::append(LogId::Chart(id.chart), entry.because(reason));
    }
}
