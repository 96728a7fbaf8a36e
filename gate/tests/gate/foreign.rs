// SPDX-License-Identifier: Apache-2.0

//! Charts that name objects of another chart: the chain cannot tell, and the gate gives none of them out.

use salus_gate::protocol::{CompartmentRequest, GateRefusal, KeyPath, KeyRequest, ReleaseRequest};
use salus_gate::GateError;
use salus_gate_testing::{
    content, grant, record, record_in, refusal, session, State, World, CHART, COLLEAGUE, DOCTOR, GENESIS, GRANT,
    LABORATORY, NOW, SESSION, STRANGER,
};
use salus_primitives::{
    access::{Grant, GrantEnvelope, Grantee, Scope, SealedKey},
    charts::{Chart, Compartment, CompartmentFlags, Epoch},
    records::{Session, Version},
    ChartId, Digest, EncryptionKey, GrantId, MemberId, RecordId, RecordKey,
};
use salus_sealing::{
    blob::{seal_bytes, Bindings, ContentKey, Metadata},
    compartment::{CompartmentPath, CompartmentSecret, Profile},
    envelope::{Recipient, MAX_KEY_ENVELOPE},
};
use std::convert::Infallible;

/// The chart of the stranger, who is a patient too, and a record in it.
const OWN: ChartId = ChartId(12);
const OWN_RECORD: RecordId = RecordId { chart: OWN, key: RecordKey([77; 16]) };
/// The grant of the stranger over that record alone, to a colleague.
const OF_RECORD: GrantId = GrantId(1);

/// Names `Digest` in the stranger's chart for one of the things that a chart has.
type Naming = fn(&mut State, Digest);

/// All places of a chart in which the chain takes any hash for that of an envelope.
const ENVELOPES: [(&str, Naming); 6] = [
    ("the secret of the first epoch", |state, hash| epoch(state, 0).secret_envelope = hash),
    ("the secret of the second epoch", |state, hash| epoch(state, 1).secret_envelope = hash),
    ("a link", |state, hash| epoch(state, 1).link = Some(hash)),
    ("a grant over the compartment", |state, hash| envelope(state, GRANT).hash = hash),
    ("a grant over the record", |state, hash| envelope(state, OF_RECORD).hash = hash),
    ("the envelope of a version", |state, hash| version(state).key_envelope = hash),
];

fn epoch(state: &mut State, number: u32) -> &mut Epoch {
    state.epochs.get_mut(&(OWN, LABORATORY, number)).unwrap()
}

fn envelope(state: &mut State, id: GrantId) -> &mut GrantEnvelope {
    state.grants.get_mut(&(OWN, id)).unwrap().envelope.as_mut().unwrap()
}

fn version(state: &mut State) -> &mut Version {
    state.versions.get_mut(&(OWN_RECORD, 0)).unwrap()
}

/// A world in which the stranger has a chart with two epochs, and a record of the first. The doctor has a grant over the
/// compartment, and a colleague one over the record.
async fn world_with_a_strangers_chart() -> World {
    let world = World::new().await;
    let place = CompartmentPath { genesis: GENESIS, chart: OWN, compartment: LABORATORY };
    let first = CompartmentSecret::generate(place);
    let (second, link) = first.rotate().unwrap();
    let link = world.put(link).await;
    let profile = Profile { name: "Own".into(), meaning: "laboratory".into() };
    let profile = world.put(first.seal_profile(&profile).unwrap()).await;
    let mut epochs = Vec::new();
    for secret in [&first, &second] {
        let envelope = secret.seal_to(Recipient::Member(STRANGER), &world.key(STRANGER)).unwrap();
        let link = (secret.epoch() > 0).then_some(link);
        epochs.push(Epoch { public_key: secret.public_key(), secret_envelope: world.put(envelope).await, link });
    }
    let to_doctor = second.seal_to(Recipient::Member(DOCTOR), &world.key(DOCTOR)).unwrap();
    let to_doctor = grant(Grantee::Member(DOCTOR), world.put(to_doctor).await, 1);

    let key = ContentKey::generate();
    let bindings = Bindings { genesis: GENESIS, record: OWN_RECORD, version: 0, compartment: LABORATORY, epoch: 0 };
    let blob = world.put(seal_bytes(b"own", &Metadata::default(), &bindings, &key).unwrap()).await;
    let sealed = |recipient, to: &EncryptionKey| key.seal_to(recipient, to, GENESIS, OWN_RECORD, 0).unwrap();
    let key_envelope = world.put(sealed(place.recipient(0), &first.public_key())).await;
    let to_colleague = world.put(sealed(Recipient::Member(COLLEAGUE), &world.key(COLLEAGUE))).await;
    let scope = Scope::Record(OWN_RECORD.key);
    let to_colleague = Grant { scope, ..grant(Grantee::Member(COLLEAGUE), to_colleague, 0) };

    world.change(|state| {
        state.charts.insert(OWN, Chart { controller: STRANGER, opened_at: NOW, compartments: 1 });
        let compartment = Compartment { flags: CompartmentFlags::default(), epoch: 1, profile };
        state.compartments.insert((OWN, LABORATORY), compartment);
        for (number, epoch) in (0..).zip(&epochs) {
            state.epochs.insert((OWN, LABORATORY, number), epoch.clone());
        }
        state.grants.insert((OWN, GRANT), to_doctor.clone());
        state.grants.insert((OWN, OF_RECORD), to_colleague.clone());
        for (reader, scope) in [(DOCTOR, Scope::Compartment(LABORATORY)), (COLLEAGUE, scope)] {
            state.sessions.insert((reader, SESSION), Session { chart: OWN, ..session(scope) });
        }
        let mut version = state.versions[&(record(0), 0)].clone();
        (version.content, version.key_envelope) = (blob, key_envelope);
        state.versions.insert((OWN_RECORD, 0), version);
        state.records.insert(OWN_RECORD, record_in(LABORATORY));
    });
    world
}

