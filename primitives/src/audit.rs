// SPDX-License-Identifier: Apache-2.0

//! Audit entries and the hash chain over them (S0-42, S2-04, S2-23).

use crate::{
    access::{Purpose, Scope},
    decision::{Basis, Denial},
    governance::{CallName, Parameter},
    holds::HoldGround,
    receipts::ReceiptsHead,
    shredding::RetentionGround,
    staging::CollectionBasis,
    time::Moment,
    vocabulary::vocabulary,
    ChartId, CompartmentId, Digest, GrantId, InstitutionId, MemberId, RecordId, RecordKey, RequestId, SigningKey,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;

/// The name of a log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogId {
    /// The log of a chart.
    Chart(ChartId),
    /// The log of an institution's members.
    Institution(InstitutionId),
    /// The log of the council's decisions.
    Consortium,
}

/// The author of an action.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// A member, in its own name.
    Member(#[codec(compact)] MemberId),
    /// The council.
    Council,
    /// The chain itself, by its rules.
    Chain,
}

vocabulary! {
    /// The kind of an action.
    Action, "action" {
        /// An institution was admitted (S1-21).
        InstitutionAdmitted = 0, "institution-admitted", "the council admitted an institution";
        /// An institution's profile was changed (S1-22).
        InstitutionUpdated = 1, "institution-updated", "the council changed an institution's profile";
        /// An institution got a new issuing key; earlier vouchers are void.
        IssuingKeyRotated = 2, "issuing-key-rotated",
            "an institution got a new issuing key, which voids earlier vouchers";
        /// An institution was suspended.
        InstitutionSuspended = 3, "institution-suspended", "the council suspended an institution";
        /// An institution was reinstated.
        InstitutionReinstated = 4, "institution-reinstated", "the council reinstated an institution";
        /// An institution was removed.
        InstitutionRemoved = 5, "institution-removed", "the council removed an institution";
        /// A request to join was refused (S0-22).
        JoiningRefused = 6, "joining-refused", "an issuer refused a request to join";
        /// A voucher was redeemed.
        MemberJoined = 7, "member-joined", "a newcomer redeemed a voucher";
        /// A verifier challenged a pending member.
        MemberChallenged = 8, "member-challenged", "a verifier challenged a pending member";
        /// A pending member answered a challenge.
        ChallengeAnswered = 9, "challenge-answered", "a pending member answered a challenge";
        /// A pending member answered the last challenge that was needed.
        MemberActivated = 10, "member-activated", "a pending member answered the last challenge that was needed";
        /// A transaction key was added.
        TransactionKeyAdded = 11, "transaction-key-added", "a member added a transaction key";
        /// A transaction key was removed.
        TransactionKeyRemoved = 12, "transaction-key-removed", "a member removed a transaction key";
        /// A member of staff was suspended.
        MemberSuspended = 13, "member-suspended", "a member of staff was suspended";
        /// A member of staff was reinstated.
        MemberReinstated = 14, "member-reinstated", "a member of staff was reinstated";
        /// A member of staff left for good.
        MemberRevoked = 15, "member-revoked", "a member of staff left for good";
        /// A chart was opened.
        ChartOpened = 16, "chart-opened", "a patient opened a chart";
        /// A compartment was added to a chart.
        CompartmentAdded = 17, "compartment-added", "a chart got a compartment";
        /// A compartment began a new epoch.
        CompartmentRotated = 18, "compartment-rotated", "a compartment began a new epoch";
        /// Envelopes of live grants were renewed after a rotation.
        EnvelopesRenewed = 19, "envelopes-renewed", "envelopes of live grants were renewed after a rotation";
        /// Access was granted (S1-17, S1-18).
        AccessGranted = 20, "access-granted", "the controller granted access";
        /// Access was revoked (S1-19, S1-20).
        AccessRevoked = 21, "access-revoked", "the controller revoked access";
        /// Access was requested (S4-12).
        AccessRequested = 22, "access-requested", "a member asked for access";
        /// A request was approved.
        RequestApproved = 23, "request-approved", "the controller approved a request";
        /// A request was denied (S4-08).
        RequestDenied = 24, "request-denied", "the controller denied a request";
        /// A record was created (S1-15).
        RecordCreated = 25, "record-created", "an author created a record";
        /// A record got a new version (S1-23).
        RecordAmended = 26, "record-amended", "an author added a version to a record";
        /// Records were opened for reading: logged before anything is released.
        ReadPermitted = 27, "read-permitted", "a reader opened records, before anything was released";
        /// Records would have been opened for reading, but it was denied.
        ReadDenied = 28, "read-denied", "a reader asked to open records and was denied";
        /// The same actor was denied more often, within an hour of the entry before; the reason has the count.
        DenialsRepeated = 29, "denials-repeated",
            "the same reader was denied more often within an hour; the reason has the count";
        /// The council set how many verifications a newcomer needs; the reason has the count.
        RequiredVerificationsSet = 30, "required-verifications-set",
            "the council set how many verifications a newcomer needs; the reason has the count";
        /// An institution became an authority: it has a seat.
        AuthorityAdmitted = 31, "authority-admitted", "an institution got a seat";
        /// An institution lost its seat, and is not an authority any more.
        AuthorityRemoved = 32, "authority-removed", "an institution lost its seat";
        /// An authority's seat was suspended.
        AuthoritySuspended = 33, "authority-suspended", "an authority's seat was suspended";
        /// An authority's seat was reinstated.
        AuthorityReinstated = 34, "authority-reinstated", "an authority's seat was reinstated";
        /// An authority authored nothing in a whole session; the reason counts such sessions in a row.
        AuthorityAbsent = 35, "authority-absent",
            "an authority authored nothing in a whole session; the reason counts the sessions in a row";
        /// An authority that had been absent authored again; the reason counts the sessions that it missed.
        AuthorityReturned = 36, "authority-returned",
            "an absent authority authored again; the reason counts the sessions that it missed";
        /// A member proved that an authority authored two blocks for one slot.
        EquivocationReported = 37, "equivocation-reported",
            "a member proved that an authority authored two blocks for one slot";
        /// A delegate took its institution's seat in the council.
        CouncilSeatTaken = 38, "council-seat-taken", "another person took an institution's seat in the council";
        /// The council planned to replace the runtime.
        UpgradePlanned = 39, "upgrade-planned", "the council planned to replace the runtime";
        /// An authority confirmed that its node can execute the planned runtime.
        UpgradeConfirmed = 40, "upgrade-confirmed",
            "an authority confirmed that its node can execute the planned runtime";
        /// Enough authorities had confirmed and the delay had run: the planned runtime may be applied.
        UpgradeAuthorized = 41, "upgrade-authorized",
            "the planned runtime may be applied: enough authorities confirmed, and the delay ran";
        /// The council canceled a planned upgrade.
        UpgradeCanceled = 42, "upgrade-canceled", "the council took back a planned upgrade";
        /// A planned upgrade expired before it was applied.
        UpgradeExpired = 43, "upgrade-expired", "a planned upgrade was not applied in its time";
        /// The runtime was replaced; the subject names the version that runs now.
        RuntimeUpgraded = 44, "runtime-upgraded",
            "the runtime was replaced; the subject names the version that runs now";
        /// The council set how long an upgrade waits; the reason says how long.
        UpgradeDelaySet = 45, "upgrade-delay-set",
            "the council set how long an upgrade waits; the reason says how long";
        /// The council paused a call.
        CallPaused = 46, "call-paused", "the council paused a call";
        /// The council ended the pause of a call.
        CallUnpaused = 47, "call-unpaused", "the council ended the pause of a call";
        /// The council changed a parameter.
        ParameterSet = 48, "parameter-set", "the council changed a parameter";
        /// The council let the authorities of the next session decide on what is final. The reason has the number of
        /// the block upon which they build.
        FinalityResumed = 49, "finality-resumed",
            "the council let the next authorities decide on finality; the reason names the block upon which they build";
        /// The council withdrew that decision before a session acted upon it; the reason has the same number.
        ResumptionWithdrawn = 50, "resumption-withdrawn",
            "the council took back its decision on finality before a session acted upon it";
        /// No session began in time that could act upon that decision; the reason has the same number.
        ResumptionExpired = 51, "resumption-expired", "no session began in time that could act upon that decision";
        /// An authority's seat was handed over to another account.
        AuthorityHandedOver = 52, "authority-handed-over", "an authority's seat was handed over to another account";
        /// An authority replaced its session keys.
        SessionKeysReplaced = 53, "session-keys-replaced", "an authority replaced its session keys";
        /// A newcomer who never became active left, and gave the place back.
        MemberExpired = 54, "member-expired", "a newcomer who never became active left, and gave the place back";
        /// An institution posted the receipts of what its gate gave out under an opening.
        ReceiptsPosted = 55, "receipts-posted",
            "an institution said how much its vault had given out under an opening; the subject has place, count and digest";
        /// A record was withdrawn (S2-17).
        RecordWithdrawn = 56, "record-withdrawn", "a member withdrew a record";
        /// A record's author said that it was entered in error (S2-17).
        RecordEnteredInError = 57, "record-entered-in-error", "an author said that a record was entered in error";
        /// The patient restricted a record.
        RecordRestricted = 58, "record-restricted", "the controller kept a record from everyone else";
        /// The patient lifted a restriction.
        RestrictionLifted = 59, "restriction-lifted", "the controller lifted the restriction of a record";
        /// The controller asked for a correction of a record.
        CorrectionRequested = 60, "correction-requested", "the controller asked for a correction of a record";
        /// A member said that the record was corrected.
        CorrectionMade = 61, "correction-made", "a member answered that a record was corrected";
        /// A member declined to correct the record.
        CorrectionDeclined = 62, "correction-declined", "a member declined to correct a record; the reason is sealed";
        /// The controller attached a statement of disagreement.
        StatementAttached = 63, "statement-attached",
            "the controller attached a statement of disagreement to a record; the subject names it";
        /// A member disclosed under a grant of its own.
        AccessDisclosed = 64, "access-disclosed",
            "a member let another one, or an institution, read under its own grant, which the reason names";
        /// A member declared a use of records.
        UseDeclared = 65, "use-declared", "a member declared that it uses records for something other than reading them";
        /// An institution staged a record; the reason has the basis of collection (S4-06, S4-41).
        RecordStaged = 66, "record-staged", "a member staged a record without consent, on the basis that the reason names";
        /// The controller accepted a staged record; the reason has the hash of the consent (S4-07).
        RecordAccepted = 67, "record-accepted",
            "the controller accepted a staged record; the reason has the hash of text and answers";
        /// The controller refused a staged record, or its author took it back (S4-08).
        RecordRefused = 68, "record-refused", "the controller refused a staged record, or its author took it back";
        /// A staged record was removed that was not accepted in time.
        StagingExpired = 69, "staging-expired", "a staged record was removed that was not accepted in time";
        /// An author keeps a record from the patient for a time; the reason has the ground.
        RecordHeld = 70, "record-held", "an author keeps a record from the patient for a time; the reason names the ground";
        /// The membership of a member of staff was renewed.
        MemberRenewed = 71, "member-renewed", "an issuer renewed the membership of a member of staff";
        /// A member asked that a record be shredded (S2-18).
        ShreddingRequested = 72, "shredding-requested", "a member asked that a record be shredded";
        /// The request was taken back.
        ShreddingCanceled = 73, "shredding-canceled", "a request to shred a record was taken back";
        /// The custodian keeps the record; the reason has the ground.
        ShreddingRefused = 74, "shredding-refused",
            "a request to shred a record was refused: its custodian keeps it, on the ground that the reason names";
        /// The custodian declared that it keeps the record for a time; the reason has the ground.
        RecordRetained = 75, "record-retained",
            "the custodian declared that it keeps a record until a date, on the ground that the reason names";
        /// The custodian gave up its retention.
        RetentionLifted = 76, "retention-lifted", "the custodian declared that it need not keep a record any more";
        /// A record was shredded: the chain names none of its objects any more (S2-29, S4-17).
        RecordShredded = 77, "record-shredded", "a record was shredded; vaults delete its content and keys";
        /// An institution attested which objects of a shredded record its vault does not have; the reason counts them.
        ShreddingAttested = 78, "shredding-attested",
            "an institution attested which of a shredded record's objects its vault does not have; the reason counts them";
    }
}

