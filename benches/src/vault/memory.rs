// SPDX-License-Identifier: Apache-2.0

//! The most memory that a process had: since it began, and since its stream began.

use anyhow::{ensure, Result};
use std::{fs, process::Child, thread::sleep, time::Duration};

/// A process that has read and written so many bytes is in the midst of its stream: a keystore has far fewer.
const STREAM_BEGINS: u64 = 8 * 1024 * 1024;
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// The most memory that a process had, in KiB.
#[derive(Clone, Copy, Default)]
pub(super) struct Peak {
    /// Since it began.
    pub(super) whole: u64,
    /// Since its stream began; 0 when the system does not let a peak begin again.
    pub(super) stream: u64,
}

impl Peak {
    /// The greater of each.
    pub(super) fn max(self, other: Self) -> Self {
        Self { whole: self.whole.max(other.whole), stream: self.stream.max(other.stream) }
    }
}

/// Waits for a command that has to succeed; the most memory that it had.
pub(super) fn watched(mut child: Child) -> Result<Peak> {
    let (mut peak, mut streams) = (Peak::default(), false);
    loop {
        let now = peak_kib(child.id()).unwrap_or_default();
        peak.whole = peak.whole.max(now);
        if streams {
            peak.stream = peak.stream.max(now);
        } else if moved(child.id()).is_some_and(|bytes| bytes >= STREAM_BEGINS) {
            streams = begin_again(child.id());
        }
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "`salus` ended with {status}");
            return Ok(peak);
        }
        sleep(BETWEEN_LOOKS);
    }
}

/// The most memory that a process had since it began, or since its peak began again, in KiB.
pub(super) fn peak_kib(process: u32) -> Option<u64> {
    field(&format!("/proc/{process}/status"), "VmHWM:")
}

/// Has the peak of a process begin again with the memory that it has now; whether the system does that.
pub(super) fn begin_again(process: u32) -> bool {
    fs::write(format!("/proc/{process}/clear_refs"), "5").is_ok()
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
    use std::process::Command;

    #[test]
    fn a_peak_begins_again_without_what_was_freed() {
        let own = std::process::id();
        drop(std::hint::black_box(vec![1u8; 128 * 1024 * 1024]));
        let before = peak_kib(own).unwrap();
        assert!(begin_again(own));
        assert!(peak_kib(own).unwrap().saturating_add(64 * 1024) < before);
        assert!(moved(own).unwrap() > 0);
    }

    #[test]
    fn a_process_that_fails_is_an_error() {
        assert!(watched(Command::new("false").spawn().unwrap()).is_err());
        assert!(watched(Command::new("true").spawn().unwrap()).is_ok());
    }
}
