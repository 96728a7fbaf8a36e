// SPDX-License-Identifier: Apache-2.0

//! A large record goes through a vault service in bounded memory, both ways and at either end.

use crate::importing::Scene;
use anyhow::{ensure, Context, Result};
use salus_e2e::{
    memory::watched,
    node::Node,
    salus::Salus,
    vault_service::{delegates, enter_address, ServicePlace},
};
use std::{
    fs::File,
    io::{BufReader, BufWriter, Read, Write},
    path::Path,
};

/// The length of the record, in MiB.
const LENGTH: u64 = 256;
/// The memory below which the service stays, and `salus` while the bytes flow, in KiB.
const BOUND: u64 = 64 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn a_large_record_is_put_and_read_in_bounded_memory() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let node = Node::start(&folder.path().join("node")).await?;
    let place = ServicePlace::prepare(&folder.path().join("hospital"), 0, node.url(), "")?;
    let service = place.start().await?;
    let staff = Salus::with_services(&folder.path().join("council"), node.url())?;
    let delegates = delegates(&staff).await?;
    enter_address(&delegates, 0, &place.address(), None).await?;
    service.until_ready().await?;
    let scene = Scene::with_services(folder.path(), node.url()).await?;

    let [large, back] = ["large", "back"].map(|name| folder.path().join(name));
    write_large(&large)?;
    let text = |path: &Path| path.to_str().map(str::to_owned).context("a path");
    let file = text(&large)?;
    let add = ["record", "add", "0", &file, "--compartment", "General"];
    let (added, writer) = watched(scene.patient.spawn(&add)?).await?;
    let put = service.peak_memory()?;
    let listed = scene.patient.json(&["record", "list", "0"]).await?;
    let record = listed[0]["record"].as_str().with_context(|| format!("no record: {added}"))?;
    let (_, reader) = watched(scene.patient.spawn(&["record", "get", record, "--out", &text(&back)?])?).await?;
    ensure!(same(&large, &back)?, "other bytes came back");
    let read = service.peak_memory()?;
    println!("{LENGTH} MiB: {} MiB at most after the upload, {} MiB after the reading", put / 1024, read / 1024);
    println!("`salus`: {} MiB at most while it put the record, {} MiB while it read", writer / 1024, reader / 1024);
    ensure!(
        writer < BOUND && reader < BOUND,
        "`salus` had {writer} KiB when it put the record, and {reader} KiB when it read"
    );
    ensure!(read < BOUND, "the service had {put} KiB when the record was put, and {read} KiB when it was read");
    service.stop().await?;
    node.stop().await
}

/// Writes a file in which no two blocks are the same.
fn write_large(path: &Path) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for number in 0..LENGTH << 20 >> 3 {
        file.write_all(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes())?;
    }
    Ok(file.flush()?)
}

fn same(one: &Path, other: &Path) -> Result<bool> {
    let (mut one, mut other) = (BufReader::new(File::open(one)?), BufReader::new(File::open(other)?));
    let [mut piece, mut another] = [(); 2].map(|()| vec![0; 1 << 20]);
    loop {
        let length = one.read(&mut piece)?;
        if length == 0 {
            return Ok(other.read(&mut another)? == 0);
        }
        other.read_exact(&mut another[..length])?;
        if piece[..length] != another[..length] {
            return Ok(false);
        }
    }
}
