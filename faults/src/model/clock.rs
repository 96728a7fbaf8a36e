// SPDX-License-Identifier: Apache-2.0

//! The time of a call.

use salus_primitives::Moment;

/// An hour, in milliseconds. Denials within it share one log entry for each purpose.
pub(super) const HOUR: Moment = 3_600_000;

/// The block with a call, and its time.
#[derive(Clone, Copy)]
pub(super) struct Now {
    /// The height of the block.
    pub(super) block: u32,
    /// The time of the block, in Unix milliseconds.
    pub(super) at: Moment,
}
