// SPDX-License-Identifier: Apache-2.0

//! What a person's or an institution's program needs: keys, sealing, and the gate before a vault.
//!
//! | module | what it does |
//! |---|---|
//! | [`agent`] | a member at work: everything that members do |
//! | [`chain`] | questions, transactions, refusals |
//! | [`keys`] | phrases, key derivation, signatures, the keystore |
//! | [`sealing`] | content to sealed blob and back, streamed |
//! | [`envelope`] | secrets sealed to one recipient |
//! | [`compartment`] | the secrets of a compartment's epochs, and its profile |
//! | [`fhir`] | FHIR bundles: checked, cut into records, classified |
//! | [`gate`] | who is given what of a vault |
//! | [`secret`] | passwords and opened content |
//!
//! Keys and content live in types that are wiped on drop and have neither `Debug` nor `Display`; no private key and no
//! content key leaves this library but sealed (S0-10, S3-15). Errors never hold any of them.

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
pub mod chain;
pub mod compartment;
pub mod envelope;
pub mod fhir;
pub mod gate;
pub mod keys;
pub mod sealing;
pub mod secret;
