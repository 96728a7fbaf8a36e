// SPDX-License-Identifier: Apache-2.0

//! Members at work: everything that they do on the chain and with vaults, an act a function.
//!
//! | module | what it does |
//! |---|---|
//! | [`agent`] | a member at work: everything that members do |
//! | [`keystore`], [`authority_files`] | keys in files |
//! | [`durations`] | durations, as people write them |
//! | [`services`] | the one way to vaults: the services of institutions, over a network or in folders |
//! | [`sealed_files`] | content into a sealed object, and out of one into a file, streamed |
//!
//! No private key leaves this library but sealed, and the bytes of a content key stay within `sealing` (S0-10, S3-15). Errors
//! never hold any of them.

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

pub mod agent;
pub mod authority_files;
mod checked_blob;
pub mod durations;
pub mod keystore;
pub mod sealed_files;
pub mod services;
