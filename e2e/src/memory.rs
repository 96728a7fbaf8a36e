// SPDX-License-Identifier: Apache-2.0

//! The most memory that processes had, as the kernel counts it.

use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{fs, pin::pin, time::Duration};
use tokio::{process::Child, time::sleep};

/// A process that has read and written so many bytes is in the midst of its stream: a keystore has far fewer.
const STREAM_BEGINS: u64 = 8 * 1024 * 1024;
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// Waits for a command that has to succeed and that moves a large object; its JSON, and the most memory in KiB that it had since its
/// stream began. Before that it unlocks its keys, which takes 64 MiB on purpose.
pub async fn watched(child: Child) -> Result<(Value, u64)> {
    let id = child.id().context("it ended at once")?;
    let (mut peak, mut streams) = (0u64, false);
    let mut ended = pin!(child.wait_with_output());
    let output = loop {
        tokio::select! {
            output = &mut ended => break output?,
            () = sleep(BETWEEN_LOOKS) => {}
        }
        if streams {
            // A process that has just ended has no memory.
            peak = peak.max(peak_of(id).unwrap_or_default());
        } else if moved(id).is_some_and(|bytes| bytes >= STREAM_BEGINS) {
            fs::write(format!("/proc/{id}/clear_refs"), "5").context("no peak can begin again")?;
            streams = true;
        }
    };
    ensure!(output.status.success(), "it ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    ensure!(peak > 0, "the command moved no large object, or was too quick to be seen");
    Ok((serde_json::from_slice(&output.stdout)?, peak))
}

/// The most memory that a process had since it began, or since its peak began again, in KiB.
pub fn peak_of(process: u32) -> Option<u64> {
    field(&format!("/proc/{process}/status"), "VmHWM:")
}

/// Bytes that a process has read and written. It counts no bytes of sockets.
fn moved(process: u32) -> Option<u64> {
    let file = format!("/proc/{process}/io");
    Some(field(&file, "rchar:")?.saturating_add(field(&file, "wchar:")?))
}

fn field(file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    value.trim().trim_end_matches(" kB").parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use std::process::Stdio;
    use tokio::process::Command;

    #[tokio::test]
    async fn a_command_is_watched_while_its_bytes_flow() {
        let shell = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().unwrap()
        };
        // `exec`, so that the process that reads is the one that is watched.
        let reads = shell("echo 7; exec dd if=/dev/zero of=/dev/null bs=16M count=400 2>/dev/null");
        let (printed, peak) = watched(reads).await.unwrap();
        assert_eq!(printed, 7);
        assert!(peak >= 16 * 1024, "{peak} KiB");
        assert!(watched(shell("echo 7")).await.is_err(), "nothing flowed");
        assert!(watched(shell("exit 3")).await.is_err());
    }
}
