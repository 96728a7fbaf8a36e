// SPDX-License-Identifier: Apache-2.0

//! A patient has a record shredded. Its custodian keeps it by law at first. Then two vaults lose it, and attest that. A peer that was off, a
//! disk from before, a backup and a late upload do not bring it back (S2-18, S2-29, S4-17).

use crate::{
    backup::Backup,
    importing::{case, Scene},
    vault_loss::{objects, until},
    vault_service::Patient,
};
use anyhow::{ensure, Context, Result};
use salus_chain::Chain;
use salus_e2e::{
    node::Node,
    salus::Salus,
    vault_service::{delegates, enter_address, member_key, ServicePlace},
};
use salus_gate::{
    protocol::{AnnouncedObject, GateRequest, StageRequest},
    system_now,
};
use salus_primitives::{Digest, RecordId};
use salus_vault_client::{Address, SealedObject, VaultClient};
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path, time::Duration};
use tokio::time::{sleep, timeout};

/// How long attestations may take to be final.
const PATIENCE: Duration = Duration::from_secs(120);
const READ: [&str; 2] = ["--purpose", "treatment"];
/// The institution that keeps the record, and the one that has copies.
const CUSTODIAN: usize = 0;
const HOLDER: usize = 1;

/// Objects of a vault, by their paths.
type Objects = BTreeMap<String, Vec<u8>>;

/// A record that is to be shredded, and those who read it.
struct Shredded {
    record: String,
    /// The objects that the chain names for this record alone.
    objects: Objects,
    /// A pharmacist, who may read this record alone.
    reader: Salus,
    auditor: Salus,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_has_a_record_shredded_and_nothing_brings_it_back() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().canonicalize()?;
    let node = Node::start(&root.join("node")).await?;
    let places = [place(&root, CUSTODIAN, node.url())?, place(&root, HOLDER, node.url())?];
    let [first, second] = [places[CUSTODIAN].start().await?, places[HOLDER].start().await?];
    let delegates = delegates(&Salus::with_services(&root.join("council"), node.url())?).await?;
    for (institution, place) in (0..).zip(&places) {
        enter_address(&delegates, institution, &place.address(), None).await?;
    }
    first.until_ready().await?;
    second.until_ready().await?;
    let scene = Scene::with_services(&root, node.url()).await?;
    scene.patient.json(&["record", "add", "0", "--bundle", &case("first.json")]).await?;
    let others = objects(&places[CUSTODIAN].vault())?;
    let it = Shredded::prepare(&scene, &root, node.url(), &places, &others).await?;

    // From now on the other hospital's vault is off. Its disk has all copies.
    second.stop().await?;
    let backup = back_up(&root, node.url(), &places[CUSTODIAN]).await?;
    the_custodian_keeps_it_first(&scene, &it).await?;
    the_patient_and_the_auditor_end_it(&scene, &it).await?;
    until("the end of its objects", || it.are_gone_from(&places[CUSTODIAN])).await?;
    ensure!(contains(&objects(&places[CUSTODIAN].vault())?, &others), "another record's objects went, too");
    no_one_reads_it(&scene, &it).await?;
    let words = until_word(&scene.patient, &it.record, CUSTODIAN, "in-time").await?;
    ensure!(word(&words, HOLDER) == Some("waiting"), "a vault that is off attested: {words}");

    // A peer that was off for the whole time comes back with its old disk.
    ensure!(contains(&objects(&places[HOLDER].vault())?, &it.objects), "there is nothing to lose");
    let old = objects(&places[HOLDER].vault())?;
    let second = places[HOLDER].start().await?;
    until("the end of its copies", || it.are_gone_from(&places[HOLDER])).await?;
    until_word(&scene.patient, &it.record, HOLDER, "in-time").await?;
    the_certificate_holds_and_a_changed_one_does_not(&scene, &it).await?;

