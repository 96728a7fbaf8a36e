// SPDX-License-Identifier: Apache-2.0

//! A member's memory of own imports, so that a later import can be compared without reading records.
//!
//! The chain has hashes of sealed bytes only, and who may add records may not always read them.

use super::AgentError;
use salus_chain::{At, Chain};
use salus_primitives::{records::RecordState, Digest, RecordId};

/// The memory of one version that was sealed for an import.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Remembered {
    /// A hash of its content and of a secret of the member: no other person can tell the content from it.
    pub fingerprint: Digest,
    /// When its source changed it last, in milliseconds since 1970.
    pub updated: Option<i64>,
}

impl Remembered {
    /// Whether both versions have the same content.
    pub(super) fn says(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }
}

/// Where a member's program keeps it. Losing it means that records are read to be compared, or not compared.
pub trait ImportMemory: Send + Sync {
    /// The memory of the version with this content id.
    fn recall(&self, content: &Digest) -> Option<Remembered>;

    /// Remembers the versions with these content ids. They may never be registered: that does no harm.
    fn remember(&mut self, versions: &[(Digest, Remembered)]) -> std::io::Result<()>;

    /// Forgets the versions with these content ids, because their record was shredded.
    fn forget(&mut self, contents: &[Digest]) -> std::io::Result<()>;
}

/// Forgets the fingerprints of a record's content, if the record was shredded. Whether it was.
///
/// A member's program keeps no more than these fingerprints. The bytes that it seals and opens wait in memory, or in files without
/// a name, and content goes only where the member wants it.
pub async fn forget_if_shredded(
    chain: &Chain,
    record: RecordId,
    memory: &mut dyn ImportMemory,
) -> Result<bool, AgentError> {
    let known = chain.record(At::Finalized, record).await?.ok_or(AgentError::NoRecord(record))?;
    if known.state != RecordState::Shredded {
        return Ok(false);
    }
    let versions = chain.versions(At::Finalized, record).await?;
    let contents: Vec<_> = versions.into_iter().map(|it| it.version.content).collect();
    memory.forget(&contents).map_err(AgentError::NotForgotten)?;
    Ok(true)
}

/// Remembers nothing.
impl ImportMemory for () {
    fn recall(&self, _: &Digest) -> Option<Remembered> {
        None
    }

    fn remember(&mut self, _: &[(Digest, Remembered)]) -> std::io::Result<()> {
        Ok(())
    }

    fn forget(&mut self, _: &[Digest]) -> std::io::Result<()> {
        Ok(())
    }
}
