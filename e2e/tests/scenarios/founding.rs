// SPDX-License-Identifier: Apache-2.0

//! Four hospitals begin a network: each makes its own keys, one list makes all files, and the nodes run from them.

use anyhow::{ensure, Context, Result};
use salus_e2e::{binaries, node::Node, salus::Salus};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// How long the network may take to finalize a few blocks.
const PATIENCE: Duration = Duration::from_secs(400);

/// A hospital's own machine.
struct Hospital {
    salus: Salus,
    keys: PathBuf,
}

impl Hospital {
    async fn with_keys(folder: &Path, number: u8) -> Result<Self> {
        let own = folder.join(format!("machine-{number}"));
        let salus = Salus::new(&own.join("home"), &folder.join("vaults"), "ws://127.0.0.1:9")?;
        let address = format!("127.0.0.{number}");
        let port = TcpListener::bind((address.as_str(), 0))?.local_addr()?.port().to_string();
        let (keys, phrases) = (own.join("keys"), own.join("phrases"));
        let name = format!("Hospital {number}");
        salus
            .json(&[
                "network",
                "keys",
                "--name",
                &name,
                "--address",
                &address,
                "--port",
                &port,
                "--out",
                text(&keys),
                "--phrase-file",
                text(&phrases),
            ])
            .await?;
        Ok(Self { salus, keys })
    }

    fn entry(&self) -> PathBuf {
        self.keys.join("hospital.toml")
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Four hospitals with keys, and the list of them.
async fn hospitals(folder: &Path) -> Result<(Vec<Hospital>, PathBuf)> {
    let mut hospitals = Vec::new();
    let mut list = "[network]\nname = \"Salus Rehearsal\"\nid = \"salus-rehearsal\"\n\n".to_owned();
    for number in 1..=4 {
        let hospital = Hospital::with_keys(folder, number).await?;
        list += &std::fs::read_to_string(hospital.entry())?;
        hospitals.push(hospital);
    }
    let path = folder.join("network.toml");
    std::fs::write(&path, list)?;
    Ok((hospitals, path))
}

async fn init(salus: &Salus, list: &Path, out: &Path) -> Result<Value> {
    let node = binaries::find("salus-node")?;
    salus.json(&["network", "init", text(list), "--out", text(out), "--node-program", text(&node)]).await
}

fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut open) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false => {
                    found.insert(path.strip_prefix(folder).unwrap().to_owned(), std::fs::read(&path).unwrap());
                }
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_gives_the_same_network_to_everybody() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (hospitals, list) = hospitals(folder.path()).await?;
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let first = init(&hospitals[0].salus, &list, &one).await?;
    let second = init(&hospitals[1].salus, &list, &two).await?;
    assert_eq!(first["genesis"], second["genesis"]);
    let files = tree(&one);
    assert!(files == tree(&two), "the same list gives the same bytes");
    assert_eq!(files.len(), 3 + 4 * 6);

    let node = binaries::find("salus-node")?;
    let salus = &hospitals[2].salus;
    let entry = hospitals[2].entry();
    let check = ["network", "check", "--node-program", text(&node)];
    let own = ["--hospital", text(&entry), text(&one), text(&two)];
    let checked = salus.json(&[check.as_slice(), &own].concat()).await?;
    assert_eq!(checked["genesis"], first["genesis"]);

