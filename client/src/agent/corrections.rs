// SPDX-License-Identifier: Apache-2.0

//! Corrections: a patient asks for one, the author answers, the patient may disagree.

use super::{Agent, AgentError, Content, Written};
use salus_chain::{At, Call};
use salus_primitives::{
    corrections::{Correction, CorrectionAnswer},
    records::Record,
    Digest, MemberId, Moment, RecordId, RecordKey,
};
use salus_sealing::blob::Metadata;

/// A correction that the patient asked for.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct CorrectionRequested {
    /// The record.
    pub record: RecordId,
    /// The record's author, who alone can open the request.
    pub author: MemberId,
    /// The time by which an answer is due, in Unix milliseconds.
    pub due_at: Moment,
    /// The transaction.
    pub transaction: Digest,
}

/// The answer to the patient.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct CorrectionAnswered {
    /// The record.
    pub record: RecordId,
    /// The answer.
    pub answer: CorrectionAnswer,
    /// The transaction.
    pub transaction: Digest,
}

/// A statement that stays attached to a record.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct StatementAttached {
    /// The record.
    pub record: RecordId,
    /// The record with the statement.
    pub statement: RecordId,
    /// The transaction.
    pub transaction: Digest,
}

impl Agent {
    /// Asks the author of a record of the own chart to correct it. `text` is sealed to the author.
    pub async fn request_correction(&self, record: RecordId, text: &str) -> Result<CorrectionRequested, AgentError> {
        let (known, before) = self.contested(record).await?;
        let chart = self.chart(record.chart).await?;
        // Before the text goes into a vault.
        if chart.controller != self.id {
            return Err(AgentError::NotController(record.chart));
        }
        if before.is_some_and(|it| it.is_open()) {
            return Err(AgentError::CorrectionOpen(record));
        }
        let note = self.put_note(record.chart, known.author, text).await?;
        let outcome = self.submit(&Call::request_correction(record, note)).await?;
        let correction = self.contested(record).await?.1.ok_or(AgentError::NoCorrection(record))?;
        let transaction = outcome.transaction;
        Ok(CorrectionRequested { record, author: known.author, due_at: correction.due_at(), transaction })
    }

    /// Answers the open correction of a record. `reason` is sealed to the patient; who declines has to give one.
    pub async fn answer_correction(
        &self,
        record: RecordId,
        answer: CorrectionAnswer,
        reason: Option<&str>,
    ) -> Result<CorrectionAnswered, AgentError> {
        let (_, correction) = self.contested(record).await?;
        // Before the reason goes into a vault.
        if !correction.is_some_and(|it| it.is_open()) {
            return Err(AgentError::NoCorrection(record));
        }
        let controller = self.chart(record.chart).await?.controller;
        let reason = self.put_note_if_any(record.chart, controller, reason).await?;
        let outcome = self.submit(&Call::answer_correction(record, answer, reason)).await?;
        Ok(CorrectionAnswered { record, answer, transaction: outcome.transaction })
    }

    /// Writes a statement of disagreement into the record's compartment, where all its readers can read it.
    ///
    /// [`attach_statement`](Self::attach_statement) attaches it. Until then it is a record like any other.
    pub async fn write_statement(&self, record: RecordId, text: &str) -> Result<Written, AgentError> {
        let (known, correction) = self.contested(record).await?;
        let now = self.chain.now(At::Best).await?;
        let correction = correction.filter(|it| it.may_be_disagreed_with(now));
        let attached = correction.ok_or(AgentError::NothingToDisagreeWith(record))?.statement;
        if let Some(statement) = attached.map(|key| RecordId { chart: record.chart, key }) {
            if self.chain.record(At::Best, statement).await?.is_some_and(|it| it.state.stands()) {
                return Err(AgentError::StatementAttached { record, statement });
            }
        }
        let metadata = Metadata {
            kind: "Statement".to_owned(),
            title: "Statement of disagreement".to_owned(),
            date: None,
            issued: None,
            media_type: "text/plain".to_owned(),
            file_name: None,
            nonconformant: false,
        };
        let content = Content::Bytes(text.as_bytes().to_vec());
        self.create(record.chart, known.compartment, content, &metadata, None).await
    }

    /// Attaches a record of the own chart to another one, as the patient's statement of disagreement.
    pub async fn attach_statement(
        &self,
        record: RecordId,
        statement: RecordKey,
    ) -> Result<StatementAttached, AgentError> {
        let outcome = self.submit(&Call::attach_statement(record, statement)).await?;
        let statement = RecordId { chart: record.chart, key: statement };
        Ok(StatementAttached { record, statement, transaction: outcome.transaction })
    }

    /// The record, and its newest correction if there is any.
    async fn contested(&self, record: RecordId) -> Result<(Record, Option<Correction>), AgentError> {
        let known = self.chain.record(At::Best, record).await?.ok_or(AgentError::NoRecord(record))?;
        let corrections = self.chain.corrections(At::Best, record.chart).await?;
        let correction = corrections.into_iter().find(|it| it.key == record.key);
        Ok((known, correction.map(|it| it.correction)))
    }
}
