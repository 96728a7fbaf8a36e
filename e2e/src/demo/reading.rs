// SPDX-License-Identifier: Apache-2.0

//! Who reads what, and what the log says of it.

use super::cast::{list, number, string, text, Cast, HOSPITAL_1};
use crate::steps::Steps;
use anyhow::{Context, Result};
use salus_chain::{At, Chain};
use salus_client::keystore::Keystore;
use salus_fhir::Bundle;
use salus_primitives::{
    access::{GrantInChart, Grantee, Scope},
    ChartId, CompartmentId, MemberId, RecordId,
};
use salus_sealing::{envelope::Recipient, secret::Password};
use salus_vault::Vault;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// The patient lists and reads every record, without anybody's leave, and gets back the very bytes of the bundle.
pub(super) async fn patient_reads_everything(
    cast: &Cast,
    bundles: &[Bundle<'_>],
    folder: &Path,
    steps: &mut Steps,
) -> Result<()> {
    steps.begin("the patient lists and reads every record");
    let listed = cast.patient.json(&["record", "list", &cast.chart]).await?;
    let entries: usize = bundles.iter().map(|bundle| bundle.entries().len()).sum();
    steps.check("every entry is listed", list(&listed)?.len() == entries)?;
    let out = folder.join("patient-reads");
    let exported = cast.patient.json(&["record", "export", &cast.chart, "--out", text(&out)?]).await?;
    let mut read: Vec<Vec<u8>> = files(&exported)?;
    let mut expected: Vec<_> = bundles.iter().flat_map(|bundle| bundle.entries()).map(|it| it.raw.to_vec()).collect();
    read.sort();
    expected.sort();
    steps.check("every resource is the same to the byte", read == expected)
}

/// Doctor B asks, reads nothing before the approval, and afterwards exactly what was approved.
pub(super) async fn doctor_asks_and_reads_what_was_approved(
    cast: &mut Cast,
    bundles: &[Bundle<'_>],
    folder: &Path,
    steps: &mut Steps,
) -> Result<()> {
    steps.begin("doctor B, at the other hospital, asks for access");
    let ask = ["request", &cast.chart, "--purpose", "treatment", "--until", "8h", "--reason", "Second opinion."];
    let request = number(&cast.doctor_b.json(&ask).await?, "/request")?.to_string();
    let why = cast.patient.json(&["note", &cast.chart, "--request", &request]).await?;
    steps.check("the patient reads why she asks", string(&why, "/text")? == "Second opinion.")?;
    let records = cast.doctor_b.json(&["record", "list", &cast.chart]).await?;
    let some = string(list(&records)?.first().context("the chart is empty")?, "/record")?;
    let reason = cast.doctor_b.refused(&["record", "get", &some, "--purpose", "treatment"]).await?;
    steps.check("before the approval she is denied", reason.contains("denied"))?;
    let log = cast.patient.json(&["log", &format!("chart:{}", cast.chart)]).await?;
    let attempt = list(log.pointer("/entries").context("the log has no entries")?)?.iter().any(|entry| {
        entry.pointer("/action") == Some(&"read-denied".into())
            && entry.pointer("/actor/member") == Some(&cast.ids.doctor_b.into())
    });
    steps.check("and the patient's log shows that she tried", attempt)?;

    let entries = || bundles.iter().flat_map(|bundle| bundle.entries());
    let approved = approved(&entries().map(|entry| entry.compartment.name).collect::<Vec<_>>());
    steps.begin(&format!("the patient approves {}, for treatment, for an hour", approved.join(" and ")));
    let mut approve = vec!["approve", &cast.chart, &request, "--until", "1h"];
    approved.iter().for_each(|name| approve.extend(["--compartment", name]));
    let granted = cast.patient.json(&approve).await?;
    cast.grants_to_b = list(&granted)?.iter().map(|one| number(one, "/grant")).collect::<Result<_>>()?;
    let out = folder.join("doctor-b-reads");
    let export = ["record", "export", &cast.chart, "--purpose", "treatment", "--out", text(&out)?];
    let exported = cast.doctor_b.json(&export).await?;
    let expected: BTreeSet<_> =
        entries().filter(|entry| approved.contains(&entry.compartment.name)).map(|entry| entry.raw.to_vec()).collect();
    let read: BTreeSet<_> = files(&exported)?.into_iter().collect();
    let count = approved.len();
    steps.note(&format!("she opens {count} compartments and reads {} of {} records", read.len(), entries().count()));
    steps.check("she reads exactly what is in these compartments", read == expected && !read.is_empty())?;
    let denied = list(exported.pointer("/denied").context("nothing is said of the rest")?)?;
    let kept = entries().filter(|entry| !approved.contains(&entry.compartment.name)).count();
    match denied.first() {
        Some(other) => {
            let other = string(other, "")?;
            let reason = cast.doctor_b.refused(&["record", "get", &other, "--purpose", "treatment"]).await?;
            steps.check("anything else is denied", kept > 0 && reason.contains("denied"))?;
        }
        None => {
            steps.check("nothing else is there that could be denied", kept == 0)?;
            steps.note("does not apply: that the rest is denied, as the bundle has nothing in other compartments");
        }
    }
    let some =
        string(list(exported.pointer("/records").context("nothing was read")?)?.first().context("none")?, "/record")?;
    let reason = cast.doctor_b.refused(&["record", "get", &some, "--purpose", "research"]).await?;
    steps.check("as is any other purpose", reason.contains("denied"))?;
    let log = cast.patient.json(&["log", &format!("chart:{}", cast.chart)]).await?;
    let openings = list(log.pointer("/receipts").context("the log says nothing of receipts")?)?;
    let is_expected = |opening: &Value| {
        ["running", "awaited", "posted"].into_iter().any(|state| opening.pointer("/state") == Some(&state.into()))
    };
    steps.note("half an hour after an opening, the log says how much the vaults gave out under it");
    let said = openings.len() >= count && openings.iter().all(is_expected);
    steps.check("until then it says that the session runs", said)
}

/// The next release is refused although the session runs; after a rotation nothing that B held opens what is added.
pub(super) async fn revocation_acts_at_once(cast: &mut Cast, folder: &Path, steps: &mut Steps) -> Result<()> {
    steps.begin("the patient revokes doctor B's grants");
    let exported = list_of_b(cast, folder).await?;
    let record = exported.first().context("doctor B could read nothing")?;
    let read = cast.doctor_b.run(&["record", "get", record]).await?;
    steps.check("until now her session gives her the record", read.status == 0)?;
    let held = secrets_of_b(cast).await?;
    for grant in &cast.grants_to_b {
        let grant = grant.to_string();
        cast.patient.json(&["revoke", &cast.chart, &grant]).await?;
    }
    let reason = cast.doctor_b.refused(&["record", "get", record]).await?;
    steps.check("the next release is refused, although the session still runs", reason.contains("release gate"))?;

    steps.begin("the patient rotates; what is added afterwards has another key");
    let rotated = cast.patient.json(&["rotate", &cast.chart]).await?;
    steps.check("every compartment that B could open is at a new epoch", list(&rotated)?.len() == held.len())?;
    let note = folder.join("note.txt");
    std::fs::write(&note, "written after the rotation")?;
    let add = ["record", "add", &cast.chart, text(&note)?, "--compartment", "laboratory"];
    let added = cast.doctor_a.json(&add).await?;
    let record: RecordId = string(&added, "/record")?.parse()?;
    let opens = held_secrets_open(cast, &held, record).await?;
    steps.check("nothing that she ever held opens it", !opens)?;
    let read = cast.patient.bytes(&["record", "get", &record.to_string()]).await?;
    steps.check("the patient reads it", read == b"written after the rotation")
}

/// The stranger has keys and reaches every service, but belongs to no member.
pub(super) async fn stranger_gets_nothing(cast: &Cast, folder: &Path, steps: &mut Steps) -> Result<()> {
    steps.begin("a stranger, with keys and all services within reach, gets nothing");
    let record = list_of_b(cast, folder).await?.first().context("there is no record")?.clone();
    let grantee = format!("member:{}", cast.ids.doctor_b);
    for (what, arguments) in [
        ("read", vec!["record", "get", record.as_str(), "--purpose", "treatment"]),
        ("ask for access", vec!["request", &cast.chart]),
        ("grant", vec!["grant", &cast.chart, "--to", &grantee, "--compartment", "0"]),
        ("open a chart", vec!["chart", "open"]),
    ] {
        let reason = cast.stranger.refused(&arguments).await?;
        steps.check(&format!("cannot {what}"), reason.contains("belongs to no member"))?;
    }
    Ok(())
}

/// The log shows every event in order, and its chained head verifies (S2-04, S4-31).
pub(super) async fn log_is_whole_and_in_order(cast: &Cast, steps: &mut Steps) -> Result<()> {
    steps.begin("the patient's log shows every event in order");
    let log = cast.patient.json(&["log", &format!("chart:{}", cast.chart)]).await?;
    let entries = list(log.pointer("/entries").context("the log has no entries")?)?;
    let actions: Vec<_> = entries.iter().filter_map(|entry| entry.pointer("/action")?.as_str()).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    actions.iter().for_each(|action| {
        let count = counts.entry(action).or_default();
        *count = count.saturating_add(1);
    });
    for (action, count) in &counts {
        steps.note(&format!("{count:4} {action}"));
    }
    let story = [
        "chart-opened",
        "compartment-added",
        "access-granted",
        "record-created",
        "read-denied",
        "access-requested",
        "request-approved",
        "read-permitted",
        "record-amended",
        "access-revoked",
        "compartment-rotated",
        "record-created",
    ];
    let mut rest = actions.iter();
    let in_order = story.iter().all(|step| rest.any(|action| action == step));
    steps.check("joining pieces of the story stand in its order", in_order)?;
    let times: Vec<_> = entries.iter().filter_map(|entry| entry.pointer("/at")?.as_u64()).collect();
    steps.check("times never run backwards", times.is_sorted())?;
    // `salus log` verified the chained head over all of them, or it would have failed.
    let length = number(&log, "/head/length")?;
    steps.check(&format!("{length} entries, and the chained head verifies"), length == entries.len() as u64)
}

/// The compartments that the patient approves: laboratory and medication. Where the bundle, whose entries are in `compartments`, has
/// nothing in these two, also the compartment with the most entries, so that there is something to read.
fn approved<'a>(compartments: &[&'a str]) -> Vec<&'a str> {
    let usual = ["Laboratory", "Medication"];
    let mut approved = usual.to_vec();
    if !compartments.iter().any(|name| usual.contains(name)) {
        let count = |name: &str| compartments.iter().filter(|other| **other == name).count();
        // Of as many entries, the first by its name.
        let mut names: Vec<_> = compartments.to_vec();
        names.sort_by(|one, other| count(other).cmp(&count(one)).then(one.cmp(other)));
        approved.extend(names.first());
    }
    approved
}

