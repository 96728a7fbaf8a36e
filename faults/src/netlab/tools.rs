// SPDX-License-Identifier: Apache-2.0

//! Runs the system's programs that make hosts and lines.

use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    ffi::OsStr,
    io::{ErrorKind, Write},
    process::{Command, Stdio},
};

/// Returns a command for a system program. It extends `PATH`, in which ordinary users often lack `sbin`.
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

/// Runs a command that must succeed, and returns its standard output.
pub(super) fn finish(command: &mut Command) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("`{}` cannot be started", line(command)))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{}` ended with {}: {}", line(command), output.status, said.trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Changes the packet filter of the switch.
pub(super) fn nft(rules: &str) -> Result<()> {
    feed(tool("nft").args(["-f", "-"]), rules)
}

/// Runs a command with `input` on standard input, which must succeed.
pub(super) fn feed(command: &mut Command, input: &str) -> Result<()> {
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut process = command.spawn().with_context(|| format!("`{}` cannot be started", line(command)))?;
    let mut stdin = process.stdin.take().context("no way to say what to do")?;
    // A program that fails early may not read to the end, and its own message is the better reason.
    match stdin.write_all(input.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error.into()),
        _ => drop(stdin),
    }
    let output = process.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{}` ended with {}: {}", line(command), output.status, said.trim());
    Ok(())
}

/// Returns a command line as a person types it.
pub(super) fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
