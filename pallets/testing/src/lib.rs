// SPDX-License-Identifier: Apache-2.0

//! Shared parts of the pallets' mock runtimes: a chain, a clock, members, hospitals with staff, charts, a log, and
//! origins.
//!
//! Tests set members and time in thread-local values, so that parallel tests do not share them. The log is part of the
//! state, so a call that fails leaves no entry behind; but [`Log::written`] counts what it wrote.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that fails has to stop"
)]

mod chain;
mod charts;
mod clock;
mod log;
mod members;
mod origins;
mod staff;

pub use chain::chain_with;
pub use charts::Charts;
pub use clock::{Clock, START};
pub use log::Log;
pub use members::Members;
pub use origins::{ActiveMember, AnyMember, TwoThirds};
pub use staff::{delegate, node, open_hospitals, Staff, FIFTH, FIRST, FOURTH, HOSPITALS, SECOND, STRANGER, THIRD};

use salus_primitives::{Digest, MemberId};
use sp_runtime::AccountId32;

/// The account with which `member` signs. Accounts are in the order of their members.
pub fn account(member: MemberId) -> AccountId32 {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&member.0.to_be_bytes());
    AccountId32::new(bytes)
}

/// A hash.
pub fn digest(seed: u8) -> Digest {
    Digest([seed; 32])
}
