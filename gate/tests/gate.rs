// SPDX-License-Identifier: Apache-2.0

//! The release gate, called directly, against a chain in memory: who may, gets; all others are refused.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use std::collections::HashMap;
use std::convert::Infallible;
use std::fs;
use std::sync::{Arc, Mutex};

use salus_gate::protocol::{
    CompartmentRequest, GateRefusal, ReleaseRequest, Request, RequestNumber, Signed, REQUEST_LIFE,
};
use salus_gate::{ChainView, GateError, Head, ReleaseGate, Released, HEAD_LIFE};
use salus_primitives::membership::{
    InstitutionKind, InstitutionStanding, InstitutionStatus, Member, MemberStatus, Role, Standing,
};
use salus_primitives::records::{Record, RecordState, Session, Version, SESSION_LENGTH};
use salus_primitives::time::{Interval, MINUTE};
use salus_primitives::{
    access::{
        Ask, Basis, Decision, Denial, Grant, GrantEnvelope, Grantee, Permission, Permissions, Purpose, Purposes, Scope,
        SealedKey,
    },
    charts::{Chart, Compartment, CompartmentFlags, Epoch},
    decision::{decide, Facts, GrantFacts, RecordFacts, Target, VersionFacts},
};
use salus_primitives::{
    ChartId, CompartmentId, Digest, GrantId, InstitutionId, MemberId, Moment, RecordId, RecordKey, SessionKey,
};
use salus_sealing::blob::{open_bytes, seal_bytes, Bindings, ContentKey, Metadata};
use salus_sealing::compartment::{CompartmentPath, CompartmentSecret, Profile};
use salus_sealing::envelope::{EnvelopeError, Recipient};
use salus_sealing::keys::Identity;
use salus_vault::{ObjectReader, Vault};
use tempfile::TempDir;
use tokio::io::AsyncReadExt;

const GENESIS: Digest = Digest([1; 32]);
const NOW: Moment = 1_800_000_000_000;
const PATIENT: MemberId = MemberId(1);
const DOCTOR: MemberId = MemberId(2);
const STRANGER: MemberId = MemberId(3);
const COLLEAGUE: MemberId = MemberId(4);
const HOSPITAL: InstitutionId = InstitutionId(7);
const CHART: ChartId = ChartId(11);
const LABORATORY: CompartmentId = CompartmentId(0);
const OTHER: CompartmentId = CompartmentId(1);
const SESSION: SessionKey = SessionKey([5; 16]);
const GRANT: GrantId = GrantId(0);
const PLACE: CompartmentPath = CompartmentPath { genesis: GENESIS, chart: CHART, compartment: LABORATORY };

fn record(number: u8) -> RecordId {
    RecordId { chart: CHART, key: RecordKey([number; 16]) }
}

/// The state after a block.
#[derive(Clone, Default)]
struct State {
    number: u32,
    time: Moment,
    members: HashMap<MemberId, Member>,
    charts: HashMap<ChartId, Chart>,
    compartments: HashMap<(ChartId, CompartmentId), Compartment>,
    epochs: HashMap<(ChartId, CompartmentId, u32), Epoch>,
    grants: HashMap<(ChartId, GrantId), Grant>,
    records: HashMap<RecordId, Record>,
    versions: HashMap<(RecordId, u32), Version>,
    sessions: HashMap<(MemberId, SessionKey), Session>,
}

impl State {
    fn standing(&self, id: MemberId) -> Option<Standing> {
        let member = self.members.get(&id)?;
        let institution = member.institution().map(|id| InstitutionStanding {
            id,
            kind: InstitutionKind::Hospital,
            status: InstitutionStatus::Active,
        });
        let Member { role, status, valid_until, .. } = *member;
        Some(Standing { member: id, role, status, valid_until, institution })
    }

    fn target(&self, chart: ChartId, scope: Scope, version: Option<u32>) -> Option<Target> {
        let controller = self.charts.get(&chart)?.controller;
        let (compartment, record) = match scope {
            Scope::Compartment(compartment) => (compartment, None),
            Scope::Record(key) => {
                let record = self.records.get(&RecordId { chart, key })?;
                let Record { compartment, author, custodian, .. } = *record;
                let version = version.and_then(|number| {
                    let version = self.versions.get(&(RecordId { chart, key }, number))?;
                    let sealed_to = version.grant_envelopes.iter().map(|sealed| sealed.grant).collect();
                    Some(VersionFacts { number, epoch: version.epoch, sealed_to })
                });
                (compartment, Some(RecordFacts { key, compartment, author, custodian, version }))
            }
        };
        let flags = self.compartments.get(&(chart, compartment))?.flags;
        Some(Target { chart, controller, compartment, flags, record })
    }
}

/// A chain of two blocks: the finalized and the best one.
#[derive(Clone, Default)]
struct Blocks(Arc<Mutex<[State; 2]>>);

impl Blocks {
    fn head(&self, place: usize) -> Head {
        let states = self.0.lock().unwrap();
        Head { number: states[place].number, hash: Digest([place as u8; 32]), time: states[place].time }
    }

