// SPDX-License-Identifier: Apache-2.0

//! The chart, the import, and the laboratory.

use super::cast::{list, number, string, text, Cast};
use crate::steps::Steps;
use anyhow::{Context, Result};
use salus_fhir::Bundle;
use serde_json::Value;
use std::path::Path;

/// The patient opens a chart with the standard compartments, and lets doctor A add to all of them.
pub(super) async fn open_chart(cast: &mut Cast, steps: &mut Steps) -> Result<()> {
    steps.begin("the patient opens a chart and its compartments");
    let opened = cast.patient.json(&["chart", "open"]).await?;
    cast.chart = number(&opened, "/chart")?.to_string();
    let compartments = cast.patient.json(&["compartment", "add", &cast.chart, "--standard"]).await?;
    let named: Vec<_> = list(&compartments)?.iter().filter_map(|one| one.pointer("/name")?.as_str()).collect();
    steps.note(&named.join(", "));
    steps.check("the patient sees the name of every compartment", named.len() == list(&compartments)?.len())?;
    let seen = cast.doctor_a.json(&["compartment", "list", &cast.chart]).await?;
    let sealed = list(&seen)?.iter().all(|one| one.pointer("/name") == Some(&Value::Null));
    steps.check("for all others they are numbers", sealed)?;
    let laboratory = list(&compartments)?.iter().find(|one| one.pointer("/name") == Some(&"Laboratory".into()));
    cast.laboratory = number(laboratory.context("there is no compartment for laboratories")?, "/number")?;

    steps.begin("the patient lets doctor A add records");
    let grantee = format!("member:{}", cast.ids.doctor_a);
    let mut arguments = vec!["grant", &cast.chart, "--to", &grantee, "--permissions", "create"];
    // Five compartments are sensitive, and each is consented to separately.
    arguments.extend(["--reason", "You may add what you have on me.", "--sensitive"]);
    named.iter().for_each(|name| arguments.extend(["--compartment", name]));
    let granted = cast.patient.json(&arguments).await?;
    steps.check("one grant for each compartment, to create and no more", list(&granted)?.len() == named.len())
}

/// Doctor A imports the bundles; importing again adds nothing.
pub(super) async fn import(
    cast: &mut Cast,
    bundles: &[Bundle<'_>],
    texts: &[Vec<u8>],
    folder: &Path,
    steps: &mut Steps,
) -> Result<()> {
    steps.begin("doctor A imports the patient's FHIR bundle");
    let mut arguments = vec!["record".to_owned(), "add".to_owned(), cast.chart.clone()];
    for (place, content) in texts.iter().enumerate() {
        // Outside every folder that is scanned for leaks: this is the hospital's own file.
        let file = folder.join(format!("bundle-{place}.json"));
        std::fs::write(&file, content)?;
        arguments.extend(["--bundle".to_owned(), text(&file)?.to_owned()]);
    }
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let imported = cast.doctor_a.json(&arguments).await?;
    let records = |imported: &Value| imported.pointer("/records").cloned().unwrap_or_default();
    let imported = records(&imported);
    let entries: usize = bundles.iter().map(|bundle| bundle.records().len()).sum();
    steps.check(&format!("{entries} entries became {entries} records"), list(&imported)?.len() == entries)?;
    let again = records(&cast.doctor_a.json(&arguments).await?);
    let present = list(&again)?.iter().all(|entry| entry.pointer("/state").and_then(Value::as_str) == Some("present"));
    steps.check("importing them again adds nothing", present)?;
    let first = string(list(&imported)?.first().context("the bundle is empty")?, "/record")?;
    let refused = cast.doctor_a.refused(&["record", "get", &first, "--purpose", "treatment"]).await?;
    steps.check("who may only add cannot read, not even what they added", refused.contains("denied"))
}

/// A laboratory gets access, adds a result, corrects it, is revoked, and can neither read nor write any more.
pub(super) async fn laboratory_adds_a_result_and_leaves(
    cast: &mut Cast,
    folder: &Path,
    steps: &mut Steps,
) -> Result<()> {
    steps.begin("a laboratory gets access, adds a result, corrects it, and is revoked");
    let grantee = format!("member:{}", cast.ids.technician);
    let grant = ["lab-grant", &cast.chart, "--to", &grantee, "--compartment", "laboratory", "--until", "1d"];
    let granted = cast.patient.json(&grant).await?;
    let grant = number(&granted, "/0/grant")?.to_string();
    let result = folder.join("result.json");
    std::fs::write(&result, RESULT)?;
    let add = ["record", "add", &cast.chart, text(&result)?, "--compartment", "laboratory", "--title", "Potassium"];
    let added = cast.technician.json(&add).await?;
    let record = string(&added, "/record")?;
    let read = cast.technician.bytes(&["record", "get", &record, "--purpose", "laboratory"]).await?;
    steps.check("it added a result and reads it back unchanged", read == RESULT)?;
    let read = cast.patient.bytes(&["record", "get", &record]).await?;
    steps.check("the patient reads the same bytes", read == RESULT)?;
    laboratory_corrects_its_result(cast, &record, folder, steps).await?;
    cast.patient.json(&["revoke", &cast.chart, &grant, "--reason", "The work is done."]).await?;
    let reason = cast.technician.refused(&["record", "get", &record]).await?;
    steps.check("revoked, it cannot read any more, although its session runs", reason.contains("release gate"))?;
    let other = folder.join("another.json");
    std::fs::write(&other, b"{}")?;
    let number = cast.laboratory.to_string();
    let add = ["record", "add", &cast.chart, text(&other)?, "--compartment", &number];
    let reason = cast.technician.refused(&add).await?;
    steps.check("nor write", reason.contains("NotPermitted"))
}

/// The laboratory amends what it added. Doctor A, who may read this record alone, gets the key of the new version, too.
async fn laboratory_corrects_its_result(cast: &Cast, record: &str, folder: &Path, steps: &mut Steps) -> Result<()> {
    let grantee = format!("member:{}", cast.ids.doctor_a);
    let grant = ["grant", &cast.chart, "--to", &grantee, "--permissions", "read", "--record", record, "--until", "1h"];
    cast.patient.json(&grant).await?;
    let get = ["record", "get", record, "--purpose", "treatment"];
    steps.check("doctor A may read this record alone", cast.doctor_a.bytes(&get).await? == RESULT)?;
    let corrected = folder.join("corrected.json");
    std::fs::write(&corrected, CORRECTED)?;
    let amend = ["record", "amend", record, text(&corrected)?, "--title", "Potassium"];
    let amended = cast.technician.json(&amend).await?;
    let read = cast.doctor_a.bytes(&get).await?;
    steps.check(
        "the laboratory amends it, and he reads the new version",
        number(&amended, "/version")? == 1 && read == CORRECTED,
    )?;
    let first = cast.patient.bytes(&["record", "get", record, "--version", "0"]).await?;
    steps.check("the first version stays as it was", first == RESULT)
}

const CORRECTED: &[u8] = br#"{"resourceType":"Observation","status":"corrected","code":{"text":"Potassium"},"valueQuantity":{"value":4.40,"unit":"mmol/L"}}"#;
const RESULT: &[u8] = br#"{"resourceType":"Observation","status":"final","code":{"text":"Potassium"},"valueQuantity":{"value":4.10,"unit":"mmol/L"}}"#;
