// SPDX-License-Identifier: Apache-2.0

//! A test runtime: three institutions with their staff, a patient, a council, and people who hold keys.

use crate as pallet_salus_membership;
use crate::{CallClass, CallPolicy, GenesisMember};
use alloc::{vec, vec::Vec};
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU32, ConstU64},
    BoundedVec,
};
use frame_system::{EnsureRoot, EnsureSignedBy};
use pallet_salus_testing::{chain_with, TwoThirds};
pub use pallet_salus_testing::{Clock, Log, START};
use salus_primitives::{
    membership::{InstitutionKind, InstitutionProfile, Newcomer, Quota, Role, MAX_VOUCHER_LIFE},
    time::{DAY, MINUTE},
    traits::Authorities,
    Digest, EncryptionKey, InstitutionId, MemberId, Moment, SigningKey,
};
use sp_core::{sr25519, Pair, H256};
use sp_io::TestExternalities;
use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
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
    pub type Membership = pallet_salus_membership::Pallet<Test>;

    #[runtime::pallet_index(2)]
    pub type Utility = pallet_utility::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type AccountId = AccountId32;
    type Lookup = IdentityLookup<AccountId32>;
    type Block = Block;
}

impl pallet_utility::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type PalletsOrigin = OriginCaller;
    type WeightInfo = ();
}

pub const CHALLENGE_LIFE: Moment = 30 * MINUTE;
pub const NONCE_WINDOW: u32 = 16;
pub const ADMISSIONS_PER_HOUR: u32 = 60;
pub const PENDING_LIFE: Moment = MAX_VOUCHER_LIFE;
/// Milliseconds after which an issuer decides about older members.
pub const SETTLING_TIME: Moment = DAY;
/// A thousand microseconds and bytes, refilled in a thousand milliseconds: one of each in every millisecond.
pub const QUOTA: Quota = Quota { time: 1_000 * MICROSECOND, bytes: 1_000, refill: 1_000 };
pub const RESERVED: Quota = Quota { time: 500 * MICROSECOND, bytes: 500, refill: 1_000 };
pub const COUNCIL: Quota = Quota { time: 100 * MICROSECOND, bytes: 100, refill: 1_000 };
pub const LEAST_TRAFFIC: Quota = Quota { time: 10 * MICROSECOND, bytes: 10, refill: 3_600_000 };
pub const MICROSECOND: u64 = 1_000_000;

parameter_types! {
    pub const ChallengeLife: Moment = CHALLENGE_LIFE;
    pub const MemberQuota: Quota = QUOTA;
    pub const LeastTraffic: Quota = LEAST_TRAFFIC;
    pub const ReservedQuota: Quota = RESERVED;
    pub const CouncilQuota: Quota = COUNCIL;
    pub const NonceWindow: u32 = NONCE_WINDOW;

    /// The institutions with a seat of authority.
    pub static Seated: Vec<InstitutionId> = Vec::new();
    /// The accounts of these seats.
    pub static SeatAccounts: Vec<AccountId32> = Vec::new();
    /// The accounts whose votes in the council were withdrawn.
    pub static Withdrawn: Vec<(InstitutionId, AccountId32)> = Vec::new();
    /// Whether remarks are paused.
    pub static RemarksArePaused: bool = false;
}

impl pallet_salus_membership::Config for Test {
    type CouncilOrigin = EnsureRoot<AccountId32>;
    type StaffingOrigin = EnsureSignedBy<TwoThirds, AccountId32>;
    type Authorities = FakeAuthorities;
    type Audit = Log;
    type Time = Clock;
    type CallPolicy = Policy;
    type ChallengeLife = ChallengeLife;
    type MemberQuota = MemberQuota;
    type LeastTraffic = LeastTraffic;
    type ReservedQuota = ReservedQuota;
    type CouncilQuota = CouncilQuota;
    type AdmissionsPerHour = ConstU32<ADMISSIONS_PER_HOUR>;
    type PendingLife = ConstU64<PENDING_LIFE>;
    type SettlingTime = ConstU64<SETTLING_TIME>;
    type MaxExpired = ConstU32<50>;
    type NonceWindow = NonceWindow;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
}

/// Knows the seats that the test has set.
pub struct FakeAuthorities;

