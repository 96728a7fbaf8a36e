// SPDX-License-Identifier: Apache-2.0

//! The vault objects that a block's state names, by the SHA-256 of their bytes.

use super::{At, Chain, QueryError};
use codec::Encode;
use salus_primitives::{
    api::MAX_PAGE,
    audit::{Entry, LogId, Reason},
    records::KeyedRecord,
    ChartId, Digest, InstitutionId, Moment, RecordId,
};
use std::collections::{BTreeMap, BTreeSet};

/// An object that a vault should have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NamedObject {
    /// The institution in whose vault it belongs.
    pub owner: InstitutionId,
    /// How many bytes it has, at most.
    pub longest: u64,
    /// Whether reading needs it. Notes explain, and open nothing.
    pub is_needed: bool,
}

/// Bytes of an envelope or a profile, at most.
const LONGEST_SMALL: u64 = 64 * 1024;

impl Chain {
    /// How many entries a chart's log has; none where there is no such chart. Each change of a chart is an entry.
    pub async fn chart_log_length(&self, at: At, chart: ChartId) -> Result<Option<u64>, QueryError> {
        match self.chart(at, chart).await? {
            Some(_) => Ok(Some(self.log_head(at, LogId::Chart(chart)).await?.length)),
            None => Ok(None),
        }
    }

    /// All objects that a chart and its records name, and where they belong.
    pub async fn objects_of_chart(&self, at: At, chart: ChartId) -> Result<BTreeMap<Digest, NamedObject>, QueryError> {
        let at = At::Block(Digest(self.hash(at).await?.0));
        let mut objects = BTreeMap::new();
        let Some(found) = self.chart(at, chart).await? else { return Ok(objects) };
        let Some(controller) = self.member(at, found.controller).await? else { return Ok(objects) };
        let home = controller.admitted_by;
        let small = |owner, is_needed| NamedObject { owner, longest: LONGEST_SMALL, is_needed };
        for note in self.reasons_of_chart(at, chart, 0).await? {
            objects.insert(note, small(home, false));
        }
        for id in self.keys_of_chart(at, chart).await? {
            objects.insert(id, small(home, true));
        }
        for KeyedRecord { key, record } in self.records(at, chart).await? {
            for numbered in self.versions(at, RecordId { chart, key }).await? {
                let version = numbered.version;
                objects.extend(version.grant_envelopes.iter().map(|sealed| (sealed.envelope, small(home, true))));
                objects.insert(version.key_envelope, small(record.custodian, true));
                let blob = NamedObject { owner: record.custodian, longest: version.size, is_needed: true };
                objects.insert(version.content, blob);
            }
        }
        Ok(objects)
    }

    /// The objects that a chart itself names: profiles, secrets, links, the envelopes and reasons of grants, the reasons of requests.
    /// Reasons that only the log has count if their entries are not older than `since`.
    pub async fn named_by_chart(&self, at: At, chart: ChartId, since: Moment) -> Result<BTreeSet<Digest>, QueryError> {
        let at = At::Block(Digest(self.hash(at).await?.0));
        let mut named = self.reasons_of_chart(at, chart, since).await?;
        named.extend(self.keys_of_chart(at, chart).await?);
        Ok(named)
    }

    /// Profiles, secrets and links of a chart, and the envelopes of grants.
    async fn keys_of_chart(&self, at: At, chart: ChartId) -> Result<BTreeSet<Digest>, QueryError> {
        let mut named = BTreeSet::new();
        for compartment in self.compartments(at, chart).await? {
            named.insert(compartment.compartment.profile);
            for numbered in self.epochs(at, chart, compartment.number).await? {
                named.insert(numbered.epoch.secret_envelope);
                named.extend(numbered.epoch.link);
            }
        }
        for numbered in self.grants(at, chart).await? {
            named.extend(numbered.grant.envelope.map(|envelope| envelope.hash));
        }
        Ok(named)
    }

    /// The reasons of grants and requests, and those that only the log has, if their entries are not older than `since`.
    async fn reasons_of_chart(&self, at: At, chart: ChartId, since: Moment) -> Result<BTreeSet<Digest>, QueryError> {
        let mut named = self.log_reasons(at, chart, since).await?;
        named.extend(self.grants(at, chart).await?.into_iter().filter_map(|numbered| numbered.grant.reason));
        named.extend(self.requests(at, chart).await?.into_iter().filter_map(|numbered| numbered.request.reason));
        Ok(named)
    }

    /// The objects that the versions of a record name: blobs, the envelopes of their keys, and those that their authors made for grants.
    pub async fn named_by_record(&self, at: At, record: RecordId) -> Result<BTreeSet<Digest>, QueryError> {
        let mut named = BTreeSet::new();
        for numbered in self.versions(at, record).await? {
            named.extend([numbered.version.content, numbered.version.key_envelope]);
            named.extend(numbered.version.grant_envelopes.iter().map(|sealed| sealed.envelope));
        }
        Ok(named)
    }

    /// The reasons in a chart's log, from its end back to `since`.
    async fn log_reasons(&self, at: At, chart: ChartId, since: Moment) -> Result<BTreeSet<Digest>, QueryError> {
        let log = LogId::Chart(chart);
        let (mut reasons, mut end) = (BTreeSet::new(), self.log_head(at, log).await?.length);
        while end > 0 {
            let first = end.saturating_sub(MAX_PAGE.into());
            let page: Vec<Entry> = self.ask(at, "SalusApi_log", (log, first, MAX_PAGE).encode()).await?;
            reasons.extend(page.iter().filter_map(|entry| match entry.reason {
                Some(Reason::Text(reason)) => Some(reason),
                _ => None,
            }));
            // Entries past a horizon have left the state.
            if page.first().is_none_or(|oldest| oldest.sequence > first || oldest.at < since) {
                break;
            }
            end = first;
        }
        Ok(reasons)
    }
}
