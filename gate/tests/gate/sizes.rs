// SPDX-License-Identifier: Apache-2.0

//! Sizes: the gate refuses an object that is too long before its store reads a byte of it.

use salus_gate::{
    protocol::{CompartmentRequest, GateRefusal, KeyRequest},
    ReleaseGate, Store, StoreFault,
};
use salus_gate_testing::{by_doctor, by_patient, record, refusal, World, CHART, DOCTOR, GATE, GRANT, LABORATORY, NOW};
use salus_primitives::Digest;
use salus_vault::{ObjectReader, Vault};
use std::fs::File;

/// A vault that says of one object that it is huge, and panics when the gate has it read.
#[derive(Clone)]
struct WithHuge {
    vault: Vault,
    huge: Digest,
}

impl Store for WithHuge {
    type Bytes = ObjectReader;

    async fn size(&self, id: &Digest) -> Result<u64, StoreFault> {
        if *id == self.huge {
            return Ok(u64::MAX);
        }
        Store::size(&self.vault, id).await
    }

    async fn object(&self, id: &Digest, size: u64) -> Result<ObjectReader, StoreFault> {
        assert_ne!(*id, self.huge, "the huge object is read");
        self.vault.object(id, size).await
    }

    async fn stream(&self, id: &Digest, size: u64) -> Result<ObjectReader, StoreFault> {
        assert_ne!(*id, self.huge, "the huge object is read");
        self.vault.stream(id, size).await
    }
}

#[tokio::test]
async fn release_refuses_a_huge_object_without_reading_it() {
    let world = World::new().await;
    let gate = |huge| {
        let store = WithHuge { vault: world.vault.clone(), huge };
        ReleaseGate::with_clock(GATE, world.blocks.clone(), store, || NOW)
    };
    let state = world.blocks.0.lock().unwrap()[0].clone();
    let version = &state.versions[&(record(0), 0)];
    let newest = &state.epochs[&(CHART, LABORATORY, 1)];
    for (huge, request) in [
        (version.content, by_doctor(0)),
        (version.key_envelope, by_doctor(0)),
        (state.grants[&(CHART, GRANT)].envelope.unwrap().hash, by_doctor(0)),
        (newest.link.unwrap(), by_doctor(0)),
        (newest.secret_envelope, by_patient(1)),
    ] {
        let key = gate(huge).release_key(&world.signed(KeyRequest(request.clone()))).await.map(|_| ());
        let blob = gate(huge).release(&world.signed(request)).await.map(|_| ());
        assert_eq!(refusal(key.and(blob)), GateRefusal::Corrupted(huge));
    }
    let profile = state.compartments[&(CHART, LABORATORY)].profile;
    let request = CompartmentRequest { chart: CHART, compartment: LABORATORY, reader: DOCTOR, not_before: None };
    let outcome = gate(profile).release_compartment(&world.signed(request)).await;
    assert_eq!(refusal(outcome), GateRefusal::Corrupted(profile));
}

/// A sparse file of a tebibyte: reading it would take many minutes.
#[tokio::test]
async fn release_refuses_a_huge_file_under_the_address_of_an_envelope_or_blob() {
    let world = World::new().await;
    let version = world.blocks.0.lock().unwrap()[0].versions[&(record(0), 0)].clone();
    // The gate comes by the envelope first.
    for id in [version.content, version.key_envelope] {
        File::options().write(true).open(world.object(id)).unwrap().set_len(1 << 40).unwrap();
        assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::Corrupted(id));
    }
}

#[tokio::test]
async fn release_gives_a_blob_up_to_its_registered_size_and_none_longer() {
    let world = World::new().await;
    let version = world.blocks.0.lock().unwrap()[0].versions[&(record(0), 0)].clone();
    let size = world.vault.size(&version.content).await.unwrap();
    let set = |size| world.change(|state| state.versions.get_mut(&(record(0), 0)).unwrap().size = size);
    set(size);
    assert!(world.gate().release(&world.signed(by_doctor(0))).await.is_ok());
    set(size - 1);
    assert_eq!(world.refusal(by_doctor(0)).await, GateRefusal::Corrupted(version.content));
}
