// SPDX-License-Identifier: Apache-2.0

//! A vault on an S3-compatible server, and all that such a server and the way to it do wrong.

use crate::{files_under, Place};
use salus_primitives::Digest;
use salus_vault::{object_id, OpenError, S3Settings, Vault, VaultError};
use salus_vault_testing::{S3Server, Way};
use std::{fs, io, time::Duration};
use tempfile::TempDir;
use tokio::io::AsyncReadExt;

/// More than two parts of an upload.
const LARGE: usize = 17 * 1024 * 1024 + 1;

async fn scene(change: impl FnOnce(&mut S3Settings)) -> (S3Server, TempDir, Vault) {
    let (server, scratch) = (S3Server::start().await, tempfile::tempdir().unwrap());
    let mut settings = server.settings();
    change(&mut settings);
    let vault = Vault::open_s3(&settings, scratch.path().join("spool")).await.unwrap();
    (server, scratch, vault)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_object_comes_in_parts_and_leaves_by_the_spool() {
    let place = Place::s3().await;
    let bytes: Vec<u8> = (0..LARGE).map(|at| (at % 251) as u8).collect();
    let id = place.vault.put(bytes.clone()).await.unwrap();
    assert_eq!(fs::read(place.file_of(&id)).unwrap(), bytes);
    let mut reader = place.vault.reader(&id).await.unwrap();
    assert_eq!(place.on_their_way(), 0, "what is read has no name on the disk");
    // The verified bytes are on this side: the server may do what it likes now.
    fs::write(place.file_of(&id), b"other").unwrap();
    let mut read = Vec::new();
    reader.read_to_end(&mut read).await.unwrap();
    assert!(read == bytes);
    assert!(matches!(place.vault.reader(&id).await, Err(VaultError::Corrupted { .. })));
}

#[tokio::test]
async fn a_bucket_that_holds_other_things_is_no_vault() {
    let (server, scratch) = (S3Server::start().await, tempfile::tempdir().unwrap());
    fs::create_dir_all(server.objects()).unwrap();
    fs::write(server.objects().join("letter"), b"x").unwrap();
    let open = async || Vault::open_s3(&server.settings(), scratch.path().join("spool")).await;
    assert!(matches!(open().await, Err(OpenError::NotAVault(_))));
    fs::write(server.objects().join("salus-vault"), b"2\n").unwrap();
    assert!(matches!(open().await, Err(OpenError::UnknownFormat(_))));
    fs::write(server.objects().join("salus-vault"), b"1\n").unwrap();
    assert_eq!(open().await.unwrap().len().await.unwrap(), 0);
    // Folder and spool are never taken for each other.
    let folder = Vault::open_folder(scratch.path().join("spool")).await;
    assert!(matches!(folder, Err(OpenError::NotAVault(_))));
    Vault::open_folder(scratch.path().join("vault")).await.unwrap();
    let spool = Vault::open_s3(&server.settings(), scratch.path().join("vault")).await;
    assert!(matches!(spool, Err(OpenError::NotAVault(_))));
}

#[tokio::test]
async fn who_has_other_credentials_is_denied() {
    let (server, scratch) = (S3Server::start().await, tempfile::tempdir().unwrap());
    let mut settings = server.settings();
    settings.credentials.secret = "another".to_owned().into();
    let denied = Vault::open_s3(&settings, scratch.path().join("spool")).await.unwrap_err();
    let text = format!("{denied:?} {denied}");
    assert!(text.contains("Denied") && !text.contains("another"), "{text}");
}

#[tokio::test]
async fn an_upload_that_is_cut_off_gives_no_object_a_name() {
    let (server, _scratch, vault) = scene(|_| {}).await;
    for limit in [0, 300, 4_000, 1024 * 1024, 9 * 1024 * 1024] {
        server.set_way(Way::CutAfter(limit));
        let failed = vault.put(vec![5; LARGE]).await;
        server.set_way(Way::Open);
        if let Err(error) = failed {
            assert!(matches!(error, VaultError::Away(_)), "{limit}: {error:?}");
            assert_eq!(vault.list(None, 10).await.unwrap(), [], "{limit}");
            assert!(!vault.has(&object_id(&vec![5; LARGE])).await.unwrap());
        }
        assert_eq!(fs::read_dir(vault.folder().join("incoming")).unwrap().count(), 0);
    }
    let id = vault.put(vec![5; LARGE]).await.unwrap();
    assert_eq!(vault.list(None, 10).await.unwrap(), [id]);
    assert_eq!(files_under(&server.objects()), 2, "the object and the mark");
}

#[tokio::test]
async fn an_answer_that_is_cut_off_goes_on_or_fails() {
    let (server, _scratch, vault) = scene(|_| {}).await;
    let bytes = vec![5; 1_000_000];
    let id = vault.put(bytes.clone()).await.unwrap();
    let again = async |way| {
        server.set_way(way);
        let outcome = vault.reader_of_size(&id, 1_000_000).await;
        server.set_way(Way::Open);
        match outcome {
            Ok(mut reader) => {
                let mut read = Vec::new();
                reader.read_to_end(&mut read).await.unwrap();
                assert!(read == bytes);
            }
            Err(error) => assert!(matches!(error, VaultError::Away(_)), "{error:?}"),
        }
    };
    again(Way::AnswerCutAfter(0)).await;
    again(Way::AnswerCutAfter(20_000)).await;
    again(Way::AnswerCutAfter(600_000)).await;
    again(Way::Open).await;
}

#[tokio::test]
async fn a_server_that_is_away_or_silent_is_told_in_bounded_time() {
    let (server, scratch, vault) = scene(|settings| settings.timeout = Duration::from_millis(200)).await;
    let id = vault.put(&b"sealed"[..]).await.unwrap();
    let fresh = async |way| {
        server.set_way(way);
        let mut settings = server.settings();
        settings.timeout = Duration::from_millis(200);
        Vault::open_s3(&settings, scratch.path().join("other")).await
    };
    let shown = |opened: Result<Vault, OpenError>| format!("{:?}", opened.unwrap_err());
    assert!(shown(fresh(Way::Silent).await).contains("Away"));
    assert!(shown(fresh(Way::CutAfter(0)).await).contains("Away"));
    // No port at all.
    let mut nowhere = server.settings();
    nowhere.endpoint = "http://127.0.0.1:1".to_owned();
    assert!(shown(Vault::open_s3(&nowhere, scratch.path().join("other")).await).contains("Away"));
    server.set_way(Way::Open);
    assert_eq!(vault.get(&id).await.unwrap(), &b"sealed"[..]);
    server.set_way(Way::CutAfter(0));
    for outcome in
        [vault.get(&id).await.map(drop), vault.has(&id).await.map(drop), vault.put(&b"x"[..]).await.map(drop)]
    {
        assert!(matches!(outcome, Err(VaultError::Away(_))), "{outcome:?}");
    }
}

#[tokio::test]
async fn faults_that_the_server_names_are_sorted() {
    let (server, scratch) = (S3Server::start().await, tempfile::tempdir().unwrap());
    let faults = [
        ("507 Insufficient Storage", "<Error><Code>XMinioStorageFull</Code></Error>", "StorageFull"),
        ("503 Slow Down", "<Error><Code>SlowDown</Code></Error>", "Away"),
        ("403 Forbidden", "<Error><Code>AccessDenied</Code></Error>", "Denied"),
        ("404 Not Found", "<Error><Code>NoSuchBucket</Code></Error>", "Io"),
    ];
    for (status, body, expected) in faults {
        let text = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        server.set_way(Way::Answers(Box::leak(text.into_boxed_str())));
        let failed = Vault::open_s3(&server.settings(), scratch.path().join("spool")).await.unwrap_err();
        assert!(format!("{failed:?}").contains(expected), "{status}: {failed:?}");
    }
}

#[tokio::test]
async fn a_server_is_tried_out_without_a_trace() {
    let server = S3Server::start().await;
    assert!(!server.settings().try_out().await.unwrap());
    let scratch = tempfile::tempdir().unwrap();
    let vault = Vault::open_s3(&server.settings(), scratch.path().join("spool")).await.unwrap();
    assert!(server.settings().try_out().await.unwrap());
    assert_eq!((files_under(&server.objects()), vault.len().await.unwrap()), (1, 0));
    server.set_way(Way::Answers("HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"));
    assert!(server.settings().try_out().await.is_err());
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_an_error() {
    let (server, scratch) = (S3Server::start().await, tempfile::tempdir().unwrap());
    let mut settings = server.settings();
    settings.bucket = "elsewhere".to_owned();
    assert!(Vault::open_s3(&settings, scratch.path().join("spool")).await.is_err());
    settings.endpoint = "http://192.0.2.1:9000".to_owned();
    let refused = Vault::open_s3(&settings, scratch.path().join("spool")).await.unwrap_err();
    assert!(matches!(refused, OpenError::Io { source, .. } if source.kind() == io::ErrorKind::InvalidInput));
}

#[tokio::test]
async fn two_vaults_in_one_bucket_are_apart() {
    let (server, scratch, vault) = scene(|_| {}).await;
    let mut settings = server.settings();
    settings.prefix = "hospital/other".to_owned();
    let other = Vault::open_s3(&settings, scratch.path().join("other")).await.unwrap();
    let id = vault.put(&b"sealed"[..]).await.unwrap();
    assert!(!other.has(&id).await.unwrap());
    assert_eq!(other.len().await.unwrap(), 0);
    assert!(matches!(other.get(&Digest([1; 32])).await, Err(VaultError::NotFound(_))));
}
