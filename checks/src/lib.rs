// SPDX-License-Identifier: Apache-2.0

//! Checks of the checkout itself, which need neither the SDK nor a built program: `cargo test -p salus-checks`.
//!
//! Each check is one file with a function `violations`, which takes the root of a checkout and returns a sentence for each place
//! that breaks the rule. The tests in `tests/checkout.rs` apply them to this checkout; each file has tests that its check can
//! fail.

pub mod programs;
pub mod shell;
pub mod tree;
