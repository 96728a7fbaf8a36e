// SPDX-License-Identifier: Apache-2.0

//! How many single grants a second one node makes final.
//!
//! The load is open: each grant has a time at which it is sent, whatever became of those before it, and its latency counts
//! from that time. So a node that falls behind shows it in its latencies instead of slowing the load down. One thing holds a
//! grant back: a patient may have only so many transactions waiting (the runtime's window of nonces).

use crate::{
    chain::Chain,
    network,
    patients::{self, Patient, WINDOW},
    report::Spread,
    transactions::{bytes, hash_of, number_of, Encoder},
};
use anyhow::{bail, ensure, Context, Result};
use futures::future::try_join_all;
use serde_json::Value as Json;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    time::{Duration, Instant},
};
use subxt::rpcs::{rpc_params, RpcClient};
use tokio::time::{sleep, timeout};

/// Connections over which grants are sent.
const CONNECTIONS: usize = 4;
/// How long after the last grant was sent the rest may take to become final.
const PATIENCE: Duration = Duration::from_secs(60);

/// The options of the measurement.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The node's program
    #[arg(long, default_value = "target/release/salus-node")]
    node: PathBuf,

    /// The node's program of an older version, measured in the same run
    #[arg(long, value_name = "PROGRAM")]
    baseline_bin: Option<PathBuf>,

    /// How many patients grant
    #[arg(long, default_value_t = 100)]
    patients: usize,

    /// How many grants are sent a second
    #[arg(long, default_value_t = 1_500)]
    rate: u64,

    /// For how many seconds
    #[arg(long, default_value_t = 15)]
    seconds: u64,

    /// Items of the state before the first patient
    #[arg(long, default_value_t = 0)]
    items: u64,

    /// Further options of the node, such as `--pool-limit=8000`
    #[arg(last = true)]
    node_options: Vec<String>,
}

/// Measures, and prints.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let baseline = options.baseline_bin.as_ref().map(|program| ("baseline", program));
    let mut figures = Vec::new();
    for (name, program) in baseline.into_iter().chain([("this version", &options.node)]) {
        let measured = measure(program, options).await?;
        println!("{name}: {} grants of {} patients, {}/s offered", measured.count, options.patients, options.rate);
        println!("    final:            {:.0}/s", measured.finalized_a_second);
        println!("    sent to final:    {}", measured.latency);
        println!("    in a block:       {} at most, in {} blocks", measured.largest_block, measured.blocks);
        println!("    time of a core:   node {:.0} us, generator {:.0} us a grant", measured.node, measured.generator);
        figures.push(measured.finalized_a_second);
    }
    if let [baseline, now] = figures[..] {
        println!("ratio to the baseline: {:.1}", now / baseline);
    }
    Ok(())
}

struct Measured {
    count: usize,
    finalized_a_second: f64,
    latency: Spread,
    largest_block: usize,
    blocks: usize,
    /// Microseconds of a core for each grant.
    node: f64,
    generator: f64,
}

/// A grant that is ready to be sent.
struct Prepared {
    /// When it is to be sent, after the start.
    at: Duration,
    nonce: u64,
    transaction: Vec<u8>,
}

async fn measure(program: &Path, options: &Options) -> Result<Measured> {
    let chain = Chain::begin(program, options.patients, options.items, &options.node_options).await?;
    let Chain { node, rpc, encoder, .. } = &chain;

    let total = options.rate.saturating_mul(options.seconds);
    let each = total.div_ceil(options.patients as u64);
    let patients = patients::settle(rpc, encoder, options.patients, patients::compartments_for(each)?).await?;
    let prepared = prepare(&patients, encoder, options.rate, each)?;
    let sent_at: HashMap<[u8; 32], Duration> =
        prepared.iter().flatten().map(|prepared| (hash_of(&prepared.transaction), prepared.at)).collect();

    let before = (node.cpu_time()?, network::own_cpu_time()?);
    let included: Arc<Vec<AtomicU64>> =
        Arc::new(patients.iter().map(|patient| AtomicU64::new(patient.nonce)).collect());
    let begun = Instant::now();
    let nonces = tokio::spawn(follow_nonces(node.url.clone(), accounts(&patients), included.clone()));
    let watch = tokio::spawn(watch_finality(node.url.clone(), begun, sent_at.clone()));
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(RpcClient::from_url(&node.url).await?);
    }
    let senders = prepared
        .into_iter()
        .enumerate()
        .zip(connections.iter().cycle())
        .map(|((place, queue), rpc)| tokio::spawn(send(rpc.clone(), queue, begun, included.clone(), place)));
    for sent in try_join_all(senders).await? {
        sent?;
    }
    let watched = timeout(PATIENCE, watch).await.context("some grants do not become final")???;
    nonces.abort();
    let after = (node.cpu_time()?, network::own_cpu_time()?);

    check(rpc, &patients, each).await?;
    let count = watched.finalized.len();
    let last = watched.finalized.iter().map(|(_, at)| *at).max().unwrap_or_default();
    let latency = watched
        .finalized
        .iter()
        .map(|(hash, at)| at.saturating_sub(sent_at.get(hash).copied().unwrap_or_default()))
        .collect();
    let each_of = |time: Duration| time.as_secs_f64() * 1e6 / count as f64;
    Ok(Measured {
        count,
        finalized_a_second: count as f64 / last.as_secs_f64(),
        latency: Spread::of(latency),
        largest_block: watched.largest_block,
        blocks: watched.blocks,
        node: each_of(after.0.saturating_sub(before.0)),
        generator: each_of(after.1.saturating_sub(before.1)),
    })
}

