// SPDX-License-Identifier: Apache-2.0

//! Content beside FHIR bundles: a DICOM file, genome data, a life log, dental records, record files (S0-57, S1-41, S2-09, S2-11,
//! S4-16, S4-20, S4-27). All of it is invented.

use crate::importing::Scene;
use anyhow::{Context, Result};
use salus_e2e::{node::Node, salus::Salus};
use serde_json::Value;
use std::fs;

#[tokio::test(flavor = "multi_thread")]
async fn content_of_each_kind_is_stored_typed_found_and_taken_out() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let node = Node::start(&folder.path().join("node")).await?;
    let scene = Scene::set(folder.path(), node.url()).await?;
    a_scan_is_typed_from_its_header(&scene).await?;
    genome_data_are_typed_by_their_bytes(&scene).await?;
    a_life_log_becomes_observations(&scene).await?;
    dental_records_name_their_teeth(&scene).await?;
    record_files_are_written_and_checked(&scene).await?;
    node.stop().await?;
    Ok(())
}

/// An element of DICOM in explicit VR, little-endian.
fn element(group: u16, number: u16, vr: &str, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap_or_default().to_le_bytes();
    [&group.to_le_bytes(), &number.to_le_bytes(), vr.as_bytes(), &length, value].concat()
}

/// A DICOM file of a knee with 64 KiB of pixels.
fn scan() -> Vec<u8> {
    let syntax = element(2, 0x10, "UI", b"1.2.840.10008.1.2.1\0");
    let length = u32::try_from(syntax.len()).unwrap_or_default().to_le_bytes();
    let parts = [
        vec![0; 128],
        b"DICM".to_vec(),
        element(2, 0, "UL", &length),
        syntax,
        element(8, 0x16, "UI", b"1.2.840.10008.5.1.4.1.1.4\0"),
        element(8, 0x20, "DA", b"20260531"),
        element(8, 0x60, "CS", b"MR"),
        element(8, 0x1030, "LO", b"Left knee "),
        element(0x10, 0x10, "PN", b"Invented^Person "),
        element(0x18, 0x15, "CS", b"KNEE"),
        [&b"\xe0\x7f\x10\x00OW\0\0"[..], &65_536_u32.to_le_bytes(), &[7; 65_536]].concat(),
    ];
    parts.concat()
}

async fn add(person: &Salus, file: &str, options: &[&str]) -> Result<String> {
    let added = person.json(&[&["record", "add", "0", file][..], options].concat()).await?;
    Ok(added["record"].as_str().context("a record")?.to_owned())
}

async fn found(person: &Salus, options: &[&str]) -> Result<Value> {
    person.json(&[&["record", "search", "0"][..], options].concat()).await
}

async fn a_scan_is_typed_from_its_header(scene: &Scene) -> Result<()> {
    let file = scene.path("scan.dcm");
    fs::write(&file, scan())?;
    let place = file.display().to_string();
    let record = add(&scene.patient, &place, &["--compartment", "Imaging"]).await?;
    let found = found(&scene.patient, &["--kind", "dicom mr", "--text", "knee", "--since", "2026-05"]).await?;
    assert_eq!(found[0]["record"], record.as_str());
    assert_eq!(found[0]["title"], "Left knee, KNEE, MR Image Storage");
    assert_eq!(found[0]["date"], "2026-05-31");
    let out = scene.path("scan-again").display().to_string();
    let got = scene.patient.json(&["record", "get", &record, "--out", &out]).await?;
    assert_eq!((&got["kind"], &got["media_type"]), (&"DICOM MR".into(), &"application/dicom".into()));
    assert!(fs::read(&out)? == scan(), "the bytes are the file's");
    // A damaged one is stored only if the person says so.
    let damaged = scene.path("damaged.dcm");
    fs::write(&damaged, &scan()[..200])?;
    let damaged = damaged.display().to_string();
    let said = scene.patient.failed(&["record", "add", "0", &damaged, "--compartment", "Imaging"]).await?;
    assert!(said.contains("cannot be taken as DICOM"), "{said}");
    let record = add(&scene.patient, &damaged, &["--compartment", "Imaging", "--untyped"]).await?;
    let got = scene.patient.json(&["record", "get", &record, "--out", &out]).await?;
    assert_eq!((&got["kind"], &got["title"]), (&"Document".into(), &"damaged.dcm".into()));
    Ok(())
}

