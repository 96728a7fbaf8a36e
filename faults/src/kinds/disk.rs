// SPDX-License-Identifier: Apache-2.0

//! Fills one node's disk: the database is on a small file system, which a filler file fills to the last block.

use super::Stage;
use anyhow::{Context, Result};
use rustix::fs::statvfs;
use std::{
    fs::{remove_file, File},
    io::Write,
    time::Duration,
};
use tokio::time::sleep;

/// The size of the file system, in MiB: a few times the size of the database.
pub const SIZE: u32 = 256;
/// The time that the operator gives a node to recover by itself, once there is space again, before restarting it.
const GRACE: Duration = Duration::from_secs(4);
/// Words in the log of a node that cannot write.
const COMPLAINTS: [&str; 6] =
    ["No space left", "os error 28", "ENOSPC", "Essential task", "panicked", "Background worker error"];

/// Fills one node's disk for a while.
pub(super) async fn full(stage: &mut Stage<'_>) -> Result<()> {
    let victim = stage.plan.victim;
    let machine = stage.network.machine(victim)?;
    let (filler, from) = (machine.data.join("filler"), machine.said().len());
    fill(&filler)?;
    let free = statvfs(&machine.data)?.f_bavail;
    stage.strikes();
    stage.prove(format!("{free} blocks of the file system were free"), free == 0);
    sleep(stage.plan.length()).await;

    let machine = stage.network.machine(victim)?;
    let (ended, complaints) = (machine.node.ended()?, machine.complaints(from, &COMPLAINTS));
    let free = statvfs(&machine.data)?.f_bavail;
    let glance = stage.watch.glance(victim);
    let behind = stage.watch.height().saturating_sub(glance.finalized);
    let said = complaints.first().cloned().unwrap_or_default();
    stage.prove(
        format!(
            "at the end {free} blocks were free, it was {behind} final blocks behind, ended: {ended:?}, said: {said}"
        ),
        ended.is_some() || !complaints.is_empty() || behind > 3,
    );
    stage.others_went_on().await;
    remove_file(&filler).context("the filler cannot be removed")?;
    stage.heals();
    if ended.is_some() {
        stage.network.machine(victim)?.start()?;
        stage.remark("it had ended by itself; its operator made room and started it");
    } else if !stage.catches_up(victim, GRACE).await {
        let machine = stage.network.machine(victim)?;
        if machine.node.ended()?.is_none() {
            machine.node.kill().await?;
        }
        machine.start()?;
        stage.remark("it did not go on when there was room again; its operator restarted it");
    } else {
        stage.remark("it went on by itself when there was room again");
    }
    Ok(())
}

/// Writes to `path` until the file system is full.
fn fill(path: &std::path::Path) -> Result<()> {
    let mut file = File::create(path)?;
    for size in [1 << 20, 1 << 12, 1] {
        let piece = vec![0xa5; size];
        while file.write_all(&piece).is_ok() {}
    }
    Ok(())
}
