// SPDX-License-Identifier: Apache-2.0

//! The faults, one file for each family: the injection, the proof that it took effect, and the expectations.

mod clock;
mod database;
mod disk;
mod flood;
mod joining;
mod line;
mod process;
mod rolling;
mod runtime;
mod vaults;

pub use disk::SIZE as DISK_SIZE;
pub use vaults::{arrange as arrange_vaults, keep_free, DISK_SIZE as VAULT_DISK_SIZE};

use super::{
    network::Network,
    observe::{Seen, Watch},
    phase::Phase,
    plan::{Kind, Plan},
    programs::Programs,
    relay::Relay,
    report::{milliseconds, Proof},
    template::Template,
    vaults::{notes::Sealed, Houses},
    workload::{Load, Notes},
};
use anyhow::Result;
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// The time within which a node must reach the others' finalized height.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// The time after which an operator removes a damaged database that a node went on with, and fell behind.
const GIVES_UP: Duration = Duration::from_secs(30);
/// The interval at which the supervisor looks for nodes that ended by themselves.
const SUPERVISES: Duration = Duration::from_secs(1);
/// The time within which three of four nodes must finalize two blocks.
const GO_ON: Duration = Duration::from_secs(30);

/// The part of a run that a fault uses and changes.
pub struct Stage<'a> {
    /// The plan of the run.
    pub plan: &'a Plan,
    /// The programs under test.
    pub programs: &'a Programs,
    /// The template with which the run began.
    pub template: &'a Template,
    /// The run's own folder.
    pub folder: &'a Path,
    /// The hospitals' machines.
    pub network: &'a mut Network,
    /// The watch over all nodes.
    pub watch: &'a Watch,
    /// The workload of patients and clinicians.
    pub load: &'a Load,
    /// The relay in front of the victim, if the fault needs one.
    pub relay: Option<&'a Relay>,
    /// The vault services, in runs that have any.
    pub houses: Option<&'a mut Houses>,
    /// The objects that the fault itself found or took away, for the history of sealed records.
    pub found: Sealed,
    /// Observations that prove that the fault took effect.
    pub proof: Vec<Proof>,
    /// Observations that the network owes under this fault.
    pub expectations: Vec<Proof>,
    /// Further observations for the report.
    pub remarks: Vec<String>,
    /// The finalized heights at the beginning and at the end of the fault.
    pub heights: (u32, u32),
    /// Whether the victim went on with a database that the fault had damaged.
    suspect: bool,
    healed: Option<Instant>,
    /// Milliseconds from the end of the fault until all victims had caught up.
    pub recovery: Option<u64>,
}

impl<'a> Stage<'a> {
    /// Returns the stage of a run before its fault.
    #[expect(clippy::too_many_arguments, reason = "each is something else that faults need")]
    pub fn new(
        plan: &'a Plan,
        programs: &'a Programs,
        template: &'a Template,
        folder: &'a Path,
        network: &'a mut Network,
        watch: &'a Watch,
        load: &'a Load,
        relay: Option<&'a Relay>,
    ) -> Self {
        Self {
            plan,
            programs,
            template,
            folder,
            network,
            watch,
            load,
            relay,
            houses: None,
            found: Sealed::default(),
            proof: Vec::new(),
            expectations: Vec::new(),
            remarks: Vec::new(),
            heights: (0, 0),
            suspect: false,
            healed: None,
            recovery: None,
        }
    }

    /// Records a fact that must hold, else the run is void.
    fn prove(&mut self, fact: impl Into<String>, holds: bool) {
        self.proof.push(Proof { fact: fact.into(), holds });
    }

    /// Records a fact that must hold, else the run fails.
    fn expect(&mut self, fact: impl Into<String>, holds: bool) {
        self.expectations.push(Proof { fact: fact.into(), holds });
    }

    fn remark(&mut self, text: impl Into<String>) {
        self.remarks.push(text.into());
    }

    /// Marks the beginning of the fault.
    fn strikes(&mut self) {
        self.load.enter(Phase::During);
        self.heights = (self.watch.height(), 0);
    }

    /// Marks the end of the fault, where recovery begins.
    fn heals(&mut self) {
        self.load.enter(Phase::After);
        self.heights.1 = self.watch.height();
        self.healed = Some(Instant::now());
    }

    /// Returns the number of blocks finalized since the fault began.
    fn progress(&self) -> u32 {
        self.watch.height().saturating_sub(self.heights.0)
    }

