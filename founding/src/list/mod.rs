// SPDX-License-Identifier: Apache-2.0

//! The list of hospitals in TOML. Errors name the file, the line and the reason.
//!
//! It holds public keys and addresses, and no secrets. It has one `[network]` table and a `[[hospital]]` table for each
//! hospital. `salus network keys` writes the latter, so `cat` can make the list.
//!
//! Reading order: [`Entry`] is what a hospital writes, [`parse`] reads a list, and [`List`] is one that passed all checks.

mod check;
mod checked;
mod entry;
mod hospital;
mod network;
mod raw;
mod reading;
mod values;

#[cfg(test)]
pub(crate) mod tests;

pub use checked::{Hospital, List};
pub use entry::Entry;
pub use hospital::TRAFFIC;
pub use network::FAULT_TOLERANT;
pub use reading::{parse, read, read_hospital};