    // Disks from before the shredding.
    for (service, place, disk) in [(second, &places[HOLDER], &old), (first, &places[CUSTODIAN], &it.objects)] {
        service.stop().await?;
        for (path, bytes) in disk.iter().filter(|(path, _)| it.objects.contains_key(*path)) {
            fs::write(place.vault().join(path), bytes)?;
        }
        ensure!(!it.are_gone_from(place)?, "the disk has nothing to lose");
        let again = place.start().await?;
        until("the end of what an old disk had", || it.are_gone_from(place)).await?;
        again.until_ready().await?;
        // Nothing else was lost with it.
        ensure!(contains(&objects(&places[CUSTODIAN].vault())?, &others), "another record's objects went, too");
        if std::ptr::eq(place, &places[CUSTODIAN]) {
            a_late_upload_is_refused(&scene, &it, node.url(), place).await?;
        }
        again.stop().await?;
    }
    a_backup_leaves_it_out(&root, &backup, &it).await?;
    node.stop().await
}

impl Shredded {
    /// The doctor writes it, and corrects it once; a pharmacist gets it alone; the patient contests it.
    async fn prepare(
        scene: &Scene,
        root: &Path,
        url: &str,
        places: &[ServicePlace; 2],
        others: &Objects,
    ) -> Result<Self> {
        let [reader, auditor] = ["pharmacist", "auditor"]
            .map(|role| anyhow::Ok((role, Salus::with_services(&root.join(role), url)?.acting_as("me"))));
        let ((role, reader), (auditors, auditor)) = (reader?, auditor?);
        let to = format!("member:{}", scene.join(&reader, role).await?);
        scene.join(&auditor, auditors).await?;
        let file = scene.text("diagnosis", "of another patient")?;
        let added = scene.doctor.json(&["record", "add", "0", &file, "--compartment", "General"]).await?;
        let record = added["record"].as_str().context("no record was added")?.to_owned();
        scene.patient.json(&["grant", "0", "--to", &to, "--record", &record]).await?;
        scene.patient.json(&["correction", "request", &record, "--reason", "that is not me"]).await?;
        ensure!(reader.bytes(&[&["record", "get", &record][..], &READ].concat()).await? == b"of another patient");

        let custodians = places[CUSTODIAN].vault();
        until("copies at the other hospital", || {
            Ok(objects(&custodians)?.keys().all(|path| places[HOLDER].vault().join(path).is_file()))
        })
        .await?;
        let objects = objects(&custodians)?.into_iter().filter(|(path, _)| !others.contains_key(path)).collect();
        let it = Self { record, objects, reader, auditor };
        // The blob, the envelope of its key, the one for the pharmacist, and the words of the correction.
        ensure!(it.objects.len() == 4, "it has {} objects", it.objects.len());
        Ok(it)
    }

    fn are_gone_from(&self, place: &ServicePlace) -> Result<bool> {
        let left = objects(&place.vault())?;
        Ok(self.objects.keys().all(|path| !left.contains_key(path)))
    }
}

/// Retention comes first: the patient's request is refused, and the log shows it.
async fn the_custodian_keeps_it_first(scene: &Scene, it: &Shredded) -> Result<()> {
    let record = it.record.as_str();
    let retain = ["shredding", "retain", record, "--ground", "legal-claims", "--until", "365d"];
    for person in [&scene.doctor, &scene.patient] {
        person.refused(&retain).await?;
    }
    it.auditor.json(&retain).await?;
    let request = ["shredding", "request", record, "--yes", "--reason", "it is about someone else"];
    let said = scene.patient.refused(&request).await?;
    ensure!(said.contains("needed to make or defend legal claims"), "{said}");
    let log = scene.patient.json(&["log", "chart:0"]).await?;
    let last = log["entries"].as_array().and_then(|entries| entries.last()).context("no entry")?;
    ensure!(last["action"] == "shredding-refused" && last["reason"]["retention"] == "legal-claims", "{last}");
    ensure!(scene.patient.bytes(&["record", "get", record]).await? == b"of another patient", "it is read as before");
    it.auditor.json(&["shredding", "lift", record]).await?;
    it.auditor.refused(&["shredding", "lift", record]).await?;
    Ok(())
}

