// SPDX-License-Identifier: Apache-2.0

//! An institution's release gate and vault over HTTP.
//!
//! Readers post signed requests (`salus_gate::protocol`). The gate decides with what the hospital's own node says, and gives
//! sealed bytes out of the vault behind it. Writers stage sealed objects, which stay once the chain names them.
//! The gate keeps a receipt of each release under an opening, and the service posts count and digest of them to the chart's log.
//! It holds no key of a member but that of its own service member. With its institution's key it opens what was granted to the institution, for the member
//! who opened the records; it keeps none of it.

#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used,
        reason = "tests fail by panicking"
    )
)]

mod chance;
pub mod config;
pub mod connections;
pub mod copies;
pub mod cors;
pub mod init;
pub mod joining;
pub mod key_files;
pub mod limits;
pub mod member;
mod metrics;
pub mod migration;
pub mod node;
pub mod notices;
pub mod partners;
mod problems;
mod readers;
mod readiness;
mod reads;
pub mod receipts;
mod request_log;
mod requests;
mod router;
pub mod server;
mod service;
mod services;
pub mod shredding;
pub mod staging;
pub mod status;
pub mod stores;
pub mod taking_over;
pub mod tls;
pub mod unnamed;
mod unsealing;
pub mod verify;
mod whole_files;
mod writes;

pub use metrics::Metrics;
pub use service::{Custody, Service, ServiceSettings, MAX_LEAD};
