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
use salus_fhir::{compartments, digest, updated, CompartmentKind, Entry, Moment};
use salus_primitives::{
    access::{Permission, Purpose, Scope},
    decision::{Ask, Decision},
    records::{Record, RecordState},
    ChartId, CompartmentId, Digest, ReadingSessionId, RecordId, RecordKey,
};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

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
    /// The record was there, and its newest version says the same.
    Present,
    /// The record was there. This member may not read it, so it was not compared.
    NotCompared,
    /// The record was there and says something else. It stays as it is.
    Differs {
        /// Why it was not amended.
        reason: String,
    },
    /// The record was there and was shredded. No import brings it back.
    Shredded,
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
    May(Option<ReadingSessionId>),
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
        let differs = |reason: &str| ImportState::Differs { reason: reason.to_owned() };
        let Some(newest) = versions.last() else { return unchanged(ImportState::Present) };
        match there.state {
            RecordState::Shredded => return unchanged(ImportState::Shredded),
            RecordState::Refused => return unchanged(differs("it was refused, or taken back, and has no content")),
            _ => {}
        }
        // Before the content: a label may stand around a resource whose own bytes stay the same.
        match placement(newest.compartment, there.compartment, self.known) {
            Placement::Fits => {}
            Placement::Unknown => return unchanged(ImportState::NotCompared),
            Placement::TooOpen => {
                let name = newest.compartment.name;
                return unchanged(differs(&format!(
                    "its label asks for compartment `{name}`, and a record keeps its compartment"
                )));
            }
        }
        let print = |entry: &&Entry<'_>| self.fingerprints.of(&entry.digest, entry.updated());
        let offered: Vec<_> = versions.iter().map(print).collect();
        let last = there.versions.saturating_sub(1);
        let Some(current) = self.content(record, there, last).await? else {
            return unchanged(ImportState::NotCompared);
        };
        let fresh = match age(&offered, &current) {
            Age::Same => return unchanged(ImportState::Present),
            Age::Older => return unchanged(differs("the record has a newer version")),
            Age::Newer { first } => versions.get(first..).unwrap_or_default().to_vec(),
            Age::Unknown { certain } => {
                let said_before = |content: &Remembered| offered.last().is_some_and(|it| it.says(content));
                for number in (0..last).rev() {
                    match self.content(record, there, number).await? {
                        Some(content) if said_before(&content) => {
                            return unchanged(differs(
                                "the record said this before and says something else now; nothing tells which is newer",
                            ));
                        }
                        Some(_) => {}
                        // The newest differs; what stood there before it may not be read.
                        None => break,
                    }
                }
                certain.into_iter().filter_map(|place| versions.get(place).copied()).collect()
            }
        };
        if !self.decide(Permission::Amend, Scope::Record(record.key), None).await?.is_permitted() {
            return unchanged(differs("you may not amend it"));
        }
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
        self.agent.wait_until_final(self.chart, vec![(record.key, there.versions)]).await?;
        let content = self.agent.read(record, Some(number), session).await?;
        let content = content.content.expose();
        Ok(Some(self.fingerprints.of(&digest(content), updated(content))))
    }

    /// How records of a compartment may be read; opens it when that is needed and permitted.
    pub(super) async fn reading(&mut self, compartment: CompartmentId) -> Result<Reading, AgentError> {
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
}

impl Agent {
    /// Waits until these records of a chart are final with so many versions: a block that is not final may be retracted.
    pub(super) async fn wait_until_final(
        &self,
        chart: ChartId,
        mut wanted: Vec<(RecordKey, u32)>,
    ) -> Result<(), AgentError> {
        let began = Instant::now();
        loop {
            let records: BTreeMap<_, _> = match wanted.as_slice() {
                [] => return Ok(()),
                [(key, _)] => {
                    let record = self.chain.record(At::Finalized, RecordId { chart, key: *key }).await?;
                    record.map(|record| (*key, record)).into_iter().collect()
                }
                _ => {
                    self.chain.records(At::Finalized, chart).await?.into_iter().map(|it| (it.key, it.record)).collect()
                }
            };
            wanted.retain(|(key, versions)| records.get(key).is_none_or(|record| record.versions < *versions));
            match wanted.first() {
                Some((key, _)) if began.elapsed() > BECOMES_FINAL => {
                    return Err(AgentError::NotFinal(RecordId { chart, key: *key }));
                }
                Some(_) => tokio::time::sleep(PAUSE).await,
                None => return Ok(()),
            }
        }
    }
}

/// Whether a record is where a label asks for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Placement {
    Fits,
    /// The record is in a compartment that is less restrictive.
    TooOpen,
    /// The member does not know the record's compartment.
    Unknown,
}

