// SPDX-License-Identifier: Apache-2.0

//! The network with which every run of a campaign begins: founded by four hospitals, populated through the client library,
//! stopped in good order. Runs copy its databases and vaults, so that each begins in seconds and all with the same history.

use super::{
    model::Person,
    network::{Files, Network},
    observe::Watch,
    programs::Programs,
};
use anyhow::{ensure, Context, Result};
use futures::future::try_join_all;
use salus_chain::{At, Chain};
use salus_client::{
    agent::{answer_challenges, issue_voucher, redeem, Agent, CompartmentProfile, Content, GrantWish, Offer},
    services::{Folders, Vaults},
};
use salus_e2e::{binaries, founding::found_with, salus::Salus};
use salus_primitives::{
    access::{Grantee, Permission, Permissions, Purpose, Purposes, Scope},
    charts::CompartmentFlags,
    membership::{MemberStatus, Role},
    ChartId, CompartmentId, InstitutionId, Interval, Moment, RecordId,
};
use salus_sealing::{blob::Metadata, keys::Identity};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::process::Command;

/// How long the network may take for anything.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long a voucher can be redeemed.
const VOUCHER: Moment = 3_600_000;
/// The file with the code by which the runtime can be replaced.
const NEXT_RUNTIME: &str = "next-runtime.wasm";
/// Compartments of each chart.
pub const COMPARTMENTS: u8 = 2;

/// A person who takes part in the load.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Actor {
    /// The member, as the model needs it.
    pub person: Person,
    /// The secret URI of their keys; it is public.
    pub uri: String,
    /// The chart of a patient.
    pub chart: Option<ChartId>,
}

/// The network with which every run begins.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Template {
    /// The programs that made it.
    pub programs: Programs,
    /// The folders of the hospitals' files, relative to the template.
    hospitals: Vec<PathBuf>,
    /// Its last final block.
    pub height: u32,
    /// Patients, one for each hospital.
    pub patients: Vec<Actor>,
    /// Clinicians, two for each hospital: the first of each, then the second of each.
    pub clinicians: Vec<Actor>,
    /// Records that are there already.
    pub records: Vec<RecordId>,
    /// Whether the council planned to replace the runtime, and all confirmed it.
    upgrade_planned: bool,
    /// Where it is.
    #[serde(skip)]
    folder: PathBuf,
}

impl Template {
    /// The template in `folder`, if one is there.
    pub fn open(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join("template.json");
        if !path.exists() {
            return Ok(None);
        }
        let text = std::fs::read(&path)?;
        let template: Self =
            serde_json::from_slice(&text).with_context(|| format!("`{}` cannot be read", path.display()))?;
        Ok(Some(Self { folder: folder.to_owned(), ..template }))
    }

    /// The files of the network.
    pub fn files(&self) -> Files {
        let hospitals = self.hospitals.iter().map(|folder| self.folder.join(folder)).collect();
        Files { hospitals, keys: (1..=4).map(|number| self.folder.join(format!("machine-{number}/keys"))).collect() }
    }

    /// The folder of a node's database.
    pub fn data(&self, place: usize) -> PathBuf {
        self.folder.join(format!("data-{place}"))
    }

    /// The folder of the vaults.
    pub fn vaults(&self) -> PathBuf {
        self.folder.join("vaults")
    }

    /// The home of the command line on a hospital's machine, with the identities of its staff.
    pub fn home(&self, place: usize) -> PathBuf {
        home(&self.folder, place)
    }

    /// The file with the encryption key of a hospital.
    pub fn institution_key(&self, place: usize) -> PathBuf {
        institution_key(&self.folder, place)
    }

    /// The secret of the transaction key with which a hospital's vault service asks its partners.
    pub fn service_secret(&self, place: usize) -> Result<String> {
        let name = staff(place, "-service");
        let path = self.folder.join(format!("machine-{}/phrases", place.saturating_add(1)));
        let words = std::fs::read_to_string(path)?;
        let found = words.lines().filter_map(|line| line.split_once(": ")).find(|(of, _)| *of == name);
        Ok(format!("{}//transaction", found.with_context(|| format!("there is no identity `{name}`"))?.1))
    }

    /// The code by which the runtime can be replaced, if that was planned.
    pub fn next_runtime(&self) -> Option<PathBuf> {
        self.upgrade_planned.then(|| self.folder.join(NEXT_RUNTIME))
    }

