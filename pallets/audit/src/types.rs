// SPDX-License-Identifier: Apache-2.0

//! Values that the pallet stores besides entries.

use codec::{Compact, Decode, Encode, MaxEncodedLen};
use core::ops::Range;
use salus_primitives::{
    audit::{LogHead, LogId},
    time::HOUR,
    ChartId, Digest, InstitutionId, MemberId, Moment,
};
use scale_info::TypeInfo;

/// Entries in a page. A page of the largest entries has some two KiB, so reading it costs what reading one item costs.
pub const ENTRIES_PER_PAGE: u32 = 16;

/// A log's length, the head of its hash chain, and how much of it the state has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct StoredHead {
    /// Entries so far.
    #[codec(compact)]
    pub length: u64,
    /// The place of the first entry that the state still has; the length when it has none.
    #[codec(compact)]
    pub first: u64,
    /// BLAKE2b-256 over all entries, one after the other.
    pub hash: Digest,
}

impl MaxEncodedLen for StoredHead {
    fn max_encoded_len() -> usize {
        // The derived form does not know that a compact number can be longer.
        Compact::<u64>::max_encoded_len().saturating_mul(2).saturating_add(Digest::max_encoded_len())
    }
}

impl StoredHead {
    /// The head of a log without entries.
    pub fn empty(log: LogId) -> Self {
        let LogHead { length, hash } = LogHead::empty(log);
        Self { length, first: 0, hash }
    }

    /// Returns the length and head against which clients verify a log.
    pub fn log_head(&self) -> LogHead {
        LogHead { length: self.length, hash: self.hash }
    }

    /// The places of this page's entries that the state has.
    pub fn places_in(&self, page: u64) -> Range<u64> {
        let size = u64::from(ENTRIES_PER_PAGE);
        let start = page.saturating_mul(size);
        self.first.max(start)..self.length.min(start.saturating_add(size))
    }
}

/// The page on which the entry with this place stands.
pub(crate) fn page_of(sequence: u64) -> u64 {
    // The number of entries in a page is not zero.
    sequence.checked_div(ENTRIES_PER_PAGE.into()).unwrap_or_default()
}

/// Denials of one member on one chart that have one entry between them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct DenialRun {
    /// The time of the first denial, which has the entry.
    pub since: Moment,
    /// The number of denials after it.
    pub repeated: u32,
    /// The institution that the member belonged to.
    pub institution: Option<InstitutionId>,
}

impl DenialRun {
    /// Whether a denial at `at` has an entry of its own again.
    pub fn is_over(&self, at: Moment) -> bool {
        at >= self.since.saturating_add(HOUR)
    }
}

/// The position of the round over all logs and all runs of denials.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Round {
    /// After this log, or before the first.
    Logs(Option<LogId>),
    /// After this run, or before the first.
    Runs(Option<(ChartId, MemberId)>),
}

impl Default for Round {
    fn default() -> Self {
        Self::Logs(None)
    }
}
