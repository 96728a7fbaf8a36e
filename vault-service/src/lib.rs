// SPDX-License-Identifier: Apache-2.0

//! An institution's release gate and vault over HTTP.
//!
//! Readers post signed requests (`salus_gate::protocol`). The gate decides with what the hospital's own node says, and gives
//! sealed bytes out of the vault in the folder beside it. The service holds no key of a reader, and can open nothing.

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

pub mod config;
mod metrics;
pub mod node;
mod problems;
mod requests;
mod service;
pub mod tls;

pub use metrics::Metrics;
pub use service::{Service, MAX_LEAD};
