// SPDX-License-Identifier: Apache-2.0

//! Importing FHIR bundles: every entry becomes a record, sealed as its exact source bytes.

use super::{batches::Addition, compartments::meaning_of, Agent, AgentError};
use codec::Encode;
use salus_chain::At;
use salus_fhir::Bundle;
use salus_primitives::{text, ChartId, CompartmentId, InstitutionId, RecordId, RecordKey};
use salus_sealing::blob::Metadata;
use std::collections::{BTreeMap, BTreeSet};

/// One entry of a bundle that became a record, or was one already.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Imported {
    /// The entry's place in the bundle, from zero.
    pub entry: usize,
    /// The record.
    pub record: RecordId,
    /// The compartment.
    pub compartment: CompartmentId,
    /// Whether the record was there before: importing again adds nothing.
    pub present: bool,
}

/// An import that was checked in full; nothing is sealed or written yet.
pub struct Import<'a> {
    chart: ChartId,
    custodian: InstitutionId,
    entries: Vec<(Imported, Metadata, &'a [u8])>,
}

impl Import<'_> {
    /// How many records will be added.
    pub fn pending(&self) -> usize {
        self.entries.iter().filter(|(entry, ..)| !entry.present).count()
    }
}

impl Agent {
    /// Sorts the entries of a bundle into the compartments of a chart. Fails, before anything is written, when an entry
    /// belongs in a compartment that this member does not know in the chart.
    pub async fn prepare_import<'a>(&self, chart: ChartId, bundle: &Bundle<'a>) -> Result<Import<'a>, AgentError> {
        let known: BTreeMap<String, CompartmentId> = self
            .compartments(chart)
            .await?
            .into_iter()
            .filter_map(|compartment| Some((compartment.meaning?, compartment.number)))
            .collect();
        let present: BTreeSet<RecordKey> =
            self.chain.records(At::Finalized, chart).await?.into_iter().map(|(key, _)| key).collect();
        let salt = self.import_salt(chart);
        let (mut entries, mut missing) = (Vec::new(), BTreeSet::new());
        for entry in bundle.entries() {
            let Some(compartment) = known.get(&meaning_of(entry.compartment.name)) else {
                missing.insert(entry.compartment.name);
                continue;
            };
            let key = RecordKey(entry.record_key(&*salt));
            let imported = Imported {
                entry: entry.index,
                record: RecordId { chart, key },
                compartment: *compartment,
                present: present.contains(&key),
            };
            let metadata = Metadata {
                kind: entry.resource_type.to_owned(),
                title: text::cleaned(&entry.title),
                date: entry.date.clone(),
                media_type: entry.media_type.to_owned(),
                ..Metadata::default()
            };
            entries.push((imported, metadata, entry.raw));
        }
        match missing.is_empty() {
            true => Ok(Import { chart, custodian: self.own_institution().await?, entries }),
            false => Err(AgentError::MissingCompartments(missing.into_iter().map(str::to_owned).collect())),
        }
    }

    /// Seals and registers what [`Agent::prepare_import`] prepared, 64 records in a transaction, several
    /// transactions on their way. `done` is told how many records more are registered.
    pub async fn import(
        &self,
        import: Import<'_>,
        done: &mut (dyn FnMut(usize) + Send),
    ) -> Result<Vec<Imported>, AgentError> {
        let Import { chart, custodian, entries } = import;
        let fresh: Vec<_> = entries
            .iter()
            .filter(|(entry, ..)| !entry.present)
            .map(|(entry, metadata, content)| Addition {
                key: entry.record.key,
                compartment: entry.compartment,
                metadata,
                content,
            })
            .collect();
        self.add_all(chart, custodian, &fresh, done).await?;
        Ok(entries.into_iter().map(|(entry, ..)| entry).collect())
    }

    /// Makes record keys of one author in one chart repeatable, and unguessable for everybody else.
    fn import_salt(&self, chart: ChartId) -> zeroize::Zeroizing<[u8; 32]> {
        let info = (b"salus/import/1", self.genesis(), chart).encode();
        self.identity.encryption().derived_secret(&info)
    }
}
