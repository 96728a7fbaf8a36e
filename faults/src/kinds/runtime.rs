// SPDX-License-Identifier: Apache-2.0

//! Replaces the runtime under the workload; a migration rewrites stored data.
//!
//! When the template was made, the council planned the upgrade and the authorities confirmed it, as operators do. The
//! run only sends the code.

use super::{Stage, PATIENCE};
use crate::{plan::HOSPITALS, report::milliseconds, rpc::Rpc, template::staff};
use anyhow::{Context, Result};
use salus_e2e::salus::Salus;
use serde_json::Value;
use std::time::{Duration, Instant};
use subxt::rpcs::rpc_params;
use tokio::time::sleep;

/// The storage prefix of `Rehearsal.RecordCounts`, which the rehearsed migration makes.
fn made_by_migration() -> String {
    let name = |name: &str| hex::encode(sp_crypto_hashing::twox_128(name.as_bytes()));
    format!("0x{}{}", name("Rehearsal"), name("RecordCounts"))
}

/// Replaces the runtime.
pub(super) async fn upgrade(stage: &mut Stage<'_>) -> Result<()> {
    let code =
        stage.template.next_runtime().context("no upgrade is planned\nhint: --next-runtime FILE, in a new folder")?;
    let code = code.to_str().context("the name of the folder is not a text")?.to_owned();
    let victim = stage.plan.victim;
    let urls = stage.network.urls();
    let url = urls.get(victim).context("there is no victim")?;
    let service = Salus::new(&stage.template.home(victim), &stage.folder.join("vaults"), url)?;
    let service = service.acting_as(&staff(victim, "-service"));
    let before = versions(&urls).await?;
    stage.strikes();
    let began = Instant::now();
    let applied = service.json(&["authority", "apply-upgrade", &code]).await?;
    let block = applied.pointer("/block/number").and_then(Value::as_u64).context("no block")?;
    // The upgrade counts once it is finalized on every node.
    let target = u32::try_from(block.saturating_add(2))?;
    let level =
        stage.watch.until(PATIENCE, |seen| seen.nodes.iter().all(|node| node.answers && node.finalized >= target));
    let level = level.await;
    let took = milliseconds(began.elapsed());
    sleep(Duration::from_secs(3)).await;
    stage.heals();
    stage.recovery = level.then_some(took);
    let after = versions(&urls).await?;
    let replaced = before.iter().zip(&after).filter(|(before, after)| before < after).count();
    stage.prove(format!("versions {before:?} became {after:?}, with the code in block {block}"), replaced == HOSPITALS);
    for (place, url) in urls.iter().enumerate() {
        let rpc = Rpc::connect(url).await?;
        let keys = rpc.call("state_getKeysPaged", rpc_params![made_by_migration(), 100]).await?;
        let made = keys.as_array().map_or(0, Vec::len);
        let charts = stage.template.patients.len();
        stage.expect(format!("on node {place} the migration counted the records of {made} charts"), made == charts);
    }
    let progress = stage.progress();
    stage.expect(format!("{progress} blocks became final meanwhile"), progress >= 3);
    Ok(())
}

async fn versions(urls: &[String]) -> Result<Vec<u64>> {
    let mut versions = Vec::new();
    for url in urls {
        let version = Rpc::connect(url).await?.call("state_getRuntimeVersion", rpc_params![]).await?;
        versions.push(version.get("specVersion").and_then(Value::as_u64).context("no version")?);
    }
    Ok(versions)
}
