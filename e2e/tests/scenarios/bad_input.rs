// SPDX-License-Identifier: Apache-2.0

//! Bad input to the command line with a running chain. Each command gives its reason and exit status, and writes and
//! loses nothing. `cli/tests/bad_input.rs` covers input that needs no node.

use salus_e2e::{node::Node, salus::Salus};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

const KEY: &str = "0x1111111111111111111111111111111111111111111111111111111111111111";
const NO_RECORD: &str = "0/00000000000000000000000000000000";

/// The staff of the development chain and one patient, at one computer.
struct Scene {
    _node: Node,
    folder: PathBuf,
    people: Salus,
}

impl Scene {
    async fn begin(folder: &Path) -> Self {
        let node = Node::start(&folder.join("node")).await.unwrap();
        let people = Salus::new(&folder.join("home"), &folder.join("vaults"), node.url()).unwrap();
        let scene = Self { _node: node, folder: folder.to_owned(), people };
        for (name, uri) in [
            ("hospital", "//Hospital1"),
            ("issuer", "//Hospital1//Issuer"),
            ("delegate", "//Hospital1//Delegate"),
            ("verifier-1", "//Hospital1//Verifier"),
            ("verifier-2", "//Hospital2//Verifier"),
            ("anna", "//Anna"),
        ] {
            scene.people.json(&["key", "import", name, "--uri", uri]).await.unwrap();
        }
        fs::write(scene.path("letter"), "Dear colleague").unwrap();
        scene
    }

    async fn anna_joins(&self) {
        let voucher = self.path("voucher");
        let issue = ["voucher", "issue", "--institution", "0", "--role", "patient", "--out", &voucher];
        self.acts("hospital", &issue).await;
        let member = self.acts("anna", &["join", &voucher]).await["member"].to_string();
        for verifier in ["verifier-1", "verifier-2"] {
            self.acts(verifier, &["verify", "challenge", &member]).await;
        }
        self.acts("anna", &["verify", "answer"]).await;
        self.acts("anna", &["chart", "open"]).await;
        self.acts("anna", &["compartment", "add", "0", "Eyes"]).await;
    }

    async fn acts(&self, who: &str, arguments: &[&str]) -> serde_json::Value {
        self.people.acting_as(who).json(arguments).await.unwrap()
    }

