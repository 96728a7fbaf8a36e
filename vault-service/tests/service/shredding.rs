// SPDX-License-Identifier: Apache-2.0

//! Objects of shredded records: which ones go, which ones stay, and what the institution says of them.

use crate::{
    messages::{answer, custody, message, problem, service, service_with},
    writes::request,
};
use axum::http::StatusCode;
use salus_chain::{NamedObject, SubmitError};
use salus_gate::{
    protocol::{GateRefusal, StageRequest},
    Head, HEAD_LIFE,
};
use salus_gate_testing::{record, World, CHART, DOCTOR, GENESIS, HOSPITAL, NOW, PATIENT};
use salus_primitives::{
    access::Scope,
    decision::Denial,
    membership::NumberedInstitution,
    records::RecordState,
    shredding::{Absence, NumberedShredding, Shredding, StoreKind},
    time::{DAY, HOUR, SECOND},
    ChartId, Digest, InstitutionId, Moment, RecordId, RecordKey,
};
use salus_sealing::blob::{seal_bytes, Bindings, ContentKey, Metadata};
use salus_vault::{object_id, Vault};
use salus_vault_service::{
    copies::{Agreement, Copying, ExpectedObjects},
    migration::migrate,
    shredding::{Attests, ShredError, Shredded, Shredder, Shreddings},
    staging::{Account, Ledger, Limits, StagedObject},
    unnamed::{Marks, Vaults},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    sync::{Arc, Mutex},
};

/// A question that the chain may leave unanswered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Question {
    Finalized,
    Shreddings,
    Objects(RecordId),
    Word(u64),
    Charts,
}

/// A chain, and what it tells of shredded records.
struct Chain {
    head: Mutex<Head>,
    /// The objects that each chart names.
    charts: Mutex<Vec<BTreeSet<Digest>>>,
    shreddings: Mutex<Vec<Shredding>>,
    objects: Mutex<BTreeMap<RecordId, BTreeSet<Digest>>>,
    words: Mutex<BTreeMap<u64, Absence>>,
    /// How many words came.
    attested: Mutex<usize>,
    silent: Mutex<BTreeSet<Question>>,
    /// Shreddings about which it takes no word.
    refuses: Mutex<BTreeSet<u64>>,
    /// How often all charts were asked.
    asked: Mutex<usize>,
    /// Marks that a member strikes out while all charts are asked.
    announced: Mutex<Vec<(Marks, Digest)>>,
}

impl Chain {
    fn new() -> Self {
        Self {
            head: Mutex::new(Head { number: 100, hash: Digest([0; 32]), time: NOW }),
            charts: Mutex::new(vec![BTreeSet::new(); 3]),
            shreddings: Mutex::default(),
            objects: Mutex::default(),
            words: Mutex::default(),
            attested: Mutex::default(),
            silent: Mutex::default(),
            refuses: Mutex::default(),
            asked: Mutex::default(),
            announced: Mutex::default(),
        }
    }

    fn answer(&self, question: Question) -> io::Result<()> {
        match self.silent.lock().unwrap().contains(&question) {
            true => Err(io::ErrorKind::NotConnected.into()),
            false => Ok(()),
        }
    }

    fn silence(&self, question: Question) {
        self.silent.lock().unwrap().insert(question);
    }

    fn speak(&self) {
        self.silent.lock().unwrap().clear();
    }

    /// Time passes.
    fn pass(&self, time: Moment) {
        let mut head = self.head.lock().unwrap();
        (head.number, head.time) = (head.number + 1, head.time + time);
    }

    fn time(&self) -> Moment {
        self.head.lock().unwrap().time
    }

    fn name(&self, chart: usize, id: Digest) {
        self.charts.lock().unwrap()[chart].insert(id);
    }

    fn word(&self, shredding: u64) -> Option<Absence> {
        self.words.lock().unwrap().get(&shredding).copied()
    }

