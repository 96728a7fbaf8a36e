// SPDX-License-Identifier: Apache-2.0

//! An authority runs twice, with the same keys: a node notices, a member reports it, and the seat is suspended (S0-16).

use anyhow::{ensure, Context, Result};
use salus_e2e::{node::Node, salus::Salus, walls::Walls};
use serde_json::Value;
use std::time::{Duration, Instant};

/// How long it may take until two blocks for one slot meet.
const PATIENCE: Duration = Duration::from_secs(300);

#[tokio::test(flavor = "multi_thread")]
async fn two_blocks_for_one_slot_cost_the_seat() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (node, entrance) = Node::start_entrance(&folder.path().join("first"), &Walls::none()).await?;
    let salus = Salus::new(&folder.path().join("home"), &folder.path().join("vaults"), node.url())?;
    let service = salus.acting_as("service");
    salus.json(&["key", "import", "service", "--uri", "//Hospital2//Service"]).await?;
    assert_eq!(salus.json(&["authority", "equivocations"]).await?, Value::Array(Vec::new()));
    assert_eq!(service.json(&["authority", "report"]).await?, Value::Array(Vec::new()));

    // It takes no part in the vote, or GRANDPA's own reports might come first.
    let twin = Node::start_beside(&entrance, &["--alice", "--no-grandpa"], &folder.path().join("twin"), &Walls::none())
        .await?;
    let began = Instant::now();
    let found = loop {
        let found = salus.json(&["authority", "equivocations"]).await?;
        if found.as_array().is_some_and(|found| !found.is_empty()) {
            break found;
        }
        ensure!(began.elapsed() < PATIENCE, "no node noticed that an authority runs twice");
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    twin.stop().await?;
    assert_ne!(found[0]["first"], found[0]["second"]);

    let reported = service.json(&["authority", "report"]).await?;
    assert_eq!(reported[0]["institution"], 0, "{reported}");
    let status = salus.json(&["authority", "status"]).await?;
    assert_eq!(status["seats"][0]["status"], "suspended", "{status}");
    assert_eq!(status["seats"][1]["status"], "active", "{status}");
    let history = salus.json(&["authority", "history"]).await?.to_string();
    assert!(history.contains("equivocation-reported") && history.contains("authority-suspended"), "{history}");

    // One incident is judged once.
    let evidence = folder.path().join("evidence.json");
    std::fs::write(&evidence, found.to_string())?;
    let said = service.refused(&["authority", "report", evidence.to_str().context("a path")?]).await?;
    assert!(said.contains("suspended") || said.contains("InvalidStatus"), "{said}");

    // The only authority cannot be spared, so it goes on.
    let height = || async { anyhow::Ok(salus.json(&["status"]).await?["finalized"]["number"].as_u64()) };
    let (before, began) = (height().await?, Instant::now());
    while height().await? <= before {
        ensure!(began.elapsed() < PATIENCE, "finality stopped");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}
