// SPDX-License-Identifier: Apache-2.0

//! A hospital's vault service beside its node: a patient reads over HTTP what the command line put into the vault.

use crate::importing::{case, Scene};
use anyhow::{ensure, Context, Result};
use rustix::process::{kill_process, Pid, Signal};
use salus_chain::{At, Chain};
use salus_client::keystore::Keystore;
use salus_e2e::{binaries, node::Node, salus::PASSWORD};
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
use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::{Child, Command},
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
    let record = chain.records(At::Finalized, ChartId(0)).await?.first().context("no record was added")?.key;
    let patient = Patient {
        identity: Keystore::open(scene.patient.home().join("identities/me"))?.unlock(&Password::from(PASSWORD))?,
        id: chain.chart(At::Finalized, ChartId(0)).await?.context("no chart")?.controller,
        genesis: chain.genesis(),
        record: RecordId { chart: ChartId(0), key: record },
    };

    let service = Service::start(folder.path(), node.url()).await?;
    // A service that has just started answers nothing for ten seconds.
    ensure!(patient.read(&service).await.is_err(), "answered at once");
    ensure!(service.second_fails().await?, "two services have one vault");
    service.closes_on_half_a_request().await?;
    let ready = async {
        while service.get("/ready").await?.0 != 200 {
            sleep(Duration::from_millis(200)).await;
        }
        anyhow::Ok(())
    };
    timeout(PATIENCE, ready).await.context("the service does not get ready")??;
    let content: Value = serde_json::from_slice(&patient.read(&service).await??)?;
    ensure!(content.get("resourceType").is_some(), "not a FHIR resource");

    // While its node is away, the service says so and gives nothing out.
    node.stop().await?;
    ensure!(service.get("/ready").await?.0 == 503, "ready without a node");
    ensure!(service.get("/health").await?.0 == 200, "not alive");
    service.stop().await
}

struct Patient {
    identity: Identity,
    id: MemberId,
    genesis: Digest,
    record: RecordId,
}

impl Patient {
    /// The content of the record's first version, or the refusal of the gate.
    async fn read(&self, service: &Service) -> Result<Result<Vec<u8>, GateRefusal>> {
        let request = ReleaseRequest { record: self.record, version: 0, session: None, reader: self.id };
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

    async fn ask<R: GateRequest>(&self, service: &Service, request: R) -> Result<Result<Vec<u8>, GateRefusal>> {
        let signed = request.sign(&self.genesis, &service.authority, self.identity.transaction(), system_now());
        let fields = signed.fields();
        let message = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{GENESIS}: {}\r\n{CONTENT_DIGEST}: {}\r\n\
             Signature-Input: {}\r\nSignature: {}\r\n\r\n",
            R::PATH,
            service.authority,
            signed.body().len(),
            self.genesis,
            content_digest(signed.body()),
            fields.input,
            fields.signature,
        );
        let (status, body) = Service::send(&service.authority, &[message.as_bytes(), signed.body()].concat()).await?;
        if status == 200 {
            return Ok(Ok(body));
        }
        let problem: Problem = serde_json::from_slice(&body)?;
        Ok(Err(problem.refusal.with_context(|| format!("{status}: {problem:?}"))?))
    }
}

/// The service of the first hospital, over the vault that the command line wrote.
struct Service {
    process: Child,
    authority: String,
    monitoring: String,
    config: PathBuf,
}

impl Service {
    async fn start(folder: &Path, node: &str) -> Result<Self> {
        let free = || -> Result<String> { Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string()) };
        let (authority, monitoring, config) = (free()?, free()?, folder.join("vault.toml"));
        let text = format!(
            "institution = 0\nauthority = \"{authority}\"\nlisten = \"{authority}\"\nmonitoring = \"{monitoring}\"\n\
             node = \"{node}\"\nstore = \"vaults/0\"\n"
        );
        std::fs::write(&config, text)?;
        let program = binaries::find("salus-vault")?;
        let check = Command::new(&program).arg("check").arg("--config").arg(&config).output().await?;
        let complaint = String::from_utf8_lossy(&check.stderr);
        ensure!(check.status.success() && complaint.contains("readers will not come"), "check: {complaint}");
        let process = Command::new(&program).arg("run").arg("--config").arg(&config).kill_on_drop(true).spawn()?;
        let service = Self { process, authority, monitoring, config };
        let begun = async {
            while service.get("/health").await.is_err() {
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, begun).await.context("the service does not begin")?;
        Ok(service)
    }

    /// Whether a second service for the same vault ends at once.
    async fn second_fails(&self) -> Result<bool> {
        let second = Command::new(binaries::find("salus-vault")?).arg("run").arg("--config").arg(&self.config).output();
        let second = timeout(PATIENCE, second).await.context("a second service goes on")??;
        Ok(second.status.code() == Some(2) && String::from_utf8_lossy(&second.stderr).contains("another service"))
    }

    /// A connection on which half a request arrives is closed soon.
    async fn closes_on_half_a_request(&self) -> Result<()> {
        let mut stream = TcpStream::connect(&self.authority).await?;
        stream.write_all(b"POST /v1/release HT").await?;
        let mut answer = Vec::new();
        timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await.context("the connection stays")??;
        Ok(())
    }

    /// Asks what monitoring asks.
    async fn get(&self, path: &str) -> Result<(u16, Vec<u8>)> {
        let address = &self.monitoring;
        let message = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        Self::send(address, message.as_bytes()).await
    }

    /// Sends one message; the status and the body of the answer.
    async fn send(address: &str, message: &[u8]) -> Result<(u16, Vec<u8>)> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(message).await?;
        let mut answer = Vec::new();
        timeout(PATIENCE, stream.read_to_end(&mut answer)).await.context("no answer")??;
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").context("no head")?;
        let head = String::from_utf8(answer.get(..end).unwrap_or_default().to_vec())?;
        let status = head.split(' ').nth(1).context("no status")?.parse()?;
        Ok((status, answer.split_off(end.saturating_add(4))))
    }

    /// Ends the service as a supervisor does.
    async fn stop(mut self) -> Result<()> {
        let id = self.process.id().and_then(|id| Pid::from_raw(id.try_into().ok()?)).context("it ended by itself")?;
        kill_process(id, Signal::TERM)?;
        let status = timeout(PATIENCE, self.process.wait()).await.context("it does not end")??;
        ensure!(status.success(), "it ended with {status}");
        Ok(())
    }
}
