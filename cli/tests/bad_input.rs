// SPDX-License-Identifier: Apache-2.0

//! A person types something wrong, or has broken files, and meets: what is wrong in words, the exit status,
//! no panic, and nothing written. No node is needed.

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
use std::{collections::BTreeSet, ffi::OsStr, fs, os::unix::ffi::OsStrExt, process::Stdio};

const KEY: &str = "0x1111111111111111111111111111111111111111111111111111111111111111";
const RECORD: &str = "0/00000000000000000000000000000000";
/// One more than 64 bits hold.
const TOO_MUCH: &str = "18446744073709551616";

/// Every command that asks a node, with arguments that are right. One per line: a new command needs its line here.
const ONLINE: &[&[&str]] = &[
    &["institution", "list"],
    &["institution", "show", "0"],
    &["institution", "policy", "0"],
    &["institution", "admit", "--kind", "clinic", "--issuing-key", KEY, "--encryption-key", KEY],
    &["institution", "update", "0", "--admission-quota", "5"],
    &["institution", "rotate-issuing-key", "0", KEY],
    &["institution", "suspend", "0"],
    &["institution", "reinstate", "0"],
    &["institution", "remove", "0"],
    &["council", "list"],
    &["council", "approve", KEY],
    &["council", "reject", KEY],
    &["council", "close", KEY],
    &["council", "admit-authority", "0", "--account", KEY, "--delegate", "member:1"],
    &["council", "remove-authority", "0", "--force"],
    &["council", "suspend-authority", "0"],
    &["council", "reinstate-authority", "0"],
    &["council", "suspend-member", "0"],
    &["council", "reinstate-member", "0"],
    &["council", "revoke-member", "0"],
    &["council", "require-verifications", "2"],
    &["council", "parameters"],
    &["council", "set-parameter", "--request-life", "30d"],
    &["council", "pausable-calls"],
    &["council", "pause-call", "Records.open_records"],
    &["council", "unpause-call", "Records.open_records"],
    &["council", "plan-upgrade", "bytes"],
    &["council", "cancel-upgrade"],
    &["council", "set-upgrade-delay", "1d"],
    &["council", "resume-finality", "--stalled"],
    &["council", "withdraw-resumption"],
    &["council", "hand-over", "0", "--account", "member:1"],
    &["authority", "status"],
    &["authority", "rotate-keys"],
    &["authority", "suspend"],
    &["authority", "take-vote"],
    &["authority", "hand-over", "member:1"],
    &["authority", "equivocations"],
    &["authority", "report"],
    &["authority", "upgrade"],
    &["authority", "confirm-upgrade", "bytes"],
    &["authority", "apply-upgrade", "bytes"],
    &["authority", "history"],
    &["voucher", "issue", "--institution", "0", "--role", "patient", "--out", "new-voucher"],
    &["voucher", "refuse", "bytes"],
    &["join", "voucher"],
    &["join", "apply", "--institution", "0", "--role", "patient", "--out", "new-application"],
    &["verify", "challenge", "0"],
    &["verify", "answer"],
    &["member", "show", "0"],
    &["member", "add-key", "ada"],
    &["member", "remove-key", KEY],
    &["member", "suspend", "0"],
    &["member", "reinstate", "0"],
    &["member", "revoke", "0"],
    &["chart", "open"],
    &["chart", "list"],
    &["chart", "show", "0"],
    &["chart", "summary", "0"],
    &["chart", "export", "0", "--out", "new-folder"],
    &["compartment", "add", "0", "Eyes"],
    &["compartment", "list", "0"],
    &["record", "add", "0", "text", "--compartment", "Eyes"],
    &["record", "list", "0"],
    &["record", "get", RECORD, "--out", "new-file"],
    &["record", "export", "0", "--out", "new-folder"],
    &["record", "check", "record-file"],
    &["record", "search", "0", "--text", "blood"],
    &["record", "amend", RECORD, "text"],
    &["member", "renew", "1", "--without-end"],
    &["record", "stage", "0", "text", "--compartment", "0", "--basis", "legal-duty"],
    &["record", "staged", "0"],
    &["record", "accept", RECORD, "--yes"],
    &["record", "refuse", RECORD, "--yes"],
    &["record", "hold", RECORD, "--ground", "order", "--until", "1d"],
    &["record", "withdraw", RECORD, "--yes"],
    &["record", "mark-in-error", RECORD, "--yes"],
    &["record", "restrict", RECORD],
    &["record", "lift", RECORD],
    &["correction", "request", RECORD, "--reason", "wrong"],
    &["correction", "answer", RECORD, "--corrected"],
    &["correction", "disagree", RECORD, "--statement", "no"],
    &["correction", "list", "0"],
    &["shredding", "request", RECORD, "--yes"],
    &["shredding", "cancel", RECORD],
    &["shredding", "retain", RECORD, "--ground", "order", "--until", "365d"],
    &["shredding", "lift", RECORD],
    &["shredding", "carry-out", RECORD, "--yes"],
    &["shredding", "status", RECORD],
    &["shredding", "certificate", RECORD, "--output", "new-file"],
    &["shredding", "check", "certificate"],
    &["grant", "0", "--to", "member:1", "--compartment", "Eyes"],
    &["lab-grant", "0", "--to", "institution:1", "--compartment", "Eyes"],
    &["disclose", "0", "--under", "0", "--to", "member:1", "--record", RECORD],
    &["declare-use", "0", "--record", RECORD, "--purpose", "research"],
    &["envelope", "0", "--to", "1", "--record", RECORD],
    &["revoke", "0", "0"],
    &["rotate", "0"],
    &["request", "0"],
    &["approve", "0", "0", "--compartment", "Eyes"],
    &["deny", "0", "0"],
    &["note", "0", "--request", "0"],
    &["notices"],
    &["log", "chart:0"],
    &["receipts", "receipts"],
    &["explain", "0", "--member", "1", "--compartment", "0"],
    &["status"],
];

