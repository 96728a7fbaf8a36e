// SPDX-License-Identifier: Apache-2.0

//! Reading records of a chart, with sessions that run, or that are opened where none does.

use crate::{context::Context, failure::Failure, sessions::Sessions};
use salus_chain::{At, Chain};
use salus_client::agent::{Agent, AgentError, ReadingSession, RecordContent};
use salus_primitives::{
    access::Purpose,
    corrections::KeyedCorrection,
    records::{KeyedRecord, Record},
    ChartId, MemberId, ReadingSessionId, RecordId,
};
use salus_sealing::blob::Metadata;
use std::collections::BTreeMap;

/// The records of a chart that is there, as far as `viewer` is told of them; a viewer who is not a member is told what any is.
pub(crate) async fn records_of(
    chain: &Chain,
    chart: ChartId,
    viewer: Option<MemberId>,
) -> Result<Vec<KeyedRecord>, Failure> {
    let found = chain.chart(At::Finalized, chart).await?.ok_or(AgentError::NoChart(chart))?;
    let mut records = chain.records(At::Finalized, chart).await?;
    records.retain(|it| it.record.is_shown_to(viewer, found.controller));
    Ok(records)
}

/// The records with the patient's statements of disagreement that stand, by the records of the chart that they are attached to.
pub(crate) async fn statements_of(chain: &Chain, chart: ChartId) -> Result<BTreeMap<RecordId, RecordId>, Failure> {
    let mut attached = BTreeMap::new();
    for KeyedCorrection { key, correction } in chain.corrections(At::Finalized, chart).await? {
        let Some(statement) = correction.statement.map(|key| RecordId { chart, key }) else { continue };
        // A statement that the patient took back says nothing any more.
        if chain.record(At::Finalized, statement).await?.is_some_and(|record| record.state.stands()) {
            attached.insert(RecordId { chart, key }, statement);
        }
    }
    Ok(attached)
}

/// Reads records, opening sessions where none runs.
pub(crate) struct Reader<'a> {
    pub(crate) context: &'a Context,
    pub(crate) agent: &'a Agent,
    pub(crate) purpose: Option<Purpose>,
}

/// Sealed bytes of a record that is read into memory, at most. A FHIR resource has some kilobytes.
pub(crate) const LONGEST: u64 = 16 * 1024 * 1024;

/// The newest version of a record that may be read.
pub(crate) enum Newest {
    /// All of it.
    Whole(RecordContent),
    /// The words about one that is too large to be read into memory.
    Large(Metadata),
}

impl Reader<'_> {
    /// The newest version of a record; none if it may not be read. Asking for that is not logged, and opens nothing.
    pub(crate) async fn newest(&mut self, record: RecordId, known: &Record) -> Result<Option<Newest>, Failure> {
        if !self.may_read(record).await? {
            return Ok(None);
        }
        let (agent, newest) = (self.agent, known.versions.saturating_sub(1));
        let version = agent.chain().version(At::Finalized, record, newest).await?;
        let size = version.ok_or(AgentError::NoRecord(record))?.size;
        let session = self.session(record).await?;
        Ok(Some(match size > LONGEST {
            true => Newest::Large(agent.read_metadata(record, Some(newest), session).await?),
            false => Newest::Whole(agent.read(record, Some(newest), session).await?),
        }))
    }

    /// Whether the record may be read, as things stand; asking is not logged.
    pub(crate) async fn may_read(&self, record: RecordId) -> Result<bool, Failure> {
        Ok(self.agent.may_read(record, self.purpose).await?.is_permitted())
    }

    /// A session that covers the record: none for the chart's controller, one that runs, or a new one.
    pub(crate) async fn session(&mut self, record: RecordId) -> Result<Option<ReadingSessionId>, Failure> {
        let mut sessions = Sessions::load(self.context.home());
        let session = self.agent.session_for(record, self.purpose, sessions.all()).await?;
        if let ReadingSession::Opened(opened) = &session {
            sessions.remember(self.agent.chain().now(At::Finalized).await?, opened.clone())?;
        }
        Ok(session.key())
    }
}
