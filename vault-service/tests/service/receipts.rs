// SPDX-License-Identifier: Apache-2.0

//! Receipts, from a release over HTTP to the chart's log.

use crate::messages::{answer, custody, message, problem, settings};
use axum::http::StatusCode;
use salus_chain::SubmitError;
use salus_gate::{ListState, ReceiptBook};
use salus_gate_testing::{by_doctor, World, CHART, DOCTOR, ENTRY, GENESIS, HOSPITAL, NOW};
use salus_primitives::{
    access::{Purpose, Scope},
    audit::{Action, AuditEvent, Entry, Subject},
    receipts::{Given, Opening, Receipt, ReceiptsHead, RECEIPTS_TERM},
    records::SESSION_LENGTH,
    time::{DAY, MINUTE},
    ChartId, CompartmentId, Digest, InstitutionId, MemberId, Moment, RecordKey,
};
use salus_vault_service::{
    receipts::{folder_of, Posted, PostedLog, Poster},
    Metrics, Service,
};
use std::{
    collections::BTreeMap,
    convert::Infallible,
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

const SERVICE: MemberId = MemberId(70);
const OTHER_HOSPITAL: InstitutionId = InstitutionId(8);
/// A chart at home in the hospital, and one at home in another.
const OWN: ChartId = ChartId(0);
const FOREIGN: ChartId = ChartId(1);
const HOMES: [InstitutionId; 2] = [HOSPITAL, OTHER_HOSPITAL];

/// How the chain takes what is posted.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Taking {
    /// It is final at once.
    #[default]
    Final,
    /// It is final at once, and the answer gets lost.
    Unanswered,
    /// The nonce was used by another program, or the node is away.
    Nothing,
    /// It refuses the first, and nothing after it arrives.
    RefusesFirst(Opening),
}

#[derive(Default)]
struct Chain {
    time: Mutex<Moment>,
    logs: Mutex<BTreeMap<ChartId, Vec<Entry>>>,
    /// Entries before this place have left the state.
    held_from: Mutex<u64>,
    taking: Mutex<Taking>,
    posts: Mutex<usize>,
}

impl Chain {
    fn at(time: Moment) -> Self {
        Self { time: Mutex::new(time), ..Self::default() }
    }

    fn set_time(&self, time: Moment) {
        *self.time.lock().unwrap() = time;
    }

    fn take(&self, taking: Taking) {
        *self.taking.lock().unwrap() = taking;
    }

    fn append(&self, chart: ChartId, at: Moment, event: AuditEvent) -> Opening {
        let mut logs = self.logs.lock().unwrap();
        let log = logs.entry(chart).or_default();
        let entry = log.len() as u64;
        log.push(Entry::new(entry, at, 1, event));
        Opening { chart, entry }
    }

    /// A doctor opens the chart.
    fn open(&self, chart: ChartId, at: Moment) -> Opening {
        let scope = Subject::Scope(Scope::Compartment(CompartmentId(0)));
        let event = AuditEvent::by_member(DOCTOR, None, Action::ReadPermitted, scope).for_purpose(Purpose::Treatment);
        self.append(chart, at, event)
    }

    fn has(&self, opening: Opening, by: InstitutionId) -> Option<ReceiptsHead> {
        let logs = self.logs.lock().unwrap();
        let mut found = logs.get(&opening.chart)?.iter().filter_map(|entry| match entry.subject {
            Subject::Receipts(place, head) if place == opening.entry && entry.institution == Some(by) => Some(head),
            _ => None,
        });
        let head = found.next();
        assert_eq!(found.next(), None, "posted twice");
        head
    }

    fn log_receipts(&self, opening: Opening, by: InstitutionId, head: ReceiptsHead) {
        let subject = Subject::Receipts(opening.entry, head);
        let event = AuditEvent::by_member(SERVICE, Some(by), Action::ReceiptsPosted, subject);
        self.append(opening.chart, *self.time.lock().unwrap(), event);
    }
}

impl PostedLog for Chain {
    type Error = Infallible;