/// The files that an export wrote.
fn files(exported: &Value) -> Result<Vec<Vec<u8>>> {
    let records = list(exported.pointer("/records").context("nothing was exported")?)?;
    records.iter().map(|record| Ok(std::fs::read(string(record, "/file")?)?)).collect()
}

/// The records that doctor B could read, by what she exported.
async fn list_of_b(cast: &Cast, folder: &Path) -> Result<Vec<String>> {
    let mut records: Vec<_> = std::fs::read_dir(folder.join("doctor-b-reads"))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .map(|name| name.replacen('-', "/", 1))
        .collect();
    records.sort();
    anyhow::ensure!(records.iter().all(|record| record.starts_with(&format!("{}/", cast.chart))), "not of the chart");
    Ok(records)
}

/// The envelopes of doctor B's grants, as the vault gave them out: what she may have kept.
async fn secrets_of_b(cast: &Cast) -> Result<Vec<(CompartmentId, u32, Vec<u8>)>> {
    let chain = Chain::connect(cast.doctor_b.node()).await?;
    let grants = chain.grants_to(At::Finalized, Grantee::Member(MemberId(cast.ids.doctor_b))).await?;
    let mut held = Vec::new();
    for GrantInChart { grant, .. } in grants {
        let (Scope::Compartment(compartment), Some(envelope)) = (grant.scope, grant.envelope) else { continue };
        let vault = Vault::open_folder(cast.vault_of(HOSPITAL_1)).await?;
        held.push((compartment, envelope.edition, vault.get(&envelope.hash).await?.to_vec()));
    }
    Ok(held)
}

