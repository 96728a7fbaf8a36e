// SPDX-License-Identifier: Apache-2.0

//! A test runtime: the SDK's sessions and offences, seven hospitals, of which five may have seats, and a council.

use crate::{self as pallet_salus_authorities, GenesisSeat, Seat, SeatOf, Seats, Sessions as _};
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_support::{
    derive_impl, ord_parameter_types, parameter_types,
    traits::{ChangeMembers, ConstU32, ConstU64, Time},
};
use frame_system::{EnsureRoot, EnsureSignedBy};
use pallet_session::{historical, SessionHandler};
use salus_primitives::{
    audit::{AuditEvent, LogId},
    membership::{InstitutionKind, InstitutionStanding, InstitutionStatus, MemberStatus, Role, Standing},
    traits::{AuditLog, Membership},
    ChartId, InstitutionId, MemberId, Moment, SigningKey,
};
use sp_consensus_aura::{digests::CompatibleDigestItem, sr25519::AuthoritySignature, Slot};
use sp_core::{
    crypto::{key_types::AURA, KeyTypeId},
    sr25519, Pair, H256,
};
use sp_io::TestExternalities;
use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
use sp_runtime::{
    generic::{Digest, DigestItem},
    traits::{Convert, Header as _, IdentityLookup, OpaqueKeys},
    AccountId32, BuildStorage,
};

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

/// The Aura keys of the test, which have no pallet of their own.
pub struct Aura;

impl sp_runtime::BoundToRuntimeAppPublic for Aura {
    type Public = sp_consensus_aura::sr25519::AuthorityId;
}

sp_runtime::impl_opaque_keys! {
    pub struct SessionKeys {
        pub aura: Aura,
    }
}

/// Does nothing with the keys.
pub struct Handler;

impl SessionHandler<AccountId32> for Handler {
    const KEY_TYPE_IDS: &'static [KeyTypeId] = &[AURA];
    fn on_genesis_session<Keys: OpaqueKeys>(_: &[(AccountId32, Keys)]) {}
    fn on_new_session<Keys: OpaqueKeys>(_: bool, _: &[(AccountId32, Keys)], _: &[(AccountId32, Keys)]) {}
    fn on_disabled(_: u32) {}
}

/// Converts an account to the authority whose keys it sets, as in the runtime. An account without a seat sets its own
/// keys, which tests use.
pub struct AuthorityOf;

impl Convert<AccountId32, Option<AccountId32>> for AuthorityOf {
    fn convert(account: AccountId32) -> Option<AccountId32> {
        let seat = SeatOf::<Test>::get(&account).and_then(Seats::<Test>::get);
        Some(seat.map_or(account, |seat| seat.authority))
    }
}

pub struct IdentificationOf;

impl Convert<AccountId32, Option<()>> for IdentificationOf {
    fn convert(_: AccountId32) -> Option<()> {
        Some(())
    }
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

pub const START: Moment = 1_700_000_000_000;
/// Blocks of a session, in the tests.
pub const BLOCKS: u64 = 10;
pub const MAX_AUTHORITIES: u32 = 5;
pub const SESSIONS_REMEMBERED: u32 = 3;
pub const MOTIONS_PER_SEAT: u32 = 4;
/// Milliseconds after which a delegate speaks for a seat.
pub const SETTLING_TIME: Moment = 1_000;

ord_parameter_types! {
    /// Stands for two thirds of the council.
    pub const TwoThirds: AccountId32 = AccountId32::new([0xfe; 32]);
}

parameter_types! {
    pub static Now: Moment = START;
    pub static CurrentSlot: Slot = Slot::from(0);
    pub static Log: Vec<(LogId, AuditEvent)> = Vec::new();
    pub static CouncilMembers: Vec<AccountId32> = Vec::new();
    /// The last call of `Finality::resume`.
    pub static Resumed: Option<(u64, u64)> = None;
    /// The suspended members.
    pub static SuspendedMembers: Vec<MemberId> = Vec::new();
    pub static SuspendedInstitutions: Vec<InstitutionId> = Vec::new();
    /// The members who were not in the genesis, with the time at which they joined.
    pub static Newcomers: Vec<(MemberId, Moment)> = Vec::new();
    /// The accounts that the council was told to remove, one after the other. It forgets their votes.
    pub static Outgoing: Vec<AccountId32> = Vec::new();
}

impl pallet_salus_authorities::Config for Test {
    type CouncilOrigin = EnsureRoot<AccountId32>;
    type SeatOrigin = EnsureSignedBy<TwoThirds, AccountId32>;
    type MemberOrigin = pallet_salus_testing::ActiveMember<FakeMembership, Clock>;
    type Membership = FakeMembership;
    type Council = FakeCouncil;
    type Audit = FakeAudit;
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
    type BenchmarkHelper = FakeBenchmarkHelper;
}

/// The time that the test has set.
pub struct Clock;

impl Time for Clock {
    type Moment = Moment;
    fn now() -> Moment {
        Now::get()
    }
}

/// Keeps every entry.
pub struct FakeAudit;

impl AuditLog for FakeAudit {
    fn append(log: LogId, event: AuditEvent) {
        Log::mutate(|entries| entries.push((log, event)));
    }
    fn append_denial(chart: ChartId, _: MemberId, event: AuditEvent) {
        Self::append(LogId::Chart(chart), event);
    }
}

/// Remembers what it was told.
pub struct FakeFinality;

impl crate::Finality<u64> for FakeFinality {
    fn resume(last_final: u64, wait: u64) {
        Resumed::set(Some((last_final, wait)));
    }
}

/// The council that was seated last.
pub struct FakeCouncil;

impl ChangeMembers<AccountId32> for FakeCouncil {
    fn change_members_sorted(incoming: &[AccountId32], outgoing: &[AccountId32], new: &[AccountId32]) {
        let mut members = CouncilMembers::get();
        members.retain(|member| !outgoing.contains(member));
        members.extend_from_slice(incoming);
        members.sort();
        assert_eq!(members, new, "what comes and goes is not what changes");
        CouncilMembers::set(members);
        Outgoing::mutate(|accounts| accounts.extend_from_slice(outgoing));
    }
}

/// A member of staff, known by institution, role and a number for several of one role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Staff(pub InstitutionId, pub Role, pub u8);

impl Staff {
    pub fn account(self) -> AccountId32 {
        let Self(institution, role, number) = self;
        let mut bytes = [number; 32];
        bytes[0] = institution.0 as u8;
        bytes[1] = role as u8;
        AccountId32::new(bytes)
    }

