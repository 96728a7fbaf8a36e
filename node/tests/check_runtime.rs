// SPDX-License-Identifier: Apache-2.0

//! `salus-node check-runtime`: what a node says of a runtime before an upgrade.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use codec::Encode;
use salus_runtime::{VERSION, WASM_BINARY, WASM_BINARY_BLOATY};
use std::{
    path::PathBuf,
    process::{Command, Output},
};

fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, bytes).unwrap();
    file
}

fn check(file: &PathBuf, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_salus-node")).arg("check-runtime").arg(file).args(more).output().unwrap()
}

fn said_of(file: &PathBuf, more: &[&str]) -> String {
    let output = check(file, more);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refusal_of(file: &PathBuf, more: &[&str]) -> String {
    let output = check(file, more);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.starts_with("error: ") && !text.contains("panicked"), "{text}");
    assert!(text.contains(file.file_name().unwrap().to_str().unwrap()), "{text}");
    text
}

/// The uncompressed runtime, with the first of these bytes changed.
fn changed(from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut code = WASM_BINARY_BLOATY.unwrap().to_vec();
    let place = code.windows(from.len()).position(|window| window == from).unwrap();
    code[place..place + to.len()].copy_from_slice(to);
    code
}

/// As the version stands in a section of the file: two names, the versions of authoring and of the specification.
fn section(name: &str, version: u32) -> Vec<u8> {
    (name, "salus", 1u32, version).encode()
}

#[test]
fn a_runtime_of_a_greater_version_can_be_executed() {
    for (name, code) in [("compressed.wasm", WASM_BINARY.unwrap()), ("plain.wasm", WASM_BINARY_BLOATY.unwrap())] {
        let file = file(name, code);
        let text = said_of(&file, &["--current", "0"]);
        assert!(text.contains("name       salus\n") && text.ends_with("this node can execute it\n"), "{text}");
        assert!(text.contains(&format!("version    {}\n", VERSION.spec_version)), "{text}");
        let hash = sp_core::bytes::to_hex(&sp_io::hashing::blake2_256(code), false);
        assert!(text.contains(&format!("code hash  {hash}\n")), "{text}");
    }
}

#[test]
fn a_runtime_that_is_not_newer_is_refused() {
    let file = file("current.wasm", WASM_BINARY.unwrap());
    for more in [&[][..], &["--chain", "dev"], &["--current", "7"]] {
        let text = refusal_of(&file, more);
        assert!(text.contains("is not greater than") && text.contains("hint: "), "{text}");
    }
}

#[test]
fn a_runtime_of_something_else_is_refused() {
    let file = file(
        "other-name.wasm",
        &changed(&section("salus", VERSION.spec_version), &section("venus", VERSION.spec_version)),
    );
    let text = refusal_of(&file, &["--current", "0"]);
    assert!(text.contains("a runtime of `venus`, not of `salus`"), "{text}");
}

#[test]
fn a_runtime_that_claims_a_version_that_it_is_not_is_refused() {
    let code = changed(&section("salus", VERSION.spec_version), &section("salus", 77));
    let text = refusal_of(&file("claims.wasm", &code), &[]);
    assert!(text.contains("claims version 77, but its code is of"), "{text}");
}

#[test]
fn what_is_no_runtime_is_refused() {
    for (name, bytes) in [("empty.wasm", &b""[..]), ("text.wasm", b"no code"), ("head.wasm", b"\0asm\x01\0\0\0")] {
        refusal_of(&file(name, bytes), &[]);
    }
    let cut = &WASM_BINARY.unwrap()[..50_000];
    refusal_of(&file("cut.wasm", cut), &[]);
    let long = vec![0; 5 << 20];
    let text = refusal_of(&file("long.wasm", &long), &[]);
    assert!(text.contains("hint: use the compressed one"), "{text}");
    assert!(refusal_of(&PathBuf::from("/does/not/exist.wasm"), &[]).contains("No such file"));
}

#[test]
fn a_runtime_that_needs_a_function_which_this_node_lacks_is_refused() {
    let code = changed(b"ext_storage_", b"ext_unheard_");
    let text = refusal_of(&file("import.wasm", &code), &["--current", "0"]);
    assert!(text.contains("ext_unheard_"), "{text}");
}

#[test]
fn a_chain_that_does_not_exist_is_said_so() {
    let runtime = file("any.wasm", WASM_BINARY.unwrap());
    let output = check(&runtime, &["--chain", "/does/not/exist.json"]);
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("/does/not/exist.json"));
}
