// SPDX-License-Identifier: Apache-2.0

//! Intruders before a real vault service get no content: a curious operator who keeps all that the service stores, logs, gets
//! and gives; an attacker who sends a recorded request once more or elsewhere; a stranger; a former reader; a dismissed doctor
//! (S0-18, S0-49).

use crate::importing::{case, Scene};
use anyhow::{ensure, Context, Result};
use salus_chain::{At, Chain};
use salus_client::keystore::Keystore;
use salus_e2e::{
    node::{free_address, Node},
    recorder::Recorder,
    salus::{Salus, PASSWORD},
    scan::Scanner,
    vault_service::{delegates, enter_address, send, ServicePlace},
};
use salus_fhir::{needles, Bundle};
use salus_gate::{
    protocol::{
        content_digest, GateRefusal, GateRequest, KeyRequest, Problem, ReleaseRequest, CONTENT_DIGEST, GENESIS,
    },
    system_now,
};
use salus_primitives::{ChartId, MemberId, RecordId};
use salus_sealing::{keys::Identity, secret::Password};
use serde_json::Value;
use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
};

/// Planted among what the operator keeps, to see that the search finds something where there is something.
const CANARY: &str = "canary of Salus 77d0";

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_read_gets_nothing_from_a_vault_service() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let node = Node::start(&folder.path().join("node")).await?;
    let kept = folder.path().join("kept");
    let listen = free_address(Ipv4Addr::LOCALHOST)?.to_string();
    let wire = Recorder::start(&kept.join("wire"), &listen).await?;
    let own = kept.join("hospital");
    let place = ServicePlace::prepare_behind(&wire.address(), &listen, &own, 0, node.url(), "")?;
    let other = ServicePlace::prepare(&folder.path().join("other"), 1, node.url(), "")?;
    let [service, other_service] = [place.start().await?, other.start().await?];
    let staff = Salus::with_services(&folder.path().join("council"), node.url())?;
    let delegates = delegates(&staff).await?;
    enter_address(&delegates, 0, &place.address(), None).await?;
    enter_address(&delegates, 1, &other.address(), None).await?;
    service.until_ready().await?;
    other_service.until_ready().await?;

    // A doctor reads what a patient granted to her.
    let scene = Scene::with_services(folder.path(), node.url()).await?;
    scene.patient.json(&["record", "add", "0", "--bundle", &case("first.json")]).await?;
    let doctor = Doctor::of(&scene, folder.path()).await?;
    doctor.is_granted_reading().await?;
    let record = doctor.reads_all().await?;

    nothing_of_it_comes_again(&wire, &place, &other).await?;
    a_stranger_reads_nothing(&doctor, record, &place, node.url()).await?;
    doctor.loses_her_grant(record).await?;
    doctor.is_granted_reading().await?;
    doctor.reads_all().await?;
    doctor.is_dismissed(record).await?;

    service.stop().await?;
    other_service.stop().await?;
    node.stop().await?;
    drop(wire);
    the_operator_learns_nothing(&kept)
}

struct Doctor {
    patient: Salus,
    herself: Salus,
    /// The member of her hospital who dismisses its staff.
    issuer: Salus,
    member: String,
    out: PathBuf,
}

impl Doctor {
    async fn of(scene: &Scene, folder: &Path) -> Result<Self> {
        let shown = scene.doctor.json(&["member", "show"]).await?;
        let member = shown.pointer("/id").and_then(Value::as_u64).context("no number")?.to_string();
        let issuer = Salus::with_services(&folder.join("staff"), scene.doctor.node())?.acting_as("issuer");
        issuer.json(&["key", "import", "issuer", "--uri", "//Hospital1//Issuer"]).await?;
        let out = folder.join("doctor-reads");
        Ok(Self { patient: scene.patient.clone(), herself: scene.doctor.clone(), issuer, member, out })
    }

    async fn is_granted_reading(&self) -> Result<()> {
        let to = format!("member:{}", self.member);
        self.patient.json(&["grant", "0", "--to", &to, "--compartment", "General"]).await?;
        Ok(())
    }

    /// She reads under a session; one of the records.
    async fn reads_all(&self) -> Result<RecordId> {
        let out = self.out.display().to_string();
        let _ = std::fs::remove_dir_all(&self.out);
        let export = ["record", "export", "0", "--purpose", "treatment", "--out", &out];
        let exported = self.herself.json(&export).await?;
        let records = exported.pointer("/records").and_then(Value::as_array).context("nothing was exported")?;
        let first = records.first().and_then(|one| one["record"].as_str()).context("she reads nothing")?;
        first.parse().map_err(|error| anyhow::anyhow!("{first}: {error}"))
    }

    /// The patient revokes all her grants; her session runs on.
    async fn loses_her_grant(&self, record: RecordId) -> Result<()> {
        let grants = self.patient.json(&["chart", "show", "0"]).await?;
        let grants = grants.pointer("/grants").and_then(Value::as_array).context("no grants")?.clone();
        let mut left: Vec<_> = grants.iter().map(|grant| grant["number"].clone()).collect();
        while let Some(grant) = left.pop() {
            let revoked = self.patient.json(&["revoke", "0", &grant.to_string()]).await?;
            ensure!(revoked["others"] == Value::from(left.clone()), "told of other grants: {revoked}");
        }
        self.is_refused(record).await.context("a former reader")
    }

    /// Her hospital dismisses her; her grant and her session stand.
    async fn is_dismissed(&self, record: RecordId) -> Result<()> {
        self.issuer.json(&["member", "revoke", &self.member]).await?;
        self.is_refused(record).await.context("a dismissed doctor")
    }