    async fn time(&self) -> Result<Moment, Infallible> {
        Ok(*self.time.lock().unwrap())
    }
    async fn home(&self, chart: ChartId) -> Result<Option<InstitutionId>, Infallible> {
        Ok(HOMES.get(chart.0 as usize).copied())
    }
    async fn length(&self, chart: ChartId) -> Result<u64, Infallible> {
        Ok(self.logs.lock().unwrap().get(&chart).map_or(0, |log| log.len() as u64))
    }
    async fn entries(&self, chart: ChartId, first: u64) -> Result<Vec<Entry>, Infallible> {
        let first = first.max(*self.held_from.lock().unwrap());
        let logs = self.logs.lock().unwrap();
        Ok(logs.get(&chart).into_iter().flatten().filter(|entry| entry.sequence >= first).copied().collect())
    }
}

impl Posted for Chain {
    async fn post(&self, receipts: &[(Opening, ReceiptsHead)]) -> Result<(), SubmitError> {
        *self.posts.lock().unwrap() += receipts.len();
        let refused = || SubmitError::Failed { pallet: "Records".into(), error: "NoVault".into(), docs: String::new() };
        let unknown = || SubmitError::Unknown { hash: Digest::default(), cause: "the node went away".into() };
        let taking = *self.taking.lock().unwrap();
        for (opening, head) in receipts {
            match taking {
                Taking::Nothing => return Err(SubmitError::AccountBusy { attempts: 3 }),
                Taking::RefusesFirst(refuses) if refuses == *opening => return Err(refused()),
                _ => self.log_receipts(*opening, HOSPITAL, *head),
            }
        }
        if taking == Taking::Unanswered {
            Err(unknown())
        } else {
            Ok(())
        }
    }
}

fn book_in(folder: &Path, since: Moment) -> Arc<ReceiptBook> {
    Arc::new(ReceiptBook::open(folder.to_owned(), GENESIS, HOSPITAL, since).unwrap())
}

fn receipt(number: u64) -> Receipt {
    Receipt { record: RecordKey([1; 16]), version: 0, given: Given::Blob, reader: DOCTOR, at: NOW + number }
}

fn give(book: &ReceiptBook, opening: Opening, count: u64) {
    (0..count).for_each(|number| book.append(opening, NOW + SESSION_LENGTH, &receipt(number)).unwrap());
}

fn state(folder: &Path, opening: Opening) -> Option<ListState> {
    ReceiptBook::stored(folder, opening).unwrap().map(|stored| stored.state)
}

async fn round(poster: &mut Poster, chain: &Chain) -> (u64, Vec<String>) {
    poster.round(chain, Some(chain)).await.unwrap()
}

#[tokio::test]
async fn a_release_over_http_has_its_receipt_and_none_comes_without() {
    let world = World::new().await;
    let folder = folder_of(world.vault.folder());
    let gate = || world.gate().with_receipts(book_in(&folder, NOW));
    let metrics = Metrics::new().unwrap();
    let router = Service::new(gate(), custody(&world), metrics.clone(), settings()).router();
    let (status, ..) = answer(&router, message(&world.signed(by_doctor(0)))).await;
    assert_eq!(status, StatusCode::OK);
    let opening = Opening { chart: CHART, entry: ENTRY };
    assert_eq!(ReceiptBook::stored(&folder, opening).unwrap().unwrap().head.count, 1);

    // The receipts cannot be written: a folder that is a file takes nothing, not from root either.
    let router = Service::new(gate(), custody(&world), metrics.clone(), settings()).router();
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, b"").unwrap();
    let problem = problem(&router, message(&world.signed(by_doctor(1)))).await;
    assert_eq!((problem.status, problem.refusal), (500, None));
    assert_eq!(problem.detail.unwrap(), "the gate cannot keep a receipt");
    assert!(metrics.text().unwrap().contains("outcome=\"failed\",path=\"/v1/release\"} 1"));
}

#[tokio::test]
async fn receipts_are_posted_once_the_finalized_chain_says_that_the_session_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, book) = (Chain::at(NOW), book_in(folder.path(), NOW));
    let mut poster = Poster::new(book.clone()).unwrap();
    let opening = chain.open(OWN, NOW);
    give(&book, opening, 3);
    for time in [NOW, NOW + SESSION_LENGTH - 1] {
        chain.set_time(time);
        assert_eq!(round(&mut poster, &chain).await, (0, vec![]));
        assert_eq!((chain.has(opening, HOSPITAL), state(folder.path(), opening)), (None, Some(ListState::Open)));
    }
    chain.set_time(NOW + SESSION_LENGTH);
    round(&mut poster, &chain).await;
    let head = ReceiptsHead::of(&GENESIS, HOSPITAL, opening, &[receipt(0), receipt(1), receipt(2)]);
    assert_eq!(chain.has(opening, HOSPITAL), Some(head));
    assert_eq!(state(folder.path(), opening), Some(ListState::Closed), "not known to be final");
    assert_eq!(round(&mut poster, &chain).await, (1, vec![]));
    assert_eq!(state(folder.path(), opening), Some(ListState::Settled));
    assert_eq!(round(&mut poster, &chain).await, (0, vec![]));
    assert_eq!(*chain.posts.lock().unwrap(), 1);
}

