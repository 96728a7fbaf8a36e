// SPDX-License-Identifier: Apache-2.0

//! Objects that the chain names no more.

use salus_chain::NamedObject;
use salus_gate::Head;
use salus_gate_testing::{CHART, DOCTOR};
use salus_primitives::{
    membership::NumberedInstitution,
    time::{DAY, HOUR, MINUTE},
    ChartId, Digest, InstitutionId, Moment,
};
use salus_vault::{object_id, Vault};
use salus_vault_service::{
    copies::{Agreement, Copying, ExpectedObjects, Note},
    staging::{Account, Ledger, Limits, StagedObject},
    unnamed::{sweep, Lease, Marks, SweepError, Swept, Vaults},
};
use std::{collections::BTreeMap, fs, io, sync::Mutex};

const OWN: InstitutionId = InstitutionId(0);
const AGE: Moment = 30 * DAY;

/// A chain of some charts, or one that stops answering after so many questions.
#[derive(Default)]
struct Chain {
    charts: Vec<Vec<Digest>>,
    answers: Mutex<Option<u32>>,
    /// An object that a chart names from the second time on that it is asked about.
    later: Option<Digest>,
    asked: Mutex<BTreeMap<ChartId, u32>>,
}

impl Chain {
    fn answer(&self) -> io::Result<()> {
        let mut answers = self.answers.lock().unwrap();
        match *answers {
            Some(0) => Err(io::ErrorKind::NotConnected.into()),
            left => {
                *answers = left.map(|left| left - 1);
                Ok(())
            }
        }
    }
}

impl ExpectedObjects for Chain {
    type Error = io::Error;

    async fn institutions(&self) -> io::Result<Vec<NumberedInstitution>> {
        Ok(Vec::new())
    }

    async fn changes(&self, chart: ChartId) -> io::Result<Option<u64>> {
        self.answer()?;
        Ok(self.charts.get(chart.0 as usize).map(|_| 1))
    }

    async fn objects(&self, chart: ChartId) -> io::Result<BTreeMap<Digest, NamedObject>> {
        self.answer()?;
        let mut asked = self.asked.lock().unwrap();
        let times = asked.entry(chart).or_default();
        *times += 1;
        let later = self.later.filter(|_| *times > 1);
        let object = NamedObject { owner: OWN, longest: 9, is_needed: true };
        let named = self.charts.get(chart.0 as usize).into_iter().flatten().copied().chain(later);
        Ok(named.map(|id| (id, object)).collect())
    }
}

struct Scene {
    _folder: tempfile::TempDir,
    vault: Vault,
    ledger: Ledger,
    copying: Copying,
    marks: Marks,
    chain: Chain,
}

impl Scene {
    async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open_folder(folder.path().join("vault")).await.unwrap();
        let ledger = Ledger::open(&vault, Limits { keep_free_mebibytes: 0, ..Limits::default() }).unwrap();
        let copying = Copying::open(&vault, Agreement::with_partners(OWN, Vec::new())).unwrap();
        let marks = Marks::of(&vault);
        let mut scene = Self { _folder: folder, vault, ledger, copying, marks, chain: Chain::default() };
        // Many that are named, in two charts.
        for chart in 0..2u8 {
            let mut named = Vec::new();
            for number in 0..20u8 {
                named.push(scene.vault.put(vec![chart, number]).await.unwrap());
            }
            scene.chain.charts.push(named);
        }
        scene
    }

    fn vaults(&self) -> Vaults<'_> {
        Vaults { vault: &self.vault, ledger: &self.ledger, copying: &self.copying, marks: &self.marks }
    }

    async fn sweep(&self, now: Moment) -> Result<Swept, SweepError<io::Error>> {
        self.sweep_at(now, Head { number: 10, hash: Digest([0; 32]), time: now }).await
    }

    async fn sweep_at(&self, now: Moment, head: Head) -> Result<Swept, SweepError<io::Error>> {
        sweep(self.vaults(), &self.chain, head, AGE, || now).await
    }

    async fn has(&self, id: &Digest) -> bool {
        self.vault.has(id).await.unwrap()
    }
}

const START: Moment = 1_000 * DAY;

