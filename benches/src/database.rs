// SPDX-License-Identifier: Apache-2.0

//! How long a read and a write take in a state of many items: an upper bound for the runtime's constants
//! `DbWeight`.
//!
//! As the SDK's `benchmark storage`, without its dependencies: the client's database (ParityDb) with the node's way of
//! keeping states, and keys in random order, each read and each written alone. The cache of the trie is warm if asked
//! for. A write counts the new root and the commit to the database, whose files the system may keep in memory. Reads and
//! writes of nodes are part of both.

use crate::report::Spread;
use anyhow::{ensure, Result};
use sc_client_api::{
    backend::{Backend as _, BlockImportOperation as _, NewBlockState, TrieCacheContext},
    HeaderBackend as _,
};
use sc_client_db::{Backend, BlocksPruning, DatabaseSettings, DatabaseSource, PruningMode};
use sp_core::{storage::Storage, H256};
use sp_runtime::{
    generic,
    traits::{BlakeTwo256, Header as _},
    OpaqueExtrinsic, StateVersion,
};
use sp_state_machine::Backend as _;
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

type Header = generic::Header<u32, BlakeTwo256>;
type Block = generic::Block<Header, OpaqueExtrinsic>;

/// The options of the measurement.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Items of the state
    #[arg(long, default_value_t = 1_000_000)]
    items: u64,

    /// Bytes of an item's value
    #[arg(long, default_value_t = 128)]
    value: usize,

    /// How many items are read, and how many written
    #[arg(long, default_value_t = 20_000)]
    samples: u64,

    /// Items that one block writes together, as blocks do
    #[arg(long, default_value_t = 1_000)]
    batch: u64,

    /// MiB of the trie's cache; none without it. A node has one of 1,024 MiB
    #[arg(long, value_name = "MIB")]
    trie_cache: Option<usize>,

    /// Where the database is made; its disk is what is measured
    #[arg(long, default_value = "/tmp")]
    folder: PathBuf,
}

/// Measures, and prints.
pub(crate) fn run(options: &Options) -> Result<()> {
    ensure!(options.batch > 0 && options.samples >= options.batch, "a block writes at least one item");
    let folder = tempfile::tempdir_in(&options.folder)?;
    let backend = Backend::<Block>::new(
        DatabaseSettings {
            trie_cache_maximum_size: options.trie_cache.map(|mebibytes| mebibytes.saturating_mul(1 << 20)),
            // As an authority keeps them.
            state_pruning: Some(PruningMode::ArchiveAll),
            source: DatabaseSource::ParityDb { path: folder.path().join("db") },
            blocks_pruning: BlocksPruning::KeepAll,
            pruning_filters: Vec::new(),
            metrics_registry: None,
        },
        4_096,
    )?;
    let begun = Instant::now();
    fill(&backend, options)?;
    println!("{} items of {} bytes, filled in {:.0} s", options.items, options.value, begun.elapsed().as_secs_f64());
    if options.trie_cache.is_some() {
        warm_up(&backend, options)?;
    }

    let reads = read(&backend, options)?;
    say("read ", &reads);
    let alone = write(&backend, options, 1, options.samples.min(2_000))?;
    say("write, one item a block", &alone);
    let together = write(&backend, options, options.batch, options.samples)?;
    say(&format!("write, {} items a block", options.batch), &together);
    Ok(())
}

fn say(what: &str, spread: &Spread) {
    let nanoseconds = |duration: Duration| duration.as_nanos();
    println!(
        "{what}: mean {} ns, p50 {} ns, p99 {} ns, of {}",
        nanoseconds(spread.mean()),
        nanoseconds(spread.percentile(50)),
        nanoseconds(spread.percentile(99)),
        spread.count()
    );
}

/// A key as maps have it: the pallet's and the map's hashes, a hash of the key, the key.
fn key(place: u64) -> Vec<u8> {
    let pallet = sp_crypto_hashing::twox_128(b"Access");
    // A dozen maps, as in the runtime.
    let map = sp_crypto_hashing::twox_128(&(place % 12).to_le_bytes());
    let number = place.to_le_bytes();
    [&pallet[..], &map, &sp_crypto_hashing::blake2_128(&number), &number].concat()
}

