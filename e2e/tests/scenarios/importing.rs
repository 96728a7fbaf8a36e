// SPDX-License-Identifier: Apache-2.0

//! Imports that a hospital repeats, corrects, interrupts, or sends for another person, and the records that the chart then has.

use anyhow::{ensure, Context, Result};
use salus_chain::{At, Chain};
use salus_e2e::{
    binaries,
    clock::Clock,
    node::Node,
    salus::{Ran, Salus, PASSWORD},
};
use salus_primitives::ChartId;
use serde_json::{json, Value};
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

#[tokio::test(flavor = "multi_thread")]
async fn imports_are_compared_amended_refused_and_taken_up_again() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let node = Node::start(&folder.path().join("node")).await?;
    let scene = Scene::set(folder.path(), node.url()).await?;
    corrections_become_versions(&scene).await?;
    a_late_label_is_reported(&scene).await?;
    a_value_that_returns_is_reported(&scene).await?;
    an_outdated_version_is_not_added(&scene).await?;
    who_may_not_read_or_amend_is_told(&scene).await?;
    another_person_is_refused(&scene).await?;
    nonconformant_entries_are_taken_when_that_is_decided(&scene).await?;
    a_summary_shows_what_one_may_read(&scene).await?;
    an_import_that_was_cut_off_goes_on(&scene).await?;
    node.stop().await?;
    Ok(())
}

/// A patient with the standard compartments, and a doctor who may add to one of them.
pub(super) struct Scene {
    folder: PathBuf,
    /// The issuer, and the verifiers of two hospitals.
    staff: Salus,
    pub(super) patient: Salus,
    pub(super) doctor: Salus,
}

impl Scene {
    /// A scene whose people reach vaults as folders.
    pub(super) async fn set(folder: &Path, url: &str) -> Result<Self> {
        Self::of(folder, |name| Salus::new(&folder.join(name), &folder.join("vaults"), url)).await
    }

    /// The same, with the time of `clock`.
    pub(super) async fn set_with(folder: &Path, url: &str, clock: &Clock) -> Result<Self> {
        Self::of(folder, |name| Ok(Salus::new(&folder.join(name), &folder.join("vaults"), url)?.with(clock))).await
    }

    /// A scene whose people reach vaults through the services that the chain names.
    pub(super) async fn with_services(folder: &Path, url: &str) -> Result<Self> {
        Self::of(folder, |name| Salus::with_services(&folder.join(name), url)).await
    }

    /// The same, with the time of `clock`.
    pub(super) async fn with_services_and(folder: &Path, url: &str, clock: &Clock) -> Result<Self> {
        Self::of(folder, |name| Ok(Salus::with_services(&folder.join(name), url)?.with(clock))).await
    }

    async fn of(folder: &Path, computer: impl Fn(&str) -> Result<Salus>) -> Result<Self> {
        let staff = computer("staff")?;
        for (name, uri) in
            [("hospital", "//Hospital1"), ("one", "//Hospital1//Verifier"), ("two", "//Hospital2//Verifier")]
        {
            staff.json(&["key", "import", name, "--uri", uri]).await?;
        }
        let (patient, doctor) = (computer("patient")?.acting_as("me"), computer("doctor")?.acting_as("me"));
        for (person, role) in [(&patient, "patient"), (&doctor, "clinician")] {
            let member = join(&staff, folder, person, role).await?;
            if role == "patient" {
                patient.json(&["chart", "open"]).await?;
                patient.json(&["compartment", "add", "0", "--standard"]).await?;
            } else {
                let (to, mut grant) = (format!("member:{member}"), vec!["grant", "0"]);
                grant.extend([
                    "--to",
                    &to,
                    "--permissions",
                    "create",
                    "--compartment",
                    "General",
                    "--reason",
                    "you may add",
                ]);
                patient.json(&grant).await?;
            }
        }
        Ok(Self { folder: folder.to_owned(), staff, patient, doctor })
    }