fn of_compartment(reader: MemberId) -> CompartmentRequest {
    CompartmentRequest { chart: OWN, compartment: LABORATORY, reader, not_before: None }
}

fn of_record(reader: MemberId) -> ReleaseRequest {
    let session = (reader != STRANGER).then_some(SESSION);
    ReleaseRequest { record: OWN_RECORD, version: 0, session, reader, not_before: None }
}

/// Everything that the gate gives to those who may ask for something of the stranger's chart, and why it refuses.
async fn given(world: &World) -> (Vec<Vec<u8>>, Vec<GateRefusal>) {
    let (mut given, mut refusals) = (Vec::new(), Vec::new());
    let mut refused = |error| match error {
        GateError::<Infallible>::Refused(refusal) => refusals.push(refusal),
        other => panic!("{other}"),
    };
    for reader in [STRANGER, DOCTOR] {
        match world.gate().release_compartment(&world.signed(of_compartment(reader))).await {
            Ok(released) => {
                given.extend([released.secret.envelope, released.profile]);
                given.extend(released.links);
            }
            Err(error) => refused(error),
        }
    }
    for reader in [STRANGER, DOCTOR, COLLEAGUE] {
        match world.gate().release_key(&world.signed(KeyRequest(of_record(reader)))).await.map(|released| released.path)
        {
            Ok(KeyPath::Record { envelope, .. }) => given.push(envelope),
            Ok(KeyPath::Compartment { secret, links }) => {
                given.push(secret.envelope);
                given.extend(links);
            }
            Err(error) => refused(error),
        }
        match world.gate().release(&world.signed(of_record(reader))).await {
            Ok(released) => given.extend(released.key_envelope),
            Err(error) => refused(error),
        }
    }
    (given, refusals)
}

#[tokio::test]
async fn a_strangers_own_chart_opens_for_its_readers() {
    let world = world_with_a_strangers_chart().await;
    for reader in [STRANGER, DOCTOR, COLLEAGUE] {
        let read = world.read(of_record(reader)).await.unwrap();
        assert_eq!(content(read, &world.identities[&reader]).await.unwrap(), b"own");
    }
    let (given, refusals) = given(&world).await;
    assert_eq!((given.len(), refusals), (3 + 3 + 2 + 3 + 1, vec![]));
}

#[tokio::test]
async fn release_fails_when_a_chart_names_something_else_for_an_envelope() {
    let world = world_with_a_strangers_chart().await;
    let sound = world.blocks.0.lock().unwrap().clone();
    let victims = [
        sound[0].versions[&(record(0), 0)].content,
        sound[0].versions[&(record(1), 0)].content,
        sound[0].compartments[&(CHART, LABORATORY)].profile,
    ];
    for (place, name) in ENVELOPES {
        for hash in victims {
            let bytes = world.vault.get(&hash).await.unwrap();
            world.change(|state| name(state, hash));
            let (given, refusals) = given(&world).await;
            assert!(given.iter().all(|given| *given != bytes), "{place}");
            assert!(!refusals.is_empty(), "{place}: the gate comes by it");
            assert!(refusals.iter().all(|refusal| *refusal == GateRefusal::Corrupted(hash)), "{place}");
            world.blocks.0.lock().unwrap().clone_from(&sound);
        }
    }
}

#[tokio::test]
async fn release_fails_when_the_author_of_a_version_names_something_else_for_the_envelope_of_a_grant() {
    let world = world_with_a_strangers_chart().await;
    let blob = world.blocks.0.lock().unwrap()[0].versions[&(record(0), 0)].content;
    world.change(|state| {
        envelope(state, OF_RECORD).edition = 7;
        let sealed = SealedKey { grant: OF_RECORD, envelope: blob };
        version(state).grant_envelopes = vec![sealed].try_into().unwrap();
    });
    assert_eq!(world.refusal(of_record(COLLEAGUE)).await, GateRefusal::Corrupted(blob));
}

#[tokio::test]
async fn release_compartment_fails_when_a_chart_names_a_blob_for_a_profile() {
    let world = world_with_a_strangers_chart().await;
    let blob = world.blocks.0.lock().unwrap()[0].versions[&(record(0), 0)].content;
    world.change(|state| state.compartments.get_mut(&(OWN, LABORATORY)).unwrap().profile = blob);
    let outcome = world.gate().release_compartment(&world.signed(of_compartment(STRANGER))).await;
    assert_eq!(refusal(outcome), GateRefusal::Corrupted(blob));
}

#[tokio::test]
async fn release_gives_envelopes_up_to_their_bound_and_none_longer() {
    let world = world_with_a_strangers_chart().await;
    let envelope = |length| [&b"SALENV"[..], &vec![0; length - 6]].concat();
    let (longest, longer) = (envelope(MAX_KEY_ENVELOPE), envelope(MAX_KEY_ENVELOPE + 1));
    let (given_out, refused) = (world.put(longest.clone()).await, world.put(longer).await);
    world.change(|state| version(state).key_envelope = given_out);
    assert!(given(&world).await.0.contains(&longest));
    world.change(|state| version(state).key_envelope = refused);
    let outcome = world.gate().release(&world.signed(of_record(STRANGER))).await;
    assert_eq!(refusal(outcome), GateRefusal::Corrupted(refused));
}
