// SPDX-License-Identifier: Apache-2.0

//! Rounds over the shreddings of the chain: which ones are looked at when, what is deleted, and what is attested.
//!
//! Nothing is deleted on the word of a node that is behind. A fault at one shredding holds up no other: it waits for the next round.

use super::{
    attests::Attests,
    case::Case,
    destroy::{named_among, Destroyer, Fate, Found},
    shreddings::Shreddings,
};
use crate::unnamed::Vaults;
use salus_chain::SubmitError;
use salus_gate::{Head, HEAD_LIFE};
use salus_primitives::{
    shredding::{Absence, NumberedShredding, StoreKind},
    time::{DAY, HOUR},
    Digest, InstitutionId, Moment,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error as StdError,
    time::{Duration, Instant},
};
use thiserror::Error;

/// For how long after a shredding each round looks at it again: a write that was under way may end late.
const RECENT: Moment = HOUR;
/// How long after a look at all shreddings the next one begins.
const BETWEEN_LOOKS_AT_ALL: Moment = DAY;
/// Shreddings in memory. Further ones that wait are found again by the next look at all, which begins when half of them are gone.
const MOST: usize = 4_096;
/// Shreddings after which the chain is asked what else names their objects.
const TOGETHER: usize = 1_024;
/// Words that are given in one round.
const WORDS: usize = 64;
/// After a question about all charts that took longer than this, the node has so many times as long a rest from the next one.
const LONG: Duration = Duration::from_secs(1);
const REST: u32 = 4;
/// Complaints of one round. Where there are more, they are about the same disk or node.
const COMPLAINTS: usize = 16;

/// Deletes the objects of shredded records, and attests that for an institution.
pub struct Shredder {
    own: InstitutionId,
    store: StoreKind,
    /// Whether it has a member in whose name it attests.
    has_member: bool,
    /// The number of the next shredding that was not looked at yet.
    from: u64,
    /// When the last look at all began, by the chain's time.
    looked_at_all: Option<Moment>,
    /// Shreddings that are recent, or wait for something.
    watched: BTreeMap<u64, Case>,
    /// Whether there was no room for some of them.
    left_out: bool,
    /// How many wait and are not watched: as counted so far in this look at all, and as the last whole look counted them.
    beyond: u64,
    beyond_before: u64,
    /// The number of the newest finalized block that a round had, and how many charts there were.
    newest: u32,
    charts: u64,
    /// When all charts may be asked again.
    rested: Option<Instant>,
    /// The shredding after which the next words begin, so that one which the chain refuses does not keep others waiting.
    after: Option<u64>,
}

/// The outcome of a round.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shredded {
    /// Objects that were deleted.
    pub deleted: u64,
    /// Shreddings for which the chain has this institution's word now, and had none when they were looked at before.
    pub attested: u64,
    /// Shreddings that wait: an object cannot be deleted yet, or the chain does not have the institution's word.
    pub waiting: u64,
    /// Faults that an operator has to know of, in words.
    pub complaints: Vec<String>,
}

/// A round stopped. The next one goes on there.
#[derive(Debug, Error)]
pub enum ShredError<E: StdError + 'static> {
    /// The chain cannot be asked, so nothing is deleted.
    #[error("cannot ask the chain which records are shredded")]
    Chain(#[source] E),
    /// The node's finalized head is old, or older than that of an earlier round, so nothing is deleted.
    #[error("the node is behind: its finalized block is {0}")]
    Behind(u32),
}

impl Shredded {
    fn complain(&mut self, complaint: String) {
        if self.complaints.len() < COMPLAINTS && !self.complaints.contains(&complaint) {
            self.complaints.push(complaint);
        }
    }
}

/// An error and its cause. Neither names anything of an object but its id.
fn words(error: &dyn StdError) -> String {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}

/// A shredding that is looked at, and those of its objects that may be named by something else.
struct Open {
    number: u64,
    case: Case,
    others: BTreeSet<Digest>,
    has_fault: bool,
}

/// The chain's answer about objects: the ones that something living names. Each has a mark from before the chain was asked.
#[derive(Default)]
struct Judged {
    named: BTreeSet<Digest>,
    since: BTreeMap<Digest, Moment>,
}

/// The things that one round looks at.
struct Sight<'a, N> {
    destroyer: Destroyer<'a>,
    chain: &'a N,
    head: Head,
    now: Moment,
}

impl Shredder {
    /// A shredder for the vault of the institution `own`, in a store of this kind. Without a member it deletes and attests nothing.
    pub fn new(own: InstitutionId, store: StoreKind, has_member: bool) -> Self {
        Self {
            own,
            store,
            has_member,
            from: 0,
            looked_at_all: None,
            watched: BTreeMap::new(),
            left_out: false,
            beyond: 0,
            beyond_before: 0,
            newest: 0,
            charts: 0,
            rested: None,
            after: None,
        }
    }

