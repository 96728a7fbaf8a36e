// SPDX-License-Identifier: Apache-2.0

//! The programs of the system that make hosts and lines.

use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    ffi::OsStr,
    io::{ErrorKind, Write},
    process::{Command, Stdio},
};

/// A program of the system's. Ordinary users' `PATH` often lacks the folders in which it is.
pub(super) fn tool(program: &str) -> Command {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":/usr/sbin:/sbin");
    let mut command = Command::new(program);
    command.env("PATH", path);
    command
}

pub(super) fn run<'a>(program: &str, arguments: impl IntoIterator<Item = &'a str>) -> Result<String> {
    finish(tool(program).args(arguments))
}

pub(super) fn json<'a>(program: &str, arguments: impl IntoIterator<Item = &'a str>) -> Result<Value> {
    serde_json::from_str(&run(program, arguments)?).with_context(|| format!("`{program}` prints no JSON"))
}

/// Runs a command that has to succeed; what it printed.
pub(super) fn finish(command: &mut Command) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("`{}` cannot be started", line(command)))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{}` ended with {}: {}", line(command), output.status, said.trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The switch's own packet filter.
pub(super) fn nft(rules: &str) -> Result<()> {
    feed(tool("nft").args(["-f", "-"]), rules)
}

/// Runs a command that reads `input` and has to succeed.
pub(super) fn feed(command: &mut Command, input: &str) -> Result<()> {
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut process = command.spawn().with_context(|| format!("`{}` cannot be started", line(command)))?;
    let mut stdin = process.stdin.take().context("no way to say what to do")?;
    // A program that refuses early may not read to the end; its own words are the better reason.
    match stdin.write_all(input.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error.into()),
        _ => drop(stdin),
    }
    let output = process.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{}` ended with {}: {}", line(command), output.status, said.trim());
    Ok(())
}

/// A command as it is typed.
pub(super) fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
