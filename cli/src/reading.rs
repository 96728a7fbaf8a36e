// SPDX-License-Identifier: Apache-2.0

//! Reading records of a chart, with sessions that run, or that are opened where none does.

use crate::{context::Context, failure::Failure, sessions::Sessions};
use salus_chain::{At, Chain};
use salus_client::agent::{Agent, AgentError, ReadingSession};
use salus_primitives::{access::Purpose, records::KeyedRecord, ChartId, ReadingSessionId, RecordId};

/// The records of a chart that is there.
pub(crate) async fn records_of(chain: &Chain, chart: ChartId) -> Result<Vec<KeyedRecord>, Failure> {
    chain.chart(At::Finalized, chart).await?.ok_or(AgentError::NoChart(chart))?;
    Ok(chain.records(At::Finalized, chart).await?)
}

/// Reads records, opening sessions where none runs.
pub(crate) struct Reader<'a> {
    pub(crate) context: &'a Context,
    pub(crate) agent: &'a Agent,
    pub(crate) purpose: Option<Purpose>,
}

impl Reader<'_> {
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
