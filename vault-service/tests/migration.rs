// SPDX-License-Identifier: Apache-2.0

//! `salus-vault migrate`, killed again and again.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use salus_primitives::Digest;
use salus_vault::Vault;
use salus_vault_service::verify::verify;
use salus_vault_testing::S3Server;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};
use tokio::time::sleep;

/// How often the program is killed: in turn when it has copied something, and at a time of chance.
const KILLS: usize = 12;

fn program(config: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_salus-vault"));
    command.args(["migrate", "--config"]).arg(config).env_remove("AWS_ACCESS_KEY_ID").stdin(Stdio::null());
    command
}

fn write_config(folder: &Path, store: &str, previous: &str) -> std::path::PathBuf {
    let path = folder.join("vault.toml");
    let text = format!(
        "institution = 0\nauthority = \"127.0.0.1:1\"\nlisten = \"127.0.0.1:1\"\nnode = \"ws://127.0.0.1:1\"\n\
         store = {store}\nprevious-store = {previous}\n"
    );
    fs::write(&path, text).unwrap();
    path
}

fn s3(server: &S3Server, folder: &Path) -> String {
    let settings = server.settings();
    let credentials = folder.join("s3.key");
    let key = &settings.credentials;
    fs::write(&credentials, format!("{}\n{}\n", key.id.as_str(), key.secret.as_str())).unwrap();
    fs::set_permissions(&credentials, fs::Permissions::from_mode(0o600)).unwrap();
    format!(
        "{{ kind = \"s3\", endpoint = \"{}\", bucket = \"{}\", prefix = \"{}\", credentials = \"s3.key\", spool = \"spool\" }}",
        settings.endpoint, settings.bucket, settings.prefix
    )
}

async fn fill(vault: &Vault) -> Vec<Digest> {
    let mut ids = Vec::new();
    for number in 0..300u32 {
        let length = if number % 50 == 0 { 300_000 } else { 100 };
        let bytes: Vec<u8> = number.to_le_bytes().into_iter().cycle().take(length).collect();
        ids.push(vault.put(bytes).await.unwrap());
    }
    ids.sort_unstable();
    ids
}

/// Runs the program, kills it after some time, and runs it to the end at last. Returns how many objects were there after each kill,
/// too.
async fn run_with_kills(config: &Path, new: &Vault) -> (Output, Vec<usize>) {
    let mut copied = vec![0];
    for number in 0..KILLS {
        let mut child = program(config).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let chance = u64::from(std::process::id() ^ child.id().wrapping_mul(2_654_435_761));
        let before = *copied.last().unwrap();
        let pause = match number % 2 {
            0 => {
                // Until one more object has its name. The first time there is no pause after it, so that others are left.
                while count(new).await == before && child.try_wait().unwrap().is_none() {
                    sleep(Duration::from_millis(1)).await;
                }
                if number == 0 {
                    0
                } else {
                    chance % 20
                }
            }
            _ => 5 + chance % 120,
        };
        sleep(Duration::from_millis(pause)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let looked = verify(new, false, |_| {}).await.unwrap();
        assert_eq!(looked.damaged, [], "half an object has a name");
        copied.push(count(new).await);
    }
    let config = config.to_owned();
    let ended = tokio::task::spawn_blocking(move || program(&config).output().unwrap()).await.unwrap();
    (ended, copied)
}

async fn count(vault: &Vault) -> usize {
    vault.list(None, 1_000).await.unwrap().len()
}

/// Asserts that a kill fell in the midst of copying `all` objects.
fn assert_in_the_midst(copied: &[usize], all: usize) {
    assert!(copied.iter().any(|count| (1..all).contains(count)), "copied after each kill: {copied:?}");
    assert!(copied.is_sorted(), "copies went away: {copied:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_migration_goes_on_from_a_folder_to_a_server_and_back() {
    let (server, scratch) = (S3Server::start().await, tempfile::tempdir().unwrap());
    let old = Vault::open_folder(scratch.path().join("old")).await.unwrap();
    let ids = fill(&old).await;
    let remote = s3(&server, scratch.path());
    let config = write_config(scratch.path(), &remote, "\"old\"");
    let new = Vault::open_s3(&server.settings(), scratch.path().join("spool-of-the-test")).await.unwrap();
    let (ended, copied) = run_with_kills(&config, &new).await;
    assert_in_the_midst(&copied, ids.len());
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(0), "{said}");
    assert!(said.contains("all objects of the previous store"), "{said}");
    assert!(!said.contains("secret"), "{said}");
    assert_eq!(new.list(None, 1_000).await.unwrap(), ids);

    let config = write_config(scratch.path(), "\"back\"", &remote);
    let back = Vault::open_folder(scratch.path().join("back")).await.unwrap();
    let (ended, copied) = run_with_kills(&config, &back).await;
    assert_in_the_midst(&copied, ids.len());
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(back.list(None, 1_000).await.unwrap(), ids);
    assert_eq!(verify(&back, false, |_| {}).await.unwrap().whole, 300);
}

#[tokio::test]
async fn damage_is_named_and_ends_with_status_1() {
    let scratch = tempfile::tempdir().unwrap();
    let old = Vault::open_folder(scratch.path().join("old")).await.unwrap();
    let ids = fill(&old).await;
    let text = ids[5].to_string();
    fs::write(old.folder().join(&text[2..4]).join(&text[4..]), b"else").unwrap();
    let config = write_config(scratch.path(), "\"new\"", "\"old\"");
    let ended = program(&config).output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&ended.stdout).trim(), text);
    assert!(String::from_utf8_lossy(&ended.stderr).contains("299 objects copied"));
}

#[tokio::test]
async fn a_migration_needs_a_previous_store_that_is_there() {
    let scratch = tempfile::tempdir().unwrap();
    let config = write_config(scratch.path(), "\"new\"", "\"old\"");
    let ended = program(&config).output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("there is no vault at"));
    let text = fs::read_to_string(&config).unwrap().replace("previous-store = \"old\"\n", "");
    fs::write(&config, text).unwrap();
    let ended = program(&config).output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("no `previous-store`"));
}