/// Commands that do something by themselves, although others stand below them.
const ALONE_TOO: &[&str] = &["join"];

/// Every other command.
const OFFLINE: &[&[&str]] = &[
    &["key", "new"],
    &["key", "import"],
    &["key", "list"],
    &["key", "show"],
    &["key", "export-json"],
    &["voucher", "show"],
    &["join", "show"],
    &["network", "keys"],
    &["network", "init"],
    &["network", "check"],
    // More in cli/tests/backup.rs.
    &["backup", "init"],
    &["backup", "run"],
    &["backup", "list"],
    &["backup", "check"],
    &["backup", "forget"],
    &["restore"],
    // An absent node is one of its findings (cli/tests/network.rs).
    &["doctor"],
    &["completions"],
];

#[test]
fn every_command_says_that_no_node_answers() {
    let desk = Desk::new();
    for arguments in ONLINE {
        desk.fails(arguments, &["no node answers at `ws://127.0.0.1:1`", "hint: is salus-node running there?"]);
    }
    let text = desk.failure_of(desk.command(&["--json", "status"]));
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["outcome"], "failed");
    assert!(report["error"].as_str().unwrap().contains("no node answers"));
}

#[test]
fn every_command_is_tried_here() {
    let desk = Desk::new();
    let subcommands = |path: &[&str]| -> Vec<String> {
        let help = desk.run(&[path, &["--help"]].concat());
        let help = String::from_utf8(help.stdout).unwrap();
        let Some((_, commands)) = help.split_once("\nCommands:\n") else { return Vec::new() };
        let lines = commands.lines().take_while(|line| !line.is_empty());
        // A line that goes on is indented further.
        let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        names
            .filter_map(|line| line.split_whitespace().next())
            .filter(|name| *name != "help")
            .map(str::to_owned)
            .collect()
    };
    let mut there = BTreeSet::new();
    for name in subcommands(&[]) {
        let below = subcommands(&[&name]);
        there.extend(below.iter().map(|inner| format!("{name} {inner}")));
        if below.is_empty() || ALONE_TOO.contains(&name.as_str()) {
            there.insert(name);
        }
    }
    let tried = ONLINE.iter().chain(OFFLINE).map(|arguments| {
        let two = arguments[..arguments.len().min(2)].join(" ");
        match there.contains(&two) {
            true => two,
            false => arguments[0].to_owned(),
        }
    });
    assert_eq!(there, tried.collect());
}

#[test]
fn every_command_refuses_what_it_does_not_know() {
    let desk = Desk::new();
    for arguments in ONLINE.iter().chain(OFFLINE) {
        desk.fails(&[arguments, &["--no-such-option"][..]].concat(), &["unexpected argument '--no-such-option'"]);
        // Huge, and no text at all.
        let huge = "x".repeat(100_000);
        // It takes as many places as one likes.
        let word = match **arguments {
            ["network", "check"] => "there is nothing at",
            ["record", "stage", ..] => "cannot be read",
            _ => "error: ",
        };
        desk.fails(&[arguments, &[huge.as_str(), "x", "x"][..]].concat(), &[word]);
        let mut command = desk.command(arguments);
        command.arg(OsStr::from_bytes(b"\xff")).args(["x", "x"]);
        let word = if arguments.starts_with(&["record", "stage"]) { word } else { "error: " };
        assert!(desk.failure_of(command).contains(word));
    }
}

