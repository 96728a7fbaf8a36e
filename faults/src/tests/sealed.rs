// SPDX-License-Identifier: Apache-2.0

//! The judge accepts a correct history of sealed records, and finds each single violation in a copy of it.

use super::*;
use crate::{
    checker::SealedEvidence,
    vaults::{
        judge::SealedCounts,
        notes::{Class, Fault, Fetch, Fetched, Put, Sealed, Stored},
    },
};
use salus_primitives::audit::{Action, Actor};
use std::collections::BTreeMap;

const CONTENT: Digest = Digest([21; 32]);
const OTHER: Digest = Digest([22; 32]);

fn got(digest: Digest) -> Fetched {
    Fetched::Got { holder: InstitutionId(0), version: 0, digest }
}

fn failed(class: Class, words: &str) -> Fault {
    Fault::new(class, words)
}

/// The history of a run in which a patient put a record, a clinician read it, and was refused after the revocation.
fn good() -> Sealed {
    let put = Put {
        phase: Phase::During,
        at: 1,
        took: 1,
        author: PATIENT.member,
        record: RECORD,
        version: 0,
        custodian: 0,
        bytes: 5,
        digest: CONTENT,
        end: Stored::Acknowledged,
    };
    let read = Fetch {
        phase: Phase::During,
        at: 2,
        took: 1,
        reader: CLINICIAN.member,
        record: RECORD,
        session: Some(SESSION),
        node: 0,
        from: 6,
        to: 6,
        end: got(CONTENT),
    };
    let refusal = failed(Class::Refused, "refused by the release gate: denied in the best block: revoked");
    let refused = Fetch { from: 7, to: 8, end: Fetched::Failed(refusal), ..read.clone() };
    let last = Fetch { reader: PATIENT.member, session: None, from: 9, to: 9, ..read.clone() };
    Sealed { puts: vec![put], fetches: vec![read, refused], last: vec![last], ..Sealed::default() }
}

fn judged(history: &Sealed, first: &BTreeMap<(RecordId, u32), Digest>) -> (Vec<Rule>, SealedCounts) {
    let Known { blocks, nodes, seen, notes } = &Known::good();
    let people = vec![PATIENT, CLINICIAN, STRANGER];
    let sealed = Some(SealedEvidence { history, first });
    let (violations, counts) = check(&Evidence { people, blocks, witness: WITNESS, nodes, seen, notes, sealed });
    (violations.into_iter().map(|violation| violation.rule).collect(), counts.sealed.unwrap())
}

/// The rules that a history violates after a change.
fn violated(change: impl FnOnce(&mut Sealed)) -> Vec<Rule> {
    let mut history = good();
    change(&mut history);
    judged(&history, &BTreeMap::new()).0
}

#[test]
fn a_history_in_which_all_was_well_passes() {
    let (rules, counts) = judged(&good(), &BTreeMap::new());
    assert_eq!(rules, []);
    assert_eq!((counts.put, counts.put_failed, counts.compared, counts.nothing), (1, 0, 2, 1));
    assert_eq!((counts.from_copies, counts.excused), (0, 0));
}

#[test]
fn bytes_that_were_never_put_are_found() {
    assert_eq!(violated(|it| it.fetches[0].end = got(OTHER)), [Rule::Reading], "other bytes");
    assert_eq!(violated(|it| it.last[0].end = got(OTHER)), [Rule::Reading], "other bytes in the end");
    let newer = Fetched::Got { holder: InstitutionId(0), version: 1, digest: CONTENT };
    assert_eq!(violated(|it| it.fetches[0].end = newer), [Rule::Reading], "a version that was never put");
    let without = violated(|it| it.puts.clear());
    assert_eq!(without, [Rule::Reading, Rule::Reading], "a record that was never put");
    let mut history = good();
    history.puts.clear();
    let first = [((RECORD, 0), CONTENT)].into();
    assert_eq!(judged(&history, &first).0, [], "it was there before the run");
}

#[test]
fn an_old_version_in_the_place_of_a_new_one_is_found() {
    let two = |it: &mut Sealed, digest| {
        it.puts.push(Put {
            version: 1,
            digest: OTHER,
            end: Stored::Failed(failed(Class::NoAnswer, "late")),
            ..it.puts[0].clone()
        });
        it.fetches[0].end = Fetched::Got { holder: InstitutionId(0), version: 1, digest };
    };
    assert_eq!(violated(|it| two(it, OTHER)), []);
    assert_eq!(violated(|it| two(it, CONTENT)), [Rule::Reading]);
}

#[test]
fn bytes_without_leave_are_found() {
    assert_eq!(violated(|it| (it.fetches[0].from, it.fetches[0].to) = (7, 9)), [Rule::Reading], "revoked before");
    assert_eq!(violated(|it| it.fetches[0].session = None), [Rule::Reading]);
    let neither = [Rule::Reading, Rule::Unlogged];
    assert_eq!(violated(|it| (it.fetches[0].from, it.fetches[0].to) = (5, 5)), neither, "not opened yet");
    assert_eq!(violated(|it| it.fetches[0].reader = STRANGER.member), neither);
}

