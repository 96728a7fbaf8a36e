// SPDX-License-Identifier: Apache-2.0

//! `salus-node check-runtime`: the node's verdict on a runtime before an upgrade.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use codec::Encode;
use salus_runtime::{limits, VERSION, WASM_BINARY, WASM_BINARY_BLOATY};
use std::{
    path::PathBuf,
    process::{Command, Output},
    time::{Duration, Instant},
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
    let offset = code.windows(from.len()).position(|window| window == from).unwrap();
    code[offset..offset + to.len()].copy_from_slice(to);
    code
}

/// The version in a section of the file: two names, the versions of authoring and of the specification.
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
fn files_that_are_not_runtimes_are_refused() {
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

/// Valid code of any length: it ends with a section without meaning.
#[test]
fn a_runtime_is_as_long_as_a_block_takes_at_most() {
    let most = limits::BLOCK_BYTES as usize - 1_024;
    let code = WASM_BINARY_BLOATY.unwrap();
    let padded = |length: usize| {
        // The section's identifier, its length in five bytes, and the length of its name: 0.
        let rest = length - code.len() - 6;
        let mut section = vec![0];
        section.extend((0..5).map(|byte| (rest >> (7 * byte)) as u8 & 0x7f | if byte < 4 { 0x80 } else { 0 }));
        section.resize(6 + rest, 0);
        [code, &section].concat()
    };
    said_of(&file("longest.wasm", &padded(most)), &["--current", "0"]);
    let text = refusal_of(&file("too-long.wasm", &padded(most + 1)), &["--current", "0"]);
    assert!(text.contains("more than") && text.contains("hint: use the compressed one"), "{text}");
    // The node does not read an endless file to its end.
    let text = refusal_of(&PathBuf::from("/dev/zero"), &[]);
    assert!(text.contains("more than"), "{text}");
}

/// A module whose `Core_version` has these instructions, with as many pages of memory.
fn module(pages: u32, instructions: &[u8]) -> Vec<u8> {
    let leb = |mut value: u32| {
        let mut bytes = Vec::new();
        while value > 0x7f {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    };
    let section = |id: u8, content: &[u8]| [&[id], &leb(content.len() as u32)[..], content].concat();
    let export = |name: &str, kind: u8| [&leb(name.len() as u32)[..], name.as_bytes(), &[kind, 0]].concat();
    let exports = [vec![3], export("memory", 2), export("__heap_base", 3), export("Core_version", 0)].concat();
    // No locals, the instructions, the end.
    let body = [&[0], instructions, &[0x0b]].concat();
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, &[1, 0x60, 2, 0x7f, 0x7f, 1, 0x7e]),
        section(3, &[1, 0]),
        section(5, &[&[1, 0], &leb(pages)[..]].concat()),
        section(6, &[1, 0x7f, 0, 0x41, 0x80, 0x80, 0xc0, 0, 0x0b]),
        section(7, &exports),
        section(10, &[&[1], &leb(body.len() as u32)[..], &body].concat()),
    ]
    .concat()
}

#[test]
fn a_runtime_that_never_answers_is_refused_in_time() {
    // loop br 0 end unreachable
    let file = file("endless.wasm", &module(17, &[0x03, 0x40, 0x0c, 0, 0x0b, 0]));
    let begun = Instant::now();
    let text = refusal_of(&file, &["--limit", "2"]);
    assert!(text.contains("did not answer within 2 s") && text.contains("hint: do not confirm it"), "{text}");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn a_runtime_that_wants_all_memory_is_refused() {
    // i32.const 0 local.set 0 loop local.get 0 i32.const 1 i32.store
    let store = [0x41, 0, 0x21, 0, 0x03, 0x40, 0x20, 0, 0x41, 1, 0x36, 2, 0];
    // local.get 0 i32.const 4096 i32.add local.tee 0 br_if 0 end unreachable
    let next = [0x20, 0, 0x41, 0x80, 0x20, 0x6a, 0x22, 0, 0x0d, 0, 0x0b, 0];
    refusal_of(&file("hungry.wasm", &module(60_000, &[&store[..], &next].concat())), &["--limit", "20"]);
}

#[test]
fn a_runtime_that_gives_up_is_refused() {
    let text = refusal_of(&file("traps.wasm", &module(17, &[0])), &[]);
    assert!(text.contains("cannot be used") && !text.contains("did not answer"), "{text}");
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