#[test]
fn malformed_arguments_are_named() {
    let desk = Desk::new();
    let long = "n".repeat(200);
    for (arguments, words) in [
        (&[][..], &["completions"][..]),
        (&["bogus"], &["unrecognized subcommand 'bogus'"]),
        (&["key"], &["export-json"]),
        (&["--home", "", "key", "list"], &["--home", "value is required"]),
        (&["completions", "cobol"], &["'cobol'", "possible values: bash"]),
        // Numbers.
        (&["chart", "show"], &["required", "<CHART>"]),
        (&["chart", "show", "x"], &["'x'", "<CHART>"]),
        (&["chart", "summary"], &["required", "<CHART>"]),
        (&["chart", "summary", "0", "--purpose", "curiosity"], &["'curiosity'", "--purpose"]),
        (&["chart", "show", ""], &["<CHART>"]),
        (&["chart", "show", "-1"], &["'-1'"]),
        (&["chart", "show", "1.5"], &["'1.5'"]),
        (&["chart", "show", TOO_MUCH], &[TOO_MUCH, "too large"]),
        (&["institution", "show", "4294967296"], &["too large"]),
        (&["council", "remove-authority", "4294967296"], &["too large"]),
        (&["council", "require-verifications", "0"], &["'0'", "1..=4"]),
        (&["council", "require-verifications", "5"], &["'5'", "1..=4"]),
        (&["authority", "history", "--institution", "x"], &["'x'", "--institution"]),
        (&["explain", "0", "--member", "1", "--compartment", "256"], &["--compartment", "too large"]),
        (&["record", "get", RECORD, "--version", "4294967296"], &["--version"]),
        (&["log", "consortium", "--newest", TOO_MUCH], &["--newest"]),
        // Hexadecimal digits.
        (&["council", "approve", "0x12"], &["'0x12'", "32 bytes as hexadecimal digits"]),
        (&["council", "approve", "zz"], &["32 bytes as hexadecimal digits"]),
        (&["member", "remove-key", &format!("{KEY}11")], &["32 bytes as hexadecimal digits"]),
        (&["council", "close", "7"], &["'7'", "32 bytes as hexadecimal digits"]),
        (&["council", "pause-call", "open_records"], &["'open_records'", "PALLET.CALL, such as Records.open_records"]),
        (&["council", "set-upgrade-delay", "soon"], &["'soon'", "expected a duration"]),
        (&["council", "set-upgrade-delay", "31d"], &["an upgrade waits 1s to 30d"]),
        (&["council", "set-parameter"], &["--request-life <DURATION>"]),
        (&["council", "set-parameter", "--request-life", "2h", "--log-horizon", "31d"], &["cannot be used with"]),
        (&["council", "set-parameter", "--request-life", "1s"], &["not within its bounds", "hint: "]),
        (&["council", "set-parameter", "--member-quota", "2s,1MiB,1m"], &["EXECUTION,BYTES,REFILL"]),
        (&["council", "set-parameter", "--member-quota", "1ms,1024KiB,60s"], &["not within its bounds"]),
        (&["council", "resume-finality", "--wait", "x"], &["'x'", "--wait"]),
        (&["council", "plan-upgrade"], &["<FILE>"]),
        (&["authority", "confirm-upgrade"], &["<FILE>"]),
        (&["authority", "apply-upgrade", "nowhere"], &["`nowhere` cannot be read"]),
        (&["authority", "apply-upgrade", "/dev/zero"], &["`/dev/zero` has more than"]),
        (&["receipts"], &["<FILE>"]),
        (&["receipts", "nowhere"], &["`nowhere` cannot be read"]),
        (&["receipts", "text"], &["`text` has no receipts", "hint: `salus-vault receipts export` writes them"]),
        (&["receipts", "voucher"], &["`voucher` has no receipts"]),
        (&["receipts", "/dev/zero"], &["`/dev/zero` has more than"]),
        (&["shredding", "request", "0/12"], &["expected CHART/KEY"]),
        (&["shredding", "request", RECORD], &["has to be confirmed", "cannot be undone", "hint: --yes"]),
        (&["shredding", "carry-out", RECORD], &["has to be confirmed", "cannot be undone", "hint: --yes"]),
        (&["shredding", "retain", RECORD, "--until", "365d"], &["--ground <GROUND>"]),
        (&["shredding", "retain", RECORD, "--ground", "order"], &["--until <WHEN>"]),
        (
            &["shredding", "retain", RECORD, "--ground", "whim", "--until", "1d"],
            &["'whim'", "legal-duty, legal-claims"],
        ),
        (&["shredding", "retain", RECORD, "--ground", "order", "--until", "soon"], &["90s, 45m, 12h or 30d"]),
        (&["shredding", "certificate"], &["<RECORD>"]),
        (&["shredding", "check"], &["<FILE>"]),
        (&["shredding", "check", "nowhere"], &["`nowhere` cannot be read"]),
        (&["shredding", "check", "folder"], &["`folder` cannot be read"]),
        (
            &["shredding", "check", "text"],
            &["`text` has no certificate of shredding", "hint: salus shredding certificate RECORD --output FILE"],
        ),
        (&["shredding", "check", "voucher"], &["`voucher` has no certificate of shredding", "unknown field"]),
        (&["shredding", "check", "/dev/zero"], &["`/dev/zero` has more than"]),
        // Accounts.
        (&["council", "admit-authority", "0", "--account", KEY], &["--delegate <ACCOUNT>"]),
        (
            &["council", "admit-authority", "0", "--account", "7", "--delegate", KEY],
            &["'7'", "--account", "an address, a key of 64 hexadecimal digits, or member:NUMBER"],
        ),
        (
            &["council", "admit-authority", "0", "--account", KEY, "--delegate", "member:x"],
            &["'member:x'", "--delegate", "member:NUMBER"],
        ),
        // Mistyped in one place.
        (
            &[
                "council",
                "admit-authority",
                "0",
                "--account",
                "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQX",
                "--delegate",
                KEY,
            ],
            &["--account", "expected an address"],
        ),
        (&["record", "get", "0/12"], &["expected CHART/KEY"]),
        (&["record", "get", "12"], &["expected CHART/KEY"]),
        (&["record", "get", "x/00000000000000000000000000000000"], &["expected CHART/KEY"]),
        // Words.
        (
            &["institution", "admit", "--kind", "spa", "--issuing-key", KEY, "--encryption-key", KEY],
            &["hospital, clinic"],
        ),
        (
            &["voucher", "issue", "--institution", "0", "--role", "king", "--out", "v"],
            &["'king'", "patient, clinician"],
        ),
        (&["join"], &["<VOUCHER>"]),
        (&["join", "voucher", "show", "application"], &["a voucher is redeemed alone", "hint: "]),
        (&["join", "apply", "--institution", "0", "--role", "patient"], &["--out <FILE>"]),
        (&["join", "apply", "--institution", "x", "--role", "patient", "--out", "v"], &["'x'", "--institution"]),
        (&["join", "apply", "--institution", "0", "--role", "king", "--out", "v"], &["'king'", "patient, clinician"]),
        (&["voucher", "refuse"], &["<FILE>"]),
        (&["voucher", "refuse", "bytes", "--application", "application"], &["cannot be used with"]),
        (
            &["voucher", "issue", "--institution", "0", "--role", "patient", "--out", "v", "--outdated"],
            &["--application <FILE>"],
        ),
        (&["voucher", "issue", "--institution", "0", "--role", "patient", "--out", "v", "--yes"], &["--application"]),
        (&["institution", "policy", "4294967296"], &["too large"]),
        (&["request", "0", "--purpose", "fun"], &["'fun'", "treatment, laboratory"]),
        (&["grant", "0", "--to", "1", "--compartment", "x", "--permissions", "fly"], &["'fly'", "read, create"]),
        (&["grant", "0", "--to", "1", "--compartment", "x", "--permissions", ""], &["read, create"]),
        (&["grant", "0", "--to", "1", "--compartment", "x", "--purposes", "treatment,,"], &["treatment, laboratory"]),
        (&["grant", "0", "--to", "group:1", "--compartment", "x"], &["member:NUMBER or institution:NUMBER"]),
        (&["grant", "0", "--to", "institution:4294967296", "--compartment", "x"], &["member:NUMBER"]),
        (&["grant", "0", "--to", "1"], &["--compartment <NAME>|--record <CHART/KEY>"]),
        (&["note", "0"], &["--request <NUMBER>|--grant <NUMBER>|--entry <NUMBER>"]),
        (&["note", "0", "--request", "0", "--grant", "0"], &["cannot be used with"]),
        (&["institution", "update", "0", "--vault-address", "127.0.0.1:80"], &["begins with https://"]),
        (&["institution", "update", "0", "--vault-address", "http://vault.example"], &["begins with https://"]),
        (&["log", "foo"], &["chart:NUMBER, institution:NUMBER or consortium"]),
        (&["log", "chart:"], &["chart:NUMBER"]),
        (&["explain", "0", "--member", "1"], &["--compartment <NUMBER>|--record <CHART/KEY>"]),
        (&["explain", "0", "--member", "1", "--compartment", "0", "--record", RECORD], &["cannot be used with"]),
        // Times.
        (&["request", "0", "--until", "tomorrow"], &["90s, 45m, 12h or 30d", "2026-12-24T18:00:00Z"]),
        (&["request", "0", "--until", ""], &["90s, 45m, 12h or 30d"]),
        (&["request", "0", "--until", "0d"], &["nothing lasts that short"]),
        (&["request", "0", "--until", "99999999999999999999d"], &["longer than any duration"]),
        (&["request", "0", "--until", "1960-01-01T00:00:00Z"], &["before 1970"]),
        (&["voucher", "issue", "--institution", "0", "--role", "patient", "--out", "v", "--life", "-1d"], &["'-1'"]),
        // Names.
        (&["key", "new", ""], &["`` is not a name", "hint: up to 64"]),
        (&["key", "new", "../up"], &["`../up` is not a name"]),
        (&["key", "new", ".hidden"], &["is not a name"]),
        (&["key", "new", "é"], &["is not a name"]),
        (&["key", "new", &long], &["is not a name"]),
        (&["key", "new", "ada"], &["there is an identity `ada` already", "hint: "]),
        (&["key", "import", "ada", "--uri", "//Ada"], &["there is an identity `ada` already"]),
        (&["key", "show", "absent"], &["there is no identity `absent`", "hint: salus key list"]),
        (&["key", "export-json", "absent"], &["there is no identity `absent`"]),
        (&["--as", "absent", "chart", "list"], &["there is no identity `absent`"]),
        (&["--as", "absent", "status"], &["there is no identity `absent`"]),
        (&["--as", "../ada", "chart", "list"], &["`../ada` is not a name"]),
        (&["compartment", "add", "0"], &["<NAME>"]),
        (&["compartment", "add", "0", ""], &["a compartment needs a name"]),
        (&["compartment", "add", "0", "7"], &["a number is not a name"]),
        (&["compartment", "add", "0", &long], &["at most 128 bytes"]),
        (&["compartment", "add", "0", "x", "--standard"], &["cannot be used with"]),
        // Keys that cannot be.
        (&["key", "import", "new"], &["--phrase-file <FILE>"]),
        (&["key", "import", "new", "--uri", ""], &["not a secret URI"]),
        (&["key", "import", "new", "--uri", "//a//"], &["not a secret URI"]),
        (&["key", "import", "new", "--uri", "words"], &["expected 12, 15, 18, 21 or 24 words, found 1"]),
        (&["key", "import", "new", "--uri", "0x12"], &["seed of 32 bytes"]),
        (&["key", "import", "new", "--uri", "//a", "--phrase-file", "text"], &["cannot be used with"]),
        (
            &["institution", "admit", "--kind", "clinic", "--issuing-key", KEY, "--encryption-key", &"00".repeat(32)],
            &["the encryption key cannot be used", "hint: salus key show"],
        ),
    ] {
        desk.fails(arguments, words);
    }
}

