// SPDX-License-Identifier: Apache-2.0

//! The faults of one hospital's vault service.

mod full;
mod killed;
mod lies;
mod line;

pub(super) use full::full;
pub(super) use killed::killed;
pub(super) use lies::lies;
pub(super) use line::cut_off;

use super::Stage;
use crate::{
    phase::Phase,
    plan::{Detail, Kind, Plan},
    vaults::{
        disk,
        notes::{Fetch, Put, Sealed, Stored},
        Houses,
    },
};
use anyhow::{Context, Result};
use std::time::Duration;
use tokio::time::{sleep, Instant};

/// The size of the file system of a vault that fills up, in MiB.
pub const DISK_SIZE: u32 = 96;
/// How long the load may take to show something.
const SHOWS: Duration = Duration::from_secs(100);

/// The room, in MiB, that has to stay free on a vault's disk.
pub fn keep_free(plan: &Plan) -> u64 {
    match plan.detail {
        Detail::Room { keep_free, .. } => keep_free,
        _ => 1,
    }
}

/// Prepares the services after they started, and before people work.
pub fn arrange(plan: &Plan, houses: &mut Houses) -> Result<()> {
    if plan.kind == Kind::VaultLies {
        houses.house(plan.victim)?.line.listen();
    }
    Ok(())
}

impl Stage<'_> {
    fn houses(&mut self) -> Result<&mut Houses> {
        self.houses.as_deref_mut().context("there are no vault services")
    }

    /// Waits until the history of sealed records holds something. Returns whether it did.
    async fn until_noted(&self, holds: impl Fn(&Self, &Sealed) -> bool) -> bool {
        let began = Instant::now();
        loop {
            if self.load.sealed().is_some_and(|sealed| holds(self, &sealed)) {
                return true;
            }
            if began.elapsed() >= SHOWS {
                return false;
            }
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// Whether a member read a record of the victim's vault from another one, from this moment of the load on.
    fn is_from_copy(&self, fetch: &Fetch, since: u64) -> bool {
        let victim = self.plan.victim;
        fetch.at >= since && self.is_of_victim(fetch) && fetch.holder().is_some_and(|holder| holder != victim)
    }

    /// Whether a reading asked for a record that belongs in the victim's vault.
    fn is_of_victim(&self, fetch: &Fetch) -> bool {
        let sealed = self.load.sealed().unwrap_or_default();
        let put = sealed.puts.iter().find(|put| put.record == fetch.record).map(|put| put.custodian);
        let patients = &self.template.patients;
        let first = patients.iter().position(|patient| patient.chart == Some(fetch.record.chart));
        put.or(first) == Some(self.plan.victim)
    }

    /// Expects that records of the victim's vault are read from other vaults, from this moment of the load on.
    async fn copies_serve(&mut self, since: u64) {
        let served =
            self.until_noted(|stage, sealed| sealed.fetches.iter().any(|fetch| stage.is_from_copy(fetch, since))).await;
        let sealed = self.load.sealed().unwrap_or_default();
        let count = sealed.fetches.iter().filter(|fetch| self.is_from_copy(fetch, since)).count();
        self.expect(format!("{count} readings of its records came from other vaults"), served);
    }

    /// Expects that the victim's vault takes in objects again, after the fault.
    async fn takes_in_again(&mut self) {
        let (victim, since) = (self.plan.victim, self.load.elapsed());
        let is_new = move |put: &Put| {
            put.custodian == victim && put.at >= since && put.end == Stored::Acknowledged && put.phase == Phase::After
        };
        let takes = self.until_noted(|_, sealed| sealed.puts.iter().any(is_new)).await;
        self.expect("its vault takes in objects again", takes);
    }

    /// Looks for half objects in the victim's vault.
    fn look_for_halves(&mut self, when: &str) -> Result<()> {
        let victim = self.plan.victim;
        let halves = disk::halves(&self.houses()?.house(victim)?.service.vault())?;
        let found = halves.into_iter().map(|id| format!("vault {victim}, {when}: {id} is not what its name says"));
        self.found.halves.extend(found);
        Ok(())
    }

    /// Waits until the victim's service answers requests. It restarts a service that ended by itself, as its systemd unit does.
    async fn gets_ready(&mut self) -> Result<bool> {
        let (victim, began) = (self.plan.victim, Instant::now());
        while began.elapsed() < crate::vaults::PATIENCE {
            let service = &mut self.houses()?.house(victim)?.service;
            if service.is_ready().await {
                return Ok(true);
            }
            if let Some(status) = service.process.ended()? {
                service.start()?;
                self.remark(format!("the vault service ended by itself ({status}), and was started again"));
            }
            sleep(Duration::from_millis(200)).await;
        }
        Ok(false)
    }
}
