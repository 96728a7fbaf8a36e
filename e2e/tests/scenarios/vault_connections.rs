// SPDX-License-Identifier: Apache-2.0

//! The connections of a vault service: TLS with certificates that hold or do not, a node that goes and comes back, and an end while
//! an answer is under way.

use crate::{
    importing::Scene,
    vault_loss::objects,
    vault_service::{copy, Patient},
};
use anyhow::{bail, ensure, Context, Result};
use salus_chain::{At, Chain};
use salus_e2e::{
    certificates::CertificateAuthority,
    node::{free_address, Node},
    salus::Salus,
    vault_service::{delegates, enter_address, send, ServicePlace, VaultService},
};
use salus_gate::{
    protocol::{GateRequest, ReleaseRequest},
    system_now,
};
use salus_primitives::InstitutionId;
use salus_vault_client::{Address, VaultClient};
use serde_json::Value;
use std::{fs, net::Ipv4Addr, path::Path, time::Duration};
use tokio::{
    io::AsyncReadExt,
    net::TcpStream,
    time::{sleep, timeout},
};

/// How long the service may take to notice something.
const PATIENCE: Duration = Duration::from_secs(60);
/// More than the buffers of a connection take.
const LARGE: usize = 32 * 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_encrypted_made_again_and_brought_to_an_end() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (data, rpc) = (folder.path().join("node"), free_address(Ipv4Addr::LOCALHOST)?.port());
    let node = Node::start_at(&data, rpc).await?;
    let scene = Scene::set(folder.path(), node.url()).await?;
    let large = folder.path().join("large");
    fs::write(&large, vec![7; LARGE])?;
    let large = large.display().to_string();
    scene.patient.json(&["record", "add", "0", &large, "--compartment", "General"]).await?;
    let chain = Chain::connect(node.url()).await?;
    let patient = Patient::of(&scene, &chain).await?;

    // One place has a certificate and an empty vault, the other one the vault and no certificate.
    let authority = CertificateAuthority::make(&folder.path().join("authority"))?;
    let other = CertificateAuthority::make(&folder.path().join("other-authority"))?;
    let home = folder.path().join("encrypted");
    let tls = authority.sign(Ipv4Addr::LOCALHOST.into(), 30, &home)?;
    let encrypted = ServicePlace::prepare(&home, 0, node.url(), &tls)?;
    let plain = ServicePlace::prepare(&folder.path().join("plain"), 0, node.url(), "")?;
    copy(&folder.path().join("vaults/0"), &plain.vault())?;
    let (over_tls, in_the_clear) = (encrypted.start().await?, plain.start().await?);

    let staff = Salus::with_services(&folder.path().join("council"), node.url())?;
    let delegates = delegates(&staff).await?;
    enter_address(&delegates, 0, &format!("https://{}", encrypted.authority()), None).await?;
    until_final(&chain, &encrypted).await?;
    over_tls.until_ready().await?;
    in_the_clear.until_ready().await?;

    let trusting = staff.clone().trusting(&authority.certificate());
    let distrusting = staff.trusting(&other.certificate());
    the_doctor_finds_the_service_well(&trusting).await?;
    let (verdict, says) = finding(&distrusting, "vault").await?;
    ensure!(verdict == "failure" && says.contains("does not hold"), "another authority: {verdict}: {says}");
    plain_http_is_refused(&encrypted).await?;
    the_answer_under_way_arrives_whole(&patient, &plain, in_the_clear).await?;
    let in_the_clear = plain.start().await?;
    in_the_clear.until_ready().await?;
    let _node = node_goes_and_comes_back(node, &data, rpc, [&over_tls, &in_the_clear], &patient, &trusting).await?;
    in_the_clear.stop().await?;
    over_tls.stop().await?;
    let (verdict, says) = finding(&trusting, "vault").await?;
    ensure!(verdict == "failure" && says.contains("cannot be reached"), "the service is away: {verdict}: {says}");
    Ok(())
}