    /// Checks that a command ends with this status and a reason with `word`, and neither panics nor writes a file.
    async fn ends(&self, who: &str, arguments: &[&str], status: i32, word: &str) {
        let before = self.files();
        let ran = self.people.acting_as(who).run(arguments).await.unwrap();
        let what = format!("`salus {}`: {}", arguments.join(" "), ran.stderr);
        assert_eq!(ran.status, status, "{what}");
        assert!(ran.stderr.contains(word) && !ran.stderr.contains("panicked"), "{what}");
        assert!(ran.stdout.is_empty(), "{what}");
        assert_eq!(before, self.files(), "{what}");
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    /// Returns the files in the folder with their lengths, except the node's database.
    fn files(&self) -> Vec<(PathBuf, u64)> {
        fn walk(folder: &Path, found: &mut Vec<(PathBuf, u64)>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true if path.ends_with("node") => {}
                    true => {
                        walk(&path, found);
                        found.push((path, 0));
                    }
                    false => found.push((path.clone(), fs::metadata(&path).unwrap().len())),
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.folder, &mut found);
        found.sort();
        found
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_or_may_not_be_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::begin(folder.path()).await;
    scene.anna_joins().await;
    let letter = scene.path("letter");
    let letter = letter.as_str();
    let record = scene.acts("anna", &["record", "add", "0", letter, "--compartment", "Eyes"]).await;
    let record = record["record"].as_str().unwrap();

    numbers_of_nothing(&scene, letter, record).await;
    acts_that_may_not_be(&scene, record).await;
    vouchers_that_do_not_fit(&scene).await;
    files_that_do_not_fit(&scene, letter, record).await;
    vaults_that_do_not_fit(&scene, letter, record).await;

    // All these commands left the record as it was.
    assert_eq!(scene.acts("anna", &["record", "list", "0"]).await.as_array().unwrap().len(), 1);
    assert_eq!(scene.people.acting_as("anna").bytes(&["record", "get", record]).await.unwrap(), b"Dear colleague");
}

async fn numbers_of_nothing(scene: &Scene, letter: &str, record: &str) {
    for (who, arguments, word) in [
        ("anna", &["institution", "show", "99"][..], "there is no institution `99`"),
        ("delegate", &["institution", "suspend", "99"], "there is no institution `99`"),
        ("delegate", &["institution", "reinstate", "99"], "there is no institution `99`"),
        ("delegate", &["institution", "remove", "99"], "there is no institution `99`"),
        ("delegate", &["institution", "update", "99"], "there is no institution `99`"),
        ("delegate", &["institution", "rotate-issuing-key", "99", KEY], "there is no institution `99`"),
        ("delegate", &["council", "approve", KEY, "--yes"], "the council has no motion"),
        ("anna", &["member", "show", "999"], "there is no member `999`"),
        ("anna", &["chart", "show", "99"], "there is no chart `99`"),
        ("anna", &["chart", "summary", "99"], "there is no chart `99`"),
        ("anna", &["chart", "export", "99", "--out", "new-folder"], "there is no chart `99`"),
        ("anna", &["chart", "export", "0", "--out", "."], "`.` cannot be written: File exists"),
        ("anna", &["compartment", "list", "99"], "there is no chart `99`"),
        ("anna", &["compartment", "add", "99", "x"], "there is no chart `99`"),
        ("anna", &["record", "list", "99"], "there is no chart `99`"),
        ("anna", &["record", "search", "99"], "there is no chart `99`"),
        ("anna", &["record", "export", "99", "--out", "new-folder"], "there is no chart `99`"),
        ("anna", &["record", "add", "99", letter, "--compartment", "0"], "there is no chart `99`"),
        ("anna", &["record", "add", "0", letter, "--compartment", "Ears"], "no compartment `Ears`"),
        ("anna", &["record", "add", "0", letter, "--compartment", "15"], "no compartment `15`"),
        ("anna", &["record", "get", NO_RECORD], "there is no record `0/0"),
        ("anna", &["record", "amend", NO_RECORD, letter], "there is no record `0/0"),
        ("anna", &["record", "stage", "99", letter, "--compartment", "0", "--basis", "legal-duty"], "no chart `99`"),
        (
            "anna",
            &["record", "stage", "0", letter, "--compartment", "15", "--basis", "legal-duty"],
            "no compartment `15`",
        ),
        ("anna", &["record", "stage", "0", letter, "--compartment", "0", "--basis", "consent"], "treatment-contract"),
        (
            "anna",
            &["record", "stage", "0", letter, letter, "--compartment", "0", "--basis", "legal-duty", "--title", "One"],
            "several files cannot have one title",
        ),
        ("anna", &["record", "staged", "99"], "there is no chart `99`"),
        ("anna", &["record", "accept"], "--all <CHART>"),
        ("anna", &["record", "accept", "--all", "0"], "no record waits in chart `0`"),
        ("anna", &["record", "accept", NO_RECORD, "1/00000000000000000000000000000000"], "is not in chart `0`"),
        ("anna", &["record", "refuse", NO_RECORD, "--yes"], "there is no record `0/0"),
        ("anna", &["record", "hold", NO_RECORD, "--ground", "order", "--until", "1d"], "there is no record `0/0"),
        ("anna", &["record", "hold", record, "--ground", "whim", "--until", "1d"], "harm-to-patient"),
        ("anna", &["record", "withdraw", NO_RECORD, "--yes"], "there is no record `0/0"),
        ("anna", &["record", "mark-in-error", NO_RECORD, "--yes"], "there is no record `0/0"),
        ("anna", &["record", "restrict", NO_RECORD], "there is no record `0/0"),
        ("anna", &["record", "lift", NO_RECORD], "there is no record `0/0"),
        ("anna", &["correction", "request", NO_RECORD, "--reason", "wrong"], "there is no record `0/0"),
        ("anna", &["correction", "answer", NO_RECORD, "--corrected"], "there is no record `0/0"),
        ("anna", &["correction", "answer", record, "--declined"], "--reason <REASON>"),
        ("anna", &["correction", "disagree", NO_RECORD, "--statement", "no"], "there is no record `0/0"),
        (
            "anna",
            &["correction", "disagree", record, "--written", "1/00000000000000000000000000000000"],
            "another chart",
        ),
        ("anna", &["correction", "list", "99"], "there is no chart `99`"),
        ("anna", &["shredding", "request", NO_RECORD, "--yes"], "there is no record `0/0"),
        ("anna", &["shredding", "request", record], "this has to be confirmed"),
        ("anna", &["shredding", "cancel", NO_RECORD], "there is no record `0/0"),
        ("anna", &["shredding", "retain", NO_RECORD, "--ground", "order", "--until", "1d"], "there is no record `0/0"),
        ("anna", &["shredding", "retain", record, "--ground", "whim", "--until", "1d"], "legal-claims"),
        ("anna", &["shredding", "lift", NO_RECORD], "there is no record `0/0"),
        ("anna", &["shredding", "carry-out", NO_RECORD, "--yes"], "there is no record `0/0"),
        ("anna", &["shredding", "carry-out", record], "this has to be confirmed"),
        ("anna", &["shredding", "status", NO_RECORD], "there is no record `0/0"),
        ("anna", &["shredding", "certificate", NO_RECORD], "there is no record `0/0"),
        ("anna", &["shredding", "certificate", record], "is not shredded"),
        ("anna", &["shredding", "check", letter], "has no certificate of shredding"),
        ("anna", &["record", "get", record, "--version", "7"], "has no version `7`\\nhint: its versions are 0 to 0"),
        ("anna", &["grant", "0", "--to", "999", "--compartment", "Eyes"], "there is no member `999`"),
        ("anna", &["grant", "0", "--to", "institution:99", "--compartment", "Eyes"], "there is no institution `99`"),
        ("anna", &["grant", "0", "--to", "1", "--record", NO_RECORD], "there is no record"),
        ("anna", &["grant", "0", "--to", "1", "--record", "1/00000000000000000000000000000000"], "not in chart `0`"),
        ("anna", &["declare-use", "0", "--compartment", "Ears", "--purpose", "treatment"], "no compartment `Ears`"),
        ("anna", &["revoke", "0", "99"], "there is no grant `99`"),
        ("anna", &["disclose", "0", "--under", "99", "--to", "1", "--compartment", "Eyes"], "there is no grant `99`"),
        ("anna", &["disclose", "0", "--under", "0", "--to", "1"], "--record <CHART/KEY>"),
        ("anna", &["revoke", "99", "0"], "there is no chart `99`"),
        ("anna", &["rotate", "0", "Ears"], "no compartment `Ears`"),
        ("anna", &["approve", "0", "99", "--compartment", "Eyes"], "there is no request `99`"),
        ("anna", &["deny", "0", "99"], "there is no request `99`"),
        ("anna", &["request", "99"], "there is no chart `99`"),
        ("anna", &["log", "chart:99"], "there is no chart `99`"),
        ("anna", &["log", "chart:0", "--about", "request:99"], "there is no request `99`"),
        ("anna", &["log", "chart:0", "--about", "grant:99"], "there is no grant `99`"),
        ("anna", &["log", "chart:0", "--about", "chart:0"], "expected request:NUMBER"),
        ("anna", &["log", "consortium", "--about", "grant:0"], "are in charts' logs"),
        ("anna", &["log", "institution:99"], "there is no institution `99`"),
        (
            "hospital",
            &["voucher", "issue", "--institution", "99", "--role", "patient", "--out", "v"],
            "no institution `99`",
        ),
        ("unknown", &["chart", "list"], "there is no identity `unknown`"),
        ("unknown", &["status"], "there is no identity `unknown`"),
    ] {
        scene.ends(who, arguments, 2, word).await;
    }
}

async fn acts_that_may_not_be(scene: &Scene, record: &str) {
    for (who, arguments, word) in [
        ("hospital", &["chart", "open"][..], "belongs to no member"),
        ("anna", &["institution", "suspend", "0"], "the member's role may not make this call"),
        ("anna", &["verify", "challenge", "0"], "the member's role may not make this call"),
        ("verifier-1", &["verify", "challenge", "999"], "Membership.NotFound"),
        ("issuer", &["member", "suspend", "999"], "Membership.NotFound"),
        ("issuer", &["member", "renew", "999", "--without-end"], "Membership.NotFound"),
        ("anna", &["member", "remove-key", KEY], "Membership.NotFound"),
        ("anna", &["request", "0"], "Access.IsController"),
        ("anna", &["record", "lift", record], "is active, and cannot become active"),
        (
            "verifier-1",
            &["record", "get", record, "--purpose", "treatment"],
            "the member's role may not make this call",
        ),
        ("anna", &["record", "accept", NO_RECORD, "--yes"], "does not wait for you to accept it"),
        ("anna", &["record", "refuse", record, "--yes"], "is active, and cannot become refused"),
        (
            "anna",
            &["record", "hold", record, "--ground", "order", "--until", "1d"],
            "the member's role may not make this call",
        ),
        ("anna", &["correction", "answer", record, "--corrected"], "no correction of record `0/"),
        ("anna", &["correction", "disagree", record, "--statement", "no"], "none is overdue"),
        ("anna", &["shredding", "cancel", record], "no request to shred record `0/"),
        ("anna", &["shredding", "carry-out", record, "--yes"], "no request to shred record `0/"),
        (
            "anna",
            &["shredding", "retain", record, "--ground", "order", "--until", "1d"],
            "only an auditor of institution `0`",
        ),
        ("anna", &["shredding", "lift", record], "only an auditor of institution `0`"),
        ("verifier-1", &["shredding", "request", record, "--yes"], "only the patient of chart `0` can do this"),
        ("verifier-1", &["shredding", "carry-out", record, "--yes"], "only the patient, or an auditor of institution"),
    ] {
        scene.ends(who, arguments, 1, word).await;
    }
}

async fn vouchers_that_do_not_fit(scene: &Scene) {
    let (voucher, changed) = (scene.path("voucher"), scene.path("changed"));
    scene.ends("anna", &["join", &voucher], 1, "redeemed already").await;
    let text = fs::read_to_string(&voucher).unwrap();
    for (member, value, word) in [
        ("genesis", KEY, "the voucher is for another chain"),
        ("voucher_seed", "zz", "the voucher was altered"),
        ("issuer_signature", "00", "the voucher was altered"),
    ] {
        let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
        json[member] = value.into();
        fs::write(&changed, json.to_string()).unwrap();
        scene.ends("hospital", &["join", &changed], 2, word).await;
    }
    let fresh = scene.path("fresh");
    let issue = ["voucher", "issue", "--institution", "0", "--role", "patient", "--out"];
    let issued_to = |file: &str, more: &[&str]| {
        [&issue[..], &[file], more].concat().iter().map(|it| it.to_string()).collect::<Vec<_>>()
    };
    for (who, arguments, word) in [
        ("hospital", issued_to(&voucher, &[]), "cannot be written"),
        // The command removes its temporary file.
        ("hospital", issued_to(&scene.path("letter"), &[]), "cannot be written"),
        ("hospital", issued_to("/does/not/exist", &[]), "cannot be written"),
        ("hospital", issued_to(&fresh, &["--life", "31d"]), "30 days at most"),
        ("hospital", issued_to(&fresh, &["--valid-until", "2001-01-01T00:00:00Z"]), "--valid-until is past"),
        ("anna", issued_to(&fresh, &[]), "not the issuing key"),
    ] {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        scene.ends(who, &arguments, 2, word).await;
    }
}

async fn files_that_do_not_fit(scene: &Scene, letter: &str, record: &str) {
    let (nowhere, folder) = (scene.path("nowhere"), scene.path("home"));
    let long = "x".repeat(20_000);
    for (arguments, word) in [
        (&["record", "add", "0", nowhere.as_str(), "--compartment", "Eyes"][..], "cannot be read"),
        (&["record", "add", "0", &folder, "--compartment", "Eyes"], "cannot be read: not a regular file"),
        (&["record", "add", "0", "/dev/zero", "--compartment", "Eyes"], "cannot be read: not a regular file"),
        (&["record", "amend", record, &nowhere], "cannot be read"),
        (&["record", "amend", record, "/dev/zero"], "cannot be read: not a regular file"),
        (&["record", "add", "0", letter, "--compartment", "Eyes", "--title", &long], "the metadata takes more than"),
        (&["record", "get", record, "--out", &folder], "is a folder"),
        (&["record", "get", record, "--out", "/does/not/exist"], "there is no folder"),
        (&["record", "export", "0", "--out", letter], "cannot be written"),
        (&["grant", "0", "--to", "1", "--compartment", "Eyes", "--reason", &long], "the text is too long"),
        (&["shredding", "request", record, "--yes", "--reason", &long], "the text is too long"),
        (&["shredding", "check", &nowhere], "cannot be read"),
    ] {
        scene.ends("anna", arguments, 2, word).await;
    }
}

async fn vaults_that_do_not_fit(scene: &Scene, letter: &str, record: &str) {
    let vault = scene.folder.join("vaults/0");
    let aside = scene.folder.join("aside");
    let get = ["record", "get", record];
    let add = ["record", "add", "0", letter, "--compartment", "0"];
    fs::rename(&vault, &aside).unwrap();
    // Reading makes no vault.
    scene.ends("anna", &get, 2, "there is no vault at").await;
    fs::write(&vault, "").unwrap();
    scene.ends("anna", &get, 2, "is not a folder").await;
    scene.ends("anna", &add, 2, "is not a folder").await;
    fs::remove_file(&vault).unwrap();
    fs::create_dir(&vault).unwrap();
    fs::write(vault.join("holiday.jpg"), "").unwrap();
    scene.ends("anna", &get, 2, "holds other files and is not a vault").await;
    scene.ends("anna", &add, 2, "hint: --vaults").await;
    fs::remove_dir_all(&vault).unwrap();
    fs::create_dir(&vault).unwrap();
    fs::write(vault.join("salus-vault"), "9\n").unwrap();
    scene.ends("anna", &get, 2, "has a format that this version does not know").await;
    fs::remove_dir_all(&vault).unwrap();
    fs::rename(&aside, &vault).unwrap();

    // A folder in which no vault can be made. The root user may write everywhere.
    let mode = |mode| fs::set_permissions(scene.folder.join("vaults"), fs::Permissions::from_mode(mode)).unwrap();
    fs::rename(&vault, &aside).unwrap();
    mode(0o500);
    if fs::create_dir(&vault).is_err() {
        scene.ends("anna", &add, 2, "cannot open the vault at").await;
    }
    mode(0o700);
    let _ = fs::remove_dir(&vault);
    fs::rename(&aside, &vault).unwrap();
}
