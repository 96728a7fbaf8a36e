// SPDX-License-Identifier: Apache-2.0

//! The questions that clients ask of the Salus runtime.
//!
//! Each is also a JSON-RPC method `salus_*` of the node. Lists are paged: at most [`MAX_PAGE`] items at once.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

use alloc::vec::Vec;
use salus_primitives::{
    access::{Ask, Explanation, Grant, GrantInChart, GrantRef, Grantee, Reader, Request, Scope},
    audit::{Entry, LogHead, LogId},
    charts::{Chart, Epoch, NumberedCompartment},
    membership::{Challenge, Institution, Member},
    records::{Record, Session, Version},
    refusal::Refusal,
    ChartId, CompartmentId, GrantId, InstitutionId, MemberId, RecordId, RecordKey, RequestId, SessionKey, SigningKey,
};

/// The most items that a page has; a larger limit counts as this one.
pub const MAX_PAGE: u32 = 256;

sp_api::decl_runtime_apis! {
    /// The questions of clients. The answers are those of the state after the block in question.
    pub trait SalusApi {
        /// Returns the institution.
        fn institution(institution: InstitutionId) -> Option<Institution>;
        /// Returns institutions from number `from` on.
        fn institutions(from: InstitutionId, limit: u32) -> Vec<(InstitutionId, Institution)>;
        /// Returns the member.
        fn member(member: MemberId) -> Option<Member>;
        /// Returns the member that signs transactions with `account`.
        fn member_of_account(account: SigningKey) -> Option<MemberId>;
        /// Returns the open challenges to `member`, with the verifiers' institutions.
        fn challenges(member: MemberId) -> Vec<(InstitutionId, Challenge)>;
        /// Returns the number of verifications that a newcomer needs.
        fn required_verifications() -> u32;

        /// Returns the chart.
        fn chart(chart: ChartId) -> Option<Chart>;
        /// Returns the charts that `controller` controls.
        fn charts_of(controller: MemberId) -> Vec<ChartId>;
        /// Returns the chart's compartments, and which of them wait for a rotation.
        fn compartments(chart: ChartId) -> Vec<NumberedCompartment>;
        /// Returns the compartment's epochs from `from` on.
        fn epochs(chart: ChartId, compartment: CompartmentId, from: u32, limit: u32) -> Vec<(u32, Epoch)>;
        /// Returns the chart's grants from number `from` on, whether in force or not.
        fn grants(chart: ChartId, from: GrantId, limit: u32) -> Vec<(GrantId, Grant)>;
        /// Returns the grants to `grantee` in any chart, newest first, that are older than `before`.
        fn grants_to(grantee: Grantee, before: Option<GrantRef>, limit: u32) -> Vec<GrantInChart>;
        /// Returns the grantees to whom the key of a compartment, or of a record alone, is sealed: those who may read
        /// now.
        fn readers(chart: ChartId, scope: Scope) -> Vec<Reader>;
        /// Returns the chart's requests from number `from` on, whether answered or not.
        fn requests(chart: ChartId, from: RequestId, limit: u32) -> Vec<(RequestId, Request)>;
        /// Decides on `ask` by `member` in `chart`, and returns the decision with its steps.
        fn explain_access(member: MemberId, chart: ChartId, ask: Ask) -> Explanation;

        /// Returns the record.
        fn record(record: RecordId) -> Option<Record>;
        /// Returns the chart's records after the given key, in the order of the storage.
        fn records(chart: ChartId, after: Option<RecordKey>, limit: u32) -> Vec<(RecordKey, Record)>;
        /// Returns the record's versions from `from` on.
        fn versions(record: RecordId, from: u32, limit: u32) -> Vec<(u32, Version)>;
        /// Returns the reading session that `reader` named `session`.
        fn session(reader: MemberId, session: SessionKey) -> Option<Session>;

        /// Returns the log's length and head.
        fn log_head(log: LogId) -> LogHead;
        /// Returns the log's entries from place `from` on, as far as the state still holds them.
        fn log_page(log: LogId, from: u64, limit: u32) -> Vec<Entry>;

        /// Returns the time of the block, in Unix milliseconds.
        fn now() -> u64;
        /// Returns the refusal with this code of `InvalidTransaction::Custom`.
        fn refusal(code: u8) -> Option<Refusal>;
    }
}
