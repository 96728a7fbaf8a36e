// SPDX-License-Identifier: Apache-2.0

//! Restarts all nodes, one after the other, under the workload.

use super::{Stage, PATIENCE};
use crate::{programs::sha256, report::milliseconds};
use anyhow::{Context, Result};
use std::{
    fs::{copy, read_link},
    time::Instant,
};
use tokio::time::sleep;

/// Restarts all nodes with the same program.
pub(super) async fn restart(stage: &mut Stage<'_>) -> Result<()> {
    one_by_one(stage).await
}

/// Restarts all nodes with another program.
pub(super) async fn upgrade(stage: &mut Stage<'_>) -> Result<()> {
    let next = match &stage.programs.next_node {
        Some(next) => next.clone(),
        None => {
            let next = stage.folder.join("salus-node-next");
            copy(&stage.programs.node, &next).context("the node's program cannot be copied")?;
            next
        }
    };
    let (before, after) = (sha256(&stage.programs.node)?, sha256(&next)?);
    stage.remark(match before == after {
        true => "the next program is a copy of the first: the same build at another place".to_owned(),
        false => format!("the next program is another build: SHA-256 {after}"),
    });
    for machine in &mut stage.network.machines {
        machine.program.clone_from(&next);
    }
    one_by_one(stage).await?;
    let mut upgraded = 0usize;
    for machine in &stage.network.machines {
        let process = machine.node.id().context("a node does not run")?;
        let program = read_link(format!("/proc/{process}/exe"))?;
        upgraded = upgraded.saturating_add(usize::from(program.canonicalize()? == next.canonicalize()?));
    }
    stage.prove(format!("{upgraded} nodes run the next program"), upgraded == stage.network.machines.len());
    Ok(())
}

async fn one_by_one(stage: &mut Stage<'_>) -> Result<()> {
    stage.strikes();
    let mut slowest = 0;
    for place in 0..stage.network.machines.len() {
        let machine = stage.network.machine(place)?;
        let before = machine.node.id();
        let status = machine.node.stop().await?;
        sleep(stage.plan.length()).await;
        let began = Instant::now();
        let after = stage.network.machine(place)?.start()?;
        // Wait before the next node, because two stopped nodes would stop finality.
        let level = stage.catches_up(place, PATIENCE).await;
        let took = milliseconds(began.elapsed());
        slowest = slowest.max(took);
        stage.prove(format!("node {place}: process {before:?} became {after}"), before != Some(after));
        let fact = format!("node {place} ended with {status} when asked, and was level again after {took} ms");
        stage.expect(fact, status.success() && level);
    }
    stage.heals();
    stage.recovery = Some(slowest);
    let progress = stage.progress();
    stage.expect(format!("{progress} blocks became final meanwhile"), progress >= 4);
    Ok(())
}
