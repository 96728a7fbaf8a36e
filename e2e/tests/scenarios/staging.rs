// SPDX-License-Identifier: Apache-2.0

//! A hospital stages records for a patient who has not consented. The patient accepts, refuses, or lets the time run out. Sensitive
//! records need a consent of their own, and a hold keeps a result back for a time (S4-06 to S4-11, S4-41).

use crate::importing::Scene;
use anyhow::{Context, Result};
use salus_e2e::{
    clock::{Clock, SEEN},
    node::Node,
    salus::Salus,
};
use serde_json::Value;
use std::{path::Path, time::Duration};
use tokio::time::sleep;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const READ: [&str; 2] = ["--purpose", "treatment"];

#[tokio::test(flavor = "multi_thread")]
async fn a_hospital_stages_and_the_patient_decides() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut clock = Clock::new(folder.path())?;
    let node = Node::start_with(&folder.path().join("node"), &clock).await?;
    let scene = Scene::set_with(folder.path(), node.url(), &clock).await?;
    let reader = a_reader(&scene, folder.path(), node.url(), &clock).await?;
    let before = what_the_reader_sees(&reader).await?;
    let staged = the_hospital_stages(&scene).await?;
    the_patient_alone_knows_of_them(&scene, &reader, &staged, &before).await?;
    the_patient_accepts_one(&scene, &reader, &staged[0]).await?;
    the_patient_refuses_another(&scene, &reader, &staged[1]).await?;
    the_author_takes_one_back(&scene, &staged[2]).await?;
    sensitive_records_are_accepted_and_shared_separately(&scene, &reader).await?;
    a_held_result_is_read_when_the_hold_ends(&scene, &reader, &mut clock).await?;
    no_record_waits_for_ever(&scene, &mut clock).await?;
    node.stop().await
}

/// A pharmacist, who may read all general records.
async fn a_reader(scene: &Scene, folder: &Path, url: &str, clock: &Clock) -> Result<Salus> {
    let reader = Salus::new(&folder.join("reader"), &folder.join("vaults"), url)?.acting_as("me").with(clock);
    let to = format!("member:{}", scene.join(&reader, "pharmacist").await?);
    scene.patient.json(&["grant", "0", "--to", &to, "--compartment", "General"]).await?;
    scene.doctor.json(&["record", "add", "0", &scene.text("known", "known")?, "--compartment", "General"]).await?;
    Ok(reader)
}

/// All that lists and counts.
async fn what_the_reader_sees(reader: &Salus) -> Result<[Value; 4]> {
    let mut shown = [
        reader.json(&["record", "list", "0"]).await?,
        reader.json(&["chart", "show", "0"]).await?,
        reader.json(&[&["chart", "summary", "0"][..], &READ].concat()).await?,
        reader.json(&[&["record", "search", "0", "--text", "e"][..], &READ].concat()).await?,
    ];
    // Who reads at that moment is another question.
    if let Some(chart) = shown[1].as_object_mut() {
        chart.remove("readers");
    }
    Ok(shown)
}

async fn staged(scene: &Scene, texts: &[&str], compartment: &str) -> Result<Vec<String>> {
    let mut arguments = vec!["record".to_owned(), "stage".to_owned(), "0".to_owned()];
    for text in texts {
        arguments.push(scene.text(text, &format!("content of {text}"))?);
    }
    arguments.extend(["--compartment", compartment, "--basis", "treatment-contract"].map(str::to_owned));
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let staged = scene.doctor.json(&arguments).await?;
    list(&staged["records"]).iter().map(|it| Ok(it.as_str().context("a record")?.to_owned())).collect()
}

/// The doctor may add to this compartment, but stages all the same: the patient is to decide.
async fn the_hospital_stages(scene: &Scene) -> Result<Vec<String>> {
    let number = compartment(scene, "General").await?;
    let records = staged(scene, &["first", "second", "third"], &number).await?;
    assert_eq!(records.len(), 3);
    let log = scene.patient.json(&["log", "chart:0"]).await?;
    let entry = list(&log["entries"]).last().context("an entry")?;
    assert_eq!(
        (&entry["action"], &entry["reason"]["collection"]),
        (&"record-staged".into(), &"treatment-contract".into())
    );
    let said = scene
        .patient
        .refused(&[
            "record",
            "stage",
            "0",
            &scene.text("own", "x")?,
            "--compartment",
            "General",
            "--basis",
            "legal-duty",
        ])
        .await?;
    assert!(said.contains("the member's role may not make this call"), "{said}");
    Ok(records)
}

