// SPDX-License-Identifier: Apache-2.0

//! Fills the disk of a vault: it is on a small file system, which a filler file and then uploads and copies fill.

use super::{super::Stage, DISK_SIZE};
use crate::{
    plan::Detail,
    vaults::{
        notes::{Class, Stored},
        PATIENCE,
    },
};
use anyhow::{bail, Context, Result};
use rustix::fs::statvfs;
use std::{
    fs::{remove_file, File},
    io::Write,
    time::Duration,
};
use tokio::time::{sleep, Instant};

/// Fills the disk of the victim's vault for a while.
pub(in crate::kinds) async fn full(stage: &mut Stage<'_>) -> Result<()> {
    let Detail::Room { left, keep_free } = stage.plan.detail else { bail!("the plan says nothing about room") };
    let victim = stage.plan.victim;
    let vault = stage.houses()?.house(victim)?.service.vault();
    let filler = vault.with_file_name("vault/filler");
    let free = || -> Result<u64> {
        let found = statvfs(&vault)?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize) / 1024)
    };
    fill(&filler, free()?.saturating_sub(left))?;
    let begins = free()?;
    stage.strikes();
    let since = stage.load.elapsed();
    stage.prove(
        format!("{begins} KiB of {DISK_SIZE} MiB were free, {left} were planned, {} MiB have to stay free", keep_free),
        begins <= left.saturating_add(64),
    );
    sleep(stage.plan.length()).await;
    let is_full = move |sealed: &crate::vaults::notes::Sealed| {
        let refused = sealed.puts.iter().filter(|put| put.custodian == victim && put.at >= since);
        refused.filter(|put| matches!(&put.end, Stored::Failed(fault) if fault.class == Class::Full)).count()
    };
    let filled = stage.until_noted(|_, sealed| is_full(sealed) > 0).await;
    let count = is_full(&stage.load.sealed().unwrap_or_default());
    stage.prove(format!("{count} puts were refused because the vault is full; {} KiB were free", free()?), filled);
    let gave = move |fetch: &crate::vaults::notes::Fetch| fetch.at >= since && fetch.holder() == Some(victim);
    let reads = stage.until_noted(|_, sealed| sealed.fetches.iter().any(gave)).await;
    let count = stage.load.sealed().unwrap_or_default().fetches.into_iter().filter(gave).count();
    stage.expect(format!("its vault gave out {count} versions meanwhile"), reads);
    let missing = stage.houses()?.house(victim)?.service.missing().await;
    stage.look_for_halves("while its disk was full")?;
    remove_file(&filler).context("the filler cannot be removed")?;
    let ended = stage.houses()?.house(victim)?.service.process.ended()?;
    stage.expect(format!("the service went on (ended: {ended:?})"), ended.is_none());
    let ready = stage.gets_ready().await?;
    stage.expect("it answers when there is room", ready);
    stage.heals();
    stage.remark(format!("copies that it could not take: {missing:?}"));
    stage.takes_in_again().await;
    let began = Instant::now();
    let house = stage.houses()?.house(victim)?;
    let mut missing = house.service.missing().await;
    while !matches!(missing, Ok(0)) && began.elapsed() < PATIENCE {
        sleep(Duration::from_millis(300)).await;
        missing = house.service.missing().await;
    }
    stage.expect(format!("it takes in all copies again: {missing:?} are missing"), matches!(missing, Ok(0)));
    Ok(())
}

/// Writes so many KiB to `path`, or until the file system is full.
fn fill(path: &std::path::Path, kibibytes: u64) -> Result<()> {
    let mut file = File::create(path)?;
    let piece = [0xa5; 1024];
    for _ in 0..kibibytes {
        if file.write_all(&piece).is_err() {
            break;
        }
    }
    Ok(())
}
