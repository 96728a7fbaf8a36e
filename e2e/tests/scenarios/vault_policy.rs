// SPDX-License-Identifier: Apache-2.0

//! Three hospitals whose policy wants one copy of each object: who keeps it follows from the chain (S3-20, S0-49).

use crate::{
    importing::{case, Scene},
    vault_loss::{objects, until, until_metrics},
};
use anyhow::{ensure, Context, Result};
use salus_e2e::{
    binaries,
    node::Node,
    salus::Salus,
    vault_service::{enter_address, ServicePlace, VaultService},
};
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};
use tokio::{
    process::Command,
    time::{sleep, timeout},
};

/// How long a service may take to notice something.
const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn each_object_has_a_copy_at_one_of_the_others_and_damage_is_mended() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let node = Node::start(&folder.path().join("node")).await?;
    let place = |institution| place(folder.path(), institution, node.url());
    let (own, second, third) = (&place(0)?, &place(1)?, &place(2)?);
    let staff = Salus::with_services(&folder.path().join("council"), node.url())?;
    for (name, uri) in [
        ("delegate-1", "//Hospital1//Delegate"),
        ("delegate-2", "//Hospital2//Delegate"),
        ("one", "//Hospital1//Verifier"),
        ("two", "//Hospital2//Verifier"),
        ("hospital-3", "//Hospital3"),
        ("service-3", "//Hospital3//Service"),
    ] {
        staff.json(&["key", "import", name, "--uri", uri]).await?;
    }
    let delegates = [staff.acting_as("delegate-1"), staff.acting_as("delegate-2")];
    let (first, other) = (own.start().await?, second.start().await?);
    enter_address(&delegates, 0, &own.address(), None).await?;
    enter_address(&delegates, 1, &second.address(), None).await?;
    admit_third(&staff, &delegates, third, folder.path()).await?;
    let late = third.start().await?;
    for service in [&first, &other, &late] {
        service.until_ready().await?;
    }

    let scene = Scene::with_services(folder.path(), node.url()).await?;
    scene.patient.json(&["record", "add", "0", "--bundle", &case("first.json")]).await?;
    let original = objects(&own.vault())?;
    let copies = format!("salus_vault_own_objects{{copies=\"1\"}} {}", original.len());
    until_metrics(&first, &copies).await?;
    until_metrics(&first, "salus_vault_under_replicated_objects 0").await?;
    let kept = [objects(&second.vault())?, objects(&third.vault())?];
    for (id, bytes) in &original {
        let holders: Vec<_> = kept.iter().filter_map(|vault| vault.get(id)).collect();
        ensure!(holders == [bytes], "{id} is at {} others", holders.len());
    }
    ensure!(kept.iter().all(|vault| !vault.is_empty()), "one hospital keeps everything");
    let status = salus_vault(&["status", "--json"], own).await?;
    let shown: Value = serde_json::from_str(&status.1)?;
    ensure!(status.0 == Some(0) && shown["copies"]["copies"]["1"] == original.len(), "status: {shown}");

    // Damage that is found is mended while the service runs.
    let (damaged, whole) = original.first_key_value().context("there is nothing")?;
    fs::write(own.vault().join(damaged), b"something else")?;
    let found = salus_vault(&["verify"], own).await?;
    ensure!(found.0 == Some(1) && found.1.trim_start_matches("0x").trim() == damaged.replace('/', ""), "{found:?}");
    until("the copy", || Ok(fs::read(own.vault().join(damaged))? == *whole)).await?;
    until_metrics(&first, "salus_vault_repaired_total 1").await?;

    // A holder is lost. The owner notices with the next change of the chart, and the holder gets its copies back.
    late.kill().await?;
    fs::remove_dir_all(third.vault())?;
    scene.patient.json(&["grant", "0", "--to", "institution:1", "--compartment", "General"]).await?;
    let lost = u64::try_from(kept[1].len())?;
    until_under_replicated(&first, "at least as many as were lost", |count| count >= lost).await?;
    let late = third.start().await?;
    until("the copies", || {
        let back = objects(&third.vault())?;
        Ok(kept[1].iter().all(|(id, bytes)| back.get(id) == Some(bytes)))
    })
    .await?;
    let noticed = until_under_replicated(&first, "none", |count| count == 0).await;
    let original = objects(&own.vault())?;
    noticed.with_context(|| {
        let (second, third) =
            (objects(&second.vault()).unwrap_or_default(), objects(&third.vault()).unwrap_or_default());
        let lacking = original.keys().filter(|id| !second.contains_key(*id) && !third.contains_key(*id));
        format!("only the owner has {:?}", lacking.collect::<Vec<_>>())
    })?;
    // The owner itself comes back from both.
    first.kill().await?;
    fs::remove_dir_all(own.vault())?;
    let first = own.start().await?;
    until("everything", || Ok(objects(&own.vault())? == original)).await?;
    for service in [first, other, late] {
        service.stop().await?;
    }
    node.stop().await
}

