// SPDX-License-Identifier: Apache-2.0

//! The methods `salus_*`: each question of [`SalusApi`], with a block hash as an optional last parameter.
//!
//! Without a block hash the best block is asked. Whoever acts on an answer, such as a release gate, names a finalized
//! block. Parameters and answers are the JSON of the types in `salus-primitives`: identifiers are numbers, digests and
//! keys are hexadecimal with `0x`, a record is `"CHART/KEY"`. Errors: see [`super::error`].

use super::error::Error;
use crate::service::Client;
use jsonrpsee::proc_macros::rpc;
use salus_primitives::{
    access::{Ask, Explanation, Grant, GrantInChart, GrantRef, Grantee, Reader, Request, Scope},
    audit::{Entry, LogHead, LogId},
    charts::{Chart, Epoch, NumberedCompartment},
    membership::{Challenge, Institution, Member},
    records::{Record, Session, Version},
    refusal::Refusal,
    ChartId, CompartmentId, GrantId, InstitutionId, MemberId, RecordId, RecordKey, RequestId, SessionKey, SigningKey,
};
use salus_runtime::Hash;
use salus_runtime_api::{SalusApi, MAX_PAGE};
use sc_client_api::HeaderBackend;
use sp_api::ProvideRuntimeApi;
use sp_consensus::BlockStatus;
use std::sync::Arc;

/// Declares the methods and answers each with the question of the same name: the two cannot differ.
macro_rules! questions {
    ($(
        $(#[$doc:meta])*
        $method:literal => $name:ident($($parameter:ident: $type:ty),*) $(limit $limit:ident)? -> $answer:ty;
    )*) => {
        /// What clients ask.
        #[rpc(server)]
        pub(crate) trait SalusMethods {
            $(
                $(#[$doc])*
                #[method(name = $method, blocking)]
                fn $name(&self, $($parameter: $type,)* $($limit: u32,)? at: Option<Hash>) -> Result<$answer, Error>;
            )*
        }

        impl SalusMethodsServer for Salus {
            $(
                fn $name(&self, $($parameter: $type,)* $($limit: u32,)? at: Option<Hash>) -> Result<$answer, Error> {
                    $(let $limit = within_page($limit)?;)?
                    let block = self.block(at)?;
                    self.client.runtime_api().$name(block, $($parameter,)* $($limit,)?).map_err(Error::Runtime)
                }
            )*
        }
    };
}

questions! {
    /// The institution.
    "salus_institution" => institution(institution: InstitutionId) -> Option<Institution>;
    /// Institutions from number `from` on.
    "salus_institutions" => institutions(from: InstitutionId) limit limit -> Vec<(InstitutionId, Institution)>;
    /// The member.
    "salus_member" => member(member: MemberId) -> Option<Member>;
    /// The member that signs transactions with `account`, a public key.
    "salus_memberOfAccount" => member_of_account(account: SigningKey) -> Option<MemberId>;
    /// Challenges that wait for the answer of `member`, with the verifier's institution.
    "salus_challenges" => challenges(member: MemberId) -> Vec<(InstitutionId, Challenge)>;
    /// How many verifications a newcomer needs.
    "salus_requiredVerifications" => required_verifications() -> u32;

    /// The chart.
    "salus_chart" => chart(chart: ChartId) -> Option<Chart>;
    /// The charts that `controller` controls.
    "salus_chartsOf" => charts_of(controller: MemberId) -> Vec<ChartId>;
    /// The chart's compartments, and which of them wait for a rotation.
    "salus_compartments" => compartments(chart: ChartId) -> Vec<NumberedCompartment>;
    /// The compartment's epochs from `from` on.
    "salus_epochs" => epochs(chart: ChartId, compartment: CompartmentId, from: u32) limit limit -> Vec<(u32, Epoch)>;
    /// The chart's grants from number `from` on, whatever became of them.
    "salus_grants" => grants(chart: ChartId, from: GrantId) limit limit -> Vec<(GrantId, Grant)>;
    /// Grants to `grantee` in any chart, the newest first, from the one before `before` on; `null` begins with the newest.
    "salus_grantsTo" => grants_to(grantee: Grantee, before: Option<GrantRef>) limit limit -> Vec<GrantInChart>;
    /// To whom the key of a compartment, or of a record alone, is sealed: the grantees who may read now.
    "salus_readers" => readers(chart: ChartId, scope: Scope) -> Vec<Reader>;
    /// The chart's requests from number `from` on, whatever became of them.
    "salus_requests" => requests(chart: ChartId, from: RequestId) limit limit -> Vec<(RequestId, Request)>;
    /// Whether `member` may do what `ask` says in `chart`, and the way to that answer.
    "salus_explainAccess" => explain_access(member: MemberId, chart: ChartId, ask: Ask) -> Explanation;

    /// The record.
    "salus_record" => record(record: RecordId) -> Option<Record>;
    /// The chart's records after the given key, in the order of the storage; `null` begins with the first.
    "salus_records" => records(chart: ChartId, after: Option<RecordKey>) limit limit -> Vec<(RecordKey, Record)>;
    /// The record's versions from `from` on.
    "salus_versions" => versions(record: RecordId, from: u32) limit limit -> Vec<(u32, Version)>;
    /// The reading session that `reader` named `session`.
    "salus_session" => session(reader: MemberId, session: SessionKey) -> Option<Session>;

    /// The log's length and head.
    "salus_logHead" => log_head(log: LogId) -> LogHead;
    /// The log's entries from place `from` on, as far as the state still holds them.
    "salus_logPage" => log_page(log: LogId, from: u64) limit limit -> Vec<Entry>;

    /// The time of the block, in Unix milliseconds.
    "salus_now" => now() -> u64;
    /// What the code of a refused transaction means.
    "salus_refusal" => refusal(code: u8) -> Option<Refusal>;
}

/// Answers the methods.
pub(crate) struct Salus {
    client: Arc<Client>,
}

impl Salus {
    /// Asks this client.
    pub(crate) fn new(client: Arc<Client>) -> Self {
        Self { client }
    }

    /// The block that is asked: the best one unless it is named.
    fn block(&self, at: Option<Hash>) -> Result<Hash, Error> {
        let Some(block) = at else { return Ok(self.client.info().best_hash) };
        match self.client.block_status(block).map_err(Error::Database)? {
            BlockStatus::InChainWithState => Ok(block),
            BlockStatus::InChainPruned => Err(Error::StateNotKept(block)),
            BlockStatus::Queued | BlockStatus::KnownBad | BlockStatus::Unknown => Err(Error::UnknownBlock(block)),
        }
    }
}

fn within_page(limit: u32) -> Result<u32, Error> {
    match limit {
        1..=MAX_PAGE => Ok(limit),
        _ => Err(Error::LimitOutOfRange(limit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_is_refused_at_zero_and_past_a_page() {
        assert!(within_page(1).is_ok() && within_page(MAX_PAGE).is_ok());
        for limit in [0, MAX_PAGE + 1, u32::MAX] {
            assert!(matches!(within_page(limit), Err(Error::LimitOutOfRange(it)) if it == limit));
        }
    }
}
