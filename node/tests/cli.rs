// SPDX-License-Identifier: Apache-2.0

//! The command line from its user's view.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use std::{
    path::PathBuf,
    process::{Command, Output},
};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_salus-node")).args(arguments).output().unwrap()
}

fn stdout_of(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the message on stderr with which the process fails, without a panic.
fn refusal_of(arguments: &[&str]) -> String {
    let output = run(arguments);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{arguments:?} succeeded");
    assert!(!text.contains("panicked"), "{arguments:?}: {text}");
    text
}

fn specification(name: &str, text: &str) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, text).unwrap();
    file
}

/// Writes a specification that is valid except for the changes of `edit`.
fn edited(name: &str, edit: impl FnOnce(&mut serde_json::Value)) -> PathBuf {
    let text = stdout_of(&["build-spec", "--chain", "dev", "--raw", "--disable-default-bootnode"]);
    let mut json = serde_json::from_str(&text).unwrap();
    edit(&mut json);
    specification(name, &json.to_string())
}

#[test]
fn version_and_help_are_printed() {
    assert!(stdout_of(&["--version"]).contains(env!("CARGO_PKG_VERSION")));
    let help = stdout_of(&["--help"]);
    for command in [
        "key",
        "build-spec",
        "export-chain-spec",
        "check-block",
        "export-blocks",
        "purge-chain",
        "revert",
        "chain-info",
    ] {
        assert!(help.contains(command), "{command}");
    }
    assert!(help.contains("[default: 20000]") && help.contains("[default: 65536]"));
}