    /// All people of whom the model has to know.
    pub fn people(&self) -> impl Iterator<Item = Person> + '_ {
        self.patients.iter().chain(&self.clinicians).map(|actor| actor.person)
    }

    /// Makes the template in the new folder `folder`. Needs the namespaces of [`crate::netlab::enter`].
    pub async fn make(folder: &Path, programs: &Programs) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let founded = Founders::begin(folder).await.context("the network cannot be founded")?;
        let mut network = Network::new(&founded.files, folder, folder, &programs.node)?;
        for machine in &mut network.machines {
            machine.start()?;
        }
        let watch = Watch::begin(&network.urls(), 0);
        let started = watch.until(PATIENCE, |seen| seen.nodes.iter().all(|node| node.finalized >= 2)).await;
        ensure!(
            started,
            "the network does not finalize anything: see {}: {:?}",
            folder.display(),
            watch.seen().trouble
        );
        let populated = populate(&founded, &network.urls(), &folder.join("vaults")).await?;
        enter_vaults(folder, &network.urls()).await.context("the vault services cannot be entered")?;
        if let Some(code) = &programs.next_runtime {
            std::fs::copy(code, folder.join(NEXT_RUNTIME)).context("the next runtime cannot be copied")?;
            plan_upgrade(folder, &network.urls(), programs).await.context("the upgrade cannot be planned")?;
        }

        // All have the same last block, and what is in memory reaches the disks.
        let height = watch.height().saturating_add(2);
        let level = watch.until(PATIENCE, |seen| seen.nodes.iter().all(|node| node.finalized >= height)).await;
        ensure!(level, "the nodes do not come to the same height");
        let Populated { patients, clinicians, records } = populated;
        for machine in &mut network.machines {
            let status = machine.node.stop().await?;
            ensure!(status.success(), "a node ended with {status}");
        }
        let template = Self {
            programs: programs.clone(),
            hospitals: founded.relative,
            height: watch.seen().height(),
            patients,
            clinicians,
            records,
            upgrade_planned: programs.next_runtime.is_some(),
            folder: folder.to_owned(),
        };
        // Written last: a template that is not finished is none.
        std::fs::write(folder.join("template.json"), serde_json::to_vec_pretty(&template)?)?;
        Ok(template)
    }
}

/// The name of an identity of a hospital's staff; `role` is empty for the hospital's own.
pub fn staff(hospital: usize, role: &str) -> String {
    format!("hospital-{}{role}", hospital.saturating_add(1))
}

fn home(folder: &Path, place: usize) -> PathBuf {
    folder.join(format!("machine-{}/home", place.saturating_add(1)))
}

fn institution_key(folder: &Path, place: usize) -> PathBuf {
    folder.join(format!("machine-{}/institution.key", place.saturating_add(1)))
}

/// The council enters the addresses and encryption keys of the vault services, which only some kinds of faults start.
async fn enter_vaults(folder: &Path, urls: &[String]) -> Result<()> {
    let desk = |place: usize, url: &str| -> Result<Salus> {
        Ok(Salus::new(&home(folder, place), &folder.join("vaults"), url)?.acting_as(&staff(place, "-delegate")))
    };
    let delegates: Vec<_> = urls.iter().enumerate().map(|(place, url)| desk(place, url)).collect::<Result<_>>()?;
    let (proposer, others) = delegates.split_first().context("no delegate")?;
    for place in 0..urls.len() {
        let (key, program) = (institution_key(folder, place), binaries::find("salus-vault")?);
        let made = Command::new(program).arg("key").arg("--out").arg(&key).output().await?;
        ensure!(made.status.success(), "no key: {}", String::from_utf8_lossy(&made.stderr));
        let (public, number, address) =
            (String::from_utf8(made.stdout)?, place.to_string(), crate::vaults::addresses::address(place));
        let update = ["institution", "update", &number, "--vault-address", &address, "--encryption-key", public.trim()];
        let made = proposer.json(&update).await?;
        let proposal = made.pointer("/progress/waiting/proposal").and_then(serde_json::Value::as_str);
        let proposal = proposal.with_context(|| format!("no proposal in {made}"))?.to_owned();
        let entered = async || -> Result<bool> {
            let shown = proposer.json(&["institution", "show", &number]).await?;
            Ok(shown.pointer("/profile/vault_address") == Some(&address.as_bytes().into()))
        };
        // As many as the council asks for.
        for delegate in others {
            if !entered().await? {
                delegate.json(&["council", "approve", &proposal, "--yes"]).await?;
            }
        }
        ensure!(entered().await?, "the council did not enter {address}");
    }
    Ok(())
}

