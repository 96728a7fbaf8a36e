// SPDX-License-Identifier: Apache-2.0

//! Shredding: the patient asks for it, the custodian keeps the record or shreds it (S2-18, S4-17; GDPR Art. 17).

use super::{Agent, AgentError};
use salus_chain::{events, At, Call, Chain};
use salus_primitives::{
    membership::Role,
    records::{Record, RecordState},
    shredding::{Retention, RetentionGround, ShreddingRequest, ShreddingState, ATTESTATION_TIME, MAX_RETENTION},
    Digest, InstitutionId, MemberId, Moment, RecordId,
};

/// A request that waits for the custodian.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct ShreddingRequested {
    /// The record.
    pub record: RecordId,
    /// The institution that keeps it, whose auditors answer.
    pub custodian: InstitutionId,
    /// The record's author, to whom the reason is sealed.
    pub author: MemberId,
    /// From when on the patient may shred the record without an answer, in Unix milliseconds.
    pub due_at: Moment,
    /// The transaction.
    pub transaction: Digest,
}

/// A request or a retention that was taken back.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct TakenBack {
    /// The record.
    pub record: RecordId,
    /// The transaction.
    pub transaction: Digest,
}

/// A record that its custodian keeps.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct RecordRetained {
    /// The record.
    pub record: RecordId,
    /// The retention.
    pub retention: Retention,
    /// Whether a request waited, and is refused now.
    pub refused_request: bool,
    /// The transaction.
    pub transaction: Digest,
}

/// A record that was shredded.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct RecordShredded {
    /// The record.
    pub record: RecordId,
    /// The number of the shredding.
    pub shredding: u64,
    /// The number of the block.
    pub block: u64,
    /// By when institutions have to attest that nothing of it is left, in Unix milliseconds.
    pub due_at: Moment,
    /// The transaction.
    pub transaction: Digest,
}

/// How a record stands on its way to the end, as of one finalized block.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct ShreddingStatus {
    /// The record.
    pub record: RecordId,
    /// Its state.
    pub state: RecordState,
    /// The institution that keeps it.
    pub custodian: InstitutionId,
    /// The retention that the custodian declared last.
    pub retention: Option<Retention>,
    /// Whether it stops shredding now.
    pub is_retained: bool,
    /// The request that waits.
    pub request: Option<ShreddingRequest>,
    /// From when on the patient may shred the record without an answer, in Unix milliseconds.
    pub due_at: Option<Moment>,
    /// The number of the shredding, once the record is shredded.
    pub shredding: Option<u64>,
    /// The time of the block, in Unix milliseconds.
    pub at: Moment,
}

impl ShreddingStatus {
    /// Asks a node how the record stands. Needs no key.
    pub async fn fetch(chain: &Chain, record: RecordId) -> Result<Self, AgentError> {
        let at = At::Block(chain.head(At::Finalized).await?.hash);
        let known = chain.record(at, record).await?.ok_or(AgentError::NoRecord(record))?;
        let ShreddingState { retention, request, shredding } = chain.shredding_state(at, record).await?;
        let now = chain.now(at).await?;
        Ok(Self {
            record,
            state: known.state,
            custodian: known.custodian,
            retention,
            is_retained: retention.is_some_and(|retention| retention.lasts(now)),
            request,
            due_at: request.map(|request| request.due_at()),
            shredding,
            at: now,
        })
    }
}

/// The facts on which an act of shredding depends, as of the newest block.
struct Situation {
    known: Record,
    state: ShreddingState,
    now: Moment,
}

impl Situation {
    /// The retention that stops shredding now.
    fn retention(&self) -> Option<Retention> {
        self.state.retention.filter(|retention| retention.lasts(self.now))
    }
}

impl Agent {
    /// Asks the custodian of a record of the own chart to shred it. `reason` is sealed to the record's author.
    ///
    /// While a retention lasts, the chain logs the refusal, and this fails with [`AgentError::ShreddingRefused`].
    pub async fn request_shredding(
        &self,
        record: RecordId,
        reason: Option<&str>,
    ) -> Result<ShreddingRequested, AgentError> {
        let situation = self.situation(record).await?;
        check_state(record, &situation.known)?;
        self.check_controller(record).await?;
        if situation.state.request.is_some() {
            return Err(AgentError::ShreddingRequested(record));
        }
        let Record { author, custodian, .. } = situation.known;
        // A refusal keeps no reason. The request is sent all the same: the log has to show that the patient asked.
        let reason = reason.filter(|_| situation.retention().is_none());
        let note = self.put_note_if_any(record.chart, author, reason).await?;
        let outcome = self.submit(&Call::request_shredding(record, note)).await?;
        if let Some(events::ShreddingRefused { retention, .. }) = outcome.find()? {
            return Err(AgentError::ShreddingRefused { record, retention });
        }
        outcome.event::<events::ShreddingRequested>()?;
        let state = self.chain.shredding_state(At::Block(outcome.block.hash), record).await?;
        let request = state.request.ok_or(AgentError::NoShreddingRequest(record))?;
        let transaction = outcome.transaction;
        Ok(ShreddingRequested { record, custodian, author, due_at: request.due_at(), transaction })
    }

