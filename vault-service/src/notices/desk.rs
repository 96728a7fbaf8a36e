// SPDX-License-Identifier: Apache-2.0

//! The desk where letters are written and sent. One work looks into the chain, another one sends; neither waits for the other.

use super::{
    addressees::{Addressee, Addressees, AddresseesError, Way},
    fault::Fault,
    folder_of,
    lane::{pause_after, Letter},
    mail::{MailSender, MailSetupError},
    page::{members, remove, DigestTimes, Look, Page},
    settings::NoticesConfig,
    source::{Found, NoticeSource},
    status::NoticesStatus,
    webhook::WebhookSender,
};
use crate::key_files::{read_webhook_secret, KeyFault};
use futures::{stream, StreamExt};
use salus_chain::ReadMarks;
use salus_primitives::{time::HOUR, Digest, MemberId, Moment};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use thiserror::Error;

/// After so many addressees in a row of whom the node does not tell, the look ends.
const FAULTS: u32 = 3;
/// Servers that are asked at one time. One server gets one letter after the other.
const SERVERS: usize = 8;

/// The desk cannot be set up.
#[derive(Debug, Error)]
pub enum DeskError {
    /// The file of addressees cannot be used.
    #[error("the addressees `{}`: {cause}", path.display())]
    Addressees {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: AddresseesError,
    },
    /// The mail server cannot be asked.
    #[error(transparent)]
    Mail(#[from] MailSetupError),
    /// The secret for webhooks cannot be read.
    #[error("the secret for webhooks `{}`: {cause}", path.display())]
    Secret {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: KeyFault,
    },
    /// A page on the disk cannot be used, or no client can be made.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The outcome of a round of sending.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Delivered {
    /// Letters that arrived.
    pub sent: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Letters that were given up.
    pub given_up: u64,
    /// Why, in words without addresses.
    pub complaints: Vec<String>,
}

/// Writes and sends the letters of one institution.
pub struct Desk {
    folder: PathBuf,
    genesis: Digest,
    file: PathBuf,
    digests: DigestTimes,
    limit: Moment,
    mail: Option<MailSender>,
    webhook: Option<WebhookSender>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    addressees: Addressees,
    pages: BTreeMap<MemberId, Page>,
    /// Servers that did not answer, by their names here.
    away: BTreeMap<String, Away>,
    totals: Totals,
    /// The last complaints, by what the desk did.
    told: BTreeMap<&'static str, Vec<String>>,
}

/// A server that did not answer.
#[derive(Clone, Copy, Default)]
struct Away {
    failures: u32,
    until: Moment,
}

#[derive(Clone, Copy, Default)]
struct Totals {
    sent: u64,
    failed: u64,
    given_up: u64,
}

/// A letter that is due.
struct Due {
    member: MemberId,
    addressee: Arc<Addressee>,
    letter: Letter,
}

impl Desk {
    /// The desk by `config`, for the vault in the folder `vault`, of a service that calls itself `name`.
    pub fn open(config: &NoticesConfig, vault: &Path, genesis: Digest, name: &str) -> Result<Self, DeskError> {
        let greeting = config.greeting.as_deref();
        let mail = config.mail.as_ref().map(|mail| MailSender::new(mail, name, greeting)).transpose()?;
        let webhook = match &config.webhook {
            Some(webhook) => {
                let path = &webhook.secret;
                let secret =
                    read_webhook_secret(path).map_err(|cause| DeskError::Secret { path: path.clone(), cause })?;
                Some(WebhookSender::new(secret, greeting)?)
            }
            None => None,
        };
        let (folder, file) = (folder_of(vault), config.addressees.clone());
        let addressees = Addressees::read(&file, mail.is_some(), webhook.is_some());
        let addressees = addressees.map_err(|cause| DeskError::Addressees { path: file.clone(), cause })?;
        let mut pages = BTreeMap::new();
        for (member, _) in addressees.iter() {
            pages.extend(Page::read(&folder, &genesis, member)?.map(|page| (member, page)));
        }
        let every = Moment::from(config.digest_hours).saturating_mul(HOUR);
        let digests = DigestTimes { every, offset: Moment::from(config.digest_at_hour).saturating_mul(HOUR) };
        let limit = Moment::from(config.give_up_after_hours).saturating_mul(HOUR);
        let state = Mutex::new(State { addressees, pages, ..State::default() });
        Ok(Self { folder, genesis, file, digests, limit, mail, webhook, state })
    }

    /// The members who are told of their notices.
    pub fn members(&self) -> Vec<MemberId> {
        self.lock().addressees.iter().map(|(member, _)| member).collect()
    }

    /// Says hello to the mail server, if there is one. Nothing is sent.
    pub async fn try_mail(&self) -> Result<(), Fault> {
        match &self.mail {
            Some(mail) => mail.try_out().await,
            None => Ok(()),
        }
    }