    fn at<T>(&self, head: &Head, look: impl FnOnce(&State) -> T) -> Result<T, Infallible> {
        Ok(look(&self.0.lock().unwrap()[usize::from(head.hash.0[0])]))
    }
}

impl ChainView for Blocks {
    type Error = Infallible;

    fn genesis(&self) -> Digest {
        GENESIS
    }
    async fn finalized_head(&self) -> Result<Head, Infallible> {
        Ok(self.head(0))
    }
    async fn best_head(&self) -> Result<Head, Infallible> {
        Ok(self.head(1))
    }
    async fn member(&self, at: &Head, member: MemberId) -> Result<Option<Member>, Infallible> {
        self.at(at, |state| state.members.get(&member).cloned())
    }
    async fn chart(&self, at: &Head, chart: ChartId) -> Result<Option<Chart>, Infallible> {
        self.at(at, |state| state.charts.get(&chart).cloned())
    }
    async fn compartment(
        &self,
        at: &Head,
        chart: ChartId,
        id: CompartmentId,
    ) -> Result<Option<Compartment>, Infallible> {
        self.at(at, |state| state.compartments.get(&(chart, id)).cloned())
    }
    async fn epoch(
        &self,
        at: &Head,
        chart: ChartId,
        id: CompartmentId,
        epoch: u32,
    ) -> Result<Option<Epoch>, Infallible> {
        self.at(at, |state| state.epochs.get(&(chart, id, epoch)).cloned())
    }
    async fn grant(&self, at: &Head, chart: ChartId, grant: GrantId) -> Result<Option<Grant>, Infallible> {
        self.at(at, |state| state.grants.get(&(chart, grant)).cloned())
    }
    async fn record(&self, at: &Head, record: RecordId) -> Result<Option<Record>, Infallible> {
        self.at(at, |state| state.records.get(&record).cloned())
    }
    async fn version(&self, at: &Head, record: RecordId, version: u32) -> Result<Option<Version>, Infallible> {
        self.at(at, |state| state.versions.get(&(record, version)).cloned())
    }
    async fn session(&self, at: &Head, reader: MemberId, key: SessionKey) -> Result<Option<Session>, Infallible> {
        self.at(at, |state| state.sessions.get(&(reader, key)).cloned())
    }
    async fn decide(&self, at: &Head, member: MemberId, chart: ChartId, ask: &Ask) -> Result<Decision, Infallible> {
        self.at(at, |state| {
            let grants = state.grants.iter().filter(|((of, _), _)| *of == chart);
            let grants = grants.map(|((_, id), it)| GrantFacts { scope: it.scope, grant: it.listed(*id) });
            let (asker, target) = (state.standing(member), state.target(chart, ask.scope, ask.version));
            decide(Facts { asker: asker.as_ref(), target: target.as_ref(), grants, ask })
        })
    }
}

/// A patient's laboratory compartment in its second epoch, with a record in each, and a doctor who may read it.
struct World {
    _folder: TempDir,
    vault: Vault,
    blocks: Blocks,
    identities: HashMap<MemberId, Identity>,
    secrets: Vec<CompartmentSecret>,
}