/// Waits until the finalized chain has the address of the service.
async fn until_final(chain: &Chain, place: &ServicePlace) -> Result<()> {
    let entered = async {
        loop {
            let institution = chain.institution(At::Finalized, InstitutionId(0)).await?;
            let address = institution.map(|found| String::from_utf8_lossy(&found.profile.vault_address).into_owned());
            if address.is_some_and(|address| address.ends_with(place.authority())) {
                return anyhow::Ok(());
            }
            sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(PATIENCE, entered).await.context("the address does not become final")?
}

/// The doctor's report about the first hospital.
async fn report(salus: &Salus) -> Result<Value> {
    let ran = salus.run(&["doctor", "--institution", "0"]).await?;
    serde_json::from_slice(&ran.stdout).with_context(|| ran.stderr.clone())
}

/// Verdict and words of the doctor about a subject.
async fn finding(salus: &Salus, subject: &str) -> Result<(String, String)> {
    of(&report(salus).await?, subject)
}

fn of(report: &Value, subject: &str) -> Result<(String, String)> {
    let findings = report["findings"].as_array().context("findings")?;
    let found = findings.iter().find(|one| one["subject"] == subject).with_context(|| format!("no {subject}"))?;
    let word = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
    Ok((word("verdict"), word("says")))
}

async fn the_doctor_finds_the_service_well(salus: &Salus) -> Result<()> {
    let report = report(salus).await?;
    for (subject, words) in [
        ("vault", "is ready"),
        ("vault certificate", "holds for"),
        ("vault clock", "agrees"),
        ("vault key", "the chain has one"),
        ("other vaults", "no other institution"),
    ] {
        let (verdict, says) = of(&report, subject)?;
        ensure!(verdict == "ok" && says.contains(words), "{subject}: {verdict}: {says}");
    }
    let vault = &report["vaults"][0];
    ensure!(vault["own"] == true && vault["answers"] == true && vault["ready"] == true, "{vault}");
    Ok(())
}

/// A message in the clear gets no answer of the service.
async fn plain_http_is_refused(place: &ServicePlace) -> Result<()> {
    let message = format!("GET /v1/service HTTP/1.1\r\nHost: {}\r\n\r\n", place.authority());
    match send(place.authority(), message.as_bytes()).await {
        Ok((status, _)) => bail!("answered {status} in the clear"),
        Err(_) => Ok(()),
    }
}

/// The service is told to end while a reader has a part of a large answer.
async fn the_answer_under_way_arrives_whole(
    patient: &Patient,
    place: &ServicePlace,
    service: VaultService,
) -> Result<()> {
    let record = patient.record;
    let request = ReleaseRequest { record, version: 0, session: None, reader: patient.id, not_before: None };
    let signed = request.sign(&patient.genesis, place.authority(), patient.identity.transaction(), system_now());
    let address = Address::parse(&place.address()).context("an address")?;
    let mut blob = VaultClient::new(patient.genesis)?.release(&address, &signed).await?.blob;
    let mut bytes = vec![0; 1024];
    blob.read_exact(&mut bytes).await?;
    let ending = tokio::spawn(service.stop());
    let refused = async {
        while TcpStream::connect(place.authority()).await.is_ok() {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, refused).await.context("it goes on taking connections")?;
    ensure!(!ending.is_finished(), "it ended while an answer was under way");
    blob.read_to_end(&mut bytes).await?;
    let stored = objects(&place.vault())?;
    ensure!(bytes.len() > LARGE && stored.values().any(|object| *object == bytes), "{} bytes came", bytes.len());
    // An exit status other than 0 is an error.
    ending.await??;
    let log = fs::read_to_string(place.log())?;
    ensure!(log.lines().last() == Some("ended"), "the log: {log}");
    Ok(())
}

/// Services outlive their node: meanwhile they are not ready and give nothing out; without a restart they are ready again, and the
/// patient reads what lies in the second one's vault.
async fn node_goes_and_comes_back(
    node: Node,
    data: &Path,
    rpc: u16,
    services: [&VaultService; 2],
    patient: &Patient,
    salus: &Salus,
) -> Result<Node> {
    let [_, full] = services;
    let content = patient.read(full.place()).await??;
    node.kill().await?;
    for service in services {
        let answer = service.get("/ready").await?;
        ensure!(answer.0 == 503, "ready without a node: {answer:?}");
        ensure!(service.get("/health").await?.0 == 200, "not alive without a node");
    }
    let refusals = patient.gets_nothing(full.place()).await?;
    ensure!(refusals == [None, None], "the gate cannot have asked its node: {refusals:?}");
    let node = Node::start_at(data, rpc).await?;
    for service in services {
        service.until_ready().await?;
    }
    ensure!(patient.read(full.place()).await?? == content, "another content");
    the_doctor_finds_the_service_well(salus).await?;
    Ok(node)
}
