// SPDX-License-Identifier: Apache-2.0

//! One large record, written and read through the command line.

use super::{
    add,
    files::{copy_synced, make, same},
    memory::{peak_kib, watched, Peak},
    nginx::Nginx,
};
use crate::{person::Person, report::Spread};
use anyhow::{ensure, Context, Result};
use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::Child,
    time::{Duration, Instant},
};

/// The memory, in KiB, below which a service stays, and the command line while bytes flow, however large a record is.
const BOUND: u64 = 64 * 1024;

/// Times of one kind of round, and how they are told.
struct Row {
    name: &'static str,
    took: Vec<Duration>,
}

/// Writes and reads a record of `size` MiB, and everything beside it, in turn; prints.
pub(super) fn run(
    size: u32,
    times: u32,
    person: &Person,
    service: u32,
    nginx: Option<&Nginx>,
    folder: &Path,
) -> Result<()> {
    let [content, small, copy, back] = ["content", "small", "copy", "back"].map(|name| folder.join(name));
    make(&content, size)?;
    fs::write(&small, [7; 1024])?;
    let mut rows = [
        "copied on the disk, synced",
        "put to nginx, synced",
        "got from nginx, written, synced",
        "sealed, uploaded, registered",
        "released, opened, written, synced",
        "a record of 1 KiB added",
        "a record of 1 KiB read",
    ]
    .map(|name| Row { name, took: Vec::new() });
    let [disk, put, got, added, read, small_added, small_read] = &mut rows;
    let (mut client, mut known) = (Peak::default(), BTreeSet::new());
    for _ in 0..times {
        disk.took.push(timed(|| copy_synced(&content, &copy))?);
        fs::remove_file(&copy)?;
        if let Some(nginx) = nginx {
            if nginx.takes() {
                put.took.push(timed(|| nginx.put("content", &content))?);
            } else {
                copy_synced(&content, &nginx.path("content"))?;
            }
            got.took.push(timed(|| nginx.get("content", &back))?);
            ensure!(same(&content, &back)?, "other bytes came back from nginx");
            fs::remove_file(&back)?;
            fs::remove_file(nginx.path("content"))?;
        }
        for (file, added, read) in [(&content, &mut *added, &mut *read), (&small, &mut *small_added, &mut *small_read)]
        {
            let (took, peak) = timed_and_watched(|| person.start(&add(person, file)?))?;
            added.took.push(took);
            client = client.max(peak);
            let get =
                ["record".to_owned(), "get".to_owned(), newest(person, &mut known)?, "--out".to_owned(), word(&back)?];
            let (took, peak) = timed_and_watched(|| person.start(&get.each_ref().map(String::as_str)))?;
            read.took.push(took);
            client = client.max(peak);
            ensure!(same(file, &back)?, "other bytes came back");
            fs::remove_file(&back)?;
        }
    }
    let service = peak_kib(service).context("the service has ended")?;

    println!("{} MiB, {} times in turn, medians:", size, times);
    let [disk, put, got, added, read, small_added, small_read] =
        rows.map(|Row { name, took }| (name, (!took.is_empty()).then(|| Spread::of(took).percentile(50))));
    let speed = |took: Duration| f64::from(size) / took.as_secs_f64();
    let of =
        |took: Duration, (_, other): (_, Option<Duration>)| other.map(|other| other.as_secs_f64() / took.as_secs_f64());
    let told =
        |ratio: Option<f64>, what: &str| ratio.map(|ratio| format!(", {ratio:.2} of {what}")).unwrap_or_default();
    for ((name, took), server) in [(disk, None), (put, None), (got, None), (added, Some(put)), (read, Some(got))] {
        let Some(took) = took else { continue };
        let beside_disk = told(of(took, disk), "the disk");
        let beside_nginx = server.map(|server| told(of(took, server), "nginx")).unwrap_or_default();
        println!("{name:34} {:6.0} MiB/s{beside_disk}{beside_nginx}", speed(took));
    }
    // Start, keys, chain and finality take the same time whatever the size.
    for ((name, took), (_, fixed), server) in [(added, small_added, put), (read, small_read, got)] {
        let (Some(took), Some(fixed)) = (took, fixed) else { continue };
        let rest = took.saturating_sub(fixed);
        println!(
            "{name}: a record of 1 KiB takes {:.2} s; without that, {:.0} MiB/s{}{}",
            fixed.as_secs_f64(),
            speed(rest),
            told(of(rest, disk), "the disk"),
            told(of(rest, server), "nginx")
        );
    }
    let stream = if client.stream > 0 { format!("{} MiB", client.stream / 1024) } else { "not measured".into() };
    println!("peak memory: salus-vault {} MiB", service / 1024);
    println!("peak memory: salus {} MiB, of which during the stream {stream}", client.whole / 1024);
    for (who, peak) in [("salus-vault", service), ("salus, while bytes flow,", client.stream)] {
        ensure!(peak < BOUND, "{who} needs {} MiB, and {} is the bound", peak / 1024, BOUND / 1024);
    }
    Ok(())
}

/// The record that is not yet among those that are known; a list has no order of time.
fn newest(person: &Person, known: &mut BTreeSet<String>) -> Result<String> {
    let records = person.run(&["record", "list", &person.chart])?;
    let names = records.as_array().into_iter().flatten().filter_map(|record| record.pointer("/record")?.as_str());
    let new = names.map(str::to_owned).find(|name| !known.contains(name)).context("no record was added")?;
    known.insert(new.clone());
    Ok(new)
}

fn word(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).context("a path that is not UTF-8")
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed())
}

/// How long a command took, and the most memory that it had.
fn timed_and_watched(start: impl FnOnce() -> Result<Child>) -> Result<(Duration, Peak)> {
    let begun = Instant::now();
    let peak = watched(start()?)?;
    Ok((begun.elapsed(), peak))
}
