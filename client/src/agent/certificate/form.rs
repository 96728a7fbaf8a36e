// SPDX-License-Identifier: Apache-2.0

//! The form of a certificate of shredding.

use super::ungoverned::UngovernedCopies;
use salus_primitives::{
    audit::{Action, Actor, Reason},
    membership::InstitutionStatus,
    records::RecordState,
    shredding::StoreKind,
    CompartmentId, Digest, InstitutionId, MemberId, Moment, RecordId,
};
use serde::{Deserialize, Serialize};

/// The form of a certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Form {
    /// The first, and so far the only one.
    #[serde(rename = "salus-shredding-certificate/1")]
    First,
}

/// The answers of a node about the end of a record, as of one finalized block.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShreddingCertificate {
    /// Its form.
    pub form: Form,
    /// The hash of the chain's genesis block, which names the network.
    pub genesis: Digest,
    /// The finalized block of which all of it is.
    pub block: CertifiedBlock,
    /// The record.
    pub record: RecordId,
    /// The compartment in which it was.
    pub compartment: CompartmentId,
    /// Its author.
    pub author: MemberId,
    /// The institution that kept it.
    pub custodian: InstitutionId,
    /// Its states, oldest first, as far as the node's state still had the log.
    pub states: Vec<StateSince>,
    /// Its versions. Vaults have to delete the objects that they name, and notes and envelopes of grants besides.
    pub versions: Vec<CertifiedVersion>,
    /// The request, and who carried it out.
    pub shredding: CertifiedShredding,
    /// The chart's log, and its entries about the record.
    pub log: CertifiedLog,
    /// The custodian, each institution with a vault, and each that attested; with its word, or without.
    pub institutions: Vec<CertifiedInstitution>,
    /// Copies that it does not govern.
    pub not_governed: Vec<UngovernedCopies>,
}

/// A finalized block.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedBlock {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: Digest,
    /// Its time, in Unix milliseconds.
    pub at: Moment,
}

/// A state of the record, and since when.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateSince {
    /// The state.
    pub state: RecordState,
    /// Since when, in Unix milliseconds.
    pub at: Moment,
    /// The place of the entry in the chart's log.
    pub entry: u64,
}

/// A version of the record: hashes only.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedVersion {
    /// Its number.
    pub number: u32,
    /// The content id: SHA-256 of the sealed blob.
    pub content: Digest,
    /// SHA-256 of the envelope with the content key.
    pub key_envelope: Digest,
    /// The epoch of the compartment to whose key the content key was sealed.
    pub epoch: u32,
    /// SHA-256 of each envelope that its author made for a grant over this record alone.
    pub grant_envelopes: Vec<Digest>,
}

/// The shredding.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedShredding {
    /// Its number, of all shreddings of the network.
    pub number: u64,
    /// The member who asked for it.
    pub requested_by: MemberId,
    /// When, in Unix milliseconds.
    pub requested_at: Moment,
    /// The member who carried it out.
    pub by: MemberId,
    /// When, in Unix milliseconds.
    pub at: Moment,
    /// The number of the block.
    pub block: u32,
    /// By when attestations are due, in Unix milliseconds.
    pub due_at: Moment,
}

/// The chart's log.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedLog {
    /// How many entries it had.
    pub length: u64,
    /// The head of its hash chain.
    pub head: Digest,
    /// The entries about the record's states and its shredding, as far as the node's state still had them.
    pub entries: Vec<CertifiedEntry>,
}

/// An entry of the chart's log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedEntry {
    /// Its place.
    pub place: u64,
    /// When, in Unix milliseconds.
    pub at: Moment,
    /// The number of the block.
    pub block: u32,
    /// The action.
    pub action: Action,
    /// Its author.
    pub by: Actor,
    /// The institution of that member.
    pub institution: Option<InstitutionId>,
    /// The reason: a ground, a count, or the hash of a sealed text.
    pub reason: Option<Reason>,
}

/// An institution, and whether it attested.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedInstitution {
    /// The institution.
    pub institution: InstitutionId,
    /// Whether it kept the record.
    pub is_custodian: bool,
    /// Its status.
    pub status: InstitutionStatus,
    /// Whether the chain had the address of a vault of it.
    pub has_vault: bool,
    /// By when its word was due, in Unix milliseconds. One that was admitted after the shredding has as long as all others had.
    pub due_at: Moment,
    /// Whether its word came.
    pub word: Word,
    /// Its word.
    pub attestation: Option<CertifiedAttestation>,
}

/// Whether an institution's word came.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// It came in time.
    InTime,
    /// It came late.
    Late,
    /// There is time left for it.
    Waiting,
    /// It has not come, and the time is over.
    Overdue,
    /// No service can give it: the chain has no address of a vault of the institution.
    NoVault,
}

/// An institution's word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedAttestation {
    /// The institution's service that gave it.
    pub by: MemberId,
    /// When, in Unix milliseconds.
    pub at: Moment,
    /// How many of the record's objects are not in its vault.
    pub absent: u32,
    /// How many stay, because something else names them, too.
    pub kept: u32,
    /// The kind of store of its vault.
    pub store: StoreKind,
}

impl CertifiedInstitution {
    /// Whether the word came, by what stands here, at `now`.
    pub(super) fn judged(&self, now: Moment) -> Word {
        match self.attestation {
            Some(attestation) if attestation.at <= self.due_at => Word::InTime,
            Some(_) => Word::Late,
            None if !self.has_vault => Word::NoVault,
            None if now <= self.due_at => Word::Waiting,
            None => Word::Overdue,
        }
    }
}

/// The states that these entries tell of.
pub(super) fn states_of(entries: &[CertifiedEntry]) -> Vec<StateSince> {
    let state = |entry: &CertifiedEntry| {
        let CertifiedEntry { place, at, action, .. } = *entry;
        Some(StateSince { state: state_after(action)?, at, entry: place })
    };
    entries.iter().filter_map(state).collect()
}

/// The state into which an action brings a record.
pub(super) const fn state_after(action: Action) -> Option<RecordState> {
    match action {
        Action::RecordStaged => Some(RecordState::Staged),
        Action::RecordCreated | Action::RecordAccepted | Action::RestrictionLifted => Some(RecordState::Active),
        Action::RecordRestricted => Some(RecordState::Restricted),
        Action::RecordWithdrawn => Some(RecordState::Withdrawn),
        Action::RecordEnteredInError => Some(RecordState::EnteredInError),
        Action::RecordShredded => Some(RecordState::Shredded),
        _ => None,
    }
}

/// Whether a certificate has entries of this action.
pub(super) const fn is_certified(action: Action) -> bool {
    action.is_of_shredding() || state_after(action).is_some()
}
