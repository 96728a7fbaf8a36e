// SPDX-License-Identifier: Apache-2.0

//! How much may be staged. Only what the chain does not name yet counts, and what uploads under way may still bring.

use salus_gate::WriterKind;
use salus_primitives::{time::HOUR, Moment};
use serde::Deserialize;

const MEBIBYTE: u64 = 1024 * 1024;

/// The part `[staging]` of the configuration.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Limits {
    /// How long the chain has time to name an object, in hours.
    pub expires_after_hours: u32,
    /// The most that one member of the institution's staff may have staged, in MiB. A patient, or an author of another
    /// institution, may have a quarter.
    pub member_mebibytes: u32,
    /// The most that all members together may have staged, in MiB. All but the institution's staff share half of it.
    pub total_mebibytes: u32,
    /// The room that has to stay free on the disk, in MiB.
    pub keep_free_mebibytes: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            expires_after_hours: 24,
            member_mebibytes: 16 * 1024,
            total_mebibytes: 64 * 1024,
            keep_free_mebibytes: 1024,
        }
    }
}

/// The most that a guest may have staged: some notes.
const GUEST: u64 = 256 * 1024;
/// The most that the guests of one institution may have staged together.
const GUESTS_OF_ONE: u64 = 16 * MEBIBYTE;
/// Each object counts as one of at least so many bytes: it takes a file and its entry in a folder.
const LEAST: u64 = 4 * 1024;

/// The bytes that an object of `size` bytes counts.
pub(super) fn charge(size: u64) -> u64 {
    size.max(LEAST)
}

impl Limits {
    /// When objects that are staged `now` expire.
    pub fn end(&self, now: Moment) -> Moment {
        now.saturating_add(u64::from(self.expires_after_hours).saturating_mul(HOUR))
    }

    /// Bytes that one writer may have staged.
    pub(super) fn of_writer(&self, kind: WriterKind) -> u64 {
        let member = mebibytes(self.member_mebibytes);
        match kind {
            WriterKind::Staff => member,
            WriterKind::Patient | WriterKind::Author => member.saturating_div(4),
            WriterKind::Guest => GUEST,
        }
    }

    /// Bytes that all guests of one institution may have staged.
    pub(super) fn of_guests(&self) -> u64 {
        GUESTS_OF_ONE
    }

    /// Bytes that all may have staged.
    pub(super) fn total(&self) -> u64 {
        mebibytes(self.total_mebibytes)
    }

    /// Bytes that all but the institution's staff may have staged.
    pub(super) fn total_of_others(&self) -> u64 {
        self.total().saturating_div(2)
    }

    /// Bytes that have to stay free on the disk.
    pub(super) fn keep_free(&self) -> u64 {
        mebibytes(self.keep_free_mebibytes)
    }
}

/// Uploads that one writer may have under way.
pub(super) fn uploads_of(kind: WriterKind) -> usize {
    match kind {
        WriterKind::Staff => 16,
        WriterKind::Patient | WriterKind::Author => 4,
        WriterKind::Guest => 2,
    }
}

fn mebibytes(count: u32) -> u64 {
    u64::from(count).saturating_mul(MEBIBYTE)
}
