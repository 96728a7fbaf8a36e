// SPDX-License-Identifier: Apache-2.0

//! The tests of a vault in a folder only.

use crate::{file_in, Place};
use proptest::prelude::*;
use salus_primitives::Digest;
use salus_vault::{object_id, OpenError, Vault, VaultError};
use std::{
    fs, io,
    path::Path,
    time::{Duration, SystemTime},
};
use tokio::io::AsyncReadExt;

#[tokio::test]
async fn size_of_a_huge_file_is_known_without_reading_it() {
    let Place { vault, scratch: _scratch, .. } = Place::folder().await;
    let id = vault.put(&b"sealed"[..]).await.unwrap();
    // A tebibyte with next to nothing on the disk: reading it would take many minutes.
    fs::File::options().write(true).open(file_in(vault.folder(), &id)).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(vault.size(&id).await.unwrap(), 1 << 40);
}

#[tokio::test]
async fn reader_of_size_reads_no_further_than_that() {
    let Place { vault, scratch: _scratch, .. } = Place::folder().await;
    let id = vault.put(&b"sealed"[..]).await.unwrap();
    for size in 0..6 {
        assert!(matches!(vault.reader_of_size(&id, size).await, Err(VaultError::Corrupted { .. })), "{size}");
    }
    // There are fewer.
    assert!(matches!(vault.reader_of_size(&id, 7).await, Err(VaultError::Unreadable { .. })));
    // The file grows after its size was asked for.
    let size = vault.size(&id).await.unwrap();
    fs::File::options().write(true).open(file_in(vault.folder(), &id)).unwrap().set_len(1 << 40).unwrap();
    let mut read = Vec::new();
    vault.reader_of_size(&id, size).await.unwrap().read_to_end(&mut read).await.unwrap();
    assert_eq!(read, b"sealed");
}

#[cfg(unix)]
#[tokio::test]
async fn an_object_that_the_system_does_not_read_is_told_from_a_store_that_fails() {
    let Place { vault, scratch: _scratch, .. } = Place::folder().await;
    let id = vault.put(&b"sealed"[..]).await.unwrap();
    let file = file_in(vault.folder(), &id);
    let unreadable = |fault: VaultError| match fault {
        VaultError::Unreadable { id: named, source } => (named == id).then_some(source.kind()),
        _ => None,
    };
    // The system does not even say how long it is.
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(&file, &file).unwrap();
    assert!(unreadable(vault.size(&id).await.unwrap_err()).is_some());
    assert!(unreadable(vault.get(&id).await.unwrap_err()).is_some());
    let other = vault.put(&b"another"[..]).await.unwrap();
    assert_eq!(vault.len().await.unwrap(), 2, "it is listed, and hides no other");
    assert!(vault.list(None, 9).await.unwrap().contains(&id) && vault.has(&other).await.unwrap());
    // A name that leads to a folder opens, and fails when it is read.
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(vault.folder(), &file).unwrap();
    let error = vault.reader_of_size(&id, 6).await.err().unwrap();
    assert!(error.is_damage(), "{error}");
    assert!(unreadable(error).is_some());
    // A whole copy takes its place.
    vault.put(&b"sealed"[..]).await.unwrap();
    assert_eq!(vault.get(&id).await.unwrap(), &b"sealed"[..]);
}

#[tokio::test]
async fn a_damaged_object_is_streamed_up_to_its_last_piece_only() {
    let Place { vault, scratch: _scratch, .. } = Place::folder().await;
    for size in [1usize, 256 * 1024, 256 * 1024 + 1, 1_000_000] {
        let mut bytes = vec![3; size];
        let id = vault.put(bytes.clone()).await.unwrap();
        let mut read = Vec::new();
        vault.stream_of_size(&id, size as u64).await.unwrap().read_to_end(&mut read).await.unwrap();
        assert!(read == bytes);
        bytes[0] ^= 1;
        fs::write(file_in(vault.folder(), &id), &bytes).unwrap();
        let stream = vault.stream_of_size(&id, size as u64).await;
        if size <= 256 * 1024 {
            assert!(matches!(stream, Err(VaultError::Corrupted { .. })), "{size}");
            continue;
        }
        let (mut stream, mut read) = (stream.unwrap(), Vec::new());
        let error = stream.read_to_end(&mut read).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(read.len() < size, "{} of {size}", read.len());
        assert_eq!(stream.read(&mut [0; 8]).await.unwrap(), 0, "nothing follows");
        fs::remove_file(file_in(vault.folder(), &id)).unwrap();
        assert!(matches!(vault.stream_of_size(&id, size as u64).await, Err(VaultError::NotFound(_))));
    }
}

#[tokio::test]
async fn reader_fails_when_the_object_changes_while_it_is_read() {
    let Place { vault, scratch: _scratch, .. } = Place::folder().await;
    let mut bytes = vec![3; 2_000_000];
    let id = vault.put(bytes.clone()).await.unwrap();
    let mut reader = vault.reader(&id).await.unwrap();
    let mut first = [0; 16];
    reader.read_exact(&mut first).await.unwrap();
    bytes[1_900_000] ^= 1;
    // Over the same file, as a tampering hand would; a rename would leave the open file as it is.
    fs::write(file_in(vault.folder(), &id), &bytes).unwrap();
    let error = reader.read_to_end(&mut Vec::new()).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
}

