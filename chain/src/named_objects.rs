// SPDX-License-Identifier: Apache-2.0

//! The vault objects that a block's state names, by the SHA-256 of their bytes.

use super::{At, Chain, QueryError};
use codec::Encode;
use salus_primitives::{
    api::MAX_PAGE,
    audit::{Entry, LogId, Reason},
    ChartId, Digest, Moment, RecordId,
};
use std::collections::BTreeSet;

impl Chain {
    /// The objects that a chart itself names: profiles, secrets, links, the envelopes and reasons of grants, the reasons of requests.
    /// Reasons that only the log has count if their entries are not older than `since`.
    pub async fn named_by_chart(&self, at: At, chart: ChartId, since: Moment) -> Result<BTreeSet<Digest>, QueryError> {
        let at = At::Block(Digest(self.hash(at).await?.0));
        let mut named = self.log_reasons(at, chart, since).await?;
        for compartment in self.compartments(at, chart).await? {
            named.insert(compartment.compartment.profile);
            for numbered in self.epochs(at, chart, compartment.number).await? {
                named.insert(numbered.epoch.secret_envelope);
                named.extend(numbered.epoch.link);
            }
        }
        for numbered in self.grants(at, chart).await? {
            named.extend(numbered.grant.reason);
            named.extend(numbered.grant.envelope.map(|envelope| envelope.hash));
        }
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
