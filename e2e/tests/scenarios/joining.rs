// SPDX-License-Identifier: Apache-2.0

//! A fifth hospital joins a network of four, and one of the founders leaves: each step of `docs/operations.md`, in its order
//! (S0-13, S0-17).

use anyhow::{ensure, Context, Result};
use salus_e2e::{
    founding::{found_with, furnish, Founded},
    node::{free_address, Node},
    salus::Salus,
};
use serde_json::{json, Value};
use std::{
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    time::{Duration, Instant},
};

/// How long anything may take; the longest is two changes of session, of ten seconds each.
const PATIENCE: Duration = Duration::from_secs(120);
/// What keeps the rehearsal short.
const SETTINGS: &str = "session = \"10s\"\nverifications = 1\n";

/// Hospitals with their desks; those whose node runs.
struct Scene {
    folder: tempfile::TempDir,
    network: Founded,
    nodes: Vec<Option<Node>>,
}

impl Scene {
    async fn begin() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let addresses = (1..=4).map(address).collect::<Result<Vec<_>>>()?;
        let network = found_with(folder.path(), &addresses, SETTINGS).await?;
        let mut scene = Self { folder, network, nodes: Vec::new() };
        for place in 0..4 {
            scene.start(place, &[]).await?;
        }
        scene.finalizes(0, 3).await?;
        Ok(scene)
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// Starts a hospital's node from the files that it has now.
    async fn start(&mut self, place: usize, settings: &[(&str, &str)]) -> Result<()> {
        let hospital = &self.network.hospitals[place];
        let data = self.folder.path().join(format!("data-{place}"));
        let node = Node::start_written(&hospital.files, &hospital.keys, &data, settings).await?;
        if self.nodes.len() <= place {
            self.nodes.resize_with(place + 1, || None);
        }
        self.nodes[place] = Some(node);
        Ok(())
    }

    async fn stop(&mut self, place: usize) -> Result<()> {
        self.nodes[place].take().context("it does not run")?.stop().await
    }

    /// A hospital's people, at its own node.
    fn desk(&self, place: usize) -> Result<Salus> {
        let node = self.nodes[place].as_ref().context("it does not run")?;
        Salus::new(self.network.hospitals[place].salus.home(), &self.folder.path().join("vaults"), node.url())
    }

    /// Representatives decide, the first of them proposes.
    async fn decide(&self, places: &[usize], arguments: &[&str]) -> Result<Value> {
        let representative =
            |place: &usize| Ok::<_, anyhow::Error>(self.desk(*place)?.acting_as(&person(*place, "-representative")));
        let (first, others) = places.split_first().context("nobody decides")?;
        let mut decided = representative(first)?.json(arguments).await?;
        let proposal = decided["progress"]["waiting"]["proposal"].as_str().context("no proposal")?.to_owned();
        for other in others {
            decided = representative(other)?.json(&["council", "approve", &proposal]).await?;
        }
        ensure!(decided["progress"] == "executed", "{decided}");
        Ok(decided)
    }

    async fn seats(&self, place: usize) -> Result<Vec<Value>> {
        let status = self.desk(place)?.json(&["authority", "status"]).await?;
        Ok(status["seats"].as_array().context("seats")?.clone())
    }

    async fn finalizes(&self, place: usize, more: u64) -> Result<()> {
        let desk = self.desk(place)?;
        let height = || async { desk.json(&["status"]).await?["finalized"]["number"].as_u64().context("a number") };
        let target = height().await? + more;
        until("blocks become final", || async { Ok(height().await? >= target) }).await
    }

    /// What a hospital's doctor says about the hospitals that decide, and about its own keys.
    async fn findings(&self, place: usize) -> Result<(String, String)> {
        let list = self.network.list.to_string_lossy().into_owned();
        let keys = self.network.hospitals[place].keys.to_string_lossy().into_owned();
        let ran = self.desk(place)?.run(&["doctor", "--network", &list, "--keys", &keys]).await?;
        let report: Value = serde_json::from_slice(&ran.stdout).with_context(|| ran.stderr.clone())?;
        let says = |subject: &str| {
            let findings = report["findings"].as_array().context("findings")?;
            let found = findings.iter().find(|one| one["subject"] == subject).with_context(|| subject.to_owned())?;
            Ok::<_, anyhow::Error>(format!("{}: {}", found["verdict"], found["says"]))
        };
        Ok((says("hospitals")?, says("session keys")?))
    }
}

fn address(number: u8) -> Result<SocketAddr> {
    free_address(Ipv4Addr::new(127, 0, 0, number))
}

/// The name of an identity of a hospital.
fn person(place: usize, role: &str) -> String {
    format!("hospital-{}{role}", place + 1)
}