    /// Looks into the finalized chain for each addressee, and writes letters. Returns complaints, in words without addresses.
    ///
    /// A new addressee is told of what happens from now on.
    pub async fn look(&self, source: &impl NoticeSource, now: Moment) -> Vec<String> {
        let mut complaints = BTreeSet::new();
        complaints.extend(self.read_addressees());
        complaints.extend(self.forget_others().err().map(on_disk));
        complaints.extend(self.turn_digests(now).err().map(on_disk));
        let addressees = self.lock().addressees.clone();
        let (mut elsewhere, mut faults) = (0u64, 0u32);
        for (member, addressee) in addressees.iter() {
            let marks = self.lock().pages.get(&member).map(|page| page.marks().clone());
            let found = source.since(member, marks.as_ref().unwrap_or(&ReadMarks::new())).await;
            faults = if found.is_ok() { 0 } else { faults.saturating_add(1) };
            match found {
                Ok(Found::Elsewhere) => elsewhere = elsewhere.saturating_add(1),
                Ok(Found::Inactive) => {}
                Ok(Found::Notices { kinds, marks, block, at }) => {
                    let taken = self.take(member, addressee, Look { kinds, marks, block, at }, now);
                    complaints.extend(taken.err().map(on_disk));
                }
                Err(error) => {
                    complaints.insert(error.to_string());
                    if faults >= FAULTS {
                        break;
                    }
                }
            }
        }
        if elsewhere > 0 {
            let hint = "`salus-vault check` says which";
            complaints.insert(format!("{elsewhere} addressees are not members of this institution: {hint}"));
        }
        let complaints: Vec<_> = complaints.into_iter().collect();
        self.lock().told.insert("look", complaints.clone());
        complaints
    }

    /// Sends by this way what is due. One server that does not answer keeps no other waiting.
    pub async fn deliver(&self, way: Way, now: fn() -> Moment) -> Delivered {
        let mut by_server: BTreeMap<String, Vec<Due>> = BTreeMap::new();
        let mut complaints = BTreeSet::new();
        match self.due(way, now()) {
            Ok(due) => {
                due.into_iter().for_each(|due| by_server.entry(server(way, &due.addressee)).or_default().push(due))
            }
            Err(error) => complaints.extend([on_disk(error)]),
        }
        let rounds = stream::iter(by_server).map(|(server, due)| self.deliver_to(way, server, due, now));
        let mut delivered = Delivered::default();
        for one in rounds.buffer_unordered(SERVERS).collect::<Vec<_>>().await {
            delivered.sent = delivered.sent.saturating_add(one.sent);
            delivered.failed = delivered.failed.saturating_add(one.failed);
            delivered.given_up = delivered.given_up.saturating_add(one.given_up);
            complaints.extend(one.complaints);
        }
        delivered.complaints = complaints.into_iter().collect();
        let mut state = self.lock();
        state.totals.sent = state.totals.sent.saturating_add(delivered.sent);
        state.totals.failed = state.totals.failed.saturating_add(delivered.failed);
        state.totals.given_up = state.totals.given_up.saturating_add(delivered.given_up);
        // A round without a letter says nothing of the server.
        if delivered != Delivered::default() {
            state.told.insert(way.word(), delivered.complaints.clone());
        }
        drop(state);
        delivered
    }

    /// How many letters wait for this way.
    pub fn waiting(&self, way: Way) -> u64 {
        self.lock().pages.values().fold(0, |sum, page| sum.saturating_add(page.lane(way).waiting()))
    }

    /// How it stands with letters.
    pub fn status(&self) -> NoticesStatus {
        let (mail_waiting, webhook_waiting) = (self.waiting(Way::Mail), self.waiting(Way::Webhook));
        let state = self.lock();
        let Totals { sent, failed, given_up } = state.totals;
        let addressees = state.addressees.len().try_into().unwrap_or(u64::MAX);
        let complaints = state.told.values().flatten().cloned().collect();
        NoticesStatus { addressees, mail_waiting, webhook_waiting, sent, failed, given_up, complaints }
    }

    /// Reads the file of addressees again, so that a change needs no restart. While it is not valid, the earlier ones stay.
    fn read_addressees(&self) -> Option<String> {
        match Addressees::read(&self.file, self.mail.is_some(), self.webhook.is_some()) {
            Ok(addressees) => {
                self.lock().addressees = addressees;
                None
            }
            Err(cause) => Some(format!("the file of addressees is not read again: {cause}")),
        }
    }

    /// Removes the pages of members who are addressees no more.
    fn forget_others(&self) -> io::Result<()> {
        let mut state = self.lock();
        for member in members(&self.folder)? {
            if state.addressees.get(member).is_none() {
                remove(&self.folder, member)?;
                state.pages.remove(&member);
            }
        }
        Ok(())
    }

