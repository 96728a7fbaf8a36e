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

/// Items of a page, at most; a larger limit is taken as this one.
pub const MAX_PAGE: u32 = 256;

sp_api::decl_runtime_apis! {
    /// What clients ask. Answers are those of the state after the block that is asked.
    pub trait SalusApi {
        /// The institution.
        fn institution(institution: InstitutionId) -> Option<Institution>;
        /// Institutions from number `from` on.
        fn institutions(from: InstitutionId, limit: u32) -> Vec<(InstitutionId, Institution)>;
        /// The member.
        fn member(member: MemberId) -> Option<Member>;
        /// The member that signs transactions with `account`.
        fn member_of_account(account: SigningKey) -> Option<MemberId>;
        /// Challenges that wait for the answer of `member`, with the verifier's institution.
        fn challenges(member: MemberId) -> Vec<(InstitutionId, Challenge)>;
        /// How many verifications a newcomer needs.
        fn required_verifications() -> u32;

        /// The chart.
        fn chart(chart: ChartId) -> Option<Chart>;
        /// The charts that `controller` controls.
        fn charts_of(controller: MemberId) -> Vec<ChartId>;
        /// The chart's compartments, and which of them wait for a rotation.
        fn compartments(chart: ChartId) -> Vec<NumberedCompartment>;
        /// The compartment's epochs from `from` on.
        fn epochs(chart: ChartId, compartment: CompartmentId, from: u32, limit: u32) -> Vec<(u32, Epoch)>;
        /// The chart's grants from number `from` on, whatever became of them.
        fn grants(chart: ChartId, from: GrantId, limit: u32) -> Vec<(GrantId, Grant)>;
        /// Grants to `grantee` in any chart, the newest first, from the one before `before` on.
        fn grants_to(grantee: Grantee, before: Option<GrantRef>, limit: u32) -> Vec<GrantInChart>;
        /// To whom the key of a compartment, or of a record alone, is sealed: the grantees who may read now.
        fn readers(chart: ChartId, scope: Scope) -> Vec<Reader>;
        /// The chart's requests from number `from` on, whatever became of them.
        fn requests(chart: ChartId, from: RequestId, limit: u32) -> Vec<(RequestId, Request)>;
        /// Whether `member` may do what `ask` says in `chart`, and the way to that answer.
        fn explain_access(member: MemberId, chart: ChartId, ask: Ask) -> Explanation;

        /// The record.
        fn record(record: RecordId) -> Option<Record>;
        /// The chart's records after the given key, in the order of the storage.
        fn records(chart: ChartId, after: Option<RecordKey>, limit: u32) -> Vec<(RecordKey, Record)>;
        /// The record's versions from `from` on.
        fn versions(record: RecordId, from: u32, limit: u32) -> Vec<(u32, Version)>;
        /// The reading session that `reader` named `session`.
        fn session(reader: MemberId, session: SessionKey) -> Option<Session>;

        /// The log's length and head.
        fn log_head(log: LogId) -> LogHead;
        /// The log's entries from place `from` on, as far as the state still holds them.
        fn log_page(log: LogId, from: u64, limit: u32) -> Vec<Entry>;

        /// The time of the block, in Unix milliseconds.
        fn now() -> u64;
        /// What the code of a refused transaction means.
        fn refusal(code: u8) -> Option<Refusal>;
    }
}
