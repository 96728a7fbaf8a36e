// SPDX-License-Identifier: Apache-2.0

//! Scenarios over spawned nodes. They stand in one program because each mostly waits for blocks: they run side by side.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod api_description;
mod applying;
mod authorities;
mod backup;
mod bad_input;
mod comeback;
mod conduct;
mod consortium;
mod content;
mod demo;
mod disclosures;
mod equivocation;
mod founding;
mod from_the_others;
mod importing;
mod joining;
mod letters;
mod lying_gates;
mod network;
mod network_records;
mod network_script;
mod readme;
mod receipts;
mod record_states;
mod shredding;
mod staging;
mod stall;
mod submission;
mod turns;
mod vault_collection;
mod vault_connections;
mod vault_intruders;
mod vault_loss;
mod vault_memory;
mod vault_policy;
mod vault_service;
mod vault_stores;
