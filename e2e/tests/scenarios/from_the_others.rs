// SPDX-License-Identifier: Apache-2.0

//! A hospital's machine is stolen, and there is no backup: the hospital comes back from the other hospitals alone, by the steps of
//! `docs/operations.md` in their order. Its people have the words of each identity on paper. Everything else comes from the
//! chain, from the list of hospitals, and from the vault of a partner.

use crate::{
    consortium::{person, until, Scene},
    importing::case,
    turns::{authors, seat},
    vault_loss::{self, objects, read_all, until_metrics},
};
use anyhow::{ensure, Context, Result};
use salus_client::keystore::Keystore;
use salus_e2e::{
    binaries,
    node::free_address,
    salus::{Salus, PASSWORD},
    vault_service::{member_key, ServicePlace, VaultService},
};
use salus_gate::{
    protocol::{CopyRequest, GateRefusal, GateRequest},
    system_now,
};
use salus_primitives::{Digest, MemberId};
use salus_sealing::secret::Password;
use salus_vault_client::{Address, VaultClient, VaultClientError};
use serde_json::{json, Value};
use std::{
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
};
use tokio::{process::Command, try_join};

/// Whose machine is stolen.
pub(super) const LOST: usize = 2;
/// Whose vault has copies of the lost one's.
const PARTNER: usize = 0;
/// All but the lost one.
const OTHERS: [usize; 3] = [PARTNER, 1, 3];

/// A hospital's vault service.
struct Vault {
    place: ServicePlace,
    /// The member in whose name it acts.
    member: String,
    /// The identity of that member, and the folder of its machine.
    identity: String,
    machine: PathBuf,
    /// The public part of the institution's key.
    key: String,
}

/// The hospital before the theft, and those around it.
struct Hospital {
    vault: Vault,
    service: VaultService,
    partner: Vault,
    partner_service: VaultService,
    patient: Salus,
    doctor: Salus,
}