#[tokio::test]
async fn the_home_vault_says_also_that_nothing_was_given_out_and_others_say_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, book) = (Chain::at(NOW), book_in(folder.path(), NOW));
    let mut poster = Poster::new(book.clone()).unwrap();
    let (own, foreign, given) = (chain.open(OWN, NOW), chain.open(FOREIGN, NOW), chain.open(FOREIGN, NOW));
    give(&book, given, 1);
    chain.set_time(NOW + SESSION_LENGTH);
    round(&mut poster, &chain).await;
    assert_eq!(chain.has(own, HOSPITAL), Some(ReceiptsHead::empty(&GENESIS, HOSPITAL, own)));
    assert_eq!((chain.has(foreign, HOSPITAL), chain.has(given, HOSPITAL).unwrap().count), (None, 1));
    // Another institution's receipts are not this one's.
    let next = chain.open(OWN, NOW);
    chain.log_receipts(next, OTHER_HOSPITAL, ReceiptsHead { count: 9, digest: Digest([9; 32]) });
    round(&mut poster, &chain).await;
    assert_eq!(chain.has(next, HOSPITAL).unwrap().count, 0);
}

/// Lost receipts must not turn into the statement that nothing was given out.
#[tokio::test]
async fn a_new_book_says_nothing_of_openings_from_before() {
    let folder = tempfile::tempdir().unwrap();
    let chain = Chain::at(NOW + SESSION_LENGTH);
    let (earlier, later) = (chain.open(OWN, NOW - 1), chain.open(OWN, NOW));
    let mut poster = Poster::new(book_in(folder.path(), NOW)).unwrap();
    round(&mut poster, &chain).await;
    assert_eq!((chain.has(earlier, HOSPITAL), chain.has(later, HOSPITAL).unwrap().count), (None, 0));
}

#[tokio::test]
async fn what_is_posted_survives_restarts_lost_answers_and_a_busy_key() {
    let folder = tempfile::tempdir().unwrap();
    let chain = Chain::at(NOW);
    let opening = chain.open(OWN, NOW);
    give(&book_in(folder.path(), NOW), opening, 2);
    chain.set_time(NOW + SESSION_LENGTH);
    chain.take(Taking::Nothing);
    for _ in 0..2 {
        let mut poster = Poster::new(book_in(folder.path(), NOW)).unwrap();
        assert!(poster.round(&chain, Some(&chain)).await.is_err());
        assert_eq!((poster.overdue(NOW + SESSION_LENGTH + RECEIPTS_TERM - 1), chain.has(opening, HOSPITAL)), (0, None));
        assert_eq!(poster.overdue(NOW + SESSION_LENGTH + RECEIPTS_TERM), 1);
    }
    // It arrives, but the answer does not.
    chain.take(Taking::Unanswered);
    let mut poster = Poster::new(book_in(folder.path(), NOW)).unwrap();
    assert!(poster.round(&chain, Some(&chain)).await.is_err());
    chain.take(Taking::Final);
    let mut poster = Poster::new(book_in(folder.path(), NOW)).unwrap();
    assert_eq!(poster.overdue(NOW + DAY), 1, "known from the disk before the chain is asked");
    assert_eq!(round(&mut poster, &chain).await, (1, vec![]));
    assert_eq!((poster.overdue(NOW + DAY), chain.has(opening, HOSPITAL).unwrap().count), (0, 2));
    // After a restart, nothing is posted again.
    let mut poster = Poster::new(book_in(folder.path(), NOW)).unwrap();
    round(&mut poster, &chain).await;
    round(&mut poster, &chain).await;
    assert_eq!(chain.has(opening, HOSPITAL).unwrap().count, 2);
}

