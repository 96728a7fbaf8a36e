// SPDX-License-Identifier: Apache-2.0

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that fails has to stop"
)]

mod add_compartment;
mod arguments;
mod open_chart;
mod origins;
mod queries;
mod rotate_compartment;
mod try_state;

use crate::mock::*;
use alloc::vec::Vec;
use salus_primitives::audit::{Action, AuditEvent, LogId, Subject};

/// An entry of [`CHART`]'s log by its patient.
fn by_patient(action: Action, subject: Subject) -> (LogId, AuditEvent) {
    (LogId::Chart(CHART), AuditEvent::by_member(PATIENT, None, action, subject))
}
