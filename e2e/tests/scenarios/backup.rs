// SPDX-License-Identifier: Apache-2.0

//! A hospital loses its machine, and comes back from its backup: the patient reads her record, and nothing that the chain does not
//! name comes with it.

use crate::importing::{case, Scene};
use anyhow::{ensure, Context, Result};
use salus_e2e::{
    binaries,
    node::Node,
    salus::{Salus, PASSWORD},
    vault_service::{delegates, enter_address, ServicePlace},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    hash::{BuildHasher, RandomState},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::{process::Command, time::sleep};

const BACKUP_PASSWORD: &str = "battery staple";
/// The bytes of one of the records: an object of this length takes a while.
const LARGE: usize = 16 * 1024 * 1024;
/// How many restorations are killed.
const KILLS: u32 = 8;
/// About how long the objects of the vault take.
const OBJECTS: Duration = Duration::from_millis(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_hospital_that_lost_its_machine_comes_back_from_its_backup() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().canonicalize()?;
    let node = Node::start(&root.join("node")).await?;
    let hospital = root.join("hospital");
    let place = ServicePlace::prepare(&hospital, 0, node.url(), "")?;
    let service = place.start().await?;
    let staff = Salus::with_services(&root.join("council"), node.url())?;
    let delegates = delegates(&staff).await?;
    enter_address(&delegates, 0, &place.address(), None).await?;
    service.until_ready().await?;
    let scene = Scene::with_services(&root, node.url()).await?;
    scene.patient.json(&["record", "add", "0", "--bundle", &case("first.json")]).await?;
    let large = root.join("large");
    fs::write(&large, vec![7; LARGE])?;
    scene.patient.json(&["record", "add", "0", &path(&large), "--compartment", "General"]).await?;
    let before = read_all(&scene.patient, &root.join("before")).await?;
    let named = objects(&place.vault())?;

    // An object that the chain never named lies in the vault too, and enters the backup. Session keys do not.
    let stranger = put(&place.vault(), b"staged, and never named")?;
    let session = hospital.join("keys/session").join(format!("6772616e{}", "11".repeat(32)));
    fs::create_dir_all(session.parent().context("no folder")?)?;
    fs::write(&session, "\"secret\"")?;
    let backup =
        Backup { repository: root.join("repository"), home: root.join("council"), node: node.url().to_owned() };
    backup.runs(&["backup", "init"]).await?;
    let (vault, files) = (path(&place.vault()), path(&hospital));
    let ran = backup.runs(&["backup", "run", "--vault", &vault, "--files", &files]).await?;
    ensure!(ran["objects"] == named.len() as u64 + 1 && ran["faults"] == Value::Array(Vec::new()), "saved: {ran}");
    backup.runs(&["backup", "check"]).await?;
    // Another run with the same content: the first one is forgotten, and the second needs all that both needed.
    let again = backup.runs(&["backup", "run", "--vault", &vault, "--files", &files]).await?;
    let went = backup.runs(&["backup", "forget", "--keep-last", "1", "--yes"]).await?;
    ensure!(went["forgotten"][0]["snapshot"] == ran["snapshot"], "forgotten: {went}");
    ensure!(went["kept"][0]["snapshot"] == again["snapshot"], "kept: {went}");
    backup.runs(&["backup", "check"]).await?;

    // The machine is lost: vault, configuration and identities.
    service.kill().await?;
    fs::remove_dir_all(&hospital)?;
    fs::remove_dir_all(&backup.home)?;
    let told = backup.runs(&["restore", "--to", "/", "--only", "files"]).await?;
    ensure!(told["next"].as_array().is_some_and(|steps| !steps.is_empty()), "no next steps: {told}");
    ensure!(place.config().is_file() && !session.exists(), "no configuration, or session keys");
    ensure!(!place.vault().exists(), "the vault came back among files");
    backup.survives_kills(&place.vault(), named.len(), &path(&root.join("measured"))).await?;
    let restored = backup.runs(&["restore", "--to", "/", "--only", "vault", "--overwrite"]).await?;
    ensure!(restored["vaults"][0]["refused"] == 1, "restored: {restored}");
    ensure!(objects(&place.vault())? == named, "other objects than the chain names");
    ensure!(!place.vault().join(&stranger).exists(), "an object came back that the chain never named");

    // While the service gets ready, the identities sign again, and a node of another network brings nothing back.
    let service = place.start().await?;
    let council = Salus::with_services(&backup.home, node.url())?.acting_as("delegate-1");
    council.json(&["council", "list"]).await?;
    let other = Node::start(&root.join("other")).await?;
    let elsewhere = path(&root.join("elsewhere"));
    let restore = ["restore", "--only", "vault", "--to", &elsewhere];
    let foreign = Backup { node: other.url().to_owned(), ..backup.clone() }.fails(&restore).await?;
    let is_refused = ["does not know the present state", "names none of"].iter().any(|words| foreign.contains(words));
    ensure!(is_refused, "another network: {foreign}");
    other.stop().await?;

    // The service gives out the same records.
    service.until_ready().await?;
    ensure!(read_all(&scene.patient, &root.join("after")).await? == before, "other records");
    service.stop().await?;
    node.stop().await?;
    let away = backup.fails(&restore).await?;
    ensure!(away.contains("no node answers"), "no node: {away}");
    ensure!(!Path::new(&elsewhere).exists(), "something was restored");
    Ok(())
}

/// A repository of backups, as the hospital's IT uses it.
#[derive(Clone)]
pub(super) struct Backup {
    pub(super) repository: PathBuf,
    pub(super) home: PathBuf,
    pub(super) node: String,
}

impl Backup {
    fn command(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = Command::new(binaries::find("salus")?);
        command
            .args(["--json", "--node", &self.node])
            .arg("--home")
            .arg(&self.home)
            .args(arguments)
            .env("SALUS_BACKUP", &self.repository)
            .env("SALUS_BACKUP_PASSWORD", BACKUP_PASSWORD)
            .env("SALUS_PASSWORD", PASSWORD)
            .env_remove("SALUS_VAULTS");
        Ok(command)
    }

    pub(super) async fn runs(&self, arguments: &[&str]) -> Result<Value> {
        let output = self.command(arguments)?.output().await?;
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.success(), "`salus {}` ended with {}: {err}{out}", arguments.join(" "), output.status);
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    async fn fails(&self, arguments: &[&str]) -> Result<String> {
        let output = self.command(arguments)?.output().await?;
        ensure!(output.status.code() == Some(2), "`salus {}` ended with {}", arguments.join(" "), output.status);
        Ok(String::from_utf8(output.stderr)?)
    }

    /// Kills restorations of the vault `named`, each after a part of the time that one takes, or of the time that objects take once
    /// one is under way: no half object ever has a name. One kill at least falls among the objects.
    async fn survives_kills(&self, vault: &Path, named: usize, elsewhere: &str) -> Result<()> {
        let began = Instant::now();
        self.runs(&["restore", "--to", elsewhere, "--only", "vault"]).await?;
        let (whole, mut left) = (began.elapsed(), Vec::new());
        for number in 0..KILLS {
            let restore = ["restore", "--to", "/", "--only", "vault", "--overwrite"];
            let before = files(vault);
            let mut child = self.command(&restore)?.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
            if number % 2 == 0 {
                sleep(whole.mul_f64(fraction())).await;
            } else {
                // At first the program makes the key from the password and asks the node.
                while files(vault) == before && child.try_wait()?.is_none() {
                    sleep(Duration::from_millis(1)).await;
                }
                sleep(OBJECTS.mul_f64(fraction())).await;
            }
            child.kill().await?;
            let there = objects(vault)?;
            for (id, bytes) in &there {
                ensure!(id.replace('/', "") == hex::encode(Sha256::digest(bytes)), "half an object has the name {id}");
            }
            left.push(there.len());
            if there.len() == named {
                fs::remove_dir_all(vault)?;
            }
        }
        ensure!(left.iter().any(|count| (1..named).contains(count)), "objects of {named} after each kill: {left:?}");
        Ok(())
    }
}

/// The names of a vault's objects, and of those on their way.
fn files(vault: &Path) -> BTreeSet<PathBuf> {
    let within = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    within(vault).flat_map(|folder| within(&folder).collect::<Vec<_>>()).collect()
}

/// A fraction that is another one each time.
fn fraction() -> f64 {
    f64::from(u32::try_from(RandomState::new().hash_one(()) >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

/// The records that the patient reads.
async fn read_all(patient: &Salus, out: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let exported = patient.json(&["record", "export", "0", "--out", &path(out)]).await?;
    let records = exported.pointer("/records").and_then(Value::as_array).context("nothing was exported")?;
    let mut read = BTreeMap::new();
    for record in records {
        let text = |name: &str| record[name].as_str().context("no text");
        read.insert(text("record")?.to_owned(), fs::read(text("file")?)?);
    }
    ensure!(!read.is_empty(), "there are no records");
    Ok(read)
}

/// Puts an object into the folder of a vault; its path there.
fn put(vault: &Path, bytes: &[u8]) -> Result<String> {
    let id = hex::encode(Sha256::digest(bytes));
    let (shard, rest) = id.split_at(2);
    fs::create_dir_all(vault.join(shard))?;
    fs::write(vault.join(shard).join(rest), bytes)?;
    Ok(format!("{shard}/{rest}"))
}

/// The objects in the folder of a vault, by their paths there.
fn objects(vault: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    for shard in fs::read_dir(vault).into_iter().flatten() {
        let shard = shard?;
        let name = shard.file_name().to_string_lossy().into_owned();
        if name.len() == 2 && shard.path().is_dir() {
            for object in fs::read_dir(shard.path())? {
                let object = object?;
                let rest = object.file_name().to_string_lossy().into_owned();
                found.insert(format!("{name}/{rest}"), fs::read(object.path())?);
            }
        }
    }
    Ok(found)
}
