// SPDX-License-Identifier: Apache-2.0

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that fails has to stop"
)]

mod approve_request;
mod arguments;
mod decisions;
mod deny_request;
mod disclose;
mod grant_access;
mod grant_access_to_lab;
mod model;
mod origins;
mod queries;
mod readers;
mod renew_envelopes;
mod request_access;
mod revoke_access;
mod revoke_access_from_lab;
mod try_state;

use crate::mock::*;
use alloc::vec::Vec;
use salus_primitives::{
    access::{Permission, Purpose, Scope},
    audit::{Action, AuditEvent, LogId, Subject},
    decision::{Ask, Decision},
    membership::Standing,
    traits::{Decisions as _, Membership as _, Question},
    MemberId, Moment,
};

/// Returns the standing of `member`.
fn standing(member: MemberId) -> Standing {
    Members::standing(member).expect("a member")
}

/// Returns the chain's decision for `member`, who asks for treatment in [`CHART`].
fn decide(member: MemberId, permission: Permission, scope: Scope, at: Moment) -> Decision {
    ask(member, Ask { permission, scope, purpose: Some(Purpose::Treatment), at, version: None })
}

/// Returns the chain's decision for `member`, who asks in [`CHART`].
fn ask(member: MemberId, ask: Ask) -> Decision {
    let standing = standing(member);
    Access::decide(&question(&standing, ask))
}

/// The records pallet knows [`RECORD`] alone.
fn question(asker: &Standing, ask: Ask) -> Question<'_> {
    let record = (ask.scope == Scope::Record(RECORD)).then(record_facts);
    Question { asker: Some(asker), chart: CHART, record, ask }
}

/// An entry of [`CHART`]'s log by its patient.
fn by_patient(action: Action, subject: Subject) -> (LogId, AuditEvent) {
    (LogId::Chart(CHART), AuditEvent::by_member(PATIENT, None, action, subject))
}

/// The numbers from zero, as many as given.
fn first<N: From<u32>>(count: u32) -> Vec<N> {
    (0..count).map(N::from).collect()
}
