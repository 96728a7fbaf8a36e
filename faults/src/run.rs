// SPDX-License-Identifier: Apache-2.0

//! One run: a copy of the template, four nodes, a workload, a fault, recovery, and the check of all finalized blocks.

use super::{
    checker::{check, Counts, Evidence, SealedEvidence, Told},
    gather,
    history::{Block, Reader},
    kinds::{self, Stage, DISK_SIZE, PATIENCE, VAULT_DISK_SIZE},
    network::{copy, Network},
    observe::Watch,
    phase::Phase,
    plan::{Detail, Kind, Plan},
    programs::Programs,
    relay::{Relay, Weather},
    report::{Report, Transactions, Verdict},
    rpc::Rpc,
    template::Template,
    vaults::{disk, notes::Sealed, place, read_back::read_back, Houses},
    violation::{Rule, Violation},
    workload::{sealed::first_content, Load, Notes},
};
use anyhow::{bail, ensure, Context, Result};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::{process::Command, time::sleep};

/// The time within which nodes must start and finalize a new block.
const START: Duration = Duration::from_secs(90);
/// The least duration of the workload after recovery.
const AFTER: Duration = Duration::from_secs(2);
/// The time within which the network must finalize an attempt after the fault. It allows for a busy machine.
const WORKS: Duration = Duration::from_secs(60);
/// The time within which a node must show that it has caught up.
const SETTLES: Duration = Duration::from_secs(20);
/// The time after which the watch no longer shows a killed node's last answer.
const FORGETS: Duration = Duration::from_secs(2);
/// The time limit for pending attempts when the workload ends.
const FINISH: Duration = Duration::from_secs(6);

/// A finished run.
pub struct Ran {
    /// The report.
    pub report: Report,
    /// The folder with the nodes' logs and all notes.
    pub folder: PathBuf,
}

/// Executes `plan`. It needs the namespaces of [`crate::netlab::enter`] for itself alone.
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
    let mut houses = match plan.kind.has_vault_services() {
        true => {
            let seed = u64::from(plan.seed);
            let mut houses = Houses::open(template, &network, &live, kinds::keep_free(plan), seed).await?;
            kinds::arrange_vaults(plan, &mut houses)?;
            Some(houses)
        }
        false => None,
    };
    over("1 vaults ready");
    let mut load = Load::begin(template, &urls, &live.join("vaults"), u64::from(plan.seed), houses.is_some());
    sleep(Duration::from_millis(plan.before)).await;

    let mut stage = Stage::new(plan, programs, template, &live, &mut network, &watch, &load, relay.as_ref());
    stage.houses = houses.as_mut();
    kinds::strike(&mut stage).await.context("the fault could not be carried out")?;
    over("2 struck");
    stage.recovers().await?;
    over("3 recovered");
    let Stage { proof, mut expectations, mut remarks, heights, recovery, found, .. } = stage;
    load.enter(Phase::After);
    if recovery.is_some() {
        works_again(&load).await;
    }
    let notes = load.finish(FINISH).await;
    over("4 finished");
    let sealed = match (&houses, load.sealed()) {
        (Some(houses), Some(history)) => {
            let sealed = look_at_vaults(plan, template, houses, &urls, found, history).await?;
            over("4 read back");
            Some(sealed)
        }
        _ => None,
    };
    write_notes(folder, &notes, sealed.as_ref())?;
    expectations.extend(kinds::look_back(plan, &notes));
    let mut compared = Compared::default();
    if recovery.is_some() {
        let evidence = Finals {
            plan,
            template,
            network: &mut network,
            watch: &watch,
            notes: &notes,
            sealed,
            remarks: &mut remarks,
        };
        compared = evidence.check().await?;
    } else {
        remarks.push(format!("not recovered after {} s: {:?}", PATIENCE.as_secs(), watch.seen().nodes));
    }
    over("5 checked");
    for (node, from, to) in watch.seen().went_back {
        remarks.push(format!("node {node} went back from final block {from} to {to}"));
    }
    for machine in network.machines.iter_mut().filter(|machine| machine.node.id().is_some()) {
        machine.node.kill().await?;
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
        // The databases are in memory, and vanish with the namespaces.
        copy(&live, &folder.join("databases")).await?;
    }
    Ok(Ran { report, folder: folder.to_owned() })
}

/// Continues the workload for [`AFTER`], and until an attempt after the fault is finalized, at most for [`WORKS`].
async fn works_again(load: &Load) {
    let began = Instant::now();
    sleep(AFTER).await;
    while Transactions::of(&load.notes()).after.finalized == 0 && began.elapsed() < WORKS {
        sleep(Duration::from_millis(500)).await;
    }
}

/// Copies the template's databases and vaults into memory. So the disk's speed does not matter, and no file remains.
async fn lay_out(plan: &Plan, template: &Template, live: &Path) -> Result<()> {
    mount(live, 4096).await?;
    for hospital in 0..super::plan::HOSPITALS {
        let data = live.join(format!("data-{hospital}"));
        if plan.kind == Kind::FullDisk && hospital == plan.victim {
            mount(&data, DISK_SIZE).await?;
        }
        copy(&template.data(hospital), &data).await?;
    }
    if plan.kind == Kind::VaultDiskFull {
        mount(&place(live, plan.victim).join("vault"), VAULT_DISK_SIZE).await?;
    }
    copy(&template.vaults(), &live.join("vaults")).await
}

