// SPDX-License-Identifier: Apache-2.0

//! Secrets and profiles of compartments.

use salus_gate::protocol::{CompartmentRequest, GateRefusal, GateRequest, MAX_REQUEST_AGE};
use salus_gate_testing::{refusal, World, CHART, DOCTOR, GATE, GENESIS, GRANT, LABORATORY, NOW, PATIENT, STRANGER};
use salus_primitives::{decision::Denial, CompartmentId};

#[tokio::test]
async fn release_compartment_gives_controller_and_reader_secret_and_profile() {
    let world = World::new().await;
    for reader in [PATIENT, DOCTOR] {
        let request = CompartmentRequest { chart: CHART, compartment: LABORATORY, reader, not_before: None };
        let released = world.gate().release_compartment(&world.signed(request)).await.unwrap();
        let own = world.identities[&reader].encryption();
        assert_eq!(released.open_secret(own).unwrap().public_key(), world.secrets[1].public_key());
        assert!(released.open_profile(own).unwrap().name == "Blood");
        let others = world.identities[&STRANGER].encryption();
        assert!(released.open_profile(others).is_err() && released.open_secret(others).is_err());
    }
}

#[tokio::test]
async fn release_compartment_fails_like_release() {
    let world = World::new().await;
    let request = || CompartmentRequest { chart: CHART, compartment: LABORATORY, reader: DOCTOR, not_before: None };
    let unknown = CompartmentRequest { compartment: CompartmentId(9), ..request() };
    assert_eq!(refusal(world.gate().release_compartment(&world.signed(unknown)).await), GateRefusal::NotFound);
    let old = world.signed_at(request(), NOW - MAX_REQUEST_AGE - 1);
    assert_eq!(refusal(world.gate().release_compartment(&old).await), GateRefusal::RequestNotFresh);
    let forged = request().sign(&GENESIS, GATE, world.identities[&STRANGER].transaction(), NOW);
    assert_eq!(refusal(world.gate().release_compartment(&forged).await), GateRefusal::NotTheMember(DOCTOR));
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