/// The council plans to replace the runtime, and all authorities confirm it, each at their own desk.
async fn plan_upgrade(folder: &Path, urls: &[String], programs: &Programs) -> Result<()> {
    let (code, node) = (folder.join(NEXT_RUNTIME), &programs.node);
    let text = |path: &Path| path.to_str().map(str::to_owned).context("the name of the folder is not a text");
    let (code, node) = (text(&code)?, text(node)?);
    let desk = |place: usize, url: &str, role: &str| -> Result<Salus> {
        Ok(Salus::new(&home(folder, place), &folder.join("vaults"), url)?.acting_as(&staff(place, role)))
    };
    let mut proposal = None;
    for (place, url) in urls.iter().enumerate().take(3) {
        let delegate = desk(place, url, "-delegate")?;
        match &proposal {
            None => {
                let made = delegate.json(&["council", "plan-upgrade", &code, "--node-program", &node]).await?;
                let found = made.pointer("/progress/waiting/proposal").and_then(serde_json::Value::as_str);
                proposal = Some(found.with_context(|| format!("no proposal in {made}"))?.to_owned());
            }
            Some(proposal) => {
                delegate.json(&["council", "approve", proposal, "--yes"]).await?;
            }
        }
    }
    let confirm = |(place, url): (usize, &String)| {
        let (service, code, node) = (desk(place, url, "-service"), code.clone(), node.clone());
        async move { service?.json(&["authority", "confirm-upgrade", &code, "--node-program", &node]).await }
    };
    try_join_all(urls.iter().enumerate().map(confirm)).await?;
    Ok(())
}

/// A network that was begun, with the words of all identities.
struct Founders {
    files: Files,
    /// The folders of the hospitals' files, relative to the template.
    relative: Vec<PathBuf>,
    /// The phrases of each hospital's identities, by their names.
    phrases: Vec<BTreeMap<String, String>>,
}

impl Founders {
    async fn begin(folder: &Path) -> Result<Self> {
        let addresses: Vec<_> = (1..=4).map(|number| SocketAddr::from(([10, 77, 0, number], 30_333))).collect();
        // Upgrades need not wait long, and one verification is enough: what is tried is what comes after.
        let settings = "upgrade-delay = \"1s\"\nverifications = 1\n";
        let founded = found_with(folder, &addresses, settings).await?;
        let (mut relative, mut phrases) = (Vec::new(), Vec::new());
        for hospital in &founded.hospitals {
            relative.push(hospital.files.strip_prefix(folder).context("files elsewhere")?.to_owned());
            let machine = hospital.keys.parent().context("keys in no folder")?;
            let words = std::fs::read_to_string(machine.join("phrases"))?;
            let words = words.lines().filter_map(|line| line.split_once(": "));
            phrases.push(words.map(|(name, words)| (name.to_owned(), words.to_owned())).collect());
        }
        let (hospitals, keys) = founded.hospitals.into_iter().map(|hospital| (hospital.files, hospital.keys)).unzip();
        Ok(Self { files: Files { hospitals, keys }, relative, phrases })
    }

    fn identity(&self, hospital: usize, role: &str) -> Result<Identity> {
        let name = staff(hospital, role);
        let phrase = self.phrases.get(hospital).and_then(|phrases| phrases.get(&name));
        Ok(Identity::from_mnemonic(phrase.with_context(|| format!("there is no identity `{name}`"))?)?)
    }
}

struct Populated {
    patients: Vec<Actor>,
    clinicians: Vec<Actor>,
    records: Vec<RecordId>,
}

