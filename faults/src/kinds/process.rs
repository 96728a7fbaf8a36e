// SPDX-License-Identifier: Apache-2.0

//! Kills a node's process, or stops it for a while.

use super::Stage;
use crate::rpc::Rpc;
use anyhow::{Context, Result};
use rustix::process::Signal;
use std::{os::unix::process::ExitStatusExt, time::Duration};
use tokio::time::sleep;

/// The time after which an answer that was on its way when the process stopped has arrived.
const SETTLES: Duration = Duration::from_millis(1_000);

/// Kills one node without warning, and restarts it.
pub(super) async fn killed(stage: &mut Stage<'_>) -> Result<()> {
    let victim = stage.plan.victim;
    let before = stage.network.machine(victim)?.node.id();
    stage.strikes();
    let machine = stage.network.machine(victim)?;
    let (status, url) = (machine.node.kill().await?, machine.url());
    stage.prove(format!("process {before:?} ended with {status}"), status.signal() == Some(9));
    sleep(stage.plan.length()).await;
    stage.prove("no other process answered in its place", silent(&url).await);
    stage.others_went_on().await;
    let after = stage.network.machine(victim)?.start()?;
    stage.heals();
    stage.prove(format!("process {after} took over"), before != Some(after));
    Ok(())
}

/// Stops one node's process for a while, and lets it continue.
pub(super) async fn paused(stage: &mut Stage<'_>) -> Result<()> {
    let victim = stage.plan.victim;
    let machine = stage.network.machine(victim)?;
    let process = machine.node.id().context("the node does not run")?;
    machine.node.signal(Signal::STOP)?;
    stage.strikes();
    let length = stage.plan.length();
    // An answer may still be on its way, so count only from a second later.
    sleep(SETTLES).await;
    let (first, answered) = (state(process)?, stage.watch.answered(victim));
    sleep(length.saturating_sub(SETTLES)).await;
    let (last, answers) = (state(process)?, stage.watch.answered(victim).saturating_sub(answered));
    stage.prove(format!("process {process} was in state {first}, and {last} at the end"), (first, last) == ('T', 'T'));
    stage.prove(format!("it gave {answers} answers"), answers == 0);
    stage.others_went_on().await;
    stage.network.machine(victim)?.node.signal(Signal::CONT)?;
    stage.heals();
    let state = state(process)?;
    stage.prove(format!("process {process} went on, in state {state}"), state != 'T');
    Ok(())
}

/// Returns whether no process answers at `url`.
pub(super) async fn silent(url: &str) -> bool {
    match Rpc::connect(url).await {
        Ok(rpc) => rpc.best().await.is_err(),
        Err(_) => true,
    }
}

/// Returns the state of a process, as in proc(5): `R` running, `S` sleeping, `T` stopped, and so on.
fn state(process: u32) -> Result<char> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).context("there is no such process")?;
    // The program's name precedes it in parentheses, and may contain any character.
    let (_, rest) = stat.rsplit_once(')').context("the kernel says nothing about the process")?;
    rest.trim_start().chars().next().context("the process has no state")
}
