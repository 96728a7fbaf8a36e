// SPDX-License-Identifier: Apache-2.0

//! Checks of the checkout itself, which need neither the SDK nor a built program: `cargo test -p salus-checks`.
//!
//! Each check is one file. It takes the root of a checkout and returns a sentence for each place that breaks its rule. The tests in
//! `tests/checkout.rs` apply the checks to this checkout; each file has tests that its check can fail.

pub mod checklist;
pub mod debug_formats;
pub mod floors;
pub mod imports;
pub mod programs;
pub mod shell;
pub mod source;
pub mod tree;
pub mod words;
