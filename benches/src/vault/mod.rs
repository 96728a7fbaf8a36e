// SPDX-License-Identifier: Apache-2.0

//! How fast a large record goes to a vault service and comes back, and how many readers one service answers at a time: beside the
//! disk's own speed and a plain nginx, and how much memory that takes.
//!
//! [`stream`] has the large record, [`readers`] the many readers, and [`objects`] the many small objects of an import. They share
//! [`nginx`], the plain server, [`memory`], the peaks, and [`files`].

mod files;
mod memory;
mod nginx;
mod objects;
mod readers;
mod stream;

use crate::{network, person::Person};
use anyhow::{ensure, Context, Result};
use nginx::Nginx;
use rustix::process::{getrlimit, setrlimit, Resource};
use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// The options of the measurement.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The size of the record, in MiB
    #[arg(long, alias = "mebibytes", value_name = "NUMBER", default_value_t = 1024)]
    size: u32,

    /// How often it is written and read, or how often the small objects are put
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    times: u32,

    /// Instead, have so many signed readers read small and middle-sized records at one time
    #[arg(long, value_name = "NUMBER")]
    readers: Option<u32>,

    /// How many records each of the readers reads; all of them are one member, who may ask 4,096 times in two minutes
    #[arg(long, value_name = "NUMBER", default_value_t = 4, requires = "readers")]
    reads: u32,

    /// Instead, put so many small objects, as an import does
    #[arg(long, value_name = "NUMBER", conflicts_with = "readers")]
    objects: Option<u32>,

    /// The vault service's program of another version, into which they are put in turn
    #[arg(long, value_name = "PROGRAM", requires = "objects")]
    baseline_salus_vault: Option<PathBuf>,

    /// The program of a plain nginx, which is measured beside; without one, only the disk is
    #[arg(long, env = "NGINX", value_name = "PROGRAM", default_value = "nginx")]
    nginx: PathBuf,

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

/// A service answers nothing for the first ten seconds.
const CLOSED: Duration = Duration::from_secs(12);

/// Measures, and prints.
pub(crate) async fn run(options: &Options) -> Result<()> {
    // Each reader is a connection; the programs that this one starts may have as many files open as it may.
    let mut files = getrlimit(Resource::Nofile);
    files.current = files.maximum;
    setrlimit(Resource::Nofile, files)?;
    let folder = tempfile::tempdir()?;
    let listen = free_address()?;
    let person = Person::begin(&options.node, &options.salus, folder.path(), Some(&format!("http://{listen}"))).await?;
    if let Some(count) = options.objects {
        return objects::run(count, options, &person, folder.path()).await;
    }
    let service = Service::start(&options.salus_vault, folder.path(), &listen, person.node())?;
    sleep(CLOSED);
    person.run(&["compartment", "add", &person.chart, "Imaging"])?;
    let nginx = Nginx::start(&options.nginx, folder.path())?;
    if nginx.is_none() {
        println!("no program `{}`: nothing is measured beside nginx\n", options.nginx.display());
    }
    match options.readers {
        Some(count) => {
            let service = readers::At { process: service.0.id(), authority: listen };
            readers::run(count, options.reads, &person, &service, nginx.as_ref(), folder.path()).await
        }
        None => stream::run(options.size, options.times, &person, service.0.id(), nginx.as_ref(), folder.path()),
    }
}

/// An address of this machine at which nothing listens.
fn free_address() -> Result<String> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.to_string())
}

/// The command that adds a file as a record.
fn add<'a>(person: &'a Person, file: &'a Path) -> Result<[&'a str; 6]> {
    let file = file.to_str().context("a path that is not UTF-8")?;
    Ok(["record", "add", &person.chart, file, "--compartment", "Imaging"])
}

/// A vault service, which ends with this value.
struct Service(Child);

impl Service {
    fn start(program: &Path, folder: &Path, listen: &str, node: &str) -> Result<Self> {
        let config = folder.join("vault.toml");
        // One key plays all readers.
        let text = format!(
            "institution = 0\nauthority = \"{listen}\"\nlisten = \"{listen}\"\nnode = \"{node}\"\nstore = \"vault\"\n\
             [limits]\nunder-way-of-one = 1024\n"
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
        Ok(service)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
