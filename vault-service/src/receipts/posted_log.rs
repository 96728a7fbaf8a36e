// SPDX-License-Identifier: Apache-2.0

//! The charts' logs, as the poster of receipts reads and writes them.

use crate::{
    member::ServiceMember,
    node::{Node, NodeError},
};
use salus_chain::{At, Call, SubmitError};
use salus_gate::ChainView;
use salus_primitives::{
    audit::{Entry, LogId},
    receipts::{Opening, ReceiptsHead},
    ChartId, InstitutionId, Moment,
};
use std::future::Future;

/// The finalized logs of all charts, and the way into them.
pub trait PostedLog: Sync {
    /// A fault between here and the node.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The time of the finalized head.
    fn time(&self) -> impl Future<Output = Result<Moment, Self::Error>> + Send;

    /// The institution in whose vault the objects of `chart` lie; none where there is no such chart. Charts have the numbers
    /// from 0 on.
    fn home(&self, chart: ChartId) -> impl Future<Output = Result<Option<InstitutionId>, Self::Error>> + Send;

    /// How many entries the log of `chart` has.
    fn length(&self, chart: ChartId) -> impl Future<Output = Result<u64, Self::Error>> + Send;

    /// The entries of `chart` from the place `first` on, as far as the state has them.
    fn entries(&self, chart: ChartId, first: u64) -> impl Future<Output = Result<Vec<Entry>, Self::Error>> + Send;
}

/// Posts receipts in the name of a service.
pub trait Posted: Sync {
    /// Posts all of them, and waits until that is final. Some may be posted when it fails.
    fn post(&self, receipts: &[(Opening, ReceiptsHead)]) -> impl Future<Output = Result<(), SubmitError>> + Send;
}

impl PostedLog for Node {
    type Error = NodeError;

    async fn time(&self) -> Result<Moment, NodeError> {
        Ok(ChainView::finalized_head(self).await?.time)
    }

    async fn home(&self, chart: ChartId) -> Result<Option<InstitutionId>, NodeError> {
        let chain = self.chain();
        let Some(chart) = chain.chart(At::Finalized, chart).await? else { return Ok(None) };
        Ok(chain.member(At::Finalized, chart.controller).await?.map(|member| member.admitted_by))
    }

    async fn length(&self, chart: ChartId) -> Result<u64, NodeError> {
        Ok(self.chain().log_head(At::Finalized, LogId::Chart(chart)).await?.length)
    }

    async fn entries(&self, chart: ChartId, first: u64) -> Result<Vec<Entry>, NodeError> {
        Ok(self.chain().log_from(At::Finalized, LogId::Chart(chart), first).await?)
    }
}

impl Posted for (Node, ServiceMember) {
    async fn post(&self, receipts: &[(Opening, ReceiptsHead)]) -> Result<(), SubmitError> {
        let (node, member) = self;
        let chain = node.chain();
        // It takes the next nonce from the node, also when another program signs with the same key.
        let mut pipeline = chain.pipeline(member.key());
        for (opening, head) in receipts {
            let sent = pipeline.send(&Call::post_receipts(*opening, head)).await;
            if sent.is_err() {
                // Calls that were sent may still take effect.
                let _ = pipeline.finish().await;
                return sent;
            }
        }
        pipeline.finish().await
    }
}
