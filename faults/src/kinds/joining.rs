// SPDX-License-Identifier: Apache-2.0

//! Lets a hospital's node join with only its keys and sync, either every block or with a warp proof.

use super::{Stage, PATIENCE};
use crate::{network::Network, plan::Plan, report::milliseconds};
use anyhow::Result;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// The interval at which the run reads the node's log.
const LOOKS: Duration = Duration::from_millis(200);

/// Removes the victim's database, and keeps its node from starting.
pub(super) fn arrange(plan: &Plan, network: &mut Network) -> Result<Vec<usize>> {
    network.machine(plan.victim)?.clear()?;
    Ok(vec![plan.victim])
}

/// Lets the node execute every block from the first on.
pub(super) async fn full(stage: &mut Stage<'_>) -> Result<()> {
    joins(stage, &["--sync", "full"], &[]).await
}

/// Lets the node verify a proof of finality and fetch the state of that block.
///
/// An archive would need the states of all blocks, so this node keeps only those of the last 256.
pub(super) async fn warp(stage: &mut Stage<'_>) -> Result<()> {
    joins(stage, &["--sync", "warp", "--state-pruning", "256"], &["Warp sync is complete", "State sync is complete"])
        .await
}

async fn joins(stage: &mut Stage<'_>, options: &[&str], says: &[&str]) -> Result<()> {
    let victim = stage.plan.victim;
    let machine = stage.network.machine(victim)?;
    let empty = machine.database().is_err();
    machine.options.extend(options.iter().map(|option| (*option).to_owned()));
    let began = Instant::now();
    machine.start()?;
    stage.strikes();
    stage.prove("it had no database", empty);
    let target = stage.watch.height();
    let level = stage
        .watch
        .until(PATIENCE, |seen| seen.nodes.get(victim).is_some_and(|node| node.answers && node.finalized >= target));
    let level = level.await;
    // The warp proof finalizes a height before the node has its state, which it needs to be useful.
    let mut said = Vec::new();
    for what in says {
        said.push(says_within(stage, what, PATIENCE.saturating_sub(began.elapsed())).await?);
    }
    let took = milliseconds(began.elapsed());
    stage.heals();
    stage.recovery = (level && said.iter().all(Option::is_some)).then_some(took);
    stage.expect(format!("it came to the others' height of {target} after {took} ms"), level);
    for (what, line) in says.iter().zip(said) {
        let fact = line.as_ref().map_or_else(|| format!("it never said \"{what}\""), |line| format!("it said: {line}"));
        stage.prove(fact, line.is_some());
    }
    Ok(())
}

/// Waits for a line with `what` in the victim's log, and returns it.
async fn says_within(stage: &mut Stage<'_>, what: &str, patience: Duration) -> Result<Option<String>> {
    let (machine, began) = (stage.network.machine(stage.plan.victim)?, Instant::now());
    loop {
        let line = machine.complaints(0, &[what]).into_iter().next();
        if line.is_some() || began.elapsed() >= patience {
            return Ok(line);
        }
        sleep(LOOKS).await;
    }
}
