// SPDX-License-Identifier: Apache-2.0

//! The vault in a folder: what goes in comes out, and nothing else ever does.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use salus_primitives::Digest;
use salus_vault::{object_id, OpenError, Vault, VaultError};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

async fn vault() -> (TempDir, Vault) {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::open_folder(folder.path().join("vault")).await.unwrap();
    (folder, vault)
}

fn file_of(vault: &Vault, id: &Digest) -> PathBuf {
    let text = id.to_string();
    vault.folder().join(&text[2..4]).join(&text[4..])
}

fn incoming(vault: &Vault) -> usize {
    fs::read_dir(vault.folder().join("incoming")).unwrap().count()
}

/// Yields some bytes, then fails, as a broken connection does.
struct Broken(usize);

impl AsyncRead for Broken {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.0 == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let length = self.0.min(out.remaining());
        out.put_slice(&vec![7; length]);
        self.0 -= length;
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn put_then_get_returns_the_same_bytes() {
    let (_folder, vault) = vault().await;
    for length in [0, 1, 255, 4096, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 1_000_000] {
        let bytes = vec![length as u8; length];
        let id = vault.put(bytes.clone()).await.unwrap();
        assert_eq!(id, object_id(&bytes));
        assert_eq!(vault.get(&id).await.unwrap(), bytes);
        assert!(vault.has(&id).await.unwrap());
        assert_eq!(vault.size(&id).await.unwrap(), length as u64);
        let mut reader = vault.reader(&id).await.unwrap();
        assert_eq!(reader.size(), length as u64);
        let mut read = Vec::new();
        reader.read_to_end(&mut read).await.unwrap();
        assert_eq!(read, bytes);
    }
    assert_eq!(incoming(&vault), 0);
}

#[tokio::test]
async fn object_id_is_the_sha256_of_the_bytes() {
    let (_folder, vault) = vault().await;
    let id = vault.put(&b"abc"[..]).await.unwrap();
    assert_eq!(id.to_string(), "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert!(file_of(&vault, &id).is_file());
}

#[tokio::test]
async fn put_file_stores_the_content_of_a_file() {
    let (folder, vault) = vault().await;
    let path = folder.path().join("object");
    fs::write(&path, b"sealed").unwrap();
    assert_eq!(vault.put_file(&path).await.unwrap(), (object_id(b"sealed"), 6));
    assert!(matches!(vault.put_file(folder.path().join("none")).await, Err(VaultError::Source(_))));
}

#[tokio::test]
async fn get_fails_when_the_object_is_missing() {
    let (_folder, vault) = vault().await;
    let id = Digest([9; 32]);
    assert!(matches!(vault.get(&id).await, Err(VaultError::NotFound(missing)) if missing == id));
    assert!(matches!(vault.reader(&id).await, Err(VaultError::NotFound(missing)) if missing == id));
    assert!(matches!(vault.reader_of_size(&id, 1).await, Err(VaultError::NotFound(missing)) if missing == id));
    assert!(matches!(vault.size(&id).await, Err(VaultError::NotFound(missing)) if missing == id));
    assert!(!vault.has(&id).await.unwrap());
    assert!(!vault.delete(&id).await.unwrap());
}

#[tokio::test]
async fn get_fails_when_any_byte_is_flipped() {
    let (_folder, vault) = vault().await;
    let bytes: Vec<u8> = (0..200).collect();
    let id = vault.put(bytes.clone()).await.unwrap();
    for place in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[place] ^= 0x10;
        fs::write(file_of(&vault, &id), &flipped).unwrap();
        match vault.get(&id).await {
            Err(VaultError::Corrupted { expected, found }) => {
                assert_eq!((expected, found), (id, object_id(&flipped)));
            }
            _ => panic!("byte {place}"),
        }
        assert!(matches!(vault.reader(&id).await, Err(VaultError::Corrupted { .. })));
    }
}

#[tokio::test]
async fn get_fails_when_the_object_is_cut_off_or_extended() {
    let (_folder, vault) = vault().await;
    let bytes = vec![3; 600_000];
    let id = vault.put(bytes.clone()).await.unwrap();
    for length in [0, 1, 256 * 1024, 599_999] {
        fs::write(file_of(&vault, &id), &bytes[..length]).unwrap();
        assert!(matches!(vault.get(&id).await, Err(VaultError::Corrupted { .. })));
        assert!(matches!(vault.reader(&id).await, Err(VaultError::Corrupted { .. })));
    }
    fs::write(file_of(&vault, &id), [&bytes[..], &[0]].concat()).unwrap();
    assert!(matches!(vault.get(&id).await, Err(VaultError::Corrupted { .. })));
}

#[tokio::test]
async fn size_of_a_huge_file_is_known_without_reading_it() {
    let (_folder, vault) = vault().await;
    let id = vault.put(&b"sealed"[..]).await.unwrap();
    // A tebibyte with next to nothing on the disk: reading it would take many minutes.
    fs::File::options().write(true).open(file_of(&vault, &id)).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(vault.size(&id).await.unwrap(), 1 << 40);
}

#[tokio::test]
async fn reader_of_size_reads_no_further_than_that() {
    let (_folder, vault) = vault().await;
    let id = vault.put(&b"sealed"[..]).await.unwrap();
    for size in 0..6 {
        assert!(matches!(vault.reader_of_size(&id, size).await, Err(VaultError::Corrupted { .. })), "{size}");
    }
    assert!(matches!(vault.reader_of_size(&id, 7).await, Err(VaultError::Io(_))));
    // The file grows after its size was asked for.
    let size = vault.size(&id).await.unwrap();
    fs::File::options().write(true).open(file_of(&vault, &id)).unwrap().set_len(1 << 40).unwrap();
    let mut read = Vec::new();
    vault.reader_of_size(&id, size).await.unwrap().read_to_end(&mut read).await.unwrap();
    assert_eq!(read, b"sealed");
}

#[tokio::test]
async fn reader_fails_when_the_object_changes_while_it_is_read() {
    let (_folder, vault) = vault().await;
    let mut bytes = vec![3; 2_000_000];
    let id = vault.put(bytes.clone()).await.unwrap();
    let mut reader = vault.reader(&id).await.unwrap();
    let mut first = [0; 16];
    reader.read_exact(&mut first).await.unwrap();
    bytes[1_900_000] ^= 1;
    // Over the same file, as a tampering hand would; a rename would leave the open file as it is.
    fs::write(file_of(&vault, &id), &bytes).unwrap();
    let error = reader.read_to_end(&mut Vec::new()).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
}

#[tokio::test]
async fn put_heals_a_corrupted_object() {
    let (_folder, vault) = vault().await;
    let id = vault.put(&b"sealed"[..]).await.unwrap();
    fs::write(file_of(&vault, &id), b"broken").unwrap();
    assert_eq!(vault.put(&b"sealed"[..]).await.unwrap(), id);
    assert_eq!(vault.get(&id).await.unwrap(), &b"sealed"[..]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn put_of_the_same_object_by_many_at_once_stores_it_once() {
    let (_folder, vault) = vault().await;
    let bytes = vec![5; 700_000];
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let (vault, bytes) = (vault.clone(), bytes.clone());
            tokio::spawn(async move { vault.put(bytes).await.unwrap() })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), object_id(&bytes));
    }
    assert_eq!(vault.len().await.unwrap(), 1);
    assert_eq!(vault.get(&object_id(&bytes)).await.unwrap(), bytes);
    assert_eq!(incoming(&vault), 0);
}

