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

use crate as pallet_salus_charts;
use alloc::{vec, vec::Vec};
use frame_support::{derive_impl, traits::ConstU32};
use pallet_salus_testing::chain_with;
pub(crate) use pallet_salus_testing::{account, digest, Clock, Log, Members};
use salus_primitives::{
    charts::{CompartmentFlags, Epoch},
    membership::{InstitutionKind, InstitutionStatus, MemberStatus, Role},
    ChartId, CompartmentId, Digest, EncryptionKey, InstitutionId, MemberId, Moment,
};
use sp_runtime::{traits::IdentityLookup, AccountId32};

pub(crate) type Block = frame_system::mocking::MockBlock<Test>;
pub(crate) type Charts = crate::Pallet<Test>;
pub(crate) type Error = crate::Error<Test>;
pub(crate) type Event = crate::Event<Test>;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        SalusCharts: pallet_salus_charts,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type AccountId = AccountId32;
    type Lookup = IdentityLookup<AccountId32>;
    type Block = Block;
}

impl pallet_salus_charts::Config for Test {
    type MemberOrigin = pallet_salus_testing::ActiveMember;
    type Audit = Log;
    type Time = Clock;
    type MaxCharts = ConstU32<MAX_CHARTS>;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Helper;
}

/// Charts of one controller, at most.
pub(crate) const MAX_CHARTS: u32 = 8;
/// When a test begins.
pub(crate) const NOW: Moment = pallet_salus_testing::START;

/// Controls [`CHART`].
pub(crate) const PATIENT: MemberId = MemberId(1);
/// Controls [`OTHER_CHART`].
pub(crate) const OTHER_PATIENT: MemberId = MemberId(2);
/// A clinician at [`HOSPITAL`].
pub(crate) const DOCTOR: MemberId = MemberId(3);
/// A clinician at [`HOSPITAL`], suspended.
pub(crate) const SUSPENDED_DOCTOR: MemberId = MemberId(4);
/// A clinician at [`SUSPENDED_CLINIC`].
pub(crate) const DOCTOR_OF_SUSPENDED: MemberId = MemberId(5);
/// A patient whom no verifier has verified yet.
pub(crate) const PENDING_PATIENT: MemberId = MemberId(6);
/// Not a member.
pub(crate) const STRANGER: MemberId = MemberId(99);

/// An active hospital.
pub(crate) const HOSPITAL: InstitutionId = InstitutionId(1);
/// A suspended clinic.
pub(crate) const SUSPENDED_CLINIC: InstitutionId = InstitutionId(2);

/// The chart of [`PATIENT`], with three compartments.
pub(crate) const CHART: ChartId = ChartId(0);
/// The chart of [`OTHER_PATIENT`], with one compartment.
pub(crate) const OTHER_CHART: ChartId = ChartId(1);
/// An ordinary compartment.
pub(crate) const GENERAL: CompartmentId = CompartmentId(0);
/// Another ordinary compartment.
pub(crate) const RESULTS: CompartmentId = CompartmentId(1);
/// A de-identified compartment.
pub(crate) const COPIES: CompartmentId = CompartmentId(2);

/// Our events since the last call of this function.
pub(crate) fn take_events() -> Vec<Event> {
    let events = System::read_events_for_pallet::<Event>();
    System::reset_events();
    events
}

pub(crate) fn signed(member: MemberId) -> RuntimeOrigin {
    RuntimeOrigin::signed(account(member))
}

/// An epoch whose key is made of `seed`.
pub(crate) fn epoch(seed: u8, link: Option<Digest>) -> Epoch {
    Epoch { public_key: EncryptionKey::x25519([seed; 32]), secret_envelope: digest(seed), link }
}

/// An empty state: there are members, but no charts.
pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
    Clock::set(NOW);
    Members::clear();
    Members::set_institution(HOSPITAL, InstitutionKind::Hospital, InstitutionStatus::Active);
    Members::set_institution(SUSPENDED_CLINIC, InstitutionKind::Clinic, InstitutionStatus::Suspended);
    for (member, role, status, institution) in [
        (PATIENT, Role::Patient, MemberStatus::Active, None),
        (OTHER_PATIENT, Role::Patient, MemberStatus::Active, None),
        (DOCTOR, Role::Clinician, MemberStatus::Active, Some(HOSPITAL)),
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
        Charts::do_try_state().expect("every invariant holds");
    });
}

/// Runs `test` with [`CHART`] and [`OTHER_CHART`], and every invariant after it.
pub(crate) fn on_charts(test: impl FnOnce()) {
    on_empty_chain(|| {
        for (patient, chart, flags) in
            [(PATIENT, CHART, vec![false, false, true]), (OTHER_PATIENT, OTHER_CHART, vec![false])]
        {
            Charts::open_chart(signed(patient)).expect("a patient opens a chart");
            for (number, de_identified) in (0..).map(CompartmentId).zip(flags) {
                let flags = CompartmentFlags { de_identified, ..Default::default() };
                Charts::add_compartment(signed(patient), chart, number, flags, digest(1), epoch(1, None))
                    .expect("the chart may have another compartment");
            }
        }
        Log::take();
        take_events();
        test();
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
