// SPDX-License-Identifier: Apache-2.0

//! Executes a foreign runtime in a process of its own, with limits on time and memory.
//!
//! The author of an upgrade wrote the code, and the SDK's executor has no time limit. The node can kill a process,
//! whatever its code does.

use crate::cli::RuntimeQuestion;
use rustix::process::{setrlimit, Resource, Rlimit};
use std::{
    ffi::OsString,
    io::Read,
    process::{Child, Command, ExitStatus, Stdio},
    thread::{self, sleep},
    time::{Duration, Instant},
};

/// Bytes of memory that the process may fill. Compiling today's runtime needs a fifth of it, the most of all steps.
const MEMORY: u64 = 2 << 30;

/// The time between two checks of the process.
const INTERVAL: Duration = Duration::from_millis(20);

/// Has another process check the runtime, and returns its answer.
pub(crate) fn check_runtime(question: &RuntimeQuestion) -> Result<String, String> {
    let refuse = |reason: String| format!("the runtime `{}` cannot be used: {reason}", question.file.display());
    let program = std::env::current_exe().map_err(|error| refuse(format!("cannot find this program: {error}")))?;
    let mut child = Command::new(program)
        .args(arguments(question))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| refuse(format!("cannot start a process that executes it: {error}")))?;
    let (answer, refusal) = (collect(child.stdout.take()), collect(child.stderr.take()));
    let status = wait(&mut child, Duration::from_secs(question.limit)).map_err(|error| refuse(error.to_string()))?;
    let text = |collector: thread::JoinHandle<String>| collector.join().unwrap_or_default();
    match status {
        None => Err(refuse(format!(
            "it did not answer within {} s\n\
             hint: do not confirm it; on a machine that is very busy, allow more with `--limit`",
            question.limit
        ))),
        Some(status) if status.success() => Ok(text(answer).trim_end().to_owned()),
        // The process reported the reason, in the same words as this one.
        Some(status) if status.code() == Some(2) => {
            let refusal = text(refusal);
            let refusal = refusal.trim_end();
            Err(refusal.strip_prefix("error: ").unwrap_or(refusal).to_owned())
        }
        Some(status) => Err(refuse(format!(
            "executing it needs more than {} GiB of memory, or ends the process: {status}\nhint: do not confirm it",
            MEMORY >> 30
        ))),
    }
}

/// Limits the memory of this process, and its time too, because its parent may be gone.
pub(crate) fn limit_this_process(seconds: u64) -> Result<(), String> {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    for (resource, limit) in [(Resource::Data, MEMORY), (Resource::Cpu, seconds.saturating_mul(cores))] {
        setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })
            .map_err(|error| format!("cannot limit what the runtime may use: {error}"))?;
    }
    Ok(())
}

fn arguments(question: &RuntimeQuestion) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec!["check-runtime".into(), "--executes".into()];
    arguments.extend(["--limit".into(), question.limit.to_string().into()]);
    if let Some(current) = question.current {
        arguments.extend(["--current".into(), current.to_string().into()]);
    }
    if let Some(chain) = &question.chain {
        arguments.extend(["--chain".into(), chain.into()]);
    }
    arguments.extend(["--".into(), question.file.clone().into()]);
    arguments
}

/// Reads while the process runs, which would block on a full pipe otherwise.
fn collect(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(stream) = stream {
            // Text from before a failed read is still useful.
            let _ = stream.take(1 << 20).read_to_end(&mut text);
        }
        String::from_utf8_lossy(&text).into_owned()
    })
}

/// Waits until the process ends, and kills it after `limit`.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() >= limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        sleep(INTERVAL);
    }
}