#[tokio::test]
async fn put_reader_stores_nothing_when_the_source_fails() {
    let (_folder, vault) = vault().await;
    for length in [0, 10, 600_000] {
        assert!(matches!(vault.put_reader(Broken(length)).await, Err(VaultError::Source(_))));
    }
    assert!(vault.is_empty().await.unwrap());
    assert_eq!(incoming(&vault), 0);
}

#[tokio::test]
async fn a_crash_before_the_rename_leaves_nothing_listed() {
    let (_folder, vault) = vault().await;
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
async fn a_cancelled_put_stores_nothing() {
    let (_folder, vault) = vault().await;
    let (mut sender, receiver) = tokio::io::duplex(1024);
    let task = tokio::spawn({
        let vault = vault.clone();
        async move { vault.put_reader(receiver).await }
    });
    tokio::io::AsyncWriteExt::write_all(&mut sender, &[1; 4096]).await.unwrap();
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert!(vault.is_empty().await.unwrap());
}

#[tokio::test]
async fn delete_removes_one_object() {
    let (_folder, vault) = vault().await;
    let (one, two) = (vault.put(&b"one"[..]).await.unwrap(), vault.put(&b"two"[..]).await.unwrap());
    assert!(vault.delete(&one).await.unwrap());
    assert!(!vault.delete(&one).await.unwrap());
    assert_eq!(vault.list(None, 10).await.unwrap(), [two]);
}

#[tokio::test]
async fn list_goes_through_all_ids_page_by_page() {
    let (_folder, vault) = vault().await;
    let mut expected = BTreeSet::new();
    for number in 0..100u32 {
        expected.insert(vault.put(number.to_be_bytes().to_vec()).await.unwrap());
    }
    // Things that are not objects are passed over.
    fs::write(vault.folder().join("notes.txt"), b"x").unwrap();
    fs::create_dir(vault.folder().join("zz")).unwrap();
    fs::write(vault.folder().join("zz").join("00"), b"x").unwrap();
    fs::create_dir_all(vault.folder().join("ab")).unwrap();
    fs::write(vault.folder().join("ab").join("short"), b"x").unwrap();

    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = vault.list(after.as_ref(), 7).await.unwrap();
        assert!(page.len() <= 7);
        let Some(last) = page.last() else { break };
        after = Some(*last);
        listed.extend(page);
    }
    assert_eq!(listed, expected.into_iter().collect::<Vec<_>>());
    assert_eq!(vault.len().await.unwrap(), 100);
    assert_eq!(vault.list(None, 0).await.unwrap(), []);
}

