// SPDX-License-Identifier: Apache-2.0

//! An authority loses its machine, and comes back with the data of its node from a backup, as `docs/operations.md` says: it follows
//! the others, authors nothing and votes for nothing until it has new session keys, and never equivocates.

use crate::{
    backup::Backup,
    conduct::slots,
    consortium::{person, until, Scene},
};
use anyhow::{ensure, Context, Result};
use serde_json::json;
use std::{collections::BTreeSet, fs, path::Path};

/// Whose machine is lost.
const LOST: usize = 1;
/// The number of authorities.
const ALL: u64 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_authority_is_silent_until_it_has_new_keys_and_never_equivocates() -> Result<()> {
    let mut scene = Scene::begin(4).await?;
    let root = scene.folder.path().canonicalize()?;
    let (machine, data) = (root.join(format!("machine-{}", LOST + 1)), root.join(format!("data-{LOST}")));
    let session = scene.network.hospitals[LOST].keys.join("session");
    let backup = Backup {
        repository: root.join("repository"),
        home: root.join("operator"),
        node: scene.node(0)?.url().to_owned(),
    };
    scene.stop(LOST).await?;
    backup.runs(&["backup", "init"]).await?;
    let [files, of_node] = [&machine, &data].map(|path| path.display().to_string());
    let saved = backup.runs(&["backup", "run", "--files", &files, "--node-data", &of_node]).await?;
    ensure!(saved["node_data_files"].as_u64() > Some(0), "saved: {saved}");

    // It goes on, and authors and votes for blocks that its backup does not have.
    scene.start(LOST, &[]).await?;
    let since = height(&scene, 0).await?;
    scene.finalizes(LOST, 8).await?;
    scene.hospitals_are_said_to(0, "4 decide together and all vote").await?;
    let seat = seat(&scene).await?;
    until("it authors", || async { Ok(authors(&scene, since).await?.contains(&seat)) }).await?;

    // The machine is lost, and everything comes back from the backup but the session keys.
    scene.stop(LOST).await?;
    for folder in [&machine, &data] {
        fs::remove_dir_all(folder)?;
    }
    let restored = backup.runs(&["restore", "--to", "/", "--only", "files", "--only", "node-data"]).await?;
    ensure!(data.join("chains").is_dir() && is_empty(&session)?, "restored: {restored}");

    // It follows the others, and is silent for four of its turns.
    scene.start(LOST, &[("SALUS_RPC_METHODS", "unsafe")]).await?;
    scene.hospitals_are_said_to(0, "1 did not vote: Hospital 2").await?;
    let back = height(&scene, 0).await?;
    until("it has caught up", || async { Ok(height(&scene, LOST).await? > back) }).await?;
    let others = || (0..ALL).filter(move |place| *place != seat);
    until("all others had four turns", || async {
        let authors = authors(&scene, back).await?;
        Ok(slots_since(&scene, back).await? >= 4 * ALL && others().all(|place| authors.contains(&place)))
    })
    .await?;
    ensure!(authors(&scene, back).await?.into_iter().eq(others()), "it authored without keys");
    scene.hospitals_are_said_to(0, "1 did not vote: Hospital 2").await?;
    ensure!(is_empty(&session)?, "it has keys");

    // With new keys it takes part again.
    let service = scene.desk(LOST)?.acting_as(&person(LOST, "-service"));
    let keys = service.json(&["authority", "rotate-keys"]).await?["keys"].clone();
    until("the new keys count", || async { Ok(scene.seats(0).await?[LOST]["keys_in_use"] == keys) }).await?;
    scene.stop(LOST).await?;
    scene.start(LOST, &[]).await?;
    let since = height(&scene, 0).await?;
    scene.finalizes(LOST, 4).await?;
    scene.hospitals_are_said_to(0, "4 decide together and all vote").await?;
    let seat = self::seat(&scene).await?;
    until("it authors again", || async { Ok(authors(&scene, since).await?.contains(&seat)) }).await?;

    // No node ever saw it author or vote twice, and the chain has no report of it.
    for place in [0, LOST, 2, 3] {
        ensure!(scene.desk(place)?.json(&["authority", "equivocations"]).await? == json!([]), "noticed at {place}");
    }
    let history = scene.desk(0)?.json(&["authority", "history", "--institution", &LOST.to_string()]).await?.to_string();
    ensure!(!history.contains("equivocation") && !history.contains("suspended"), "{history}");
    Ok(())
}

fn is_empty(folder: &Path) -> Result<bool> {
    let mut entries = fs::read_dir(folder).with_context(|| format!("`{}` did not come back", folder.display()))?;
    Ok(entries.next().is_none())
}

async fn height(scene: &Scene, place: usize) -> Result<u64> {
    let status = scene.desk(place)?.json(&["status"]).await?;
    status["finalized"]["number"].as_u64().context("a number")
}

/// The place of the lost hospital's key among those that take turns to author.
async fn seat(scene: &Scene) -> Result<u64> {
    let key = scene.seats(0).await?[LOST]["keys_in_use"]["aura"].as_str().context("no key")?.to_owned();
    let all = scene.node(0)?.ask("state_call", json!(["AuraApi_authorities", "0x"])).await?;
    // A byte with their number, and keys of 32 bytes.
    let all = all.as_str().and_then(|all| all.get(4..)).context("no authorities")?;
    ensure!(u64::try_from(all.len())? == ALL * 64, "other authorities: {all}");
    let place = all.find(key.trim_start_matches("0x")).with_context(|| format!("{key} is not among {all}"))?;
    Ok(u64::try_from(place)? / 64)
}

/// The slots of the blocks above the number `since`, as the first hospital's node has them.
async fn numbers(scene: &Scene, since: u64) -> Result<BTreeSet<u64>> {
    let slots = slots(scene.node(0)?, since).await?;
    let number = |item: &String| {
        let bytes = hex::decode(item)?;
        anyhow::Ok(u64::from_le_bytes(bytes.try_into().ok().context("eight bytes")?))
    };
    slots.keys().map(number).collect()
}

/// The places of those who authored blocks above the number `since`.
async fn authors(scene: &Scene, since: u64) -> Result<BTreeSet<u64>> {
    Ok(numbers(scene, since).await?.into_iter().map(|slot| slot % ALL).collect())
}

/// How many slots there were from the first block above the number `since` to the newest one.
async fn slots_since(scene: &Scene, since: u64) -> Result<u64> {
    let numbers = numbers(scene, since).await?;
    Ok(numbers.last().zip(numbers.first()).map_or(0, |(last, first)| last - first))
}
