// SPDX-License-Identifier: Apache-2.0

//! A hospital's vault service tells patient and doctor by mail that notices wait: as many as `salus notices` shows, while mail
//! server and service are killed (S2-03, S4-29).

use crate::importing::Scene;
use anyhow::{ensure, Context, Result};
use salus_e2e::{
    node::Node,
    salus::Salus,
    vault_service::{delegates, enter_address, ServicePlace, VaultService},
};
use salus_mail_testing::{Certificates, MailPlace, Security};
use serde_json::Value;
use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};
use tokio::time::{sleep, timeout};

/// How long a letter may take, with the pause after a server was away.
const PATIENCE: Duration = Duration::from_secs(150);
const USER: (&str, &str) = ("salus", "of the hospital");

#[tokio::test(flavor = "multi_thread")]
async fn patient_and_doctor_are_told_by_mail_of_every_urgent_notice() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let node = Node::start(&folder.path().join("node")).await?;
    let mail = MailPlace::prepare(Security::StartTls, &Certificates::make(), Some(USER));
    let server = mail.start();
    let hospital = folder.path().join("hospital");
    let place = place(&hospital, node.url(), &mail)?;
    let service = place.start().await?;
    let staff = Salus::with_services(&folder.path().join("council"), node.url())?;
    enter_address(&delegates(&staff).await?, 0, &place.address(), None).await?;
    service.until_ready().await?;
    let scene = Scene::with_services(folder.path(), node.url()).await?;
    // From here on the letters count.
    for person in [&scene.patient, &scene.doctor] {
        person.json(&["notices"]).await?;
    }
    let doctor = scene.doctors_number().await?;
    let patient = scene.patient.json(&["status"]).await?.pointer("/member/id").context("a member")?.to_string();
    let people = [(&patient, "patient"), (&doctor, "doctor")];
    let rows =
        people.map(|(member, name)| format!("[[addressee]]\nmember = {member}\nmail = \"{name}@people.example\"\n"));
    private(&hospital.join("addressees.toml"), &rows.concat())?;
    let pages = people.map(|(member, _)| place.vault().join(format!("notices/{member}.json")));
    until("no page", || Ok(pages.iter().all(|page| page.exists()))).await?;

    let ask = ["request", "0", "--permissions", "read", "--until", "8h"];
    let asked = scene.doctor.json(&ask).await?;
    until_told(&mail, "patient", 1).await?;
    scene.patient.json(&["approve", "0", &asked["request"].to_string(), "--compartment", "General"]).await?;
    until_told(&mail, "doctor", 1).await?;

    // Mail server and service end, and begin again.
    drop(server);
    scene.doctor.json(&ask).await?;
    until_waiting(&service).await?;
    service.kill().await?;
    let service = place.start().await?;
    let _server = mail.start();
    until_told(&mail, "patient", 2).await?;

    for (person, name) in [(&scene.patient, "patient"), (&scene.doctor, "doctor")] {
        let urgent = ["request", "answer", "denial", "correction", "correction-request", "disclosure"];
        let notices = person.json(&["notices"]).await?;
        let kinds = notices.as_array().context("a list")?.iter().filter_map(|notice| notice["kind"].as_str());
        ensure!(kinds.filter(|kind| urgent.contains(kind)).count() as u64 == told(&mail, name)?, "{name}: {notices}");
    }
    let log = fs::read_to_string(place.log())?;
    ensure!(!log.contains("people.example"), "the log has an address: {log}");
    service.stop().await?;
    node.stop().await
}

/// A service that sends letters over `mail`. Its file of addressees is empty.
fn place(folder: &Path, node: &str, mail: &MailPlace) -> Result<ServicePlace> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("mail-authority.crt"), mail.authority())?;
    private(&folder.join("mail.key"), &format!("{}\n{}\n", USER.0, USER.1))?;
    private(&folder.join("addressees.toml"), "")?;
    let sections = format!(
        "[notices]\naddressees = \"addressees.toml\"\nevery-seconds = 1\n[notices.mail]\nserver = \"127.0.0.1\"\nport = {}\n\
         from = \"salus@hospital.example\"\ncredentials = \"mail.key\"\ntrust = \"mail-authority.crt\"\n",
        mail.address().port()
    );
    ServicePlace::prepare(folder, 0, node, &sections)
}

fn private(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text)?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o600))?)
}

/// How many notices the letters to `name` tell of. One that came again counts once.
fn told(mail: &MailPlace, name: &str) -> Result<u64> {
    let address = format!("{name}@people.example");
    let mut counts = BTreeMap::new();
    for mail in mail.received().into_iter().filter(|mail| mail.to == [address.as_str()]) {
        let count: u64 = mail.header("Subject").and_then(|it| it.split(' ').nth(1)).context("no subject")?.parse()?;
        counts.insert(mail.header("Message-ID").context("no id")?.to_owned(), count);
    }
    Ok(counts.values().sum())
}

async fn until_told(mail: &MailPlace, name: &str, count: u64) -> Result<()> {
    until(&format!("{name} is not told of {count} notices"), || Ok(told(mail, name)? == count)).await
}

async fn until(complaint: &str, is: impl Fn() -> Result<bool>) -> Result<()> {
    let waited = async {
        while !is()? {
            sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    };
    timeout(PATIENCE, waited).await.with_context(|| complaint.to_owned())?
}

async fn until_waiting(service: &VaultService) -> Result<()> {
    let waits = async {
        loop {
            let status: Value = serde_json::from_slice(&service.get("/status").await?.1)?;
            if status.pointer("/notices/mail_waiting").and_then(Value::as_u64) > Some(0) {
                return Ok(());
            }
            sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(PATIENCE, waits).await.context("no letter waits")?
}