const CONTENT: [&[u8]; 2] = [b"sealed in the first epoch", b"sealed in the second epoch"];

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open_folder(folder.path().join("vault")).await.unwrap();
        let first = CompartmentSecret::generate(PLACE);
        let (second, link) = first.rotate().unwrap();
        let identities =
            [(PATIENT, "//Patient"), (DOCTOR, "//Doctor"), (STRANGER, "//Stranger"), (COLLEAGUE, "//Colleague")]
                .map(|(member, uri)| (member, Identity::from_uri(uri).unwrap()));
        let mut world = Self {
            _folder: folder,
            vault,
            blocks: Blocks::default(),
            identities: identities.into(),
            secrets: vec![first, second],
        };

        let mut state = State { number: 100, time: NOW - 3000, ..State::default() };
        for (id, identity) in &world.identities {
            state.members.insert(*id, member(*id, identity));
        }
        let chart = Chart { controller: PATIENT, opened_at: NOW, compartments: 2 };
        state.charts.insert(CHART, chart);
        let profile = Profile { name: "Blood".into(), meaning: "laboratory".into() };
        let profile = world.put(world.secrets[0].seal_profile(&profile).unwrap()).await;
        for id in [LABORATORY, OTHER] {
            let compartment = Compartment { flags: CompartmentFlags::default(), epoch: 1, profile };
            state.compartments.insert((CHART, id), compartment);
        }
        let link = world.put(link).await;
        for (number, secret) in (0..).zip(&world.secrets) {
            let envelope = secret.seal_to(Recipient::Member(PATIENT), &world.key(PATIENT)).unwrap();
            let epoch = Epoch {
                public_key: secret.public_key(),
                secret_envelope: world.put(envelope).await,
                link: (number > 0).then_some(link),
            };
            state.epochs.insert((CHART, LABORATORY, number), epoch);
        }
        for (number, content) in (0..).zip(CONTENT) {
            let version = world.version(record(number), 0, number.into(), content).await;
            state.versions.insert((record(number), 0), version);
            state.records.insert(record(number), record_in(LABORATORY));
        }
        let envelope = world.secrets[1].seal_to(Recipient::Member(DOCTOR), &world.key(DOCTOR)).unwrap();
        let hash = world.put(envelope).await;
        state.grants.insert((CHART, GRANT), grant(Grantee::Member(DOCTOR), hash, 1));
        state.sessions.insert((DOCTOR, SESSION), session(Scope::Compartment(LABORATORY)));
        let mut best = state.clone();
        (best.number, best.time) = (102, NOW - 1000);
        world.blocks = Blocks(Arc::new(Mutex::new([state, best])));
        world
    }

    fn key(&self, member: MemberId) -> salus_primitives::EncryptionKey {
        self.identities[&member].public().encryption
    }

    async fn put(&self, bytes: Vec<u8>) -> Digest {
        self.vault.put(bytes).await.unwrap()
    }

    async fn version(&self, id: RecordId, number: u32, epoch: u32, content: &[u8]) -> Version {
        let bindings = Bindings { genesis: GENESIS, record: id, version: number, compartment: LABORATORY, epoch };
        let key = ContentKey::generate();
        let blob = seal_bytes(content, &Metadata::default(), &bindings, &key).unwrap();
        let size = blob.len() as u64;
        let secret = &self.secrets[epoch as usize];
        let envelope = key.seal_to(PLACE.recipient(epoch), &secret.public_key(), GENESIS, id, number).unwrap();
        Version {
            author: DOCTOR,
            content: self.put(blob).await,
            key_envelope: self.put(envelope).await,
            epoch,
            size,
            at: NOW,
            previous: Digest::default(),
            grant_envelopes: Default::default(),
        }
    }

    /// Changes both the finalized and the best state.
    fn change(&self, change: impl Fn(&mut State)) {
        self.blocks.0.lock().unwrap().iter_mut().for_each(change);
    }

    /// Changes the best state only: a block that is not final yet.
    fn change_best(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.blocks.0.lock().unwrap()[1]);
    }

    fn gate(&self) -> ReleaseGate<Blocks, Vault> {
        self.gate_at(NOW)
    }

    fn gate_at(&self, now: Moment) -> ReleaseGate<Blocks, Vault> {
        ReleaseGate::with_clock(HOSPITAL, self.blocks.clone(), self.vault.clone(), move || now)
    }

    fn signed<R: Request>(&self, request: R) -> Signed<R> {
        let identity = &self.identities[&request.reader()];
        request.sign(&GENESIS, HOSPITAL, identity.transaction())
    }

    async fn refusal(&self, request: ReleaseRequest) -> GateRefusal {
        refusal(self.gate().release(&self.signed(request)).await)
    }

    fn object(&self, id: Digest) -> std::path::PathBuf {
        let text = id.to_string();
        self.vault.folder().join(&text[2..4]).join(&text[4..])
    }
}

fn member(id: MemberId, identity: &Identity) -> Member {
    let keys = identity.public();
    Member {
        role: if id == PATIENT { Role::Patient } else { Role::Clinician },
        membership_key: keys.membership,
        encryption_key: keys.encryption,
        status: MemberStatus::Active,
        valid_until: None,
        profile: Digest::default(),
        admitted_by: HOSPITAL,
        verified_by: Default::default(),
        transaction_keys: vec![keys.transaction].try_into().unwrap(),
        key_changes: 0,
        joined_at: NOW,
        voucher: None,
        usage: Default::default(),
    }
}

fn record_in(compartment: CompartmentId) -> Record {
    Record {
        compartment,
        author: DOCTOR,
        custodian: HOSPITAL,
        state: RecordState::Active,
        versions: 1,
        created_at: NOW,
    }
}

fn grant(grantee: Grantee, hash: Digest, edition: u32) -> Grant {
    Grant {
        grantee,
        scope: Scope::Compartment(LABORATORY),
        compartment: LABORATORY,
        permissions: Permissions::of(&[Permission::Read]),
        purposes: Purposes::of(&[Purpose::Treatment]),
        granted_at: NOW - MINUTE,
        interval: Interval { start: NOW - MINUTE, end: Some(NOW + 60 * MINUTE) },
        revoked_at: None,
        reason: None,
        envelope: Some(GrantEnvelope { hash, edition }),
        granted_by: PATIENT,
        laboratory: false,
        request: None,
    }
}

fn session(scope: Scope) -> Session {
    Session {
        chart: CHART,
        scope,
        purpose: Purpose::Treatment,
        basis: Basis::Grant(GRANT),
        opened_at: NOW - MINUTE,
        expires_at: NOW - MINUTE + SESSION_LENGTH,
    }
}

