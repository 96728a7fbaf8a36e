// SPDX-License-Identifier: Apache-2.0

//! An audit log that tests look into.

use frame_support::storage::unhashed;
use salus_primitives::{
    audit::{AuditEvent, LogId},
    traits::AuditLog,
    ChartId, MemberId,
};

const ENTRIES: &[u8] = b"test log";
const DENIALS: &[u8] = b"test denials";

/// Keeps what it is given. Denials are kept apart.
pub struct Log;

impl AuditLog for Log {
    fn append(log: LogId, event: AuditEvent) {
        let mut entries = Self::entries();
        entries.push((log, event));
        unhashed::put(ENTRIES, &entries);
    }
    fn append_denial(chart: ChartId, member: MemberId, event: AuditEvent) {
        let mut denials = Self::denials();
        denials.push((chart, member, event));
        unhashed::put(DENIALS, &denials);
    }
}

impl Log {
    /// All entries so far, but for denials.
    pub fn entries() -> Vec<(LogId, AuditEvent)> {
        unhashed::get_or_default(ENTRIES)
    }

    /// The entries since the last call of this function, but for denials.
    pub fn take() -> Vec<(LogId, AuditEvent)> {
        unhashed::take_or_default(ENTRIES)
    }

    /// All denials so far.
    pub fn denials() -> Vec<(ChartId, MemberId, AuditEvent)> {
        unhashed::get_or_default(DENIALS)
    }
}
