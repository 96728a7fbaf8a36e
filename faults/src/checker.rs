// SPDX-License-Identifier: Apache-2.0

//! The invariants that hold after every run, under every kind of fault.
//!
//! 1. All nodes finalized the same block at every height, and each block matches its hash.
//! 2. No finalized block disappears, and no height ever has two finalized blocks.
//! 3. The sequential model, fed with the finalized blocks, decides as the chain did and ends with every node's state.
//! 4. The chain has each transaction that a client saw finalized, and has no transaction twice.
//! 5. A gate releases content only after an opening and under a grant, and exactly as its author wrote it.
//! 6. No authority was reported, suspended or removed: a fault is not an offence.
//! 7. Sealed records are as [`judge`](super::vaults::judge) says, in runs with vault services.

use super::{
    history::Block,
    model::{ChartState, Model, Person},
    observe::Seen,
    vaults::{
        judge::{judge, SealedCounts},
        notes::Sealed,
    },
    violation::{Rule, Violation},
    workload::{End, Notes},
};
use salus_primitives::{ChartId, Digest, RecordId};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
};

/// One node's answers about the finalized blocks.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// For each height: the block's hash, the hash of the header under it, and BLAKE2b-256 of the transactions as JSON.
    pub blocks: BTreeMap<u32, (Digest, Digest, Digest)>,
    /// The state of each chart after the last block.
    pub charts: BTreeMap<ChartId, ChartState>,
    /// Whether the node must have every block. A node that joined by warp sync fetches older blocks later.
    pub whole: bool,
}

/// The evidence of one run, for [`check`].
pub struct Evidence<'a> {
    /// The members who take part.
    pub people: Vec<Person>,
    /// The finalized blocks from 1 to the last checked height, as the witness has them.
    pub blocks: &'a [Block],
    /// The index of the witness: a node that the fault did not strike, or node 0 if it struck all.
    pub witness: usize,
    /// The answers of each node, with its index.
    pub nodes: &'a [(usize, Told)],
    /// The observations during the run.
    pub seen: &'a Seen,
    /// The attempts of clients, and the answers that they got.
    pub notes: &'a Notes,
    /// The history of sealed records, in runs with vault services.
    pub sealed: Option<SealedEvidence<'a>>,
}

/// The history of sealed records, for [`check`].
#[derive(Clone, Copy)]
pub struct SealedEvidence<'a> {
    /// The history.
    pub history: &'a Sealed,
    /// The contents that were there before the run, by record and version.
    pub first: &'a BTreeMap<(RecordId, u32), Digest>,
}

/// The numbers of checked items, for the report.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Counts {
    /// Finalized blocks.
    pub blocks: usize,
    /// Transactions that the model applied.
    pub transactions: usize,
    /// Openings that the model decided: permitted, denied.
    pub openings: (usize, usize),
    /// Log entries whose hash chain the model computed again.
    pub entries: usize,
    /// Transactions that clients saw finalized.
    pub told_final: usize,
    /// Reads that gates released.
    pub released: usize,
    /// Reads that gates refused.
    pub withheld: usize,
    /// Sealed records through vault services; none in other runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<SealedCounts>,
}

/// Returns the violations in the evidence, and the numbers of checked items.
pub fn check(evidence: &Evidence) -> (Vec<Violation>, Counts) {
    let mut found = Violations(Vec::new());
    agreement(evidence, &mut found);
    continuity(evidence, &mut found);
    let model = replay(evidence, &mut found);
    states(evidence, &model, &mut found);
    transactions(evidence, &mut found);
    readings(evidence, &model, &mut found);
    offences(evidence, &mut found);
    let sealed = evidence.sealed.map(|SealedEvidence { history, first }| {
        let told =
            evidence.nodes.iter().find(|(node, _)| *node == evidence.witness).map(|(_, told)| told.charts.clone());
        let (violations, counts) = judge(history, first, &model, &told.unwrap_or_default());
        found.0.extend(violations);
        counts
    });

    let permitted = model.openings().iter().filter(|(_, opening)| opening.decision.is_ok()).count();
    let counts = Counts {
        blocks: evidence.blocks.len(),
        transactions: model.transactions(),
        openings: (permitted, model.openings().len().saturating_sub(permitted)),
        entries: model.charts().values().map(|chart| chart.entries.len()).sum(),
        told_final: evidence.notes.attempts.iter().filter(|one| matches!(one.end, End::Final { .. })).count(),
        released: evidence.notes.readings.iter().filter(|one| one.released).count(),
        withheld: evidence.notes.readings.iter().filter(|one| !one.released).count(),
        sealed,
    };
    (found.0, counts)
}

struct Violations(Vec<Violation>);

impl Violations {
    fn add(&mut self, rule: Rule, what: impl Into<String>) {
        self.0.push(Violation { rule, what: what.into() });
    }

    fn equal<T: PartialEq + Debug>(&mut self, rule: Rule, what: &str, found: &T, expected: &T) {
        if found != expected {
            let short = |value: &T| format!("{value:?}").chars().take(600).collect::<String>();
            self.add(rule, format!("{what}: found {}, expected {}", short(found), short(expected)));
        }
    }
}

