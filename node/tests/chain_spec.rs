// SPDX-License-Identifier: Apache-2.0

//! Unusable specifications: the node refuses each with its file and its fault, before it writes anything.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use serde_json::{json, Value};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Returns the specification that `build-spec` writes for `dev`.
fn specification(options: &[&str]) -> Value {
    let output = node(&[&["build-spec", "--chain", "dev", "--disable-default-bootnode"], options].concat()).output();
    serde_json::from_slice(&output.unwrap().stdout).unwrap()
}

fn node(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_salus-node"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("chain-spec").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Returns the message with which the node refuses to run with `content` as its specification.
fn refusal_of(folder: &Path, content: &[u8]) -> String {
    let (file, base) = (folder.join("spec.json"), folder.join("base"));
    fs::write(&file, content).unwrap();
    let output = node(&["--no-prometheus", "--rpc-port=0", "--listen-addr=/ip4/127.0.0.1/tcp/0", "--chain"])
        .arg(&file)
        .arg("--base-path")
        .arg(&base)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("error: the chain specification `"), "{text}");
    assert!(text.contains("spec.json` cannot be used: ") && text.contains("\nhint: `--chain` takes `dev`"), "{text}");
    assert!(!text.contains("backtrace") && text.len() < 2_000, "{text}");
    // The node has not created a database either.
    let begun: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(begun, ["spec.json"], "{text}");
    text
}

#[test]
fn files_that_are_not_specifications_are_refused() {
    let folder = folder("files");
    let cut = specification(&["--raw"]).to_string();
    for (content, reason) in [
        (&b""[..], "EOF"),
        (b"hello", "expected value"),
        (b"\xff\xfe{\x00}\x00", "expected value"),
        (b"[]", "no `genesis`"),
        (b"null", "no `genesis`"),
        (b"{\"genesis\": {}, \"genesis\": {}}", "holds no runtime"),
        (&cut.as_bytes()[..cut.len() / 2], "EOF"),
        (&cut.as_bytes()[..cut.len() - 1], "EOF"),
        (&b"[".repeat(200_000), "recursion limit"),
    ] {
        let text = refusal_of(&folder, content);
        assert!(text.contains(reason) && !text.contains("panicked"), "{text}");
    }
}

#[test]
fn fields_that_cannot_be_are_refused() {
    let folder = folder("fields");
    let (plain, raw) = (specification(&[]), specification(&["--raw"]));
    let top = "/genesis/raw/top";
    let code = raw["genesis"]["raw"]["top"]["0x3a636f6465"].as_str().unwrap();
    for (spec, pointer, value, reason) in [
        (&plain, "/name", json!(null), "invalid type: null"),
        (&plain, "/id", json!(5), "invalid type: integer `5`"),
        (&plain, "/id", json!(""), "its `id` is not"),
        (&plain, "/id", json!("../../up"), "its `id` is not"),
        (&plain, "/id", json!("x".repeat(1000)), "its `id` is not"),
        (&plain, "/chainType", json!("Weird"), "unknown variant `Weird`"),
        (&plain, "/bootNodes", json!("x"), "expected a sequence"),
        (&plain, "/bootNodes", json!(["nonsense"]), "invalid multiaddress"),
        (&plain, "/telemetryEndpoints", json!([["nonsense", 0]]), "invalid multiaddr"),
        (&plain, "/protocolId", json!(5), "invalid type: integer `5`"),
        (&plain, "/properties", json!([1]), "expected a map"),
        (&plain, "/genesis", json!(null), "holds no runtime"),
        (&plain, "/genesis", json!("x"), "holds no runtime"),
        (&plain, "/genesis/runtimeGenesis/code", json!("0x00"), "not WebAssembly"),
        (&plain, "/genesis/runtimeGenesis/code", json!(&code[..10_000]), "constructing the runtime"),
        (&plain, "/genesis/runtimeGenesis/patch", json!([1]), "expected struct"),
        (&raw, top, json!(null), "holds no runtime"),
        (&raw, top, json!({ "0x3a636f6465": code }), "names no authorities"),
        (&raw, top, json!({ "0x3a636f6465": code, "0xzz": "0x00" }), "invalid hex"),
        (&raw, top, json!({ "0x3a636f6465": code, "0x00": 5 }), "invalid type: integer `5`"),
    ] {
        let mut spec = spec.clone();
        *spec.pointer_mut(pointer).unwrap() = value;
        let text = refusal_of(&folder, spec.to_string().as_bytes());
        assert!(text.contains(reason) && !text.contains("panicked"), "{pointer}: {text}");
    }
    for missing in ["name", "id", "genesis"] {
        let mut spec = plain.clone();
        spec.as_object_mut().unwrap().remove(missing);
        assert!(refusal_of(&folder, spec.to_string().as_bytes()).contains(&format!("`{missing}`")));
    }
}

/// Only the runtime can judge these faults; it gives the reason in a line of the log.
#[test]
fn genesis_that_cannot_be_is_refused() {
    let folder = folder("genesis");
    let plain = specification(&[]);
    let patch = &plain["genesis"]["runtimeGenesis"]["patch"];
    let (members, seats) = (&patch["membership"]["members"], &patch["authorities"]["seats"]);
    let twice = |list: &Value| json!([list[0], list[0]]);
    let mut elsewhere = members.clone();
    elsewhere[0]["institution"] = json!(77);
    for (pointer, value, reason) in [
        ("/nothing", json!({}), "unknown field `nothing`"),
        ("/authorities/seats", json!(["x"]), "Invalid JSON blob"),
        ("/authorities/sessionLength", json!(9), "a session has 10 to 86400 blocks"),
        ("/membership/requiredVerifications", json!(-1), "invalid value: integer `-1`"),
        ("/membership/requiredVerifications", json!(4_294_967_296_u64), "integer `4294967296`"),
        ("/membership/requiredVerifications", json!(0), "`0` is not 1 to 4 verifications"),
        ("/membership/requiredVerifications", json!(5), "`5` is not 1 to 4 verifications"),
        ("/membership/members", twice(members), "a key is used twice"),
        ("/membership/members", elsewhere, "there is no institution 77"),
        ("/authorities/seats", twice(seats), "seat 1 cannot be given: AlreadyExists"),
        ("/session/keys", json!([]), "names no authorities"),
    ] {
        let mut spec = plain.clone();
        let patch = spec.pointer_mut("/genesis/runtimeGenesis/patch").unwrap();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        patch.pointer_mut(parent).unwrap()[name] = value;
        let text = refusal_of(&folder, spec.to_string().as_bytes());
        assert!(text.contains(reason), "{pointer}: {text}");
    }
}

#[test]
fn a_specification_that_cannot_be_read_is_refused() {
    for (name, reason) in [("/does/not/exist.json", "No such file"), ("/", "Is a directory")] {
        let output = node(&["--tmp", "--chain", name]).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(text.contains(&format!("`{name}` cannot be used: ")) && text.contains(reason), "{text}");
    }
}

/// A closed standard error is not a reason to panic.
#[test]
fn a_refusal_that_cannot_be_printed_is_a_refusal() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let status = node(&["--tmp", "--chain", "nowhere"]).stderr(full).status().unwrap();
    assert_eq!(status.code(), Some(2));
}
