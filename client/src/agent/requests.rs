// SPDX-License-Identifier: Apache-2.0

//! Asking for access, and answering (S4-12, S4-29 "Pull").

use super::{grants::GrantWish, Agent, AgentError};
use salus_chain::{
    events::{AccessGranted, AccessRequested},
    At, Call, Outcome,
};
use salus_primitives::{
    access::{Grantee, NumberedRequest, Permissions, Purpose, Purposes, Request},
    ChartId, GrantId, Interval, Moment, RequestId,
};

impl Agent {
    /// Asks the chart's controller for access.
    pub async fn request_access(
        &self,
        chart: ChartId,
        permissions: Permissions,
        purpose: Purpose,
        until: Option<Moment>,
        reason: Option<&str>,
    ) -> Result<(RequestId, Outcome), AgentError> {
        let stored = self.chart(chart).await?;
        let reason = self.put_note_if_any(chart, stored.controller, reason).await?;
        let outcome = self.submit(&Call::request_access(chart, permissions, purpose, until, reason)).await?;
        let AccessRequested { request, .. } = outcome.event()?;
        Ok((request, outcome))
    }

    /// The chart's requests, whatever became of them.
    pub async fn requests(&self, chart: ChartId) -> Result<Vec<NumberedRequest>, AgentError> {
        Ok(self.chain.requests(At::Finalized, chart).await?)
    }

    /// Approves a request, for the compartments or records that `wishes` name. A part that a wish leaves open is taken from the
    /// request.
    pub async fn approve(
        &self,
        chart: ChartId,
        request: RequestId,
        scopes: &[salus_primitives::access::Scope],
        permissions: Option<Permissions>,
        until: Option<Moment>,
        text: Option<&str>,
    ) -> Result<(Vec<GrantId>, Outcome), AgentError> {
        let asked = self.asked(chart, request).await?;
        let start = self.chain.clock().await?;
        let end = match (until, asked.until) {
            (Some(until), Some(asked)) => Some(until.min(asked)),
            (until, asked) => until.or(asked),
        };
        let mut terms = Vec::new();
        for scope in scopes {
            let wish = GrantWish {
                grantee: Grantee::Member(asked.requester),
                scope: *scope,
                permissions: permissions.unwrap_or(asked.permissions),
                purposes: Purposes::of(&[asked.purpose]),
                interval: Interval { start, end },
                text: text.map(str::to_owned),
            };
            terms.push(self.prepare(chart, &wish).await?);
        }
        let outcome = self.submit(&Call::approve_request(chart, request, &terms)).await?;
        let granted: Vec<AccessGranted> = outcome.events()?;
        Ok((granted.into_iter().map(|event| event.grant).collect(), outcome))
    }

    /// Denies a request.
    pub async fn deny(&self, chart: ChartId, request: RequestId, reason: Option<&str>) -> Result<Outcome, AgentError> {
        let asked = self.asked(chart, request).await?;
        let reason = self.put_note_if_any(chart, asked.requester, reason).await?;
        self.submit(&Call::deny_request(chart, request, reason)).await
    }

    /// The request with this number.
    async fn asked(&self, chart: ChartId, request: RequestId) -> Result<Request, AgentError> {
        let same = self.requests(chart).await?.into_iter().find(|it| it.number == request);
        Ok(same.ok_or(AgentError::NoRequest(request))?.request)
    }
}
