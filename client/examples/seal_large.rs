// SPDX-License-Identifier: Apache-2.0

//! Seals a large file into a vault, opens it again, and says how much memory that took.
//!
//! `cargo run --release -p salus-client --example seal_large -- 2048` makes a file of 2048 MiB in a temporary folder, which
//! needs four times that much room. It compares what comes out with what went in. It fails when the process ever took more
//! than 64 MiB.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use salus_client::sealed_files::{open_to_file, seal};
use salus_primitives::{ChartId, CompartmentId, Digest, RecordId, RecordKey};
use salus_sealing::blob::{Bindings, ContentKey, Metadata};
use salus_vault::Vault;
use sha2::{Digest as _, Sha256};

const MIB: u64 = 1024 * 1024;
const LIMIT_KIB: u64 = 64 * 1024;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let size = std::env::args().nth(1).map_or(Ok(2048), |text| text.parse::<u64>())?;
    let folder = tempfile::tempdir()?;
    let (source, target) = (folder.path().join("source"), folder.path().join("target"));
    let written = make(&source, size)?;
    let vault = Vault::open_folder(folder.path().join("vault")).await?;

    let key = ContentKey::generate();
    let bindings = Bindings {
        genesis: Digest([0; 32]),
        record: RecordId { chart: ChartId(0), key: RecordKey([0; 16]) },
        version: 0,
        compartment: CompartmentId(0),
        epoch: 0,
    };
    let start = Instant::now();
    let file = tokio::fs::File::open(&source).await?;
    let length = file.metadata().await?.len();
    let blob = seal(file, length, &Metadata::default(), &bindings, &key).await?;
    vault.put_reader(blob.bytes_from(0)).await?;
    println!("sealed {length} bytes into {} bytes in {:.1?}", blob.size(), start.elapsed());

    let start = Instant::now();
    open_to_file(vault.reader(&blob.id()).await?, &bindings, &key, &target).await?;
    println!("opened them in {:.1?}", start.elapsed());
    if digest(&target)? != written {
        return Err("what came out is not what went in".into());
    }

    match peak_kib()? {
        Some(peak) => {
            println!("peak memory: {} MiB", peak.div_ceil(1024));
            if peak >= LIMIT_KIB {
                return Err(format!("took {peak} KiB of memory, the limit is {LIMIT_KIB}").into());
            }
        }
        None => println!("peak memory: not known on this system"),
    }
    Ok(())
}

/// Writes a file in which no two pieces are alike; returns its digest.
fn make(path: &Path, mebibytes: u64) -> std::io::Result<[u8; 32]> {
    let (mut file, mut hasher) = (std::fs::File::create(path)?, Sha256::new());
    let mut piece = vec![0x5a; usize::try_from(MIB).unwrap_or(usize::MAX)];
    for number in 0..mebibytes {
        piece.iter_mut().zip(number.to_le_bytes()).for_each(|(place, byte)| *place = byte);
        hasher.update(&piece);
        file.write_all(&piece)?;
    }
    Ok(hasher.finalize().into())
}

fn digest(path: &Path) -> std::io::Result<[u8; 32]> {
    let mut hasher = Sha256::new();
    let mut file = std::fs::File::open(path)?;
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = std::io::Read::read(&mut file, &mut piece)?;
        match piece.get(..read) {
            Some([]) | None => break,
            Some(read) => hasher.update(read),
        }
    }
    Ok(hasher.finalize().into())
}

/// The most memory that the process ever held, as Linux counts it.
fn peak_kib() -> std::io::Result<Option<u64>> {
    let status = match std::fs::read_to_string("/proc/self/status") {
        Ok(status) => status,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()))
}
