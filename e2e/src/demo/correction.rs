// SPDX-License-Identifier: Apache-2.0

//! The story of a contested record: the patient asks for a correction, disagrees with the answer, and gets it at last.

use super::cast::{list, string, text, Cast};
use crate::steps::Steps;
use anyhow::{Context, Result};
use std::path::Path;

/// A doctor's letter, which doctor B may read, from the patient's request to the doctor's correction.
pub(super) async fn tell(cast: &Cast, folder: &Path, steps: &mut Steps) -> Result<()> {
    let record = written(cast, folder, steps).await?;
    steps.begin("the patient asks doctor A to correct the letter");
    let request = ["correction", "request", &record, "--reason", "I am 70 kg, not 90."];
    cast.patient.json(&request).await?;
    let words = newest_words(cast, &cast.doctor_a).await?;
    steps.check("a notice tells him, and he alone can open what is wrong", words == "I am 70 kg, not 90.")?;
    let reason = cast.doctor_a.refused(&["correction", "answer", &record, "--corrected"]).await?;
    steps.check("he cannot say that it is corrected when it is not", reason.contains("NotCorrected"))?;

    steps.begin("doctor A declines, and the patient disagrees");
    let decline = ["correction", "answer", &record, "--declined", "--reason", "I read the scales twice."];
    cast.doctor_a.json(&decline).await?;
    let words = newest_words(cast, &cast.patient).await?;
    steps.check("the patient reads why", words == "I read the scales twice.")?;
    let disagree = ["correction", "disagree", &record, "--statement", "The scales were broken."];
    let statement = string(&cast.patient.json(&disagree).await?, "/statement")?;
    let out = folder.join("letter-of-a");
    let get = ["record", "get", &record, "--purpose", "treatment", "--out", text(&out)?];
    let got = cast.doctor_b.json(&get).await?;
    steps.check("who reads the letter is told of the statement", string(&got, "/statement")? == statement)?;
    let read = cast.doctor_b.bytes(&["record", "get", &statement, "--purpose", "treatment"]).await?;
    steps.check("and reads it", read == b"The scales were broken.")?;

    steps.begin("the patient asks again, and doctor A corrects");
    cast.patient.json(&request).await?;
    let corrected = folder.join("corrected.txt");
    std::fs::write(&corrected, "weight 70 kg")?;
    cast.doctor_a.json(&["record", "amend", &record, text(&corrected)?]).await?;
    cast.doctor_a.json(&["correction", "answer", &record, "--corrected"]).await?;
    let corrections = cast.patient.json(&["correction", "list", &cast.chart]).await?;
    let answer = string(list(&corrections)?.first().context("the record is contested")?, "/answer")?;
    steps.check("the chain compared versions before it took the answer", answer == "corrected")?;
    let read = cast.doctor_b.bytes(&["record", "get", &record, "--purpose", "treatment"]).await?;
    steps.check("doctor B reads the corrected letter", read == b"weight 70 kg")?;
    let first = cast.patient.bytes(&["record", "get", &record, "--version", "0"]).await?;
    steps.check("the first version stays, and so does the statement", first == b"weight 90 kg")
}

/// Doctor A writes the letter; the patient lets doctor A amend and doctor B read.
async fn written(cast: &Cast, folder: &Path, steps: &mut Steps) -> Result<String> {
    steps.begin("doctor A writes a letter, which doctor B may read");
    let letter = folder.join("letter.txt");
    std::fs::write(&letter, "weight 90 kg")?;
    let add = ["record", "add", &cast.chart, text(&letter)?, "--compartment", &cast.laboratory.to_string()];
    let record = string(&cast.doctor_a.json(&add).await?, "/record")?;
    for (member, permissions) in [(cast.ids.doctor_a, "amend"), (cast.ids.doctor_b, "read")] {
        let grantee = format!("member:{member}");
        let grant =
            ["grant", &cast.chart, "--to", &grantee, "--permissions", permissions, "--compartment", "Laboratory"];
        cast.patient.json(&grant).await?;
    }
    let read = cast.doctor_b.bytes(&["record", "get", &record, "--purpose", "treatment"]).await?;
    steps.check("doctor B, at the other hospital, reads it", read == b"weight 90 kg")?;
    for person in [&cast.patient, &cast.doctor_a] {
        person.json(&["notices"]).await?;
    }
    Ok(record)
}

/// The words that came with the newest notice that has some.
async fn newest_words(cast: &Cast, reader: &crate::salus::Salus) -> Result<String> {
    let notices = reader.json(&["notices"]).await?;
    let newest = list(&notices)?.iter().rfind(|notice| notice.pointer("/reason/text").is_some());
    let entry = newest.and_then(|notice| notice.pointer("/entry")).context("a notice with words")?.to_string();
    string(&reader.json(&["note", &cast.chart, "--entry", &entry]).await?, "/text")
}
