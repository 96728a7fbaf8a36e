// SPDX-License-Identifier: Apache-2.0

//! The content of records beside FHIR resources, without network or file access (docs/adr/0029-content-kinds.md).
//!
//! | module | subject |
//! |---|---|
//! | [`kind`] | the kind of a file, by its first bytes |
//! | [`dicom`] | the words of a DICOM header: modality, SOP class, study date, body part |
//! | [`life_log`] | a CSV export of a wearable device, as FHIR observations |
//! | [`record_file`] | a sealed record in one file, with the six fields of S4-16 |
//!
//! Every input may be hostile. The readers have bounds, and end in a value or an error. [`dicom`] calls a foreign parser, so
//! the command line runs it in a process of its own. Errors name positions, and never contain a value.

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

pub mod dicom;
pub mod kind;
pub mod life_log;
pub mod record_file;
