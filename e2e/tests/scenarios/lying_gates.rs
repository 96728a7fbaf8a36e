// SPDX-License-Identifier: Apache-2.0

//! Gates that lie. Each reader of the chain can seal to a public key, so an answer that opens proves nothing: the client holds
//! each answer against the chain.

use crate::importing::{case, Scene};
use anyhow::{ensure, Context, Result};
use salus_chain::{At, Chain};
use salus_client::{
    agent::{Agent, AgentError, Content},
    keystore::Keystore,
    services::{Answer, Folders, ServiceError, Services, Vaults},
};
use salus_e2e::{node::Node, salus::PASSWORD};
use salus_gate::{
    protocol::{
        CompartmentRequest, GateRefusal, KeyPath, KeyRequest, NoteOf, NoteRequest, ReleaseRequest, ReleasedCompartment,
        ReleasedKey, ReleasedNote, RestRequest, Signed, StageRequest, UnsealProfileRequest, UnsealRequest, UnsealedKey,
        UnsealedProfile,
    },
    BoxedBytes, Released, ReleasedBlob,
};
use salus_primitives::{
    decision::{Basis, Denial},
    ChartId, CompartmentId, Digest, EncryptionKey, InstitutionId, RecordId, RequestId,
};
use salus_sealing::{
    blob::{seal_bytes, Bindings, ContentKey, Metadata},
    compartment::{CompartmentPath, CompartmentSecret},
    envelope::{seal_reason, Recipient},
    secret::Password,
};
use salus_vault::Vault;
use salus_vault_client::SealedObject;
use serde_json::Value;
use std::{
    io::Cursor,
    sync::{Arc, Mutex},
};
use tokio::io::{repeat, AsyncReadExt};

const CHART: ChartId = ChartId(0);

/// A false answer of a gate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Lie {
    None,
    /// Another content, sealed to the compartment's public key.
    Content,
    /// Other sealed bytes, with the true key envelope.
    Blob,
    /// Another version's way to a key.
    Version,
    /// The answers about the version before: blob and way to the key belong together.
    Old,
    /// A way to another key.
    Key,
    /// A denial of what the chain permits.
    Denied,
    /// The claim that the chain has no such record.
    NotFound,
    /// The beginning of a blob, and then the end of the connection.
    CutOff,
    /// The beginning of a blob, and another rest.
    Rest,
    /// Another compartment.
    Compartment,
    /// A secret that is said to be another institution's.
    Recipient,
    /// A secret of its own, sealed to the reader.
    Secret,
    /// A note of its own, sealed to the reader.
    Note,
}

/// Honest gates, but for the lie.
struct LyingGates {
    honest: Arc<dyn Services>,
    chain: Chain,
    reader: EncryptionKey,
    lie: Mutex<Lie>,
    /// The one that lies; all, if none is named.
    liar: Mutex<Option<InstitutionId>>,
    /// The answers about first versions, of whatever record was asked for last.
    old: Mutex<Old>,
}

/// A version that a gate gave out.
struct Heard {
    bindings: Bindings,
    content: Digest,
    basis: Basis,
    key_envelope: Option<Vec<u8>>,
    bytes: Vec<u8>,
}

impl Heard {
    fn again(&self) -> Released<BoxedBytes> {
        let blob = ReleasedBlob::new(self.bytes.len() as u64, Box::new(Cursor::new(self.bytes.clone())) as BoxedBytes);
        let Self { bindings, content, basis, .. } = *self;
        Released { bindings, content, basis, key_envelope: self.key_envelope.clone(), blob }
    }
}

/// The answers of a gate about a first version.
#[derive(Default)]
struct Old {
    blob: Option<Heard>,
    key: Option<Value>,
    /// How often they were given for another version.
    told: u32,
}

impl LyingGates {
    fn lie(&self, institution: InstitutionId) -> Lie {
        match self.liar.lock().unwrap().is_none_or(|liar| liar == institution) {
            true => *self.lie.lock().unwrap(),
            false => Lie::None,
        }
    }

