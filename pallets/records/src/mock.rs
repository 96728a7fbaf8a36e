// SPDX-License-Identifier: Apache-2.0

//! A test runtime with members, charts and grants in memory; access is decided by the rules of `primitives`.

use crate as pallet_salus_records;
use alloc::vec::Vec;
use frame_support::{derive_impl, parameter_types};
use pallet_salus_testing::chain_with;
pub(crate) use pallet_salus_testing::{account, Charts, Clock, Log, Members, START};
use salus_primitives::{
    access::{Grant, GrantEnvelope, Grantee, Permission, Permissions, Purpose, Purposes, Scope},
    charts::CompartmentFlags,
    decide::{decide, Facts, GrantFacts, Target},
    decision::Decision,
    membership::{InstitutionKind, InstitutionStatus, MemberStatus, Role},
    time::Interval,
    traits::{self, Compartments as _, Controllers as _, Question},
    ChartId, CompartmentId, Digest, GrantId, InstitutionId, MemberId, RecordId,
};
use sp_io::TestExternalities;
use sp_runtime::{traits::IdentityLookup, AccountId32};

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

    pub static Grants: Vec<(ChartId, Grant)> = Vec::new();
}

impl pallet_salus_records::Config for Test {
    type MemberOrigin = pallet_salus_testing::ActiveMember;
    type ReaderOrigin = pallet_salus_testing::AnyMember;
    type Membership = Members;
    type Controllers = Charts;
    type Compartments = Charts;
    type Decisions = FakeAccess;
    type Readers = FakeAccess;
    type Audit = Log;
    type Time = Clock;
    type MaxVersions = MaxVersions;
    type MaxRecordSize = MaxRecordSize;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Helper;
}

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
pub(crate) const SERVICE: MemberId = MemberId(10);
pub(crate) const SERVICE_OF_LABORATORY: MemberId = MemberId(11);
pub(crate) const SUSPENDED_SERVICE: MemberId = MemberId(12);
/// An account that belongs to no member.
pub(crate) const STRANGER: MemberId = MemberId(99);

pub(crate) const CHART: ChartId = ChartId(1);
pub(crate) const OTHER_CHART: ChartId = ChartId(2);
pub(crate) const UNKNOWN_CHART: ChartId = ChartId(3);
pub(crate) const GENERAL: CompartmentId = CompartmentId(0);
pub(crate) const RESULTS: CompartmentId = CompartmentId(1);
pub(crate) const UNKNOWN_COMPARTMENT: CompartmentId = CompartmentId(2);
pub(crate) const GENERAL_EPOCH: u32 = 0;
pub(crate) const RESULTS_EPOCH: u32 = 5;

pub(crate) fn signed(member: MemberId) -> RuntimeOrigin {
    RuntimeOrigin::signed(account(member))
}

/// Decides by the grants of the test.
pub struct FakeAccess;

impl traits::Decisions for FakeAccess {
    fn decide(question: &Question) -> Decision {
        let Question { asker, chart, ref record, ref ask } = *question;
        let compartment = match ask.scope {
            Scope::Compartment(compartment) => Some(compartment),
            Scope::Record(_) => record.as_ref().map(|record| record.compartment),
        };
        let target = compartment.and_then(|compartment| {
            let controller = Charts::controller(chart)?;
            let flags = Charts::compartment(chart, compartment)?.flags;
            Some(Target { chart, controller, compartment, flags, record: record.clone() })
        });
        let grants = Grants::get().into_iter().zip(0..).filter(|((of, _), _)| *of == chart);
        let grants =
            grants.map(|((_, grant), number)| GrantFacts { scope: grant.scope, grant: grant.listed(GrantId(number)) });
        decide(Facts { asker, target: target.as_ref(), grants, ask })
    }
}

impl traits::RecordReaders for FakeAccess {
    fn record_readers(record: RecordId) -> Vec<GrantId> {
        let reads = |of: &ChartId, grant: &Grant| {
            *of == record.chart
                && grant.scope == Scope::Record(record.key)
                && grant.permissions.contains(Permission::Read)
                && !grant.is_over(Clock::now())
        };
        let grants = Grants::get().into_iter().zip(0..);
        // In reverse, because no order is promised.
        let readers = grants.filter(|((of, grant), _)| reads(of, grant)).map(|(_, number)| GrantId(number));
        readers.collect::<Vec<_>>().into_iter().rev().collect()
    }
}

/// Puts a grant of everything in `permissions`, for treatment and laboratory work, into `CHART`.
pub(crate) fn grant(grantee: MemberId, scope: Scope, permissions: &[Permission]) -> GrantId {
    grant_in(CHART, grantee, scope, permissions)
}

