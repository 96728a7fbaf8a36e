// SPDX-License-Identifier: Apache-2.0

//! An authority loses its machine, and comes back with the data of its node from a backup, as `docs/operations.md` says: it follows
//! the others, authors nothing and votes for nothing until it has new session keys, and never equivocates. Then another one, which has
//! no backup, comes back from the others. It takes the longest of all scenarios, and begins early by its name.

use crate::{
    backup::Backup,
    consortium::{person, until, Scene},
    from_the_others::{self, comes_back_from_the_others},
    turns::{self, authors, seat, slots_since},
};
use anyhow::{ensure, Context, Result};
use serde_json::json;
use std::{fs, path::Path};

/// Whose machine is lost.
const LOST: usize = 1;
/// The number of authorities.
const ALL: u64 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn authorities_that_lost_their_machines_are_silent_until_they_have_new_keys_and_never_equivocate() -> Result<()> {
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
    let since = scene.height(0).await?;
    scene.finalizes(LOST, 8).await?;
    scene.hospitals_are_said_to(0, "4 decide together and all vote").await?;
    let seat = seat(&scene, LOST).await?;
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
    let back = scene.height(0).await?;
    until("it has caught up", || async { Ok(scene.height(LOST).await? > back) }).await?;
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
    let since = scene.height(0).await?;
    scene.finalizes(LOST, 4).await?;
    scene.hospitals_are_said_to(0, "4 decide together and all vote").await?;
    let seat = turns::seat(&scene, LOST).await?;
    until("it authors again", || async { Ok(authors(&scene, since).await?.contains(&seat)) }).await?;

    ensure!(suspensions(&scene, LOST).await? == 0, "it was suspended");
    none_equivocated(&scene).await?;
    comes_back_from_the_others(&mut scene).await?;
    ensure!(suspensions(&scene, from_the_others::LOST).await? == 1, "not by its delegate alone");
    none_equivocated(&scene).await
}

/// No node saw an authority author or vote twice, and the chain has no report of it.
async fn none_equivocated(scene: &Scene) -> Result<()> {
    for place in 0..scene.network.hospitals.len() {
        let noticed = scene.desk(place)?.json(&["authority", "equivocations"]).await?;
        ensure!(noticed == json!([]), "noticed at {place}: {noticed}");
    }
    let history = scene.desk(0)?.json(&["authority", "history"]).await?.to_string();
    ensure!(!history.contains("equivocation"), "{history}");
    Ok(())
}

/// How often a hospital's seat was suspended.
async fn suspensions(scene: &Scene, hospital: usize) -> Result<usize> {
    let history = scene.desk(0)?.json(&["authority", "history", "--institution", &hospital.to_string()]).await?;
    Ok(history.to_string().matches("authority-suspended").count())
}

fn is_empty(folder: &Path) -> Result<bool> {
    let mut entries = fs::read_dir(folder).with_context(|| format!("`{}` did not come back", folder.display()))?;
    Ok(entries.next().is_none())
}
