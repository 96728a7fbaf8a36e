// SPDX-License-Identifier: Apache-2.0

//! Backups by the program: killed at any moment, with a full disk, with damage, and with all that a person gets wrong.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod desk;

use desk::Desk;
use salus_vault::Vault;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    hash::{BuildHasher, Hasher, RandomState},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

const PASSWORD: &str = "battery staple";
/// Objects of the vault, and files.
const MANY: u32 = 120;
/// How often a command is killed.
const KILLS: u32 = 12;

/// A desk with a vault, files, and a repository for them.
fn desk() -> Desk {
    let desk = Desk::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let vault = Vault::open_folder(desk.path("vault")).await.unwrap();
        for number in 0..MANY {
            vault.put(bytes(number)).await.unwrap();
        }
    });
    fs::create_dir(desk.path("etc")).unwrap();
    for number in 0..MANY {
        fs::write(desk.path("etc").join(number.to_string()), bytes(number + MANY)).unwrap();
    }
    succeeds(&mut salus(&desk, &["backup", "init"]));
    desk
}

/// Some bytes, of many lengths.
fn bytes(number: u32) -> Vec<u8> {
    (0..number * 3_001 % 200_000).map(|place| ((place ^ number) % 251) as u8).collect()
}

fn salus(desk: &Desk, arguments: &[&str]) -> Command {
    let mut command = desk.command(&["--json"]);
    command
        .args(arguments)
        .env("SALUS_BACKUP", desk.path("repository"))
        .env("SALUS_BACKUP_PASSWORD", PASSWORD)
        .env_remove("SALUS_PASSWORD");
    command
}

const RUN: [&str; 6] = ["backup", "run", "--vault", "vault", "--files", "etc"];
const RESTORE: [&str; 6] = ["restore", "--only", "files", "--to", "new", "--overwrite"];

fn succeeds(command: &mut Command) -> Value {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}: {}{}", String::from_utf8_lossy(&stderr), String::from_utf8_lossy(&stdout));
    serde_json::from_slice(&stdout).unwrap()
}

/// Runs a command, and kills it after a random part of `longest`; whether that was before its end.
fn killed(mut command: Command, longest: Duration) -> bool {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(longest.mul_f64(random()));
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

/// A random number from 0 to 1.
fn random() -> f64 {
    f64::from(u32::try_from(RandomState::new().build_hasher().finish() >> 32).unwrap()) / f64::from(u32::MAX)
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.file_name().unwrap().into(), fs::read(&path).unwrap())).collect()
}

/// Where `etc` comes back.
fn restored(desk: &Desk) -> PathBuf {
    desk.path("new").join(desk.path("etc").canonicalize().unwrap().strip_prefix("/").unwrap())
}

#[test]
fn a_run_that_is_killed_at_any_moment_leaves_a_good_repository() {
    let desk = desk();
    let before = Instant::now();
    succeeds(&mut salus(&desk, &RUN));
    let whole = before.elapsed();
    let mut killed_early = 0;
    for kill in 0..KILLS {
        if kill % 4 == 0 {
            // From the beginning again; otherwise the next one goes on where the last one was killed.
            fs::remove_dir_all(desk.path("repository")).unwrap();
            succeeds(&mut salus(&desk, &["backup", "init"]));
        }
        killed_early += u32::from(killed(salus(&desk, &RUN), whole));
        let checked = succeeds(&mut salus(&desk, &["backup", "check"]));
        assert_eq!(checked["damage"].as_array().unwrap().len(), 0, "{checked}");
    }
    assert!(killed_early > 0, "no run was killed before its end");
    let ran = succeeds(&mut salus(&desk, &RUN));
    assert_eq!(ran["objects"], MANY);
    let checked = succeeds(&mut salus(&desk, &["backup", "check"]));
    assert_eq!((checked["damage"].as_array().unwrap().len(), &checked["unneeded"]), (0, &0.into()));
    succeeds(&mut salus(&desk, &RESTORE));
    assert!(files(&restored(&desk)) == files(&desk.path("etc")), "other files came back");
}

const FORGET: [&str; 5] = ["backup", "forget", "--keep-last", "1", "--yes"];