#[test]
fn bytes_before_their_log_entry_are_found() {
    let unlogged = |change: &dyn Fn(&mut crate::model::ChartState)| {
        let mut known = Known::good();
        let (_, told) = known.nodes.iter_mut().find(|(node, _)| *node == WITNESS).unwrap();
        change(told.charts.get_mut(&CHART).unwrap());
        let Known { blocks, nodes, seen, notes } = &known;
        let (history, first) = (&good(), &BTreeMap::new());
        let (people, sealed) = (vec![PATIENT, CLINICIAN, STRANGER], Some(SealedEvidence { history, first }));
        let found = check(&Evidence { people, blocks, witness: WITNESS, nodes, seen, notes, sealed }).0;
        found.iter().filter(|violation| violation.rule == Rule::Unlogged).count()
    };
    let permitted = |entry: &salus_primitives::audit::Entry| entry.action == Action::ReadPermitted;
    assert_eq!(unlogged(&|_| {}), 0);
    assert_eq!(unlogged(&|chart| chart.entries.retain(|entry| !permitted(entry))), 1, "there is none");
    let later = |chart: &mut crate::model::ChartState| {
        chart.entries.iter_mut().filter(|entry| permitted(entry)).for_each(|entry| entry.block = 7);
    };
    assert_eq!(unlogged(&later), 1, "it came after the bytes");
    let others = |chart: &mut crate::model::ChartState| {
        let actor = Actor::Member(STRANGER.member);
        chart.entries.iter_mut().filter(|entry| permitted(entry)).for_each(|entry| entry.actor = actor);
    };
    assert_eq!(unlogged(&others), 1, "it is about another reader");
}

#[test]
fn half_objects_are_found() {
    assert_eq!(violated(|it| it.halves.push("vault 0: half".to_owned())), [Rule::Half]);
}

#[test]
fn what_was_acknowledged_and_is_gone_is_found() {
    let gone = || Fetched::Failed(failed(Class::Refused, "the vault does not have the object"));
    assert_eq!(violated(|it| it.last[0].end = gone()), [Rule::Gone]);
    assert_eq!(violated(|it| it.last.clear()), [Rule::Gone], "it was not looked for");
    let elsewhere = RecordId { key: RecordKey([8; 16]), ..RECORD };
    let put = Put { record: elsewhere, ..good().puts[0].clone() };
    assert_eq!(violated(|it| it.puts.push(put.clone())), [Rule::Gone], "the chain does not have it");
    let unheard = Put { end: Stored::Failed(failed(Class::NoAnswer, "late")), ..put };
    assert_eq!(violated(|it| it.puts.push(unheard)), [], "nothing was promised");
}

#[test]
fn only_what_the_fault_took_is_excused() {
    let gone = |it: &mut Sealed| it.last[0].end = Fetched::Failed(failed(Class::Refused, "missing"));
    let excuse = |it: &mut Sealed, object: u8| {
        gone(it);
        it.excused.insert(Digest([object; 32]));
    };
    assert_eq!(violated(|it| excuse(it, 3)), [], "its blob was in one vault only");
    assert_eq!(violated(|it| excuse(it, 4)), [], "its key envelope was");
    assert_eq!(violated(|it| excuse(it, 5)), [Rule::Gone], "another object was");
    let betray = |it: &mut Sealed, version| {
        gone(it);
        it.betrayed.insert((RECORD, version));
    };
    assert_eq!(violated(|it| betray(it, 0)), [], "the service lied when it said that it has it");
    assert_eq!(violated(|it| betray(it, 1)), [Rule::Gone], "it lied about another version");
    let mut history = good();
    excuse(&mut history, 3);
    assert_eq!(judged(&history, &BTreeMap::new()).1.excused, 1);
}

#[test]
fn failures_without_a_clear_error_are_found() {
    let put = |class, words: &'static str| {
        violated(move |it| {
            it.puts.push(Put { version: 1, end: Stored::Failed(failed(class, words)), ..it.puts[0].clone() });
        })
    };
    assert_eq!(put(Class::Full, "the vault is full"), []);
    assert_eq!(put(Class::Unclear, "this client was built wrongly"), [Rule::Unclear]);
    assert_eq!(put(Class::Problem(500), "internal"), [Rule::Unclear], "the service does not know why");
    assert_eq!(put(Class::Unreachable, " "), [Rule::Unclear], "no words");
    let altered = |lies| {
        violated(move |it| {
            it.lies = lies;
            it.fetches[1].end = Fetched::Failed(failed(Class::Problem(500), "altered"));
        })
    };
    assert_eq!((altered(false), altered(true)), (vec![Rule::Unclear], vec![]));
}
