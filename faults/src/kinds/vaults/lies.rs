// SPDX-License-Identifier: Apache-2.0

//! A vault service that lies: its line answers in its name.

use super::super::Stage;
use crate::{
    plan::Detail,
    vaults::{lies::Lie, notes::Put},
};
use anyhow::{bail, Result};
use std::time::Duration;
use tokio::time::{sleep, Instant};

/// How long partners may take to notice that objects are missing.
const NOTICES: Duration = Duration::from_secs(30);
/// How long it may take until each lie was told. An older version needs a record that was read, amended and read again.
const TOLD: Duration = Duration::from_secs(60);

/// Has the victim's vault service lie for a while.
pub(in crate::kinds) async fn lies(stage: &mut Stage<'_>) -> Result<()> {
    let Detail::Lies(lies) = stage.plan.detail.clone() else { bail!("the plan has no lies") };
    let victim = stage.plan.victim;
    stage.found.lies = true;
    stage.houses()?.house(victim)?.line.lie(&lies);
    stage.strikes();
    let since = stage.load.elapsed();
    sleep(stage.plan.length()).await;
    let claims = lies.contains(&Lie::Claims);
    while !untold(stage, &lies)?.is_empty() && stage.load.elapsed().saturating_sub(since) < millis(TOLD) {
        sleep(Duration::from_millis(200)).await;
    }
    if lies.iter().any(|lie| *lie != Lie::Claims) {
        stage.copies_serve(since).await;
    }
    if claims {
        is_noticed(stage).await?;
    }
    let untold = untold(stage, &lies)?;
    let line = &stage.houses()?.house(victim)?.line;
    line.lie(&[]);
    let told = line.tally().lies;
    let all: u64 = told.values().sum();
    let proves = untold.iter().all(|lie| *lie == Lie::Old);
    stage.prove(format!("{all} lies were told: {told:?}; untold: {untold:?}"), proves);
    if untold.contains(&Lie::Old) {
        stage.remark("no older version was told: the line heard of no record that was read, amended and read again");
    }
    let healed = stage.load.elapsed();
    stage.heals();
    if claims {
        // Also what was under way when the lies began or ended.
        let betrayed = move |put: &&Put| {
            put.custodian == victim && put.at <= healed && put.at.saturating_add(put.took.max(20_000)) >= since
        };
        sleep(Duration::from_millis(500)).await;
        let puts = stage.load.sealed().unwrap_or_default().puts;
        stage.found.betrayed.extend(puts.iter().filter(betrayed).map(|put| (put.record, put.version)));
        let count = stage.found.betrayed.len();
        stage.remark(format!("{count} versions were put into its vault while it lied"));
    }
    stage.takes_in_again().await;
    Ok(())
}

/// The planned lies that the line has not told yet.
fn untold(stage: &mut Stage<'_>, lies: &[Lie]) -> Result<Vec<Lie>> {
    let victim = stage.plan.victim;
    let told = stage.houses()?.house(victim)?.line.tally().lies;
    Ok(lies.iter().copied().filter(|lie| !told.contains_key(lie)).collect())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Expects that partners notice what the liar never stored.
async fn is_noticed(stage: &mut Stage<'_>) -> Result<()> {
    let (victim, began) = (stage.plan.victim, Instant::now());
    let mut most = 0;
    while most == 0 && began.elapsed() < NOTICES {
        for (place, house) in stage.houses()?.all.iter().enumerate() {
            if place != victim {
                let (missing, never) = (house.service.missing().await, house.service.never_came().await);
                most = most.max(missing.unwrap_or_default().saturating_add(never.unwrap_or_default()));
            }
        }
        sleep(Duration::from_millis(300)).await;
    }
    stage.expect(format!("a partner's metrics say that {most} objects are missing or never came"), most > 0);
    Ok(())
}
