// SPDX-License-Identifier: Apache-2.0

//! How long a transaction takes until it is final while nothing else happens.

use crate::{
    network::{self, Node},
    patients,
    report::Spread,
    transactions::Encoder,
};
use anyhow::{bail, Result};
use serde_json::Value as Json;
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};
use subxt::rpcs::{rpc_params, RpcClient};
use tokio::time::sleep;

/// The options of the measurement.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The node's program
    #[arg(long, default_value = "target/release/salus-node")]
    node: PathBuf,

    /// The node's program of an older version, measured in the same run
    #[arg(long, value_name = "PROGRAM")]
    baseline_bin: Option<PathBuf>,

    /// How many authorities there are
    #[arg(long, default_value_t = 4)]
    authorities: usize,

    /// How many transactions are submitted, one after the other
    #[arg(long, default_value_t = 60)]
    count: u64,
}

/// Measures, and prints.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let baseline = options.baseline_bin.as_ref().map(|program| ("baseline", program));
    for (name, program) in baseline.into_iter().chain([("this version", &options.node)]) {
        let (included, finalized) = measure(program, options).await?;
        println!("{name}: {} grants to one of {} idle authorities", finalized.count(), options.authorities);
        println!("    submitted to in a block: {included}");
        println!("    submitted to final:      {finalized}");
    }
    Ok(())
}

async fn measure(program: &std::path::Path, options: &Options) -> Result<(Spread, Spread)> {
    let (folder, program) = (tempfile::tempdir()?, network::program(program)?);
    let spec = folder.path().join("spec.json");
    network::specification(&program, "local", &patients::newcomers(1)?, &spec)?;
    let nodes = Node::start(&program, &spec, options.authorities, folder.path())?;
    let Some(node) = nodes.first() else { bail!("no node was started") };
    let rpc = RpcClient::from_url(&node.url).await?;
    wait_for_finality(&rpc).await?;
    let encoder = Encoder::of(&rpc).await?;
    let mut patients = patients::settle(&rpc, &encoder, 1, patients::compartments_for(options.count)?).await?;
    let Some(patient) = patients.first_mut() else { bail!("there is no patient") };

    let (mut included, mut finalized) = (Vec::new(), Vec::new());
    for number in 0..options.count {
        // Every phase of a slot is as likely as any other: 0.61803 is the fraction that spreads best.
        let phase = (number.saturating_mul(618) % 1_000).saturating_add(200);
        sleep(Duration::from_millis(phase)).await;
        let transaction = patient.grant(&encoder, number, patient.nonce)?;
        patient.nonce = patient.nonce.saturating_add(1);
        let begun = Instant::now();
        let hex = rpc_params![format!("0x{}", hex::encode(transaction))];
        let mut updates =
            rpc.subscribe::<Json>("author_submitAndWatchExtrinsic", hex, "author_unwatchExtrinsic").await?;
        let mut first_block = None;
        loop {
            let Some(update) = updates.next().await else { bail!("the node says no more of a transaction") };
            let update = update?;
            if update.get("inBlock").is_some() {
                first_block.get_or_insert(begun.elapsed());
            } else if update.get("finalized").is_some() {
                break;
            } else if ["usurped", "finalityTimeout"].iter().any(|it| update.get(it).is_some())
                || ["dropped", "invalid"].iter().any(|it| update == *it)
            {
                bail!("a transaction became {update}");
            }
        }
        included.extend(first_block);
        finalized.push(begun.elapsed());
    }
    Ok((Spread::of(included), Spread::of(finalized)))
}

/// Until the network has found itself.
pub(crate) async fn wait_for_finality(rpc: &RpcClient) -> Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(120) {
        let head: String = rpc.request("chain_getFinalizedHead", rpc_params![]).await?;
        let header: Json = rpc.request("chain_getHeader", rpc_params![head]).await?;
        if crate::transactions::number_of(&header)? >= 5 {
            return Ok(());
        }
        sleep(Duration::from_millis(200)).await;
    }
    bail!("nothing becomes final")
}
