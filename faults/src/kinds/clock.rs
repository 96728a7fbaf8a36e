// SPDX-License-Identifier: Apache-2.0

//! Sets one node's clock wrong, with libfaketime, which reads the offset from a file again and again.

use super::Stage;
use crate::{
    network::Network,
    plan::{Detail, Plan},
};
use anyhow::{ensure, Context, Result};
use salus_e2e::clock::library;
use std::{
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::time::sleep;

/// The file with the offset, beside the node's database.
const OFFSET: &str = "offset";
/// The longest time between two lines of a node's log, in seconds.
const SILENCE: u64 = 7;
const DAY: i64 = 86_400;

/// Starts the victim's node with a clock that the run can set.
pub(super) fn arrange(plan: &Plan, network: &mut Network) -> Result<()> {
    let machine = network.machine(plan.victim)?;
    let file = machine.data.join(OFFSET);
    std::fs::create_dir_all(&machine.data)?;
    std::fs::write(&file, "+0\n")?;
    let file = file.to_str().context("the name of the folder is not a text")?.to_owned();
    let settings = [
        ("LD_PRELOAD", library()?.to_owned()),
        ("FAKETIME_TIMESTAMP_FILE", file),
        // Read the file again after a second. The monotonic clock stays correct, as on a machine with a wrong date.
        ("FAKETIME_CACHE_DURATION", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ];
    machine.environment.extend(settings.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Ok(())
}

/// Sets one node's clock wrong for a while.
pub(super) async fn wrong(stage: &mut Stage<'_>) -> Result<()> {
    let Detail::Offset(offset) = stage.plan.detail else { anyhow::bail!("the plan has no offset") };
    let victim = stage.plan.victim;
    let machine = stage.network.machine(victim)?;
    let (file, from): (PathBuf, usize) = (machine.data.join(OFFSET), machine.said().len());
    ensure!(file.exists(), "the node's clock cannot be set");
    std::fs::write(&file, format!("{offset:+}\n"))?;
    stage.strikes();
    sleep(stage.plan.length()).await;
    let machine = stage.network.machine(victim)?;
    let (said, ended) = (machine.complaints(from, &["20"]), machine.node.ended()?);
    let behind = stage.watch.height().saturating_sub(stage.watch.glance(victim).finalized);
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    stage.others_went_on().await;
    std::fs::write(&file, "+0\n")?;
    if ended.is_some() {
        stage.network.machine(victim)?.start()?;
        stage.remark(format!("it ended by itself ({ended:?}); its operator started it again"));
    }
    stage.heals();

    let last = said.iter().rev().find_map(|line| time_of_day(line)).context("the node said nothing")?;
    // The difference within a day, from -12 to 12 hours.
    let apart =
        last.saturating_sub(now.rem_euclid(DAY)).saturating_add(DAY / 2).rem_euclid(DAY).saturating_sub(DAY / 2);
    let fact =
        format!("its log was {apart} s off at the end, {offset} s were asked for; it was {behind} final blocks behind");
    stage.prove(fact, apart.abs_diff(offset) <= SILENCE);
    Ok(())
}

/// Returns the second of the day in the timestamp of a log line, such as `2026-11-21 10:20:15`.
fn time_of_day(line: &str) -> Option<i64> {
    let time = line.get(11..19)?;
    let mut parts = time.split(':').map(|part| part.parse::<i64>().ok());
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    Some(hours.checked_mul(3600)?.saturating_add(minutes.checked_mul(60)?).saturating_add(seconds))
}

#[cfg(test)]
mod tests {
    use super::time_of_day;

    #[test]
    fn time_of_day_is_read_from_the_log() {
        assert_eq!(time_of_day("2026-11-21 10:20:15 Idle"), Some(37_215));
        assert_eq!(time_of_day("thread 'main' panicked at"), None);
        assert_eq!(time_of_day(""), None);
    }
}
