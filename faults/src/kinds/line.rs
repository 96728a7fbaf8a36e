// SPDX-License-Identifier: Apache-2.0

//! Cuts, slows or disturbs the lines between hospitals.

use super::Stage;
use crate::{netlab::Host, plan::Detail};
use anyhow::{Context, Result};
use std::time::Duration;
use tokio::time::sleep;

/// The time after which votes that were on their way when the lines were cut have arrived.
const SETTLES: Duration = Duration::from_millis(2_500);

/// Cuts one hospital off from all others.
pub(super) async fn cut_off(stage: &mut Stage<'_>) -> Result<()> {
    let victim = stage.plan.victim;
    let host = stage.network.machine(victim)?.host.clone();
    let before = host.lost()?;
    host.cut()?;
    stage.strikes();
    sleep(stage.plan.length()).await;
    let (lost, glance, height) = (host.lost()?, stage.watch.glance(victim), stage.watch.height());
    stage.others_went_on().await;
    host.join()?;
    stage.heals();
    let (from, to) = (lost.from.saturating_sub(before.from), lost.to.saturating_sub(before.to));
    stage.prove(format!("the switch lost {from} frames from it and {to} to it"), from > 0 && to > 0);
    let behind = height.saturating_sub(glance.finalized);
    stage.prove(format!("it ended {behind} final blocks behind, with {} peers", glance.peers), behind >= 1);
    Ok(())
}

/// Slows one hospital's line to a few kilobytes a second.
pub(super) async fn slowed(stage: &mut Stage<'_>) -> Result<()> {
    let Detail::Rate(rate) = stage.plan.detail else { anyhow::bail!("the plan has no rate") };
    let host = stage.network.machine(stage.plan.victim)?.host.clone();
    host.slow(u32::try_from(rate)?)?;
    stage.strikes();
    sleep(stage.plan.length()).await;
    let slowed = host.slowed()?;
    stage.others_went_on().await;
    host.hasten()?;
    stage.heals();
    for (line, way) in slowed.into_iter().zip(["to", "from"]) {
        let line = line.context("the line was not slow")?;
        let fact =
            format!("{} bytes {way} it; {} packets waited, {} were dropped", line.bytes, line.waited, line.dropped);
        stage.prove(fact, line.bytes > 0);
        if line.waited.saturating_add(line.dropped) == 0 {
            stage.remark(format!("what was sent {way} it never came near {rate} kbit/s"));
        }
    }
    let waited = slowed.iter().flatten().any(|line| line.waited > 0);
    stage.prove("packets had to wait", waited);
    Ok(())
}

/// Delays, stalls and breaks one hospital's connections.
pub(super) async fn delayed(stage: &mut Stage<'_>) -> Result<()> {
    let relay = stage.relay.context("there is no relay")?;
    let before = relay.tally();
    relay.turn(true);
    stage.strikes();
    sleep(stage.plan.length()).await;
    let after = relay.tally();
    stage.others_went_on().await;
    relay.turn(false);
    stage.heals();
    let fact = format!("connections through the relay: {}", before.connections);
    stage.prove(fact, before.connections > 0);
    let delayed = after.delayed.saturating_sub(before.delayed);
    stage.prove(format!("{delayed} bytes delayed, {} stalls, {} broken", after.stalls, after.broken), delayed > 0);
    Ok(())
}

/// Cuts two hospitals off: no block may be finalized until they are back.
pub(super) async fn two_cut_off(stage: &mut Stage<'_>) -> Result<()> {
    let Detail::Second { hospital, together } = stage.plan.detail else { anyhow::bail!("the plan names no second") };
    let pair = [stage.plan.victim, hospital];
    let hosts: Vec<Host> = stage.network.machines.iter().map(|machine| machine.host.clone()).collect();
    let (cut, rest): (Vec<_>, Vec<_>) = hosts.iter().enumerate().partition(|(place, _)| pair.contains(place));
    let [cut, rest]: [Vec<&Host>; 2] = [cut, rest].map(|side| side.into_iter().map(|(_, host)| host).collect());
    let before: Vec<_> = cut.iter().map(|host| host.lost()).collect::<Result<_>>()?;
    if together {
        stage.network.lab.separate(&[&cut, &rest])?;
    } else {
        cut.iter().try_for_each(|host| host.cut())?;
    }
    stage.strikes();
    sleep(SETTLES).await;
    let still = stage.watch.height();
    sleep(stage.plan.length().saturating_sub(SETTLES)).await;
    let (seen, lost) = (stage.watch.seen(), cut.iter().map(|host| host.lost()).collect::<Result<Vec<_>>>()?);
    stage.network.lab.reunite()?;
    cut.iter().try_for_each(|host| host.join())?;
    stage.heals();

    for (before, after) in before.iter().zip(&lost) {
        let (from, to) = (after.from.saturating_sub(before.from), after.to.saturating_sub(before.to));
        stage.prove(format!("the switch lost {from} frames from one of them and {to} to it"), from > 0 && to > 0);
    }
    let seconds = stage.plan.length().saturating_sub(SETTLES).as_secs_f32();
    let stood = seen.height() == still && seen.nodes.iter().all(|node| node.finalized <= still);
    stage.expect(format!("finality stood at block {still} on all nodes for {seconds:.1} s"), stood);
    let best = seen.nodes.iter().map(|node| node.best).max().unwrap_or_default();
    stage.remark(format!("the best block meanwhile was {best}"));
    stage.expect("no height had two final blocks", seen.forks().is_empty());
    Ok(())
}
