// SPDX-License-Identifier: Apache-2.0

//! A patient at a computer, with the real command line and a node of its own.

use crate::{
    finality::wait_for_finality,
    network::{self, Newcomer, Node},
    transactions::bytes,
};
use anyhow::{ensure, Context, Result};
use salus_primitives::Digest;
use salus_sealing::keys::Identity;
use serde_json::Value as Json;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use subxt::rpcs::{rpc_params, RpcClient};

/// A patient with a chart, and the node that the patient asks.
pub(crate) struct Person {
    salus: PathBuf,
    folder: PathBuf,
    vaults: Option<PathBuf>,
    /// The patient's number.
    pub(crate) member: String,
    /// The chart.
    pub(crate) chart: String,
    node: Node,
}

impl Person {
    /// Starts a node of a new chain in `folder`, on which a patient has a chart with the standard compartments.
    ///
    /// `vault` is the vault address of the first hospital, which admitted the patient; without one, vaults are folders.
    pub(crate) async fn begin(node: &Path, salus: &Path, folder: &Path, vault: Option<&str>) -> Result<Self> {
        let (node, salus) = (network::program(node)?, network::program(salus)?);
        let home = |arguments: &[&str]| {
            let mut command = Command::new(&salus);
            command.args(["--json", "--as", "me"]).arg("--home").arg(folder.join("home")).args(arguments);
            answer(command)
        };
        let phrase = phrase_file(folder);
        let phrase = phrase.to_str().context("a path that is not UTF-8")?;
        let made = home(&["key", "new", "me", "--phrase-file", phrase])?;
        let shown = home(&["key", "show", "me"])?;
        let key = |pointer: &str| -> Result<[u8; 32]> {
            let text = shown.pointer(pointer).or_else(|| made.pointer(pointer)).and_then(Json::as_str);
            let bytes = bytes(text.with_context(|| format!("the identity has no `{pointer}`: {shown}"))?)?;
            bytes.try_into().ok().context("a key has 32 bytes")
        };
        let newcomer = Newcomer {
            role: "patient",
            transaction_key: key("/transaction")?,
            membership_key: key("/membership")?,
            encryption_key: key("/encryption/key")?,
        };
        let spec = folder.join("spec.json");
        network::specification(&node, "dev", &[newcomer], &spec)?;
        if let Some(address) = vault {
            enter_address(&spec, address)?;
        }
        let nodes = Node::start(&node, &spec, 1, folder)?;
        let node = nodes.into_iter().next().context("no node was started")?;
        wait_for_finality(&RpcClient::from_url(&node.url).await?).await?;
        let vaults = vault.is_none().then(|| folder.join("vaults"));
        let (member, chart) = (String::new(), String::new());
        let mut person = Self { salus, folder: folder.to_owned(), vaults, member, chart, node };
        let opened = person.run(&["chart", "open"])?;
        let word = |name| opened.get(name).map(|value| value.to_string().trim_matches('"').to_owned());
        person.chart = word("chart").context("no chart was opened")?;
        person.member = word("controller").context("the chart has no controller")?;
        Ok(person)
    }

    /// The patient's keys.
    pub(crate) fn identity(&self) -> Result<Identity> {
        Ok(Identity::from_mnemonic(fs::read_to_string(phrase_file(&self.folder))?.trim())?)
    }

    /// The hash of the chain's first block.
    pub(crate) async fn genesis(&self) -> Result<Digest> {
        let rpc = RpcClient::from_url(self.node()).await?;
        let hash: String = rpc.request("chain_getBlockHash", rpc_params![0]).await?;
        hash.parse().ok().context("no genesis hash")
    }

    /// Where the node listens.
    pub(crate) fn node(&self) -> &str {
        &self.node.url
    }

    /// Runs a command that has to succeed; its JSON.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Json> {
        answer(self.command(arguments))
    }

    /// Starts a command.
    pub(crate) fn start(&self, arguments: &[&str]) -> Result<Child> {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().context("`salus` does not start")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.salus);
        command.args(["--json", "--as", "me", "--node", &self.node.url]);
        command
            .arg("--home")
            .arg(self.folder.join("home"))
            .env("SALUS_PASSWORD", "measured")
            .env_remove("SALUS_VAULTS");
        if let Some(vaults) = &self.vaults {
            command.arg("--vaults").arg(vaults);
        }
        command.args(arguments);
        command
    }
}

/// Where the phrase of the patient's keys is.
fn phrase_file(folder: &Path) -> PathBuf {
    folder.join("phrase")
}

/// Runs a command that has to succeed; its JSON.
fn answer(mut command: Command) -> Result<Json> {
    command.env("SALUS_PASSWORD", "measured").stdin(Stdio::null());
    let output = command.output().context("`salus` does not start")?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} failed: {complaint}");
    serde_json::from_slice(&output.stdout).with_context(|| format!("{command:?} printed no JSON"))
}

/// Gives the first institution of a specification a vault address.
fn enter_address(spec: &Path, address: &str) -> Result<()> {
    let mut value: Json = serde_json::from_slice(&fs::read(spec)?)?;
    let institution = value.pointer_mut("/genesis/runtimeGenesis/patch/membership/institutions/0/vault_address");
    *institution.context("the genesis has no institution")? = address.as_bytes().into();
    Ok(fs::write(spec, value.to_string())?)
}
