// SPDX-License-Identifier: Apache-2.0

//! Why a gate gives nothing out.
//!
//! Why the pool refuses a transaction, [`Refusal`](salus_primitives::refusal::Refusal) says.

use salus_primitives::charts::MAX_EPOCHS;
use salus_primitives::decision::Denial;
use salus_primitives::{Digest, GrantId, MemberId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The gate refuses. In JSON it has a `code`, and says in `about` what the refusal is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error, Serialize, Deserialize)]
#[serde(tag = "code", content = "about", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum GateRefusal {
    /// The request is older than two minutes, or than the gate's memory of used numbers, or from the future. A reader whose
    /// clock is right asks again.
    #[error("the request is not of the last two minutes, or the gate has started since")]
    RequestNotFresh,
    /// The request names the authority of another gate.
    #[error("the request is for another gate")]
    AnotherGate,
    /// The request was answered before, or as good as answered; each is good once.
    #[error("the request was used already")]
    RequestUsed,
    /// The reader, or all readers together, asked more often within two minutes than the gate can remember.
    #[error("too many requests within two minutes")]
    TooManyRequests,
    /// The asker has as many requests and answers under way as one may have.
    #[error("too many requests and answers are under way for this key")]
    TooManyUnderWay,
    /// The asker has read as much as one may within an hour.
    #[error("too much was read with this key: the next answer is `{0}` seconds away")]
    ReadTooMuch(u32),
    /// The writer has as many uploads under way as it may have, or the service has.
    #[error("too many uploads are under way")]
    TooManyUploads,
    /// Nothing was finalized for two minutes, so a revocation may have gone unseen.
    #[error("block `{0}` is the newest finalized one and older than two minutes")]
    StaleHead(u32),
    /// The asker knows of a later block than the gate.
    #[error("the gate's node has finalized block `{0}` only, and the request is about a later one")]
    Behind(u32),
    /// The request is not signed by a key that the asker has, both finalized and in the best block.
    #[error("the request is not signed by a transaction key of member `{0}`")]
    NotTheMember(MemberId),
    /// The finalized state has no such record, version, compartment, grant or request.
    #[error("the finalized state has no such record, version, compartment, grant or request")]
    NotFound,
    /// The reader opened nothing under this session.
    #[error("the record has to be opened first, so that the log shows it")]
    NoSession,
    /// The reader opened it, but that is not finalized yet.
    #[error("the opening is not finalized yet")]
    SessionNotFinalized,
    /// The session is over.
    #[error("the session is over: the record has to be opened again")]
    SessionExpired,
    /// As much was given out in the session as the gate keeps receipts of.
    #[error("too much was given out in this session: its end has to come, and the record be opened again")]
    TooManyReceipts,
    /// The session is for another chart, compartment or record.
    #[error("the session covers something else")]
    SessionElsewhere,
    /// The finalized state denies it.
    #[error("denied in the finalized state: {}", .0.text())]
    Denied(Denial),
    /// A block that is not final yet denies it; revocations count from the best block.
    #[error("denied in the best block: {}", .0.text())]
    DeniedAtBest(Denial),
    /// The grant carries no envelope for what is asked.
    #[error("grant `{0}` carries no key for this")]
    NoEnvelope(GrantId),
    /// The patient rotated, and has not yet sealed the new secret to this reader.
    #[error("the key of grant `{grant}` is that of epoch `{edition}`, but epoch `{epoch}` is needed")]
    EnvelopeOutdated {
        /// The grant.
        grant: GrantId,
        /// The epoch that its envelope is for.
        edition: u32,
        /// The epoch that is needed.
        epoch: u32,
    },
    /// The epoch lies further back than any way of links that the gate gives out.
    #[error("more than `{limit}` links lead to the epoch", limit = MAX_EPOCHS)]
    TooManyLinks,
    /// The reader does not read by a grant to this institution, or the envelopes are not those that the chain names for it.
    #[error("the institution holds no key for this reader and this version")]
    NotSealedHere,
    /// The institution has another encryption key on the chain than its service, or the envelopes do not open with it.
    #[error("the institution's service cannot open what was sealed to the institution")]
    CannotUnseal,
    /// The grant, request or entry with the note is between two other members.
    #[error("the note is not for this member")]
    NotForYou,
    /// The writer may not act, or has no business with the chart at this institution.
    #[error("the member may not put objects for this chart into this vault")]
    MayNotStage,
    /// The asker is not an active service of an institution that keeps copies of this vault.
    #[error("the member is not the service of an institution with which this vault exchanges copies")]
    MayNotCopy,
    /// The request names no object, more than a request may, one twice, or one of another size than the vault takes.
    #[error("the vault does not take objects in this number or of this size")]
    Unacceptable,
    /// The writer, or members of its institution, have staged as much as may be that the chain does not name yet.
    #[error("too much is staged: the chain has to name it, or it has to expire")]
    QuotaUsedUp,
    /// The vault has no room.
    #[error("the vault is full")]
    VaultFull,
    /// The vault does not have an object that the chain names.
    #[error("the vault does not have the object `{0}`")]
    Missing(Digest),
    /// An object of the vault was altered, cannot be read, or is of another kind than the one that the chain names it for.
    #[error("the object `{0}` in the vault was altered, cannot be read, or is not what the chain names it for")]
    Corrupted(Digest),
    /// The blob is shorter than the reader believes.
    #[error("the blob has `{0}` bytes only")]
    BeyondEnd(u64),
    /// The blob was sealed for something else than the record that names it.
    #[error("the blob `{0}` was sealed for another record, version or chain")]
    ForeignBlob(Digest),
}

impl GateRefusal {
    /// Whether the same gate may answer some seconds later: its node is behind, or the asker has too much under way.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Behind(_) | Self::SessionNotFinalized | Self::TooManyUnderWay)
    }

    /// Whether the gate says it of the chain or of the request, so that each honest gate whose node is up to date says the same.
    /// All else is about one gate, its vault or its institution.
    pub fn is_of_every_gate(&self) -> bool {
        match self {
            Self::RequestNotFresh
            | Self::NotTheMember(_)
            | Self::NotFound
            | Self::NoSession
            | Self::SessionExpired
            | Self::SessionElsewhere
            | Self::Denied(_)
            | Self::DeniedAtBest(_)
            | Self::NoEnvelope(_)
            | Self::EnvelopeOutdated { .. }
            | Self::TooManyLinks
            | Self::BeyondEnd(_)
            | Self::NotForYou => true,
            Self::AnotherGate
            | Self::RequestUsed
            | Self::TooManyRequests
            | Self::TooManyUnderWay
            | Self::ReadTooMuch(_)
            | Self::TooManyUploads
            | Self::StaleHead(_)
            | Self::Behind(_)
            | Self::SessionNotFinalized
            | Self::TooManyReceipts
            | Self::NotSealedHere
            | Self::CannotUnseal
            | Self::MayNotStage
            | Self::MayNotCopy
            | Self::Unacceptable
            | Self::QuotaUsedUp
            | Self::VaultFull
            | Self::Missing(_)
            | Self::Corrupted(_)
            | Self::ForeignBlob(_) => false,
        }
    }
}
