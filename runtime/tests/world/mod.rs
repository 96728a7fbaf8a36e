// SPDX-License-Identifier: Apache-2.0

//! A chart, its patient and clinicians on the real runtime, without vouchers and verifiers.

use crate::signing::{account, signed};
use frame_support::assert_ok;
use pallet_salus_membership::{AccountOwners, Members};
use salus_primitives::{
    access::{GrantScope, GrantTerms, Grantee, Permission, Permissions, Purpose, Purposes},
    charts::{CompartmentFlags, Epoch},
    membership::Role,
    records::{NewRecord, NewVersion},
    ChartId, CompartmentId, Digest, EncryptionKey, GrantId, InstitutionId, Interval, MemberId, Moment, RecordId,
    RecordKey,
};
use salus_runtime::{
    Access, Charts, Executive, Header, Nonce, Runtime, RuntimeCall, RuntimeOrigin, System, UncheckedExtrinsic,
};
use sp_core::H256;
use sp_runtime::traits::Header as _;

pub(crate) const PATIENT: &str = "//Patient";
pub(crate) const DOCTOR: &str = "//Doctor";
pub(crate) const PATIENT_ID: MemberId = MemberId(1_000);
pub(crate) const DOCTOR_ID: MemberId = MemberId(1_001);
pub(crate) const HOSPITAL: InstitutionId = InstitutionId(0);
pub(crate) const CHART: ChartId = ChartId(0);
pub(crate) const COMPARTMENT: CompartmentId = CompartmentId(0);
pub(crate) const RECORD: RecordId = RecordId { chart: CHART, key: RecordKey([7; 16]) };
pub(crate) const NOW: Moment = 1_800_000_000_000;

/// A member like one of the genesis, but for its number, role and account.
pub(crate) fn admit(uri: &str, id: MemberId, role: Role) {
    let (model, mut member) = Members::<Runtime>::iter().next().unwrap();
    let key = member.transaction_keys.first().unwrap().0;
    let mut owner = AccountOwners::<Runtime>::get(sp_runtime::AccountId32::new(key)).unwrap();
    assert_eq!(owner.member, model);
    (member.role, owner.member) = (role, id);
    member.transaction_keys =
        vec![account(uri).into()].into_iter().map(|it: [u8; 32]| it.into()).collect::<Vec<_>>().try_into().unwrap();
    member.admitted_by = HOSPITAL;
    Members::<Runtime>::insert(id, member);
    AccountOwners::<Runtime>::insert(account(uri), owner);
    System::inc_providers(&account(uri));
}

/// A colleague of the doctor's, who has a number and no account that matters.
pub(crate) fn colleague(number: u32) -> MemberId {
    let id = MemberId(u64::from(number) + 2_000);
    admit(&format!("//Colleague//{number}"), id, Role::Clinician);
    id
}

/// The patient, the doctor, a chart with a compartment and in it a record by the patient.
pub(crate) fn furnish() {
    pallet_timestamp::Now::<Runtime>::put(NOW);
    admit(PATIENT, PATIENT_ID, Role::Patient);
    admit(DOCTOR, DOCTOR_ID, Role::Clinician);
    let patient = || RuntimeOrigin::signed(account(PATIENT));
    assert_ok!(Charts::open_chart(patient()));
    let epoch = Epoch { public_key: EncryptionKey::x25519([1; 32]), secret_envelope: Digest([1; 32]), link: None };
    let flags = CompartmentFlags::default();
    assert_ok!(Charts::add_compartment(patient(), CHART, COMPARTMENT, flags, Digest([1; 32]), epoch));
    let record = new_record(RECORD.key);
    assert_ok!(salus_runtime::Records::create_medical_record(patient(), CHART, HOSPITAL, record));
}

pub(crate) fn new_record(key: RecordKey) -> NewRecord {
    NewRecord { key, compartment: COMPARTMENT, version: new_version(2) }
}

pub(crate) fn new_version(content: u8) -> NewVersion {
    NewVersion { content: Digest([content; 32]), key_envelope: Digest([9; 32]), epoch: 0, size: 65_536 }
}

/// The terms of a grant with all permissions for treatment, for a year, with a reason.
pub(crate) fn terms(scope: GrantScope) -> GrantTerms {
    GrantTerms {
        scope,
        permissions: Permissions::of(&Permission::ALL),
        purposes: Purposes::of(&[Purpose::Treatment]),
        interval: Interval { start: NOW, end: Some(NOW + 365 * salus_primitives::time::DAY) },
        reason: Some(Digest([3; 32])),
        envelope: Some(Digest([4; 32])),
    }
}

pub(crate) const WHOLE: GrantScope = GrantScope::Compartment(COMPARTMENT);
pub(crate) const SINGLE: GrantScope = GrantScope::Record { key: RECORD.key, compartment: COMPARTMENT, version: 0 };

/// Gives a grant outside a transaction, and returns its number.
pub(crate) fn grant(member: MemberId, scope: GrantScope) -> GrantId {
    let number = pallet_salus_access::NextGrant::<Runtime>::get(CHART);
    let patient = RuntimeOrigin::signed(account(PATIENT));
    assert_ok!(Access::grant_access(patient, CHART, Grantee::Member(member), terms(scope)));
    number
}

/// Begins the first block.
pub(crate) fn begin_block() {
    let parent = System::block_hash(0);
    Executive::initialize_block(&Header::new(1, H256::default(), H256::default(), parent, Default::default()));
    pallet_timestamp::Now::<Runtime>::put(NOW);
}

/// A transaction of `uri`, with its next nonce.
pub(crate) fn transaction(uri: &str, call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
    let nonce: Nonce = System::account_nonce(account(uri));
    signed(uri, nonce, call.into())
}