async fn the_patient_and_the_auditor_end_it(scene: &Scene, it: &Shredded) -> Result<()> {
    let record = it.record.as_str();
    let carry_out = ["shredding", "carry-out", record, "--yes"];
    // Not before it was asked for, not by others, and not before the review is over.
    it.auditor.refused(&carry_out).await?;
    let request = ["shredding", "request", record, "--reason", "it is about someone else"];
    let said = scene.patient.failed(&request).await?;
    ensure!(said.contains("has to be confirmed"), "{said}");
    for person in [&scene.doctor, &it.reader] {
        person.refused(&[&request[..], &["--yes"]].concat()).await?;
    }
    scene.patient.json(&[&request[..], &["--yes"]].concat()).await?;
    scene.patient.refused(&[&request[..], &["--yes"]].concat()).await?;
    for person in [&scene.patient, &scene.doctor, &it.reader] {
        person.refused(&carry_out).await?;
    }
    scene.patient.json(&["shredding", "cancel", record]).await?;
    it.auditor.refused(&carry_out).await?;
    scene.patient.json(&[&request[..], &["--yes"]].concat()).await?;
    // The auditor, who has no grant, is told.
    let told = it.auditor.json(&["notices"]).await?;
    ensure!(has(&told, "shredding-requested"), "the auditor is not told: {told}");
    it.auditor.json(&carry_out).await?;
    it.auditor.refused(&carry_out).await?;
    for person in [&scene.patient, &it.reader, &scene.doctor] {
        let told = person.json(&["notices"]).await?;
        ensure!(has(&told, "record-shredded"), "someone is not told: {told}");
    }
    Ok(())
}

async fn no_one_reads_it(scene: &Scene, it: &Shredded) -> Result<()> {
    let said = scene.patient.refused(&["record", "get", &it.record]).await?;
    ensure!(said.contains("was shredded"), "{said}");
    for reader in [&it.reader, &scene.doctor] {
        reader.refused(&[&["record", "get", &it.record][..], &READ].concat()).await?;
    }
    let listed = scene.patient.json(&["record", "list", "0"]).await?;
    let listed = listed.as_array().and_then(|all| all.iter().find(|one| one["record"] == it.record.as_str()));
    ensure!(listed.is_some_and(|one| one["state"] == "shredded"), "{listed:?}");
    // All other records are read as before.
    let out = scene.path("exported").display().to_string();
    let exported = scene.patient.json(&["record", "export", "0", "--out", &out]).await?;
    ensure!(exported["records"].as_array().is_some_and(|records| records.len() == 2), "{exported}");
    Ok(())
}

async fn the_certificate_holds_and_a_changed_one_does_not(scene: &Scene, it: &Shredded) -> Result<()> {
    let file = scene.path("certificate.json");
    let path = file.display().to_string();
    let certificate = scene.patient.json(&["shredding", "certificate", &it.record, "--output", &path]).await?;
    for institution in [CUSTODIAN, HOLDER] {
        let said = attestation(&certificate, institution).context("an institution is missing")?;
        ensure!(said["attestation"]["absent"] == it.objects.len(), "{said}");
        ensure!(said["attestation"]["kept"] == 0 && said["attestation"]["store"] == "folder", "{said}");
    }
    // A stranger to the network checks it, without any key.
    let stranger = Salus::with_services(&scene.path("stranger"), scene.patient.node())?;
    let verdict = stranger.json(&["shredding", "check", &path]).await?;
    ensure!(verdict["holds"] == true, "{verdict}");
    let text = fs::read_to_string(&file)?;
    fs::write(&file, text.replacen("\"kept\": 0", "\"kept\": 1", 1))?;
    let ran = stranger.run(&["shredding", "check", &path]).await?;
    let verdict: Value = serde_json::from_slice(&ran.stdout)?;
    ensure!(ran.status == 1 && verdict["holds"] == false, "a changed certificate: {verdict}");
    Ok(())
}