async fn the_patient_alone_knows_of_them(
    scene: &Scene,
    reader: &Salus,
    staged: &[String],
    before: &[Value; 4],
) -> Result<()> {
    // A clinician cannot tell a chart with hidden records from one without.
    assert_eq!(&what_the_reader_sees(reader).await?, before);
    let said = reader.refused(&[&["record", "get", &staged[0]][..], &READ].concat()).await?;
    assert!(said.contains("the patient has not accepted this record"), "{said}");
    // Nor does the hospital read what it staged.
    scene.doctor.refused(&[&["record", "get", &staged[0]][..], &READ].concat()).await?;

    let told = scene.patient.json(&["notices"]).await?;
    assert_eq!(list(&told).iter().filter(|it| it["kind"] == "staging").count(), 3, "{told}");
    let waiting = scene.patient.json(&["record", "staged", "0"]).await?;
    assert_eq!(list(&waiting).len(), 3);
    assert_eq!(scene.patient.bytes(&["record", "get", &staged[0]]).await?, b"content of first");
    assert_eq!(
        list(&scene.doctor.json(&["record", "staged", "0"]).await?).len(),
        3,
        "the author knows of the own ones"
    );
    assert!(list(&reader.json(&["record", "staged", "0"]).await?).is_empty());
    Ok(())
}

/// Text and answers are bound: the author reads what the patient was shown (S4-07).
async fn the_patient_accepts_one(scene: &Scene, reader: &Salus, record: &str) -> Result<()> {
    let said = scene.patient.failed(&["record", "accept", record]).await?;
    assert!(said.contains("has to be confirmed") && !said.contains("content of"), "{said}");
    assert!(said.contains("first") && said.contains("collected for a contract to treat the patient"), "{said}");
    let said = scene.doctor.refused(&["record", "accept", record, "--yes"]).await?;
    assert!(said.contains("chart `0`"), "{said}");
    let accepted = scene.patient.json(&["record", "accept", record, "--yes"]).await?;
    assert_eq!(accepted[0]["records"], Value::Array(vec![record.into()]));
    assert_eq!(reader.bytes(&[&["record", "get", record][..], &READ].concat()).await?, b"content of first");
    let told = scene.doctor.json(&["notices"]).await?;
    let answer = list(&told).iter().find(|it| it["kind"] == "answer").context("the author is told")?;
    assert_eq!(answer["reason"]["text"], accepted[0]["consent"]);
    let note = scene.doctor.json(&["note", "0", "--entry", &answer["entry"].to_string()]).await?;
    let text = note["text"].as_str().context("the text that was shown")?;
    assert!(
        text.contains("Document: first") && text.ends_with("Do you want these records in your chart? Yes."),
        "{text}"
    );
    let said = scene.patient.refused(&["record", "accept", record, "--yes"]).await?;
    assert!(said.contains("does not wait for you"), "{said}");
    Ok(())
}

async fn the_patient_refuses_another(scene: &Scene, reader: &Salus, record: &str) -> Result<()> {
    let before = what_the_reader_sees(reader).await?;
    let refuse = ["record", "refuse", record, "--yes", "--reason", "that was not me"];
    assert!(reader.refused(&refuse).await?.contains("NotController"));
    scene.patient.json(&refuse).await?;
    let told = scene.doctor.json(&["notices"]).await?;
    assert_eq!(list(&told).last().context("a notice")?["action"], "record-refused");
    let entry = list(&told).last().context("a notice")?["entry"].to_string();
    assert_eq!(scene.doctor.json(&["note", "0", "--entry", &entry]).await?["text"], "that was not me");
    // It is gone: for the patient, for all who ask, and from the lists.
    let said = scene.patient.refused(&["record", "get", record]).await?;
    assert!(said.contains("never became part of the chart"), "{said}");
    assert_eq!(state(scene, record).await?, "refused");
    assert_eq!(what_the_reader_sees(reader).await?, before);
    for accept in [["record", "accept", record, "--yes"], ["record", "refuse", record, "--yes"]] {
        scene.patient.refused(&accept).await?;
    }
    Ok(())
}

async fn the_author_takes_one_back(scene: &Scene, record: &str) -> Result<()> {
    scene.patient.json(&["notices"]).await?;
    scene.doctor.json(&["record", "refuse", record, "--yes", "--reason", "of another patient"]).await?;
    let told = scene.patient.json(&["notices"]).await?;
    assert_eq!(list(&told)[0]["kind"], "staging");
    assert!(list(&scene.patient.json(&["record", "staged", "0"]).await?).is_empty());
    let said = scene.patient.failed(&["record", "accept", "--all", "0", "--yes"]).await?;
    assert!(said.contains("no record waits"), "{said}");
    Ok(())
}

