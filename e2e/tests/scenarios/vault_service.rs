// SPDX-License-Identifier: Apache-2.0

//! A hospital's vault service beside its node: a patient reads over HTTP what the command line put into the vault. Without its
//! node, and when blocks have not become final for long, the service gives nothing out.

use crate::importing::{case, Scene};
use anyhow::{ensure, Context, Result};
use salus_chain::{At, Chain};
use salus_client::keystore::Keystore;
use salus_e2e::{
    binaries,
    clock::{Clock, SEEN},
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
    time::{sleep, timeout},
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
    for refusal in patient.gets_nothing(&place).await? {
        ensure!(refusal.is_none(), "the gate cannot have asked its node: {refusal:?}");
    }
    service.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vault_gives_nothing_out_when_nothing_was_final_for_two_minutes() -> Result<()> {
    /// More than the two minutes for which a gate relies on a final block.
    const STALL: Duration = Duration::from_secs(130);
    let folder = tempfile::tempdir()?;
    let mut clock = Clock::new(folder.path())?;
    let node = Node::start_with(&folder.path().join("node"), &clock).await?;
    let scene = Scene::set(folder.path(), node.url()).await?;
    scene.patient.json(&["record", "add", "0", "--bundle", &case("first.json")]).await?;
    let chain = Chain::connect(node.url()).await?;
    let mut patient = Patient::of(&scene, &chain).await?;
    let place = ServicePlace::prepare(&folder.path().join("hospital"), 0, node.url(), "")?.with(&clock);
    copy(&folder.path().join("vaults/0"), &place.vault())?;
    let service = place.start().await?;
    service.until_ready().await?;

    // From now on blocks come, and none becomes final. For two minutes the gate goes on.
    let node = node.again(&clock, &["--no-grandpa"]).await?;
    service.until_ready().await?;
    let content = patient.read(&place).await??;
    let chain = Chain::connect(node.url()).await?;
    let last = chain.head(At::Finalized).await?;
    let due = chain.now(At::Finalized).await? + u64::try_from(STALL.as_millis())?;
    clock.forward(STALL)?;
    patient.ahead = STALL;
    sleep(SEEN).await;
    let blocks = async {
        while chain.now(At::Best).await? < due {
            sleep(Duration::from_millis(200)).await;
        }
        anyhow::Ok(())
    };
    timeout(PATIENCE, blocks).await.context("no block comes with the later time")??;
    ensure!(chain.head(At::Finalized).await? == last, "a block became final");
    for refusal in patient.gets_nothing(&place).await? {
        ensure!(matches!(refusal, Some(GateRefusal::StaleHead(_))), "another refusal: {refusal:?}");
    }
    let (status, words) = service.get("/ready").await?;
    let words = String::from_utf8(words)?;
    ensure!(status == 503 && words.contains("nothing was finalized"), "{status}: {words}");
    ensure!(service.get("/health").await?.0 == 200, "not alive");

    // When blocks become final again, the same record comes out.
    let node = node.again(&clock, &[]).await?;
    service.until_ready().await?;
    ensure!(patient.read(&place).await?? == content, "another content");
    service.stop().await?;
    node.stop().await
}

/// The patient of a scene, with the first of the records.
pub(super) struct Patient {
    pub(super) identity: Identity,
    pub(super) id: MemberId,
    pub(super) genesis: Digest,
    pub(super) record: RecordId,
    /// How far the clock is ahead by which the patient signs.
    ahead: Duration,
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
            ahead: Duration::ZERO,
        })
    }

    /// The content of the record's first version, or the refusal of the gate.
    pub(super) async fn read(&self, service: &ServicePlace) -> Result<Result<Vec<u8>, GateRefusal>> {
        let request = self.request();
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

    /// Has the service refuse the first version and the way to its key with status 503; the gate's refusals, where it gave any.
    pub(super) async fn gets_nothing(&self, service: &ServicePlace) -> Result<[Option<GateRefusal>; 2]> {
        let request = self.request();
        let answers = [self.send(service, KeyRequest(request.clone())).await?, self.send(service, request).await?];
        let mut refusals = [None, None];
        for ((status, body), refusal) in answers.into_iter().zip(&mut refusals) {
            ensure!(status == 503, "{status}, and {} bytes", body.len());
            // A problem has no room for anything else.
            *refusal = serde_json::from_slice::<Problem>(&body)?.refusal;
        }
        Ok(refusals)
    }

    fn request(&self) -> ReleaseRequest {
        ReleaseRequest { record: self.record, version: 0, session: None, reader: self.id, not_before: None }
    }

    async fn ask<R: GateRequest>(&self, service: &ServicePlace, request: R) -> Result<Result<Vec<u8>, GateRefusal>> {
        let (status, body) = self.send(service, request).await?;
        if status == 200 {
            return Ok(Ok(body));
        }
        let problem: Problem = serde_json::from_slice(&body)?;
        Ok(Err(problem.refusal.with_context(|| format!("{status}: {problem:?}"))?))
    }

    /// The status and the body of a service's answer.
    async fn send<R: GateRequest>(&self, service: &ServicePlace, request: R) -> Result<(u16, Vec<u8>)> {
        let now = system_now() + u64::try_from(self.ahead.as_millis())?;
        let signed = request.sign(&self.genesis, service.authority(), self.identity.transaction(), now);
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
        send(service.authority(), &[message.as_bytes(), signed.body()].concat()).await
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
