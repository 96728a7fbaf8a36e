// SPDX-License-Identifier: Apache-2.0

//! An audit log that tests look into.

use crate::Clock;
use core::cell::Cell;
use frame_support::{pallet_prelude::Encode, storage::unhashed};
use salus_primitives::{
    audit::{AuditEvent, Entry, LogId},
    receipts::{NotNoted, MAX_POSTERS},
    traits::AuditLog,
    ChartId, InstitutionId, MemberId, Moment,
};

const ENTRIES: &[u8] = b"test log";
const DENIALS: &[u8] = b"test denials";
/// Entries by log and place, with their times: unlike those above, they stay when a test takes entries.
const PLACES: &[u8] = b"test places";
const LENGTHS: &[u8] = b"test lengths";
const RECEIPTS: &[u8] = b"test receipts";

thread_local! {
    static WRITTEN: Cell<usize> = const { Cell::new(0) };
}

/// Keeps what it is given. Denials are kept apart.
pub struct Log;

impl AuditLog for Log {
    fn append(log: LogId, event: AuditEvent) -> u64 {
        let length = (LENGTHS, log).encode();
        let place: u64 = unhashed::get_or_default(&length);
        unhashed::put(&length, &(place + 1));
        unhashed::put(&(PLACES, log, place).encode(), &(Clock::now(), event));
        Self::write(ENTRIES, (log, event));
        place
    }
    fn append_denial(chart: ChartId, member: MemberId, event: AuditEvent) {
        Self::write(DENIALS, (chart, member, event));
    }
    fn entry(log: LogId, place: u64) -> Option<Entry> {
        let (at, event): (Moment, AuditEvent) = unhashed::get(&(PLACES, log, place).encode())?;
        Some(Entry::new(place, at, 1, event))
    }
    fn note_receipts(log: LogId, place: u64, institution: InstitutionId) -> Result<(), NotNoted> {
        Self::entry(log, place).ok_or(NotNoted::NoEntry)?;
        let noted: Vec<(LogId, u64, InstitutionId)> = unhashed::get_or_default(RECEIPTS);
        if noted.contains(&(log, place, institution)) {
            return Err(NotNoted::Posted);
        }
        if noted.iter().filter(|note| (note.0, note.1) == (log, place)).count() >= MAX_POSTERS as usize {
            return Err(NotNoted::TooMany);
        }
        sp_io::storage::append(RECEIPTS, (log, place, institution).encode());
        Ok(())
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
