// SPDX-License-Identifier: Apache-2.0

//! `MemberGate`: the signers, calls and amounts that it admits.

mod admission;
mod allowances;
mod attempts;
mod pauses;
mod shares;
mod transaction;

use super::*;
use crate::MemberGate;
use frame_support::{dispatch::DispatchInfo, weights::Weight};
use salus_primitives::allowance::MemberUsage;
use sp_runtime::traits::DispatchTransaction;

type Sent = Result<(), TransactionValidityError>;

fn remark() -> RuntimeCall {
    frame_system::Call::remark { remark: vec![] }.into()
}

/// A reserved call.
fn refuse() -> RuntimeCall {
    Call::refuse_applicant { application: NONCE }.into()
}

/// A reserved call that patients may make too.
fn remove_key() -> RuntimeCall {
    let membership_signature = sp_core::sr25519::Signature::default();
    Call::remove_transaction_key { key: key_of(&DOCTOR.transaction()), membership_signature }.into()
}

/// A call of the council's reserve.
fn vote() -> RuntimeCall {
    Call::challenge { member: NEWCOMER, nonce: NONCE }.into()
}

fn usage_of(person: Person) -> MemberUsage {
    member(id_of(person)).usage
}

fn batch(calls: Vec<RuntimeCall>) -> RuntimeCall {
    pallet_utility::Call::batch { calls }.into()
}

fn info(microseconds: u64) -> DispatchInfo {
    DispatchInfo { call_weight: Weight::from_parts(microseconds * MICROSECOND, 0), ..Default::default() }
}

/// Validates the transaction in the pool, and lets it through the gate in the block, without dispatch.
fn send(person: Person, call: &RuntimeCall, microseconds: u64, bytes: usize) -> Sent {
    let info = info(microseconds);
    let gate = MemberGate::<Test>::new();
    let pool = gate.validate_only(signed(person), call, &info, bytes, TransactionSource::External, 0).map(|_| ());
    let block = gate.test_run(signed(person), call, &info, bytes, 0, |_| Ok(().into())).map(|_| ());
    assert_eq!(pool, block, "pool and block disagree");
    block
}

fn refused(refusal: Refusal) -> Sent {
    Err(InvalidTransaction::Custom(refusal.code()).into())
}

fn priority(person: Person, call: &RuntimeCall) -> u64 {
    let gate = MemberGate::<Test>::new();
    let (validity, ..) = gate.validate_only(signed(person), call, &info(1), 1, TransactionSource::External, 0).unwrap();
    validity.priority
}