/// Mounts a tmpfs of at most so many MiB at `folder`, in this run's own mount namespace.
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

/// The inputs of the check after a run.
struct Finals<'a> {
    plan: &'a Plan,
    template: &'a Template,
    network: &'a mut Network,
    watch: &'a Watch,
    notes: &'a Notes,
    sealed: Option<Sealed>,
    remarks: &'a mut Vec<String>,
}

/// The result of the check after a run.
#[derive(Default)]
struct Compared {
    before_mending: Vec<Violation>,
    violations: Vec<Violation>,
    counts: Counts,
}

impl Finals<'_> {
    async fn check(mut self) -> Result<Compared> {
        // A damaged database may fail later or serve wrong data, which the comparison finds, as an operator would.
        // The run passes if the other nodes are intact and the victim is intact after syncing again.
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

    /// Returns whether the victim runs and has caught up with the others.
    async fn stays_level(&mut self) -> Result<bool> {
        let (victim, target) = (self.plan.victim, self.watch.height());
        let level = self
            .watch
            .until(SETTLES, |seen| seen.nodes.get(victim).is_some_and(|node| node.answers && node.finalized >= target));
        Ok(level.await && self.network.machine(victim)?.node.ended()?.is_none())
    }

    /// Removes the damaged database and lets the node sync again, as an operator does.
    async fn mend(&mut self, why: &str) -> Result<()> {
        self.remarks.push(format!("{why}; its operator removed it, and the node synced again"));
        let (victim, target) = (self.plan.victim, self.watch.height());
        let machine = self.network.machine(victim)?;
        if machine.node.ended()?.is_none() && machine.node.id().is_some() {
            machine.node.kill().await?;
        }
        machine.clear()?;
        machine.start()?;
        // The watch may still show an answer from before the node was killed.
        sleep(FORGETS).await;
        let level = self.watch.until(PATIENCE, |seen| {
            seen.nodes.get(victim).is_some_and(|node| node.answers && node.finalized >= target)
        });
        ensure!(level.await, "the node did not sync again");
        Ok(())
    }

    /// Returns the finalized blocks up to a height that all nodes have reached, as the witness has them.
    async fn history(&self) -> Result<Vec<Block>> {
        // Clients may know newer blocks than the watch, which only polls.
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

    /// Returns the index of the first node that the fault did not strike, or 0 if it struck all.
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
                // An unreachable node counts as one that lost everything, and the check reports that.
                Err(error) => {
                    self.remarks.push(format!("node {place} cannot tell what it has: {error:#}"));
                    Told { whole: true, ..Told::default() }
                }
            };
            nodes.push((place, told));
        }
        let mut seen = self.watch.seen();
        // The history does not have blocks that were finalized after it was read.
        seen.finalized.retain(|height, _| *height <= last);
        let people = self.template.people().collect();
        let first = self.template.records.iter().map(|record| ((*record, 0), first_content(record.chart))).collect();
        let sealed = self.sealed.as_ref().map(|history| SealedEvidence { history, first: &first });
        let (witness, notes) = (self.witness(), self.notes);
        Ok(check(&Evidence { people, blocks, witness, nodes: &nodes, seen: &seen, notes, sealed }))
    }
}

/// Looks at all vaults when people have stopped: patients read everything that is theirs, and no half object may have a name.
async fn look_at_vaults(
    plan: &Plan,
    template: &Template,
    houses: &Houses,
    urls: &[String],
    found: Sealed,
    history: Sealed,
) -> Result<Sealed> {
    houses.until_ready().await?;
    let witness = (0..urls.len()).find(|place| !plan.victims().contains(place)).unwrap_or_default();
    let url = urls.get(witness).context("no node to ask")?;
    let last = read_back(url, witness, &template.patients).await?;
    let mut halves = found.halves;
    for (hospital, house) in houses.all.iter().enumerate() {
        let named = disk::halves(&house.service.vault())?;
        halves.extend(
            named.into_iter().map(|id| format!("vault {hospital}, at the end: {id} is not what its name says")),
        );
    }
    let Sealed { excused, betrayed, lies, .. } = found;
    Ok(Sealed { last, halves, excused, betrayed, lies, ..history })
}

fn write_notes(folder: &Path, notes: &Notes, sealed: Option<&Sealed>) -> Result<()> {
    let lines = |values: Vec<serde_json::Result<String>>| -> Result<String> {
        Ok(values.into_iter().collect::<Result<Vec<_>, _>>()?.join("\n"))
    };
    let attempts = lines(notes.attempts.iter().map(serde_json::to_string).collect())?;
    let readings = lines(notes.readings.iter().map(serde_json::to_string).collect())?;
    fs::write(folder.join("attempts.jsonl"), attempts)?;
    if let Some(sealed) = sealed {
        let puts = lines(sealed.puts.iter().map(serde_json::to_string).collect())?;
        let fetches = sealed.fetches.iter().chain(&sealed.last).map(serde_json::to_string);
        fs::write(folder.join("puts.jsonl"), puts)?;
        fs::write(folder.join("fetches.jsonl"), lines(fetches.collect())?)?;
    }
    Ok(fs::write(folder.join("readings.jsonl"), readings)?)
}
