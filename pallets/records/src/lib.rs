// SPDX-License-Identifier: Apache-2.0

//! # Records
//!
//! Which records exist, every version that they ever had, and the log entry that comes before each read.
//!
//! ## Who may call what
//!
//! | call | who |
//! |---|---|
//! | [`create_medical_record`](Pallet::create_medical_record), [`create_medical_records`](Pallet::create_medical_records) | the chart's controller, or a member with a `Create` grant |
//! | [`amend_record`](Pallet::amend_record) | the author if it is the chart's controller, or a member with an `Amend` grant |
//! | [`withdraw_record`](Pallet::withdraw_record) | the author if it is the chart's controller, or a member with a `Withdraw` grant |
//! | [`mark_entered_in_error`](Pallet::mark_entered_in_error) | the record's author |
//! | [`restrict_record`](Pallet::restrict_record), [`lift_restriction`](Pallet::lift_restriction) | the chart's controller |
//! | [`request_correction`](Pallet::request_correction), [`attach_statement`](Pallet::attach_statement) | the chart's controller |
//! | [`answer_correction`](Pallet::answer_correction) | the record's author, or a member with an `Amend` grant |
//! | [`stage_records`](Pallet::stage_records) | staff whose role may create, without the patient's consent |
//! | [`accept_records`](Pallet::accept_records) | the chart's controller |
//! | [`refuse_records`](Pallet::refuse_records) | the chart's controller; the author; after 30 days any member |
//! | [`hold_record`](Pallet::hold_record) | the record's author, except the chart's controller |
//! | [`declare_use`](Pallet::declare_use) | a member with a `Use` grant for the stated purpose |
//! | [`open_records`](Pallet::open_records) | any member, active or not; the call logs the answer, permitted or denied |
//! | [`post_receipts`](Pallet::post_receipts) | the service of an institution with a vault, once for an opening, after its session |
//!
//! This pallet does not decide access. Every call hands its facts about the record to
//! [`salus_primitives::traits::Decisions`], which the runtime wires. An access that no rule permits is denied
//! (S1-13).
//!
//! ## Stored
//!
//! For each record, the compartment, author, custodian, state and number of versions. For each version:
//!
//! - the SHA-256 of the sealed blob, and of the envelope with its content key;
//! - the compartment's epoch, the padded size and the time;
//! - the hash of the version before (S2-16, S3-09).
//!
//! Calls only ever add versions (S2-15, S4-18). A call that changes the state of a record leaves its versions as they
//! are (S2-17, S4-17); [`RecordState`](salus_primitives::records::RecordState) has the states and the ways between them.
//!
//! A permitted open leaves a session of half an hour. Readers of the state judge it by its time, because an expired
//! session stays until the member's next open removes it.
//!
//! ## Staged records
//!
//! An institution stages records for a patient who has not consented (S4-11). The controller alone
//! reads them, whatever is granted. Accepted, they become active; the entry binds the hash of the text and the
//! answers that the controller was shown. Refused, they lose their version, and vaults delete what it named.
//!
//! ## Which opens have a log entry
//!
//! The first open of a scope for a purpose appends an entry, before a vault releases content. The first open after a
//! session has expired appends another. A repeated open within the session appends none: the reader gets another key
//! of the same session, with the same end. So a reader cannot bury a patient's log under repeated opens. The audit
//! pallet counts repeated denials.
//!
//! ## Receipts
//!
//! A gate keeps a receipt of each release under an opening. When the session is over, the institution's service posts
//! their count and digest. The log keeps both in an entry, and the audit pallet takes note of who posted for as long as
//! the state has the opening.
//!
//! ## Never stored
//!
//! Content, keys, envelopes, titles, types, names, or a hash of readable data. All of them are sealed and kept in
//! vaults.
//!
//! ## Example
//!
//! One of the tests:
#![doc = docify::embed!("src/tests/open_records.rs", open_records_records_every_denial)]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod corrections;
mod facts;
mod holds;
mod queries;
mod reading;
mod receipts;
mod shredding;
mod staging;
mod states;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;
mod types;
mod uses;
mod writing;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
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

pub use pallet::*;
pub use types::KeyedSession;
pub use weights::WeightInfo;

