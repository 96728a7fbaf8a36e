// SPDX-License-Identifier: Apache-2.0

//! A copier over vaults of partners in memory.

use salus_chain::NamedObject;
use salus_gate::{protocol::COPY_MISSING, Head, HEAD_LIFE};
use salus_gate_testing::{institution, CHART, DOCTOR, NOW};
use salus_primitives::{
    membership::{InstitutionKind, InstitutionStatus, NumberedInstitution},
    ChartId, Digest, InstitutionId,
};
use salus_vault::{object_id, Vault};
use salus_vault_client::Copies;
use salus_vault_service::{
    copies::{Agreement, Checks, Copied, Copier, CopyError, Copying, ExpectedObjects, Note, Pace, Partners, Policy},
    staging::{Account, Ledger, Limits, StagedObject},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    error::Error,
    io::Cursor,
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc, Mutex,
    },
    time::Duration,
};
use tokio::{
    io::AsyncWriteExt,
    time::{sleep, timeout},
};

const OWN: InstitutionId = InstitutionId(0);
const ONE: InstitutionId = InstitutionId(1);
const TWO: InstitutionId = InstitutionId(2);
const STRANGE: InstitutionId = InstitutionId(3);

/// The chain's finalized block.
const HEAD: Head = Head { number: 10, hash: Digest([0; 32]), time: NOW };

/// A chain with one chart.
#[derive(Default)]
struct Chain {
    changes: u64,
    objects: BTreeMap<Digest, NamedObject>,
    institutions: Vec<NumberedInstitution>,
    asked: AtomicUsize,
    /// An object that it names no more once it was asked for all, which is a change.
    dropped: Option<Digest>,
}

impl ExpectedObjects for Chain {
    type Error = Infallible;

    async fn institutions(&self) -> Result<Vec<NumberedInstitution>, Infallible> {
        Ok(self.institutions.clone())
    }

    async fn changes(&self, chart: ChartId) -> Result<Option<u64>, Infallible> {
        let was_dropped = self.dropped.is_some() && self.asked.load(Ordering::Relaxed) > 0;
        Ok((chart == ChartId(0)).then_some(self.changes + u64::from(was_dropped)))
    }

    async fn objects(&self, _: ChartId) -> Result<BTreeMap<Digest, NamedObject>, Infallible> {
        let mut objects = self.objects.clone();
        if self.asked.fetch_add(1, Ordering::Relaxed) > 0 {
            self.dropped.and_then(|id| objects.remove(&id));
        }
        Ok(objects)
    }
}

/// The vaults of partners.
#[derive(Default)]
struct Vaults {
    /// Bytes by the id under which a partner gives them out.
    given: BTreeMap<InstitutionId, BTreeMap<Digest, Vec<u8>>>,
    /// Objects that a partner says to have, and has not.
    claimed: BTreeSet<(InstitutionId, Digest)>,
    /// Bytes after which the answers of a partner are cut off.
    cut: BTreeMap<InstitutionId, usize>,
    /// Partners of whose bytes one comes at a time.
    trickling: BTreeSet<InstitutionId>,
    /// Partners that were asked for bytes.
    asked: Mutex<Vec<InstitutionId>>,
    /// The places from which partners were asked to go on.
    resumed: Mutex<Vec<(InstitutionId, u64)>>,
}

impl Partners for Vaults {
    async fn copies(
        &self,
        partner: InstitutionId,
        ids: Vec<Digest>,
        from: u64,
    ) -> Result<Copies, Box<dyn Error + Send + Sync>> {
        let vault = self.given.get(&partner).ok_or("it is away")?;
        self.asked.lock().unwrap().push(partner);
        if from > 0 {
            self.resumed.lock().unwrap().push((partner, from));
        }
        let (mut frame, mut skipped) = (Vec::new(), from as usize);
        for id in &ids {
            match vault.get(id) {
                Some(bytes) => {
                    frame.extend((bytes.len() as u64).to_be_bytes());
                    frame.extend(bytes.get(std::mem::take(&mut skipped)..).unwrap_or_default());
                }
                None => frame.extend(COPY_MISSING.to_be_bytes()),
            }
        }
        if let Some(length) = self.cut.get(&partner) {
            frame.truncate(8 + length);
        }
        if self.trickling.contains(&partner) {
            return Ok(Copies::new(Box::new(trickle(frame)), ids, from));
        }
        Ok(Copies::new(Box::new(Cursor::new(frame)), ids, from))
    }

