// SPDX-License-Identifier: Apache-2.0

//! Errors while a member works.

use super::{applications::ApplicationFault, obstacle::Obstacle};
use crate::services::ServiceError;
use salus_chain::{NoticesError, OutcomeError, QueryError, SubmitError};
use salus_gate::protocol::GateRefusal;
use salus_primitives::{
    access::Grantee, audit::LogFault, decision::Denial, membership::Role, records::RecordState, shredding::Retention,
    ChartId, CompartmentId, Digest, GrantId, InstitutionId, MemberId, Moment, RecordId, RequestId, SigningKey,
};
use salus_sealing::{
    blob::{OpenError, SealError},
    envelope::EnvelopeError,
    keys::address,
};
use std::path::PathBuf;
use thiserror::Error;

/// Why a member's act came to nothing.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AgentError {
    /// The chain said no, or could not be reached.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The chain could not be asked.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The chain answered otherwise than expected.
    #[error(transparent)]
    Outcome(#[from] OutcomeError),
    /// The chain denied an opening, and logged it.
    #[error(transparent)]
    AccessDenied(#[from] AccessDenied),
    /// A release gate said no.
    #[error("refused by the release gate: {0}")]
    Gate(#[from] GateRefusal),
    /// A vault service cannot be used.
    #[error(transparent)]
    Service(ServiceError),
    /// An envelope cannot be sealed or opened.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// Content cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A blob cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A log is not what its head was made of.
    #[error("the log is not whole: {0}")]
    Log(#[from] LogFault),
    /// The account belongs to no member.
    #[error("refused: the account `{0}` belongs to no member")]
    NotMember(SigningKey),
    /// There is no such member.
    #[error("there is no member `{0}`")]
    NoMember(MemberId),
    /// There is no such institution.
    #[error("there is no institution `{0}`")]
    NoInstitution(InstitutionId),
    /// The institution is suspended or removed.
    #[error("institution `{0}` is not active")]
    InstitutionNotActive(InstitutionId),
    /// The grantee, or its institution, is suspended, dismissed or not verified yet.
    #[error("{} is not active, so nothing can be granted to it", grantee_in_words(.0))]
    GranteeNotActive(Grantee),
    /// There is no such chart.
    #[error("there is no chart `{0}`")]
    NoChart(ChartId),
    /// Only the chart's controller can do this.
    #[error("refused: only the patient of chart `{0}` can do this")]
    NotController(ChartId),
    /// There is no such compartment, or this member does not know its name.
    #[error("no compartment `{0}` is known in this chart")]
    NoCompartment(String),
    /// The bundle needs compartments that the member does not know in the chart.
    #[error(
        "the bundle belongs in compartments that you may not write: `{}`",
        .0.join("`, `")
    )]
    MissingCompartments(Vec<String>),
    /// The Patient record of the chart is another person.
    #[error("refused: the import is about another patient than the Patient record of chart `{0}`")]
    OtherPatient(ChartId),
    /// The chart has records, and none that this member may read tells the patient.
    #[error("refused: no record of chart `{0}` that you may read tells whether the import is about the same patient")]
    PatientUnknown(ChartId),
    /// A record stands in a block that did not become final in time.
    #[error("record `{0}` is not final yet; retry, and the import goes on")]
    NotFinal(RecordId),
    /// The memory of an import cannot be kept.
    #[error("what is remembered of imports cannot be kept: {0}")]
    Memory(std::io::Error),
    /// The memory of a shredded record cannot be forgotten.
    #[error("what is remembered of a shredded record cannot be forgotten: {0}")]
    NotForgotten(std::io::Error),
    /// Another import of the same member added some of the records in the meantime.
    #[error("another import of yours has added some of these records meanwhile; retry, and the import goes on")]
    ImportedMeanwhile,
    /// A chart has no room for more compartments.
    #[error("a chart has at most 16 compartments")]
    TooManyCompartments,
    /// The member may not have the compartment's secret.
    #[error("refused: you hold no key of compartment `{0}`")]
    NoSecret(CompartmentId),
    /// The member's key of a compartment is of an earlier epoch.
    #[error("your key of compartment `{0}` is outdated: the patient has not renewed it since the last rotation")]
    OutdatedKey(CompartmentId),
    /// The key was granted to the member's institution, whose own service opens it.
    #[error("refused: the grant is to institution `{0}`, and its vault service opens nothing that is sealed to it")]
    SealedToInstitution(InstitutionId),
    /// There is no such grant.
    #[error("there is no grant `{0}` in this chart")]
    NoGrant(GrantId),
    /// There is no such request.
    #[error("there is no request `{0}` for this chart")]
    NoRequest(RequestId),
    /// No session runs in which the record could be read, and no purpose is named for a new one.
    #[error("no session runs for record `{0}`")]
    NoSession(RecordId),
    /// There is no such record.
    #[error("there is no record `{0}`")]
    NoRecord(RecordId),
    /// A correction of the record is open already.
    #[error("refused: a correction of record `{0}` is open; wait for the answer")]
    CorrectionOpen(RecordId),
    /// No correction of the record is open.
    #[error("refused: no correction of record `{0}` is open")]
    NoCorrection(RecordId),
    /// The patient asked for no correction, got it, or has to wait for the answer.
    #[error("refused: no correction of record `{0}` was declined, and none is overdue")]
    NothingToDisagreeWith(RecordId),
    /// The record has a statement of disagreement.
    #[error("refused: the statement `{statement}` is attached to record `{record}`")]
    StatementAttached {
        /// The record.
        record: RecordId,
        /// The record with the statement.
        statement: RecordId,
    },
    /// The record was refused, so it has no content.
    #[error("refused: record `{0}` never became part of the chart, and nothing of it is left")]
    NothingLeft(RecordId),
    /// The record was shredded, so it has no content.
    #[error("refused: record `{0}` was shredded, and nothing of it is left")]
    Shredded(RecordId),
    /// The record was not shredded, so there is nothing to certify.
    #[error("record `{0}` is not shredded")]
    NotShredded(RecordId),
    /// A request to shred the record waits already.
    #[error("refused: a request to shred record `{0}` waits for its custodian already")]
    ShreddingRequested(RecordId),
    /// No request to shred the record waits.
    #[error("refused: no request to shred record `{0}` waits")]
    NoShreddingRequest(RecordId),
    /// The chain refused the request, because the custodian keeps the record. The log has it.
    #[error("refused: {} (the log shows that you asked)", kept(.record, .retention))]
    ShreddingRefused {
        /// The record.
        record: RecordId,
        /// The retention.
        retention: Retention,
    },
    /// The custodian keeps the record.
    #[error("refused: {}", kept(.record, .retention))]
    Retained {
        /// The record.
        record: RecordId,
        /// The retention.
        retention: Retention,
    },
    /// The custodian declared no retention of the record.
    #[error("refused: the custodian of record `{0}` has declared no retention")]
    NotRetained(RecordId),
    /// A retention is over when it begins, or too long.
    #[error("a retention ends in the future, within 30 years")]
    RetentionTime,
    /// Only an auditor of the record's custodian can do this.
    #[error("refused: only an auditor of institution `{custodian}`, which keeps record `{record}`, can do this")]
    NotCustodian {
        /// The record.
        record: RecordId,
        /// The institution that keeps it.
        custodian: InstitutionId,
    },
    /// Only the patient, or an auditor of the record's custodian, can do this.
    #[error(
        "refused: only the patient, or an auditor of institution `{custodian}`, which keeps record `{record}`, can do this"
    )]
    MayNotShred {
        /// The record.
        record: RecordId,
        /// The institution that keeps it.
        custodian: InstitutionId,
    },
    /// The custodian has time to answer.
    #[error("refused: institution `{custodian}`, which keeps record `{record}`, has time to answer until {}", time(*.due_at))]
    ReviewRuns {
        /// The record.
        record: RecordId,
        /// The institution that keeps it.
        custodian: InstitutionId,
        /// The end of that time, in Unix milliseconds.
        due_at: Moment,
    },
    /// Nothing was given that could be staged.
    #[error("there is nothing to stage")]
    NothingToStage,
    /// The record does not wait for acceptance.
    #[error("refused: record `{0}` does not wait for you to accept it")]
    NotWaiting(RecordId),
    /// The time to accept the record ran out.
    #[error("refused: the time to accept record `{0}` ran out")]
    StagingOver(RecordId),
    /// A grant in a sensitive compartment lacks a consent of its own.
    #[error("refused: compartment `{0}` is sensitive, so a grant in it needs a consent of its own: say why, in words")]
    NoConsent(CompartmentId),
    /// No way leads from the record's state to the next.
    #[error("record `{record}` is {}, and cannot become {}", .state.word(), .next.word())]
    NoWayToState {
        /// The record.
        record: RecordId,
        /// Its state.
        state: RecordState,
        /// The state that it was to have.
        next: RecordState,
    },
    /// The record has no such version.
    #[error("record `{record}` has no version `{version}`")]
    NoVersion {
        /// The record.
        record: RecordId,
        /// The version that was asked for.
        version: u32,
        /// The newest there is.
        newest: u32,
    },
    /// A gate gave out something else than the chain names.
    #[error("a gate answered falsely: its {0} is not the one that the chain names")]
    FalseAnswer(&'static str),
    /// A record has more live grants of its own than a version can carry.
    #[error("the record has more than 8 grants of its own")]
    TooManyRecordGrants,
    /// A note is too long.
    #[error("the text is too long")]
    NoteTooLong,
    /// A text holds what its readers could not trust.
    #[error(
        "the {what} has the character `U+{:04X}`, which its readers could not see or trust",
        u32::from(*.character)
    )]
    Unfit {
        /// Which text.
        what: &'static str,
        /// The character.
        character: char,
    },
    /// A file cannot be read.
    #[error("`{path}` cannot be read: {cause}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A file cannot be written.
    #[error("`{path}` cannot be written: {cause}")]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The identity is not the institution's.
    #[error("this identity's membership key is not the issuing key of institution `{0}`")]
    NotTheIssuingKey(InstitutionId),
    /// The institution may not admit such a role.
    #[error("an institution of this kind may not admit the role `{}`", .0.word())]
    RoleNotAdmissible(Role),
    /// A voucher lives too long or not at all.
    #[error("a voucher can be redeemed for 30 days at most")]
    VoucherLife,
    /// The voucher is for another chain.
    #[error("the voucher is for another chain")]
    ForeignVoucher,
    /// The voucher's file was altered.
    #[error("the voucher was altered")]
    BrokenVoucher,
    /// An application cannot be made, read or accepted.
    #[error(transparent)]
    Application(#[from] ApplicationFault),
    /// The challenger is not an active verifier of the institution that the challenge names.
    #[error("member `{0}`, who challenges, is not an active verifier")]
    UntrustedVerifier(MemberId),
    /// The node does not know the block of a challenge.
    #[error("the node does not know block `{0}`, in which the challenge stands")]
    ChallengeBlock(u32),
    /// There is no such motion.
    #[error("the council has no motion `{0}`")]
    NoMotion(Digest),
    /// The proposal cannot be decided now.
    #[error("refused: {0}")]
    Obstacle(#[from] Obstacle),
    /// The council agreed, but the call failed.
    #[error("refused: the council agreed, but what it decided could not be carried out: {}", .0.trim_start_matches("refused: "))]
    MotionFailed(String),
    /// The motion is of a kind that this client cannot propose.
    #[error("this client cannot propose such a call")]
    NotProposable,
    /// The account is not an authority's.
    #[error(
        "refused: the account `{}` has no seat, so its node cannot be an authority",
        address(.0)
    )]
    NoSeatOf(SigningKey),
    /// The member belongs to no institution with a seat.
    #[error("refused: member `{0}` belongs to no institution with a seat")]
    NotOfAuthority(MemberId),
    /// The node is behind.
    #[error("the node has not caught up with its network yet")]
    NotCaughtUp,
    /// The node makes no session keys.
    #[error("the node does not answer methods that change it")]
    SafeMethodsOnly,
    /// The evidence cannot be proved.
    #[error("the key `{0}` was not an authority's at the block before")]
    NoOwner(SigningKey),
    /// The checked-in metadata lacks a call.
    #[error("this client was built with metadata that lacks a call")]
    NotInMetadata,
}

