// SPDX-License-Identifier: Apache-2.0

//! `salus-node`: an authority or full node of a Salus network.
//!
//! Reading order: [`command`] maps the command line ([`cli`]) to what is done, [`chain_spec`] says which networks there
//! are, [`service`] puts the parts of a running node together, [`rpc`] is what clients talk to.

#![allow(clippy::result_large_err, reason = "the error types are the SDK's")]

mod chain_spec;
mod check_runtime;
mod cli;
mod client;
mod command;
mod equivocations;
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
        // Our own words, or about an argument: they need no "Invalid input" before them.
        Err(sc_cli::Error::Input(text)) => refuse(&text),
        Err(error) => refuse(&error.to_string()),
    }
}

fn refuse(text: &str) -> ExitCode {
    // When standard error is gone, the status alone tells of the failure.
    let _ = writeln!(std::io::stderr(), "error: {}", without_debugging(text));
    ExitCode::from(2)
}

/// The error without what the SDK adds for those who debug the runtime: the whole genesis, or where the machine stood.
pub(crate) fn without_debugging(text: &str) -> &str {
    ["\nWASM backtrace:", " for blob:\n"].into_iter().fold(text, |text, tail| text.split(tail).next().unwrap_or(text))
}
