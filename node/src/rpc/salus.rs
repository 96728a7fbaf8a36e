// SPDX-License-Identifier: Apache-2.0

//! The methods `salus_*`: each question of [`SalusApi`], with a block hash as an optional last parameter.
//!
//! Without a block hash, a method reads the state of the best block. A program that acts on the answer, such as a
//! release gate, names a finalized block. Parameters and answers are the JSON of the types in `salus-primitives`:
//! identifiers are numbers, digests and keys are hexadecimal with `0x`, a record is `"CHART/KEY"`. Errors: see
//! [`super::error`].

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

/// Declares the methods, and answers each with the runtime API call of the same name, so that the two cannot differ.
macro_rules! questions {
    ($(
        $(#[$doc:meta])*
        $method:literal => $name:ident($($parameter:ident: $type:ty),*) $(limit $limit:ident)? -> $answer:ty;
    )*) => {
        /// The RPC methods `salus_*`.
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
    /// Returns the institution.
    "salus_institution" => institution(institution: InstitutionId) -> Option<Institution>;
    /// Returns institutions from number `from` on.
    "salus_institutions" => institutions(from: InstitutionId) limit limit -> Vec<(InstitutionId, Institution)>;
    /// Returns the member.
    "salus_member" => member(member: MemberId) -> Option<Member>;
    /// Returns the member that signs transactions with `account`, a public key.
    "salus_memberOfAccount" => member_of_account(account: SigningKey) -> Option<MemberId>;
    /// Returns the open challenges to `member`, with the verifiers' institutions.
    "salus_challenges" => challenges(member: MemberId) -> Vec<(InstitutionId, Challenge)>;
    /// Returns the number of verifications that a newcomer needs.
    "salus_requiredVerifications" => required_verifications() -> u32;

    /// Returns the chart.
    "salus_chart" => chart(chart: ChartId) -> Option<Chart>;
    /// Returns the charts that `controller` controls.
    "salus_chartsOf" => charts_of(controller: MemberId) -> Vec<ChartId>;
    /// Returns the chart's compartments, and which of them wait for a rotation.
    "salus_compartments" => compartments(chart: ChartId) -> Vec<NumberedCompartment>;
    /// Returns the compartment's epochs from `from` on.
    "salus_epochs" => epochs(chart: ChartId, compartment: CompartmentId, from: u32) limit limit -> Vec<(u32, Epoch)>;
    /// Returns the chart's grants from number `from` on, whether in force or not.
    "salus_grants" => grants(chart: ChartId, from: GrantId) limit limit -> Vec<(GrantId, Grant)>;
    /// Returns the grants to `grantee` in any chart, newest first, that are older than `before`; `null` begins with the
    /// newest.
    "salus_grantsTo" => grants_to(grantee: Grantee, before: Option<GrantRef>) limit limit -> Vec<GrantInChart>;
    /// Returns the grantees to whom the key of a compartment, or of a record alone, is sealed: those who may read now.
    "salus_readers" => readers(chart: ChartId, scope: Scope) -> Vec<Reader>;
    /// Returns the chart's requests from number `from` on, whether answered or not.
    "salus_requests" => requests(chart: ChartId, from: RequestId) limit limit -> Vec<(RequestId, Request)>;
    /// Decides on `ask` by `member` in `chart`, and returns the decision with its steps.
    "salus_explainAccess" => explain_access(member: MemberId, chart: ChartId, ask: Ask) -> Explanation;

    /// Returns the record.
    "salus_record" => record(record: RecordId) -> Option<Record>;
    /// Returns the chart's records after the given key, in the order of the storage; `null` begins with the first.
    "salus_records" => records(chart: ChartId, after: Option<RecordKey>) limit limit -> Vec<(RecordKey, Record)>;
    /// Returns the record's versions from `from` on.
    "salus_versions" => versions(record: RecordId, from: u32) limit limit -> Vec<(u32, Version)>;
    /// Returns the reading session that `reader` named `session`.
    "salus_session" => session(reader: MemberId, session: SessionKey) -> Option<Session>;

    /// Returns the log's length and head.
    "salus_logHead" => log_head(log: LogId) -> LogHead;
    /// Returns the log's entries from place `from` on, as far as the state still holds them.
    "salus_logPage" => log_page(log: LogId, from: u64) limit limit -> Vec<Entry>;

    /// Returns the time of the block, in Unix milliseconds.
    "salus_now" => now() -> u64;
    /// Returns the refusal with this code of `InvalidTransaction::Custom`.
    "salus_refusal" => refusal(code: u8) -> Option<Refusal>;
}

/// The implementation of the methods.
pub(crate) struct Salus {
    client: Arc<Client>,
}

impl Salus {
    /// Asks the runtime through this client.
    pub(crate) fn new(client: Arc<Client>) -> Self {
        Self { client }
    }

    /// Returns the block whose state a method reads: `at`, or the best one.
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
