// SPDX-License-Identifier: Apache-2.0

//! How fast a large record goes to a vault service and comes back, beside the disk's own speed, and how much memory that takes.

use crate::{network, person::Person};
use anyhow::{ensure, Context, Result};
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// The options of the measurement.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The size of the record
    #[arg(long, value_name = "NUMBER", default_value_t = 1024)]
    mebibytes: u32,

    /// How often it is written and read
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    times: u32,

    /// The node's program
    #[arg(long, default_value = "target/release/salus-node")]
    node: PathBuf,

    /// The command line's program
    #[arg(long, default_value = "target/release/salus")]
    salus: PathBuf,

    /// The vault service's program
    #[arg(long, default_value = "target/release/salus-vault")]
    salus_vault: PathBuf,
}

const MEBIBYTE: usize = 1024 * 1024;
/// A service answers nothing for the first ten seconds.
const CLOSED: Duration = Duration::from_secs(12);

/// Measures, and prints.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (content, copy, back) = (folder.path().join("content"), folder.path().join("copy"), folder.path().join("back"));
    make(&content, options.mebibytes)?;
    let listen = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let person = Person::begin(&options.node, &options.salus, folder.path(), Some(&format!("http://{listen}"))).await?;
    let service = Service::start(&options.salus_vault, folder.path(), &listen.to_string(), person.node())?;
    person.run(&["compartment", "add", &person.chart, "Imaging"])?;
    let text = |path: &Path| path.to_str().map(str::to_owned).context("a path that is not UTF-8");
    let (file, target) = (text(&content)?, text(&back)?);

    let (mut disk, mut there, mut again) = (Vec::new(), Vec::new(), Vec::new());
    let mut client = 0;
    for _ in 0..options.times {
        disk.push(timed(|| copy_synced(&content, &copy))?);
        fs::remove_file(&copy)?;
        let add = ["record", "add", &person.chart, &file, "--compartment", "Imaging"];
        let (took, peak) = timed_and_watched(|| person.start(&add))?;
        there.push(took);
        client = client.max(peak);
        let records = person.run(&["record", "list", &person.chart])?;
        let record = records.as_array().and_then(|all| all.last()?.pointer("/record")?.as_str().map(str::to_owned));
        let get = ["record", "get", record.as_deref().context("no record was added")?, "--out", &target];
        let (took, peak) = timed_and_watched(|| person.start(&get))?;
        again.push(took);
        client = client.max(peak);
        ensure!(same(&content, &back)?, "other bytes came back");
        fs::remove_file(&back)?;
    }
    let service = peak_kib(service.0.id()).context("the service has ended")?;

    let speed = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        f64::from(options.mebibytes) / median.as_secs_f64()
    };
    let (disk, there, again) = (speed(&mut disk), speed(&mut there), speed(&mut again));
    println!("{} MiB, {} times, medians:", options.mebibytes, options.times);
    println!("copied on the disk, synced     {disk:7.0} MiB/s");
    println!("sealed, uploaded, registered   {there:7.0} MiB/s, {:.2} of the disk", there / disk);
    println!("released, opened, written      {again:7.0} MiB/s, {:.2} of the disk", again / disk);
    println!("peak memory: salus {} MiB, salus-vault {} MiB", client / 1024, service / 1024);
    Ok(())
}

/// A vault service, which ends with this value.
struct Service(Child);

impl Service {
    fn start(program: &Path, folder: &Path, listen: &str, node: &str) -> Result<Self> {
        let config = folder.join("vault.toml");
        let text = format!(
            "institution = 0\nauthority = \"{listen}\"\nlisten = \"{listen}\"\nnode = \"{node}\"\nstore = \"vault\"\n"
        );
        fs::write(&config, text)?;
        let mut command = Command::new(network::program(program)?);
        command.arg("run").arg("--config").arg(config).stdin(Stdio::null()).stdout(Stdio::null());
        let service = Self(command.spawn().context("`salus-vault` does not start")?);
        let begun = Instant::now();
        while TcpStream::connect(listen).is_err() {
            ensure!(begun.elapsed() < Duration::from_secs(60), "`salus-vault` does not listen");
            sleep(Duration::from_millis(50));
        }
        sleep(CLOSED);
        Ok(service)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A file that does not compress.
fn make(path: &Path, mebibytes: u32) -> Result<()> {
    let mut file = File::create(path)?;
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    for _ in 0..mebibytes {
        let piece: Vec<u8> = (0..MEBIBYTE / 8)
            .flat_map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state.to_le_bytes()
            })
            .collect();
        file.write_all(&piece)?;
    }
    Ok(file.sync_all()?)
}

fn copy_synced(from: &Path, to: &Path) -> Result<()> {
    let (mut from, mut to) = (File::open(from)?, File::create(to)?);
    // Through this process, as every other program has to: the kernel's own copy shares blocks on some disks.
    let mut piece = vec![0; MEBIBYTE];
    loop {
        match from.read(&mut piece)? {
            0 => return Ok(to.sync_all()?),
            read => to.write_all(piece.get(..read).unwrap_or_default())?,
        }
    }
}

fn same(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (io::BufReader::new(File::open(one)?), io::BufReader::new(File::open(other)?));
    let (mut first, mut second) = (vec![0; MEBIBYTE], vec![0; MEBIBYTE]);
    loop {
        let read = one.read(&mut first)?;
        if read == 0 {
            return Ok(other.read(&mut second)? == 0);
        }
        let expected = second.get_mut(..read).unwrap_or_default();
        other.read_exact(expected)?;
        if first.get(..read) != Some(expected) {
            return Ok(false);
        }
    }
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed())
}

/// How long a command took, and the most memory that it had.
fn timed_and_watched(start: impl FnOnce() -> Result<Child>) -> Result<(Duration, u64)> {
    let begun = Instant::now();
    let peak = watched(start()?)?;
    Ok((begun.elapsed(), peak))
}

/// Waits for a command that has to succeed; the most memory that it had, in KiB.
fn watched(mut child: Child) -> Result<u64> {
    let mut peak = 0;
    loop {
        peak = peak.max(peak_kib(child.id()).unwrap_or_default());
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "`salus` ended with {status}");
            return Ok(peak);
        }
        sleep(Duration::from_millis(5));
    }
}

/// The most memory that a process had, in KiB.
fn peak_kib(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().trim_end_matches(" kB").parse().ok())
}
