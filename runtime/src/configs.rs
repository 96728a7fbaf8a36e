// SPDX-License-Identifier: Apache-2.0

//! The wiring of the pallets: the only place where ours meet.

use crate::{
    authorities::{AuthorityOf, CurrentSlot, ForcedFinality, IdentificationOf, ReportLongevity},
    call_policy::RolePolicy,
    council::{
        CouncilCollective, CouncilWeights, FittingMotions, MoreThanHalfOfCouncil, MotionOfSeat, TwoThirdsOfCouncil,
    },
    limits::{self, DatabaseWeight, MaxProposalWeight, RuntimeBlockLength, RuntimeBlockWeights},
    migrations,
    no_currency::NoCurrency,
    pauses::Unpausable,
    Access, AccountId, Audit, Aura, Authorities, Block, Charts, Council, Historical, Membership, Offences,
    OriginCaller, PalletInfo, Records, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, RuntimeTask, Session,
    SessionKeys, Timestamp, TxPause, VERSION,
};
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstBool, ConstU32, ConstU64, InsideBoth, KeyOwnerProofSystem},
};
use frame_system::EnsureNever;
use pallet_salus_authorities::{BlocksInSession, Identification, OfSeated};
use salus_primitives::governance::MAX_CALL_NAME;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_core::crypto::KeyTypeId;
use sp_runtime::traits::OpaqueKeys;
use sp_version::RuntimeVersion;

parameter_types! {
    /// The version of this runtime.
    pub const Version: RuntimeVersion = VERSION;
}

// `MemberGate` judges which calls a signer may make, in the pool and in the block. `BaseCallFilter` acts at dispatch
// only, where a refused call has taken its place in the block already. Both refuse a paused call: only the filter sees
// calls without a signer and those of the council. It also refuses motions whose threshold does not fit their call.
#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
    type Block = Block;
    type BaseCallFilter = InsideBoth<TxPause, FittingMotions>;
    type SingleBlockMigrations = migrations::SingleBlock;
    type BlockHashCount = ConstU32<{ limits::BLOCK_HASHES }>;
    type BlockWeights = RuntimeBlockWeights;
    type BlockLength = RuntimeBlockLength;
    type DbWeight = DatabaseWeight;
    type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
    type ExtensionsWeightInfo = frame_system::SubstrateExtensionsWeight<Runtime>;
    type SS58Prefix = frame_support::traits::ConstU16<42>;
    type Version = Version;
}

impl pallet_timestamp::Config for Runtime {
    type Moment = u64;
    type OnTimestampSet = Aura;
    // Half a slot: what Aura is designed for.
    type MinimumPeriod = ConstU64<{ limits::SLOT_DURATION / 2 }>;
    type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

impl pallet_authorship::Config for Runtime {
    type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Aura>;
    type EventHandler = Authorities;
}

impl pallet_aura::Config for Runtime {
    type AuthorityId = AuraId;
    type DisabledValidators = Session;
    type MaxAuthorities = ConstU32<{ limits::MAX_AUTHORITIES }>;
    type AllowMultipleBlocksPerSlot = ConstBool<false>;
    type SlotDuration = ConstU64<{ limits::SLOT_DURATION }>;
}

impl pallet_session::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type ValidatorId = AccountId;
    type ValidatorIdOf = AuthorityOf;
    type ShouldEndSession = pallet_session::PeriodicSessions<BlocksInSession<Self>, ConstU32<0>>;
    type NextSessionRotation = pallet_session::PeriodicSessions<BlocksInSession<Self>, ConstU32<0>>;
    type SessionManager = pallet_session::historical::NoteHistoricalRoot<Self, Authorities>;
    type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
    type Keys = SessionKeys;
    type DisablingStrategy = pallet_session::disabling::UpToLimitWithReEnablingDisablingStrategy;
    type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
    type Currency = NoCurrency;
    type KeyDeposit = ConstU32<0>;
}

impl pallet_session::historical::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type FullIdentification = ();
    type FullIdentificationOf = IdentificationOf;
}