fn by_doctor(number: u8) -> ReleaseRequest {
    ReleaseRequest { record: record(number), version: 0, session: Some(SESSION), reader: DOCTOR, at: NOW }
}

fn by_patient(number: u8) -> ReleaseRequest {
    ReleaseRequest { record: record(number), version: 0, session: None, reader: PATIENT, at: NOW }
}

fn refusal<T>(outcome: Result<T, GateError<Infallible>>) -> GateRefusal {
    match outcome.err().unwrap() {
        GateError::Refused(refusal) => refusal,
        error => panic!("{error:?}"),
    }
}

async fn content(released: Released<ObjectReader>, identity: &Identity) -> Result<Vec<u8>, EnvelopeError> {
    let key = released.key_path.open(&released.bindings, identity.encryption())?;
    let (mut blob, mut released_blob) = (Vec::new(), released.blob);
    released_blob.read_to_end(&mut blob).await.unwrap();
    Ok(open_bytes(&blob, &released.bindings, &key).unwrap().1.expose().to_vec())
}

#[tokio::test]
async fn release_gives_a_reader_what_the_grant_covers() {
    let world = World::new().await;
    for number in [0, 1] {
        let released = world.gate().release(&world.signed(by_doctor(number))).await.unwrap();
        assert_eq!(released.basis, Basis::Grant(GRANT));
        assert_eq!(released.blob.size(), world.vault.get(&released.content).await.unwrap().len() as u64);
        assert_eq!(content(released, &world.identities[&DOCTOR]).await.unwrap(), CONTENT[usize::from(number)]);
    }
}

#[tokio::test]
async fn release_gives_the_controller_everything_without_a_session() {
    let world = World::new().await;
    for number in [0, 1] {
        let released = world.gate().release(&world.signed(by_patient(number))).await.unwrap();
        assert_eq!(released.basis, Basis::Controller);
        assert_eq!(content(released, &world.identities[&PATIENT]).await.unwrap(), CONTENT[usize::from(number)]);
    }
}

#[tokio::test]
async fn what_is_released_to_one_opens_for_nobody_else() {
    let world = World::new().await;
    for other in [PATIENT, STRANGER] {
        let released = world.gate().release(&world.signed(by_doctor(0))).await.unwrap();
        assert_eq!(content(released, &world.identities[&other]).await, Err(EnvelopeError::DoesNotOpen));
    }
}

#[tokio::test]
async fn release_to_a_member_of_a_granted_institution_needs_the_institutions_key() {
    let world = World::new().await;
    let service = Identity::from_uri("//Hospital//vault").unwrap();
    let recipient = Recipient::Institution(HOSPITAL);
    let envelope = world.secrets[1].seal_to(recipient, &service.public().encryption).unwrap();
    let hash = world.put(envelope).await;
    world.change(|state| {
        state.grants.insert((CHART, GRANT), grant(Grantee::Institution(HOSPITAL), hash, 1));
        state.sessions.insert((COLLEAGUE, SESSION), session(Scope::Record(record(0).key)));
    });
    let request = ReleaseRequest { reader: COLLEAGUE, ..by_doctor(0) };
    let released = world.gate().release(&world.signed(request.clone())).await.unwrap();
    assert_eq!(content(released, &service).await.unwrap(), CONTENT[0]);
    let released = world.gate().release(&world.signed(request)).await.unwrap();
    assert!(content(released, &world.identities[&COLLEAGUE]).await.is_err());
}

#[tokio::test]
async fn release_over_one_record_gives_its_key_and_nothing_of_the_compartment() {
    let world = World::new().await;
    let key = ContentKey::generate();
    let bindings = Bindings { genesis: GENESIS, record: record(0), version: 0, compartment: LABORATORY, epoch: 0 };
    let blob = world.put(seal_bytes(b"one", &Metadata::default(), &bindings, &key).unwrap()).await;
    let to_doctor =
        |version| key.seal_to(Recipient::Member(DOCTOR), &world.key(DOCTOR), GENESIS, record(0), version).unwrap();
    let (granted, amended) = (world.put(to_doctor(0)).await, world.put(to_doctor(1)).await);
    world.change(|state| {
        let only = Grant { scope: Scope::Record(record(0).key), ..grant(Grantee::Member(DOCTOR), granted, 0) };
        state.grants.insert((CHART, GRANT), only);
        state.sessions.insert((DOCTOR, SESSION), session(Scope::Record(record(0).key)));
        let version = state.versions.get_mut(&(record(0), 0)).unwrap();
        version.content = blob;
        let mut second = version.clone();
        second.grant_envelopes =
            vec![SealedKey { grant: GrantId(9), envelope: granted }, SealedKey { grant: GRANT, envelope: amended }]
                .try_into()
                .unwrap();
        let third = Version { grant_envelopes: Default::default(), ..second.clone() };
        state.versions.insert((record(0), 1), second);
        state.versions.insert((record(0), 2), third);
    });
    let released = world.gate().release(&world.signed(by_doctor(0))).await.unwrap();
    assert_eq!(content(released, &world.identities[&DOCTOR]).await.unwrap(), b"one");

    // A version that was added after the grant brings its own envelope; its blob here is that of version 0.
    assert_eq!(world.refusal(ReleaseRequest { version: 1, ..by_doctor(0) }).await, GateRefusal::ForeignBlob(blob));
    assert_eq!(world.refusal(ReleaseRequest { version: 2, ..by_doctor(0) }).await, GateRefusal::NoEnvelope(GRANT));
    assert_eq!(world.refusal(by_doctor(1)).await, GateRefusal::SessionElsewhere);
    let request = CompartmentRequest { chart: CHART, compartment: LABORATORY, reader: DOCTOR, at: NOW };
    let outcome = world.gate().release_compartment(&world.signed(request)).await;
    assert_eq!(refusal(outcome), GateRefusal::Denied(Denial::NoGrant));
}

