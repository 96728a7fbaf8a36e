// SPDX-License-Identifier: Apache-2.0

//! A chain in memory, a vault, and four members with their keys: for the tests of gates, and of the programs around them.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use salus_gate::{
    protocol::{GateRefusal, GateRequest, KeyRequest, ReleaseRequest, ReleasedKey, SignatureFields, Signed},
    ChainView, GateError, Head, ReleaseGate, Released, UsedNumbers,
};
use salus_primitives::{
    access::{Grant, GrantEnvelope, Grantee, Permission, Permissions, Purpose, Purposes, Request, Scope},
    allowance::Quota,
    audit::Entry,
    charts::{Chart, Compartment, CompartmentFlags, Epoch},
    decide::{decide, Facts, GrantFacts, RecordFacts, Target, VersionFacts},
    decision::{Ask, Basis, Decision},
    membership::{
        Institution, InstitutionKind, InstitutionProfile, InstitutionStanding, InstitutionStatus, Member, MemberStatus,
        Role, Standing,
    },
    records::{Record, RecordState, Session, Version, SESSION_LENGTH},
    time::{Interval, MINUTE},
    ChartId, CompartmentId, Digest, EncryptionKey, GrantId, InstitutionId, MemberId, Moment, ReadingSessionId,
    RecordId, RecordKey, RequestId, SigningKey,
};
use salus_sealing::{
    blob::{open_bytes, seal_bytes, Bindings, ContentKey, Metadata},
    compartment::{CompartmentPath, CompartmentSecret, Profile},
    envelope::{EnvelopeError, Recipient},
    keys::Identity,
};
use salus_vault::{ObjectReader, Vault};
use std::{collections::HashMap, convert::Infallible, sync::Arc, sync::Mutex};
use tempfile::TempDir;
use tokio::io::AsyncReadExt;

pub const GENESIS: Digest = Digest([1; 32]);
pub const NOW: Moment = 1_800_000_000_000;
pub const PATIENT: MemberId = MemberId(1);
pub const DOCTOR: MemberId = MemberId(2);
pub const STRANGER: MemberId = MemberId(3);
pub const COLLEAGUE: MemberId = MemberId(4);
pub const HOSPITAL: InstitutionId = InstitutionId(7);
/// The authority of the hospital's gate.
pub const GATE: &str = "vault.hospital.example";
pub const CHART: ChartId = ChartId(11);
pub const LABORATORY: CompartmentId = CompartmentId(0);
pub const OTHER: CompartmentId = CompartmentId(1);
pub const SESSION: ReadingSessionId = ReadingSessionId([5; 16]);
pub const GRANT: GrantId = GrantId(0);
/// The place of the opening in the chart's log.
pub const ENTRY: u64 = 5;
pub const PLACE: CompartmentPath = CompartmentPath { genesis: GENESIS, chart: CHART, compartment: LABORATORY };

pub fn record(number: u8) -> RecordId {
    RecordId { chart: CHART, key: RecordKey([number; 16]) }
}

/// The state after a block.
#[derive(Clone, Default)]
pub struct State {
    pub number: u32,
    pub time: Moment,
    pub institutions: HashMap<InstitutionId, Institution>,
    pub members: HashMap<MemberId, Member>,
    pub charts: HashMap<ChartId, Chart>,
    pub compartments: HashMap<(ChartId, CompartmentId), Compartment>,
    pub epochs: HashMap<(ChartId, CompartmentId, u32), Epoch>,
    pub grants: HashMap<(ChartId, GrantId), Grant>,
    pub requests: HashMap<(ChartId, RequestId), Request>,
    pub entries: HashMap<(ChartId, u64), Entry>,
    pub records: HashMap<RecordId, Record>,
    pub versions: HashMap<(RecordId, u32), Version>,
    pub sessions: HashMap<(MemberId, ReadingSessionId), Session>,
}

impl State {
    pub fn standing(&self, id: MemberId) -> Option<Standing> {
        let member = self.members.get(&id)?;
        let institution = member.institution().map(|id| InstitutionStanding {
            id,
            kind: InstitutionKind::Hospital,
            status: InstitutionStatus::Active,
        });
        let Member { role, status, valid_until, .. } = *member;
        Some(Standing { member: id, role, status, valid_until, institution })
    }

