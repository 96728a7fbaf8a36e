// SPDX-License-Identifier: Apache-2.0

//! Nodes of its own for each scenario: free ports, a folder of its own for each, ended with the scenario.

use crate::{binaries, clock::Clock, specs, walls::Walls};
use anyhow::{bail, Context, Result};
use rustix::process::{kill_process, Pid, Signal};
use serde_json::{json, Value};
use std::{
    any::Any,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
    time::timeout,
};

/// How long a node may take until its RPC server listens.
const START: Duration = Duration::from_secs(180);
/// How long a node may take to end by itself.
const STOP: Duration = Duration::from_secs(60);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(60);

/// The network key of the node through which the others of a local chain find each other, and the identity that follows
/// from it. The key is public.
const ENTRANCE_KEY: &str = "0000000000000000000000000000000000000000000000000000000000000001";
const ENTRANCE_IDENTITY: &str = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";

/// A running node.
pub struct Node {
    process: Child,
    url: String,
    folder: PathBuf,
    /// A guard that keeps the way to its RPC open, if it runs on another host.
    _way: Option<Box<dyn Any + Send>>,
}

impl Node {
    /// Starts the only authority of a new `dev` chain, with its database and log in `folder`.
    pub async fn start(folder: &Path) -> Result<Self> {
        Self::of_built_in_chain("dev", folder, &["--dev", "--listen-addr=/ip4/127.0.0.1/tcp/0"], &Walls::none()).await
    }

    /// Starts the only authority of the `dev` chain in `folder`, new or old, with its RPC at this port.
    pub async fn start_at(folder: &Path, port: u16) -> Result<Self> {
        let rpc = format!("--rpc-port={port}");
        let arguments = ["--dev", "--listen-addr=/ip4/127.0.0.1/tcp/0", &rpc];
        Self::of_built_in_chain("dev", folder, &arguments, &Walls::none()).await
    }

    /// Starts the only authority of a new `dev` chain with the time of `clock`.
    pub async fn start_with(folder: &Path, clock: &Clock) -> Result<Self> {
        let arguments = ["--dev", "--listen-addr=/ip4/127.0.0.1/tcp/0"];
        let mut command = Self::built_in_chain("dev", folder, &arguments, &Walls::none())?;
        command.envs(clock.environment());
        Self::spawn(command, folder).await
    }

    /// Stops the only authority of a `dev` chain, and starts it again at the same port with the time of `clock` and further
    /// `options`.
    pub async fn again(self, clock: &Clock, options: &[&str]) -> Result<Self> {
        let (folder, port) = (self.folder.clone(), self.url.rsplit_once(':').context("a port")?.1.to_owned());
        self.stop().await?;
        let rpc = format!("--rpc-port={port}");
        let own = ["--dev", "--listen-addr=/ip4/127.0.0.1/tcp/0", &rpc];
        let mut command = Self::built_in_chain("dev", &folder, &[own.as_slice(), options].concat(), &Walls::none())?;
        command.envs(clock.environment());
        Self::spawn(command, &folder).await
    }

    /// Starts the four authorities of a new `local` chain, each in a folder of its own in `folder`.
    pub async fn start_four(folder: &Path) -> Result<Vec<Self>> {
        let entrance = free_port()?;
        let listen = format!("--listen-addr=/ip4/127.0.0.1/tcp/{entrance}");
        let key = format!("--node-key={ENTRANCE_KEY}");
        let first = ["--alice", &listen, &key];
        let mut nodes = vec![Self::of_built_in_chain("local", &folder.join("alice"), &first, &Walls::none()).await?];
        let entrance = format!("--bootnodes=/ip4/127.0.0.1/tcp/{entrance}/p2p/{ENTRANCE_IDENTITY}");
        for name in ["bob", "charlie", "dave"] {
            let who = format!("--{name}");
            let arguments =
                [&who, "--listen-addr=/ip4/127.0.0.1/tcp/0", "--unsafe-force-node-key-generation", &entrance];
            nodes.push(Self::of_built_in_chain("local", &folder.join(name), &arguments, &Walls::none()).await?);
        }
        Ok(nodes)
    }

    /// Starts the only authority of a new `dev` chain, and says where others find it.
    pub async fn start_entrance(folder: &Path, walls: &Walls) -> Result<(Self, String)> {
        let port = free_port()?;
        let listen = format!("--listen-addr=/ip4/127.0.0.1/tcp/{port}");
        let key = format!("--node-key={ENTRANCE_KEY}");
        let node = Self::of_built_in_chain("dev", folder, &["--dev", &listen, &key], walls).await?;
        Ok((node, format!("/ip4/127.0.0.1/tcp/{port}/p2p/{ENTRANCE_IDENTITY}")))
    }

    /// Starts another node of the `dev` chain of `entrance`, which is to be an authority, with further `options`.
    pub async fn start_beside(entrance: &str, options: &[&str], folder: &Path, walls: &Walls) -> Result<Self> {
        let entrance = format!("--bootnodes={entrance}");
        let own =
            ["--validator", "--listen-addr=/ip4/127.0.0.1/tcp/0", "--unsafe-force-node-key-generation", &entrance];
        Self::of_built_in_chain("dev", folder, &[own.as_slice(), options].concat(), walls).await
    }

    async fn of_built_in_chain(chain: &'static str, folder: &Path, arguments: &[&str], walls: &Walls) -> Result<Self> {
        Self::spawn(Self::built_in_chain(chain, folder, arguments, walls)?, folder).await
    }