    /// Lets one more person join the hospital; the number of the member.
    pub(super) async fn join(&self, person: &Salus, role: &str) -> Result<String> {
        join(&self.staff, &self.folder, person, role).await
    }

    /// A place that nothing else has.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A file with this text.
    pub(super) fn text(&self, name: &str, text: &str) -> Result<String> {
        let file = self.folder.join(name);
        std::fs::write(&file, text)?;
        Ok(file.display().to_string())
    }

    /// The doctor's number as a member.
    pub(super) async fn doctors_number(&self) -> Result<String> {
        let status = self.doctor.json(&["status"]).await?;
        Ok(status.pointer("/member/id").context("a member")?.to_string())
    }

    /// A file with this content.
    fn file(&self, name: &str, content: &Value) -> Result<String> {
        let file = self.folder.join(name);
        std::fs::write(&file, serde_json::to_vec(content)?)?;
        Ok(file.display().to_string())
    }
}

/// Makes the identity `me`, redeems a voucher of hospital 1, and answers two verifiers; the number of the member.
async fn join(staff: &Salus, folder: &Path, person: &Salus, role: &str) -> Result<String> {
    person.json(&["key", "new", "me"]).await?;
    let voucher = folder.join(role).display().to_string() + ".json";
    let issue = ["voucher", "issue", "--institution", "0", "--role", role, "--out", &voucher];
    staff.acting_as("hospital").json(&issue).await?;
    // An editor's mark at the beginning of the file makes it no other voucher.
    let text = std::fs::read(&voucher)?;
    std::fs::write(&voucher, [b"\xef\xbb\xbf".as_slice(), &text].concat())?;
    let joined = person.json(&["join", &voucher]).await?;
    let member = joined.pointer("/member").and_then(Value::as_u64).context("a member")?.to_string();
    for verifier in ["one", "two"] {
        staff.acting_as(verifier).json(&["verify", "challenge", &member]).await?;
    }
    person.json(&["verify", "answer"]).await?;
    Ok(member)
}

/// A file of the kind that hospitals' systems write.
pub(super) fn case(name: &str) -> String {
    format!("{}/../fhir/tests/cases/{name}", env!("CARGO_MANIFEST_DIR"))
}

async fn import(person: &Salus, files: &[&str], options: &[&str]) -> Result<Ran> {
    let mut arguments = vec!["record", "add", "0"];
    files.iter().for_each(|file| arguments.extend(["--bundle", file]));
    person.run(&[arguments.as_slice(), options].concat()).await
}

/// The states of the records, in order.
fn states(ran: &Ran) -> Result<Vec<String>> {
    let outcome: Value = serde_json::from_slice(&ran.stdout).with_context(|| ran.stderr.clone())?;
    let records = outcome.pointer("/records").and_then(Value::as_array).context("records")?;
    Ok(records.iter().map(|one| one["state"].as_str().unwrap_or_default().to_owned()).collect())
}

fn ended(ran: &Ran, status: i32, expected: &[&str]) -> Result<()> {
    let states = states(ran)?;
    ensure!(ran.status == status && states == expected, "status {}, {states:?}: {}", ran.status, ran.stderr);
    Ok(())
}

async fn corrections_become_versions(scene: &Scene) -> Result<()> {
    let (first, corrected) = (case("first.json"), case("corrected.json"));
    let (first, corrected) = ([first.as_str()], [corrected.as_str()]);
    ended(&import(&scene.patient, &first, &[]).await?, 0, &["added", "added"])?;
    ended(&import(&scene.patient, &first, &[]).await?, 0, &["present", "present"])?;
    // Without what the program remembers, the records are read.
    std::fs::remove_file(scene.patient.home().join("imports"))?;
    ended(&import(&scene.patient, &first, &[]).await?, 0, &["present", "present"])?;
    let amended = import(&scene.patient, &corrected, &[]).await?;
    ended(&amended, 0, &["present", "amended"])?;
    let outcome: Value = serde_json::from_slice(&amended.stdout)?;
    ensure!(outcome["records"][1]["version"] == 1, "{outcome}");
    let record = outcome["records"][1]["record"].as_str().context("a record")?.to_owned();
    let newest: Value = serde_json::from_slice(&scene.patient.bytes(&["record", "get", &record]).await?)?;
    ensure!(newest["valueQuantity"]["value"] == 14.1, "the correction is the newest version: {newest}");
    // An old export does not undo it, and is reported, whether the old version is remembered or not.
    ended(&import(&scene.patient, &first, &[]).await?, 1, &["present", "differs"])?;
    std::fs::remove_file(scene.patient.home().join("imports"))?;
    ended(&import(&scene.patient, &first, &[]).await?, 1, &["present", "differs"])
}

