// SPDX-License-Identifier: Apache-2.0

//! Corrections: the controller asks for one, who may change the record answers, and the controller may disagree.

use crate::{Config, Corrections, Error, Event, Pallet, Records};
use frame_support::{ensure, traits::Time};
use salus_primitives::{
    access::{Permission, Scope},
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    corrections::{Correction, CorrectionAnswer},
    membership::Standing,
    records::{Record, RecordState},
    traits::AuditLog,
    Digest, RecordId, RecordKey,
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_request_correction(controller: &Standing, id: RecordId, reason: Digest) -> DispatchResult {
        let record = Self::known_to_controller(controller, id)?;
        // An author corrects the own entry, and needs no one for it.
        ensure!(record.author != controller.member, Error::<T>::IsAuthor);
        ensure!(record.state.stands(), Error::<T>::WrongState);
        Self::ensure_digest(&reason)?;
        let before = Corrections::<T>::get(id.chart, id.key);
        ensure!(before.is_none_or(|it| !it.is_open()), Error::<T>::CorrectionOpen);

        let statement = before.and_then(|it| it.statement);
        let (requested_at, versions) = (T::Time::now(), record.versions);
        Corrections::<T>::insert(id.chart, id.key, Correction { requested_at, versions, answer: None, statement });
        Self::log_correction(controller, id, &record, Action::CorrectionRequested, Some(reason));
        Self::deposit_event(Event::CorrectionRequested { record: id, by: controller.member });
        Ok(())
    }

    /// Takes the answer of the record's author, who needs no grant for it, or of a member who may amend the record.
    pub(crate) fn do_answer_correction(
        member: &Standing,
        id: RecordId,
        answer: CorrectionAnswer,
        reason: Option<Digest>,
    ) -> DispatchResult {
        let record = Self::known(id)?;
        if record.author != member.member {
            let facts = Some(Self::facts_of(id.key, &record));
            Self::ensure_permitted(member, id.chart, Permission::Amend, Scope::Record(id.key), facts)?;
        }
        let open = Corrections::<T>::get(id.chart, id.key).filter(Correction::is_open);
        let correction = open.ok_or(Error::<T>::NoCorrection)?;
        reason.iter().try_for_each(Self::ensure_digest)?;
        let action = match answer {
            CorrectionAnswer::Corrected => {
                ensure!(is_corrected(&record, &correction), Error::<T>::NotCorrected);
                Action::CorrectionMade
            }
            CorrectionAnswer::Declined => {
                ensure!(reason.is_some(), Error::<T>::NoReason);
                Action::CorrectionDeclined
            }
        };

        Corrections::<T>::insert(id.chart, id.key, Correction { answer: Some(answer), ..correction });
        Self::log_correction(member, id, &record, action, reason);
        Self::deposit_event(Event::CorrectionAnswered { record: id, answer, by: member.member });
        Ok(())
    }

    /// Attaches the statement, a record in the same compartment: who may read the one may read the other.
    pub(crate) fn do_attach_statement(controller: &Standing, id: RecordId, statement: RecordKey) -> DispatchResult {
        let record = Self::known_to_controller(controller, id)?;
        let correction = Corrections::<T>::get(id.chart, id.key).ok_or(Error::<T>::NoCorrection)?;
        ensure!(correction.may_be_disagreed_with(T::Time::now()), Error::<T>::NotDeclined);
        let in_chart = |key| Records::<T>::get(id.chart, key);
        let attached = correction.statement.and_then(in_chart).is_some_and(|it| it.state.stands());
        ensure!(!attached, Error::<T>::StatementAttached);
        // The contested record is another author's, so it is never its own statement.
        let is_statement = |it: Record| {
            it.author == controller.member && it.compartment == record.compartment && it.state == RecordState::Active
        };
        ensure!(in_chart(statement).is_some_and(is_statement), Error::<T>::NoStatement);

        Corrections::<T>::insert(id.chart, id.key, Correction { statement: Some(statement), ..correction });
        let subject = Subject::Statement(id, statement);
        let entry =
            AuditEvent::by_member(controller.member, controller.institution_id(), Action::StatementAttached, subject);
        T::Audit::append(LogId::Chart(id.chart), entry);
        Self::deposit_event(Event::StatementAttached { record: id, statement });
        Ok(())
    }

    fn log_correction(member: &Standing, id: RecordId, record: &Record, action: Action, reason: Option<Digest>) {
        let subject = Subject::Record(id, record.versions.saturating_sub(1));
        let entry = AuditEvent::by_member(member.member, member.institution_id(), action, subject);
        T::Audit::append(LogId::Chart(id.chart), entry.because(reason.map(Reason::Text)));
    }
}

/// Whether the record is not any more what it was when the controller asked.
fn is_corrected(record: &Record, correction: &Correction) -> bool {
    record.versions > correction.versions || !record.state.stands()
}