#[tokio::test]
async fn an_opening_that_the_chain_refuses_does_not_keep_others_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, book) = (Chain::at(NOW), book_in(folder.path(), NOW));
    let openings: Vec<_> = (0..100).map(|_| chain.open(OWN, NOW)).collect();
    chain.take(Taking::RefusesFirst(openings[0]));
    chain.set_time(NOW + SESSION_LENGTH);
    let mut poster = Poster::new(book).unwrap();
    let mut failures = 0;
    for _ in 0..6 {
        failures += usize::from(poster.round(&chain, Some(&chain)).await.is_err());
    }
    assert!(failures > 0);
    assert!(openings[1..].iter().all(|opening| chain.has(*opening, HOSPITAL).is_some()));
    assert_eq!((chain.has(openings[0], HOSPITAL), poster.overdue(NOW + DAY)), (None, 1));
}

/// Without a member's key the receipts are kept, and shown as overdue.
#[tokio::test]
async fn without_a_key_nothing_is_posted_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, book) = (Chain::at(NOW), book_in(folder.path(), NOW));
    let opening = chain.open(OWN, NOW);
    give(&book, opening, 1);
    chain.set_time(NOW + SESSION_LENGTH);
    let mut poster = Poster::new(book).unwrap();
    poster.round(&chain, None::<&Chain>).await.unwrap();
    assert_eq!((chain.has(opening, HOSPITAL), poster.overdue(NOW + DAY)), (None, 1));
    round(&mut poster, &chain).await;
    assert_eq!(chain.has(opening, HOSPITAL).unwrap().count, 1);
}

#[tokio::test]
async fn other_receipts_in_the_log_than_on_the_disk_are_told_to_the_operator() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, book) = (Chain::at(NOW), book_in(folder.path(), NOW));
    let opening = chain.open(OWN, NOW);
    give(&book, opening, 2);
    chain.set_time(NOW + SESSION_LENGTH);
    chain.log_receipts(opening, HOSPITAL, ReceiptsHead { count: 1, digest: Digest([3; 32]) });
    let mut poster = Poster::new(book).unwrap();
    let (found, complaints) = round(&mut poster, &chain).await;
    assert_eq!(found, 1);
    let [complaint] = &complaints[..] else { panic!("{complaints:?}") };
    assert!(complaint.contains("entry 0") && complaint.contains("1 there, 2 here"), "{complaint}");
    assert_eq!(*chain.posts.lock().unwrap(), 0);
}

#[tokio::test]
async fn receipts_of_an_entry_that_left_the_state_are_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, book) = (Chain::at(NOW), book_in(folder.path(), NOW));
    let opening = chain.open(OWN, NOW);
    give(&book, opening, 1);
    let later = chain.open(OWN, NOW + 300 * DAY);
    *chain.held_from.lock().unwrap() = later.entry;
    chain.set_time(NOW + 366 * DAY);
    let mut poster = Poster::new(book).unwrap();
    let (_, complaints) = round(&mut poster, &chain).await;
    assert!(complaints.iter().any(|complaint| complaint.contains("came too late")), "{complaints:?}");
    assert_eq!((chain.has(opening, HOSPITAL), state(folder.path(), opening)), (None, Some(ListState::Settled)));
    // The receipts themselves stay for 400 days after their session.
    chain.set_time(NOW + 400 * DAY + SESSION_LENGTH + MINUTE);
    round(&mut poster, &chain).await;
    assert_eq!(state(folder.path(), opening), None);
}

/// A service that starts reads the logs again, also of what is settled and forgotten.
#[tokio::test]
async fn what_was_settled_long_ago_is_neither_counted_nor_missed() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, book) = (Chain::at(NOW), book_in(folder.path(), NOW));
    let opening = chain.open(OWN, NOW);
    give(&book, opening, 2);
    chain.set_time(NOW + SESSION_LENGTH);
    let mut poster = Poster::new(book.clone()).unwrap();
    round(&mut poster, &chain).await;
    assert_eq!(round(&mut poster, &chain).await, (1, vec![]));
    book.forget(Moment::MAX).unwrap();
    let mut poster = Poster::new(book_in(folder.path(), NOW)).unwrap();
    assert_eq!(round(&mut poster, &chain).await, (0, vec![]));
    assert_eq!((poster.overdue(NOW + 500 * DAY), state(folder.path(), opening)), (0, None));
    assert_eq!(*chain.posts.lock().unwrap(), 1);
}
