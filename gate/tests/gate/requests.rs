// SPDX-License-Identifier: Apache-2.0

//! Requests: fresh, signed by the reader, for this gate, and good once.

use salus_gate::{
    protocol::{CompartmentRequest, GateRefusal, GateRequest, KeyRequest, ReleaseRequest, Signed, MAX_REQUEST_AGE},
    UsedNumbers, HEAD_LIFE,
};
use salus_gate_testing::{
    by_doctor, by_patient, forged, record, refusal, with_signature_of, World, CHART, DOCTOR, GATE, GENESIS, LABORATORY,
    NOW, STRANGER,
};
use salus_primitives::{decision::Denial, membership::MemberStatus, Digest, MemberId};
use std::sync::Arc;

#[tokio::test]
async fn release_fails_when_the_finalized_head_is_stale() {
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
    for now in [NOW + MAX_REQUEST_AGE + 1, NOW - MAX_REQUEST_AGE - 1] {
        world.change(|state| state.time = now);
        assert_eq!(refusal(world.gate_at(now).release(&signed).await), GateRefusal::RequestNotFresh);
    }
    world.change(|state| state.time = NOW);
    assert!(world.gate_at(NOW + MAX_REQUEST_AGE).release(&signed).await.is_ok());
}

#[tokio::test]
async fn release_fails_when_the_request_is_not_signed_by_the_reader() {
    let world = World::new().await;
    let refused = GateRefusal::NotTheMember(DOCTOR);
    let stranger = world.identities[&STRANGER].transaction();
    let good = world.signed(by_doctor(0));

    // Signed by another member, with and without claiming the reader's key.
    let strangers = by_doctor(0).sign(&GENESIS, GATE, stranger, NOW);
    assert_eq!(refusal(world.gate().release(&strangers).await), refused);
    let claimed = with_signature_of(&strangers, good.body().to_vec(), |fields| {
        fields.input = fields.input.replace(&strangers.key().to_string(), &good.key().to_string());
    });
    assert_eq!(claimed.key(), good.key());
    assert_eq!(refusal(world.gate().release(&claimed).await), refused);
    // By another key of the reader's own.
    let membership = by_doctor(0).sign(&GENESIS, GATE, world.identities[&DOCTOR].membership(), NOW);
    assert_eq!(refusal(world.gate().release(&membership).await), refused);
    // Altered in any field, signed for another chain, or for another kind of request.
    for request in
        [by_doctor(1), ReleaseRequest { version: 1, ..by_doctor(0) }, ReleaseRequest { session: None, ..by_doctor(0) }]
    {
        let altered = with_signature_of(&good, world.signed(request).body().to_vec(), |_| ());
        assert_eq!(refusal(world.gate().release(&altered).await), refused);
    }
    // Altered in when it was made and in its number, or made for another gate.
    let later = format!("created={}", NOW / 1_000 + 1);
    let other = world.signed(by_doctor(0));
    let nonce = |signed: &Signed<ReleaseRequest>| format!("nonce=\"{}\"", hex::encode(signed.number().0));
    for (from, to) in [(format!("created={}", NOW / 1_000), later), (nonce(&good), nonce(&other))] {
        let altered = with_signature_of(&good, good.body().to_vec(), |fields| {
            assert!(fields.input.contains(&from));
            fields.input = fields.input.replace(&from, &to);
        });
        assert_eq!(refusal(world.gate().release(&altered).await), refused);
    }
    let doctor = world.identities[&DOCTOR].transaction();
    let elsewhere = by_doctor(0).sign(&GENESIS, "vault.clinic.example", doctor, NOW);
    let redirected = with_signature_of(&elsewhere, elsewhere.body().to_vec(), |_| ());
    assert_eq!(refusal(world.gate().release(&redirected).await), refused);
    let foreign = by_doctor(0).sign(&Digest([9; 32]), GATE, doctor, NOW);
    assert_eq!(refusal(world.gate().release(&foreign).await), refused);
    // A reader whom the chain does not know.
    let unknown = ReleaseRequest { reader: MemberId(99), ..by_doctor(0) };
    let outcome = world.gate().release(&unknown.sign(&GENESIS, GATE, stranger, NOW)).await;
    assert_eq!(refusal(outcome), GateRefusal::NotTheMember(MemberId(99)));
}

#[tokio::test]
async fn release_fails_when_the_key_is_removed_in_the_best_block_or_not_finalized() {
    for place in [0, 1] {
        let world = World::new().await;
        let keys = Default::default();
        world.blocks.0.lock().unwrap()[place].members.get_mut(&DOCTOR).unwrap().transaction_keys = keys;
        assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::NotTheMember(DOCTOR));
    }
}

#[tokio::test]
async fn a_request_is_good_once() {
    let world = World::new().await;
    let (gate, request) = (world.gate(), world.signed(by_doctor(0)));
    assert!(gate.release(&request).await.is_ok());
    assert_eq!(refusal(gate.release(&request).await), GateRefusal::RequestUsed);
    assert!(gate.release(&world.signed(by_doctor(0))).await.is_ok(), "a new one");
    let compartment =
        world.signed(CompartmentRequest { chart: CHART, compartment: LABORATORY, reader: DOCTOR, not_before: None });
    assert!(gate.release_compartment(&compartment).await.is_ok());
    assert_eq!(refusal(gate.release_compartment(&compartment).await), GateRefusal::RequestUsed);
    // Another member cannot use up a reader's number.
    let fresh = world.signed(by_doctor(0));
    assert_eq!(refusal(gate.release(&forged(&fresh)).await), GateRefusal::NotTheMember(DOCTOR));
    assert!(gate.release(&fresh).await.is_ok());
}

