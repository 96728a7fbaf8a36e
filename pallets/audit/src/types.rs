// SPDX-License-Identifier: Apache-2.0

//! What the logs keep besides entries.

use codec::{Decode, Encode, MaxEncodedLen};
use salus_primitives::{time::HOUR, Moment};
use scale_info::TypeInfo;

/// Denials of one member on one chart that have one entry between them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct DenialRun {
    /// When the first was, which has the entry.
    pub since: Moment,
    /// How many came after it.
    pub repeated: u32,
}

impl DenialRun {
    /// Whether a denial at `at` has an entry of its own again.
    pub fn is_over(&self, at: Moment) -> bool {
        at >= self.since.saturating_add(HOUR)
    }
}
