// SPDX-License-Identifier: Apache-2.0

//! One run: a copy of the template, four nodes, load, a fault, recovery, and the check of everything that became final.

use super::{
    checker::{check, Counts, Evidence, Rule, Told, Violation},
    gather,
    history::{Block, Reader},
    kinds::{self, Stage, DISK_SIZE, PATIENCE},
    network::{copy, Network},
    observe::Watch,
    plan::{Detail, Kind, Plan},
    programs::Programs,
    relay::{Relay, Weather},
    report::{Report, Transactions, Verdict},
    rpc::Rpc,
    template::Template,
    workload::{Load, Notes, Phase},
};
use anyhow::{bail, ensure, Context, Result};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::{process::Command, time::sleep};

/// How long nodes may take to start and to finalize something new.
const START: Duration = Duration::from_secs(90);
/// Load after recovery, at least: what was broken has to work again.
const AFTER: Duration = Duration::from_secs(2);
/// How long nothing that was begun then may become final; a busy machine may be slow.
const WORKS: Duration = Duration::from_secs(60);
/// How long a node may take to show that it is level.
const SETTLES: Duration = Duration::from_secs(20);
/// How long the watch may still show what a node said before it was killed.
const FORGETS: Duration = Duration::from_secs(2);
/// How long what is under way may take when the load ends.
const FINISH: Duration = Duration::from_secs(6);

/// What was done, and where the evidence is.
pub struct Ran {
    /// The report.
    pub report: Report,
    /// The folder with the nodes' logs and all notes.
    pub folder: PathBuf,
}

/// Does what `plan` says. Needs the namespaces of [`crate::netlab::enter`], and nothing else running in them.
pub async fn run(plan: &Plan, programs: &Programs, template: &Template, folder: &Path) -> Result<Ran> {
    let (began, clock) = (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs());
    let mut moments = BTreeMap::new();
    let mut over = |what: &str| moments.insert(what.to_owned(), (began.elapsed().as_secs_f32() * 10.0).round() / 10.0);
    if folder.exists() {
        fs::remove_dir_all(folder).context("what an earlier run left cannot be removed")?;
    }
    let live = folder.join("live");
    lay_out(plan, template, &live).await?;
    let mut network = Network::new(&template.files(), &live, folder, &programs.node)?;
    let relay = relay(plan, &network)?;
    let absent = kinds::arrange(plan, &mut network).await?;
    for (place, machine) in network.machines.iter_mut().enumerate() {
        if !absent.contains(&place) {
            machine.start()?;
        }
    }
    let urls = network.urls();
    let watch = Watch::begin(&urls, template.height);
    let started = watch.until(START, |seen| {
        let runs = |place: &usize| !absent.contains(place);
        let mut nodes = seen.nodes.iter().enumerate().filter(|(place, _)| runs(place));
        nodes.all(|(_, node)| node.answers && node.finalized > template.height)
    });
    let trouble = || format!("see {}: {:?}", folder.display(), watch.seen().trouble);
    ensure!(started.await, "the network did not start within {START:?}: {}", trouble());
    over("1 started");
    let load = Load::begin(template, &urls, &live.join("vaults"), u64::from(plan.seed));
    sleep(Duration::from_millis(plan.before)).await;

    let mut stage = Stage::new(plan, programs, template, &live, &mut network, &watch, &load, relay.as_ref());
    kinds::strike(&mut stage).await.context("the fault could not be carried out")?;
    over("2 struck");
    stage.recovers().await?;
    over("3 recovered");
    let Stage { proof, mut expectations, mut remarks, heights, recovery, .. } = stage;
    load.enter(Phase::After);
    if recovery.is_some() {
        works_again(&load).await;
    }
    let notes = load.finish(FINISH).await;
    over("4 finished");
    write_notes(folder, &notes)?;
    expectations.extend(kinds::look_back(plan, &notes));
    let mut compared = Compared::default();
    if recovery.is_some() {
        let evidence =
            Finals { plan, template, network: &mut network, watch: &watch, notes: &notes, remarks: &mut remarks };
        compared = evidence.check().await?;
    } else {
        remarks.push(format!("not recovered after {} s: {:?}", PATIENCE.as_secs(), watch.seen().nodes));
    }
    over("5 checked");
    for (node, from, to) in watch.seen().went_back {
        remarks.push(format!("node {node} went back from final block {from} to {to}"));
    }
    for machine in network.machines.iter_mut().filter(|machine| machine.process().is_some()) {
        machine.kill().await?;
    }
    drop(watch);
    let Compared { before_mending, violations, counts: checked } = compared;
    let mut report = Report {
        programs: programs.clone(),
        plan: plan.clone(),
        began: clock,
        seconds: began.elapsed().as_secs_f32(),
        moments,
        proof,
        expectations,
        remarks,
        transactions: Transactions::of(&notes),
        blocks_during: heights.1.saturating_sub(heights.0),
        recovery,
        checked,
        before_mending,
        violations,
        verdict: Verdict::Void,
    };
    report.verdict = report.judge();
    fs::write(folder.join("report.json"), serde_json::to_vec_pretty(&report)?)?;
    if report.verdict != Verdict::Passed {
        // What is in memory goes with the namespaces.
        copy(&live, &folder.join("databases")).await?;
    }
    Ok(Ran { report, folder: folder.to_owned() })
}

