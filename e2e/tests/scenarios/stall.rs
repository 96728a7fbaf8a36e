// SPDX-License-Identifier: Apache-2.0

//! Two of four hospitals are lost, so nothing becomes final any more; the council resumes finality without them, as `docs/operations.md` says (S0-13).

use crate::consortium::{person, until, Scene};
use anyhow::{bail, Context, Result};
use salus_chain::Chain;
use serde_json::Value;
use std::fs;

/// The votes of three of four: the third's node is lost, so its delegate sits at the first one's.
const VOTES: [(usize, usize); 3] = [(0, 0), (1, 1), (2, 0)];

#[tokio::test(flavor = "multi_thread")]
async fn finality_resumes_without_those_who_are_lost() -> Result<()> {
    let mut scene = Scene::begin(4).await?;
    for lost in [2, 3] {
        scene.stop(lost).await?;
    }
    let last_final = standstill(&scene).await?;
    let final_block = block(&scene, 0, last_final).await?;

    // A block that is not final at a node is neither proposed nor approved there.
    let newest = ["council", "--stalled", "resume-finality", "--last-final", "4000000", "--wait", "2"];
    let said = scene.desk(0)?.acting_as(&person(0, "-delegate")).refused(&newest).await?;
    assert!(said.contains("block 4000000 is not final"), "{said}");

    for lost in ["2", "3"] {
        decide_stalled(&scene, &["remove-authority", lost, "--force"]).await?;
    }
    decide_stalled(&scene, &["resume-finality", "--last-final", &last_final.to_string(), "--wait", "2"]).await?;
    until("the two that are left finalize", || async {
        Ok(finalized(&scene, 0).await? > last_final && finalized(&scene, 1).await? > last_final)
    })
    .await?;
    scene.finalizes(1, 5).await?;
    assert_eq!(block(&scene, 1, last_final).await?, final_block, "what was final stays so");
    let agreed = finalized(&scene, 1).await?;
    until("the other has it too", || async { Ok(finalized(&scene, 0).await? >= agreed) }).await?;
    assert_eq!(block(&scene, 0, agreed).await?, block(&scene, 1, agreed).await?);
    scene.hospitals_are_said_to(0, "2 decide together and all vote").await?;

    // The council decides as before.
    let delegate = scene.desk(0)?.acting_as(&person(0, "-delegate"));
    let proposed = delegate.json(&["council", "pause-call", "Records.open_records"]).await?;
    assert!(proposed["progress"]["waiting"]["proposal"].is_string(), "{proposed}");
    newcomer_follows(&mut scene, agreed).await
}

/// Waits until nothing more becomes final at both that are left, however many blocks come, and says which block was the last.
async fn standstill(scene: &Scene) -> Result<u64> {
    /// Blocks that come meanwhile. A network that finalizes is two or three behind.
    const BLOCKS: u64 = 12;
    let both = || async { Ok::<_, anyhow::Error>([finalized(scene, 0).await?, finalized(scene, 1).await?]) };
    let best = || async {
        scene.desk(0)?.json(&["status"]).await?["best"]["number"].as_u64().context("the number of the best block")
    };
    // Blocks that were under way when the two failed still become final.
    for _ in 0..5 {
        let (last, target) = (both().await?, best().await? + BLOCKS);
        until("blocks are made", || async { Ok(best().await? >= target) }).await?;
        if both().await? == last && last[0] == last[1] {
            return Ok(last[0]);
        }
    }
    bail!("blocks become final without two of four")
}

async fn decide_stalled(scene: &Scene, decision: &[&str]) -> Result<()> {
    let mut decided = Value::Null;
    for (place, node) in VOTES {
        let delegate = scene.desk_at(place, node)?.acting_as(&person(place, "-delegate"));
        // A voter looks for the motion at the own node first, which may be a block behind.
        let proposal = decided["progress"]["waiting"]["proposal"].as_str().map(str::to_owned);
        let arguments = match &proposal {
            None => decision.to_vec(),
            Some(proposal) => {
                until("the motion is there", || async {
                    Ok(delegate.json(&["council", "--stalled", "list"]).await?.to_string().contains(proposal))
                })
                .await?;
                vec!["approve", proposal, "--yes"]
            }
        };
        decided = delegate.json(&[&["council", "--stalled"], arguments.as_slice()].concat()).await?;
        // The fewer seats there are, the fewer votes it takes.
        if decided["progress"] == "executed" {
            return Ok(());
        }
    }
    bail!("{decided}")
}

/// The third hospital's node, which decides no more, begins with an empty folder and gets the whole chain.
async fn newcomer_follows(scene: &mut Scene, height: u64) -> Result<()> {
    fs::remove_dir_all(scene.folder.path().join("data-2"))?;
    scene.start(2, &[]).await?;
    until("who begins with nothing follows", || async { Ok(finalized(scene, 2).await? >= height) }).await?;
    assert_eq!(block(scene, 2, height).await?, block(scene, 0, height).await?);
    Ok(())
}

async fn finalized(scene: &Scene, place: usize) -> Result<u64> {
    let status = scene.desk(place)?.json(&["status"]).await?;
    status["finalized"]["number"].as_u64().context("a number")
}

async fn block(scene: &Scene, place: usize, number: u64) -> Result<String> {
    let chain = Chain::connect(scene.desk(place)?.node()).await?;
    let hash = chain.block_hash(number.try_into()?).await?.context("the block")?;
    Ok(hash.to_string())
}
