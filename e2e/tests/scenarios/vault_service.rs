// SPDX-License-Identifier: Apache-2.0

//! A hospital's vault service beside its node: a patient reads over HTTP what the command line put into the vault.

use crate::importing::{case, Scene};
use anyhow::{ensure, Context, Result};
use salus_chain::{At, Chain};
use salus_client::keystore::Keystore;
use salus_e2e::{
    binaries,
    node::Node,
    salus::PASSWORD,
    vault_service::{send, ServicePlace},
};
use salus_gate::{
    protocol::{
        content_digest, GateRefusal, GateRequest, KeyRequest, Problem, ReleaseHead, ReleaseRequest, ReleasedKey,
        CONTENT_DIGEST, GENESIS,
    },
    system_now,
};
use salus_primitives::{ChartId, Digest, MemberId, RecordId};
use salus_sealing::{blob::open_bytes, keys::Identity, secret::Password};
use serde_json::Value;
use std::{path::Path, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::Command,
    time::timeout,
};

/// How long the service may take to begin, to answer and to end.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_reads_over_http_what_lies_in_the_hospitals_vault() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let node = Node::start(&folder.path().join("node")).await?;
    let scene = Scene::set(folder.path(), node.url()).await?;
    scene.patient.json(&["record", "add", "0", "--bundle", &case("first.json")]).await?;
    let chain = Chain::connect(node.url()).await?;
    let patient = Patient::of(&scene, &chain).await?;

    let place = ServicePlace::prepare(&folder.path().join("hospital"), 0, node.url(), "")?;
    copy(&folder.path().join("vaults/0"), &place.vault())?;
    let complaint = check(&place).await?;
    ensure!(complaint.contains("readers will not come"), "check: {complaint}");
    let service = place.start().await?;
    // A service that has just started answers nothing for ten seconds.
    ensure!(patient.read(&place).await.is_err(), "answered at once");
    ensure!(second_fails(&place).await?, "two services have one vault");
    closes_on_half_a_request(&place).await?;
    service.until_ready().await?;
    let content: Value = serde_json::from_slice(&patient.read(&place).await??)?;
    ensure!(content.get("resourceType").is_some(), "not a FHIR resource");

    // While its node is away, the service says so and gives nothing out.
    node.stop().await?;
    ensure!(service.get("/ready").await?.0 == 503, "ready without a node");
    ensure!(service.get("/health").await?.0 == 200, "not alive");
    service.stop().await
}

/// The patient of a scene, with the first of the records.
pub(super) struct Patient {
    pub(super) identity: Identity,
    pub(super) id: MemberId,
    pub(super) genesis: Digest,
    pub(super) record: RecordId,
}

impl Patient {
    /// The patient, whose chart has a record that is final.
    pub(super) async fn of(scene: &Scene, chain: &Chain) -> Result<Self> {
        let record = chain.records(At::Finalized, ChartId(0)).await?.first().context("no record was added")?.key;
        Ok(Self {
            identity: Keystore::open(scene.patient.home().join("identities/me"))?.unlock(&Password::from(PASSWORD))?,
            id: chain.chart(At::Finalized, ChartId(0)).await?.context("no chart")?.controller,
            genesis: chain.genesis(),
            record: RecordId { chart: ChartId(0), key: record },
        })
    }

    /// The content of the record's first version, or the refusal of the gate.
    async fn read(&self, service: &ServicePlace) -> Result<Result<Vec<u8>, GateRefusal>> {
        let request =
            ReleaseRequest { record: self.record, version: 0, session: None, reader: self.id, not_before: None };
        let key: ReleasedKey = match self.ask(service, KeyRequest(request.clone())).await? {
            Ok(key) => serde_json::from_slice(&key)?,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let frame = match self.ask(service, request).await? {
            Ok(frame) => frame,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (length, rest) = frame.split_first_chunk().context("no frame")?;
        let (head, blob) = rest.split_at_checked(ReleaseHead::length(*length)?).context("no head")?;
        let head = ReleaseHead::from_bytes(head)?;
        ensure!(head.bindings == key.bindings, "two gates, two answers");
        let key = key.open(head.key_envelope.as_deref(), self.identity.encryption())?;
        Ok(Ok(open_bytes(blob, &head.bindings, &key)?.1.expose().to_vec()))
    }

    async fn ask<R: GateRequest>(&self, service: &ServicePlace, request: R) -> Result<Result<Vec<u8>, GateRefusal>> {
        let signed = request.sign(&self.genesis, service.authority(), self.identity.transaction(), system_now());
        let fields = signed.fields();
        let message = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{GENESIS}: {}\r\n{CONTENT_DIGEST}: {}\r\n\
             Signature-Input: {}\r\nSignature: {}\r\n\r\n",
            R::PATH,
            service.authority(),
            signed.body().len(),
            self.genesis,
            content_digest(signed.body()),
            fields.input,
            fields.signature,
        );
        let (status, body) = send(service.authority(), &[message.as_bytes(), signed.body()].concat()).await?;
        if status == 200 {
            return Ok(Ok(body));
        }
        let problem: Problem = serde_json::from_slice(&body)?;
        Ok(Err(problem.refusal.with_context(|| format!("{status}: {problem:?}"))?))
    }
}

/// The complaints of `salus-vault check`.
async fn check(place: &ServicePlace) -> Result<String> {
    let check = Command::new(binaries::find("salus-vault")?).arg("check").arg("--config").arg(place.config()).output();
    let check = check.await?;
    let complaint = String::from_utf8_lossy(&check.stderr).into_owned();
    ensure!(check.status.success(), "check: {complaint}");
    Ok(complaint)
}

/// Whether a second service for the same vault ends at once.
async fn second_fails(place: &ServicePlace) -> Result<bool> {
    let second = Command::new(binaries::find("salus-vault")?).arg("run").arg("--config").arg(place.config()).output();
    let second = timeout(PATIENCE, second).await.context("a second service goes on")??;
    Ok(second.status.code() == Some(2) && String::from_utf8_lossy(&second.stderr).contains("another service"))
}

/// A connection on which half a request arrives is closed soon.
async fn closes_on_half_a_request(place: &ServicePlace) -> Result<()> {
    let mut stream = TcpStream::connect(place.authority()).await?;
    stream.write_all(b"POST /v1/release HT").await?;
    let mut answer = Vec::new();
    timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await.context("the connection stays")??;
    Ok(())
}

/// Copies a folder.
pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &target)?,
            false => drop(std::fs::copy(entry.path(), target)?),
        }
    }
    Ok(())
}
