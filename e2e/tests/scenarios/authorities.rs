// SPDX-License-Identifier: Apache-2.0

//! Authorities and the council. A second hospital's node becomes an authority, and a third hospital is admitted and
//! leaves. Delegates read, vote on and refuse proposals, and plan and withdraw an upgrade.
//!
//! `equivocation.rs` and the runtime's tests cover offenders.

use anyhow::{ensure, Context, Result};
use salus_e2e::{node::Node, salus::Salus, walls::Walls};
use serde_json::{json, Value};
use std::{
    future::Future,
    time::{Duration, Instant},
};

/// The time limit for two changes of session. On the `dev` chain a session lasts a minute.
const PATIENCE: Duration = Duration::from_secs(400);

/// Staff of the development chain's hospitals and of a third one, at one computer that uses the first hospital's node.
struct Scene {
    folder: tempfile::TempDir,
    people: Salus,
    entrance: String,
    _first: Node,
}

impl Scene {
    async fn begin() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (first, entrance) = Node::start_entrance(&folder.path().join("first"), &Walls::none()).await?;
        let people = Salus::new(&folder.path().join("home"), &folder.path().join("vaults"), first.url())?;
        for hospital in ["1", "2"] {
            for role in ["Delegate", "Service", "Verifier"] {
                let (name, uri) = (format!("{role}-{hospital}"), format!("//Hospital{hospital}//{role}"));
                people.json(&["key", "import", &name, "--uri", &uri]).await?;
            }
        }
        for name in ["Hospital-3", "Service-3", "Delegate-3", "Deputy-3"] {
            people.json(&["key", "import", name, "--uri", &format!("//Third//{name}")]).await?;
        }
        let scene = Self { folder, people, entrance, _first: first };
        // A voucher has the time of the newest finalized block.
        scene
            .until("a block is final", || async {
                Ok(scene.people.json(&["status"]).await?["finalized"]["number"].as_u64() > Some(0))
            })
            .await?;
        Ok(scene)
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    async fn acts(&self, who: &str, arguments: &[&str]) -> Result<Value> {
        self.people.acting_as(who).json(arguments).await
    }

    async fn refused(&self, who: &str, arguments: &[&str]) -> Result<String> {
        self.people.acting_as(who).refused(arguments).await
    }

    async fn seats(&self) -> Result<Vec<Value>> {
        let status = self.people.json(&["authority", "status"]).await?;
        Ok(status["seats"].as_array().context("seats")?.clone())
    }

    async fn motions(&self) -> Result<Vec<Value>> {
        Ok(self.people.json(&["council", "list"]).await?.as_array().context("a list")?.clone())
    }

    /// Proposes a call, and returns the hash of the motion, which waits for more votes.
    async fn propose(&self, who: &str, arguments: &[&str]) -> Result<String> {
        let proposed = self.acts(who, arguments).await?;
        let proposal = &proposed["progress"]["waiting"]["proposal"];
        Ok(proposal.as_str().with_context(|| format!("nothing waits: {proposed}"))?.to_owned())
    }

    /// Proposes a call, and lets others vote until the council executes it.
    async fn decide(&self, arguments: &[&str], others: &[&str]) -> Result<Value> {
        let proposal = self.propose("Delegate-1", arguments).await?;
        let mut decided = Value::Null;
        for other in others {
            decided = self.acts(other, &["council", "approve", &proposal, "--yes"]).await?;
        }
        ensure!(decided["progress"] == "executed", "{decided}");
        Ok(decided)
    }

    /// Makes a person a member of the third hospital's staff, and returns the member number.
    async fn joins(&self, who: &str, institution: &str, role: &str) -> Result<String> {
        let voucher = self.path(&format!("{who}.json"));
        let issue = ["voucher", "issue", "--institution", institution, "--role", role, "--out", &voucher];
        self.acts("Hospital-3", &issue).await?;
        let member = self.acts(who, &["join", &voucher]).await?["member"].to_string();
        for verifier in ["Verifier-1", "Verifier-2"] {
            self.acts(verifier, &["verify", "challenge", &member]).await?;
        }
        self.acts(who, &["verify", "answer"]).await?;
        Ok(member)
    }

