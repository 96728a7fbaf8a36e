// SPDX-License-Identifier: Apache-2.0

//! Members amend, restrict and withdraw records, and mark them as entered in error; `salus notices` tells those concerned (S2-03,
//! S2-17, S4-17, S4-22). The patient contests one and disagrees with the answer, and takes all of it out.

use crate::importing::{case, Scene};
use anyhow::{Context, Result};
use salus_e2e::{node::Node, salus::Salus};
use serde_json::Value;
use std::{collections::BTreeSet, fs, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    time::timeout,
};

/// How long something may take to be shown.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_amended_restricted_withdrawn_and_marked_and_those_concerned_are_told() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let node = Node::start(&folder.path().join("node")).await?;
    let scene = Scene::set(folder.path(), node.url()).await?;
    everything_so_far_is_read(&scene).await?;
    let record = added(&scene, "first", "pressure 120/80").await?;
    no_one_else_changes_it(&scene, &record).await?;
    a_request_and_its_answer_are_told(&scene).await?;
    the_author_amends(&scene, &record).await?;
    the_patient_restricts_and_lifts(&scene, &record).await?;
    let contested = the_patient_contests_and_disagrees(&scene).await?;
    the_author_marks_an_error(&scene, &record).await?;
    a_withdrawn_record_stays_with_the_patient(&scene).await?;
    an_author_marks_an_error_without_a_grant(&scene).await?;
    let node = who_watches_is_told_after_the_node_was_away(&scene, &contested, node).await?;
    a_requests_life_is_shown(&scene).await?;
    preferences_are_kept(&scene).await?;
    a_chart_is_exported_and_imported_elsewhere(&scene).await?;
    node.stop().await?;
    Ok(())
}

/// A doctor's letter in the compartment to which the doctor may add.
async fn added(scene: &Scene, name: &str, text: &str) -> Result<String> {
    let file = scene.text(name, text)?;
    let added = scene.doctor.json(&["record", "add", "0", &file, "--compartment", "General"]).await?;
    Ok(added["record"].as_str().context("a record")?.to_owned())
}

async fn everything_so_far_is_read(scene: &Scene) -> Result<()> {
    assert_eq!(kinds(&scene.doctor.json(&["notices"]).await?), ["grant"], "the one to create");
    assert_eq!(scene.patient.json(&["notices"]).await?, Value::Array(Vec::new()), "the patient did all of it");
    Ok(())
}

async fn no_one_else_changes_it(scene: &Scene, record: &str) -> Result<()> {
    for (person, arguments, word) in [
        (&scene.patient, &["record", "withdraw", record, "--yes"][..], "Records.NotPermitted"),
        (&scene.patient, &["record", "mark-in-error", record, "--yes"], "Records.NotAuthor"),
        (&scene.doctor, &["record", "withdraw", record, "--yes"], "Records.NotPermitted"),
        (&scene.doctor, &["record", "restrict", record], "the member's role may not make this call"),
        (&scene.patient, &["record", "lift", record], "is active, and cannot become active"),
    ] {
        let said = person.refused(arguments).await?;
        assert!(said.contains(word), "{arguments:?}: {said}");
    }
    let said = scene.patient.failed(&["record", "withdraw", record]).await?;
    assert!(said.contains("nothing was done: this has to be confirmed"), "{said}");
    assert_eq!(state(scene, record).await?, "active");
    Ok(())
}

/// Both sides are told, once, and keep what they do not want to have read.
async fn a_request_and_its_answer_are_told(scene: &Scene) -> Result<()> {
    let asked = scene.doctor.json(&["request", "0", "--permissions", "read,amend,withdraw", "--until", "8h"]).await?;
    let request = asked["request"].to_string();
    for _ in 0..2 {
        let kept = scene.patient.json(&["notices", "--keep"]).await?;
        assert_eq!(kinds(&kept), ["record", "request"]);
    }
    let digest = scene.patient.json(&["notices", "--digest"]).await?;
    let counts: Vec<_> = list(&digest).iter().map(|it| (it["kind"].as_str(), it["count"].as_u64())).collect();
    assert_eq!(counts, [(Some("request"), Some(1)), (Some("record"), Some(1))]);
    assert!(list(&scene.patient.json(&["notices"]).await?).is_empty(), "they are read");
    scene.patient.json(&["approve", "0", &request, "--compartment", "General"]).await?;
    assert_eq!(kinds(&scene.doctor.json(&["notices"]).await?), ["answer", "grant"]);
    Ok(())
}

