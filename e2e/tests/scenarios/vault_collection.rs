// SPDX-License-Identifier: Apache-2.0

//! A vault keeps objects of every kind that the chain names, and deletes those that were uploaded and never named.

use crate::{
    importing::{case, Scene},
    vault_loss::{objects, read_all},
    vault_service::Patient,
};
use anyhow::{ensure, Context, Result};
use salus_chain::Chain;
use salus_e2e::{
    clock::{Clock, SEEN},
    node::Node,
    salus::Salus,
    vault_service::{delegates, enter_address, ServicePlace, VaultService},
};
use salus_gate::{
    protocol::{AnnouncedObject, GateRequest, StageRequest},
    system_now,
};
use salus_primitives::ChartId;
use salus_vault::object_id;
use salus_vault_client::{Address, SealedObject, VaultClient};
use std::{path::Path, time::Duration};
use tokio::time::{sleep, timeout};

/// The service looks once a minute, and may have to wait for the last block to become final.
const PATIENCE: Duration = Duration::from_secs(180);
/// More than the hour after which staged objects expire, and the ten minutes for which the service waits besides.
const EXPIRED: Duration = Duration::from_secs(75 * 60);
const STAGING: &str = "[staging]\nexpires-after-hours = 1\n";

#[tokio::test(flavor = "multi_thread")]
async fn what_the_chain_names_stays_and_an_object_that_it_never_named_goes() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut clock = Clock::new(folder.path())?;
    let node = Node::start_with(&folder.path().join("node"), &clock).await?;
    let place = ServicePlace::prepare(&folder.path().join("hospital"), 0, node.url(), STAGING)?.with(&clock);
    let service = place.start().await?;
    let staff = Salus::with_services(&folder.path().join("council"), node.url())?.with(&clock);
    let delegates = delegates(&staff).await?;
    enter_address(&delegates, 0, &place.address(), None).await?;
    service.until_ready().await?;
    let scene = Scene::with_services_and(folder.path(), node.url(), &clock).await?;
    every_kind_of_object(&scene).await?;
    let named = objects(&place.vault())?;

    // The service asks the chain about each of them. A kind that its question leaves out would stay staged.
    until_staged(&service, 0).await?;
    let kept = collected(&service, "kept").await?;
    ensure!(kept >= u64::try_from(named.len())?, "{kept} of {} objects were kept", named.len());
    ensure!(collected(&service, "deleted").await? == 0, "an object was deleted at once");

    let stray = upload_unnamed(&scene, &Chain::connect(node.url()).await?, &place).await?;
    ensure!(objects(&place.vault())?.contains_key(&stray), "the upload is not in the vault");
    until_staged(&service, 1).await?;
    clock.forward(EXPIRED)?;
    sleep(SEEN).await;
    until_staged(&service, 0).await?;
    ensure!(collected(&service, "deleted").await? == 1, "not one object was deleted");
    ensure!(objects(&place.vault())? == named, "the vault has lost an object that the chain names, or has another one");
    ensure!(!read_all(&scene.patient, &folder.path().join("read")).await?.is_empty(), "the patient reads nothing");
    service.stop().await?;
    node.stop().await
}

/// Blobs and envelopes of records, profiles, secrets and links of compartments, an envelope for a grant of one record, and the
/// reasons of a grant, of a request, and of an entry that only the log has.
async fn every_kind_of_object(scene: &Scene) -> Result<()> {
    let (patient, doctor) = (&scene.patient, &scene.doctor);
    patient.json(&["record", "add", "0", "--bundle", &case("first.json")]).await?;
    let listed = patient.json(&["record", "list", "0"]).await?;
    let record = listed.pointer("/0/record").and_then(|record| record.as_str()).context("no record was added")?;
    let member = format!("member:{}", scene.doctors_number().await?);
    patient.json(&["grant", "0", "--to", &member, "--record", record, "--reason", "for the dose"]).await?;
    patient.json(&["rotate", "0", "General"]).await?;
    doctor.json(&["request", "0", "--permissions", "read", "--reason", "for the operation"]).await?;
    patient.json(&["record", "restrict", record, "--reason", "this is contested"]).await?;
    Ok(())
}

/// Uploads an object in the patient's name, and submits no transaction that names it; its path in the vault.
async fn upload_unnamed(scene: &Scene, chain: &Chain, place: &ServicePlace) -> Result<String> {
    const BYTES: &[u8] = b"sealed, and never named";
    let patient = Patient::of(scene, chain).await?;
    let id = object_id(BYTES);
    let announced = AnnouncedObject { id, size: u64::try_from(BYTES.len())?, record: None };
    let request = StageRequest { chart: ChartId(0), scope: None, writer: patient.id, objects: vec![announced] };
    // The clock of the service is the machine's until it is moved on.
    let signed = request.sign(&patient.genesis, place.authority(), patient.identity.transaction(), system_now());
    let address = Address::parse(&place.address()).context("no address")?;
    let object = SealedObject::of(BYTES.to_vec());
    VaultClient::new(patient.genesis)?.store(&address, &signed, &[object]).await?;
    let name = id.to_string();
    let (shard, rest) = name.trim_start_matches("0x").split_at(2);
    Ok(Path::new(shard).join(rest).display().to_string())
}

/// Waits until so many objects are staged, by the service's own count.
async fn until_staged(service: &VaultService, count: u64) -> Result<()> {
    let waiting = async {
        while metric(service, "salus_vault_staged_objects").await? != Some(count) {
            sleep(Duration::from_millis(500)).await;
        }
        anyhow::Ok(())
    };
    timeout(PATIENCE, waiting).await.with_context(|| format!("not {count} objects are staged"))?
}

/// How many staged objects had this end.
async fn collected(service: &VaultService, outcome: &str) -> Result<u64> {
    let name = format!("salus_vault_collected_total{{outcome=\"{outcome}\"}}");
    Ok(metric(service, &name).await?.unwrap_or_default())
}

async fn metric(service: &VaultService, name: &str) -> Result<Option<u64>> {
    let text = String::from_utf8(service.get("/metrics").await?.1)?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    Ok(value.map(str::parse).transpose()?)
}