/// The chain's answer to an opening that is denied. The log shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("denied: {} (the log shows that you asked)", denial.text())]
pub struct AccessDenied {
    /// Why.
    pub denial: Denial,
}

fn grantee_in_words(grantee: &Grantee) -> String {
    match grantee {
        Grantee::Member(member) => format!("member `{member}`"),
        Grantee::Institution(institution) => format!("institution `{institution}`"),
    }
}

/// A retention in words.
fn kept(record: &RecordId, retention: &Retention) -> String {
    let Retention { ground, until } = retention;
    format!("the custodian of record `{record}` keeps it until {}: {}", time(*until), ground.text())
}

/// A time in words: UTC, to the second.
fn time(moment: Moment) -> String {
    let time = i64::try_from(moment).ok().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    time.map_or_else(|| format!("{moment} ms"), |time| time.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
}

impl From<NoticesError> for AgentError {
    fn from(error: NoticesError) -> Self {
        match error {
            NoticesError::Query(error) => Self::Query(error),
            NoticesError::NoMember(member) => Self::NoMember(member),
            NoticesError::NoChart(chart) => Self::NoChart(chart),
        }
    }
}

impl From<ServiceError> for AgentError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Refused(refusal) => Self::Gate(refusal),
            ServiceError::Query(error) => Self::Query(error),
            error => Self::Service(error),
        }
    }
}

