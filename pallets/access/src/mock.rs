// SPDX-License-Identifier: Apache-2.0

//! A runtime with this pallet alone. Members, records and time are what a test says; the log is kept in the state, so
//! that a call that fails leaves no entry behind.

#![allow(missing_docs, unreachable_pub, reason = "the runtime is public, and so is what it is made of")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails has to stop"
)]

use crate as pallet_salus_access;
use alloc::{collections::BTreeMap, vec, vec::Vec};
use core::cell::{Cell, RefCell};
use frame_support::{
    derive_impl,
    storage::unhashed,
    traits::{ConstU32, ConstU64},
    BoundedVec,
};
use salus_primitives::{
    access::{
        CompartmentFlags, Epoch, GrantTerms, Grantee, Permission, Permissions, Purpose, Purposes, RecordFacts, Scope,
    },
    audit::{AuditEvent, LogId},
    membership::{InstitutionKind, InstitutionStanding, InstitutionStatus, MemberStatus, Role, Standing},
    questions::{AuditLog, Membership, Records},
    time::DAY,
    ChartId, CompartmentId, Digest, EncryptionKey, GrantId, InstitutionId, Interval, MemberId, Moment, RecordId,
    RecordKey, RequestId,
};
use sp_runtime::{AccountId32, BuildStorage};

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
    type Membership = Members;
    type Records = RecordBook;
    type Audit = Log;
    type Time = Clock;
    type RequestLife = ConstU64<REQUEST_LIFE>;
    type MaxCharts = ConstU32<MAX_CHARTS>;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type Stage = MockStage;
}

/// How long a request can be answered.
pub(crate) const REQUEST_LIFE: Moment = 30 * DAY;
/// Charts of one controller, at most.
pub(crate) const MAX_CHARTS: u32 = 8;

/// When a test begins.
pub(crate) const NOW: Moment = 1_000_000;

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
/// Nobody.
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
/// A record in [`GENERAL`], at version [`RECORD_VERSION`].
pub(crate) const RECORD: RecordKey = RecordKey([7; 16]);
/// The newest version of [`RECORD`].
pub(crate) const RECORD_VERSION: u32 = 3;

thread_local! {
    static TIME: Cell<Moment> = const { Cell::new(NOW) };
    static MEMBERS: RefCell<BTreeMap<MemberId, (AccountId32, Standing)>> = const { RefCell::new(BTreeMap::new()) };
    static INSTITUTIONS: RefCell<BTreeMap<InstitutionId, InstitutionStanding>> =
        const { RefCell::new(BTreeMap::new()) };
    static RECORDS: RefCell<BTreeMap<RecordId, RecordFacts>> = const { RefCell::new(BTreeMap::new()) };
}

pub struct Clock;

impl frame_support::traits::Time for Clock {
    type Moment = Moment;
    fn now() -> Moment {
        TIME.get()
    }
}

pub struct Members;

impl Membership<AccountId32> for Members {
    fn standing_of_account(account: &AccountId32) -> Option<Standing> {
        MEMBERS.with_borrow(|members| {
            members.values().find(|(of, _)| of == account).map(|(_, standing)| with_institution(*standing))
        })
    }
    fn standing(member: MemberId) -> Option<Standing> {
        MEMBERS.with_borrow(|members| members.get(&member).map(|(_, standing)| with_institution(*standing)))
    }
    fn institution(institution: InstitutionId) -> Option<InstitutionStanding> {
        INSTITUTIONS.with_borrow(|institutions| institutions.get(&institution).copied())
    }
}

/// The standing with the institution as it stands now.
fn with_institution(standing: Standing) -> Standing {
    Standing { institution: standing.institution_id().and_then(Members::institution), ..standing }
}

pub struct RecordBook;

impl Records for RecordBook {
    fn facts(record: RecordId) -> Option<RecordFacts> {
        RECORDS.with_borrow(|records| records.get(&record).copied())
    }
}

pub struct Log;

