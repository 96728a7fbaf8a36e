// SPDX-License-Identifier: Apache-2.0

//! How long a patient's import of a FHIR bundle takes, by the command line on a local node.

use crate::{
    finality::wait_for_finality,
    network::{self, Newcomer, Node},
    transactions::bytes,
};
use anyhow::{ensure, Context, Result};
use serde_json::Value as Json;
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use subxt::rpcs::RpcClient;

/// The options of the measurement.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The bundle
    bundle: PathBuf,

    /// The node's program
    #[arg(long, default_value = "target/release/salus-node")]
    node: PathBuf,

    /// The command line's program
    #[arg(long, default_value = "target/release/salus")]
    salus: PathBuf,

    /// The node's program of an older version, measured in the same run
    #[arg(long, value_name = "PROGRAM", requires = "baseline_salus")]
    baseline_bin: Option<PathBuf>,

    /// The command line's program of that version
    #[arg(long, value_name = "PROGRAM", requires = "baseline_bin")]
    baseline_salus: Option<PathBuf>,
}

/// Measures, and prints.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let text = std::fs::read(&options.bundle).with_context(|| format!("cannot read `{}`", options.bundle.display()))?;
    let bundle: Json = serde_json::from_slice(&text)?;
    let entries = bundle.get("entry").and_then(Json::as_array).map_or(0, Vec::len);
    let baseline = options.baseline_bin.as_ref().zip(options.baseline_salus.as_ref());
    let mut figures = Vec::new();
    for (name, node, salus) in baseline.map(|(node, salus)| ("baseline", node, salus)).into_iter().chain([(
        "this version",
        &options.node,
        &options.salus,
    )]) {
        let took = measure(node, salus, &options.bundle).await?;
        println!("{name}: {entries} entries in {:.1} s", took.as_secs_f64());
        figures.push(took.as_secs_f64());
    }
    if let [baseline, now] = figures[..] {
        println!("ratio to the baseline: {:.1} times as fast", baseline / now);
    }
    Ok(())
}

async fn measure(node: &Path, salus: &Path, bundle: &Path) -> Result<Duration> {
    let folder = tempfile::tempdir()?;
    let (node, salus) = (network::program(node)?, network::program(salus)?);
    let mut person = Person { salus, folder: folder.path().to_owned(), url: "ws://127.0.0.1:9944".into() };
    let made = person.run(&["key", "new", "me"])?;
    let shown = person.run(&["key", "show", "me"])?;
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
    let spec = folder.path().join("spec.json");
    network::specification(&node, "dev", &[newcomer], &spec)?;
    let nodes = Node::start(&node, &spec, 1, folder.path())?;
    person.url = nodes.first().context("no node was started")?.url.clone();
    wait_for_finality(&RpcClient::from_url(&person.url).await?).await?;

    let chart = person.run(&["chart", "open"])?;
    let chart = chart.get("chart").context("no chart was opened")?.to_string();
    let chart = chart.trim_matches('"');
    person.run(&["compartment", "add", chart, "--standard"])?;
    let begun = Instant::now();
    person.run(&["record", "add", chart, "--bundle", bundle.to_str().context("a path that is not UTF-8")?])?;
    Ok(begun.elapsed())
}

/// A person at a computer.
struct Person {
    salus: PathBuf,
    folder: PathBuf,
    url: String,
}

impl Person {
    /// Runs a command that has to succeed; its JSON.
    fn run(&self, arguments: &[&str]) -> Result<Json> {
        let mut command = Command::new(&self.salus);
        command.args(["--json", "--as", "me", "--node", &self.url]);
        command.arg("--home").arg(self.folder.join("home")).arg("--vaults").arg(self.folder.join("vaults"));
        command.env("SALUS_PASSWORD", "measured").stdin(Stdio::null());
        let output = command.args(arguments).output().context("`salus` does not start")?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`salus {}` failed: {complaint}", arguments.join(" "));
        serde_json::from_slice(&output.stdout)
            .with_context(|| format!("`salus {}` printed no JSON", arguments.join(" ")))
    }
}
