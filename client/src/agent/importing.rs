// SPDX-License-Identifier: Apache-2.0

//! Importing FHIR: every resource becomes a record, sealed as its exact source bytes, and a correction its next version.

use super::{
    batches::Addition,
    comparing::{Comparison, Fingerprints, ImportState},
    compartments::meaning_of,
    import_memory::{forget_if_shredded, ImportMemory, Remembered},
    writing::Content,
    Agent, AgentError,
};
use codec::Encode;
use salus_chain::{At, SubmitError};
use salus_fhir::{Bundle, Entry};
use salus_primitives::{
    access::Purpose, records::Record, text, ChartId, CompartmentId, InstitutionId, MemberId, RecordId, RecordKey,
};
use salus_sealing::blob::Metadata;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long an import waits for what an earlier one of the same member has submitted.
const EARLIER: Duration = Duration::from_secs(60);

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(500);

/// Why an import leaves a record alone that has the key of one of its resources.
const OF_ANOTHER: &str = "another member wrote a record with its key, and an import amends only your own";

/// Decisions of the person who imports.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportOptions {
    /// Import even if the chart's Patient record is another person, or if this member cannot tell.
    pub other_patient: bool,
    /// For which purpose records that are there already are read, to compare them. Without one, the first for which the
    /// member may read them.
    pub purpose: Option<Purpose>,
}

/// The outcome of one resource.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Imported {
    /// Where its newest version stands in the files.
    pub entry: String,
    /// The record.
    pub record: RecordId,
    /// The compartment.
    pub compartment: CompartmentId,
    /// Its outcome.
    #[serde(flatten)]
    pub state: ImportState,
    /// Whether it is not valid FHIR R4, and its sealed header says so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub nonconformant: bool,
}

/// An import that was checked in full; nothing is sealed or written yet.
pub struct Import<'a> {
    chart: ChartId,
    custodian: InstitutionId,
    planned: Vec<Planned<'a>>,
}

/// One resource of an import.
struct Planned<'a> {
    imported: Imported,
    /// Who keeps the record's versions.
    custodian: InstitutionId,
    /// Versions that are there.
    versions: u32,
    /// Versions that are to be added, oldest first.
    fresh: Vec<Fresh<'a>>,
}

/// A version that is to be added.
struct Fresh<'a> {
    metadata: Metadata,
    content: &'a [u8],
    remembered: Remembered,
}

impl Import<'_> {
    /// How many versions will be added, those of new records included.
    pub fn pending(&self) -> usize {
        self.planned.iter().map(|planned| planned.fresh.len()).sum()
    }
}

