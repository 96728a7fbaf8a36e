// SPDX-License-Identifier: Apache-2.0

//! A node of its own for each scenario: free ports, a folder of its own, ended with the scenario.

use crate::binaries;
use anyhow::{bail, Context, Result};
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

/// How long a node may take until its RPC server listens.
const START: Duration = Duration::from_secs(60);
/// How long a node may take to end by itself.
const STOP: Duration = Duration::from_secs(20);

/// A running node.
pub struct Node {
    process: Child,
    url: String,
    folder: PathBuf,
}

impl Node {
    /// Starts the only authority of a new `dev` chain, with its database and log in `folder`.
    pub async fn start(folder: &Path) -> Result<Self> {
        let mut command = Command::new(binaries::find("salus-node")?);
        command
            .args(["--dev", "--rpc-port=0", "--no-prometheus", "--listen-addr=/ip4/127.0.0.1/tcp/0"])
            .arg("--base-path")
            .arg(folder);
        Self::spawn(command, folder).await
    }

    /// Starts the node of `files`, a hospital's folder as `salus network init` writes it, with the hospital's own `keys`,
    /// and its database and log in `folder`.
    pub async fn start_written(files: &Path, keys: &Path, folder: &Path) -> Result<Self> {
        let mut command = Command::new(files.join("run-node"));
        command
            .env("SALUS_NODE", binaries::find("salus-node")?)
            .env("SALUS_KEYS", keys)
            .env("SALUS_DATA", folder)
            .env("SALUS_RPC_PORT", "0")
            .env("SALUS_EXTRA", "--no-prometheus");
        Self::spawn(command, folder).await
    }

    async fn spawn(mut command: Command, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let log_path = folder.join("node.log");
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("the node does not start")?;
        let stderr = process.stderr.take().context("the node has no log")?;
        let mut lines = BufReader::new(stderr).lines();
        let mut log = tokio::fs::File::create(&log_path).await?;
        let listening = async {
            while let Some(line) = lines.next_line().await? {
                log.write_all(format!("{line}\n").as_bytes()).await?;
                if let Some(address) = rpc_address(&line) {
                    return Ok(address);
                }
            }
            bail!("the node ended while it started\nhint: see {}", log_path.display())
        };
        let address = timeout(START, listening)
            .await
            .with_context(|| format!("the node did not listen within {START:?}: see {}", log_path.display()))??;
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                if log.write_all(format!("{line}\n").as_bytes()).await.is_err() {
                    break;
                }
            }
            let _ = log.flush().await;
        });
        Ok(Self { process, url: format!("ws://{address}"), folder: folder.to_owned() })
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its folder: database and log.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Asks it to end, as an operator would, and waits until it has.
    pub async fn stop(mut self) -> Result<()> {
        if let Some(id) = self.process.id() {
            let status = Command::new("kill").args(["-TERM", &id.to_string()]).status().await?;
            anyhow::ensure!(status.success(), "the node's process {id} cannot be signalled");
        }
        let status = timeout(STOP, self.process.wait()).await.context("the node does not end when asked to")??;
        anyhow::ensure!(status.success(), "the node ended with {status}");
        Ok(())
    }
}

/// The address in the line with which the RPC server says that it listens.
fn rpc_address(line: &str) -> Option<String> {
    let rest = line.split_once("Running JSON-RPC server: addr=")?.1;
    let end = rest.find(|c: char| c == ',' || c.is_whitespace()).unwrap_or(rest.len());
    let address = rest.get(..end)?;
    address.starts_with("127.0.0.1:").then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::rpc_address;

    #[test]
    fn rpc_address_is_read_from_the_log() {
        let line = "2026-11-21 04:00:00 Running JSON-RPC server: addr=127.0.0.1:41235,[::1]:41235";
        assert_eq!(rpc_address(line).as_deref(), Some("127.0.0.1:41235"));
        assert_eq!(rpc_address("2026-11-21 04:00:00 Idle"), None);
    }
}
