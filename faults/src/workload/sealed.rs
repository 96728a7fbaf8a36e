// SPDX-License-Identifier: Apache-2.0

//! Sealed records through vault services: people put contents of their own, and read what others put.

use super::{known::Known, Client, Done, HOSPITALS, PATIENCE_TO_READ};
use crate::{
    template::metadata,
    vaults::notes::{digest, Class, Fault, Fetch, Fetched, Put, Stored},
};
use salus_chain::At;
use salus_client::agent::{AgentError, Content};
use salus_primitives::{ChartId, CompartmentId, Digest, ReadingSessionId, RecordId, RecordKey};
use std::time::Instant;
use tokio::time::timeout;

/// The most bytes of a content.
const LARGEST: u64 = 768 * 1024;

impl Client {
    /// Whether vaults are behind services in this run.
    pub(super) fn has_vaults(&self) -> bool {
        self.shared.sealed.is_some()
    }

    /// Does one thing with sealed records, in half of the cases. Returns whether it did.
    pub(super) async fn acts_on_records(&mut self, chart: ChartId) -> bool {
        if !self.has_vaults() || !self.chance.chance(60) {
            return false;
        }
        match self.chance.between(0, 99) {
            0..=31 => self.put(chart).await,
            32..=54 => self.reads_amends_and_reads(chart).await,
            _ => {
                self.fetch_own(chart).await;
            }
        }
        true
    }

    /// A patient reads a record of their own chart.
    pub(super) async fn fetch_own(&mut self, chart: ChartId) -> Option<bool> {
        let record = self.some_record(chart, None)?;
        self.fetch(record, None).await
    }

    /// A record of a chart, or of one of its compartments.
    pub(super) fn some_record(&mut self, chart: ChartId, compartment: Option<CompartmentId>) -> Option<RecordId> {
        let first = self.shared.template.records.iter().find(|record| record.chart == chart).copied();
        let known: Vec<RecordId> = {
            let known = self.shared.known();
            let fits = |it: &&Known| it.record.chart == chart && compartment.is_none_or(|one| one == it.compartment);
            known.iter().filter(fits).map(|it| it.record).chain(first).collect()
        };
        self.chance.pick(&known).copied()
    }

    /// Puts a new record.
    pub(super) async fn put(&mut self, chart: ChartId) {
        let (compartment, key) = (self.compartment(), RecordKey(self.bytes()));
        let Some(custodian) = self.own_hospital() else { return };
        let known = Known {
            record: RecordId { chart, key },
            compartment,
            version: 0,
            custodian,
            author: self.actor.person.member,
        };
        self.put_version(known).await;
    }

    /// Puts a new version of a record that the patient put, since only the author may. The patient reads the record before and
    /// after, so that a service that lies has an older version to give out.
    pub(super) async fn reads_amends_and_reads(&mut self, chart: ChartId) {
        let me = self.actor.person.member;
        let fits = |it: &&Known| it.record.chart == chart && it.author == me;
        let known: Vec<Known> = self.shared.known().iter().filter(fits).copied().collect();
        let Some(known) = self.chance.pick(&known).copied() else { return self.put(chart).await };
        self.fetch(known.record, None).await;
        self.put_version(Known { version: known.version.saturating_add(1), ..known }).await;
        self.fetch(known.record, None).await;
    }

    fn own_hospital(&self) -> Option<usize> {
        usize::try_from(self.actor.person.admitted_by.0).ok()
    }

