// SPDX-License-Identifier: Apache-2.0

//! A runtime with this pallet alone. Members, charts and time are what a test says.

#![allow(missing_docs, unreachable_pub, reason = "the runtime is public, and so is what it is made of")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails has to stop"
)]

use crate as pallet_salus_access;
use alloc::vec::Vec;
use frame_support::{
    derive_impl,
    traits::{ConstU32, ConstU64},
    BoundedVec,
};
use pallet_salus_testing::chain_with;
pub(crate) use pallet_salus_testing::{account, digest, Charts, Clock, Log, Members};
use salus_primitives::{
    access::{GrantScope, GrantTerms, Grantee, Permission, Permissions, Purpose, Purposes, SealedKey},
    audit::{AuditEvent, LogId},
    charts::CompartmentFlags,
    decide::RecordFacts,
    membership::{InstitutionKind, InstitutionStatus, MemberStatus, Role},
    records::RecordState,
    time::DAY,
    ChartId, CompartmentId, GrantId, InstitutionId, Interval, MemberId, Moment, RecordKey, RequestId,
};
use sp_runtime::AccountId32;

pub(crate) type Block = frame_system::mocking::MockBlock<Test>;
pub(crate) type Access = crate::Pallet<Test>;
pub(crate) type Error = crate::Error<Test>;
pub(crate) type Event = crate::Event<Test>;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        SalusAccess: pallet_salus_access,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type AccountId = AccountId32;
    type Lookup = sp_runtime::traits::IdentityLookup<AccountId32>;
    type Block = Block;
}

impl pallet_salus_access::Config for Test {
    type MemberOrigin = pallet_salus_testing::ActiveMember;
    type Membership = Members;
    type Controllers = Charts;
    type Compartments = Charts;
    type Audit = Log;
    type Time = Clock;
    type RequestLife = ConstU64<REQUEST_LIFE>;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Helper;
}

/// How long a request can be answered.
pub(crate) const REQUEST_LIFE: Moment = 30 * DAY;
/// When a test begins.
pub(crate) const NOW: Moment = pallet_salus_testing::START;

/// Controls [`CHART`].
pub(crate) const PATIENT: MemberId = MemberId(1);
/// Controls [`OTHER_CHART`].
pub(crate) const OTHER_PATIENT: MemberId = MemberId(2);
/// A clinician at [`HOSPITAL`].
pub(crate) const DOCTOR: MemberId = MemberId(3);
/// A member with the role of a laboratory, at [`HOSPITAL`].
pub(crate) const LAB_WORKER: MemberId = MemberId(4);
/// A researcher at [`INSTITUTE`].
pub(crate) const RESEARCHER: MemberId = MemberId(5);
/// A pharmacist at [`HOSPITAL`].
pub(crate) const PHARMACIST: MemberId = MemberId(6);
/// An auditor at [`HOSPITAL`].
pub(crate) const AUDITOR: MemberId = MemberId(7);
/// A clinician at [`HOSPITAL`], suspended.
pub(crate) const SUSPENDED_DOCTOR: MemberId = MemberId(8);
/// A clinician at [`SUSPENDED_CLINIC`].
pub(crate) const DOCTOR_OF_SUSPENDED: MemberId = MemberId(9);
/// A patient whom no verifier has verified yet.
pub(crate) const PENDING_PATIENT: MemberId = MemberId(10);
/// Not a member.
pub(crate) const STRANGER: MemberId = MemberId(99);

/// An active hospital.
pub(crate) const HOSPITAL: InstitutionId = InstitutionId(1);
/// An active laboratory.
pub(crate) const LABORATORY: InstitutionId = InstitutionId(2);
/// An active research institute.
pub(crate) const INSTITUTE: InstitutionId = InstitutionId(3);
/// A suspended clinic.
pub(crate) const SUSPENDED_CLINIC: InstitutionId = InstitutionId(4);