/// A label that comes later, and only from around a resource, is reported: a record keeps its compartment.
async fn a_late_label_is_reported(scene: &Scene) -> Result<()> {
    let mut bundle: Value = serde_json::from_slice(&std::fs::read(case("corrected.json"))?)?;
    bundle["meta"]["security"] =
        json!([{ "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R" }]);
    let labeled = scene.file("labeled.json", &bundle)?;
    let ran = import(&scene.patient, &[&labeled], &[]).await?;
    ended(&ran, 1, &["differs", "differs"])?;
    let told = String::from_utf8_lossy(&ran.stdout).into_owned();
    ensure!(told.contains("its label asks for compartment `Restricted`"), "{told}");
    Ok(())
}

/// A bundle with this resource of the server that has the first patient.
fn of_odile(resource: &Value) -> Value {
    let url = format!("https://st-elm.example/fhir/Observation/{}", resource["id"].as_str().unwrap_or_default());
    json!({ "resourceType": "Bundle", "type": "collection", "entry": [{ "fullUrl": url, "resource": resource }] })
}

/// A value that goes from A to B and back, without metadata that tells the order, is reported.
async fn a_value_that_returns_is_reported(scene: &Scene) -> Result<()> {
    let value = |text: &str| {
        of_odile(&json!({ "resourceType": "Observation", "id": "returns", "status": "final", "code": { "text": text },
            "subject": { "reference": "Patient/odile" } }))
    };
    let (a, b) = (scene.file("a.json", &value("a"))?, scene.file("b.json", &value("b"))?);
    ended(&import(&scene.patient, &[&a], &[]).await?, 0, &["added"])?;
    ended(&import(&scene.patient, &[&b], &[]).await?, 0, &["amended"])?;
    ended(&import(&scene.patient, &[&a], &[]).await?, 1, &["differs"])
}

/// An older version that the chart lacks never becomes the newest one.
async fn an_outdated_version_is_not_added(scene: &Scene) -> Result<()> {
    let version = |number: u8| {
        of_odile(&json!({ "resourceType": "Observation", "id": "versions", "status": "final",
            "meta": { "versionId": number.to_string() }, "code": { "text": number.to_string() },
            "subject": { "reference": "Patient/odile" } }))
    };
    let second = scene.file("second.json", &version(2))?;
    let third = scene.file("third.json", &version(3))?;
    let first = scene.file("first-version.json", &version(1))?;
    ended(&import(&scene.patient, &[&second], &[]).await?, 0, &["added"])?;
    let amended = import(&scene.patient, &[&first, &second, &third], &[]).await?;
    ended(&amended, 0, &["amended"])?;
    let outcome: Value = serde_json::from_slice(&amended.stdout)?;
    ensure!(outcome["records"][0]["version"] == 1, "only the third version is added: {outcome}");
    Ok(())
}

