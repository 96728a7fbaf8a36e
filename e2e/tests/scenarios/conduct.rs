// SPDX-License-Identifier: Apache-2.0

//! How five authorities fare: one stays away and comes back, one replaces its keys, a thief uses the keys of one besides,
//! so that it authors twice and loses its place until the council gives it back (S0-16).

use crate::consortium::{person, until, Scene};
use anyhow::{ensure, Context, Result};
use salus_e2e::node::Node;
use serde_json::{json, Value};
use std::{collections::BTreeMap, fs, os::unix::fs::symlink, path::PathBuf};

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

/// The keys in use are replaced, and no block is missing nor one too many.
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

/// The thief's machine runs with the victim's session keys. At first it hears no other node, so that it authors in the victim's slots
/// as the victim does. Then it meets the others, and has both blocks of a slot. People report them; should the two contradict each
/// other in a vote before that, the nodes report it by themselves.
async fn one_authors_twice(scene: &mut Scene) -> Result<()> {
    let [own, victims] = [THIEF, VICTIM].map(|place| scene.network.hospitals[place].keys.clone());
    let stolen = scene.folder.path().join("stolen");
    fs::create_dir(&stolen)?;
    fs::copy(own.join("node-key"), stolen.join("node-key"))?;
    symlink(victims.join("session"), stolen.join("session"))?;
    scene.stop(THIEF).await?;
    let alone = alone(scene)?;
    let since = scene.desk(0)?.json(&["status"]).await?["finalized"]["number"].as_u64().context("a number")?;
    let keys = stolen.to_str().context("a path")?;
    let extra = "--no-prometheus --force-authoring";
    let settings = [("SALUS_KEYS", keys), ("SALUS_EXTRA", extra), ("SALUS_RPC_METHODS", "unsafe")];
    scene.start_from(&alone, THIEF, &settings).await?;
    until("both author for one slot", || async {
        let stolen = slots(scene.node(THIEF)?, since).await?;
        let all = slots(scene.node(0)?, since).await?;
        Ok(stolen.iter().any(|(slot, block)| all.get(slot).is_some_and(|other| other != block)))
    })
    .await?;
    for place in (0..scene.network.hospitals.len()).filter(|place| *place != THIEF) {
        let address = scene.network.hospitals[place].multiaddress();
        scene.node(THIEF)?.ask("system_addReservedPeer", json!([address])).await?;
    }
    let noticed = || async { scene.desk(THIEF)?.json(&["authority", "equivocations"]).await };
    until("a node notices", || async { Ok(noticed().await? != json!([])) }).await?;

    let evidence = scene.folder.path().join("evidence.json");
    fs::write(&evidence, provable(scene, noticed().await?).await?.to_string())?;
    let service = scene.desk(0)?.acting_as(&person(0, "-service"));
    service.run(&["authority", "report", evidence.to_str().context("a path")?]).await?;
    until("the seat is suspended", || async { Ok(scene.seats(0).await?[VICTIM]["status"] == "suspended") }).await?;
    scene.stop(THIEF).await?;
    scene.start(THIEF, &[]).await?;

    let seats = scene.seats(0).await?;
    assert_eq!((&seats[VICTIM]["disabled"], &seats[VICTIM]["will_take_part"]), (&json!(true), &json!(false)));
    assert!(deeds(scene, VICTIM).await?.contains(&"authority-suspended".to_owned()));
    scene.hospitals_are_said_to(0, "4 decide together and all vote").await?;
    scene.finalizes(0, 5).await
}

async fn the_offender_takes_part_again(scene: &mut Scene) -> Result<()> {
    scene.decide(&[0, 2, 3, 4], &["council", "reinstate-authority", &VICTIM.to_string()]).await?;
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

/// The files that were written for the thief's machine, but without the other nodes.
fn alone(scene: &Scene) -> Result<PathBuf> {
    let alone = scene.folder.path().join("alone");
    fs::create_dir(&alone)?;
    for entry in fs::read_dir(&scene.network.hospitals[THIEF].files)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), alone.join(entry.file_name()))?;
        }
    }
    let start = alone.join("run-node");
    let lines = fs::read_to_string(&start)?;
    let others = lines.lines().filter(|line| line.contains("--reserved-nodes")).count();
    ensure!(others == 4, "`run-node` names {others} other nodes");
    let without: Vec<_> = lines.lines().filter(|line| !line.contains("--reserved-nodes")).collect();
    fs::write(&start, without.join("\n") + "\n")?;
    Ok(alone)
}

/// The blocks of a node's best chain above the number `since`, by their slots.
pub(super) async fn slots(node: &Node, since: u64) -> Result<BTreeMap<String, String>> {
    /// The item of Aura's slot in a header's digest.
    const SLOT: &str = "0x066175726120";
    let mut slots = BTreeMap::new();
    let mut hash = node.ask("chain_getBlockHash", json!([])).await?;
    loop {
        let header = node.ask("chain_getHeader", json!([hash])).await?;
        let number = header["number"].as_str().context("a number")?.trim_start_matches("0x");
        if u64::from_str_radix(number, 16)? <= since {
            return Ok(slots);
        }
        let items = header["digest"]["logs"].as_array().context("a digest")?;
        let slot = items.iter().filter_map(Value::as_str).find_map(|item| item.strip_prefix(SLOT)).context("a slot")?;
        slots.insert(slot.to_owned(), hash.as_str().context("a hash")?.to_owned());
        hash = header["parentHash"].clone();
    }
}

/// The evidence, with the parent of the block of which the other nodes know the parent: there they prove whose the key is.
async fn provable(scene: &Scene, mut evidence: Value) -> Result<Value> {
    for pair in evidence.as_array_mut().context("a list")? {
        for header in ["first", "second"] {
            // A header begins with the hash of its parent.
            let parent = pair[header].as_str().and_then(|header| header.get(..66)).context("a header")?.to_owned();
            let number = scene.node(0)?.ask("chain_getHeader", json!([parent])).await?;
            if !number.is_null() {
                pair["parent"] = parent.into();
            }
        }
    }
    Ok(evidence)
}

/// The actions on a hospital's seat, in order.
async fn deeds(scene: &Scene, place: usize) -> Result<Vec<String>> {
    let history = scene.desk(0)?.json(&["authority", "history", "--institution", &place.to_string()]).await?;
    let action = |entry: &Value| entry["action"].as_str().map(str::to_owned).context("an action");
    history.as_array().context("entries")?.iter().map(action).collect()
}
