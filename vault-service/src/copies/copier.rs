// SPDX-License-Identifier: Apache-2.0

//! Fetches what should be in this vault and is not.

use super::{
    arriving::{receive, Begun, Interruption},
    copying::Copying,
    expected::ExpectedObjects,
    looks::{Looks, Tally},
    notes::Note,
    others::Partners,
    outcome::Copied,
    pace::{Fault, Pace, Patience, TooSlow},
    policy::{Agreement, Policy},
    survey::{claimed, is_whole, Distrusted, Looked, Survey},
    wanted::Wanted,
};
use crate::{
    chance::{has_turn, some_of},
    staging::Ledger,
};
use salus_gate::{protocol::MAX_OBJECTS, Head, HEAD_LIFE};
use salus_primitives::{ChartId, Digest, InstitutionId, Moment};
use salus_sealing::secret::random;
use salus_vault::{Vault, VaultError};
use salus_vault_client::CopiedObject;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    error::Error,
    io,
    sync::Arc,
};
use thiserror::Error as ThisError;

/// Bytes that a round reads back from a holder, on the average and at most.
const READ_BACK: u64 = 64 * 1024 * 1024;
/// Objects among which one is chosen to be read back. Copies of others' objects lie between the own ones.
const CHOICE: usize = 64;

/// Bytes of an object that have to arrive before it goes on at once after an answer was cut off. Else it waits for the next round.
const PROGRESS: u64 = 1024 * 1024;

/// Keeps a vault complete: objects of its own institution, and copies of those that the agreement has it keep.
pub struct Copier {
    own: InstitutionId,
    policy: Option<Policy>,
    copying: Arc<Copying>,
    vault: Vault,
    ledger: Arc<Ledger>,
    looks: Looks,
    distrusted: Distrusted,
    /// The marks of damage that were there in the last round.
    damaged: BTreeSet<Digest>,
    begun: Option<Begun>,
    patience: Patience,
    /// The number of the newest finalized block that a round had.
    newest: u32,
}

