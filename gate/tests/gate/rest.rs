// SPDX-License-Identifier: Apache-2.0

//! The rest of a blob, after an answer was cut off: the gate decides and hashes again.

use salus_gate::{
    protocol::{GateRefusal, RestRequest},
    ReceiptBook, Released,
};
use salus_gate_testing::{by_doctor, refusal, World, CHART, DOCTOR, ENTRY, GENESIS, GRANT, HOSPITAL, NOW, STRANGER};
use salus_primitives::{decision::Denial, receipts::Opening};
use std::{fs, sync::Arc};
use tokio::io::{AsyncRead, AsyncReadExt};

fn rest(from: u64) -> RestRequest {
    RestRequest { release: by_doctor(0), from }
}

async fn bytes_of(released: Released<impl AsyncRead + Unpin>) -> Vec<u8> {
    let (mut blob, mut bytes) = (released.blob, Vec::new());
    blob.read_to_end(&mut bytes).await.unwrap();
    bytes
}

#[tokio::test]
async fn beginning_and_rest_are_the_blob() {
    let world = World::new().await;
    let gate = world.gate();
    let whole = bytes_of(gate.release(&world.signed(by_doctor(0))).await.unwrap()).await;
    let size = whole.len();
    for from in [0, 1, 100, size / 2, size - 1, size] {
        let released = gate.release_rest(&world.signed(rest(from as u64))).await.unwrap();
        assert_eq!(released.blob.size(), size as u64);
        assert_eq!(bytes_of(released).await, whole[from..], "from {from}");
    }
    let beyond = gate.release_rest(&world.signed(rest(size as u64 + 1))).await;
    assert_eq!(refusal(beyond), GateRefusal::BeyondEnd(size as u64));
}

#[tokio::test]
async fn a_revocation_stops_the_rest() {
    let world = World::new().await;
    world.gate().release(&world.signed(by_doctor(0))).await.unwrap();
    world.change_best(|state| state.grants.get_mut(&(CHART, GRANT)).unwrap().revoked_at = Some(NOW));
    let denied = refusal(world.gate().release_rest(&world.signed(rest(1))).await);
    assert!(matches!(denied, GateRefusal::DeniedAtBest(Denial::Revoked)), "{denied:?}");
    let mut by_stranger = rest(1);
    by_stranger.release.reader = STRANGER;
    assert_eq!(refusal(world.gate().release_rest(&world.signed(by_stranger)).await), GateRefusal::NoSession);
}

#[tokio::test]
async fn damage_before_the_first_byte_of_the_rest_is_noticed() {
    let world = World::new().await;
    let id = world.blocks.0.lock().unwrap()[0].versions[&(by_doctor(0).record, 0)].content;
    let mut bytes = fs::read(world.object(id)).unwrap();
    let size = bytes.len() as u64;
    bytes[150] ^= 1;
    fs::write(world.object(id), bytes).unwrap();
    let damaged = world.gate().release_rest(&world.signed(rest(size - 1))).await;
    assert_eq!(refusal(damaged), GateRefusal::Corrupted(id));
}

#[tokio::test]
async fn the_rest_has_a_receipt_of_its_own() {
    let (world, folder) = (World::new().await, tempfile::tempdir().unwrap());
    let book = ReceiptBook::open(folder.path().to_owned(), GENESIS, HOSPITAL, NOW).unwrap();
    let gate = world.gate().with_receipts(Arc::new(book));
    gate.release(&world.signed(by_doctor(0))).await.unwrap();
    gate.release_rest(&world.signed(rest(1))).await.unwrap();
    let opening = Opening { chart: CHART, entry: ENTRY };
    let stored = ReceiptBook::stored(folder.path(), opening).unwrap().unwrap();
    assert_eq!(stored.receipts.len(), 2);
    assert!(stored.receipts.iter().all(|receipt| receipt.reader == DOCTOR));
}