    /// Takes back the request to shred a record of the own chart.
    pub async fn cancel_shredding(&self, record: RecordId) -> Result<TakenBack, AgentError> {
        let situation = self.situation(record).await?;
        self.check_controller(record).await?;
        situation.state.request.ok_or(AgentError::NoShreddingRequest(record))?;
        let transaction = self.submit(&Call::cancel_shredding(record)).await?.transaction;
        Ok(TakenBack { record, transaction })
    }

    /// Declares, as an auditor of its custodian, that a record is kept until `until`. A request that waits is refused.
    pub async fn retain(
        &self,
        record: RecordId,
        ground: RetentionGround,
        until: Moment,
    ) -> Result<RecordRetained, AgentError> {
        let situation = self.situation(record).await?;
        check_state(record, &situation.known)?;
        self.check_auditor(record, &situation.known).await?;
        let retention = Retention { ground, until };
        if !retention.lasts(situation.now) || situation.now.saturating_add(MAX_RETENTION) < until {
            return Err(AgentError::RetentionTime);
        }
        let outcome = self.submit(&Call::retain_record(record, &retention)).await?;
        let refused_request = outcome.find::<events::ShreddingRefused>()?.is_some();
        Ok(RecordRetained { record, retention, refused_request, transaction: outcome.transaction })
    }

    /// Declares, as an auditor of its custodian, that a record need not be kept any more.
    pub async fn lift_retention(&self, record: RecordId) -> Result<TakenBack, AgentError> {
        let situation = self.situation(record).await?;
        self.check_auditor(record, &situation.known).await?;
        situation.state.retention.ok_or(AgentError::NotRetained(record))?;
        let transaction = self.submit(&Call::lift_retention(record)).await?.transaction;
        Ok(TakenBack { record, transaction })
    }

    /// Shreds a record for good: as an auditor of its custodian, or as the patient once the review is over.
    pub async fn shred(&self, record: RecordId) -> Result<RecordShredded, AgentError> {
        let situation = self.situation(record).await?;
        check_state(record, &situation.known)?;
        let custodian = situation.known.custodian;
        let is_auditor = self.is_auditor_of(custodian).await?;
        if !is_auditor && self.chart(record.chart).await?.controller != self.id {
            return Err(AgentError::MayNotShred { record, custodian });
        }
        let request = situation.state.request.ok_or(AgentError::NoShreddingRequest(record))?;
        if let Some(retention) = situation.retention() {
            return Err(AgentError::Retained { record, retention });
        }
        let due_at = request.due_at();
        if !is_auditor && situation.now < due_at {
            return Err(AgentError::ReviewRuns { record, custodian, due_at });
        }
        let outcome = self.submit(&Call::shred_record(record)).await?;
        let events::RecordShredded { shredding, .. } = outcome.event()?;
        let at = self.chain.now(At::Block(outcome.block.hash)).await?;
        let (block, transaction) = (outcome.block.number, outcome.transaction);
        Ok(RecordShredded { record, shredding, block, due_at: at.saturating_add(ATTESTATION_TIME), transaction })
    }

    async fn situation(&self, record: RecordId) -> Result<Situation, AgentError> {
        let known = self.chain.record(At::Best, record).await?.ok_or(AgentError::NoRecord(record))?;
        let state = self.chain.shredding_state(At::Best, record).await?;
        Ok(Situation { known, state, now: self.chain.now(At::Best).await? })
    }

    async fn check_controller(&self, record: RecordId) -> Result<(), AgentError> {
        match self.chart(record.chart).await?.controller == self.id {
            true => Ok(()),
            false => Err(AgentError::NotController(record.chart)),
        }
    }

    async fn check_auditor(&self, record: RecordId, known: &Record) -> Result<(), AgentError> {
        let custodian = known.custodian;
        match self.is_auditor_of(custodian).await? {
            true => Ok(()),
            false => Err(AgentError::NotCustodian { record, custodian }),
        }
    }

    async fn is_auditor_of(&self, institution: InstitutionId) -> Result<bool, AgentError> {
        let member = self.member().await?;
        Ok(member.role == Role::Auditor && member.institution() == Some(institution))
    }
}

/// Fails for a record that is not in the chart, or not any more.
fn check_state(record: RecordId, known: &Record) -> Result<(), AgentError> {
    let (state, next) = (known.state, RecordState::Shredded);
    match state.may_become(next) {
        true => Ok(()),
        false => Err(AgentError::NoWayToState { record, state, next }),
    }
}
