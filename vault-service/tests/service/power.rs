// SPDX-License-Identifier: Apache-2.0

//! Uploads outlive a power failure.

use crate::{
    messages::{answer, service},
    writes::{part, request, stage},
};
use axum::http::StatusCode;
use salus_gate_testing::{World, DOCTOR};
use salus_vault::{object_id, Vault};
use salus_vault_service::staging::{Ledger, Limits};
use salus_vault_testing::disk::{self, Disk};
use std::fs;
use tokio::runtime::Runtime;

/// The first upload begins the ledger. The second one has more small objects than are stored side by side, and a large one.
fn uploads() -> [Vec<Vec<u8>>; 2] {
    let mut many: Vec<_> = (0..20u8).map(|number| vec![number; 1_000]).collect();
    many.push(vec![7; 70_000]);
    [vec![vec![8; 10]], many]
}

#[test]
fn a_power_failure_leaves_no_object_without_its_entry_and_all_that_were_answered() {
    let name = "power::a_power_failure_leaves_no_object_without_its_entry_and_all_that_were_answered";
    let watched = Disk::of(name, |_| {
        Runtime::new().unwrap().block_on(async {
            let world = World::new().await;
            let (router, _) = service(&world);
            disk::begin();
            for (number, objects) in uploads().iter().enumerate() {
                let upload = stage(&world, &router, request(DOCTOR, objects)).await.to_string();
                let (status, ..) = answer(&router, part(&upload, Some(0), &objects.concat())).await;
                assert_eq!(status, StatusCode::CREATED);
                disk::answered(number);
            }
        });
    });
    let Some(watched) = watched else { return };
    let runtime = Runtime::new().unwrap();
    watched.after_each_call(|left, answers| {
        // The vault is in a folder whose name was chosen by chance.
        let place = fs::read_dir(left).unwrap().next().unwrap().unwrap().path().join("vault");
        runtime.block_on(async {
            let vault = Vault::open_folder(place).await.unwrap();
            let ledger = Ledger::open(&vault, Limits::default()).unwrap();
            for (number, objects) in uploads().iter().enumerate() {
                for id in objects.iter().map(|object| object_id(object)) {
                    let is_there = vault.has(&id).await.unwrap();
                    assert!(is_there || number >= answers, "an object of upload {number} is lost");
                    if is_there {
                        vault.get(&id).await.unwrap();
                        assert!(ledger.has(&id), "an object of upload {number} has no entry");
                    }
                }
            }
        });
    });
}
