// SPDX-License-Identifier: Apache-2.0

//! A vault in an IPFS node, and all that a node and the way to it do wrong. A real node is in `e2e/ipfs`.

use crate::files_under;
use salus_vault::{object_id, IpfsSettings, OpenError, Vault, VaultError};
use salus_vault_testing::{IpfsNode, Way};
use std::{fs, io, time::Duration};
use tempfile::TempDir;
use tokio::io::AsyncReadExt;

/// More than two pieces of an upload.
const LARGE: usize = 17 * 1024 * 1024 + 1;

async fn scene(change: impl FnOnce(&mut IpfsSettings)) -> (IpfsNode, TempDir, Vault) {
    let (node, scratch) = (IpfsNode::start().await, tempfile::tempdir().unwrap());
    let mut settings = node.settings();
    change(&mut settings);
    let vault = Vault::open_ipfs(&settings, scratch.path().join("spool")).await.unwrap();
    (node, scratch, vault)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_object_comes_in_pieces_under_another_name() {
    let (node, _scratch, vault) = scene(|_| {}).await;
    let bytes: Vec<u8> = (0..LARGE).map(|at| (at % 251) as u8).collect();
    let id = vault.put(bytes.clone()).await.unwrap();
    assert_eq!(files_under(&node.objects()), 2, "the object and the mark");
    let mut read = Vec::new();
    vault.reader(&id).await.unwrap().read_to_end(&mut read).await.unwrap();
    assert!(read == bytes);
}

#[tokio::test]
async fn a_node_that_is_not_private_is_refused() {
    let (node, scratch) = (IpfsNode::start().await, tempfile::tempdir().unwrap());
    let open = async || Vault::open_ipfs(&node.settings(), scratch.path().join("spool")).await;
    let refused = async |setting: &str| {
        for outcome in [open().await.map(drop), node.settings().try_out().await.map(drop)] {
            let error = outcome.unwrap_err();
            assert!(
                matches!(&error, OpenError::NotPrivate { settings, .. } if settings.contains(setting)),
                "{error:?}"
            );
        }
        assert!(!node.objects().exists(), "nothing was written");
        assert!(!scratch.path().join("spool").exists());
    };
    node.configure("/Routing/Type", "auto");
    refused("`Routing.Type` to \"none\"").await;
    node.configure("/Routing/Type", "none");
    node.configure("/Provide/Enabled", true);
    refused("`Provide.Enabled` to false").await;
    node.configure("/Provide/Enabled", false);
    node.configure("/Bootstrap", vec!["/dnsaddr/peers.example"]);
    refused("`Bootstrap` to []").await;
    node.configure("/Bootstrap", Vec::<String>::new());
    open().await.unwrap();
}

#[tokio::test]
async fn a_folder_of_the_node_that_holds_other_things_is_not_a_vault() {
    let (node, scratch) = (IpfsNode::start().await, tempfile::tempdir().unwrap());
    fs::create_dir_all(node.objects()).unwrap();
    fs::write(node.objects().join("letter"), b"x").unwrap();
    let open = async || Vault::open_ipfs(&node.settings(), scratch.path().join("spool")).await;
    assert!(matches!(open().await, Err(OpenError::NotAVault(_))));
    fs::write(node.objects().join("salus-vault"), b"2\n").unwrap();
    assert!(matches!(open().await, Err(OpenError::UnknownFormat(_))));
    fs::write(node.objects().join("salus-vault"), b"1\n").unwrap();
    assert_eq!(open().await.unwrap().len().await.unwrap(), 0);
}

#[tokio::test]
async fn who_has_another_secret_is_denied() {
    let (node, scratch) = (IpfsNode::start().await, tempfile::tempdir().unwrap());
    for token in [None, Some("another".to_owned().into())] {
        let settings = IpfsSettings { token, ..node.settings() };
        let denied = Vault::open_ipfs(&settings, scratch.path().join("spool")).await.unwrap_err();
        let text = format!("{denied:?} {denied}");
        assert!(text.contains("Denied") && !text.contains("another"), "{text}");
    }
}

#[tokio::test]
async fn an_upload_that_is_cut_off_gives_no_object_a_name() {
    let (node, _scratch, vault) = scene(|_| {}).await;
    let bytes = vec![5; LARGE];
    for limit in [0, 300, 4_000, 1024 * 1024, 9 * 1024 * 1024] {
        node.set_way(Way::CutAfter(limit));
        let failed = vault.put(bytes.clone()).await;
        node.set_way(Way::Open);
        if let Err(error) = failed {
            assert!(matches!(error, VaultError::Away(_)), "{limit}: {error:?}");
            assert_eq!(vault.list(None, 10).await.unwrap(), [], "{limit}");
            assert!(!vault.has(&object_id(&bytes)).await.unwrap());
        } else {
            assert!(vault.delete(&object_id(&bytes)).await.unwrap());
        }
        assert_eq!(fs::read_dir(vault.folder().join("incoming")).unwrap().count(), 0);
    }
    let id = vault.put(bytes.clone()).await.unwrap();
    assert_eq!(vault.list(None, 10).await.unwrap(), [id]);
    assert!(vault.get(&id).await.unwrap() == bytes);
}

#[tokio::test]
async fn answers_that_are_lost_do_no_harm() {
    let (node, _scratch, vault) = scene(|_| {}).await;
    for (number, limit) in [0, 20, 60].into_iter().enumerate() {
        let bytes = vec![number as u8; 100];
        node.set_way(Way::AnswerCutAfter(limit));
        // The node did what it was asked for, or some of it.
        let outcome = vault.put(bytes.clone()).await;
        node.set_way(Way::Open);
        assert!(matches!(outcome, Ok(_) | Err(VaultError::Away(_))), "{outcome:?}");
        for id in vault.list(None, 10).await.unwrap() {
            vault.get(&id).await.unwrap();
        }
        let id = vault.put(bytes.clone()).await.unwrap();
        assert_eq!(vault.get(&id).await.unwrap(), bytes);
    }
}

#[tokio::test]
async fn damaged_blocks_of_before_are_replaced() {
    let (node, _scratch, vault) = scene(|_| {}).await;
    let id = vault.put(&b"sealed"[..]).await.unwrap();
    node.damage(b"sealed");
    assert!(matches!(vault.get(&id).await, Err(VaultError::Corrupted { .. })));
    assert_eq!(vault.put(&b"sealed"[..]).await.unwrap(), id);
    assert_eq!(vault.get(&id).await.unwrap(), &b"sealed"[..]);
    // The same without the name, as after a damaged object was deleted.
    node.damage(b"sealed");
    assert!(vault.delete(&id).await.unwrap());
    vault.put(&b"sealed"[..]).await.unwrap();
    assert_eq!(vault.get(&id).await.unwrap(), &b"sealed"[..]);
}

#[tokio::test]
async fn an_object_that_lost_a_block_is_damaged() {
    let (node, _scratch, vault) = scene(|_| {}).await;
    let id = vault.put(&b"sealed"[..]).await.unwrap();
    let body =
        r#"{"Message":"block was not found locally (offline): ipld: could not find bafk","Code":0,"Type":"error"}"#;
    let head = "HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\ncontent-length";
    node.set_way(Way::Answers(Box::leak(format!("{head}: {}\r\n\r\n{body}", body.len()).into_boxed_str())));
    assert!(matches!(vault.get(&id).await, Err(VaultError::Corrupted { .. })));
    assert!(matches!(vault.reader_of_size(&id, 6).await, Err(VaultError::Corrupted { .. })));
}

#[tokio::test]
async fn an_answer_that_is_cut_off_goes_on_or_fails() {
    let (node, _scratch, vault) = scene(|_| {}).await;
    let bytes = vec![5; 1_000_000];
    let id = vault.put(bytes.clone()).await.unwrap();
    for way in [Way::AnswerCutAfter(0), Way::AnswerCutAfter(20_000), Way::AnswerCutAfter(600_000), Way::Open] {
        node.set_way(way);
        let outcome = vault.reader_of_size(&id, 1_000_000).await;
        node.set_way(Way::Open);
        match outcome {
            Ok(mut reader) => {
                let mut read = Vec::new();
                reader.read_to_end(&mut read).await.unwrap();
                assert!(read == bytes);
            }
            Err(error) => assert!(matches!(error, VaultError::Away(_)), "{error:?}"),
        }
    }
}

#[tokio::test]
async fn a_node_that_is_away_or_silent_is_told_in_bounded_time() {
    let (node, scratch, vault) = scene(|settings| settings.timeout = Duration::from_millis(200)).await;
    let id = vault.put(&b"sealed"[..]).await.unwrap();
    let fresh = async |way| {
        node.set_way(way);
        let settings = IpfsSettings { timeout: Duration::from_millis(200), ..node.settings() };
        format!("{:?}", Vault::open_ipfs(&settings, scratch.path().join("other")).await.unwrap_err())
    };
    assert!(fresh(Way::Silent).await.contains("Away"));
    assert!(fresh(Way::CutAfter(0)).await.contains("Away"));
    node.set_way(Way::CutAfter(0));
    for outcome in
        [vault.get(&id).await.map(drop), vault.has(&id).await.map(drop), vault.put(&b"x"[..]).await.map(drop)]
    {
        assert!(matches!(outcome, Err(VaultError::Away(_))), "{outcome:?}");
    }
    node.set_way(Way::Open);
    assert_eq!(vault.get(&id).await.unwrap(), &b"sealed"[..]);
}

#[tokio::test]
async fn faults_that_the_node_names_are_sorted() {
    let (node, scratch) = (IpfsNode::start().await, tempfile::tempdir().unwrap());
    let full = r#"{"Message":"write /blocks/x: no space left on device","Code":0,"Type":"error"}"#;
    let faults = [
        ("500 Internal Server Error", full, "StorageFull"),
        ("503 Service Unavailable", "", "Away"),
        ("307 Temporary Redirect", "", "Away"),
        ("403 Forbidden", "403 - Forbidden", "Denied"),
        ("404 Not Found", "404 page not found", "Io"),
        ("200 OK", "{}", "NotPrivate"),
        ("200 OK", "no JSON", "Away"),
    ];
    for (status, body, expected) in faults {
        let length = body.len();
        let text = format!("HTTP/1.1 {status}\r\nlocation: http://127.0.0.1:1/\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
        node.set_way(Way::Answers(Box::leak(text.into_boxed_str())));
        let failed = Vault::open_ipfs(&node.settings(), scratch.path().join("spool")).await.unwrap_err();
        assert!(format!("{failed:?}").contains(expected), "{status}: {failed:?}");
    }
    let open = IpfsSettings { endpoint: "http://192.0.2.1:5001".to_owned(), ..node.settings() };
    let refused = Vault::open_ipfs(&open, scratch.path().join("spool")).await.unwrap_err();
    assert!(matches!(refused, OpenError::Io { source, .. } if source.kind() == io::ErrorKind::InvalidInput));
}

#[tokio::test]
async fn a_node_is_tried_out_without_a_trace() {
    let (node, scratch) = (IpfsNode::start().await, tempfile::tempdir().unwrap());
    assert!(!node.settings().try_out().await.unwrap());
    assert_eq!(files_under(&node.objects()), 0);
    let vault = Vault::open_ipfs(&node.settings(), scratch.path().join("spool")).await.unwrap();
    assert!(node.settings().try_out().await.unwrap());
    assert_eq!((files_under(&node.objects()), vault.len().await.unwrap()), (1, 0));
}

#[tokio::test]
async fn uploads_that_were_cut_off_long_ago_are_removed() {
    let (node, scratch, _vault) = scene(|_| {}).await;
    let incoming = node.objects().join("incoming");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let (old, new) = (format!("00-{}", now - 25 * 3600), format!("00-{}", now - 3600));
    for name in [&old, &new] {
        fs::write(incoming.join(name), b"half").unwrap();
    }
    Vault::open_ipfs(&node.settings(), scratch.path().join("spool")).await.unwrap();
    assert!(!incoming.join(old).exists() && incoming.join(new).exists());
}