#[tokio::test]
async fn what_is_unnamed_for_long_enough_is_deleted_and_nothing_else() {
    let scene = Scene::set().await;
    let (old, staged) = (scene.vault.put(&b"old"[..]).await.unwrap(), scene.vault.put(&b"new"[..]).await.unwrap());
    let account = Account { writer: DOCTOR, institution: OWN, staff: true, guest: false };
    scene.ledger.enter(staged, StagedObject { chart: CHART, record: None, account, size: 3, at: 0 }).unwrap();
    assert_eq!(scene.sweep(START).await.unwrap(), Swept { unnamed: 1, deleted: 0 });
    assert_eq!(scene.sweep(START + AGE - 1).await.unwrap(), Swept { unnamed: 1, deleted: 0 });
    // A clock that steps back makes nothing old.
    assert_eq!(scene.sweep(START - DAY).await.unwrap(), Swept { unnamed: 1, deleted: 0 });
    let later = scene.vault.put(&b"later"[..]).await.unwrap();
    assert_eq!(scene.sweep(START + AGE).await.unwrap(), Swept { unnamed: 1, deleted: 1 });
    assert!(!scene.has(&old).await && scene.has(&later).await && scene.has(&staged).await);
    assert_eq!(scene.vault.len().await.unwrap(), 42);
    assert_eq!(scene.marks.all().unwrap(), [(later, START + AGE)].into());
}

#[tokio::test]
async fn an_object_that_is_named_or_announced_again_stays_and_begins_its_age_again() {
    let mut scene = Scene::set().await;
    let [named, announced, at_last] = [&b"named"[..], b"announced", b"at last"].map(object_id);
    for bytes in [&b"named"[..], b"announced", b"at last"] {
        scene.vault.put(bytes).await.unwrap();
    }
    scene.sweep(START).await.unwrap();
    scene.chain.charts[1].push(named);
    scene.marks.strike(&announced).unwrap();
    // This one is named after the sweep looked at its chart.
    scene.copying.notes.note(at_last, Note { owner: OWN, chart: ChartId(0) });
    scene.chain.later = Some(at_last);
    scene.chain.asked.lock().unwrap().clear();
    assert_eq!(scene.sweep(START + AGE).await.unwrap(), Swept { unnamed: 1, deleted: 0 });
    for id in [named, announced, at_last] {
        assert!(scene.has(&id).await);
    }
    assert_eq!(scene.marks.all().unwrap(), [(announced, START + AGE)].into());
}

#[tokio::test]
async fn an_object_that_two_charts_name_stays_until_neither_of_them_does() {
    let mut scene = Scene::set().await;
    let shared = scene.vault.put(&b"shared"[..]).await.unwrap();
    // The vault noted the chart that stops naming it.
    scene.copying.notes.note(shared, Note { owner: OWN, chart: ChartId(0) });
    for named in &mut scene.chain.charts {
        named.push(shared);
    }
    scene.sweep(START).await.unwrap();
    scene.chain.charts[0].pop();
    for time in [START, START + AGE, START + 2 * AGE] {
        assert_eq!(scene.sweep(time).await.unwrap(), Swept::default());
        assert!(scene.has(&shared).await && scene.marks.all().unwrap().is_empty());
    }
    scene.chain.charts[1].pop();
    assert_eq!(scene.sweep(START + 2 * AGE).await.unwrap(), Swept { unnamed: 1, deleted: 0 });
    assert_eq!(scene.sweep(START + 3 * AGE).await.unwrap(), Swept { unnamed: 0, deleted: 1 });
    assert!(!scene.has(&shared).await);
}

#[tokio::test]
async fn nothing_is_deleted_on_the_word_of_a_chain_that_cannot_be_believed() {
    let mut scene = Scene::set().await;
    let old = scene.vault.put(&b"old"[..]).await.unwrap();
    scene.sweep(START).await.unwrap();
    let end = START + AGE;
    // It stops answering at any point.
    for answers in 0..5 {
        *scene.chain.answers.lock().unwrap() = Some(answers);
        assert!(matches!(scene.sweep(end).await, Err(SweepError::Chain(_))), "{answers}");
    }
    *scene.chain.answers.lock().unwrap() = None;
    // It is old, or behind what was seen.
    let head = Head { number: 10, hash: Digest([0; 32]), time: end };
    for head in [Head { time: end - 2 * MINUTE - 1, ..head }, Head { number: 9, ..head }] {
        let refused = scene.sweep_at(end, head).await.unwrap_err();
        assert!(matches!(refused, SweepError::Behind(_)) && refused.is_refusal());
    }
    // It has fewer charts, or names far fewer objects.
    let charts = scene.chain.charts.clone();
    for fewer in [vec![], charts[..1].to_vec(), vec![vec![], vec![]], vec![charts[0][..19].to_vec(), vec![]]] {
        scene.chain.charts = fewer;
        assert!(matches!(scene.sweep(end).await, Err(SweepError::Implausible { .. })));
    }
    scene.chain.charts = charts;
    assert!(scene.has(&old).await);
    assert_eq!(scene.sweep(end).await.unwrap(), Swept { unnamed: 0, deleted: 1 });
}