    pub fn member(self) -> MemberId {
        let Self(institution, role, number) = self;
        MemberId(u64::from(institution.0) * 10_000 + role as u64 * 100 + u64::from(number))
    }
}

/// Each account that [`Staff::account`] makes for one of the hospitals is a member's.
pub struct FakeMembership;

impl Membership<AccountId32> for FakeMembership {
    fn standing_of_account(account: &AccountId32) -> Option<Standing> {
        let bytes: &[u8; 32] = account.as_ref();
        let role = Role::ALL.into_iter().find(|role| *role as u8 == bytes[1])?;
        let staff = Staff(InstitutionId(bytes[0].into()), role, bytes[2]);
        (staff.account() == *account).then(|| Self::standing(staff.member())).flatten()
    }

    fn standing(member: MemberId) -> Option<Standing> {
        let institution = InstitutionId((member.0 / 10_000) as u32);
        let role = Role::ALL.into_iter().find(|role| *role as u64 == member.0 / 100 % 100)?;
        let is_suspended = SuspendedMembers::get().contains(&member);
        Some(Standing {
            member,
            role,
            status: if is_suspended { MemberStatus::Suspended } else { MemberStatus::Active },
            valid_until: None,
            institution: Some(Self::institution(institution)?),
        })
    }

    fn joined_at(member: MemberId) -> Option<Moment> {
        Self::standing(member)?;
        let newcomer = Newcomers::get().into_iter().find(|(newcomer, _)| *newcomer == member);
        Some(newcomer.map_or(0, |(_, joined_at)| joined_at))
    }

    fn institution(id: InstitutionId) -> Option<InstitutionStanding> {
        let is_suspended = SuspendedInstitutions::get().contains(&id);
        let status = if is_suspended { InstitutionStatus::Suspended } else { InstitutionStatus::Active };
        (id.0 < HOSPITALS).then_some(InstitutionStanding { id, kind: InstitutionKind::Hospital, status })
    }
}

/// A currency in which every balance is zero, as in the runtime.
pub struct NoCurrency;

mod no_currency {
    use super::*;
    use frame_support::traits::{
        fungible::{self, Dust},
        tokens::{DepositConsequence, Fortitude, Preservation, Provenance, WithdrawConsequence},
    };
    use sp_runtime::{DispatchError, DispatchResult};

    impl fungible::Inspect<AccountId32> for NoCurrency {
        type Balance = u32;
        fn total_issuance() -> u32 {
            0
        }
        fn minimum_balance() -> u32 {
            0
        }
        fn total_balance(_: &AccountId32) -> u32 {
            0
        }
        fn balance(_: &AccountId32) -> u32 {
            0
        }
        fn reducible_balance(_: &AccountId32, _: Preservation, _: Fortitude) -> u32 {
            0
        }
        fn can_deposit(_: &AccountId32, _: u32, _: Provenance) -> DepositConsequence {
            DepositConsequence::Success
        }
        fn can_withdraw(_: &AccountId32, _: u32) -> WithdrawConsequence<u32> {
            WithdrawConsequence::Success
        }
    }

