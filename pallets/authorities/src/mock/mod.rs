// SPDX-License-Identifier: Apache-2.0

//! A test runtime: the SDK's sessions and offences, seven hospitals, of which five may have seats, and a council.

#[cfg(feature = "runtime-benchmarks")]
mod benchmark_helper;
mod blocks;
mod builder;
mod doubles;
mod no_currency;
mod session_keys;

pub use blocks::*;
pub use builder::*;
pub use doubles::*;
pub use pallet_salus_testing::{
    delegate, node, open_hospitals, Clock, Log, Members, Staff, FIFTH, FIRST, FOURTH, HOSPITALS, SECOND, START,
    STRANGER, THIRD,
};
pub use session_keys::*;

use crate as pallet_salus_authorities;
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU32, ConstU64},
};
use frame_system::{EnsureRoot, EnsureSignedBy};
use no_currency::NoCurrency;
use pallet_salus_testing::{ActiveMember, TwoThirds};
use pallet_session::historical;
use salus_primitives::{InstitutionId, Moment};
use sp_consensus_aura::Slot;
use sp_runtime::{traits::IdentityLookup, AccountId32};

type Block = frame_system::mocking::MockBlock<Test>;
pub type Header = <Block as sp_runtime::traits::Block>::Header;

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
    pub type Authorities = pallet_salus_authorities::Pallet<Test>;

    #[runtime::pallet_index(2)]
    pub type Session = pallet_session::Pallet<Test>;

    #[runtime::pallet_index(3)]
    pub type Historical = historical::Pallet<Test>;

    #[runtime::pallet_index(4)]
    pub type Offences = pallet_offences::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type AccountId = AccountId32;
    type Lookup = IdentityLookup<AccountId32>;
    type Block = Block;
}

/// Sessions end when a test says so.
type Never = pallet_session::PeriodicSessions<ConstU64<{ u64::MAX }>, ConstU64<{ u64::MAX }>>;

impl pallet_session::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type ValidatorId = AccountId32;
    type ValidatorIdOf = AuthorityOf;
    type ShouldEndSession = Never;
    type NextSessionRotation = Never;
    type SessionManager = historical::NoteHistoricalRoot<Self, Authorities>;
    type SessionHandler = Handler;
    type Keys = SessionKeys;
    type DisablingStrategy = pallet_session::disabling::UpToLimitWithReEnablingDisablingStrategy;
    type WeightInfo = ();
    type Currency = NoCurrency;
    type KeyDeposit = ConstU32<0>;
}

impl historical::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type FullIdentification = ();
    type FullIdentificationOf = IdentificationOf;
}

impl pallet_offences::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type IdentificationTuple = crate::Identification;
    type OnOffenceHandler = Authorities;
}

/// Blocks of a session, in the tests.
pub const BLOCKS: u64 = 10;
pub const MAX_AUTHORITIES: u32 = 5;
pub const SESSIONS_REMEMBERED: u32 = 3;
pub const MOTIONS_PER_SEAT: u32 = 4;
/// Milliseconds after which a delegate speaks for a seat.
pub const SETTLING_TIME: Moment = 1_000;

/// A hospital without a seat in the genesis.
pub const SIXTH: InstitutionId = InstitutionId(5);
/// An institution that does not exist.
pub const NOWHERE: InstitutionId = InstitutionId(HOSPITALS);

parameter_types! {
    pub static CurrentSlot: Slot = Slot::from(0);
}

impl pallet_salus_authorities::Config for Test {
    type CouncilOrigin = EnsureRoot<AccountId32>;
    type SeatOrigin = EnsureSignedBy<TwoThirds, AccountId32>;
    type MemberOrigin = ActiveMember;
    type Membership = Members;
    type Council = FakeCouncil;
    type Audit = Log;
    type Time = Clock;
    type Slot = CurrentSlot;
    type Sessions = Session;
    type KeyOwners = Historical;
    type Offences = Offences;
    type MaxAuthorities = ConstU32<MAX_AUTHORITIES>;
    type SessionsRemembered = ConstU32<SESSIONS_REMEMBERED>;
    type MaxMotions = ConstU32<{ 4 * MOTIONS_PER_SEAT }>;
    type MotionsPerSeat = ConstU32<MOTIONS_PER_SEAT>;
    type SettlingTime = ConstU64<SETTLING_TIME>;
    type Finality = FakeFinality;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = benchmark_helper::FakeBenchmarkHelper;
}

pub fn signed(account: AccountId32) -> RuntimeOrigin {
    RuntimeOrigin::signed(account)
}

pub fn council() -> RuntimeOrigin {
    RuntimeOrigin::root()
}

pub fn two_thirds() -> RuntimeOrigin {
    signed(TwoThirds::account())
}
