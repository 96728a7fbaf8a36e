// SPDX-License-Identifier: Apache-2.0

//! The questions of `SalusApi`, typed. Lists are fetched page by page until they end.

use super::{At, Chain, QueryError};
use codec::{Decode, DecodeAll, Encode};
use salus_primitives::{
    access::{Ask, Explanation, Grant, GrantInChart, GrantRef, Grantee, Reader, Request, Scope},
    audit::{Entry, LogHead, LogId},
    charts::{Chart, Epoch, NumberedCompartment},
    membership::{Challenge, Institution, Member},
    records::{Record, Session, Version},
    ChartId, CompartmentId, Digest, GrantId, InstitutionId, MemberId, Moment, RecordId, RecordKey, RequestId,
    SessionKey, SigningKey,
};

/// Items of a page.
const PAGE: u32 = 256;

macro_rules! questions {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)*) => {
        impl Chain {
            $(
                $(#[$doc])*
                pub async fn $name(&self, at: At $(, $argument: $kind)*) -> Result<$answer, QueryError> {
                    self.ask(at, concat!("SalusApi_", stringify!($name)), ($($argument,)*).encode()).await
                }
            )*
        }
    };
}

questions! {
    /// The institution.
    institution(institution: InstitutionId) -> Option<Institution>;
    /// The member.
    member(member: MemberId) -> Option<Member>;
    /// The member that signs transactions with this key.
    member_of_account(account: SigningKey) -> Option<MemberId>;
    /// Challenges that wait for the member's answer, with the verifier's institution.
    challenges(member: MemberId) -> Vec<(InstitutionId, Challenge)>;
    /// How many verifications a newcomer needs.
    required_verifications() -> u32;
    /// The chart.
    chart(chart: ChartId) -> Option<Chart>;
    /// The charts that the member controls.
    charts_of(controller: MemberId) -> Vec<ChartId>;
    /// The chart's compartments.
    compartments(chart: ChartId) -> Vec<NumberedCompartment>;
    /// To whom the key of a compartment, or of a record alone, is sealed: the grantees who may read now.
    readers(chart: ChartId, scope: Scope) -> Vec<Reader>;
    /// Whether the member may do this in the chart, and the way to that answer.
    explain_access(member: MemberId, chart: ChartId, ask: Ask) -> Explanation;
    /// The record.
    record(record: RecordId) -> Option<Record>;
    /// The reading session.
    session(reader: MemberId, session: SessionKey) -> Option<Session>;
    /// The log's length and head.
    log_head(log: LogId) -> LogHead;
    /// The time of the block.
    now() -> Moment;
}

impl Chain {
    /// All institutions.
    pub async fn institutions(&self, at: At) -> Result<Vec<(InstitutionId, Institution)>, QueryError> {
        self.pages(
            at,
            "SalusApi_institutions",
            InstitutionId(0),
            |(last, _): &(InstitutionId, _)| InstitutionId(last.0.saturating_add(1)),
            &[],
        )
        .await
    }

    /// All epochs of a compartment.
    pub async fn epochs(
        &self,
        at: At,
        chart: ChartId,
        compartment: CompartmentId,
    ) -> Result<Vec<(u32, Epoch)>, QueryError> {
        let key = (chart, compartment).encode();
        self.pages(at, "SalusApi_epochs", 0u32, |(last, _): &(u32, _)| last.saturating_add(1), &key).await
    }

    /// All grants of a chart, whatever became of them.
    pub async fn grants(&self, at: At, chart: ChartId) -> Result<Vec<(GrantId, Grant)>, QueryError> {
        let next = |(last, _): &(GrantId, Grant)| GrantId(last.0.saturating_add(1));
        self.pages(at, "SalusApi_grants", GrantId(0), next, &chart.encode()).await
    }

    /// All grants to a grantee, in whichever chart, the newest first.
    pub async fn grants_to(&self, at: At, grantee: Grantee) -> Result<Vec<GrantInChart>, QueryError> {
        let next = |last: &GrantInChart| Some(GrantRef { chart: last.chart, number: last.number });
        self.pages(at, "SalusApi_grants_to", None, next, &grantee.encode()).await
    }

    /// All requests for a chart, whatever became of them.
    pub async fn requests(&self, at: At, chart: ChartId) -> Result<Vec<(RequestId, Request)>, QueryError> {
        let next = |(last, _): &(RequestId, Request)| RequestId(last.0.saturating_add(1));
        self.pages(at, "SalusApi_requests", RequestId(0), next, &chart.encode()).await
    }

    /// All records of a chart.
    pub async fn records(&self, at: At, chart: ChartId) -> Result<Vec<(RecordKey, Record)>, QueryError> {
        self.pages(at, "SalusApi_records", None, |(last, _): &(RecordKey, Record)| Some(*last), &chart.encode()).await
    }

    /// All versions of a record.
    pub async fn versions(&self, at: At, record: RecordId) -> Result<Vec<(u32, Version)>, QueryError> {
        self.pages(at, "SalusApi_versions", 0u32, |(last, _): &(u32, _)| last.saturating_add(1), &record.encode()).await
    }

    /// One version of a record.
    pub async fn version(&self, at: At, record: RecordId, number: u32) -> Result<Option<Version>, QueryError> {
        let page: Vec<(u32, Version)> = self.ask(at, "SalusApi_versions", (record, number, 1u32).encode()).await?;
        Ok(page.into_iter().find_map(|(found, version)| (found == number).then_some(version)))
    }

    /// All entries of a log that the state still holds.
    pub async fn log(&self, at: At, log: LogId) -> Result<Vec<Entry>, QueryError> {
        self.log_from(at, log, 0).await
    }

    /// The entries of a log from the place `first` on, as far as the state still holds them.
    pub async fn log_from(&self, at: At, log: LogId, first: u64) -> Result<Vec<Entry>, QueryError> {
        self.pages(at, "SalusApi_log_page", first, |last: &Entry| last.sequence.saturating_add(1), &log.encode()).await
    }

    /// Asks page by page, all of one block, from `first` on; `next` names the place after an item.
    async fn pages<Item: Decode, Start: Encode>(
        &self,
        at: At,
        question: &'static str,
        first: Start,
        next: impl Fn(&Item) -> Start,
        key: &[u8],
    ) -> Result<Vec<Item>, QueryError> {
        let at = At::Block(Digest(self.hash(at).await?.0));
        let (mut items, mut place) = (Vec::new(), first);
        loop {
            let arguments = [key, &place.encode(), &PAGE.encode()].concat();
            let page: Vec<Item> = self.ask(at, question, arguments).await?;
            let Some(last) = page.last() else { return Ok(items) };
            place = next(last);
            items.extend(page);
        }
    }

    pub(super) async fn ask<Answer: Decode>(
        &self,
        at: At,
        question: &'static str,
        arguments: Vec<u8>,
    ) -> Result<Answer, QueryError> {
        let hash = self.hash(at).await?;
        let answer = self.rpc.state_call(question, Some(&arguments), Some(hash)).await?;
        Answer::decode_all(&mut answer.as_slice()).map_err(|_| QueryError::Unreadable(question))
    }
}