async fn who_may_not_read_or_amend_is_told(scene: &Scene) -> Result<()> {
    let pages = [case("page-1.json"), case("page-2.json")];
    let pages = pages.each_ref().map(String::as_str);
    // The doctor may not read the Patient record that the patient added, so she has to decide.
    let mut add = vec!["record", "add", "0"];
    pages.iter().for_each(|page| add.extend(["--bundle", *page]));
    let reason = scene.doctor.refused(&add).await?;
    ensure!(reason.contains("that you may read tells") && reason.contains("--other-patient"), "{reason}");
    ended(&import(&scene.doctor, &pages, &["--other-patient"]).await?, 0, &["added"; 5])?;
    ended(&import(&scene.doctor, &pages, &[]).await?, 0, &["present"; 5])?;
    let (first, corrected) = (case("first.json"), case("corrected.json"));
    ended(&import(&scene.doctor, &[&first], &[]).await?, 0, &["present", "added"])?;
    ended(&import(&scene.doctor, &[&corrected], &[]).await?, 1, &["present", "differs"])?;
    std::fs::remove_file(scene.doctor.home().join("imports"))?;
    ended(&import(&scene.doctor, &[&corrected], &[]).await?, 1, &["not-compared"; 2])
}

async fn another_person_is_refused(scene: &Scene) -> Result<()> {
    let other = json!({ "resourceType": "Patient", "id": "another-person" });
    let other = scene.file("other.json", &other)?;
    let add = ["record", "add", "0", "--bundle", &other];
    let reason = scene.patient.refused(&add).await?;
    ensure!(reason.contains("another patient") && reason.contains("--other-patient"), "{reason}");
    ended(&import(&scene.patient, &[&other], &["--other-patient"]).await?, 0, &["added"])
}

async fn nonconformant_entries_are_taken_when_that_is_decided(scene: &Scene) -> Result<()> {
    let odd = json!({ "resourceType": "Observation", "id": "odd", "status": "final", "code": { "text": "x" },
        "subject": { "reference": "Patient/another-person" }, "shoeSize": 44 });
    let odd = scene.file("odd.json", &odd)?;
    let reason = scene.patient.failed(&["record", "add", "0", "--bundle", &odd]).await?;
    ensure!(reason.contains("`Observation.shoeSize`") && reason.contains("--accept-nonconformant"), "{reason}");
    let taken = import(&scene.patient, &[&odd], &["--accept-nonconformant"]).await?;
    ended(&taken, 0, &["added"])?;
    let outcome: Value = serde_json::from_slice(&taken.stdout)?;
    ensure!(outcome["records"][0]["nonconformant"] == true, "{outcome}");
    ensure!(outcome["nonconformant"][0].as_str().is_some_and(|line| line.contains("shoeSize")), "{outcome}");
    let record = outcome["records"][0]["record"].as_str().context("a record")?.to_owned();
    let file = scene.folder.join("got").display().to_string();
    let got = scene.patient.json(&["record", "get", &record, "--out", &file]).await?;
    ensure!(got["nonconformant"] == true, "the sealed header says so: {got}");
    Ok(())
}