#[test]
fn one_that_forgets_is_killed_at_any_moment_and_loses_nothing() {
    let desk = desk();
    let mut whole = None;
    let mut killed_early = 0;
    for kill in 0..KILLS {
        // Files of their own for the snapshot that goes.
        for number in 0..MANY {
            fs::write(desk.path("etc").join(number.to_string()), [bytes(number), vec![kill as u8; 9]].concat())
                .unwrap();
        }
        succeeds(&mut salus(&desk, &RUN));
        let before = Instant::now();
        match whole {
            None => {
                succeeds(&mut salus(&desk, &FORGET));
                whole = Some(before.elapsed());
            }
            Some(whole) => killed_early += u32::from(killed(salus(&desk, &FORGET), whole)),
        }
        let checked = succeeds(&mut salus(&desk, &["backup", "check"]));
        assert_eq!(checked["damage"].as_array().unwrap().len(), 0, "{checked}");
    }
    assert!(killed_early > 0, "no command was killed before its end");
    succeeds(&mut salus(&desk, &FORGET));
    let checked = succeeds(&mut salus(&desk, &["backup", "check"]));
    assert_eq!((&checked["snapshots"], &checked["unneeded"]), (&1.into(), &0.into()));
    succeeds(&mut salus(&desk, &RESTORE));
    assert!(files(&restored(&desk)) == files(&desk.path("etc")), "other files came back");
}

#[test]
fn snapshots_go_when_that_is_confirmed_and_the_last_one_when_it_is_named() {
    let desk = desk();
    let first = succeeds(&mut salus(&desk, &RUN))["snapshot"].clone();
    let last = succeeds(&mut salus(&desk, &RUN))["snapshot"].clone();
    let last = last.as_str().unwrap();
    // There is no terminal to ask at.
    let text = desk.failure_of(salus(&desk, &["backup", "forget", "--keep-last", "1"]));
    assert!(text.contains("has to be confirmed") && text.contains("hint: --yes"), "{text}");
    let planned = succeeds(&mut salus(&desk, &["backup", "forget", "--keep-last", "1", "--dry-run"]));
    assert_eq!((&planned["dry_run"], &planned["forgotten"][0]["snapshot"]), (&true.into(), &first));
    assert_eq!(succeeds(&mut salus(&desk, &["backup", "list"]))["snapshots"].as_array().unwrap().len(), 2);
    let went = succeeds(&mut salus(&desk, &FORGET));
    assert_eq!((&went["forgotten"], &went["bytes"]), (&planned["forgotten"], &planned["bytes"]));
    assert_eq!((&went["kept"][0]["snapshot"], &went["kept"][0]["reasons"][0]), (&last.into(), &"last".into()));
    // Nothing is left to forget, so nothing is asked.
    succeeds(&mut salus(&desk, &["backup", "forget", "--keep-last", "1"]));
    let text = desk.failure_of(salus(&desk, &["backup", "forget", last]));
    assert!(text.contains("every snapshot that is whole") && text.contains("hint: --yes"), "{text}");
    let snapshot = desk.path("repository/snapshots").join(last);
    let whole = fs::read(&snapshot).unwrap();
    fs::write(&snapshot, b"").unwrap();
    let text = desk.failure_of(salus(&desk, &FORGET));
    assert!(text.contains("nothing was deleted") && text.contains("hint: salus backup check"), "{text}");
    fs::write(&snapshot, whole).unwrap();
    let went = succeeds(&mut salus(&desk, &["backup", "forget", last, "--yes"]));
    assert!(went["pieces"].as_u64().unwrap() > u64::from(MANY), "{went}");
}

#[test]
fn a_restoration_that_is_killed_at_any_moment_leaves_no_half_file() {
    let desk = desk();
    succeeds(&mut salus(&desk, &RUN));
    let before = Instant::now();
    succeeds(&mut salus(&desk, &RESTORE));
    let (whole, original) = (before.elapsed(), files(&desk.path("etc")));
    let mut killed_early = 0;
    for kill in 0..KILLS {
        // The last one may have been killed before it made a folder.
        if kill % 4 == 0 && desk.path("new").exists() {
            fs::remove_dir_all(desk.path("new")).unwrap();
        }
        killed_early += u32::from(killed(salus(&desk, &RESTORE), whole));
        for (name, bytes) in files(&restored(&desk)) {
            let is_unfinished = name.to_string_lossy().starts_with(".salus-restore-");
            assert!(is_unfinished || original.get(&name) == Some(&bytes), "half of {name:?} has its name");
        }
    }
    assert!(killed_early > 0, "no restoration was killed before its end");
    succeeds(&mut salus(&desk, &RESTORE));
    assert!(files(&restored(&desk)) == original, "other files came back");
}

#[test]
fn a_disk_without_room_is_told_and_what_is_stored_counts_later() {
    let desk = desk();
    // A limit on the size of files fails a write as a full disk does.
    let program = salus(&desk, &RUN);
    let mut limited = Command::new("bash");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 180; exec \"$0\" \"$@\""]).arg(program.get_program());
    limited.args(program.get_args()).current_dir(program.get_current_dir().unwrap());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    let output = limited.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("too large") && text.contains("hint: make room"), "{text}");
    let listed = succeeds(&mut salus(&desk, &["backup", "list"]));
    assert_eq!(listed["snapshots"].as_array().unwrap().len(), 0);
    let ran = succeeds(&mut salus(&desk, &RUN));
    assert!(ran["new_objects"].as_u64().unwrap() < MANY.into(), "nothing of the first run was kept: {ran}");
    succeeds(&mut salus(&desk, &["backup", "check"]));
}

