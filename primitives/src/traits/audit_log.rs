// SPDX-License-Identifier: Apache-2.0

//! The effect of writing into the audit log.

use crate::{
    audit::{AuditEvent, Entry, LogId},
    receipts::NotNoted,
    ChartId, InstitutionId, MemberId,
};

/// Appends audit entries, and says what stands in a log.
pub trait AuditLog {
    /// Appends one entry to `log`, and returns its place.
    fn append(log: LogId, event: AuditEvent) -> u64;

    /// Records that `member` was denied something on `chart`; repetitions within an hour only raise a counter.
    fn append_denial(chart: ChartId, member: MemberId, event: AuditEvent);

    /// Returns the entry of `log` at `place`, as long as the state has it.
    fn entry(log: LogId, place: u64) -> Option<Entry>;

    /// Takes note that `institution` posts receipts for the entry of `log` at `place`: once. The note leaves the state
    /// with the entry.
    fn note_receipts(log: LogId, place: u64, institution: InstitutionId) -> Result<(), NotNoted>;
}

impl AuditLog for () {
    fn append(_: LogId, _: AuditEvent) -> u64 {
        0
    }
    fn append_denial(_: ChartId, _: MemberId, _: AuditEvent) {}
    fn entry(_: LogId, _: u64) -> Option<Entry> {
        None
    }
    fn note_receipts(_: LogId, _: u64, _: InstitutionId) -> Result<(), NotNoted> {
        Err(NotNoted::NoEntry)
    }
}
