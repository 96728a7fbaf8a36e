// SPDX-License-Identifier: Apache-2.0

//! A trial of the packet filter that `salus network init` writes: four hospitals behind it, and an intruder outside.
//!
//! Hospitals 1 to 3 run the written files. Hospital 4 is careless: its node accepts every peer, and offers RPC and
//! metrics to all addresses. RPC uses translated addresses, as container engines publish ports. The control repeats all
//! attempts without the filters, and shows that each then succeeds.

use crate::{
    intruder::{ask, Asked},
    netlab::{Host, Lab},
};
use anyhow::{anyhow, ensure, Context, Result};
use futures::future::{join_all, try_join_all};
use salus_chain::{At, Chain};
use salus_e2e::{
    binaries,
    founding::{self, Founded},
    node::Node,
};
use salus_primitives::Digest;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    io::ErrorKind,
    net::{IpAddr, SocketAddr, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    thread::JoinHandle,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// The JSON-RPC port of a node.
pub const RPC: u16 = 9944;
/// The Prometheus port of a node.
pub const METRICS: u16 = 9615;
/// The JSON-RPC port of the careless hospital's node, to which its published port leads.
const CARELESS_RPC: u16 = 9955;
/// The index of the careless hospital.
pub const CARELESS: usize = 3;

/// The option in the start script without which a node accepts strangers as peers.
const RESERVED_ONLY: &str = "    --reserved-only \\\n";
/// The time within which the network must finalize a few blocks.
const PATIENCE: Duration = Duration::from_secs(300);
/// The time limit of a connection, which takes less than a millisecond on one switch.
const KNOCK: Duration = Duration::from_secs(2);
/// The time after which the intruder's node gives up waiting for a block.
const WATCH: Duration = Duration::from_secs(40);

/// The results of the trial.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// The attempt with the written filters.
    pub behind: Attempt,
    /// The attempt without filters, as a control.
    pub control: Attempt,
    /// The hash of block 1, on which the hospitals agree.
    pub first_block: Digest,
}

/// The intruder's results, and the network's progress meanwhile.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Attempt {
    /// The ports of each hospital, as the intruder finds them.
    pub doors: Vec<BTreeMap<SocketAddr, Door>>,
    /// The ports of the careless hospital, as the first hospital finds them.
    pub doors_to_peer: BTreeMap<SocketAddr, Door>,
    /// The answers of each hospital's node to the intruder's requests.
    pub asked: Vec<Asked>,
    /// The result of an ordinary node of the intruder.
    pub onlooker: Onlooker,
    /// The number of packets that each hospital's filter dropped.
    pub filtered: Vec<u64>,
    /// The finalized height of each hospital, before and after.
    pub finalized: Vec<[u64; 2]>,
}

/// The state of a port.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// It accepts connections.
    Open,
    /// The machine refuses the connection.
    Refused,
    /// The machine does not answer.
    Silent,
}

/// The result of an ordinary node with the chain's specification.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Onlooker {
    /// The height of its best block.
    pub best: u64,
    /// The largest number of its peers at one time.
    pub peers: usize,
    /// Milliseconds until it had a block or gave up.
    pub watched: u64,
}

