// SPDX-License-Identifier: Apache-2.0

//! What has to hold after a run, whatever the fault was.
//!
//! 1. All nodes have the same final block at every height, and each block is what its hash says.
//! 2. Whatever any node ever called final during the run is still there; never were there two for one height.
//! 3. The sequential model, fed with the final blocks, decides as the chain did and ends with the state that every node has.
//! 4. What a client was told to be final is there, and no transaction is there twice.
//! 5. A gate gave nothing out without an opening and a grant, and what it gave out was what had been written.
//! 6. No authority was reported for an offence: faults are not crimes.

use super::{
    history::Block,
    model::{ChartState, Model, Person},
    observe::Seen,
    workload::{End, Notes},
};
use salus_primitives::{ChartId, Digest};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
};

/// What was violated.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Two nodes, or a node and its own past, disagree about what is final.
    Contradiction,
    /// What was final is gone.
    Lost,
    /// A block is not what its hash says.
    Forged,
    /// The chain did something else than the model.
    Decision,
    /// A node's storage is not what the history gives.
    State,
    /// A transaction that a client was told to be final is not there.
    Transaction,
    /// A transaction is there twice.
    Twice,
    /// Something was released to a reader who may not have it, or something else than was written.
    Reading,
    /// An authority was reported for an offence.
    Offence,
}

/// A violation: what must never be in a report.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct Violation {
    /// What was violated.
    pub rule: Rule,
    /// Where, and how.
    pub what: String,
}

/// What a node tells of the final blocks.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// For each height the hash of the block, the hash of the header that came under it, and a hash of its transactions.
    pub blocks: BTreeMap<u32, (Digest, Digest, Digest)>,
    /// The state of each chart at the last of them.
    pub charts: BTreeMap<ChartId, ChartState>,
    /// Whether it has to have every block: not when it joined by proof and fetches what came before later.
    pub whole: bool,
}

/// All that is known after a run.
pub struct Evidence<'a> {
    /// Who takes part.
    pub people: Vec<Person>,
    /// The final blocks from the first to the last that is looked at, as one node tells them.
    pub blocks: &'a [Block],
    /// The node: nothing was done to it.
    pub witness: usize,
    /// What each node tells of them.
    pub nodes: &'a [(usize, Told)],
    /// What was seen during the run.
    pub seen: &'a Seen,
    /// What clients were told.
    pub notes: &'a Notes,
}

/// What was looked at, for the report.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Counts {
    /// Final blocks.
    pub blocks: usize,
    /// Transactions that the model applied.
    pub transactions: usize,
    /// Openings that it decided: permitted and denied.
    pub openings: (usize, usize),
    /// Entries of logs whose chain was computed again.
    pub entries: usize,
    /// Transactions that clients were told to be final.
    pub told_final: usize,
    /// What gates gave out.
    pub released: usize,
    /// What gates refused.
    pub withheld: usize,
}

/// Looks for violations.
pub fn check(evidence: &Evidence) -> (Vec<Violation>, Counts) {
    let mut found = Violations(Vec::new());
    agreement(evidence, &mut found);
    continuity(evidence, &mut found);
    let model = replay(evidence, &mut found);
    states(evidence, &model, &mut found);
    transactions(evidence, &mut found);
    readings(evidence, &model, &mut found);
    offences(evidence, &mut found);

    let permitted = model.openings().iter().filter(|(_, opening)| opening.decision.is_ok()).count();
    let counts = Counts {
        blocks: evidence.blocks.len(),
        transactions: model.transactions(),
        openings: (permitted, model.openings().len().saturating_sub(permitted)),
        entries: model.charts().values().map(|chart| chart.entries.len()).sum(),
        told_final: evidence.notes.attempts.iter().filter(|one| matches!(one.end, End::Final { .. })).count(),
        released: evidence.notes.readings.iter().filter(|one| one.released).count(),
        withheld: evidence.notes.readings.iter().filter(|one| !one.released).count(),
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

/// Rule 1.
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

/// Rule 2.
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

/// Rule 3, decisions.
fn replay(evidence: &Evidence, found: &mut Violations) -> Model {
    let mut model = Model::new(evidence.people.iter().copied());
    for block in evidence.blocks {
        for difference in model.apply(block) {
            found.add(Rule::Decision, difference);
        }
    }
    model
}

/// Rule 3, states.
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

/// Rule 4.
fn transactions(evidence: &Evidence, found: &mut Violations) {
    let mut places: BTreeMap<Digest, Vec<u32>> = BTreeMap::new();
    for block in evidence.blocks {
        // Inherents of two blocks may be the same bytes.
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

/// Rule 5.
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

/// Rule 6.
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