    pub fn target(&self, chart: ChartId, scope: Scope, version: Option<u32>) -> Option<Target> {
        let controller = self.charts.get(&chart)?.controller;
        let (compartment, record) = match scope {
            Scope::Compartment(compartment) => (compartment, None),
            Scope::Record(key) => {
                let record = self.records.get(&RecordId { chart, key })?;
                let Record { compartment, author, custodian, state, hold, .. } = *record;
                let version = version.and_then(|number| {
                    let version = self.versions.get(&(RecordId { chart, key }, number))?;
                    let sealed_to = version.grant_envelopes.iter().map(|sealed| sealed.grant).collect();
                    Some(VersionFacts { number, epoch: version.epoch, sealed_to })
                });
                let held_until = hold.map(|hold| hold.until);
                (compartment, Some(RecordFacts { key, compartment, author, custodian, state, held_until, version }))
            }
        };
        let flags = self.compartments.get(&(chart, compartment))?.flags;
        Some(Target { chart, controller, compartment, flags, record })
    }
}

/// A chain of two blocks: the finalized and the best one.
#[derive(Clone, Default)]
pub struct Blocks(pub Arc<Mutex<[State; 2]>>);

impl Blocks {
    pub fn head(&self, place: usize) -> Head {
        let states = self.0.lock().unwrap();
        Head { number: states[place].number, hash: Digest([place as u8; 32]), time: states[place].time }
    }

