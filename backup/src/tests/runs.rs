// SPDX-License-Identifier: Apache-2.0

//! The things that a run saves, leaves out and refuses.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;

use rustix::fs::{flock, FlockOperation};
use salus_sealing::keys::KeystoreFault;
use salus_sealing::secret::Password;

use super::{password, place_of, Machine};
use crate::error::BackupError;
use crate::repository::{Access, Repository, Snapshots};
use crate::snapshot::Kind;

#[tokio::test]
async fn a_second_run_stores_only_what_is_new() {
    let machine = Machine::new();
    let vault = machine.vault().await;
    for number in 0..300u32 {
        vault.put(number.to_le_bytes().to_vec()).await.unwrap();
    }
    let first = machine.save().await;
    assert_eq!((first.new_objects, first.snapshot.objects(), first.faults), (300, 300, Vec::new()));
    assert_eq!(first.new_bytes, (b"institution = 0\n".len() + b"secret".len()) as u64);
    vault.put(&b"one more"[..]).await.unwrap();
    let second = machine.save().await;
    assert_eq!((second.new_objects, second.new_bytes, second.snapshot.objects()), (1, 0, 301));
    let changed = first.snapshot.vaults[0].lists.iter().filter(|list| !second.snapshot.vaults[0].lists.contains(list));
    assert!(changed.count() <= 1, "one more object changed many lists");
    let Snapshots { whole, damaged } = machine.repository(Access::Reads).unwrap().snapshots().unwrap();
    assert_eq!((whole.len(), damaged.len()), (2, 0));
}

#[tokio::test]
async fn a_damaged_object_is_named_and_does_not_enter() {
    let machine = Machine::new();
    let vault = machine.vault().await;
    let ids = [vault.put(&b"whole"[..]).await.unwrap(), vault.put(&b"damaged"[..]).await.unwrap()];
    fs::write(place_of(vault.folder(), &ids[1]), b"damagEd").unwrap();
    let saved = machine.save().await;
    assert_eq!((saved.new_objects, saved.snapshot.objects(), saved.snapshot.faults), (1, 1, 1));
    assert!(saved.faults[0].contains(&ids[1].to_string()), "{:?}", saved.faults);
    let repository = machine.repository(Access::Reads).unwrap();
    assert!(repository.has_whole(&ids[0]) && !repository.has(&ids[1]));
}

#[tokio::test]
async fn what_is_on_its_way_or_in_the_ledger_is_no_object() {
    let machine = Machine::new();
    let vault = machine.vault().await;
    fs::write(vault.folder().join("incoming/00"), b"half").unwrap();
    fs::create_dir(vault.folder().join("staging")).unwrap();
    fs::write(vault.folder().join("staging/00"), b"{}").unwrap();
    assert_eq!(machine.save().await.snapshot.objects(), 0);
}

