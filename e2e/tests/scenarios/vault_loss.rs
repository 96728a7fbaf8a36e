// SPDX-License-Identifier: Apache-2.0

//! Two hospitals whose vaults keep copies of each other: the loss of one loses nothing (S3-20, S0-49).

use crate::importing::{case, Scene};
use anyhow::{ensure, Context, Result};
use salus_e2e::{
    binaries,
    node::Node,
    salus::Salus,
    vault_service::{delegates, enter_address, ServicePlace, VaultService},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    process::Command,
    time::{sleep, timeout},
};

/// How long copies may take to come.
const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn a_vault_that_is_lost_comes_back_from_the_others_copies() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let node = Node::start(&folder.path().join("node")).await?;
    let places = [place(folder.path(), 0, node.url())?, place(folder.path(), 1, node.url())?];
    let key = make_key(&folder.path().join("institution-0/institution.key")).await?;
    let [first, second] = [places[0].start().await?, places[1].start().await?];
    let staff = Salus::with_services(&folder.path().join("council"), node.url())?;
    let delegates = delegates(&staff).await?;
    for (institution, place, key) in [(0, &places[0], Some(&key)), (1, &places[1], None)] {
        enter_address(&delegates, institution, &place.address(), key.map(String::as_str)).await?;
    }
    first.until_ready().await?;
    second.until_ready().await?;
    let scene = Scene::with_services(folder.path(), node.url()).await?;
    scene.patient.json(&["record", "add", "0", "--bundle", &case("first.json")]).await?;
    a_hospitals_member_reads_what_was_granted_to_it(&scene, &folder.path().join("doctor")).await?;
    let read = read_all(&scene.patient, &folder.path().join("before")).await?;
    ensure!(read.values().all(|(holder, _)| *holder == 0), "read from a copy while the original is there");

    let original = objects(&places[0].vault())?;
    until("copies at the other hospital", || Ok(original.keys().all(|id| places[1].vault().join(id).is_file())))
        .await?;
    let copy = objects(&places[1].vault())?;
    ensure!(original.iter().all(|(id, bytes)| copy.get(id) == Some(bytes)), "a copy is another object");

    // One vault loses a byte, and then everything while its machine is away: the patient reads on.
    let [damaged, ..] = &blobs(&original)[..] else { anyhow::bail!("there is no blob") };
    let mut bytes = original[damaged].clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(places[0].vault().join(damaged), bytes)?;
    let damaged = read_all(&scene.patient, &folder.path().join("damaged")).await?;
    ensure!(damaged.values().filter(|(holder, _)| *holder == 1).count() == 1, "the altered record came from elsewhere");
    first.kill().await?;
    fs::remove_dir_all(places[0].vault())?;
    let away = read_all(&scene.patient, &folder.path().join("away")).await?;
    for now in [&damaged, &away] {
        ensure!(now.keys().eq(read.keys()), "other records");
        ensure!(now.iter().all(|(record, (_, bytes))| read[record].1 == *bytes), "other bytes");
    }
    ensure!(away.values().all(|(holder, _)| *holder == 1), "read from a vault that is not there");

    // On a new disk the service fetches everything, also when it is killed in between.
    let killed = places[0].start().await?;
    until("the first object", || Ok(!objects(&places[0].vault())?.is_empty())).await?;
    killed.kill().await?;
    for (id, bytes) in objects(&places[0].vault())? {
        ensure!(id.replace('/', "") == hex::encode(Sha256::digest(&bytes)), "half an object has the name {id}");
    }
    let first = places[0].start().await?;
    until("everything", || Ok(objects(&places[0].vault())? == original)).await?;
    first.until_ready().await?;
    until_metrics(&first, "salus_vault_missing_objects{institution=\"0\"} 0").await?;
    let again = read_all(&scene.patient, &folder.path().join("again")).await?;
    ensure!(again == read, "not as before");
    first.stop().await?;
    second.stop().await?;
    node.stop().await
}

/// A hospital's service, which exchanges copies with the other one's.
fn place(folder: &Path, institution: u32, node: &str) -> Result<ServicePlace> {
    let own = folder.join(format!("institution-{institution}"));
    let hospital = institution + 1;
    fs::create_dir_all(&own)?;
    let key = own.join("copies.key");
    fs::write(&key, format!("//Hospital{hospital}//Service//transaction\n"))?;
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600))?;
    let partner = 1 - institution;
    let own_key = if institution == 0 { "key = \"institution.key\"\n" } else { "" };
    let copies = format!("{own_key}[copies]\npartners = [{partner}]\nkey = \"copies.key\"\nevery-seconds = 1\n");
    ServicePlace::prepare(&own, institution, node, &copies)
}