impl pallet_grandpa::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    // The SDK has weights for this pallet only in this form, with constants of a slower database, so they are never too
    // low.
    type WeightInfo = ();
    type MaxAuthorities = ConstU32<{ limits::MAX_AUTHORITIES }>;
    type MaxNominators = ConstU32<0>;
    type MaxSetIdSessionEntries = ConstU64<{ limits::SESSIONS_REMEMBERED as u64 }>;
    type KeyOwnerProof = <Historical as KeyOwnerProofSystem<(KeyTypeId, GrandpaId)>>::Proof;
    type EquivocationReportSystem =
        pallet_grandpa::EquivocationReportSystem<Self, OfSeated<Self, Offences>, Historical, ReportLongevity>;
}

impl pallet_offences::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type IdentificationTuple = Identification;
    type OnOffenceHandler = Authorities;
}

impl pallet_collective::Config<CouncilCollective> for Runtime {
    type RuntimeOrigin = RuntimeOrigin;
    type Proposal = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type MotionDuration = ConstU32<{ limits::MOTION_DURATION }>;
    type MaxProposals = ConstU32<{ limits::MAX_MOTIONS }>;
    type MaxMembers = ConstU32<{ limits::MAX_AUTHORITIES }>;
    // A delegate who does not vote counts as the prime member votes, and without a prime member as a no.
    type DefaultVote = pallet_collective::PrimeDefaultVote;
    type WeightInfo = CouncilWeights;
    // The seats of the authorities name its members; no origin may set others.
    type SetMembersOrigin = EnsureNever<()>;
    type MaxProposalWeight = MaxProposalWeight;
    type DisapproveOrigin = TwoThirdsOfCouncil;
    type KillOrigin = TwoThirdsOfCouncil;
    type Consideration = MotionOfSeat;
}

// `Upgrades` pauses calls and logs it. This pallet stores which calls are paused, and filters them.
impl pallet_tx_pause::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type PauseOrigin = EnsureNever<()>;
    type UnpauseOrigin = EnsureNever<()>;
    type WhitelistedCalls = Unpausable;
    type MaxNameLen = ConstU32<{ MAX_CALL_NAME as u32 }>;
    type WeightInfo = pallet_tx_pause::weights::SubstrateWeight<Runtime>;
}

impl pallet_utility::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type PalletsOrigin = OriginCaller;
    type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

impl pallet_salus_audit::Config for Runtime {
    type Time = Timestamp;
    type Horizon = pallet_salus_upgrades::LogHorizon<Runtime>;
    type MaxPruned = ConstU32<{ limits::MAX_REMOVED }>;
    type WeightInfo = pallet_salus_audit::weights::SubstrateWeight<Runtime>;
}

impl pallet_salus_membership::Config for Runtime {
    type CouncilOrigin = MoreThanHalfOfCouncil;
    type StaffingOrigin = TwoThirdsOfCouncil;
    type Authorities = Authorities;
    type Audit = Audit;
    type Time = Timestamp;
    type CallPolicy = RolePolicy;
    type ChallengeLife = ConstU64<{ limits::CHALLENGE_LIFE }>;
    type LeastTraffic = limits::LeastInstitutionQuota;
    type MemberQuota = pallet_salus_upgrades::MemberQuota<Runtime>;
    type ReservedQuota = limits::ReservedQuota;
    type CouncilQuota = limits::CouncilQuota;
    type AdmissionsPerHour = ConstU32<{ limits::ADMISSIONS_PER_HOUR }>;
    type PendingLife = ConstU64<{ limits::PENDING_LIFE }>;
    type SettlingTime = ConstU64<{ limits::SETTLING_TIME }>;
    type MaxExpired = ConstU32<{ limits::MAX_EXPIRED }>;
    type NonceWindow = ConstU32<{ limits::NONCE_WINDOW }>;
    type WeightInfo = pallet_salus_membership::weights::SubstrateWeight<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = crate::benchmark_helper::RuntimeHelper;
}