/// A patient reads the same records afterwards. Doctors of the hospital do once the patient has sealed them to the new key.
pub(super) async fn comes_back_from_the_others(scene: &mut Scene) -> Result<()> {
    let Hospital { vault: former, service, partner, partner_service, patient, doctor } = Hospital::open(scene).await?;
    let read = read_all(&patient, &scene.folder.path().join("before")).await?;
    ensure!(read.values().all(|(holder, _)| *holder == LOST as u64), "read from a copy while the original is there");
    ensure!(doctor_reads(scene, &doctor, "granted").await? > 0, "the doctor reads nothing");
    let original = objects(&former.place.vault())?;
    let copies = partner.place.vault();
    vault_loss::until("copies", || Ok(original.keys().all(|id| copies.join(id).is_file()))).await?;

    let former_keys = scene.seats(0).await?[LOST]["keys_in_use"].clone();
    let port = port(scene, LOST)?;
    service.kill().await?;
    let stolen = all_is_stolen(scene, &former.machine).await?;
    the_others_know_its_new_node(scene, &former.machine).await?;

    // The node syncs with an empty folder, and gets new session keys.
    let settings = [("SALUS_RPC_PORT", port.as_str()), ("SALUS_RPC_METHODS", "unsafe")];
    let back = scene.height(0).await?;
    scene.start(LOST, &settings).await?;
    until("it has caught up", || async { Ok(scene.height(LOST).await? > back) }).await?;
    until("its doctor says so", || async { Ok(scene.finding(LOST, "sync").await?.starts_with("\"ok\"")) }).await?;
    scene.finalizes(LOST, 2).await?;
    let service = scene.desk(LOST)?.acting_as(&person(LOST, "-service"));
    let keys = service.json(&["authority", "rotate-keys"]).await?["keys"].clone();

    // Meanwhile the hospital dismisses the former vault service, and sets up another one at the same address.
    let issuer = scene.desk(LOST)?.acting_as(&person(LOST, "-issuer"));
    issuer.json(&["member", "revoke", &former.member]).await?;
    let vault = Vault::prepare(scene, LOST, PARTNER, former.place.authority(), 3).await?;
    let number = LOST.to_string();
    scene.decide(&OTHERS, &["institution", "update", &number, "--encryption-key", &vault.key]).await?;
    until("the new keys count", || async { Ok(scene.seats(0).await?[LOST]["keys_in_use"] == keys) }).await?;
    scene.stop(LOST).await?;
    scene.start(LOST, &settings[..1]).await?;
    scene.finalizes(LOST, 1).await?;
    scene.decide(&OTHERS, &["council", "reinstate-authority", &number]).await?;

    // The service fetches all of its objects, and gives them out.
    let service = vault.place.start().await?;
    vault_loss::until("everything", || Ok(objects(&vault.place.vault())? == original)).await?;
    until_metrics(&service, &format!("salus_vault_missing_objects{{institution=\"{LOST}\"}} 0")).await?;
    service.until_ready().await?;
    ensure!(read_all(&patient, &scene.folder.path().join("again")).await? == read, "not as before");
    ensure!(doctor_reads(scene, &doctor, "sealed-to-the-lost-key").await? == 0, "the lost key opened something");
    patient.json(&["rotate", "0", "General"]).await?;
    ensure!(doctor_reads(scene, &doctor, "sealed-again").await? > 0, "the doctor reads nothing");

    // The stolen keys are worth nothing.
    let some = original.keys().next().context("there is nothing")?.replace('/', "");
    let stolen = Vault { machine: stolen, ..former };
    let [refused, given] = [stolen.copies(scene, &partner, &some).await?, vault.copies(scene, &partner, &some).await?];
    ensure!(refused == Some(GateRefusal::MayNotCopy) && given.is_none(), "copies: {refused:?}, {given:?}");
    for (call, kind) in [("AuraApi_authorities", "aura"), ("GrandpaApi_grandpa_authorities", "grandpa")] {
        let all = scene.node(0)?.ask("state_call", json!([call, "0x"])).await?.to_string();
        let has = |keys: &Value| keys[kind].as_str().is_some_and(|key| all.contains(key.trim_start_matches("0x")));
        ensure!(has(&keys) && !has(&former_keys), "{kind}: {all}");
    }

    until("it takes part", || async { Ok(scene.seats(0).await?[LOST]["disabled"] == false) }).await?;
    let (since, seat) = (scene.height(0).await?, seat(scene, LOST).await?);
    until("it authors", || async { Ok(authors(scene, since).await?.contains(&seat)) }).await?;
    scene.hospitals_are_said_to(0, "4 decide together and all vote").await?;
    let found = scene.finding(LOST, "session keys").await?;
    ensure!(found.contains("those of an authority of the network"), "{found}");
    service.stop().await?;
    partner_service.stop().await
}

impl Hospital {
    /// It and its partner have vault services that the chain names. A patient has records there, and lets the hospital read them.
    async fn open(scene: &Scene) -> Result<Self> {
        let addresses = [free_address(Ipv4Addr::LOCALHOST)?, free_address(Ipv4Addr::LOCALHOST)?];
        let [own, partners] = addresses.map(|address| address.to_string());
        let (patient, doctor) = (computer(scene, "patient", PARTNER).await?, computer(scene, "doctor", LOST).await?);
        let (vault, partner, _, _) = try_join!(
            Vault::prepare(scene, LOST, PARTNER, &own, 1),
            Vault::prepare(scene, PARTNER, LOST, &partners, LOST),
            joins(scene, &patient, LOST, "patient", PARTNER),
            joins(scene, &doctor, LOST, "clinician", 3),
        )?;
        let (service, partner_service) = (vault.place.start().await?, partner.place.start().await?);
        vault.is_entered(scene, LOST).await?;
        service.until_ready().await?;
        try_join!(partner.is_entered(scene, PARTNER), async {
            patient.json(&["chart", "open"]).await?;
            patient.json(&["compartment", "add", "0", "--standard"]).await?;
            patient.json(&["record", "add", "0", "--bundle", &case("first.json")]).await?;
            let to = format!("institution:{LOST}");
            patient.json(&["grant", "0", "--to", &to, "--compartment", "General"]).await
        })?;
        Ok(Self { vault, service, partner, partner_service, patient, doctor })
    }
}

