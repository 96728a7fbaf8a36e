// SPDX-License-Identifier: Apache-2.0

//! The declared weight of filled blocks against the time that their author took.
//!
//! Patients fill the pool at once, and then send nothing. The first block is made while the pool still verifies
//! transactions, so the time of the others says what their execution takes.

use crate::{
    chain::Chain,
    patients::{self, WINDOW},
    transactions::bytes,
};
use anyhow::{ensure, Result};
use codec::{Compact, Decode};
use futures::future::try_join_all;
use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};
use subxt::rpcs::{rpc_params, RpcClient};
use tokio::time::sleep;

/// The part of the fullest block's weight that a block needs to count as filled.
const FILLED: f64 = 0.9;

/// The options of the measurement.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The node's program
    #[arg(long, default_value = "target/release/salus-node")]
    node: PathBuf,

    /// How many patients grant
    #[arg(long, default_value_t = 200)]
    patients: usize,

    /// How often they fill the pool
    #[arg(long, default_value_t = 4)]
    rounds: u64,

    /// Items of the state before the first patient
    #[arg(long, default_value_t = 0)]
    items: u64,

    /// Further options of the node
    #[arg(last = true)]
    node_options: Vec<String>,
}

/// A block as its author made it.
struct Made {
    number: u64,
    transactions: usize,
    took: Duration,
    declared: Duration,
}

impl Made {
    fn ratio(&self) -> f64 {
        self.declared.as_secs_f64() / self.took.as_secs_f64()
    }
}

/// Measures, and prints.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let chain = Chain::begin(&options.node, options.patients, options.items, &options.node_options).await?;
    let Chain { node, rpc, encoder, .. } = &chain;
    let each = WINDOW.saturating_mul(options.rounds);
    let patients = patients::settle(rpc, encoder, options.patients, patients::compartments_for(each)?).await?;

    for round in 0..options.rounds {
        let numbers = round.saturating_mul(WINDOW)..round.saturating_add(1).saturating_mul(WINDOW);
        let sending = patients.iter().map(|patient| {
            let numbers = numbers.clone();
            async move {
                for number in numbers {
                    let grant = patient.grant(encoder, number, patient.nonce.saturating_add(number))?;
                    patients::submit(rpc, &grant).await?;
                }
                Ok::<_, anyhow::Error>(())
            }
        });
        try_join_all(sending).await?;
        patients::wait_until_included(rpc).await?;
        // The next round begins with an idle node.
        sleep(Duration::from_secs(2)).await;
    }

    let mut blocks = Vec::new();
    for (number, (took, transactions)) in prepared(&fs::read_to_string(node.log())?) {
        blocks.push(Made { number, transactions, took, declared: declared(rpc, number).await? });
    }
    print(&blocks)
}

/// The time of preparation, and the number of transactions, of each block that the node's log names.
fn prepared(log: &str) -> BTreeMap<u64, (Duration, usize)> {
    let block = |line: &str| {
        let (_, rest) = line.split_once("Prepared block for proposing at ")?;
        let (number, rest) = rest.split_once(" (")?;
        let (took, rest) = rest.split_once(" ms)")?;
        let (_, count) = rest.split_once("extrinsics_count: ")?;
        let count = count.split(|letter: char| !letter.is_ascii_digit()).next()?;
        Some((number.parse().ok()?, (Duration::from_millis(took.parse().ok()?), count.parse().ok()?)))
    };
    log.lines().filter_map(block).collect()
}

/// The weight that a block declares, of all classes.
async fn declared(rpc: &RpcClient, number: u64) -> Result<Duration> {
    let hash: String = rpc.request("chain_getBlockHash", rpc_params![number]).await?;
    let item = [sp_crypto_hashing::twox_128(b"System"), sp_crypto_hashing::twox_128(b"BlockWeight")].concat();
    let key = format!("0x{}", hex::encode(item));
    let weight: Option<String> = rpc.request("state_getStorage", rpc_params![key, hash]).await?;
    // Three classes, each with time and size of proof.
    let classes = <[(Compact<u64>, Compact<u64>); 3]>::decode(&mut bytes(&weight.unwrap_or_default())?.as_slice())?;
    let picoseconds: u64 = classes.iter().map(|(time, _)| time.0).sum();
    Ok(Duration::from_nanos(picoseconds / 1_000))
}

fn print(blocks: &[Made]) -> Result<()> {
    let fullest = blocks.iter().map(|block| block.declared).max().unwrap_or_default();
    let filled: Vec<_> =
        blocks.iter().filter(|block| block.declared.as_secs_f64() >= FILLED * fullest.as_secs_f64()).collect();
    ensure!(!filled.is_empty() && !fullest.is_zero(), "no block was filled");
    println!("block  transactions  declared   author took  ratio");
    for block in &filled {
        let (declared, took) = (block.declared.as_millis(), block.took.as_millis());
        println!(
            "{:>5}  {:>12}  {declared:>6} ms  {took:>9} ms  {:>5.2}",
            block.number,
            block.transactions,
            block.ratio()
        );
    }
    let mut ratios: Vec<_> = filled.iter().map(|block| block.ratio()).collect();
    ratios.sort_by(f64::total_cmp);
    let at = |place: usize| ratios.get(place).copied().unwrap_or_default();
    println!(
        "ratio of {} filled blocks: least {:.2}, median {:.2}, most {:.2}",
        ratios.len(),
        at(0),
        at(ratios.len() / 2),
        at(ratios.len().saturating_sub(1))
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_names_blocks_with_their_times() {
        let log = "2026-11-27 17:00:01 [main] 🎁 Prepared block for proposing at 12 (203 ms) hash: 0x01; parent_hash: 0x02; end: NoMoreTransactions; extrinsics_count: 466\nanother line";
        assert_eq!(prepared(log).into_iter().collect::<Vec<_>>(), [(12, (Duration::from_millis(203), 466))]);
    }
}
