// SPDX-License-Identifier: Apache-2.0

//! Runs the `salus` command line, and reads its exit status and JSON.

use crate::{binaries, clock::Clock, walls::Walls};
use anyhow::{bail, ensure, Context, Result};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::Stdio,
};
use tokio::process::{Child, Command};

/// The password of every identity in a scenario.
pub const PASSWORD: &str = "scenario";

/// A home of the command line: identities and settings.
#[derive(Clone)]
pub struct Salus {
    program: PathBuf,
    home: PathBuf,
    vaults: Option<PathBuf>,
    node: String,
    identity: Option<String>,
    walls: Walls,
    environment: Vec<(String, String)>,
}

/// The result of a command.
#[derive(Debug)]
pub struct Ran {
    /// Exit status: 0 done, 1 refused, 2 failed.
    pub status: i32,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: String,
}

impl Salus {
    /// Returns a command line with the keys in `home`, which reaches the institutions' vaults as folders in `vaults`.
    pub fn new(home: &Path, vaults: &Path, node: &str) -> Result<Self> {
        Ok(Self { vaults: Some(vaults.to_owned()), ..Self::with_services(home, node)? })
    }

    /// Returns a command line with the keys in `home`, which reaches vaults through the services that the chain names.
    pub fn with_services(home: &Path, node: &str) -> Result<Self> {
        std::fs::create_dir_all(home)?;
        Ok(Self {
            program: binaries::find("salus")?,
            home: home.to_owned(),
            vaults: None,
            node: node.to_owned(),
            identity: None,
            walls: Walls::none(),
            environment: Vec::new(),
        })
    }

    /// Returns the same command line between `walls`.
    pub fn within(self, walls: Walls) -> Self {
        Self { walls, ..self }
    }

    /// Returns the same command line with the time of `clock`.
    pub fn with(self, clock: &Clock) -> Self {
        Self { environment: clock.environment(), ..self }
    }

    /// Returns the same command line, which trusts the certificates in this file and no others.
    pub fn trusting(self, certificates: &Path) -> Self {
        let mut environment = self.environment;
        environment.push(("SSL_CERT_FILE".to_owned(), certificates.display().to_string()));
        Self { environment, ..self }
    }

    /// Returns the home folder.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Returns the URL of the node.
    pub fn node(&self) -> &str {
        &self.node
    }

    /// Returns the same command line with `--as name`.
    pub fn acting_as(&self, name: &str) -> Self {
        Self { identity: Some(name.to_owned()), ..self.clone() }
    }

    /// Runs a command, and returns its result with any exit status.
    pub async fn run(&self, arguments: &[&str]) -> Result<Ran> {
        let output = self.command(arguments).output().await.context("`salus` does not start")?;
        Ok(Ran {
            status: output.status.code().context("`salus` was killed")?,
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Starts a command that stays, with both its outputs at hand. It ends with the value.
    pub fn spawn(&self, arguments: &[&str]) -> Result<Child> {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command.spawn().context("`salus` does not start")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.walls.command(&self.program);
        command
            .args(["--json", "--node", &self.node])
            .arg("--home")
            .arg(&self.home)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env("SALUS_PASSWORD", PASSWORD)
            .env_remove("SALUS_VAULTS");
        if let Some(vaults) = &self.vaults {
            command.arg("--vaults").arg(vaults);
        }
        if let Some(identity) = &self.identity {
            command.args(["--as", identity]);
        }
        command.args(arguments);
        command
    }

    /// Runs a command that must succeed, and returns its JSON.
    pub async fn json(&self, arguments: &[&str]) -> Result<Value> {
        let ran = self.run(arguments).await?;
        ensure!(ran.status == 0, "`salus {}` ended with {}: {}", arguments.join(" "), ran.status, ran.stderr.trim());
        serde_json::from_slice(&ran.stdout).with_context(|| format!("`salus {}` printed no JSON", arguments.join(" ")))
    }

    /// Runs a command that must succeed, and returns its standard output.
    pub async fn bytes(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        let ran = self.run(arguments).await?;
        ensure!(ran.status == 0, "`salus {}` ended with {}: {}", arguments.join(" "), ran.status, ran.stderr.trim());
        Ok(ran.stdout)
    }

    /// Runs a command that must be refused (status 1), and returns the reason.
    pub async fn refused(&self, arguments: &[&str]) -> Result<String> {
        self.ends_with(1, arguments).await
    }

    /// Runs a command that must fail (status 2), and returns the reason.
    pub async fn failed(&self, arguments: &[&str]) -> Result<String> {
        self.ends_with(2, arguments).await
    }

    async fn ends_with(&self, status: i32, arguments: &[&str]) -> Result<String> {
        let ran = self.run(arguments).await?;
        if ran.status != status {
            bail!(
                "`salus {}` ended with {} instead of {status}: {}",
                arguments.join(" "),
                ran.status,
                ran.stderr.trim()
            );
        }
        let report: Value = serde_json::from_str(&ran.stderr)
            .with_context(|| format!("`salus {}` gave its reason in no JSON: {}", arguments.join(" "), ran.stderr))?;
        Ok(report.get("error").and_then(Value::as_str).unwrap_or_default().to_owned())
    }
}
