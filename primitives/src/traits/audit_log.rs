// SPDX-License-Identifier: Apache-2.0

//! The effect of writing into the audit log.

use crate::{
    audit::{AuditEvent, LogId},
    ChartId, MemberId,
};

/// Appends audit entries.
pub trait AuditLog {
    /// Appends one entry to `log`.
    fn append(log: LogId, event: AuditEvent);

    /// Records that `member` was denied something on `chart`; repetitions within an hour only raise a counter.
    fn append_denial(chart: ChartId, member: MemberId, event: AuditEvent);
}

impl AuditLog for () {
    fn append(_: LogId, _: AuditEvent) {}
    fn append_denial(_: ChartId, _: MemberId, _: AuditEvent) {}
}
