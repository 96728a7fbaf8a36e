// SPDX-License-Identifier: Apache-2.0

//! A test runtime with in-memory members, charts and grants; access is decided by the rules of `primitives`.

use crate as pallet_salus_records;
use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::{derive_impl, parameter_types, storage_alias, traits::Time};
use salus_primitives::{
    access::{
        decide, Ask, CompartmentFlags, Decision, Denial, Grant, Grantee, Permission, Permissions, Purpose, Purposes,
        Scope, Target,
    },
    audit::{AuditEvent, LogId},
    membership::{InstitutionKind, InstitutionStanding, InstitutionStatus, MemberStatus, Role, Standing},
    questions::{self, Records as _},
    time::Interval,
    ChartId, CompartmentId, GrantId, InstitutionId, MemberId, Moment, RecordId,
};
use sp_io::TestExternalities;
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage};

type Block = frame_system::mocking::MockBlock<Test>;

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Test>;

    #[runtime::pallet_index(1)]
    pub type Records = pallet_salus_records::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type AccountId = AccountId32;
    type Lookup = IdentityLookup<AccountId32>;
    type Block = Block;
}

parameter_types! {
    pub const MaxVersions: u32 = 4;
    pub const MaxRecordSize: u64 = 1 << 20;
    pub const MaxClosed: u32 = 100;

    pub static Now: Moment = START;
    pub static Members: BTreeMap<AccountId32, Standing> = BTreeMap::new();
    pub static Institutions: BTreeMap<InstitutionId, InstitutionStanding> = BTreeMap::new();
    pub static Charts: BTreeMap<ChartId, FakeChart> = BTreeMap::new();
    pub static Grants: Vec<(ChartId, Grant)> = Vec::new();
}

impl pallet_salus_records::Config for Test {
    type Membership = FakeMembership;
    type Access = FakeAccess;
    type Audit = FakeAudit;
    type Time = Clock;
    type MaxVersions = MaxVersions;
    type MaxRecordSize = MaxRecordSize;
    type MaxClosed = MaxClosed;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type Stage = FakeStage;
}

pub(crate) const START: Moment = 1_700_000_000_000;

pub(crate) const HOSPITAL: InstitutionId = InstitutionId(1);
pub(crate) const OTHER_HOSPITAL: InstitutionId = InstitutionId(2);
pub(crate) const LABORATORY: InstitutionId = InstitutionId(3);
pub(crate) const SUSPENDED_HOSPITAL: InstitutionId = InstitutionId(4);

pub(crate) const PATIENT: MemberId = MemberId(1);
pub(crate) const OTHER_PATIENT: MemberId = MemberId(2);
pub(crate) const DOCTOR: MemberId = MemberId(3);
pub(crate) const OTHER_DOCTOR: MemberId = MemberId(4);
pub(crate) const TECHNICIAN: MemberId = MemberId(5);
pub(crate) const SUSPENDED_DOCTOR: MemberId = MemberId(6);
pub(crate) const PENDING_DOCTOR: MemberId = MemberId(7);
pub(crate) const RETIRED_DOCTOR: MemberId = MemberId(8);
pub(crate) const DOCTOR_OF_SUSPENDED_HOSPITAL: MemberId = MemberId(9);
/// Signs, but belongs to no member.
pub(crate) const STRANGER: MemberId = MemberId(99);

pub(crate) const CHART: ChartId = ChartId(1);
pub(crate) const OTHER_CHART: ChartId = ChartId(2);
pub(crate) const UNKNOWN_CHART: ChartId = ChartId(3);
pub(crate) const GENERAL: CompartmentId = CompartmentId(0);
pub(crate) const RESULTS: CompartmentId = CompartmentId(1);
pub(crate) const UNKNOWN_COMPARTMENT: CompartmentId = CompartmentId(2);
pub(crate) const GENERAL_EPOCH: u32 = 0;
pub(crate) const RESULTS_EPOCH: u32 = 5;

/// The account with which a member of these tests signs.
pub(crate) fn account_of(member: MemberId) -> AccountId32 {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&member.0.to_be_bytes());
    AccountId32::new(bytes)
}

pub(crate) fn signed(member: MemberId) -> RuntimeOrigin {
    RuntimeOrigin::signed(account_of(member))
}

pub struct Clock;

impl Time for Clock {
    type Moment = Moment;
    fn now() -> Moment {
        Now::get()
    }
}

pub struct FakeMembership;

impl questions::Membership<AccountId32> for FakeMembership {
    fn standing_of_account(account: &AccountId32) -> Option<Standing> {
        Members::get().get(account).copied()
    }
    fn standing(member: MemberId) -> Option<Standing> {
        Members::get().into_values().find(|standing| standing.member == member)
    }
    fn institution(institution: InstitutionId) -> Option<InstitutionStanding> {
        Institutions::get().get(&institution).copied()
    }
}

