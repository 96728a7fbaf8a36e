// SPDX-License-Identifier: Apache-2.0

//! Vaults that come back, by the chain's word.

use std::fs::{self, File};
use std::path::PathBuf;

use rustix::fs::{flock, FlockOperation};
use salus_primitives::Digest;
use salus_vault::Vault;

use super::{place_of, Machine};
use crate::error::BackupError;
use crate::named::NamedByChain;
use crate::repository::Access;
use crate::restore::{restore_vault, Place, RestoredVault};
use crate::Result;

async fn restore(machine: &Machine, named: &NamedByChain, overwrite: bool) -> Result<RestoredVault> {
    let repository = machine.repository(Access::Reads)?;
    let (_, snapshot) = repository.find(None)?;
    let place = Place { target: machine.path("new"), overwrite };
    restore_vault(&repository, &snapshot.vaults[0], named, &place, |_| ()).await
}

fn new_vault(machine: &Machine) -> PathBuf {
    machine.path("new").join(machine.path("vault").strip_prefix("/").unwrap())
}

/// A saved vault with five objects, and their ids.
async fn saved(machine: &Machine) -> Vec<Digest> {
    let (vault, mut ids) = (machine.vault().await, Vec::new());
    for number in 0..5u8 {
        ids.push(vault.put(vec![number; 300_000]).await.unwrap());
    }
    assert_eq!(machine.save().await.new_objects, 5);
    ids
}

fn named(ids: &[Digest]) -> NamedByChain {
    NamedByChain::of(ids.iter().map(|id| (*id, 300_000)))
}

#[tokio::test]
async fn only_objects_that_the_chain_names_come_back() {
    let machine = Machine::new();
    let ids = saved(&machine).await;
    let outcome = restore(&machine, &named(&ids[..3]), false).await.unwrap();
    assert_eq!((outcome.restored, outcome.present, outcome.refused, outcome.faults.len()), (3, 0, 2, 0));
    let vault = Vault::open_folder(new_vault(&machine)).await.unwrap();
    for (place, id) in ids.iter().enumerate() {
        assert_eq!(
            vault.get(id).await.ok().map(|bytes| bytes.to_vec()),
            (place < 3).then(|| vec![place as u8; 300_000])
        );
    }
    // An object that is longer than the chain says is not the one that it means.
    let short = NamedByChain::of([(ids[0], 300_000), (ids[4], 299_999)]);
    let outcome = restore(&machine, &short, true).await.unwrap();
    assert_eq!((outcome.restored, outcome.present, outcome.refused), (0, 1, 4));
}

#[tokio::test]
async fn a_chain_that_names_nothing_of_it_is_another_one() {
    let machine = Machine::new();
    saved(&machine).await;
    let outcome = restore(&machine, &named(&[Digest([1; 32])]), false).await;
    assert!(matches!(outcome, Err(BackupError::AnotherChain(5))));
    assert!(!new_vault(&machine).exists());
}

#[tokio::test]
async fn what_is_there_stays_and_what_is_damaged_there_is_replaced() {
    let machine = Machine::new();
    let ids = saved(&machine).await;
    restore(&machine, &named(&ids), false).await.unwrap();
    assert!(matches!(restore(&machine, &named(&ids), false).await, Err(BackupError::TargetNotEmpty(_))));
    fs::write(place_of(&new_vault(&machine), &ids[0]), b"else").unwrap();
    fs::remove_file(place_of(&new_vault(&machine), &ids[1])).unwrap();
    let outcome = restore(&machine, &named(&ids), true).await.unwrap();
    assert_eq!((outcome.restored, outcome.present), (2, 3));
    let vault = Vault::open_folder(new_vault(&machine)).await.unwrap();
    assert!(vault.get(&ids[0]).await.is_ok() && vault.get(&ids[1]).await.is_ok());
}

#[tokio::test]
async fn an_object_that_is_damaged_in_the_repository_gets_no_name() {
    let machine = Machine::new();
    let ids = saved(&machine).await;
    {
        let repository = machine.repository(Access::Reads).unwrap();
        let (one, other) = (repository.path_of(&ids[0]), repository.path_of(&ids[1]));
        let bytes = fs::read(&one).unwrap();
        fs::write(&one, &bytes[..bytes.len() - 10]).unwrap();
        // Whole, but another object.
        fs::copy(repository.path_of(&ids[2]), other).unwrap();
    }
    let outcome = restore(&machine, &named(&ids), false).await.unwrap();
    assert_eq!((outcome.restored, outcome.faults.len()), (3, 2));
    let vault = Vault::open_folder(new_vault(&machine)).await.unwrap();
    assert_eq!(vault.len().await.unwrap(), 3);
    assert_eq!(fs::read_dir(vault.folder().join("incoming")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_vault_that_a_service_has_is_left_alone() {
    let machine = Machine::new();
    let ids = saved(&machine).await;
    Vault::open_folder(new_vault(&machine)).await.unwrap();
    let service = File::open(new_vault(&machine)).unwrap();
    flock(&service, FlockOperation::NonBlockingLockExclusive).unwrap();
    assert!(matches!(restore(&machine, &named(&ids), true).await, Err(BackupError::ServiceRuns(_))));
    drop(service);
    assert_eq!(restore(&machine, &named(&ids), true).await.unwrap().restored, 5);
}