fn value(place: u64, length: usize, version: u64) -> Vec<u8> {
    let seed = sp_crypto_hashing::blake2_256(&[place.to_le_bytes(), version.to_le_bytes()].concat());
    seed.iter().copied().cycle().take(length).collect()
}

/// Places in an order that is random and always the same.
fn places(items: u64, count: u64, seed: u64) -> impl Iterator<Item = u64> {
    (0..count).map(move |number| {
        let hash = sp_crypto_hashing::twox_64(&[number.to_le_bytes(), seed.to_le_bytes()].concat());
        u64::from_le_bytes(hash).checked_rem(items).unwrap_or_default()
    })
}

fn fill(backend: &Backend<Block>, options: &Options) -> Result<()> {
    let mut operation = backend.begin_operation()?;
    let top = (0..options.items).map(|place| (key(place), value(place, options.value, 0))).collect();
    let root =
        operation.set_genesis_state(Storage { top, children_default: Default::default() }, true, StateVersion::V1)?;
    let header = Header::new(0, Default::default(), root, Default::default(), Default::default());
    operation.set_block_data(header, Some(Vec::new()), None, None, NewBlockState::Final, true)?;
    backend.commit_operation(operation)?;
    Ok(())
}

fn best(backend: &Backend<Block>) -> (u32, H256) {
    let info = backend.blockchain().info();
    (info.best_number, info.best_hash)
}

/// Fills the trie's cache, as a node's work does.
fn warm_up(backend: &Backend<Block>, options: &Options) -> Result<()> {
    let (_, block) = best(backend);
    let mut place = 0u64;
    while place < options.items {
        // When a view ends, its reads go into the cache that all views share.
        let state = backend.state_at(block, TrieCacheContext::Trusted)?;
        let end = place.saturating_add(10_000).min(options.items);
        for item in place..end {
            state.storage(&key(item)).map_err(anyhow::Error::msg)?;
        }
        place = end;
    }
    Ok(())
}

fn read(backend: &Backend<Block>, options: &Options) -> Result<Spread> {
    let (_, block) = best(backend);
    let read = |place| -> Result<Duration> {
        // A new view for each, which remembers nothing.
        let state = backend.state_at(block, TrieCacheContext::Trusted)?;
        let key = key(place);
        let begun = Instant::now();
        let value = state.storage(&key).map_err(anyhow::Error::msg)?;
        let took = begun.elapsed();
        ensure!(value.is_some_and(|value| value.len() == options.value), "an item is missing");
        Ok(took)
    };
    // The first reads warm the system's cache of files, and do not count.
    for place in places(options.items, options.samples, 1) {
        read(place)?;
    }
    let durations = places(options.items, options.samples, 2).map(read).collect::<Result<_>>()?;
    Ok(Spread::of(durations))
}

/// Writes items in blocks of so many; what each took.
fn write(backend: &Backend<Block>, options: &Options, batch: u64, samples: u64) -> Result<Spread> {
    let mut durations = Vec::new();
    for number in 0..samples.div_ceil(batch) {
        let (parent_number, parent) = best(backend);
        let changes: Vec<_> = places(options.items, batch, number.saturating_add(batch << 32))
            .map(|place| (key(place), value(place, options.value, number.saturating_add(1))))
            .collect();
        let begun = Instant::now();
        let mut operation = backend.begin_operation()?;
        backend.begin_state_operation(&mut operation, parent)?;
        let state = backend.state_at(parent, TrieCacheContext::Trusted)?;
        let delta = changes.iter().map(|(key, value)| (&key[..], Some(&value[..])));
        let (root, transaction) = state.storage_root(delta, StateVersion::V1);
        operation.update_db_storage(transaction)?;
        let header = Header::new(parent_number.saturating_add(1), Default::default(), root, parent, Default::default());
        operation.set_block_data(header, Some(Vec::new()), None, None, NewBlockState::Best, true)?;
        backend.commit_operation(operation)?;
        let took = begun.elapsed();
        durations.push(took.checked_div(u32::try_from(batch)?).unwrap_or_default());
    }
    Ok(Spread::of(durations))
}
