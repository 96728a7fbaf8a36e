// SPDX-License-Identifier: Apache-2.0

//! Many signed readers of one vault service at one time, beside as many of a plain nginx.

use super::{
    add,
    memory::{begin_again, peak_kib},
    nginx::Nginx,
};
use crate::{person::Person, report::Spread};
use anyhow::{bail, ensure, Context, Result};
use salus_gate::{
    protocol::{GateRequest, ReleaseRequest},
    system_now,
};
use salus_primitives::{Digest, RecordId};
use salus_sealing::keys::Identity;
use salus_vault_client::{Address, VaultClient, VaultClientError};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};
use std::{
    fs,
    future::Future,
    net::SocketAddr,
    path::Path,
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    task::JoinSet,
    time::sleep,
};

/// KiB that the records hold: half of all reads are of each.
const SIZES: [usize; 2] = [4, 256];
/// How long a reader waits after a refusal before it asks again, and how often it is refused in one read at most.
const PAUSE: Duration = Duration::from_millis(200);
const REFUSALS: u32 = 300;
/// The memory below which the service stays, in KiB, however many readers it has.
const BOUND: u64 = 256 * 1024;
/// Bytes of one read of an answer.
const PIECE: usize = 64 * 1024;

/// The vault service.
pub(super) struct At {
    pub(super) process: u32,
    pub(super) authority: String,
}

/// The outcome of all readers together.
struct Seen {
    latencies: Spread,
    bytes: u64,
    refused: u64,
    failed: Vec<String>,
    took: Duration,
}

/// The outcome of one read: bytes and refusals.
type Read = Result<(u64, u64)>;

/// Measures, and prints.
pub(super) async fn run(
    count: u32,
    reads: u32,
    person: &Person,
    service: &At,
    nginx: Option<&Nginx>,
    folder: &Path,
) -> Result<()> {
    let mut records: Vec<RecordId> = Vec::new();
    for size in SIZES {
        let file = folder.join(format!("{size}-kib"));
        fs::write(&file, vec![7; size.saturating_mul(1024)])?;
        let added = person.run(&add(person, &file)?)?;
        let record = added.pointer("/record").and_then(Json::as_str).and_then(|record| record.parse().ok());
        records.push(record.with_context(|| format!("no record was added: {added}"))?);
    }
    let reader = Reader {
        client: VaultClient::new(person.genesis().await?)?,
        address: Address::parse(&format!("http://{}", service.authority)).context("no address")?,
        genesis: person.genesis().await?,
        identity: person.identity()?,
        member: person.member.parse().ok().context("no member")?,
        records,
    };
    println!("{count} readers at one time, {reads} reads each, half of {} KiB and half of {} KiB", SIZES[0], SIZES[1]);
    let (idle, restarted) = (peak_kib(service.process).context("the service has ended")?, begin_again(service.process));
    let reader = Arc::new(reader);
    let seen = all(count, reads, move |turn| {
        let reader = reader.clone();
        async move { reader.read(turn).await }
    })
    .await;
    tell("salus-vault", &seen);
    let peak = peak_kib(service.process).context("the service has ended")?;
    let since = if restarted { "while they read" } else { "at most" };
    println!("peak memory: salus-vault {} MiB {since}, {} MiB before\n", peak / 1024, idle / 1024);

    if let Some(nginx) = nginx {
        for size in SIZES {
            fs::copy(folder.join(format!("{size}-kib")), nginx.path(&size.to_string()))?;
        }
        let address = nginx.address;
        let beside = all(count, reads, move |turn| plain(address, turn)).await;
        tell("nginx", &beside);
        let peaks: u64 = nginx.processes().into_iter().filter_map(peak_kib).sum();
        println!("peak memory: nginx {} MiB, all processes", peaks / 1024);
        println!("salus-vault: {:.2} of the reads a second of nginx", speed(&seen) / speed(&beside));
    }
    if let Some(fault) = seen.failed.first() {
        bail!("{} reads failed, the first one: {fault}", seen.failed.len());
    }
    ensure!(peak < BOUND, "the service had {peak} KiB with {count} readers, and {BOUND} KiB are its bound");
    Ok(())
}