#[derive(Clone)]
pub struct FakeChart {
    pub(crate) controller: MemberId,
    /// The epoch of each compartment.
    pub(crate) epochs: Vec<u32>,
}

pub struct FakeAccess;

impl questions::Access for FakeAccess {
    fn decide(asker: &Standing, chart: ChartId, ask: &Ask) -> Decision {
        let Some(FakeChart { controller, epochs }) = Charts::get().get(&chart).cloned() else {
            return Decision::Denied(Denial::NotFound);
        };
        let (compartment, record) = match ask.scope {
            Scope::Compartment(compartment) => (Some(compartment), None),
            Scope::Record(key) => {
                let facts = Records::facts(RecordId { chart, key });
                (facts.map(|facts| facts.compartment), facts)
            }
        };
        let target = compartment
            .filter(|compartment| usize::from(compartment.0) < epochs.len())
            .map(|compartment| Target { chart, controller, compartment, flags: CompartmentFlags::default(), record });
        let grants = Grants::get().into_iter().enumerate();
        let grants = grants.filter(|(_, (of, _))| *of == chart).map(|(id, (_, grant))| (GrantId(id as u32), grant));
        decide(Some(asker), target.as_ref(), grants, ask)
    }
    fn chart_exists(chart: ChartId) -> bool {
        Charts::get().contains_key(&chart)
    }
    fn epoch(chart: ChartId, compartment: CompartmentId) -> Option<u32> {
        Charts::get().get(&chart)?.epochs.get(usize::from(compartment.0)).copied()
    }
    fn record_readers(record: RecordId) -> Vec<GrantId> {
        let reads = |of: &ChartId, grant: &Grant| {
            *of == record.chart
                && grant.scope == Scope::Record(record.key)
                && grant.permissions.contains(Permission::Read)
                && !grant.is_over(Now::get())
        };
        let grants = Grants::get().into_iter().enumerate();
        // In reverse, because nobody promises an order.
        grants.rev().filter(|(_, (of, grant))| reads(of, grant)).map(|(id, _)| GrantId(id as u32)).collect()
    }
}

/// What was logged. In storage, so that what is rolled back is seen to be gone.
#[storage_alias]
pub(crate) type Log = StorageValue<Mock, Vec<(LogId, AuditEvent)>, frame_support::pallet_prelude::ValueQuery>;

/// What was logged as denied.
#[storage_alias]
pub(crate) type Denials =
    StorageValue<Mock, Vec<(ChartId, MemberId, AuditEvent)>, frame_support::pallet_prelude::ValueQuery>;

pub struct FakeAudit;

impl questions::AuditLog for FakeAudit {
    fn append(log: LogId, event: AuditEvent) {
        Log::append((log, event));
    }
    fn append_denial(chart: ChartId, member: MemberId, event: AuditEvent) {
        Denials::append((chart, member, event));
    }
}

/// Puts a grant of everything in `permissions`, for treatment and laboratory work, into `CHART`.
pub(crate) fn grant(grantee: MemberId, scope: Scope, permissions: &[Permission]) -> GrantId {
    grant_in(CHART, grantee, scope, permissions)
}

fn grant_in(chart: ChartId, grantee: MemberId, scope: Scope, permissions: &[Permission]) -> GrantId {
    let grant = Grant {
        grantee: Grantee::Member(grantee),
        scope,
        permissions: Permissions::of(permissions),
        purposes: Purposes::of(&[Purpose::Treatment, Purpose::Laboratory]),
        granted_at: Now::get(),
        interval: Interval { start: Now::get(), end: None },
        revoked_at: None,
        reason: None,
        envelope: None,
        granted_by: PATIENT,
        laboratory: false,
        request: None,
    };
    Grants::mutate(|grants| {
        grants.push((chart, grant));
        GrantId(grants.len() as u32 - 1)
    })
}

pub(crate) fn revoke(id: GrantId) {
    Grants::mutate(|grants| grants[id.0 as usize].1.revoked_at = Some(Now::get()));
}

fn put_institution(id: InstitutionId, kind: InstitutionKind, status: InstitutionStatus) {
    Institutions::mutate(|all| all.insert(id, InstitutionStanding { id, kind, status }));
}

fn put_member(account: AccountId32, member: MemberId, role: Role, of: InstitutionId, status: MemberStatus) {
    let institution = if role.is_staff() { Institutions::get().get(&of).copied() } else { None };
    let standing = Standing { member, role, status, valid_until: None, institution };
    Members::mutate(|all| all.insert(account, standing));
}

/// Seeds members, charts and grants; runs every invariant after the test.
#[derive(Default)]
pub(crate) struct Builder {
    grants: Vec<(MemberId, Scope, Vec<Permission>)>,
}

