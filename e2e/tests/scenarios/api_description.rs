// SPDX-License-Identifier: Apache-2.0

//! The description that a vault service gives of itself, held against its answers by schemathesis: some thousand requests,
//! well-formed and ill-formed, signed by members and by strangers. No answer is a fault or contradicts the description, and
//! nothing is lost.

use crate::{
    importing::{case, Scene},
    vault_loss::{objects, read_all},
};
use anyhow::{ensure, Context, Result};
use salus_chain::{At, Chain};
use salus_e2e::{
    node::Node,
    salus::Salus,
    vault_service::{delegates, enter_address, ServicePlace},
};
use salus_primitives::ChartId;
use serde_json::{json, Value};
use std::{env, path::Path};
use tokio::process::Command;

/// The seed of the requests.
const SEED: u32 = 20_261_128;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs schemathesis: scripts/check-api.sh"]
async fn answers_are_as_the_description_says() -> Result<()> {
    let program =
        env::var("SALUS_SCHEMATHESIS").context("SALUS_SCHEMATHESIS names no program: scripts/check-api.sh")?;
    let folder = tempfile::tempdir()?;
    let node = Node::start(&folder.path().join("node")).await?;
    let place = ServicePlace::prepare(&folder.path().join("hospital"), 0, node.url(), "")?;
    let service = place.start().await?;
    let staff = Salus::with_services(&folder.path().join("council"), node.url())?;
    let delegates = delegates(&staff).await?;
    enter_address(&delegates, 0, &place.address(), None).await?;
    service.until_ready().await?;
    let scene = Scene::with_services(folder.path(), node.url()).await?;
    scene.patient.json(&["record", "add", "0", "--bundle", &case("first.json")]).await?;
    let facts = facts(&scene, folder.path(), node.url()).await?;
    let (stored, read) = (objects(&place.vault())?, read_all(&scene.patient, &folder.path().join("before")).await?);
    ensure!(!stored.is_empty(), "nothing is there that could be lost");

    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("api");
    let checked = Command::new(program)
        .arg("--config-file")
        .arg(scripts.join("schemathesis.toml"))
        .args(["run", &format!("{}/v1/openapi.json", place.address())])
        .args(["--url", &place.address(), "--seed", &SEED.to_string(), "--max-examples", "40", "--no-color"])
        .current_dir(folder.path())
        .env("PYTHONPATH", &scripts)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SALUS_API_FACTS", folder.path().join("facts.json"))
        .env("NO_PROXY", "*")
        .output()
        .await
        .context("schemathesis does not start")?;
    let said = String::from_utf8_lossy(&checked.stdout).into_owned() + &String::from_utf8_lossy(&checked.stderr);
    ensure!(checked.status.success(), "{said}");
    println!("{said}");

    // The check proves little when no request was answered, or none refused.
    let outcomes: Vec<Value> = serde_json::from_slice(&std::fs::read(&facts.outcomes)?)?;
    let count = |is: &dyn Fn(&Value) -> bool| -> u64 {
        outcomes.iter().filter(|one| is(one)).filter_map(|one| one["count"].as_u64()).sum()
    };
    let given = count(&|one| one["status"] == 200 && one["path"] != "/v1/openapi.json");
    let refused = count(&|one| one["refusal"] == "not-the-member");
    let all = count(&|_| true);
    println!("{all} requests; {given} were answered, {refused} came from strangers: {}", Value::from(outcomes.clone()));
    ensure!(all > 500 && given > 20 && refused > 20, "{all} requests, {given} answered, {refused} from strangers");
    // Of the answers that sound like faults the description has two, and a client can tell them by their refusals.
    for one in outcomes.iter().filter(|one| one["status"].as_u64() >= Some(500)) {
        let is_described = match one["status"].as_u64() {
            Some(503) => one["refusal"] == "behind",
            Some(507) => one["refusal"] == "vault-full",
            _ => false,
        };
        ensure!(is_described, "a fault: {one}");
    }

    // Every object is there as before, and the patient reads the same. Limits of the requests do not outlive the service.
    let after = objects(&place.vault())?;
    ensure!(stored.iter().all(|(id, bytes)| after.get(id) == Some(bytes)), "objects were lost");
    service.stop().await?;
    let service = place.start().await?;
    service.until_ready().await?;
    ensure!(read_all(&scene.patient, &folder.path().join("after")).await? == read, "the patient reads something else");
    service.stop().await?;
    node.stop().await
}

struct Facts {
    outcomes: std::path::PathBuf,
}

/// Writes what the hooks have to know: the chain, a record, and who may sign.
async fn facts(scene: &Scene, folder: &Path, node: &str) -> Result<Facts> {
    // Another key of the patient's, which the hooks can derive.
    scene.patient.json(&["key", "import", "api", "--uri", "//ApiPatient"]).await?;
    scene.patient.json(&["member", "add-key", "api"]).await?;
    let chain = Chain::connect(node).await?;
    let chart = ChartId(0);
    let controller = chain.chart(At::Finalized, chart).await?.context("no chart")?.controller;
    let record = chain.records(At::Finalized, chart).await?.first().context("no record was added")?.key;
    let staff = (0_u64..).zip(["Issuer", "Verifier", "Delegate", "Service"]);
    let staff = staff.map(|(member, role)| (member.to_string(), format!("//Hospital1//{role}//transaction").into()));
    let mut members: serde_json::Map<String, Value> = staff.collect();
    members.insert(controller.to_string(), "//ApiPatient//transaction".into());
    let outcomes = folder.join("outcomes.json");
    let record = salus_primitives::RecordId { chart, key: record };
    let facts = json!({
        "genesis": chain.genesis().to_string(), "record": record.to_string(), "chart": 0, "members": members, "seed": SEED,
        "outcomes": outcomes,
    });
    std::fs::write(folder.join("facts.json"), serde_json::to_vec(&facts)?)?;
    Ok(Facts { outcomes })
}