#[tokio::test]
async fn a_crash_before_the_rename_leaves_nothing_listed() {
    let Place { vault, scratch: _scratch, .. } = Place::folder().await;
    let bytes = b"half an obj";
    // The leftover of a process that is killed between writing and renaming.
    let leftover = vault.folder().join("incoming").join("00112233445566778899aabbccddeeff");
    fs::write(&leftover, bytes).unwrap();
    assert!(!vault.has(&object_id(bytes)).await.unwrap());
    assert_eq!(vault.list(None, 10).await.unwrap(), []);
    assert_eq!(vault.len().await.unwrap(), 0);

    // It may still be arriving, so opening the vault again spares it; a day later no process owns it.
    Vault::open_folder(vault.folder()).await.unwrap();
    assert!(leftover.exists());
    let file = fs::File::options().write(true).open(&leftover).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(25 * 3600)).unwrap();
    Vault::open_folder(vault.folder()).await.unwrap();
    assert!(!leftover.exists());
}

#[tokio::test]
async fn open_folder_opens_what_it_made() {
    let Place { vault, scratch: _scratch, .. } = Place::folder().await;
    let id = vault.put(&b"sealed"[..]).await.unwrap();
    let again = Vault::open_folder(vault.folder()).await.unwrap();
    assert_eq!(again.get(&id).await.unwrap(), &b"sealed"[..]);
}

#[tokio::test]
async fn open_folder_refuses_what_is_no_vault() {
    let folder = tempfile::tempdir().unwrap();
    let (file, full, later) = (folder.path().join("file"), folder.path().join("full"), folder.path().join("later"));
    fs::write(&file, b"x").unwrap();
    fs::create_dir(&full).unwrap();
    fs::write(full.join("letter"), b"x").unwrap();
    fs::create_dir(&later).unwrap();
    fs::write(later.join("salus-vault"), b"2\n").unwrap();
    assert!(matches!(Vault::open_folder(&file).await, Err(OpenError::NotAFolder(_))));
    assert!(matches!(Vault::open_folder(&full).await, Err(OpenError::NotAVault(_))));
    assert!(matches!(Vault::open_folder(&later).await, Err(OpenError::UnknownFormat(_))));
    assert!(matches!(Vault::open_folder(file.join("below")).await, Err(OpenError::Io { .. })));
    assert_eq!(fs::read_dir(&full).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_folder_by_many_at_once_makes_one_vault() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let tasks: Vec<_> = (0..16).map(|_| tokio::spawn(Vault::open_folder(path.clone()))).collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn folder_and_objects_are_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let Place { vault, scratch: _scratch, .. } = Place::folder().await;
    let id = vault.put(&b"sealed"[..]).await.unwrap();
    let object = file_in(vault.folder(), &id);
    for folder in [vault.folder(), object.parent().unwrap(), &vault.folder().join("incoming")] {
        assert_eq!(mode(folder), 0o700, "{folder:?}");
    }
    assert_eq!(mode(&object), 0o600);

    fs::set_permissions(vault.folder(), PermissionsExt::from_mode(0o755)).unwrap();
    Vault::open_folder(vault.folder()).await.unwrap();
    assert_eq!(mode(vault.folder()), 0o700);
}

/// The folder and object that [`a_vault_on_a_read_only_file_system_can_be_read`] hands to itself, in a mount namespace.
const READ_ONLY: &str = "SALUS_TEST_READ_ONLY_VAULT";

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_vault_on_a_read_only_file_system_can_be_read() {
    if let Ok(place) = std::env::var(READ_ONLY) {
        let (folder, id) = place.split_once('=').unwrap();
        let vault = Vault::open_folder(folder).await.unwrap();
        assert_eq!(vault.get(&id.parse().unwrap()).await.unwrap(), &b"sealed"[..]);
        assert!(matches!(vault.put(&b"more"[..]).await, Err(VaultError::Io(_))));
        return;
    }
    let Place { vault, scratch: _scratch, .. } = Place::folder().await;
    let id = vault.put(&b"sealed"[..]).await.unwrap();
    // Parts that an older version never made, and parts that it would have to mend.
    fs::remove_dir(vault.folder().join("incoming")).unwrap();
    fs::set_permissions(vault.folder(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let script = r#"mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec "$2" --exact "$3" --nocapture"#;
    let again = std::process::Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", script, "sh"])
        .arg(vault.folder())
        .arg(std::env::current_exe().unwrap())
        .arg("a_vault_on_a_read_only_file_system_can_be_read")
        .env(READ_ONLY, format!("{}={id}", vault.folder().display()))
        .output()
        .unwrap();
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
}

#[test]
fn no_id_leads_out_of_the_vault() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Place { vault, scratch: _scratch, .. } = runtime.block_on(Place::folder());
    let before = fs::read_dir(vault.folder().parent().unwrap()).unwrap().count();
    proptest!(ProptestConfig::with_cases(64), |(bytes in any::<[u8; 32]>(), content in any::<Vec<u8>>())| {
        let id = Digest(bytes);
        prop_assert!(file_in(vault.folder(), &id).starts_with(vault.folder()));
        prop_assert!(!runtime.block_on(vault.has(&id)).unwrap());
        prop_assert!(!runtime.block_on(vault.delete(&id)).unwrap());
        let stored = runtime.block_on(vault.put(content)).unwrap();
        prop_assert!(file_in(vault.folder(), &stored).is_file());
    });
    for text in ["../../../../etc/passwd", "..", "/etc/passwd", "ab/../../x", ""] {
        assert!(text.parse::<Digest>().is_err());
    }
    assert_eq!(fs::read_dir(vault.folder().parent().unwrap()).unwrap().count(), before);
}
