// SPDX-License-Identifier: Apache-2.0

//! The workload of a run: patients grant, revoke and answer, clinicians ask, write, open and read, on all nodes as the
//! client library does it. Each attempt is written down with what its client was told.
//!
//! The seed decides what is attempted; keys, sessions and signatures are random, as the library makes them.

mod known;
pub mod sealed;

use super::{
    phase::Phase,
    plan::HOSPITALS,
    seeded::Seeded,
    template::{content, metadata, Actor, Template, COMPARTMENTS},
    vaults::notes::{Sealed, Stored},
};
use anyhow::{Context, Result};
use known::Known;
use salus_chain::{At, Call, Chain, Outcome, QueryError, SubmitError};
use salus_client::{
    agent::{Agent, AgentError, Content, GrantWish},
    services::{Folders, RemoteServices, Services, Vaults},
};
use salus_primitives::{
    access::{Grantee, Permission, Permissions, Purpose, Purposes, RequestState, Scope},
    ChartId, CompartmentId, Digest, Interval, MemberId, ReadingSessionId, RecordId, RecordKey,
};
use salus_sealing::keys::{Identity, SigningPair};
use serde::Serialize;
use std::{
    future::Future,
    path::Path,
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        Arc, Mutex, MutexGuard, PoisonError,
    },
    time::{Duration, Instant},
};
use tokio::{task::JoinHandle, time::timeout};

/// How long a person waits for an attempt before trying elsewhere: twice what it takes until something is final. It is less
/// than finality is made to stand still for, so that people go on submitting meanwhile.
const PATIENCE: Duration = Duration::from_secs(7);
/// How long a person waits where vaults are behind services: one that is cut off takes a while to be given up.
const PATIENCE_WITH_VAULTS: Duration = Duration::from_secs(15);
/// How long a reader waits there: the library asks a service that says 503 again and again, for the way to the key and for the
/// blob, before it goes to another one.
const PATIENCE_TO_READ: Duration = Duration::from_secs(75);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(4);

/// The outcome of an attempt, as its client learned it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// It is final.
    Final {
        /// The transaction.
        transaction: Digest,
        /// The block, where the library tells it.
        block: Option<Digest>,
    },
    /// The chain, a gate or the library said no.
    Refused(String),
    /// Unknown: it may still take effect.
    Unknown(String),
    /// The node could not be asked, and nothing was submitted.
    Unreachable(String),
}

/// An attempt at something.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    /// When it was begun.
    pub phase: Phase,
    /// The same, in milliseconds since the load began.
    pub at: u64,
    /// How long it took, in milliseconds.
    pub took: u64,
    /// Whose.
    pub member: MemberId,
    /// At which node.
    pub node: usize,
    /// What.
    pub what: &'static str,
    /// The outcome.
    pub end: End,
}

/// A reader asked a release gate for a record.
#[derive(Clone, Debug, Serialize)]
pub struct Reading {
    /// When.
    pub phase: Phase,
    /// Who.
    pub reader: MemberId,
    /// What.
    pub record: RecordId,
    /// Under which session.
    pub session: Option<ReadingSessionId>,
    /// Whose view of the chain the gate had.
    pub node: usize,
    /// The node's final height before it was asked.
    pub from: u32,
    /// The node's final height afterwards.
    pub to: u32,
    /// Whether it gave the record out.
    pub released: bool,
    /// Whether that was what had been written.
    pub right: bool,
}

/// All that was written down.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// Attempts at transactions.
    pub attempts: Vec<Attempt>,
    /// Readings.
    pub readings: Vec<Reading>,
}

/// The load; it goes on until it is finished or dropped.
pub struct Load {
    shared: Arc<Shared>,
    tasks: Vec<JoinHandle<()>>,
}