impl Agent {
    /// Sorts the resources of an import into the compartments of a chart, and compares those that are there already.
    ///
    /// Fails before anything is written: when a resource belongs in a compartment that this member does not know in the
    /// chart. It also fails when the chart is about another patient, or when this member cannot tell whether it is.
    pub async fn prepare_import<'a>(
        &self,
        chart: ChartId,
        bundle: &Bundle<'a>,
        options: ImportOptions,
        memory: &dyn ImportMemory,
    ) -> Result<Import<'a>, AgentError> {
        let known: BTreeMap<String, CompartmentId> = self
            .compartments(chart)
            .await?
            .into_iter()
            .filter_map(|compartment| Some((compartment.meaning?, compartment.number)))
            .collect();
        let custodian = self.own_institution().await?;
        let present = self.present_records(chart).await?;
        let salt = self.import_salt(chart);
        let fingerprints = Fingerprints(salt.clone());
        let mut comparison = Comparison {
            agent: self,
            chart,
            purpose: options.purpose,
            known: &known,
            memory,
            fingerprints: &fingerprints,
            opened: BTreeMap::new(),
        };
        let (mut planned, mut old, mut missing) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (place, versions) in bundle.records().into_iter().enumerate() {
            let Some(newest) = versions.last() else { continue };
            let record = RecordId { chart, key: RecordKey(newest.record_key(&*salt)) };
            match under_key(&present, record.key, self.id) {
                UnderKey::Nothing => {}
                UnderKey::Own(there) => {
                    old.push((place, record, there, versions));
                    continue;
                }
                UnderKey::OfAnother(there) => {
                    let state = ImportState::Differs { reason: OF_ANOTHER.to_owned() };
                    let imported = imported(newest, record, there.compartment, state);
                    let (custodian, versions) = (there.custodian, there.versions);
                    planned.push((place, Planned { imported, custodian, versions, fresh: Vec::new() }));
                    continue;
                }
            }
            let Some(compartment) = known.get(&meaning_of(newest.compartment.name)) else {
                missing.insert(newest.compartment.name);
                continue;
            };
            let imported = imported(newest, record, *compartment, ImportState::Added);
            let fresh = contents(&versions, &fingerprints);
            planned.push((place, Planned { imported, custodian, versions: 0, fresh }));
        }
        if !missing.is_empty() {
            return Err(AgentError::MissingCompartments(missing.into_iter().map(str::to_owned).collect()));
        }
        if !options.other_patient {
            comparison.check_patient(bundle, &present, custodian).await?;
        }
        for (place, record, there, versions) in old {
            let (state, fresh) = comparison.compare(record, there, &versions).await?;
            let Some(newest) = versions.last() else { continue };
            let imported = imported(newest, record, there.compartment, state);
            let fresh = contents(&fresh, &fingerprints);
            let (custodian, versions) = (there.custodian, there.versions);
            planned.push((place, Planned { imported, custodian, versions, fresh }));
        }
        planned.sort_by_key(|(place, _)| *place);
        Ok(Import { chart, custodian, planned: planned.into_iter().map(|(_, planned)| planned).collect() })
    }

    /// Seals and registers what [`Agent::prepare_import`] prepared, 64 new records in a transaction, several transactions
    /// on their way. `done` is told how many versions more are registered. When an allowance is spent or the node's pool is
    /// full, the import waits for two minutes at most, and goes on.
    pub async fn import(
        &self,
        import: Import<'_>,
        memory: &mut dyn ImportMemory,
        done: &mut (dyn FnMut(usize) + Send),
    ) -> Result<Vec<Imported>, AgentError> {
        let Import { chart, custodian, mut planned } = import;
        let new: Vec<_> = planned
            .iter_mut()
            .filter(|planned| planned.versions == 0)
            .filter_map(|planned| {
                let Imported { record, compartment, .. } = planned.imported;
                let Fresh { metadata, content, remembered } = planned.next_fresh()?;
                Some(Addition { key: record.key, compartment, metadata, content, remembered })
            })
            .collect();
        match self.add_all(chart, custodian, &new, memory, done).await {
            Err(AgentError::Submit(SubmitError::Failed { error, .. })) if error == "AlreadyExists" => {
                return Err(AgentError::ImportedMeanwhile);
            }
            added => added?,
        }
        // Later versions of a record come one after another, each when the one before it is there.
        let mut pipeline = self.chain.pipeline(self.identity.transaction());
        for planned in &mut planned {
            while let Some(fresh) = planned.next_fresh() {
                let (record, number) = (planned.imported.record, planned.versions.saturating_sub(1));
                let (compartment, content) = (planned.imported.compartment, Content::Bytes(fresh.content.to_vec()));
                let (call, version) =
                    self.amendment(record, number, compartment, planned.custodian, content, &fresh.metadata).await?;
                pipeline.send(&call).await?;
                pipeline.finish().await?;
                memory.remember(&[(version.content, fresh.remembered)]).map_err(AgentError::Memory)?;
                done(1);
            }
        }
        for planned in planned.iter().filter(|planned| planned.imported.state == ImportState::Shredded) {
            forget_if_shredded(&self.chain, planned.imported.record, memory).await?;
        }
        // These were compared with the newest block, which may be retracted.
        let unchanged = planned.iter().filter(|planned| planned.imported.state == ImportState::Present);
        let wanted = unchanged.map(|planned| (planned.imported.record.key, planned.versions)).collect();
        self.wait_until_final(chart, wanted).await?;
        Ok(planned.into_iter().map(|planned| planned.imported).collect())
    }

    /// The records of a chart in the newest block, once this member's earlier transactions are in it. An import that was cut
    /// off may have left some behind.
    async fn present_records(&self, chart: ChartId) -> Result<BTreeMap<RecordKey, Record>, AgentError> {
        let account = self.identity.transaction().public();
        let settled = async {
            while self.chain.has_pending(account).await? {
                tokio::time::sleep(PAUSE).await;
            }
            Ok::<_, AgentError>(())
        };
        // Transactions that stay longer wait for others, or are void soon: the chain decides.
        if let Ok(settled) = tokio::time::timeout(EARLIER, settled).await {
            settled?;
        }
        Ok(self.chain.records(At::Best, chart).await?.into_iter().map(|it| (it.key, it.record)).collect())
    }

    /// Makes record keys of one author in one chart repeatable, and unguessable for all others.
    fn import_salt(&self, chart: ChartId) -> zeroize::Zeroizing<[u8; 32]> {
        let info = (b"salus/import/1", self.genesis(), chart).encode();
        self.identity.encryption().derived_secret(&info)
    }
}