#[test]
fn addresses_that_are_none_are_told_from_nodes_that_do_not_answer() {
    let desk = Desk::new();
    for address in ["", "foo", "http://127.0.0.1:1", "ftp://127.0.0.1", "127.0.0.1:9944"] {
        desk.fails(&["--node", address, "status"], &[&format!("`{address}` is not an address of a node"), "hint: "]);
    }
    for address in ["ws://", "ws://127.0.0.1:99999", "ws://127.0.0.1:1", "wss://127.0.0.1:1"] {
        desk.fails(&["--node", address, "status"], &[&format!("no node answers at `{address}`"), "hint: "]);
    }
    desk.fails(&["--node", "ws://192.0.2.1:9944", "status"], &["neither encrypted nor on this machine", "hint: "]);
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let desk = Desk::new();
    let twelve = "bottom drive obey lake curtain smoke basket hold race lonely fit";
    fs::write(desk.path("unknown-word"), format!("{twelve} zzzz")).unwrap();
    fs::write(desk.path("wrong-order"), format!("walk {twelve}")).unwrap();
    fs::write(desk.path("altered-application"), desk::APPLICATION).unwrap();
    for (arguments, words) in [
        (&["key", "import", "new", "--phrase-file", "nowhere"][..], &["`nowhere` cannot be read", "No such file"][..]),
        (&["key", "import", "new", "--phrase-file", "folder"], &["`folder` cannot be read"]),
        (&["key", "import", "new", "--phrase-file", "bytes"], &["`bytes` is not text", "hint: "]),
        (&["key", "import", "new", "--phrase-file", "/dev/zero"], &["`/dev/zero` has more than", "hint: "]),
        (&["key", "import", "new", "--phrase-file", "empty"], &["`empty` holds no phrase", "found 0"]),
        (&["key", "import", "new", "--phrase-file", "text"], &["`text` holds no phrase", "found 1"]),
        (&["key", "import", "new", "--phrase-file", "unknown-word"], &["word 12 is not on the English BIP-39 list"]),
        (&["key", "import", "new", "--phrase-file", "wrong-order"], &["the words do not fit together"]),
        // Never an identity without its phrase.
        (&["key", "new", "new", "--phrase-file", "text"], &["`text` cannot be written", "hint: choose another name"]),
        (&["key", "new", "new", "--phrase-file", "nowhere/phrase"], &["`nowhere/phrase` cannot be written"]),
        (&["voucher", "show", "nowhere"], &["`nowhere` cannot be read"]),
        (&["voucher", "show", "folder"], &["`folder` cannot be read"]),
        (&["voucher", "show", "empty"], &["`empty` is not a voucher", "hint: "]),
        (&["voucher", "show", "bundle"], &["`bundle` is not a voucher"]),
        (&["voucher", "show", "bytes"], &["`bytes` is not text"]),
        (&["voucher", "show", "/dev/zero"], &["`/dev/zero` has more than"]),
        (&["join", "empty"], &["`empty` is not a voucher"]),
        (&["join", "show", "nowhere"], &["`nowhere` cannot be read"]),
        (&["join", "show", "empty"], &["`empty` is not accepted: this is not an application", "hint: take the file"]),
        (&["join", "show", "voucher"], &["`voucher` is not accepted: this is not an application"]),
        (&["join", "show", "bytes"], &["`bytes` is not accepted: this is not an application"]),
        (&["join", "show", "/dev/zero"], &["`/dev/zero` has more than 32768 bytes"]),
        (&["join", "show", "altered-application"], &["the application was altered", "hint: take the file"]),
        (&["voucher", "refuse", "--application", "nowhere"], &["`nowhere` cannot be read"]),
        (&["voucher", "refuse", "--application", "bundle"], &["`bundle` is not accepted: this is not an application"]),
        (&["voucher", "refuse", "--application", "altered-application"], &["the application was altered"]),
        (
            &["voucher", "issue", "--institution", "0", "--role", "patient", "--out", "v", "--application", "text"],
            &["`text` is not accepted: this is not an application"],
        ),
        (&["authority", "report", "nowhere"], &["`nowhere` cannot be read"]),
        (&["authority", "report", "folder"], &["`folder` cannot be read"]),
        (&["authority", "report", "bundle"], &["`bundle` is not evidence", "hint: "]),
        (&["authority", "report", "text"], &["`text` is not evidence"]),
        (&["authority", "report", "/dev/zero"], &["`/dev/zero` has more than"]),
        (&["voucher", "refuse", "nowhere"], &["`nowhere` cannot be read"]),
        (
            &["voucher", "issue", "--institution", "0", "--role", "patient", "--out", "v", "--profile", "nowhere"],
            &["`nowhere` cannot be read"],
        ),
        (&["record", "add", "0"], &["<FILE>"]),
        (&["record", "add", "0", "text"], &["--compartment <NAME>"]),
        (&["record", "add", "0", "text", "--compartment", "x", "--bundle", "bundle"], &["cannot be used with"]),
        (&["record", "get", RECORD, "--out", "folder"], &["`folder` is a folder", "hint: "]),
        (&["record", "get", RECORD, "--out", "nowhere/file"], &["there is no folder `nowhere`"]),
        (&["backup", "list"], &["--repository <FOLDER>"]),
        (&["backup", "list", "--repository", "text"], &["`text` is not a repository", "hint: salus backup init"]),
        (&["backup", "forget", "--keep-last", "1"], &["--repository <FOLDER>"]),
        (&["backup", "forget", "--repository", "folder"], &["nothing says which snapshots", "hint: name snapshots"]),
        (&["backup", "forget", "--repository", "folder", "--keep-last", "1"], &["`folder` is not a repository"]),
        (&["backup", "forget", "--repository", "folder", "--keep-last", "0"], &["'0'", "--keep-last <N>"]),
        (&["backup", "forget", "--repository", "folder", "--keep-within", "1d"], &["'1d'", "--keep-within <DAYS>"]),
        (&["backup", "forget", "--repository", "folder", "--keep-daily", TOO_MUCH], &["--keep-daily <N>"]),
        (&["backup", "forget", "--repository", "folder", "00", "--keep-yearly", "1"], &["cannot be used with"]),
        (&["restore", "--repository", "folder", "--to", "new"], &["`folder` is not a repository"]),
        (&["restore", "--repository", "folder"], &["--to <FOLDER>"]),
        (
            &["restore", "--repository", "folder", "--to", "new", "--only", "all"],
            &["'all'", "possible values: files, vault"],
        ),
        (&["--password-file", "nowhere", "key", "new", "new"], &["`nowhere` cannot be read"]),
        (&["--password-file", "empty", "key", "new", "new"], &["`empty` holds no password", "hint: "]),
        (&["--password-file", "bytes", "key", "new", "new"], &["`bytes` is not text"]),
        (&["--password-file", "folder", "key", "new", "new"], &["`folder` cannot be read"]),
        (&["--password-file", "/dev/zero", "key", "new", "new"], &["`/dev/zero` has more than"]),
        (&["--password-file", "text", "key", "new", "new"], &["the password is too short", "hint: at least 8"]),
        (&["--home", "text", "key", "list"], &["`text/identities` cannot be read", "hint: --home"]),
        (&["--home", "text", "key", "new", "new"], &["text/identities/new", "cannot be read or written"]),
    ] {
        desk.fails(arguments, words);
    }
}

