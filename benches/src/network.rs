// SPDX-License-Identifier: Apache-2.0

//! Nodes of a chain that begins with the members that a measurement needs.

use anyhow::{bail, ensure, Context, Result};
use rustix::process::{kill_process, Pid, Signal};
use serde_json::{json, Value};
use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, BufWriter, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// The network key of the first node, by which the others find it, and the identity that follows from it.
const ENTRANCE_KEY: &str = "0000000000000000000000000000000000000000000000000000000000000001";
const ENTRANCE_IDENTITY: &str = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
/// The development authorities. Options of these names bring their keys.
const AUTHORITIES: [&str; 4] = ["alice", "bob", "charlie", "dave"];

/// A member with whom the chain begins.
pub(crate) struct Newcomer {
    /// As the genesis names roles.
    pub(crate) role: &'static str,
    /// Signs transactions.
    pub(crate) transaction_key: [u8; 32],
    /// Signs key changes.
    pub(crate) membership_key: [u8; 32],
    /// Receives envelopes.
    pub(crate) encryption_key: [u8; 32],
}

/// Writes the specification of the development chain `chain`, which begins with these members too.
pub(crate) fn specification(node: &Path, chain: &str, newcomers: &[Newcomer], file: &Path) -> Result<()> {
    let build = ["build-spec", "--disable-default-bootnode", "--chain", chain];
    let output = Command::new(node).args(build).stdin(Stdio::null()).output().context("the node does not start")?;
    ensure!(output.status.success(), "`build-spec` failed: {}", String::from_utf8_lossy(&output.stderr));
    let mut spec: Value = serde_json::from_slice(&output.stdout)?;
    let members = spec
        .pointer_mut("/genesis/runtimeGenesis/patch/membership/members")
        .and_then(Value::as_array_mut)
        .context("the genesis has no members")?;
    let hex = |bytes: &[u8; 32]| format!("0x{}", hex::encode(bytes));
    members.extend(newcomers.iter().zip([0, 1].iter().cycle()).map(|(newcomer, institution)| {
        json!({
            "institution": institution,
            "role": newcomer.role,
            "transaction_key": hex(&newcomer.transaction_key),
            "membership_key": hex(&newcomer.membership_key),
            "encryption_key": { "suite": 1, "key": hex(&newcomer.encryption_key) },
            "profile": hex(&[0; 32]),
        })
    }));
    fs::write(file, spec.to_string())?;
    Ok(())
}

/// Adds so many items to the state with which the chain of the specification begins: grants in charts of no patient.
pub(crate) fn fill(node: &Path, spec: &Path, items: u64) -> Result<()> {
    if items == 0 {
        return Ok(());
    }
    let build = [OsStr::new("build-spec"), "--disable-default-bootnode".as_ref(), "--raw".as_ref(), "--chain".as_ref()];
    let output = Command::new(node).args(build).arg(spec).stdin(Stdio::null()).output()?;
    ensure!(output.status.success(), "`build-spec` failed: {}", String::from_utf8_lossy(&output.stderr));
    let raw = String::from_utf8(output.stdout)?;
    let begins = "\"top\": {";
    let (before, after) = raw.split_once(begins).context("the specification has no state")?;
    let map = [sp_crypto_hashing::twox_128(b"Access"), sp_crypto_hashing::twox_128(b"Grants")].concat();
    let mut file = BufWriter::new(fs::File::create(spec)?);
    write!(file, "{before}{begins}")?;
    for item in 0..items {
        let part =
            |number: u64| [&sp_crypto_hashing::twox_64(&number.to_le_bytes())[..], &number.to_le_bytes()].concat();
        let key = [&map[..], &part(u64::MAX.saturating_sub(item / 64)), &part(item % 64)].concat();
        let half = sp_crypto_hashing::blake2_256(&item.to_le_bytes());
        writeln!(
            file,
            "\"0x{}\":\"0x{}{}{}\",",
            hex::encode(key),
            hex::encode(half),
            hex::encode(half),
            hex::encode(half)
        )?;
    }
    file.write_all(after.as_bytes())?;
    Ok(file.flush()?)
}

