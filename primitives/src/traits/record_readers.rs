// SPDX-License-Identifier: Apache-2.0

//! The question which grantees a record's key is sealed to.

use crate::{GrantId, RecordId};
use alloc::vec::Vec;

/// Looks up the readers of single records.
pub trait RecordReaders {
    /// Returns the grants over this record alone that permit reading, are not over, and whose grantees have the
    /// standing to read. A member who amends the record seals to each of them.
    fn record_readers(record: RecordId) -> Vec<GrantId>;
}

impl RecordReaders for () {
    fn record_readers(_: RecordId) -> Vec<GrantId> {
        Vec::new()
    }
}
