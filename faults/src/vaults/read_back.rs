// SPDX-License-Identifier: Apache-2.0

//! The records that patients can read when all is over: each record of their charts that is on the chain, from whatever vault.

use super::notes::{digest, Fault, Fetch, Fetched};
use crate::{phase::Phase, template::Actor};
use anyhow::Result;
use futures::future::try_join_all;
use salus_chain::{At, Chain};
use salus_client::{agent::Agent, services::RemoteServices};
use salus_primitives::RecordId;
use salus_sealing::keys::Identity;
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;

/// How often a patient tries to read a record.
const ATTEMPTS: usize = 3;
/// How long a patient waits before trying again.
const PAUSE: Duration = Duration::from_secs(2);

/// Has each patient read every record of their chart, at the node `url`.
pub async fn read_back(url: &str, node: usize, patients: &[Actor]) -> Result<Vec<Fetch>> {
    let chain = Chain::connect(url).await?;
    let read = patients.iter().map(|patient| read_chart(&chain, node, patient));
    Ok(try_join_all(read).await?.concat())
}

async fn read_chart(chain: &Chain, node: usize, patient: &Actor) -> Result<Vec<Fetch>> {
    let Some(chart) = patient.chart else { return Ok(Vec::new()) };
    let services = Arc::new(RemoteServices::new(chain)?);
    let agent = Agent::new(chain.clone(), services, Identity::from_uri(&patient.uri)?).await?;
    let mut fetches = Vec::new();
    for found in chain.records(At::Finalized, chart).await? {
        let record = RecordId { chart, key: found.key };
        let head = || async { anyhow::Ok(u32::try_from(chain.head(At::Finalized).await?.number)?) };
        let from = head().await?;
        let mut read = agent.read(record, None, None).await;
        for _ in 1..ATTEMPTS {
            if read.is_ok() {
                break;
            }
            sleep(PAUSE).await;
            read = agent.read(record, None, None).await;
        }
        let end = match read {
            Ok(read) => {
                Fetched::Got { holder: read.holder, version: read.version, digest: digest(read.content.expose()) }
            }
            Err(error) => Fetched::Failed(Fault::of(&error)),
        };
        let (phase, reader, to) = (Phase::After, patient.person.member, head().await?);
        fetches.push(Fetch { phase, at: 0, took: 0, reader, record, session: None, node, from, to, end });
    }
    Ok(fetches)
}