#[tokio::test]
async fn what_the_decision_refuses_uses_no_number_up() {
    let world = World::new().await;
    let (gate, request) = (world.gate(), world.signed(by_doctor(0)));
    let compartment =
        world.signed(CompartmentRequest { chart: CHART, compartment: LABORATORY, reader: DOCTOR, not_before: None });
    let without_session = world.signed(ReleaseRequest { session: None, ..by_doctor(0) });
    world.change(|state| state.members.get_mut(&DOCTOR).unwrap().status = MemberStatus::Suspended);
    let denied = GateRefusal::Denied(Denial::NotActive);
    for _ in 0..2 {
        assert_eq!(refusal(gate.release(&request).await), denied);
        assert_eq!(refusal(gate.release_compartment(&compartment).await), denied);
    }
    world.change(|state| state.members.get_mut(&DOCTOR).unwrap().status = MemberStatus::Active);
    for _ in 0..2 {
        assert_eq!(refusal(gate.release(&without_session).await), GateRefusal::NoSession);
    }
    assert!(gate.release(&request).await.is_ok());
    assert!(gate.release_compartment(&compartment).await.is_ok());
}

#[tokio::test]
async fn what_the_vault_refuses_uses_its_number_up() {
    let world = World::new().await;
    let (gate, request) = (world.gate(), world.signed(by_doctor(0)));
    let missing = Digest([9; 32]);
    world.change(|state| state.versions.get_mut(&(record(0), 0)).unwrap().key_envelope = missing);
    assert_eq!(refusal(gate.release(&request).await), GateRefusal::Missing(missing));
    assert_eq!(refusal(gate.release(&request).await), GateRefusal::RequestUsed);
}

#[tokio::test]
async fn the_signature_is_checked_before_the_chain_is_asked() {
    let world = World::new().await;
    world.change(|state| state.time = NOW - HEAD_LIFE - 1);
    let good = world.signed(by_doctor(0));
    assert_eq!(refusal(world.gate().release(&forged(&good)).await), GateRefusal::NotTheMember(DOCTOR));
    assert_eq!(refusal(world.gate().release(&good).await), GateRefusal::StaleHead(100));
}

#[tokio::test]
async fn a_request_is_good_once_though_the_clock_steps_back() {
    let world = World::new().await;
    let numbers = Arc::new(UsedNumbers::since(0));
    let gate = |now| world.gate_at(now).with_numbers(numbers.clone());
    let request = world.signed(by_doctor(0));
    assert!(gate(NOW).release(&request).await.is_ok());
    let later = NOW + MAX_REQUEST_AGE + 1_000;
    world.change(|state| state.time = later);
    assert!(gate(later).release(&world.signed_at(by_doctor(0), later)).await.is_ok());
    world.change(|state| state.time = NOW);
    assert_eq!(refusal(gate(NOW).release(&request).await), GateRefusal::RequestNotFresh);
}

#[tokio::test]
async fn a_request_of_before_the_gates_start_is_refused() {
    let world = World::new().await;
    let request = world.signed(by_doctor(0));
    assert!(world.gate_started_at(NOW).release(&request).await.is_ok(), "asked in the second of the start");
    // The gate starts again a moment later, and has forgotten the number.
    let restarted = world.gate_started_at(NOW + 1);
    assert_eq!(refusal(restarted.release(&request).await), GateRefusal::RequestNotFresh);
    let of_compartment = CompartmentRequest { chart: CHART, compartment: LABORATORY, reader: DOCTOR, not_before: None };
    let outcome = restarted.release_compartment(&world.signed(of_compartment)).await;
    assert_eq!(refusal(outcome), GateRefusal::RequestNotFresh);
    // The reader asks again.
    let again = world.signed_at(by_doctor(0), NOW + 1_000);
    assert!(restarted.release(&again).await.is_ok());
    assert_eq!(refusal(restarted.release(&again).await), GateRefusal::RequestUsed);
}

#[tokio::test]
async fn a_request_is_good_at_the_gate_that_it_names() {
    let world = World::new().await;
    let doctor = world.identities[&DOCTOR].transaction();
    let request = by_doctor(0).sign(&GENESIS, "vault.clinic.example", doctor, NOW);
    assert_eq!(refusal(world.gate().release(&request).await), GateRefusal::AnotherGate);
}

#[tokio::test]
async fn a_gate_that_has_not_come_to_the_readers_block_refuses() {
    let world = World::new().await;
    // The finalized block is 100. The best one is 102, and counts for nothing here.
    for (not_before, behind) in [(None, false), (Some(99), false), (Some(100), false), (Some(101), true)] {
        let request = ReleaseRequest { not_before, ..by_doctor(0) };
        let released = world.gate().release(&world.signed(request.clone())).await;
        let key = world.gate().release_key(&world.signed(KeyRequest(request))).await;
        let compartment = CompartmentRequest { chart: CHART, compartment: LABORATORY, reader: DOCTOR, not_before };
        let compartment = world.gate().release_compartment(&world.signed(compartment)).await;
        match behind {
            false => assert!(released.is_ok() && key.is_ok() && compartment.is_ok()),
            true => {
                for refused in [refusal(released), refusal(key), refusal(compartment)] {
                    assert_eq!(refused, GateRefusal::Behind(100));
                }
            }
        }
    }
}
