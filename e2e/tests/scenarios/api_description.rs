// SPDX-License-Identifier: Apache-2.0

//! The description that a vault service gives of itself, held against its answers by schemathesis: some thousand requests,
//! well-formed and ill-formed, signed by members and by strangers. No answer is a fault or contradicts the description, nearly
//! each path has given an answer, and nothing is lost.

use crate::{
    importing::{case, Scene},
    vault_loss::{objects, read_all},
};
use anyhow::{ensure, Context, Result};
use salus_chain::{At, Chain};
use salus_client::{agent::RunningSession, keystore::Keystore};
use salus_e2e::{
    node::{free_address, Node},
    salus::{Salus, PASSWORD},
    vault_service::{delegates, enter_address, member_key, ServicePlace},
};
use salus_gate::{
    protocol::{
        CompartmentRequest, GateRequest, KeyRequest, ReleaseRequest, ReleasedCompartment, ReleasedKey, RestRequest,
        Signed, UnsealProfileRequest, UnsealRequest,
    },
    system_now,
};
use salus_primitives::{access::Scope, records::KeyedRecord, ChartId, Digest, MemberId, RecordId};
use salus_sealing::{keys::Identity, secret::Password};
use salus_vault_client::{Address, VaultClient};
use serde::Serialize;
use serde_json::{json, Value};
use std::{env, net::Ipv4Addr, path::Path};
use tokio::process::Command;

/// The seed of the requests.
const SEED: u32 = 20_261_128;
/// The service's partner: the other hospital, and the member that is its service.
const COPIES: &str = "\n[copies]\npartners = [1]\n";
/// The texts that it declares.
const JOINING: &str = "[joining]\ncriteria = \"criteria.txt\"\ndata-policy = \"data-policy.txt\"\n";
const PARTNERS_SERVICE: u64 = 7;
/// Paths of which at least one request has to be answered with 200. The two others, of notes and of uploads, need a number that the
/// hooks do not have.
const ANSWERED: [&str; 11] = [
    "/v1/release",
    "/v1/release-rest",
    "/v1/release-key",
    "/v1/release-compartment",
    "/v1/stage",
    "/v1/copy",
    "/v1/held",
    "/v1/unseal",
    "/v1/unseal-profile",
    "/v1/service",
    "/v1/joining",
];

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs schemathesis: scripts/check-api.sh"]
async fn answers_are_as_the_description_says() -> Result<()> {
    let program =
        env::var("SALUS_SCHEMATHESIS").context("SALUS_SCHEMATHESIS names no program: scripts/check-api.sh")?;
    let folder = tempfile::tempdir()?;
    let node = Node::start(&folder.path().join("node")).await?;
    let (machine, authority) = (folder.path().join("hospital"), free_address(Ipv4Addr::LOCALHOST)?.to_string());
    member_key(&machine, "//Hospital1//Service//transaction")?;
    for name in ["criteria.txt", "data-policy.txt"] {
        std::fs::write(machine.join(name), "A text for all who ask.\n")?;
    }
    let further = format!("{COPIES}{JOINING}");
    let (place, key) = ServicePlace::init(&machine, &authority, 0, node.url(), &further).await?;
    let service = place.start().await?;
    let staff = Salus::with_services(&folder.path().join("council"), node.url())?;
    let delegates = delegates(&staff).await?;
    enter_address(&delegates, 0, &place.address(), Some(&key)).await?;
    service.until_ready().await?;
    let scene = Scene::with_services(folder.path(), node.url()).await?;
    scene.patient.json(&["record", "add", "0", "--bundle", &case("first.json")]).await?;
    let facts = facts(&scene, &place, folder.path(), node.url()).await?;
    let (stored, read) = (objects(&place.vault())?, read_all(&scene.patient, &folder.path().join("before")).await?);
    ensure!(!stored.is_empty(), "nothing is there that could be lost");

    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("api");
    let checked = Command::new(program)
        .arg("--config-file")
        .arg(scripts.join("schemathesis.toml"))
        .args(["run", &format!("{}/v1/openapi.json", place.address())])
        .args(["--url", &place.address(), "--seed", &SEED.to_string(), "--max-examples", "40", "--no-color"])
        .current_dir(folder.path())
        .env("PYTHONPATH", &scripts)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SALUS_API_FACTS", folder.path().join("facts.json"))
        .env("NO_PROXY", "*")
        .output()
        .await
        .context("schemathesis does not start")?;
    let said = String::from_utf8_lossy(&checked.stdout).into_owned() + &String::from_utf8_lossy(&checked.stderr);
    ensure!(checked.status.success(), "{said}");
    println!("{said}");

    // The check proves little when no request was answered, or none refused.
    let outcomes: Vec<Value> = serde_json::from_slice(&std::fs::read(&facts.outcomes)?)?;
    let count = |is: &dyn Fn(&Value) -> bool| -> u64 {
        outcomes.iter().filter(|one| is(one)).filter_map(|one| one["count"].as_u64()).sum()
    };
    let given = count(&|one| one["status"] == 200 && one["path"] != "/v1/openapi.json");
    let refused = count(&|one| one["refusal"] == "not-the-member");
    let all = count(&|_| true);
    println!("{all} requests; {given} were answered, {refused} came from strangers: {}", Value::from(outcomes.clone()));
    ensure!(all > 500 && given > 20 && refused > 20, "{all} requests, {given} answered, {refused} from strangers");
    for path in ANSWERED {
        ensure!(count(&|one| one["path"] == path && one["status"] == 200) > 0, "`{path}` never answered");
    }
    let fault = outcomes.iter().find(|one| one["status"].as_u64() >= Some(500));
    ensure!(fault.is_none(), "a fault: {fault:?}");

    // Every object is there as before, and the patient reads the same. Limits of the requests do not outlive the service.
    let after = objects(&place.vault())?;
    ensure!(stored.iter().all(|(id, bytes)| after.get(id) == Some(bytes)), "objects were lost");
    service.stop().await?;
    let service = place.start().await?;
    service.until_ready().await?;
    ensure!(read_all(&scene.patient, &folder.path().join("after")).await? == read, "the patient reads something else");
    service.stop().await?;
    node.stop().await
}

