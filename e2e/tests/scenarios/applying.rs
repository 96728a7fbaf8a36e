// SPDX-License-Identifier: Apache-2.0

//! Newcomers read whom a hospital admits and how it treats data, and apply. The issuer refuses one of them, and the hospital offers
//! membership to another, who joins. An application to texts of before is taken only knowingly (S0-13, S0-21, S0-22, S0-56).

use anyhow::{ensure, Context, Result};
use salus_e2e::{
    node::Node,
    salus::Salus,
    vault_service::{delegates, enter_address, ServicePlace},
};
use serde_json::{json, Value};
use std::{
    fs,
    path::{Path, PathBuf},
};

const CRITERIA: &str = "A clinician shows her license, and a letter of her head of department.\n";
const POLICY: &str = "Records are read for treatment only.\n";
const STRICTER: &str = "Records are read for treatment only, and never at home.\n";
const JOINING: &str = "[joining]\ncriteria = \"criteria.txt\"\ndata-policy = \"data-policy.txt\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn newcomers_apply_and_a_hospital_refuses_one_and_admits_another() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let node = Node::start(&folder.path().join("node")).await?;
    let hospital = folder.path().join("hospital");
    let place = ServicePlace::prepare(&hospital, 0, node.url(), JOINING)?;
    declare(&hospital, POLICY)?;
    let service = place.start().await?;
    let scene = Scene::begin(folder.path(), &node).await?;
    // Without an address on the chain there is nothing to read yet.
    let eve = scene.newcomer("eve").await?;
    let said = eve.failed(&["institution", "policy", "0"]).await?;
    ensure!(said.contains("institution `0` has no vault address on the chain"), "{said}");
    enter_address(&delegates(&scene.staff).await?, 0, &place.address(), None).await?;

    the_texts_are_shown_before_an_application(&scene, &eve).await?;
    an_issuer_refuses_one(&scene, &eve).await?;
    another_joins(&scene).await?;

    // The hospital changes its policy between an application and the answer.
    let early = scene.newcomer("early").await?;
    let (application, hash) = scene.apply(&early, "early").await?;
    service.stop().await?;
    declare(&hospital, STRICTER)?;
    let service = place.start().await?;
    an_application_to_an_earlier_policy_is_taken_knowingly(&scene, &early, &application, &hash).await?;
    service.stop().await?;
    node.stop().await
}

/// Staff of two hospitals, at one computer.
struct Scene {
    folder: PathBuf,
    node: String,
    staff: Salus,
}

impl Scene {
    async fn begin(folder: &Path, node: &Node) -> Result<Self> {
        let staff = Salus::with_services(&folder.join("staff"), node.url())?;
        for (name, uri) in [
            ("hospital", "//Hospital1"),
            ("other-hospital", "//Hospital2"),
            ("issuer", "//Hospital1//Issuer"),
            ("other-issuer", "//Hospital2//Issuer"),
            ("one", "//Hospital1//Verifier"),
            ("two", "//Hospital2//Verifier"),
        ] {
            staff.json(&["key", "import", name, "--uri", uri]).await?;
        }
        Ok(Self { folder: folder.to_owned(), node: node.url().to_owned(), staff })
    }

