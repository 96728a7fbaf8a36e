// SPDX-License-Identifier: Apache-2.0

//! A revocation that races a read: open and revoke in one block, in both orders.

use crate::{genesis::genesis, world::*};
use frame_support::assert_ok;
use salus_primitives::{
    access::{Permission, Purpose, Scope},
    decision::{Ask, Basis, Decision, Denial},
    traits::{Membership as _, Question},
    GrantId, ReadingSessionId,
};
use salus_runtime::{presets, Access, Executive, Membership, Records, Runtime, RuntimeCall};

const SESSION: ReadingSessionId = ReadingSessionId([1; 16]);

fn open() -> RuntimeCall {
    let scope = Scope::Compartment(COMPARTMENT);
    let call = pallet_salus_records::Call::<Runtime>::open_records {
        chart: CHART,
        scope,
        purpose: Purpose::Treatment,
        session: SESSION,
    };
    call.into()
}

fn revoke(grant: GrantId) -> RuntimeCall {
    pallet_salus_access::Call::<Runtime>::revoke_access { chart: CHART, grant, reason: None }.into()
}

/// Returns the decision that a release gate gets after the block.
fn decision() -> Decision {
    let standing = Membership::standing(DOCTOR_ID);
    let scope = Scope::Record(RECORD.key);
    let ask = Ask { permission: Permission::Read, scope, purpose: Some(Purpose::Treatment), at: NOW, version: Some(0) };
    let record = Records::facts(CHART, scope, ask.version);
    Access::explain(&Question { asker: standing.as_ref(), chart: CHART, record, ask }).decision
}

/// Runs the transactions of one block after a grant to the doctor.
fn in_one_block(test: impl FnOnce(GrantId)) {
    genesis(presets::DEV).execute_with(|| {
        furnish();
        let grant = grant(DOCTOR_ID, WHOLE);
        begin_block();
        assert_eq!(decision(), Decision::Permitted(Basis::Grant(grant)));
        test(grant);
    });
}

fn apply(uri: &str, call: RuntimeCall) {
    assert_ok!(Executive::apply_extrinsic(transaction(uri, call)).unwrap());
}

#[test]
fn an_open_after_the_revocation_in_the_same_block_is_denied() {
    in_one_block(|grant| {
        apply(PATIENT, revoke(grant));
        apply(DOCTOR, open());
        assert_eq!(Records::session(DOCTOR_ID, SESSION), None);
        assert_eq!(decision(), Decision::Denied(Denial::Revoked));
    });
}

/// The session exists, and the gate decides again at the end of the block: it releases nothing.
#[test]
fn an_open_before_the_revocation_in_the_same_block_releases_nothing() {
    in_one_block(|grant| {
        apply(DOCTOR, open());
        apply(PATIENT, revoke(grant));
        assert!(Records::session(DOCTOR_ID, SESSION).is_some());
        assert_eq!(decision(), Decision::Denied(Denial::Revoked));
    });
}
