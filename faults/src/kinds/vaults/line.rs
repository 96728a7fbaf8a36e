// SPDX-License-Identifier: Apache-2.0

//! Cuts a vault service off: from its readers and partners, or from its own node.

use super::super::Stage;
use crate::{
    plan::{Cut, Detail},
    vaults::{line::State, notes::Fetch},
};
use anyhow::{bail, Result};
use std::time::Duration;
use tokio::time::sleep;

/// The time after which answers that were on their way when the service lost its node have arrived, in milliseconds.
const SETTLES: u64 = 2_000;

/// Disturbs one of the victim's lines for a while.
pub(in crate::kinds) async fn cut_off(stage: &mut Stage<'_>) -> Result<()> {
    let Detail::Cut(cut) = stage.plan.detail else { bail!("the plan has no line to cut") };
    match cut {
        Cut::Line(state) => from_readers(stage, state).await?,
        Cut::Node => from_node(stage).await?,
        Cut::Behind => behind(stage).await?,
    }
    let ready = stage.gets_ready().await?;
    stage.expect("it answers again", ready);
    stage.heals();
    stage.takes_in_again().await;
    Ok(())
}

/// The line between the service and those who use it.
async fn from_readers(stage: &mut Stage<'_>, state: State) -> Result<()> {
    let victim = stage.plan.victim;
    let before = stage.houses()?.house(victim)?.line.tally();
    stage.houses()?.house(victim)?.line.turn(state);
    stage.strikes();
    let since = stage.load.elapsed();
    sleep(stage.plan.length()).await;
    match state {
        State::Cut => stage.copies_serve(since).await,
        // A short enough answer passes before the connection breaks.
        _ => others_serve(stage, since).await,
    }
    let line = &stage.houses()?.house(victim)?.line;
    let after = line.tally();
    line.turn(State::Whole);
    let bytes = after.bytes.saturating_sub(before.bytes);
    let (cut, broken) = (after.cut.saturating_sub(before.cut), after.broken.saturating_sub(before.broken));
    let waited = after.waited.saturating_sub(before.waited);
    let holds = match state {
        State::Cut => cut > 0 && bytes == 0,
        State::Breaks(_) => broken > 0,
        _ => waited > 0,
    };
    let fact =
        format!("{state:?}: {bytes} bytes passed, {cut} connections cut, {broken} broken; {waited} pieces waited");
    stage.prove(fact, holds);
    Ok(())
}

/// The line between the service and its node: it gives nothing out then.
async fn from_node(stage: &mut Stage<'_>) -> Result<()> {
    let victim = stage.plan.victim;
    let to_node = &stage.houses()?.house(victim)?.to_node;
    let before = to_node.tally().cut;
    to_node.turn(State::Cut);
    stage.strikes();
    let since = stage.load.elapsed();
    sleep(stage.plan.length()).await;
    stage.copies_serve(since).await;
    let ready = stage.houses()?.house(victim)?.service.is_ready().await;
    let end = stage.load.elapsed();
    let to_node = &stage.houses()?.house(victim)?.to_node;
    let cut = to_node.tally().cut.saturating_sub(before);
    to_node.turn(State::Whole);
    stage.prove(format!("{cut} connections to its node were cut, and it was ready: {ready}"), cut > 0 && !ready);
    // Begun when it had no node any more, and over before it had one again.
    let gave = |fetch: &&Fetch| {
        let over = fetch.at.saturating_add(fetch.took);
        fetch.holder() == Some(victim) && fetch.at >= since.saturating_add(SETTLES) && over <= end
    };
    let count = stage.load.sealed().unwrap_or_default().fetches.iter().filter(gave).count();
    stage.expect(format!("without its node it gave out {count} versions"), count == 0);
    Ok(())
}

/// The hospital's node is cut off from the others: it serves its vault an old state.
async fn behind(stage: &mut Stage<'_>) -> Result<()> {
    let host = stage.network.machine(stage.plan.victim)?.host.clone();
    let before = host.lost()?;
    host.cut()?;
    stage.strikes();
    let since = stage.load.elapsed();
    sleep(stage.plan.length()).await;
    others_serve(stage, since).await;
    let (lost, glance, height) = (host.lost()?, stage.watch.glance(stage.plan.victim), stage.watch.height());
    host.join()?;
    let (from, to) = (lost.from.saturating_sub(before.from), lost.to.saturating_sub(before.to));
    let behind = height.saturating_sub(glance.finalized);
    let fact =
        format!("the switch lost {from} frames from its node and {to} to it; it was {behind} final blocks behind");
    stage.prove(fact, from > 0 && to > 0 && behind > 0);
    Ok(())
}

/// Expects that versions come from other vaults meanwhile.
async fn others_serve(stage: &mut Stage<'_>, since: u64) {
    let victim = stage.plan.victim;
    let gave = move |fetch: &Fetch| fetch.at >= since && fetch.holder().is_some_and(|holder| holder != victim);
    let serve = stage.until_noted(|_, sealed| sealed.fetches.iter().any(gave)).await;
    let count = stage.load.sealed().unwrap_or_default().fetches.into_iter().filter(gave).count();
    stage.expect(format!("other vaults gave out {count} versions meanwhile"), serve);
    // A moment for what is under way.
    sleep(Duration::from_millis(500)).await;
}
