// SPDX-License-Identifier: Apache-2.0

//! What is done, one file for each family of faults, the proof that it took effect, and what the network must show meanwhile.

mod clock;
mod database;
mod disk;
mod flood;
mod joining;
mod line;
mod process;
mod rolling;
mod runtime;

pub use disk::SIZE as DISK_SIZE;

use super::{
    network::Network,
    observe::{Seen, Watch},
    plan::{Kind, Plan},
    programs::Programs,
    relay::Relay,
    report::{milliseconds, Proof},
    template::Template,
    workload::{Load, Notes, Phase},
};
use anyhow::Result;
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// How long anybody may take to be as far as the others.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// How often the supervisor looks whether a node has ended by itself.
const SUPERVISES: Duration = Duration::from_secs(1);
/// How long three of four may take for two blocks.
const GO_ON: Duration = Duration::from_secs(30);

/// A run, as a fault sees it.
pub struct Stage<'a> {
    /// What was planned.
    pub plan: &'a Plan,
    /// What is tried.
    pub programs: &'a Programs,
    /// With what it began.
    pub template: &'a Template,
    /// The run's own folder.
    pub folder: &'a Path,
    /// The machines.
    pub network: &'a mut Network,
    /// Who watches.
    pub watch: &'a Watch,
    /// What people do meanwhile.
    pub load: &'a Load,
    /// The relay before the victim, where the fault needs one.
    pub relay: Option<&'a Relay>,
    /// What shows so far that the fault took effect.
    pub proof: Vec<Proof>,
    /// What the network had to show so far.
    pub expectations: Vec<Proof>,
    /// What else is worth knowing.
    pub remarks: Vec<String>,
    /// The height that was final when it began, and when it ended.
    pub heights: (u32, u32),
    healed: Option<Instant>,
    /// Milliseconds from the fault's end until all victims were as far as the others.
    pub recovery: Option<u64>,
}

impl<'a> Stage<'a> {
    /// A stage on which nothing has happened yet.
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
            proof: Vec::new(),
            expectations: Vec::new(),
            remarks: Vec::new(),
            heights: (0, 0),
            healed: None,
            recovery: None,
        }
    }

    /// A fact that has to hold, or the run proves nothing.
    fn prove(&mut self, fact: impl Into<String>, holds: bool) {
        self.proof.push(Proof { fact: fact.into(), holds });
    }

    /// A fact that the network has to show, or the run fails.
    fn expect(&mut self, fact: impl Into<String>, holds: bool) {
        self.expectations.push(Proof { fact: fact.into(), holds });
    }

    fn remark(&mut self, text: impl Into<String>) {
        self.remarks.push(text.into());
    }

    /// The fault begins.
    fn strikes(&mut self) {
        self.load.enter(Phase::During);
        self.heights = (self.watch.height(), 0);
    }

    /// The fault ends, and recovery begins.
    fn heals(&mut self) {
        self.load.enter(Phase::After);
        self.heights.1 = self.watch.height();
        self.healed = Some(Instant::now());
    }

    /// How many blocks became final since the fault began.
    fn progress(&self) -> u32 {
        self.watch.height().saturating_sub(self.heights.0)
    }

    /// Three of four go on without the fourth, whose fault is not over yet. Where it took a moment only, they get some more.
    async fn others_went_on(&mut self) {
        let target = self.heights.0.saturating_add(2);
        self.watch.until(GO_ON, |seen| seen.height() >= target).await;
        let progress = self.progress();
        self.expect(format!("the others finalized {progress} blocks meanwhile"), progress >= 2);
    }

    /// Waits until all victims are as far as the others, and the others further than when the fault ended. A node that ends by
    /// itself is started again after a second, as its systemd unit does after five.
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
                if let Some(status) = machine.ended()? {
                    machine.start()?;
                    self.remarks.push(format!("node {place} ended by itself ({status}), and was started again"));
                }
            }
        }
        Ok(())
    }

    /// Waits until `node` has finalized what the others have; whether it did.
    async fn catches_up(&self, node: usize, patience: Duration) -> bool {
        let target = self.watch.height().saturating_add(1);
        self.watch.until(patience, |seen| are_level(seen, &[node], target)).await
    }
}

fn are_level(seen: &Seen, nodes: &[usize], target: u32) -> bool {
    nodes.iter().all(|node| seen.nodes.get(*node).is_some_and(|node| node.answers && node.finalized >= target))
}

/// What has to be arranged before the nodes are started. Nodes that are in the answer are not started.
pub async fn arrange(plan: &Plan, network: &mut Network) -> Result<Vec<usize>> {
    match plan.kind {
        Kind::WrongClock => clock::arrange(plan, network)?,
        Kind::JoiningFull | Kind::JoiningWarp => return joining::arrange(plan, network),
        _ => {}
    }
    Ok(Vec::new())
}

/// Does what the plan says, and ends it.
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
    }
}

/// What the network had to show, where only the notes of all people tell.
pub fn look_back(plan: &Plan, notes: &Notes) -> Option<Proof> {
    (plan.kind == Kind::Flood).then(|| flood::others_hardly_wait(notes))
}
