// SPDX-License-Identifier: Apache-2.0

//! A desk at which a person types: a home with an identity, files of all kinds, and no node.

#![allow(dead_code, reason = "each test takes what it needs")]

use salus_content::record_file::RecordFile;
use salus_primitives::{records::RecordState, ChartId, CompartmentId, Digest, RecordId, RecordKey};
use salus_sealing::blob::{seal_bytes, Bindings, ContentKey, Metadata};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

pub(crate) const PASSWORD: &str = "correct horse";
/// No node listens there.
pub(crate) const NO_NODE: &str = "ws://127.0.0.1:1";

/// A home with the identity `ada`, and files of all kinds beside it.
pub(crate) struct Desk {
    folder: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        let made = desk.run(&["key", "import", "ada", "--uri", "//Ada"]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        for (name, content) in [
            ("empty", &b""[..]),
            ("text", b"hello\n"),
            ("bytes", b"\xff\xfe\x00\x01"),
            ("bundle", br#"{"resourceType":"Bundle","type":"collection","entry":[]}"#),
            ("voucher", VOUCHER.as_bytes()),
            ("receipts", RECEIPTS.as_bytes()),
            ("certificate", CERTIFICATE.as_bytes()),
            ("record-file", &record_file()),
        ] {
            fs::write(desk.path(name), content).unwrap();
        }
        fs::create_dir(desk.path("folder")).unwrap();
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn keystore(&self, file: &str) -> PathBuf {
        self.path("home/identities/ada").join(file)
    }

    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_salus"));
        for name in ["SALUS_VAULTS", "SALUS_AS", "SALUS_BACKUP", "SALUS_BACKUP_PASSWORD"] {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .env("SALUS_NODE", NO_NODE)
            .env("SALUS_HOME", self.path("home"))
            .env("SALUS_PASSWORD", PASSWORD)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The words of `command` while it fails: with status 2, without panicking, and without writing or losing anything.
    pub(crate) fn failure_of(&self, mut command: Command) -> String {
        let before = self.files();
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{command:?}: {text}");
        assert!(output.stdout.is_empty(), "{command:?} printed something");
        assert!(!text.contains("panicked") && !text.contains("backtrace"), "{command:?}: {text}");
        assert!(!text.contains(PASSWORD), "{command:?} tells the password");
        assert!(before == self.files(), "{command:?} wrote something");
        text
    }

    pub(crate) fn fails(&self, arguments: &[&str], words: &[&str]) {
        let text = self.failure_of(self.command(arguments));
        for word in words {
            assert!(text.contains(word), "`{}` has not `{word}`: {text}", arguments.join(" "));
        }
    }

    /// Everything below the folder.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fn walk(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => walk(&path, found),
                    false => drop(found.insert(path.clone(), fs::read(&path).unwrap())),
                }
                found.entry(path).or_default();
            }
        }
        let mut found = BTreeMap::new();
        walk(self.folder.path(), &mut found);
        found
    }
}

/// A record file with a blob of its own: version 2 of a record in chart 3.
pub(crate) fn record_file() -> Vec<u8> {
    let record = RecordId { chart: ChartId(3), key: RecordKey([7; 16]) };
    let bindings = Bindings { genesis: Digest([1; 32]), record, version: 2, compartment: CompartmentId(5), epoch: 0 };
    let blob = seal_bytes(b"content", &Metadata::default(), &bindings, &ContentKey::generate()).unwrap();
    let hash = Digest(Sha256::digest(&blob).into()).into();
    let (patient_code, group_key) = (Digest([8; 32]), Digest([9; 32]));
    RecordFile { state: RecordState::Active, patient_code, group_key, hash, result: &blob }.encode()
}

pub(crate) const RECEIPTS: &str = r#"{
    "genesis": "0x1111111111111111111111111111111111111111111111111111111111111111",
    "institution": 0, "chart": 0, "entry": 1, "expires_at": 1, "state": "closed",
    "head": { "count": 0, "digest": "0x1111111111111111111111111111111111111111111111111111111111111111" },
    "receipts": []
}"#;

pub(crate) const CERTIFICATE: &str = r#"{
    "form": "salus-shredding-certificate/1",
    "genesis": "0x1111111111111111111111111111111111111111111111111111111111111111",
    "block": { "number": 9, "hash": "0x1111111111111111111111111111111111111111111111111111111111111111", "at": 3 },
    "record": "0/00000000000000000000000000000000", "compartment": 0, "author": 1, "custodian": 0,
    "states": [], "versions": [],
    "shredding": {
        "number": 0, "requested_by": 1, "requested_at": 1, "by": 2, "at": 2, "block": 8, "due_at": 2592000002
    },
    "log": {
        "length": 1, "head": "0x1111111111111111111111111111111111111111111111111111111111111111", "entries": []
    },
    "institutions": [], "not_governed": ["readers"]
}"#;

/// Well-formed, and signed by no key.
pub(crate) const APPLICATION: &str = r#"{
    "genesis": "0x1111111111111111111111111111111111111111111111111111111111111111",
    "institution": 0, "role": "patient",
    "transaction_key": "0x1111111111111111111111111111111111111111111111111111111111111111",
    "membership_key": "0x1111111111111111111111111111111111111111111111111111111111111111",
    "encryption_key": { "suite": 1, "key": "0x1111111111111111111111111111111111111111111111111111111111111111" },
    "criteria": "0x1111111111111111111111111111111111111111111111111111111111111111",
    "data_policy": "0x1111111111111111111111111111111111111111111111111111111111111111",
    "at": 1, "statement": "", "signature": "00",
    "salt": "0x1111111111111111111111111111111111111111111111111111111111111111"
}"#;

pub(crate) const VOUCHER: &str = r#"{
    "genesis": "0x1111111111111111111111111111111111111111111111111111111111111111",
    "voucher": {
        "institution": 0, "issuing_epoch": 0, "serial": 1, "role": "patient",
        "profile": "0x1111111111111111111111111111111111111111111111111111111111111111",
        "expires_at": 1, "valid_until": null,
        "voucher_key": "0x1111111111111111111111111111111111111111111111111111111111111111"
    },
    "issuer_signature": "00", "voucher_seed": "00"
}"#;