    async fn is_refused(&self, record: RecordId) -> Result<()> {
        let reason = self.herself.refused(&["record", "get", &record.to_string()]).await?;
        ensure!(reason.contains("release gate"), "{reason}");
        Ok(())
    }
}

/// Recorded requests are sent once more: to the same service, and to another one.
async fn nothing_of_it_comes_again(wire: &Recorder, place: &ServicePlace, other: &ServicePlace) -> Result<()> {
    let signed: Vec<_> = wire.requests()?.into_iter().filter(|request| request.starts_with(b"POST /v1/")).collect();
    let has = |path: &str| signed.iter().any(|request| request.starts_with(format!("POST {path} ").as_bytes()));
    ensure!(has(ReleaseRequest::PATH) && has(KeyRequest::PATH) && has("/v1/stage"), "too little was recorded");
    for request in &signed {
        let again = problem(place.authority(), &last_one(request)).await?;
        ensure!(again == Some(GateRefusal::RequestUsed), "a recorded request was answered once more: {again:?}");
        let kept_host = problem(other.authority(), &last_one(request)).await?;
        ensure!(kept_host.is_none(), "a service answers to another's name: {kept_host:?}");
        let renamed = rename(&last_one(request), place.authority(), other.authority());
        let elsewhere = problem(other.authority(), &renamed).await?;
        // The signature covers the name of the service for which it was made.
        ensure!(matches!(elsewhere, Some(GateRefusal::NotTheMember(_))), "it was answered elsewhere: {elsewhere:?}");
    }
    Ok(())
}

/// A key of no member signs what the doctor and the patient might ask: for the way to the key, and for the blob.
async fn a_stranger_reads_nothing(doctor: &Doctor, record: RecordId, place: &ServicePlace, node: &str) -> Result<()> {
    let home = doctor.out.with_file_name("stranger");
    let stranger = Salus::with_services(&home, node)?.acting_as("me");
    stranger.json(&["key", "new", "me"]).await?;
    let keys = Keystore::open(home.join("identities/me"))?.unlock(&Password::from(PASSWORD))?;
    let chain = Chain::connect(node).await?;
    let controller = chain.chart(At::Finalized, ChartId(0)).await?.context("no chart")?.controller;
    for reader in [MemberId(doctor.member.parse()?), controller] {
        let release = ReleaseRequest { record, version: 0, session: None, reader, not_before: None };
        let messages =
            [message(KeyRequest(release.clone()), place, &chain, &keys), message(release, place, &chain, &keys)];
        for message in messages {
            let refusal = problem(place.authority(), &message).await?;
            ensure!(refusal == Some(GateRefusal::NotTheMember(reader)), "{refusal:?}");
        }
    }
    Ok(())
}

/// A request to a service, signed with these keys.
fn message<R: GateRequest>(request: R, place: &ServicePlace, chain: &Chain, keys: &Identity) -> Vec<u8> {
    let signed = request.sign(&chain.genesis(), place.authority(), keys.transaction(), system_now());
    let fields = signed.fields();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{GENESIS}: {}\r\n\
         {CONTENT_DIGEST}: {}\r\nSignature-Input: {}\r\nSignature: {}\r\n\r\n",
        R::PATH,
        place.authority(),
        signed.body().len(),
        chain.genesis(),
        content_digest(signed.body()),
        fields.input,
        fields.signature,
    );
    [head.as_bytes(), signed.body()].concat()
}

/// Sends a message that has to be refused: the gate's refusal, if it was the gate that refused.
async fn problem(address: &str, message: &[u8]) -> Result<Option<GateRefusal>> {
    let (status, body) = send(address, message).await?;
    ensure!((400..500).contains(&status), "{status} from {address}");
    let problem: Problem = serde_json::from_slice(&body)?;
    Ok(problem.refusal)
}

/// The request, with which the connection ends.
fn last_one(request: &[u8]) -> Vec<u8> {
    let line = request.windows(2).position(|window| window == b"\r\n").map_or(0, |end| end + 2);
    [&request[..line], b"Connection: close\r\n", &request[line..]].concat()
}

/// The request under another name of the service in its `host` field.
fn rename(request: &[u8], from: &str, to: &str) -> Vec<u8> {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(request.len());
    let head = String::from_utf8_lossy(&request[..end]).replacen(from, to, 1);
    [head.as_bytes(), &request[end..]].concat()
}

/// Nothing of the patient's records stands in what went over the wire, in the vault, or in the service's log.
fn the_operator_learns_nothing(kept: &Path) -> Result<()> {
    let bundle = std::fs::read(case("first.json"))?;
    let mut strings = Vec::new();
    for entry in Bundle::parse(&bundle)?.entries() {
        strings.extend(needles(entry.raw)?);
    }
    ensure!(strings.iter().any(|string| string.contains("Quennevais")), "nothing to search for: {strings:?}");
    strings.push(CANARY.to_owned());
    let scanner = Scanner::new(&strings)?;
    let searched = scanner.scan_folder(kept)?;
    ensure!(searched.bytes > 10_000, "the operator kept {} bytes only", searched.bytes);
    ensure!(searched.findings.is_empty(), "{:?}", searched.findings);
    std::fs::write(kept.join("planted"), [b"\xa5\xa5".as_slice(), CANARY.as_bytes()].concat())?;
    ensure!(scanner.scan_folder(kept)?.findings.len() == 1, "the search does not find what is there");
    Ok(())
}
