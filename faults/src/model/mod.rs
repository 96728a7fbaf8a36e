// SPDX-License-Identifier: Apache-2.0

//! A second, simple implementation of charts, grants, requests, records and logs. It applies finalized transactions one
//! after the other.
//!
//! It shares types with the chain, so that states can be compared, but it shares no rules. Its rules follow the
//! documentation, without the pallets' code and `primitives::decide`. The model lacks rotation of secrets,
//! amendments and laboratories, and the workload avoids them. A run that meets one of them fails.
//!
//! Reading order: [`Person`] and [`ChartState`] are what the model knows, [`Model`] holds them, and `blocks` applies a
//! block. One file for each subject has the rules of its calls.

mod blocks;
mod chart;
mod charts;
mod clock;
mod decisions;
mod grants;
mod people;
mod records;
mod requests;
mod sessions;
mod state;

pub use blocks::Disagreement;
pub use chart::ChartState;
pub use people::Person;
pub use state::{Model, Opening};