struct Facts {
    outcomes: std::path::PathBuf,
}

/// Writes what the hooks have to know: the chain, a record, and who may sign.
async fn facts(scene: &Scene, place: &ServicePlace, folder: &Path, node: &str) -> Result<Facts> {
    // Further keys of the patient and the doctor, which the hooks can derive.
    for (person, uri) in [(&scene.patient, "//ApiPatient"), (&scene.doctor, "//ApiDoctor")] {
        person.json(&["key", "import", "api", "--uri", uri]).await?;
        person.json(&["member", "add-key", "api"]).await?;
    }
    let chain = Chain::connect(node).await?;
    let chart = ChartId(0);
    let controller = chain.chart(At::Finalized, chart).await?.context("no chart")?.controller;
    let record = chain.records(At::Finalized, chart).await?.first().context("no record was added")?.key;
    let staff = (0_u64..).zip(["Issuer", "Verifier", "Delegate", "Service"]);
    let staff = staff.map(|(member, role)| (member.to_string(), format!("//Hospital1//{role}//transaction").into()));
    let mut members: serde_json::Map<String, Value> = staff.collect();
    members.insert(controller.to_string(), "//ApiPatient//transaction".into());
    members.insert(scene.doctors_number().await?, "//ApiDoctor//transaction".into());
    members.insert(PARTNERS_SERVICE.to_string(), "//Hospital2//Service//transaction".into());
    let outcomes = folder.join("outcomes.json");
    let record = RecordId { chart, key: record };
    let facts = json!({
        "genesis": chain.genesis().to_string(), "record": record.to_string(), "chart": 0, "members": members, "seed": SEED,
        "outcomes": outcomes, "ready": ready(scene, place, &chain, folder).await?,
    });
    std::fs::write(folder.join("facts.json"), serde_json::to_vec(&facts)?)?;
    Ok(Facts { outcomes })
}