    impl fungible::Unbalanced<AccountId32> for NoCurrency {
        fn handle_dust(_: Dust<AccountId32, Self>) {}
        fn write_balance(_: &AccountId32, _: u32) -> Result<Option<u32>, DispatchError> {
            Ok(None)
        }
        fn set_total_issuance(_: u32) {}
    }

    impl fungible::Mutate<AccountId32> for NoCurrency {}

    impl fungible::InspectHold<AccountId32> for NoCurrency {
        type Reason = RuntimeHoldReason;
        fn total_balance_on_hold(_: &AccountId32) -> u32 {
            0
        }
        fn balance_on_hold(_: &RuntimeHoldReason, _: &AccountId32) -> u32 {
            0
        }
    }

    impl fungible::UnbalancedHold<AccountId32> for NoCurrency {
        fn set_balance_on_hold(_: &RuntimeHoldReason, _: &AccountId32, _: u32) -> DispatchResult {
            Ok(())
        }
    }

    impl fungible::MutateHold<AccountId32> for NoCurrency {}
}

/// The number of hospitals.
pub const HOSPITALS: u32 = 7;
/// Hospitals with a seat in the genesis of most tests.
pub const FIRST: InstitutionId = InstitutionId(0);
pub const SECOND: InstitutionId = InstitutionId(1);
pub const THIRD: InstitutionId = InstitutionId(2);
pub const FOURTH: InstitutionId = InstitutionId(3);
/// Hospitals without a seat.
pub const FIFTH: InstitutionId = InstitutionId(4);
pub const SIXTH: InstitutionId = InstitutionId(5);
/// An institution that does not exist.
pub const NOWHERE: InstitutionId = InstitutionId(HOSPITALS);
pub const STRANGER: AccountId32 = AccountId32::new([0xaa; 32]);

/// The account of the hospital's node.
pub fn node(institution: InstitutionId) -> AccountId32 {
    Staff(institution, Role::Service, 0).account()
}

/// The account of the hospital's first delegate.
pub fn delegate(institution: InstitutionId) -> AccountId32 {
    Staff(institution, Role::Delegate, 0).account()
}

/// The hospital's Aura key.
pub fn aura(institution: InstitutionId) -> sr25519::Pair {
    sr25519::Pair::from_seed(&sp_io::hashing::blake2_256(&institution.encode()))
}

pub fn key_of(pair: &sr25519::Pair) -> SigningKey {
    SigningKey(pair.public().0)
}

pub fn keys(pair: &sr25519::Pair) -> SessionKeys {
    SessionKeys { aura: pair.public().into() }
}

/// Sets the session keys of the hospital's node, without a call.
pub fn set_keys(institution: InstitutionId, pair: &sr25519::Pair) {
    let account = node(institution);
    if System::providers(&account) == 0 {
        System::inc_providers(&account);
    }
    <Session as pallet_session::SessionInterface>::set_keys(&account, keys(pair)).unwrap();
}

/// Returns new keys for this account, with the proof of ownership.
pub fn new_keys(account: &AccountId32) -> (SessionKeys, Vec<u8>) {
    let made = SessionKeys::generate(&account.encode(), None);
    (made.keys, made.proof.encode())
}

/// Returns a proof that these keys, which the keystore has, are this account's.
pub fn own_proof(keys: &SessionKeys, account: &AccountId32) -> Vec<u8> {
    keys.clone().create_ownership_proof(&account.encode()).unwrap().encode()
}

pub fn signed(account: AccountId32) -> RuntimeOrigin {
    RuntimeOrigin::signed(account)
}

pub fn council() -> RuntimeOrigin {
    RuntimeOrigin::root()
}

pub fn two_thirds() -> RuntimeOrigin {
    signed(TwoThirds::get())
}

/// Returns a header of this slot with this state, sealed by `pair`.
pub fn sealed(pair: &sr25519::Pair, slot: u64, state: u64) -> Header {
    let slot = <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_pre_digest(Slot::from(slot));
    let digest = Digest { logs: vec![slot] };
    let mut header = Header::new(1, H256::default(), H256::from_low_u64_be(state), H256::default(), digest);
    let seal: AuthoritySignature = pair.sign(header.hash().as_bytes()).into();
    header.digest.push(DigestItem::aura_seal(seal));
    header
}

/// Begins the next block, in the next slot.
pub fn next_block() {
    System::set_block_number(System::block_number() + 1);
    CurrentSlot::set(CurrentSlot::get() + 1);
    Now::set(Now::get() + 1_000);
}

/// Ends the current session, in which all authorities but these author, and begins the next.
pub fn next_session_without(absent: &[InstitutionId]) {
    use pallet_authorship::EventHandler;
    let absent: Vec<_> = absent.iter().map(|institution| node(*institution)).collect();
    for _ in 0..BLOCKS {
        next_block();
    }
    let disabled = Session::disabled_validators();
    for (index, author) in Session::authorities().into_iter().enumerate() {
        if !absent.contains(&author) && !disabled.contains(&(index as u32)) {
            <Authorities as EventHandler<_, _>>::note_author(author);
        }
    }
    Session::rotate_session();
}

pub fn next_session() {
    next_session_without(&[]);
}

/// Returns the hospitals whose nodes are authorities, in order.
pub fn authorities() -> Vec<InstitutionId> {
    let mut institutions: Vec<_> = Session::authorities()
        .iter()
        .map(|account| InstitutionId(AsRef::<[u8; 32]>::as_ref(account)[0].into()))
        .collect();
    institutions.sort();
    institutions
}

pub fn seat(institution: InstitutionId) -> Seat {
    Seats::<Test>::get(institution).unwrap()
}

/// Builds the test chain.
pub struct Builder {
    seats: u32,
    with_keys: u32,
}

impl Default for Builder {
    fn default() -> Self {
        Self { seats: 4, with_keys: 7 }
    }
}

impl Builder {
    /// The number of hospitals with a seat.
    pub fn seats(self, seats: u32) -> Self {
        Self { seats, ..self }
    }

