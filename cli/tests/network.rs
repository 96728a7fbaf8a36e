// SPDX-License-Identifier: Apache-2.0

//! `salus network` as people run it. The node's part is played by a script; the real one is in the scenarios (e2e).

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tempfile::TempDir;

const HEADER: &str = "[network]\nname = \"Salus North\"\nid = \"salus-north\"\n\n";

/// Prints what it was given instead of a specification, and a hash of nothing.
const NODE: &str = r#"#!/bin/sh
case "$1" in
network-spec) cat "$2" ;;
genesis-hash) echo 0x0707070707070707070707070707070707070707070707070707070707070707 ;;
*) echo "error: what is $1" >&2; exit 2 ;;
esac
"#;

struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let node = folder.path().join("node");
        fs::write(&node, NODE).unwrap();
        fs::set_permissions(&node, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn salus(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_salus"))
            .current_dir(self.folder.path())
            .args(arguments)
            .env("SALUS_HOME", self.path("home"))
            .env("SALUS_PASSWORD", "rehearsal")
            .env("SALUS_NODE_PROGRAM", self.path("node"))
            .output()
            .unwrap()
    }

    fn done(&self, arguments: &[&str]) -> String {
        let output = self.salus(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn ends(&self, status: i32, arguments: &[&str]) -> String {
        let output = self.salus(arguments);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {text}");
        text
    }

    /// The entry of a hospital that has made its keys.
    fn hospital(&self, number: u8) -> String {
        let (name, out) = (format!("Hospital {number}"), format!("keys-{number}"));
        let address = format!("192.0.2.{number}");
        let phrases = format!("phrases-{number}");
        self.done(&[
            "network",
            "keys",
            "--name",
            &name,
            "--address",
            &address,
            "--out",
            &out,
            "--phrase-file",
            &phrases,
        ]);
        fs::read_to_string(self.path(&out).join("hospital.toml")).unwrap()
    }

    fn list(&self) -> String {
        let entries: Vec<_> = (1..=4).map(|number| self.hospital(number)).collect();
        HEADER.to_owned() + &entries.join("\n")
    }
}

/// All files below a folder, by their paths, with content and mode.
fn tree(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, u32)> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let mode = path.metadata().unwrap().permissions().mode() & 0o777;
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), (fs::read(&path).unwrap(), mode));
            }
        }
    }
    found
}

