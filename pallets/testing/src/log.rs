// SPDX-License-Identifier: Apache-2.0

//! An audit log that tests look into.

use core::cell::Cell;
use frame_support::{pallet_prelude::Encode, storage::unhashed};
use salus_primitives::{
    audit::{AuditEvent, LogId},
    traits::AuditLog,
    ChartId, MemberId,
};

const ENTRIES: &[u8] = b"test log";
const DENIALS: &[u8] = b"test denials";

thread_local! {
    static WRITTEN: Cell<usize> = const { Cell::new(0) };
}

/// Keeps what it is given. Denials are kept apart.
pub struct Log;

impl AuditLog for Log {
    fn append(log: LogId, event: AuditEvent) {
        Self::write(ENTRIES, (log, event));
    }
    fn append_denial(chart: ChartId, member: MemberId, event: AuditEvent) {
        Self::write(DENIALS, (chart, member, event));
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

    /// How many entries and denials this thread has written. An entry counts even if its call failed.
    pub fn written() -> usize {
        WRITTEN.get()
    }

    fn write(to: &[u8], entry: impl Encode) {
        sp_io::storage::append(to, entry.encode());
        WRITTEN.set(WRITTEN.get() + 1);
    }
}