    /// Shreds a record now.
    fn shred(&self, record: RecordId, objects: impl IntoIterator<Item = Digest>) {
        let at = self.time();
        let (by, block) = (PATIENT, self.head.lock().unwrap().number);
        let shredding = Shredding { record, requested_by: by, requested_at: at, by, at, block };
        self.shreddings.lock().unwrap().push(shredding);
        self.objects.lock().unwrap().insert(record, objects.into_iter().collect());
    }
}

impl ExpectedObjects for Chain {
    type Error = io::Error;

    async fn institutions(&self) -> io::Result<Vec<NumberedInstitution>> {
        Ok(Vec::new())
    }

    async fn changes(&self, chart: ChartId) -> io::Result<Option<u64>> {
        self.answer(Question::Charts)?;
        Ok(self.charts.lock().unwrap().get(chart.0 as usize).map(|_| 1))
    }

    async fn objects(&self, chart: ChartId) -> io::Result<BTreeMap<Digest, NamedObject>> {
        if chart == ChartId(0) {
            *self.asked.lock().unwrap() += 1;
            self.announced.lock().unwrap().drain(..).for_each(|(marks, id)| marks.strike(&id).unwrap());
        }
        let object = NamedObject { owner: HOSPITAL, longest: 9, is_needed: true };
        Ok(self.charts.lock().unwrap()[chart.0 as usize].iter().map(|id| (*id, object)).collect())
    }
}

impl Shreddings for Chain {
    fn genesis(&self) -> Digest {
        GENESIS
    }

    async fn finalized(&self) -> io::Result<Head> {
        self.answer(Question::Finalized)?;
        Ok(*self.head.lock().unwrap())
    }

    /// Two at a time.
    async fn shreddings(&self, from: u64) -> io::Result<Vec<NumberedShredding>> {
        self.answer(Question::Shreddings)?;
        let all = self.shreddings.lock().unwrap();
        let numbered = (0..).zip(all.iter()).map(|(number, it)| NumberedShredding { number, shredding: *it });
        Ok(numbered.skip(from as usize).take(2).collect())
    }

    async fn objects_of_shredded(&self, record: RecordId) -> io::Result<BTreeSet<Digest>> {
        self.answer(Question::Objects(record))?;
        Ok(self.objects.lock().unwrap()[&record].clone())
    }

    async fn attested(&self, shredding: u64, institution: InstitutionId) -> io::Result<Option<Absence>> {
        assert_eq!(institution, HOSPITAL);
        self.answer(Question::Word(shredding))?;
        Ok(self.word(shredding))
    }
}

impl Attests for Chain {
    async fn attest(&self, words: &[(u64, Absence)]) -> Result<(), SubmitError> {
        for (shredding, absence) in words {
            if self.refuses.lock().unwrap().contains(shredding) {
                return Err(SubmitError::AccountBusy { attempts: 3 });
            }
            self.words.lock().unwrap().insert(*shredding, *absence);
            *self.attested.lock().unwrap() += 1;
        }
        Ok(())
    }
}

struct Scene {
    world: World,
    vault: Vault,
    ledger: Ledger,
    copying: Copying,
    marks: Marks,
    chain: Chain,
    shredder: Shredder,
}

fn shredder() -> Shredder {
    Shredder::new(HOSPITAL, StoreKind::Folder, true)
}

/// A blob that was sealed for a record.
fn blob(genesis: Digest, record: RecordId, content: &[u8]) -> Vec<u8> {
    let bindings = Bindings { genesis, record, version: 0, compartment: salus_gate_testing::LABORATORY, epoch: 0 };
    seal_bytes(content, &Metadata::default(), &bindings, &ContentKey::generate()).unwrap()
}

fn word(absent: u32, kept: u32) -> Option<Absence> {
    Some(Absence { absent, kept, store: StoreKind::Folder })
}

