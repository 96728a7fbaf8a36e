// SPDX-License-Identifier: Apache-2.0

//! The patient's log says how much a vault gave out once the session is over, and anyone can check it (S2-04, S4-31).

use crate::importing::{case, Scene};
use anyhow::{ensure, Context, Result};
use salus_e2e::{
    binaries,
    clock::{Clock, SEEN},
    node::Node,
    salus::Salus,
    vault_service::{delegates, enter_address, member_key, ServicePlace, VaultService},
};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    process::Command,
    time::{sleep, timeout},
};

/// How long receipts may take to be final in the log, once a service looks.
const PATIENCE: Duration = Duration::from_secs(150);
const SESSION: Duration = Duration::from_secs(30 * 60);

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_sees_how_much_a_vault_gave_out_and_others_can_check_it() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut clock = Clock::new(folder.path())?;
    let node = Node::start_with(&folder.path().join("node"), &clock).await?;
    let place = place(&folder.path().join("hospital"), node.url())?.with(&clock);
    let service = place.start().await?;
    let staff = Salus::with_services(&folder.path().join("council"), node.url())?.with(&clock);
    let delegates = delegates(&staff).await?;
    enter_address(&delegates, 0, &place.address(), None).await?;
    service.until_ready().await?;
    let scene = Scene::with_services_and(folder.path(), node.url(), &clock).await?;
    scene.patient.json(&["record", "add", "0", "--bundle", &case("first.json")]).await?;
    // Members 0 to 7 are staff of the development chain; the patient came first.
    let grant = ["grant", "0", "--to", "member:9", "--compartment", "General", "--purposes", "treatment"];
    scene.patient.json(&grant).await?;
    let read = read(&scene.doctor, &folder.path().join("first")).await?;
    ensure!(read > 0, "the doctor read nothing");

    // While the session runs, the log says so, and the chain takes no receipts.
    let [opening] = &openings(&scene.patient).await?[..] else { anyhow::bail!("not one opening") };
    ensure!(opening["state"] == "running" && opening["posted"] == serde_json::json!([]), "too early: {opening}");
    let entry = opening["entry"].as_u64().context("no entry")?;
    let file = export(&place, entry, &folder.path().join("receipts.json")).await?;
    let receipts = receipts_of(&file)?;
    // Of each record the sealed blob, and the way to its key.
    ensure!(receipts.len() == 2 * read, "{} receipts of {read} records", receipts.len());
    let early = compared(&scene.doctor, &file, 1).await?;
    ensure!(early["fault"] == "not-posted", "compared early: {early}");

    // A power failure, and half an hour goes by: the receipts get into the log all the same.
    service.kill().await?;
    let service = place.start().await?;
    clock.forward(SESSION)?;
    sleep(SEEN).await;
    let posted = until_state(&scene.patient, entry, "posted").await?;
    ensure!(
        posted["posted"][0]["count"] == receipts.len() as u64 && posted["posted"][0]["institution"] == 0,
        "{posted}"
    );
    until_metrics(&service, "salus_vault_receipts_posted_total 1").await?;

    // An outsider compares the vault's receipts with the log. One that was taken out is missed.
    let file = export(&place, entry, &folder.path().join("after.json")).await?;
    ensure!(receipts_of(&file)? == receipts, "other receipts than before");
    let agreed = compared(&scene.doctor, &file, 0).await?;
    ensure!(agreed["fault"].is_null() && agreed["posted"] == agreed["exported"], "compared: {agreed}");
    let mut fewer: Value = serde_json::from_slice(&fs::read(&file)?)?;
    fewer["receipts"].as_array_mut().context("no receipts")?.pop();
    fs::write(&file, fewer.to_string())?;
    let missed = compared(&scene.doctor, &file, 1).await?;
    ensure!(missed["fault"] == "other-receipts", "compared with one fewer: {missed}");

    // A service that stays away is seen; when it is back, so are its receipts.
    let again = self::read(&scene.doctor, &folder.path().join("second")).await?;
    service.stop().await?;
    clock.forward(2 * SESSION)?;
    sleep(SEEN).await;
    let late = openings(&scene.patient).await?.last().and_then(|opening| opening["entry"].as_u64());
    let late = late.filter(|late| *late > entry).context("no second opening")?;
    until_state(&scene.patient, late, "overdue").await?;
    let service = place.start().await?;
    let posted = until_state(&scene.patient, late, "posted").await?;
    ensure!(posted["posted"][0]["count"] == 2 * again as u64, "after it was back: {posted}");
    until_metrics(&service, "salus_vault_receipts_overdue 0").await?;
    service.stop().await?;
    node.stop().await
}

/// A hospital's service with the key of its service member.
fn place(folder: &Path, node: &str) -> Result<ServicePlace> {
    ServicePlace::prepare(folder, 0, node, &member_key(folder, "//Hospital1//Service//transaction")?)
}

/// The doctor reads what she may; how many records.
async fn read(doctor: &Salus, out: &Path) -> Result<usize> {
    let out = out.display().to_string();
    let exported = doctor.json(&["record", "export", "0", "--purpose", "treatment", "--out", &out]).await?;
    Ok(exported["records"].as_array().context("nothing was exported")?.len())
}

/// The receipts for each opening, as the patient's log has them.
async fn openings(patient: &Salus) -> Result<Vec<Value>> {
    let log = patient.json(&["log", "chart:0"]).await?;
    Ok(log["receipts"].as_array().context("the log says nothing of receipts")?.clone())
}

/// The receipts for an opening, once those of the home vault are in this state.
async fn until_state(patient: &Salus, entry: u64, state: &str) -> Result<Value> {
    let waiting = async {
        loop {
            let found = openings(patient).await?.into_iter().find(|opening| opening["entry"] == entry);
            if let Some(found) = found.filter(|opening| opening["state"] == state) {
                return anyhow::Ok(found);
            }
            sleep(Duration::from_millis(500)).await;
        }
    };
    timeout(PATIENCE, waiting).await.with_context(|| format!("the receipts are not {state}"))?
}

/// Exports the receipts for an opening to a file.
async fn export(place: &ServicePlace, entry: u64, file: &Path) -> Result<PathBuf> {
    let mut command = Command::new(binaries::find("salus-vault")?);
    command.args(["receipts", "export", "0", &entry.to_string(), "--config"]).arg(place.config());
    let exported = command.output().await?;
    ensure!(exported.status.success(), "no export: {}", String::from_utf8_lossy(&exported.stderr));
    fs::write(file, &exported.stdout)?;
    Ok(file.to_owned())
}

fn receipts_of(file: &Path) -> Result<Vec<Value>> {
    let exported: Value = serde_json::from_slice(&fs::read(file)?)?;
    Ok(exported["receipts"].as_array().context("no receipts")?.clone())
}

/// The answer of `salus receipts` about a file, while it ends with this status.
async fn compared(person: &Salus, file: &Path, status: i32) -> Result<Value> {
    let ran = person.run(&["receipts", &file.display().to_string()]).await?;
    ensure!(ran.status == status, "`salus receipts` ended with {}: {}", ran.status, ran.stderr);
    let said: Value = serde_json::from_slice(&ran.stdout)?;
    Ok(said["compared"].clone())
}

async fn until_metrics(service: &VaultService, line: &str) -> Result<()> {
    let waiting = async {
        while !String::from_utf8(service.get("/metrics").await?.1)?.contains(line) {
            sleep(Duration::from_millis(200)).await;
        }
        anyhow::Ok(())
    };
    timeout(PATIENCE, waiting).await.with_context(|| format!("no `{line}`"))?
}