#[tokio::test]
async fn release_fails_when_revoked_in_the_finalised_state() {
    let world = World::new().await;
    world.change(|state| state.grants.get_mut(&(CHART, GRANT)).unwrap().revoked_at = Some(NOW - 1));
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::Denied(Denial::Revoked));
}

#[tokio::test]
async fn release_fails_when_revoked_in_the_best_block_though_the_session_runs() {
    let world = World::new().await;
    world.change_best(|state| state.grants.get_mut(&(CHART, GRANT)).unwrap().revoked_at = Some(NOW - 1));
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::DeniedAtBest(Denial::Revoked));
}

#[tokio::test]
async fn release_fails_when_the_grant_is_not_finalized() {
    let world = World::new().await;
    let unfinalized = |state: &mut State| state.grants.clear();
    unfinalized(&mut world.blocks.0.lock().unwrap()[0]);
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::Denied(Denial::NoGrant));
}

#[tokio::test]
async fn release_fails_when_the_grant_has_ended_or_not_begun() {
    let world = World::new().await;
    let set = |start, end| {
        world.change(|state| {
            state.grants.get_mut(&(CHART, GRANT)).unwrap().interval = Interval { start, end: Some(end) };
        });
    };
    set(0, NOW);
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::Denied(Denial::Expired));
    set(NOW + 1, NOW + 2);
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::Denied(Denial::NotBegun));
    set(NOW, NOW + 1);
    assert!(world.gate().release(&world.signed(by_doctor(0))).await.is_ok());
}

#[tokio::test]
async fn release_does_not_prolong_a_grant_when_the_gates_clock_is_slow() {
    let world = World::new().await;
    world.change(|state| {
        state.time = NOW + MINUTE;
        let grant = state.grants.get_mut(&(CHART, GRANT)).unwrap();
        grant.interval.end = Some(NOW + MINUTE);
    });
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::Denied(Denial::Expired));
}

#[tokio::test]
async fn release_fails_for_another_purpose() {
    let world = World::new().await;
    world.change(|state| {
        state.sessions.get_mut(&(DOCTOR, SESSION)).unwrap().purpose = Purpose::Payment;
    });
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::Denied(Denial::PurposeNotGranted));
}

/// Trap: a newer grant over one record once hid the grant over its compartment, which alone opens earlier versions.
#[tokio::test]
async fn release_takes_the_grant_whose_envelope_opens_the_version() {
    let world = World::new().await;
    world.change(|state| {
        let newer = Grant { scope: Scope::Record(record(0).key), ..grant(Grantee::Member(DOCTOR), Digest([9; 32]), 7) };
        state.grants.insert((CHART, GrantId(GRANT.0 + 1)), newer);
    });
    let released = world.gate().release(&world.signed(by_doctor(0))).await.unwrap();
    assert_eq!(released.basis, Basis::Grant(GRANT));
    assert_eq!(content(released, &world.identities[&DOCTOR]).await.unwrap(), CONTENT[0]);
}

#[tokio::test]
async fn release_fails_when_the_session_or_grant_covers_something_else() {
    let world = World::new().await;
    world.change(|state| {
        state.sessions.insert((DOCTOR, SESSION), session(Scope::Compartment(OTHER)));
    });
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::SessionElsewhere);
    world.change(|state| {
        let elsewhere = Session { chart: ChartId(99), ..session(Scope::Compartment(LABORATORY)) };
        state.sessions.insert((DOCTOR, SESSION), elsewhere);
    });
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::SessionElsewhere);
    world.change(|state| {
        state.sessions.insert((DOCTOR, SESSION), session(Scope::Compartment(LABORATORY)));
        state.grants.get_mut(&(CHART, GRANT)).unwrap().scope = Scope::Compartment(OTHER);
    });
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::Denied(Denial::NoGrant));
}