async fn sensitive_records_are_accepted_and_shared_separately(scene: &Scene, reader: &Salus) -> Result<()> {
    let number = compartment(scene, "Mental health").await?;
    let sensitive = staged(scene, &["therapy"], &number).await?;
    let ordinary = staged(scene, &["pulse"], &compartment(scene, "Vital signs").await?).await?;
    // One command, two consents.
    let accepted = scene.patient.json(&["record", "accept", &sensitive[0], &ordinary[0], "--yes"]).await?;
    assert_eq!(list(&accepted).len(), 2);
    assert_ne!(accepted[0]["consent"], accepted[1]["consent"]);

    let to = reader.json(&["status"]).await?.pointer("/member/id").context("a member")?.to_string();
    let to = format!("member:{to}");
    let grant = ["grant", "0", "--to", &to, "--compartment", "Mental health"];
    let said = scene.patient.refused(&grant).await?;
    assert!(said.contains("needs a consent of its own"), "{said}");
    let explained = [&grant[..], &["--reason", "you treat me"]].concat();
    let said = scene.patient.failed(&explained).await?;
    assert!(said.contains("has to be confirmed") && said.contains("is sensitive"), "{said}");
    let asked = reader.json(&["request", "0"]).await?["request"].to_string();
    let approve = ["approve", "0", &asked, "--compartment", "Mental health", "--reason", "you treat me", "--sensitive"];
    let both = [&approve[..], &["--compartment", "Vital signs"]].concat();
    assert!(scene.patient.failed(&both).await?.contains("approve it alone"));
    scene.patient.json(&["deny", "0", &asked]).await?;
    scene.patient.json(&[&explained[..], &["--sensitive"]].concat()).await?;
    assert_eq!(reader.bytes(&[&["record", "get", &sensitive[0]][..], &READ].concat()).await?, b"content of therapy");
    Ok(())
}

async fn a_held_result_is_read_when_the_hold_ends(scene: &Scene, reader: &Salus, clock: &mut Clock) -> Result<()> {
    let file = scene.text("result", "a result")?;
    let added = scene.doctor.json(&["record", "add", "0", &file, "--compartment", "General"]).await?;
    let record = added["record"].as_str().context("a record")?;
    scene.patient.json(&["notices"]).await?;
    let hold = ["record", "hold", record, "--ground", "harm-to-patient", "--until", "2d"];
    assert!(reader.refused(&hold).await?.contains("NotAuthor"));
    scene.doctor.json(&hold).await?;
    assert!(scene.doctor.refused(&hold).await?.contains("AlreadyHeld"), "it is never extended");
    // The patient sees that there is a hold, why, and until when; and cannot read it.
    assert_eq!(scene.patient.json(&["notices"]).await?[0]["kind"], "hold");
    let listed = scene.patient.json(&["record", "list", "0"]).await?;
    let listed = list(&listed).iter().find(|it| it["record"] == record).context("it is listed")?;
    assert_eq!(listed["hold"]["ground"], "harm-to-patient");
    let said = scene.patient.refused(&["record", "get", record]).await?;
    assert!(said.contains("keeps this record from the patient until a date"), "{said}");
    assert_eq!(reader.bytes(&[&["record", "get", record][..], &READ].concat()).await?, b"a result");

    clock.forward(2 * DAY)?;
    sleep(2 * SEEN).await;
    assert_eq!(scene.patient.bytes(&["record", "get", record]).await?, b"a result");
    let told = scene.patient.json(&["notices"]).await?;
    assert!(list(&told).iter().any(|it| it["kind"] == "expiry" && it["subject"]["record"][0] == record), "{told}");
    Ok(())
}

/// Both sides are told when the time ran out, and anyone may clear it away.
async fn no_record_waits_for_ever(scene: &Scene, clock: &mut Clock) -> Result<()> {
    let records = staged(scene, &["late"], &compartment(scene, "General").await?).await?;
    let record = records[0].as_str();
    for person in [&scene.patient, &scene.doctor] {
        person.json(&["notices"]).await?;
    }
    clock.forward(30 * DAY)?;
    sleep(2 * SEEN).await;
    let said = scene.patient.refused(&["record", "accept", record, "--yes"]).await?;
    assert!(said.contains("ran out"), "{said}");
    for person in [&scene.patient, &scene.doctor] {
        let told = person.json(&["notices"]).await?;
        assert!(list(&told).iter().any(|it| it["kind"] == "expiry" && it["subject"]["record"][0] == record), "{told}");
    }
    scene.doctor.json(&["record", "refuse", record, "--yes"]).await?;
    let log = scene.patient.json(&["log", "chart:0"]).await?;
    assert_eq!(list(&log["entries"]).last().context("an entry")?["action"], "staging-expired");
    Ok(())
}

/// The number of a compartment, which staff without a grant know it by.
async fn compartment(scene: &Scene, name: &str) -> Result<String> {
    let compartments = scene.patient.json(&["compartment", "list", "0"]).await?;
    let named = list(&compartments).iter().find(|it| it["name"] == name).context("it is listed")?;
    Ok(named["number"].to_string())
}

async fn state(scene: &Scene, record: &str) -> Result<String> {
    let listed = scene.patient.json(&["record", "list", "0"]).await?;
    let listed = list(&listed).iter().find(|it| it["record"] == record).context("it is listed")?;
    Ok(listed["state"].as_str().unwrap_or_default().to_owned())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