/// Lets people go on for a while, and until something that they began after the fault is final. The report says so if there is none.
async fn works_again(load: &Load) {
    let began = Instant::now();
    sleep(AFTER).await;
    while Transactions::of(&load.notes()).after.finalized == 0 && began.elapsed() < WORKS {
        sleep(Duration::from_millis(500)).await;
    }
}

/// Copies of the template's databases and vaults, in memory: what is tried is not how fast a disk is, and nothing has to be
/// removed afterwards.
async fn lay_out(plan: &Plan, template: &Template, live: &Path) -> Result<()> {
    mount(live, 4096).await?;
    for place in 0..super::plan::HOSPITALS {
        let data = live.join(format!("data-{place}"));
        if plan.kind == Kind::FullDisk && place == plan.victim {
            mount(&data, DISK_SIZE).await?;
        }
        copy(&template.data(place), &data).await?;
    }
    copy(&template.vaults(), &live.join("vaults")).await
}

/// Makes a folder that is a file system of its own, of so many megabytes at most, in this run's own namespace of mounts.
async fn mount(folder: &Path, megabytes: u32) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut command = Command::new("mount");
    command.args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"]).arg(folder);
    let status = command.status().await.context("`mount` does not start")?;
    ensure!(status.success(), "a file system of limited size cannot be mounted");
    Ok(())
}

fn relay(plan: &Plan, network: &Network) -> Result<Option<Relay>> {
    let Detail::Relay { delay, jitter, stalls, breaks } = plan.detail else { return Ok(None) };
    let victim = network.machines.get(plan.victim).context("there is no victim")?;
    let others = network.machines.iter().map(|machine| machine.host.address());
    let others: Vec<_> = others.filter(|address| *address != victim.host.address()).collect();
    let weather = Weather { delay, jitter, stalls, breaks };
    Relay::between(&victim.host, &others, weather, u64::from(plan.seed)).map(Some)
}

/// What is looked at when all is over.
struct Finals<'a> {
    plan: &'a Plan,
    template: &'a Template,
    network: &'a mut Network,
    watch: &'a Watch,
    notes: &'a Notes,
    remarks: &'a mut Vec<String>,
}

/// What comparing came to.
#[derive(Default)]
struct Compared {
    before_mending: Vec<Violation>,
    violations: Vec<Violation>,
    counts: Counts,
}