/// Tries the filter in a netlab with all files in `folder`. Call it only after [`crate::netlab::enter`].
pub async fn run(folder: &Path) -> Result<Report> {
    let lab = Lab::with_addresses(&[
        ("hospital-1", 1),
        ("hospital-2", 2),
        ("hospital-3", 3),
        ("hospital-4", 4),
        ("intruder", 66),
    ])?;
    let [hosts @ .., intruder] = lab.hosts() else { return Err(anyhow!("a netlab without hosts")) };
    let addresses: Vec<IpAddr> = hosts.iter().map(|host| host.address().into()).collect();
    let network = founding::found(folder, &addresses).await?;
    for (host, hospital) in hosts.iter().zip(&network.hospitals) {
        host.load_filter(&hospital.filter())?;
    }
    let publisher = hosts.get(CARELESS).context("no careless hospital")?;
    publisher.filter(&publishing())?;
    let nodes = start(folder, &network, hosts).await?;
    let chains = try_join_all(nodes.iter().map(|node| Chain::connect(node.url()))).await?;
    for chain in &chains {
        finalized(chain, 3).await?;
    }
    let first = chains.first().context("no hospital")?;
    let first_block = first.block_hash(1).await?.context("no first block")?;
    let trial = Trial { network: &network, hosts, intruder, chains: &chains, first_block };

    let behind = trial.attempt(&folder.join("intruder-behind")).await?;
    for host in hosts {
        host.clear_filter()?;
    }
    publisher.filter(&publishing())?;
    let control = trial.attempt(&folder.join("intruder-control")).await?;
    Ok(Report { behind, control, first_block })
}

/// Starts all four nodes, three of them with the written files.
async fn start(folder: &Path, network: &Founded, hosts: &[Host]) -> Result<Vec<Node>> {
    let program = binaries::find("salus-node")?;
    let starts = network.hospitals.iter().zip(hosts).enumerate().map(|(place, (hospital, host))| {
        let (program, data) = (&program, folder.join(format!("data-{place}")));
        async move {
            let written = hospital.start();
            let mut command = if place == CARELESS {
                let mut command = host.command(careless(&written)?);
                let port = hospital.address.port();
                let extra = format!("--unsafe-rpc-external --prometheus-external --listen-addr /ip6/::/tcp/{port}");
                command.env("SALUS_EXTRA", extra).env("SALUS_RPC_PORT", CARELESS_RPC.to_string());
                command
            } else {
                host.command(&written)
            };
            command.env("SALUS_NODE_PROGRAM", program).env("SALUS_KEYS", &hospital.keys).env("SALUS_DATA", &data);
            start_on(host, command, &data).await
        }
    });
    try_join_all(starts).await
}

/// Starts a node on a host of the netlab. `command` is [`Host::command`] with the program and its options.
async fn start_on(host: &Host, command: std::process::Command, folder: &Path) -> Result<Node> {
    Node::start_elsewhere(command, folder, |port| {
        let desk = host.desk(port)?;
        Ok((desk.address(), desk))
    })
    .await
}

/// Returns the rules with which a container engine publishes a port.
fn publishing() -> String {
    let redirection = format!("tcp dport {RPC} redirect to :{CARELESS_RPC}");
    format!(
        "table ip publishing {{ chain arriving {{ type nat hook prerouting priority dstnat; {redirection}; }}; }}\n"
    )
}

/// Writes a copy of the start script without the option that refuses strangers as peers.
fn careless(written: &Path) -> Result<PathBuf> {
    let text = fs::read_to_string(written)?;
    ensure!(text.matches(RESERVED_ONLY).count() == 1, "`{}` reserves its peers in another way", written.display());
    let path = written.with_file_name("run-node-carelessly");
    fs::write(&path, text.replace(RESERVED_ONLY, ""))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

struct Trial<'a> {
    network: &'a Founded,
    hosts: &'a [Host],
    intruder: &'a Host,
    chains: &'a [Chain],
    first_block: Digest,
}

