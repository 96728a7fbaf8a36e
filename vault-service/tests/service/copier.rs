// SPDX-License-Identifier: Apache-2.0

//! A copier over vaults of partners in memory.

use salus_chain::NamedObject;
use salus_gate::protocol::COPY_MISSING;
use salus_gate_testing::{CHART, DOCTOR};
use salus_primitives::{ChartId, Digest, InstitutionId};
use salus_vault::{object_id, Vault};
use salus_vault_client::Copies;
use salus_vault_service::{
    copies::{Copied, Copier, ExpectedObjects, Partners},
    staging::{Account, Ledger, Limits, StagedObject},
};
use std::{
    collections::BTreeMap,
    convert::Infallible,
    error::Error,
    io::Cursor,
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
};

const OWN: InstitutionId = InstitutionId(0);
const ONE: InstitutionId = InstitutionId(1);
const TWO: InstitutionId = InstitutionId(2);
const STRANGE: InstitutionId = InstitutionId(3);

/// A chain with one chart.
#[derive(Default)]
struct Chain {
    changes: u64,
    objects: BTreeMap<Digest, NamedObject>,
    asked: AtomicUsize,
}

impl ExpectedObjects for Chain {
    type Error = Infallible;

    async fn changes(&self, chart: ChartId) -> Result<Option<u64>, Infallible> {
        Ok((chart == ChartId(0)).then_some(self.changes))
    }

    async fn objects(&self, _: ChartId) -> Result<BTreeMap<Digest, NamedObject>, Infallible> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(self.objects.clone())
    }
}

/// The vaults of partners: bytes by the id under which a partner gives them out.
#[derive(Default)]
struct Vaults(BTreeMap<InstitutionId, BTreeMap<Digest, Vec<u8>>>);

impl Partners for Vaults {
    async fn copies(&self, partner: InstitutionId, ids: Vec<Digest>) -> Result<Copies, Box<dyn Error + Send + Sync>> {
        let vault = self.0.get(&partner).ok_or("it is away")?;
        let mut frame = Vec::new();
        for id in &ids {
            match vault.get(id) {
                Some(bytes) => frame.extend([&(bytes.len() as u64).to_be_bytes(), bytes.as_slice()].concat()),
                None => frame.extend(COPY_MISSING.to_be_bytes()),
            }
        }
        Ok(Copies::new(Box::new(Cursor::new(frame)), ids))
    }
}

struct Scene {
    _folder: tempfile::TempDir,
    vault: Vault,
    ledger: Arc<Ledger>,
    chain: Chain,
    partners: Vaults,
    copier: Copier,
}

impl Scene {
    async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open_folder(folder.path().join("vault")).await.unwrap();
        let limits = Limits { keep_free_mebibytes: 0, ..Limits::default() };
        let ledger = Arc::new(Ledger::open(&vault, limits).unwrap());
        let copier = Copier::new(OWN, vec![ONE, TWO], vault.clone(), ledger.clone());
        Self { _folder: folder, vault, ledger, chain: Chain::default(), partners: Vaults::default(), copier }
    }

    /// Has the chain name an object that belongs at `holder`.
    fn name(&mut self, bytes: &[u8], holder: InstitutionId) -> Digest {
        let object = NamedObject { holder, longest: bytes.len() as u64, is_needed: true };
        self.chain.objects.insert(object_id(bytes), object);
        object_id(bytes)
    }

    /// Has a partner give out `bytes` when it is asked for `id`.
    fn give(&mut self, partner: InstitutionId, id: Digest, bytes: &[u8]) {
        self.partners.0.entry(partner).or_default().insert(id, bytes.to_vec());
    }

    async fn round(&mut self) -> Copied {
        self.copier.round(&self.chain, &self.partners).await.unwrap()
    }
}

fn counts<const N: usize>(counts: [(InstitutionId, u64); N]) -> BTreeMap<InstitutionId, u64> {
    counts.into()
}