    fn built_in_chain(chain: &'static str, folder: &Path, arguments: &[&str], walls: &Walls) -> Result<Command> {
        let mut command = walls.command(binaries::find("salus-node")?);
        command.arg("--chain").arg(specs::write(chain, folder)?);
        // Scenarios that run side by side have one genesis block. With mDNS a node would find another scenario's nodes, try to
        // follow their chain, and pass no transactions on until they are gone.
        command.args(arguments).args(["--no-prometheus", "--no-mdns"]).arg("--base-path").arg(folder);
        if !arguments.iter().any(|argument| argument.starts_with("--rpc-port=")) {
            command.arg("--rpc-port=0");
        }
        Ok(command)
    }

    /// Starts the node of `files`, a hospital's folder as `salus network init` writes it, with the hospital's own `keys`,
    /// its database and log in `folder`, and what else `node.env` would say.
    pub async fn start_written(files: &Path, keys: &Path, folder: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        let mut command = Command::new(files.join("run-node"));
        command
            .env("SALUS_NODE_PROGRAM", binaries::find("salus-node")?)
            .env("SALUS_KEYS", keys)
            .env("SALUS_DATA", folder)
            .env("SALUS_RPC_PORT", "0")
            .env("SALUS_EXTRA", "--no-prometheus")
            .envs(settings.iter().copied());
        Self::spawn(command, folder).await
    }

    /// Starts a node on another host, with its log in `folder`. `reach` takes the port of its RPC there; it returns an address
    /// on this host that leads to that port, and what keeps that way open.
    pub async fn start_elsewhere<W: Any + Send>(
        command: std::process::Command,
        folder: &Path,
        reach: impl FnOnce(u16) -> Result<(SocketAddr, W)>,
    ) -> Result<Self> {
        let mut node = Self::spawn(command.into(), folder).await?;
        let (_, port) = node.url.rsplit_once(':').context("a port")?;
        let (address, way) = reach(port.parse()?)?;
        node.url = format!("ws://{address}");
        node._way = Some(Box::new(way));
        Ok(node)
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
                if let Some(port) = rpc_port(&line) {
                    return Ok(port);
                }
            }
            bail!("the node ended while it started\nhint: see {}", log_path.display())
        };
        let port = timeout(START, listening)
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
        Ok(Self { process, url: format!("ws://127.0.0.1:{port}"), folder: folder.to_owned(), _way: None })
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The node's answer to a question that no client of ours asks, over HTTP.
    pub async fn ask(&self, method: &str, parameters: Value) -> Result<Value> {
        let address = self.url.trim_start_matches("ws://");
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters }).to_string();
        let head = format!(
            "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            body.len()
        );
        let mut heard = Vec::new();
        let asking = async {
            let mut node = TcpStream::connect(address).await?;
            node.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await?;
            node.read_to_end(&mut heard).await
        };
        timeout(ANSWER, asking).await.with_context(|| format!("`{method}` has no answer"))??;
        let heard = String::from_utf8(heard).with_context(|| format!("the answer to `{method}`"))?;
        let (_, answer) = heard.split_once("\r\n\r\n").with_context(|| format!("`{method}`: {heard}"))?;
        let answer: Value = serde_json::from_str(answer).with_context(|| format!("`{method}`: {heard}"))?;
        let result = answer.get("result").with_context(|| format!("`{method}`: {answer}"))?;
        Ok(result.clone())
    }

    /// Its folder: database and log.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Ends it as a power failure does.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.process.kill().await?)
    }

    /// Asks it to end, as an operator would, and waits until it has.
    pub async fn stop(mut self) -> Result<()> {
        if let Some(id) = self.process.id() {
            // Not by the program `kill`, which a bare system lacks.
            let id = Pid::from_raw(id.try_into()?).context("the node's process has no number")?;
            kill_process(id, Signal::TERM).context("the node's process cannot be signalled")?;
        }
        let status = timeout(STOP, self.process.wait()).await.context("the node does not end when asked to")??;
        anyhow::ensure!(status.success(), "the node ended with {status}");
        Ok(())
    }
}

fn free_port() -> Result<u16> {
    Ok(free_address(Ipv4Addr::LOCALHOST)?.port())
}

/// An address of this machine with a port on which nothing listens now.
pub fn free_address(host: Ipv4Addr) -> Result<SocketAddr> {
    Ok(std::net::TcpListener::bind((host, 0))?.local_addr()?)
}

/// The port in the line with which the RPC server says that it listens, on loopback or everywhere.
fn rpc_port(line: &str) -> Option<u16> {
    let rest = line.split_once("Running JSON-RPC server: addr=")?.1;
    let end = rest.find(|c: char| c == ',' || c.is_whitespace()).unwrap_or(rest.len());
    rest.get(..end)?.parse::<std::net::SocketAddrV4>().ok().map(|address| address.port())
}

#[cfg(test)]
mod tests {
    use super::rpc_port;

    #[test]
    fn rpc_port_is_read_from_the_log() {
        let line = "2026-11-21 04:00:00 Running JSON-RPC server: addr=127.0.0.1:41235,[::1]:41235";
        assert_eq!(rpc_port(line), Some(41235));
        assert_eq!(rpc_port("2026-11-21 04:00:00 Running JSON-RPC server: addr=0.0.0.0:9944,[::]:9944"), Some(9944));
        assert_eq!(rpc_port("2026-11-21 04:00:00 Idle"), None);
    }
}