#[tokio::test]
async fn session_keys_vaults_and_special_files_never_enter() {
    let machine = Machine::new();
    machine.write(&format!("etc/keys/session/61757261{}", "11".repeat(32)), b"\"secret\"");
    fs::create_dir_all(machine.path("etc/chains/salus/keystore")).unwrap();
    machine.write("etc/chains/salus/keystore/any", b"secret");
    fs::create_dir(machine.path("etc/vaults")).unwrap();
    salus_vault::Vault::open_folder(machine.path("etc/vaults/0")).await.unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(machine.path("etc/socket")).unwrap();
    let saved = machine.save().await;
    let left_out: Vec<_> = saved.left_out.iter().map(|(path, _)| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(left_out.len(), 4, "{left_out:?}");
    let paths: Vec<_> = saved.snapshot.trees[0].entries.iter().map(|entry| entry.path.as_str()).collect();
    let all = ["", "chains", "chains/salus", "empty", "keys", "keys/node-key", "keys/session", "vault.toml", "vaults"];
    assert_eq!(paths, all);
}

#[tokio::test]
async fn node_data_is_saved_while_no_node_has_it_and_without_its_keys() {
    let machine = Machine::new();
    let data = machine.path("data");
    fs::create_dir_all(data.join("chains/salus/paritydb/full")).unwrap();
    fs::create_dir_all(data.join("chains/salus/keystore")).unwrap();
    fs::write(data.join("chains/salus/keystore/key"), b"secret").unwrap();
    fs::write(data.join("chains/salus/paritydb/full/table"), vec![7; 9_000_000]).unwrap();
    let lock = File::create(data.join("chains/salus/paritydb/full/lock")).unwrap();
    flock(&lock, FlockOperation::NonBlockingLockExclusive).unwrap();
    let outcome = machine.save_with(|sources| sources.node_data = Some(data.clone())).await;
    assert!(matches!(outcome, Err(BackupError::NodeRuns(_))));
    drop(lock);
    let saved = machine.save_with(|sources| sources.node_data = Some(data.clone())).await.unwrap();
    assert_eq!((saved.snapshot.files(Kind::NodeData), saved.left_out.len()), (2, 1));
    let outcome = machine.save_with(|sources| sources.node_data = Some(machine.path("etc"))).await;
    assert!(matches!(outcome, Err(BackupError::Overlap(..) | BackupError::NotNodeData(_))));
}

#[tokio::test]
async fn sources_that_cannot_be_are_refused() {
    let machine = Machine::new();
    machine.vault().await;
    let refusal = |change: &dyn Fn(&mut crate::Sources)| {
        let mut sources = crate::Sources::default();
        change(&mut sources);
        let repository = machine.repository(Access::Writes).unwrap();
        async move { crate::save(&repository, &sources, 0, |_| ()).await.unwrap_err() }
    };
    assert!(matches!(refusal(&|_| ()).await, BackupError::NothingToSave));
    let path = |name: &str| vec![machine.path(name)];
    assert!(matches!(refusal(&|sources| sources.files = path("nowhere")).await, BackupError::NoSource(_)));
    assert!(matches!(refusal(&|sources| sources.files = path("")).await, BackupError::RepositoryInside(_)));
    assert!(matches!(refusal(&|sources| sources.files = path("repository")).await, BackupError::RepositoryInside(_)));
    assert!(matches!(refusal(&|sources| sources.files = path("vault")).await, BackupError::IsAVault(_)));
    assert!(matches!(refusal(&|sources| sources.vaults = path("etc")).await, BackupError::NotAVault(_)));
    assert!(matches!(
        refusal(&|sources| sources.node_data = Some(machine.path("etc"))).await,
        BackupError::NotNodeData(_)
    ));
    let twice = |sources: &mut crate::Sources| sources.files = [path("etc"), path("etc/keys")].concat();
    assert!(matches!(refusal(&twice).await, BackupError::Overlap(..)));
    assert_eq!(machine.repository(Access::Reads).unwrap().snapshots().unwrap().whole.len(), 0);
}

#[tokio::test]
async fn one_command_writes_or_several_read() {
    let machine = Machine::new();
    let reader = machine.repository(Access::Reads).unwrap();
    machine.repository(Access::Reads).unwrap();
    assert!(matches!(machine.repository(Access::Writes), Err(BackupError::Busy(_))));
    drop(reader);
    let _writer = machine.repository(Access::Writes).unwrap();
    assert!(matches!(machine.repository(Access::Reads), Err(BackupError::Busy(_))));
    assert!(matches!(machine.repository(Access::Writes), Err(BackupError::Busy(_))));
}

#[test]
fn a_repository_is_made_once_and_opens_under_its_password() {
    let machine = Machine::new();
    let outcome = Repository::create(&machine.path("repository"), &password());
    assert!(matches!(outcome, Err(BackupError::NotEmpty(_))));
    let open = |name, password| Repository::open(&machine.path(name), &Password::from(password), Access::Reads).err();
    assert!(matches!(open("repository", "wrong"), Some(BackupError::Key(KeystoreFault::WrongPassword))));
    assert!(matches!(open("etc", "correct horse"), Some(BackupError::NotARepository(_))));
    assert!(matches!(open("nowhere", "correct horse"), Some(BackupError::NotARepository(_))));
    let mode = |name| fs::metadata(machine.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("repository/pieces"), 0o700);
    assert_eq!(mode("repository/salus-backup"), 0o600);
}

#[tokio::test]
async fn what_a_killed_run_left_behind_is_swept_away() {
    let machine = Machine::new();
    machine.write("repository/incoming/00", b"half");
    machine.save().await;
    assert_eq!(fs::read_dir(machine.path("repository/incoming")).unwrap().count(), 0);
}

#[tokio::test]
async fn nothing_in_a_repository_can_be_read_or_guessed() {
    let machine = Machine::new();
    let id = machine.vault().await.put(&b"sealed bytes"[..]).await.unwrap();
    machine.save().await;
    let id = id.to_string().replace("0x", "");
    for (path, (_, bytes)) in super::content(&machine.path("repository")) {
        let name = path.display().to_string().replace('/', "");
        assert!(!name.contains(&id[2..]), "{name}");
        for word in [&b"secret"[..], b"institution", b"sealed bytes", b"node-key"] {
            assert!(!bytes.windows(word.len()).any(|window| window == word), "{name}");
        }
    }
}
