// SPDX-License-Identifier: Apache-2.0

//! An institution opens what was granted to it, for a member who opened the record, and nothing else.

use salus_gate::protocol::{
    CompartmentRequest, GateRefusal, KeyPath, KeyRequest, ReleaseRequest, UnsealProfileRequest, UnsealRequest,
};
use salus_gate_testing::*;
use salus_primitives::{
    access::{GrantEnvelope, Grantee, Scope},
    decision::Denial,
    InstitutionId,
};
use salus_sealing::{
    blob::{open_bytes, ContentKey},
    compartment::Profile,
    envelope::Recipient,
    keys::EncryptionPair,
};
use tokio::io::AsyncReadExt;

/// The hospital has the grant over the compartment that the doctor had.
async fn world() -> (World, EncryptionPair) {
    let (world, pair) = (World::new().await, EncryptionPair::generate());
    let secret = world.secrets[1].seal_to(Recipient::Institution(HOSPITAL), &pair.public()).unwrap();
    let hash = world.put(secret).await;
    world.change(|state| {
        state.grants.insert((CHART, GRANT), grant(Grantee::Institution(HOSPITAL), hash, 1));
    });
    (world, pair)
}

/// The answers of the gates to the doctor, as a request to her hospital.
async fn request(world: &World, number: u8) -> UnsealRequest {
    let release = by_doctor(number);
    let key = world.gate().release_key(&world.signed(KeyRequest(release.clone()))).await.unwrap();
    let released = world.gate().release(&world.signed(release.clone())).await.unwrap();
    UnsealRequest { release, path: key.path, key_envelope: released.key_envelope }
}

#[tokio::test]
async fn a_member_reads_what_was_granted_to_the_institution() {
    let (world, pair) = world().await;
    for number in [0, 1] {
        let request = request(&world, number).await;
        let unsealed = world.gate().unseal(&world.signed(request), HOSPITAL, &pair).await.unwrap();
        let own = world.identities[&DOCTOR].encryption();
        let (recipient, id) = (Recipient::Member(DOCTOR), record(number));
        let key = ContentKey::open_from(&unsealed.envelope, recipient, own, GENESIS, id, 0).unwrap();
        let mut released = world.gate().release(&world.signed(by_doctor(number))).await.unwrap();
        let mut blob = Vec::new();
        released.blob.read_to_end(&mut blob).await.unwrap();
        assert_eq!(open_bytes(&blob, &released.bindings, &key).unwrap().1.expose(), CONTENT[usize::from(number)]);
    }
}

#[tokio::test]
async fn a_grant_over_one_record_is_opened_too() {
    let (world, pair) = world().await;
    let content_key = ContentKey::generate();
    let here = Recipient::Institution(HOSPITAL);
    let envelope = content_key.seal_to(here, &pair.public(), GENESIS, record(1), 0).unwrap();
    let hash = world.put(envelope).await;
    world.change(|state| {
        let grant = state.grants.get_mut(&(CHART, GRANT)).unwrap();
        grant.scope = Scope::Record(record(1).key);
        grant.envelope = Some(GrantEnvelope { hash, edition: 0 });
        state.sessions.insert((DOCTOR, SESSION), session(Scope::Record(record(1).key)));
    });
    let key = world.gate().release_key(&world.signed(KeyRequest(by_doctor(1)))).await.unwrap();
    let request = UnsealRequest { release: by_doctor(1), path: key.path, key_envelope: None };
    let unsealed = world.gate().unseal(&world.signed(request), HOSPITAL, &pair).await.unwrap();
    let own = world.identities[&DOCTOR].encryption();
    ContentKey::open_from(&unsealed.envelope, Recipient::Member(DOCTOR), own, GENESIS, record(1), 0).unwrap();
}

#[tokio::test]
async fn the_institution_opens_nothing_that_the_chain_does_not_name_for_the_grant() {
    let (world, pair) = world().await;
    let good = request(&world, 1).await;
    let refused = async |request: UnsealRequest, institution, pair: &EncryptionPair| {
        refusal(world.gate().unseal(&world.signed(request), institution, pair).await)
    };
    // The envelope of another compartment's secret, sealed to the institution as well.
    let other = world.secrets[1].seal_to(Recipient::Institution(HOSPITAL), &pair.public()).unwrap();
    let mut swapped = good.clone();
    if let KeyPath::Compartment { secret, .. } = &mut swapped.path {
        secret.envelope = other;
    }
    assert_eq!(refused(swapped, HOSPITAL, &pair).await, GateRefusal::NotSealedHere);
    let mut recipient = good.clone();
    if let KeyPath::Compartment { secret, .. } = &mut recipient.path {
        secret.recipient = Recipient::Member(DOCTOR);
    }
    assert_eq!(refused(recipient, HOSPITAL, &pair).await, GateRefusal::NotSealedHere);
    // Another version's key envelope, or none.
    let of_first = request(&world, 0).await.key_envelope;
    for key_envelope in [of_first, None] {
        let request = UnsealRequest { key_envelope, ..good.clone() };
        assert_eq!(refused(request, HOSPITAL, &pair).await, GateRefusal::NotSealedHere);
    }
    assert_eq!(refused(good.clone(), InstitutionId(99), &pair).await, GateRefusal::NotSealedHere);
    assert_eq!(refused(good, HOSPITAL, &EncryptionPair::generate()).await, GateRefusal::CannotUnseal);
}