impl Builder {
    /// With a grant in `CHART`.
    pub(crate) fn grant(mut self, grantee: MemberId, scope: Scope, permissions: &[Permission]) -> Self {
        self.grants.push((grantee, scope, permissions.to_vec()));
        self
    }

    pub(crate) fn build(self) -> TestExternalities {
        Now::set(START);
        Members::set(BTreeMap::new());
        Institutions::set(BTreeMap::new());
        Grants::set(Vec::new());
        Charts::set(BTreeMap::from([
            (CHART, FakeChart { controller: PATIENT, epochs: alloc::vec![GENERAL_EPOCH, RESULTS_EPOCH] }),
            (OTHER_CHART, FakeChart { controller: OTHER_PATIENT, epochs: alloc::vec![0] }),
        ]));
        put_institution(HOSPITAL, InstitutionKind::Hospital, InstitutionStatus::Active);
        put_institution(OTHER_HOSPITAL, InstitutionKind::Hospital, InstitutionStatus::Active);
        put_institution(LABORATORY, InstitutionKind::Laboratory, InstitutionStatus::Active);
        put_institution(SUSPENDED_HOSPITAL, InstitutionKind::Hospital, InstitutionStatus::Suspended);
        let members = [
            (PATIENT, Role::Patient, HOSPITAL, MemberStatus::Active),
            (OTHER_PATIENT, Role::Patient, HOSPITAL, MemberStatus::Active),
            (DOCTOR, Role::Clinician, HOSPITAL, MemberStatus::Active),
            (OTHER_DOCTOR, Role::Clinician, OTHER_HOSPITAL, MemberStatus::Active),
            (TECHNICIAN, Role::Laboratory, LABORATORY, MemberStatus::Active),
            (SUSPENDED_DOCTOR, Role::Clinician, HOSPITAL, MemberStatus::Suspended),
            (PENDING_DOCTOR, Role::Clinician, HOSPITAL, MemberStatus::Pending),
            (RETIRED_DOCTOR, Role::Clinician, HOSPITAL, MemberStatus::Active),
            (DOCTOR_OF_SUSPENDED_HOSPITAL, Role::Clinician, SUSPENDED_HOSPITAL, MemberStatus::Active),
        ];
        for (member, role, institution, status) in members {
            put_member(account_of(member), member, role, institution, status);
        }
        Members::mutate(|all| {
            all.entry(account_of(RETIRED_DOCTOR)).and_modify(|standing| standing.valid_until = Some(START));
        });
        for (grantee, scope, permissions) in self.grants {
            grant(grantee, scope, &permissions);
        }
        let storage = frame_system::GenesisConfig::<Test>::default().build_storage();
        let mut externalities = TestExternalities::new(storage.expect("the default genesis builds"));
        // Events of block zero are not kept.
        externalities.execute_with(|| System::set_block_number(1));
        externalities
    }

    /// Runs `test` and then every invariant.
    pub(crate) fn run(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            Records::do_try_state().expect("every invariant holds");
        });
    }
}

#[cfg(feature = "runtime-benchmarks")]
pub struct FakeStage;

#[cfg(feature = "runtime-benchmarks")]
impl questions::Stage<AccountId32> for FakeStage {
    fn member(account: &AccountId32, role: Role) -> MemberId {
        let number = 1_000 + Members::get().len() as u32;
        put_institution(InstitutionId(number), InstitutionKind::Hospital, InstitutionStatus::Active);
        let member = MemberId(number.into());
        put_member(account.clone(), member, role, InstitutionId(number), MemberStatus::Active);
        member
    }
    fn chart(controller: &AccountId32) -> ChartId {
        let controller = Members::get()[controller].member;
        let chart = ChartId(1_000 + Charts::get().len() as u64);
        Charts::mutate(|all| all.insert(chart, FakeChart { controller, epochs: alloc::vec![0; 16] }));
        chart
    }
    fn crowded_grant(chart: ChartId, compartment: CompartmentId, grantee: MemberId) -> GrantId {
        for _ in 1..salus_primitives::access::MAX_READERS {
            grant_in(chart, STRANGER, Scope::Compartment(compartment), &[Permission::Read]);
        }
        grant_in(chart, grantee, Scope::Compartment(compartment), &Permission::ALL)
    }
    fn record(chart: ChartId, compartment: CompartmentId, author: &AccountId32) -> RecordId {
        let standing = Members::get()[author];
        let custodian = standing.institution_id().unwrap_or(HOSPITAL);
        Records::stage_record(chart, compartment, standing.member, custodian)
    }
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::StageRecordGrants for FakeStage {
    fn record_grants(record: RecordId, count: u32, grantee: MemberId) {
        for number in 1..=count {
            let to = if number == count { grantee } else { STRANGER };
            grant_in(record.chart, to, Scope::Record(record.key), &Permission::ALL);
        }
    }
}