/// Patients and clinicians join; charts, grants and records follow.
async fn populate(founded: &Founders, urls: &[String], vaults: &Path) -> Result<Populated> {
    let chains = try_join_all(urls.iter().map(|url| Chain::connect(url))).await?;
    let mut people = Vec::new();
    for place in 0..4usize {
        people.push((place, Role::Patient, format!("//SalusFaults//Patient{place}")));
    }
    for place in 0..8usize {
        people.push((place % 4, Role::Clinician, format!("//SalusFaults//Clinician{place}")));
    }
    let joined =
        try_join_all(people.iter().map(|(hospital, role, uri)| join(founded, &chains, *hospital, *role, uri))).await?;

    // Each member is verified by another hospital than the one that admitted them; every verifier works through its own.
    let members: Vec<_> = joined.iter().map(|person| person.member).collect();
    let verify = |verifier: usize| {
        let members: Vec<_> = members
            .iter()
            .enumerate()
            .filter(|(place, _)| place.saturating_add(1) % 4 == verifier)
            .map(|(_, member)| *member)
            .collect();
        let chain = chains.get(verifier).cloned();
        async move {
            let chain = chain.context("a verifier without node")?;
            let reached = Vaults::below(vaults);
            let services = Folders::shared(&chain, &reached);
            let verifier = Agent::new(chain, services, founded.identity(verifier, "-verifier")?).await?;
            for member in members {
                verifier.challenge(member).await?;
            }
            Ok::<_, anyhow::Error>(())
        }
    };
    try_join_all((0..4).map(verify)).await?;
    let chain = chains.first().context("no node")?;
    let answer = |uri: &str| {
        let identity = Identity::from_uri(uri);
        async move {
            let answered = answer_challenges(chain, &identity?).await?;
            ensure!(answered.status == MemberStatus::Active, "a member is not active after all answers");
            Ok(())
        }
    };
    try_join_all(people.iter().map(|(_, _, uri)| answer(uri))).await?;

    let actors: Vec<Actor> = joined
        .into_iter()
        .zip(&people)
        .map(|(person, (_, _, uri))| Actor { person, uri: uri.clone(), chart: None })
        .collect();
    let (mut patients, clinicians): (Vec<_>, Vec<_>) =
        actors.into_iter().partition(|actor| actor.person.role == Role::Patient);
    let mut records = Vec::new();
    let furnish = |place: usize, patient: &Actor| {
        let (patient, chain) = (patient.clone(), chains.get(place).cloned());
        let readers: Vec<_> =
            [place, place.saturating_add(1) % 4].iter().filter_map(|at| clinicians.get(*at)).cloned().collect();
        async move { furnish(chain.context("a patient without node")?, vaults, &patient, &readers).await }
    };
    let furnished = try_join_all(patients.iter().enumerate().map(|(place, patient)| furnish(place, patient))).await?;
    for (patient, (chart, record)) in patients.iter_mut().zip(furnished) {
        patient.chart = Some(chart);
        records.push(record);
    }
    Ok(Populated { patients, clinicians, records })
}

async fn join(founded: &Founders, chains: &[Chain], hospital: usize, role: Role, uri: &str) -> Result<Person> {
    let chain = chains.get(hospital).context("a hospital without node")?;
    let issuer = founded.identity(hospital, "")?;
    let institution = InstitutionId(u32::try_from(hospital)?);
    let offer = Offer { institution, role, life: VOUCHER, valid_until: None, profile: uri.to_owned().into() };
    let (voucher, _) = issue_voucher(chain, issuer.membership(), offer).await?;
    let identity = Identity::from_uri(uri)?;
    let member = redeem(chain, &identity, &voucher).await.with_context(|| format!("{uri} cannot join"))?;
    Ok(Person { member, role, admitted_by: institution, account: identity.transaction().public() })
}

/// A chart with compartments, a record, and two clinicians who may read and add.
async fn furnish(chain: Chain, vaults: &Path, patient: &Actor, readers: &[Actor]) -> Result<(ChartId, RecordId)> {
    let identity = Identity::from_uri(&patient.uri)?;
    let vaults = Vaults::below(vaults);
    let agent = Agent::new(chain.clone(), Folders::shared(&chain, &vaults), identity).await?;
    let (chart, _) = agent.open_chart().await?;
    for number in 0..COMPARTMENTS {
        // One by one: the model does not look into batches.
        let profile = CompartmentProfile::named(&format!("Part {number}"), CompartmentFlags::default());
        agent.add_compartments(chart, &[profile]).await?;
    }
    let first = CompartmentId(0);
    for reader in readers {
        let wish = GrantWish {
            grantee: Grantee::Member(reader.person.member),
            scope: Scope::Compartment(first),
            permissions: Permissions::of(&[Permission::Read, Permission::Create]),
            purposes: Purposes::of(&[Purpose::Treatment]),
            interval: Interval { start: chain.now(At::Best).await?, end: None },
            text: None,
        };
        agent.grant(chart, &[wish]).await?;
    }
    let written = agent.create(chart, first, Content::Bytes(content(chart)), &metadata(), None).await?;
    Ok((chart, written.record))
}

/// Returns the content of every record in a chart. A reader can compare it with the content that a gate released.
pub fn content(chart: ChartId) -> Vec<u8> {
    format!("what belongs to chart {chart}").into_bytes()
}

/// Returns the metadata of every record.
pub fn metadata() -> Metadata {
    Metadata {
        kind: "Observation".to_owned(),
        title: "Observation".to_owned(),
        media_type: "text/plain".to_owned(),
        ..Metadata::default()
    }
}