async fn genome_data_are_typed_by_their_bytes(scene: &Scene) -> Result<()> {
    let file = scene.text("variants", "##fileformat=VCFv4.4\n#CHROM\tPOS\tID\nchr7\t117559590\trs113993960\n")?;
    let record = add(&scene.patient, &file, &["--compartment", "Genetics"]).await?;
    let found = found(&scene.patient, &["--kind", "Genome", "--text", "rs113993960"]).await?;
    assert_eq!(found[0]["record"], record.as_str());
    Ok(())
}

async fn a_life_log_becomes_observations(scene: &Scene) -> Result<()> {
    let log = "time,kind,value,unit\n2026-11-20T07:30:00+01:00,heart-rate,62,bpm\n2026-11-20,steps,8412,steps\n2026-11-20,sleep,7.50,h\n";
    let file = scene.text("watch.csv", log)?;
    let said = scene.doctor.refused(&["record", "add", "0", "--life-log", &file]).await?;
    assert!(said.contains("only the patient of chart `0` can do this"), "{said}");
    for state in ["added", "present"] {
        let imported = scene.patient.json(&["record", "add", "0", "--life-log", &file]).await?;
        let states: Vec<_> = imported["records"].as_array().context("records")?.iter().map(|it| &it["state"]).collect();
        assert_eq!(states, [state; 3]);
    }
    let me = scene.patient.json(&["status"]).await?;
    let found = found(&scene.patient, &["--code", "http://loinc.org|93832-4"]).await?;
    assert_eq!((&found[0]["title"], &found[0]["author"]), (&"Sleep duration".into(), &me["member"]["id"]));
    Ok(())
}

async fn dental_records_name_their_teeth(scene: &Scene) -> Result<()> {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../fhir/tests/cases/dental.json");
    scene.patient.json(&["record", "add", "0", "--bundle", sample]).await?;
    let found = found(&scene.patient, &["--code", "36", "--kind", "Condition"]).await?;
    assert_eq!(found[0]["title"], "Dental caries, tooth 36");
    let summary = scene.patient.json(&["chart", "summary", "0"]).await?;
    let diagnoses = summary["diagnoses"].as_array().context("diagnoses")?;
    let texts: Vec<_> = diagnoses.iter().map(|it| it["text"].as_str().unwrap_or_default()).collect();
    assert!(
        ["Dental caries, tooth 36", "Dental caries, tooth 46"].iter().all(|text| texts.contains(text)),
        "{texts:?}"
    );
    Ok(())
}

async fn record_files_are_written_and_checked(scene: &Scene) -> Result<()> {
    let folder = scene.path("record-files");
    let place = folder.display().to_string();
    let exported = scene.patient.json(&["record", "export", "0", "--format", "s4", "--out", &place]).await?;
    let records = exported["records"].as_array().context("records")?;
    assert!(records.len() > 5 && exported["denied"].as_array().is_some_and(Vec::is_empty));
    let mut codes = Vec::new();
    for written in records {
        let record = written["record"].as_str().context("a record")?;
        let file = folder.join(format!("{}.s4", record.replace('/', "-")));
        // Nothing in it is readable.
        let bytes = fs::read(&file)?;
        assert!(!bytes.windows(5).any(|it| it == b"knee," || it == b"caries"));
        let file = file.display().to_string();
        let checked = scene.patient.json(&["record", "check", &file]).await?;
        assert_eq!((&checked["fault"], &checked["compared"]), (&Value::Null, &true.into()));
        assert_eq!((&checked["record"], &checked["hash"]), (&written["record"], &written["content"]));
        codes.push(checked["patient_code"].clone());
    }
    assert!(codes.windows(2).all(|pair| pair[0] == pair[1]), "one patient has one code");
    // A record that was restricted since has another state than its file.
    let record = records[0]["record"].as_str().context("a record")?;
    scene.patient.json(&["record", "restrict", record]).await?;
    let file = folder.join(format!("{}.s4", record.replace('/', "-"))).display().to_string();
    let ran = scene.patient.run(&["record", "check", &file]).await?;
    let checked: Value = serde_json::from_slice(&ran.stdout)?;
    assert_eq!((ran.status, &checked["fault"]), (1, &"other-state".into()));
    Ok(())
}