    /// An answer about a first version, which is remembered.
    async fn heard(&self, mut released: Released<BoxedBytes>) -> Released<BoxedBytes> {
        let mut bytes = Vec::new();
        released.blob.read_to_end(&mut bytes).await.unwrap();
        let Released { bindings, content, basis, key_envelope, .. } = released;
        let heard = Heard { bindings, content, basis, key_envelope, bytes };
        let again = heard.again();
        self.old.lock().unwrap().blob = Some(heard);
        again
    }

    /// A refusal that is a lie.
    fn refusal(&self, institution: InstitutionId) -> Result<(), ServiceError> {
        match self.lie(institution) {
            Lie::Denied => Err(GateRefusal::Denied(Denial::NoGrant).into()),
            Lie::NotFound => Err(GateRefusal::NotFound.into()),
            _ => Ok(()),
        }
    }
}

impl Services for LyingGates {
    fn holders(&self) -> Answer<'_, Vec<InstitutionId>> {
        self.honest.holders()
    }

    fn authority(&self, institution: InstitutionId) -> Answer<'_, String> {
        self.honest.authority(institution)
    }

    fn release<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<ReleaseRequest>,
    ) -> Answer<'a, Released<BoxedBytes>> {
        Box::pin(async move {
            self.refusal(institution)?;
            let mut released = self.honest.release(institution, request).await?;
            let lie = self.lie(institution);
            match request.request().version {
                0 => released = self.heard(released).await,
                _ if lie == Lie::Old => {
                    let mut old = self.old.lock().unwrap();
                    old.told += 1;
                    return Ok(old.blob.as_ref().unwrap().again());
                }
                _ => {}
            }
            if [Lie::Content, Lie::Blob].contains(&lie) {
                let (bindings, key) = (released.bindings, ContentKey::generate());
                let blob = seal_bytes(b"made up", &Metadata::default(), &bindings, &key).unwrap();
                released.blob = ReleasedBlob::new(blob.len() as u64, Box::new(Cursor::new(blob)));
                if lie == Lie::Content {
                    let place = CompartmentPath::of(&bindings);
                    let epoch =
                        self.chain.epoch(At::Best, place.chart, place.compartment, bindings.epoch).await?.unwrap();
                    let recipient = place.recipient(bindings.epoch);
                    let (genesis, record, version) = (bindings.genesis, bindings.record, bindings.version);
                    let envelope = key.seal_to(recipient, &epoch.public_key, genesis, record, version).unwrap();
                    released.key_envelope = Some(envelope);
                }
            }
            if [Lie::CutOff, Lie::Rest].contains(&lie) {
                let size = released.blob.size();
                released.blob = ReleasedBlob::new(size, Box::new(released.blob.take(size / 2)));
            }
            Ok(released)
        })
    }

    fn release_rest<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<RestRequest>,
    ) -> Answer<'a, Released<BoxedBytes>> {
        Box::pin(async move {
            let mut released = self.honest.release_rest(institution, request).await?;
            if self.lie(institution) == Lie::Rest {
                let size = released.blob.size();
                released.blob = ReleasedBlob::new(size, Box::new(repeat(7).take(size - request.request().from)));
            }
            Ok(released)
        })
    }

    fn release_key<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<KeyRequest>,
    ) -> Answer<'a, ReleasedKey> {
        Box::pin(async move {
            self.refusal(institution)?;
            let mut released = self.honest.release_key(institution, request).await?;
            let mut old = self.old.lock().unwrap();
            match request.request().0.version {
                0 => old.key = Some(serde_json::to_value(&released).unwrap()),
                _ if self.lie(institution) == Lie::Old => {
                    old.told += 1;
                    return Ok(serde_json::from_value(old.key.clone().unwrap()).unwrap());
                }
                _ => {}
            }
            match (self.lie(institution), &mut released.path) {
                (Lie::Version, _) => released.bindings.version += 1,
                (Lie::Key, KeyPath::Compartment { secret, .. }) => {
                    let own = CompartmentSecret::generate(CompartmentPath::of(&released.bindings));
                    secret.envelope = own.seal_to(secret.recipient, &self.reader).unwrap();
                }
                _ => {}
            }
            Ok(released)
        })
    }

    fn release_compartment<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<CompartmentRequest>,
    ) -> Answer<'a, ReleasedCompartment> {
        Box::pin(async move {
            self.refusal(institution)?;
            let mut released = self.honest.release_compartment(institution, request).await?;
            match self.lie(institution) {
                Lie::Compartment => released.place.compartment.0 ^= 1,
                Lie::Recipient => released.secret.recipient = Recipient::Institution(InstitutionId(1)),
                Lie::Secret => {
                    let recipient = released.secret.recipient;
                    let own = CompartmentSecret::generate(released.place);
                    released.secret.envelope = own.seal_to(recipient, &self.reader).unwrap();
                }
                _ => {}
            }
            Ok(released)
        })
    }

    fn release_note<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<NoteRequest>,
    ) -> Answer<'a, ReleasedNote> {
        Box::pin(async move {
            let mut released = self.honest.release_note(institution, request).await?;
            if self.lie(institution) == Lie::Note {
                let NoteRequest { chart, reader, .. } = *request.request();
                let (recipient, genesis) = (Recipient::Member(reader), self.chain.genesis());
                let made_up = r#"{"text":"made up"}"#;
                released.sealed = seal_reason(made_up, recipient, &self.reader, genesis, chart).unwrap();
            }
            Ok(released)
        })
    }

    fn unseal<'a>(&'a self, institution: InstitutionId, request: &'a Signed<UnsealRequest>) -> Answer<'a, UnsealedKey> {
        self.honest.unseal(institution, request)
    }

    fn unseal_profile<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<UnsealProfileRequest>,
    ) -> Answer<'a, UnsealedProfile> {
        self.honest.unseal_profile(institution, request)
    }

    fn store<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<StageRequest>,
        objects: &'a [SealedObject],
    ) -> Answer<'a, ()> {
        self.honest.store(institution, request, objects)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_believes_the_chain_and_not_a_gate() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let node = Node::start(&folder.path().join("node")).await?;
    let scene = Scene::set(folder.path(), node.url()).await?;
    scene.patient.json(&["record", "add", "0", "--bundle", &case("first.json")]).await?;
    let chain = Chain::connect(node.url()).await?;
    let identity = Keystore::open(scene.patient.home().join("identities/me"))?.unlock(&Password::from(PASSWORD))?;
    let vaults = Vaults::below(folder.path().join("vaults"));
    let gates = Arc::new(LyingGates {
        honest: Folders::shared(&chain, &vaults),
        chain: chain.clone(),
        reader: identity.encryption().public(),
        lie: Mutex::new(Lie::None),
        liar: Mutex::new(None),
        old: Mutex::default(),
    });
    let agent = Agent::new(chain.clone(), gates.clone(), identity).await?;
    let key = chain.records(At::Finalized, CHART).await?.first().context("no record")?.key;
    let record = RecordId { chart: CHART, key };
    let first = CompartmentId(0);
    let is_false = |error: &AgentError| matches!(error, AgentError::FalseAnswer(_));

    let content = agent.read(record, None, None).await?;
    ensure!(content.content.expose().starts_with(b"{"), "not a FHIR resource");
    *gates.lie.lock().unwrap() = Lie::CutOff;
    let resumed = agent.read(record, None, None).await.context("a blob that was cut off")?;
    ensure!(resumed.content.expose() == content.content.expose(), "another content after a cut");
    let lies = [Lie::Content, Lie::Blob, Lie::Rest, Lie::Version, Lie::Key, Lie::Denied, Lie::NotFound];
    for lie in lies {
        *gates.lie.lock().unwrap() = lie;
        let error = agent.read(record, None, None).await.err().with_context(|| format!("{lie:?} is believed"))?;
        ensure!(is_false(&error) || ![Lie::Content, Lie::Version].contains(&lie), "{lie:?}: {error}");
        ensure!(agent.read_metadata(record, None, None).await.is_err(), "{lie:?} is believed");
    }
    // Another hospital has a copy of everything, and only the first one lies.
    let (home, other) = (InstitutionId(0), InstitutionId(1));
    copy(&vaults.existing(home).await?, &vaults.of(other).await?).await?;
    *gates.liar.lock().unwrap() = Some(home);
    for lie in [lies.as_slice(), &[Lie::Compartment, Lie::Recipient, Lie::Secret]].concat() {
        *gates.lie.lock().unwrap() = lie;
        let read = agent.read(record, None, None).await.with_context(|| format!("{lie:?}"))?;
        ensure!(read.content.expose() == content.content.expose(), "{lie:?}: another content");
        agent.read_metadata(record, None, None).await.with_context(|| format!("{lie:?}"))?;
        let found = agent.compartments(CHART).await?;
        ensure!(found.iter().all(|compartment| compartment.name.is_some()), "{lie:?}: a compartment without a name");
    }
    *gates.lie.lock().unwrap() = Lie::Secret;
    ensure!(agent.rotate(CHART, first).await? == 1, "no new epoch");
    // The rotation stored its objects at the first hospital.
    *gates.liar.lock().unwrap() = None;
    *gates.lie.lock().unwrap() = Lie::None;
    let honest = agent.compartments(CHART).await?;
    ensure!(honest.iter().all(|compartment| compartment.name.is_some()), "a compartment without a name");
    *gates.lie.lock().unwrap() = Lie::Compartment;
    for compartment in agent.compartments(CHART).await? {
        ensure!(compartment.name.is_none() && compartment.fault.is_some(), "another compartment's name is believed");
    }
    for lie in [Lie::Compartment, Lie::Recipient, Lie::Secret] {
        *gates.lie.lock().unwrap() = lie;
        let error = agent.rotate(CHART, first).await.err().with_context(|| format!("{lie:?} is believed"))?;
        // The secret of the first epoch does not even open as one of the second.
        let is_noticed = is_false(&error) || matches!(error, AgentError::Envelope(_));
        ensure!(is_noticed, "{lie:?}: {error}");
    }
    *gates.lie.lock().unwrap() = Lie::None;
    let asked = ["request", "0", "--reason", "Second opinion."];
    scene.doctor.json(&asked).await?;
    let of = NoteOf::Request(RequestId(0));
    let note = agent.note(CHART, of).await?.context("no note")?;
    ensure!(note.text == "Second opinion.", "another note");
    *gates.lie.lock().unwrap() = Lie::Note;
    let error = agent.note(CHART, of).await.err().context("a made up note is believed")?;
    ensure!(is_false(&error), "{error}");
    *gates.lie.lock().unwrap() = Lie::None;
    ensure!(agent.rotate(CHART, first).await? == 2, "no new epoch");
    an_older_version_is_no_newer_one(&agent, &gates, record, &vaults).await?;
    node.stop().await
}

