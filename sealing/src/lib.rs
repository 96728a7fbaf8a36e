// SPDX-License-Identifier: Apache-2.0

//! Everything that needs a secret.
//!
//! | module | what it does |
//! |---|---|
//! | [`keys`] | phrases, key derivation, signatures, the keystore |
//! | [`backup`] | what a backup is sealed with, under a password |
//! | [`blob`] | content to sealed blob and back, streamed |
//! | [`envelope`] | secrets sealed to one recipient |
//! | [`compartment`] | the secrets of a compartment's epochs, and its profile |
//! | [`secret`] | passwords and opened content |
//!
//! Keys and content live in types that are wiped on drop and have neither `Debug` nor `Display`. No private key
//! leaves this library but sealed (S0-10, S3-15). Outside it a content key is an opaque value: other code cannot read its
//! bytes. Errors never hold any of them.

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

pub mod backup;
pub mod blob;
pub mod compartment;
pub mod envelope;
pub mod keys;
pub mod secret;