/// Version 1 is read by all who may, version 0 stays.
async fn the_author_amends(scene: &Scene, record: &str) -> Result<()> {
    let file = scene.text("second", "pressure 130/85")?;
    let amended = scene.doctor.json(&["record", "amend", record, &file]).await?;
    assert_eq!(amended["version"], 1);
    for (person, purpose) in [(&scene.patient, &[][..]), (&scene.doctor, &["--purpose", "treatment"])] {
        let read = |more: &'static [&str]| async move {
            person.bytes(&[&["record", "get", record], purpose, more].concat()).await
        };
        assert_eq!(read(&[]).await?, b"pressure 130/85");
        assert_eq!(read(&["--version", "0"]).await?, b"pressure 120/80");
    }
    let told = scene.patient.json(&["notices"]).await?;
    assert_eq!(kinds(&told), ["record", "reading"]);
    assert_eq!(list(&told)[0]["action"], "record-amended");
    Ok(())
}

/// While a record is restricted, a session that was opened before gives no more of it, and no notice tells of it.
async fn the_patient_restricts_and_lifts(scene: &Scene, record: &str) -> Result<()> {
    let get = ["record", "get", record, "--purpose", "treatment"];
    assert!(list(&scene.doctor.json(&["notices"]).await?).is_empty());
    scene.patient.json(&["record", "restrict", record, "--reason", "this is contested"]).await?;
    let said = scene.doctor.refused(&get).await?;
    assert!(said.contains("the patient restricts this record"), "{said}");
    assert_eq!(scene.patient.bytes(&["record", "get", record]).await?, b"pressure 130/85");
    let explained =
        scene.doctor.json(&["explain", "0", "--member", &scene.doctors_number().await?, "--record", record]).await?;
    assert_eq!(explained.pointer("/decision/denied"), Some(&"restricted".into()), "{explained}");
    assert!(list(&scene.doctor.json(&["notices"]).await?).is_empty(), "a restriction is not told");

    scene.patient.json(&["record", "lift", record]).await?;
    assert_eq!(scene.doctor.bytes(&get).await?, b"pressure 130/85");
    let told = scene.doctor.json(&["notices"]).await?;
    assert_eq!((kinds(&told), &list(&told)[0]["action"]), (vec!["correction"], &"restriction-lifted".into()));
    let entries = scene.patient.json(&["log", "chart:0"]).await?;
    let place = list(&entries["entries"]).iter().find(|entry| entry["action"] == "record-restricted");
    let place = place.context("the log tells of the restriction")?["sequence"].to_string();
    let note = scene.patient.json(&["note", "0", "--entry", &place]).await?;
    assert_eq!(note["text"], "this is contested");
    Ok(())
}

