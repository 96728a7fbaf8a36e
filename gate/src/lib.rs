// SPDX-License-Identifier: Apache-2.0

//! The release gate: the only way through which a reader reaches what a vault holds.
//!
//! | module | what it does |
//! |---|---|
//! | [`protocol`] | what a reader asks and signs, why a gate refuses, how a reader opens an answer |
//! | [`ReleaseGate`] | decides who is given what of a vault; it asks a [`ChainView`] |

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

mod clock;
mod error;
mod gate;
pub mod protocol;
mod view;

pub use clock::system_now;
pub use error::GateError;
pub use gate::{ReleaseGate, Released, ReleasedBlob, HEAD_LIFE};
pub use view::{ChainView, Head};