    /// The number of hospitals with session keys, from the first on.
    pub fn with_keys(self, with_keys: u32) -> Self {
        Self { with_keys, ..self }
    }

    /// The genesis of all tests.
    pub fn genesis(seats: u32) -> crate::GenesisConfig<Test> {
        let seat =
            |institution| GenesisSeat { institution, account: node(institution), delegate: delegate(institution) };
        crate::GenesisConfig {
            seats: (0..seats).map(InstitutionId).map(seat).collect(),
            session_length: BLOCKS,
            ..Default::default()
        }
    }

    pub fn build(self) -> TestExternalities {
        Now::set(START);
        CurrentSlot::set(Slot::from(0));
        Log::set(Vec::new());
        CouncilMembers::set(Vec::new());
        Resumed::set(None);
        SuspendedMembers::set(Vec::new());
        SuspendedInstitutions::set(Vec::new());
        Newcomers::set(Vec::new());
        Outgoing::set(Vec::new());
        let session_keys = (0..self.with_keys.min(self.seats))
            .map(InstitutionId)
            .map(|institution| (node(institution), node(institution), keys(&aura(institution))));
        let genesis = RuntimeGenesisConfig {
            system: Default::default(),
            authorities: Self::genesis(self.seats),
            session: pallet_session::GenesisConfig { keys: session_keys.collect(), ..Default::default() },
        };
        let mut chain = TestExternalities::new(genesis.build_storage().unwrap());
        chain.register_extension(KeystoreExt::new(MemoryKeystore::new()));
        chain.execute_with(|| System::set_block_number(1));
        chain
    }

    /// Runs `test`, and every invariant after it.
    pub fn test(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            check_invariants();
        });
    }
}

/// The pallet's invariants, and that the council follows the seats.
pub fn check_invariants() {
    Authorities::do_try_state().unwrap();
    assert_eq!(CouncilMembers::get(), Authorities::delegates());
    assert!(!Session::authorities().is_empty());
    assert!(!Session::queued_keys().is_empty());
}

/// The state that benchmarks need of other pallets.
#[cfg(feature = "runtime-benchmarks")]
pub struct FakeBenchmarkHelper;

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper for FakeBenchmarkHelper {
    fn institution(number: u32) -> (InstitutionId, AccountId32, AccountId32) {
        let institution = InstitutionId(number);
        (institution, node(institution), delegate(institution))
    }

    fn other_service(institution: InstitutionId) -> AccountId32 {
        Staff(institution, Role::Service, 1).account()
    }

    fn other_delegate(institution: InstitutionId) -> AccountId32 {
        Staff(institution, Role::Delegate, 1).account()
    }

    fn set_keys(account: &AccountId32, aura: SigningKey) {
        let keys = SessionKeys { aura: sr25519::Public::from_raw(aura.0).into() };
        System::inc_providers(account);
        <Session as pallet_session::SessionInterface>::set_keys(account, keys).unwrap();
    }

    fn new_keys<Keys: codec::Decode>(account: &AccountId32) -> Option<(Keys, Vec<u8>)> {
        let made = SessionKeys::generate(&account.encode(), None);
        Some((Keys::decode(&mut made.keys.encode().as_slice()).ok()?, made.proof.encode()))
    }

    fn set_authorities(accounts: &[AccountId32]) {
        pallet_session::Validators::<Test>::put(accounts.to_vec());
    }

    fn crowd_council() {}

    fn settle_members() {
        Now::set(Now::get() + SETTLING_TIME);
    }
}