/// The author is asked, declines, and corrects at last; the patient's statement stays attached.
async fn the_patient_contests_and_disagrees(scene: &Scene) -> Result<String> {
    let record = added(scene, "contested", "weight 90").await?;
    let (id, patient, doctor) = (record.as_str(), &scene.patient, &scene.doctor);
    patient.json(&["notices"]).await?;
    let request = ["correction", "request", id, "--reason", "it was 70"];
    patient.json(&request).await?;
    assert!(patient.refused(&request).await?.contains("is open; wait for the answer"));
    let told = doctor.json(&["notices"]).await?;
    assert_eq!(kinds(&told), ["correction-request"]);
    assert_eq!(words(doctor, &told).await?, "it was 70");
    let said = doctor.refused(&["correction", "answer", id, "--corrected"]).await?;
    assert!(said.contains("Records.NotCorrected"), "{said}");
    let disagree = ["correction", "disagree", id, "--statement", "the scales were broken"];
    assert!(patient.refused(&disagree).await?.contains("none is overdue"));

    doctor.json(&["correction", "answer", id, "--declined", "--reason", "I looked twice"]).await?;
    let told = patient.json(&["notices"]).await?;
    assert_eq!((kinds(&told), words(patient, &told).await?), (vec!["correction"], "I looked twice".to_owned()));
    let attached = patient.json(&disagree).await?;
    let statement = attached["statement"].as_str().context("a statement")?;
    let said = patient.refused(&disagree).await?;
    assert!(said.contains(&format!("the statement `{statement}` is attached")), "{said}");

    // Who reads the record is told, and reads the statement.
    assert_eq!(kinds(&doctor.json(&["notices"]).await?), ["record", "correction"]);
    let out = scene.path("weight").display().to_string();
    let got = doctor.json(&["record", "get", id, "--purpose", "treatment", "--out", &out]).await?;
    assert_eq!(got["statement"], statement);
    let read = doctor.run(&["record", "get", id, "--purpose", "treatment"]).await?;
    assert_eq!(read.stdout, b"weight 90");
    assert!(read.stderr.contains(statement), "{}", read.stderr);
    let words = doctor.bytes(&["record", "get", statement, "--purpose", "treatment"]).await?;
    assert_eq!(words, b"the scales were broken");

    patient.json(&request).await?;
    doctor.json(&["record", "amend", id, &scene.text("corrected", "weight 70")?]).await?;
    doctor.json(&["correction", "answer", id, "--corrected"]).await?;
    let corrections = patient.json(&["correction", "list", "0"]).await?;
    let [correction] = list(&corrections) else { anyhow::bail!("one record is contested: {corrections}") };
    assert_eq!((&correction["answer"], &correction["record"]), (&"corrected".into(), &id.into()));
    let listed = doctor.json(&["record", "list", "0"]).await?;
    let listed = list(&listed).iter().find(|it| it["record"] == id).context("it is listed")?;
    assert_eq!(listed["statement"], statement, "it stays attached");
    doctor.json(&["notices"]).await?;
    Ok(record)
}

/// The words that came with the newest of these notices.
async fn words(reader: &Salus, notices: &Value) -> Result<String> {
    let entry = list(notices).last().context("a notice")?["entry"].to_string();
    let note = reader.json(&["note", "0", "--entry", &entry]).await?;
    Ok(note["text"].as_str().unwrap_or_default().to_owned())
}

async fn the_author_marks_an_error(scene: &Scene, record: &str) -> Result<()> {
    scene.patient.json(&["notices"]).await?;
    let marked = scene.doctor.json(&["record", "mark-in-error", record, "--yes"]).await?;
    assert_eq!(marked["state"], "entered-in-error");
    let said = scene.doctor.refused(&["record", "get", record, "--purpose", "treatment"]).await?;
    assert!(said.contains("entered in error"), "{said}");
    let said = scene.doctor.refused(&["record", "amend", record, &scene.text("third", "no")?]).await?;
    assert!(said.contains("Records.WrongState"), "{said}");
    assert_eq!(scene.patient.bytes(&["record", "get", record]).await?, b"pressure 130/85");
    let told = scene.patient.json(&["notices"]).await?;
    let last = list(&told).last().context("a notice")?;
    assert_eq!((&last["kind"], &last["action"]), (&"correction".into(), &"record-entered-in-error".into()));
    Ok(())
}

async fn a_withdrawn_record_stays_with_the_patient(scene: &Scene) -> Result<()> {
    let record = added(scene, "fourth", "to be withdrawn").await?;
    scene.doctor.json(&["record", "withdraw", &record, "--yes"]).await?;
    assert_eq!(state(scene, &record).await?, "withdrawn");
    assert!(scene.doctor.refused(&["record", "get", &record]).await?.contains("the record was withdrawn"));
    assert_eq!(scene.patient.bytes(&["record", "get", &record]).await?, b"to be withdrawn");
    let said = scene.doctor.refused(&["record", "withdraw", &record, "--yes"]).await?;
    assert!(said.contains("is withdrawn, and cannot become withdrawn"), "{said}");
    Ok(())
}