#[tokio::test]
async fn release_fails_without_a_session_of_ones_own() {
    let world = World::new().await;
    assert_eq!(world.refusal(ReleaseRequest { session: None, ..by_doctor(0) }).await, GateRefusal::NoSession);
    let unknown = ReleaseRequest { session: Some(SessionKey([6; 16])), ..by_doctor(0) };
    assert_eq!(world.refusal(unknown).await, GateRefusal::NoSession);
    // Another member's session is worth nothing, even with a grant of one's own.
    world.change(|state| {
        let own = grant(Grantee::Member(STRANGER), Digest::default(), 1);
        state.grants.insert((CHART, GrantId(1)), own);
    });
    assert_eq!(world.refusal(ReleaseRequest { reader: STRANGER, ..by_doctor(0) }).await, GateRefusal::NoSession);
}

#[tokio::test]
async fn release_fails_when_the_session_is_not_finalized() {
    let world = World::new().await;
    world.blocks.0.lock().unwrap()[0].sessions.clear();
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::SessionNotFinalized);
}

#[tokio::test]
async fn release_fails_when_the_session_is_over() {
    let world = World::new().await;
    let set = |expires_at| {
        world.change(|state| state.sessions.get_mut(&(DOCTOR, SESSION)).unwrap().expires_at = expires_at);
    };
    set(NOW);
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::SessionExpired);
    set(NOW + 1);
    assert!(world.gate().release(&world.signed(by_doctor(0))).await.is_ok());
}

#[tokio::test]
async fn release_fails_when_the_finalised_head_is_stale() {
    let world = World::new().await;
    let set = |time| world.blocks.0.lock().unwrap()[0].time = time;
    set(NOW - HEAD_LIFE - 1);
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::StaleHead(100));
    assert_eq!(world.refusal(by_patient(0)).await, GateRefusal::StaleHead(100));
    set(NOW - HEAD_LIFE);
    assert!(world.gate().release(&world.signed(by_doctor(0))).await.is_ok());
}

#[tokio::test]
async fn release_fails_when_the_request_is_replayed_later_or_from_the_future() {
    let world = World::new().await;
    let signed = world.signed(by_doctor(0));
    for now in [NOW + REQUEST_LIFE + 1, NOW - REQUEST_LIFE - 1] {
        world.change(|state| state.time = now);
        assert_eq!(refusal(world.gate_at(now).release(&signed).await), GateRefusal::RequestNotFresh);
    }
    world.change(|state| state.time = NOW);
    assert!(world.gate_at(NOW + REQUEST_LIFE).release(&signed).await.is_ok());
}

#[tokio::test]
async fn release_fails_when_the_request_is_not_signed_by_the_reader() {
    let world = World::new().await;
    let refused = GateRefusal::NotTheReader(DOCTOR);
    let stranger = world.identities[&STRANGER].transaction();
    let good = world.signed(by_doctor(0));

    // Signed by another member, with and without claiming the reader's key.
    assert_eq!(refusal(world.gate().release(&by_doctor(0).sign(&GENESIS, HOSPITAL, stranger)).await), refused);
    let claimed = Signed { key: good.key, ..by_doctor(0).sign(&GENESIS, HOSPITAL, stranger) };
    assert_eq!(refusal(world.gate().release(&claimed).await), refused);
    // By another key of the reader's own.
    let membership = by_doctor(0).sign(&GENESIS, HOSPITAL, world.identities[&DOCTOR].membership());
    assert_eq!(refusal(world.gate().release(&membership).await), refused);
    // Altered in any field, signed for another chain, or for another kind of request.
    for request in [
        by_doctor(1),
        ReleaseRequest { version: 1, ..by_doctor(0) },
        ReleaseRequest { session: None, ..by_doctor(0) },
        ReleaseRequest { at: NOW + 1, ..by_doctor(0) },
    ] {
        let altered = Signed { request, ..good.clone() };
        assert_eq!(refusal(world.gate().release(&altered).await), refused);
    }
    // Altered in what binds it to this gate, once.
    let elsewhere = by_doctor(0).sign(&GENESIS, InstitutionId(8), world.identities[&DOCTOR].transaction());
    let renumbered = Signed { number: RequestNumber([9; 16]), ..good.clone() };
    for altered in [Signed { gate: HOSPITAL, ..elsewhere }, renumbered] {
        assert_eq!(refusal(world.gate().release(&altered).await), refused);
    }
    let foreign = by_doctor(0).sign(&Digest([9; 32]), HOSPITAL, world.identities[&DOCTOR].transaction());
    assert_eq!(refusal(world.gate().release(&foreign).await), refused);
    // A reader whom the chain does not know.
    let unknown = ReleaseRequest { reader: MemberId(99), ..by_doctor(0) };
    let outcome = world.gate().release(&unknown.sign(&GENESIS, HOSPITAL, stranger)).await;
    assert_eq!(refusal(outcome), GateRefusal::NotTheReader(MemberId(99)));
}

#[tokio::test]
async fn release_fails_when_the_key_is_removed_in_the_best_block_or_not_finalized() {
    for place in [0, 1] {
        let world = World::new().await;
        let keys = Default::default();
        world.blocks.0.lock().unwrap()[place].members.get_mut(&DOCTOR).unwrap().transaction_keys = keys;
        assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::NotTheReader(DOCTOR));
    }
}