/// Signs everything before the start, so that the generator takes less from the node.
fn prepare(patients: &[Patient], encoder: &Encoder, rate: u64, each: u64) -> Result<Vec<Vec<Prepared>>> {
    let queue = |(place, patient): (usize, &Patient)| -> Result<Vec<Prepared>> {
        (0..each)
            .map(|number| {
                let nonce = patient.nonce.saturating_add(number);
                let order = number.saturating_mul(patients.len() as u64).saturating_add(place as u64);
                let at = Duration::from_secs_f64(order as f64 / rate as f64);
                Ok(Prepared { at, nonce, transaction: patient.grant(encoder, number, nonce)? })
            })
            .collect()
    };
    patients.iter().enumerate().map(queue).collect()
}

/// Sends the grants of one patient.
async fn send(
    rpc: RpcClient,
    queue: Vec<Prepared>,
    begun: Instant,
    included: Arc<Vec<AtomicU64>>,
    place: usize,
) -> Result<()> {
    let counted = || included.get(place).map_or(0, |nonce| nonce.load(Ordering::Relaxed));
    for Prepared { at, nonce, transaction } in queue {
        sleep(at.saturating_sub(begun.elapsed())).await;
        let waiting = Instant::now();
        while nonce >= counted().saturating_add(WINDOW) {
            ensure!(waiting.elapsed() < PATIENCE, "a patient's grants are not included");
            sleep(Duration::from_millis(10)).await;
        }
        patients::submit(&rpc, &transaction).await?;
    }
    Ok(())
}

/// Keeps the patients' nonces in the best block.
async fn follow_nonces(url: String, keys: Vec<String>, included: Arc<Vec<AtomicU64>>) -> Result<()> {
    let rpc = RpcClient::from_url(&url).await?;
    let mut heads =
        rpc.subscribe::<Json>("chain_subscribeNewHeads", rpc_params![], "chain_unsubscribeNewHeads").await?;
    while let Some(head) = heads.next().await {
        head?;
        let changes: Vec<Json> = rpc.request("state_queryStorageAt", rpc_params![&keys]).await?;
        let changes = changes.first().and_then(|set| set.get("changes")).and_then(Json::as_array);
        for (nonce, change) in included.iter().zip(changes.into_iter().flatten()) {
            let account = bytes(change.get(1).and_then(Json::as_str).unwrap_or_default())?;
            let number = account.first_chunk::<4>().map(|bytes| u32::from_le_bytes(*bytes)).unwrap_or_default();
            nonce.store(number.into(), Ordering::Relaxed);
        }
    }
    bail!("the node says no more of its blocks")
}

/// Where the state has the patients' nonces.
fn accounts(patients: &[Patient]) -> Vec<String> {
    let prefix = [sp_crypto_hashing::twox_128(b"System"), sp_crypto_hashing::twox_128(b"Account")].concat();
    let key = |patient: &Patient| {
        let account = patient.key.public_key().0;
        let hashed = sp_crypto_hashing::blake2_128(&account);
        format!("0x{}{}{}", hex::encode(&prefix), hex::encode(hashed), hex::encode(account))
    };
    patients.iter().map(key).collect()
}

struct Watched {
    finalized: Vec<([u8; 32], Duration)>,
    largest_block: usize,
    blocks: usize,
}

/// Until every grant is final. A grant is final when the node says so of its block.
async fn watch_finality(url: String, begun: Instant, wanted: HashMap<[u8; 32], Duration>) -> Result<Watched> {
    let rpc = RpcClient::from_url(&url).await?;
    let (subscribe, end) = ("chain_subscribeFinalizedHeads", "chain_unsubscribeFinalizedHeads");
    let mut heads = rpc.subscribe::<Json>(subscribe, rpc_params![], end).await?;
    let mut watched = Watched { finalized: Vec::new(), largest_block: 0, blocks: 0 };
    let mut looked_at = None;
    while let Some(head) = heads.next().await {
        let (newest, at) = (number_of(&head?)?, begun.elapsed());
        for number in looked_at.map_or(newest, |number: u64| number.saturating_add(1))..=newest {
            let hash: String = rpc.request("chain_getBlockHash", rpc_params![number]).await?;
            let block: Json = rpc.request("chain_getBlock", rpc_params![hash]).await?;
            let transactions =
                block.pointer("/block/extrinsics").and_then(Json::as_array).context("a block without body")?;
            let known = watched.finalized.len();
            for transaction in transactions {
                let hash = hash_of(&bytes(transaction.as_str().unwrap_or_default())?);
                if wanted.contains_key(&hash) {
                    watched.finalized.push((hash, at));
                }
            }
            let ours = watched.finalized.len().saturating_sub(known);
            watched.largest_block = watched.largest_block.max(ours);
            watched.blocks = watched.blocks.saturating_add(usize::from(ours > 0));
        }
        looked_at = Some(newest);
        if watched.finalized.len() >= wanted.len() {
            return Ok(watched);
        }
    }
    bail!("the node says no more of final blocks")
}

/// Counts the grants in the charts: a transaction in a block may have granted nothing.
async fn check(rpc: &RpcClient, patients: &[Patient], each: u64) -> Result<()> {
    let head: String = rpc.request("chain_getFinalizedHead", rpc_params![]).await?;
    for patient in patients {
        let grants = patient.grants(rpc, &head).await?;
        ensure!(grants == each, "a patient gave {each} grants, and the chart has {grants}");
    }
    Ok(())
}