/// Whether any secret that doctor B held opens the key of a record that was added after the rotation.
async fn held_secrets_open(cast: &Cast, held: &[(CompartmentId, u32, Vec<u8>)], record: RecordId) -> Result<bool> {
    use salus_sealing::compartment::{CompartmentPath, CompartmentSecret};
    let chain = Chain::connect(cast.doctor_b.node()).await?;
    let identity =
        Keystore::open(cast.doctor_b.home().join("identities/me"))?.unlock(&Password::from(crate::salus::PASSWORD))?;
    let version = chain.version(At::Finalized, record, 0).await?.context("the record has no version")?;
    let vault = Vault::open_folder(cast.vault_of(HOSPITAL_1)).await?;
    let key_envelope = vault.get(&version.key_envelope).await?;
    let place = |compartment| CompartmentPath {
        genesis: chain.genesis(),
        chart: ChartId(cast.chart.parse().unwrap_or_default()),
        compartment,
    };
    let own = Recipient::Member(MemberId(cast.ids.doctor_b));
    for (compartment, edition, envelope) in held {
        let pair = identity.encryption();
        let secret = CompartmentSecret::open_from(envelope, place(*compartment), *edition, own, pair)
            .context("doctor B's envelope was hers to open")?;
        if secret.open_content_key(&key_envelope, record, 0).is_ok() {
            return Ok(true);
        }
    }
    Ok(held.is_empty())
}

#[cfg(test)]
mod tests {
    use super::approved;

    #[test]
    fn laboratory_and_medication_are_approved_and_another_where_they_are_empty() {
        assert_eq!(approved(&["General", "Medication", "General"]), ["Laboratory", "Medication"]);
        assert_eq!(approved(&["General", "Imaging", "Imaging"]), ["Laboratory", "Medication", "Imaging"]);
        assert_eq!(approved(&["Imaging", "General"]), ["Laboratory", "Medication", "General"]);
    }
}