/// Compares the compartment that a resource asks for with the one that its record is in.
fn placement(
    asked: &'static CompartmentKind,
    there: CompartmentId,
    known: &BTreeMap<String, CompartmentId>,
) -> Placement {
    if !asked.sensitive {
        return Placement::Fits;
    }
    let is_there = |kind: &&&CompartmentKind| known.get(&meaning_of(kind.name)) == Some(&there);
    match compartments().iter().find(is_there) {
        // The numbers go from the least to the most restrictive.
        Some(kind) if kind.number >= asked.number => Placement::Fits,
        Some(_) => Placement::TooOpen,
        None if known.values().any(|number| *number == there) => Placement::TooOpen,
        None => Placement::Unknown,
    }
}

/// How an import stands to the newest version of a record.
#[derive(PartialEq, Eq, Debug)]
enum Age {
    /// The newest version of the import is that version.
    Same,
    /// The import has later versions, from this place on.
    Newer { first: usize },
    /// The newest version of the import is older.
    Older,
    /// The import does not have that version. Only the versions at these places are certain to be no older than it, as
    /// far as dates tell, and the newest.
    Unknown { certain: Vec<usize> },
}

/// Compares an import's versions, oldest first, with the newest version of a record.
fn age(offered: &[Remembered], current: &Remembered) -> Age {
    let Some((newest, earlier)) = offered.split_last() else { return Age::Same };
    if newest.says(current) {
        return Age::Same;
    }
    // The import itself tells what came after the version that is there.
    if let Some(place) = offered.iter().rposition(|version| version.says(current)) {
        return Age::Newer { first: place.saturating_add(1) };
    }
    let dates = |version: &Remembered| version.updated.zip(current.updated);
    if dates(newest).is_some_and(|(offered, there)| offered < there) {
        return Age::Older;
    }
    // An outdated version must not become the newest, not even until the next one follows.
    let is_newer = |version: &Remembered| dates(version).is_some_and(|(offered, there)| offered > there);
    let certain = earlier.iter().enumerate().filter(|(_, version)| is_newer(version)).map(|(place, _)| place);
    Age::Unknown { certain: certain.chain([earlier.len()]).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A version with this content, changed on this day.
    fn version(content: u8, updated: Option<i64>) -> Remembered {
        Remembered { fingerprint: Digest([content; 32]), updated }
    }

    const A: u8 = 1;
    const B: u8 = 2;
    const C: u8 = 3;

    #[test]
    fn only_versions_newer_than_the_newest_are_added() {
        let [a, b, c] = [A, B, C].map(|content| version(content, None));
        assert_eq!(age(&[a, b, c], &b), Age::Newer { first: 2 }, "A is older than B, which is there");
        assert_eq!(age(&[a, b, c], &a), Age::Newer { first: 1 });
        assert_eq!(age(&[a, b, c], &c), Age::Same);
        // The record has a version that the import lacks.
        let [a, b, c] = [(A, 1), (B, 3), (C, 4)].map(|(content, day)| version(content, Some(day)));
        assert_eq!(age(&[a, b, c], &version(9, Some(2))), Age::Unknown { certain: vec![1, 2] });
        assert_eq!(age(&[a, b, c], &version(9, Some(3))), Age::Unknown { certain: vec![2] });
        assert_eq!(age(&[a, b, c], &version(9, None)), Age::Unknown { certain: vec![2] });
    }

    #[test]
    fn an_older_version_is_not_the_same() {
        let old = version(A, Some(1));
        assert_eq!(age(&[old], &version(B, Some(2))), Age::Older);
        // A value that goes from A to B and back, with the same metadata each time.
        assert_eq!(age(&[version(A, None)], &version(B, None)), Age::Unknown { certain: vec![0] });
        assert_eq!(age(&[old], &version(B, Some(1))), Age::Unknown { certain: vec![0] });
        // The import says itself that A came after B.
        assert_eq!(age(&[version(B, None), version(A, None)], &version(B, None)), Age::Newer { first: 1 });
    }

    #[test]
    fn a_label_asks_for_a_compartment_that_is_as_restrictive() {
        let kind = |name: &str| *compartments().iter().find(|kind| kind.name == name).unwrap();
        let names = ["General", "Restricted", "Mental health"];
        let known: BTreeMap<_, _> =
            names.iter().zip(0..).map(|(name, n)| (meaning_of(name), CompartmentId(n))).collect();
        let [general, restricted, mental] = [0, 1, 2].map(CompartmentId);
        for (asked, there, expected) in [
            ("Restricted", general, Placement::TooOpen),
            ("Mental health", restricted, Placement::TooOpen),
            ("Mental health", mental, Placement::Fits),
            ("Restricted", mental, Placement::Fits),
            ("General", mental, Placement::Fits),
            ("Laboratory", general, Placement::Fits),
            ("Restricted", CompartmentId(9), Placement::Unknown),
        ] {
            assert_eq!(placement(kind(asked), there, &known), expected, "{asked}");
        }
        let known = BTreeMap::from([("my-own".to_owned(), CompartmentId(9))]);
        assert_eq!(placement(kind("Restricted"), CompartmentId(9), &known), Placement::TooOpen);
    }
}