fn staged(chart: ChartId, record: Option<RecordKey>) -> StagedObject {
    let account = Account { writer: DOCTOR, institution: HOSPITAL, staff: true, guest: false };
    StagedObject { chart, record, account, size: 10, at: NOW }
}

impl Scene {
    async fn set() -> Self {
        let world = World::new().await;
        let vault = world.vault.clone();
        Self::of(world, vault)
    }

    fn of(world: World, vault: Vault) -> Self {
        let ledger = Ledger::open(&vault, Limits { keep_free_mebibytes: 0, ..Limits::default() }).unwrap();
        let copying = Copying::open(&vault, Agreement::with_partners(HOSPITAL, Vec::new())).unwrap();
        let marks = Marks::of(&vault);
        Self { world, vault, ledger, copying, marks, chain: Chain::new(), shredder: shredder() }
    }

    async fn put(&self, bytes: &[u8]) -> Digest {
        self.vault.put(bytes.to_vec()).await.unwrap()
    }

    async fn has(&self, id: &Digest) -> bool {
        self.vault.has(id).await.unwrap()
    }

    async fn has_any(&self, ids: &[Digest]) -> bool {
        for id in ids {
            if self.has(id).await {
                return true;
            }
        }
        false
    }

    async fn try_round(&mut self) -> (Shredded, Option<ShredError<io::Error>>) {
        let vaults = Vaults { vault: &self.vault, ledger: &self.ledger, copying: &self.copying, marks: &self.marks };
        self.shredder.round(vaults, &self.chain, self.chain.time()).await
    }

    async fn round(&mut self) -> Shredded {
        let (shredded, fault) = self.try_round().await;
        assert!(fault.is_none(), "{fault:?}");
        shredded
    }

    /// A round, and the words that are due after it.
    async fn attested_round(&mut self) -> Shredded {
        let shredded = self.round().await;
        self.shredder.attest(&self.chain).await.unwrap();
        shredded
    }
}

#[tokio::test]
async fn all_objects_of_a_record_are_deleted_and_counted() {
    let mut scene = Scene::set().await;
    let large = vec![1; 300_000];
    let mut ids = vec![Digest([9; 32])];
    for bytes in [&blob(GENESIS, record(5), &large)[..], &blob(GENESIS, record(5), b"small"), b"envelope", b"note"] {
        ids.push(scene.put(bytes).await);
    }
    let (other, before) = (scene.put(b"of a living record").await, scene.vault.len().await.unwrap());
    scene.copying.damaged.mark(&ids[1]).unwrap();
    scene.marks.mark(&ids[3], NOW).unwrap();
    assert_eq!(scene.attested_round().await, Shredded::default());
    scene.chain.shred(record(5), ids.clone());
    let shredded = scene.attested_round().await;
    assert_eq!((shredded.deleted, shredded.waiting, shredded.complaints.len()), (4, 1, 0));
    assert!(!scene.has_any(&ids).await && scene.has(&other).await);
    assert_eq!(scene.vault.len().await.unwrap(), before - 4);
    assert_eq!(scene.chain.word(0), word(5, 0));
    assert!(scene.marks.all().unwrap().is_empty() && scene.copying.damaged.all().unwrap().is_empty());
    // Nothing is left to do, and the chain is asked about all charts once.
    assert_eq!(scene.attested_round().await, Shredded::default());
    assert_eq!((*scene.chain.asked.lock().unwrap(), *scene.chain.attested.lock().unwrap()), (1, 1));
}

