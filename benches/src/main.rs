// SPDX-License-Identifier: Apache-2.0

//! `salus-bench`: how fast a network is, measured over the real programs. docs/performance.md has results, and how to get
//! them.
//!
//! Reading order: each command has a file ([`finality`], [`grants`], [`import`], [`weights`], [`database`],
//! [`vault`]). They share
//! [`network`] and [`chain`], which start nodes of a chain that already has patients, [`transactions`], which encodes and
//! signs for any runtime, [`patients`], [`person`], and [`report`].

mod chain;
mod database;
mod finality;
mod grants;
mod import;
mod network;
mod patients;
mod person;
mod report;
mod transactions;
mod vault;
mod weights;

use anyhow::Result;
use clap::Parser;

/// Measures the speed of a Salus network on this machine.
#[derive(Debug, Parser)]
#[command(name = "salus-bench", version)]
enum Command {
    /// How long a transaction takes until it is final, on an idle network of several authorities.
    Finality(finality::Options),
    /// How many single grants a second one node makes final, and how long each takes.
    Grants(grants::Options),
    /// How long `salus record add --bundle` takes on a local node.
    Import(import::Options),
    /// How fast a large record or small objects go to a vault service, or how many readers one answers, beside disk and nginx.
    Vault(vault::Options),
    /// The declared weight of blocks full of grants, against the time that their author took.
    Weights(weights::Options),
    /// How long a read and a write of the database take in a state of many items.
    Database(database::Options),
}

fn main() -> Result<()> {
    let command = Command::parse();
    println!("{}\n", report::machine()?);
    let runtime = tokio::runtime::Runtime::new()?;
    match command {
        Command::Finality(options) => runtime.block_on(finality::run(&options)),
        Command::Grants(options) => runtime.block_on(grants::run(&options)),
        Command::Import(options) => runtime.block_on(import::run(&options)),
        Command::Vault(options) => runtime.block_on(vault::run(&options)),
        Command::Weights(options) => runtime.block_on(weights::run(&options)),
        Command::Database(options) => database::run(&options),
    }
}