impl pallet_salus_charts::Config for Runtime {
    type MemberOrigin = pallet_salus_membership::EnsureMember<Self>;
    type Audit = Audit;
    type Time = Timestamp;
    type MaxCharts = ConstU32<{ limits::MAX_CHARTS }>;
    type WeightInfo = pallet_salus_charts::weights::SubstrateWeight<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = crate::benchmark_helper::RuntimeHelper;
}

impl pallet_salus_access::Config for Runtime {
    type MemberOrigin = pallet_salus_membership::EnsureMember<Self>;
    type Membership = Membership;
    type Controllers = Charts;
    type Compartments = Charts;
    type Audit = Audit;
    type Time = Timestamp;
    type RequestLife = pallet_salus_upgrades::RequestLife<Runtime>;
    type WeightInfo = pallet_salus_access::weights::SubstrateWeight<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = crate::benchmark_helper::RuntimeHelper;
}

impl pallet_salus_records::Config for Runtime {
    type MemberOrigin = pallet_salus_membership::EnsureMember<Self>;
    type ReaderOrigin = pallet_salus_membership::EnsureBound<Self>;
    type Membership = Membership;
    type Controllers = Charts;
    type Compartments = Charts;
    type Decisions = Access;
    type Readers = Access;
    type Audit = Audit;
    type Time = Timestamp;
    type MaxVersions = ConstU32<{ limits::MAX_VERSIONS }>;
    type MaxRecordSize = ConstU64<{ limits::MAX_RECORD_SIZE }>;
    type WeightInfo = pallet_salus_records::weights::SubstrateWeight<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = crate::benchmark_helper::RuntimeHelper;
}

impl pallet_salus_shredding::Config for Runtime {
    type MemberOrigin = pallet_salus_membership::EnsureMember<Self>;
    type Membership = Membership;
    type Controllers = Charts;
    type Records = Records;
    type Audit = Audit;
    type Time = Timestamp;
    type WeightInfo = pallet_salus_shredding::weights::SubstrateWeight<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = crate::benchmark_helper::RuntimeHelper;
}

impl pallet_salus_authorities::Config for Runtime {
    type CouncilOrigin = MoreThanHalfOfCouncil;
    type SeatOrigin = TwoThirdsOfCouncil;
    type MemberOrigin = pallet_salus_membership::EnsureMember<Self>;
    type Membership = Membership;
    type Council = Council;
    type Audit = Audit;
    type Time = Timestamp;
    type Slot = CurrentSlot;
    type Sessions = Session;
    type KeyOwners = Historical;
    type Offences = Offences;
    type MaxAuthorities = ConstU32<{ limits::MAX_AUTHORITIES }>;
    type SessionsRemembered = ConstU32<{ limits::SESSIONS_REMEMBERED }>;
    type MaxMotions = ConstU32<{ limits::MAX_MOTIONS }>;
    type MotionsPerSeat = ConstU32<{ limits::MOTIONS_PER_SEAT }>;
    type SettlingTime = ConstU64<{ limits::SETTLING_TIME }>;
    type Finality = ForcedFinality;
    type WeightInfo = pallet_salus_authorities::weights::SubstrateWeight<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = crate::benchmark_helper::RuntimeHelper;
}

impl pallet_salus_upgrades::Config for Runtime {
    type CouncilOrigin = MoreThanHalfOfCouncil;
    type UpgradeOrigin = TwoThirdsOfCouncil;
    type MemberOrigin = pallet_salus_membership::EnsureMember<Self>;
    type Authorities = Authorities;
    type Pauses = TxPause;
    type Audit = Audit;
    type Time = Timestamp;
    type DefaultParameters = limits::DefaultParameters;
    type MaxAuthorities = ConstU32<{ limits::MAX_AUTHORITIES }>;
    type WeightInfo = pallet_salus_upgrades::weights::SubstrateWeight<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = crate::benchmark_helper::RuntimeHelper;
}
