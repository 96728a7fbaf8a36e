// SPDX-License-Identifier: Apache-2.0

//! The checker accepts a correct history, and finds each single violation in a copy of it.

mod sealed;

use super::{
    checker::{check, Evidence, Told},
    history::{Block, Event, Transaction},
    model::{Model, Person},
    observe::Seen,
    phase::Phase,
    violation::{Rule, Violation},
    workload::{Attempt, End, Notes, Reading},
};
use codec::Encode;
use salus_chain::Call;
use salus_primitives::{
    access::{GrantScope, GrantTerms, Grantee, Permission, Permissions, Purpose, Purposes, Scope},
    charts::{CompartmentFlags, Epoch},
    decision::{Basis, Denial},
    membership::Role,
    records::{NewRecord, NewVersion},
    ChartId, CompartmentId, Digest, EncryptionKey, GrantId, InstitutionId, Interval, MemberId, Moment,
    ReadingSessionId, RecordId, RecordKey, SigningKey,
};

const PATIENT: Person = person(1, Role::Patient);
const CLINICIAN: Person = person(2, Role::Clinician);
const STRANGER: Person = person(3, Role::Clinician);
/// The node that the fault did not strike.
const WITNESS: usize = 1;
const CHART: ChartId = ChartId(0);
const COMPARTMENT: CompartmentId = CompartmentId(0);
const RECORD: RecordId = RecordId { chart: CHART, key: RecordKey([7; 16]) };
const SESSION: ReadingSessionId = ReadingSessionId([1; 16]);
const WHOLE: Scope = Scope::Compartment(COMPARTMENT);

const fn person(number: u8, role: Role) -> Person {
    Person { member: MemberId(number as u64), role, admitted_by: InstitutionId(0), account: SigningKey([number; 32]) }
}

fn at(block: u32) -> Moment {
    1_000_000 + 1_000 * u64::from(block)
}

/// Returns a transaction with the events that the chain would deposit.
fn signed(signer: Person, call: &Call, succeeded: bool, events: Vec<Event>) -> Transaction {
    let encoded = call.encoded().unwrap();
    Transaction {
        hash: Digest(sp_crypto_hashing::blake2_256(&(signer.account, &encoded, succeeded).encode())),
        signer: Some(signer.account),
        pallet: call.pallet().to_owned(),
        call: call.name().to_owned(),
        arguments: encoded[2..].to_vec(),
        succeeded,
        events,
    }
}

fn event(pallet: &str, name: &str, fields: impl Encode) -> Event {
    Event { pallet: pallet.to_owned(), name: name.to_owned(), fields: fields.encode() }
}

fn opened(reader: Person, block: u32, basis: Basis) -> Event {
    let fields = (CHART, reader.member, SESSION, WHOLE, Purpose::Treatment, basis, at(block) + 30 * 60_000);
    event("Records", "RecordsOpened", fields)
}

fn denied(reader: Person, denial: Denial) -> Event {
    event("Records", "OpenDenied", (CHART, reader.member, WHOLE, Purpose::Treatment, denial))
}

fn open(session: u8) -> Call {
    Call::open_records(CHART, WHOLE, Purpose::Treatment, ReadingSessionId([session; 16]))
}

fn terms(block: u32) -> GrantTerms {
    GrantTerms {
        scope: GrantScope::Compartment(COMPARTMENT),
        permissions: Permissions::of(&[Permission::Read]),
        purposes: Purposes::of(&[Purpose::Treatment]),
        interval: Interval { start: at(block), end: None },
        reason: None,
        envelope: Some(Digest([9; 32])),
    }
}

