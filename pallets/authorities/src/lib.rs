// SPDX-License-Identifier: Apache-2.0

//! # Authorities
//!
//! Decides which institutions author and finalize blocks and who speaks for them in the council. Suspends those whose
//! nodes misbehave, and names those whose nodes stay away.
//!
//! ## Who may call what
//!
//! | call | who |
//! |---|---|
//! | [`admit_authority`](Pallet::admit_authority), [`remove_authority`](Pallet::remove_authority), [`force_remove_authority`](Pallet::force_remove_authority), [`reinstate_authority`](Pallet::reinstate_authority), [`resume_finality`](Pallet::resume_finality) | two thirds of the council |
//! | [`withdraw_resumption`](Pallet::withdraw_resumption) | the council |
//! | [`suspend_authority`](Pallet::suspend_authority), [`hand_over_account`](Pallet::hand_over_account) | two thirds of the council, or a delegate of the authority itself |
//! | [`take_vote`](Pallet::take_vote) | a delegate of the authority |
//! | [`set_keys`](Pallet::set_keys) | the account of the authority's seat |
//! | [`report_equivocation`](Pallet::report_equivocation) | any active member that the runtime lets call it |
//!
//! ## Two thirds
//!
//! Two thirds of the council decide who has a seat and whose votes make blocks final. If a majority were enough, it
//! could remove the others, or admit its friends, until it had two thirds itself. Then it could replace the runtime.
//!
//! ## Seats
//!
//! An authority is an institution with a *seat*. The seat names an account, which sets the session keys of the node,
//! and a delegate, who votes in the council.
//!
//! The account is a transaction key of a member of the institution with the role
//! [`Service`](salus_primitives::membership::Role::Service), admitted like any other member. The node makes its session
//! keys with `author_rotateKeysWithOwner`, and the account sets them with [`set_keys`](Pallet::set_keys).
//!
//! Both the delegate and the account can be replaced. A delegate of the institution takes the vote, and hands the seat
//! over to another service's account. Sessions still name the authority by the first account of its seat, so its keys
//! and its liability stay.
//!
//! A delegate speaks for the seat from a [while](Config::SettlingTime) after it joined. In this time the institution
//! can revoke a delegate whom a thief of its issuing key admitted. The council may seat a delegate at once. When a
//! delegate loses its standing, or its transaction key, the council forgets its votes in open motions.
//!
//! The authorities of a session are the active seats with session keys. While there are fewer than [`MIN_AUTHORITIES`],
//! suspended seats fill up the set, disabled. Three authorities tolerate no failure, and fewer are a risk to the whole
//! network. A change takes effect at the second session change after it.
//!
//! ## Offences
//!
//! GRANDPA proves that an authority voted twice, and [`report_equivocation`](Pallet::report_equivocation) proves that
//! one authored twice. Either way the chain disables the authority at once, so that it authors nothing. It also
//! suspends the seat, until the council decides. The authority's votes count until it has left the set.
//!
//! A seat answers for sessions from its admission on. After a reinstatement, it answers from the second session change
//! on. It answers for one offence at a time: a suspended seat is not judged again, so reports cannot fill the chain.
//! The council seat stays, because a fault that all nodes share must not leave the chain without a council.
//!
//! The log names an authority that authored nothing in a whole session, with the number of such sessions in a row.
//! There is no other consequence: the council decides.
//!
//! ## Stalls
//!
//! While a third of the authorities is away, no block becomes final. The regular way cannot replace authorities that
//! lost their keys for good, because that change would have to become final first. So two thirds of the council remove
//! them and then call [`resume_finality`](Pallet::resume_finality). If the others come back meanwhile, the council
//! withdraws that decision. It acts within [`RESUMPTION_LIFE`] sessions, or not at all.
//!
//! ## Motions
//!
//! Each institution has at most [`MotionsPerSeat`](Config::MotionsPerSeat) open motions, so that none can keep the
//! others from proposing. The council checks this for each motion ([`note_motion`](Pallet::note_motion)).
//!
//! ## Stored
//!
//! - The seats, at most [`MaxAuthorities`](Config::MaxAuthorities), with indexes by account and by authority.
//! - The authorities planned last, the length of sessions, and the decision to resume finality.
//! - Blocks authored in this session, sessions missed in a row, and the first slot of each remembered session.
//! - The open motions, with their institutions.
//!
//! ## Never stored
//!
//! Evidence. The log names the reporter and the consequence; the two headers are in the block. Nodes keep the
//! equivocations that they notice in their own databases.
//!
//! ## Example
//!
//! One of the tests:
#![doc = docify::embed!("src/tests/sessions.rs", an_admitted_authority_takes_part_from_the_second_session_change_on)]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod types;