#[tokio::test]
async fn a_vault_gets_back_its_own_objects_and_keeps_those_of_partners() {
    let mut scene = Scene::set().await;
    let own = scene.name(b"own, lost", OWN);
    let of_one = scene.name(b"of one, which is away", ONE);
    let of_two = scene.name(b"of two", TWO);
    let strange = scene.name(b"of an institution that is not a partner", STRANGE);
    scene.give(TWO, own, b"own, lost");
    scene.give(TWO, of_one, b"of one, which is away");
    scene.give(TWO, of_two, b"of two");
    scene.give(TWO, strange, b"of an institution that is not a partner");
    let copied = scene.round().await;
    assert_eq!(copied.copied, counts([(OWN, 1), (ONE, 1), (TWO, 1)]));
    assert_eq!(copied.missing, counts([]));
    assert!(copied.complaints.iter().all(|complaint| complaint == "institution 1: it is away"));
    for (id, comes) in [(own, true), (of_one, true), (of_two, true), (strange, false)] {
        assert_eq!(scene.vault.has(&id).await.unwrap(), comes);
    }
    // A chart that is complete and unchanged is not looked at again.
    scene.round().await;
    assert_eq!(scene.chain.asked.load(Ordering::Relaxed), 1);
    scene.chain.changes = 1;
    assert_eq!(scene.round().await, Copied::default());
    assert_eq!(scene.chain.asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_partner_that_lies_is_passed_over() {
    let mut scene = Scene::set().await;
    let id = scene.name(b"true", OWN);
    scene.give(ONE, id, b"lies");
    let copied = scene.round().await;
    assert_eq!((copied.copied, copied.missing), (counts([]), counts([(OWN, 1)])));
    assert!(copied.complaints[0].contains("are others"), "{:?}", copied.complaints);
    assert!(scene.vault.is_empty().await.unwrap());
    scene.give(ONE, id, b"true, and so much longer");
    assert!(scene.round().await.complaints[0].contains("is longer than the chain says"));
    scene.give(TWO, id, b"true");
    assert_eq!(scene.round().await.copied, counts([(OWN, 1)]));
    assert_eq!(scene.vault.get(&id).await.unwrap(), &b"true"[..]);
    assert_eq!(std::fs::read_dir(scene.vault.folder().join("incoming")).unwrap().count(), 0);
}

#[tokio::test]
async fn one_object_that_is_not_as_named_holds_up_no_other() {
    let mut scene = Scene::set().await;
    let mut ids: Vec<_> = (0..20u8).map(|number| scene.name(&[number; 30], OWN)).collect();
    ids.sort_unstable();
    for number in 0..20u8 {
        scene.give(ONE, object_id(&[number; 30]), &[number; 30]);
    }
    // The first and one in the midst are longer than the chain says, another one is altered.
    scene.give(ONE, ids[0], &[7; 31]);
    scene.give(ONE, ids[9], &[7; 31]);
    scene.give(ONE, ids[15], &[99; 30]);
    let copied = scene.round().await;
    assert_eq!((copied.copied, copied.missing), (counts([(OWN, 17)]), counts([(OWN, 3)])));
    assert_eq!(copied.complaints.iter().filter(|complaint| complaint.contains("institution 1")).count(), 3);
}

#[tokio::test]
async fn a_note_that_is_nowhere_is_not_missed() {
    let mut scene = Scene::set().await;
    let note = scene.name(b"a note", OWN);
    scene.chain.objects.get_mut(&note).unwrap().is_needed = false;
    scene.name(b"an envelope", TWO);
    assert_eq!(scene.round().await.missing, counts([(TWO, 1)]));
}

#[tokio::test]
async fn a_copy_is_staged_by_no_member_any_more() {
    let mut scene = Scene::set().await;
    let id = scene.name(b"announced and never sent", OWN);
    let account = Account { writer: DOCTOR, institution: OWN, staff: true, guest: false };
    scene.ledger.enter(id, StagedObject { chart: CHART, record: None, account, size: 24, at: 0 }).unwrap();
    assert_eq!(scene.ledger.usage(), (1, 24));
    scene.give(ONE, id, b"announced and never sent");
    assert_eq!(scene.round().await.copied, counts([(OWN, 1)]));
    assert_eq!(scene.ledger.usage(), (0, 0));
}

#[tokio::test]
async fn more_objects_than_a_request_names_come_in_parts() {
    let mut scene = Scene::set().await;
    for number in 0..600u32 {
        let bytes = number.to_le_bytes();
        let id = scene.name(&bytes, ONE);
        scene.give(ONE, id, &bytes);
    }
    assert_eq!(scene.round().await.copied, counts([(ONE, 600)]));
    assert_eq!(scene.vault.len().await.unwrap(), 600);
}