#[tokio::test]
async fn most_of_a_vault_is_never_deleted_at_once() {
    let mut scene = Scene::set().await;
    // A fresh service with the node of a chain that has nothing.
    scene.chain.charts.clear();
    assert!(matches!(scene.sweep(START).await, Err(SweepError::TooMany { unnamed: 40, all: 40 })));
    assert!(scene.marks.all().unwrap().is_empty());
}

#[tokio::test]
async fn one_process_at_a_time_sweeps() {
    let scene = Scene::set().await;
    let first = Lease::take(&scene.marks, START).unwrap().unwrap();
    assert!(matches!(scene.sweep(START).await, Err(SweepError::Leased)));
    assert!(first.renew(START + HOUR / 2).unwrap());
    assert!(Lease::take(&scene.marks, START + HOUR).unwrap().is_none());
    // A process that was killed, or hangs, loses it. It notices before it deletes.
    let second = Lease::take(&scene.marks, START + 2 * HOUR).unwrap().unwrap();
    assert!(!first.renew(START + 2 * HOUR).unwrap());
    drop(first);
    assert!(Lease::take(&scene.marks, START + 2 * HOUR).unwrap().is_none(), "given back by another");
    drop(second);
    assert!(scene.sweep(START + 2 * HOUR).await.is_ok());
}

impl Scene {
    /// Sweeps once `name` is empty, then once it holds other bytes, which fails; the outcome of the first.
    async fn with_broken(&self, name: &str, now: Moment) -> Swept {
        let file = self.vault.folder().join("unnamed").join(name);
        fs::write(&file, b"?").unwrap();
        let fault = self.sweep(now).await.unwrap_err();
        assert!(matches!(fault, SweepError::Marks(_)));
        assert!(fault.to_string().contains(&file.display().to_string()) && fault.to_string().contains("\nhint: "));
        fs::write(&file, b"").unwrap();
        self.sweep(now).await.unwrap()
    }
}

#[tokio::test]
async fn an_empty_mark_begins_the_age_of_its_object_again_and_a_damaged_one_is_named() {
    let scene = Scene::set().await;
    let old = scene.vault.put(&b"old"[..]).await.unwrap();
    scene.sweep(START).await.unwrap();
    assert_eq!(scene.with_broken(&old.to_string(), START + AGE).await, Swept { unnamed: 1, deleted: 0 });
    assert_eq!(scene.marks.all().unwrap(), [(old, START + AGE)].into());
    assert_eq!(scene.sweep(START + 2 * AGE).await.unwrap(), Swept { unnamed: 0, deleted: 1 });
}

#[tokio::test]
async fn a_sweep_whose_memory_is_empty_deletes_nothing_and_a_damaged_memory_is_named() {
    let scene = Scene::set().await;
    scene.vault.put(&b"old"[..]).await.unwrap();
    scene.sweep(START).await.unwrap();
    assert_eq!(scene.with_broken("memory.json", START + AGE).await, Swept { unnamed: 1, deleted: 0 });
    assert_eq!(scene.sweep(START + AGE).await.unwrap(), Swept { unnamed: 0, deleted: 1 });
}

#[tokio::test]
async fn an_empty_lease_is_free_and_a_damaged_one_is_named() {
    let scene = Scene::set().await;
    scene.vault.put(&b"old"[..]).await.unwrap();
    scene.sweep(START).await.unwrap();
    let lost = Lease::take(&scene.marks, START + AGE).unwrap().unwrap();
    assert_eq!(scene.with_broken("lease.json", START + AGE).await, Swept { unnamed: 0, deleted: 1 });
    // A process that had it, and still runs, takes it away from no other.
    let next = Lease::take(&scene.marks, START + AGE).unwrap().unwrap();
    assert!(!lost.renew(START + AGE).unwrap() && next.renew(START + AGE).unwrap());
}
