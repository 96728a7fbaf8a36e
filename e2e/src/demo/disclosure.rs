// SPDX-License-Identifier: Apache-2.0

//! The story of a referral: doctor B lets a laboratory read one record, as the patient allowed, and it ends with the doctor's grant.

use super::cast::{list, number, string, text, Cast};
use crate::steps::Steps;
use anyhow::{Context, Result};
use std::path::Path;

/// From the patient's grant to its end.
pub(super) async fn tell(cast: &Cast, folder: &Path, steps: &mut Steps) -> Result<()> {
    steps.begin("doctor A writes two letters; doctor B may read them, and disclose them");
    let [first, second] = [added(cast, folder, "first").await?, added(cast, folder, "second").await?];
    let to_b = format!("member:{}", cast.ids.doctor_b);
    let grant = ["grant", &cast.chart, "--to", &to_b, "--permissions", "read,disclose", "--compartment", "Laboratory"];
    let granted = cast.patient.json(&[&grant[..], &["--until", "8h"]].concat()).await?;
    let under = number(&granted, "/0/grant")?.to_string();
    let [get_first, get_second] = [&first, &second].map(|it| ["record", "get", it.as_str(), "--purpose", "treatment"]);
    steps.check("doctor B reads both", cast.doctor_b.bytes(&get_first).await? == b"first")?;
    cast.patient.json(&["notices"]).await?;

    steps.begin("doctor B discloses one of them to the laboratory's technician");
    let technician = format!("member:{}", cast.ids.technician);
    let disclose = ["disclose", &cast.chart, "--under", &under, "--to", &technician, "--record", &first];
    cast.doctor_b.json(&disclose).await?;
    steps.check("the technician reads it", cast.technician.bytes(&get_first).await? == b"first")?;
    let reason = cast.technician.refused(&get_second).await?;
    steps.check("and not the other", reason.contains("denied"))?;
    let notices = cast.patient.json(&["notices"]).await?;
    let told = list(&notices)?.iter().find(|notice| notice.pointer("/kind") == Some(&"disclosure".into()));
    let by = told.and_then(|notice| notice.pointer("/actor/member")).context("the patient is told")?;
    steps.check("the patient is told who disclosed", by.as_u64() == Some(cast.ids.doctor_b))?;
    let longer =
        ["disclose", &cast.chart, "--under", &under, "--to", &technician, "--record", &second, "--until", "9h"];
    let reason = cast.doctor_b.refused(&longer).await?;
    steps.check("doctor B cannot disclose for longer than her own grant", reason.contains("ExceedsGrant"))?;

    steps.begin("the patient revokes doctor B's grant");
    cast.patient.json(&["revoke", &cast.chart, &under]).await?;
    for (who, person) in [("doctor B", &cast.doctor_b), ("the technician", &cast.technician)] {
        let ran = person.run(&get_first).await?;
        steps.check(&format!("{who} gets nothing more"), ran.status == 1)?;
    }
    Ok(())
}

async fn added(cast: &Cast, folder: &Path, name: &str) -> Result<String> {
    let letter = folder.join(name);
    std::fs::write(&letter, name)?;
    let add = ["record", "add", &cast.chart, text(&letter)?, "--compartment", &cast.laboratory.to_string()];
    string(&cast.doctor_a.json(&add).await?, "/record")
}
