// SPDX-License-Identifier: Apache-2.0

//! `salus-netlab`: trials that need hosts and a network of their own.

use anyhow::Result;
use clap::{Parser, Subcommand};
use salus_faults::{
    filter,
    netlab::{check, enter, Tie},
};
use serde::Serialize;
use std::{path::PathBuf, process::ExitCode};

/// Try real nodes on hosts in network namespaces, and print the observations as JSON
#[derive(Parser)]
#[command(version, about, after_help = "Exit status: 0 when the trial came to its end, whatever was seen; else 1.")]
struct Options {
    /// End when the program that started this ends
    #[arg(long)]
    tied: bool,

    #[command(subcommand)]
    trial: Trial,
}

#[derive(Subcommand)]
enum Trial {
    /// Whether this machine can carry a netlab: cuts, separates, slows, filters, and counts what that did
    Check,
    /// Four hospitals behind the packet filter that `salus network init` writes, and an intruder: with the filter, and without
    Filter {
        /// An empty folder for nodes and keys
        folder: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<()> {
    // Before any thread is there: from here on this is another process.
    enter(if options.tied { Tie::Parent } else { Tie::Loose })?;
    match options.trial {
        Trial::Check => show(&check::run()?),
        Trial::Filter { folder } => {
            let runtime = tokio::runtime::Runtime::new()?;
            show(&runtime.block_on(filter::run(&folder.canonicalize()?))?)
        }
    }
}

fn show(report: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(report)?);
    Ok(())
}
