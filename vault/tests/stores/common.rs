// SPDX-License-Identifier: Apache-2.0

//! The tests that hold over every kind of store.

use crate::{Broken, Place};
use salus_primitives::Digest;
use salus_vault::{object_id, VaultError};
use std::{collections::BTreeSet, fs};
use tokio::io::AsyncReadExt;

/// Makes a test over each kind of store of each function.
macro_rules! over_each_store {
    ($($name:ident)*) => {
        mod in_a_folder {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::Place::folder().await).await;
            })*
        }
        mod in_an_ipfs_node {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::Place::ipfs().await).await;
            })*
        }
        mod on_a_server {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::Place::s3().await).await;
            })*
        }
    };
}

over_each_store! {
    put_then_get_returns_the_same_bytes
    object_id_is_the_sha256_of_the_bytes
    put_file_stores_the_content_of_a_file
    get_fails_when_the_object_is_missing
    get_fails_when_any_byte_is_flipped
    get_fails_when_the_object_is_cut_off_or_extended
    put_heals_a_corrupted_object
    put_of_the_same_object_by_many_at_once_stores_it_once
    put_reader_stores_nothing_when_the_source_fails
    a_cancelled_put_stores_nothing
    delete_removes_one_object
    list_goes_through_all_ids_page_by_page
    a_large_object_is_written_to_the_disk_on_its_way
}

async fn put_then_get_returns_the_same_bytes(place: Place) {
    let vault = &place.vault;
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
    assert_eq!(place.on_their_way(), 0);
}

async fn object_id_is_the_sha256_of_the_bytes(place: Place) {
    let vault = &place.vault;
    let id = vault.put(&b"abc"[..]).await.unwrap();
    assert_eq!(id.to_string(), "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert!(place.file_of(&id).is_file());
}

async fn put_file_stores_the_content_of_a_file(place: Place) {
    let vault = &place.vault;
    let path = place.scratch.path().join("object");
    fs::write(&path, b"sealed").unwrap();
    assert_eq!(vault.put_file(&path).await.unwrap(), (object_id(b"sealed"), 6));
    assert!(matches!(vault.put_file(place.scratch.path().join("none")).await, Err(VaultError::Source(_))));
}

async fn get_fails_when_the_object_is_missing(place: Place) {
    let vault = &place.vault;
    let id = Digest([9; 32]);
    assert!(matches!(vault.get(&id).await, Err(VaultError::NotFound(missing)) if missing == id));
    assert!(matches!(vault.reader(&id).await, Err(VaultError::NotFound(missing)) if missing == id));
    assert!(matches!(vault.reader_of_size(&id, 1).await, Err(VaultError::NotFound(missing)) if missing == id));
    assert!(matches!(vault.size(&id).await, Err(VaultError::NotFound(missing)) if missing == id));
    assert!(!vault.has(&id).await.unwrap());
    assert!(!vault.delete(&id).await.unwrap());
}

async fn get_fails_when_any_byte_is_flipped(place: Place) {
    let vault = &place.vault;
    let bytes: Vec<u8> = (0..200).collect();
    let id = vault.put(bytes.clone()).await.unwrap();
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x10;
        fs::write(place.file_of(&id), &flipped).unwrap();
        match vault.get(&id).await {
            Err(VaultError::Corrupted { expected, found }) => {
                assert_eq!((expected, found), (id, object_id(&flipped)));
            }
            _ => panic!("byte {at}"),
        }
        assert!(matches!(vault.reader(&id).await, Err(VaultError::Corrupted { .. })));
    }
}

async fn get_fails_when_the_object_is_cut_off_or_extended(place: Place) {
    let vault = &place.vault;
    let bytes = vec![3; 600_000];
    let id = vault.put(bytes.clone()).await.unwrap();
    for length in [0, 1, 256 * 1024, 599_999] {
        fs::write(place.file_of(&id), &bytes[..length]).unwrap();
        assert!(matches!(vault.get(&id).await, Err(VaultError::Corrupted { .. })));
        assert!(matches!(vault.reader(&id).await, Err(VaultError::Corrupted { .. })));
    }
    fs::write(place.file_of(&id), [&bytes[..], &[0]].concat()).unwrap();
    assert!(matches!(vault.get(&id).await, Err(VaultError::Corrupted { .. })));
}

async fn put_heals_a_corrupted_object(place: Place) {
    let vault = &place.vault;
    let id = vault.put(&b"sealed"[..]).await.unwrap();
    fs::write(place.file_of(&id), b"broken").unwrap();
    assert_eq!(vault.put(&b"sealed"[..]).await.unwrap(), id);
    assert_eq!(vault.get(&id).await.unwrap(), &b"sealed"[..]);
}

async fn put_of_the_same_object_by_many_at_once_stores_it_once(place: Place) {
    let vault = &place.vault;
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
    assert_eq!(place.on_their_way(), 0);
}

async fn put_reader_stores_nothing_when_the_source_fails(place: Place) {
    let vault = &place.vault;
    for length in [0, 10, 600_000] {
        assert!(matches!(vault.put_reader(Broken(length)).await, Err(VaultError::Source(_))));
    }
    assert!(vault.is_empty().await.unwrap());
    assert_eq!(place.on_their_way(), 0);
}

async fn a_cancelled_put_stores_nothing(place: Place) {
    let vault = &place.vault;
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

async fn delete_removes_one_object(place: Place) {
    let vault = &place.vault;
    let (one, two) = (vault.put(&b"one"[..]).await.unwrap(), vault.put(&b"two"[..]).await.unwrap());
    assert!(vault.delete(&one).await.unwrap());
    assert!(!vault.delete(&one).await.unwrap());
    assert_eq!(vault.list(None, 10).await.unwrap(), [two]);
}

async fn list_goes_through_all_ids_page_by_page(place: Place) {
    let vault = &place.vault;
    let mut expected = BTreeSet::new();
    for number in 0..100u32 {
        expected.insert(vault.put(number.to_be_bytes().to_vec()).await.unwrap());
    }
    // Things that are not objects are passed over.
    fs::write(place.objects.join("notes.txt"), b"x").unwrap();
    fs::create_dir(place.objects.join("zz")).unwrap();
    fs::write(place.objects.join("zz").join("00"), b"x").unwrap();
    fs::create_dir_all(place.objects.join("ab")).unwrap();
    fs::write(place.objects.join("ab").join("short"), b"x").unwrap();

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

async fn a_large_object_is_written_to_the_disk_on_its_way(place: Place) {
    let vault = &place.vault;
    let length = 130 * 1024 * 1024 + 1;
    let (id, size) = vault.put_reader(tokio::io::repeat(7).take(length)).await.unwrap();
    assert_eq!(size, length);
    let mut read = vault.reader(&id).await.unwrap();
    assert_eq!(tokio::io::copy(&mut read, &mut tokio::io::sink()).await.unwrap(), length);
}
