// SPDX-License-Identifier: Apache-2.0

//! A doctor discloses to a pharmacist what the patient lets disclose; the end of the doctor's grant ends it (S4-22).

use crate::importing::Scene;
use anyhow::{Context, Result};
use salus_e2e::{node::Node, salus::Salus};
use serde_json::Value;

/// A pharmacist to whom the doctor discloses, under a grant over the compartment General.
struct Case {
    scene: Scene,
    pharmacist: Salus,
    /// The pharmacist, as a grantee.
    to: String,
    /// The doctor's grant.
    under: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_disclosed_is_read_and_logged_and_ends_with_the_grant_above_it() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let node = Node::start(&folder.path().join("node")).await?;
    let scene = Scene::set(folder.path(), node.url()).await?;
    let pharmacist = Salus::new(&folder.path().join("pharmacist"), &folder.path().join("vaults"), node.url())?;
    let pharmacist = pharmacist.acting_as("me");
    let to = format!("member:{}", scene.join(&pharmacist, "pharmacist").await?);
    let (first, second) = (added(&scene, "first").await?, added(&scene, "second").await?);
    let grant = ["grant", "0", "--compartment", "General", "--permissions", "read,disclose", "--until", "8h", "--to"];
    let doctor = format!("member:{}", scene.doctors_number().await?);
    let granted = scene.patient.json(&[&grant[..], &[&doctor]].concat()).await?;
    let under = granted[0]["grant"].to_string();
    let case = Case { scene, pharmacist, to, under };

    a_record_is_disclosed(&case, &first, &second).await?;
    a_compartment_is_disclosed_and_taken_back(&case, &second).await?;
    no_one_discloses_further(&case, &first).await?;
    a_use_is_declared(&case, &first).await?;
    the_end_of_the_grant_ends_it(&case, &first).await?;
    node.stop().await?;
    Ok(())
}

impl Case {
    async fn disclose(&self, what: &[&str]) -> Result<Value> {
        self.scene.doctor.json(&[&["disclose", "0", "--under", &self.under, "--to", &self.to], what].concat()).await
    }

    async fn reads(&self, record: &str) -> Result<Vec<u8>> {
        self.pharmacist.bytes(&["record", "get", record, "--purpose", "treatment"]).await
    }

    async fn is_refused(&self, record: &str) -> Result<String> {
        self.pharmacist.refused(&["record", "get", record, "--purpose", "treatment"]).await
    }

    /// The kinds of the patient's new notices.
    async fn told(&self) -> Result<Vec<String>> {
        let notices = self.scene.patient.json(&["notices"]).await?;
        let kinds = notices.as_array().context("a list")?.iter().map(|it| it["kind"].as_str().unwrap_or_default());
        Ok(kinds.map(str::to_owned).collect())
    }
}

/// A letter of the doctor's, with its own name as its text.
async fn added(scene: &Scene, name: &str) -> Result<String> {
    let file = scene.text(name, name)?;
    let added = scene.doctor.json(&["record", "add", "0", &file, "--compartment", "General"]).await?;
    Ok(added["record"].as_str().context("a record")?.to_owned())
}

/// The pharmacist reads this record alone, and the patient is told by whom and to whom it was disclosed.
async fn a_record_is_disclosed(case: &Case, record: &str, other: &str) -> Result<()> {
    assert!(case.is_refused(record).await?.contains("no grant names the asker"));
    case.told().await?;
    let disclosed = case.disclose(&["--record", record, "--reason", "for the dose"]).await?;
    assert_eq!(case.reads(record).await?, b"first");
    assert!(case.is_refused(other).await?.contains("denied"));

    let number = disclosed["grant"].to_string();
    let note = case.pharmacist.json(&["note", "0", "--grant", &number]).await?;
    assert_eq!(note["text"], "for the dose");
    let told = case.told().await?;
    assert!(told.contains(&"disclosure".to_owned()) && told.contains(&"reading".to_owned()), "{told:?}");
    let life = case.scene.patient.json(&["log", "chart:0", "--about", &format!("grant:{number}")]).await?;
    let first = &life["entries"][0];
    assert_eq!(
        (&first["action"], &first["reason"]["basis"]["grant"]),
        (&"access-disclosed".into(), &case.under.parse::<u32>()?.into())
    );
    let shown = case.scene.patient.json(&["chart", "show", "0"]).await?;
    let shown = shown["grants"].as_array().context("grants")?.iter().find(|it| it["number"] == disclosed["grant"]);
    let end = |grant: &Value| grant["interval"]["end"].clone();
    let shown = shown.context("the grant is shown")?;
    assert_eq!(shown["disclosed_under"].to_string(), case.under);
    assert!(end(shown).is_u64(), "it ends with the grant above it");
    Ok(())
}

/// With what is added later, and after a rotation that renews the keys, until the doctor takes it back.
async fn a_compartment_is_disclosed_and_taken_back(case: &Case, record: &str) -> Result<()> {
    let disclosed = case.disclose(&["--compartment", "General"]).await?;
    assert_eq!(case.reads(record).await?, b"second");
    case.scene.patient.json(&["rotate", "0", "General"]).await?;
    let later = added(&case.scene, "later").await?;
    assert_eq!(case.reads(&later).await?, b"later");
    case.told().await?;
    let revoke = ["revoke", "0", &disclosed["grant"].to_string(), "--reason", "the dose is settled"];
    case.scene.doctor.json(&revoke).await?;
    assert_eq!(case.told().await?, ["disclosure"]);
    assert!(case.is_refused(&later).await?.contains("revoked"));
    Ok(())
}

/// Neither the pharmacist, nor under another's grant, nor more than the grant above has.
async fn no_one_discloses_further(case: &Case, record: &str) -> Result<()> {
    let doctor = format!("member:{}", case.scene.doctors_number().await?);
    let further = ["disclose", "0", "--under", &case.under, "--to", &doctor, "--record", record];
    let said = case.pharmacist.refused(&further).await?;
    assert!(said.contains("the member's role may not make this call"), "{said}");
    let create_only = ["disclose", "0", "--under", "0", "--to", &case.to, "--record", record];
    let said = case.scene.doctor.refused(&create_only).await?;
    assert!(said.contains("Access.NotDisclosable"), "{said}");
    let longer = ["disclose", "0", "--under", &case.under, "--to", &case.to, "--record", record, "--until", "30d"];
    let said = case.scene.doctor.refused(&longer).await?;
    assert!(said.contains("Access.ExceedsGrant"), "{said}");
    Ok(())
}

/// By a grant that says so, for its purpose.
async fn a_use_is_declared(case: &Case, record: &str) -> Result<()> {
    let declare = ["declare-use", "0", "--record", record, "--purpose", "treatment"];
    assert!(case.scene.doctor.refused(&declare).await?.contains("Records.NotPermitted"));
    let doctor = format!("member:{}", case.scene.doctors_number().await?);
    let grant = ["grant", "0", "--record", record, "--permissions", "use", "--to", &doctor];
    case.scene.patient.json(&grant).await?;
    case.told().await?;
    case.scene.doctor.json(&declare).await?;
    assert_eq!(case.told().await?, ["use"]);
    Ok(())
}

async fn the_end_of_the_grant_ends_it(case: &Case, record: &str) -> Result<()> {
    assert_eq!(case.reads(record).await?, b"first");
    case.scene.patient.json(&["revoke", "0", &case.under]).await?;
    let said = case.is_refused(record).await?;
    assert!(said.contains("the grant under which this was disclosed is not in force"), "{said}");
    Ok(())
}