impl<'a> Planned<'a> {
    /// The next version that is to be added; it counts as added from now on.
    fn next_fresh(&mut self) -> Option<Fresh<'a>> {
        if self.fresh.is_empty() {
            return None;
        }
        self.versions = self.versions.saturating_add(1);
        Some(self.fresh.remove(0))
    }
}

/// The content of a chart under the record key of a resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum UnderKey<'r> {
    /// No record: the resource becomes one.
    Nothing,
    /// A record that the importing member wrote: the resource may become its next version.
    Own(&'r Record),
    /// A record of another author. A key follows from a secret of its author, so another author can only have copied it
    /// from the chain or the pool.
    OfAnother(&'r Record),
}

/// Looks up `key` among the records of a chart into which `author` imports.
fn under_key(present: &BTreeMap<RecordKey, Record>, key: RecordKey, author: MemberId) -> UnderKey<'_> {
    match present.get(&key) {
        None => UnderKey::Nothing,
        Some(there) if there.author == author => UnderKey::Own(there),
        Some(there) => UnderKey::OfAnother(there),
    }
}

fn imported(entry: &Entry<'_>, record: RecordId, compartment: CompartmentId, state: ImportState) -> Imported {
    let path = &entry.entry.path;
    let entry_path = entry.entry.file.as_ref().map_or_else(|| path.clone(), |file| format!("{file}: {path}"));
    Imported { entry: entry_path, record, compartment, state, nonconformant: !entry.problems.is_empty() }
}

fn contents<'a>(versions: &[&Entry<'a>], fingerprints: &Fingerprints) -> Vec<Fresh<'a>> {
    let fresh = |entry: &&Entry<'a>| Fresh {
        metadata: Metadata {
            kind: entry.resource_type.to_owned(),
            title: text::cleaned(&entry.title),
            date: entry.date.as_deref().map(text::cleaned),
            media_type: entry.media_type.to_owned(),
            nonconformant: !entry.problems.is_empty(),
            ..Metadata::default()
        },
        content: entry.raw,
        remembered: fingerprints.of(&entry.digest, entry.updated()),
    };
    versions.iter().map(fresh).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::records::RecordState;

    const AUTHOR: MemberId = MemberId(1);
    const COLLEAGUE: MemberId = MemberId(2);
    const PATIENT: &[u8] = br#"{ "resourceType": "Patient", "id": "p1" }"#;

    fn record_of(author: MemberId) -> Record {
        Record {
            compartment: CompartmentId(0),
            author,
            custodian: InstitutionId(7),
            state: RecordState::Active,
            versions: 1,
            created_at: 0,
            hold: None,
        }
    }

    /// The key of the patient's Patient record when the author with this salt imports it.
    fn key_of_patient(salt: u8) -> RecordKey {
        let bundle = Bundle::parse(PATIENT).unwrap();
        RecordKey(bundle.patient().unwrap().record_key(&[salt; 32]))
    }

    #[test]
    fn an_import_leaves_the_patient_record_of_another_author_alone() {
        let (own, colleagues) = (key_of_patient(1), key_of_patient(2));
        // The colleague has imported the same patient: the author's import adds a record of its own beside that one.
        let present = BTreeMap::from([(colleagues, record_of(COLLEAGUE))]);
        assert_eq!(under_key(&present, own, AUTHOR), UnderKey::Nothing);
        // The author has imported it before: the import may amend that record, and only that one.
        let present = BTreeMap::from([(own, record_of(AUTHOR)), (colleagues, record_of(COLLEAGUE))]);
        assert_eq!(under_key(&present, own, AUTHOR), UnderKey::Own(&record_of(AUTHOR)));
    }

    #[test]
    fn an_import_amends_no_record_of_another_author_though_the_key_fits() {
        let own = key_of_patient(1);
        // The colleague saw the key of a transaction, and was first with it.
        let present = BTreeMap::from([(own, record_of(COLLEAGUE))]);
        assert_eq!(under_key(&present, own, AUTHOR), UnderKey::OfAnother(&record_of(COLLEAGUE)));
    }
}
