// SPDX-License-Identifier: Apache-2.0

//! The questions that clients ask of the chain's state: one list.
//!
//! The runtime's API (`SalusApi`), the node's methods `salus_*` and the functions of the client library come from
//! [`salus_api`](crate::salus_api). A new question is a line here and an answer in the runtime; the compiler asks for the answer.

// The types that the list names, for those in whose scope it is expanded.
pub use crate::{
    access::{GrantInChart, GrantRef, Grantee, NumberedGrant, NumberedRequest, Reader, Scope},
    audit::{Entry, LogHead, LogId},
    charts::{Chart, NumberedCompartment, NumberedEpoch},
    corrections::KeyedCorrection,
    decision::{Ask, Explanation},
    membership::{ChallengeBy, Institution, Member, NumberedInstitution},
    records::{KeyedRecord, NumberedVersion, Record, Session},
    refusal::Refusal,
    shredding::{AttestationOf, NumberedShredding, ShreddingState},
    ChartId, CompartmentId, GrantId, InstitutionId, MemberId, ReadingSessionId, RecordId, RecordKey, RequestId,
    SigningKey,
};

/// The most items that a page has; a larger limit counts as this one.
pub const MAX_PAGE: u32 = 256;

/// Hands the list of questions to the macro `$declare`, in whose scope `salus_primitives::api::*` has the types.
///
/// A line has the documentation, the JSON-RPC method, the function with its parameters, and the answer. A question with
/// `page[place]` answers with one page of a list: the items from the place on, as many as a limit of at most
/// [`MAX_PAGE`](crate::api::MAX_PAGE) says.
#[macro_export]
macro_rules! salus_api {
    ($declare:ident) => {
        $declare! {
            /// Returns the institution.
            "salus_institution" => institution(institution: InstitutionId) -> Option<Institution>;
            /// Returns institutions from number `from` on.
            "salus_institutions" => institutions() page[from: InstitutionId] -> Vec<NumberedInstitution>;
            /// Returns the member.
            "salus_member" => member(member: MemberId) -> Option<Member>;
            /// Returns the member that signs transactions with `account`, a public key.
            "salus_memberOfAccount" => member_of_account(account: SigningKey) -> Option<MemberId>;
            /// Returns the open challenges to `member`, with the verifiers' institutions.
            "salus_challenges" => challenges(member: MemberId) -> Vec<ChallengeBy>;
            /// Returns the number of verifications that a newcomer needs.
            "salus_requiredVerifications" => required_verifications() -> u32;

            /// Returns the chart.
            "salus_chart" => chart(chart: ChartId) -> Option<Chart>;
            /// Returns the charts that `controller` controls.
            "salus_chartsOf" => charts_of(controller: MemberId) -> Vec<ChartId>;
            /// Returns the chart's compartments, and which of them wait for a rotation.
            "salus_compartments" => compartments(chart: ChartId) -> Vec<NumberedCompartment>;
            /// Returns the compartment's epochs from `from` on.
            "salus_epochs" => epochs(chart: ChartId, compartment: CompartmentId) page[from: u32] -> Vec<NumberedEpoch>;
            /// Returns the chart's grants from number `from` on, whether in force or not.
            "salus_grants" => grants(chart: ChartId) page[from: GrantId] -> Vec<NumberedGrant>;
            /// Returns the grants to `grantee` in any chart, newest first, that are older than `before`; `null` begins with the
            /// newest.
            "salus_grantsTo" => grants_to(grantee: Grantee) page[before: Option<GrantRef>] -> Vec<GrantInChart>;
            /// Returns the grantees to whom the key of a compartment, or of a record alone, is sealed: those who may read now.
            "salus_readers" => readers(chart: ChartId, scope: Scope) -> Vec<Reader>;
            /// Returns the chart's requests from number `from` on, whether answered or not.
            "salus_requests" => requests(chart: ChartId) page[from: RequestId] -> Vec<NumberedRequest>;
            /// Decides on `ask` by `member` in `chart`, and returns the decision with its steps.
            "salus_explainAccess" => explain_access(member: MemberId, chart: ChartId, ask: Ask) -> Explanation;

            /// Returns the record.
            "salus_record" => record(record: RecordId) -> Option<Record>;
            /// Returns the chart's records after the given key, in the order of the storage; `null` begins with the first.
            "salus_records" => records(chart: ChartId) page[after: Option<RecordKey>] -> Vec<KeyedRecord>;
            /// Returns the corrections of the chart's records after the given key, in the order of the storage; `null` begins with
            /// the first.
            "salus_corrections" => corrections(chart: ChartId) page[after: Option<RecordKey>] -> Vec<KeyedCorrection>;
            /// Returns the record's versions from `from` on.
            "salus_versions" => versions(record: RecordId) page[from: u32] -> Vec<NumberedVersion>;
            /// Returns what stops the record from being shredded, and who asks for it.
            "salus_shreddingState" => shredding_state(record: RecordId) -> ShreddingState;
            /// Returns the shreddings of all charts from number `from` on.
            "salus_shreddings" => shreddings() page[from: u64] -> Vec<NumberedShredding>;
            /// Returns the attestations about the shredding with this number, after the given institution; `null` begins with the
            /// first.
            "salus_attestations" => attestations(shredding: u64) page[after: Option<InstitutionId>] -> Vec<AttestationOf>;
            /// Returns the reading session that `reader` named `session`.
            "salus_session" => session(reader: MemberId, session: ReadingSessionId) -> Option<Session>;

            /// Returns the log's length and head.
            "salus_logHead" => log_head(log: LogId) -> LogHead;
            /// Returns the log's entries from place `from` on, as far as the state still holds them.
            "salus_logPage" => log(log: LogId) page[from: u64] -> Vec<Entry>;

            /// Returns the time of the block, in Unix milliseconds.
            "salus_now" => now() -> u64;
            /// Returns the refusal with this code of `InvalidTransaction::Custom`.
            "salus_refusal" => refusal(code: u8) -> Option<Refusal>;
        }
    };
}
