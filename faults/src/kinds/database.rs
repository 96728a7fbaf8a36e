// SPDX-License-Identifier: Apache-2.0

//! Damages one node's database while the node is down, as a failing disk does.
//!
//! The node may refuse to start, or run on the intact parts. Its damage must not reach the other nodes. If it does not
//! come back, its operator follows `docs/operations.md`: remove the database and sync again.

use super::{Stage, PATIENCE};
use crate::{plan::Detail, programs::sha256, seeded::Seeded};
use anyhow::{bail, Context, Result};
use std::{
    fs::OpenOptions,
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
    time::Duration,
};
use tokio::time::{sleep, Instant};

/// The time that the operator gives a node with a damaged database to come back by itself.
const GRACE: Duration = Duration::from_secs(8);
/// Words in the log of a node whose database is damaged.
const COMPLAINTS: [&str; 6] = ["Error", "error", "panicked", "corrupt", "Essential task", "failed"];

/// Cuts off the end of one database file.
pub(super) async fn truncated(stage: &mut Stage<'_>) -> Result<()> {
    let Detail::Truncation { file, keep } = stage.plan.detail else { bail!("the plan says nothing about a file") };
    damaged(stage, |files| {
        // Files are larger than their content, so the cut must reach into the part in use.
        let mut filled = Vec::new();
        for (path, length) in files {
            let used = used(path)?;
            if used > 0 {
                filled.push((path, length, used));
            }
        }
        let place = usize::try_from(file.saturating_mul(u64::try_from(filled.len())?) / 1000)?;
        let (path, length, used) = filled.get(place).context("there is no such file")?;
        let left = u64::try_from(u128::from(*used).saturating_mul(u128::from(keep)) / 1000)?;
        OpenOptions::new().write(true).open(path)?.set_len(left)?;
        let now = std::fs::metadata(path)?.len();
        let fact = format!("`{}` had {length} bytes, {used} of them in use, and has {now}", name(path));
        Ok((fact, now < *used))
    })
    .await
}

/// Flips bits of the database.
pub(super) async fn flipped(stage: &mut Stage<'_>) -> Result<()> {
    let Detail::Flips(flips) = stage.plan.detail else { bail!("the plan says nothing about bits") };
    let seed = u64::from(stage.plan.seed);
    damaged(stage, |files| {
        let files: Vec<_> = files.iter().filter(|(_, length)| *length > 0).collect();
        let before: Vec<_> = files.iter().map(|(path, _)| sha256(path)).collect::<Result<_>>()?;
        let (mut chance, mut done) = (Seeded::new(seed, "flips"), 0u64);
        // Most bytes are zero and unused: flipping their bits would have no effect.
        for _ in 0..200_000 {
            let Some((path, length)) = chance.pick(&files).copied().filter(|_| done < flips) else { break };
            let place = chance.between(0, length.saturating_sub(1));
            done = done.saturating_add(u64::from(flip(path, place, u32::try_from(chance.between(0, 7))?)?));
        }
        let mut changed = Vec::new();
        for ((path, _), before) in files.iter().zip(before) {
            let after = sha256(path)?;
            if after != before {
                let (before, after) = (before.get(..8).unwrap_or_default(), after.get(..8).unwrap_or_default());
                changed.push(format!("{} {before}… is {after}…", name(path)));
            }
        }
        Ok((format!("{done} bits flipped: {}", changed.join(", ")), !changed.is_empty()))
    })
    .await
}

/// Returns the length of a file without the zeros at its end, in bytes.
fn used(path: &Path) -> Result<u64> {
    let bytes = std::fs::read(path)?;
    let last = bytes.iter().rposition(|byte| *byte != 0);
    Ok(u64::try_from(last.map_or(0, |last| last.saturating_add(1)))?)
}

/// Flips a bit of the byte at `place`. Returns false, and changes nothing, if the byte is zero.
fn flip(path: &Path, place: u64, bit: u32) -> Result<bool> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut byte = [0];
    file.seek(SeekFrom::Start(place))?;
    file.read_exact(&mut byte)?;
    let [was] = byte;
    if was == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(place))?;
    file.write_all(&[was ^ 1u8.rotate_left(bit)])?;
    Ok(true)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

async fn damaged(
    stage: &mut Stage<'_>,
    damage: impl FnOnce(&[(std::path::PathBuf, u64)]) -> Result<(String, bool)>,
) -> Result<()> {
    let victim = stage.plan.victim;
    stage.strikes();
    let machine = stage.network.machine(victim)?;
    machine.node.kill().await?;
    let (fact, holds) = damage(&machine.database()?)?;
    let from = machine.said().len();
    stage.prove(fact, holds);
    sleep(stage.plan.length()).await;
    stage.network.machine(victim)?.start()?;

    // The node ends, comes back, or does neither within the grace period.
    let target = stage.watch.height().saturating_add(2);
    let deadline = Instant::now().checked_add(GRACE).context("the clock ends")?;
    let came_back = loop {
        if stage.network.machine(victim)?.node.ended()?.is_some() {
            break false;
        }
        let glance = stage.watch.glance(victim);
        if glance.answers && glance.finalized >= target {
            break true;
        }
        if Instant::now() >= deadline {
            break false;
        }
        sleep(Duration::from_millis(200)).await;
    };
    if came_back {
        stage.remark("it came back with the damaged database");
        stage.suspect = true;
        stage.heals();
        stage.others_went_on().await;
        return Ok(());
    }
    let machine = stage.network.machine(victim)?;
    let said = machine.complaints(from, &COMPLAINTS).into_iter().next().unwrap_or_default();
    let running = machine.node.id().is_some();
    if running {
        machine.node.kill().await?;
    }
    machine.clear()?;
    machine.start()?;
    stage.heals();
    stage.others_went_on().await;
    stage.remark(format!(
        "it {}; it said: {said:?}; its operator removed the database, and it synced again",
        if running { "ran, but did not come back" } else { "refused to go on" }
    ));
    let level = stage.watch.until(PATIENCE, |seen| seen.nodes.get(victim).is_some_and(|node| node.finalized >= target));
    let level = level.await;
    stage.expect("it synced everything again", level);
    Ok(())
}