/// Record assets, their versions, and the log entry before each read.
#[frame_support::pallet]
#[allow(clippy::expect_used, reason = "FRAME's macros generate it")]
pub mod pallet {
    use super::*;
    use frame_support::{pallet_prelude::*, traits::Time};
    use frame_system::pallet_prelude::*;
    use salus_primitives::{
        access::{Purpose, Scope},
        corrections::{Correction, CorrectionAnswer},
        decision::{Basis, Denial},
        holds::Hold,
        membership::Standing,
        receipts::{Opening, ReceiptsHead},
        records::{NewRecord, NewVersion, Record, RecordGrantEnvelopes, RecordState, Version, MAX_BATCH, MAX_SESSIONS},
        staging::CollectionBasis,
        traits::{AuditLog, Compartments, Controllers, Decisions, Membership, RecordReaders},
        ChartId, CompartmentId, Digest, InstitutionId, MemberId, Moment, ReadingSessionId, RecordId, RecordKey,
    };
    use sp_runtime::AccountId32;

    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// The types and constants that the runtime supplies.
    #[pallet::config]
    pub trait Config: frame_system::Config<AccountId = AccountId32, RuntimeEvent: From<Event<Self>>> {
        /// The origin of a call that an active member signs.
        type MemberOrigin: EnsureOrigin<Self::RuntimeOrigin, Success = Standing>;

        /// The origin of a call that any member signs. A member who may not act is denied by a decision, so that the
        /// log shows it.
        type ReaderOrigin: EnsureOrigin<Self::RuntimeOrigin, Success = Standing>;

        /// Looks up the institutions that keep records.
        type Membership: Membership<AccountId32>;

        /// Looks up which charts exist.
        type Controllers: Controllers;

        /// Looks up the epochs of compartments.
        type Compartments: Compartments;

        /// Decides who may do what.
        type Decisions: Decisions;

        /// Looks up the readers to whom the key of a record is sealed.
        type Readers: RecordReaders;

        /// Appends the log entries.
        type Audit: AuditLog;

        /// The time of the block, in Unix milliseconds.
        type Time: Time<Moment = Moment>;

        /// The most versions of one record.
        #[pallet::constant]
        type MaxVersions: Get<u32>;

        /// The most bytes of a sealed, padded blob.
        #[pallet::constant]
        type MaxRecordSize: Get<u64>;

        /// Weights of the calls.
        type WeightInfo: WeightInfo;

        /// Makes members, charts and grants for benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: salus_primitives::traits::MemberHelper<AccountId32>
            + salus_primitives::traits::ChartHelper<AccountId32>
            + salus_primitives::traits::GrantHelper
            + salus_primitives::traits::TimeHelper;
    }

    /// The records of each chart.
    ///
    /// The chain counts charts, so their key needs no protection against crafted collisions. Authors choose record
    /// keys, so those do.
    #[pallet::storage]
    pub type Records<T: Config> =
        StorageDoubleMap<_, Twox64Concat, ChartId, Blake2_128Concat, RecordKey, Record, OptionQuery>;

    /// The versions of each record, by number.
    ///
    /// The hashers are as in [`Records`]. The chain counts versions.
    #[pallet::storage]
    pub type Versions<T: Config> = StorageNMap<
        _,
        (NMapKey<Twox64Concat, ChartId>, NMapKey<Blake2_128Concat, RecordKey>, NMapKey<Twox64Concat, u32>),
        Version,
        OptionQuery,
    >;

    /// The sessions of each reader. Expired ones stay until the reader's next open removes them.
    ///
    /// The chain counts members, so `Twox64Concat` is safe.
    #[pallet::storage]
    pub type Sessions<T: Config> =
        StorageMap<_, Twox64Concat, MemberId, BoundedVec<KeyedSession, ConstU32<MAX_SESSIONS>>, ValueQuery>;

    /// The newest correction of each record that the chart's controller contested.
    ///
    /// The hashers are as in [`Records`].
    #[pallet::storage]
    pub type Corrections<T: Config> =
        StorageDoubleMap<_, Twox64Concat, ChartId, Blake2_128Concat, RecordKey, Correction, OptionQuery>;

