// SPDX-License-Identifier: Apache-2.0

//! Trials of a vault that an attacker changes, or with the chain's references to it.

use super::cast::{list, number, string, text, Cast, HOSPITAL_1, HOSPITAL_2};
use crate::steps::Steps;
use anyhow::{Context, Result};
use salus_chain::{At, Call, Chain};
use salus_client::{agent::Agent, keystore::Keystore, services::RemoteServices};
use salus_primitives::{
    records::{NewRecord, NewVersion},
    ChartId, CompartmentId, Digest, InstitutionId, RecordId, RecordKey,
};
use salus_sealing::secret::Password;
use salus_vault::Vault;
use std::{path::PathBuf, sync::Arc};

/// One byte of a blob is flipped in the vault's folder, and flipped back (S0-48).
pub(super) async fn flipped_byte_is_detected(cast: &Cast, steps: &mut Steps) -> Result<()> {
    steps.begin("a flipped byte in a vault is detected");
    let chain = Chain::connect(cast.patient.node()).await?;
    let listed = cast.patient.json(&["record", "list", &cast.chart]).await?;
    let record = string(list(&listed)?.first().context("the chart is empty")?, "/record")?;
    let id: RecordId = record.parse()?;
    let custodian = chain.record(At::Finalized, id).await?.context("the record is not there")?.custodian;
    let version = chain.version(At::Finalized, id, 0).await?.context("the record has no version")?;
    let file = object(&cast.vault_of(custodian.0), &version.content)?;
    let whole = std::fs::read(&file)?;
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    let byte = flipped.get_mut(middle).context("the blob is empty")?;
    *byte ^= 1;
    std::fs::write(&file, &flipped)?;
    let reason = cast.patient.refused(&["record", "get", &record]).await?;
    steps.check("the gate refuses to give it out", reason.contains("altered"))?;
    std::fs::write(&file, &whole)?;
    let read = cast.patient.run(&["record", "get", &record]).await?;
    steps.check("restored, it is given out again", read.status == 0)
}

/// Doctor A registers a record of the patient whose content id is that of another patient's blob.
pub(super) async fn foreign_blob_is_refused(cast: &mut Cast, other: &[u8], steps: &mut Steps) -> Result<()> {
    steps.begin("another patient's blob cannot be passed off as the patient's");
    let opened = cast.other_patient.json(&["chart", "open"]).await?;
    let chart = number(&opened, "/chart")?.to_string();
    cast.other_patient.json(&["compartment", "add", &chart, "Everything"]).await?;
    let file = cast.other_patient.home().join("other.json");
    std::fs::write(&file, other)?;
    let added =
        cast.other_patient.json(&["record", "add", &chart, text(&file)?, "--compartment", "everything"]).await?;
    let stolen: Digest = string(&added, "/content")?.parse()?;

    let chain = Chain::connect(cast.doctor_a.node()).await?;
    let identity =
        Keystore::open(cast.doctor_a.home().join("identities/me"))?.unlock(&Password::from(crate::salus::PASSWORD))?;
    let agent = Agent::new(chain.clone(), Arc::new(RemoteServices::new(&chain)?), identity).await?;
    let chart: ChartId = cast.chart.parse()?;
    let compartment = CompartmentId(0);
    let epochs = chain.epochs(At::Finalized, chart, compartment).await?;
    let epoch = epochs.last().context("the compartment has no epoch")?;
    // The blob, with the key envelope that belongs to it.
    let original: RecordId = string(&added, "/record")?.parse()?;
    let original = chain.version(At::Finalized, original, 0).await?.context("the record has no version")?;
    // It takes both disks: the services would not let her.
    let vault = Vault::open_folder(cast.vault_of(HOSPITAL_1)).await?;
    let theirs = Vault::open_folder(cast.vault_of(HOSPITAL_2)).await?;
    vault.put(theirs.get(&stolen).await?).await?;
    let key_envelope = vault.put(theirs.get(&original.key_envelope).await?).await?;
    let record = RecordId { chart, key: RecordKey([0x5a; 16]) };
    let version = NewVersion { content: stolen, key_envelope, epoch: epoch.number, size: number(&added, "/size")? };
    let new = NewRecord { key: record.key, compartment, version };
    agent.submit(&Call::create_medical_record(chart, InstitutionId(HOSPITAL_1), &new)).await?;
    steps.note("doctor A registered it: the chain cannot look into a blob");
    let reason = cast.patient.refused(&["record", "get", &record.to_string()]).await?;
    steps.check("the gate refuses: it was sealed for another record", reason.contains("sealed for another record"))
}

/// The file of an object in a vault's folder.
fn object(vault: &std::path::Path, id: &Digest) -> Result<PathBuf> {
    let name = hex::encode(id.0);
    let (fan, rest) = name.split_at(2);
    let candidates = [vault.join(fan).join(rest), vault.join("objects").join(fan).join(rest)];
    candidates.into_iter().find(|path| path.is_file()).with_context(|| format!("the vault has no file for {id}"))
}