/// The record is amended. A gate that gave out its first version does so again for the second one: what it gives opens, and is noticed.
async fn an_older_version_is_no_newer_one(
    agent: &Agent,
    gates: &LyingGates,
    record: RecordId,
    vaults: &Vaults,
) -> Result<()> {
    let (home, other) = (InstitutionId(0), InstitutionId(1));
    let first = agent.read(record, None, None).await?;
    ensure!(first.version == 0, "amended already");
    let second = b"{\"resourceType\":\"Basic\"}".to_vec();
    agent.amend(record, Content::Bytes(second.clone()), &Metadata::default()).await?;
    copy(&vaults.existing(home).await?, &vaults.of(other).await?).await?;
    let told = || gates.old.lock().unwrap().told;

    *gates.lie.lock().unwrap() = Lie::Old;
    let error = agent.read(record, None, None).await.err().context("an older version is believed")?;
    ensure!(matches!(error, AgentError::FalseAnswer(_)), "{error}");
    ensure!(agent.read_metadata(record, None, None).await.is_err(), "an older version is believed");
    *gates.liar.lock().unwrap() = Some(home);
    let before = told();
    let read = agent.read(record, None, None).await.context("the other hospital has the second version")?;
    ensure!(
        told() == before + 2 && read.holder == other,
        "told {} times; {} gave it out",
        told() - before,
        read.holder.0
    );
    ensure!(read.version == 1 && read.content.expose() == second, "version {}", read.version);
    *gates.liar.lock().unwrap() = None;
    *gates.lie.lock().unwrap() = Lie::None;
    let read = agent.read(record, None, None).await?;
    ensure!(read.version == 1 && read.content.expose() == second, "version {}", read.version);
    Ok(())
}

/// Copies all objects of one vault into another.
async fn copy(from: &Vault, to: &Vault) -> Result<()> {
    for id in from.list(None, usize::MAX).await? {
        to.put(from.get(&id).await?).await?;
    }
    Ok(())
}
