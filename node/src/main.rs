// SPDX-License-Identifier: Apache-2.0

//! `salus-node`: an authority or full node of a Salus network.
//!
//! Reading order: [`command`] maps the command line ([`cli`]) to functions, and [`chain_spec`] knows the networks.
//! [`service`] assembles a running node, and [`rpc`] answers clients.

#![allow(clippy::result_large_err, reason = "the error types are the SDK's")]

mod chain_spec;
mod check_runtime;
mod cli;
mod client;
mod command;
mod equivocations;
mod executor;
mod limited;
mod metrics;
mod pool_tasks;
mod ports;
mod rpc;
mod service;
mod sync_watch;

use std::{io::Write, process::ExitCode};

fn main() -> ExitCode {
    match command::run() {
        Ok(()) => ExitCode::SUCCESS,
        // The text is our own, or about an argument, so it needs no "Invalid input" before it.
        Err(sc_cli::Error::Input(text)) => refuse(&text),
        Err(error) => refuse(&error.to_string()),
    }
}

fn refuse(text: &str) -> ExitCode {
    // Without standard error, only the status reports the failure.
    let _ = writeln!(std::io::stderr(), "error: {}", without_debugging(text));
    ExitCode::from(2)
}

/// Returns the error without the SDK's debugging details: the backtrace of the code, or the whole genesis.
pub(crate) fn without_debugging(text: &str) -> &str {
    ["\nWASM backtrace:", " for blob:\n"].into_iter().fold(text, |text, tail| text.split(tail).next().unwrap_or(text))
}
