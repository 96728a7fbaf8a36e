// SPDX-License-Identifier: Apache-2.0

//! Values that the pallet stores besides entries.

use alloc::vec::Vec;
use codec::{Compact, Decode, Encode, MaxEncodedLen};
use core::ops::Range;
use salus_primitives::{
    access::Purposes,
    audit::{AuditEvent, LogHead, LogId},
    receipts::MAX_POSTERS,
    time::HOUR,
    Digest, InstitutionId, Moment,
};
use scale_info::TypeInfo;

/// An institution posted receipts for an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct ReceiptsNote {
    /// The place of the entry in its log.
    pub place: u64,
    /// The institution.
    pub institution: InstitutionId,
}

/// The most notes of receipts beside one page.
pub const MAX_NOTES: u32 = ENTRIES_PER_PAGE.saturating_mul(MAX_POSTERS);

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

/// Denials of one member on one chart within an hour. The first with each purpose has an entry, and the others are
/// counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct DenialRun {
    /// The time of the first denial.
    pub since: Moment,
    /// The number of denials without an entry, since the last one that has an entry.
    pub repeated: u32,
    /// The institution that the member belonged to.
    pub institution: Option<InstitutionId>,
    /// The purposes of the denials so far. A denial with another purpose has an entry of its own.
    pub purposes: Purposes,
}

impl DenialRun {
    /// Returns the run that begins with `event`, at `now`.
    pub(crate) fn begin(now: Moment, event: &AuditEvent) -> Self {
        Self { since: now, repeated: 0, institution: event.institution, purposes: Purposes::NONE }.with(event)
    }

    /// Returns the run after the entry of `event`, which counts the repetitions from now on.
    pub(crate) fn with(self, event: &AuditEvent) -> Self {
        let purposes = event.purpose.into_iter().chain(self.purposes.iter()).collect::<Vec<_>>();
        Self { repeated: 0, purposes: Purposes::of(&purposes), ..self }
    }

    /// Whether `event` only repeats a denial that has an entry: an earlier one was for the same purpose.
    pub(crate) fn has(&self, event: &AuditEvent) -> bool {
        event.purpose.is_none_or(|purpose| self.purposes.contains(purpose))
    }

    /// Whether a denial at `at` begins another run.
    pub fn is_over(&self, at: Moment) -> bool {
        at >= self.since.saturating_add(HOUR)
    }
}