#[tokio::test]
async fn what_a_living_record_names_stays_and_a_blob_of_the_shredded_one_goes_all_the_same() {
    let mut scene = Scene::set().await;
    let ids = [
        scene.put(&blob(GENESIS, record(5), b"shredded")).await,
        scene.put(b"an envelope that another record names").await,
        scene.put(b"an envelope").await,
    ];
    scene.chain.name(1, ids[0]);
    scene.chain.name(1, ids[1]);
    scene.chain.shred(record(5), ids);
    assert_eq!(scene.attested_round().await.deleted, 2);
    assert!(!scene.has(&ids[0]).await && scene.has(&ids[1]).await && !scene.has(&ids[2]).await);
    assert_eq!(scene.chain.word(0), word(2, 1));
    assert!(scene.copying.destroyed.has(&ids[0]) && !scene.copying.destroyed.has(&ids[1]));
    // The rounds know that it stays, so none asks again. Once a day one does.
    scene.chain.pass(SECOND);
    assert_eq!(scene.attested_round().await, Shredded::default());
    assert_eq!(*scene.chain.asked.lock().unwrap(), 1);
    scene.chain.charts.lock().unwrap()[1].clear();
    scene.chain.pass(DAY);
    assert_eq!(scene.attested_round().await.deleted, 1);
    assert_eq!((scene.chain.word(0), *scene.chain.attested.lock().unwrap()), (word(3, 0), 2));
}

/// A member registers another patient's objects as a record of its own, and has that shredded.
#[tokio::test]
async fn objects_of_another_record_stay_whatever_a_shredded_one_names() {
    let mut scene = Scene::set().await;
    let version = scene.world.version(record(1), 0, 0, b"of the victim").await;
    let foreign = scene.put(&blob(Digest([2; 32]), record(5), b"of another chain")).await;
    for id in [version.content, version.key_envelope, foreign] {
        scene.chain.name(0, id);
    }
    scene.chain.shred(record(5), [version.content, version.key_envelope, foreign]);
    assert_eq!(scene.attested_round().await.deleted, 0);
    for id in [version.content, version.key_envelope, foreign] {
        assert!(scene.has(&id).await);
    }
    assert_eq!(scene.chain.word(0), word(0, 3));
    assert!(scene.marks.all().unwrap().is_empty());
}

#[tokio::test]
async fn what_a_member_stages_or_announces_for_something_else_stays() {
    let mut scene = Scene::set().await;
    let [staged_here, elsewhere, announced] =
        [scene.put(b"version").await, scene.put(b"elsewhere").await, scene.put(b"announced").await];
    let never_named = scene.put(b"never named").await;
    for id in [staged_here, never_named] {
        scene.ledger.enter(id, staged(CHART, Some(record(5).key))).unwrap();
    }
    scene.ledger.enter(elsewhere, staged(CHART, None)).unwrap();
    scene.chain.announced.lock().unwrap().push((scene.marks.clone(), announced));
    scene.chain.shred(record(5), [staged_here, elsewhere, announced]);
    let first = scene.attested_round().await;
    assert_eq!((first.deleted, first.waiting), (2, 1));
    assert!(!scene.has_any(&[staged_here, never_named]).await);
    assert!(scene.has(&elsewhere).await && scene.has(&announced).await);
    assert_eq!((scene.ledger.usage(), scene.chain.word(0)), ((1, 10), None));
    // The member did not bring it, so it goes. The other may be named soon.
    assert_eq!(scene.attested_round().await.deleted, 1);
    assert_eq!(scene.chain.word(0), word(2, 1));
    scene.ledger.strike(&elsewhere).unwrap();
    scene.chain.pass(DAY);
    assert_eq!(scene.attested_round().await.deleted, 1);
    assert_eq!(scene.chain.word(0), word(3, 0));
}

#[tokio::test]
async fn the_envelope_of_a_grant_that_was_staged_before_the_shredding_goes_at_once() {
    let mut scene = Scene::set().await;
    let envelope = scene.put(b"envelope of a grant").await;
    scene.ledger.enter(envelope, staged(CHART, None)).unwrap();
    scene.chain.pass(SECOND);
    scene.chain.shred(record(5), [envelope]);
    assert_eq!(scene.attested_round().await.deleted, 1);
    assert_eq!((scene.has(&envelope).await, scene.ledger.usage(), scene.chain.word(0)), (false, (0, 0), word(1, 0)));
}

