// SPDX-License-Identifier: Apache-2.0

//! Four hospitals' machines, each with its node as `salus network init` wrote it, behind the packet filter that it wrote.

use super::plan::HOSPITALS;
use crate::netlab::{Desk, Host, Lab};
use anyhow::{ensure, Context, Result};
use rustix::process::{kill_process, Pid, Signal};
use std::{
    fs::{self, OpenOptions},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    process::{Child, Command},
    time::timeout,
};

/// The port at which nodes answer on their own machine, as written.
const RPC_PORT: u16 = 9944;
/// The port at which nodes reach each other, as written.
pub const PEER_PORT: u16 = 30333;
/// How long a node may take to end when asked.
const STOP: Duration = Duration::from_secs(15);

/// The files of a network of four hospitals.
#[derive(Clone, Debug)]
pub struct Files {
    /// What `salus network init` wrote for each hospital.
    pub hospitals: Vec<PathBuf>,
    /// Each hospital's own keys.
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
    /// Machines with these files, the folders `data-0` to `data-3` in `data` for their databases, and the nodes' logs in `logs`;
    /// none is started.
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
                process: None,
            });
        }
        Ok(Self { machines, lab })
    }

    /// The machine at `place`.
    pub fn machine(&mut self, place: usize) -> Result<&mut Machine> {
        self.machines.get_mut(place).with_context(|| format!("there is no hospital {place}"))
    }

    /// Where each node answers.
    pub fn urls(&self) -> Vec<String> {
        self.machines.iter().map(Machine::url).collect()
    }
}

/// A hospital's machine.
pub struct Machine {
    /// Its place on the network.
    pub host: Host,
    desk: Desk,
    files: PathBuf,
    keys: PathBuf,
    /// Where its node's database is.
    pub data: PathBuf,
    /// What its node says.
    pub log: PathBuf,
    /// The node.
    pub program: PathBuf,
    /// Further options of the node.
    pub options: Vec<String>,
    /// What its node finds in the environment.
    pub environment: Vec<(String, String)>,
    process: Option<Child>,
}

impl Machine {
    /// Where its node answers.
    pub fn url(&self) -> String {
        format!("ws://{}", self.desk.address())
    }

    /// Starts its node; the number of the process.
    pub fn start(&mut self) -> Result<u32> {
        ensure!(self.process.is_none(), "the node runs already");
        fs::create_dir_all(&self.data)?;
        let log = OpenOptions::new().create(true).append(true).open(&self.log)?;
        let mut command = Command::from(self.host.command(self.files.join("run-node")));
        command
            .env("SALUS_NODE_PROGRAM", &self.program)
            .env("SALUS_KEYS", &self.keys)
            .env("SALUS_DATA", &self.data)
            .env("SALUS_EXTRA", self.options.join(" "))
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true);
        let process = command.spawn().context("the node does not start")?;
        let id = process.id().context("the node's process has no number")?;
        self.process = Some(process);
        Ok(id)
    }

    /// The number of its node's process, if one was started and is not known to have ended.
    pub fn process(&self) -> Option<u32> {
        self.process.as_ref().and_then(Child::id)
    }

    /// Sends its node a signal.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let id = self.process().context("the node does not run")?;
        let id = Pid::from_raw(id.try_into()?).context("the node's process has no number")?;
        kill_process(id, signal).context("the node's process cannot be signalled")
    }

    /// Whether its node ended by itself, and how.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let Some(process) = &mut self.process else { return Ok(None) };
        let status = process.try_wait()?;
        if status.is_some() {
            self.process = None;
        }
        Ok(status)
    }

    /// Ends its node without warning, and waits until the process is gone.
    pub async fn kill(&mut self) -> Result<ExitStatus> {
        let mut process = self.process.take().context("the node does not run")?;
        process.start_kill()?;
        Ok(process.wait().await?)
    }

    /// Asks its node to end, as an operator would, and waits until it has.
    pub async fn stop(&mut self) -> Result<ExitStatus> {
        self.signal(Signal::TERM)?;
        let mut process = self.process.take().context("the node does not run")?;
        let ended = timeout(STOP, process.wait()).await;
        match ended {
            Ok(status) => Ok(status?),
            Err(_) => {
                process.start_kill()?;
                process.wait().await?;
                anyhow::bail!("the node did not end within {STOP:?} of being asked")
            }
        }
    }

    /// What its node said so far.
    pub fn said(&self) -> String {
        fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// The lines that its node said since `from` (a length of [`Machine::said`]) that contain one of `words`.
    pub fn complaints(&self, from: usize, words: &[&str]) -> Vec<String> {
        let said = self.said();
        let new = said.get(from..).unwrap_or_default();
        let found = new.lines().filter(|line| words.iter().any(|word| line.contains(word)));
        found.map(brief).collect()
    }

    /// The files of its node's database, with their lengths, in the order of their names.
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

    /// Removes its node's database: it has to begin with nothing.
    pub fn clear(&self) -> Result<()> {
        match fs::remove_dir_all(self.data.join("chains")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// A line without what is of no use elsewhere: of a long path the last three parts are left, and 240 characters of all.
fn brief(line: &str) -> String {
    let words = line.split_whitespace().map(|word| match word.rmatch_indices('/').nth(2) {
        Some((place, _)) => format!("…{}", word.get(place..).unwrap_or_default()),
        None => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ").chars().take(240).collect()
}

/// Copies a folder with all that is in it; without copying bytes where the file system can do that.
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
