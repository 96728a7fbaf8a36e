// SPDX-License-Identifier: Apache-2.0

//! Faults: what four hospitals' nodes do when something breaks, tried with the real programs, seeded, and checked against a
//! sequential model of everything that became final (`docs/faults.md`).
//!
//! | part | what it does |
//! |---|---|
//! | [`plan`], [`seeded`] | kind and seed decide everything about a run |
//! | [`programs`], [`template`], [`network`] | what is tried, the network that runs begin with, the machines |
//! | [`workload`] | what people do meanwhile, and what they are told |
//! | [`kinds`], [`relay`] | the faults, and the proof that each took effect |
//! | [`observe`], [`rpc`], [`history`], [`gather`] | what nodes say during and after the run |
//! | [`model`], [`checker`] | what should have happened, and what must never |
//! | [`run`], [`campaign`], [`report`] | one run, many, and what is written down |
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
pub mod plan;
pub mod programs;
pub mod relay;
pub mod report;
pub mod rpc;
pub mod run;
pub mod seeded;
pub mod template;
pub mod workload;

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests fail by panicking")]
mod tests;
