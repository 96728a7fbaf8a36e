// SPDX-License-Identifier: Apache-2.0

//! How a network of hospitals begins: a list of public keys and addresses becomes a specification and node folders.
//!
//! Reading order: [`list`] is what people write, [`folders`] what is written from it, [`program`] asks `salus-node` for
//! what only the node can make.

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

mod error;
mod fault;
pub mod folders;
pub mod list;
pub mod naming;
pub mod program;

pub use error::FoundingError;
pub use fault::Fault;