    /// How many records of each institution wait for acceptance in a chart: at most
    /// [`MAX_STAGED`](salus_primitives::staging::MAX_STAGED). None of them, and there is no entry.
    ///
    /// The chain counts charts and institutions, so `Twox64Concat` is safe.
    #[pallet::storage]
    pub type StagedCount<T: Config> =
        StorageDoubleMap<_, Twox64Concat, ChartId, Twox64Concat, InstitutionId, u32, ValueQuery>;

    /// The changes to records, and the answers to opens.
    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A record was created.
        RecordCreated {
            /// The record.
            record: RecordId,
            /// The compartment that it belongs to.
            compartment: CompartmentId,
            /// Who created it.
            author: MemberId,
            /// The institution that keeps its sealed bytes.
            custodian: InstitutionId,
            /// SHA-256 of the first version's sealed blob.
            content: Digest,
        },
        /// A record was staged: it waits for the controller's acceptance.
        RecordStaged {
            /// The record.
            record: RecordId,
            /// The compartment that it belongs to.
            compartment: CompartmentId,
            /// Who staged it.
            author: MemberId,
            /// The institution that keeps its sealed bytes.
            custodian: InstitutionId,
            /// SHA-256 of its sealed blob.
            content: Digest,
            /// The basis on which the data were collected.
            basis: CollectionBasis,
        },
        /// A record's author keeps it from the patient for a time.
        RecordHeld {
            /// The record.
            record: RecordId,
            /// The author.
            by: MemberId,
            /// The ground and the end.
            hold: Hold,
        },
        /// A record got a new version.
        RecordAmended {
            /// The record.
            record: RecordId,
            /// The number of the version.
            version: u32,
            /// Who added it.
            author: MemberId,
            /// SHA-256 of the version's sealed blob.
            content: Digest,
        },
        /// A record came into another state.
        RecordStateChanged {
            /// The record.
            record: RecordId,
            /// The state before.
            from: RecordState,
            /// The state since.
            to: RecordState,
            /// Who changed it.
            by: MemberId,
        },
        /// The chart's controller asked for a correction of a record.
        CorrectionRequested {
            /// The record.
            record: RecordId,
            /// Who asked.
            by: MemberId,
        },
        /// The controller got an answer about a correction.
        CorrectionAnswered {
            /// The record.
            record: RecordId,
            /// The answer.
            answer: CorrectionAnswer,
            /// Who answered.
            by: MemberId,
        },
        /// The chart's controller attached a statement of disagreement to a record.
        StatementAttached {
            /// The record.
            record: RecordId,
            /// The record of the same chart with the statement.
            statement: RecordKey,
        },
        /// Records were opened for reading. Vaults release nothing before this is final.
        RecordsOpened {
            /// The chart.
            chart: ChartId,
            /// The member who opened.
            reader: MemberId,
            /// The session that begins.
            session: ReadingSessionId,
            /// The compartment or record that the reader opened.
            scope: Scope,
            /// The purpose that the reader stated.
            purpose: Purpose,
            /// The rule or grant that permitted it.
            basis: Basis,
            /// The Unix time in milliseconds at which the session expires.
            expires_at: Moment,
        },
        /// A member declared that it uses records for something other than reading them.
        UseDeclared {
            /// The chart.
            chart: ChartId,
            /// The member.
            user: MemberId,
            /// The compartment or record that it uses.
            scope: Scope,
            /// The purpose that it stated.
            purpose: Purpose,
            /// The rule or grant that permitted it.
            basis: Basis,
        },
        /// A member wanted to open records and was denied.
        OpenDenied {
            /// The chart.
            chart: ChartId,
            /// The member.
            reader: MemberId,
            /// The compartment or record that the member wanted to open.
            scope: Scope,
            /// The purpose that the member stated.
            purpose: Purpose,
            /// The reason for the denial.
            denial: Denial,
        },
        /// An institution posted the receipts of what its gate gave out under an opening.
        ReceiptsPosted {
            /// The chart.
            chart: ChartId,
            /// The place of the opening in the chart's log.
            opening: u64,
            /// The institution.
            institution: InstitutionId,
            /// Their number, and the hash over all of them.
            receipts: ReceiptsHead,
        },
    }

    /// The reason why a call fails. A failed call changes nothing.
    #[pallet::error]
    pub enum Error<T> {
        /// The custodian is unknown, suspended or removed. Name an active one.
        InstitutionNotActive,
        /// There is no such chart, compartment or record. Check the ids.
        NotFound,
        /// No rule and no grant permits it. `explain_access` says what is missing; request access from the patient.
        NotPermitted,
        /// The member did not create the record. Its author may say that it was entered in error.
        NotAuthor,
        /// The member does not control the chart. The patient restricts records, lifts restrictions, and asks for
        /// corrections.
        NotController,
        /// The state of the record does not allow it. Read the record's state.
        WrongState,
        /// The member controls the chart. The patient creates records, and has no one to hold them from.
        IsController,
        /// The controller created the record. Amend it, or withdraw it.
        IsAuthor,
        /// As many records of the institution wait in this chart as may. Wait for the patient, or remove those whose time
        /// ran out.
        TooManyStaged,
        /// The time to accept the record ran out. Its author may stage it again.
        StagingOver,
        /// One consent covers a sensitive compartment and another one. A sensitive compartment needs a consent of its own.
        SensitiveTogether,
        /// The record was held before. A hold ends when it was said to end.
        AlreadyHeld,
        /// The hold is over already, or lasts longer than 30 days. Choose another end.
        InvalidHold,
        /// A correction of the record is open. Wait for the answer.
        CorrectionOpen,
        /// No correction of the record is open, or none was ever asked for. Read the record's corrections.
        NoCorrection,
        /// The record is as it was when the controller asked. Amend it, withdraw it or mark it as entered in error, and
        /// answer then.
        NotCorrected,
        /// Who declines says why. Give a sealed reason.
        NoReason,
        /// The correction was made, or its answer is not overdue. Disagree with an author who declines or is silent.
        NotDeclined,
        /// The statement is not an active record of the controller's own in the contested record's compartment. Create
        /// it there first.
        NoStatement,
        /// The record has a statement. Amend the statement's record.
        StatementAttached,
        /// The custodian is another institution than the author's own. Staff have their own institution keep records.
        NotOwnInstitution,
        /// The record key is in use in this chart, or twice in the batch. If this is a retry, the first call has
        /// succeeded: read the record.
        AlreadyExists,
        /// The batch holds no record.
        EmptyBatch,
        /// The content key is sealed to an epoch that is not the compartment's current one. Seal it again.
        StaleEpoch,
        /// The sealed blob is empty or larger than the chain allows.
        InvalidSize,
        /// A hash is all zero, so it is not the hash of any sealed object.
        InvalidDigest,
        /// The version does not have the next number: another member amended the record meanwhile. Read it, then amend again.
        VersionConflict,
        /// The record has as many versions as the chain allows. Create a new record.
        TooManyVersions,
        /// The newest version has this content already.
        Unchanged,
        /// The envelopes are not exactly those of the record's readers. Ask for its readers, then seal to each.
        InvalidEnvelopes,
        /// The reader has an unexpired session with this key. Use it, or choose a new key.
        SessionExists,
        /// The reader has as many running sessions as it may have. Use one of them, or wait until one expires.
        TooManySessions,
        /// The member does not have the role service. The service of the institution whose gate released posts.
        NotService,
        /// The institution has no vault address, so no reader comes to a gate of it. The council enters the address.
        NoVault,
        /// No permitted opening stands at this place of the chart's log, or it has left the state. Check the place.
        NoOpening,
        /// The session of the opening is not over, so the gate may give more out. Post when it is.
        SessionRunning,
        /// The institution has posted its receipts for this opening. They stay as they are.
        AlreadyPosted,
        /// As many institutions as may have posted receipts for this opening.
        TooManyPosters,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(T::MaxVersions::get() > 0, "a record needs at least one version");
            assert!(T::MaxRecordSize::get() > 0, "a sealed blob needs at least one byte");
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call(weight = <T as Config>::WeightInfo)]
    impl<T: Config> Pallet<T> {
        /// Creates a record with its first version (S1-15, S3-07).
        ///
        /// ## Origin
        ///
        /// Signed by an active member that may create in the record's compartment. Staff name their own institution as
        /// custodian, patients any active one. The chart refuses the same record key again, so a retry cannot create
        /// twice.
        #[pallet::call_index(0)]
        pub fn create_medical_record(
            origin: OriginFor<T>,
            chart: ChartId,
            custodian: InstitutionId,
            record: NewRecord,
        ) -> DispatchResult {
            let author = T::MemberOrigin::ensure_origin(origin)?;
            Self::do_create(&author, chart, custodian, core::slice::from_ref(&record))
        }

        /// Creates several records of one chart: all of them or none.
        ///
        /// ## Origin
        ///
        /// As for [`create_medical_record`](Self::create_medical_record), in each record's compartment.
        #[pallet::call_index(1)]
        #[pallet::weight(<T as Config>::WeightInfo::create_medical_records(
            writing::distinct_compartments(records),
            records.len() as u32,
        ))]
        pub fn create_medical_records(
            origin: OriginFor<T>,
            chart: ChartId,
            custodian: InstitutionId,
            records: BoundedVec<NewRecord, ConstU32<MAX_BATCH>>,
        ) -> DispatchResult {
            let author = T::MemberOrigin::ensure_origin(origin)?;
            ensure!(!records.is_empty(), Error::<T>::EmptyBatch);
            Self::do_create(&author, chart, custodian, &records)
        }

        /// Adds a version to a record (S1-06, S1-23); earlier versions stay as they are.
        ///
        /// ## Origin
        ///
        /// Signed by an active member that may amend the record. `number` is the next version, so of two members that
        /// amend at once one is refused. `grant_envelopes` has one envelope for each reader of this record alone, in
        /// any order. A reader is a live grant that permits reading, and whose grantee has the standing to read.
        #[pallet::call_index(2)]
        pub fn amend_record(
            origin: OriginFor<T>,
            record: RecordId,
            number: u32,
            version: NewVersion,
            grant_envelopes: RecordGrantEnvelopes,
        ) -> DispatchResult {
            let author = T::MemberOrigin::ensure_origin(origin)?;
            Self::do_amend(&author, record, number, version, grant_envelopes)
        }

        /// Opens a compartment or a record for reading, and logs it before any content is released (S2-03, S2-04,
        /// S4-31).
        ///
        /// ## Origin
        ///
        /// Signed by any member, active or not. A denied call succeeds too, so that the denial is logged. It gives no
        /// session: look for the event `RecordsOpened`.
        ///
        /// The reader chooses `session` at random; it names the session to the release gate. While the reader has a
        /// running session for the same chart, scope and purpose, another open adds a key to it and no log entry.
        #[pallet::call_index(3)]
        #[pallet::weight(
            <T as Config>::WeightInfo::open_records_permitted().max(<T as Config>::WeightInfo::open_records_denied())
        )]
        pub fn open_records(
            origin: OriginFor<T>,
            chart: ChartId,
            scope: Scope,
            purpose: Purpose,
            session: ReadingSessionId,
        ) -> DispatchResult {
            let reader = T::ReaderOrigin::ensure_origin(origin)?;
            Self::do_open(&reader, chart, scope, purpose, session)
        }

        /// Posts count and digest of the receipts for what an institution's gate gave out under an opening.
        ///
        /// ## Origin
        ///
        /// Signed by an active member with the role service, of an institution with a vault address. `opening` is the
        /// place of the permitted open in the chart's log. The call succeeds from the end of its session on, once for
        /// each institution, as long as the state has the opening's entry.
        ///
        /// The chain cannot see releases. It takes what the institution says, and shows it to the patient.
        #[pallet::call_index(4)]
        pub fn post_receipts(
            origin: OriginFor<T>,
            chart: ChartId,
            opening: u64,
            receipts: ReceiptsHead,
        ) -> DispatchResult {
            let service = T::MemberOrigin::ensure_origin(origin)?;
            Self::do_post_receipts(&service, Opening { chart, entry: opening }, receipts)
        }

        /// Withdraws a record for good: the chart's controller alone may read it from now on (S2-17, S4-22).
        ///
        /// ## Origin
        ///
        /// Signed by an active member that may withdraw the record: by a grant with `Withdraw`, or as its author if it
        /// is the chart's controller. The record is active or restricted.
        ///
        /// `reason` is the SHA-256 of the vault object with the sealed reason.
        #[pallet::call_index(5)]
        pub fn withdraw_record(origin: OriginFor<T>, record: RecordId, reason: Option<Digest>) -> DispatchResult {
            let member = T::MemberOrigin::ensure_origin(origin)?;
            Self::do_withdraw(&member, record, reason)
        }

        /// Says that a record should never have been in the chart: the chart's controller alone may read it from now on.
        ///
        /// ## Origin
        ///
        /// Signed by the record's author, an active member. The record is in any other state.
        ///
        /// `reason` is the SHA-256 of the vault object with the sealed reason.
        #[pallet::call_index(6)]
        pub fn mark_entered_in_error(origin: OriginFor<T>, record: RecordId, reason: Option<Digest>) -> DispatchResult {
            let author = T::MemberOrigin::ensure_origin(origin)?;
            Self::do_mark_entered_in_error(&author, record, reason)
        }

        /// Restricts a record: the chart's controller alone may read it, until the controller lifts the restriction.
        ///
        /// ## Origin
        ///
        /// Signed by the chart's controller, an active member. The record is active.
        ///
        /// `reason` is the SHA-256 of the vault object with the sealed reason.
        #[pallet::call_index(7)]
        pub fn restrict_record(origin: OriginFor<T>, record: RecordId, reason: Option<Digest>) -> DispatchResult {
            let controller = T::MemberOrigin::ensure_origin(origin)?;
            Self::do_restrict(&controller, record, reason)
        }

        /// Lifts the restriction of a record, which is active again. Grants act on it as before.
        ///
        /// ## Origin
        ///
        /// Signed by the chart's controller, an active member. The record is restricted.
        ///
        /// `reason` is the SHA-256 of the vault object with the sealed reason.
        #[pallet::call_index(8)]
        pub fn lift_restriction(origin: OriginFor<T>, record: RecordId, reason: Option<Digest>) -> DispatchResult {
            let controller = T::MemberOrigin::ensure_origin(origin)?;
            Self::do_lift_restriction(&controller, record, reason)
        }

        /// Asks for a correction of a record. An answer is due within [`ANSWER_TIME`](salus_primitives::corrections::ANSWER_TIME)
        /// (GDPR Art. 16).
        ///
        /// ## Origin
        ///
        /// Signed by the chart's controller, an active member that did not create the record. The record is active or
        /// restricted, and no correction of it is open.
        ///
        /// `reason` is the SHA-256 of the vault object with the sealed request.
        #[pallet::call_index(9)]
        pub fn request_correction(origin: OriginFor<T>, record: RecordId, reason: Digest) -> DispatchResult {
            let controller = T::MemberOrigin::ensure_origin(origin)?;
            Self::do_request_correction(&controller, record, reason)
        }

        /// Answers the open correction of a record: it was corrected, or stays as it is.
        ///
        /// ## Origin
        ///
        /// Signed by the record's author, or by another active member that may amend it. `Corrected` succeeds when the record
        /// has a newer version than the controller contested, or is withdrawn or entered in error. `Declined` takes a
        /// reason.
        ///
        /// `reason` is the SHA-256 of the vault object with the sealed reason.
        #[pallet::call_index(10)]
        pub fn answer_correction(
            origin: OriginFor<T>,
            record: RecordId,
            answer: CorrectionAnswer,
            reason: Option<Digest>,
        ) -> DispatchResult {
            let member = T::MemberOrigin::ensure_origin(origin)?;
            Self::do_answer_correction(&member, record, answer, reason)
        }

        /// Attaches a statement of disagreement to a record, for all who read it (45 CFR 164.526(d)).
        ///
        /// ## Origin
        ///
        /// Signed by the chart's controller, an active member, whose correction was declined or is overdue. `statement`
        /// is an active record of the controller's own, in the same chart and compartment. It stays attached: another one
        /// is taken only when this one was withdrawn or entered in error.
        #[pallet::call_index(11)]
        pub fn attach_statement(origin: OriginFor<T>, record: RecordId, statement: RecordKey) -> DispatchResult {
            let controller = T::MemberOrigin::ensure_origin(origin)?;
            Self::do_attach_statement(&controller, record, statement)
        }

        /// Declares that the signer uses records for something other than reading them, such as statistics (S4-22).
        ///
        /// ## Origin
        ///
        /// Signed by an active member with a grant over `scope` to use it for `purpose`. The chain cannot see uses: it logs what
        /// the member says. Another use of the same records is declared again.
        #[pallet::call_index(12)]
        pub fn declare_use(origin: OriginFor<T>, chart: ChartId, scope: Scope, purpose: Purpose) -> DispatchResult {
            let user = T::MemberOrigin::ensure_origin(origin)?;
            Self::do_declare_use(&user, chart, scope, purpose)
        }

        /// Stages records of one chart without consent: all of them or none (S4-11).
        ///
        /// ## Origin
        ///
        /// Signed by an active member of an institution whose role may create records. `custodian` is that institution.
        /// At most [`MAX_STAGED`](salus_primitives::staging::MAX_STAGED) of its records wait in a chart. No one but the chart's controller
        /// may read them, and the controller accepts them within [`STAGING_TIME`](salus_primitives::staging::STAGING_TIME).
        #[pallet::call_index(13)]
        #[pallet::weight(<T as Config>::WeightInfo::stage_records(
            writing::distinct_compartments(records),
            records.len() as u32,
        ))]
        pub fn stage_records(
            origin: OriginFor<T>,
            chart: ChartId,
            custodian: InstitutionId,
            basis: CollectionBasis,
            records: BoundedVec<NewRecord, ConstU32<MAX_BATCH>>,
        ) -> DispatchResult {
            let author = T::MemberOrigin::ensure_origin(origin)?;
            ensure!(!records.is_empty(), Error::<T>::EmptyBatch);
            Self::do_stage(&author, chart, custodian, basis, &records)
        }

        /// Accepts staged records, which become active: all of them or none (S4-06, S4-07).
        ///
        /// ## Origin
        ///
        /// Signed by the chart's controller, an active member. `consent` is the SHA-256 of the vault object with the text that the
        /// controller was shown and the answers, sealed. Records of a sensitive compartment are accepted with no others (S4-09).
        #[pallet::call_index(14)]
        #[pallet::weight(<T as Config>::WeightInfo::accept_records(keys.len() as u32))]
        pub fn accept_records(
            origin: OriginFor<T>,
            chart: ChartId,
            keys: BoundedVec<RecordKey, ConstU32<MAX_BATCH>>,
            consent: Digest,
        ) -> DispatchResult {
            let controller = T::MemberOrigin::ensure_origin(origin)?;
            Self::do_accept(&controller, chart, &keys, consent)
        }

        /// Refuses staged records, which never become a part of the chart: all of them or none (S4-08).
        ///
        /// ## Origin
        ///
        /// Signed by the chart's controller, or by the author of all of them, who takes them back. Any active member may
        /// remove those whose time ran out.
        ///
        /// `reason` is the SHA-256 of the vault object with the sealed reason.
        #[pallet::call_index(15)]
        #[pallet::weight(<T as Config>::WeightInfo::refuse_records(keys.len() as u32))]
        pub fn refuse_records(
            origin: OriginFor<T>,
            chart: ChartId,
            keys: BoundedVec<RecordKey, ConstU32<MAX_BATCH>>,
            reason: Option<Digest>,
        ) -> DispatchResult {
            let member = T::MemberOrigin::ensure_origin(origin)?;
            Self::do_refuse(&member, chart, &keys, reason)
        }

        /// Keeps a record from the patient until the hold's end, for a legal reason. Others read it as before.
        ///
        /// ## Origin
        ///
        /// Signed by the record's author, an active member that does not control the chart. The record is staged, active or
        /// restricted, and was never held. The hold ends within [`MAX_HOLD`](salus_primitives::holds::MAX_HOLD).
        #[pallet::call_index(16)]
        pub fn hold_record(origin: OriginFor<T>, record: RecordId, hold: Hold) -> DispatchResult {
            let author = T::MemberOrigin::ensure_origin(origin)?;
            Self::do_hold(&author, record, hold)
        }
    }
}
