// SPDX-License-Identifier: Apache-2.0

//! The words of an import against those of a record that is there: the same, something newer, something older.
//!
//! The chain has hashes of sealed bytes only. Versions that the member does not remember are read as any reader reads them:
//! the log shows it unless the chart is the member's own.

use super::{
    compartments::meaning_of,
    import_memory::{ImportMemory, Remembered},
    Agent, AgentError,
};
use salus_chain::At;
use salus_fhir::{digest, updated, Entry, Moment};
use salus_primitives::{
    access::{Ask, Decision, Permission, Purpose, Scope},
    records::Record,
    ChartId, CompartmentId, Digest, RecordId, SessionKey,
};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long records that stand in the newest block may take until they are final.
const BECOMES_FINAL: Duration = Duration::from_secs(60);

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(500);

/// Purposes for which a member imports, the most usual first.
const PURPOSES: [Purpose; 3] = [Purpose::Treatment, Purpose::Laboratory, Purpose::Operations];

/// The outcome of a resource.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum ImportState {
    /// A new record.
    Added,
    /// The record was there and says something else: it has further versions now, up to this number.
    Amended {
        /// Number of the newest version.
        version: u32,
    },
    /// The record was there and says the same.
    Present,
    /// The record was there. This member may not read it, so it was not compared.
    NotCompared,
    /// The record was there and says something else. It stays as it is.
    Differs {
        /// Why it was not amended.
        reason: String,
    },
}

impl ImportState {
    /// Whether the chart now says what the import says.
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Added | Self::Amended { .. } | Self::Present)
    }
}

/// How a record may be read.
#[derive(Clone, Copy)]
pub(super) enum Reading {
    May(Option<SessionKey>),
    MayNot,
}

/// The secret with which a member makes fingerprints of own imports into one chart.
pub(super) struct Fingerprints(pub(super) zeroize::Zeroizing<[u8; 32]>);

impl Fingerprints {
    /// The memory of a resource with this digest.
    pub(super) fn of(&self, digest: &[u8; 32], updated: Option<Moment>) -> Remembered {
        let mut hash = Sha256::new();
        hash.update(b"salus/import-fingerprint/1");
        hash.update(*self.0);
        hash.update(digest);
        Remembered {
            fingerprint: Digest(hash.finalize().into()),
            updated: updated.map(|moment| moment.as_millisecond()),
        }
    }
}

/// Compares the resources of one import with the records of a chart.
pub(super) struct Comparison<'c> {
    pub(super) agent: &'c Agent,
    pub(super) chart: ChartId,
    pub(super) purpose: Option<Purpose>,
    /// Compartments by their meaning.
    pub(super) known: &'c BTreeMap<String, CompartmentId>,
    pub(super) memory: &'c dyn ImportMemory,
    pub(super) fingerprints: &'c Fingerprints,
    /// Compartments that were opened for this import.
    pub(super) opened: BTreeMap<CompartmentId, Reading>,
}