fn grant_in(chart: ChartId, grantee: MemberId, scope: Scope, permissions: &[Permission]) -> GrantId {
    let compartment = match scope {
        Scope::Compartment(compartment) => compartment,
        Scope::Record(key) => crate::Records::<Test>::get(chart, key).map_or(GENERAL, |record| record.compartment),
    };
    let grant = Grant {
        grantee: Grantee::Member(grantee),
        scope,
        compartment,
        permissions: Permissions::of(permissions),
        purposes: Purposes::of(&[Purpose::Treatment, Purpose::Laboratory]),
        granted_at: Clock::now(),
        interval: Interval { start: Clock::now(), end: None },
        revoked_at: None,
        reason: None,
        envelope: Some(GrantEnvelope { hash: Digest([9; 32]), edition: 0 }),
        granted_by: PATIENT,
        laboratory: false,
        request: None,
        disclosed_under: None,
    };
    Grants::mutate(|grants| {
        grants.push((chart, grant));
        GrantId(grants.len() as u32 - 1)
    })
}

pub(crate) fn revoke(id: GrantId) {
    Grants::mutate(|grants| grants[id.0 as usize].1.revoked_at = Some(Clock::now()));
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
        Clock::set(START);
        Members::clear();
        Charts::clear();
        Grants::set(Vec::new());
        Charts::set(CHART, PATIENT, &[CompartmentFlags::default(); 2]);
        Charts::set_epoch(CHART, RESULTS, RESULTS_EPOCH);
        Charts::set(OTHER_CHART, OTHER_PATIENT, &[CompartmentFlags::default()]);
        for (id, kind, status) in [
            (HOSPITAL, InstitutionKind::Hospital, InstitutionStatus::Active),
            (OTHER_HOSPITAL, InstitutionKind::Hospital, InstitutionStatus::Active),
            (LABORATORY, InstitutionKind::Laboratory, InstitutionStatus::Active),
            (SUSPENDED_HOSPITAL, InstitutionKind::Hospital, InstitutionStatus::Suspended),
        ] {
            Members::set_institution(id, kind, status);
        }
        for (member, role, institution, status) in [
            (PATIENT, Role::Patient, None, MemberStatus::Active),
            (OTHER_PATIENT, Role::Patient, None, MemberStatus::Active),
            (DOCTOR, Role::Clinician, Some(HOSPITAL), MemberStatus::Active),
            (OTHER_DOCTOR, Role::Clinician, Some(OTHER_HOSPITAL), MemberStatus::Active),
            (TECHNICIAN, Role::Laboratory, Some(LABORATORY), MemberStatus::Active),
            (SUSPENDED_DOCTOR, Role::Clinician, Some(HOSPITAL), MemberStatus::Suspended),
            (PENDING_DOCTOR, Role::Clinician, Some(HOSPITAL), MemberStatus::Pending),
            (RETIRED_DOCTOR, Role::Clinician, Some(HOSPITAL), MemberStatus::Active),
            (DOCTOR_OF_SUSPENDED_HOSPITAL, Role::Clinician, Some(SUSPENDED_HOSPITAL), MemberStatus::Active),
            (SERVICE, Role::Service, Some(HOSPITAL), MemberStatus::Active),
            (SERVICE_OF_LABORATORY, Role::Service, Some(LABORATORY), MemberStatus::Active),
            (SUSPENDED_SERVICE, Role::Service, Some(HOSPITAL), MemberStatus::Suspended),
        ] {
            Members::set(member, role, status, institution);
        }
        Members::set_valid_until(RETIRED_DOCTOR, START);
        for (grantee, scope, permissions) in self.grants {
            grant(grantee, scope, &permissions);
        }
        chain_with::<Test>(&frame_system::GenesisConfig::<Test>::default())
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
pub struct Helper;

#[cfg(feature = "runtime-benchmarks")]
impl traits::MemberHelper<AccountId32> for Helper {
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
impl traits::ChartHelper<AccountId32> for Helper {
    fn chart(controller: &AccountId32) -> ChartId {
        use traits::Membership as _;
        let controller = Members::standing_of_account(controller).expect("a member").member;
        let chart = ChartId(Charts::count() + 1_000);
        Charts::set(chart, controller, &[CompartmentFlags::default(); 16]);
        chart
    }
}

#[cfg(feature = "runtime-benchmarks")]
impl traits::TimeHelper for Helper {
    fn wait(milliseconds: salus_primitives::Moment) {
        Clock::wait(milliseconds);
    }
}

#[cfg(feature = "runtime-benchmarks")]
impl traits::GrantHelper for Helper {
    fn crowded_grant(chart: ChartId, compartment: CompartmentId, grantee: MemberId) -> GrantId {
        for _ in 1..salus_primitives::access::MAX_READERS {
            grant_in(chart, STRANGER, Scope::Compartment(compartment), &[Permission::Read]);
        }
        grant_in(chart, grantee, Scope::Compartment(compartment), &Permission::ALL)
    }
    fn crowded_record_grant(record: RecordId, _: CompartmentId, grantee: MemberId) -> GrantId {
        let scope = Scope::Record(record.key);
        for _ in 1..salus_primitives::access::MAX_RECORD_GRANTS {
            grant_in(record.chart, STRANGER, scope, &Permission::ALL);
        }
        grant_in(record.chart, grantee, scope, &Permission::ALL)
    }
}
