// SPDX-License-Identifier: Apache-2.0

//! A vault in a folder outlives a power failure.

use salus_vault::{object_id, Vault};
use salus_vault_testing::disk::{self, Disk};
use tokio::runtime::Runtime;

/// Objects of different lengths. Two are neighbors in one folder.
fn contents() -> Vec<Vec<u8>> {
    let first = b"sealed".to_vec();
    let mut numbers = (0..u32::MAX).map(|number| number.to_be_bytes().to_vec());
    let neighbor = numbers.find(|content| object_id(content).0[0] == object_id(&first).0[0]).unwrap();
    vec![first, vec![1; 300_000], neighbor, Vec::new()]
}

#[test]
fn a_power_failure_leaves_whole_objects_and_all_whose_put_returned() {
    let name = "power::a_power_failure_leaves_whole_objects_and_all_whose_put_returned";
    let watched = Disk::of(name, |place| {
        disk::begin();
        Runtime::new().unwrap().block_on(async {
            let vault = Vault::open_folder(place.join("vault")).await.unwrap();
            for (number, content) in contents().into_iter().enumerate() {
                vault.put(content).await.unwrap();
                disk::answered(number);
            }
        });
    });
    let Some(watched) = watched else { return };
    let runtime = Runtime::new().unwrap();
    watched.after_each_call(|left, answers| {
        runtime.block_on(async {
            let vault = Vault::open_folder(left.join("vault")).await.unwrap();
            for id in vault.list(None, usize::MAX).await.unwrap() {
                vault.get(&id).await.unwrap();
            }
            for content in &contents()[..answers] {
                assert!(vault.has(&object_id(content)).await.unwrap(), "of {answers}");
            }
        });
    });
}
