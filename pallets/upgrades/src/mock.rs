// SPDX-License-Identifier: Apache-2.0

//! A test runtime: seven hospitals, of which a test makes some authorities, a council, and calls to pause.

use crate::{self as pallet_salus_upgrades, NamePart};
use alloc::{borrow::Cow, vec::Vec};
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU32, Hooks, TransactionPause, TransactionPauseError},
};
use frame_system::{EnsureRoot, EnsureSignedBy};
use pallet_salus_testing::{chain_with, open_hospitals, ActiveMember, TwoThirds};
pub use pallet_salus_testing::{
    delegate, node, Clock, Log, Members, Staff, FIFTH, FIRST, FOURTH, HOSPITALS, SECOND, START, STRANGER, THIRD,
};
use salus_primitives::{
    governance::Parameters,
    membership::Quota,
    time::{DAY, HOUR},
    traits::Authorities,
    InstitutionId, Moment,
};
use sp_core::H256;
use sp_io::TestExternalities;
use sp_runtime::{traits::IdentityLookup, AccountId32};
use sp_version::RuntimeVersion;

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
    pub type Upgrades = pallet_salus_upgrades::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type AccountId = AccountId32;
    type Lookup = IdentityLookup<AccountId32>;
    type Block = Block;
    type Version = Version;
}

/// The delay of upgrades in the tests.
pub const DELAY: Moment = HOUR;
pub const MAX_AUTHORITIES: u32 = 5;
/// The version that runs.
pub const VERSION: u32 = 7;
/// The code that most tests plan.
pub const CODE: H256 = H256::repeat_byte(1);
pub const OTHER_CODE: H256 = H256::repeat_byte(2);
/// The default parameters.
pub const PARAMETERS: Parameters = Parameters {
    request_life: 30 * DAY,
    log_horizon: 365 * DAY,
    member_quota: Quota { time: 1_000_000_000_000, bytes: 1 << 20, refill: 60_000 },
};

parameter_types! {
    pub static RunningVersion: u32 = VERSION;
    pub static Paused: Vec<(NamePart, NamePart)> = Vec::new();
    /// Institutions with an active seat; and of these, those without session keys.
    pub static Seated: Vec<InstitutionId> = Vec::new();
    pub static Keyless: Vec<InstitutionId> = Vec::new();
    pub const DefaultParameters: Parameters = PARAMETERS;

    pub Version: RuntimeVersion = RuntimeVersion {
        spec_name: Cow::Borrowed("test"),
        spec_version: RunningVersion::get(),
        ..Default::default()
    };
}

impl pallet_salus_upgrades::Config for Test {
    type CouncilOrigin = EnsureRoot<AccountId32>;
    type UpgradeOrigin = EnsureSignedBy<TwoThirds, AccountId32>;
    type MemberOrigin = ActiveMember;
    type Authorities = FakeAuthorities;
    type Pauses = FakePauses;
    type Audit = Log;
    type Time = Clock;
    type DefaultParameters = DefaultParameters;
    type MaxAuthorities = ConstU32<MAX_AUTHORITIES>;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = FakeBenchmarkHelper;
}

/// Pauses any call except those of this very pallet.
pub struct FakePauses;

impl TransactionPause for FakePauses {
    type CallIdentifier = (NamePart, NamePart);

    fn is_paused(call: (NamePart, NamePart)) -> bool {
        Paused::get().contains(&call)
    }

    fn can_pause(call: (NamePart, NamePart)) -> bool {
        call.0.as_slice() != b"Upgrades" && !Self::is_paused(call)
    }

    fn pause(call: (NamePart, NamePart)) -> Result<(), TransactionPauseError> {
        if Self::is_paused(call.clone()) {
            return Err(TransactionPauseError::AlreadyPaused);
        }
        if !Self::can_pause(call.clone()) {
            return Err(TransactionPauseError::Unpausable);
        }
        Paused::mutate(|paused| paused.push(call));
        Ok(())
    }

    fn unpause(call: (NamePart, NamePart)) -> Result<(), TransactionPauseError> {
        if !Self::is_paused(call.clone()) {
            return Err(TransactionPauseError::AlreadyUnpaused);
        }
        Paused::mutate(|paused| paused.retain(|other| *other != call));
        Ok(())
    }
}

/// Each institution's seat has the account of its service.
pub struct FakeAuthorities;

impl Authorities<AccountId32> for FakeAuthorities {
    fn seat(account: &AccountId32) -> Option<InstitutionId> {
        Seated::get().into_iter().find(|institution| node(*institution) == *account)
    }

    fn has_seat(institution: InstitutionId) -> bool {
        Seated::get().contains(&institution)
    }

    fn withdraw_votes(_: InstitutionId, _: &[AccountId32]) {}

    fn voting() -> Vec<InstitutionId> {
        let keyless = Keyless::get();
        Seated::get().into_iter().filter(|institution| !keyless.contains(institution)).collect()
    }
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

pub fn part(text: &str) -> NamePart {
    text.as_bytes().to_vec().try_into().unwrap()
}

/// Begins the next block, `time` milliseconds later. Blocks know the time only after they have begun.
pub fn next_block_after(time: Moment) {
    System::set_block_number(System::block_number() + 1);
    Upgrades::on_initialize(System::block_number());
    Clock::wait(time);
}

/// Applies the authorized code, and begins the first block of the new runtime.
pub fn apply(version: u32) {
    let (code_hash, checks_version) = Upgrades::authorized().unwrap();
    assert!(checks_version && version > RunningVersion::get(), "{code_hash} is not applied");
    frame_support::storage::unhashed::kill(&frame_support::storage::storage_prefix(b"System", b"AuthorizedUpgrade"));
    RunningVersion::set(version);
    next_block_after(1_000);
}

/// Builds the test chain.
pub struct Builder {
    authorities: u32,
}

impl Default for Builder {
    fn default() -> Self {
        Self { authorities: 4 }
    }
}

impl Builder {
    /// The number of authorities.
    pub fn authorities(self, authorities: u32) -> Self {
        Self { authorities }
    }

    pub fn build(self) -> TestExternalities {
        Clock::set(START);
        open_hospitals();
        RunningVersion::set(VERSION);
        Paused::set(Vec::new());
        Seated::set((0..self.authorities).map(InstitutionId).collect());
        Keyless::set(Vec::new());
        let genesis = RuntimeGenesisConfig {
            system: Default::default(),
            upgrades: crate::GenesisConfig { upgrade_delay: DELAY, ..Default::default() },
        };
        chain_with::<Test>(&genesis)
    }

    /// Runs `test`, and every invariant after it.
    pub fn test(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            Upgrades::do_try_state().unwrap();
        });
    }
}

/// The state that benchmarks need of other pallets.
#[cfg(feature = "runtime-benchmarks")]
pub struct FakeBenchmarkHelper;

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper for FakeBenchmarkHelper {
    fn authorities(count: u32) -> Vec<(InstitutionId, AccountId32)> {
        Seated::set((0..count).map(InstitutionId).collect());
        Seated::get().into_iter().map(|institution| (institution, node(institution))).collect()
    }
}
