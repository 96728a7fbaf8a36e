// SPDX-License-Identifier: Apache-2.0

//! Releases: to whom, on which basis, and who can open them.

use salus_gate::protocol::{CompartmentRequest, GateRefusal, ReleaseRequest};
use salus_gate_testing::{
    by_doctor, by_patient, content, grant, record, refusal, session, World, CHART, COLLEAGUE, CONTENT, DOCTOR, GENESIS,
    GRANT, HOSPITAL, LABORATORY, PATIENT, SESSION, STRANGER,
};
use salus_primitives::{
    access::{Grant, Grantee, Scope, SealedKey},
    decision::{Basis, Denial},
    records::Version,
    Digest, GrantId,
};
use salus_sealing::{
    blob::{seal_bytes, Bindings, ContentKey, Metadata},
    envelope::{EnvelopeError, Recipient},
    keys::Identity,
};

#[tokio::test]
async fn release_gives_a_reader_what_the_grant_covers() {
    let world = World::new().await;
    for number in [0, 1] {
        let read = world.read(by_doctor(number)).await.unwrap();
        assert_eq!(read.released.basis, Basis::Grant(GRANT));
        assert_eq!(read.released.blob.size(), world.vault.get(&read.released.content).await.unwrap().len() as u64);
        assert_eq!(content(read, &world.identities[&DOCTOR]).await.unwrap(), CONTENT[usize::from(number)]);
    }
}

#[tokio::test]
async fn release_gives_the_controller_everything_without_a_session() {
    let world = World::new().await;
    for number in [0, 1] {
        let read = world.read(by_patient(number)).await.unwrap();
        assert_eq!(read.released.basis, Basis::Controller);
        assert_eq!(content(read, &world.identities[&PATIENT]).await.unwrap(), CONTENT[usize::from(number)]);
    }
}

#[tokio::test]
async fn what_is_released_to_one_opens_for_nobody_else() {
    let world = World::new().await;
    for other in [PATIENT, STRANGER] {
        let read = world.read(by_doctor(0)).await.unwrap();
        assert_eq!(content(read, &world.identities[&other]).await, Err(EnvelopeError::DoesNotOpen));
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
    let read = world.read(request.clone()).await.unwrap();
    assert_eq!(content(read, &service).await.unwrap(), CONTENT[0]);
    let read = world.read(request).await.unwrap();
    assert!(content(read, &world.identities[&COLLEAGUE]).await.is_err());
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
    let read = world.read(by_doctor(0)).await.unwrap();
    assert_eq!(read.released.key_envelope, None);
    assert_eq!(content(read, &world.identities[&DOCTOR]).await.unwrap(), b"one");

    // A version that was added after the grant brings its own envelope; its blob here is that of version 0.
    assert_eq!(world.refusal(ReleaseRequest { version: 1, ..by_doctor(0) }).await, GateRefusal::ForeignBlob(blob));
    assert_eq!(world.refusal(ReleaseRequest { version: 2, ..by_doctor(0) }).await, GateRefusal::NoEnvelope(GRANT));
    assert_eq!(world.refusal(by_doctor(1)).await, GateRefusal::SessionElsewhere);
    let request = CompartmentRequest { chart: CHART, compartment: LABORATORY, reader: DOCTOR, not_before: None };
    let outcome = world.gate().release_compartment(&world.signed(request)).await;
    assert_eq!(refusal(outcome), GateRefusal::Denied(Denial::NoGrant));
}

/// Trap: a newer grant over one record once hid the grant over its compartment, which alone opens earlier versions.
#[tokio::test]
async fn release_takes_the_grant_whose_envelope_opens_the_version() {
    let world = World::new().await;
    world.change(|state| {
        let newer = Grant { scope: Scope::Record(record(0).key), ..grant(Grantee::Member(DOCTOR), Digest([9; 32]), 7) };
        state.grants.insert((CHART, GrantId(GRANT.0 + 1)), newer);
    });
    let read = world.read(by_doctor(0)).await.unwrap();
    assert_eq!(read.released.basis, Basis::Grant(GRANT));
    assert_eq!(content(read, &world.identities[&DOCTOR]).await.unwrap(), CONTENT[0]);
}