/// A round stopped. The next one begins where it was.
#[derive(Debug, ThisError)]
pub enum CopyError<E: Error + 'static> {
    /// The chain cannot be asked, so nothing is fetched.
    #[error("cannot ask the chain what should be in the vault")]
    Chain(#[source] E),
    /// The node's finalized head is old, or older than that of an earlier round, so nothing is fetched.
    #[error("the node is behind: its finalized block is {0}")]
    Behind(u32),
    /// This side cannot store what comes.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// The vault of this side cannot be used.
#[derive(Debug, ThisError)]
pub enum StoreFault {
    /// An object cannot be looked for or stored.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The ledger of staged objects, or the disk, cannot be used.
    #[error("cannot use the disk of the vault: {0}")]
    Disk(#[from] io::Error),
    /// The disk has no more room than the reserve.
    #[error("the disk is full: copies wait")]
    Full,
}

impl StoreFault {
    fn is_full_disk(&self) -> bool {
        let kind = match self {
            Self::Full => return true,
            Self::Vault(VaultError::Io(error)) | Self::Disk(error) => error.kind(),
            Self::Vault(_) => return false,
        };
        [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded].contains(&kind)
    }
}

/// Why a partner's copies were not taken.
enum Refused<E> {
    /// The partner is away, or its answer was cut off, or came too slowly.
    Partner(Fault),
    /// This object is not the one that the chain names.
    Object(Digest, String),
    /// The chain cannot be asked.
    Chain(E),
    /// This side fails.
    Store(StoreFault),
}

impl<E> From<StoreFault> for Refused<E> {
    fn from(fault: StoreFault) -> Self {
        Self::Store(fault)
    }
}

impl<E> From<VaultError> for Refused<E> {
    fn from(error: VaultError) -> Self {
        Self::Store(error.into())
    }
}

impl<E> From<io::Error> for Refused<E> {
    fn from(error: io::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Copier {
    /// A copier for the vault of the institution `own`. With a policy, each round has the agreement in `copying` follow the chain.
    pub fn new(
        own: InstitutionId,
        policy: Option<Policy>,
        copying: Arc<Copying>,
        vault: Vault,
        ledger: Arc<Ledger>,
    ) -> Self {
        let (looks, distrusted, damaged) = (Looks::new(), Distrusted::new(), BTreeSet::new());
        let (begun, patience) = (None, Patience::default());
        Self { own, policy, copying, vault, ledger, looks, distrusted, damaged, begun, patience, newest: 0 }
    }

    /// The same copier, with this patience for partners.
    #[must_use]
    pub fn with_pace(self, pace: Pace) -> Self {
        Self { patience: Patience::with(pace), ..self }
    }

    /// The institutions with which the vault exchanges copies, and its own.
    pub fn institutions(&self) -> Vec<InstitutionId> {
        let others = self.copying.agreement().others();
        others.into_iter().chain([self.own]).collect()
    }

    /// Looks at all charts that changed, fetches what is missing, and asks how many copies own objects have. `head` is the chain's
    /// finalized block: a node that is behind may not know yet what the chain names no more.
    pub async fn round<N: ExpectedObjects>(
        &mut self,
        chain: &N,
        partners: &impl Partners,
        head: Head,
        now: Moment,
    ) -> Result<Copied, CopyError<N::Error>> {
        if now.saturating_sub(head.time) > HEAD_LIFE || head.number < self.newest {
            return Err(CopyError::Behind(head.number));
        }
        self.newest = head.number;
        self.looks.begin();
        self.patience.begin();
        self.begun.take_if(|begun| begun.is_old());
        let agreement = self.agree(chain).await.map_err(CopyError::Chain)?;
        self.look_for_damage().map_err(StoreFault::Disk)?;
        let (mut outcome, mut survey) = (Copied::default(), Survey::default());
        for number in 0.. {
            let chart = ChartId(number);
            let Some(changes) = chain.changes(chart).await.map_err(CopyError::Chain)? else { break };
            if self.looks.may_wait(chart, changes) {
                continue;
            }
            let wanted = Wanted::of(chain, chart, changes, &agreement, &self.copying.destroyed).await;
            let wanted = wanted.map_err(CopyError::Chain)?;
            let looked = self.look(chart, changes, wanted, &agreement, partners, &mut outcome).await?;
            survey.add(looked);
            if survey.is_full() {
                self.ask(&mut survey, &agreement, partners, &mut outcome).await;
            }
        }
        self.ask(&mut survey, &agreement, partners, &mut outcome).await;
        let noted = match self.copying.notes.have_begun() {
            true => self.copying.notes.write(),
            false => self.copying.notes.begin(),
        };
        waiting_for_room(noted.map_err(StoreFault::Disk), &mut outcome)?;
        self.read_one_back(&agreement, partners, &mut outcome).await?;
        let Tally { missing, never_came, copies, under_replicated, .. } = self.looks.total();
        let wanted = agreement.wanted().try_into().unwrap_or(u64::MAX);
        let round = Copied { missing, never_came, copies, under_replicated, wanted, ..outcome };
        self.copying.finish(round.clone());
        Ok(round)
    }

    /// Has the agreement follow the chain. Where it changes, so does what every chart needs.
    async fn agree<N: ExpectedObjects>(&mut self, chain: &N) -> Result<Agreement, N::Error> {
        let before = self.copying.agreement();
        let Some(policy) = &self.policy else { return Ok(before) };
        let now = before.with_policy(policy, &chain.institutions().await?);
        if now != before {
            self.copying.agree(now.clone());
            self.looks.look_at_all();
        }
        Ok(now)
    }

    /// Has the charts of objects that were newly marked as damaged looked at.
    fn look_for_damage(&mut self) -> io::Result<()> {
        let marked = self.copying.damaged.all()?;
        for id in marked.difference(&self.damaged) {
            match self.copying.notes.of(id) {
                Some(note) => self.looks.look_at(note.chart),
                None => self.looks.look_at_all(),
            }
        }
        self.damaged = marked;
        Ok(())
    }

    /// Looks at a chart, and fetches what this vault is to have of it.
    async fn look<N: ExpectedObjects>(
        &mut self,
        chart: ChartId,
        changes: u64,
        mut wanted: Wanted<'_, N>,
        agreement: &Agreement,
        partners: &impl Partners,
        outcome: &mut Copied,
    ) -> Result<Looked, CopyError<N::Error>> {
        for (id, object) in &wanted.expected {
            if !self.is_there(id).await? {
                wanted.missing.insert(*id, *object);
            }
        }
        // The chain names it no more, or it has come: the bytes that arrived go.
        self.begun.take_if(|begun| begun.is_over(chart, |id| wanted.missing.contains_key(id)));
        // A full disk takes in nothing, and hides nothing: the missing objects are counted all the same.
        match self.fetch(&mut wanted, agreement, partners, outcome).await {
            Err(CopyError::Store(fault)) => waiting_for_room(Err(fault), outcome)?,
            fetched => fetched?,
        }
        let Wanted { expected, missing, denied, .. } = &wanted;
        let notes = &self.copying.notes;
        let (mut tally, mut own) = (Tally::default(), Vec::new());
        for (id, object) in expected {
            let is_missing = missing.contains_key(id);
            // Vault and notes may have been lost together, so at first everything counts as held.
            let was_held = notes.of(id).is_some() || !notes.have_begun();
            if !is_missing || !notes.have_begun() {
                notes.note(*id, Note { owner: object.owner, chart });
            }
            if is_missing && !object.is_needed {
                tally.notes = tally.notes.saturating_add(1);
            } else if is_missing {
                // An institution that does not have its own object lost it, or never had it: that is for its own service to tell.
                let never_came = !was_held && (object.owner == self.own || denied.contains(id));
                count(if never_came { &mut tally.never_came } else { &mut tally.missing }, object.owner);
            }
            // An object that exists nowhere has no copies to be counted.
            if object.owner == self.own && (!is_missing || (object.is_needed && was_held)) {
                own.push(*id);
            }
        }
        Ok(Looked { chart, changes, tally, own })
    }

    /// Whether an object is in the vault. One that is marked as damaged is read.
    async fn is_there(&mut self, id: &Digest) -> Result<bool, StoreFault> {
        let is_marked = self.damaged.contains(id);
        let looked = match is_marked {
            true => self.vault.reader(id).await.map(drop),
            false => self.vault.size(id).await.map(drop),
        };
        match looked {
            Ok(()) if is_marked => {
                self.copying.damaged.strike(id)?;
                self.damaged.remove(id);
                Ok(true)
            }
            Ok(()) => Ok(true),
            Err(VaultError::NotFound(_)) => Ok(false),
            Err(error) if error.is_damage() => {
                if !is_marked {
                    self.mark(id);
                }
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Marks an object that this round found damaged: it is fetched now, or by a later round.
    fn mark(&mut self, id: &Digest) {
        self.copying.have_repaired(id);
        self.damaged.insert(*id);
    }

    /// Asks the holders of what was looked at, and keeps what they say.
    async fn ask(
        &mut self,
        survey: &mut Survey,
        agreement: &Agreement,
        partners: &impl Partners,
        outcome: &mut Copied,
    ) {
        let charts = survey.ask(agreement, partners, &mut self.patience, &mut self.distrusted, outcome).await;
        for Looked { chart, changes, tally, .. } in charts {
            self.looks.keep(chart, changes, tally);
        }
    }

    /// Reads one own object back from one of its holders, if that says to have it. Large ones are chosen less often.
    async fn read_one_back(
        &mut self,
        agreement: &Agreement,
        partners: &impl Partners,
        outcome: &mut Copied,
    ) -> Result<(), StoreFault> {
        let near = some_of(&self.vault, CHOICE).await?;
        let is_own = |id: &Digest| self.copying.notes.of(id).is_some_and(|note| note.owner == self.own);
        let Some(id) = near.into_iter().find(is_own) else { return Ok(()) };
        let size = match self.vault.size(&id).await {
            Ok(size) => size,
            Err(VaultError::NotFound(_)) => return Ok(()),
            Err(error) if error.is_damage() => {
                // Not among the marks of this round, so the next one looks at the object's chart.
                self.copying.have_repaired(&id);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let holders: Vec<_> = agreement.holders(&id).into_iter().collect();
        let place = usize::try_from(u64::from_le_bytes(random())).unwrap_or_default().checked_rem(holders.len());
        let Some(holder) = place.and_then(|place| holders.get(place).copied()) else { return Ok(()) };
        if !has_turn(size, READ_BACK) || self.patience.is_over(holder) {
            return Ok(());
        }
        let is_claimed =
            claimed(partners, holder, &[id], self.patience.clock()).await.is_ok_and(|claimed| claimed.contains(&id));
        if !is_claimed {
            // It is away, or has it no more: the next round counts the copies of that chart, although it did not change.
            if let Some(note) = self.copying.notes.of(&id) {
                self.looks.look_at(note.chart);
            }
            return Ok(());
        }
        let checks = outcome.checks.entry(holder).or_default();
        match is_whole(partners, holder, id, Some(size), self.patience.clock()).await {
            Ok(true) => {
                checks.whole = checks.whole.saturating_add(1);
                self.distrusted.remove(&(holder, id));
            }
            Ok(false) => {
                checks.false_claims = checks.false_claims.saturating_add(1);
                outcome.complain(holder, &format!("it says that it has the object `{id}`, and does not give it"));
                self.distrusted.insert((holder, id));
                if let Some(note) = self.copying.notes.of(&id) {
                    self.looks.look_at(note.chart);
                }
            }
            Err(error) => outcome.complain(holder, &error.to_string()),
        }
        Ok(())
    }

    /// Asks one vault after the other until nothing is missing: first the one in whose vault an object belongs. Objects that
    /// this one has not, either, are `denied`.
    async fn fetch<N: ExpectedObjects>(
        &mut self,
        wanted: &mut Wanted<'_, N>,
        agreement: &Agreement,
        partners: &impl Partners,
        outcome: &mut Copied,
    ) -> Result<(), CopyError<N::Error>> {
        for at_home in [true, false] {
            for partner in &agreement.others() {
                if self.patience.is_over(*partner) {
                    continue;
                }
                let ids: Vec<_> = wanted
                    .missing
                    .iter()
                    .filter(|(_, object)| (object.owner == *partner) == at_home)
                    .map(|(id, _)| *id)
                    .collect();
                let mut ids: VecDeque<_> = ids.into();
                if let Some(place) = ids.iter().position(|id| self.has_begun(*partner, id)) {
                    ids.swap(0, place);
                }
                while !ids.is_empty() {
                    if self.ledger.is_disk_low().map_err(StoreFault::Disk)? {
                        return Err(StoreFault::Full.into());
                    }
                    let part: Vec<_> = ids.drain(..ids.len().min(MAX_OBJECTS)).collect();
                    let before = self.arrived(*partner);
                    match self.fetch_from(*partner, &part, wanted, partners, outcome).await {
                        Ok(()) => {}
                        // Its answer was cut off, but went on well until then.
                        Err(Refused::Partner(fault))
                            if !fault.is::<TooSlow>() && self.arrived(*partner) >= before.saturating_add(PROGRESS) =>
                        {
                            let rest = part.iter().rev().filter(|id| wanted.missing.contains_key(id));
                            rest.for_each(|id| ids.push_front(*id));
                            let begun = ids.iter().position(|id| self.has_begun(*partner, id));
                            begun.into_iter().for_each(|place| ids.swap(0, place));
                        }
                        // An author of the chart may have named another object, or in another length. The others come all the same.
                        Err(Refused::Object(id, complaint)) => {
                            outcome.complain(*partner, &complaint);
                            let behind = part.iter().rev().take_while(|other| **other != id);
                            behind.for_each(|other| ids.push_front(*other));
                        }
                        // It is away, or its answer was cut off: the rest waits for the next round.
                        Err(Refused::Partner(fault)) => {
                            outcome.complain(*partner, &fault.to_string());
                            self.patience.end(*partner, &fault);
                            break;
                        }
                        Err(Refused::Chain(error)) => return Err(CopyError::Chain(error)),
                        Err(Refused::Store(fault)) => return Err(fault.into()),
                    }
                }
            }
        }
        Ok(())
    }

    fn has_begun(&self, partner: InstitutionId, id: &Digest) -> bool {
        self.begun.as_ref().is_some_and(|begun| begun.is_of(partner, id))
    }

    /// Bytes of the object that arrived when an answer of `partner` was cut off.
    fn arrived(&self, partner: InstitutionId) -> u64 {
        self.begun.as_ref().filter(|begun| begun.partner == partner).map_or(0, |begun| begun.incoming.size())
    }

    async fn fetch_from<N: ExpectedObjects>(
        &mut self,
        partner: InstitutionId,
        part: &[Digest],
        wanted: &mut Wanted<'_, N>,
        partners: &impl Partners,
        outcome: &mut Copied,
    ) -> Result<(), Refused<N::Error>> {
        let mut clock = self.patience.clock();
        let mut begun = part.first().and_then(|first| self.begun.take_if(|it| it.is_of(partner, first)));
        let from = begun.as_ref().map_or(0, |begun| begun.incoming.size());
        let mut copies = match clock.wait(partners.copies(partner, part.to_vec(), from)).await {
            Ok(copies) => copies,
            Err(fault) => {
                self.begun = begun.or(self.begun.take());
                return Err(Refused::Partner(fault));
            }
        };
        loop {
            let object = clock.wait(copies.next()).await.map_err(Refused::Partner)?;
            let Some(CopiedObject { id, size, bytes }) = object else { return Ok(()) };
            let Some(expected) = wanted.missing.get(&id).copied() else { continue };
            let Some(size) = size else {
                if expected.owner == partner {
                    wanted.denied.insert(id);
                }
                continue;
            };
            if size > expected.longest {
                return Err(Refused::Object(id, format!("the object `{id}` is longer than the chain says")));
            }
            let mut incoming = match begun.take() {
                Some(begun) => begun.incoming,
                None => self.vault.incoming().await?,
            };
            match receive(bytes, size, &mut incoming, &mut clock).await {
                Ok(()) => {}
                Err(Interruption::Store(error)) => return Err(error.into()),
                Err(Interruption::Partner(fault)) => {
                    if incoming.size() > 0 {
                        self.begun = Some(Begun::of(partner, wanted.chart, id, incoming));
                    }
                    return Err(Refused::Partner(fault));
                }
            }
            if !wanted.still_names(&id).await.map_err(Refused::Chain)? || self.copying.destroyed.has(&id) {
                continue;
            }
            match incoming.admit(Some(&id)).await {
                Ok(_) => {}
                Err(VaultError::Corrupted { .. }) => {
                    return Err(Refused::Object(id, format!("its bytes of the object `{id}` are others")));
                }
                Err(error) => return Err(error.into()),
            }
            // A member may have announced the object and never sent it.
            self.ledger.strike(&id)?;
            wanted.missing.remove(&id);
            if self.damaged.remove(&id) {
                self.copying.damaged.strike(&id)?;
                outcome.repaired = outcome.repaired.saturating_add(1);
            }
            count(&mut outcome.copied, expected.owner);
        }
    }
}

/// Has the operator told of a full disk; other faults end the round.
fn waiting_for_room(done: Result<(), StoreFault>, outcome: &mut Copied) -> Result<(), StoreFault> {
    match done {
        Err(fault) if fault.is_full_disk() => {
            let full = StoreFault::Full.to_string();
            if !outcome.complaints.contains(&full) {
                outcome.complaints.push(full);
            }
            Ok(())
        }
        done => done,
    }
}

fn count(counts: &mut BTreeMap<InstitutionId, u64>, institution: InstitutionId) {
    let count = counts.entry(institution).or_default();
    *count = count.saturating_add(1);
}