async fn a_summary_shows_what_one_may_read(scene: &Scene) -> Result<()> {
    let subject = json!({ "reference": "Patient/another-person" });
    let resources = [
        json!({ "resourceType": "AllergyIntolerance", "id": "a", "patient": subject, "code": { "text": "Penicillin" } }),
        json!({ "resourceType": "Condition", "id": "c", "subject": subject, "code": { "text": "Asthma" } }),
        json!({ "resourceType": "MedicationStatement", "id": "m", "status": "active", "subject": subject,
            "medicationCodeableConcept": { "text": "Salbutamol" } }),
        json!({ "resourceType": "Encounter", "id": "e", "status": "finished", "class": { "code": "AMB" },
            "subject": subject, "period": { "start": "2026-10-05T09:30:00Z" },
            "participant": [{ "individual": { "display": "Dr. Le Brocq" } }] }),
    ];
    let entries: Vec<_> = resources.iter().map(|resource| json!({ "resource": resource })).collect();
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
    let bundle = scene.file("summary.json", &bundle)?;
    ended(&import(&scene.patient, &[&bundle], &[]).await?, 0, &["added"; 4])?;
    let summary = scene.patient.json(&["chart", "summary", "0"]).await?;
    for (field, text) in [("allergies", "Penicillin"), ("diagnoses", "Asthma"), ("medicines", "Salbutamol")] {
        ensure!(summary[field][0]["text"] == text, "{field}: {summary}");
    }
    ensure!(summary["last_consultation"]["value"] == "Dr. Le Brocq", "{summary}");
    ensure!(summary["refused"] == 0 && summary["others"].as_u64() > Some(0), "{summary}");
    let found = async |options: &[&str]| -> Result<Vec<String>> {
        let found = scene.patient.json(&[&["record", "search", "0"], options].concat()).await?;
        let found = found.as_array().context("not a list")?;
        Ok(found.iter().filter_map(|found| found["title"].as_str().map(str::to_owned)).collect())
    };
    ensure!(found(&["--text", "PENICILLIN"]).await? == ["Penicillin"], "a word is not found");
    ensure!(found(&["--code", "AMB", "--since", "2026-10", "--until", "2026-10-05"]).await?.len() == 1, "a code");
    ensure!(
        found(&["--kind", "condition", "--compartment", "General"]).await?.contains(&"Asthma".to_owned()),
        "a kind"
    );
    ensure!(found(&["--text", "penicillin", "--author", "999"]).await?.is_empty(), "another author's record");
    let unseen =
        scene.doctor.json(&["record", "search", "0", "--text", "penicillin", "--purpose", "treatment"]).await?;
    ensure!(unseen == json!([]), "a search tells of records that the doctor may not read: {unseen}");
    // The doctor may add to the chart, and reads nothing of it.
    let refused = scene.doctor.run(&["chart", "summary", "0", "--purpose", "treatment"]).await?;
    let nothing: Value = serde_json::from_slice(&refused.stdout)?;
    ensure!(refused.status == 1 && nothing["allergies"] == json!([]), "{nothing}");
    Ok(())
}

async fn an_import_that_was_cut_off_goes_on(scene: &Scene) -> Result<()> {
    // More than sixteen batches of 64, so that some records are in blocks before the last batch is sent.
    const ENTRIES: usize = 1_600;
    let entry = |number: usize| {
        json!({ "resource": { "resourceType": "Observation", "id": format!("o{number}"), "status": "final",
            "code": { "text": "x" }, "subject": { "reference": "Patient/another-person" } } })
    };
    let entries: Vec<_> = (0..ENTRIES).map(entry).collect();
    let bundle =
        scene.file("many.json", &json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }))?;
    let home = scene.patient.home().display().to_string();
    let vaults = scene.folder.join("vaults").display().to_string();
    let chain = Chain::connect(scene.patient.node()).await?;
    let chart = ChartId(0);
    let before = chain.records(At::Best, chart).await?.len();
    let mut interrupted = tokio::process::Command::new(binaries::find("salus")?)
        .args(["--node", scene.patient.node(), "--home", &home, "--vaults", &vaults, "--as", "me"])
        .args(["record", "add", "0", "--bundle", &bundle])
        .env("SALUS_PASSWORD", PASSWORD)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    // The import is cut off when some of its records are in a block.
    while chain.records(At::Best, chart).await?.len() == before {
        let ended = interrupted.try_wait()?;
        ensure!(ended.is_none(), "the import ended before any record was seen");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    interrupted.kill().await?;
    let again = import(&scene.patient, &[&bundle], &[]).await?;
    let states = states(&again)?;
    let count = |wanted: &str| states.iter().filter(|state| *state == wanted).count();
    let (present, added) = (count("present"), count("added"));
    ensure!(
        again.status == 0 && present > 0 && added > 0 && present + added == ENTRIES,
        "status {}, {present} present, {added} added of {}: {}",
        again.status,
        states.len(),
        again.stderr
    );
    let after = chain.records(At::Finalized, chart).await?.len();
    ensure!(after == before + ENTRIES, "{after} records are final, {before} were there before");
    Ok(())
}