const LOG_KEY: &[u8] = b"test log";

impl AuditLog for Log {
    fn append(log: LogId, event: AuditEvent) {
        let mut entries = logged();
        entries.push((log, event));
        unhashed::put(LOG_KEY, &entries);
    }
    fn append_denial(_: ChartId, _: MemberId, _: AuditEvent) {
        panic!("this pallet denies nothing");
    }
}

/// All entries so far.
pub(crate) fn logged() -> Vec<(LogId, AuditEvent)> {
    unhashed::get_or_default(LOG_KEY)
}

/// The entries since the last call of this function.
pub(crate) fn take_log() -> Vec<(LogId, AuditEvent)> {
    unhashed::take_or_default(LOG_KEY)
}

/// Our events since the last call of this function.
pub(crate) fn take_events() -> Vec<Event> {
    let events = System::read_events_for_pallet::<Event>();
    System::reset_events();
    events
}

/// The account with which `member` signs.
pub(crate) fn account(member: MemberId) -> AccountId32 {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&member.0.to_le_bytes());
    AccountId32::new(bytes)
}

/// Signed by `member`.
pub(crate) fn signed(member: MemberId) -> RuntimeOrigin {
    RuntimeOrigin::signed(account(member))
}

/// Moves the clock.
pub(crate) fn set_time(now: Moment) {
    TIME.set(now);
}

/// Adds or changes a member.
pub(crate) fn set_member(member: MemberId, role: Role, status: MemberStatus, institution: Option<InstitutionId>) {
    let institution = institution.and_then(Members::institution);
    let standing = Standing { member, role, status, valid_until: None, institution };
    MEMBERS.with_borrow_mut(|members| members.insert(member, (account(member), standing)));
}

/// From `until` on the member may no longer act.
pub(crate) fn set_valid_until(member: MemberId, until: Moment) {
    MEMBERS.with_borrow_mut(|members| members.get_mut(&member).expect("a member").1.valid_until = Some(until));
}

/// Adds or changes an institution.
pub(crate) fn set_institution(id: InstitutionId, kind: InstitutionKind, status: InstitutionStatus) {
    INSTITUTIONS.with_borrow_mut(|institutions| institutions.insert(id, InstitutionStanding { id, kind, status }));
}

/// Adds a record to [`CHART`].
pub(crate) fn set_record(key: RecordKey, compartment: CompartmentId) {
    let facts = RecordFacts { key, compartment, author: DOCTOR, custodian: HOSPITAL, version: RECORD_VERSION };
    RECORDS.with_borrow_mut(|records| records.insert(RecordId { chart: CHART, key }, facts));
}

/// A hash.
pub(crate) fn digest(seed: u8) -> Digest {
    Digest([seed; 32])
}

/// An epoch whose key is made of `seed`.
pub(crate) fn epoch(seed: u8, link: Option<Digest>) -> Epoch {
    Epoch { public_key: EncryptionKey::x25519([seed; 32]), secret_envelope: digest(seed), link }
}

