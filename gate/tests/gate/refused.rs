// SPDX-License-Identifier: Apache-2.0

//! Refusals: by grant, session, standing, and for objects that are not what they should be.

use salus_gate::protocol::{CompartmentRequest, GateRefusal, ReleaseRequest};
use salus_gate_testing::{
    by_doctor, by_patient, content, grant, record, record_in, refusal, session, State, World, CHART, CONTENT, DOCTOR,
    GRANT, LABORATORY, NOW, OTHER, SESSION, STRANGER,
};
use salus_primitives::{
    access::{Grantee, Purpose, Scope},
    decision::Denial,
    membership::MemberStatus,
    records::{RecordState, Session},
    time::Interval,
    ChartId, Digest, GrantId, ReadingSessionId,
};
use salus_sealing::envelope::Recipient;
use std::fs;

#[tokio::test]
async fn release_fails_when_revoked_in_the_finalized_state() {
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
async fn release_fails_for_all_but_the_patient_when_the_record_is_not_active_be_it_only_in_the_best_block() {
    for (state, denial) in [
        (RecordState::Restricted, Denial::Restricted),
        (RecordState::Withdrawn, Denial::Withdrawn),
        (RecordState::EnteredInError, Denial::EnteredInError),
    ] {
        let world = World::new().await;
        let change = |chain: &mut State| chain.records.get_mut(&record(0)).unwrap().state = state;
        world.change_best(change);
        assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::DeniedAtBest(denial));
        world.change(change);
        assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::Denied(denial));
        assert!(world.gate().release(&world.signed(by_patient(0))).await.is_ok());
    }
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
async fn release_fails_for_another_purpose() {
    let world = World::new().await;
    world.change(|state| {
        state.sessions.get_mut(&(DOCTOR, SESSION)).unwrap().purpose = Purpose::Payment;
    });
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::Denied(Denial::PurposeNotGranted));
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
    let unknown = ReleaseRequest { session: Some(ReadingSessionId([6; 16])), ..by_doctor(0) };
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
    let request = CompartmentRequest { chart: CHART, compartment: LABORATORY, reader: STRANGER, not_before: None };
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
        world.change(|state| {
            let version = state.versions.get_mut(&(record(0), 0)).unwrap();
            (version.content, version.size) = (content, 10_000);
        });
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
    let read = world.read(by_doctor(0)).await.unwrap();
    assert_eq!(content(read, &world.identities[&DOCTOR]).await.unwrap(), CONTENT[0]);
    world.change(|state| state.grants.get_mut(&(CHART, GRANT)).unwrap().envelope = None);
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::NoEnvelope(GRANT));
}