    /// Looks at new shreddings and at those that are recent or wait; at the start and once a day at all. Deletes what has to go.
    ///
    /// Some may be deleted when it fails. It must not be dropped before it is done: it would forget what it looked at.
    pub async fn round<N: Shreddings>(
        &mut self,
        vaults: Vaults<'_>,
        chain: &N,
        now: Moment,
    ) -> (Shredded, Option<ShredError<N::Error>>) {
        let mut outcome = Shredded::default();
        let fault = self.look_at_due(vaults, chain, now, &mut outcome).await.err();
        let waiting = self.watched.values().filter(|case| case.waits(self.store)).count();
        outcome.waiting = self.beyond_before.saturating_add(waiting.try_into().unwrap_or(u64::MAX));
        if outcome.waiting > 0 && !self.has_member {
            outcome.complain("without `member-key` the service cannot attest that objects are gone".to_owned());
        }
        (outcome, fault)
    }

    /// Gives the words that are due. Returns how many the chain took.
    pub async fn attest(&mut self, attests: &impl Attests) -> Result<u64, SubmitError> {
        let due = self.due();
        let (Some((first, _)), Some((last, _))) = (due.first(), due.last()) else { return Ok(0) };
        // Whatever happens meanwhile, the next words do not begin with the same shredding.
        self.after = Some(*first);
        attests.attest(&due).await?;
        self.after = Some(*last);
        for (number, absence) in &due {
            if let Some(case) = self.watched.get_mut(number) {
                case.word = Some(Some(*absence));
            }
        }
        Ok(due.len().try_into().unwrap_or(u64::MAX))
    }

    /// Words that are due, from the one after the last round's on.
    fn due(&self) -> Vec<(u64, Absence)> {
        let due = |(number, case): (&u64, &Case)| case.due(self.store).map(|absence| (*number, absence));
        let is_later = |number: u64| self.after.is_none_or(|after| number > after);
        let all: Vec<_> = self.watched.iter().filter_map(due).collect();
        let (later, earlier): (Vec<_>, Vec<_>) = all.into_iter().partition(|(number, _)| is_later(*number));
        later.into_iter().chain(earlier).take(WORDS).collect()
    }

    async fn look_at_due<N: Shreddings>(
        &mut self,
        vaults: Vaults<'_>,
        chain: &N,
        now: Moment,
        outcome: &mut Shredded,
    ) -> Result<(), ShredError<N::Error>> {
        let head = chain.finalized().await.map_err(ShredError::Chain)?;
        if now.saturating_sub(head.time) > HEAD_LIFE || head.number < self.newest {
            return Err(ShredError::Behind(head.number));
        }
        self.newest = head.number;
        let is_due = self.looked_at_all.is_none_or(|at| head.time >= at.saturating_add(BETWEEN_LOOKS_AT_ALL));
        if is_due || (self.left_out && self.watched.len() < MOST / 2) {
            (self.from, self.looked_at_all) = (0, Some(head.time));
            (self.beyond, self.left_out) = (0, false);
        }
        let sight = Sight { destroyer: Destroyer { vaults, genesis: chain.genesis() }, chain, head, now };
        let again: Vec<u64> = self.watched.range(..self.from).map(|(number, _)| *number).collect();
        let mut open = Vec::new();
        for number in again {
            let Some(case) = self.watched.remove(&number) else { continue };
            open.push(self.look(&sight, number, case, outcome).await);
        }
        let fault = loop {
            let page = match chain.shreddings(self.from).await {
                Ok(page) => page,
                Err(error) => break Some(ShredError::Chain(error)),
            };
            let Some(last) = page.last().map(|last| last.number) else { break None };
            for NumberedShredding { number, shredding } in page {
                // Earlier findings may be old: a disk was restored, or something that kept an object is gone.
                let word = self.watched.remove(&number).and_then(|case| case.word);
                let case = Case { word, ..Case::new(shredding) };
                open.push(self.look(&sight, number, case, outcome).await);
            }
            self.from = last.saturating_add(1);
            if open.len() >= TOGETHER {
                self.settle(&sight, std::mem::take(&mut open), outcome).await;
            }
        };
        self.settle(&sight, open, outcome).await;
        match fault {
            Some(fault) => Err(fault),
            None => {
                self.beyond_before = self.beyond;
                Ok(())
            }
        }
    }

