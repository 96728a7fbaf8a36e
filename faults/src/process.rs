// SPDX-License-Identifier: Apache-2.0

//! A program of a hospital that runs, has ended by itself, or was ended.

use anyhow::{bail, ensure, Context, Result};
use rustix::process::{kill_process, Pid, Signal};
use std::{
    fs::OpenOptions,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    process::{Child, Command},
    time::timeout,
};

/// The time within which a program must end after `SIGTERM`.
const STOP: Duration = Duration::from_secs(15);

/// A program, which can be started again once it has ended. It is killed when this is dropped.
pub struct Process {
    /// The program in messages, such as `the node`.
    name: &'static str,
    child: Option<Child>,
}

impl Process {
    /// A program that was not started yet.
    pub fn none(name: &'static str) -> Self {
        Self { name, child: None }
    }

    /// Starts it with its output at the end of the file `log`, and returns the process id.
    pub fn start(&mut self, mut command: Command, log: &Path) -> Result<u32> {
        let name = self.name;
        ensure!(self.child.is_none(), "{name} runs already");
        let log = OpenOptions::new().create(true).append(true).open(log)?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).kill_on_drop(true);
        let child = command.spawn().with_context(|| format!("{name} does not start"))?;
        let id = child.id().with_context(|| format!("{name} has no process id"))?;
        self.child = Some(child);
        Ok(id)
    }

    /// Returns the process id, unless none was started or it is known to have ended.
    pub fn id(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let name = self.name;
        let id = self.id().with_context(|| format!("{name} does not run"))?;
        let id = Pid::from_raw(id.try_into()?).with_context(|| format!("{name} has no process id"))?;
        kill_process(id, signal).with_context(|| format!("{name} cannot be signalled"))
    }

    /// Returns the exit status, if it ended by itself. Then it can be started again.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let Some(child) = &mut self.child else { return Ok(None) };
        let status = child.try_wait()?;
        if status.is_some() {
            self.child = None;
        }
        Ok(status)
    }

    /// Kills it with `SIGKILL`, and waits until the process is gone.
    pub async fn kill(&mut self) -> Result<ExitStatus> {
        let mut child = self.take()?;
        child.start_kill()?;
        Ok(child.wait().await?)
    }

    /// Asks it to end with `SIGTERM`, as an operator does, and waits until it has ended.
    pub async fn stop(&mut self) -> Result<ExitStatus> {
        self.signal(Signal::TERM)?;
        let mut child = self.take()?;
        match timeout(STOP, child.wait()).await {
            Ok(status) => Ok(status?),
            Err(_) => {
                child.start_kill()?;
                child.wait().await?;
                bail!("{} did not end within {STOP:?} of being asked", self.name)
            }
        }
    }

    fn take(&mut self) -> Result<Child> {
        self.child.take().with_context(|| format!("{} does not run", self.name))
    }
}