/// A patient opens a chart, fills it, and grants and revokes access. A clinician opens a record before and after the
/// revocation. A stranger is denied.
fn transactions() -> Vec<Transaction> {
    let epoch = Epoch { public_key: EncryptionKey::x25519([5; 32]), secret_envelope: Digest([6; 32]), link: None };
    let version = NewVersion { content: Digest([3; 32]), key_envelope: Digest([4; 32]), epoch: 0, size: 100 };
    let record = NewRecord { key: RECORD.key, compartment: COMPARTMENT, version };
    let grantee = Grantee::Member(CLINICIAN.member);
    let none = Vec::new;
    vec![
        signed(PATIENT, &Call::open_chart(), true, none()),
        signed(
            PATIENT,
            &Call::add_compartment(CHART, COMPARTMENT, CompartmentFlags::default(), Digest([8; 32]), &epoch),
            true,
            none(),
        ),
        signed(PATIENT, &Call::create_medical_record(CHART, InstitutionId(0), &record), true, none()),
        signed(STRANGER, &open(2), true, vec![denied(STRANGER, Denial::NoGrant)]),
        signed(PATIENT, &Call::grant_access(CHART, grantee, &terms(5)), true, none()),
        signed(CLINICIAN, &open(1), true, vec![opened(CLINICIAN, 6, Basis::Grant(GrantId(0)))]),
        signed(PATIENT, &Call::revoke_access(CHART, GrantId(0), false, None), true, none()),
        signed(CLINICIAN, &open(3), true, vec![denied(CLINICIAN, Denial::Revoked)]),
        signed(PATIENT, &Call::revoke_access(CHART, GrantId(0), false, None), false, none()),
    ]
}

fn hash(block: u32) -> Digest {
    Digest([u8::try_from(block).unwrap(); 32])
}

/// Puts each transaction into a block of its own.
fn blocks(transactions: Vec<Transaction>) -> Vec<Block> {
    let number = |(place, transaction): (usize, Transaction)| {
        let number = u32::try_from(place).unwrap() + 1;
        let parent = hash(number - 1);
        Block { number, hash: hash(number), parent, at: at(number), slot: None, transactions: vec![transaction] }
    };
    transactions.into_iter().enumerate().map(number).collect()
}

/// The evidence of a run.
struct Known {
    blocks: Vec<Block>,
    nodes: Vec<(usize, Told)>,
    seen: Seen,
    notes: Notes,
}

impl Known {
    /// Returns the evidence of a correct run.
    fn good() -> Self {
        let blocks = blocks(transactions());
        let mut model = Model::new([PATIENT, CLINICIAN, STRANGER]);
        for block in &blocks {
            assert_eq!(model.apply(block), Vec::<String>::new());
        }
        let told = Told {
            blocks: blocks.iter().map(|block| (block.number, (block.hash, block.hash, Digest([1; 32])))).collect(),
            charts: model.charts().clone(),
            whole: true,
        };
        let mut seen = Seen::default();
        for block in &blocks {
            seen.finalized.entry(block.number).or_default().entry(block.hash).or_default().extend([0, 1]);
        }
        let told_final = End::Final { transaction: blocks[4].transactions[0].hash, block: Some(blocks[4].hash) };
        let attempt = Attempt {
            phase: Phase::During,
            at: 1,
            took: 1,
            member: PATIENT.member,
            node: 0,
            what: "grant",
            end: told_final,
        };
        let reading = Reading {
            phase: Phase::During,
            reader: CLINICIAN.member,
            record: RECORD,
            session: Some(SESSION),
            node: 0,
            from: 6,
            to: 6,
            released: true,
            right: true,
        };
        let withheld = Reading { from: 7, to: 8, released: false, ..reading.clone() };
        let notes = Notes { attempts: vec![attempt], readings: vec![reading, withheld] };
        Self { blocks, nodes: vec![(0, told.clone()), (1, told)], seen, notes }
    }

    fn violations(&self) -> Vec<Violation> {
        let people = vec![PATIENT, CLINICIAN, STRANGER];
        let Self { blocks, nodes, seen, notes } = self;
        check(&Evidence { people, blocks, witness: WITNESS, nodes, seen, notes, sealed: None }).0
    }

    fn violated(&self) -> Vec<Rule> {
        let violations = self.violations();
        let mut rules: Vec<_> = violations.into_iter().map(|violation| violation.rule).collect();
        rules.sort();
        rules.dedup();
        rules
    }
}