impl AgentError {
    /// Whether another vault may give what this one did not: its service is away, it lost the object, it refuses, or it lies.
    pub(super) fn is_of_a_vault(&self) -> bool {
        match self {
            Self::Service(_) | Self::Gate(_) | Self::FalseAnswer(_) | Self::Envelope(_) => true,
            Self::Open(error) => !matches!(error, OpenError::Target(_)),
            _ => false,
        }
    }

    /// Whether the same vault may answer some seconds later.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Service(error) => error.is_passing(),
            Self::Gate(refusal) => refusal.is_passing(),
            _ => false,
        }
    }

    /// Whether the chain or a gate said no, rather than something being broken or wrongly asked.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Submit(error) => error.is_refusal(),
            Self::AccessDenied(_)
            | Self::Gate(_)
            | Self::NotMember(_)
            | Self::GranteeNotActive(_)
            | Self::NotController(_)
            | Self::CorrectionOpen(_)
            | Self::NoCorrection(_)
            | Self::NothingToDisagreeWith(_)
            | Self::StatementAttached { .. }
            | Self::NoWayToState { .. }
            | Self::NothingLeft(_)
            | Self::Shredded(_)
            | Self::ShreddingRequested(_)
            | Self::NoShreddingRequest(_)
            | Self::ShreddingRefused { .. }
            | Self::Retained { .. }
            | Self::NotRetained(_)
            | Self::NotCustodian { .. }
            | Self::MayNotShred { .. }
            | Self::ReviewRuns { .. }
            | Self::NotWaiting(_)
            | Self::StagingOver(_)
            | Self::NoConsent(_)
            | Self::OtherPatient(_)
            | Self::PatientUnknown(_)
            | Self::NoSecret(_)
            | Self::SealedToInstitution(_)
            | Self::Obstacle(_)
            | Self::NoSeatOf(_)
            | Self::NotOfAuthority(_)
            | Self::MotionFailed(_) => true,
            _ => false,
        }
    }
}
