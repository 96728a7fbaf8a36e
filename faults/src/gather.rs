// SPDX-License-Identifier: Apache-2.0

//! Reads the finalized blocks and the state of all charts from a node after the run.

use super::{checker::Told, history::Block, model::ChartState, rpc::Rpc};
use anyhow::{Context, Result};
use salus_chain::{At, Chain};
use salus_primitives::{audit::LogId, ChartId, Digest, RecordId};
use sp_crypto_hashing::blake2_256;
use std::collections::BTreeMap;

/// Reads the node's copy of `blocks`, and the state of all charts after the last of them.
///
/// `whole` says whether the node must have every block.
pub async fn told(url: &str, blocks: &[Block], whole: bool) -> Result<Told> {
    let rpc = Rpc::connect(url).await?;
    let numbers: Vec<u32> = blocks.iter().map(|block| block.number).collect();
    let mut told = Told { whole, ..Told::default() };
    for (number, hash) in numbers.iter().zip(rpc.block_hashes(&numbers).await?) {
        let Some(hash) = hash else { continue };
        let Some(header) = rpc.header(hash).await? else { continue };
        let Some(body) = rpc.body(hash).await? else { continue };
        let transactions = body.get("extrinsics").context("a block without transactions")?;
        told.blocks.insert(*number, (hash, header.hash, Digest(blake2_256(transactions.to_string().as_bytes()))));
    }
    if let Some(last) = blocks.last() {
        told.charts = charts(&Chain::connect(url).await?, last.hash).await?;
    }
    Ok(told)
}

/// Returns the state of all charts after the block `of`.
async fn charts(chain: &Chain, of: Digest) -> Result<BTreeMap<ChartId, ChartState>> {
    let (at, mut charts) = (At::Block(of), BTreeMap::new());
    for number in 0u64.. {
        let id = ChartId(number);
        let Some(chart) = chain.chart(at, id).await? else { break };
        let mut state = ChartState {
            chart,
            compartments: chain.compartments(at, id).await?,
            grants: chain.grants(at, id).await?,
            requests: chain.requests(at, id).await?,
            records: chain.records(at, id).await?.into_iter().map(|it| (it.key, it.record)).collect(),
            versions: BTreeMap::new(),
            head: chain.log_head(at, LogId::Chart(id)).await?,
            entries: chain.log(at, LogId::Chart(id)).await?,
        };
        for key in state.records.keys() {
            let versions = chain.versions(at, RecordId { chart: id, key: *key }).await?;
            state.versions.insert(*key, versions.into_iter().map(|it| it.version).collect());
        }
        charts.insert(id, state);
    }
    Ok(charts)
}
