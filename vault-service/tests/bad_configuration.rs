// SPDX-License-Identifier: Apache-2.0

//! Bad configuration of letters: each command says what is wrong, ends with status 2, and asks no node.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use std::{fs, process::Command};

/// A configuration that is good but for what follows it. No node is at its address.
const BEGIN: &str = "institution = 0\nauthority = \"127.0.0.1:1\"\nlisten = \"127.0.0.1:1\"\nnode = \"ws://127.0.0.1:1\"\nstore = \"vault\"\n";
const MAIL: &str = "[notices.mail]\nserver = \"mail.example\"\nfrom = \"salus@hospital.example\"\n";

#[test]
fn bad_settings_of_letters_end_with_status_2_and_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.toml");
    let notices = |lines: &str| format!("{BEGIN}[notices]\naddressees = \"addressees.toml\"\n{lines}");
    let mail = |from: &str, to: &str| notices(&MAIL.replace(from, to));
    for (text, word) in [
        (format!("{BEGIN}[notices]\n"), "missing field `addressees`"),
        (notices(""), "`[notices]`: it needs `[notices.mail]`, `[notices.webhook]`, or both"),
        (notices("colour = 1\n"), "unknown field `colour`"),
        (notices(&format!("digest-hours = 0\n{MAIL}")), "`digest-hours` is `0`, and has to be from 1 to 168"),
        (notices(&format!("digest-hours = -1\n{MAIL}")), "invalid value"),
        (notices(&format!("digest-at-hour = 24\n{MAIL}")), "`digest-at-hour` is `24`"),
        (notices(&format!("give-up-after-hours = 721\n{MAIL}")), "`give-up-after-hours` is `721`"),
        (notices(&format!("greeting = \"one\\ntwo\"\n{MAIL}")), "`greeting` has to be one line"),
        (mail("mail.example", ""), "`server` has to be the name or the address of a host"),
        (mail("mail.example", "smtp://mail.example"), "and is `smtp://mail.example`"),
        (mail("salus@hospital.example", "salus"), "`from` has to be a mail address"),
        (notices(&format!("{MAIL}tls = \"none\"\n")), "`tls = \"none\"` is for a mail server on this machine only"),
        (notices(&format!("{MAIL}tls = \"sometimes\"\n")), "unknown variant `sometimes`"),
        (notices(&format!("{MAIL}port = 65536\n")), "invalid value"),
        (notices("[notices.webhook]\n"), "missing field `secret`"),
    ] {
        fs::write(&path, &text).unwrap();
        for command in ["check", "run", "status"] {
            let mut program = Command::new(env!("CARGO_BIN_EXE_salus-vault"));
            let ran = program.args([command, "--config"]).arg(&path).output().unwrap();
            let said = String::from_utf8_lossy(&ran.stderr);
            assert_eq!(ran.status.code(), Some(2), "{command}: {text}: {said}");
            assert!(said.contains(word) && !said.contains("panicked"), "{command}: {text}: {said}");
            assert!(ran.stdout.is_empty(), "{command}: {text}");
        }
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else was written");
}