/// The patient uploads the very bytes again.
async fn a_late_upload_is_refused(scene: &Scene, it: &Shredded, url: &str, place: &ServicePlace) -> Result<()> {
    let patient = Patient::of(scene, &Chain::connect(url).await?).await?;
    let (path, bytes) = it.objects.iter().max_by_key(|(_, bytes)| bytes.len()).context("no object")?;
    let id: Digest = path.replace('/', "").parse().map_err(|error| anyhow::anyhow!("{error}"))?;
    let record: RecordId = it.record.parse().map_err(|error| anyhow::anyhow!("{error}"))?;
    let announced = AnnouncedObject { id, size: bytes.len().try_into()?, record: Some(record.key) };
    let request = StageRequest { chart: record.chart, scope: None, writer: patient.id, objects: vec![announced] };
    let signed = request.sign(&patient.genesis, place.authority(), patient.identity.transaction(), system_now());
    let address = Address::parse(&place.address()).context("no address")?;
    let object = SealedObject::of(bytes.clone());
    let stored = VaultClient::new(patient.genesis)?.store(&address, &signed, &[object]).await;
    let said = stored.err().context("the vault took it")?.to_string();
    ensure!(said.contains("shredded"), "{said}");
    ensure!(it.are_gone_from(place)?, "it came back");
    Ok(())
}

/// A repository with the custodian's vault as it was before.
async fn back_up(root: &Path, url: &str, place: &ServicePlace) -> Result<Backup> {
    let backup = Backup { repository: root.join("repository"), home: root.join("council"), node: url.to_owned() };
    backup.runs(&["backup", "init"]).await?;
    backup.runs(&["backup", "run", "--vault", &place.vault().display().to_string()]).await?;
    Ok(backup)
}

async fn a_backup_leaves_it_out(root: &Path, backup: &Backup, it: &Shredded) -> Result<()> {
    let to = root.join("restored");
    let restored = backup.runs(&["restore", "--only", "vault", "--to", &to.display().to_string()]).await?;
    ensure!(restored["vaults"][0]["refused"] == it.objects.len(), "restored: {restored}");
    Ok(())
}

/// A hospital's service, which exchanges copies with the other one's and signs as its own member.
fn place(root: &Path, institution: usize, node: &str) -> Result<ServicePlace> {
    let own = root.join(format!("institution-{institution}"));
    let key = member_key(&own, &format!("//Hospital{}//Service//transaction", institution + 1))?;
    let partner = 1 - institution;
    let further = format!("{key}\n[copies]\npartners = [{partner}]\nevery-seconds = 1\n");
    ServicePlace::prepare(&own, institution.try_into()?, node, &further)
}

/// Waits until a certificate has this word about an institution; the institutions then.
async fn until_word(who: &Salus, record: &str, institution: usize, wanted: &str) -> Result<Value> {
    let waiting = async {
        loop {
            let certificate = who.json(&["shredding", "certificate", record]).await?;
            if word(&certificate, institution) == Some(wanted) {
                return anyhow::Ok(certificate);
            }
            sleep(Duration::from_millis(500)).await;
        }
    };
    timeout(PATIENCE, waiting).await.with_context(|| format!("institution {institution} did not attest"))?
}

fn attestation(certificate: &Value, institution: usize) -> Option<&Value> {
    certificate["institutions"].as_array()?.iter().find(|it| it["institution"] == institution)
}

fn word(certificate: &Value, institution: usize) -> Option<&str> {
    attestation(certificate, institution)?["word"].as_str()
}

fn has(notices: &Value, action: &str) -> bool {
    notices.as_array().is_some_and(|notices| notices.iter().any(|notice| notice["action"] == action))
}

fn contains(objects: &Objects, others: &Objects) -> bool {
    others.iter().all(|(path, bytes)| objects.get(path) == Some(bytes))
}