mod constants;
mod equivocation;
mod genesis;
mod impl_authorities;
mod impl_session_manager;
mod motions;
mod offences;
mod presence;
mod seats;
mod sessions;
mod stall;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;

#[cfg(feature = "runtime-benchmarks")]
mod benchmark_helper;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[allow(clippy::allow_attributes_without_reason, reason = "generated by scripts/weights.sh")]
pub mod weights;

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    unreachable_pub,
    reason = "a test that goes wrong should stop where it does"
)]
mod mock;
#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    unreachable_pub,
    reason = "a test that goes wrong should stop where it does"
)]
mod tests;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmark_helper::BenchmarkHelper;
pub use offences::OfSeated;
pub use pallet::*;
pub use salus_primitives::authorities::{SeatStatus, MIN_AUTHORITIES};
pub use sessions::{BlocksInSession, Sessions};
pub use stall::{Finality, Resumption, RESUMPTION_LIFE};
pub use types::{
    AuraEquivocation, GenesisSeat, Identification, KeyProof, SealedHeader, Seat, MAX_HEADER_BYTES, MAX_PROOF_BYTES,
};
pub use weights::WeightInfo;

/// Which institutions author and finalize blocks, and who speaks for them in the council.
#[frame_support::pallet]
#[allow(clippy::expect_used, reason = "FRAME's macros generate it")]
pub mod pallet {
    use super::*;
    use alloc::vec::Vec;
    use frame_support::{
        pallet_prelude::*,
        traits::{ChangeMembers, KeyOwnerProofSystem, Time},
    };
    use frame_system::pallet_prelude::*;
    use salus_primitives::{
        membership::Standing,
        traits::{AuditLog, Membership},
        Digest, InstitutionId, MemberId, Moment, SigningKey,
    };
    use sp_consensus_aura::Slot;
    use sp_core::crypto::KeyTypeId;
    use sp_runtime::AccountId32;
    use sp_session::MembershipProof;
    use sp_staking::{offence::ReportOffence, SessionIndex};

    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// The types and constants that the runtime supplies.
    #[pallet::config]
    pub trait Config: frame_system::Config<AccountId = AccountId32, RuntimeEvent: From<Event<Self>>> {
        /// The origin with which the council withdraws a resumption of finality.
        type CouncilOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// The origin with which the council changes who has a seat and whose votes make blocks final.
        type SeatOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// An active member that signs.
        type MemberOrigin: EnsureOrigin<Self::RuntimeOrigin, Success = Standing>;

        /// Looks up the standing of members.
        type Membership: Membership<AccountId32>;

        /// Receives the members of the council: the delegates of the seats.
        type Council: ChangeMembers<AccountId32>;

        /// Appends the log entries.
        type Audit: AuditLog;

        /// The time of the block, in Unix milliseconds.
        type Time: Time<Moment = Moment>;

        /// The slot of the block.
        type Slot: Get<Slot>;

        /// Looks up and changes sessions.
        type Sessions: Sessions;

        /// Proves the owner of a session key.
        type KeyOwners: KeyOwnerProofSystem<
            (KeyTypeId, SigningKey),
            Proof = MembershipProof,
            IdentificationTuple = Identification,
        >;

        /// Receives reports of equivocations, each once.
        type Offences: ReportOffence<AccountId32, Identification, AuraEquivocation>;

        /// The most seats.
        #[pallet::constant]
        type MaxAuthorities: Get<u32>;

        /// The number of past sessions about which members can still report.
        #[pallet::constant]
        type SessionsRemembered: Get<u32>;

        /// The most open motions in the council.
        #[pallet::constant]
        type MaxMotions: Get<u32>;

        /// The most open motions of one institution.
        #[pallet::constant]
        type MotionsPerSeat: Get<u32>;

        /// Milliseconds from joining until a delegate speaks for a seat.
        #[pallet::constant]
        type SettlingTime: Get<Moment>;

        /// Changes the authorities that make blocks final.
        type Finality: Finality<BlockNumberFor<Self>>;

        /// The weights of calls and hooks.
        type WeightInfo: WeightInfo;

        /// Prepares the state for benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: BenchmarkHelper;
    }

    // The chain counts institutions and sessions, so maps keyed by their numbers use Twox64Concat. People choose
    // accounts, so maps keyed by accounts use Blake2_128Concat.

    /// The seats of the authorities.
    #[pallet::storage]
    pub type Seats<T: Config> = CountedStorageMap<_, Twox64Concat, InstitutionId, Seat>;

