// SPDX-License-Identifier: Apache-2.0

//! The release gate: the only way through which a reader reaches what a vault holds.
//!
//! | module | what it does |
//! |---|---|
//! | [`protocol`] | what a reader asks and signs, why a gate refuses, how a reader opens an answer |
//! | `gate` | decides who is given what of a `Store`; it asks a `ChainView` |
//!
//! The browser speaks the protocol and decides nothing: without the feature `gate`, the protocol is all there is.

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

#[cfg(feature = "gate")]
mod gate;
pub mod protocol;

#[cfg(feature = "gate")]
pub use gate::*;
