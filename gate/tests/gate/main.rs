// SPDX-License-Identifier: Apache-2.0

//! The release gate, called directly, against a chain in memory: who may, gets; all others are refused.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod clocks;
mod compartments;
mod foreign;
mod granted;
mod links;
mod notes;
mod receipts;
mod refused;
mod requests;
mod rest;
mod sizes;
mod unsealing;