/// Makes an encryption key for an institution; its public part.
async fn make_key(path: &Path) -> Result<String> {
    let made = Command::new(binaries::find("salus-vault")?).arg("key").arg("--out").arg(path).output().await?;
    ensure!(made.status.success(), "no key: {}", String::from_utf8_lossy(&made.stderr));
    Ok(String::from_utf8(made.stdout)?.trim().to_owned())
}

/// A doctor reads what the patient granted to her hospital, whose service opens the envelope.
async fn a_hospitals_member_reads_what_was_granted_to_it(scene: &Scene, out: &Path) -> Result<()> {
    let out = out.display().to_string();
    let export = ["record", "export", "0", "--purpose", "treatment", "--out", &out];
    let refused = scene.doctor.run(&export).await?;
    let before: Value = serde_json::from_slice(&refused.stdout)?;
    ensure!(before["records"].as_array().is_some_and(Vec::is_empty), "read without a grant");
    ensure!(refused.status == 1, "an export of nothing ends with {}", refused.status);
    scene.patient.json(&["grant", "0", "--to", "institution:0", "--compartment", "General"]).await?;
    let after = scene.doctor.json(&export).await?;
    let records = after["records"].as_array().context("no records")?;
    ensure!(!records.is_empty(), "nothing was read: {after}");
    for record in records {
        let content = fs::read(record["file"].as_str().context("no file")?)?;
        ensure!(content.starts_with(b"{"), "not a FHIR resource");
    }
    // A note told the doctor that name. Her hospital alone tells the name of another compartment.
    let seen = async || -> Result<Vec<String>> {
        let listed = scene.doctor.json(&["compartment", "list", "0"]).await?;
        let compartments = listed.as_array().context("no compartments")?;
        Ok(compartments.iter().filter_map(|it| it["name"].as_str().map(str::to_owned)).collect())
    };
    ensure!(!seen().await?.contains(&"Imaging".to_owned()), "the name of a compartment that was not granted");
    scene.patient.json(&["grant", "0", "--to", "institution:0", "--compartment", "Imaging"]).await?;
    ensure!(seen().await?.contains(&"Imaging".to_owned()), "a ward's compartment has no name");
    Ok(())
}

/// The records that the patient reads: which institution's vault gave each, and its bytes.
pub(super) async fn read_all(patient: &Salus, out: &Path) -> Result<BTreeMap<String, (u64, Vec<u8>)>> {
    let exported = patient.json(&["record", "export", "0", "--out", &out.display().to_string()]).await?;
    let records = exported.pointer("/records").and_then(Value::as_array).context("nothing was exported")?;
    let mut read = BTreeMap::new();
    for record in records {
        let text = |name: &str| record[name].as_str().context("no text").map(str::to_owned);
        let holder = record["holder"].as_u64().context("no holder")?;
        read.insert(text("record")?, (holder, fs::read(text("file")?)?));
    }
    ensure!(!read.is_empty(), "there are no records");
    Ok(read)
}

/// The objects in the folder of a vault, by their paths there.
pub(super) fn objects(vault: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let shards = match fs::read_dir(vault) {
        Ok(shards) => shards,
        Err(_) => return Ok(found),
    };
    for shard in shards {
        let shard = shard?;
        let name = shard.file_name().to_string_lossy().into_owned();
        if name.len() == 2 && shard.path().is_dir() {
            for object in fs::read_dir(shard.path())? {
                let object: PathBuf = object?.path();
                let rest = object.file_name().context("no name")?.to_string_lossy().into_owned();
                found.insert(format!("{name}/{rest}"), fs::read(object)?);
            }
        }
    }
    Ok(found)
}

/// The sealed blobs among objects.
fn blobs(objects: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    objects.iter().filter(|(_, bytes)| bytes.starts_with(b"SALUS")).map(|(id, _)| id.clone()).collect()
}

pub(super) async fn until(what: &str, holds: impl Fn() -> Result<bool>) -> Result<()> {
    let waiting = async {
        while !holds()? {
            sleep(Duration::from_millis(200)).await;
        }
        anyhow::Ok(())
    };
    timeout(PATIENCE, waiting).await.with_context(|| format!("no sign of {what}"))?
}

pub(super) async fn until_metrics(service: &VaultService, line: &str) -> Result<()> {
    let waiting = async {
        while !String::from_utf8(service.get("/metrics").await?.1)?.contains(line) {
            sleep(Duration::from_millis(200)).await;
        }
        anyhow::Ok(())
    };
    timeout(PATIENCE, waiting).await.with_context(|| format!("no `{line}`"))?
}
