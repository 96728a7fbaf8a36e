// SPDX-License-Identifier: Apache-2.0

//! Changing the state of a record: withdrawn, entered in error, restricted, and active again.

use super::{Agent, AgentError};
use salus_chain::{At, Call};
use salus_primitives::{records::RecordState, Digest, RecordId};

/// A record whose state changed.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct StateChanged {
    /// The record.
    pub record: RecordId,
    /// Its state now.
    pub state: RecordState,
    /// The transaction.
    pub transaction: Digest,
}

impl Agent {
    /// Withdraws a record for good. The patient alone may read it from now on.
    pub async fn withdraw(&self, record: RecordId, reason: Option<&str>) -> Result<StateChanged, AgentError> {
        self.change_state(record, RecordState::Withdrawn, reason, Call::withdraw_record).await
    }

    /// Says that a record which this member created was entered in error. The patient alone may read it from now on.
    pub async fn mark_entered_in_error(
        &self,
        record: RecordId,
        reason: Option<&str>,
    ) -> Result<StateChanged, AgentError> {
        self.change_state(record, RecordState::EnteredInError, reason, Call::mark_entered_in_error).await
    }

    /// Keeps a record of the own chart from everyone else.
    pub async fn restrict(&self, record: RecordId, reason: Option<&str>) -> Result<StateChanged, AgentError> {
        self.change_state(record, RecordState::Restricted, reason, Call::restrict_record).await
    }

    /// Lifts the restriction of a record of the own chart.
    pub async fn lift_restriction(&self, record: RecordId, reason: Option<&str>) -> Result<StateChanged, AgentError> {
        self.change_state(record, RecordState::Active, reason, Call::lift_restriction).await
    }

    /// Seals the reason to the patient, and sends the call.
    async fn change_state(
        &self,
        record: RecordId,
        next: RecordState,
        reason: Option<&str>,
        call: fn(RecordId, Option<Digest>) -> Call,
    ) -> Result<StateChanged, AgentError> {
        let known = self.chain.record(At::Best, record).await?.ok_or(AgentError::NoRecord(record))?;
        // Before a reason goes into a vault.
        if !known.state.may_become(next) {
            return Err(AgentError::NoWayToState { record, state: known.state, next });
        }
        let controller = self.chart(record.chart).await?.controller;
        let reason = self.put_note_if_any(record.chart, controller, reason).await?;
        let outcome = self.submit(&call(record, reason)).await?;
        Ok(StateChanged { record, state: next, transaction: outcome.transaction })
    }
}
