// SPDX-License-Identifier: Apache-2.0

//! Damage of a repository: it is named with what it costs, and a verifying run heals what can be healed.

use std::fs;
use std::path::{Path, PathBuf};

use super::{password, Machine};
use crate::check::{check, Checked};
use crate::repository::Access;

fn look(machine: &Machine, quick: bool) -> Checked {
    check(&machine.repository(Access::Reads).unwrap(), &password(), quick, |_, _| ()).unwrap()
}

fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn each_damaged_or_missing_piece_is_named_with_what_it_costs() {
    let machine = Machine::new();
    let vault = machine.vault().await;
    let ids = [vault.put(&b"one"[..]).await.unwrap(), vault.put(&b"other"[..]).await.unwrap()];
    let snapshot = machine.save().await.id;
    let whole = look(&machine, false);
    // Two objects, two lists, two files that are not empty.
    assert_eq!((whole.snapshots, whole.pieces, whole.unneeded, whole.damage.len()), (1, 6, 0, 0));
    let (altered, missing, file) = {
        let repository = machine.repository(Access::Reads).unwrap();
        let secret = salus_vault::object_id(b"secret");
        (repository.path_of(&ids[0]), repository.path_of(&ids[1]), repository.path_of(&secret))
    };
    flip(&altered);
    fs::remove_file(&missing).unwrap();
    fs::write(&file, &fs::read(&file).unwrap()[..20]).unwrap();

    let damage = look(&machine, false).damage;
    let costs_of = |path: &PathBuf| {
        let found = damage.iter().find(|damage| damage.file == *path).unwrap();
        assert!(found.snapshots.iter().eq([&snapshot]));
        (found.fault.clone(), found.costs.iter().next().unwrap().clone())
    };
    assert_eq!(damage.len(), 3);
    let (fault, cost) = costs_of(&altered);
    assert!(fault == "altered or cut off" && cost.contains(&ids[0].to_string()), "{fault}: {cost}");
    let (fault, cost) = costs_of(&missing);
    assert!(fault == "missing" && cost.contains(&ids[1].to_string()), "{fault}: {cost}");
    assert!(costs_of(&file).1.contains("etc/keys/node-key"));
    let quick = look(&machine, true).damage;
    assert_eq!(quick.iter().map(|damage| &damage.file).collect::<Vec<_>>(), [&missing]);

    // A run stores again what is missing; one that verifies, also what is damaged.
    let again = machine.save().await;
    assert_eq!((again.new_objects, look(&machine, false).damage.len()), (1, 2));
    let verified = machine.save_with(|sources| sources.verify = true).await.unwrap();
    assert_eq!((verified.new_objects, verified.new_bytes), (1, 6));
    assert_eq!(look(&machine, false).damage, []);
}

#[tokio::test]
async fn a_damaged_list_and_a_damaged_snapshot_are_named() {
    let machine = Machine::new();
    machine.vault().await.put(&b"one"[..]).await.unwrap();
    let first = machine.save().await;
    machine.write("etc/vault.toml", b"institution = 1\n");
    let second = machine.save().await;
    let (list, path) = {
        let repository = machine.repository(Access::Reads).unwrap();
        (repository.path_of(&first.snapshot.vaults[0].lists[0]), repository.path_of_snapshot(&second.id))
    };
    flip(&list);
    flip(&path);
    let found = look(&machine, false);
    assert_eq!(found.snapshots, 1);
    let files: Vec<_> = found.damage.iter().map(|damage| &damage.file).collect();
    assert_eq!(files, [&path, &list]);
    assert!(found.damage[1].costs.iter().any(|cost| cost.contains("list of objects")));
    // A snapshot under another one's name does not open either.
    fs::copy(machine.path("repository/snapshots").join(first.id.as_str()), &path).unwrap();
    assert_eq!(look(&machine, false).damage[0].file, path);
}

#[tokio::test]
async fn one_damaged_copy_of_the_key_costs_nothing_and_is_named() {
    let machine = Machine::new();
    machine.save().await;
    for name in ["salus-backup", "key-copy"] {
        let file = machine.path("repository").join(name);
        let whole = fs::read(&file).unwrap();
        for damaged in [b"".to_vec(), whole[..whole.len() / 2].to_vec(), b"\xff".to_vec()] {
            fs::write(&file, damaged).unwrap();
            let found = look(&machine, false);
            assert_eq!((found.snapshots, found.damage.len()), (1, 1));
            assert_eq!(found.damage[0].file, file);
        }
        fs::remove_file(&file).unwrap();
        assert_eq!(look(&machine, false).damage.len(), 1);
        fs::write(&file, whole).unwrap();
    }
    assert_eq!(look(&machine, false).damage, []);
}
