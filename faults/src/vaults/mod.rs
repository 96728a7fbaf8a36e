// SPDX-License-Identifier: Apache-2.0

//! The vault services of a run: one for each hospital, with a disk of its own, copies with all others, and two lines.
//!
//! All services are on the netlab's own loopback, since a reader trusts `http://` there only. Readers and partners reach each
//! through its *line*, at the address that the chain has; it reaches its hospital's node through another one.

pub mod addresses;
pub mod asks;
pub mod disk;
pub mod judge;
pub mod lies;
pub mod line;
pub mod notes;
pub mod read_back;
pub mod service;

use crate::{network::Network, plan::HOSPITALS, template::Template};
use addresses::{port, BEHIND, NODES, PUBLIC};
use anyhow::{ensure, Context, Result};
use line::Line;
use service::Service;
use std::{path::Path, time::Duration};
use tokio::time::{sleep, Instant};

/// How long services may take until all of them answer and have all copies.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// The vault services of a run.
pub struct Houses {
    /// In the order of the institutions.
    pub all: Vec<House>,
}

/// A hospital's vault service, and its lines.
pub struct House {
    /// The service.
    pub service: Service,
    /// The line to it.
    pub line: Line,
    /// The line from it to its node.
    pub to_node: Line,
}

impl Houses {
    /// Starts all services, with the vaults of the template in `folder`, and waits until each has copies of all others'
    /// objects. `keep_free` is the room, in MiB, that has to stay free on each one's disk.
    pub async fn open(
        template: &Template,
        network: &Network,
        folder: &Path,
        keep_free: u64,
        seed: u64,
    ) -> Result<Self> {
        let mut all = Vec::new();
        for hospital in 0..HOSPITALS {
            let node = network.machines.get(hospital).context("no node")?.url();
            let node = node.strip_prefix("ws://").context("no address of a node")?;
            let to_node = Line::raw(port(NODES, hospital), node.parse()?).await?;
            let behind = std::net::SocketAddr::from(([127, 0, 0, 1], port(BEHIND, hospital)));
            let line = Line::http(port(PUBLIC, hospital), behind, seed.wrapping_add(hospital as u64)).await?;
            let service = Service::prepare(template, &place(folder, hospital), hospital, keep_free)?;
            all.push(House { service, line, to_node });
        }
        let mut houses = Self { all };
        for house in &mut houses.all {
            house.service.start()?;
        }
        houses.until_ready().await?;
        let level = houses.until(PATIENCE, |houses| houses.have_all_copies()).await?;
        ensure!(level, "the services do not exchange their copies");
        Ok(houses)
    }

    /// The house of a hospital.
    pub fn house(&mut self, hospital: usize) -> Result<&mut House> {
        self.all.get_mut(hospital).with_context(|| format!("hospital {hospital} has no vault service"))
    }

    /// Waits until all services answer requests.
    pub async fn until_ready(&self) -> Result<()> {
        let began = Instant::now();
        for house in &self.all {
            while !house.service.is_ready().await {
                ensure!(began.elapsed() < PATIENCE, "a vault service does not get ready: {}", house.service.said());
                sleep(Duration::from_millis(200)).await;
            }
        }
        Ok(())
    }

    /// Waits until `holds`. Returns whether it did within `patience`.
    pub async fn until(&self, patience: Duration, holds: impl Fn(&Self) -> Result<bool>) -> Result<bool> {
        let began = Instant::now();
        while !holds(self)? {
            if began.elapsed() >= patience {
                return Ok(false);
            }
            sleep(Duration::from_millis(200)).await;
        }
        Ok(true)
    }

    /// Whether each vault has all objects of all others.
    fn have_all_copies(&self) -> Result<bool> {
        let sets = self.all.iter().map(|house| disk::names(&house.service.vault())).collect::<Result<Vec<_>>>()?;
        let most = sets.iter().fold(std::collections::BTreeSet::new(), |all, set| all.union(set).copied().collect());
        Ok(!most.is_empty() && sets.iter().all(|set| *set == most))
    }
}

/// The folder of a hospital's service in that of a run.
pub fn place(folder: &Path, hospital: usize) -> std::path::PathBuf {
    folder.join(format!("service-{hospital}"))
}