struct Shared {
    links: Vec<Link>,
    vaults: Vaults,
    /// The history of sealed records, where vaults are behind services.
    sealed: Option<Mutex<Sealed>>,
    /// The records that were put and acknowledged, in their newest versions.
    known: Mutex<Vec<Known>>,
    template: Template,
    phase: AtomicUsize,
    stopped: AtomicBool,
    notes: Mutex<Notes>,
    began: Instant,
}

/// The connection to a node that all clients share.
struct Link {
    url: String,
    chain: tokio::sync::Mutex<Option<Chain>>,
    /// The services of the connection; vaults in folders have none.
    services: tokio::sync::Mutex<Option<Arc<dyn Services>>>,
}

impl Link {
    fn to(url: &str) -> Self {
        Self { url: url.to_owned(), chain: tokio::sync::Mutex::new(None), services: tokio::sync::Mutex::new(None) }
    }

    /// The vault services at the addresses that the chain has.
    async fn services(&self, chain: &Chain) -> Result<Arc<dyn Services>, String> {
        let mut held = self.services.lock().await;
        if let Some(services) = held.as_ref() {
            return Ok(services.clone());
        }
        let services: Arc<dyn Services> = Arc::new(RemoteServices::new(chain).map_err(|error| error.to_string())?);
        Ok(held.insert(services).clone())
    }

    async fn chain(&self) -> Result<Chain, String> {
        let mut held = self.chain.lock().await;
        if let Some(chain) = held.as_ref() {
            return Ok(chain.clone());
        }
        let chain =
            timeout(CONNECT, Chain::connect(&self.url)).await.map_err(|_| "no connection in time".to_owned())?;
        let chain = chain.map_err(|error| error.to_string())?;
        *held = Some(chain.clone());
        Ok(chain)
    }

    async fn broke(&self) {
        *self.chain.lock().await = None;
        *self.services.lock().await = None;
    }
}

impl Load {
    /// Begins. The nodes are at `urls`, `vaults` is a folder of this run. With `behind_services` people reach vaults through
    /// the services that the chain names, and not in that folder.
    pub fn begin(template: &Template, urls: &[String], vaults: &Path, seed: u64, behind_services: bool) -> Self {
        let shared = Arc::new(Shared {
            links: urls.iter().map(|url| Link::to(url)).collect(),
            vaults: Vaults::below(vaults),
            sealed: behind_services.then(Mutex::default),
            known: Mutex::default(),
            template: template.clone(),
            phase: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            notes: Mutex::new(Notes::default()),
            began: Instant::now(),
        });
        let mut tasks = Vec::new();
        let client = |actor: &Actor, home: usize| Client {
            shared: shared.clone(),
            actor: actor.clone(),
            home,
            node: home,
            chance: Seeded::new(seed, &actor.uri),
            sessions: Vec::new(),
        };
        // The first two patients take part in trials of revocation, the others do what chance says.
        for (place, patient) in template.patients.iter().enumerate() {
            match template.clinicians.get(place.saturating_add(HOSPITALS)).filter(|_| place < 2) {
                Some(clinician) => tasks.push(tokio::spawn(trials(client(patient, place), client(clinician, place)))),
                None => tasks.push(tokio::spawn(client(patient, place).work())),
            }
        }
        for (place, clinician) in template.clinicians.iter().enumerate() {
            // The second clinicians of the first two hospitals are in the trials; that of the third floods if anybody does.
            if place < HOSPITALS || place.saturating_add(1) == template.clinicians.len() {
                tasks.push(tokio::spawn(client(clinician, place % HOSPITALS).work()));
            }
        }
        Self { shared, tasks }
    }

    /// From now on attempts are of this phase.
    pub fn enter(&self, phase: Phase) {
        self.shared.phase.store(phase as usize, Ordering::Relaxed);
    }

