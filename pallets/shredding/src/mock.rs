// SPDX-License-Identifier: Apache-2.0

//! A runtime with this pallet alone.

#![allow(missing_docs, unreachable_pub, reason = "the runtime is public, and so is what it is made of")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails has to stop"
)]

use crate as pallet_salus_shredding;
use alloc::vec::Vec;
use codec::Encode as _;
use frame_support::{derive_impl, storage::unhashed};
use pallet_salus_testing::chain_with;
pub(crate) use pallet_salus_testing::{account, digest, Charts, Clock, Log, Members, START};
use salus_primitives::{
    charts::CompartmentFlags,
    membership::{InstitutionKind, InstitutionStatus, MemberStatus, Role},
    records::{Record, RecordState},
    shredding::{Absence, Retention, RetentionGround, StoreKind, MAX_RETENTION},
    traits::ShreddableRecords,
    ChartId, CompartmentId, InstitutionId, MemberId, RecordId, RecordKey,
};
use sp_runtime::{traits::IdentityLookup, AccountId32};

pub(crate) type Block = frame_system::mocking::MockBlock<Test>;
pub(crate) type Shredding = crate::Pallet<Test>;
pub(crate) type Error = crate::Error<Test>;
pub(crate) type Event = crate::Event<Test>;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        SalusShredding: pallet_salus_shredding,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type AccountId = AccountId32;
    type Lookup = IdentityLookup<AccountId32>;
    type Block = Block;
}

impl pallet_salus_shredding::Config for Test {
    type MemberOrigin = pallet_salus_testing::ActiveMember;
    type Membership = Members;
    type Controllers = Charts;
    type Records = FakeRecords;
    type Audit = Log;
    type Time = Clock;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Helper;
}

/// Controls [`CHART`].
pub(crate) const PATIENT: MemberId = MemberId(1);
/// Controls [`OTHER_CHART`].
pub(crate) const OTHER_PATIENT: MemberId = MemberId(2);
/// A clinician at [`HOSPITAL`], who wrote [`RECORD`].
pub(crate) const DOCTOR: MemberId = MemberId(3);
/// Judges for [`HOSPITAL`].
pub(crate) const AUDITOR: MemberId = MemberId(4);
/// Judges for [`OTHER_HOSPITAL`].
pub(crate) const OTHER_AUDITOR: MemberId = MemberId(5);
/// Dismissed.
pub(crate) const DISMISSED_AUDITOR: MemberId = MemberId(6);
/// An auditor whom no verifier has verified yet.
pub(crate) const PENDING_AUDITOR: MemberId = MemberId(7);
/// Judges for [`SUSPENDED_HOSPITAL`].
pub(crate) const AUDITOR_OF_SUSPENDED: MemberId = MemberId(8);
/// Runs the vault of [`HOSPITAL`].
pub(crate) const SERVICE: MemberId = MemberId(9);
/// Runs the vault of [`OTHER_HOSPITAL`].
pub(crate) const OTHER_SERVICE: MemberId = MemberId(10);
/// An account that belongs to no member.
pub(crate) const STRANGER: MemberId = MemberId(99);

/// Keeps [`RECORD`].
pub(crate) const HOSPITAL: InstitutionId = InstitutionId(1);
/// Another hospital with a vault.
pub(crate) const OTHER_HOSPITAL: InstitutionId = InstitutionId(2);
/// A suspended hospital.
pub(crate) const SUSPENDED_HOSPITAL: InstitutionId = InstitutionId(3);

pub(crate) const CHART: ChartId = ChartId(1);
pub(crate) const OTHER_CHART: ChartId = ChartId(2);
/// A record in [`CHART`], with two versions.
pub(crate) const RECORD: RecordId = RecordId { chart: CHART, key: RecordKey([1; 16]) };
/// Another one.
pub(crate) const OTHER_RECORD: RecordId = RecordId { chart: CHART, key: RecordKey([2; 16]) };

/// A retention as long as one can be, from the start of the test.
pub(crate) const RETENTION: Retention = Retention { ground: RetentionGround::LegalDuty, until: START + MAX_RETENTION };
/// The word of an institution that has nothing any more.
pub(crate) const ABSENCE: Absence = Absence { absent: 5, kept: 0, store: StoreKind::Folder };

/// Records in the state of the chain, so that a call that fails leaves them alone.
pub struct FakeRecords;

impl FakeRecords {
    fn place(record: RecordId) -> Vec<u8> {
        (b"test records", record).encode()
    }

    pub(crate) fn set(id: RecordId, state: RecordState) {
        let record = Record {
            compartment: CompartmentId(0),
            author: DOCTOR,
            custodian: HOSPITAL,
            state,
            versions: 2,
            created_at: START,
            hold: None,
        };
        unhashed::put(&Self::place(id), &record);
    }
}

