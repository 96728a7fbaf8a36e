// SPDX-License-Identifier: Apache-2.0

//! Text from elsewhere: what an editor of another system adds to a file, and what a writer hides in a name.

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
use std::fs;

/// A phrase and a password as an editor of another system saves them: with a byte order mark and a return.
const PHRASE: &[u8] = b"\xef\xbb\xbflegal winner thank year wave sausage worth useful legal winner thank yellow\r\n";
const PASSWORD: &[u8] = b"\xef\xbb\xbfcorrect horse 9\r\n";

#[test]
fn a_byte_order_mark_is_part_of_no_password_and_of_no_phrase() {
    let desk = Desk::new();
    fs::write(desk.path("phrase-with-mark"), PHRASE).unwrap();
    fs::write(desk.path("phrase"), &PHRASE[3..PHRASE.len() - 2]).unwrap();
    fs::write(desk.path("password-with-mark"), PASSWORD).unwrap();
    fs::write(desk.path("password"), "correct horse 9").unwrap();
    let import = |name, phrase, password| {
        let mut command =
            desk.command(&["--password-file", password, "--json", "key", "import", name, "--phrase-file", phrase]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let shown: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        shown["address"].as_str().unwrap().to_owned()
    };
    assert_eq!(import("one", "phrase-with-mark", "password-with-mark"), import("two", "phrase", "password"));
    // Each password opens what the other one closed: then the node is asked, which is not there.
    for (name, password) in [("one", "password"), ("two", "password-with-mark")] {
        desk.fails(&["--as", name, "--password-file", password, "chart", "list"], &["no node answers"]);
    }
}

#[test]
fn a_voucher_may_begin_with_a_byte_order_mark() {
    let desk = Desk::new();
    let voucher = fs::read(desk.path("voucher")).unwrap();
    fs::write(desk.path("marked"), [&b"\xef\xbb\xbf"[..], &voucher].concat()).unwrap();
    let [plain, marked] = ["voucher", "marked"].map(|file| desk.run(&["voucher", "show", file]));
    assert!(plain.status.success() && plain.stdout == marked.stdout, "{}", String::from_utf8_lossy(&marked.stderr));
}

#[test]
fn a_file_in_utf_16_is_refused_with_what_to_do() {
    let desk = Desk::new();
    fs::write(desk.path("utf-16"), b"\xff\xfec\0o\0r\0").unwrap();
    desk.fails(&["--password-file", "utf-16", "key", "new", "new"], &["not text in UTF-8", "hint: save it as UTF-8"]);
}

/// Escapes of a terminal, returns, forged lines, turned order, nothing to see.
const UNFIT: &[char] = &[
    '\u{1b}', '\r', '\n', '\t', '\u{7f}', '\u{85}', '\u{9b}', '\u{ad}', '\u{200b}', '\u{200f}', '\u{202e}', '\u{2066}',
    '\u{feff}',
];

#[test]
fn what_others_will_read_is_refused_where_it_is_written() {
    let desk = Desk::new();
    let key = &"11".repeat(32);
    for c in UNFIT {
        let text = &format!("Blood{c}[2Jcount");
        let mut cases = vec![
            vec!["record", "add", "0", "text", "--compartment", "x", "--title", text],
            vec!["record", "add", "0", "text", "--compartment", "x", "--kind", text],
            vec!["record", "add", "0", "text", "--compartment", "x", "--date", text],
            vec!["record", "add", "0", "text", "--compartment", "x", "--media-type", text],
            vec!["record", "amend", "0/00000000000000000000000000000000", "text", "--title", text],
            vec!["compartment", "add", "0", text],
            vec!["institution", "update", "0", "--vault-address", text],
            vec![
                "institution",
                "admit",
                "--kind",
                "clinic",
                "--issuing-key",
                key,
                "--encryption-key",
                key,
                "--vault-address",
                text,
            ],
        ];
        if *c != '\n' {
            cases.push(vec!["grant", "0", "--to", "1", "--compartment", "x", "--reason", text]);
            cases.push(vec!["request", "0", "--reason", text]);
            cases.push(vec!["deny", "0", "0", "--reason", text]);
            cases.push(vec!["shredding", "request", "0/00000000000000000000000000000000", "--yes", "--reason", text]);
            let apply = ["join", "apply", "--institution", "0", "--role", "patient", "--out", "new"];
            cases.push([&apply[..], &["--statement", text]].concat());
        }
        for arguments in cases {
            let said = desk.failure_of(desk.command(&arguments));
            assert!(said.contains(&format!("U+{:04X}", u32::from(*c))), "{arguments:?}: {said}");
            let order = said.chars().find(|c| *c != '\n' && UNFIT.contains(c));
            assert_eq!(order, None, "what is refused is shown back: {said}");
        }
    }
}