#[tokio::test]
async fn release_fails_when_the_reader_is_suspended_or_expired() {
    let world = World::new().await;
    world.change_best(|state| state.members.get_mut(&DOCTOR).unwrap().status = MemberStatus::Suspended);
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::DeniedAtBest(Denial::NotActive));
    world.change(|state| state.members.get_mut(&DOCTOR).unwrap().valid_until = Some(NOW));
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::Denied(Denial::NotActive));
}

#[tokio::test]
async fn release_fails_for_a_stranger_at_every_turn() {
    let world = World::new().await;
    for session in [None, Some(SESSION)] {
        for number in [0, 1] {
            let request = ReleaseRequest { session, reader: STRANGER, ..by_doctor(number) };
            let refusal = world.refusal(request).await;
            assert!(matches!(refusal, GateRefusal::NoSession | GateRefusal::Denied(Denial::NoGrant)), "{refusal:?}");
        }
    }
    // Even with a session, as the chain would never have given one.
    world.change(|state| {
        state.sessions.insert((STRANGER, SESSION), session(Scope::Compartment(LABORATORY)));
    });
    let request = ReleaseRequest { reader: STRANGER, ..by_doctor(0) };
    assert_eq!(world.refusal(request).await, GateRefusal::Denied(Denial::NoGrant));
    let request = CompartmentRequest { chart: CHART, compartment: LABORATORY, reader: STRANGER, at: NOW };
    let outcome = world.gate().release_compartment(&world.signed(request)).await;
    assert_eq!(refusal(outcome), GateRefusal::Denied(Denial::NoGrant));
}

#[tokio::test]
async fn release_fails_when_record_or_version_is_not_finalized() {
    let world = World::new().await;
    assert_eq!(world.refusal(by_doctor(9)).await, GateRefusal::NotFound);
    assert_eq!(world.refusal(ReleaseRequest { version: 1, ..by_doctor(0) }).await, GateRefusal::NotFound);
    world.blocks.0.lock().unwrap()[0].records.remove(&record(0));
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::NotFound);
}

#[tokio::test]
async fn release_fails_when_a_record_names_another_records_blob() {
    let world = World::new().await;
    // A member registers content id and envelope of record 0 as a record of their own making.
    let content = {
        let states = world.blocks.0.lock().unwrap();
        states[0].versions[&(record(0), 0)].content
    };
    world.change(|state| {
        let stolen = state.versions[&(record(0), 0)].clone();
        state.versions.insert((record(5), 0), stolen);
        state.records.insert(record(5), record_in(LABORATORY));
    });
    assert_eq!(world.refusal(by_doctor(5)).await, GateRefusal::ForeignBlob(content));
    assert_eq!(world.refusal(by_patient(5)).await, GateRefusal::ForeignBlob(content));

    // The same for something that is not a blob at all.
    let junk = world.put(b"not a blob".to_vec()).await;
    let long_junk = world.put(vec![0; 10_000]).await;
    for content in [junk, long_junk] {
        world.change(|state| state.versions.get_mut(&(record(0), 0)).unwrap().content = content);
        assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::ForeignBlob(content));
    }
}

#[tokio::test]
async fn release_fails_when_any_object_on_the_way_is_altered_or_missing() {
    let world = World::new().await;
    let objects = {
        let state = &world.blocks.0.lock().unwrap()[0];
        let version = &state.versions[&(record(0), 0)];
        [
            version.content,
            version.key_envelope,
            state.grants[&(CHART, GRANT)].envelope.unwrap().hash,
            state.epochs[&(CHART, LABORATORY, 1)].link.unwrap(),
        ]
    };
    for id in objects {
        let whole = fs::read(world.object(id)).unwrap();
        for place in [0, whole.len() / 2, whole.len() - 1] {
            let mut flipped = whole.clone();
            flipped[place] ^= 1;
            fs::write(world.object(id), flipped).unwrap();
            assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::Corrupted(id));
        }
        fs::write(world.object(id), &whole[..whole.len() - 1]).unwrap();
        assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::Corrupted(id));
        fs::remove_file(world.object(id)).unwrap();
        assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::Missing(id));
        fs::write(world.object(id), whole).unwrap();
    }
    assert!(world.gate().release(&world.signed(by_doctor(0))).await.is_ok());
}

#[tokio::test]
async fn release_fails_for_what_was_added_after_a_rotation_without_a_new_envelope() {
    let world = World::new().await;
    let envelope = world.secrets[0].seal_to(Recipient::Member(DOCTOR), &world.key(DOCTOR)).unwrap();
    let hash = world.put(envelope).await;
    world.change(|state| {
        state.grants.insert((CHART, GRANT), grant(Grantee::Member(DOCTOR), hash, 0));
    });
    let outdated = GateRefusal::EnvelopeOutdated { grant: GRANT, edition: 0, epoch: 1 };
    assert_eq!(world.refusal(by_doctor(1)).await, outdated);
    let released = world.gate().release(&world.signed(by_doctor(0))).await.unwrap();
    assert_eq!(content(released, &world.identities[&DOCTOR]).await.unwrap(), CONTENT[0]);
    world.change(|state| state.grants.get_mut(&(CHART, GRANT)).unwrap().envelope = None);
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::NoEnvelope(GRANT));
}