impl ShreddableRecords for FakeRecords {
    fn record(record: RecordId) -> Option<Record> {
        unhashed::get(&Self::place(record))
    }
    fn shred(id: RecordId, _: MemberId) -> bool {
        let state = RecordState::Shredded;
        let Some(record) = Self::record(id).filter(|record| record.state.may_become(state)) else { return false };
        unhashed::put(&Self::place(id), &Record { state, ..record });
        true
    }
}

pub(crate) fn signed(member: MemberId) -> RuntimeOrigin {
    RuntimeOrigin::signed(account(member))
}

/// Our events since the last call of this function.
pub(crate) fn take_events() -> Vec<Event> {
    let events = System::read_events_for_pallet::<Event>();
    System::reset_events();
    events
}

/// Members, charts and two active records.
pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
    Clock::set(START);
    Members::clear();
    Charts::clear();
    for (id, status) in [
        (HOSPITAL, InstitutionStatus::Active),
        (OTHER_HOSPITAL, InstitutionStatus::Active),
        (SUSPENDED_HOSPITAL, InstitutionStatus::Suspended),
    ] {
        Members::set_institution(id, InstitutionKind::Hospital, status);
    }
    for (member, role, status, institution) in [
        (PATIENT, Role::Patient, MemberStatus::Active, None),
        (OTHER_PATIENT, Role::Patient, MemberStatus::Active, None),
        (DOCTOR, Role::Clinician, MemberStatus::Active, Some(HOSPITAL)),
        (AUDITOR, Role::Auditor, MemberStatus::Active, Some(HOSPITAL)),
        (OTHER_AUDITOR, Role::Auditor, MemberStatus::Active, Some(OTHER_HOSPITAL)),
        (DISMISSED_AUDITOR, Role::Auditor, MemberStatus::Revoked, Some(HOSPITAL)),
        (PENDING_AUDITOR, Role::Auditor, MemberStatus::Pending, Some(HOSPITAL)),
        (AUDITOR_OF_SUSPENDED, Role::Auditor, MemberStatus::Active, Some(SUSPENDED_HOSPITAL)),
        (SERVICE, Role::Service, MemberStatus::Active, Some(HOSPITAL)),
        (OTHER_SERVICE, Role::Service, MemberStatus::Active, Some(OTHER_HOSPITAL)),
    ] {
        Members::set(member, role, status, institution);
    }
    Charts::set(CHART, PATIENT, &[CompartmentFlags::default()]);
    Charts::set(OTHER_CHART, OTHER_PATIENT, &[CompartmentFlags::default()]);
    let mut chain = chain_with::<Test>(&frame_system::GenesisConfig::<Test>::default());
    chain.execute_with(|| {
        for record in [RECORD, OTHER_RECORD] {
            FakeRecords::set(record, RecordState::Active);
        }
    });
    chain
}

/// Runs `test` with two active records, and every invariant after it.
pub(crate) fn on_records(test: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        test();
        Shredding::do_try_state().expect("every invariant holds");
    });
}

#[cfg(feature = "runtime-benchmarks")]
pub struct Helper;

#[cfg(feature = "runtime-benchmarks")]
impl salus_primitives::traits::MemberHelper<AccountId32> for Helper {
    fn member(account: &AccountId32, role: Role) -> MemberId {
        let member = Members::unused();
        let institution = (role != Role::Patient).then_some(HOSPITAL);
        Members::set_with_account(account.clone(), member, role, MemberStatus::Active, institution);
        member
    }
    fn admitted(_: &AccountId32) -> Vec<Vec<u8>> {
        Vec::new()
    }
}

#[cfg(feature = "runtime-benchmarks")]
impl salus_primitives::traits::ChartHelper<AccountId32> for Helper {
    fn chart(controller: &AccountId32) -> ChartId {
        use salus_primitives::traits::Membership as _;
        let controller = Members::standing_of_account(controller).expect("a member").member;
        let chart = ChartId(Charts::count() + 1_000);
        Charts::set(chart, controller, &[CompartmentFlags::default()]);
        chart
    }
}

#[cfg(feature = "runtime-benchmarks")]
impl salus_primitives::traits::RecordHelper for Helper {
    fn record(chart: ChartId, _: MemberId, _: InstitutionId) -> RecordId {
        let record = RecordId { chart, key: RecordKey([7; 16]) };
        FakeRecords::set(record, RecordState::Active);
        record
    }
}

#[cfg(feature = "runtime-benchmarks")]
impl salus_primitives::traits::TimeHelper for Helper {
    fn wait(milliseconds: salus_primitives::Moment) {
        Clock::wait(milliseconds);
    }
}
