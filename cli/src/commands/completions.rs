// SPDX-License-Identifier: Apache-2.0

//! `salus completions`: a completion script for a shell.

use crate::{failure::Failure, options::Options, output::Output};
use clap::CommandFactory;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The shell
    shell: clap_complete::Shell,
}

pub(crate) fn run(arguments: Arguments, out: &mut Output<'_>) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Options::command(), "salus", &mut script);
    out.raw(&script)
}
