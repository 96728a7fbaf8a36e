// SPDX-License-Identifier: Apache-2.0

//! Records between the machines of `scripts/network.sh`: each hospital has a vault service, and its folder is seen on its machine alone.

use crate::{importing::case, network_script::Network, vault_loss::objects};
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// How long copies may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A patient of hospital A grants, and a doctor of hospital B reads on B's machine: by A's vault service, and by a copy when that is
/// away. No other way leads from B's machine to A's vault.
pub(super) fn records_are_read_on_another_machine(network: &Network, folder: &Path) -> Result<()> {
    // Both join at the same time, which saves half of the waiting.
    let doctor = thread::scope(|scope| {
        let doctor = scope.spawn(|| join(network, folder, "b", "1", "clinician"));
        join(network, folder, "a", "0", "patient")?;
        doctor.join().map_err(|_| anyhow::anyhow!("the doctor's thread panicked"))?
    })?;
    network.salus("a", "patient", &["chart", "open"])?;
    network.salus("a", "patient", &["compartment", "add", "0", "--standard"])?;
    network.salus("a", "patient", &["record", "add", "0", "--bundle", &case("first.json")])?;
    let to = format!("member:{doctor}");
    network.salus("a", "patient", &["grant", "0", "--to", &to, "--compartment", "General"])?;
    let read = export(network, folder, "at-home")?;
    ensure!(read.values().all(|(holder, _)| *holder == 0), "not read by the service of hospital A");

    let objects = objects(&network.vault("a"))?;
    ensure!(!objects.is_empty(), "the vault of hospital A is empty");
    only_the_service_leads_to_a_vault(network)?;

    let deadline = Instant::now() + PATIENCE;
    while !["b", "c", "d"].iter().all(|other| objects.keys().all(|id| network.vault(other).join(id).is_file())) {
        ensure!(Instant::now() < deadline, "a vault has no copies after {PATIENCE:?}");
        thread::sleep(Duration::from_millis(200));
    }
    network.ends(0, &["stop", "a", "vault"])?;
    network.ends(2, &["stop", "a", "vault"])?;
    let status = network.ends(1, &["status"])?;
    assert_eq!((status.matches(" answers").count(), status.matches(" stopped").count()), (3, 1), "{status}");
    let away = export(network, folder, "away")?;
    ensure!(away.values().all(|(holder, _)| *holder != 0), "read by a service that is stopped");
    ensure!(
        away.iter().map(|(id, (_, bytes))| (id, bytes)).eq(read.iter().map(|(id, (_, bytes))| (id, bytes))),
        "other records"
    );
    network.ends(0, &["start", "a", "vault"])?;
    network.ends(2, &["start", "a", "vault"])?;
    Ok(())
}

/// A person joins at a hospital; the new member's number.
fn join(network: &Network, folder: &Path, hospital: &str, institution: &str, role: &str) -> Result<String> {
    let voucher = folder.join(role).with_extension("json").display().to_string();
    network.salus(hospital, role, &["key", "new", role])?;
    let issue = ["voucher", "issue", "--institution", institution, "--role", role, "--out", &voucher];
    network.salus(hospital, &format!("hospital-{hospital}"), &issue)?;
    let joined = network.salus(hospital, role, &["join", &voucher])?;
    let member = joined.pointer("/member").and_then(Value::as_u64).context("no member")?.to_string();
    for verifier in ["a", "b"] {
        network.salus(verifier, &format!("hospital-{verifier}-verifier"), &["verify", "challenge", &member])?;
    }
    network.salus(hospital, role, &["verify", "answer"])?;
    Ok(member)
}

/// The records that the doctor reads on the machine of hospital B: who held each, and its bytes.
fn export(network: &Network, folder: &Path, name: &str) -> Result<BTreeMap<String, (u64, Vec<u8>)>> {
    let out = folder.join(name);
    let arguments = ["record", "export", "0", "--purpose", "treatment", "--out", &out.display().to_string()];
    let exported = network.salus("b", "clinician", &arguments)?;
    let mut read = BTreeMap::new();
    for record in exported.pointer("/records").and_then(Value::as_array).context("nothing was exported")? {
        let text = |name: &str| record[name].as_str().context("no text").map(str::to_owned);
        let holder = record["holder"].as_u64().context("no holder")?;
        read.insert(text("record")?, (holder, fs::read(text("file")?)?));
    }
    ensure!(!read.is_empty(), "there are no records: {exported}");
    Ok(read)
}

/// From the machine of hospital B the folders of hospital A are empty, and stay so. Its processes cannot be seen.
fn only_the_service_leads_to_a_vault(network: &Network) -> Result<()> {
    let seen = |hospital: &str, of: &str| {
        let folder = network.vault(of).display().to_string();
        network.ends(0, &["run", hospital, "sh", "-c", "find \"$0\" -type f 2>/dev/null | wc -l", &folder])
    };
    ensure!(seen("a", "a")?.trim() != "0", "a hospital does not see its own vault");
    for folder in ["network/vault-a", "network/a", "data-a"] {
        let folder = network.state.join(folder).display().to_string();
        ensure!(fs::read_dir(&folder)?.next().is_some(), "nothing is in {folder}");
        let look = r#"exec 3>&1 >/dev/null 2>&1
            umount "$0"
            unshare --user --map-root-user --mount sh -c 'umount "$0"; ls -A "$0" >&3' "$0"
            for root in "" /proc/[0-9]*/root; do ls -A "$root$0" >&3; done
            true"#;
        let listed = network.ends(0, &["run", "b", "bash", "-c", look, &folder])?;
        ensure!(listed.trim().is_empty(), "hospital B sees what is in {folder}: {listed}");
    }
    // Neither another machine's network nor its processes can be entered.
    let enter = network.script(&["run", "b", "nsenter", "--net=/run/netns/hospital-a", "true"])?;
    ensure!(!enter.status.success(), "hospital B entered the network of hospital A");
    let programs = network.ends(0, &["run", "b", "bash", "-c", "cat /proc/[0-9]*/comm"])?;
    ensure!(!programs.contains("salus"), "hospital B sees processes: {programs}");
    Ok(())
}