    fn turn_digests(&self, now: Moment) -> io::Result<()> {
        let mut state = self.lock();
        let State { addressees, pages, .. } = &mut *state;
        for (member, addressee) in addressees.iter() {
            let Some(page) = pages.get_mut(&member) else { continue };
            let mut next = page.clone();
            if next.turn(self.digests, addressee, now) {
                next.write(&self.folder, member)?;
                *page = next;
            }
        }
        Ok(())
    }

    /// Takes in what a look found. Letters are on the disk before one is sent; else the next look finds the same again.
    fn take(&self, member: MemberId, addressee: &Addressee, look: Look, now: Moment) -> io::Result<()> {
        let mut state = self.lock();
        let (mut next, is_due) = match state.pages.get(&member) {
            Some(page) => {
                let mut next = page.clone();
                let is_due = next.take(look, addressee, now);
                (next, is_due)
            }
            None => (Page::beginning(self.genesis, look), true),
        };
        if is_due {
            next.write(&self.folder, member)?;
        }
        state.pages.insert(member, next);
        Ok(())
    }

    /// The letters that are to be sent by this way now.
    fn due(&self, way: Way, now: Moment) -> io::Result<Vec<Due>> {
        let mut state = self.lock();
        let State { addressees, pages, away, .. } = &mut *state;
        let mut due = Vec::new();
        for (member, page) in pages.iter_mut() {
            if page.is_unwritten() {
                page.write(&self.folder, *member)?;
            }
            let Some(addressee) = addressees.get(*member).filter(|addressee| addressee.has(way)) else { continue };
            let Some(letter) = page.lane(way).due(now) else { continue };
            if away.get(&server(way, addressee)).is_none_or(|away| away.until <= now) {
                due.push(Due { member: *member, addressee: addressee.clone(), letter: letter.clone() });
            }
        }
        Ok(due)
    }

    /// Sends letters to one server, one after the other, until it is away.
    async fn deliver_to(&self, way: Way, server: String, due: Vec<Due>, now: fn() -> Moment) -> Delivered {
        let (mut delivered, mut complaints) = (Delivered::default(), BTreeSet::new());
        for Due { member, addressee, letter } in due {
            let outcome = self.send(way, &addressee, &letter, now()).await;
            match self.settle(way, member, &letter.id, &outcome, now()) {
                Ok(true) => delivered.given_up = delivered.given_up.saturating_add(1),
                Ok(false) => {}
                Err(error) => complaints.extend([on_disk(error)]),
            }
            let is_away = matches!(outcome, Err(Fault::Away(_)));
            self.note(&server, is_away, now());
            match outcome {
                Ok(()) => delivered.sent = delivered.sent.saturating_add(1),
                Err(fault) => {
                    delivered.failed = delivered.failed.saturating_add(1);
                    complaints.insert(fault.to_string());
                }
            }
            if is_away {
                break;
            }
        }
        delivered.complaints = complaints.into_iter().collect();
        delivered
    }

    async fn send(&self, way: Way, addressee: &Addressee, letter: &Letter, now: Moment) -> Result<(), Fault> {
        match (way, &self.mail, &self.webhook, &addressee.mail, &addressee.webhook) {
            (Way::Mail, Some(sender), _, Some(to), _) => sender.send(to, letter).await,
            (Way::Webhook, _, Some(sender), _, Some(to)) => sender.send(to, letter, now).await,
            _ => Err(Fault::Later("an addressee lost its address meanwhile".to_owned())),
        }
    }

    /// Writes down what became of a letter. Whether it is given up.
    fn settle(
        &self,
        way: Way,
        member: MemberId,
        id: &str,
        outcome: &Result<(), Fault>,
        now: Moment,
    ) -> io::Result<bool> {
        let mut state = self.lock();
        let Some(page) = state.pages.get_mut(&member) else { return Ok(false) };
        let lane = page.lane_mut(way);
        let is_given_up = match outcome {
            Ok(()) => {
                lane.end(id, now);
                false
            }
            Err(fault) => lane.fail(id, matches!(fault, Fault::Refused(_)), self.limit, now),
        };
        // A page that cannot be written sends nothing more until it is.
        page.write(&self.folder, member)?;
        Ok(is_given_up)
    }

    /// Notes whether a server is away, and how long it is left alone.
    fn note(&self, server: &str, is_away: bool, now: Moment) {
        let mut state = self.lock();
        // Servers that no addressee has any more are not kept for ever.
        state.away.retain(|_, away| away.until.saturating_add(HOUR) > now);
        if is_away {
            let away = state.away.entry(server.to_owned()).or_default();
            away.failures = away.failures.saturating_add(1);
            away.until = now.saturating_add(pause_after(away.failures));
        } else {
            state.away.remove(server);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The server for an addressee's letters, by a name of this module.
fn server(way: Way, addressee: &Addressee) -> String {
    match (way, &addressee.webhook) {
        (Way::Webhook, Some(url)) => url.origin().ascii_serialization(),
        _ => way.word().to_owned(),
    }
}

fn on_disk(error: io::Error) -> String {
    format!("the pages of letters cannot be used: {error}")
}
