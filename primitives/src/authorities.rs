// SPDX-License-Identifier: Apache-2.0

//! Authorities: which institutions author and finalize blocks, and who signs and votes for them.

use crate::Moment;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The fewest authorities of which one may fail: with three, all have to work.
pub const MIN_AUTHORITIES: u32 = 4;

/// An authority's seat.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Seat<AccountId> {
    /// The account that sets the session keys and confirms upgrades.
    pub account: AccountId,
    /// The account that votes in the council.
    pub delegate: AccountId,
    /// The account that names the authority in sessions and offences: the one with which the seat began. It stays when the seat
    /// gets another account, so keys and liability stay, too.
    pub authority: AccountId,
    /// Whether the authority may author and vote.
    pub status: SeatStatus,
    /// When the council gave the seat.
    pub admitted_at: Moment,
    /// The first session for whose offences the authority answers.
    pub liable_from: u32,
}

impl<AccountId> Seat<AccountId> {
    /// Whether the authority may author and vote.
    pub fn is_active(&self) -> bool {
        self.status == SeatStatus::Active
    }
}

/// Whether the authority of a seat may author and vote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeatStatus {
    /// The authority authors and votes.
    Active,
    /// The authority is disabled, and leaves the set while four others remain.
    Suspended,
}
