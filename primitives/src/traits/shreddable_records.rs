// SPDX-License-Identifier: Apache-2.0

//! The end of a record's life.

use crate::{records::Record, MemberId, RecordId};

/// Looks up records, and ends the life of one.
pub trait ShreddableRecords {
    /// Returns the record.
    fn record(record: RecordId) -> Option<Record>;

    /// Brings the record into the state `Shredded`, in the name of `by`; whether a way leads there. Its versions stay: they have
    /// hashes only.
    fn shred(record: RecordId, by: MemberId) -> bool;
}

impl ShreddableRecords for () {
    fn record(_: RecordId) -> Option<Record> {
        None
    }
    fn shred(_: RecordId, _: MemberId) -> bool {
        false
    }
}