/// For each path that needs more than chance finds: a request that the service answers, and who makes it.
async fn ready(scene: &Scene, place: &ServicePlace, chain: &Chain, folder: &Path) -> Result<Value> {
    // A grant to the hospital, under which the doctor has opened the compartment.
    let grant = ["grant", "0", "--to", "institution:0", "--compartment", "General", "--purposes", "treatment"];
    scene.patient.json(&grant).await?;
    let out = folder.join("opened").display().to_string();
    scene.doctor.json(&["record", "export", "0", "--purpose", "treatment", "--out", &out]).await?;
    let remembered = std::fs::read(scene.doctor.home().join("sessions.json"))?;
    let sessions: Vec<RunningSession> = serde_json::from_slice(&remembered)?;
    let RunningSession { chart, scope, session, .. } = *sessions.first().context("the doctor opened nothing")?;
    let records = chain.records(At::Finalized, chart).await?;
    let is_opened =
        |it: &&KeyedRecord| [Scope::Record(it.key), Scope::Compartment(it.record.compartment)].contains(&scope);
    let opened = records.iter().find(is_opened).context("the doctor opened no record")?;

    let doctor = Doctor::of(scene, place, chain).await?;
    let (reader, record) = (doctor.id, RecordId { chart, key: opened.key });
    let release = ReleaseRequest { record, version: 0, session: Some(session), reader, not_before: None };
    let key: ReleasedKey = doctor.client.json(&doctor.address, &doctor.sign(KeyRequest(release.clone()))).await?;
    let released = doctor.client.release(&doctor.address, &doctor.sign(release.clone())).await?;
    let rest = RestRequest { release: release.clone(), from: 1 };
    let unseal = UnsealRequest { release: release.clone(), path: key.path, key_envelope: released.key_envelope };
    let compartment = CompartmentRequest { chart, compartment: opened.record.compartment, reader, not_before: None };
    let released: ReleasedCompartment = doctor.client.json(&doctor.address, &doctor.sign(compartment.clone())).await?;
    let profile = UnsealProfileRequest { compartment: compartment.clone(), released };

    let present: Vec<_> =
        objects(&place.vault())?.into_keys().map(|path| format!("0x{}", path.replace('/', ""))).collect();
    let few: Vec<_> = present.into_iter().take(3).collect();
    let by_partner = |body: Value| json!({ "member": PARTNERS_SERVICE, "body": body });
    Ok(json!({
        "/v1/release-rest": doctor.ready(&rest)?,
        "/v1/release-key": doctor.ready(&KeyRequest(release.clone()))?,
        "/v1/release-compartment": doctor.ready(&compartment)?,
        "/v1/release": doctor.ready(&release)?,
        "/v1/unseal": doctor.ready(&unseal)?,
        "/v1/unseal-profile": doctor.ready(&profile)?,
        "/v1/copy": by_partner(json!({ "objects": few, "service": PARTNERS_SERVICE })),
        "/v1/held": by_partner(json!({ "objects": few, "service": PARTNERS_SERVICE })),
    }))
}

/// The doctor of a scene, who asks the service.
struct Doctor {
    identity: Identity,
    id: MemberId,
    client: VaultClient,
    address: Address,
    genesis: Digest,
}

impl Doctor {
    async fn of(scene: &Scene, place: &ServicePlace, chain: &Chain) -> Result<Self> {
        let keys = Keystore::open(scene.doctor.home().join("identities/me"))?;
        Ok(Self {
            identity: keys.unlock(&Password::from(PASSWORD))?,
            id: MemberId(scene.doctors_number().await?.parse()?),
            client: VaultClient::new(chain.genesis())?,
            address: Address::parse(&place.address()).context("no address")?,
            genesis: chain.genesis(),
        })
    }

    fn sign<R: GateRequest>(&self, request: R) -> Signed<R> {
        request.sign(&self.genesis, self.address.authority(), self.identity.transaction(), system_now())
    }

    /// A request of the doctor's, for the hooks.
    fn ready(&self, request: &impl Serialize) -> Result<Value> {
        Ok(json!({ "member": self.id.0, "body": serde_json::to_value(request)? }))
    }
}