#[tokio::test]
async fn a_late_write_goes_with_the_next_round_and_later_once_a_day() {
    let mut scene = Scene::set().await;
    let (bytes, envelope) = (blob(GENESIS, record(5), b"late"), b"envelope");
    let ids = [object_id(&bytes), object_id(envelope)];
    scene.chain.shred(record(5), ids);
    scene.attested_round().await;
    assert_eq!(scene.chain.word(0), word(2, 0));
    for _ in 0..2 {
        scene.put(&bytes).await;
        scene.put(envelope).await;
        scene.chain.pass(HOUR / 2 - SECOND);
        assert_eq!(scene.attested_round().await.deleted, 2);
        assert!(!scene.has_any(&ids).await);
    }
    scene.chain.pass(2 * SECOND);
    scene.round().await;
    scene.put(&bytes).await;
    assert_eq!(scene.round().await.deleted, 0);
    scene.chain.pass(DAY);
    assert_eq!(scene.round().await.deleted, 1);
    assert_eq!(*scene.chain.attested.lock().unwrap(), 1);
}

#[tokio::test]
async fn what_an_old_disk_brings_back_goes_at_the_start() {
    let mut scene = Scene::set().await;
    let mut all = Vec::new();
    for number in 0..7u8 {
        let id = RecordId { chart: CHART, key: RecordKey([number; 16]) };
        let bytes = [blob(GENESIS, id, b"content"), vec![number; 20]];
        for bytes in &bytes {
            scene.put(bytes).await;
        }
        scene.chain.shred(id, bytes.each_ref().map(|bytes| object_id(bytes)));
        all.extend(bytes);
    }
    assert_eq!(scene.attested_round().await.deleted, 14);
    scene.chain.pass(90 * DAY);
    for bytes in &all {
        scene.put(bytes).await;
    }
    scene.shredder = shredder();
    assert_eq!(scene.attested_round().await, Shredded { deleted: 14, ..Shredded::default() });
    let ids: Vec<_> = all.iter().map(|bytes| object_id(bytes)).collect();
    assert!(!scene.has_any(&ids).await);
    assert_eq!(*scene.chain.attested.lock().unwrap(), 7);
}

#[tokio::test]
async fn nothing_is_deleted_on_the_word_of_a_node_that_is_behind() {
    let mut scene = Scene::set().await;
    let id = scene.put(b"envelope").await;
    scene.chain.shred(record(5), [id]);
    let vaults = Vaults { vault: &scene.vault, ledger: &scene.ledger, copying: &scene.copying, marks: &scene.marks };
    let (shredded, fault) = scene.shredder.round(vaults, &scene.chain, NOW + HEAD_LIFE + 1).await;
    assert!(matches!(fault, Some(ShredError::Behind(100))) && shredded.deleted == 0);
    // It was seen at a later block.
    scene.chain.objects.lock().unwrap().clear();
    scene.chain.shreddings.lock().unwrap().clear();
    scene.round().await;
    scene.chain.shred(record(5), [id]);
    scene.chain.head.lock().unwrap().number = 99;
    assert!(matches!(scene.try_round().await.1, Some(ShredError::Behind(99))));
    assert!(scene.has(&id).await);
    scene.chain.pass(SECOND);
    assert_eq!(scene.round().await.deleted, 1);
}

