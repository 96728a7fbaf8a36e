// SPDX-License-Identifier: Apache-2.0

//! How long a patient's import of a FHIR bundle takes, by the command line on a local node.

use crate::person::Person;
use anyhow::{Context, Result};
use serde_json::Value as Json;
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

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
    let person = Person::begin(node, salus, folder.path(), None).await?;
    person.run(&["compartment", "add", &person.chart, "--standard"])?;
    let begun = Instant::now();
    person.run(&["record", "add", &person.chart, "--bundle", bundle.to_str().context("a path that is not UTF-8")?])?;
    Ok(begun.elapsed())
}
