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
mod approve_request;
mod arguments;
mod deny_request;
mod grant_access;
mod grant_access_to_lab;
mod impl_access;
mod model;
mod open_chart;
mod origins;
mod queries;
mod renew_envelopes;
mod request_access;
mod revoke_access;
mod revoke_access_from_lab;
mod rotate_compartment;
mod try_state;

use crate::mock::*;
use alloc::vec::Vec;
use salus_primitives::{
    access::{Ask, Decision, Permission, Purpose, Scope},
    audit::{Action, AuditEvent, LogId, Subject},
    membership::Standing,
    questions::{Access as _, Membership as _},
    MemberId, Moment,
};

/// How `member` stands.
fn standing(member: MemberId) -> Standing {
    Members::standing(member).expect("a member")
}

/// What the chain answers to `member`, who asks for treatment in [`CHART`].
fn decide(member: MemberId, permission: Permission, scope: Scope, at: Moment) -> Decision {
    let ask = Ask { permission, scope, purpose: Some(Purpose::Treatment), at };
    Access::decide(&standing(member), CHART, &ask)
}

/// An entry of [`CHART`]'s log by its patient.
fn by_patient(action: Action, subject: Subject) -> (LogId, AuditEvent) {
    (LogId::Chart(CHART), AuditEvent::by_member(PATIENT, None, action, subject))
}

/// The numbers from zero, as many as given.
fn first<N: From<u32>>(count: u32) -> Vec<N> {
    (0..count).map(N::from).collect()
}