    pub fn at<T>(&self, head: &Head, look: impl FnOnce(&State) -> T) -> Result<T, Infallible> {
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
    async fn institution(&self, at: &Head, id: InstitutionId) -> Result<Option<Institution>, Infallible> {
        self.at(at, |state| state.institutions.get(&id).cloned())
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
    async fn request(&self, at: &Head, chart: ChartId, id: RequestId) -> Result<Option<Request>, Infallible> {
        self.at(at, |state| state.requests.get(&(chart, id)).cloned())
    }
    async fn entry(&self, at: &Head, chart: ChartId, place: u64) -> Result<Option<Entry>, Infallible> {
        self.at(at, |state| state.entries.get(&(chart, place)).cloned())
    }
    async fn record(&self, at: &Head, record: RecordId) -> Result<Option<Record>, Infallible> {
        self.at(at, |state| state.records.get(&record).cloned())
    }
    async fn version(&self, at: &Head, record: RecordId, version: u32) -> Result<Option<Version>, Infallible> {
        self.at(at, |state| state.versions.get(&(record, version)).cloned())
    }
    async fn session(&self, at: &Head, reader: MemberId, key: ReadingSessionId) -> Result<Option<Session>, Infallible> {
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
pub struct World {
    pub _folder: TempDir,
    pub vault: Vault,
    pub blocks: Blocks,
    pub identities: HashMap<MemberId, Identity>,
    pub secrets: Vec<CompartmentSecret>,
}

pub const CONTENT: [&[u8]; 2] = [b"sealed in the first epoch", b"sealed in the second epoch"];

impl World {
    pub async fn new() -> Self {
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
        state.institutions.insert(HOSPITAL, institution());
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

    pub fn key(&self, member: MemberId) -> EncryptionKey {
        self.identities[&member].public().encryption
    }

    pub async fn put(&self, bytes: Vec<u8>) -> Digest {
        self.vault.put(bytes).await.unwrap()
    }

    pub async fn version(&self, id: RecordId, number: u32, epoch: u32, content: &[u8]) -> Version {
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
    pub fn change(&self, change: impl Fn(&mut State)) {
        self.blocks.0.lock().unwrap().iter_mut().for_each(change);
    }

    /// Changes the best state only: a block that is not final yet.
    pub fn change_best(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.blocks.0.lock().unwrap()[1]);
    }

    pub fn gate(&self) -> ReleaseGate<Blocks, Vault> {
        self.gate_at(NOW)
    }

    /// A gate that has run for long, and whose clock says `now`.
    pub fn gate_at(&self, now: Moment) -> ReleaseGate<Blocks, Vault> {
        self.gate_started_at(now).with_numbers(Arc::new(UsedNumbers::since(0)))
    }

    /// A gate that has just started, and whose clock says `now`.
    pub fn gate_started_at(&self, now: Moment) -> ReleaseGate<Blocks, Vault> {
        ReleaseGate::with_clock(GATE, self.blocks.clone(), self.vault.clone(), move || now)
    }

    pub fn signed<R: GateRequest>(&self, request: R) -> Signed<R> {
        self.signed_at(request, NOW)
    }

    pub fn signed_at<R: GateRequest>(&self, request: R, at: Moment) -> Signed<R> {
        let identity = &self.identities[&request.asker()];
        request.sign(&GENESIS, GATE, identity.transaction(), at)
    }

    /// A version and the way to its content key, from two gates.
    pub async fn read(&self, request: ReleaseRequest) -> Result<Read, GateError<Infallible>> {
        let key = self.gate().release_key(&self.signed(KeyRequest(request.clone()))).await?;
        let released = self.gate().release(&self.signed(request)).await?;
        assert!(key.bindings == released.bindings && key.basis == released.basis);
        Ok(Read { key, released })
    }

    /// Why a version cannot be read. Either gate refuses for the same reason, unless only one of them comes by an object.
    pub async fn refusal(&self, request: ReleaseRequest) -> GateRefusal {
        let key = self.gate().release_key(&self.signed(KeyRequest(request.clone()))).await.map(|_| ());
        let blob = self.gate().release(&self.signed(request)).await.map(|_| ());
        let is_of_object = |refusal: &GateRefusal| {
            matches!(refusal, GateRefusal::Missing(_) | GateRefusal::Corrupted(_) | GateRefusal::ForeignBlob(_))
        };
        match (key.is_err(), blob.is_err()) {
            (true, true) => {
                let refusals = [refusal(key), refusal(blob)];
                assert_eq!(refusals[0], refusals[1]);
                refusals[0]
            }
            (one, _) => {
                let refusal = refusal(if one { key } else { blob });
                assert!(is_of_object(&refusal), "{refusal:?} of one gate only");
                refusal
            }
        }
    }

    pub fn object(&self, id: Digest) -> std::path::PathBuf {
        let text = id.to_string();
        self.vault.folder().join(&text[2..4]).join(&text[4..])
    }
}

/// A version as a reader gets it.
pub struct Read {
    pub key: ReleasedKey,
    pub released: Released<ObjectReader>,
}

/// A message with the signature of another one, altered by `alter`.
pub fn with_signature_of<R: GateRequest>(
    signed: &Signed<R>,
    body: Vec<u8>,
    alter: impl FnOnce(&mut SignatureFields),
) -> Signed<R> {
    let mut fields = signed.fields();
    alter(&mut fields);
    Signed::receive(GATE, body, &fields).unwrap()
}

/// The request with a signature that no key made.
pub fn forged<R: GateRequest>(signed: &Signed<R>) -> Signed<R> {
    with_signature_of(signed, signed.body().to_vec(), |fields| {
        fields.signature = format!("sig=:{}==:", "AQEB".repeat(21) + "AQ");
    })
}

pub fn member(id: MemberId, identity: &Identity) -> Member {
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

pub fn institution() -> Institution {
    Institution {
        profile: InstitutionProfile {
            kind: InstitutionKind::Hospital,
            issuing_key: SigningKey([1; 32]),
            encryption_key: EncryptionKey::x25519([2; 32]),
            vault_address: Default::default(),
            admission_quota: 0,
            traffic_quota: Quota { time: 0, bytes: 0, refill: 0 },
        },
        issuing_epoch: 0,
        status: InstitutionStatus::Active,
        admitted: 0,
        usage: Default::default(),
    }
}

pub fn record_in(compartment: CompartmentId) -> Record {
    Record {
        compartment,
        author: DOCTOR,
        custodian: HOSPITAL,
        state: RecordState::Active,
        versions: 1,
        created_at: NOW,
        hold: None,
    }
}

pub fn grant(grantee: Grantee, hash: Digest, edition: u32) -> Grant {
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
        disclosed_under: None,
    }
}

pub fn session(scope: Scope) -> Session {
    Session {
        chart: CHART,
        scope,
        purpose: Purpose::Treatment,
        basis: Basis::Grant(GRANT),
        opened_at: NOW - MINUTE,
        expires_at: NOW - MINUTE + SESSION_LENGTH,
        entry: ENTRY,
    }
}

pub fn by_doctor(number: u8) -> ReleaseRequest {
    ReleaseRequest { record: record(number), version: 0, session: Some(SESSION), reader: DOCTOR, not_before: None }
}

pub fn by_patient(number: u8) -> ReleaseRequest {
    ReleaseRequest { record: record(number), version: 0, session: None, reader: PATIENT, not_before: None }
}

pub fn refusal<T>(outcome: Result<T, GateError<Infallible>>) -> GateRefusal {
    match outcome.err().unwrap() {
        GateError::Refused(refusal) => refusal,
        error => panic!("{error:?}"),
    }
}

pub async fn content(read: Read, identity: &Identity) -> Result<Vec<u8>, EnvelopeError> {
    let Read { key, released } = read;
    let key = key.open(released.key_envelope.as_deref(), identity.encryption())?;
    let (mut blob, mut released_blob) = (Vec::new(), released.blob);
    released_blob.read_to_end(&mut blob).await.unwrap();
    Ok(open_bytes(&blob, &released.bindings, &key).unwrap().1.expose().to_vec())
}
