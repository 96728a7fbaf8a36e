// SPDX-License-Identifier: Apache-2.0

//! A node's disk is full: its database is on a file system of limited size, which is filled to the last block.

use super::Stage;
use anyhow::{Context, Result};
use rustix::fs::statvfs;
use std::{
    fs::{remove_file, File},
    io::Write,
    time::Duration,
};
use tokio::time::sleep;

/// The size of the file system, in megabytes: a few times what the database takes.
pub const SIZE: u32 = 256;
/// How long a node may go on by itself once there is room again, before its operator restarts it.
const GRACE: Duration = Duration::from_secs(4);
/// What nodes say when they cannot write.
const COMPLAINTS: [&str; 6] =
    ["No space left", "os error 28", "ENOSPC", "Essential task", "panicked", "Background worker error"];

/// One node's disk is full for a while.
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
    let (ended, complaints) = (machine.ended()?, machine.complaints(from, &COMPLAINTS));
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
        if machine.ended()?.is_none() {
            machine.kill().await?;
        }
        machine.start()?;
        stage.remark("it did not go on when there was room again; its operator restarted it");
    } else {
        stage.remark("it went on by itself when there was room again");
    }
    Ok(())
}

/// Writes until nothing more fits.
fn fill(path: &std::path::Path) -> Result<()> {
    let mut file = File::create(path)?;
    for size in [1 << 20, 1 << 12, 1] {
        let piece = vec![0xa5; size];
        while file.write_all(&piece).is_ok() {}
    }
    Ok(())
}
