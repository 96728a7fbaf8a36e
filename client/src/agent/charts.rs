// SPDX-License-Identifier: Apache-2.0

//! A patient's charts.

use super::{Agent, AgentError};
use salus_chain::{events::ChartOpened, At, Call, Outcome};
use salus_primitives::{ChartId, MemberId, Moment};

/// A chart at a glance.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct ChartSummary {
    /// Its number.
    pub chart: ChartId,
    /// Who decides about it.
    pub controller: MemberId,
    /// When it was opened.
    pub opened_at: Moment,
    /// How many compartments it has.
    pub compartments: u8,
    /// How many records it has, as far as this member is told of them.
    pub records: usize,
    /// How many grants are in force.
    pub readers: usize,
}

impl Agent {
    /// Opens a chart of one's own, as a patient.
    pub async fn open_chart(&self) -> Result<(ChartId, Outcome), AgentError> {
        let outcome = self.submit(&Call::open_chart()).await?;
        Ok((outcome.event::<ChartOpened>()?.chart, outcome))
    }

    /// The charts that the member controls.
    pub async fn charts(&self) -> Result<Vec<ChartSummary>, AgentError> {
        let mut summaries = Vec::new();
        for chart in self.chain.charts_of(At::Finalized, self.id).await? {
            summaries.push(self.chart_summary(chart).await?);
        }
        Ok(summaries)
    }

    /// A chart at a glance.
    pub async fn chart_summary(&self, chart: ChartId) -> Result<ChartSummary, AgentError> {
        let stored = self.chart(chart).await?;
        let now = self.chain.now(At::Finalized).await?;
        let grants = self.chain.grants(At::Finalized, chart).await?;
        Ok(ChartSummary {
            chart,
            controller: stored.controller,
            opened_at: stored.opened_at,
            compartments: stored.compartments,
            records: self.shown_records(chart).await?.len(),
            readers: grants.iter().filter(|it| it.grant.is_in_force(now)).count(),
        })
    }
}
