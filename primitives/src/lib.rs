// SPDX-License-Identifier: Apache-2.0

//! The rules and values on which pallets, node and clients of Salus must agree.
//!
//! The crates above (pallets, runtime, node, vault, client) share identifiers, roles, times, signed payloads, audit
//! entries and the function that decides access. This crate holds pure rules and plain values. It does not know FRAME,
//! storage or networks, so that chain, release gate and command line give one answer.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod access;
pub mod allowance;
pub mod api;
pub mod audit;
pub mod authorities;
mod bit_set;
pub mod charts;
pub mod corrections;
pub mod decide;
pub mod decision;
pub mod evidence;
pub mod governance;
pub mod holds;
pub mod ids;
pub mod membership;
pub mod network;
pub mod notices;
pub mod panel;
pub mod permissions;
pub mod purposes;
pub mod receipts;
pub mod record_states;
pub mod records;
pub mod refusal;
pub mod shredding;
pub mod staging;
pub mod text;
pub mod time;
pub mod traits;
pub mod upgrades;
pub mod vocabulary;

pub use ids::{
    ChartId, CompartmentId, Digest, EncryptionKey, FinalityKey, GrantId, InstitutionId, MemberId, ReadingSessionId,
    RecordId, RecordKey, RequestId, SigningKey,
};
pub use time::{Interval, Moment};