impl Finals<'_> {
    async fn check(mut self) -> Result<Compared> {
        // A damaged database may break later, or serve what is damaged, which comparing finds, as it would for an operator.
        // What counts is that the network is not touched, and that syncing again mends it.
        let damaged = matches!(self.plan.kind, Kind::TruncatedDatabase | Kind::FlippedBits);
        if damaged && !self.stays_level().await? {
            self.mend("the damaged database broke later").await?;
        }
        let blocks = self.history().await?;
        let (violations, counts) = self.compare(&blocks).await?;
        let mark = format!("node {}", self.plan.victim);
        let only_victim = |violation: &Violation| {
            matches!(violation.rule, Rule::Forged | Rule::Lost | Rule::State | Rule::Contradiction)
                && violation.what.starts_with(&mark)
        };
        if !damaged || violations.is_empty() || !violations.iter().all(only_victim) {
            return Ok(Compared { before_mending: Vec::new(), violations, counts });
        }
        self.mend(&format!("the damaged database serves something else, in {} places", violations.len())).await?;
        let before_mending = violations;
        let (violations, counts) = self.compare(&blocks).await?;
        Ok(Compared { before_mending, violations, counts })
    }

    /// Whether the victim runs and is as far as the others.
    async fn stays_level(&mut self) -> Result<bool> {
        let (victim, target) = (self.plan.victim, self.watch.height());
        let level = self
            .watch
            .until(SETTLES, |seen| seen.nodes.get(victim).is_some_and(|node| node.answers && node.finalized >= target));
        Ok(level.await && self.network.machine(victim)?.ended()?.is_none())
    }

    /// What an operator does about a damaged database: remove it, and have the node sync again.
    async fn mend(&mut self, why: &str) -> Result<()> {
        self.remarks.push(format!("{why}; its operator removed it, and the node synced again"));
        let (victim, target) = (self.plan.victim, self.watch.height());
        let machine = self.network.machine(victim)?;
        if machine.ended()?.is_none() && machine.process().is_some() {
            machine.kill().await?;
        }
        machine.clear()?;
        machine.start()?;
        // What it said before it was killed does not count.
        sleep(FORGETS).await;
        let level = self.watch.until(PATIENCE, |seen| {
            seen.nodes.get(victim).is_some_and(|node| node.answers && node.finalized >= target)
        });
        ensure!(level.await, "the node did not sync again");
        Ok(())
    }

    /// The final blocks, up to a height that all nodes have reached, as a node tells them that was not struck.
    async fn history(&self) -> Result<Vec<Block>> {
        // Clients may have been told of blocks that the watch has not seen yet: it looks now and then only.
        let mut last = self.watch.height();
        for url in self.network.urls() {
            let rpc = Rpc::connect(&url).await?;
            let head = rpc.header(rpc.finalized().await?).await?;
            last = last.max(head.context("a node does not know its final block")?.number);
        }
        let level =
            self.watch.until(PATIENCE, |seen| seen.nodes.iter().all(|node| node.answers && node.finalized >= last));
        if !level.await {
            bail!("the nodes do not come to the same height of {last}: {:?}", self.watch.seen().nodes);
        }
        let witness = self.network.machines.get(self.witness()).context("no node to ask")?;
        Reader::connect(&witness.url()).await?.blocks(last).await
    }

    /// A node to which nothing was done, if there is one.
    fn witness(&self) -> usize {
        let victims = self.plan.victims();
        (0..self.network.machines.len()).find(|place| !victims.contains(place)).unwrap_or_default()
    }

    async fn compare(&mut self, blocks: &[Block]) -> Result<(Vec<Violation>, Counts)> {
        let last = blocks.last().map(|block| block.number).unwrap_or_default();
        self.watch.until(PATIENCE, |seen| seen.nodes.iter().all(|node| node.finalized >= last)).await;
        let mut nodes = Vec::new();
        for (place, machine) in self.network.machines.iter().enumerate() {
            let warped = self.plan.kind == Kind::JoiningWarp && place == self.plan.victim;
            let told = match gather::told(&machine.url(), blocks, !warped).await {
                Ok(told) => told,
                // A node that cannot even be asked has lost everything; the violations will say so.
                Err(error) => {
                    self.remarks.push(format!("node {place} cannot tell what it has: {error:#}"));
                    Told { whole: true, ..Told::default() }
                }
            };
            nodes.push((place, told));
        }
        let mut seen = self.watch.seen();
        // Blocks that became final while the nodes were asked are not in the history that was read.
        seen.finalized.retain(|height, _| *height <= last);
        let people = self.template.people().collect();
        let evidence =
            Evidence { people, blocks, witness: self.witness(), nodes: &nodes, seen: &seen, notes: self.notes };
        Ok(check(&evidence))
    }
}

fn write_notes(folder: &Path, notes: &Notes) -> Result<()> {
    let lines = |values: Vec<serde_json::Result<String>>| -> Result<String> {
        Ok(values.into_iter().collect::<Result<Vec<_>, _>>()?.join("\n"))
    };
    let attempts = lines(notes.attempts.iter().map(serde_json::to_string).collect())?;
    let readings = lines(notes.readings.iter().map(serde_json::to_string).collect())?;
    fs::write(folder.join("attempts.jsonl"), attempts)?;
    Ok(fs::write(folder.join("readings.jsonl"), readings)?)
}