#[test]
fn keys_are_made_for_their_owner_and_only_public_ones_are_in_the_entry() {
    let desk = Desk::new();
    let entry = desk.hospital(1);
    let files = tree(&desk.path("keys-1"));
    assert_eq!(files.len(), 4, "entry, node key, two session keys: {:?}", files.keys());
    for (path, (content, mode)) in &files {
        assert_eq!(mode, &0o600, "{}", path.display());
        let secret = String::from_utf8(content.clone()).unwrap();
        let secret = secret.trim().trim_matches('"').trim_start_matches("0x");
        assert!(path.ends_with("hospital.toml") || (secret.len() == 64 && !entry.contains(secret)));
    }
    let identities = desk.path("home/identities");
    let staff = ["issuer", "verifier", "delegate", "service"].map(|role| format!("hospital-1-{role}"));
    for name in staff.into_iter().chain(["hospital-1".to_owned()]) {
        assert!(identities.join(&name).join("identity.json").is_file(), "{name}");
    }
    let phrases = fs::read_to_string(desk.path("phrases-1")).unwrap();
    assert_eq!(phrases.lines().filter(|line| line.split(' ').count() == 13).count(), 5);
    assert_eq!(desk.path("phrases-1").metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn keys_are_never_overwritten() {
    let desk = Desk::new();
    desk.hospital(1);
    let before = tree(desk.folder.path());
    let again = |name: &str, out: &str| {
        desk.ends(2, &["network", "keys", "--name", name, "--address", "192.0.2.1", "--out", out])
    };
    assert!(again("Hospital 1", "other").contains("identity `hospital-1` already"));
    assert!(again("Hospital 2", "keys-1").contains("exists already"));
    assert!(again("Hospital \"2\"", "other").contains("a name cannot have the sign"));
    assert_eq!(tree(desk.folder.path()), before);
}

#[test]
fn the_same_list_gives_the_same_bytes_and_nothing_is_overwritten() {
    let desk = Desk::new();
    fs::write(desk.path("network.toml"), desk.list()).unwrap();
    let said = desk.done(&["network", "init", "network.toml"]);
    assert!(said.contains("0x0707") && said.contains("goes on while one hospital fails"), "{said}");
    desk.done(&["network", "init", "network.toml", "--out", "again"]);
    let (one, two) = (tree(&desk.path("salus-north")), tree(&desk.path("again")));
    assert_eq!(one, two);
    for file in ["run-node", "node.env", "salus-node.service", "salus.nft", "chain-spec.json", "network.toml"] {
        assert!(one.contains_key(&Path::new("2-hospital-3").join(file)), "{file}");
    }
    assert!(desk.ends(2, &["network", "init", "network.toml"]).contains("nothing is overwritten"));
    assert_eq!(tree(&desk.path("salus-north")), one);
}

#[test]
fn no_secret_is_in_what_is_written_for_all() {
    let desk = Desk::new();
    fs::write(desk.path("network.toml"), desk.list()).unwrap();
    desk.done(&["network", "init", "network.toml"]);
    let all: Vec<u8> = tree(&desk.path("salus-north")).into_values().flat_map(|(content, _)| content).collect();
    let all = String::from_utf8(all).unwrap();
    for number in 1..=4 {
        for (path, (content, _)) in tree(&desk.path(&format!("keys-{number}"))) {
            if !path.ends_with("hospital.toml") {
                let secret = String::from_utf8(content).unwrap();
                let secret = secret.trim().trim_matches('"').trim_start_matches("0x").to_owned();
                assert!(secret.len() == 64 && !all.contains(&secret), "{}", path.display());
            }
        }
    }
}

#[test]
fn bad_lists_are_refused_with_file_line_and_reason_and_leave_nothing() {
    let desk = Desk::new();
    let list = desk.list();
    for (from, to, reason) in [
        ("name = \"Hospital 2\"", "name = \"Hospital 1\"", "stands in line"),
        ("address = \"192.0.2.2\"", "address = \"192.0.2.1\"", "stands in line"),
        ("address = \"192.0.2.2\"", "address = \"example.org\"", "expected an IP address"),
        ("port = 30333", "port = 99999", "u16"),
        ("port = 30333", "port 30333", "expected"),
        ("grandpa = \"0x", "grandpa = \"0xq", "expected 32 bytes"),
        ("kind = \"hospital\"", "color = \"hospital\"", "unknown field `color`"),
        ("id = \"salus-north\"", "id = \"../north\"", "an id has up to"),
    ] {
        let at = list.find(from).unwrap();
        let line = list.get(..at).unwrap().lines().count() + 1;
        // Where the fragment begins its line, the part before ends with one.
        let line = if list.get(..at).unwrap().ends_with('\n') { line } else { line - 1 };
        fs::write(desk.path("bad.toml"), list.replacen(from, to, 1)).unwrap();
        let said = desk.ends(2, &["network", "init", "bad.toml", "--out", "bad"]);
        assert!(said.contains(&format!("bad.toml:{line}: ")) && said.contains(reason), "{to}: {said}");
        assert!(!desk.path("bad").exists());
    }
    let three = HEADER.to_owned() + &list.split("# The public entry of Hospital 4").next().unwrap()[HEADER.len()..];
    fs::write(desk.path("bad.toml"), three).unwrap();
    assert!(desk.ends(2, &["network", "init", "bad.toml"]).contains("bad.toml:2: 3 hospitals are too few"));
    assert!(desk.ends(2, &["network", "init", "absent.toml"]).contains("`absent.toml` cannot be read"));
}

#[test]
fn what_the_node_refuses_is_told_and_leaves_nothing() {
    let desk = Desk::new();
    fs::write(desk.path("network.toml"), desk.list()).unwrap();
    fs::write(desk.path("node"), "#!/bin/sh\necho 'error: no runtime' >&2\nexit 2\n").unwrap();
    assert!(desk.ends(2, &["network", "init", "network.toml"]).contains("refused: no runtime"));
    let missing = desk.ends(2, &["network", "init", "network.toml", "--node-program", "/absent/salus-node"]);
    assert!(missing.contains("does not start") && missing.contains("--node-program"), "{missing}");
    let left: Vec<_> = fs::read_dir(desk.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("north")), "{left:?}");
}

#[test]
fn check_finds_an_altered_specification_and_an_altered_entry() {
    let desk = Desk::new();
    fs::write(desk.path("network.toml"), desk.list()).unwrap();
    desk.done(&["network", "init", "network.toml"]);
    let own = "keys-1/hospital.toml";
    let said = desk.done(&["network", "check", "salus-north", "salus-north/0-hospital-1", "--hospital", own]);
    assert!(said.contains("Hospital 1 stands in the list"), "{said}");

    let entry = fs::read_to_string(desk.path(own)).unwrap();
    fs::write(desk.path("moved.toml"), entry.replace("192.0.2.1", "192.0.2.9")).unwrap();
    let said = desk.ends(1, &["network", "check", "salus-north", "--hospital", "moved.toml"]);
    assert!(said.contains("not the one that it made"), "{said}");
    fs::write(desk.path("other.toml"), desk.hospital(5)).unwrap();
    let said = desk.ends(1, &["network", "check", "salus-north", "--hospital", "other.toml"]);
    assert!(said.contains("Hospital 5 is not in the list"), "{said}");

    let specification = desk.path("salus-north/chain-spec.json");
    let text = fs::read_to_string(&specification).unwrap();
    fs::write(&specification, text.replace("\"required_verifications\": 2", "\"required_verifications\": 1")).unwrap();
    assert!(desk.ends(1, &["network", "check", "salus-north"]).contains("the founders differ"));
}

#[test]
fn files_are_made_anew_when_somebody_joined_or_left() {
    let desk = Desk::new();
    let list = desk.list();
    fs::write(desk.path("network.toml"), &list).unwrap();
    desk.done(&["network", "init", "network.toml"]);
    let founded = tree(&desk.path("salus-north"));

    let joined = desk.hospital(5).replacen("port = ", "joined = 6\nport = ", 1);
    let left = list.replacen("address = \"192.0.2.2\"", "left = true\naddress = \"192.0.2.2\"", 1);
    fs::write(desk.path("later.toml"), format!("{left}\n{joined}")).unwrap();
    let init = ["network", "init", "later.toml", "--out", "later"];
    assert!(desk.ends(2, &init).contains("name it with --chain-spec"));
    assert!(!desk.path("later").exists());

    let specification = |path: &'static str| [init.as_slice(), &["--chain-spec", path]].concat();
    fs::write(desk.path("other.json"), "{\"id\": \"salus-south\"}").unwrap();
    assert!(desk.ends(2, &specification("other.json")).contains("specifies the network `salus-south`"));
    assert!(desk.ends(2, &specification("network.toml")).contains("is not a specification"));
    assert!(desk.ends(2, &specification("nowhere.json")).contains("cannot be read"));

    fs::write(desk.path("spec.json"), "{\"id\": \"salus-north\"}").unwrap();
    desk.done(&specification("spec.json"));
    let files = tree(&desk.path("later"));
    let text = |name: &str| String::from_utf8(files[Path::new(name)].0.clone()).unwrap();
    assert_eq!(text("chain-spec.json"), "{\"id\": \"salus-north\"}");
    let own = text("6-hospital-5/run-node");
    assert!(own.contains("institution 6 of") && own.matches("--reserved-nodes ").count() == 3, "{own}");
    let others = text("0-hospital-1/salus.nft");
    assert!(others.contains("{ 192.0.2.3, 192.0.2.4, 192.0.2.5 }"), "{others}");
    assert!(!files.keys().any(|path| path.starts_with("1-hospital-2")));
    assert_eq!(founded.keys().filter(|path| path.starts_with("1-hospital-2")).count(), 6);
}
