// SPDX-License-Identifier: Apache-2.0

//! `salus-demo`: a record's life between two hospitals, from joining to revoking, checked step by step.

use anyhow::{Context, Result};
use clap::Parser;
use salus_e2e::demo::{self, Story};
use std::{path::PathBuf, process::ExitCode};

/// A record's life between two hospitals, checked step by step
#[derive(Parser)]
#[command(version, about, after_help = "Exit status: 0 when every check holds, 1 when one does not.")]
struct Options {
    /// The story to tell
    #[arg(long, value_enum, value_name = "NAME", default_value = "main")]
    story: Story,

    /// A FHIR R4 bundle of one patient, in JSON; may be repeated. All have to be of the same patient
    #[arg(long = "bundle", value_name = "FILE")]
    bundles: Vec<PathBuf>,

    /// Keep nodes, vaults and keys in this new folder instead of one that is removed at the end
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nthe demonstration failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<()> {
    let temporary;
    let folder = match &options.keep {
        Some(folder) => {
            std::fs::create_dir(folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
            folder.canonicalize()?
        }
        None => {
            temporary = tempfile::Builder::new().prefix("salus-demo-").tempdir()?;
            temporary.path().to_owned()
        }
    };
    let bundles = match options.bundles.is_empty() {
        true => vec![demo::BUNDLE.to_vec()],
        false => options
            .bundles
            .iter()
            .map(|path| std::fs::read(path).with_context(|| format!("`{}` cannot be read", path.display())))
            .collect::<Result<_>>()?,
    };
    demo::run(options.story, &folder, &bundles).await
}