#[test]
fn specifications_of_built_in_chains_are_complete() {
    for (chain, name) in [("dev", "Salus Development"), ("local", "Salus Local")] {
        let json: serde_json::Value =
            serde_json::from_str(&stdout_of(&["build-spec", "--chain", chain, "--raw"])).unwrap();
        assert_eq!(json["name"], name);
        assert_eq!(json["properties"]["ss58Format"], 42);
        assert!(json["genesis"]["raw"]["top"]["0x3a636f6465"].is_string(), "the code is there");
        assert_eq!(json["bootNodes"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn exported_specification_can_be_loaded() {
    let file = specification("exported.json", &stdout_of(&["export-chain-spec", "--chain", "local", "--raw"]));
    let again = stdout_of(&["build-spec", "--raw", "--disable-default-bootnode", "--chain", file.to_str().unwrap()]);
    let json: serde_json::Value = serde_json::from_str(&again).unwrap();
    assert_eq!(json["id"], "local");
}

#[test]
fn run_fails_without_a_chain_and_says_what_to_do() {
    let text = refusal_of(&["--tmp"]);
    assert!(text.contains("no chain is named") && text.contains("hint: use `--dev`"), "{text}");
}

#[test]
fn run_fails_when_the_specification_is_missing_or_no_specification() {
    assert!(refusal_of(&["--chain", "/does/not/exist.json"]).contains("/does/not/exist.json"));
    for (name, text) in
        [("empty.json", ""), ("cut.json", "{\"name\": \"x\""), ("list.json", "[]"), ("other.json", "{}")]
    {
        let file = specification(name, text);
        let refusal = refusal_of(&["--tmp", "--chain", file.to_str().unwrap()]);
        assert!(refusal.contains(name) && refusal.contains("cannot be used"), "{refusal}");
    }
}

#[test]
fn run_fails_when_the_genesis_is_broken() {
    let no_code = edited("no-code.json", |json| {
        json["genesis"]["raw"]["top"].as_object_mut().unwrap().remove("0x3a636f6465");
    });
    let bad_code = edited("bad-code.json", |json| {
        json["genesis"]["raw"]["top"]["0x3a636f6465"] = "0x00".into();
    });
    let no_genesis = edited("no-genesis.json", |json| {
        json.as_object_mut().unwrap().remove("genesis");
    });
    let bad_key = edited("bad-key.json", |json| {
        json["genesis"]["raw"]["top"]["0xzz"] = "0x00".into();
    });
    let code_of_zeros = edited("code-of-zeros.json", |json| {
        json["genesis"]["raw"]["top"]["0x3a636f6465"] = "0x0061736d00000000".into();
    });
    for (file, reason) in [
        (no_code, "holds no runtime"),
        (bad_code, "not WebAssembly"),
        (no_genesis, "no `genesis`"),
        (bad_key, "invalid hex"),
        (code_of_zeros, "error: "),
    ] {
        let refusal = refusal_of(&["--tmp", "--no-prometheus", "--rpc-port", "0", "--chain", file.to_str().unwrap()]);
        assert!(refusal.contains("error: ") && refusal.contains(reason), "{refusal}");
    }
}

#[test]
fn keys_are_made_and_inspected() {
    let json: serde_json::Value =
        serde_json::from_str(&stdout_of(&["key", "inspect", "//Alice", "--output-type", "json"])).unwrap();
    assert_eq!(json["ss58Address"], "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
}

#[test]
fn foreign_network_backend_is_refused() {
    let text = refusal_of(&["--dev", "--no-prometheus", "--rpc-port", "0", "--network-backend", "libp2p"]);
    assert!(text.contains("litep2p only"), "{text}");
}

#[test]
fn an_authority_whose_port_is_open_to_all_is_refused() {
    let authority =
        ["--validator", "--unsafe-force-node-key-generation", "--chain", "local", "--tmp", "--no-prometheus"];
    let text = refusal_of(&[authority.as_slice(), &["--rpc-external"]].concat());
    assert!(text.contains("--rpc-external option shouldn't be used"), "{text}");
}

/// Returns the description of a network of one hospital with these keys, as `salus network init` writes it.
fn network(aura: &str) -> String {
    let key = |byte: u8| format!("0x{}", format!("{byte:02x}").repeat(32));
    serde_json::json!({
        "name": "Salus North",
        "id": "salus-north",
        "required_verifications": 2,
        "upgrade_delay": 1_000,
        "session_length": 60,
        "founders": [{
            "profile": {
                "kind": "hospital",
                "issuing_key": key(1),
                "encryption_key": { "suite": 1, "key": key(2) },
                "vault_address": [],
                "admission_quota": 10,
                "traffic_quota": { "time": 2000000000000_u64, "bytes": 1048576, "refill": 60000 },
            },
            "authority": { "aura": aura, "grandpa": key(5) },
            "staff": [{
                "role": "service",
                "transaction_key": key(8),
                "membership_key": key(9),
                "encryption_key": { "suite": 1, "key": key(10) },
            }, {
                "role": "delegate",
                "transaction_key": key(3),
                "membership_key": key(6),
                "encryption_key": { "suite": 1, "key": key(7) },
            }],
        }],
    })
    .to_string()
}

#[test]
fn network_spec_is_that_of_the_description_and_always_the_same() {
    let file = specification("north-network.json", &network(&format!("0x{}", "04".repeat(32))));
    let text = stdout_of(&["network-spec", file.to_str().unwrap()]);
    assert_eq!(text, stdout_of(&["network-spec", file.to_str().unwrap()]));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&json["name"], &json["id"]), (&"Salus North".into(), &"salus-north".into()));
    assert_eq!(json["chainType"], "Live");
    let spec = specification("north-spec.json", &text);
    let hash = stdout_of(&["genesis-hash", "--chain", spec.to_str().unwrap()]);
    assert!(hash.starts_with("0x") && hash.trim().len() == 66, "{hash}");
    assert_ne!(hash, stdout_of(&["genesis-hash", "--chain", "dev"]));
}

#[test]
fn network_spec_fails_when_the_description_is_none() {
    let no_key = network("0xzz");
    for (name, text, reason) in [
        ("none.json", "{}", "missing field"),
        ("cut-network.json", "{", "EOF"),
        ("bad-key-network.json", no_key.as_str(), "32 bytes"),
    ] {
        let file = specification(name, text);
        let refusal = refusal_of(&["network-spec", file.to_str().unwrap()]);
        assert!(refusal.contains(name) && refusal.contains(reason), "{refusal}");
    }
    assert!(refusal_of(&["network-spec", "/does/not/exist.json"]).contains("No such file"));
}

#[test]
fn genesis_hash_of_a_file_is_that_of_the_chain_it_came_from() {
    let file = specification("local-again.json", &stdout_of(&["export-chain-spec", "--chain", "local", "--raw"]));
    let [built_in, written] =
        ["local", file.to_str().unwrap()].map(|chain| stdout_of(&["genesis-hash", "--chain", chain]));
    assert_eq!(built_in, written);
}
