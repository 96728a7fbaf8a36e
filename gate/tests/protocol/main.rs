// SPDX-License-Identifier: Apache-2.0

//! The release protocol, with signatures that this test writes by itself.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod requests;
