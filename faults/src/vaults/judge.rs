// SPDX-License-Identifier: Apache-2.0

//! The rules for sealed records, under every kind of fault.
//!
//! 1. Each reading that succeeded has exactly the bytes that were put.
//! 2. The reader had leave: an opening, and a grant of which no revocation was final; and the log had an entry before the bytes.
//! 3. No half object has a name.
//! 4. Each version whose objects were acknowledged and that the chain has can be read in the end.
//! 5. Each failure has a clear error.

use super::notes::{Class, Fault, Fetch, Fetched, Put, Sealed, Stored};
use crate::{
    model::{ChartState, Model},
    violation::{Rule, Violation},
};
use salus_primitives::{
    access::Scope,
    audit::{Action, Actor, Subject},
    ChartId, Digest, RecordId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The numbers of checked items, for the report.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct SealedCounts {
    /// Puts that were acknowledged.
    pub put: usize,
    /// Puts that failed.
    pub put_failed: usize,
    /// Readings whose bytes were compared, during the run and in the end.
    pub compared: usize,
    /// Readings that gave nothing.
    pub nothing: usize,
    /// Readings from another vault than the custodian's.
    pub from_copies: usize,
    /// Versions that cannot be read any more, which the fault excuses: there was one copy only, or a service lied.
    pub excused: usize,
}

/// The contents that were put, by record and version. Template records have theirs from their chart.
type Contents = BTreeMap<(RecordId, u32), Digest>;

/// Returns the violations in the history of sealed records. `first` has the contents that were there when the run began, and
/// `charts` the charts' state, with their logs, as the witness has it.
pub fn judge(
    sealed: &Sealed,
    first: &Contents,
    model: &Model,
    charts: &BTreeMap<ChartId, ChartState>,
) -> (Vec<Violation>, SealedCounts) {
    let mut found = Vec::new();
    let mut contents = first.clone();
    contents.extend(sealed.puts.iter().map(|put| ((put.record, put.version), put.digest)));
    let mut counts = SealedCounts::default();
    for fetch in sealed.fetches.iter().chain(&sealed.last) {
        match &fetch.end {
            Fetched::Got { .. } => {
                counts.compared = counts.compared.saturating_add(1);
                counts.from_copies = counts.from_copies.saturating_add(usize::from(is_from_copy(fetch, model)));
                found.extend(bytes(fetch, &contents));
                found.extend(leave(fetch, model));
                found.extend(entry(fetch, charts));
            }
            Fetched::Failed(fault) => {
                counts.nothing = counts.nothing.saturating_add(1);
                found.extend(unclear(fault, sealed, &format!("{} was read", fetch.record)));
            }
        }
    }
    for put in &sealed.puts {
        let count = match &put.end {
            Stored::Acknowledged => &mut counts.put,
            Stored::Failed(fault) => {
                found.extend(unclear(fault, sealed, &format!("{} was put", put.record)));
                &mut counts.put_failed
            }
        };
        *count = count.saturating_add(1);
        found.extend(chain_has(put, model));
    }
    found.extend(sealed.halves.iter().map(|what| violation(Rule::Half, what.clone())));
    for fetch in &sealed.last {
        let Fetched::Failed(fault) = &fetch.end else { continue };
        match is_excused(fetch.record, sealed, model) {
            true => counts.excused = counts.excused.saturating_add(1),
            false => found.push(violation(Rule::Gone, format!("{} cannot be read: {fault:?}", fetch.record))),
        }
    }
    found.extend(never_looked_for(sealed, model));
    (found, counts)
}

fn violation(rule: Rule, what: impl Into<String>) -> Violation {
    Violation { rule, what: what.into() }
}

/// Checks the bytes of a reading.
fn bytes(fetch: &Fetch, contents: &Contents) -> Option<Violation> {
    let Fetched::Got { version, digest, .. } = &fetch.end else { return None };
    match contents.get(&(fetch.record, *version)) {
        Some(put) if put == digest => None,
        Some(_) => Some(violation(Rule::Reading, format!("something else than was put came: {fetch:?}"))),
        None => Some(violation(Rule::Reading, format!("what was never put came: {fetch:?}"))),
    }
}

/// Checks that the reader might have the bytes.
fn leave(fetch: &Fetch, model: &Model) -> Option<Violation> {
    let Fetch { reader, record, session, from, to, .. } = fetch;
    let might = model.might_read(*reader, *record, *session, *from, *to);
    (!might).then(|| violation(Rule::Reading, format!("released without leave: {fetch:?}")))
}

/// Checks that the log had an entry before the bytes came. A patient who reads their own chart needs none.
fn entry(fetch: &Fetch, charts: &BTreeMap<ChartId, ChartState>) -> Option<Violation> {
    let Fetch { reader, record, to, .. } = fetch;
    let Some(state) = charts.get(&record.chart) else {
        return Some(violation(Rule::Unlogged, format!("the chart has no log: {fetch:?}")));
    };
    let of = |scope: &Scope| match scope {
        Scope::Record(key) => *key == record.key,
        Scope::Compartment(number) => state.records.get(&record.key).is_some_and(|it| it.compartment == *number),
    };
    let is_logged = state.entries.iter().any(|entry| {
        entry.action == Action::ReadPermitted
            && entry.actor == Actor::Member(*reader)
            && matches!(&entry.subject, Subject::Scope(scope) if of(scope))
            && entry.block <= *to
    });
    let needs_one = state.chart.controller != *reader;
    (needs_one && !is_logged).then(|| violation(Rule::Unlogged, format!("no entry before the bytes: {fetch:?}")))
}

/// Whether a reading was served by another vault than the custodian's.
fn is_from_copy(fetch: &Fetch, model: &Model) -> bool {
    let state = model.charts().get(&fetch.record.chart);
    let custodian = state.and_then(|state| state.records.get(&fetch.record.key)).map(|record| record.custodian);
    matches!(&fetch.end, Fetched::Got { holder, .. } if custodian.is_some_and(|custodian| custodian != *holder))
}

/// Checks that a failure says what it is.
fn unclear(fault: &Fault, sealed: &Sealed, what: &str) -> Option<Violation> {
    let unclear = match fault.class {
        Class::Unclear => true,
        Class::Problem(500) => !sealed.lies,
        _ => fault.words.trim().is_empty(),
    };
    unclear.then(|| violation(Rule::Unclear, format!("{what}, and it failed without a clear error: {fault:?}")))
}

/// Checks that the chain has a version that was acknowledged.
fn chain_has(put: &Put, model: &Model) -> Option<Violation> {
    let versions = model.charts().get(&put.record.chart).and_then(|state| state.versions.get(&put.record.key));
    let has = versions.is_some_and(|versions| versions.len() > put.version as usize);
    let promised = put.end == Stored::Acknowledged;
    (promised && !has).then(|| violation(Rule::Gone, format!("the chain does not have what was acknowledged: {put:?}")))
}

/// Whether the fault took the objects of a record's newest version, so that it cannot be read any more.
fn is_excused(record: RecordId, sealed: &Sealed, model: &Model) -> bool {
    let versions = model.charts().get(&record.chart).and_then(|state| state.versions.get(&record.key));
    let Some(newest) = versions.and_then(|versions| versions.last()) else { return false };
    let number = versions.map_or(0, |versions| u32::try_from(versions.len().saturating_sub(1)).unwrap_or(u32::MAX));
    let lost = [newest.content, newest.key_envelope].iter().any(|object| sealed.excused.contains(object));
    lost || sealed.betrayed.contains(&(record, number))
}

/// Checks that the patients looked for each acknowledged record in the end.
fn never_looked_for(sealed: &Sealed, model: &Model) -> Vec<Violation> {
    let looked_for: std::collections::BTreeSet<_> = sealed.last.iter().map(|fetch| fetch.record).collect();
    let acknowledged = sealed.puts.iter().filter(|put| put.end == Stored::Acknowledged);
    let missed = acknowledged.filter(|put| {
        !looked_for.contains(&put.record)
            && model.charts().get(&put.record.chart).is_some_and(|state| state.records.contains_key(&put.record.key))
    });
    missed.map(|put| violation(Rule::Gone, format!("{} was not looked for in the end", put.record))).collect()
}