#[tokio::test]
async fn the_institution_opens_nothing_for_one_who_may_not_read() {
    let (world, pair) = world().await;
    let good = request(&world, 1).await;
    let unseal = async |release: ReleaseRequest| {
        let request = UnsealRequest { release, ..good.clone() };
        refusal(world.gate().unseal(&world.signed(request), HOSPITAL, &pair).await)
    };
    assert_eq!(unseal(ReleaseRequest { session: None, ..by_doctor(1) }).await, GateRefusal::NoSession);
    assert_eq!(unseal(ReleaseRequest { reader: STRANGER, ..by_doctor(1) }).await, GateRefusal::NoSession);
    // The controller reads by right, and not by this grant.
    assert_eq!(unseal(by_patient(1)).await, GateRefusal::NotSealedHere);
    world.change_best(|state| state.members.get_mut(&DOCTOR).unwrap().admitted_by = InstitutionId(99));
    assert_eq!(unseal(by_doctor(1)).await, GateRefusal::DeniedAtBest(Denial::NoGrant));
}

/// The answer of the home vault's gate to the doctor, as a request to her hospital for the compartment's name.
async fn profile_request(world: &World) -> UnsealProfileRequest {
    let compartment = CompartmentRequest { chart: CHART, compartment: LABORATORY, reader: DOCTOR, not_before: None };
    let released = world.gate().release_compartment(&world.signed(compartment.clone())).await.unwrap();
    UnsealProfileRequest { compartment, released }
}

#[tokio::test]
async fn a_member_learns_the_name_of_a_compartment_that_was_granted_to_the_institution() {
    let (world, pair) = world().await;
    let request = profile_request(&world).await;
    let place = request.released.place;
    assert!(request.released.open_profile(world.identities[&DOCTOR].encryption()).is_err());
    let unsealed = world.gate().unseal_profile(&world.signed(request), HOSPITAL, &pair).await.unwrap();
    let (own, recipient) = (world.identities[&DOCTOR].encryption(), Recipient::Member(DOCTOR));
    let profile = Profile::open_from(&unsealed.envelope, &place, recipient, own).unwrap();
    assert_eq!(profile.name, "Blood");
    assert!(Profile::open_from(&unsealed.envelope, &place, Recipient::Member(STRANGER), own).is_err());
}

#[tokio::test]
async fn the_institution_tells_no_name_that_the_chain_does_not_name_for_the_grant() {
    let (world, pair) = world().await;
    let good = profile_request(&world).await;
    let refused = async |request: UnsealProfileRequest, institution, pair: &EncryptionPair| {
        refusal(world.gate().unseal_profile(&world.signed(request), institution, pair).await)
    };
    let mut secret = good.clone();
    secret.released.secret.envelope =
        world.secrets[1].seal_to(Recipient::Institution(HOSPITAL), &pair.public()).unwrap();
    let mut recipient = good.clone();
    recipient.released.secret.recipient = Recipient::Member(DOCTOR);
    let mut profile = good.clone();
    profile.released.profile.push(0);
    let mut place = good.clone();
    place.released.place.chart.0 += 1;
    for altered in [secret, recipient, profile, place] {
        assert_eq!(refused(altered, HOSPITAL, &pair).await, GateRefusal::NotSealedHere);
    }
    assert_eq!(refused(good.clone(), InstitutionId(99), &pair).await, GateRefusal::NotSealedHere);
    assert_eq!(refused(good.clone(), HOSPITAL, &EncryptionPair::generate()).await, GateRefusal::CannotUnseal);
    // The controller reads by right, and not by this grant.
    let compartment = CompartmentRequest { reader: PATIENT, ..good.compartment.clone() };
    let by_patient = UnsealProfileRequest { compartment, ..good.clone() };
    assert_eq!(refused(by_patient, HOSPITAL, &pair).await, GateRefusal::NotSealedHere);
    world.change_best(|state| state.members.get_mut(&DOCTOR).unwrap().admitted_by = InstitutionId(99));
    assert_eq!(refused(good, HOSPITAL, &pair).await, GateRefusal::DeniedAtBest(Denial::NoGrant));
}