    /// Checks that three of four nodes finalize two blocks before the fourth heals. Waits for them after a short fault.
    async fn others_went_on(&mut self) {
        let target = self.heights.0.saturating_add(2);
        self.watch.until(GO_ON, |seen| seen.height() >= target).await;
        let progress = self.progress();
        self.expect(format!("the others finalized {progress} blocks meanwhile"), progress >= 2);
    }

    /// Waits until every victim has finalized two blocks beyond the network's present height.
    ///
    /// It restarts a node that ended by itself after a second; its systemd unit would do so after five. A damaged database
    /// may be taken back into use and fail only now: then it is removed first, as `docs/operations.md` says.
    pub async fn recovers(&mut self) -> Result<()> {
        if self.recovery.is_some() {
            return Ok(());
        }
        let (began, victims) = (self.healed.unwrap_or_else(Instant::now), self.plan.victims());
        let target = self.watch.height().saturating_add(2);
        while began.elapsed() < PATIENCE {
            if self.watch.until(SUPERVISES, |seen| are_level(seen, &victims, target)).await {
                self.recovery = Some(milliseconds(began.elapsed()));
                break;
            }
            for (place, machine) in self.network.machines.iter_mut().enumerate() {
                let ended = machine.node.ended()?;
                let broken =
                    self.suspect && place == self.plan.victim && (ended.is_some() || began.elapsed() > GIVES_UP);
                if broken {
                    self.suspect = false;
                    if ended.is_none() {
                        machine.node.kill().await?;
                    }
                    machine.clear()?;
                    machine.start()?;
                    let how = ended.map_or("fell behind".to_owned(), |status| format!("ended by itself ({status})"));
                    self.remarks.push(format!("node {place} {how}; its operator removed the damaged database"));
                } else if let Some(status) = ended {
                    machine.start()?;
                    self.remarks.push(format!("node {place} ended by itself ({status}), and was started again"));
                }
            }
        }
        Ok(())
    }

    /// Waits until `node` has caught up with the others. Returns whether it did so within `patience`.
    async fn catches_up(&self, node: usize, patience: Duration) -> bool {
        let target = self.watch.height().saturating_add(1);
        self.watch.until(patience, |seen| are_level(seen, &[node], target)).await
    }
}

fn are_level(seen: &Seen, nodes: &[usize], target: u32) -> bool {
    nodes.iter().all(|node| seen.nodes.get(*node).is_some_and(|node| node.answers && node.finalized >= target))
}

/// Prepares the machines before their nodes start. Returns the nodes that must not start yet.
pub async fn arrange(plan: &Plan, network: &mut Network) -> Result<Vec<usize>> {
    match plan.kind {
        Kind::WrongClock => clock::arrange(plan, network)?,
        Kind::JoiningFull | Kind::JoiningWarp => return joining::arrange(plan, network),
        _ => {}
    }
    Ok(Vec::new())
}

/// Injects the planned fault, and ends it.
pub async fn strike(stage: &mut Stage<'_>) -> Result<()> {
    match stage.plan.kind {
        Kind::Killed => process::killed(stage).await,
        Kind::Paused => process::paused(stage).await,
        Kind::CutOff => line::cut_off(stage).await,
        Kind::Slowed => line::slowed(stage).await,
        Kind::Delayed => line::delayed(stage).await,
        Kind::FullDisk => disk::full(stage).await,
        Kind::WrongClock => clock::wrong(stage).await,
        Kind::TwoCutOff => line::two_cut_off(stage).await,
        Kind::RollingRestart => rolling::restart(stage).await,
        Kind::RollingUpgrade => rolling::upgrade(stage).await,
        Kind::RuntimeUpgrade => runtime::upgrade(stage).await,
        Kind::TruncatedDatabase => database::truncated(stage).await,
        Kind::FlippedBits => database::flipped(stage).await,
        Kind::Flood => flood::flood(stage).await,
        Kind::JoiningFull => joining::full(stage).await,
        Kind::JoiningWarp => joining::warp(stage).await,
        Kind::VaultKilled => vaults::killed(stage).await,
        Kind::VaultDiskFull => vaults::full(stage).await,
        Kind::VaultCutOff => vaults::cut_off(stage).await,
        Kind::VaultLies => vaults::lies(stage).await,
    }
}

/// Returns the expectation that depends on the notes of the whole run, if the kind has one.
pub fn look_back(plan: &Plan, notes: &Notes) -> Option<Proof> {
    (plan.kind == Kind::Flood).then(|| flood::others_hardly_wait(notes))
}