    /// A person with keys of her own, at a computer of her own.
    async fn newcomer(&self, name: &str) -> Result<Salus> {
        let newcomer = Salus::with_services(&self.folder.join(name), &self.node)?.acting_as("me");
        newcomer.json(&["key", "new", "me"]).await?;
        Ok(newcomer)
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// Applies to hospital 1 as a clinician: the file, and the hash by which the log would name it.
    async fn apply(&self, newcomer: &Salus, name: &str) -> Result<(String, String)> {
        let file = self.path(&format!("{name}.application"));
        let statement = format!("I am {name}.\nI begin in May.");
        let apply = ["join", "apply", "--institution", "0", "--role", "clinician", "--statement", &statement];
        let applied = newcomer.json(&[&apply[..], &["--yes", "--out", &file]].concat()).await?;
        Ok((file, text(&applied, "/application")?))
    }

    /// The arguments with which hospital 1 offers membership to an applicant.
    fn offer<'a>(application: &'a str, voucher: &'a str) -> Vec<&'a str> {
        let to = ["voucher", "issue", "--institution", "0", "--role", "clinician"];
        [&to[..], &["--application", application, "--yes", "--out", voucher]].concat()
    }
}

fn declare(hospital: &Path, policy: &str) -> Result<()> {
    fs::write(hospital.join("criteria.txt"), CRITERIA)?;
    Ok(fs::write(hospital.join("data-policy.txt"), policy)?)
}

fn text(value: &Value, pointer: &str) -> Result<String> {
    value.pointer(pointer).and_then(Value::as_str).map(str::to_owned).with_context(|| format!("no {pointer}: {value}"))
}

async fn the_texts_are_shown_before_an_application(scene: &Scene, eve: &Salus) -> Result<()> {
    // Eve has neither an account nor a membership.
    let declared = eve.json(&["institution", "policy", "0"]).await?;
    ensure!(text(&declared, "/criteria/text")? == CRITERIA, "{declared}");
    ensure!(text(&declared, "/data_policy/text")? == POLICY, "{declared}");
    let file = scene.path("unread.application");
    let apply = ["join", "apply", "--institution", "0", "--role", "clinician", "--out", &file];
    let said = eve.failed(&apply).await?;
    ensure!(said.contains(CRITERIA.trim_end()) && said.contains(POLICY.trim_end()) && said.contains("--yes"), "{said}");
    ensure!(!Path::new(&file).exists(), "an application was written without an answer");
    let said = eve.failed(&["join", "apply", "--institution", "9", "--role", "clinician", "--out", &file]).await?;
    ensure!(said.contains("there is no institution `9`"), "{said}");
    let said = eve.failed(&["institution", "policy", "1"]).await?;
    ensure!(said.contains("no vault address"), "{said}");
    Ok(())
}

async fn an_issuer_refuses_one(scene: &Scene, eve: &Salus) -> Result<()> {
    let (application, hash) = scene.apply(eve, "eve").await?;
    let shown = scene.staff.json(&["join", "show", &application]).await?;
    ensure!(text(&shown, "/application")? == hash && text(&shown, "/statement")?.starts_with("I am eve."), "{shown}");
    let refuse = ["voucher", "refuse", "--application", &application];
    let said = scene.staff.acting_as("other-issuer").failed(&refuse).await?;
    ensure!(said.contains("the application is to institution `0`"), "{said}");
    let refused = scene.staff.acting_as("issuer").json(&refuse).await?;
    ensure!(text(&refused, "/application")? == hash, "{refused}");
    // Eve finds the refusal by the hash that she has, and nothing else of hers is in the log.
    let log = eve.json(&["log", "institution:0"]).await?.to_string();
    ensure!(log.contains(&hash) && !log.contains(&text(&shown, "/membership_key")?), "{log}");
    Ok(())
}

async fn another_joins(scene: &Scene) -> Result<()> {
    let hanna = scene.newcomer("hanna").await?;
    let (application, hash) = scene.apply(&hanna, "hanna").await?;
    let voucher = scene.path("hanna.voucher");
    let hospital = scene.staff.acting_as("hospital");
    let offer = Scene::offer(&application, &voucher);
    for (from, to, word) in [
        ("clinician", "issuer", "the application asks for the role `clinician`"),
        ("0", "1", "the application is to institution `0`"),
    ] {
        let other: Vec<_> = offer.iter().map(|argument| if *argument == from { to } else { *argument }).collect();
        let said = hospital.failed(&other).await?;
        ensure!(said.contains(word), "{said}");
    }
    let altered = scene.path("altered.application");
    fs::write(&altered, fs::read_to_string(&application)?.replace("I am hanna", "I am Hanna"))?;
    let said = hospital.failed(&Scene::offer(&altered, &voucher)).await?;
    ensure!(said.contains("the application was altered"), "{said}");
    ensure!(!Path::new(&voucher).exists(), "a voucher was written for nothing");

    let issued = hospital.json(&offer).await?;
    ensure!(text(&issued, "/applicant/application")? == hash, "{issued}");
    let opening: Value = serde_json::from_slice(&fs::read(text(&issued, "/opening")?)?)?;
    ensure!(text(&opening, "/profile")?.starts_with(&format!("application {hash}\n")), "{opening}");
    let member = hanna.json(&["join", &voucher]).await?["member"].to_string();
    for verifier in ["one", "two"] {
        scene.staff.acting_as(verifier).json(&["verify", "challenge", &member]).await?;
    }
    ensure!(hanna.json(&["verify", "answer"]).await?["status"] == json!("active"), "hanna is not active");
    // The member on the chain has the keys of the application, and the commitment of the voucher.
    let (joined, asked) =
        (hanna.json(&["member", "show", &member]).await?, hanna.json(&["join", "show", &application]).await?);
    let (key, profile) = (text(&asked, "/membership_key")?, text(&issued, "/profile")?);
    ensure!(joined.to_string().contains(&key) && joined.to_string().contains(&profile), "{joined}");
    Ok(())
}

async fn an_application_to_an_earlier_policy_is_taken_knowingly(
    scene: &Scene,
    early: &Salus,
    application: &str,
    hash: &str,
) -> Result<()> {
    let hospital = scene.staff.acting_as("hospital");
    let voucher = scene.path("early.voucher");
    let said = hospital.failed(&Scene::offer(application, &voucher)).await?;
    ensure!(said.contains("another data policy") && said.contains("--outdated"), "{said}");
    let knowingly = [Scene::offer(application, &voucher), vec!["--outdated"]].concat();
    let issued = hospital.json(&knowingly).await?;
    ensure!(text(&issued, "/applicant/application")? == hash, "{issued}");
    // She reads the new policy and applies again, which needs no such word.
    let declared = early.json(&["institution", "policy", "0"]).await?;
    ensure!(text(&declared, "/data_policy/text")? == STRICTER, "{declared}");
    let (again, _) = scene.apply(early, "early-again").await?;
    hospital.json(&Scene::offer(&again, &scene.path("early-again.voucher"))).await?;
    Ok(())
}
