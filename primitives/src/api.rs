// SPDX-License-Identifier: Apache-2.0

//! The questions that clients ask of the chain's state: one list.
//!
//! The runtime's API (`SalusApi`), the node's methods `salus_*` and the functions of the client library come from
//! [`salus_api`]. A new question is a line here and an answer in the runtime; the compiler asks for the answer.

// The types that the list names, for those in whose scope it is expanded.
pub use crate::{
    access::{Ask, Explanation, Grant, GrantInChart, GrantRef, Grantee, Reader, Request, Scope},
    audit::{Entry, LogHead, LogId},
    charts::{Chart, Epoch, NumberedCompartment},
    membership::{Challenge, Institution, Member},
    records::{Record, Session, Version},
    refusal::Refusal,
    ChartId, CompartmentId, GrantId, InstitutionId, MemberId, RecordId, RecordKey, RequestId, SessionKey, SigningKey,
};

/// The most items of a page; the runtime takes a larger limit as this one.
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
            /// The institution.
            "salus_institution" => institution(institution: InstitutionId) -> Option<Institution>;
            /// Institutions from number `from` on.
            "salus_institutions" => institutions() page[from: InstitutionId] -> Vec<(InstitutionId, Institution)>;
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
            "salus_epochs" => epochs(chart: ChartId, compartment: CompartmentId) page[from: u32] -> Vec<(u32, Epoch)>;
            /// The chart's grants from number `from` on, whatever became of them.
            "salus_grants" => grants(chart: ChartId) page[from: GrantId] -> Vec<(GrantId, Grant)>;
            /// Grants to `grantee` in any chart, the newest first, from the one before `before` on; `null` begins with the newest.
            "salus_grantsTo" => grants_to(grantee: Grantee) page[before: Option<GrantRef>] -> Vec<GrantInChart>;
            /// To whom the key of a compartment, or of a record alone, is sealed: the grantees who may read now.
            "salus_readers" => readers(chart: ChartId, scope: Scope) -> Vec<Reader>;
            /// The chart's requests from number `from` on, whatever became of them.
            "salus_requests" => requests(chart: ChartId) page[from: RequestId] -> Vec<(RequestId, Request)>;
            /// Whether `member` may do what `ask` says in `chart`, and the way to that answer.
            "salus_explainAccess" => explain_access(member: MemberId, chart: ChartId, ask: Ask) -> Explanation;

            /// The record.
            "salus_record" => record(record: RecordId) -> Option<Record>;
            /// The chart's records after the given key, in the order of the storage; `null` begins with the first.
            "salus_records" => records(chart: ChartId) page[after: Option<RecordKey>] -> Vec<(RecordKey, Record)>;
            /// The record's versions from `from` on.
            "salus_versions" => versions(record: RecordId) page[from: u32] -> Vec<(u32, Version)>;
            /// The reading session that `reader` named `session`.
            "salus_session" => session(reader: MemberId, session: SessionKey) -> Option<Session>;

            /// The log's length and head.
            "salus_logHead" => log_head(log: LogId) -> LogHead;
            /// The log's entries from place `from` on, as far as the state still holds them.
            "salus_logPage" => log(log: LogId) page[from: u64] -> Vec<Entry>;

            /// The time of the block, in Unix milliseconds.
            "salus_now" => now() -> u64;
            /// What the code of a refused transaction means.
            "salus_refusal" => refusal(code: u8) -> Option<Refusal>;
        }
    };
}
