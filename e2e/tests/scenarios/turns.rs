// SPDX-License-Identifier: Apache-2.0

//! The turns in which authorities author: who takes which, and who took it.

use crate::{conduct::slots, consortium::Scene};
use anyhow::{ensure, Context, Result};
use serde_json::json;
use std::collections::BTreeSet;

/// The place of a hospital's key among those that take turns to author.
pub(super) async fn seat(scene: &Scene, hospital: usize) -> Result<u64> {
    let key = scene.seats(0).await?[hospital]["keys_in_use"]["aura"].as_str().context("no key")?.to_owned();
    let all = scene.node(0)?.ask("state_call", json!(["AuraApi_authorities", "0x"])).await?;
    // A byte with their number, and keys of 32 bytes.
    let all = all.as_str().and_then(|all| all.get(4..)).context("no authorities")?;
    ensure!(all.len() == scene.network.hospitals.len() * 64, "other authorities: {all}");
    let place = all.find(key.trim_start_matches("0x")).with_context(|| format!("{key} is not among {all}"))?;
    Ok(u64::try_from(place)? / 64)
}

/// The places of those who authored blocks above the number `since`, as the first hospital's node has them.
pub(super) async fn authors(scene: &Scene, since: u64) -> Result<BTreeSet<u64>> {
    let all = u64::try_from(scene.network.hospitals.len())?;
    Ok(numbers(scene, since).await?.into_iter().map(|slot| slot % all).collect())
}

/// How many slots there were from the first block above the number `since` to the newest one.
pub(super) async fn slots_since(scene: &Scene, since: u64) -> Result<u64> {
    let numbers = numbers(scene, since).await?;
    Ok(numbers.last().zip(numbers.first()).map_or(0, |(last, first)| last - first))
}

/// The slots of the blocks above the number `since`.
async fn numbers(scene: &Scene, since: u64) -> Result<BTreeSet<u64>> {
    let slots = slots(scene.node(0)?, since).await?;
    let number = |item: &String| {
        let bytes = hex::decode(item)?;
        anyhow::Ok(u64::from_le_bytes(bytes.try_into().ok().context("eight bytes")?))
    };
    slots.keys().map(number).collect()
}
