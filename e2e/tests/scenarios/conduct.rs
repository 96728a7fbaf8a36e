// SPDX-License-Identifier: Apache-2.0

//! How five authorities fare: one stays away and comes back, one replaces its keys, one's keys are used by somebody else besides,
//! so that it authors twice and loses its place until the council gives it back (S0-16).

use crate::consortium::{person, until, Scene};
use anyhow::{Context, Result};
use serde_json::{json, Value};
use std::{fs, os::unix::fs::symlink};

/// The place of who stays away, and replaces its keys.
const ABSENT: usize = 3;
/// Of whose keys are stolen.
const VICTIM: usize = 1;
/// Of the thief.
const THIEF: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn an_absent_authority_returns_and_an_offender_is_out_until_it_is_reinstated() -> Result<()> {
    let mut scene = Scene::begin(5).await?;
    one_is_absent_and_returns(&mut scene).await?;
    keys_are_replaced(&mut scene).await?;
    one_authors_twice(&mut scene).await?;
    the_offender_takes_part_again(&mut scene).await
}

async fn one_is_absent_and_returns(scene: &mut Scene) -> Result<()> {
    scene.stop(ABSENT).await?;
    until("its absence is noticed", || async {
        Ok(scene.seats(0).await?[ABSENT]["missed_sessions"].as_u64() > Some(0))
    })
    .await?;
    let seats = scene.finding(0, "seats").await?;
    assert!(seats.contains("Hospital 4"), "{seats}");
    scene.start(ABSENT, &[("SALUS_RPC_METHODS", "unsafe")]).await?;
    until("it is back", || async { Ok(scene.seats(0).await?[ABSENT]["missed_sessions"] == 0) }).await?;
    // The log names it after each session that it missed.
    let mut deeds = deeds(scene, ABSENT).await?;
    deeds.dedup();
    assert_eq!(deeds, ["authority-absent", "authority-returned"]);
    Ok(())
}

/// Those in use are replaced, and no block is missing nor one too many.
async fn keys_are_replaced(scene: &mut Scene) -> Result<()> {
    let former = scene.seats(0).await?[ABSENT]["keys_in_use"].clone();
    let service = scene.desk(ABSENT)?.acting_as(&person(ABSENT, "-service"));
    let keys = service.json(&["authority", "rotate-keys"]).await?["keys"].clone();
    assert_ne!(keys, former);
    until("the new keys count", || async { Ok(scene.seats(0).await?[ABSENT]["keys_in_use"] == keys) }).await?;
    scene.stop(ABSENT).await?;
    scene.start(ABSENT, &[]).await?;
    // Of five, four have to vote: without another one finality needs the new key's vote.
    scene.stop(2).await?;
    scene.finalizes(ABSENT, 5).await?;
    scene.start(2, &[]).await?;
    scene.finalizes(2, 2).await?;
    assert_eq!(scene.desk(0)?.json(&["authority", "equivocations"]).await?, json!([]));
    Ok(())
}

/// The thief's machine runs with the victim's session keys. Two blocks for one slot are reported by people; should the two contradict
/// each other in a vote before that, the nodes report it by themselves.
async fn one_authors_twice(scene: &mut Scene) -> Result<()> {
    let [own, victims] = [THIEF, VICTIM].map(|place| scene.network.hospitals[place].keys.clone());
    let stolen = scene.folder.path().join("stolen");
    fs::create_dir(&stolen)?;
    fs::copy(own.join("node-key"), stolen.join("node-key"))?;
    symlink(victims.join("session"), stolen.join("session"))?;
    scene.stop(THIEF).await?;
    scene.start(THIEF, &[("SALUS_KEYS", stolen.to_str().context("a path")?)]).await?;
    until("a node notices", || async { Ok(scene.desk(0)?.json(&["authority", "equivocations"]).await? != json!([])) })
        .await?;
    scene.desk(0)?.acting_as(&person(0, "-service")).run(&["authority", "report"]).await?;
    until("the seat is suspended", || async { Ok(scene.seats(0).await?[VICTIM]["status"] == "suspended") }).await?;
    scene.stop(THIEF).await?;
    scene.start(THIEF, &[]).await?;

    let seats = scene.seats(0).await?;
    assert_eq!((&seats[VICTIM]["disabled"], &seats[VICTIM]["will_take_part"]), (&json!(true), &json!(false)));
    assert!(deeds(scene, VICTIM).await?.contains(&"authority-suspended".to_owned()));
    until("four decide without it", || async {
        Ok(scene.finding(0, "hospitals").await?.contains("4 decide together and all vote"))
    })
    .await?;
    scene.finalizes(0, 5).await
}

async fn the_offender_takes_part_again(scene: &mut Scene) -> Result<()> {
    scene.decide(&[0, 2, 3], &["council", "reinstate-authority", &VICTIM.to_string()]).await?;
    until("it takes part", || async {
        let seats = scene.seats(0).await?;
        Ok(!seats[VICTIM]["keys_in_use"].is_null() && seats[VICTIM]["disabled"] == false)
    })
    .await?;
    scene.stop(0).await?;
    scene.finalizes(2, 5).await?;
    assert_eq!(scene.seats(2).await?[VICTIM]["status"], "active");
    Ok(())
}

/// What happened to a hospital's seat, in order.
async fn deeds(scene: &Scene, place: usize) -> Result<Vec<String>> {
    let history = scene.desk(0)?.json(&["authority", "history", "--institution", &place.to_string()]).await?;
    let action = |entry: &Value| entry["action"].as_str().map(str::to_owned).context("an action");
    history.as_array().context("entries")?.iter().map(action).collect()
}
