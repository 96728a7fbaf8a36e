// SPDX-License-Identifier: Apache-2.0

//! Imports that a hospital repeats, corrects, interrupts, or sends for another person, and the records that the chart then has.

use anyhow::{ensure, Context, Result};
use salus_e2e::{
    binaries,
    node::Node,
    salus::{Ran, Salus, PASSWORD},
};
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
    who_may_not_read_or_amend_is_told(&scene).await?;
    another_person_is_refused(&scene).await?;
    nonconformant_entries_are_taken_when_that_is_decided(&scene).await?;
    an_import_that_was_cut_off_goes_on(&scene).await?;
    node.stop().await?;
    Ok(())
}

struct Scene {
    folder: PathBuf,
    patient: Salus,
    doctor: Salus,
}

impl Scene {
    async fn set(folder: &Path, url: &str) -> Result<Self> {
        let computer = |name: &str| Salus::new(&folder.join(name), &folder.join("vaults"), url);
        let staff = computer("staff")?;
        for (name, uri) in
            [("hospital", "//Hospital1"), ("one", "//Hospital1//Verifier"), ("two", "//Hospital2//Verifier")]
        {
            staff.json(&["key", "import", name, "--uri", uri]).await?;
        }
        let (patient, doctor) = (computer("patient")?.acting_as("me"), computer("doctor")?.acting_as("me"));
        for (person, role) in [(&patient, "patient"), (&doctor, "clinician")] {
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
        Ok(Self { folder: folder.to_owned(), patient, doctor })
    }

    /// A file with this content.
    fn file(&self, name: &str, content: &Value) -> Result<String> {
        let file = self.folder.join(name);
        std::fs::write(&file, serde_json::to_vec(content)?)?;
        Ok(file.display().to_string())
    }
}

/// A file of the kind that hospitals' systems write.
fn case(name: &str) -> String {
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
    // An old export does not undo it, whether the old version is remembered or not.
    ended(&import(&scene.patient, &first, &[]).await?, 0, &["present", "present"])?;
    std::fs::remove_file(scene.patient.home().join("imports"))?;
    ended(&import(&scene.patient, &first, &[]).await?, 0, &["present", "present"])
}

async fn who_may_not_read_or_amend_is_told(scene: &Scene) -> Result<()> {
    let pages = [case("page-1.json"), case("page-2.json")];
    let pages = pages.each_ref().map(String::as_str);
    ended(&import(&scene.doctor, &pages, &[]).await?, 0, &["added"; 5])?;
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

async fn an_import_that_was_cut_off_goes_on(scene: &Scene) -> Result<()> {
    let entry = |number: usize| {
        json!({ "resource": { "resourceType": "Observation", "id": format!("o{number}"), "status": "final",
            "code": { "text": "x" }, "subject": { "reference": "Patient/another-person" } } })
    };
    let entries: Vec<_> = (0..200).map(entry).collect();
    let bundle =
        scene.file("many.json", &json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }))?;
    let home = scene.patient.home().display().to_string();
    let vaults = scene.folder.join("vaults").display().to_string();
    for milliseconds in [900, 1_500, 2_500] {
        let mut interrupted = tokio::process::Command::new(binaries::find("salus")?)
            .args(["--node", scene.patient.node(), "--home", &home, "--vaults", &vaults, "--as", "me"])
            .args(["record", "add", "0", "--bundle", &bundle])
            .env("SALUS_PASSWORD", PASSWORD)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        interrupted.kill().await?;
    }
    let again = import(&scene.patient, &[&bundle], &[]).await?;
    let states = states(&again)?;
    let all = states.len() == 200 && states.iter().all(|state| state == "added" || state == "present");
    ensure!(again.status == 0 && all, "status {}, {states:?}: {}", again.status, again.stderr);
    Ok(())
}
