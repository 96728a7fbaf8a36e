// SPDX-License-Identifier: Apache-2.0

//! Files that come back.

use std::fs;
use std::os::unix::fs::{symlink, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::{content, Machine};
use crate::error::BackupError;
use crate::repository::Access;
use crate::restore::{restore_files, Place, RestoredFiles};
use crate::snapshot::Kind;
use crate::Result;

fn restore(machine: &Machine, to: &str, overwrite: bool) -> Result<RestoredFiles> {
    let repository = machine.repository(Access::Reads)?;
    let (_, snapshot) = repository.find(None)?;
    restore_files(&repository, &snapshot, Kind::Files, &Place { target: machine.path(to), overwrite })
}

/// Where `etc` is after a restoration to the folder `to`.
fn restored(machine: &Machine, to: &str) -> PathBuf {
    machine.path(to).join(machine.path("etc").strip_prefix("/").unwrap())
}

#[tokio::test]
async fn files_folders_and_links_come_back_as_they_were() {
    let machine = Machine::new();
    symlink("vault.toml", machine.path("etc/link")).unwrap();
    symlink("/nowhere", machine.path("etc/broken")).unwrap();
    machine.write("etc/large", &(0..9_000_000u32).map(|place| (place % 251) as u8).collect::<Vec<_>>());
    fs::create_dir(machine.path("etc/locked")).unwrap();
    machine.write("etc/locked/file", b"x");
    fs::set_permissions(machine.path("etc/locked"), fs::Permissions::from_mode(0o500)).unwrap();
    fs::set_permissions(machine.path("etc/vault.toml"), fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(machine.save().await.faults, Vec::<String>::new());
    let outcome = restore(&machine, "new", false).unwrap();
    assert_eq!((outcome.files, outcome.other_owner, outcome.faults.len()), (5, 0, 0));
    assert_eq!(content(&restored(&machine, "new")), content(&machine.path("etc")));
    let owner = |path: PathBuf| fs::metadata(path).map(|found| (found.uid(), found.gid())).unwrap();
    assert_eq!(owner(restored(&machine, "new").join("vault.toml")), owner(machine.path("etc/vault.toml")));
}

#[tokio::test]
async fn a_folder_that_is_not_empty_is_refused_until_it_may_be_overwritten() {
    let machine = Machine::new();
    machine.save().await;
    restore(&machine, "new", false).unwrap();
    let place = restored(&machine, "new");
    fs::write(place.join("vault.toml"), b"other").unwrap();
    fs::write(place.join("own"), b"kept").unwrap();
    fs::write(place.join(".salus-restore-00"), b"half").unwrap();
    assert!(matches!(restore(&machine, "new", false), Err(BackupError::TargetNotEmpty(_))));
    assert_eq!(fs::read(place.join("vault.toml")).unwrap(), b"other");
    restore(&machine, "new", true).unwrap();
    let mut found = content(&place);
    assert_eq!(found.remove(Path::new("own")).unwrap().1, b"kept");
    assert_eq!(found, content(&machine.path("etc")));
}

#[tokio::test]
async fn nothing_is_restored_through_a_link() {
    let machine = Machine::new();
    machine.save().await;
    let place = restored(&machine, "new");
    fs::create_dir_all(&place).unwrap();
    fs::create_dir(machine.path("elsewhere")).unwrap();
    symlink(machine.path("elsewhere"), place.join("keys")).unwrap();
    assert!(matches!(restore(&machine, "new", true), Err(BackupError::NotAFolder(_))));
    assert_eq!(fs::read_dir(machine.path("elsewhere")).unwrap().count(), 0);
    // A link in the place of a file is replaced, and not followed.
    fs::remove_file(place.join("keys")).unwrap();
    machine.write("elsewhere/file", b"kept");
    let _ = fs::remove_file(place.join("vault.toml"));
    symlink(machine.path("elsewhere/file"), place.join("vault.toml")).unwrap();
    restore(&machine, "new", true).unwrap();
    assert_eq!(fs::read(machine.path("elsewhere/file")).unwrap(), b"kept");
    assert_eq!(content(&place), content(&machine.path("etc")));
}

#[tokio::test]
async fn a_file_whose_piece_is_damaged_is_named_and_does_not_come_back() {
    let machine = Machine::new();
    machine.save().await;
    let piece = machine.repository(Access::Reads).unwrap().path_of(&salus_vault::object_id(b"secret"));
    let whole = fs::read(&piece).unwrap();
    fs::write(&piece, &whole[..whole.len() - 1]).unwrap();
    let outcome = restore(&machine, "new", false).unwrap();
    assert!(outcome.faults.len() == 1 && outcome.faults[0].contains("node-key"), "{:?}", outcome.faults);
    let found = content(&restored(&machine, "new"));
    assert_eq!(outcome.files, 2);
    assert!(!found.keys().any(|path| path.ends_with("node-key") || path.to_string_lossy().contains(".salus-restore")));
}

#[tokio::test]
async fn a_file_that_is_written_all_the_time_is_named_and_never_saved_half() {
    let machine = Machine::new();
    let length = 40_000_000;
    machine.write("etc/busy", &vec![1; length]);
    let (path, end) = (machine.path("etc/busy"), std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false)));
    let writer = std::thread::spawn({
        let end = end.clone();
        move || {
            use std::io::Write;
            let mut file = fs::File::options().append(true).open(path).unwrap();
            while !end.load(std::sync::atomic::Ordering::Relaxed) {
                // Without a pause: however quick the reader is, the file changes meanwhile.
                file.write_all(b"x").unwrap();
            }
        }
    });
    while fs::metadata(machine.path("etc/busy")).unwrap().len() == length as u64 {
        std::thread::yield_now();
    }
    let saved = machine.save().await;
    end.store(true, std::sync::atomic::Ordering::Relaxed);
    writer.join().unwrap();
    assert!(saved.faults.len() == 1 && saved.faults[0].contains("changed"), "{:?}", saved.faults);
    assert!(!saved.snapshot.trees[0].entries.iter().any(|entry| entry.path == "busy"));
    assert_eq!(machine.save().await.faults, Vec::<String>::new());
}

#[tokio::test]
async fn snapshots_are_found_by_their_first_digits() {
    let machine = Machine::new();
    assert!(matches!(machine.repository(Access::Reads).unwrap().find(None), Err(BackupError::NoSnapshot(_))));
    let id = machine.save().await.id;
    let repository = machine.repository(Access::Reads).unwrap();
    assert_eq!(repository.find(Some(&id.as_str()[..4])).unwrap().0, id);
    assert!(matches!(repository.find(Some("x")), Err(BackupError::NoSnapshot(_))));
    drop(repository);
    machine.save().await;
    let repository = machine.repository(Access::Reads).unwrap();
    assert!(matches!(repository.find(Some("")), Err(BackupError::Ambiguous(_))));
}