/// Terms over [`GENERAL`] with `Read`, `Create` and `Amend` for treatment, from now on, without an end.
pub(crate) fn terms() -> GrantTerms {
    GrantTerms {
        scope: Scope::Compartment(GENERAL),
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
    GrantTerms { scope: Scope::Record(RECORD), ..terms() }
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
    let number = Access::chart(CHART).expect("the chart").next_grant;
    Access::grant_access(signed(PATIENT), CHART, grantee, terms).expect("the grant can be given");
    number
}

/// Gives `grantee` a laboratory's grant over [`RESULTS`] until `end`.
pub(crate) fn grant_to_lab(grantee: Grantee, end: Option<Moment>) -> GrantId {
    let number = Access::chart(CHART).expect("the chart").next_grant;
    let interval = Interval { start: NOW, end };
    Access::grant_access_to_lab(signed(PATIENT), CHART, grantee, RESULTS, interval, None, digest(22))
        .expect("the grant can be given");
    number
}

/// Requests of `member` to read and create in [`CHART`] for treatment.
pub(crate) fn request(member: MemberId, until: Option<Moment>) -> RequestId {
    let number = Access::chart(CHART).expect("the chart").next_request;
    let permissions = Permissions::of(&[Permission::Read, Permission::Create]);
    Access::request_access(signed(member), CHART, permissions, Purpose::Treatment, until, Some(digest(31)))
        .expect("the request can be made");
    number
}

/// The arguments of `renew_envelopes`.
pub(crate) fn envelopes(of: &[GrantId]) -> BoundedVec<(GrantId, Digest), ConstU32<64>> {
    of.iter().map(|number| (*number, digest(40))).collect::<Vec<_>>().try_into().expect("fits")
}

/// An empty state, in which everybody is a member but nobody has a chart.
pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
    set_time(NOW);
    MEMBERS.with_borrow_mut(BTreeMap::clear);
    INSTITUTIONS.with_borrow_mut(BTreeMap::clear);
    RECORDS.with_borrow_mut(BTreeMap::clear);
    let (active, suspended) = (InstitutionStatus::Active, InstitutionStatus::Suspended);
    set_institution(HOSPITAL, InstitutionKind::Hospital, active);
    set_institution(LABORATORY, InstitutionKind::Laboratory, active);
    set_institution(INSTITUTE, InstitutionKind::ResearchInstitute, active);
    set_institution(SUSPENDED_CLINIC, InstitutionKind::Clinic, suspended);
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
        set_member(member, role, status, institution);
    }
    let storage = frame_system::GenesisConfig::<Test>::default().build_storage().expect("a valid genesis");
    let mut state = sp_io::TestExternalities::new(storage);
    // Block zero keeps no events.
    state.execute_with(|| System::set_block_number(1));
    state
}

/// Runs `test` on an empty state, and every invariant after it.
pub(crate) fn on_empty_chain(test: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        test();
        Access::check_invariants().expect("every invariant holds");
    });
}

/// Runs `test` with [`CHART`] and [`OTHER_CHART`], and every invariant after it.
pub(crate) fn on_charts(test: impl FnOnce()) {
    on_empty_chain(|| {
        for (patient, chart, flags) in
            [(PATIENT, CHART, vec![false, false, true]), (OTHER_PATIENT, OTHER_CHART, vec![false])]
        {
            Access::open_chart(signed(patient)).expect("a patient opens a chart");
            for (number, de_identified) in (0..).map(CompartmentId).zip(flags) {
                let flags = CompartmentFlags { de_identified, ..Default::default() };
                Access::add_compartment(signed(patient), chart, number, flags, digest(1), epoch(1, None))
                    .expect("the chart has room");
            }
        }
        set_record(RECORD, GENERAL);
        take_log();
        take_events();
        test();
    });
}

#[cfg(feature = "runtime-benchmarks")]
pub struct MockStage;

#[cfg(feature = "runtime-benchmarks")]
impl salus_primitives::questions::Stage<AccountId32> for MockStage {
    fn member(account: &AccountId32, role: Role) -> MemberId {
        let count = MEMBERS.with_borrow(|members| u64::try_from(members.len()).expect("fits"));
        let member = MemberId(count + 1_000);
        set_member(member, role, MemberStatus::Active, (role != Role::Patient).then_some(HOSPITAL));
        MEMBERS.with_borrow_mut(|members| members.get_mut(&member).expect("a member").0 = account.clone());
        member
    }
    fn chart(controller: &AccountId32) -> ChartId {
        Access::stage_chart(controller)
    }
    fn crowded_grant(chart: ChartId, compartment: CompartmentId, grantee: MemberId) -> GrantId {
        Access::stage_crowded_grant(chart, compartment, grantee)
    }
    fn record(chart: ChartId, compartment: CompartmentId, _: &AccountId32) -> RecordId {
        set_record(RECORD, compartment);
        RecordId { chart, key: RECORD }
    }
}
