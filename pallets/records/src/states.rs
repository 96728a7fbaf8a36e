// SPDX-License-Identifier: Apache-2.0

//! Changing the state of a record: to withdraw it, to say that it was entered in error, to restrict it, and back.

use crate::{Config, Error, Event, Pallet, Records};
use frame_support::ensure;
use salus_primitives::{
    access::{Permission, Scope},
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    membership::Standing,
    records::{Record, RecordState},
    traits::{AuditLog, Controllers},
    Digest, RecordId,
};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_withdraw(member: &Standing, id: RecordId, reason: Option<Digest>) -> DispatchResult {
        let record = Self::known(id)?;
        let facts = Some(Self::facts_of(id.key, &record));
        Self::ensure_permitted(member, id.chart, Permission::Withdraw, Scope::Record(id.key), facts)?;
        Self::change_state(member, id, record, RecordState::Withdrawn, Action::RecordWithdrawn, reason)
    }

    /// Needs no grant: an author takes back the own words, and sees nothing by it.
    pub(crate) fn do_mark_entered_in_error(author: &Standing, id: RecordId, reason: Option<Digest>) -> DispatchResult {
        let record = Self::known(id)?;
        ensure!(record.author == author.member, Error::<T>::NotAuthor);
        Self::change_state(author, id, record, RecordState::EnteredInError, Action::RecordEnteredInError, reason)
    }

    pub(crate) fn do_restrict(member: &Standing, id: RecordId, reason: Option<Digest>) -> DispatchResult {
        let record = Self::known_to_controller(member, id)?;
        Self::change_state(member, id, record, RecordState::Restricted, Action::RecordRestricted, reason)
    }

    pub(crate) fn do_lift_restriction(member: &Standing, id: RecordId, reason: Option<Digest>) -> DispatchResult {
        let record = Self::known_to_controller(member, id)?;
        Self::change_state(member, id, record, RecordState::Active, Action::RestrictionLifted, reason)
    }

    pub(crate) fn known(id: RecordId) -> Result<Record, DispatchError> {
        Ok(Self::record(id).ok_or(Error::<T>::NotFound)?)
    }

    /// Returns the record if `member` controls its chart.
    pub(crate) fn known_to_controller(member: &Standing, id: RecordId) -> Result<Record, DispatchError> {
        let record = Self::known(id)?;
        ensure!(T::Controllers::controller(id.chart) == Some(member.member), Error::<T>::NotController);
        Ok(record)
    }

    /// Brings the record into the state `next`, if a way leads there.
    fn change_state(
        member: &Standing,
        id: RecordId,
        record: Record,
        next: RecordState,
        action: Action,
        reason: Option<Digest>,
    ) -> DispatchResult {
        let from = record.state;
        ensure!(from.may_become(next), Error::<T>::WrongState);

        // The entry names the version that was the newest: the one that the member knew.
        let subject = Subject::Record(id, record.versions.saturating_sub(1));
        Records::<T>::insert(id.chart, id.key, Record { state: next, ..record });
        let entry = AuditEvent::by_member(member.member, member.institution_id(), action, subject);
        T::Audit::append(LogId::Chart(id.chart), entry.because(reason.map(Reason::Text)));
        Self::deposit_event(Event::RecordStateChanged { record: id, from, to: next, by: member.member });
        Ok(())
    }
}