/// Has so many readers read so often.
async fn all<F: Future<Output = Read> + Send + 'static>(
    count: u32,
    reads: u32,
    read: impl Fn(u32) -> F + Clone + Send + 'static,
) -> Seen {
    let (mut tasks, bytes, refused) = (JoinSet::new(), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let begun = Instant::now();
    for number in 0..count {
        let (read, bytes, refused) = (read.clone(), bytes.clone(), refused.clone());
        tasks.spawn(async move {
            let (mut latencies, mut failed) = (Vec::new(), Vec::new());
            for turn in 0..reads {
                let begun = Instant::now();
                match read(number.saturating_add(turn)).await {
                    Ok((came, refusals)) => {
                        latencies.push(begun.elapsed());
                        bytes.fetch_add(came, Ordering::Relaxed);
                        refused.fetch_add(refusals, Ordering::Relaxed);
                    }
                    Err(error) => failed.push(format!("{error:#}")),
                }
            }
            (latencies, failed)
        });
    }
    let (mut latencies, mut failed) = (Vec::new(), Vec::new());
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Ok((took, faults)) => {
                latencies.extend(took);
                failed.extend(faults);
            }
            Err(error) => failed.push(error.to_string()),
        }
    }
    let (bytes, refused) = (bytes.load(Ordering::Relaxed), refused.load(Ordering::Relaxed));
    Seen { latencies: Spread::of(latencies), bytes, refused, failed, took: begun.elapsed() }
}

fn speed(seen: &Seen) -> f64 {
    seen.latencies.count() as f64 / seen.took.as_secs_f64()
}

fn tell(name: &str, seen: &Seen) {
    let mebibytes = (seen.bytes / 1024) as f64 / 1024.0 / seen.took.as_secs_f64();
    println!("{name}: {:.0} reads/s, {mebibytes:.0} MiB/s; {}", speed(seen), seen.latencies);
    println!("{name}: refused and asked again {}, failed {}", seen.refused, seen.failed.len());
}

/// A reader of the patient's records, who may read without a session.
struct Reader {
    client: VaultClient,
    address: Address,
    genesis: Digest,
    identity: Identity,
    member: salus_primitives::MemberId,
    records: Vec<RecordId>,
}

impl Reader {
    /// Reads one of the records whole, and holds its bytes against their hash.
    async fn read(&self, turn: u32) -> Read {
        let record = *self.records.get(place(turn)).context("no record")?;
        let mut refusals = 0;
        let released = loop {
            let request = ReleaseRequest { record, version: 0, session: None, reader: self.member, not_before: None };
            let signed =
                request.sign(&self.genesis, self.address.authority(), self.identity.transaction(), system_now());
            match self.client.release(&self.address, &signed).await {
                Ok(released) => break released,
                Err(error) if is_refusal_for_now(&error) && refusals < REFUSALS => {
                    refusals = refusals.saturating_add(1);
                    sleep(PAUSE).await;
                }
                Err(error) => return Err(error.into()),
            }
        };
        let (mut blob, mut hasher, mut piece, mut length) = (released.blob, Sha256::new(), vec![0; PIECE], 0u64);
        loop {
            match blob.read(&mut piece).await? {
                0 => break,
                read => {
                    hasher.update(piece.get(..read).unwrap_or_default());
                    length = length.saturating_add(read as u64);
                }
            }
        }
        ensure!(Digest(hasher.finalize().into()) == released.content, "other bytes came");
        Ok((length, refusals.into()))
    }
}

/// Which of the two records a reader reads in its turn.
fn place(turn: u32) -> usize {
    (turn & 1) as usize
}

/// Whether the service says that the same may be asked again later.
fn is_refusal_for_now(error: &VaultClientError) -> bool {
    error.is_passing() || matches!(error, VaultClientError::Problem { status: 429 | 503, .. })
}

/// Reads a file of nginx whole, on a connection of its own.
async fn plain(address: SocketAddr, turn: u32) -> Read {
    let size = SIZES.get(place(turn)).copied().unwrap_or_default();
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /{size} HTTP/1.1\r\nHost: nginx\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let (mut answer, mut line) = (BufReader::with_capacity(PIECE, stream), String::new());
    answer.read_line(&mut line).await?;
    ensure!(line.contains(" 200 "), "nginx answered {line}");
    while line.trim_end() != "" {
        line.clear();
        ensure!(answer.read_line(&mut line).await? > 0, "the answer was cut off");
    }
    let (mut piece, mut length) = (vec![0; PIECE], 0u64);
    loop {
        match answer.read(&mut piece).await? {
            0 => break,
            read => length = length.saturating_add(read as u64),
        }
    }
    ensure!(length == size.saturating_mul(1024) as u64, "nginx sent {length} bytes");
    Ok((length, 0))
}
