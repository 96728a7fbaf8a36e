// SPDX-License-Identifier: Apache-2.0

//! The machines of four hospitals, with the node files and packet filters that `salus network init` writes.

use super::{plan::HOSPITALS, process::Process};
use crate::netlab::{Desk, Host, Lab};
use anyhow::{ensure, Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tokio::process::Command;

/// The JSON-RPC port of a node, as `salus network init` sets it. A node serves it on its own machine only.
const RPC_PORT: u16 = 9944;
/// The port for peers, as `salus network init` sets it.
pub const PEER_PORT: u16 = 30333;

/// The files of a network of four hospitals.
#[derive(Clone, Debug)]
pub struct Files {
    /// The folder that `salus network init` wrote for each hospital.
    pub hospitals: Vec<PathBuf>,
    /// The folder of each hospital's own keys.
    pub keys: Vec<PathBuf>,
}

/// The machines of a run, on one switch.
pub struct Network {
    /// The machines, in the order of the institutions.
    pub machines: Vec<Machine>,
    /// The switch and the hosts.
    pub lab: Lab,
}

impl Network {
    /// Makes the machines with these files, and starts no node yet.
    ///
    /// Databases go to `data-0` to `data-3` in `data`, and the nodes' logs to `logs`.
    pub fn new(files: &Files, data: &Path, logs: &Path, program: &Path) -> Result<Self> {
        let names: Vec<String> = (1..=HOSPITALS).map(|number| format!("hospital-{number}")).collect();
        let lab = Lab::new(&names.iter().map(String::as_str).collect::<Vec<_>>())?;
        let mut machines = Vec::new();
        for (place, host) in lab.hosts().iter().enumerate() {
            let (files, keys) = (files.hospitals.get(place), files.keys.get(place));
            let files = files.with_context(|| format!("hospital {place} has no files"))?.clone();
            host.load_filter(&files.join("salus.nft"))?;
            machines.push(Machine {
                host: host.clone(),
                desk: host.desk(RPC_PORT)?,
                files,
                keys: keys.with_context(|| format!("hospital {place} has no keys"))?.clone(),
                data: data.join(format!("data-{place}")),
                log: logs.join(format!("node-{place}.log")),
                program: program.to_owned(),
                options: vec!["--no-prometheus".to_owned()],
                environment: Vec::new(),
                node: Process::none("the node"),
            });
        }
        Ok(Self { machines, lab })
    }

    /// Returns the machine at `place`, counted from 0.
    pub fn machine(&mut self, place: usize) -> Result<&mut Machine> {
        self.machines.get_mut(place).with_context(|| format!("there is no hospital {place}"))
    }

    /// Returns the URL of each node's JSON-RPC.
    pub fn urls(&self) -> Vec<String> {
        self.machines.iter().map(Machine::url).collect()
    }
}

/// A hospital's machine.
pub struct Machine {
    /// Its host on the simulated network.
    pub host: Host,
    desk: Desk,
    files: PathBuf,
    keys: PathBuf,
    /// The folder of its node's database.
    pub data: PathBuf,
    /// The log file of its node.
    pub log: PathBuf,
    /// The path of the node's program.
    pub program: PathBuf,
    /// Additional options of its node.
    pub options: Vec<String>,
    /// Additional environment variables of its node.
    pub environment: Vec<(String, String)>,
    /// The process of its node.
    pub node: Process,
}

impl Machine {
    /// Returns the URL of its node's JSON-RPC.
    pub fn url(&self) -> String {
        format!("ws://{}", self.desk.address())
    }

    /// Starts its node, and returns the process id.
    pub fn start(&mut self) -> Result<u32> {
        fs::create_dir_all(&self.data)?;
        let mut command = Command::from(self.host.command(self.files.join("run-node")));
        command
            .env("SALUS_NODE_PROGRAM", &self.program)
            .env("SALUS_KEYS", &self.keys)
            .env("SALUS_DATA", &self.data)
            .env("SALUS_EXTRA", self.options.join(" "))
            .envs(self.environment.iter().cloned());
        self.node.start(command, &self.log)
    }

    /// Returns the log of its node.
    pub fn said(&self) -> String {
        fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Returns the log lines after `from` (a length of [`Machine::said`], in bytes) that contain one of `words`.
    pub fn complaints(&self, from: usize, words: &[&str]) -> Vec<String> {
        let said = self.said();
        let new = said.get(from..).unwrap_or_default();
        let found = new.lines().filter(|line| words.iter().any(|word| line.contains(word)));
        found.map(brief).collect()
    }

    /// Returns the files of its node's database, sorted by path, with their lengths in bytes.
    pub fn database(&self) -> Result<Vec<(PathBuf, u64)>> {
        let chains = self.data.join("chains");
        let mut files = Vec::new();
        for chain in fs::read_dir(&chains).context("there is no database")? {
            let folder = chain?.path().join("paritydb/full");
            for file in fs::read_dir(&folder).context("there is no database")? {
                let file = file?;
                files.push((file.path(), file.metadata()?.len()));
            }
        }
        files.sort();
        Ok(files)
    }

    /// Removes its node's database, so that the node must sync from the beginning.
    pub fn clear(&self) -> Result<()> {
        match fs::remove_dir_all(self.data.join("chains")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// Shortens a log line for the report: the last three parts of each path, and 240 characters in all.
fn brief(line: &str) -> String {
    let words = line.split_whitespace().map(|word| match word.rmatch_indices('/').nth(2) {
        Some((place, _)) => format!("…{}", word.get(place..).unwrap_or_default()),
        None => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ").chars().take(240).collect()
}

/// Copies a folder recursively, with reflinks where the file system supports them.
pub async fn copy(from: &Path, to: &Path) -> Result<()> {
    let mut command = Command::new("cp");
    command.args(["--recursive", "--reflink=auto", "--no-target-directory"]).arg(from).arg(to);
    let status = command.status().await.context("`cp` does not start")?;
    ensure!(status.success(), "`{}` cannot be copied to `{}`", from.display(), to.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::brief;

    #[test]
    fn lines_keep_their_words_and_the_ends_of_their_paths() {
        let said = "panicked at 'too short', /home/me/.cargo/registry/src/index/parity-db-0.4.13/src/options.rs:254";
        assert_eq!(brief(said), "panicked at 'too short', …/parity-db-0.4.13/src/options.rs:254");
        assert_eq!(brief("2026-11-21 10:20:15  Idle (3/4 peers)   "), "2026-11-21 10:20:15 Idle (3/4 peers)");
    }
}
