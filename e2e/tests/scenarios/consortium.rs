// SPDX-License-Identifier: Apache-2.0

//! Hospitals that began a network, each with its own machine, people and node.

use anyhow::{ensure, Context, Result};
use salus_e2e::{
    founding::{found_with, Founded},
    node::{free_address, Node},
    salus::Salus,
};
use serde_json::Value;
use std::{
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    time::{Duration, Instant},
};

/// How long anything may take; the longest is two changes of session, of ten seconds each. A busy machine takes many times that.
const PATIENCE: Duration = Duration::from_secs(400);
/// Settings that keep the rehearsal short.
const SETTINGS: &str = "session = \"10s\"\nverifications = 1\n";

/// Hospitals with their desks; those whose node runs.
pub(crate) struct Scene {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) network: Founded,
    nodes: Vec<Option<Node>>,
}

impl Scene {
    /// So many that finalize together.
    pub(crate) async fn begin(hospitals: u8) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let addresses = (1..=hospitals).map(address).collect::<Result<Vec<_>>>()?;
        let network = found_with(folder.path(), &addresses, SETTINGS).await?;
        let mut scene = Self { folder, network, nodes: Vec::new() };
        for place in 0..usize::from(hospitals) {
            scene.start(place, &[]).await?;
        }
        scene.finalizes(0, 3).await?;
        Ok(scene)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// Starts a hospital's node from the files that it has now.
    pub(crate) async fn start(&mut self, place: usize, settings: &[(&str, &str)]) -> Result<()> {
        let files = self.network.hospitals[place].files.clone();
        self.start_from(&files, place, settings).await
    }

    /// The same, from other files.
    pub(crate) async fn start_from(&mut self, files: &Path, place: usize, settings: &[(&str, &str)]) -> Result<()> {
        let hospital = &self.network.hospitals[place];
        let data = self.folder.path().join(format!("data-{place}"));
        let node = Node::start_written(files, &hospital.keys, &data, settings).await?;
        if self.nodes.len() <= place {
            self.nodes.resize_with(place + 1, || None);
        }
        self.nodes[place] = Some(node);
        Ok(())
    }

    pub(crate) async fn stop(&mut self, place: usize) -> Result<()> {
        self.nodes[place].take().context("it does not run")?.stop().await
    }

    /// A hospital's node.
    pub(crate) fn node(&self, place: usize) -> Result<&Node> {
        self.nodes[place].as_ref().context("it does not run")
    }

    /// A hospital's people, at its own node.
    pub(crate) fn desk(&self, place: usize) -> Result<Salus> {
        self.desk_at(place, place)
    }

    /// A hospital's people, at the node of the hospital `node`.
    pub(crate) fn desk_at(&self, place: usize, node: usize) -> Result<Salus> {
        let node = self.node(node)?;
        Salus::new(self.network.hospitals[place].salus.home(), &self.folder.path().join("vaults"), node.url())
    }

    /// Delegates decide, the first of them proposes.
    pub(crate) async fn decide(&self, places: &[usize], arguments: &[&str]) -> Result<Value> {
        let delegate =
            |place: &usize| Ok::<_, anyhow::Error>(self.desk(*place)?.acting_as(&person(*place, "-delegate")));
        let (first, others) = places.split_first().context("no delegate decides")?;
        let mut decided = delegate(first)?.json(arguments).await?;
        let proposal = decided["progress"]["waiting"]["proposal"].as_str().context("no proposal")?.to_owned();
        for other in others {
            decided = delegate(other)?.json(&["council", "approve", &proposal, "--yes"]).await?;
        }
        ensure!(decided["progress"] == "executed", "{decided}");
        Ok(decided)
    }

    /// The seats, as a hospital's node knows them.
    pub(crate) async fn seats(&self, place: usize) -> Result<Vec<Value>> {
        let status = self.desk(place)?.json(&["authority", "status"]).await?;
        Ok(status["seats"].as_array().context("seats")?.clone())
    }

    /// A hospital's node finalizes so many blocks more.
    pub(crate) async fn finalizes(&self, place: usize, more: u64) -> Result<()> {
        let target = self.height(place).await? + more;
        until("blocks become final", || async { Ok(self.height(place).await? >= target) }).await
    }

    /// The number of the newest block that a hospital's node knows to be final.
    pub(crate) async fn height(&self, place: usize) -> Result<u64> {
        let status = self.desk(place)?.json(&["status"]).await?;
        status["finalized"]["number"].as_u64().context("a number")
    }

    /// The finding of a hospital's doctor about a subject.
    pub(crate) async fn finding(&self, place: usize, subject: &str) -> Result<String> {
        let list = self.network.list.to_string_lossy().into_owned();
        let keys = self.network.hospitals[place].keys.to_string_lossy().into_owned();
        let ran = self.desk(place)?.run(&["doctor", "--network", &list, "--keys", &keys]).await?;
        let report: Value = serde_json::from_slice(&ran.stdout).with_context(|| ran.stderr.clone())?;
        let findings = report["findings"].as_array().context("findings")?;
        let found = findings.iter().find(|one| one["subject"] == subject).with_context(|| subject.to_owned())?;
        Ok(format!("{}: {}", found["verdict"], found["says"]))
    }

    /// Waits until a hospital's doctor says `words` of the hospitals: a node that started a moment ago has not seen all votes.
    pub(crate) async fn hospitals_are_said_to(&self, place: usize, words: &str) -> Result<()> {
        until(words, || async { Ok(self.finding(place, "hospitals").await?.contains(words)) }).await
    }
}

/// A free address of a machine's own.
pub(crate) fn address(number: u8) -> Result<SocketAddr> {
    free_address(Ipv4Addr::new(127, 0, 0, number))
}

/// The name of an identity of a hospital.
pub(crate) fn person(place: usize, role: &str) -> String {
    format!("hospital-{}{role}", place + 1)
}

/// Waits until something holds.
pub(crate) async fn until<Answer: Future<Output = Result<bool>>>(what: &str, holds: impl Fn() -> Answer) -> Result<()> {
    let began = Instant::now();
    while !holds().await? {
        ensure!(began.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}
