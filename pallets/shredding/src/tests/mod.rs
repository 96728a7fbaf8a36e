// SPDX-License-Identifier: Apache-2.0

//! One file for each call, and one for each property of all.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that fails has to stop"
)]

mod arguments;
mod attest_shredding;
mod cancel_shredding;
mod lift_retention;
mod origins;
mod queries;
mod request_shredding;
mod retain_record;
mod shred_record;
mod try_state;

use crate::mock::*;
use frame_support::assert_ok;
use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    records::RecordState,
    shredding::{Absence, Retention},
    traits::ShreddableRecords as _,
    InstitutionId, MemberId, RecordId,
};
use sp_runtime::DispatchResult;

/// The states in which a record is in the chart.
const IN_CHART: [RecordState; 4] =
    [RecordState::Active, RecordState::Restricted, RecordState::Withdrawn, RecordState::EnteredInError];
/// The states in which it is not.
const NOT_IN_CHART: [RecordState; 3] = [RecordState::Staged, RecordState::Refused, RecordState::Shredded];

fn request(member: MemberId) -> DispatchResult {
    Shredding::request_shredding(signed(member), RECORD, None)
}

fn retain(member: MemberId, retention: Retention) -> DispatchResult {
    Shredding::retain_record(signed(member), RECORD, retention)
}

fn shred(member: MemberId) -> DispatchResult {
    Shredding::shred_record(signed(member), RECORD)
}

fn attest(member: MemberId, absence: Absence) -> DispatchResult {
    Shredding::attest_shredding(signed(member), 0, absence)
}

/// The state of [`RECORD`].
fn state() -> Option<RecordState> {
    FakeRecords::record(RECORD).map(|record| record.state)
}

/// Has the patient ask, and the auditor shred.
fn shredded() {
    assert_ok!(request(PATIENT));
    assert_ok!(shred(AUDITOR));
}

/// An entry about [`RECORD`]'s newest version.
fn entry(
    member: MemberId,
    institution: Option<InstitutionId>,
    action: Action,
    reason: Option<Reason>,
) -> (LogId, AuditEvent) {
    let event = AuditEvent::by_member(member, institution, action, Subject::Record(RECORD, 1)).because(reason);
    (LogId::Chart(CHART), event)
}
