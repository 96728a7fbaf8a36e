// SPDX-License-Identifier: Apache-2.0

//! Asks vault services over HTTP: for members who read and write, and for services that keep copies of others' objects.
//!
//! Requests come signed (`salus_gate::protocol`). This crate carries them, takes answers apart, and goes on with an upload that
//! was cut off. It believes no answer: the caller holds it against the chain.

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

mod address;
mod client;
mod copies;
mod declaration;
mod error;
mod introduction;
mod looks;
mod objects;
mod spool;

pub use address::{is_this_machine, Address};
pub use client::VaultClient;
pub use copies::{CopiedObject, Copies};
pub use declaration::{Declaration, DeclaredText, DeclaredTextFault, DECLARATION_PATH, LONGEST_DECLARED};
pub use error::VaultClientError;
pub use introduction::{Introduction, INTRODUCTION_PATH};
pub use looks::Look;
pub use objects::SealedObject;
pub use spool::Spool;