#[test]
fn bundles_that_cannot_be_used_are_named_with_what_is_wrong() {
    let desk = Desk::new();
    let around = |entry: &str| format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{entry}]}}"#);
    let patient = |members: &str| around(&format!(r#"{{"resource":{{"resourceType":"Patient"{members}}}}}"#));
    for (text, words) in [
        (Vec::new(), &["not valid JSON at line `1`, column `1`", "hint: "][..]),
        (b"hello".to_vec(), &["not valid JSON"]),
        (b"{".to_vec(), &["not valid JSON"]),
        (b"\xff\xfe{\x00}\x00".to_vec(), &["not UTF-8 at byte `0`", "hint: "]),
        (b"[]".to_vec(), &["not a FHIR Bundle", "hint: "]),
        (b"null".to_vec(), &["not a FHIR Bundle"]),
        (br#"{"id":"x"}"#.to_vec(), &["not a FHIR Bundle"]),
        (b"<Bundle/>".to_vec(), &["bundle is XML", "hint: "]),
        (br#"{"resourceType":"OperationOutcome","issue":[]}"#.to_vec(), &["a message of the server", "hint: "]),
        (around("").into(), &["bundle has no entries", "hint: "]),
        (around("[[1]]").into(), &["`Bundle.entry[0]`", "object expected"]),
        (format!("{} x", around("")).into(), &["not valid JSON"]),
        (
            br#"{"resourceType":"Bundle","type":"collection","type":"batch"}"#.to_vec(),
            &["key appears twice", "`Bundle.type`"],
        ),
        (patient(r#","id":"a","id":"b""#).into(), &["key appears twice", "`Bundle.entry[0].resource.id`", "hint: "]),
        (
            patient(&format!(r#","x":{}{}"#, "[".repeat(5000), "]".repeat(5000))).into(),
            &["nesting is deeper", "hint: "],
        ),
        (format!("{{\"a\":{}", "[".repeat(1_000_000)).into(), &["is not accepted", "hint: "]),
        (
            patient(r#","multipleBirthInteger":1e999999"#).into(),
            &["a number is too large", "`Bundle.entry[0]", "hint: "],
        ),
        (patient(r#","multipleBirthInteger":18446744073709551616"#).into(), &["`Patient.multipleBirthInteger`"]),
        (patient(r#","birthDate":"\ud800""#).into(), &["not valid JSON"]),
        (patient(r#","birthDate":"tomorrow""#).into(), &["`Patient.birthDate`", "nothing was imported"]),
        (patient(r#","shoeSize":44"#).into(), &["`Patient.shoeSize`: unknown element", "hint: --accept-nonconformant"]),
    ] {
        fs::write(desk.path("bundle"), text).unwrap();
        desk.fails(&["record", "add", "0", "--bundle", "bundle"], &[&["`bundle` is not accepted"], words].concat());
    }
    desk.fails(&["record", "add", "0", "--bundle", "nowhere"], &["`nowhere` cannot be read"]);
    desk.fails(&["record", "add", "0", "--bundle", "folder"], &["`folder` cannot be read"]);
    // Files that are right one by one and wrong together.
    fs::write(desk.path("one"), br#"{"resourceType":"Patient","id":"x"}"#).unwrap();
    fs::write(desk.path("other"), br#"{"resourceType":"Patient","id":"y"}"#).unwrap();
    desk.fails(
        &["record", "add", "0", "--bundle", "one", "--bundle", "other"],
        &["not accepted together", "more than one patient", "of `other` (Patient)"],
    );
    // One that is wrong keeps the others out as well.
    fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../e2e/bundles/anna-bergmann.json"), desk.path("good")).unwrap();
    desk.fails(&["record", "add", "0", "--bundle", "good", "--bundle", "text"], &["`text` is not accepted"]);
}

#[test]
fn keystores_that_cannot_be_used_are_named() {
    let desk = Desk::new();
    for file in ["public.json", "transaction.json", "identity.json"] {
        let whole = fs::read(desk.keystore(file)).unwrap();
        for (content, word) in [
            (b"".to_vec(), "is damaged"),
            (whole[..whole.len() / 2].to_vec(), "is damaged"),
            (whole[..1].to_vec(), "is damaged"),
            (b"null".to_vec(), "is damaged"),
            (b"{}".to_vec(), "is damaged"),
            (b"\xff\xfe".to_vec(), "is damaged: not text"),
            ("[".repeat(100_000).into(), "is damaged"),
        ] {
            fs::write(desk.keystore(file), content).unwrap();
            desk.fails(&["chart", "list"], &["the keystore at", file, word, "hint: put it back from a copy"]);
        }
        fs::remove_file(desk.keystore(file)).unwrap();
        std::os::unix::fs::symlink("/dev/zero", desk.keystore(file)).unwrap();
        let text = String::from_utf8(desk.run(&["chart", "list"]).stderr).unwrap();
        assert!(text.contains(file) && text.contains("is damaged"), "{text}");
        fs::remove_file(desk.keystore(file)).unwrap();
        fs::create_dir(desk.keystore(file)).unwrap();
        desk.fails(&["--as", "ada", "chart", "list"], &["the keystore at", file, "Is a directory"]);
        fs::remove_dir(desk.keystore(file)).unwrap();
        desk.fails(&["--as", "ada", "chart", "list"], &["the keystore at", file, "does not exist", "hint: "]);
        fs::write(desk.keystore(file), whole).unwrap();
    }
    desk.fails(&["chart", "list"], &["no node answers"]);
    fs::remove_file(desk.keystore("transaction.json")).unwrap();
    desk.fails(&["key", "export-json", "ada"], &["transaction.json` cannot be read"]);
}

#[test]
fn passwords_that_do_not_fit_are_told() {
    let desk = Desk::new();
    let with = |password: &OsStr, arguments: &[&str]| {
        let mut command = desk.command(arguments);
        command.env("SALUS_PASSWORD", password);
        desk.failure_of(command)
    };
    for wrong in ["wrong horse", "", &"x".repeat(100_000)] {
        let text = with(OsStr::new(wrong), &["chart", "list"]);
        assert!(text.contains("the password is wrong, or the file was altered") && text.contains("hint: "), "{text}");
    }
    let text = with(OsStr::from_bytes(b"\xff"), &["chart", "list"]);
    assert!(text.contains("SALUS_PASSWORD is not text"), "{text}");
    let text = with(OsStr::new("short"), &["key", "new", "new"]);
    assert!(text.contains("the password is too short") && text.contains("hint: at least 8"), "{text}");
    let mut command = desk.command(&["chart", "list"]);
    command.env_remove("SALUS_PASSWORD");
    let text = desk.failure_of(command);
    assert!(text.contains("a password is needed") && text.contains("hint: --password-file"), "{text}");
}

#[test]
fn identities_have_to_be_chosen() {
    let desk = Desk::new();
    assert!(desk.run(&["key", "import", "bob", "--uri", "//Bob"]).status.success());
    desk.fails(&["chart", "list"], &["there are several identities", "hint: choose one with --as"]);
    let empty = desk.path("folder");
    desk.fails(
        &["--home", empty.to_str().unwrap(), "chart", "list"],
        &["there is no identity yet", "hint: salus key new"],
    );
}

/// The phrase is the only way back to the keys: without a person who has it there is no identity.
#[test]
fn identity_is_not_kept_when_its_phrase_cannot_be_shown() {
    let desk = Desk::new();
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = desk.command(&["key", "new", "new"]);
    command.stdout(full());
    assert!(desk.failure_of(command).contains("the phrase could not be shown"));
    // Where standard error is full as well the command tells its status only, and does not panic.
    let before = desk.files();
    let status = desk.command(&["--json", "key", "new", "new"]).stdout(Stdio::null()).stderr(full()).status().unwrap();
    assert_eq!(status.code(), Some(2));
    assert!(before == desk.files());
    let mut command = desk.command(&["key", "list"]);
    command.stdout(full());
    assert!(desk.failure_of(command).contains("standard output cannot be written"));
}

#[test]
fn reader_that_went_away_is_no_failure() {
    let desk = Desk::new();
    let mut child =
        desk.command(&["completions", "bash"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