impl Comparison<'_> {
    /// The state of an import of these versions, oldest first, of a record that is there, and which of them are to be
    /// added.
    pub(super) async fn compare<'e, 'a>(
        &mut self,
        record: RecordId,
        there: &Record,
        versions: &[&'e Entry<'a>],
    ) -> Result<(ImportState, Vec<&'e Entry<'a>>), AgentError> {
        let unchanged = |state| Ok((state, Vec::new()));
        let Some(newest) = versions.last() else { return unchanged(ImportState::Present) };
        let print = |entry: &Entry<'_>| self.fingerprints.of(&entry.digest, entry.updated());
        let (wanted, offered) = (print(newest), versions.iter().map(|entry| print(entry)).collect::<Vec<_>>());
        // Old versions too: an old export must not bring back what was corrected since.
        let mut contents = Vec::new();
        for number in (0..there.versions).rev() {
            match self.content(record, there, number).await? {
                Some(content) if content.fingerprint == wanted.fingerprint => return unchanged(ImportState::Present),
                Some(content) => contents.push(content),
                None if contents.is_empty() => return unchanged(ImportState::NotCompared),
                // The newest differs; what stood there before it may not be read.
                None => break,
            }
        }
        let differs = |reason: &str| ImportState::Differs { reason: reason.to_owned() };
        let current = contents.first().and_then(|content| content.updated);
        if wanted.updated.zip(current).is_some_and(|(import, current)| import < current) {
            return unchanged(differs("the record has a newer version"));
        }
        let label = newest.compartment;
        let label_fits = self.known.get(&meaning_of(label.name)) == Some(&there.compartment);
        if label.sensitive && !label_fits {
            let name = label.name;
            return unchanged(differs(&format!(
                "the new version belongs in `{name}`, and a record keeps its compartment"
            )));
        }
        if !self.decide(Permission::Amend, Scope::Record(record.key), None).await?.is_permitted() {
            return unchanged(differs("you may not amend it"));
        }
        let is_there = |print: &Remembered| contents.iter().any(|content| content.fingerprint == print.fingerprint);
        let fresh: Vec<_> =
            versions.iter().zip(&offered).filter(|(_, print)| !is_there(print)).map(|(entry, _)| *entry).collect();
        let count = u32::try_from(fresh.len()).unwrap_or(u32::MAX);
        let version = there.versions.saturating_add(count).saturating_sub(1);
        Ok((ImportState::Amended { version }, fresh))
    }

    /// The content of a version: remembered, or read; nothing if it may not be read.
    async fn content(
        &mut self,
        record: RecordId,
        there: &Record,
        number: u32,
    ) -> Result<Option<Remembered>, AgentError> {
        let version = self.agent.chain().version(At::Best, record, number).await?;
        if let Some(remembered) = version.and_then(|version| self.memory.recall(&version.content)) {
            return Ok(Some(remembered));
        }
        let Reading::May(session) = self.reading(there.compartment).await? else { return Ok(None) };
        self.wait_until_final(record, there.versions).await?;
        let content = self.agent.read(record, Some(number), session).await?;
        let content = content.content.expose();
        Ok(Some(self.fingerprints.of(&digest(content), updated(content))))
    }

    /// How records of a compartment may be read; opens it when that is needed and permitted.
    async fn reading(&mut self, compartment: CompartmentId) -> Result<Reading, AgentError> {
        if let Some(reading) = self.opened.get(&compartment) {
            return Ok(*reading);
        }
        let scope = Scope::Compartment(compartment);
        let is_own = self.agent.chart(self.chart).await?.controller == self.agent.id;
        let mut reading = if is_own { Reading::May(None) } else { Reading::MayNot };
        let purposes = self.purpose.map_or(PURPOSES.to_vec(), |purpose| vec![purpose]);
        for purpose in purposes.into_iter().filter(|_| !is_own) {
            // Asking is not logged; opening is.
            if self.decide(Permission::Read, scope, Some(purpose)).await?.is_permitted() {
                reading = Reading::May(Some(self.agent.open(self.chart, scope, purpose).await?.session));
                break;
            }
        }
        self.opened.insert(compartment, reading);
        Ok(reading)
    }

    async fn decide(
        &self,
        permission: Permission,
        scope: Scope,
        purpose: Option<Purpose>,
    ) -> Result<Decision, AgentError> {
        let chain = self.agent.chain();
        let ask = Ask { permission, scope, purpose, at: chain.now(At::Best).await?, version: None };
        Ok(chain.explain_access(At::Best, self.agent.id, self.chart, ask).await?.decision)
    }

    /// Waits until a record that stands in the newest block is final: the gate asks the finalized one.
    async fn wait_until_final(&self, record: RecordId, versions: u32) -> Result<(), AgentError> {
        let final_soon = async {
            loop {
                let known = self.agent.chain().record(At::Finalized, record).await?;
                if known.is_some_and(|known| known.versions >= versions) {
                    return Ok::<(), AgentError>(());
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::time::timeout(BECOMES_FINAL, final_soon).await.unwrap_or(Err(AgentError::NoRecord(record)))
    }
}