impl Action {
    /// Whether it is a step to the end of a record, or a word about it. Its reason stays when the record is shredded.
    pub const fn is_of_shredding(self) -> bool {
        matches!(
            self,
            Self::ShreddingRequested
                | Self::ShreddingCanceled
                | Self::ShreddingRefused
                | Self::RecordRetained
                | Self::RetentionLifted
                | Self::RecordShredded
                | Self::ShreddingAttested
        )
    }
}

/// The object of an action.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// An institution.
    Institution(#[codec(compact)] InstitutionId),
    /// A member.
    Member(#[codec(compact)] MemberId),
    /// A transaction key of a member.
    TransactionKey(#[codec(compact)] MemberId, SigningKey),
    /// An applicant who is not a member: a hash of the application.
    Applicant(Digest),
    /// A chart.
    Chart(#[codec(compact)] ChartId),
    /// A compartment at an epoch.
    Compartment(CompartmentId, #[codec(compact)] u32),
    /// A grant.
    Grant(#[codec(compact)] GrantId),
    /// A request.
    Request(#[codec(compact)] RequestId),
    /// A version of a record.
    Record(RecordId, #[codec(compact)] u32),
    /// A compartment or record that a member wanted to read.
    Scope(Scope),
    /// All members: a parameter.
    Consortium,
    /// A runtime, by the BLAKE2b-256 hash of its code, and its version.
    Runtime(Digest, #[codec(compact)] u32),
    /// A call of the runtime.
    Call(CallName),
    /// A parameter, with its new value.
    Parameter(Parameter),
    /// The receipts of an institution for the opening at this place of the same log.
    Receipts(#[codec(compact)] u64, ReceiptsHead),
    /// A record, and the record of the same chart with a statement about it.
    Statement(RecordId, RecordKey),
}

/// The reason for an action.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// SHA-256 of a sealed text.
    Text(Digest),
    /// The rule or grant that permitted it.
    Basis(Basis),
    /// The rule that denied it.
    Denial(Denial),
    /// A count, such as that of repetitions.
    Count(#[codec(compact)] u32),
    /// An authority authored two blocks for one slot, or voted twice for finality.
    Equivocation,
    /// A duration, in milliseconds.
    Duration(#[codec(compact)] Moment),
    /// The basis on which data were collected without consent.
    Collection(CollectionBasis),
    /// The legal reason for a hold.
    Hold(HoldGround),
    /// The legal reason for a retention.
    Retention(RetentionGround),
}

/// An action, before the log gives it a place and a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct AuditEvent {
    /// The author of the action.
    pub actor: Actor,
    /// The member for whom the actor acts, if not in its own name.
    pub on_behalf: Option<MemberId>,
    /// The institution that the actor belongs to.
    pub institution: Option<InstitutionId>,
    /// The kind of the action.
    pub action: Action,
    /// The object of the action.
    pub subject: Subject,
    /// The purpose that the actor stated.
    pub purpose: Option<Purpose>,
    /// The reason for the action.
    pub reason: Option<Reason>,
}

impl AuditEvent {
    /// Returns the event of a member's action in its own name, without purpose or reason.
    pub fn by_member(member: MemberId, institution: Option<InstitutionId>, action: Action, subject: Subject) -> Self {
        Self {
            actor: Actor::Member(member),
            on_behalf: None,
            institution,
            action,
            subject,
            purpose: None,
            reason: None,
        }
    }

    /// Returns the event of a decision of the council.
    pub fn by_council(action: Action, subject: Subject) -> Self {
        Self { actor: Actor::Council, on_behalf: None, institution: None, action, subject, purpose: None, reason: None }
    }

    /// Returns the event of a change that follows from the chain's rules, without an actor.
    pub fn by_chain(action: Action, subject: Subject) -> Self {
        Self { actor: Actor::Chain, on_behalf: None, institution: None, action, subject, purpose: None, reason: None }
    }

    /// Returns the event with this purpose.
    pub fn for_purpose(self, purpose: Purpose) -> Self {
        Self { purpose: Some(purpose), ..self }
    }

    /// Returns the event with this reason, if there is one.
    pub fn because(self, reason: impl Into<Option<Reason>>) -> Self {
        Self { reason: reason.into(), ..self }
    }
}

/// An entry as the chain keeps and hashes it. It omits the place, which follows from its position in the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct StoredEntry {
    /// The time of the block, in Unix milliseconds.
    #[codec(compact)]
    pub at: Moment,
    /// The number of the block.
    #[codec(compact)]
    pub block: u32,
    /// The action.
    pub event: AuditEvent,
}

/// An entry of a log, as clients read it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the log, from zero.
    pub sequence: u64,
    /// The time of the block, in Unix milliseconds.
    pub at: Moment,
    /// The number of the block.
    pub block: u32,
    /// The author of the action.
    pub actor: Actor,
    /// The member for whom the actor acts, if not in its own name.
    pub on_behalf: Option<MemberId>,
    /// The institution that the actor belongs to.
    pub institution: Option<InstitutionId>,
    /// The kind of the action.
    pub action: Action,
    /// The object of the action.
    pub subject: Subject,
    /// The purpose that the actor stated.
    pub purpose: Option<Purpose>,
    /// The reason for the action.
    pub reason: Option<Reason>,
}

impl Entry {
    /// Returns the entry of `event` at its place in a log.
    pub fn new(sequence: u64, at: Moment, block: u32, event: AuditEvent) -> Self {
        let AuditEvent { actor, on_behalf, institution, action, subject, purpose, reason } = event;
        Self { sequence, at, block, actor, on_behalf, institution, action, subject, purpose, reason }
    }

    /// Returns the part of the entry that the chain keeps.
    pub fn stored(&self) -> StoredEntry {
        let Self { at, block, actor, on_behalf, institution, action, subject, purpose, reason, .. } = *self;
        let event = AuditEvent { actor, on_behalf, institution, action, subject, purpose, reason };
        StoredEntry { at, block, event }
    }
}

// The derived forms count a compact number as its fixed size, but its encoding can be longer.
const COMPACT_U32: usize = 5;
const COMPACT_U64: usize = 9;

impl MaxEncodedLen for StoredEntry {
    fn max_encoded_len() -> usize {
        AuditEvent::max_encoded_len().saturating_add(COMPACT_U32).saturating_add(COMPACT_U64)
    }
}

impl MaxEncodedLen for Actor {
    fn max_encoded_len() -> usize {
        COMPACT_U64.saturating_add(1)
    }
}

impl MaxEncodedLen for Subject {
    fn max_encoded_len() -> usize {
        [
            Digest::max_encoded_len().saturating_add(COMPACT_U64),
            RecordId::max_encoded_len().saturating_add(COMPACT_U32),
            Scope::max_encoded_len(),
            CallName::max_encoded_len(),
            Parameter::max_encoded_len(),
            ReceiptsHead::max_encoded_len().saturating_add(COMPACT_U64),
        ]
        .into_iter()
        .fold(0, usize::max)
        .saturating_add(1)
    }
}

/// A log's length and the head of its hash chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct LogHead {
    /// Entries so far.
    pub length: u64,
    /// BLAKE2b-256 over all of them, one after the other.
    pub hash: Digest,
}

impl LogHead {
    /// Returns the head of the empty log `log`, which differs from log to log.
    pub fn empty(log: LogId) -> Self {
        Self { length: 0, hash: Digest((b"salus/audit/1", log).using_encoded(blake2_256)) }
    }

    /// Returns the head after `entry`: `blake2_256("salus/audit/1" || head || SCALE(entry))`. The order in the chain
    /// binds the entry's place.
    pub fn after(&self, entry: &StoredEntry) -> Self {
        let hash = Digest((b"salus/audit/1", self.hash, entry).using_encoded(blake2_256));
        Self { length: self.length.saturating_add(1), hash }
    }
}

/// The reason why a log does not match its head.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFault {
    /// An entry is missing or out of place.
    Sequence {
        /// The place that was expected next.
        expected: u64,
        /// The place that the entry names.
        actual: u64,
    },
    /// The log is shorter or longer than its head says.
    Length {
        /// The number of entries by the head.
        expected: u64,
        /// The number of entries in the log.
        actual: u64,
    },
    /// All entries are there, but at least one differs from the one that the head hashed.
    Hash,
}

impl core::fmt::Display for LogFault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Sequence { expected, actual } => {
                write!(f, "entry {expected} is missing: entry {actual} stands there")
            }
            Self::Length { expected, actual } => write!(f, "the log has {actual} entries, its head says {expected}"),
            Self::Hash => f.write_str("an entry is not what the chained head was made of"),
        }
    }
}

impl core::error::Error for LogFault {}

/// Checks that `entries` are the whole log `log` with the head `head`.
pub fn verify_log<'a>(
    log: LogId,
    entries: impl IntoIterator<Item = &'a Entry>,
    head: &LogHead,
) -> Result<(), LogFault> {
    let mut reached = LogHead::empty(log);
    for entry in entries {
        if entry.sequence != reached.length {
            return Err(LogFault::Sequence { expected: reached.length, actual: entry.sequence });
        }
        reached = reached.after(&entry.stored());
    }
    if reached.length != head.length {
        return Err(LogFault::Length { expected: head.length, actual: reached.length });
    }
    if reached.hash != head.hash {
        return Err(LogFault::Hash);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    const LOG: LogId = LogId::Chart(ChartId(1));

    fn log_of(length: u64) -> (Vec<Entry>, LogHead) {
        let event = AuditEvent::by_member(MemberId(1), None, Action::ChartOpened, Subject::Chart(ChartId(1)));
        let entries: Vec<_> = (0..length).map(|sequence| Entry::new(sequence, 1_000, 1, event)).collect();
        let head = entries.iter().fold(LogHead::empty(LOG), |head, entry| head.after(&entry.stored()));
        (entries, head)
    }

    #[test]
    fn a_stored_entry_is_short_and_never_longer_than_its_bound() {
        let member = MemberId(u64::MAX);
        let largest = AuditEvent {
            on_behalf: Some(member),
            institution: Some(InstitutionId(u32::MAX)),
            purpose: Some(Purpose::Treatment),
            reason: Some(Reason::Text(Digest([255; 32]))),
            ..AuditEvent::by_member(member, None, Action::CallPaused, Subject::Chart(ChartId(u64::MAX)))
        };
        let key = SigningKey([255; 32]);
        let record = RecordId { chart: ChartId(u64::MAX), key: [255; 16].into() };
        for subject in [
            Subject::Call(CallName::new(b"Pallet", b"call").unwrap()),
            Subject::TransactionKey(member, key),
            Subject::Record(record, u32::MAX),
            Subject::Runtime(Digest([255; 32]), u32::MAX),
            Subject::Scope(Scope::Record(record.key)),
            Subject::Receipts(u64::MAX, ReceiptsHead { count: u32::MAX, digest: Digest([255; 32]) }),
            Subject::Statement(RecordId { chart: ChartId(u64::MAX), key: RecordKey([255; 16]) }, RecordKey([255; 16])),
        ] {
            let stored = StoredEntry { at: u64::MAX, block: u32::MAX, event: AuditEvent { subject, ..largest } };
            assert!(stored.encoded_size() <= StoredEntry::max_encoded_len(), "{subject:?}");
        }
        // A grant by one of ten thousand patients, with the hash of a note.
        let grant = AuditEvent::by_member(MemberId(9_999), None, Action::AccessGranted, Subject::Grant(GrantId(63)))
            .for_purpose(Purpose::Treatment)
            .because(Reason::Text(Digest([1; 32])));
        let stored = StoredEntry { at: 1_800_000_000_000, block: 10_000_000, event: grant };
        assert_eq!(stored.encoded_size(), 55);
    }

    #[test]
    fn verify_log_succeeds_for_the_whole_log() {
        let (entries, head) = log_of(3);
        assert_eq!(verify_log(LOG, &entries, &head), Ok(()));
        assert_eq!(verify_log(LOG, [], &LogHead::empty(LOG)), Ok(()));
    }

    #[test]
    fn verify_log_fails_when_an_entry_is_dropped_changed_swapped_or_from_another_log() {
        let (entries, head) = log_of(3);
        assert_eq!(verify_log(LOG, &entries[..2], &head), Err(LogFault::Length { expected: 3, actual: 2 }));
        assert_eq!(verify_log(LOG, &entries[1..], &head), Err(LogFault::Sequence { expected: 0, actual: 1 }));
        let swapped = [entries[1], entries[0], entries[2]];
        assert_eq!(verify_log(LOG, &swapped, &head), Err(LogFault::Sequence { expected: 0, actual: 1 }));
        let mut changed = entries.clone();
        changed[1].at = 1_001;
        assert_eq!(verify_log(LOG, &changed, &head), Err(LogFault::Hash));
        assert_eq!(verify_log(LogId::Consortium, &entries, &head), Err(LogFault::Hash));
    }

    #[test]
    fn every_action_of_shredding_and_no_other_has_a_reason_that_stays() {
        let all: Vec<_> = Action::ALL.into_iter().filter(|action| action.is_of_shredding()).collect();
        let from = Action::ALL.into_iter().skip_while(|action| *action != Action::ShreddingRequested);
        assert_eq!(all, from.take(7).collect::<Vec<_>>());
        assert_eq!(all.last(), Some(&Action::ShreddingAttested));
    }
}
