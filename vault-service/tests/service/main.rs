// SPDX-License-Identifier: Apache-2.0

//! The service over a chain in memory.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod collector;
mod copier;
mod copies;
mod cors;
mod description;
mod introduction;
mod joining;
mod letters;
mod limits;
mod messages;
mod power;
mod reads;
mod receipts;
mod request_log;
mod shredding;
mod unnamed;
mod writes;