/// The chart of [`PATIENT`], with three compartments and a record in [`GENERAL`].
pub(crate) const CHART: ChartId = ChartId(0);
/// The chart of [`OTHER_PATIENT`], with one compartment.
pub(crate) const OTHER_CHART: ChartId = ChartId(1);
/// An ordinary compartment.
pub(crate) const GENERAL: CompartmentId = CompartmentId(0);
/// Another ordinary compartment.
pub(crate) const RESULTS: CompartmentId = CompartmentId(1);
/// A de-identified compartment.
pub(crate) const COPIES: CompartmentId = CompartmentId(2);
/// A record in [`GENERAL`].
pub(crate) const RECORD: RecordKey = RecordKey([7; 16]);
/// The version of [`RECORD`] whose key grants carry.
pub(crate) const RECORD_VERSION: u32 = 3;

/// All entries so far.
pub(crate) fn logged() -> Vec<(LogId, AuditEvent)> {
    Log::entries()
}

/// The entries since the last call of this function.
pub(crate) fn take_log() -> Vec<(LogId, AuditEvent)> {
    Log::take()
}

/// Our events since the last call of this function.
pub(crate) fn take_events() -> Vec<Event> {
    let events = System::read_events_for_pallet::<Event>();
    System::reset_events();
    events
}

pub(crate) fn signed(member: MemberId) -> RuntimeOrigin {
    RuntimeOrigin::signed(account(member))
}

/// Moves the clock.
pub(crate) fn set_time(now: Moment) {
    Clock::set(now);
}

/// From `until` on the member may no longer act.
pub(crate) fn set_valid_until(member: MemberId, until: Moment) {
    Members::set_valid_until(member, until);
}

/// Another clinician at [`HOSPITAL`], with one of many numbers.
pub(crate) fn colleague(number: u32) -> MemberId {
    let member = MemberId(u64::from(number) + 10_000);
    Members::set(member, Role::Clinician, MemberStatus::Active, Some(HOSPITAL));
    member
}

/// Returns the facts that the records pallet hands to a decision about [`RECORD`].
pub(crate) fn record_facts() -> RecordFacts {
    RecordFacts {
        key: RECORD,
        compartment: GENERAL,
        author: DOCTOR,
        custodian: HOSPITAL,
        state: RecordState::Active,
        held_until: None,
        version: None,
    }
}

/// Terms over [`GENERAL`] with `Read`, `Create` and `Amend` for treatment, from now on, without an end.
pub(crate) fn terms() -> GrantTerms {
    GrantTerms {
        scope: GrantScope::Compartment(GENERAL),
        permissions: Permissions::of(&[Permission::Read, Permission::Create, Permission::Amend]),
        purposes: Purposes::of(&[Purpose::Treatment]),
        interval: Interval { start: NOW, end: None },
        reason: Some(digest(21)),
        envelope: Some(digest(22)),
    }
}

/// [`terms`] that end at `end`.
pub(crate) fn terms_until(end: Moment) -> GrantTerms {
    GrantTerms { interval: Interval { start: NOW, end: Some(end) }, ..terms() }
}

/// [`terms`] over [`RECORD`].
pub(crate) fn record_terms() -> GrantTerms {
    GrantTerms { scope: over_record(RECORD, GENERAL), ..terms() }
}

/// The scope of a grant over one record.
pub(crate) fn over_record(key: RecordKey, compartment: CompartmentId) -> GrantScope {
    GrantScope::Record { key, compartment, version: RECORD_VERSION }
}

/// [`terms`] to create only, so without an envelope.
pub(crate) fn create_terms() -> GrantTerms {
    GrantTerms { permissions: Permissions::of(&[Permission::Create]), envelope: None, ..terms() }
}

/// Gives `member` a grant over [`CHART`].
pub(crate) fn grant(member: MemberId, terms: GrantTerms) -> GrantId {
    grant_to(Grantee::Member(member), terms)
}

/// Gives `grantee` a grant over [`CHART`].
pub(crate) fn grant_to(grantee: Grantee, terms: GrantTerms) -> GrantId {
    let number = crate::NextGrant::<Test>::get(CHART);
    Access::grant_access(signed(PATIENT), CHART, grantee, terms).expect("the grant can be given");
    number
}

/// Gives `grantee` a laboratory's grant over [`RESULTS`] until `end`.
pub(crate) fn grant_to_lab(grantee: Grantee, end: Option<Moment>) -> GrantId {
    let number = crate::NextGrant::<Test>::get(CHART);
    let interval = Interval { start: NOW, end };
    Access::grant_access_to_lab(signed(PATIENT), CHART, grantee, RESULTS, interval, None, digest(22))
        .expect("the grant can be given");
    number
}