/// A running node; it ends with the value.
pub(crate) struct Node {
    process: Child,
    /// Where it answers clients.
    pub(crate) url: String,
    log: PathBuf,
}

impl Node {
    /// Starts as many authorities of one chain, each with its database in `folder`.
    pub(crate) fn start(program: &Path, spec: &Path, authorities: usize, folder: &Path) -> Result<Vec<Self>> {
        Self::start_with(program, spec, authorities, folder, &[])
    }

    /// The same, with further options.
    pub(crate) fn start_with(
        program: &Path,
        spec: &Path,
        authorities: usize,
        folder: &Path,
        options: &[String],
    ) -> Result<Vec<Self>> {
        ensure!((1..=AUTHORITIES.len()).contains(&authorities), "there are one to four development authorities");
        let entrance = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let peer = format!("/ip4/127.0.0.1/tcp/{entrance}/p2p/{ENTRANCE_IDENTITY}");
        let mut nodes = Vec::new();
        for (place, name) in AUTHORITIES.iter().take(authorities).enumerate() {
            let mut command = Command::new(program);
            command.arg(format!("--{name}")).arg("--chain").arg(spec).arg("--base-path").arg(folder.join(name));
            match place {
                0 => command
                    .arg(format!("--listen-addr=/ip4/127.0.0.1/tcp/{entrance}"))
                    .args(["--node-key", ENTRANCE_KEY]),
                _ => command
                    .args(["--listen-addr=/ip4/127.0.0.1/tcp/0", "--unsafe-force-node-key-generation"])
                    .args(["--bootnodes", &peer]),
            };
            if authorities == 1 {
                command.arg("--force-authoring");
            }
            command.args(options);
            nodes.push(Self::spawn(command, &folder.join(format!("{name}.log")))?);
        }
        Ok(nodes)
    }

    fn spawn(mut command: Command, log: &Path) -> Result<Self> {
        // A refused transaction may be sent again at once.
        command.args(["--rpc-port=0", "--no-prometheus", "--no-telemetry", "--no-mdns", "--tx-ban-seconds=0"]);
        command.args(["--rpc-max-connections=100", "--rpc-rate-limit-whitelisted-ips=127.0.0.0/8"]);
        let mut process =
            command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().context("the node does not start")?;
        let stream = process.stderr.take().context("the node has no log")?;
        let mut node = Self { process, url: String::new(), log: log.to_owned() };
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        let mut written = fs::File::create(log)?;
        for line in lines.by_ref() {
            let address = line.split_once("Running JSON-RPC server: addr=");
            if let Some(address) = address.and_then(|(_, rest)| rest.split([',', ' ']).next()) {
                node.url = format!("ws://{address}");
                break;
            }
            writeln!(written, "{line}")?;
        }
        if node.url.is_empty() {
            bail!("the node ended: {}", fs::read_to_string(log)?);
        }
        // The node would stop if the pipe became full.
        std::thread::spawn(move || {
            lines.for_each(|line| drop(writeln!(written, "{line}")));
        });
        Ok(node)
    }

    /// The file with its log.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// Time that the process has used of all cores.
    pub(crate) fn cpu_time(&self) -> Result<Duration> {
        cpu_time_of(&format!("/proc/{}/stat", self.process.id()))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It is told first, so that a database that is to be measured is whole.
        if kill_process(Pid::from_child(&self.process), Signal::TERM).is_err() {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// Time that this process has used of all cores.
pub(crate) fn own_cpu_time() -> Result<Duration> {
    cpu_time_of("/proc/self/stat")
}

fn cpu_time_of(file: &str) -> Result<Duration> {
    let text = fs::read_to_string(file)?;
    // The name of the program, in parentheses, may hold anything.
    let (_, rest) = text.rsplit_once(')').context("no process statistics")?;
    let fields: Vec<_> = rest.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
    // A tick is a hundredth of a second on every Linux of today.
    Ok(Duration::from_millis(ticks(11).saturating_add(ticks(12)).saturating_mul(10)))
}

/// The program, or a hint where it can come from.
pub(crate) fn program(path: &Path) -> Result<PathBuf> {
    path.canonicalize()
        .with_context(|| format!("no program `{}`\nhint: build it with `scripts/build.sh`", path.display()))
}