#[tokio::test]
async fn a_fault_of_the_chain_deletes_nothing_and_holds_up_no_other_shredding() {
    let mut scene = Scene::set().await;
    let mut ids = Vec::new();
    for number in 5..8u8 {
        let of = [scene.put(&blob(GENESIS, record(number), b"content")).await, scene.put(&[number]).await];
        scene.chain.shred(record(number), of);
        ids.push(of);
    }
    for question in [Question::Finalized, Question::Shreddings] {
        scene.chain.silence(question);
        assert!(matches!(scene.try_round().await.1, Some(ShredError::Chain(_))));
        assert!(scene.has(&ids[0][0]).await);
        scene.chain.speak();
    }
    // It does not say what else names the envelopes.
    scene.chain.silence(Question::Charts);
    scene.chain.silence(Question::Objects(record(6)));
    scene.chain.silence(Question::Word(1));
    let shredded = scene.attested_round().await;
    assert_eq!((shredded.deleted, shredded.waiting, shredded.complaints.len()), (2, 3, 2), "{shredded:?}");
    for (place, blob_stays) in [(0, false), (1, true), (2, false)] {
        assert!(scene.has(&ids[place][0]).await == blob_stays && scene.has(&ids[place][1]).await);
    }
    assert!(scene.chain.words.lock().unwrap().is_empty());
    scene.chain.speak();
    scene.chain.silence(Question::Word(1));
    assert_eq!(scene.attested_round().await.deleted, 4);
    assert_eq!([0, 1, 2].map(|number| scene.chain.word(number)), [word(2, 0), None, word(2, 0)]);
    scene.chain.speak();
    scene.attested_round().await;
    assert_eq!((scene.chain.word(1), scene.round().await.waiting), (word(2, 0), 0));
}

#[tokio::test]
async fn a_fault_of_the_disk_holds_up_no_other_object() {
    let mut scene = Scene::set().await;
    let (stuck, other) = (scene.put(b"stuck").await, scene.put(b"other").await);
    scene.chain.shred(record(5), [stuck]);
    scene.chain.shred(record(6), [other]);
    // A mark that is a folder can be neither read nor written.
    let mark = scene.vault.folder().join("unnamed").join(stuck.to_string());
    fs::create_dir_all(&mark).unwrap();
    let shredded = scene.attested_round().await;
    assert_eq!((shredded.deleted, shredded.complaints.len()), (1, 1), "{shredded:?}");
    assert!(scene.has(&stuck).await && !scene.has(&other).await);
    assert_eq!((scene.chain.word(0), scene.chain.word(1)), (None, word(1, 0)));
    fs::remove_dir(&mark).unwrap();
    assert_eq!(scene.attested_round().await.deleted, 1);
    assert_eq!(scene.chain.word(0), word(1, 0));
}

#[tokio::test]
async fn a_damaged_object_goes_as_one_that_says_nothing_about_itself() {
    let mut scene = Scene::set().await;
    let ids = [scene.put(&blob(GENESIS, record(5), b"one")).await, scene.put(&blob(GENESIS, record(5), b"two")).await];
    for id in ids {
        fs::write(scene.world.object(id), b"else").unwrap();
    }
    scene.chain.name(0, ids[1]);
    scene.chain.shred(record(5), ids);
    assert_eq!(scene.attested_round().await.deleted, 1);
    assert!(!scene.has(&ids[0]).await && scene.has(&ids[1]).await);
    assert_eq!(scene.chain.word(0), word(1, 1));
}

#[tokio::test]
async fn an_institution_attests_once_and_a_word_that_the_chain_refuses_keeps_no_other_waiting() {
    let mut scene = Scene::set().await;
    for number in 0..5u8 {
        scene.chain.shred(record(number), [Digest([number + 1; 32])]);
    }
    scene.chain.refuses.lock().unwrap().insert(0);
    let mut failures = 0;
    for _ in 0..3 {
        scene.round().await;
        failures += u32::from(scene.shredder.attest(&scene.chain).await.is_err());
    }
    assert!(failures > 0);
    assert!((1..5).all(|number| scene.chain.word(number) == word(1, 0)) && scene.chain.word(0).is_none());
    assert_eq!(scene.round().await.waiting, 1);
    // It takes it, but the answer gets lost, and the service starts again.
    scene.chain.words.lock().unwrap().insert(0, Absence { absent: 1, kept: 0, store: StoreKind::Folder });
    let found = scene.attested_round().await;
    assert_eq!((found.attested, found.waiting), (1, 0));
    scene.shredder = shredder();
    scene.attested_round().await;
    assert_eq!(*scene.chain.attested.lock().unwrap(), 4);
}