    async fn held(&self, partner: InstitutionId, ids: Vec<Digest>) -> Result<Vec<bool>, Box<dyn Error + Send + Sync>> {
        let vault = self.given.get(&partner).ok_or("it is away")?;
        Ok(ids.iter().map(|id| vault.contains_key(id) || self.claimed.contains(&(partner, *id))).collect())
    }
}

/// The first eight bytes at once, and of the others one at a time.
fn trickle(frame: Vec<u8>) -> tokio::io::DuplexStream {
    let (mut to, from) = tokio::io::duplex(64);
    tokio::spawn(async move {
        for (place, byte) in frame.into_iter().enumerate() {
            if place >= 8 {
                sleep(Duration::from_millis(10)).await;
            }
            if to.write_all(&[byte]).await.is_err() {
                return;
            }
        }
    });
    from
}

struct Scene {
    _folder: tempfile::TempDir,
    vault: Vault,
    ledger: Arc<Ledger>,
    chain: Chain,
    partners: Vaults,
    copying: Arc<Copying>,
    copier: Copier,
}

impl Scene {
    async fn set() -> Self {
        Self::with(None, vec![ONE, TWO]).await
    }

    async fn with(policy: Option<Policy>, partners: Vec<InstitutionId>) -> Self {
        Self::with_free(policy, partners, 0).await
    }

    /// So many MiB of the disk have to stay free.
    async fn with_free(policy: Option<Policy>, partners: Vec<InstitutionId>, keep_free_mebibytes: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open_folder(folder.path().join("vault")).await.unwrap();
        let limits = Limits { keep_free_mebibytes, ..Limits::default() };
        let ledger = Arc::new(Ledger::open(&vault, limits).unwrap());
        let copying = Arc::new(Copying::open(&vault, Agreement::with_partners(OWN, partners)).unwrap());
        let copier = Copier::new(OWN, policy, copying.clone(), vault.clone(), ledger.clone());
        Self { _folder: folder, vault, ledger, chain: Chain::default(), partners: Vaults::default(), copying, copier }
    }

    /// Has the chain name an object of `owner`.
    fn name(&mut self, bytes: &[u8], owner: InstitutionId) -> Digest {
        let object = NamedObject { owner, longest: bytes.len() as u64, is_needed: true };
        self.chain.objects.insert(object_id(bytes), object);
        object_id(bytes)
    }

    /// Has a partner give out `bytes` when it is asked for `id`.
    fn give(&mut self, partner: InstitutionId, id: Digest, bytes: &[u8]) {
        self.partners.given.entry(partner).or_default().insert(id, bytes.to_vec());
    }

    /// Puts an object into the own vault that the chain names.
    async fn keep(&mut self, bytes: &[u8]) -> Digest {
        let id = self.name(bytes, OWN);
        self.vault.put(bytes.to_vec()).await.unwrap();
        id
    }

    async fn round(&mut self) -> Copied {
        self.copier.round(&self.chain, &self.partners, HEAD, NOW).await.unwrap()
    }
}

fn counts<const N: usize>(counts: [(InstitutionId, u64); N]) -> BTreeMap<InstitutionId, u64> {
    counts.into()
}

