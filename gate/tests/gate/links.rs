// SPDX-License-Identifier: Apache-2.0

//! Links: how many epochs an answer leads back.

use salus_gate::protocol::{CompartmentRequest, GateRefusal};
use salus_gate_testing::{by_doctor, by_patient, content, refusal, World, CHART, DOCTOR, GRANT, LABORATORY, PATIENT};
use salus_primitives::{
    charts::{Epoch, MAX_EPOCHS},
    MemberId,
};

/// Gives the laboratory compartment epochs up to `newest`; their links are one short object that begins like an envelope.
async fn world_with_epochs(newest: u32) -> World {
    let world = World::new().await;
    let envelope = world.put(b"SALENV\x01\x01 of any epoch".to_vec()).await;
    world.change(|state| {
        state.compartments.get_mut(&(CHART, LABORATORY)).unwrap().epoch = newest;
        let second = state.epochs[&(CHART, LABORATORY, 1)].clone();
        for number in 2..=newest {
            let epoch = Epoch { secret_envelope: envelope, link: Some(envelope), ..second.clone() };
            state.epochs.insert((CHART, LABORATORY, number), epoch);
        }
        let grant = state.grants.get_mut(&(CHART, GRANT)).unwrap();
        grant.envelope.as_mut().unwrap().edition = newest;
    });
    world
}

fn of_compartment(reader: MemberId) -> CompartmentRequest {
    CompartmentRequest { chart: CHART, compartment: LABORATORY, reader, not_before: None }
}

#[tokio::test]
async fn release_follows_as_many_links_as_there_may_be_epochs() {
    let world = world_with_epochs(MAX_EPOCHS).await;
    for reader in [PATIENT, DOCTOR] {
        let released = world.gate().release_compartment(&world.signed(of_compartment(reader))).await.unwrap();
        assert_eq!(released.links.len(), MAX_EPOCHS as usize);
    }
    assert!(world.gate().release(&world.signed(by_doctor(0))).await.is_ok());
}

#[tokio::test]
async fn release_fails_past_the_bound_of_links() {
    let world = world_with_epochs(MAX_EPOCHS + 1).await;
    for reader in [PATIENT, DOCTOR] {
        let outcome = world.gate().release_compartment(&world.signed(of_compartment(reader))).await;
        assert_eq!(refusal(outcome), GateRefusal::TooManyLinks);
    }
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::TooManyLinks);
    // A controller is given the secret of the version's own epoch, and needs no link.
    let read = world.read(by_patient(0)).await.unwrap();
    assert!(content(read, &world.identities[&PATIENT]).await.is_ok());
}