#[test]
fn a_run_in_which_all_was_well_passes() {
    let known = Known::good();
    assert_eq!(known.violated(), []);
    let people = vec![PATIENT, CLINICIAN, STRANGER];
    let Known { blocks, nodes, seen, notes } = &known;
    let (_, counts) = check(&Evidence { people, blocks, witness: WITNESS, nodes, seen, notes, sealed: None });
    assert_eq!((counts.blocks, counts.transactions, counts.openings), (9, 9, (1, 2)));
    assert_eq!((counts.told_final, counts.released, counts.withheld), (1, 1, 1));
    assert_eq!(counts.entries, 8, "what failed leaves no entry");
}

#[test]
fn a_final_block_that_is_lost_is_found() {
    let mut known = Known::good();
    known.seen.finalized.entry(10).or_default().entry(hash(10)).or_default().insert(2);
    assert_eq!(known.violated(), [Rule::Lost], "it was final, and is beyond the end");

    let mut known = Known::good();
    let blocks = known.seen.finalized.get_mut(&5).unwrap();
    *blocks = [(hash(99), [2].into())].into();
    assert_eq!(known.violated(), [Rule::Lost], "another took its place");

    let mut known = Known::good();
    known.nodes[1].1.blocks.remove(&3);
    assert_eq!(known.violated(), [Rule::Lost], "a node has no such block any more");
    known.nodes[1].1.whole = false;
    assert_eq!(known.violated(), [], "one that joined by proof need not");
}

#[test]
fn two_final_blocks_of_one_height_are_found() {
    let mut known = Known::good();
    known.seen.finalized.get_mut(&5).unwrap().entry(hash(99)).or_default().insert(2);
    assert_eq!(known.violated(), [Rule::Contradiction, Rule::Lost]);

    let mut known = Known::good();
    known.nodes[1].1.blocks.insert(5, (hash(99), hash(99), Digest([1; 32])));
    assert_eq!(known.violated(), [Rule::Contradiction], "two nodes disagree");

    let mut known = Known::good();
    known.blocks[4].parent = hash(99);
    assert_eq!(known.violated(), [Rule::Contradiction], "a block does not follow the one before");
}

#[test]
fn a_block_that_is_not_what_its_hash_says_is_found() {
    let mut known = Known::good();
    known.nodes[1].1.blocks.insert(5, (hash(5), hash(98), Digest([1; 32])));
    assert_eq!(known.violated(), [Rule::Forged], "its header is another");
    known.nodes[1].1.blocks.insert(5, (hash(5), hash(5), Digest([2; 32])));
    assert_eq!(known.violated(), [Rule::Forged], "its transactions are others");
}

#[test]
fn a_damaged_node_is_blamed_and_not_the_others() {
    let mut known = Known::good();
    let victim = known.nodes[0].0;
    assert_ne!(victim, WITNESS);
    known.nodes[0].1.blocks.insert(5, (hash(5), hash(5), Digest([2; 32])));
    let violations = known.violations();
    assert_eq!(violations.len(), 1);
    assert!(violations[0].what.starts_with(&format!("node {victim}, block 5")), "{violations:?}");
}

#[test]
fn an_opening_without_a_grant_is_found() {
    let mut known = Known::good();
    known.blocks[3].transactions[0].events = vec![opened(STRANGER, 4, Basis::Grant(GrantId(0)))];
    assert_eq!(known.violated(), [Rule::Decision]);

    let mut known = Known::good();
    known.blocks[7].transactions[0].events = vec![opened(CLINICIAN, 8, Basis::Grant(GrantId(0)))];
    assert_eq!(known.violated(), [Rule::Decision], "a revoked grant permits nothing");
}