#[tokio::test]
async fn a_full_disk_takes_in_nothing_and_the_missing_objects_are_counted() {
    let mut scene = Scene::with_free(None, vec![ONE, TWO], u32::MAX).await;
    for (bytes, owner) in [(b"one", OWN), (b"two", ONE)] {
        let id = scene.name(bytes, owner);
        scene.give(TWO, id, bytes);
    }
    for _ in 0..2 {
        let copied = scene.round().await;
        assert_eq!((copied.copied, copied.missing), (counts([]), counts([(OWN, 1), (ONE, 1)])));
        assert!(copied.complaints.contains(&"the disk is full: copies wait".to_owned()), "{:?}", copied.complaints);
    }
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
    // A chart that is complete, has its copies and is unchanged is not looked at again.
    scene.give(ONE, own, b"own, lost");
    scene.chain.changes = 1;
    scene.round().await;
    let looks = scene.chain.asked.load(Ordering::Relaxed);
    scene.round().await;
    assert_eq!(scene.chain.asked.load(Ordering::Relaxed), looks);
    scene.chain.changes = 2;
    let unchanged = scene.round().await;
    assert_eq!((unchanged.copied, unchanged.missing, unchanged.complaints), (counts([]), counts([]), vec![]));
    assert_eq!(scene.chain.asked.load(Ordering::Relaxed), looks + 1);
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
async fn a_copy_that_is_cut_off_goes_on_where_it_stopped() {
    let mut scene = Scene::set().await;
    let bytes: Vec<u8> = (0..5_000_000u32).map(|place| (place / 1000) as u8).collect();
    let id = scene.name(&bytes, OWN);
    scene.give(ONE, id, &bytes);
    // Small objects go on beside it.
    let small = scene.name(b"small", OWN);
    scene.give(TWO, small, b"small");
    scene.partners.cut.insert(ONE, 2_000_000);
    assert_eq!(scene.round().await.copied, counts([(OWN, 2)]));
    assert!(scene.vault.get(&id).await.unwrap() == bytes);
    let resumed = std::mem::take(&mut *scene.partners.resumed.lock().unwrap());
    assert!(matches!(resumed[..], [(ONE, 1_900_000..=2_000_000), (ONE, 3_900_000..=4_000_000)]), "{resumed:?}");

    // After an answer of few bytes, the rest is fetched when the chart is looked at again.
    scene.vault.delete(&id).await.unwrap();
    scene.chain.changes += 1;
    scene.partners.cut.insert(ONE, 900_000);
    while !scene.vault.has(&id).await.unwrap() {
        scene.round().await;
    }
    let resumed: Vec<_> = scene.partners.resumed.lock().unwrap().iter().map(|(_, from)| *from).collect();
    assert_eq!(resumed, [900_000, 1_800_000, 2_700_000, 3_600_000, 4_500_000]);
    assert_eq!(std::fs::read_dir(scene.vault.folder().join("incoming")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_copy_goes_on_with_the_same_partner_only() {
    let mut scene = Scene::set().await;
    let bytes = vec![7; 900_000];
    let id = scene.name(&bytes, TWO);
    scene.give(ONE, id, &[8; 900_000]);
    scene.partners.cut.insert(ONE, 500_000);
    assert!(scene.round().await.complaints.iter().any(|complaint| complaint.contains("end of file")));
    // The other bytes of the first partner are not held against the second one.
    scene.give(TWO, id, &bytes);
    let copied = scene.round().await;
    assert_eq!((copied.copied, copied.complaints.len()), (counts([(TWO, 1)]), 0));
    assert!(scene.partners.resumed.lock().unwrap().is_empty());

    // Alone, a partner that lied at first is asked for everything again.
    scene.vault.delete(&id).await.unwrap();
    scene.chain.changes += 1;
    scene.partners.given.remove(&TWO);
    scene.round().await;
    scene.partners.cut.clear();
    assert!(scene.round().await.complaints.iter().any(|complaint| complaint.contains("are others")));
    scene.give(ONE, id, &bytes);
    assert_eq!(scene.round().await.copied, counts([(TWO, 1)]));
}

#[tokio::test]
async fn a_copy_that_was_cut_off_ends_when_the_chain_names_it_no_more() {
    let mut scene = Scene::set().await;
    let id = scene.name(&[7; 900_000], TWO);
    scene.give(ONE, id, &[7; 900_000]);
    scene.partners.cut.insert(ONE, 500_000);
    scene.round().await;
    let incoming = scene.vault.folder().join("incoming");
    assert_eq!(std::fs::read_dir(&incoming).unwrap().count(), 1);
    // Its record is shredded.
    scene.chain.objects.clear();
    scene.chain.changes += 1;
    scene.partners.cut.clear();
    scene.round().await;
    assert_eq!(std::fs::read_dir(&incoming).unwrap().count(), 0);
    assert!(scene.vault.is_empty().await.unwrap());
}

#[tokio::test]
async fn a_blob_of_a_shredded_record_is_neither_fetched_nor_missed_although_a_living_one_names_it() {
    let mut scene = Scene::set().await;
    let (gone, other) = (scene.name(b"of a shredded record", OWN), scene.name(b"other", OWN));
    scene.give(ONE, gone, b"of a shredded record");
    scene.give(ONE, other, b"other");
    scene.copying.destroyed.note(gone).unwrap();
    let copied = scene.round().await;
    assert_eq!((copied.copied, copied.missing), (counts([(OWN, 1)]), counts([])));
    assert!(!scene.vault.has(&gone).await.unwrap() && scene.vault.has(&other).await.unwrap());
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
    assert_eq!(copied.complaints.iter().filter(|complaint| complaint.contains("object `0x")).count(), 3);
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
async fn a_note_is_looked_for_again_if_its_owner_did_not_know_it_yet() {
    let mut scene = Scene::set().await;
    let note = scene.name(b"a note", ONE);
    scene.chain.objects.get_mut(&note).unwrap().is_needed = false;
    assert_eq!(scene.round().await.copied, counts([]));
    scene.give(ONE, note, b"a note");
    assert_eq!(scene.round().await.copied, counts([(ONE, 1)]));
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

#[tokio::test]
async fn what_never_came_is_told_from_what_is_lost() {
    let mut scene = Scene::set().await;
    let held = scene.keep(b"held").await;
    scene.give(ONE, held, b"held");
    scene.give(TWO, held, b"held");
    assert_eq!(scene.round().await.missing, counts([]));
    // An author named what no vault has; one partner has an object of its own that never came either.
    scene.name(b"never uploaded", OWN);
    scene.name(b"never uploaded at the partner's", ONE);
    let of_two = scene.name(b"of two, which lost it later", TWO);
    scene.give(TWO, of_two, b"of two, which lost it later");
    scene.chain.changes = 1;
    let copied = scene.round().await;
    assert_eq!((copied.missing, copied.never_came), (counts([]), counts([(OWN, 1), (ONE, 1)])));
    // An object that was here once and is nowhere is lost, and one that belongs to a vault that is away may be.
    for id in [held, of_two] {
        scene.vault.delete(&id).await.unwrap();
        scene.partners.given.values_mut().for_each(|vault| drop(vault.remove(&id)));
    }
    scene.partners.given.remove(&ONE);
    scene.chain.changes = 2;
    let copied = scene.round().await;
    assert_eq!(copied.never_came, counts([(OWN, 1)]));
    assert_eq!(copied.missing, counts([(OWN, 1), (ONE, 1), (TWO, 1)]));
}

#[tokio::test]
async fn what_the_chain_named_before_the_notes_began_counts_as_lost() {
    let mut scene = Scene::set().await;
    scene.name(b"on the disk that was lost with the notes", OWN);
    scene.give(ONE, Digest([1; 32]), b"");
    for _ in 0..2 {
        assert_eq!(scene.round().await.missing, counts([(OWN, 1)]));
        scene.chain.changes += 1;
    }
}

#[tokio::test]
async fn own_objects_are_counted_by_their_copies() {
    let mut scene = Scene::set().await;
    let ids = [scene.keep(b"none").await, scene.keep(b"one").await, scene.keep(b"both").await];
    scene.give(ONE, ids[1], b"one");
    scene.give(ONE, ids[2], b"both");
    scene.give(TWO, ids[2], b"both");
    let copied = scene.round().await;
    assert_eq!(copied.copies, [(0, 1), (1, 1), (2, 1)].into());
    assert_eq!((copied.under_replicated, copied.wanted), (2, 2));
    // A partner that is away counts as having nothing.
    scene.partners.given.remove(&TWO);
    scene.chain.changes = 1;
    let copied = scene.round().await;
    assert_eq!((copied.copies, copied.under_replicated), ([(0, 1), (1, 2)].into(), 3));
    assert_eq!(scene.copying.last().unwrap().under_replicated, 3);
}

#[tokio::test]
async fn a_holder_that_is_away_or_lost_its_copy_is_noticed_although_the_chart_does_not_change() {
    let mut scene = Scene::with(None, vec![ONE]).await;
    let id = scene.keep(b"own").await;
    for loss in [Some(BTreeMap::new()), None] {
        scene.give(ONE, id, b"own");
        let mut rounds = 0;
        while scene.round().await.under_replicated > 0 {
            rounds += 1;
            assert!(rounds < 9, "the copy is there again");
        }
        match loss {
            Some(nothing) => scene.partners.given.insert(ONE, nothing),
            None => scene.partners.given.remove(&ONE),
        };
        scene.round().await;
        assert_eq!(scene.round().await.under_replicated, 1);
    }
}

#[tokio::test]
async fn a_holder_that_says_to_have_what_it_has_not_is_found_out() {
    let mut scene = Scene::with(None, vec![ONE]).await;
    let id = scene.keep(b"claimed").await;
    scene.give(ONE, Digest([1; 32]), b"");
    scene.partners.claimed.insert((ONE, id));
    let copied = scene.round().await;
    assert_eq!((copied.under_replicated, copied.checks[&ONE]), (0, Checks { whole: 0, false_claims: 1 }));
    assert!(copied.complaints[0].contains("does not give it"), "{:?}", copied.complaints);
    // From the next look on the claim counts no more, until the object comes whole.
    assert_eq!(scene.round().await.under_replicated, 1);
    scene.give(ONE, id, b"altered");
    scene.chain.changes = 1;
    let altered = scene.round().await;
    assert_eq!((altered.under_replicated, altered.checks[&ONE].false_claims), (1, 1));
    scene.give(ONE, id, b"claimed");
    scene.chain.changes = 2;
    let whole = scene.round().await;
    assert_eq!((whole.under_replicated, whole.checks[&ONE]), (0, Checks { whole: 1, false_claims: 0 }));
}

#[tokio::test]
async fn a_damaged_object_is_replaced_by_a_partners_copy() {
    let mut scene = Scene::with(None, vec![ONE]).await;
    let (id, other) = (scene.keep(b"whole").await, scene.keep(b"other").await);
    scene.give(ONE, id, b"whole");
    scene.give(ONE, other, b"other");
    scene.round().await;
    let text = id.to_string();
    std::fs::write(scene.vault.folder().join(&text[2..4]).join(&text[4..]), b"wrong").unwrap();
    scene.copying.have_repaired(&id);
    // Marked by mistake: nothing is fetched.
    scene.copying.have_repaired(&other);
    let copied = scene.round().await;
    assert_eq!((copied.repaired, copied.copied), (1, counts([(OWN, 1)])));
    assert_eq!(scene.vault.get(&id).await.unwrap(), &b"whole"[..]);
    assert!(scene.copying.damaged.all().unwrap().is_empty());
    // An object that the chain does not name is not fetched, however it is marked.
    let unnamed = object_id(b"shredded");
    scene.give(ONE, unnamed, b"shredded");
    scene.copying.have_repaired(&unnamed);
    scene.round().await;
    assert!(!scene.vault.has(&unnamed).await.unwrap());
}

#[tokio::test]
async fn objects_that_the_disk_does_not_give_out_are_replaced_and_end_no_round() {
    let mut scene = Scene::with(None, vec![ONE]).await;
    let (named, unread) = (scene.keep(b"marked").await, scene.keep(b"not looked at yet").await);
    scene.give(ONE, named, b"marked");
    scene.give(ONE, unread, b"not looked at yet");
    scene.round().await;
    for id in [named, unread] {
        let text = id.to_string();
        let path = scene.vault.folder().join(&text[2..4]).join(&text[4..]);
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(&path, &path).unwrap();
        assert!(scene.vault.has(&id).await.unwrap_err().is_damage());
    }
    scene.copying.have_repaired(&named);
    let copied = scene.round().await;
    assert_eq!((copied.repaired, copied.copied, copied.missing), (2, counts([(OWN, 2)]), counts([])));
    assert_eq!(scene.vault.get(&named).await.unwrap(), &b"marked"[..]);
    assert_eq!(scene.vault.get(&unread).await.unwrap(), &b"not looked at yet"[..]);
    assert!(scene.copying.damaged.all().unwrap().is_empty());
}

fn hospital(number: InstitutionId) -> NumberedInstitution {
    let mut institution = institution();
    institution.profile.vault_address = b"https://vault.example".to_vec().try_into().unwrap();
    NumberedInstitution { number, institution }
}

#[tokio::test]
async fn by_policy_a_vault_keeps_its_part_and_takes_over_when_another_leaves() {
    let policy = Policy { number: 1, kinds: vec![InstitutionKind::Hospital], except: Vec::new() };
    let mut scene = Scene::with(Some(policy.clone()), Vec::new()).await;
    scene.chain.institutions = [OWN, ONE, TWO].map(hospital).into();
    let mut ids = Vec::new();
    for number in 0..200u32 {
        let bytes = number.to_le_bytes();
        let id = scene.name(&bytes, ONE);
        scene.give(ONE, id, &bytes);
        ids.push(id);
    }
    let copied = scene.round().await.copied[&ONE];
    assert!((60..140).contains(&copied), "{copied}");
    assert_eq!(scene.vault.len().await.unwrap(), copied);
    let agreement = Agreement::with_partners(TWO, Vec::new()).with_policy(&policy, &scene.chain.institutions);
    for id in &ids {
        // Each object is at exactly one of the two others.
        assert_ne!(scene.vault.has(id).await.unwrap(), agreement.keeps(id, ONE));
        assert_eq!(scene.copying.notes.of(id).is_some(), scene.vault.has(id).await.unwrap());
    }
    let mine: Vec<_> = ids.iter().filter(|id| !agreement.keeps(id, ONE)).copied().collect();
    assert_eq!(scene.copying.of_owner(ONE, &ids).len(), mine.len());
    assert!(scene.copying.of_owner(TWO, &ids).is_empty());
    // The owner may have its own back; the third has no right to any.
    assert_eq!(scene.copying.permitted(ONE, &ids).len(), mine.len());
    assert!(scene.copying.permitted(TWO, &ids).is_empty() && scene.copying.permitted(STRANGE, &ids).is_empty());

    scene.chain.institutions[2].institution.status = InstitutionStatus::Suspended;
    scene.round().await;
    assert_eq!(scene.vault.len().await.unwrap(), 200);
    assert_eq!(scene.copying.others(), [ONE]);
    // Own objects have no holder but the one that is left.
    let own = scene.keep(b"own").await;
    scene.give(ONE, own, b"own");
    scene.chain.changes = 1;
    assert_eq!(scene.round().await.copies, [(1, 1)].into());
    assert_eq!(scene.copying.notes.of(&own), Some(Note { owner: OWN, chart: ChartId(0) }));
}

#[tokio::test]
async fn nothing_is_copied_by_the_word_of_a_chain_that_stands_still_or_is_behind() {
    let mut scene = Scene::set().await;
    scene.keep(b"kept").await;
    scene.round().await;
    let asked = scene.chain.asked.load(Ordering::Relaxed);
    let id = scene.name(b"named", OWN);
    scene.give(ONE, id, b"named");
    scene.chain.changes = 1;
    for head in [Head { number: 11, time: NOW - HEAD_LIFE - 1, ..HEAD }, Head { number: 9, ..HEAD }] {
        let refused = scene.copier.round(&scene.chain, &scene.partners, head, NOW).await.unwrap_err();
        assert!(matches!(refused, CopyError::Behind(number) if number == head.number), "{refused}");
    }
    assert!(!scene.vault.has(&id).await.unwrap());
    assert_eq!(scene.chain.asked.load(Ordering::Relaxed), asked, "it is not even asked");
    let young = Head { number: 11, time: NOW - HEAD_LIFE, ..HEAD };
    let copied = scene.copier.round(&scene.chain, &scene.partners, young, NOW).await.unwrap();
    assert_eq!(copied.copied, counts([(OWN, 1)]));
}

#[tokio::test]
async fn an_object_that_the_chain_names_no_more_once_it_arrived_does_not_come_back() {
    let mut scene = Scene::set().await;
    let (shredded, named) = (scene.name(b"shredded meanwhile", OWN), scene.name(b"named", TWO));
    for (id, bytes) in [(shredded, &b"shredded meanwhile"[..]), (named, b"named")] {
        scene.give(ONE, id, bytes);
    }
    scene.chain.dropped = Some(shredded);
    let copied = scene.round().await;
    assert_eq!((copied.copied, copied.missing), (counts([(TWO, 1)]), counts([])));
    assert!(!scene.vault.has(&shredded).await.unwrap() && scene.vault.has(&named).await.unwrap());
    assert!(scene.copying.notes.of(&shredded).is_none());
    assert_eq!(std::fs::read_dir(scene.vault.folder().join("incoming")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_partner_whose_bytes_trickle_holds_up_no_other() {
    let mut scene = Scene::set().await;
    scene.copier = scene.copier.with_pace(Pace { patience: Duration::from_millis(300), rate: 16 * 1024 });
    let bytes = vec![7; 1_000_000];
    // Of the first in its own vault, and of two others.
    let (of_one, own, of_two) = (scene.name(&bytes, ONE), scene.name(&bytes[1..], OWN), scene.name(b"small", TWO));
    for partner in [ONE, TWO] {
        scene.give(partner, of_one, &bytes);
        scene.give(partner, own, &bytes[1..]);
        scene.give(partner, of_two, b"small");
    }
    scene.partners.trickling.insert(ONE);
    // It would take hours.
    let copied = timeout(Duration::from_secs(60), scene.round()).await.unwrap();
    assert_eq!((copied.copied, copied.missing), (counts([(OWN, 1), (ONE, 1), (TWO, 1)]), counts([])));
    assert_eq!(copied.complaints, ["institution 1: its answer comes too slowly"]);
    let asked = std::mem::take(&mut *scene.partners.asked.lock().unwrap());
    assert_eq!(asked.iter().filter(|partner| **partner == ONE).count(), 1, "once in a round");

    // The bytes that came are not lost, and the next round asks again.
    scene.vault.delete(&of_one).await.unwrap();
    scene.chain.changes = 1;
    scene.partners.trickling.clear();
    assert_eq!(scene.round().await.copied, counts([(ONE, 1)]));
    assert!(matches!(scene.partners.resumed.lock().unwrap()[..], [(ONE, 1..1_000)]));
    assert!(scene.vault.get(&of_one).await.unwrap() == bytes);
}

#[tokio::test]
async fn a_copy_that_trickles_when_it_is_read_back_ends_the_patience_of_the_round() {
    let mut scene = Scene::with(None, vec![ONE]).await;
    scene.copier = scene.copier.with_pace(Pace { patience: Duration::from_millis(100), rate: 16 * 1024 });
    let bytes = vec![7; 100_000];
    let id = scene.keep(&bytes).await;
    scene.give(ONE, id, &bytes);
    scene.partners.trickling.insert(ONE);
    let copied = timeout(Duration::from_secs(60), scene.round()).await.unwrap();
    assert_eq!(copied.complaints, ["institution 1: its answer comes too slowly"]);
    assert_eq!(copied.checks[&ONE], Checks::default());
}
