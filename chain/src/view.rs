// SPDX-License-Identifier: Apache-2.0

//! The chain as a release gate sees it.

use super::{At, Chain, QueryError};
use codec::Encode;
use salus_gate::{ChainView, Head};
use salus_primitives::{
    access::{Grant, NumberedGrant, NumberedRequest, Request},
    audit::{Entry, LogId},
    charts::{Chart, Compartment, Epoch},
    decision::{Ask, Decision},
    membership::{Institution, Member},
    records::{Record, Session, Version},
    ChartId, CompartmentId, Digest, GrantId, InstitutionId, MemberId, ReadingSessionId, RecordId, RequestId,
};

impl ChainView for Chain {
    type Error = QueryError;

    fn genesis(&self) -> Digest {
        self.genesis
    }

    async fn finalized_head(&self) -> Result<Head, QueryError> {
        self.timed_head(At::Finalized).await
    }

    async fn best_head(&self) -> Result<Head, QueryError> {
        self.timed_head(At::Best).await
    }

    async fn member(&self, at: &Head, member: MemberId) -> Result<Option<Member>, QueryError> {
        Chain::member(self, At::Block(at.hash), member).await
    }

    async fn institution(&self, at: &Head, id: InstitutionId) -> Result<Option<Institution>, QueryError> {
        Chain::institution(self, At::Block(at.hash), id).await
    }

    async fn chart(&self, at: &Head, chart: ChartId) -> Result<Option<Chart>, QueryError> {
        Chain::chart(self, At::Block(at.hash), chart).await
    }

    async fn compartment(
        &self,
        at: &Head,
        chart: ChartId,
        compartment: CompartmentId,
    ) -> Result<Option<Compartment>, QueryError> {
        let all = self.compartments(At::Block(at.hash), chart).await?;
        Ok(all.into_iter().find_map(|it| (it.number == compartment).then_some(it.compartment)))
    }

    async fn epoch(
        &self,
        at: &Head,
        chart: ChartId,
        compartment: CompartmentId,
        epoch: u32,
    ) -> Result<Option<Epoch>, QueryError> {
        Chain::epoch(self, At::Block(at.hash), chart, compartment, epoch).await
    }

    async fn grant(&self, at: &Head, chart: ChartId, grant: GrantId) -> Result<Option<Grant>, QueryError> {
        let arguments = (chart, grant, 1u32).encode();
        let page: Vec<NumberedGrant> = self.ask(At::Block(at.hash), "SalusApi_grants", arguments).await?;
        Ok(page.into_iter().find_map(|it| (it.number == grant).then_some(it.grant)))
    }

    async fn request(&self, at: &Head, chart: ChartId, id: RequestId) -> Result<Option<Request>, QueryError> {
        let page: Vec<NumberedRequest> =
            self.ask(At::Block(at.hash), "SalusApi_requests", (chart, id, 1u32).encode()).await?;
        Ok(page.into_iter().find_map(|it| (it.number == id).then_some(it.request)))
    }

    async fn entry(&self, at: &Head, chart: ChartId, place: u64) -> Result<Option<Entry>, QueryError> {
        let arguments = (LogId::Chart(chart), place, 1u32).encode();
        let page: Vec<Entry> = self.ask(At::Block(at.hash), "SalusApi_log", arguments).await?;
        Ok(page.into_iter().find(|entry| entry.sequence == place))
    }

    async fn record(&self, at: &Head, record: RecordId) -> Result<Option<Record>, QueryError> {
        Chain::record(self, At::Block(at.hash), record).await
    }

    async fn version(&self, at: &Head, record: RecordId, version: u32) -> Result<Option<Version>, QueryError> {
        Chain::version(self, At::Block(at.hash), record, version).await
    }

    async fn session(
        &self,
        at: &Head,
        reader: MemberId,
        session: ReadingSessionId,
    ) -> Result<Option<Session>, QueryError> {
        Chain::session(self, At::Block(at.hash), reader, session).await
    }

    async fn decide(&self, at: &Head, member: MemberId, chart: ChartId, ask: &Ask) -> Result<Decision, QueryError> {
        Ok(self.explain_access(At::Block(at.hash), member, chart, *ask).await?.decision)
    }
}

impl Chain {
    async fn timed_head(&self, at: At) -> Result<Head, QueryError> {
        let head = self.head(at).await?;
        let time = self.now(At::Block(head.hash)).await?;
        let number = u32::try_from(head.number).map_err(|_| QueryError::Unreadable("chain_getHeader"))?;
        Ok(Head { number, hash: head.hash, time })
    }
}
