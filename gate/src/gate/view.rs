// SPDX-License-Identifier: Apache-2.0

//! The questions of a gate to the chain.

use std::future::Future;

use salus_primitives::audit::Entry;
use salus_primitives::membership::{Institution, Member};
use salus_primitives::records::{Record, Session, Version};
use salus_primitives::{
    access::{Grant, Request},
    charts::{Chart, Compartment, Epoch},
    decision::{Ask, Decision},
};
use salus_primitives::{
    ChartId, CompartmentId, Digest, GrantId, InstitutionId, MemberId, Moment, ReadingSessionId, RecordId, RequestId,
};

/// A block, and the time that it says it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// Its number.
    pub number: u32,
    /// Its hash.
    pub hash: Digest,
    /// Its timestamp.
    pub time: Moment,
}

/// The questions of a gate to the chain. Every answer is that of the state after the block `at`.
pub trait ChainView: Sync {
    /// A fault between here and the node.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The chain's genesis hash.
    fn genesis(&self) -> Digest;
    /// The newest finalized block.
    fn finalized_head(&self) -> impl Future<Output = Result<Head, Self::Error>> + Send;
    /// The newest block of the best chain.
    fn best_head(&self) -> impl Future<Output = Result<Head, Self::Error>> + Send;
    /// A member.
    fn member(&self, at: &Head, member: MemberId) -> impl Future<Output = Result<Option<Member>, Self::Error>> + Send;
    /// An institution.
    fn institution(
        &self,
        at: &Head,
        institution: InstitutionId,
    ) -> impl Future<Output = Result<Option<Institution>, Self::Error>> + Send;
    /// A chart.
    fn chart(&self, at: &Head, chart: ChartId) -> impl Future<Output = Result<Option<Chart>, Self::Error>> + Send;
    /// A compartment.
    fn compartment(
        &self,
        at: &Head,
        chart: ChartId,
        compartment: CompartmentId,
    ) -> impl Future<Output = Result<Option<Compartment>, Self::Error>> + Send;
    /// An epoch of a compartment.
    fn epoch(
        &self,
        at: &Head,
        chart: ChartId,
        compartment: CompartmentId,
        epoch: u32,
    ) -> impl Future<Output = Result<Option<Epoch>, Self::Error>> + Send;
    /// A grant.
    fn grant(
        &self,
        at: &Head,
        chart: ChartId,
        grant: GrantId,
    ) -> impl Future<Output = Result<Option<Grant>, Self::Error>> + Send;
    /// A request for access.
    fn request(
        &self,
        at: &Head,
        chart: ChartId,
        request: RequestId,
    ) -> impl Future<Output = Result<Option<Request>, Self::Error>> + Send;
    /// The entry of a chart's log at a place, if the state still has it.
    fn entry(
        &self,
        at: &Head,
        chart: ChartId,
        place: u64,
    ) -> impl Future<Output = Result<Option<Entry>, Self::Error>> + Send;
    /// A record.
    fn record(&self, at: &Head, record: RecordId) -> impl Future<Output = Result<Option<Record>, Self::Error>> + Send;
    /// A version of a record.
    fn version(
        &self,
        at: &Head,
        record: RecordId,
        version: u32,
    ) -> impl Future<Output = Result<Option<Version>, Self::Error>> + Send;
    /// A reader's session.
    fn session(
        &self,
        at: &Head,
        reader: MemberId,
        session: ReadingSessionId,
    ) -> impl Future<Output = Result<Option<Session>, Self::Error>> + Send;
    /// Whether `member` may do what `ask` says in `chart`.
    fn decide(
        &self,
        at: &Head,
        member: MemberId,
        chart: ChartId,
        ask: &Ask,
    ) -> impl Future<Output = Result<Decision, Self::Error>> + Send;
}
