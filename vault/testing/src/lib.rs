// SPDX-License-Identifier: Apache-2.0

//! An S3-compatible server, for the tests of vaults and of the programs around them.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod s3_server;

pub use s3_server::{S3Server, Way};
