// SPDX-License-Identifier: Apache-2.0

//! Scenarios over spawned nodes, and what they need: nodes, vault services, the `salus` command line, and a scan for leaks.

pub mod binaries;
pub mod certificates;
pub mod chance;
pub mod clock;
pub mod demo;
pub mod founding;
pub mod memory;
pub mod node;
pub mod recorder;
pub mod salus;
pub mod scan;
mod specs;
pub mod steps;
pub mod vault_service;
pub mod walls;