impl Authorities<AccountId32> for FakeAuthorities {
    fn seat(account: &AccountId32) -> Option<InstitutionId> {
        SeatAccounts::get().contains(account).then_some(HOSPITAL)
    }
    fn has_seat(institution: InstitutionId) -> bool {
        Seated::get().contains(&institution)
    }
    fn voting() -> Vec<InstitutionId> {
        Seated::get()
    }
    fn withdraw_votes(institution: InstitutionId, accounts: &[AccountId32]) {
        Withdrawn::mutate(|withdrawn| withdrawn.extend(accounts.iter().map(|account| (institution, account.clone()))));
    }
}

/// Every member may remark and add keys, and remove keys from the reserve. Issuers may revoke and refuse from the
/// reserve, and verifiers challenge from the council's reserve. A batch may hold the calls that its signer may make one
/// by one.
pub struct Policy;

impl CallPolicy<RuntimeCall> for Policy {
    fn class(role: Role, call: &RuntimeCall) -> Option<CallClass> {
        use pallet_salus_membership::Call;
        match call {
            RuntimeCall::System(frame_system::Call::remark { .. }) => Some(CallClass::Ordinary),
            // Logged as a denial where the signer may not act.
            RuntimeCall::System(frame_system::Call::remark_with_event { .. }) => Some(CallClass::Ordinary),
            RuntimeCall::Membership(Call::challenge { .. }) => (role == Role::Verifier).then_some(CallClass::Council),
            // The call of the benchmark.
            RuntimeCall::Membership(Call::add_transaction_key { .. }) => Some(CallClass::Ordinary),
            RuntimeCall::Membership(Call::remove_transaction_key { .. }) => Some(CallClass::Reserved),
            RuntimeCall::Membership(Call::revoke_member { .. } | Call::refuse_applicant { .. }) => {
                (role == Role::Issuer).then_some(CallClass::Reserved)
            }
            RuntimeCall::Utility(pallet_utility::Call::batch { calls }) => {
                let classes = calls.iter().map(|call| Self::class(role, call)).collect::<Option<Vec<_>>>()?;
                classes.into_iter().min()
            }
            _ => None,
        }
    }

    fn logs_denials(call: &RuntimeCall) -> bool {
        matches!(call, RuntimeCall::System(frame_system::Call::remark_with_event { .. }))
    }

    fn is_paused(call: &RuntimeCall) -> bool {
        match call {
            RuntimeCall::System(frame_system::Call::remark { .. }) => RemarksArePaused::get(),
            RuntimeCall::Utility(pallet_utility::Call::batch { calls }) => calls.iter().any(Self::is_paused),
            _ => false,
        }
    }

    fn calls_within(call: &RuntimeCall) -> u64 {
        match call {
            RuntimeCall::Utility(pallet_utility::Call::batch { calls }) => {
                1 + calls.iter().map(Self::calls_within).sum::<u64>()
            }
            _ => 1,
        }
    }
}

/// A person whose keys all derive from the name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Person(pub &'static str);

impl Person {
    pub fn transaction(self) -> sr25519::Pair {
        pair(self.0, "transaction")
    }
    pub fn membership(self) -> sr25519::Pair {
        pair(self.0, "membership")
    }
    /// Another transaction key of the same person.
    pub fn device(self, name: &str) -> sr25519::Pair {
        pair(self.0, name)
    }
    pub fn account(self) -> AccountId32 {
        AccountId32::new(self.transaction().public().0)
    }
    pub fn newcomer(self) -> Newcomer {
        Newcomer {
            transaction_key: key_of(&self.transaction()),
            membership_key: key_of(&self.membership()),
            encryption_key: EncryptionKey::x25519(pair(self.0, "encryption").public().0),
        }
    }
}

pub fn pair(name: &str, purpose: &str) -> sr25519::Pair {
    sr25519::Pair::from_seed(&sp_io::hashing::blake2_256(format!("{name}/{purpose}").as_bytes()))
}

pub fn key_of(pair: &sr25519::Pair) -> SigningKey {
    SigningKey(pair.public().0)
}

pub const HOSPITAL: InstitutionId = InstitutionId(0);
pub const CLINIC: InstitutionId = InstitutionId(1);
pub const LAB: InstitutionId = InstitutionId(2);