    async fn put_version(&mut self, known: Known) {
        let Known { record, compartment, version, custodian, author } = known;
        let content = self.some_content();
        let (bytes, sum) = (content.len(), digest(&content));
        let (began, phase, at) = (Instant::now(), self.shared.phase(), self.shared.elapsed());
        let place = self.note_put(Put {
            phase,
            at,
            took: 0,
            author,
            record,
            version,
            custodian,
            bytes,
            digest: sum,
            // Unless something else is written over it.
            end: Stored::Failed(Fault::new(Class::NoAnswer, "under way at the end")),
        });
        let fault = std::sync::Mutex::new(None);
        let what = if version == 0 { "put" } else { "amend" };
        let done = self
            .attempt(what, async |agent| {
                let content = Content::Bytes(content);
                let written = match version {
                    0 => agent.create(record.chart, compartment, content, &metadata(), Some(record.key)).await,
                    _ => agent.amend(record, content, &metadata()).await,
                };
                let written = written.inspect_err(|error| {
                    *fault.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Fault::of(error));
                })?;
                // Another version than was meant would be noted as the wrong content.
                match written.version == version {
                    true => Ok(Done { transaction: written.transaction, block: None, value: () }),
                    false => Err(AgentError::NotInMetadata),
                }
            })
            .await;
        let fault = fault.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let end = match (done, fault) {
            (Some(()), _) => Stored::Acknowledged,
            (None, Some(fault)) => Stored::Failed(fault),
            (None, None) => Stored::Failed(Fault::new(Class::NoAnswer, "no answer in time")),
        };
        if end == Stored::Acknowledged {
            let mut all = self.shared.known();
            all.retain(|it| it.record != record);
            all.push(known);
        }
        let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.shared.amend_put(place, took, end);
    }

    fn note_put(&self, put: Put) -> usize {
        self.shared.note_sealed(|sealed| {
            sealed.puts.push(put);
            sealed.puts.len().saturating_sub(1)
        })
    }

    /// Reads the newest version of a record through the services. Returns whether it came.
    pub(super) async fn fetch(&mut self, record: RecordId, session: Option<ReadingSessionId>) -> Option<bool> {
        let (shared, node) = (self.shared.clone(), self.node);
        if shared.stopped() {
            return None;
        }
        let link = shared.links.get(node)?;
        let (began, phase, at) = (Instant::now(), shared.phase(), shared.elapsed());
        let looked = timeout(PATIENCE_TO_READ, async {
            let unreachable = |cause: String| Fault::new(Class::Node, cause);
            let agent = self.agent(link).await.map_err(unreachable)?;
            let height = async || {
                let head = agent.chain().head(At::Finalized).await.map_err(|error| unreachable(error.to_string()))?;
                Ok::<_, Fault>(u32::try_from(head.number).unwrap_or(u32::MAX))
            };
            let from = height().await?;
            let end = match agent.read(record, None, session).await {
                Ok(read) => {
                    Fetched::Got { holder: read.holder, version: read.version, digest: digest(read.content.expose()) }
                }
                Err(error) => Fetched::Failed(Fault::of(&error)),
            };
            Ok::<_, Fault>((from, height().await?, end))
        })
        .await;
        let (from, to, end) = match looked {
            Ok(Ok(read)) => read,
            Ok(Err(fault)) => {
                link.broke().await;
                self.node = node.saturating_add(1) % HOSPITALS;
                (0, 0, Fetched::Failed(fault))
            }
            Err(_) => (0, 0, Fetched::Failed(Fault::new(Class::NoAnswer, "no answer in time"))),
        };
        let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let came = matches!(end, Fetched::Got { .. });
        let reader = self.actor.person.member;
        shared.note_sealed(|sealed| {
            sealed.fetches.push(Fetch { phase, at, took, reader, record, session, node, from, to, end });
        });
        Some(came)
    }

    /// Bytes that are not put elsewhere.
    fn some_content(&mut self) -> Vec<u8> {
        // Most are small, and some take a while.
        let longest = if self.chance.chance(50) { LARGEST } else { LARGEST / 64 };
        let length = usize::try_from(self.chance.between(1, longest)).unwrap_or(1);
        let mut content = Vec::with_capacity(length.saturating_add(8));
        while content.len() < length {
            content.extend(self.chance.number().to_le_bytes());
        }
        content.truncate(length);
        content
    }
}

/// The digest of a template record's content.
pub fn first_content(chart: ChartId) -> Digest {
    digest(&crate::template::content(chart))
}