/// An author takes the own words back when all grants are revoked, and tells the patient why.
async fn an_author_marks_an_error_without_a_grant(scene: &Scene) -> Result<()> {
    let record = added(scene, "fifth", "of another patient").await?;
    for grant in ["0", "1"] {
        scene.patient.json(&["revoke", "0", grant]).await?;
    }
    scene.patient.json(&["notices"]).await?;
    let mark = ["record", "mark-in-error", &record, "--yes", "--reason", "it is of another patient"];
    scene.doctor.json(&mark).await?;
    assert_eq!(state(scene, &record).await?, "entered-in-error");
    let told = scene.patient.json(&["notices"]).await?;
    assert_eq!(kinds(&told), ["correction"]);
    let entry = list(&told)[0]["entry"].to_string();
    let note = scene.patient.json(&["note", "0", "--entry", &entry]).await?;
    assert_eq!(note["text"], "it is of another patient");
    Ok(())
}

/// `salus notices --watch` stays while the node is restarted.
async fn who_watches_is_told_after_the_node_was_away(scene: &Scene, record: &str, node: Node) -> Result<Node> {
    // The denial is unread: it is shown first.
    scene.doctor.refused(&["record", "get", record, "--purpose", "payment"]).await?;
    let mut watching = scene.patient.spawn(&["notices", "--watch"])?;
    let mut said = BufReader::new(watching.stderr.take().context("its standard error")?).lines();
    let mut shown = BufReader::new(watching.stdout.take().context("its standard output")?).lines();
    let (folder, port) = (node.folder().to_owned(), node.url().rsplit_once(':').context("a port")?.1.parse()?);
    let first = timeout(PATIENCE, shown.next_line()).await??;
    assert_eq!(first.as_deref(), Some("["));
    node.stop().await?;
    let away = timeout(PATIENCE, said.next_line()).await??.context("it ended")?;
    assert!(away.contains("the node did not answer"), "{away}");
    let node = Node::start_at(&folder, port).await?;
    let back = timeout(PATIENCE, said.next_line()).await??.context("it ended")?;
    assert!(back.contains("the node answers again"), "{back}");
    scene.doctor.json(&["record", "mark-in-error", record, "--yes"]).await?;
    let told = async {
        while let Some(line) = shown.next_line().await? {
            if line.contains("record-entered-in-error") && line.contains("action") {
                return anyhow::Ok(());
            }
        }
        anyhow::bail!("it ended")
    };
    timeout(PATIENCE, told).await??;
    // To watch leaves all of it unread.
    scene.patient.json(&["notices"]).await?;
    Ok(node)
}

/// From the request to the revocation, with what was read in between (S0-39).
async fn a_requests_life_is_shown(scene: &Scene) -> Result<()> {
    let life = scene.patient.json(&["log", "chart:0", "--about", "request:0"]).await?;
    let mut actions: Vec<_> =
        list(&life["entries"]).iter().map(|it| it["action"].as_str().unwrap_or_default()).collect();
    actions.dedup();
    assert_eq!(actions.first(), Some(&"access-requested"));
    assert_eq!(actions.last(), Some(&"access-revoked"));
    for action in ["request-approved", "access-granted", "read-permitted", "record-amended"] {
        assert!(actions.contains(&action), "{actions:?}");
    }
    assert!(!actions.contains(&"chart-opened") && list(&life["ran_out"]).is_empty());
    let doctor = format!("member:{}", scene.doctors_number().await?);
    let acts = scene.doctor.json(&["log", "chart:0", "--about", &doctor]).await?;
    assert!(list(&acts["entries"]).iter().all(|it| it["actor"]["member"] == acts["entries"][0]["actor"]["member"]));
    let whole = scene.patient.json(&["log", "chart:0"]).await?;
    assert!(list(&acts["entries"]).len() < list(&whole["entries"]).len());
    assert_eq!(life["head"], whole["head"], "the whole log was verified");
    Ok(())
}