pub const ISSUER: Person = Person("issuer");
pub const VERIFIER: Person = Person("verifier");
pub const DOCTOR: Person = Person("doctor");
pub const PATIENT: Person = Person("patient");
pub const CLINIC_ISSUER: Person = Person("clinic issuer");
pub const CLINIC_VERIFIER: Person = Person("clinic verifier");
pub const LAB_VERIFIER: Person = Person("laboratory verifier");
pub const NURSE: Person = Person("nurse");
/// A person who is not a member yet.
pub const ALICE: Person = Person("alice");
pub const BOB: Person = Person("bob");
pub const STRANGER: Person = Person("stranger");

/// In the order of the genesis, which numbers them.
pub const MEMBERS: [(Person, InstitutionId, Role); 8] = [
    (ISSUER, HOSPITAL, Role::Issuer),
    (VERIFIER, HOSPITAL, Role::Verifier),
    (DOCTOR, HOSPITAL, Role::Clinician),
    (PATIENT, HOSPITAL, Role::Patient),
    (CLINIC_ISSUER, CLINIC, Role::Issuer),
    (CLINIC_VERIFIER, CLINIC, Role::Verifier),
    (LAB_VERIFIER, LAB, Role::Verifier),
    (NURSE, HOSPITAL, Role::Clinician),
];
/// The number of the first who joins after the genesis.
pub const NEWCOMER: MemberId = MemberId(MEMBERS.len() as u64);

/// The number of a person in the genesis.
pub fn id_of(person: Person) -> MemberId {
    let place = MEMBERS.iter().position(|(member, ..)| *member == person).expect("a member of the genesis");
    MemberId(place as u64)
}

pub fn signed(person: Person) -> RuntimeOrigin {
    RuntimeOrigin::signed(person.account())
}

pub fn council() -> RuntimeOrigin {
    RuntimeOrigin::root()
}

pub fn two_thirds() -> RuntimeOrigin {
    RuntimeOrigin::signed(TwoThirds::account())
}

pub fn authorized() -> RuntimeOrigin {
    frame_system::RawOrigin::Authorized.into()
}

pub fn genesis_hash() -> Digest {
    Digest(System::block_hash(0).0)
}

/// The issuing key of an institution, in the first epoch.
pub fn issuing(institution: InstitutionId) -> sr25519::Pair {
    pair(&institution.to_string(), "issuing")
}

pub fn profile(institution: InstitutionId, kind: InstitutionKind) -> InstitutionProfile {
    InstitutionProfile {
        kind,
        issuing_key: key_of(&issuing(institution)),
        encryption_key: EncryptionKey::x25519([7; 32]),
        vault_address: BoundedVec::truncate_from(b"https://vault.example".to_vec()),
        admission_quota: 150,
        traffic_quota: Quota { time: 2_500 * MICROSECOND, bytes: 2_500, refill: 1_000 },
    }
}

/// Ends the block and begins the next.
pub fn next_block() {
    let ended = System::block_number();
    frame_system::BlockHash::<Test>::insert(ended, H256::from_low_u64_be(ended + 1_000));
    System::set_block_number(ended + 1);
}

/// Builds the test chain.
#[derive(Default)]
pub struct Builder {
    empty: bool,
}

impl Builder {
    /// Begins without institutions and members.
    pub fn empty(self) -> Self {
        Self { empty: true }
    }

    /// The genesis of all tests.
    pub fn genesis() -> crate::GenesisConfig<Test> {
        let institutions = vec![
            profile(HOSPITAL, InstitutionKind::Hospital),
            profile(CLINIC, InstitutionKind::Clinic),
            profile(LAB, InstitutionKind::Laboratory),
        ];
        let members = MEMBERS.map(|(person, institution, role)| {
            let Newcomer { transaction_key, membership_key, encryption_key } = person.newcomer();
            let profile = Digest([1; 32]);
            GenesisMember { institution, role, transaction_key, membership_key, encryption_key, profile }
        });
        crate::GenesisConfig { institutions, members: members.to_vec(), ..Default::default() }
    }

    pub fn build(self) -> TestExternalities {
        let membership = if self.empty { Default::default() } else { Self::genesis() };
        let genesis = RuntimeGenesisConfig { system: Default::default(), membership };
        // The clock of a genesis stands at zero.
        Clock::set(0);
        RemarksArePaused::set(false);
        Withdrawn::set(Vec::new());
        let mut chain = chain_with::<Test>(&genesis);
        Clock::set(START);
        chain.register_extension(KeystoreExt::new(MemoryKeystore::new()));
        chain
    }

    /// Runs `test`, and every invariant after it.
    pub fn test(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            Membership::do_try_state().unwrap();
        });
    }
}
