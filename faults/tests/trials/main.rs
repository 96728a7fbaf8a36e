// SPDX-License-Identifier: Apache-2.0

//! Trials on machines and a network of their own. They stand in one program, so that they run side by side.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod netlab;
mod selection;