    async fn until<Answer: Future<Output = Result<bool>>>(&self, what: &str, holds: impl Fn() -> Answer) -> Result<()> {
        let began = Instant::now();
        while !holds().await? {
            ensure!(began.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Ok(())
    }
}

/// Returns the verdict and the text of `salus doctor` about a subject.
async fn finding(salus: &Salus, subject: &str) -> Result<(String, String)> {
    let ran = salus.run(&["doctor"]).await?;
    let report: Value = serde_json::from_slice(&ran.stdout).with_context(|| ran.stderr.clone())?;
    let findings = report["findings"].as_array().context("findings")?;
    let found = findings.iter().find(|one| one["subject"] == subject).with_context(|| format!("no {subject}"))?;
    let word = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
    Ok((word("verdict"), word("says")))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hospitals_node_becomes_an_authority_and_the_council_decides() -> Result<()> {
    let scene = Scene::begin().await?;
    let second = second_node_sets_keys(&scene).await?;
    let own = Salus::new(scene.people.home(), &scene.folder.path().join("vaults"), second.url())?;
    proposals_that_come_to_nothing(&scene).await?;
    third_hospital_is_admitted(&scene).await?;
    votes_against_and_pauses(&scene).await?;
    upgrade_is_planned_and_taken_back(&scene).await?;

    // The keys from the beginning are in use.
    scene
        .until("the second hospital takes part", || async {
            let seats = scene.seats().await?;
            Ok(!seats[1]["keys_in_use"].is_null())
        })
        .await?;
    let seats = scene.seats().await?;
    assert_eq!(seats[1]["keys_in_use"], seats[1]["keys"]);
    assert_eq!(seats[1]["changes_with_session"], Value::Null);
    assert_eq!(finding(&own, "session keys").await?, ("ok".into(), "those of an authority of the network".into()));
    scene
        .until("its node sees both vote", || async {
            Ok(finding(&own, "hospitals").await?.1.starts_with("2 decide together and all vote"))
        })
        .await?;

    // With two authorities, the council can remove neither.
    for (who, arguments) in [
        ("Delegate-1", &["council", "remove-authority", "1"][..]),
        ("Delegate-1", &["council", "suspend-authority", "1"]),
    ] {
        let said = scene.refused(who, arguments).await?;
        assert!(said.contains("number of active authorities would be 1") && said.contains("--force"), "{said}");
    }
    own_seat_is_suspended(&scene).await?;

    third_hospital_leaves(&scene).await?;
    institutions_and_staff_are_judged(&scene).await?;
    // The council can remove it by force, with two thirds of the remaining seats.
    scene.decide(&["council", "remove-authority", "1", "--force"], &["Delegate-2"]).await?;
    let seats = scene.seats().await?;
    assert_eq!(seats.len(), 1);
    let said = scene.refused("Delegate-1", &["council", "remove-authority", "0", "--force"]).await?;
    assert!(said.contains("the only authority with session keys"), "{said}");

    let history = scene.people.json(&["authority", "history"]).await?;
    let did: Vec<_> = history.as_array().context("entries")?.iter().map(|entry| &entry["action"]).collect();
    let expected = [
        "session-keys-replaced",
        "authority-admitted",
        "authority-suspended",
        "authority-reinstated",
        "authority-removed",
        "authority-removed",
    ];
    assert_eq!(did, expected);
    second.stop().await
}

/// Sets session keys for the second hospital's node, whose seat has none. They count from the session after next.
async fn second_node_sets_keys(scene: &Scene) -> Result<Node> {
    let folder = scene.folder.path().join("second");
    let node = Node::start_beside(&scene.entrance, &["--rpc-methods=safe"], &folder, &Walls::none()).await?;
    let own = |node: &Node| Salus::new(scene.people.home(), &scene.folder.path().join("vaults"), node.url());
    let said = own(&node)?.acting_as("Service-2").failed(&["authority", "rotate-keys"]).await?;
    assert!(said.contains("SALUS_RPC_METHODS=unsafe"), "{said}");
    node.stop().await?;

    let node = Node::start_beside(&scene.entrance, &["--rpc-methods=unsafe"], &folder, &Walls::none()).await?;
    let said = own(&node)?.acting_as("Delegate-2").refused(&["authority", "rotate-keys"]).await?;
    assert!(said.contains("has no seat"), "{said}");
    let set = own(&node)?.acting_as("Service-2").json(&["authority", "rotate-keys"]).await?;
    assert_eq!((&set["institution"], &set["keys_in_use"]), (&json!(1), &Value::Null));
    let session = set["session"].as_u64().context("a session")?;
    assert_eq!(set["takes_effect_with_session"], session + 2);
    assert!((60_000..=120_000).contains(&set["takes_effect_in"].as_u64().context("a time")?), "{set}");

    let seats = scene.seats().await?;
    assert_eq!((&seats[1]["keys"], &seats[1]["keys_in_use"]), (&set["keys"], &Value::Null));
    assert_eq!((&seats[1]["will_take_part"], &seats[1]["changes_with_session"]), (&json!(true), &json!(session + 2)));
    let (verdict, says) = finding(&own(&node)?, "session keys").await?;
    assert_eq!(verdict, "warning");
    assert!(says.contains(&format!("they count from session {}", session + 2)), "{says}");
    Ok(node)
}

/// Checks proposals that are refused before any delegate votes.
async fn proposals_that_come_to_nothing(scene: &Scene) -> Result<()> {
    let service = scene.acts("Service-1", &["status"]).await?["member"]["id"].to_string();
    let service = format!("member:{service}");
    let seat = ["--account", service.as_str(), "--delegate", service.as_str()];
    for (arguments, word) in [
        ([&["council", "admit-authority", "0"], seat.as_slice()].concat(), "institution `0` has a seat already"),
        (vec!["council", "remove-authority", "7"], "institution `7` has no seat"),
        (vec!["council", "reinstate-authority", "0"], "is not suspended"),
        (vec!["council", "pause-call", "Council.vote"], "does not exist or cannot be paused"),
        (vec!["council", "resume-finality", "--last-final", "4000000"], "block 4000000 is not final at this node"),
        (vec!["council", "unpause-call", "Records.open_records"], "is not paused"),
        (vec!["authority", "take-vote"], "Authorities.AlreadyExists"),
    ] {
        let said = scene.refused("Delegate-1", &arguments).await?;
        assert!(said.contains(word), "{arguments:?}: {said}");
    }
    let nowhere = [&["council", "admit-authority", "7"], seat.as_slice()].concat();
    let said = scene.people.acting_as("Delegate-1").failed(&nowhere).await?;
    assert!(said.contains("there is no institution `7`"), "{said}");
    assert!(scene.motions().await?.is_empty());
    Ok(())
}

/// The council admits the third hospital as an institution, its staff join, and it gets a seat.
async fn third_hospital_is_admitted(scene: &Scene) -> Result<()> {
    let keys = scene.people.json(&["key", "show", "Hospital-3"]).await?;
    let key = |pointer: &str| keys.pointer(pointer).and_then(Value::as_str).map(str::to_owned).context("a key");
    let (issuing, encryption) = (key("/membership")?, key("/encryption/key")?);
    let admit =
        ["institution", "admit", "--kind", "hospital", "--issuing-key", &issuing, "--encryption-key", &encryption];
    let proposal = scene.propose("Delegate-1", &admit).await?;

    // Delegates read the motion and its votes.
    let motions = scene.motions().await?;
    let motion = motions.first().context("a motion")?;
    assert_eq!(motion["proposal"], proposal);
    assert_eq!(motion["decision"]["decision"], "admit-institution");
    assert_eq!(motion["decision"]["profile"]["issuing_key"], issuing);
    let voted = ["in_favor", "against", "not_yet"].map(|how| motion[how].clone());
    assert_eq!(voted, [json!([{ "institution": 0 }]), json!([]), json!([{ "institution": 1 }])]);
    assert_eq!((&motion["threshold"], &motion["state"]), (&json!(2), &json!("open")));
    // A delegate cannot vote twice, or close the motion before it is decided.
    let said = scene.refused("Delegate-2", &admit).await?;
    assert!(said.contains("proposed already") && said.contains(&proposal), "{said}");
    let said = scene.refused("Delegate-2", &["council", "close", &proposal]).await?;
    assert!(said.contains("waits for votes until block"), "{said}");
    let said = scene.refused("Delegate-1", &["council", "approve", &proposal, "--yes"]).await?;
    assert!(said.contains("Council.DuplicateVote"), "{said}");
    let decided = scene.acts("Delegate-2", &["council", "approve", &proposal, "--yes"]).await?;
    assert_eq!((&decided["progress"], &decided["institution"]), (&json!("executed"), &json!(2)));

    let service = scene.joins("Service-3", "2", "service").await?;
    let delegate = scene.joins("Delegate-3", "2", "delegate").await?;
    let seat = |account: &str, delegate: &str| {
        let [account, delegate] = [account, delegate].map(|member| format!("member:{member}"));
        ["council", "admit-authority", "2", "--account", &account, "--delegate", &delegate].map(str::to_owned)
    };
    let swapped = seat(&delegate, &service);
    let said = scene.refused("Delegate-1", &swapped.each_ref().map(String::as_str)).await?;
    assert!(said.contains("is not an account of an active service of institution `2`"), "{said}");
    let right = seat(&service, &delegate);
    scene.decide(&right.each_ref().map(String::as_str), &["Delegate-2"]).await?;
    let seats = scene.seats().await?;
    assert_eq!((seats.len(), &seats[2]["status"], &seats[2]["keys"]), (3, &json!("active"), &Value::Null));

    // Another delegate of the hospital, who joined a moment ago, does not speak for its seat yet.
    scene.joins("Deputy-3", "2", "delegate").await?;
    let said = scene.refused("Deputy-3", &["authority", "take-vote"]).await?;
    assert!(said.contains("Authorities.TooNew"), "{said}");
    assert_eq!(scene.seats().await?[2]["delegate"], seats[2]["delegate"]);
    Ok(())
}

/// The third hospital votes as well.
async fn votes_against_and_pauses(scene: &Scene) -> Result<()> {
    let proposal = scene.propose("Delegate-1", &["council", "require-verifications", "3"]).await?;
    let waiting = scene.acts("Delegate-2", &["council", "reject", &proposal, "--yes"]).await?;
    assert_eq!(waiting["progress"]["waiting"]["threshold"], 2);
    let decided = scene.acts("Delegate-3", &["council", "reject", &proposal, "--yes"]).await?;
    assert_eq!(decided["progress"], "disapproved");
    assert!(scene.motions().await?.is_empty());

    let pausable = scene.people.json(&["council", "pausable-calls"]).await?;
    assert!(pausable.as_array().context("a list")?.contains(&json!("Access.request_access")), "{pausable}");
    scene.decide(&["council", "pause-call", "Access.request_access"], &["Delegate-3"]).await?;
    let parameters = scene.people.json(&["council", "parameters"]).await?;
    assert_eq!(parameters["paused_calls"], json!(["Access.request_access"]));
    let (verdict, says) = finding(&scene.people, "pauses").await?;
    assert!(verdict == "warning" && says.contains("Access.request_access"), "{says}");
    scene.decide(&["council", "unpause-call", "Access.request_access"], &["Delegate-2"]).await?;
    scene.decide(&["council", "set-parameter", "--request-life", "2h"], &["Delegate-2"]).await?;
    let parameters = scene.people.json(&["council", "parameters"]).await?;
    assert_eq!((&parameters["paused_calls"], &parameters["request_life"]), (&json!([]), &json!(7_200_000)));
    Ok(())
}

/// Two thirds plan an upgrade, one authority confirms it, and more than half withdraw it before its delay has passed.
async fn upgrade_is_planned_and_taken_back(scene: &Scene) -> Result<()> {
    let said = scene.people.acting_as("Delegate-1").failed(&["council", "cancel-upgrade"]).await?;
    assert!(said.contains("no upgrade is planned"), "{said}");
    let Ok(runtime) = std::env::var("SALUS_NEXT_RUNTIME") else {
        eprintln!("SALUS_NEXT_RUNTIME names no file: no upgrade is planned");
        return Ok(());
    };
    scene.decide(&["council", "set-upgrade-delay", "1h"], &["Delegate-2"]).await?;
    let planned = scene.decide(&["council", "plan-upgrade", &runtime], &["Delegate-3"]).await?;
    let upgrade = scene.people.json(&["authority", "upgrade"]).await?;
    assert_eq!((&upgrade["stage"], &upgrade["confirmed"]), (&json!("delayed"), &json!([])), "{planned}");
    scene.acts("Service-1", &["authority", "confirm-upgrade", &runtime]).await?;
    let upgrade = scene.people.json(&["authority", "upgrade"]).await?;
    assert_eq!((&upgrade["stage"], &upgrade["confirmed"]), (&json!("delayed"), &json!([0])), "{upgrade}");
    let said = scene.refused("Service-1", &["authority", "apply-upgrade", &runtime]).await?;
    assert!(said.contains("The delay has not run yet"), "{said}");
    let said = scene.refused("Delegate-1", &["council", "plan-upgrade", &runtime]).await?;
    assert!(said.contains("is planned already") && said.contains("cancel-upgrade"), "{said}");

    scene.decide(&["council", "cancel-upgrade"], &["Delegate-3"]).await?;
    assert_eq!(scene.people.json(&["authority", "upgrade"]).await?, Value::Null);
    let said = scene.people.acting_as("Service-1").failed(&["authority", "confirm-upgrade", &runtime]).await?;
    assert!(said.contains("no upgrade is planned"), "{said}");
    Ok(())
}

/// The second hospital suspends its own seat without a vote, as after a theft of its keys. The council reinstates it.
async fn own_seat_is_suspended(scene: &Scene) -> Result<()> {
    scene.acts("Delegate-2", &["authority", "suspend"]).await?;
    let seats = scene.seats().await?;
    assert_eq!((&seats[1]["status"], seats[1]["keys_in_use"].is_null()), (&json!("suspended"), false));
    let said = scene.refused("Delegate-2", &["authority", "suspend"]).await?;
    assert!(said.contains("Authorities.InvalidStatus"), "{said}");
    scene.decide(&["council", "reinstate-authority", "1"], &["Delegate-3"]).await?;
    assert_eq!(scene.seats().await?[1]["status"], "active");
    Ok(())
}

/// The council takes each decision about an institution without a seat, and about its staff, once.
async fn institutions_and_staff_are_judged(scene: &Scene) -> Result<()> {
    let both = ["Delegate-2"];
    let deputy = scene.acts("Deputy-3", &["status"]).await?["member"]["id"].to_string();
    for (decision, status) in
        [("suspend-member", "suspended"), ("reinstate-member", "active"), ("revoke-member", "revoked")]
    {
        scene.decide(&["council", decision, &deputy], &both).await?;
        assert_eq!(scene.people.json(&["member", "show", &deputy]).await?["status"], status, "{decision}");
    }

    let key = scene.people.json(&["key", "show", "Delegate-3"]).await?["membership"].clone();
    let rotate = ["institution", "rotate-issuing-key", "2", key.as_str().context("a key")?];
    scene.decide(&rotate, &both).await?;
    assert_eq!(scene.people.json(&["institution", "show", "2"]).await?["profile"]["issuing_key"], key);
    for (decision, status) in [("suspend", "suspended"), ("reinstate", "active"), ("remove", "removed")] {
        scene.decide(&["institution", decision, "2"], &both).await?;
        assert_eq!(scene.people.json(&["institution", "show", "2"]).await?["status"], status, "{decision}");
    }
    Ok(())
}

/// The third hospital never had session keys, so the council can remove its seat.
async fn third_hospital_leaves(scene: &Scene) -> Result<()> {
    let said = scene.refused("Delegate-1", &["institution", "remove", "2"]).await?;
    assert!(said.contains("institution `2` has a seat") && said.contains("remove-authority 2"), "{said}");
    scene.decide(&["council", "remove-authority", "2"], &["Delegate-2"]).await?;
    assert_eq!(scene.seats().await?.len(), 2);
    let said = scene.people.acting_as("Delegate-3").run(&["council", "require-verifications", "1"]).await?;
    assert_eq!(said.status, 1, "{}", said.stderr);
    assert!(said.stderr.contains("Council.NotMember"), "{}", said.stderr);
    let said = scene.refused("Delegate-3", &["authority", "take-vote"]).await?;
    assert!(said.contains("belongs to no institution with a seat"), "{said}");
    Ok(())
}