#[tokio::test]
async fn release_fails_when_an_envelope_is_longer_than_any() {
    let world = World::new().await;
    let long = world.put(vec![0; 20_000]).await;
    world.change(|state| state.versions.get_mut(&(record(0), 0)).unwrap().key_envelope = long);
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::Corrupted(long));
}

#[tokio::test]
async fn release_compartment_gives_controller_and_reader_secret_and_profile() {
    let world = World::new().await;
    for reader in [PATIENT, DOCTOR] {
        let request = CompartmentRequest { chart: CHART, compartment: LABORATORY, reader, at: NOW };
        let released = world.gate().release_compartment(&world.signed(request)).await.unwrap();
        let own = world.identities[&reader].encryption();
        assert_eq!(released.open_secret(own).unwrap().public_key(), world.secrets[1].public_key());
        assert!(released.open_profile(own).unwrap().name == "Blood");
        let others = world.identities[&STRANGER].encryption();
        assert!(released.open_profile(others).is_err() && released.open_secret(others).is_err());
    }
}

#[tokio::test]
async fn a_request_is_good_once() {
    let world = World::new().await;
    let (gate, request) = (world.gate(), world.signed(by_doctor(0)));
    assert!(gate.release(&request).await.is_ok());
    assert_eq!(refusal(gate.release(&request).await), GateRefusal::RequestUsed);
    // A new one is answered, and what was refused is used up as well.
    assert!(gate.release(&world.signed(by_doctor(0))).await.is_ok());
    let refused = world.signed(ReleaseRequest { session: None, ..by_doctor(0) });
    assert_eq!(refusal(gate.release(&refused).await), GateRefusal::NoSession);
    assert_eq!(refusal(gate.release(&refused).await), GateRefusal::RequestUsed);
    let compartment =
        world.signed(CompartmentRequest { chart: CHART, compartment: LABORATORY, reader: DOCTOR, at: NOW });
    assert!(gate.release_compartment(&compartment).await.is_ok());
    assert_eq!(refusal(gate.release_compartment(&compartment).await), GateRefusal::RequestUsed);
    // Another member cannot use up a reader's number.
    let fresh = world.signed(by_doctor(0));
    let forged = Signed { signature: [1; 64], ..fresh.clone() };
    assert_eq!(refusal(gate.release(&forged).await), GateRefusal::NotTheReader(DOCTOR));
    assert!(gate.release(&fresh).await.is_ok());
}

#[tokio::test]
async fn a_request_is_good_at_the_gate_that_it_names() {
    let world = World::new().await;
    let other = InstitutionId(8);
    let request = by_doctor(0).sign(&GENESIS, other, world.identities[&DOCTOR].transaction());
    let refused = GateRefusal::AnotherGate { asked: other, this: HOSPITAL };
    assert_eq!(refusal(world.gate().release(&request).await), refused);
}

#[tokio::test]
async fn release_compartment_fails_like_release() {
    let world = World::new().await;
    let request = || CompartmentRequest { chart: CHART, compartment: LABORATORY, reader: DOCTOR, at: NOW };
    let unknown = CompartmentRequest { compartment: CompartmentId(9), ..request() };
    assert_eq!(refusal(world.gate().release_compartment(&world.signed(unknown)).await), GateRefusal::NotFound);
    let old = CompartmentRequest { at: NOW - REQUEST_LIFE - 1, ..request() };
    assert_eq!(refusal(world.gate().release_compartment(&world.signed(old)).await), GateRefusal::RequestNotFresh);
    let forged = request().sign(&GENESIS, HOSPITAL, world.identities[&STRANGER].transaction());
    assert_eq!(refusal(world.gate().release_compartment(&forged).await), GateRefusal::NotTheReader(DOCTOR));
    let junk = world.put(b"no profile".to_vec()).await;
    world.change(|state| state.compartments.get_mut(&(CHART, LABORATORY)).unwrap().profile = junk);
    let outcome = world.gate().release_compartment(&world.signed(request())).await;
    assert_eq!(refusal(outcome), GateRefusal::Corrupted(junk));
    world.change_best(|state| state.grants.get_mut(&(CHART, GRANT)).unwrap().revoked_at = Some(NOW));
    let outcome = world.gate().release_compartment(&world.signed(request())).await;
    assert_eq!(refusal(outcome), GateRefusal::DeniedAtBest(Denial::Revoked));
    world.blocks.0.lock().unwrap()[0].time = 0;
    let outcome = world.gate().release_compartment(&world.signed(request())).await;
    assert_eq!(refusal(outcome), GateRefusal::StaleHead(100));
}
