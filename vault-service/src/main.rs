// SPDX-License-Identifier: Apache-2.0

//! `salus-vault`: an institution's release gate and vault over HTTP.
//!
//! Exit status: 0 ended by a signal or well, 1 something is not well, as the command's help says, 2 failed (bad configuration, no
//! node, no vault, no port).

mod commands;
mod rounds;

use clap::Parser;
use commands::Command;
use std::process::ExitCode;

/// Serve an institution's sealed records to those whom the chain permits.
#[derive(Parser)]
#[command(name = "salus-vault", version, about, max_term_width = 100)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[tokio::main]
async fn main() -> ExitCode {
    match Options::parse().command.perform().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            let mut cause = error.source();
            while let Some(deeper) = cause {
                eprintln!("cause: {deeper}");
                cause = deeper.source();
            }
            ExitCode::from(2)
        }
    }
}