/// The thief has all that was on the machine: vault, configuration, keys, identities and the node's data; here is where. The identities
/// come back from their owners' words, and suspend the seat through another hospital's node.
async fn all_is_stolen(scene: &mut Scene, machine: &Path) -> Result<PathBuf> {
    let phrases = fs::read_to_string(machine.join("phrases"))?;
    scene.stop(LOST).await?;
    let stolen = scene.folder.path().join("stolen");
    fs::rename(machine, &stolen)?;
    fs::remove_dir_all(scene.folder.path().join(format!("data-{LOST}")))?;
    fs::remove_dir_all(&scene.network.hospitals[LOST].files)?;

    let desk = scene.desk_at(LOST, PARTNER)?;
    for line in phrases.lines() {
        let (name, words) = line.split_once(": ").context("a name and words")?;
        let paper = scene.path(name);
        fs::write(&paper, words)?;
        desk.json(&["key", "import", name, "--phrase-file", &paper]).await?;
    }
    desk.acting_as(&person(LOST, "-delegate")).json(&["authority", "suspend"]).await?;
    Ok(stolen)
}

/// The node gets a key of its own, and the others' nodes know it by its new peer id.
async fn the_others_know_its_new_node(scene: &mut Scene, machine: &Path) -> Result<()> {
    const MAKE: &str = r#"mkdir -p -m 0700 "$0/keys" "$0/keys/session"
        umask 077
        "$1" key generate-node-key --chain "$2" --file "$0/keys/node-key""#;
    let mut make = Command::new("sh");
    make.arg("-ec").arg(MAKE).arg(machine).arg(binaries::find("salus-node")?);
    let made = make.arg(scene.network.hospitals[PARTNER].specification()).output().await?;
    let said = String::from_utf8(made.stderr)?;
    ensure!(made.status.success(), "no key of the node: {said}");

    let list = fs::read_to_string(&scene.network.list)?;
    let list = list.replacen(&scene.network.hospitals[LOST].peer_id, said.trim(), 1);
    fs::write(&scene.network.list, &list)?;
    let again = scene.folder.path().join("network-again");
    scene.network.make_files_again(&again).await?;
    let entry = list.split("[[hospital]]").nth(LOST + 1).context("no entry")?;
    let own = machine.join("keys/hospital.toml");
    fs::write(&own, format!("[[hospital]]{entry}"))?;
    let node = binaries::find("salus-node")?;
    let [own, again, node] = [own, again, node].map(|path| path.display().to_string());
    let check = ["network", "check", &again, "--hospital", &own, "--node-program", &node];
    scene.desk_at(LOST, PARTNER)?.json(&check).await?;
    for place in OTHERS {
        let port = port(scene, place)?;
        scene.stop(place).await?;
        scene.start(place, &[("SALUS_RPC_PORT", &port)]).await?;
        scene.finalizes(place, 1).await?;
    }
    Ok(())
}