#[tokio::test]
async fn without_a_member_objects_are_deleted_and_the_missing_word_is_told() {
    let mut scene = Scene::set().await;
    let id = scene.put(b"envelope").await;
    scene.shredder = Shredder::new(HOSPITAL, StoreKind::Folder, false);
    scene.chain.shred(record(5), [id]);
    for time in [0, SECOND, HOUR, SECOND, DAY] {
        scene.chain.pass(time);
        let shredded = scene.round().await;
        assert_eq!((shredded.waiting, shredded.complaints.len()), (1, 1));
        assert!(shredded.complaints[0].contains("member-key"), "{:?}", shredded.complaints);
        assert!(!scene.has(&id).await);
    }
}

#[tokio::test]
async fn objects_go_from_both_stores_while_a_vault_moves() {
    let world = World::new().await;
    let folder = world.vault.folder().parent().unwrap().join("new");
    let vault = Vault::open_folder(folder).await.unwrap().with_previous(world.vault.clone());
    let mut scene = Scene::of(world, vault);
    let bytes = blob(GENESIS, record(5), b"content");
    let ids = [scene.world.put(bytes.clone()).await, scene.world.put(b"envelope".to_vec()).await];
    // One is in both already.
    scene.put(&bytes).await;
    scene.chain.shred(record(5), ids);
    assert_eq!(scene.attested_round().await.deleted, 2);
    assert!(!scene.has_any(&ids).await && scene.chain.word(0) == word(2, 0));
    migrate(&scene.vault, &scene.ledger, |_| {}).await.unwrap();
    assert!(!scene.has_any(&ids).await);
}

#[tokio::test]
async fn staging_for_a_record_of_which_nothing_is_left_is_refused() {
    let world = World::new().await;
    let (router, _) = service(&world);
    let of_record = |scope: bool, named: bool| {
        let mut staged = request(DOCTOR, &[vec![1; 10]]);
        staged.scope = scope.then_some(Scope::Record(record(0).key));
        staged.objects[0].record = named.then_some(record(0).key);
        staged
    };
    let refused = async |staged: StageRequest, denial: Denial| {
        let problem = problem(&router, message(&world.signed(staged))).await;
        assert_eq!((problem.status, problem.refusal), (403, Some(GateRefusal::Denied(denial))));
    };
    for (state, denial) in [(RecordState::Shredded, Denial::Shredded), (RecordState::Refused, Denial::Refused)] {
        world.change(|blocks| blocks.records.get_mut(&record(0)).unwrap().state = state);
        for (scope, named) in [(true, false), (false, true), (true, true)] {
            refused(of_record(scope, named), denial).await;
        }
    }
    // Other records, and the chart itself, are as before.
    let mut other = of_record(false, false);
    assert_eq!(answer(&router, message(&world.signed(other.clone()))).await.0, StatusCode::OK);
    other.objects[0].record = Some(record(1).key);
    other.objects[0].id = object_id(b"another");
    assert_eq!(answer(&router, message(&world.signed(other))).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_blob_of_a_shredded_record_does_not_come_back_under_another_name() {
    let world = World::new().await;
    let custody = custody(&world);
    custody.copying.destroyed.note(object_id(&[1; 10])).unwrap();
    let copying = Arc::clone(&custody.copying);
    let (router, _) = service_with(&world, custody);
    let problem = problem(&router, message(&world.signed(request(DOCTOR, &[vec![1; 10]])))).await;
    assert_eq!((problem.status, problem.refusal), (403, Some(GateRefusal::Denied(Denial::Shredded))));
    // No partner gets it either.
    let partner = crate::messages::PARTNER;
    let (gone, other) = (object_id(&[1; 10]), Digest([3; 32]));
    assert_eq!(copying.permitted(partner, &[gone, other]), [other].into());
}
