// SPDX-License-Identifier: Apache-2.0

//! The objects that the chain says should be somewhere.

use salus_chain::{At, Chain, NamedObject, QueryError};
use salus_primitives::{membership::NumberedInstitution, ChartId, Digest};
use std::{collections::BTreeMap, future::Future};

/// The questions of a copier to the chain, all about the finalized state.
pub trait ExpectedObjects: Sync {
    /// A fault between here and the node.
    type Error: std::error::Error + Send + Sync + 'static;

    /// All institutions, in the order of their numbers.
    fn institutions(&self) -> impl Future<Output = Result<Vec<NumberedInstitution>, Self::Error>> + Send;

    /// How often a chart has changed; none where there is no such chart. Charts have the numbers from 0 on.
    fn changes(&self, chart: ChartId) -> impl Future<Output = Result<Option<u64>, Self::Error>> + Send;

    /// All objects that a chart and its records name.
    fn objects(
        &self,
        chart: ChartId,
    ) -> impl Future<Output = Result<BTreeMap<Digest, NamedObject>, Self::Error>> + Send;
}

impl ExpectedObjects for Chain {
    type Error = QueryError;

    async fn institutions(&self) -> Result<Vec<NumberedInstitution>, QueryError> {
        Chain::institutions(self, At::Finalized).await
    }

    async fn changes(&self, chart: ChartId) -> Result<Option<u64>, QueryError> {
        self.chart_log_length(At::Finalized, chart).await
    }

    async fn objects(&self, chart: ChartId) -> Result<BTreeMap<Digest, NamedObject>, QueryError> {
        self.objects_of_chart(At::Finalized, chart).await
    }
}
