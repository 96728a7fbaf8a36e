// SPDX-License-Identifier: Apache-2.0

//! Kills a vault service in the midst of requests. Sometimes its disk is lost as well, and all comes back from copies.

use super::super::Stage;
use crate::{
    plan::Detail,
    seeded::Seeded,
    vaults::{asks::Asks, disk, line::State, PATIENCE},
};
use anyhow::{bail, Result};
use salus_primitives::Digest;
use std::{collections::BTreeSet, os::unix::process::ExitStatusExt, time::Duration};
use tokio::time::{sleep, Instant};

/// The line's rate, in bytes a second, while a moment to kill is waited for: transfers take a while then.
const RATE: u64 = 150_000;
/// How long it may take until a request of the planned kind is under way.
const COMES: Duration = Duration::from_secs(45);

/// Kills the victim's vault service once or twice.
pub(in crate::kinds) async fn killed(stage: &mut Stage<'_>) -> Result<()> {
    let Detail::Kills { at, wipes } = stage.plan.detail.clone() else { bail!("the plan has no moments to kill") };
    stage.strikes();
    let mut chance = Seeded::new(u64::from(stage.plan.seed), "kill");
    let last = at.len();
    for (number, asks) in (1..).zip(at) {
        let lost = kill(stage, asks, wipes && number == last, Duration::from_millis(chance.between(0, 60))).await?;
        let Some(before) = lost else { continue };
        comes_back(stage, &before).await?;
    }
    stage.heals();
    stage.takes_in_again().await;
    Ok(())
}

/// Kills the service in the midst of such a request, and starts it again. Returns the objects that have to come back, if the
/// folder was deleted.
async fn kill(stage: &mut Stage<'_>, asks: Asks, wipes: bool, later: Duration) -> Result<Option<BTreeSet<Digest>>> {
    let victim = stage.plan.victim;
    let house = stage.houses()?.house(victim)?;
    let before = house.service.process.id();
    house.line.turn(State::Slow(RATE));
    let began = Instant::now();
    // A short request may be over after the time that chance adds. Then the next one is waited for.
    while house.line.under_way(asks) == 0 && began.elapsed() < COMES {
        while house.line.under_way(asks) == 0 && began.elapsed() < COMES {
            sleep(Duration::from_millis(1)).await;
        }
        sleep(later).await;
    }
    let under_way = house.line.tally().under_way;
    let status = house.service.process.kill().await?;
    house.line.turn(State::Whole);
    let since = stage.load.elapsed();
    stage.look_for_halves("after it was killed")?;
    let (others, names) = vaults(stage)?;
    let vault = stage.houses()?.house(victim)?.service.vault();
    if wipes {
        std::fs::remove_dir_all(&vault)?;
        let once: BTreeSet<_> = names.difference(&others).copied().collect();
        stage.remark(format!("its folder was deleted; {} of {} objects were nowhere else", once.len(), names.len()));
        stage.found.excused.extend(once);
        stage.prove("no object was left", disk::names(&vault)?.is_empty());
    }
    let alive = stage.houses()?.house(victim)?.service.is_alive().await;
    let of_the_kind = under_way.get(&asks).is_some_and(|count| *count > 0);
    // Grants to an institution are opened seldom. Where none is, any other request will do, and a remark says so.
    let caught = of_the_kind || (asks == Asks::Unseal && under_way.values().any(|count| *count > 0));
    if !of_the_kind {
        stage.remark(format!("no request of the kind {asks:?} was under way when it was killed"));
    }
    stage.prove(
        format!("process {before:?} ended with {status}, meant for {asks:?}, with requests under way: {under_way:?}"),
        status.signal() == Some(9) && !alive && caught,
    );
    sleep(stage.plan.length()).await;
    stage.copies_serve(since).await;
    let after = stage.houses()?.house(victim)?.service.start()?;
    stage.prove(format!("process {after} took over"), before != Some(after));
    if !wipes {
        let ready = stage.gets_ready().await?;
        stage.expect("it answers again", ready);
    }
    Ok(wipes.then(|| names.intersection(&others).copied().collect()))
}

/// The objects in all other vaults, and those in the victim's.
fn vaults(stage: &mut Stage<'_>) -> Result<(BTreeSet<Digest>, BTreeSet<Digest>)> {
    let victim = stage.plan.victim;
    let (mut others, mut own) = (BTreeSet::new(), BTreeSet::new());
    for (place, house) in stage.houses()?.all.iter().enumerate() {
        let names = disk::names(&house.service.vault())?;
        match place == victim {
            true => own = names,
            false => others.extend(names),
        }
    }
    Ok((others, own))
}

/// Kills the service once more while copies come back, and expects all of them in the end.
async fn comes_back(stage: &mut Stage<'_>, before: &BTreeSet<Digest>) -> Result<()> {
    let victim = stage.plan.victim;
    let is_there = |stage: &mut Stage<'_>| -> Result<usize> {
        let vault = stage.houses()?.house(victim)?.service.vault();
        Ok(disk::names(&vault)?.intersection(before).count())
    };
    let began = Instant::now();
    while is_there(stage)? == 0 && began.elapsed() < PATIENCE {
        sleep(Duration::from_millis(2)).await;
    }
    let some = is_there(stage)?;
    let status = stage.houses()?.house(victim)?.service.process.kill().await?;
    stage.look_for_halves("killed while copies came back")?;
    let fact = format!("killed again ({status}) when {some} of {} objects had come back", before.len());
    stage.prove(fact, status.signal() == Some(9) && some > 0);
    stage.houses()?.house(victim)?.service.start()?;
    let ready = stage.gets_ready().await?;
    stage.expect("it answers again", ready);
    let began = Instant::now();
    while is_there(stage)? < before.len() && began.elapsed() < PATIENCE {
        sleep(Duration::from_millis(200)).await;
    }
    let back = is_there(stage)?;
    stage.expect(format!("{back} of {} objects came back from copies", before.len()), back == before.len());
    Ok(())
}