    /// The institution of each seat, by the account that sets its session keys and confirms upgrades.
    #[pallet::storage]
    pub type SeatOf<T: Config> = StorageMap<_, Blake2_128Concat, AccountId32, InstitutionId>;

    /// The institution of each seat, by the account that names its authority in sessions.
    #[pallet::storage]
    pub type SeatOfAuthority<T: Config> = StorageMap<_, Blake2_128Concat, AccountId32, InstitutionId>;

    /// The authorities planned last, sorted, with hashes of their session keys. Empty when the next plan has to count
    /// as a change.
    #[pallet::storage]
    pub type Planned<T: Config> = StorageValue<_, BoundedVec<(AccountId32, Digest), T::MaxAuthorities>, ValueQuery>;

    /// The number of blocks that each account authored in the current session.
    #[pallet::storage]
    pub type Authored<T: Config> = StorageMap<_, Blake2_128Concat, AccountId32, u32, ValueQuery>;

    /// The number of sessions in a row in which an authority authored nothing; none once it is back.
    #[pallet::storage]
    pub type Absences<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, u32>;

    /// The slot of the block with which the current session and each remembered one began.
    #[pallet::storage]
    pub type SessionStarts<T: Config> = StorageMap<_, Twox64Concat, SessionIndex, Slot>;

    /// Blocks in a session, since the genesis.
    #[pallet::storage]
    pub type SessionLength<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

    /// The decision to resume finality. It lasts until a session begins with the authorities that there should be, or
    /// it expires.
    #[pallet::storage]
    pub type Resuming<T: Config> = StorageValue<_, Resumption<BlockNumberFor<T>>>;

    /// The open motions at the time of the latest proposal, with their institutions.
    #[pallet::storage]
    pub type Motions<T: Config> = StorageValue<_, BoundedVec<(Digest, InstitutionId), T::MaxMotions>, ValueQuery>;

    /// The first seats of the chain.
    #[pallet::genesis_config]
    pub struct GenesisConfig<T: Config> {
        /// The first seats.
        pub seats: Vec<GenesisSeat>,
        /// Blocks in a session: within [`SESSION_LENGTHS`](salus_primitives::network::SESSION_LENGTHS).
        pub session_length: BlockNumberFor<T>,
        /// Binds the runtime.
        #[serde(skip)]
        pub runtime: PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        #[allow(clippy::panic, reason = "a chain whose genesis is wrong must not begin")]
        fn build(&self) {
            if let Err(fault) = self.try_build() {
                panic!("invalid genesis: {fault}");
            }
        }
    }

