// SPDX-License-Identifier: Apache-2.0

//! The story of a record's end: the hospital keeps it by law, then shreds it as the patient asked, and the hospitals attest that.

use super::{
    cast::{list, string, text, Cast},
    HOSPITAL_1, HOSPITAL_2,
};
use crate::steps::Steps;
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::{sleep, timeout};

/// How long attestations may take to be final.
const PATIENCE: Duration = Duration::from_secs(90);

/// A letter that came into the wrong chart, from its first line to the certificate.
pub(super) async fn tell(cast: &Cast, folder: &Path, steps: &mut Steps) -> Result<()> {
    steps.begin("doctor A puts a letter into the wrong chart, and doctor B reads it");
    let before = objects(&cast.vault_of(HOSPITAL_1))?;
    let letter = folder.join("letter.txt");
    fs::write(&letter, "of another patient")?;
    let add = ["record", "add", &cast.chart, text(&letter)?, "--compartment", &cast.laboratory.to_string()];
    let record = string(&cast.doctor_a.json(&add).await?, "/record")?;
    let to_b = format!("member:{}", cast.ids.doctor_b);
    cast.patient.json(&["grant", &cast.chart, "--to", &to_b, "--record", &record]).await?;
    let get = ["record", "get", &record, "--purpose", "treatment"];
    steps.check("doctor B reads it", cast.doctor_b.bytes(&get).await? == b"of another patient")?;
    let of_letter: Vec<_> =
        objects(&cast.vault_of(HOSPITAL_1))?.into_iter().filter(|path| !before.contains(path)).collect();
    steps.check("hospital 1 has its blob and two envelopes with its key", of_letter.len() == 3)?;

    steps.begin("hospital 1's auditor declares that the law obliges it to keep the letter");
    let auditor = cast.admit_auditor(folder).await?;
    let retain = ["shredding", "retain", &record, "--ground", "legal-duty", "--until", "365d"];
    auditor.json(&retain).await?;
    let request = ["shredding", "request", &record, "--yes", "--reason", "That letter is not about me."];
    let reason = cast.patient.refused(&request).await?;
    steps.check("the patient's request is refused, with the ground", reason.contains("a law obliges"))?;
    let log = cast.patient.json(&["log", &format!("chart:{}", cast.chart)]).await?;
    let last = list(log.pointer("/entries").context("a log has entries")?)?.last().context("an entry")?;
    steps.check("the log has the refusal", string(last, "/action")? == "shredding-refused")?;

    steps.begin("the auditor finds that it need not be kept; the patient asks again, and the auditor shreds it");
    auditor.json(&["shredding", "lift", &record]).await?;
    cast.patient.json(&request).await?;
    let carry_out = ["shredding", "carry-out", &record, "--yes"];
    let reason = cast.patient.refused(&carry_out).await?;
    steps.check("the patient alone would have to wait for seven days", !reason.is_empty())?;
    auditor.json(&carry_out).await?;
    for (who, person) in [("the patient", &cast.patient), ("doctor B", &cast.doctor_b)] {
        let ran = person.run(&get).await?;
        steps.check(&format!("{who} gets nothing more"), ran.status == 1)?;
    }

    steps.begin("the vaults delete what is left, and their hospitals attest that");
    let certificate = attested(cast, &record).await?;
    let left = objects(&cast.vault_of(HOSPITAL_1))?;
    steps.check("hospital 1's disk has none of it", of_letter.iter().all(|path| !left.contains(path)))?;
    steps.check("all else is there", before.iter().all(|path| left.contains(path)))?;
    steps.note(&format!("the laboratory, whose service has no member, is {}", word(&certificate, 2)));
    let file = folder.join("certificate.json");
    cast.patient.json(&["shredding", "certificate", &record, "--output", text(&file)?]).await?;
    let verdict = cast.stranger.json(&["shredding", "check", text(&file)?]).await?;
    steps.check("a stranger checks the certificate, without a key", verdict.pointer("/holds") == Some(&true.into()))
}

/// The certificate, once both hospitals attested.
async fn attested(cast: &Cast, record: &str) -> Result<Value> {
    let waiting = async {
        loop {
            let certificate = cast.patient.json(&["shredding", "certificate", record]).await?;
            if [HOSPITAL_1, HOSPITAL_2].iter().all(|hospital| word(&certificate, *hospital) == "in-time") {
                return anyhow::Ok(certificate);
            }
            sleep(Duration::from_millis(500)).await;
        }
    };
    timeout(PATIENCE, waiting).await.context("a hospital did not attest")?
}

/// The word of an institution in a certificate.
fn word(certificate: &Value, institution: u32) -> String {
    let institutions = certificate.pointer("/institutions").and_then(Value::as_array);
    let own =
        institutions.and_then(|all| all.iter().find(|it| it.pointer("/institution") == Some(&institution.into())));
    own.and_then(|own| own.pointer("/word")).and_then(Value::as_str).unwrap_or("missing").to_owned()
}

/// The objects in a vault's folder.
fn objects(vault: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for shard in fs::read_dir(vault)? {
        let shard = shard?;
        if shard.path().is_dir() && shard.file_name().len() == 2 {
            for object in fs::read_dir(shard.path())? {
                found.push(object?.path());
            }
        }
    }
    ensure!(!found.is_empty(), "the vault {} is empty", vault.display());
    Ok(found)
}