/// A hospital's service, under the policy that all three agreed on.
fn place(folder: &Path, institution: u32, node: &str) -> Result<ServicePlace> {
    let own = folder.join(format!("institution-{institution}"));
    fs::create_dir_all(&own)?;
    let key = own.join("copies.key");
    fs::write(&key, format!("//Hospital{}//Service//transaction\n", institution + 1))?;
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600))?;
    let copies =
        "[copies]\nkey = \"copies.key\"\nevery-seconds = 1\n\n[copies.policy]\nnumber = 1\nkinds = [\"hospital\"]\n";
    ServicePlace::prepare(&own, institution, node, copies)
}

/// The council admits a third hospital, whose service joins.
async fn admit_third(staff: &Salus, delegates: &[Salus; 2], place: &ServicePlace, folder: &Path) -> Result<()> {
    let keys = staff.json(&["key", "show", "hospital-3"]).await?;
    let key = |pointer: &str| keys.pointer(pointer).and_then(Value::as_str).map(str::to_owned).context("no key");
    let (issuing, encryption) = (key("/membership")?, key("/encryption/key")?);
    let admit = ["institution", "admit", "--kind", "hospital", "--issuing-key", &issuing];
    let further = ["--encryption-key", &encryption, "--vault-address", &place.address()];
    let proposed = delegates[0].json(&[&admit[..], &further].concat()).await?;
    let proposal = proposed.pointer("/progress/waiting/proposal").and_then(Value::as_str).context("no proposal")?;
    delegates[1].json(&["council", "approve", proposal, "--yes"]).await?;
    let voucher = folder.join("service-3.json").display().to_string();
    let issue = ["voucher", "issue", "--institution", "2", "--role", "service", "--out", &voucher];
    staff.acting_as("hospital-3").json(&issue).await?;
    let joined = staff.acting_as("service-3").json(&["join", &voucher]).await?;
    let member = joined.pointer("/member").and_then(Value::as_u64).context("no member")?.to_string();
    for verifier in ["one", "two"] {
        staff.acting_as(verifier).json(&["verify", "challenge", &member]).await?;
    }
    staff.acting_as("service-3").json(&["verify", "answer"]).await?;
    Ok(())
}

/// Waits until a service says of how many of its objects there are too few copies.
async fn until_under_replicated(service: &VaultService, which: &str, holds: impl Fn(u64) -> bool) -> Result<()> {
    const METRIC: &str = "salus_vault_under_replicated_objects ";
    let noticed = async {
        loop {
            let text = String::from_utf8(service.get("/metrics").await?.1)?;
            let count = text.lines().find_map(|line| line.strip_prefix(METRIC)).context("no count")?;
            if holds(count.parse()?) {
                return anyhow::Ok(());
            }
            sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(PATIENCE, noticed).await.with_context(|| format!("objects with too few copies: not {which}"))?
}

/// Runs `salus-vault` with the configuration of a place: its status, and what it printed.
async fn salus_vault(words: &[&str], place: &ServicePlace) -> Result<(Option<i32>, String)> {
    let ran =
        Command::new(binaries::find("salus-vault")?).args(words).arg("--config").arg(place.config()).output().await?;
    Ok((ran.status.code(), String::from_utf8(ran.stdout)?))
}