    /// The changes.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// The council gave an institution a seat.
        AuthorityAdmitted {
            /// The institution.
            institution: InstitutionId,
            /// The account that sets the session keys.
            account: AccountId32,
            /// The account that votes in the council.
            delegate: AccountId32,
        },
        /// The council took an institution's seat.
        AuthorityRemoved {
            /// The institution.
            institution: InstitutionId,
        },
        /// A seat was suspended: by the council, by its own delegate, or because of an offence.
        AuthoritySuspended {
            /// The institution.
            institution: InstitutionId,
        },
        /// The council reinstated a seat.
        AuthorityReinstated {
            /// The institution.
            institution: InstitutionId,
        },
        /// An authority authored nothing in a whole session.
        AuthorityAbsent {
            /// The institution.
            institution: InstitutionId,
            /// Such sessions in a row, with this one.
            sessions: u32,
        },
        /// An authority that had been absent authored again.
        AuthorityReturned {
            /// The institution.
            institution: InstitutionId,
            /// Sessions that it had missed.
            sessions: u32,
        },
        /// A member proved that an authority authored two blocks for one slot.
        EquivocationReported {
            /// The authority.
            institution: InstitutionId,
            /// The slot.
            slot: Slot,
            /// The member.
            reporter: MemberId,
        },
        /// An institution has another delegate in the council.
        CouncilSeatTaken {
            /// The institution.
            institution: InstitutionId,
            /// The account that votes from now on.
            delegate: AccountId32,
        },
        /// The council decided that other authorities are to decide on what is final.
        FinalityResumed {
            /// The block upon which they build.
            last_final: BlockNumberFor<T>,
            /// Blocks from the first of the session until they take over.
            wait: BlockNumberFor<T>,
        },
        /// The seat of an institution has another account.
        AuthorityHandedOver {
            /// The institution.
            institution: InstitutionId,
            /// The account that sets the session keys from now on.
            account: AccountId32,
        },
        /// An authority replaced its session keys.
        SessionKeysReplaced {
            /// The institution.
            institution: InstitutionId,
        },
        /// The council withdrew its decision that other authorities are to decide on what is final.
        ResumptionWithdrawn {
            /// The block upon which they would have built.
            last_final: BlockNumberFor<T>,
        },
        /// No session began with the authorities that there should be: the decision to resume finality is over.
        ResumptionExpired {
            /// The block upon which they would have built.
            last_final: BlockNumberFor<T>,
        },
    }

    /// Why a call failed.
    #[pallet::error]
    pub enum Error<T> {
        /// The institution has no seat. Check the number.
        NotFound,
        /// The signer has another role or institution than this needs.
        NotPermitted,
        /// The institution has a seat, the account belongs to one, or the delegate sits in the council already.
        AlreadyExists,
        /// As many authorities have seats as can. Remove one first.
        TooManyAuthorities,
        /// The institution does not exist or is not active.
        InstitutionNotActive,
        /// The account is not a transaction key of an active service of the institution.
        NotService,
        /// The account is not a transaction key of an active delegate of the institution.
        NotDelegate,
        /// The seat is not in the status from which this is possible. Read its status.
        InvalidStatus,
        /// Fewer than four authorities would remain, which tolerate no failure. Admit another one first, or remove it by force.
        TooFewAuthorities,
        /// No authority with session keys would remain. There has to be one.
        LastAuthority,
        /// A header or the proof cannot be decoded, or a header names no slot or bears no seal.
        InvalidEvidence,
        /// The headers are of one block, or of different slots: this is not an equivocation.
        NotEquivocation,
        /// The slot does not lie in the session of the proof, or is yet to come.
        InvalidSlot,
        /// One of the seals is not by this key.
        BadSignature,
        /// The proof does not show that the key was an authority's in its session.
        InvalidProof,
        /// The session is too old to be judged, or before the seat's admission or latest reinstatement.
        Expired,
        /// This equivocation was reported already.
        AlreadyReported,
        /// The block does not lie before this one. Name the last final one.
        InvalidBlock,
        /// The wait is zero, or not shorter than a session.
        InvalidWait,
        /// The institution has as many motions open in the council as it may. Close one first, or let others propose it.
        TooManyMotions,
        /// The council has not decided that finality is to resume, or that has happened already.
        NotResuming,
        /// The signer's account is not that of a seat. Sign with the account of the institution's service.
        NotAuthority,
        /// The delegate joined too lately to speak for a seat. Wait until a day after it joined, or let another
        /// delegate of the institution sign.
        TooNew,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        // The authorship pallet calls `note_author` without knowing its weight, so this hook counts it.
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            T::WeightInfo::note_author()
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }

        fn integrity_test() {
            Self::check_constants();
        }
    }

    #[pallet::call(weight = <T as Config>::WeightInfo)]
    impl<T: Config> Pallet<T> {
        /// Gives an institution a seat.
        ///
        /// It authors and votes from the second session change on after its session keys are set.
        ///
        /// ## Origin
        ///
        /// Two thirds of the council.
        #[pallet::call_index(0)]
        pub fn admit_authority(
            origin: OriginFor<T>,
            institution: InstitutionId,
            account: AccountId32,
            delegate: AccountId32,
        ) -> DispatchResult {
            T::SeatOrigin::ensure_origin(origin)?;
            Self::do_admit_authority(institution, account, delegate)
        }

        /// Takes an institution's seat, unless that leaves fewer than four authorities.
        ///
        /// ## Origin
        ///
        /// Two thirds of the council.
        #[pallet::call_index(1)]
        pub fn remove_authority(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
            T::SeatOrigin::ensure_origin(origin)?;
            Self::do_remove_authority(institution)
        }

        /// Takes an institution's seat, also when that leaves no fault tolerance, but never the last one.
        ///
        /// ## Origin
        ///
        /// Two thirds of the council.
        #[pallet::call_index(2)]
        pub fn force_remove_authority(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
            T::SeatOrigin::ensure_origin(origin)?;
            Self::do_force_remove_authority(institution)
        }

        /// Suspends a seat and disables its authority, which stays in the set while there would be fewer than four.
        ///
        /// ## Origin
        ///
        /// Two thirds of the council, unless that leaves fewer than four active ones. An active delegate of the
        /// institution who joined at least [`Config::SettlingTime`] ago may do it at any time, because a thief may have
        /// its keys.
        #[pallet::call_index(3)]
        pub fn suspend_authority(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
            match T::SeatOrigin::try_origin(origin) {
                Ok(_) => Self::do_suspend_authority(institution),
                Err(origin) => Self::do_suspend_own_authority(origin, institution),
            }
        }

        /// Ends the suspension of a seat. The authority does not answer any more for earlier offences, even in this
        /// session.
        ///
        /// ## Origin
        ///
        /// Two thirds of the council.
        #[pallet::call_index(4)]
        pub fn reinstate_authority(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
            T::SeatOrigin::ensure_origin(origin)?;
            Self::do_reinstate_authority(institution)
        }

        /// Proves that an authority authored two blocks for one slot, which disables it and suspends its seat.
        ///
        /// Both headers are SCALE encoded, with their seals; `author` is the Aura key that made these.
        /// [`key_ownership_proof`](Pallet::key_ownership_proof) returns the proof, in the state of any block of the
        /// slot's session.
        ///
        /// ## Origin
        ///
        /// An active member.
        #[pallet::call_index(5)]
        pub fn report_equivocation(
            origin: OriginFor<T>,
            author: SigningKey,
            first: SealedHeader,
            second: SealedHeader,
            proof: KeyProof,
        ) -> DispatchResult {
            let (account, reporter) = Self::ensure_member(origin)?;
            Self::do_report_equivocation(account, &reporter, author, &first, &second, &proof)
        }

        /// Takes the seat in the council that belongs to the signer's institution, with the signer's account.
        ///
        /// ## Origin
        ///
        /// An active delegate of an institution with a seat, who joined at least [`Config::SettlingTime`] ago.
        #[pallet::call_index(6)]
        pub fn take_vote(origin: OriginFor<T>) -> DispatchResult {
            let (account, delegate) = Self::ensure_delegate(origin)?;
            Self::do_take_vote(account, &delegate)
        }

        /// Lets other authorities make blocks final, without waiting until this decision is final.
        ///
        /// The new set is that of the first session in which all seats, keys and suspensions of its beginning are
        /// effective. If the council removes the lost authorities in the same session, that is the session after the
        /// next. `last_final` is the number of the last final block; final blocks stay final. `wait` is the number of
        /// blocks after the first of that session until the new set takes over. It has to be long enough for all of its
        /// authorities to have that block.
        ///
        /// ## Origin
        ///
        /// Two thirds of the council.
        #[pallet::call_index(7)]
        pub fn resume_finality(
            origin: OriginFor<T>,
            last_final: BlockNumberFor<T>,
            wait: BlockNumberFor<T>,
        ) -> DispatchResult {
            T::SeatOrigin::ensure_origin(origin)?;
            Self::do_resume_finality(last_final, wait)
        }

        /// Withdraws the decision to resume finality, before a session begins that acts upon it.
        ///
        /// Authorities that came back make blocks final again. If others took over now, finality would be split.
        ///
        /// ## Origin
        ///
        /// The council.
        #[pallet::call_index(8)]
        pub fn withdraw_resumption(origin: OriginFor<T>) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            Self::do_withdraw_resumption()
        }

        /// Hands an institution's seat over to another account, which sets the session keys from now on.
        ///
        /// The account has to be a transaction key of an active service of the institution. The session keys stay as they are,
        /// until that account replaces them.
        ///
        /// ## Origin
        ///
        /// An active delegate of the institution who joined at least [`Config::SettlingTime`] ago, or two thirds of the
        /// council.
        #[pallet::call_index(9)]
        pub fn hand_over_account(
            origin: OriginFor<T>,
            institution: InstitutionId,
            account: AccountId32,
        ) -> DispatchResult {
            match T::SeatOrigin::try_origin(origin) {
                Ok(_) => Self::do_hand_over_account(None, institution, account),
                Err(origin) => Self::do_hand_over_own_account(origin, institution, account),
            }
        }

        /// Replaces the session keys of the signer's authority, from the session after next on.
        ///
        /// `proof` shows that the signer has the keys: `author_rotateKeysWithOwner` gives both. The pallet of sessions judges it.
        ///
        /// ## Origin
        ///
        /// The account of a seat.
        #[pallet::call_index(10)]
        pub fn set_keys(origin: OriginFor<T>, keys: <T::Sessions as Sessions>::Keys, proof: Vec<u8>) -> DispatchResult {
            let (account, member) = Self::ensure_member(origin)?;
            Self::do_set_keys(&account, member.member, keys, proof)
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// Proves, in SCALE encoding, that an Aura key is an authority's in the current session.
        pub fn key_ownership_proof(author: SigningKey) -> Option<Vec<u8>> {
            Self::prove_key_owner(author)
        }
    }
}
