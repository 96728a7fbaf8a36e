// SPDX-License-Identifier: Apache-2.0

//! A fifth hospital joins a network of four, and one of the founders leaves: each step of `docs/operations.md`, in its order
//! (S0-13, S0-17).

use crate::consortium::{address, person, until, Scene};
use anyhow::{Context, Result};
use salus_e2e::{founding::furnish, salus::Salus};
use serde_json::{json, Value};
use std::path::Path;

#[tokio::test(flavor = "multi_thread")]
async fn a_fifth_hospital_joins_and_a_founder_leaves() -> Result<()> {
    let mut scene = Scene::begin(4).await?;
    let machine = furnish(scene.folder.path(), 5, address(5)?).await?;
    let (service, delegate) = institution_and_staff(&scene, &machine.0).await?;

    // All others know the newcomer's node, one after the other, and the network goes on meanwhile.
    let folder = scene.folder.path().join("network-2");
    scene.network.admit(machine, 4, &folder).await?;
    for place in 0..4 {
        scene.stop(place).await?;
        scene.start(place, &[]).await?;
        scene.finalizes(place, 2).await?;
    }
    scene.start(4, &[("SALUS_RPC_METHODS", "unsafe")]).await?;
    scene.finalizes(4, 2).await?;
    scene.hospitals_are_said_to(4, "4 decide together and all vote").await?;
    let keys = scene.finding(4, "session keys").await?;
    assert!(keys.contains("failure"), "it acts as an authority and is none: {keys}");

    // Its seat, and its keys, which count from the session after next.
    let seat = ["--account", &format!("member:{service}"), "--delegate", &format!("member:{delegate}")];
    scene.decide(&[0, 1, 2], &[&["council", "admit-authority", "4"], seat.as_slice()].concat()).await?;
    scene.desk(4)?.acting_as(&person(4, "-service")).json(&["authority", "rotate-keys"]).await?;
    until("it takes part", || async { Ok(!scene.seats(4).await?[4]["keys_in_use"].is_null()) }).await?;
    scene.stop(4).await?;
    scene.start(4, &[]).await?;
    scene.finalizes(4, 3).await?;
    scene.hospitals_are_said_to(4, "5 decide together and all vote; 1 more may fail").await?;
    let keys = scene.finding(4, "session keys").await?;
    assert!(keys.contains("those of an authority of the network"), "{keys}");

    // Of five, four have to vote: without one founder finality needs the newcomer's vote.
    scene.stop(0).await?;
    scene.finalizes(4, 5).await?;
    scene.hospitals_are_said_to(4, "1 did not vote: Hospital 1; no more may fail").await?;
    scene.start(0, &[]).await?;
    scene.finalizes(0, 2).await?;

    founder_leaves(&mut scene).await
}

/// The second founder's seat is taken, and its node stopped when it decides no more. No other founder may go after that.
async fn founder_leaves(scene: &mut Scene) -> Result<()> {
    // The newcomer votes, too: four of five are two thirds.
    scene.decide(&[4, 2, 3, 0], &["council", "remove-authority", "1"]).await?;
    assert_eq!(scene.seats(4).await?.len(), 4);
    scene.hospitals_are_said_to(4, "4 decide together").await?;
    scene.stop(1).await?;
    scene.finalizes(4, 5).await?;
    scene.hospitals_are_said_to(4, "4 decide together and all vote; 1 more may fail").await?;

    let delegate = scene.desk(4)?.acting_as(&person(4, "-delegate"));
    let said = delegate.refused(&["council", "remove-authority", "2"]).await?;
    assert!(said.contains("number of active authorities would be 3") && said.contains("--force"), "{said}");
    Ok(())
}

/// The institution is admitted by three of four, its service and delegate join; their numbers.
async fn institution_and_staff(scene: &Scene, newcomer: &Salus) -> Result<(String, String)> {
    let keys = newcomer.json(&["key", "show", "hospital-5"]).await?;
    let key = |pointer: &str| keys.pointer(pointer).and_then(Value::as_str).map(str::to_owned).context("a key");
    let (issuing, encryption) = (key("/membership")?, key("/encryption/key")?);
    let admit =
        ["institution", "admit", "--kind", "hospital", "--issuing-key", &issuing, "--encryption-key", &encryption];
    assert_eq!(scene.decide(&[0, 1, 2], &admit).await?["institution"], json!(4));

    // Through another hospital's node: it has none yet.
    let (home, vaults) = (newcomer.home(), scene.folder.path().join("vaults"));
    let desk = Salus::new(home, Path::new(&vaults), scene.desk(3)?.node())?;
    let mut members = Vec::new();
    for role in ["service", "delegate"] {
        let (who, voucher) = (person(4, &format!("-{role}")), scene.path(role));
        let issue = ["voucher", "issue", "--institution", "4", "--role", role, "--out", &voucher];
        desk.acting_as("hospital-5").json(&issue).await?;
        let member = desk.acting_as(&who).json(&["join", &voucher]).await?["member"].to_string();
        scene.desk(0)?.acting_as("hospital-1-verifier").json(&["verify", "challenge", &member]).await?;
        desk.acting_as(&who).json(&["verify", "answer"]).await?;
        members.push(member);
    }
    let [service, delegate] = members.try_into().ok().context("two people")?;
    Ok((service, delegate))
}
