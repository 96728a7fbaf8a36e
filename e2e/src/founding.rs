// SPDX-License-Identifier: Apache-2.0

//! Hospitals that begin a network, with `salus network keys` on each one's machine and `salus network init` on anybody's.

use crate::{binaries, salus::Salus};
use anyhow::{ensure, Context, Result};
use salus_primitives::Digest;
use serde::Deserialize;
use std::{
    fs,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

/// A network that was begun.
pub struct Founded {
    /// The hash of its genesis block.
    pub genesis: Digest,
    /// The list that everything was made from.
    pub list: PathBuf,
    /// The hospitals that began it, in the order of institution numbers.
    pub hospitals: Vec<Hospital>,
}

/// A hospital, its machine and what `salus network init` wrote for it.
pub struct Hospital {
    /// The command line on its machine, with the identities that `salus network keys` made; it knows no node yet.
    pub salus: Salus,
    /// Its node's keys.
    pub keys: PathBuf,
    /// The folder that was written for it.
    pub files: PathBuf,
    /// Where its node listens.
    pub address: SocketAddr,
    /// Its node's name among peers.
    pub peer_id: String,
}

impl Hospital {
    fn of(salus: Salus, keys: PathBuf, WrittenHospital { address, peer_id, folder }: WrittenHospital) -> Self {
        Self { salus, keys, files: folder, address, peer_id }
    }

    /// The specification of the chain.
    pub fn specification(&self) -> PathBuf {
        self.files.join("chain-spec.json")
    }

    /// Its packet filter.
    pub fn filter(&self) -> PathBuf {
        self.files.join("salus.nft")
    }

    /// The program that starts its node.
    pub fn start(&self) -> PathBuf {
        self.files.join("run-node")
    }

    /// Its node, as other nodes write it.
    pub fn multiaddress(&self) -> String {
        let kind = if self.address.is_ipv4() { "ip4" } else { "ip6" };
        format!("/{kind}/{}/tcp/{}/p2p/{}", self.address.ip(), self.address.port(), self.peer_id)
    }
}

#[derive(Deserialize)]
struct Written {
    genesis: Digest,
    hospitals: Vec<WrittenHospital>,
}

#[derive(Deserialize)]
struct WrittenHospital {
    address: SocketAddr,
    peer_id: String,
    folder: PathBuf,
}

/// Where nodes listen that are not told otherwise.
const PORT: u16 = 30_333;

/// Has the hospitals 1, 2 and so on, at `addresses`, begin a network in `folder`: `machine-1` and so on hold what is a
/// hospital's own, `network` what was written.
pub async fn found(folder: &Path, addresses: &[IpAddr]) -> Result<Founded> {
    let addresses: Vec<_> = addresses.iter().map(|address| SocketAddr::new(*address, PORT)).collect();
    found_with(folder, &addresses, "").await
}

/// The same, with further lines in the list's part about the network.
pub async fn found_with(folder: &Path, addresses: &[SocketAddr], network: &str) -> Result<Founded> {
    let mut list = format!("[network]\nname = \"Salus Rehearsal\"\nid = \"salus-rehearsal\"\n{network}\n");
    let mut machines = Vec::new();
    for (number, address) in (1..).zip(addresses) {
        let (salus, keys) = furnish(folder, number, *address).await?;
        list += &fs::read_to_string(keys.join("hospital.toml"))?;
        machines.push((salus, keys));
    }
    let path = folder.join("network.toml");
    fs::write(&path, list)?;
    let (salus, _) = machines.first().context("no hospital begins a network")?;
    let Written { genesis, hospitals } = init(salus, &path, &folder.join("network"), None).await?;
    let hospitals = machines
        .into_iter()
        .zip(hospitals)
        .map(|((salus, keys), written)| Hospital::of(salus, keys, written))
        .collect();
    Ok(Founded { genesis, list: path, hospitals })
}

/// The machine of hospital `number`, with keys: the command line there, and the node's keys.
pub async fn furnish(folder: &Path, number: usize, address: SocketAddr) -> Result<(Salus, PathBuf)> {
    let own = folder.join(format!("machine-{number}"));
    let salus = Salus::new(&own.join("home"), &folder.join("vaults"), "ws://127.0.0.1:9944")?;
    let (keys, name) = (own.join("keys"), format!("Hospital {number}"));
    let (host, port, phrases) = (address.ip().to_string(), address.port().to_string(), own.join("phrases"));
    let own = ["--out", text(&keys)?, "--phrase-file", text(&phrases)?];
    let whose = ["network", "keys", "--name", &name, "--address", &host, "--port", &port];
    salus.json(&[whose.as_slice(), &own].concat()).await?;
    Ok((salus, keys))
}

impl Founded {
    /// A further hospital, whose institution has the number `institution`, comes into the list, and all files are made again in the
    /// new folder `folder`.
    pub async fn admit(&mut self, machine: (Salus, PathBuf), institution: u32, folder: &Path) -> Result<()> {
        let entry = fs::read_to_string(machine.1.join("hospital.toml"))?;
        let entry = entry.replacen("[[hospital]]", &format!("[[hospital]]\njoined = {institution}"), 1);
        fs::write(&self.list, fs::read_to_string(&self.list)? + &entry)?;
        self.write_again(Some(machine), folder).await
    }

    /// All files are made again in the new folder `folder`, from the list as it is now.
    pub async fn make_files_again(&mut self, folder: &Path) -> Result<()> {
        self.write_again(None, folder).await
    }

    async fn write_again(&mut self, newcomer: Option<(Salus, PathBuf)>, folder: &Path) -> Result<()> {
        let first = self.hospitals.first().context("there are no hospitals")?;
        let Written { genesis, hospitals } =
            init(&first.salus, &self.list, folder, Some(&first.specification())).await?;
        ensure!(genesis == self.genesis, "the files are of another network");
        let machines = self.hospitals.drain(..).map(|hospital| (hospital.salus, hospital.keys)).chain(newcomer);
        self.hospitals =
            machines.zip(hospitals).map(|((salus, keys), written)| Hospital::of(salus, keys, written)).collect();
        Ok(())
    }
}

async fn init(salus: &Salus, list: &Path, out: &Path, specification: Option<&Path>) -> Result<Written> {
    let node = binaries::find("salus-node")?;
    let mut init = vec!["network", "init", text(list)?, "--out", text(out)?, "--node-program", text(&node)?];
    if let Some(specification) = specification {
        init.extend(["--chain-spec", text(specification)?]);
    }
    Ok(serde_json::from_value(salus.json(&init).await?)?)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("`{}` is not a text", path.display()))
}
