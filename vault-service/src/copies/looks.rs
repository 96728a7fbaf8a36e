// SPDX-License-Identifier: Apache-2.0

//! When a copier looks at which chart again, and what it saw there last.

use salus_primitives::{ChartId, InstitutionId};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// How long a chart that does not change counts as complete. Objects may get lost without a change on the chain.
const COMPLETE: Duration = Duration::from_secs(24 * 60 * 60);
/// Rounds between two looks at a chart of which something is lost or has too few copies, at most.
const LONGEST_WAIT: u64 = 8;
/// Likewise, where all that is missing never came: its author may never upload it.
const LONGEST_WAIT_FOR_AUTHOR: u64 = 128;

/// The counts that a look at a chart found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Tally {
    pub(super) missing: BTreeMap<InstitutionId, u64>,
    pub(super) never_came: BTreeMap<InstitutionId, u64>,
    pub(super) copies: BTreeMap<u64, u64>,
    pub(super) under_replicated: u64,
    /// Missing notes, which nothing tells of. A look may have come before their owner knew that the chain names them.
    pub(super) notes: u64,
}

impl Tally {
    fn wait(&self, looks: u32) -> Option<u64> {
        let may_come = !self.never_came.is_empty() || self.notes > 0;
        let longest = match (self.missing.is_empty() && self.under_replicated == 0, may_come) {
            (true, false) => return None,
            (true, true) => LONGEST_WAIT_FOR_AUTHOR,
            (false, _) => LONGEST_WAIT,
        };
        Some(1u64.checked_shl(looks.saturating_sub(2)).unwrap_or(longest).clamp(1, longest))
    }

    fn add(&mut self, other: &Self) {
        add(&mut self.missing, &other.missing);
        add(&mut self.never_came, &other.never_came);
        add(&mut self.copies, &other.copies);
        self.under_replicated = self.under_replicated.saturating_add(other.under_replicated);
        self.notes = self.notes.saturating_add(other.notes);
    }
}

fn add<K: Ord + Copy>(counts: &mut BTreeMap<K, u64>, others: &BTreeMap<K, u64>) {
    for (key, other) in others {
        let count = counts.entry(*key).or_default();
        *count = count.saturating_add(*other);
    }
}

struct Look {
    changes: u64,
    /// Looks since the chart changed last.
    looks: u32,
    /// The round in which to look again, if the chart does not change before.
    again: Option<u64>,
    tally: Tally,
}

/// The charts that were looked at.
pub(super) struct Looks {
    charts: BTreeMap<ChartId, Look>,
    round: u64,
    since: Instant,
}

impl Looks {
    pub(super) fn new() -> Self {
        Self { charts: BTreeMap::new(), round: 0, since: Instant::now() }
    }

    /// Begins a round.
    pub(super) fn begin(&mut self) {
        self.round = self.round.saturating_add(1);
        if self.since.elapsed() > COMPLETE {
            self.look_at_all();
        }
    }

    /// Has every chart looked at in this round.
    pub(super) fn look_at_all(&mut self) {
        self.since = Instant::now();
        self.charts.values_mut().for_each(|look| look.again = Some(0));
    }

    /// Has a chart looked at in this round.
    pub(super) fn look_at(&mut self, chart: ChartId) {
        if let Some(look) = self.charts.get_mut(&chart) {
            (look.again, look.looks) = (Some(0), 0);
        }
    }

    /// Whether a chart that changed so often need not be looked at in this round.
    pub(super) fn may_wait(&self, chart: ChartId, changes: u64) -> bool {
        let waits = |look: &Look| look.changes == changes && look.again.is_none_or(|again| again > self.round);
        self.charts.get(&chart).is_some_and(waits)
    }

    /// Keeps what a look found.
    pub(super) fn keep(&mut self, chart: ChartId, changes: u64, tally: Tally) {
        let before = self.charts.get(&chart).filter(|look| look.changes == changes).map_or(0, |look| look.looks);
        let looks = before.saturating_add(1);
        let again = tally.wait(looks).map(|wait| self.round.saturating_add(wait));
        self.charts.insert(chart, Look { changes, looks, again, tally });
    }

    /// The counts of all charts together.
    pub(super) fn total(&self) -> Tally {
        let mut total = Tally::default();
        self.charts.values().for_each(|look| total.add(&look.tally));
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHART: ChartId = ChartId(0);

    /// In which of `rounds` the chart is looked at, if each look finds `tally`.
    fn looked_at(rounds: u64, tally: &Tally) -> Vec<u64> {
        let (mut looks, mut seen) = (Looks::new(), Vec::new());
        for round in 1..=rounds {
            looks.begin();
            if !looks.may_wait(CHART, 5) {
                seen.push(round);
                looks.keep(CHART, 5, tally.clone());
            }
        }
        seen
    }

    #[test]
    fn looks_at_what_an_author_did_not_upload_get_rare() {
        let never_came = Tally { never_came: [(InstitutionId(0), 1)].into(), ..Tally::default() };
        assert_eq!(looked_at(600, &never_came), [1, 2, 3, 5, 9, 17, 33, 65, 129, 257, 385, 513]);
        assert_eq!(looked_at(600, &Tally { notes: 1, ..Tally::default() }), looked_at(600, &never_came));
        let lost = Tally { missing: [(InstitutionId(0), 1)].into(), ..never_came };
        assert_eq!(looked_at(40, &lost), [1, 2, 3, 5, 9, 17, 25, 33]);
        assert_eq!(looked_at(40, &Tally { under_replicated: 1, ..Tally::default() }), looked_at(40, &lost));
        assert_eq!(looked_at(40, &Tally::default()), [1]);
    }

    #[test]
    fn a_change_has_a_chart_looked_at_at_once() {
        let mut looks = Looks::new();
        looks.begin();
        looks.keep(CHART, 1, Tally { under_replicated: 3, ..Tally::default() });
        assert_eq!((looks.may_wait(CHART, 1), looks.may_wait(CHART, 2)), (true, false));
        assert_eq!(looks.total().under_replicated, 3);
        looks.look_at(CHART);
        assert!(!looks.may_wait(CHART, 1));
        looks.keep(CHART, 1, Tally::default());
        looks.look_at_all();
        assert!(!looks.may_wait(CHART, 1));
    }
}