    // Another list is another network, and a list that does not fit its specification is found out.
    let other_list = folder.path().join("other.toml");
    std::fs::write(
        &other_list,
        std::fs::read_to_string(&list)?.replace("id = \"salus", "verifications = 1\nid = \"x"),
    )?;
    let other = folder.path().join("other");
    init(salus, &other_list, &other).await?;
    let said = salus.refused(&[check.as_slice(), &[text(&one), text(&other)]].concat()).await?;
    assert!(said.contains("different networks"), "{said}");
    std::fs::copy(&list, other.join("network.toml"))?;
    let said = salus.refused(&[check.as_slice(), &[text(&other)]].concat()).await?;
    assert!(said.contains("the founders differ"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn packet_filters_parse() -> Result<()> {
    let works = |rules: &Path| Command::new("nft").args(["-c", "-f"]).arg(rules).output();
    let folder = tempfile::tempdir()?;
    let empty = folder.path().join("empty.nft");
    std::fs::write(&empty, "table inet salus\n")?;
    if !works(&empty).is_ok_and(|output| output.status.success()) {
        eprintln!("nft is not installed here or may not be used: the rules were not parsed");
        return Ok(());
    }
    let (hospitals, list) = hospitals(folder.path()).await?;
    let mixed = std::fs::read_to_string(&list)?.replace("127.0.0.4", "2001:db8::4").replace("127.0.0.", "192.0.2.");
    std::fs::write(&list, mixed)?;
    let out = folder.path().join("network");
    init(&hospitals[0].salus, &list, &out).await?;
    for (path, _) in tree(&out).iter().filter(|(path, _)| path.ends_with("salus.nft")) {
        let output = works(&out.join(path))?;
        ensure!(output.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// Waits until the node that `salus` asks has finalized the block `number`.
async fn finalized(salus: &Salus, number: u64) -> Result<()> {
    let began = Instant::now();
    loop {
        let status = salus.json(&["status"]).await?;
        if status["finalized"]["number"].as_u64().context("a number")? >= number {
            return Ok(());
        }
        ensure!(began.elapsed() < PATIENCE, "block {number} is not final after {PATIENCE:?}: {status}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// The doctor's findings, by subject, with its exit status.
async fn doctor(salus: &Salus, arguments: &[&str]) -> Result<(i32, BTreeMap<String, (String, String)>)> {
    let ran = salus.run(&[&["doctor"], arguments].concat()).await?;
    let report: Value = serde_json::from_slice(&ran.stdout).with_context(|| ran.stderr.clone())?;
    let word = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().context("findings")?;
    let found = findings.iter().map(|one| (word(one, "subject"), (word(one, "verdict"), word(one, "says")))).collect();
    Ok((ran.status, found))
}

#[tokio::test(flavor = "multi_thread")]
async fn four_nodes_run_from_what_was_written() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (hospitals, list) = hospitals(folder.path()).await?;
    let out = folder.path().join("network");
    let written = init(&hospitals[0].salus, &list, &out).await?;
    let (mut nodes, mut desks) = (Vec::new(), Vec::new());
    for (place, hospital) in hospitals.iter().enumerate() {
        let files = PathBuf::from(written["hospitals"][place]["folder"].as_str().context("a folder")?);
        let data = folder.path().join(format!("data-{place}"));
        let node = Node::start_written(&files, &hospital.keys, &data, &[]).await?;
        desks.push(Salus::new(hospital.salus.home(), &folder.path().join("vaults"), node.url())?);
        nodes.push(node);
    }
    for desk in &desks {
        finalized(desk, 5).await?;
    }
    let genesis = desks[3].json(&["network", "check", nodes[0].url(), nodes[3].url()]).await?;
    assert_eq!(genesis["genesis"], written["genesis"]);

    // All is well; the disk of this machine may be full.
    let options = ["--network", text(&list), "--keys", text(&hospitals[0].keys)];
    let (_, found) = doctor(&desks[0], &options).await?;
    for subject in [
        "node",
        "software",
        "peers",
        "sync",
        "blocks",
        "hospitals",
        "finality",
        "clock",
        "session keys",
        "rpc",
        "rpc methods",
    ] {
        let (verdict, says) = found.get(subject).with_context(|| format!("nothing about {subject}"))?;
        assert_eq!(verdict, "ok", "{subject}: {says}");
    }
    assert!(found["hospitals"].1.contains("4 decide together and all vote; 1 more may fail"), "{found:?}");
    let nothing = folder.path().join("no-keys");
    std::fs::create_dir(&nothing)?;
    let (status, found) = doctor(&desks[0], &["--keys", text(&nothing)]).await?;
    assert_eq!((status, found["session keys"].0.as_str()), (2, "failure"));

    // The founders' staff admit the first patient.
    joining(&desks).await?;

    // One hospital fails: the others go on, and know whom to call.
    nodes.pop().context("a node")?.stop().await?;
    let before = desks[0].json(&["status"]).await?["finalized"]["number"].as_u64().context("a number")?;
    finalized(&desks[0], before + 5).await?;
    let (status, found) = doctor(&desks[0], &options).await?;
    assert!(status >= 1);
    let (verdict, says) = &found["hospitals"];
    assert_eq!(verdict, "warning", "{says}");
    assert!(says.contains("1 did not vote: Hospital 4; no more may fail before finality stops"), "{says}");
    assert_eq!(found["finality"].0, "ok", "{:?}", found["finality"]);

    // A second one fails: nothing becomes final, and the doctor says so.
    nodes.pop().context("a node")?.stop().await?;
    let began = Instant::now();
    let (status, found) = loop {
        let (status, found) = doctor(&desks[0], &options).await?;
        if found["finality"].0 == "failure" {
            break (status, found);
        }
        ensure!(
            began.elapsed() < PATIENCE,
            "the doctor does not see that finality has stopped: {:?}",
            found["finality"]
        );
        tokio::time::sleep(Duration::from_secs(1)).await;
    };
    assert_eq!(status, 2);
    assert!(found["hospitals"].1.contains("Finality has stopped"), "{:?}", found["hospitals"]);
    assert_eq!(found["finality"].0, "failure", "{:?}", found["finality"]);

    // A node that does not answer at all is a finding too.
    let nowhere = Salus::new(hospitals[3].salus.home(), folder.path(), "ws://127.0.0.1:9")?;
    let (status, found) = doctor(&nowhere, &[]).await?;
    assert_eq!((status, found["node"].0.as_str()), (2, "failure"));
    Ok(())
}

/// A patient joins with a voucher of the first hospital and the verification of two.
async fn joining(desks: &[Salus]) -> Result<()> {
    let patient = &desks[0];
    let folder = patient.home().join("..");
    let (voucher, phrase) = (folder.join("voucher.json"), folder.join("phrase"));
    patient.json(&["key", "new", "anna", "--phrase-file", text(&phrase)]).await?;
    let issue = ["voucher", "issue", "--institution", "0", "--role", "patient", "--out", text(&voucher)];
    patient.acting_as("hospital-1").json(&issue).await?;
    patient.acting_as("anna").json(&["join", text(&voucher)]).await?;
    // The founders' staff have the numbers 0 to 15.
    desks[0].acting_as("hospital-1-verifier").json(&["verify", "challenge", "16"]).await?;
    desks[1].acting_as("hospital-2-verifier").json(&["verify", "challenge", "16"]).await?;
    patient.acting_as("anna").json(&["verify", "answer"]).await?;
    let status = patient.acting_as("anna").json(&["status"]).await?;
    ensure!(status["member"]["status"] == "active", "{status}");
    Ok(())
}