#[test]
fn a_decision_that_differs_otherwise_is_found() {
    for (place, event) in [
        (3, denied(STRANGER, Denial::Revoked)),
        (5, opened(CLINICIAN, 6, Basis::Grant(GrantId(1)))),
        (5, opened(CLINICIAN, 6, Basis::Controller)),
        (5, denied(CLINICIAN, Denial::NoGrant)),
    ] {
        let mut known = Known::good();
        known.blocks[place].transactions[0].events = vec![event];
        assert_eq!(known.violated(), [Rule::Decision], "transaction {place}");
    }
    for place in [4, 8] {
        let mut known = Known::good();
        let transaction = &mut known.blocks[place].transactions[0];
        transaction.succeeded = !transaction.succeeded;
        assert!(
            known.violated().contains(&Rule::Decision),
            "transaction {place} succeeds as it should not, or the reverse"
        );
    }
}

#[test]
fn what_the_model_does_not_know_is_no_pass() {
    let mut known = Known::good();
    known.blocks[3].transactions[0].call = "withdraw_record".to_owned();
    assert!(known.violated().contains(&Rule::Decision));
    let mut known = Known::good();
    known.blocks[3].transactions[0].signer = Some(SigningKey([77; 32]));
    assert!(known.violated().contains(&Rule::Decision));
}

#[test]
fn storage_that_differs_from_history_is_found() {
    let change = |change: &dyn Fn(&mut super::model::ChartState)| {
        let mut known = Known::good();
        change(known.nodes[1].1.charts.get_mut(&CHART).unwrap());
        known.violated()
    };
    assert_eq!(change(&|chart| chart.grants[0].grant.revoked_at = None), [Rule::State], "a revocation is gone");
    assert_eq!(change(&|chart| chart.head.hash = Digest([0; 32])), [Rule::State], "the log's head is another");
    assert_eq!(change(&|chart| chart.entries[2].actor = salus_primitives::audit::Actor::Council), [Rule::State]);
    assert_eq!(change(&|chart| chart.entries.truncate(chart.entries.len() - 1)), [Rule::State], "an entry is gone");
    assert_eq!(change(&|chart| chart.records.clear()), [Rule::State], "a record is gone");
    let mut known = Known::good();
    known.nodes[0].1.charts.clear();
    assert_eq!(known.violated(), [Rule::State], "all is gone");
}

#[test]
fn a_transaction_that_was_called_final_and_is_not_there_is_found() {
    let mut known = Known::good();
    known.notes.attempts[0].end = End::Final { transaction: Digest([55; 32]), block: None };
    assert_eq!(known.violated(), [Rule::Transaction]);
    known.notes.attempts[0].end = End::Unknown("no answer".to_owned());
    assert_eq!(known.violated(), [], "nothing was promised");
}

#[test]
fn a_transaction_that_is_there_twice_is_found() {
    let mut known = Known::good();
    let denied_again = known.blocks[3].transactions[0].clone();
    known.blocks[8].transactions = vec![denied_again];
    assert!(known.violated().contains(&Rule::Twice));
}

#[test]
fn a_release_without_leave_is_found() {
    let change = |change: &dyn Fn(&mut Reading)| {
        let mut known = Known::good();
        change(&mut known.notes.readings[0]);
        known.violated()
    };
    let after_revocation = |reading: &mut Reading| (reading.from, reading.to) = (7, 9);
    assert_eq!(change(&after_revocation), [Rule::Reading], "the revocation was final when the gate was asked");
    assert_eq!(change(&|reading| (reading.from, reading.to) = (6, 9)), [], "it might have been asked before");
    assert_eq!(change(&|reading| (reading.from, reading.to) = (5, 5)), [Rule::Reading], "the opening was not final");
    assert_eq!(change(&|reading| reading.session = None), [Rule::Reading]);
    assert_eq!(change(&|reading| reading.reader = STRANGER.member), [Rule::Reading], "the session is another's");
    assert_eq!(change(&|reading| reading.right = false), [Rule::Reading], "it is not what was written");
    let by_controller = |reading: &mut Reading| (reading.reader, reading.session) = (PATIENT.member, None);
    assert_eq!(change(&by_controller), [], "a patient reads their own chart");
}

#[test]
fn an_offence_is_found() {
    let mut known = Known::good();
    known.blocks[2].transactions[0].events.push(event("Offences", "Offence", ()));
    assert_eq!(known.violated(), [Rule::Offence]);
}