impl Trial<'_> {
    /// Makes all attempts of the intruder at once.
    async fn attempt(&self, folder: &Path) -> Result<Attempt> {
        let before = self.finalized().await?;
        let careless = self.hosts.get(CARELESS).context("no careless hospital")?;
        let first = self.hosts.first().context("no hospital")?;
        let doors = try_join_all(self.hosts.iter().map(|host| self.knock(self.intruder, host)));
        let (doors, doors_to_peer, asked, onlooker) =
            tokio::try_join!(doors, self.knock(first, careless), self.ask(), self.look_on(folder))?;
        let after = self.finalized().await?;
        Ok(Attempt {
            doors,
            doors_to_peer,
            asked,
            onlooker,
            filtered: self.hosts.iter().map(Host::filtered).collect::<Result<_>>()?,
            finalized: before.into_iter().zip(after).map(|(before, after)| [before, after]).collect(),
        })
    }

    /// Tries the ports of a hospital's machine from another machine.
    async fn knock(&self, from: &Host, at: &Host) -> Result<BTreeMap<SocketAddr, Door>> {
        let hospital = self.network.hospitals.first().context("no hospital")?;
        let mut doors = Vec::new();
        for address in [Some(IpAddr::from(at.address())), at.address6().map(IpAddr::from)].into_iter().flatten() {
            for port in [hospital.address.port(), RPC, METRICS] {
                let address = SocketAddr::new(address, port);
                doors.push((address, from.inside(move || door(address))?));
            }
        }
        let joined = doors.into_iter().map(|(address, door)| async move { Ok((address, joined(door).await?)) });
        try_join_all(joined).await.map(BTreeMap::from_iter)
    }

    /// Sends requests to every hospital's node. The intruder even knows the hash of a block.
    async fn ask(&self) -> Result<Vec<Asked>> {
        let addresses: Vec<_> = self.network.hospitals.iter().map(founding::Hospital::multiaddress).collect();
        let (genesis, block) = (self.network.genesis, self.first_block);
        let asking = self.intruder.inside(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let asked = runtime.block_on(join_all(addresses.iter().map(|address| ask(genesis, block, address))));
            asked.into_iter().collect()
        })?;
        joined(asking).await
    }

    /// Runs an ordinary node of the chain with the addresses of all hospitals.
    async fn look_on(&self, folder: &Path) -> Result<Onlooker> {
        let hospital = self.network.hospitals.first().context("no hospital")?;
        let mut command = self.intruder.command(binaries::find("salus-node")?);
        command.arg("--chain").arg(hospital.specification()).arg("--base-path").arg(folder);
        command.args(["--name=onlooker", "--no-mdns", "--no-telemetry", "--no-prometheus"]);
        for hospital in &self.network.hospitals {
            let address = hospital.multiaddress();
            command.args(["--bootnodes", &address, "--reserved-nodes", &address]);
        }
        let node = start_on(self.intruder, command, folder).await?;
        let chain = Chain::connect(node.url()).await?;
        let (began, mut seen) = (Instant::now(), Onlooker::default());
        while seen.best == 0 && began.elapsed() < WATCH {
            sleep(Duration::from_millis(250)).await;
            seen.best = chain.head(At::Best).await?.number;
            seen.peers = seen.peers.max(chain.health().await?.peers);
        }
        seen.watched = began.elapsed().as_millis().try_into()?;
        node.stop().await?;
        Ok(seen)
    }

    async fn finalized(&self) -> Result<Vec<u64>> {
        let heads = try_join_all(self.chains.iter().map(|chain| chain.head(At::Finalized))).await?;
        Ok(heads.into_iter().map(|head| head.number).collect())
    }
}

fn door(address: SocketAddr) -> Result<Door> {
    match TcpStream::connect_timeout(&address, KNOCK) {
        Ok(_) => Ok(Door::Open),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(Door::Refused),
        Err(error) if error.kind() == ErrorKind::TimedOut => Ok(Door::Silent),
        Err(error) => Err(error).with_context(|| format!("{address}")),
    }
}

/// Waits until the block `number` is finalized.
async fn finalized(chain: &Chain, number: u64) -> Result<()> {
    let began = Instant::now();
    while chain.head(At::Finalized).await?.number < number {
        ensure!(began.elapsed() < PATIENCE, "block {number} is not final after {PATIENCE:?}");
        sleep(Duration::from_millis(250)).await;
    }
    Ok(())
}

/// Returns the result of a thread without blocking the runtime.
async fn joined<T: Send + 'static>(thread: JoinHandle<Result<T>>) -> Result<T> {
    let joined = tokio::task::spawn_blocking(move || thread.join()).await?;
    joined.map_err(|_| anyhow!("a thread of the netlab panicked"))?
}
