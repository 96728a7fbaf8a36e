// SPDX-License-Identifier: Apache-2.0

//! The question to whom the key of a record is sealed.

use crate::{GrantId, RecordId};
use alloc::vec::Vec;

/// Knows the readers of single records.
pub trait RecordReaders {
    /// The grants over this record alone that can read, are not over, and whose grantees have the standing to read: a
    /// member who amends the record seals to each of them.
    fn record_readers(record: RecordId) -> Vec<GrantId>;
}

impl RecordReaders for () {
    fn record_readers(_: RecordId) -> Vec<GrantId> {
        Vec::new()
    }
}
