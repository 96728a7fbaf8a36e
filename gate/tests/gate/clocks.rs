// SPDX-License-Identifier: Apache-2.0

//! Clocks: a gate whose clock is behind prolongs nothing.

use salus_gate::{
    protocol::{CompartmentRequest, GateRefusal, ReleaseRequest},
    HEAD_LIFE,
};
use salus_gate_testing::{by_doctor, by_patient, refusal, World, CHART, DOCTOR, GRANT, LABORATORY, NOW, SESSION};
use salus_primitives::{decision::Denial, time::MINUTE, Moment};

/// The clock of a gate that is behind both heads of the chain.
const BEHIND: Moment = NOW - MINUTE;

async fn refusal_behind(world: &World, request: ReleaseRequest) -> GateRefusal {
    refusal(world.gate_at(BEHIND).release(&world.signed(request)).await)
}

/// The time of the best block, which is later than that of the finalized one.
fn best_time(world: &World) -> Moment {
    let states = world.blocks.0.lock().unwrap();
    assert!(BEHIND < states[0].time && states[0].time < states[1].time);
    states[1].time
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
async fn release_fails_when_revoked_in_the_best_block_and_the_gates_clock_is_slow() {
    let world = World::new().await;
    assert!(world.gate_at(BEHIND).release(&world.signed(by_doctor(0))).await.is_ok());
    let revoked_at = best_time(&world);
    world.change_best(|state| state.grants.get_mut(&(CHART, GRANT)).unwrap().revoked_at = Some(revoked_at));
    assert_eq!(refusal_behind(&world, by_doctor(0)).await, GateRefusal::DeniedAtBest(Denial::Revoked));
    let request = CompartmentRequest { chart: CHART, compartment: LABORATORY, reader: DOCTOR, not_before: None };
    let outcome = world.gate_at(BEHIND).release_compartment(&world.signed(request)).await;
    assert_eq!(refusal(outcome), GateRefusal::DeniedAtBest(Denial::Revoked));
}

#[tokio::test]
async fn release_fails_when_the_reader_expired_by_the_best_blocks_time_and_the_gates_clock_is_slow() {
    let world = World::new().await;
    let valid_until = best_time(&world);
    world.change(|state| state.members.get_mut(&DOCTOR).unwrap().valid_until = Some(valid_until));
    assert_eq!(refusal_behind(&world, by_doctor(0)).await, GateRefusal::DeniedAtBest(Denial::NotActive));
}

#[tokio::test]
async fn release_fails_when_the_session_is_over_by_the_best_blocks_time_and_the_gates_clock_is_slow() {
    let world = World::new().await;
    let over = best_time(&world);
    let set = |expires_at| {
        world.change(|state| state.sessions.get_mut(&(DOCTOR, SESSION)).unwrap().expires_at = expires_at);
    };
    set(over);
    assert_eq!(refusal_behind(&world, by_doctor(0)).await, GateRefusal::SessionExpired);
    set(over + 1);
    assert!(world.gate_at(BEHIND).release(&world.signed(by_doctor(0))).await.is_ok());
}

#[tokio::test]
async fn release_fails_when_nothing_is_finalized_while_blocks_go_on_and_the_gates_clock_is_slow() {
    let world = World::new().await;
    let finalized = world.blocks.0.lock().unwrap()[0].time;
    world.change_best(|state| state.time = finalized + HEAD_LIFE + 1);
    assert_eq!(refusal_behind(&world, by_doctor(0)).await, GateRefusal::StaleHead(100));
    assert_eq!(refusal_behind(&world, by_patient(0)).await, GateRefusal::StaleHead(100));
    world.change_best(|state| state.time = finalized + HEAD_LIFE);
    assert!(world.gate_at(BEHIND).release(&world.signed(by_patient(0))).await.is_ok());
}