    /// Returns the history of sealed records so far; none where vaults are folders.
    pub fn sealed(&self) -> Option<Sealed> {
        let sealed = self.shared.sealed.as_ref()?;
        Some(sealed.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Returns the milliseconds since the load began.
    pub fn elapsed(&self) -> u64 {
        self.shared.elapsed()
    }

    /// Returns the notes so far.
    pub fn notes(&self) -> Notes {
        self.shared.notes().clone()
    }

    /// Begins nothing new, waits `patience` for what is under way, and returns what was written down.
    pub async fn finish(&mut self, patience: Duration) -> Notes {
        self.shared.stopped.store(true, Ordering::Relaxed);
        let tasks = std::mem::take(&mut self.tasks);
        let aborts: Vec<_> = tasks.iter().map(JoinHandle::abort_handle).collect();
        let all = async {
            for task in tasks {
                let _ = task.await;
            }
        };
        let _ = timeout(patience, all).await;
        aborts.iter().for_each(tokio::task::AbortHandle::abort);
        self.notes()
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Shared {
    fn notes(&self) -> MutexGuard<'_, Notes> {
        // A thread that panicked while it was locked has left nothing half done: notes are added whole.
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self) -> MutexGuard<'_, Vec<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes into the history of sealed records; nothing where vaults are folders.
    fn note_sealed<T: Default>(&self, note: impl FnOnce(&mut Sealed) -> T) -> T {
        let Some(sealed) = &self.sealed else { return T::default() };
        note(&mut sealed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes down how a put ended.
    fn amend_put(&self, place: usize, took: u64, end: Stored) {
        self.note_sealed(|sealed| {
            if let Some(put) = sealed.puts.get_mut(place) {
                (put.took, put.end) = (took, end);
            }
        });
    }

    fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Before,
            1 => Phase::During,
            _ => Phase::After,
        }
    }

    fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A person's program.
struct Client {
    shared: Arc<Shared>,
    actor: Actor,
    home: usize,
    node: usize,
    chance: Seeded,
    sessions: Vec<(RecordId, ReadingSessionId)>,
}

/// A finalized attempt, and the value that its author needs.
struct Done<T> {
    transaction: Digest,
    block: Option<Digest>,
    value: T,
}

impl<T> Done<T> {
    fn new(outcome: &Outcome, value: T) -> Self {
        Self { transaction: outcome.transaction, block: Some(outcome.block.hash), value }
    }
}

impl Client {
    async fn work(mut self) {
        while !self.shared.stopped() {
            let pause = self.chance.between(100, 900);
            tokio::time::sleep(Duration::from_millis(pause)).await;
            match self.actor.chart {
                Some(chart) => self.act_as_patient(chart).await,
                None => self.act_as_clinician().await,
            }
            if self.node != self.home && self.chance.chance(20) {
                self.node = self.home;
            }
        }
    }

    async fn act_as_patient(&mut self, chart: ChartId) {
        if self.acts_on_records(chart).await {
            return;
        }
        match self.chance.between(0, 99) {
            0..=39 => {
                let clinicians = &self.shared.template.clinicians;
                let Some(grantee) = self.chance.pick(clinicians).map(|actor| actor.person.member) else { return };
                let (compartment, permissions, purposes) = (self.compartment(), self.permissions(), self.purposes());
                let grantee = self.grantee(grantee);
                self.grant(chart, grantee, compartment, permissions, purposes).await;
            }
            40..=64 => {
                let luck = self.chance.number();
                self.attempt("revoke", async |agent| {
                    let grants = agent.chain().grants(At::Finalized, chart).await?;
                    let now = agent.chain().now(At::Finalized).await?;
                    let live: Vec<_> = grants.iter().filter(|it| !it.grant.is_over(now)).map(|it| it.number).collect();
                    let grant = Seeded::new(luck, "grant").pick(&live).copied().unwrap_or_default();
                    let revoked = agent.revoke(chart, grant, None).await?;
                    Ok(Done { transaction: revoked.transaction, block: None, value: () })
                })
                .await;
            }
            65..=89 => {
                let (approves, compartment) = (self.chance.chance(60), self.compartment());
                self.attempt(if approves { "approve" } else { "deny" }, async |agent| {
                    let requests = agent.requests(chart).await?;
                    let open = requests.iter().find(|it| it.request.state == RequestState::Open);
                    let number = open.map(|it| it.number).unwrap_or_default();
                    let outcome = match approves {
                        true => {
                            agent.approve(chart, number, &[Scope::Compartment(compartment)], None, None, None).await?.1
                        }
                        false => agent.deny(chart, number, None).await?,
                    };
                    Ok(Done::new(&outcome, ()))
                })
                .await;
            }
            _ => self.create(chart).await,
        }
    }

    async fn act_as_clinician(&mut self) {
        let charts: Vec<_> = self.shared.template.patients.iter().filter_map(|patient| patient.chart).collect();
        let Some(chart) = self.chance.pick(&charts).copied() else { return };
        match self.chance.between(0, 99) {
            0..=19 => {
                let session = self.new_session();
                let (compartment, purpose) = (self.compartment(), self.purpose());
                self.open(chart, compartment, purpose, session).await;
            }
            20..=49 => {
                let record = match self.has_vaults() {
                    true => self.some_record(chart, Some(CompartmentId(0))),
                    false => self.shared.template.records.iter().find(|record| record.chart == chart).copied(),
                };
                let (Some(record), session) = (record, self.new_session()) else { return };
                self.open(chart, CompartmentId(0), Purpose::Treatment, session).await;
                self.read(record, Some(session)).await;
                self.sessions.push((record, session));
            }
            50..=64 => {
                let Some((record, session)) = self.chance.pick(&self.sessions).copied() else { return };
                self.read(record, Some(session)).await;
            }
            65..=79 => {
                let (permissions, purpose) = (self.permissions(), self.purpose());
                self.attempt("request", async |agent| {
                    let (_, outcome) = agent.request_access(chart, permissions, purpose, None, None).await?;
                    Ok(Done::new(&outcome, ()))
                })
                .await;
            }
            _ => self.create(chart).await,
        }
    }

    async fn grant(
        &mut self,
        chart: ChartId,
        grantee: Grantee,
        compartment: CompartmentId,
        permissions: Permissions,
        purposes: Purposes,
    ) -> Option<salus_primitives::GrantId> {
        self.attempt("grant", async |agent| {
            let wish = GrantWish {
                grantee,
                scope: Scope::Compartment(compartment),
                permissions,
                purposes,
                interval: Interval { start: agent.chain().now(At::Best).await?, end: None },
                text: None,
            };
            let (grants, outcome) = agent.grant(chart, &[wish]).await?;
            Ok(Done::new(&outcome, grants.first().copied().unwrap_or_default()))
        })
        .await
    }

    async fn open(&mut self, chart: ChartId, compartment: CompartmentId, purpose: Purpose, session: ReadingSessionId) {
        self.attempt("open", async |agent| {
            let call = Call::open_records(chart, Scope::Compartment(compartment), purpose, session);
            let outcome = agent.submit(&call).await?;
            Ok(Done::new(&outcome, ()))
        })
        .await;
    }

    async fn create(&mut self, chart: ChartId) {
        if self.has_vaults() {
            return self.put(chart).await;
        }
        let (compartment, key) = (self.compartment(), RecordKey(self.bytes()));
        self.attempt("create", async |agent| {
            let content = Content::Bytes(content(chart));
            let written = agent.create(chart, compartment, content, &metadata(), Some(key)).await?;
            Ok(Done { transaction: written.transaction, block: None, value: () })
        })
        .await;
    }

    /// Makes an attempt at the node of the moment, and writes down what came of it.
    async fn attempt<T>(
        &mut self,
        what: &'static str,
        work: impl AsyncFnOnce(&Agent) -> Result<Done<T>, AgentError>,
    ) -> Option<T> {
        let (shared, node) = (self.shared.clone(), self.node);
        if shared.stopped() {
            return None;
        }
        let link = shared.links.get(node)?;
        let (at, began) = (shared.elapsed(), Instant::now());
        let place = {
            let mut notes = shared.notes();
            notes.attempts.push(Attempt {
                phase: shared.phase(),
                at,
                took: 0,
                member: self.actor.person.member,
                node,
                what,
                // Unless something else is written over it.
                end: End::Unknown("under way at the end".to_owned()),
            });
            notes.attempts.len().saturating_sub(1)
        };
        let patience = if self.has_vaults() { PATIENCE_WITH_VAULTS } else { PATIENCE };
        let result = timeout(patience, async {
            let agent = self.agent(link).await?;
            Ok(work(&agent).await)
        })
        .await;
        let (end, value) = match result {
            Err(_) => (End::Unknown(format!("nothing heard for {} s", patience.as_secs())), None),
            Ok(Err(cause)) => (End::Unreachable(cause), None),
            Ok(Ok(Ok(done))) => (End::Final { transaction: done.transaction, block: done.block }, Some(done.value)),
            Ok(Ok(Err(error))) => (told(&error), None),
        };
        if matches!(end, End::Unknown(_) | End::Unreachable(_)) {
            link.broke().await;
            self.node = node.saturating_add(1) % HOSPITALS;
        }
        if let Some(attempt) = shared.notes().attempts.get_mut(place) {
            attempt.took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            attempt.end = end;
        }
        value
    }

    /// Asks the gate for a record, and writes down what it did; whether it gave the record out.
    async fn read(&mut self, record: RecordId, session: Option<ReadingSessionId>) -> Option<bool> {
        if self.has_vaults() {
            return self.fetch(record, session).await;
        }
        let (shared, node) = (self.shared.clone(), self.node);
        let link = shared.links.get(node)?;
        let looked = timeout(PATIENCE, async {
            let agent = self.agent(link).await?;
            let height = async || agent.chain().head(At::Finalized).await.map_err(|error| error.to_string());
            let from = height().await?.number;
            let (released, right) = match agent.read(record, None, session).await {
                Ok(read) => (true, read.content.expose() == content(record.chart)),
                Err(AgentError::Gate(_) | AgentError::NoSecret(_) | AgentError::NoRecord(_)) => (false, true),
                Err(error) => return Err(error.to_string()),
            };
            Ok((from, height().await?.number, released, right))
        })
        .await;
        let Ok(Ok((from, to, released, right))) = looked else {
            link.broke().await;
            self.node = node.saturating_add(1) % HOSPITALS;
            return None;
        };
        let height = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let (from, to, reader, phase) = (height(from), height(to), self.actor.person.member, shared.phase());
        shared.notes().readings.push(Reading { phase, reader, record, session, node, from, to, released, right });
        Some(released)
    }

    async fn agent(&self, link: &Link) -> Result<Agent, String> {
        let chain = link.chain().await?;
        let identity = Identity::from_uri(&self.actor.uri).map_err(|error| error.to_string())?;
        let vaults = self.shared.vaults.clone();
        let services = match self.has_vaults() {
            true => link.services(&chain).await?,
            false => Folders::shared(&chain, &vaults),
        };
        let made = Agent::new(chain, services, identity);
        let made: Result<Agent, AgentError> = boxed(made).await;
        made.map_err(|error| error.to_string())
    }

    /// The member, or where vaults are behind services sometimes the institution: its service opens what was granted to it.
    fn grantee(&mut self, member: MemberId) -> Grantee {
        let clinicians = &self.shared.template.clinicians;
        let institution = clinicians.iter().find(|actor| actor.person.member == member).map(|it| it.person.admitted_by);
        match institution {
            Some(institution) if self.has_vaults() && self.chance.chance(40) => Grantee::Institution(institution),
            _ => Grantee::Member(member),
        }
    }

    fn compartment(&mut self) -> CompartmentId {
        CompartmentId(
            u8::try_from(self.chance.between(0, u64::from(COMPARTMENTS.saturating_sub(1)))).unwrap_or_default(),
        )
    }

    fn permissions(&mut self) -> Permissions {
        match self.chance.chance(60) {
            true => Permissions::of(&[Permission::Read]),
            false => Permissions::of(&[Permission::Read, Permission::Create]),
        }
    }

    fn purpose(&mut self) -> Purpose {
        if self.chance.chance(70) {
            Purpose::Treatment
        } else {
            Purpose::Payment
        }
    }

    fn purposes(&mut self) -> Purposes {
        match self.chance.between(0, 3) {
            0 => Purposes::of(&[Purpose::Payment]),
            1 => Purposes::of(&[Purpose::Treatment, Purpose::Payment]),
            _ => Purposes::of(&[Purpose::Treatment]),
        }
    }

    fn new_session(&mut self) -> ReadingSessionId {
        ReadingSessionId(self.bytes())
    }

    /// Names of sessions and records: unique to the run, since the template has none of them.
    fn bytes(&mut self) -> [u8; 16] {
        (u128::from(self.chance.number()) << 64 | u128::from(self.chance.number())).to_le_bytes()
    }
}

/// The same grant, opening, reading, revocation and second reading, over and over: what is revoked must not be released.
async fn trials(mut patient: Client, mut clinician: Client) {
    let Some(chart) = patient.actor.chart else { return };
    let records = &patient.shared.template.records;
    let Some(record) = records.iter().find(|record| record.chart == chart).copied() else { return };
    let reader = clinician.actor.person.member;
    let (permissions, purposes) = (Permissions::of(&[Permission::Read]), Purposes::of(&[Purpose::Treatment]));
    while !patient.shared.stopped() {
        if patient.has_vaults() {
            match patient.chance.chance(50) {
                true => patient.put(chart).await,
                false => patient.reads_amends_and_reads(chart).await,
            }
            patient.fetch_own(chart).await;
        }
        // Both ask the same node, so that a revocation which is final there has to count there.
        clinician.node = patient.node;
        let (session, grantee) = (clinician.new_session(), patient.grantee(reader));
        if let Some(grant) = patient.grant(chart, grantee, CompartmentId(0), permissions, purposes).await {
            clinician.open(chart, CompartmentId(0), Purpose::Treatment, session).await;
            clinician.read(record, Some(session)).await;
            let revoked = patient.attempt("revoke", async |agent| {
                let revoked = agent.revoke(chart, grant, None).await?;
                Ok(Done { transaction: revoked.transaction, block: None, value: () })
            });
            if revoked.await.is_some() {
                clinician.node = patient.node;
                clinician.read(record, Some(session)).await;
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        if patient.node != patient.home && patient.chance.chance(30) {
            patient.node = patient.home;
        }
    }
}

/// Returns the outcome that an error means to the client.
fn told(error: &AgentError) -> End {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default().to_owned();
    match error {
        AgentError::Submit(SubmitError::Unknown { .. }) => End::Unknown(first),
        AgentError::Submit(SubmitError::Query(QueryError::Node(_))) | AgentError::Query(QueryError::Node(_)) => {
            End::Unreachable(first)
        }
        _ => End::Refused(first),
    }
}

/// The key with which an actor signs transactions.
pub fn signer(actor: &Actor) -> Result<SigningPair> {
    SigningPair::from_uri(&format!("{}//transaction", actor.uri)).context("no key of that name")
}

/// Keeps large futures off the stack.
async fn boxed<T>(future: impl Future<Output = T>) -> T {
    Box::pin(future).await
}

/// The median of how long attempts of a phase took until they were final, in milliseconds.
pub fn median(notes: &Notes, phase: Phase) -> Option<u64> {
    let of_phase = notes.attempts.iter().filter(|one| one.phase == phase && matches!(one.end, End::Final { .. }));
    let mut took: Vec<_> = of_phase.map(|one| one.took).collect();
    took.sort_unstable();
    took.get(took.len() / 2).copied()
}