async fn until<Answer: Future<Output = Result<bool>>>(what: &str, holds: impl Fn() -> Answer) -> Result<()> {
    let began = Instant::now();
    while !holds().await? {
        ensure!(began.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fifth_hospital_joins_and_a_founder_leaves() -> Result<()> {
    let mut scene = Scene::begin().await?;
    let machine = furnish(scene.folder.path(), 5, address(5)?).await?;
    let (service, representative) = institution_and_staff(&scene, &machine.0).await?;

    // Everybody knows the newcomer's node, one after the other, and the network goes on meanwhile.
    let folder = scene.folder.path().join("network-2");
    scene.network.admit(machine, 4, &folder).await?;
    for place in 0..4 {
        scene.stop(place).await?;
        scene.start(place, &[]).await?;
        scene.finalizes(place, 2).await?;
    }
    scene.start(4, &[("SALUS_RPC_METHODS", "unsafe")]).await?;
    scene.finalizes(4, 2).await?;
    let (hospitals, keys) = scene.findings(4).await?;
    assert!(hospitals.contains("4 decide together and all vote"), "{hospitals}");
    assert!(keys.contains("failure"), "it acts as an authority and is none: {keys}");

    // Its seat, and its keys, which count from the session after next.
    let seat = ["--account", &format!("member:{service}"), "--representative", &format!("member:{representative}")];
    scene.decide(&[0, 1, 2], &[&["council", "admit-authority", "4"], seat.as_slice()].concat()).await?;
    scene.desk(4)?.acting_as(&person(4, "-service")).json(&["authority", "rotate-keys"]).await?;
    until("it takes part", || async { Ok(!scene.seats(4).await?[4]["keys_in_use"].is_null()) }).await?;
    scene.stop(4).await?;
    scene.start(4, &[]).await?;
    scene.finalizes(4, 3).await?;
    let (hospitals, keys) = scene.findings(4).await?;
    assert!(hospitals.contains("5 decide together and all vote; 1 more may fail"), "{hospitals}");
    assert!(keys.contains("those of an authority of the network"), "{keys}");

    // Of five, four have to vote: without one founder finality needs the newcomer's vote.
    scene.stop(0).await?;
    scene.finalizes(4, 5).await?;
    let (hospitals, _) = scene.findings(4).await?;
    assert!(hospitals.contains("1 did not vote: Hospital 1; no more may fail"), "{hospitals}");
    scene.start(0, &[]).await?;
    scene.finalizes(0, 2).await?;

    founder_leaves(&mut scene).await
}

/// The second founder's seat is taken, and its node stopped when it decides no more. No other founder may go after that.
async fn founder_leaves(scene: &mut Scene) -> Result<()> {
    // The newcomer votes, too.
    scene.decide(&[4, 2, 3], &["council", "remove-authority", "1"]).await?;
    assert_eq!(scene.seats(4).await?.len(), 4);
    until("it decides no more", || async { Ok(scene.findings(4).await?.0.contains("4 decide together")) }).await?;
    scene.stop(1).await?;
    scene.finalizes(4, 5).await?;
    let (hospitals, _) = scene.findings(4).await?;
    assert!(hospitals.contains("4 decide together and all vote; 1 more may fail"), "{hospitals}");

    let representative = scene.desk(4)?.acting_as(&person(4, "-representative"));
    let said = representative.refused(&["council", "remove-authority", "2"]).await?;
    assert!(said.contains("number of active authorities would be 3") && said.contains("--force"), "{said}");
    Ok(())
}

/// The institution is admitted by three of four, its service and representative join; their numbers.
async fn institution_and_staff(scene: &Scene, newcomer: &Salus) -> Result<(String, String)> {
    let keys = newcomer.json(&["key", "show", "hospital-5"]).await?;
    let key = |pointer: &str| keys.pointer(pointer).and_then(Value::as_str).map(str::to_owned).context("a key");
    let (issuing, encryption) = (key("/membership")?, key("/encryption/key")?);
    let admit =
        ["institution", "admit", "--kind", "hospital", "--issuing-key", &issuing, "--encryption-key", &encryption];
    assert_eq!(scene.decide(&[0, 1, 2], &admit).await?["institution"], json!(4));

    // Through another hospital's node: it has none yet.
    let (home, vaults) = (newcomer.home(), scene.folder.path().join("vaults"));
    let desk = Salus::new(home, Path::new(&vaults), scene.desk(3)?.node())?;
    let mut members = Vec::new();
    for role in ["service", "representative"] {
        let (who, voucher) = (person(4, &format!("-{role}")), scene.path(role));
        let issue = ["voucher", "issue", "--institution", "4", "--role", role, "--out", &voucher];
        desk.acting_as("hospital-5").json(&issue).await?;
        let member = desk.acting_as(&who).json(&["join", &voucher]).await?["member"].to_string();
        scene.desk(0)?.acting_as("hospital-1-verifier").json(&["verify", "challenge", &member]).await?;
        desk.acting_as(&who).json(&["verify", "answer"]).await?;
        members.push(member);
    }
    let [service, representative] = members.try_into().ok().context("two people")?;
    Ok((service, representative))
}
