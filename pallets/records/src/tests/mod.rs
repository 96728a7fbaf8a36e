// SPDX-License-Identifier: Apache-2.0

//! One file for each call.

mod amend_record;
mod arguments;
mod corrections;
mod create_medical_record;
mod create_medical_records;
mod declare_use;
mod hold_record;
mod open_records;
mod post_receipts;
mod queries;
mod shredding;
mod staging;
mod states;

use crate::{mock::*, Error, Event, Records as StoredRecords, Sessions, StagedCount, Versions};
use frame_support::{assert_noop, assert_ok, hypothetically, BoundedVec};
use salus_primitives::{
    access::{Permission, Purpose, Scope, SealedKey},
    audit::{Action, Actor, AuditEvent, LogId, Reason, Subject},
    decision::{Basis, Denial},
    receipts::{ReceiptsHead, MAX_POSTERS},
    records::{
        NewRecord, NewVersion, Record, RecordGrantEnvelopes, RecordState, Session, Version, MAX_BATCH, MAX_SESSIONS,
        SESSION_LENGTH,
    },
    CompartmentId, Digest, GrantId, InstitutionId, MemberId, ReadingSessionId, RecordId, RecordKey,
};
use sp_runtime::{DispatchError, DispatchResult};

const KEY: RecordKey = RecordKey([1; 16]);
const OTHER_KEY: RecordKey = RecordKey([2; 16]);
const RECORD: RecordId = RecordId { chart: CHART, key: KEY };

/// A version whose content is made of `content`.
fn version(content: u8, epoch: u32) -> NewVersion {
    NewVersion { content: Digest([content; 32]), key_envelope: Digest([0xee; 32]), epoch, size: 4_096 }
}

fn new_record(key: RecordKey) -> NewRecord {
    NewRecord { key, compartment: GENERAL, version: version(1, GENERAL_EPOCH) }
}

fn new_result(key: RecordKey) -> NewRecord {
    NewRecord { key, compartment: RESULTS, version: version(1, RESULTS_EPOCH) }
}

fn compartment(compartment: CompartmentId) -> Scope {
    Scope::Compartment(compartment)
}

/// A chain on which `DOCTOR` has every permission in both compartments.
fn trusted_doctor() -> Builder {
    Builder::default().grant(DOCTOR, compartment(GENERAL), &Permission::ALL).grant(
        DOCTOR,
        compartment(RESULTS),
        &Permission::ALL,
    )
}

fn create(author: MemberId, custodian: InstitutionId, record: NewRecord) -> DispatchResult {
    Records::create_medical_record(signed(author), CHART, custodian, record)
}

/// Brings `RECORD`, which `HOSPITAL` keeps, into a state as the calls that lead there would.
fn bring_into(state: RecordState) {
    StoredRecords::<Test>::mutate(CHART, KEY, |record| record.as_mut().unwrap().state = state);
    if state == RecordState::Staged {
        StagedCount::<Test>::insert(CHART, HOSPITAL, 1);
    }
    if state == RecordState::Refused {
        StoredRecords::<Test>::mutate(CHART, KEY, |record| record.as_mut().unwrap().versions = 0);
        Versions::<Test>::remove((CHART, KEY, 0));
    }
}

/// Origins without a member.
fn foreign_origins() -> [RuntimeOrigin; 4] {
    let authorized = frame_system::RawOrigin::Authorized.into();
    [RuntimeOrigin::none(), RuntimeOrigin::root(), authorized, signed(STRANGER)]
}

/// Members who may not act, with the denial that each gets.
const INACTIVE: [(MemberId, Denial); 4] = [
    (SUSPENDED_DOCTOR, Denial::NotActive),
    (PENDING_DOCTOR, Denial::NotActive),
    (RETIRED_DOCTOR, Denial::NotActive),
    (DOCTOR_OF_SUSPENDED_HOSPITAL, Denial::InstitutionNotActive),
];

/// Every origin that may not write.
fn refused_origins() -> impl Iterator<Item = RuntimeOrigin> {
    foreign_origins().into_iter().chain(INACTIVE.map(|(member, _)| signed(member)))
}

fn session(reader: MemberId, key: ReadingSessionId) -> Option<Session> {
    Records::session(reader, key)
}

/// The events of this pallet so far.
fn events() -> Vec<Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Records(event) => Some(event),
            _ => None,
        })
        .collect()
}