#[test]
fn damage_is_named_with_what_to_do_and_healed() {
    let desk = desk();
    let ran = succeeds(&mut salus(&desk, &RUN));
    let pieces = desk.path("repository/pieces");
    let shard = fs::read_dir(pieces).unwrap().next().unwrap().unwrap().path();
    let piece = fs::read_dir(shard).unwrap().next().unwrap().unwrap().path().canonicalize().unwrap();
    let mut bytes = fs::read(&piece).unwrap();
    bytes[10] ^= 1;
    fs::write(&piece, bytes).unwrap();
    let output = salus(&desk, &["backup", "check"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["damage"][0]["file"], piece.to_str().unwrap());
    assert_eq!(found["damage"][0]["snapshots"][0], ran["snapshot"]);
    assert!(found["advice"][1].as_str().unwrap().starts_with("salus backup run --verify"), "{found}");
    let mut people = desk.command(&["backup", "check"]);
    let output = people.env("SALUS_BACKUP", desk.path("repository")).env("SALUS_BACKUP_PASSWORD", PASSWORD).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(text.contains("altered or cut off") && text.contains("what to do:"), "{text}");
    succeeds(&mut salus(&desk, &[RUN.as_slice(), &["--verify"]].concat()));
    succeeds(&mut salus(&desk, &["backup", "check"]));
}

#[test]
fn identities_of_the_home_are_saved_with_their_permissions_and_open_afterwards() {
    let desk = desk();
    let ran = succeeds(&mut salus(&desk, &["backup", "run"]));
    assert!(ran["files"].as_u64().unwrap() >= 3, "{ran}");
    let told = succeeds(&mut salus(&desk, &RESTORE));
    assert!(told["next"][2].as_str().unwrap().contains("authority rotate-keys"), "{told}");
    let home = desk.path("new").join(desk.path("home").canonicalize().unwrap().strip_prefix("/").unwrap());
    let mode = |path: &str| fs::metadata(home.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("identities/ada"), mode("identities/ada/identity.json")), (0o700, 0o600));
    let home = home.to_str().unwrap();
    desk.fails(&["--home", home, "chart", "list"], &["no node answers"]);
}

#[test]
fn a_vault_comes_back_by_a_nodes_word_only() {
    let desk = desk();
    succeeds(&mut salus(&desk, &RUN));
    for arguments in [&["restore", "--to", "new"][..], &["restore", "--only", "vault", "--to", "new"]] {
        let text = desk.failure_of(salus(&desk, arguments));
        assert!(text.contains("no node answers"), "{text}");
    }
}

#[test]
fn wrong_places_and_passwords_are_told() {
    let desk = desk();
    succeeds(&mut salus(&desk, &RUN));
    let mut other = salus(&desk, &["backup", "list"]);
    other.env("SALUS_BACKUP_PASSWORD", "wrong horse");
    assert!(desk.failure_of(other).contains("the password is wrong"));
    let mut none = salus(&desk, &["backup", "list"]);
    none.env_remove("SALUS_BACKUP_PASSWORD");
    let text = desk.failure_of(none);
    assert!(text.contains("SALUS_BACKUP_PASSWORD"), "{text}");
    let mut short = salus(&desk, &["backup", "init", "--repository", "other"]);
    short.env("SALUS_BACKUP_PASSWORD", "short");
    assert!(desk.failure_of(short).contains("too short"));
    for (arguments, word) in [
        (&["backup", "init"][..], "is not empty"),
        (&["backup", "run", "--repository", "folder"], "is not a repository"),
        (&["backup", "run", "--vault", "etc"], "is not a vault"),
        (&["backup", "run", "--files", "vault"], "is a vault"),
        (&["backup", "run", "--files", "nowhere"], "there is nothing at"),
        (&["backup", "run", "--files", "."], "lies in"),
        (&["backup", "run", "--node-data", "etc"], "has no data of a node"),
        (&["backup", "forget", "zzz", "--yes"], "has no snapshot `zzz`"),
        (&["backup", "forget", "", "--yes"], "has no snapshot ``"),
        (&["backup", "forget"], "nothing says which snapshots to forget"),
        (&["restore", "zzz", "--to", "new"], "has no snapshot `zzz`"),
        (&["restore", "--to", "new", "--only", "node-data"], "has no data of a node"),
        (&["restore", "--to", "/", "--only", "files"], "is not empty"),
    ] {
        let text = desk.failure_of(salus(&desk, arguments));
        assert!(text.contains(word), "{arguments:?}: {text}");
    }
}