#[tokio::test]
async fn open_folder_opens_what_it_made() {
    let (_folder, vault) = vault().await;
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
    let (_folder, vault) = vault().await;
    let id = vault.put(&b"sealed"[..]).await.unwrap();
    let object = file_of(&vault, &id);
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
    let (_folder, vault) = vault().await;
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
    let (_folder, vault) = runtime.block_on(vault());
    let before = fs::read_dir(vault.folder().parent().unwrap()).unwrap().count();
    proptest!(ProptestConfig::with_cases(64), |(bytes in any::<[u8; 32]>(), content in any::<Vec<u8>>())| {
        let id = Digest(bytes);
        prop_assert!(file_of(&vault, &id).starts_with(vault.folder()));
        prop_assert!(!runtime.block_on(vault.has(&id)).unwrap());
        prop_assert!(!runtime.block_on(vault.delete(&id)).unwrap());
        let stored = runtime.block_on(vault.put(content)).unwrap();
        prop_assert!(file_of(&vault, &stored).is_file());
    });
    for text in ["../../../../etc/passwd", "..", "/etc/passwd", "ab/../../x", ""] {
        assert!(text.parse::<Digest>().is_err());
    }
    assert_eq!(fs::read_dir(vault.folder().parent().unwrap()).unwrap().count(), before);
}

#[tokio::test]
async fn a_large_object_is_written_to_the_disk_on_its_way() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::open_folder(folder.path().join("vault")).await.unwrap();
    let length = 130 * 1024 * 1024 + 1;
    let (id, size) = vault.put_reader(tokio::io::repeat(7).take(length)).await.unwrap();
    assert_eq!(size, length);
    let mut read = vault.reader(&id).await.unwrap();
    assert_eq!(tokio::io::copy(&mut read, &mut tokio::io::sink()).await.unwrap(), length);
}
