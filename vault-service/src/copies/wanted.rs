// SPDX-License-Identifier: Apache-2.0

//! The objects of a chart that this vault is to have, and lacks.

use super::{expected::ExpectedObjects, policy::Agreement};
use crate::shredding::Destroyed;
use salus_chain::NamedObject;
use salus_primitives::{ChartId, Digest};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

/// How long the chain's answer about a chart counts, if the chart's log stays as long as it was.
const FRESH: Duration = Duration::from_secs(10);

/// The objects of a chart that this vault is to have, as the chain named them last.
pub(super) struct Wanted<'a, N> {
    chain: &'a N,
    pub(super) chart: ChartId,
    /// How often the chart had changed when the chain was asked last, and when that was.
    changes: Option<u64>,
    asked: Instant,
    /// All of them.
    pub(super) expected: BTreeMap<Digest, NamedObject>,
    /// The ones that are not in the vault.
    pub(super) missing: BTreeMap<Digest, NamedObject>,
    /// The missing ones that the vault in which they belong does not have, either.
    pub(super) denied: BTreeSet<Digest>,
}

impl<'a, N: ExpectedObjects> Wanted<'a, N> {
    /// Asks the chain about a chart that has changed so often. A blob of a shredded record is wanted no more, whatever names it.
    pub(super) async fn of(
        chain: &'a N,
        chart: ChartId,
        changes: u64,
        agreement: &Agreement,
        destroyed: &Destroyed,
    ) -> Result<Self, N::Error> {
        let asked = Instant::now();
        let mut expected = chain.objects(chart).await?;
        expected.retain(|id, object| agreement.keeps(id, object.owner) && !destroyed.has(id));
        let (changes, missing, denied) = (Some(changes), BTreeMap::new(), BTreeSet::new());
        Ok(Self { chain, chart, changes, asked, expected, missing, denied })
    }

    /// Whether the chain still names an object that is missing. Its bytes took a while to come, and what the chain names no more must
    /// not come back.
    pub(super) async fn still_names(&mut self, id: &Digest) -> Result<bool, N::Error> {
        let (now, changes) = (Instant::now(), self.chain.changes(self.chart).await?);
        if changes != self.changes || now.saturating_duration_since(self.asked) >= FRESH {
            let named = self.chain.objects(self.chart).await?;
            self.expected.retain(|id, _| named.contains_key(id));
            self.missing.retain(|id, _| named.contains_key(id));
            (self.changes, self.asked) = (changes, now);
        }
        Ok(self.missing.contains_key(id))
    }
}
