// SPDX-License-Identifier: Apache-2.0

//! How much may be staged. Only what the chain does not name yet counts.

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
    /// The most that one member of the institution, or one author of another, may have staged, in MiB.
    pub member_mebibytes: u32,
    /// The most that all members together may have staged, in MiB.
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
/// Objects that one member may have staged.
const OBJECTS_OF_ONE: u64 = 64 * 1024;

impl Limits {
    /// When objects that are staged `now` expire.
    pub fn end(&self, now: Moment) -> Moment {
        now.saturating_add(u64::from(self.expires_after_hours).saturating_mul(HOUR))
    }

    /// Bytes that one writer may have staged.
    pub(super) fn of_writer(&self, kind: WriterKind) -> u64 {
        match kind {
            WriterKind::Own | WriterKind::Author => mebibytes(self.member_mebibytes),
            WriterKind::Guest => GUEST,
        }
    }

    /// Objects that one writer may have staged.
    pub(super) fn objects_of_writer(&self) -> u64 {
        OBJECTS_OF_ONE
    }

    /// Bytes that all guests of one institution may have staged.
    pub(super) fn of_guests(&self) -> u64 {
        GUESTS_OF_ONE
    }

    /// Bytes that all may have staged.
    pub(super) fn total(&self) -> u64 {
        mebibytes(self.total_mebibytes)
    }

    /// Bytes that have to stay free on the disk.
    pub(super) fn keep_free(&self) -> u64 {
        mebibytes(self.keep_free_mebibytes)
    }
}

fn mebibytes(count: u32) -> u64 {
    u64::from(count).saturating_mul(MEBIBYTE)
}