/// Checks invariant 1: nodes agree, and blocks match their hashes.
fn agreement(evidence: &Evidence, found: &mut Violations) {
    let mut before: Option<&Block> = None;
    for block in evidence.blocks {
        if before.is_some_and(|before| before.hash != block.parent) {
            found.add(Rule::Contradiction, format!("block {} does not follow the one before", block.number));
        }
        before = Some(block);
    }
    let witness = evidence.nodes.iter().find(|(node, _)| *node == evidence.witness).map(|(_, told)| told);
    for (node, told) in evidence.nodes {
        for block in evidence.blocks {
            match told.blocks.get(&block.number) {
                Some((hash, header, body)) => {
                    let place = format!("node {node}, block {}", block.number);
                    found.equal(Rule::Contradiction, &place, hash, &block.hash);
                    found.equal(Rule::Forged, &format!("{place}, header"), header, hash);
                    let other = witness.and_then(|told| told.blocks.get(&block.number)).map(|(.., body)| body);
                    found.equal(Rule::Forged, &format!("{place}, transactions"), body, other.unwrap_or(body));
                }
                None if told.whole => found.add(Rule::Lost, format!("node {node} has no block {}", block.number)),
                None => {}
            }
        }
    }
}

/// Checks invariant 2: no finalized block disappears or has a rival.
fn continuity(evidence: &Evidence, found: &mut Violations) {
    let last = evidence.blocks.last().map(|block| block.number).unwrap_or_default();
    let finals: BTreeMap<u32, Digest> = evidence.blocks.iter().map(|block| (block.number, block.hash)).collect();
    for (height, blocks) in &evidence.seen.finalized {
        if blocks.len() > 1 {
            found.add(Rule::Contradiction, format!("height {height} had {} final blocks: {blocks:?}", blocks.len()));
        }
        for (hash, nodes) in blocks.iter().filter(|_| *height <= last) {
            if finals.get(height) != Some(hash) {
                found.add(Rule::Lost, format!("block {height} ({hash}) was final on nodes {nodes:?} and is gone"));
            }
        }
    }
    if evidence.seen.height() > last {
        found.add(Rule::Lost, format!("height {} was final, but all ends at {last}", evidence.seen.height()));
    }
}

/// Checks the decisions of invariant 3, and returns the model.
fn replay(evidence: &Evidence, found: &mut Violations) -> Model {
    let mut model = Model::new(evidence.people.iter().copied());
    for block in evidence.blocks {
        for difference in model.apply(block) {
            found.add(Rule::Decision, difference);
        }
    }
    model
}

/// Checks the states of invariant 3.
fn states(evidence: &Evidence, model: &Model, found: &mut Violations) {
    for (node, told) in evidence.nodes {
        let (charts, expected) = (told.charts.keys().collect::<Vec<_>>(), model.charts().keys().collect::<Vec<_>>());
        found.equal(Rule::State, &format!("node {node}, charts"), &charts, &expected);
        for (number, expected) in model.charts() {
            let Some(state) = told.charts.get(number) else { continue };
            let place = |what: &str| format!("node {node}, chart {number}, {what}");
            found.equal(Rule::State, &place("chart"), &state.chart, &expected.chart);
            found.equal(Rule::State, &place("compartments"), &state.compartments, &expected.compartments);
            found.equal(Rule::State, &place("grants"), &state.grants, &expected.grants);
            found.equal(Rule::State, &place("requests"), &state.requests, &expected.requests);
            found.equal(Rule::State, &place("records"), &state.records, &expected.records);
            found.equal(Rule::State, &place("versions"), &state.versions, &expected.versions);
            found.equal(Rule::State, &place("log"), &state.entries, &expected.entries);
            found.equal(Rule::State, &place("log's head"), &state.head, &expected.head);
        }
    }
}

/// Checks invariant 4: the chain has what clients saw finalized.
fn transactions(evidence: &Evidence, found: &mut Violations) {
    let mut places: BTreeMap<Digest, Vec<u32>> = BTreeMap::new();
    for block in evidence.blocks {
        // Inherents of two blocks may have equal bytes, and so equal hashes.
        for transaction in block.transactions.iter().filter(|one| one.signer.is_some()) {
            places.entry(transaction.hash).or_default().push(block.number);
        }
    }
    for (hash, blocks) in places.iter().filter(|(_, blocks)| blocks.len() > 1) {
        found.add(Rule::Twice, format!("transaction {hash} is in blocks {blocks:?}"));
    }
    let hashes: BTreeSet<_> = evidence.blocks.iter().map(|block| block.hash).collect();
    for attempt in &evidence.notes.attempts {
        let End::Final { transaction, block } = &attempt.end else { continue };
        if !places.contains_key(transaction) {
            let who = attempt.member;
            let text = format!("member {who} was told that {} ({transaction}) is final", attempt.what);
            found.add(Rule::Transaction, text);
        }
        if let Some(block) = block.filter(|block| !hashes.contains(block)) {
            found.add(Rule::Transaction, format!("a client was told that block {block} is final"));
        }
    }
}

/// Checks invariant 5: gates release only what a reader may have.
fn readings(evidence: &Evidence, model: &Model, found: &mut Violations) {
    for reading in evidence.notes.readings.iter().filter(|reading| reading.released) {
        let might = model.might_read(reading.reader, reading.record, reading.session, reading.from, reading.to);
        if !might {
            found.add(Rule::Reading, format!("released without leave: {reading:?}"));
        }
        if !reading.right {
            found.add(Rule::Reading, format!("something else than was written was released: {reading:?}"));
        }
    }
}

/// Checks invariant 6: no authority was punished.
fn offences(evidence: &Evidence, found: &mut Violations) {
    const TELLING: [(&str, &str); 4] = [
        ("Offences", "Offence"),
        ("Authorities", "AuthoritySuspended"),
        ("Authorities", "AuthorityRemoved"),
        ("Authorities", "EquivocationReported"),
    ];
    for block in evidence.blocks {
        let events = block.transactions.iter().flat_map(|transaction| &transaction.events);
        for event in events.filter(|event| TELLING.contains(&(event.pallet.as_str(), event.name.as_str()))) {
            found.add(Rule::Offence, format!("block {}: {}.{}", block.number, event.pallet, event.name));
        }
    }
}