impl Vault {
    /// The files of the service at `authority`, which exchanges copies with the `partner`'s; and a member for it, whom the
    /// hospital `verifier` verifies.
    async fn prepare(scene: &Scene, hospital: usize, partner: usize, authority: &str, verifier: usize) -> Result<Self> {
        let (identity, desk) = (person(hospital, "-vault"), scene.desk(hospital)?);
        let machine = scene.folder.path().join(format!("machine-{}", hospital + 1));
        let words = machine.join("vault.words");
        let desk = desk.acting_as(&identity);
        desk.json(&["key", "new", &identity, "--phrase-file", &words.display().to_string()]).await?;
        let member = joins(scene, &desk, hospital, "service", verifier).await?;
        member_key(&machine, &(fs::read_to_string(&words)? + "//transaction"))?;
        let copies = format!("\n[copies]\npartners = [{partner}]\nevery-seconds = 1\n");
        let node = scene.node(hospital)?.url();
        let (place, key) = ServicePlace::init(&machine, authority, u32::try_from(hospital)?, node, &copies).await?;
        Ok(Self { place, member, identity, machine, key })
    }

    /// The council enters its address and the institution's key.
    async fn is_entered(&self, scene: &Scene, hospital: usize) -> Result<()> {
        let (number, address) = (hospital.to_string(), self.place.address());
        let update = ["institution", "update", &number, "--vault-address", &address, "--encryption-key", &self.key];
        scene.decide(&OTHERS, &update).await?;
        Ok(())
    }

    /// Asks another vault for the copy of an object, with the key on this machine: the refusal, or none.
    async fn copies(&self, scene: &Scene, other: &Self, object: &str) -> Result<Option<GateRefusal>> {
        let keys = Keystore::open(self.machine.join("home/identities").join(&self.identity))?;
        let keys = keys.unlock(&Password::from(PASSWORD))?;
        let address = Address::parse(&other.place.address()).context("an address")?;
        let object: Digest = object.parse().map_err(|error| anyhow::anyhow!("{object}: {error}"))?;
        let request = CopyRequest { objects: vec![object], from: 0, service: MemberId(self.member.parse()?) };
        let genesis = scene.network.genesis;
        let signed = request.sign(&genesis, address.authority(), keys.transaction(), system_now());
        match VaultClient::new(genesis)?.copy(&address, &signed).await {
            Ok(_) => Ok(None),
            Err(VaultClientError::Refused(refusal)) => Ok(Some(refusal)),
            Err(error) => Err(error.into()),
        }
    }
}

/// A person of the hospital joins, verified by the hospital `verifier`; the member's number.
async fn joins(scene: &Scene, who: &Salus, hospital: usize, role: &str, verifier: usize) -> Result<String> {
    let voucher = scene.path(&format!("{role}-{verifier}.voucher"));
    let institution = scene.desk(hospital)?.acting_as(&person(hospital, ""));
    let number = hospital.to_string();
    institution.json(&["voucher", "issue", "--institution", &number, "--role", role, "--out", &voucher]).await?;
    let member = who.json(&["join", &voucher]).await?["member"].to_string();
    let verifying = scene.desk(verifier)?.acting_as(&person(verifier, "-verifier"));
    verifying.json(&["verify", "challenge", &member]).await?;
    who.json(&["verify", "answer"]).await?;
    Ok(member)
}

/// A person's own computer, with a new identity; it uses a hospital's node.
async fn computer(scene: &Scene, name: &str, node: usize) -> Result<Salus> {
    let computer = Salus::with_services(&scene.folder.path().join(name), scene.node(node)?.url())?;
    computer.json(&["key", "new", "me"]).await?;
    Ok(computer.acting_as("me"))
}

/// How many records the doctor reads.
async fn doctor_reads(scene: &Scene, doctor: &Salus, name: &str) -> Result<usize> {
    let ran = doctor.run(&["record", "export", "0", "--purpose", "treatment", "--out", &scene.path(name)]).await?;
    let exported: Value = serde_json::from_slice(&ran.stdout).with_context(|| ran.stderr.clone())?;
    Ok(exported["records"].as_array().context("no records")?.len())
}

/// The port at which a hospital's node answers clients.
fn port(scene: &Scene, place: usize) -> Result<String> {
    let (_, port) = scene.node(place)?.url().rsplit_once(':').context("a port")?;
    Ok(port.to_owned())
}
