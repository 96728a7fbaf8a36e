// SPDX-License-Identifier: Apache-2.0

//! The history of sealed records: what was put, what was read, and why something failed.

use crate::phase::Phase;
use salus_client::{agent::AgentError, services::ServiceError};
use salus_primitives::{Digest, InstitutionId, MemberId, ReadingSessionId, RecordId};
use salus_vault_client::VaultClientError;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The puts and the readings of a run, and what was found in the end.
#[derive(Clone, Debug, Default)]
pub struct Sealed {
    /// Versions that people put.
    pub puts: Vec<Put>,
    /// Versions that people asked for.
    pub fetches: Vec<Fetch>,
    /// The records that patients read when all was over: each record of their charts that is on the chain.
    pub last: Vec<Fetch>,
    /// Objects that had a name in a vault without being whole, with the place.
    pub halves: Vec<String>,
    /// Objects that a fault may take: they were in one vault only when its folder was deleted, or its service lied when it said
    /// that it had them.
    pub excused: std::collections::BTreeSet<Digest>,
    /// Versions that were put into a vault while its service lied, and that it may never have stored.
    pub betrayed: std::collections::BTreeSet<(RecordId, u32)>,
    /// Whether services may say that objects are altered (status 500): one lies.
    pub lies: bool,
}

/// A version that a member put into a vault and on the chain.
#[derive(Clone, Debug, Serialize)]
pub struct Put {
    /// When.
    pub phase: Phase,
    /// When, in milliseconds since the load began.
    pub at: u64,
    /// How long it took, in milliseconds.
    pub took: u64,
    /// Who.
    pub author: MemberId,
    /// The record.
    pub record: RecordId,
    /// The version's number.
    pub version: u32,
    /// The hospital into whose vault it was put.
    pub custodian: usize,
    /// The length of the content, in bytes.
    pub bytes: usize,
    /// The SHA-256 of the content.
    pub digest: Digest,
    /// The outcome.
    pub end: Stored,
}

/// The outcome of a put.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stored {
    /// The vault acknowledged the objects, and the version is final on the chain.
    Acknowledged,
    /// It failed, or was never heard of.
    Failed(Fault),
}

/// A version that a member asked for.
#[derive(Clone, Debug, Serialize)]
pub struct Fetch {
    /// When.
    pub phase: Phase,
    /// When, in milliseconds since the load began.
    pub at: u64,
    /// How long it took, in milliseconds.
    pub took: u64,
    /// Who.
    pub reader: MemberId,
    /// The record.
    pub record: RecordId,
    /// Under which session; none for the patient.
    pub session: Option<ReadingSessionId>,
    /// At which node the reader is.
    pub node: usize,
    /// The node's final height before vaults were asked.
    pub from: u32,
    /// Its final height when the bytes were there.
    pub to: u32,
    /// The outcome.
    pub end: Fetched,
}

/// The outcome of a reading.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fetched {
    /// The content came.
    Got {
        /// The institution whose vault gave it out.
        holder: InstitutionId,
        /// The version's number.
        version: u32,
        /// The SHA-256 of the content.
        digest: Digest,
    },
    /// Nothing came.
    Failed(Fault),
}

impl Fetch {
    /// The institution that gave it out, if one did.
    pub fn holder(&self) -> Option<usize> {
        match &self.end {
            Fetched::Got { holder, .. } => usize::try_from(holder.0).ok(),
            Fetched::Failed(_) => None,
        }
    }
}

/// Why something failed, as the client told it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Fault {
    /// The class.
    pub class: Class,
    /// The words.
    pub words: String,
}

/// A class of failures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The chain, a gate or the library refused.
    Refused,
    /// The vault has no room.
    Full,
    /// A service could not be reached, or its answer was cut off.
    Unreachable,
    /// A service answered with a problem of this status.
    Problem(u16),
    /// A service answered in another form, or restarted in the midst of an upload.
    Broken,
    /// A service's answer is not what the chain names.
    False,
    /// The node could not be asked, or its answer never came.
    Node,
    /// The person gave up waiting.
    NoAnswer,
    /// Anything else: no clear error.
    Unclear,
}

impl Fault {
    /// A fault in the words of the library.
    pub fn of(error: &AgentError) -> Self {
        let words = error.to_string().lines().next().unwrap_or_default().to_owned();
        Self { class: class(error), words }
    }

    /// A fault that the harness noticed itself.
    pub fn new(class: Class, words: impl Into<String>) -> Self {
        Self { class, words: words.into() }
    }
}

fn class(error: &AgentError) -> Class {
    use salus_chain::{QueryError, SubmitError};
    use salus_gate::protocol::GateRefusal;
    match error {
        AgentError::Gate(GateRefusal::VaultFull) => Class::Full,
        AgentError::Gate(_) => Class::Refused,
        AgentError::Service(ServiceError::Client(error)) => match error {
            VaultClientError::Refused(GateRefusal::VaultFull) => Class::Full,
            VaultClientError::Problem { status: 507, .. } => Class::Full,
            VaultClientError::Refused(_) => Class::Refused,
            VaultClientError::Unreachable { .. } | VaultClientError::Certificate { .. } => Class::Unreachable,
            VaultClientError::UploadLost(_) | VaultClientError::Form(_) => Class::Broken,
            VaultClientError::Problem { status, .. } => Class::Problem(*status),
            _ => Class::Unclear,
        },
        AgentError::FalseAnswer(_) | AgentError::Open(_) | AgentError::Envelope(_) => Class::False,
        AgentError::Submit(SubmitError::Unknown { .. }) => Class::Node,
        AgentError::Submit(SubmitError::Query(QueryError::Node(_))) | AgentError::Query(QueryError::Node(_)) => {
            Class::Node
        }
        AgentError::Submit(_) | AgentError::Query(_) | AgentError::AccessDenied(_) => Class::Refused,
        error if error.is_refusal() => Class::Refused,
        AgentError::NoRecord(_) | AgentError::NoGrant(_) | AgentError::NoRequest(_) | AgentError::NotFinal(_) => {
            Class::Refused
        }
        _ => Class::Unclear,
    }
}

/// The SHA-256 of a content.
pub fn digest(content: &[u8]) -> Digest {
    Digest(Sha256::digest(content).into())
}