async fn preferences_are_kept(scene: &Scene) -> Result<()> {
    scene.patient.json(&["notices", "--prefer", "correction=off", "--prefer", "record=off"]).await?;
    let preferences = scene.patient.json(&["notices", "--preferences"]).await?;
    let off = list(&preferences).iter().filter(|it| it["delivery"] == "off").count();
    assert_eq!(off, 2);
    scene.doctor.json(&["request", "0"]).await?;
    assert_eq!(kinds(&scene.patient.json(&["notices"]).await?), ["request"], "this kind is told");
    scene.patient.json(&["notices", "--prefer", "request=off"]).await?;
    scene.patient.json(&["deny", "0", "1"]).await?;
    scene.doctor.json(&["request", "0"]).await?;
    assert!(list(&scene.patient.json(&["notices"]).await?).is_empty(), "and now it is not");
    Ok(())
}

/// The patient takes everything out, with all versions and in every state, and another chart takes the FHIR resources in.
async fn a_chart_is_exported_and_imported_elsewhere(scene: &Scene) -> Result<()> {
    let added = scene.patient.json(&["record", "add", "0", "--bundle", &case("first.json")]).await?;
    let (index, lines) = exported(scene, "0").await?;
    assert_eq!(index["refused"], Value::Array(Vec::new()));
    assert!(!lines.is_empty() && lines.len() == list(&added["records"]).len());
    let folder = scene.path("export-0");
    let (mut states, mut files) = (BTreeSet::new(), BTreeSet::new());
    for record in list(&index["records"]) {
        states.insert(record["state"].as_str().unwrap_or_default());
        assert_eq!(record["versions"].as_u64(), Some(list(&record["files"]).len() as u64));
        for file in list(&record["files"]) {
            files.insert(fs::read(folder.join(file["file"].as_str().context("a file")?))?);
        }
    }
    assert!(states.is_superset(&["active", "withdrawn", "entered-in-error"].into()), "{states:?}");
    for text in ["pressure 120/80", "pressure 130/85", "to be withdrawn", "of another patient"] {
        assert!(files.contains(text.as_bytes()), "{text}");
    }
    let log: Value = serde_json::from_slice(&fs::read(folder.join("log.json"))?)?;
    assert_eq!(log["head"], index["log"]);
    let again = ["chart", "export", "0", "--out", &folder.display().to_string()];
    assert!(scene.patient.failed(&again).await?.contains("cannot be written: File exists"));
    let out = scene.path("nothing").display().to_string();
    let unseen = scene.doctor.run(&["chart", "export", "0", "--purpose", "treatment", "--out", &out]).await?;
    let unseen: Value = serde_json::from_slice(&unseen.stdout)?;
    assert!(list(&unseen["records"]).is_empty() && unseen["resources"] == 0, "the doctor has no grant left");

    let chart = scene.patient.json(&["chart", "open"]).await?["chart"].to_string();
    scene.patient.json(&["compartment", "add", &chart, "--standard"]).await?;
    let resources = folder.join("resources.ndjson").display().to_string();
    scene.patient.json(&["record", "add", &chart, "--bundle", &resources]).await?;
    assert_eq!(exported(scene, &chart).await?.1, lines);
    Ok(())
}

/// Everything of a chart in a folder: the index, and the lines with FHIR resources.
async fn exported(scene: &Scene, chart: &str) -> Result<(Value, BTreeSet<String>)> {
    let folder = scene.path(&format!("export-{chart}"));
    let index = scene.patient.json(&["chart", "export", chart, "--out", &folder.display().to_string()]).await?;
    assert_eq!(index, serde_json::from_slice::<Value>(&fs::read(folder.join("index.json"))?)?);
    let lines = fs::read_to_string(folder.join("resources.ndjson"))?;
    Ok((index, lines.lines().map(str::to_owned).collect()))
}

async fn state(scene: &Scene, record: &str) -> Result<String> {
    let listed = scene.patient.json(&["record", "list", "0"]).await?;
    let listed = list(&listed).iter().find(|it| it["record"] == record).context("it is listed")?;
    Ok(listed["state"].as_str().unwrap_or_default().to_owned())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The kinds of notices, in their order, each once in a row.
fn kinds(notices: &Value) -> Vec<&str> {
    let mut kinds: Vec<_> = list(notices).iter().map(|it| it["kind"].as_str().unwrap_or_default()).collect();
    kinds.dedup();
    kinds
}
