// SPDX-License-Identifier: Apache-2.0

//! The report: the machine, and figures with their spread.

use anyhow::{Context, Result};
use std::{fmt, fs, time::Duration};

/// The machine in one line. Figures without it say nothing.
pub(crate) fn machine() -> Result<String> {
    let field = |file: &str, name: &str| -> Option<String> {
        let text = fs::read_to_string(file).ok()?;
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let cores = std::thread::available_parallelism()?;
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".into());
    let memory = field("/proc/meminfo", "MemTotal").context("no /proc/meminfo")?;
    let memory: u64 = memory.trim_end_matches(" kB").parse()?;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let load = fs::read_to_string("/proc/loadavg")?;
    let load = load.split(' ').next().unwrap_or_default();
    Ok(format!(
        "machine: {cores} cores of {processor}, {} GiB, Linux {}, load {load} before the run",
        memory >> 20,
        kernel.trim()
    ))
}

/// Durations, sorted.
pub(crate) struct Spread(Vec<Duration>);

impl Spread {
    /// Of these.
    pub(crate) fn of(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        Self(durations)
    }

    /// The least duration that so many percent do not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let rank = self.0.len().saturating_mul(percent).div_ceil(100);
        self.0.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// Their sum, divided by how many there are.
    pub(crate) fn mean(&self) -> Duration {
        let count = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        self.0.iter().sum::<Duration>().checked_div(count).unwrap_or_default()
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p90, p99, most] = [50, 90, 99, 100].map(|percent| self.percentile(percent).as_secs_f64());
        let mean = self.mean().as_secs_f64();
        write!(f, "p50 {p50:.2} s, p90 {p90:.2} s, p99 {p99:.2} s, most {most:.2} s, mean {mean:.2} s")
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let spread = Spread::of((1..=100).rev().map(Duration::from_secs).collect());
        assert_eq!([50, 99, 100].map(|percent| spread.percentile(percent).as_secs()), [50, 99, 100]);
        assert_eq!(spread.mean(), Duration::from_millis(50_500));
        let few = Spread::of(vec![Duration::from_secs(3), Duration::from_secs(1), Duration::from_secs(2)]);
        assert_eq!([1, 50, 99].map(|percent| few.percentile(percent).as_secs()), [1, 2, 3]);
        assert_eq!(Spread::of(Vec::new()).percentile(50), Duration::ZERO);
    }
}
