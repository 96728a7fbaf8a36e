// SPDX-License-Identifier: Apache-2.0

//! Servers in the test's own process, and a disk that loses what was not synced: for the tests of vaults and of the programs
//! around them.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod calls;
pub mod disk;
mod ipfs_node;
mod s3_server;
mod way;

pub use ipfs_node::IpfsNode;
pub use s3_server::S3Server;
pub use way::Way;
