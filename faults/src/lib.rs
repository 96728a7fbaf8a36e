// SPDX-License-Identifier: Apache-2.0

//! Fault injection: runs the real programs of four hospitals, breaks something, and checks the result.
//!
//! A seed decides each run, and a sequential model checks all finalized blocks (`docs/faults.md`).
//!
//! | part | what it does |
//! |---|---|
//! | [`plan`], [`seeded`] | draw the parameters of a run from its kind and seed |
//! | [`programs`], [`template`], [`network`] | the programs under test, the initial network, the machines |
//! | [`workload`] | calls of patients and clinicians, and the outcome of each |
//! | [`vaults`] | the hospitals' vault services, the history of sealed records, and what must hold for it |
//! | [`kinds`], [`relay`] | the faults, and the proof that each took effect |
//! | [`observe`], [`rpc`], [`history`], [`gather`] | the nodes' answers during and after the run |
//! | [`model`], [`checker`], [`violation`] | the expected history, and the invariants |
//! | [`run`], [`campaign`], [`report`] | one run, many runs, and their reports |
//! | [`netlab`] | hosts in network namespaces, and a switch that can cut them off |
//! | [`filter`], [`intruder`] | a trial of the packet filter that `salus network init` writes |

pub mod campaign;
pub mod checker;
pub mod filter;
pub mod gather;
pub mod history;
pub mod intruder;
pub mod kinds;
pub mod model;
pub mod netlab;
pub mod network;
pub mod observe;
pub mod phase;
pub mod plan;
pub mod process;
pub mod programs;
pub mod relay;
pub mod report;
pub mod rpc;
pub mod run;
pub mod seeded;
pub mod template;
pub mod vaults;
pub mod violation;
pub mod workload;

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests fail by panicking")]
mod tests;
