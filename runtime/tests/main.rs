// SPDX-License-Identifier: Apache-2.0

//! Tests over the real runtime. One program, since each program that links the runtime takes half a minute to build.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

// States and transactions to test with.
mod calls;
mod collusion;
mod consortium;
mod council;
mod counting;
mod genesis;
mod signing;
mod world;

mod admission;
mod authorities;
mod call_policy;
mod configuration;
mod cost;
mod council_reserve;
mod council_shares;
mod log_completeness;
mod metadata;
mod motions;
mod pauses;
mod presets;
mod racing;
mod storage;
mod upgrades;
