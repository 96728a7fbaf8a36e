// SPDX-License-Identifier: Apache-2.0

//! Tests of the decision function: every way to a permission and to each denial, and properties of all questions.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that fails has to stop"
)]

mod denials;
mod explanations;
mod facts;
mod permissions;
mod properties;