    /// Asks the chain about a shredding, and deletes the blobs that are bound to the record.
    async fn look<N: Shreddings>(
        &self,
        sight: &Sight<'_, N>,
        number: u64,
        mut case: Case,
        outcome: &mut Shredded,
    ) -> Open {
        let (record, mut others, mut has_fault) = (case.shredding.record, BTreeSet::new(), false);
        if case.objects.is_none() {
            match sight.chain.objects_of_shredded(record).await {
                Ok(objects) => case.objects = Some(objects).filter(|objects| !objects.is_empty()),
                Err(error) => outcome.complain(format!("shredding {number}: cannot ask the chain: {}", words(&error))),
            }
        }
        // A word about everything may follow an earlier one, also where this side did not see that the chain took it.
        if case.word.flatten().is_none_or(|word| word.kept > 0) {
            match sight.chain.attested(number, self.own).await {
                Ok(word) => {
                    let is_new = case.word == Some(None) && word.is_some();
                    outcome.attested = outcome.attested.saturating_add(is_new.into());
                    case.word = Some(word);
                }
                Err(error) => outcome.complain(format!("shredding {number}: cannot ask the chain: {}", words(&error))),
            }
        }
        let mut ids = case.objects.clone().unwrap_or_default();
        if case.is_younger(RECENT, sight.head.time) {
            // Versions that were on their way when the record was shredded never get a name.
            ids.extend(sight.destroyer.vaults.ledger.of_record(record));
        }
        for id in ids {
            match sight.destroyer.destroy_blob(&id, record).await {
                Ok(Found::Unbound) if case.kept.contains(&id) => {}
                Ok(Found::Unbound) => drop(others.insert(id)),
                Ok(Found::Absent) => drop(case.kept.remove(&id)),
                Ok(Found::Destroyed) => {
                    case.kept.remove(&id);
                    outcome.deleted = outcome.deleted.saturating_add(1);
                }
                Err(fault) => {
                    has_fault = true;
                    outcome.complain(format!("shredding {number}: {}", words(&fault)));
                }
            }
        }
        Open { number, case, others, has_fault }
    }

    /// Asks the chain what else names the other objects, deletes those that nothing living names, and keeps what is known.
    async fn settle<N: Shreddings>(&mut self, sight: &Sight<'_, N>, open: Vec<Open>, outcome: &mut Shredded) {
        let sought = open.iter().flat_map(|open| open.others.iter().copied()).collect();
        let judged = self.judge(sight, &sought, outcome).await;
        // Records may share an object.
        let mut gone = BTreeSet::new();
        for Open { number, mut case, others, mut has_fault } in open {
            for id in others {
                let Some(judged) = &judged else {
                    has_fault = true;
                    break;
                };
                if judged.named.contains(&id) {
                    case.kept.insert(id);
                    // Else the next sweep strikes the mark.
                    let _ = sight.destroyer.spare(&id);
                    continue;
                }
                if gone.contains(&id) {
                    continue;
                }
                let Some(since) = judged.since.get(&id) else {
                    has_fault = true;
                    continue;
                };
                match sight.destroyer.destroy_other(&id, &case.shredding, *since).await {
                    Ok(Fate::Destroyed) => {
                        gone.insert(id);
                        outcome.deleted = outcome.deleted.saturating_add(1);
                    }
                    Ok(Fate::Stays) => drop(case.kept.insert(id)),
                    Ok(Fate::Waits) => has_fault = true,
                    Err(fault) => {
                        has_fault = true;
                        outcome.complain(format!("shredding {number}: {}", words(&fault)));
                    }
                }
            }
            case.is_done = case.objects.is_some() && !has_fault;
            self.keep(number, case, sight.head.time);
        }
    }

    /// Asks the chain which of `sought` something living names. None where it cannot be asked now, or is not believed.
    async fn judge<N: Shreddings>(
        &mut self,
        sight: &Sight<'_, N>,
        sought: &BTreeSet<Digest>,
        outcome: &mut Shredded,
    ) -> Option<Judged> {
        if sought.is_empty() {
            return Some(Judged::default());
        }
        let begun = Instant::now();
        if self.rested.is_some_and(|rested| begun < rested) {
            return None;
        }
        let mut since = BTreeMap::new();
        for id in sought {
            match sight.destroyer.mark(id, sight.now) {
                Ok(at) => drop(since.insert(*id, at)),
                Err(fault) => outcome.complain(format!("cannot mark an object: {fault}")),
            }
        }
        let asked = named_among(sight.chain, sought).await;
        let took = begun.elapsed();
        self.rested = Instant::now().checked_add(took.saturating_mul(REST)).filter(|_| took > LONG);
        let (asked, after) = match asked {
            Ok(asked) => (asked, sight.chain.finalized().await),
            Err(error) => (Default::default(), Err(error)),
        };
        match (asked, after) {
            // Meanwhile another node may have taken the place of this one.
            ((named, charts), Ok(after)) if after.number >= sight.head.number && charts >= self.charts => {
                self.charts = charts;
                Some(Judged { named, since })
            }
            (_, Ok(after)) => {
                outcome.complain(format!("the node is behind: its finalized block is {}", after.number));
                None
            }
            (_, Err(error)) => {
                outcome.complain(format!("cannot ask the chain what else names the objects: {}", words(&error)));
                None
            }
        }
    }

    /// Keeps a shredding that is recent, or for which something can be done in the next round. Counts it if it waits for more.
    fn keep(&mut self, number: u64, case: Case, time: Moment) {
        let waits = case.waits(self.store);
        let is_watched = case.is_younger(RECENT, time) || !case.is_done || (waits && self.has_member);
        let has_room = self.watched.len() < MOST;
        if is_watched && has_room {
            self.watched.insert(number, case);
            return;
        }
        self.left_out |= is_watched;
        self.beyond = self.beyond.saturating_add(waits.into());
    }
}