/// Requests of `member` to read and create in [`CHART`] for treatment.
pub(crate) fn request(member: MemberId, until: Option<Moment>) -> RequestId {
    let number = crate::NextRequest::<Test>::get(CHART);
    let permissions = Permissions::of(&[Permission::Read, Permission::Create]);
    Access::request_access(signed(member), CHART, permissions, Purpose::Treatment, until, Some(digest(31)))
        .expect("the request can be made");
    number
}

/// The arguments of `renew_envelopes`.
pub(crate) fn envelopes(of: &[GrantId]) -> BoundedVec<SealedKey, ConstU32<64>> {
    of.iter()
        .map(|number| SealedKey { grant: *number, envelope: digest(40) })
        .collect::<Vec<_>>()
        .try_into()
        .expect("fits")
}

/// An empty state: there are members, but no charts.
pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
    set_time(NOW);
    Members::clear();
    Charts::clear();
    let (active, suspended) = (InstitutionStatus::Active, InstitutionStatus::Suspended);
    Members::set_institution(HOSPITAL, InstitutionKind::Hospital, active);
    Members::set_institution(LABORATORY, InstitutionKind::Laboratory, active);
    Members::set_institution(INSTITUTE, InstitutionKind::ResearchInstitute, active);
    Members::set_institution(SUSPENDED_CLINIC, InstitutionKind::Clinic, suspended);
    for (member, role, status, institution) in [
        (PATIENT, Role::Patient, MemberStatus::Active, None),
        (OTHER_PATIENT, Role::Patient, MemberStatus::Active, None),
        (DOCTOR, Role::Clinician, MemberStatus::Active, Some(HOSPITAL)),
        (LAB_WORKER, Role::Laboratory, MemberStatus::Active, Some(HOSPITAL)),
        (RESEARCHER, Role::Researcher, MemberStatus::Active, Some(INSTITUTE)),
        (PHARMACIST, Role::Pharmacist, MemberStatus::Active, Some(HOSPITAL)),
        (AUDITOR, Role::Auditor, MemberStatus::Active, Some(HOSPITAL)),
        (SUSPENDED_DOCTOR, Role::Clinician, MemberStatus::Suspended, Some(HOSPITAL)),
        (DOCTOR_OF_SUSPENDED, Role::Clinician, MemberStatus::Active, Some(SUSPENDED_CLINIC)),
        (PENDING_PATIENT, Role::Patient, MemberStatus::Pending, None),
    ] {
        Members::set(member, role, status, institution);
    }
    chain_with::<Test>(&frame_system::GenesisConfig::<Test>::default())
}

/// Runs `test` on an empty state, and every invariant after it.
pub(crate) fn on_empty_chain(test: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        test();
        Access::do_try_state().expect("every invariant holds");
    });
}

/// Runs `test` with [`CHART`] and [`OTHER_CHART`], and every invariant after it.
pub(crate) fn on_charts(test: impl FnOnce()) {
    on_empty_chain(|| {
        let flags = [false, false, true];
        let flags = flags.map(|de_identified| CompartmentFlags { de_identified, ..Default::default() });
        Charts::set(CHART, PATIENT, &flags);
        Charts::set(OTHER_CHART, OTHER_PATIENT, &flags[..1]);
        take_log();
        take_events();
        test();
    });
}

/// Begins the next epoch of [`GENERAL`].
pub(crate) fn rotate() {
    use salus_primitives::traits::Compartments as _;
    let epoch = Charts::compartment(CHART, GENERAL).expect("the compartment").epoch;
    Charts::set_epoch(CHART, GENERAL, epoch + 1);
}

/// Whether [`GENERAL`] waits for a rotation.
pub(crate) fn rotation_is_due() -> bool {
    use salus_primitives::traits::Compartments as _;
    Access::is_rotation_due(CHART, GENERAL, Charts::compartment(CHART, GENERAL).expect("the compartment").epoch)
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
        let flags = CompartmentFlags { de_identified: true, ..Default::default() };
        Charts::set(chart, controller, &[flags; 16]);
        chart
    }
}
