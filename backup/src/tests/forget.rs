// SPDX-License-Identifier: Apache-2.0

//! Snapshots that are forgotten, the room that becomes free, and that nothing needed ever goes.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use salus_primitives::{Digest, Moment};

use super::{content, password, Machine};
use crate::check::{check, Checked};
use crate::error::{BackupError, Result};
use crate::forget::{Freed, Plan, Wanted};
use crate::named::NamedByChain;
use crate::repository::Access;
use crate::restore::{restore_files, restore_vault, Place};
use crate::retention::Rules;
use crate::snapshot::{Kind, SnapshotId};

const DAY: Moment = 24 * 60 * 60 * 1_000;
const NOW: Moment = 1_000 * DAY;

/// A machine with a snapshot of each of three days, and what each of them saved.
struct Days {
    machine: Machine,
    snapshots: Vec<(SnapshotId, Content)>,
}

/// Objects of the vault, and everything in `etc`.
struct Content {
    objects: BTreeMap<Digest, Vec<u8>>,
    files: BTreeMap<PathBuf, (u32, Vec<u8>)>,
}

impl Days {
    async fn new() -> Self {
        let machine = Machine::new();
        let vault = machine.vault().await;
        let mut days = Self { machine, snapshots: Vec::new() };
        let mut objects = BTreeMap::new();
        for day in 0..3u8 {
            for number in 0..4 {
                let bytes = vec![10 * day + number; 5_000];
                objects.insert(vault.put(bytes.clone()).await.unwrap(), bytes);
            }
            // An object that only this day and the next one have.
            if let Some(gone) = day.checked_sub(2) {
                let id = salus_vault::object_id(&vec![10 * gone; 5_000]);
                vault.delete(&id).await.unwrap();
                objects.remove(&id);
            }
            days.machine.write("etc/vault.toml", format!("day = {day}\n").as_bytes());
            days.machine.write(&format!("etc/of-{day}"), &vec![100 + day; 6_000]);
            let saved = days.machine.save_at((day as Moment + 1) * DAY, |_| ()).await.unwrap();
            let files = content(&days.machine.path("etc"));
            days.snapshots.push((saved.id, Content { objects: objects.clone(), files }));
            fs::remove_file(days.machine.path(&format!("etc/of-{day}"))).unwrap();
        }
        days
    }

    fn id(&self, day: usize) -> &SnapshotId {
        &self.snapshots[day].0
    }

    /// Checks that these days' snapshots, and no others, are there, and restores each byte for byte.
    async fn has_whole(&self, days: &[usize]) {
        let Checked { snapshots, damage, .. } = self.look();
        assert_eq!((snapshots, damage), (days.len() as u64, Vec::new()));
        for day in days {
            let (id, Content { objects, files }) = &self.snapshots[*day];
            let repository = self.machine.repository(Access::Reads).unwrap();
            let (_, snapshot) = repository.find(Some(id.as_str())).unwrap();
            let target = tempfile::tempdir().unwrap();
            let place = Place { target: target.path().to_owned(), overwrite: false };
            let below = |name: &str| target.path().join(self.machine.path(name).strip_prefix("/").unwrap());
            let restored = restore_files(&repository, &snapshot, Kind::Files, &place).unwrap();
            assert_eq!(restored.faults, Vec::<String>::new());
            assert!(content(&below("etc")) == *files, "other files of day {day}");
            let named = NamedByChain::of(objects.iter().map(|(id, bytes)| (*id, bytes.len() as u64)));
            let restored = restore_vault(&repository, &snapshot.vaults[0], &named, &place, |_| ()).await.unwrap();
            assert_eq!((restored.restored, restored.refused, restored.faults.len()), (objects.len() as u64, 0, 0));
            let vault = salus_vault::Vault::open_folder(below("vault")).await.unwrap();
            for (id, bytes) in objects {
                assert_eq!(vault.get(id).await.unwrap().to_vec(), *bytes);
            }
        }
    }

    fn look(&self) -> Checked {
        check(&self.machine.repository(Access::Reads).unwrap(), &password(), false, |_, _| ()).unwrap()
    }

    fn forget(&self, wanted: &Wanted) -> Result<Freed> {
        let repository = self.machine.repository(Access::Writes)?;
        Plan::new(&repository, wanted, NOW, false)?.carry_out(|_| ())
    }

    /// Everything in the repository.
    fn bytes(&self) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
        content(&self.machine.path("repository"))
    }

    /// Checks that a plan fails, and that not a byte of the repository changed.
    fn nothing_goes(&self, wanted: &Wanted, damaged: &Path) {
        let before = self.bytes();
        match self.forget(wanted) {
            Err(BackupError::NeedsUnknown { path, .. }) => assert_eq!(path, damaged),
            other => panic!("{other:?}"),
        }
        assert!(before == self.bytes(), "something went");
    }
}

fn last(last: u32) -> Wanted {
    Wanted::ByRules(Rules { last, ..Rules::default() })
}

fn named(ids: &[&SnapshotId]) -> Wanted {
    Wanted::Named(ids.iter().map(|id| id.to_string()).collect())
}

fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn size(bytes: &BTreeMap<PathBuf, (u32, Vec<u8>)>) -> u64 {
    bytes.values().map(|(_, bytes)| bytes.len() as u64).sum()
}

#[tokio::test]
async fn what_only_forgotten_snapshots_need_goes_and_all_else_comes_back() {
    for (wanted, stay) in [
        (&|_: &Days| last(3), &[0, 1, 2][..]),
        (&|_: &Days| last(2), &[1, 2]),
        (&|_: &Days| last(1), &[2]),
        (&|days: &Days| named(&[days.id(1)]), &[0, 2]),
        (&|days: &Days| named(&[days.id(2), days.id(1), days.id(2)]), &[0]),
        (&|days: &Days| Wanted::Named(vec![days.id(0).as_str()[..15].to_owned()]), &[1, 2]),
    ] as [(&dyn Fn(&Days) -> Wanted, &[usize]); 6]
    {
        let days = Days::new().await;
        let before = size(&days.bytes());
        let freed = days.forget(&wanted(&days)).unwrap();
        assert_eq!(freed.bytes, before - size(&days.bytes()), "{stay:?}");
        assert_eq!(freed.pieces > 0, stay.len() < 3);
        days.has_whole(stay).await;
        assert_eq!(days.look().unneeded, 0);
        // The next run stores only what is not there any more, and all that stays is still whole.
        let again = days.machine.save_at(9 * DAY, |_| ()).await.unwrap();
        assert_eq!(again.new_objects, if stay.contains(&2) { 0 } else { 8 }, "{stay:?}");
        assert_eq!((days.look().damage, days.look().unneeded), (Vec::new(), 0));
        // Once more there is nothing to do.
        assert_eq!(days.forget(&last(9)).unwrap(), Freed::default());
    }
}

#[tokio::test]
async fn rules_count_for_each_set_of_paths_by_itself() {
    let days = Days::new().await;
    let other = days.machine.save_at(0, |sources| sources.vaults.clear()).await.unwrap().id;
    days.forget(&last(1)).unwrap();
    let whole = days.machine.repository(Access::Reads).unwrap().snapshots().unwrap().whole;
    assert!(whole.iter().map(|(id, _)| id).eq([&other, days.id(2)]));
}

#[tokio::test]
async fn a_plan_alone_changes_nothing() {
    let days = Days::new().await;
    let before = days.bytes();
    // Others may read meanwhile, and nothing is swept.
    let (repository, _other) =
        (days.machine.repository(Access::Reads).unwrap(), days.machine.repository(Access::Reads));
    let plan = Plan::new(&repository, &last(1), NOW, false).unwrap();
    assert!(plan.kept().iter().map(|kept| &kept.snapshot).eq([days.id(2)]));
    let forgotten: Vec<_> = plan.forgotten().iter().map(|forgotten| (&forgotten.snapshot, forgotten.at)).collect();
    assert_eq!(forgotten, [(days.id(0), Some(DAY)), (days.id(1), Some(2 * DAY))]);
    let planned = plan.freed();
    assert!(before == days.bytes());
    drop((repository, _other));
    assert_eq!(days.forget(&last(1)).unwrap(), planned);
}

#[tokio::test]
async fn nothing_goes_while_a_remaining_snapshot_cannot_be_read() {
    for damage in [
        flip as fn(&Path),
        |path| fs::write(path, b"").unwrap(),
        |path| {
            fs::remove_file(path).unwrap();
            // Reading a folder fails in another way than bytes that are altered.
            fs::create_dir(path).unwrap();
        },
    ] {
        let days = Days::new().await;
        let damaged = days.machine.path("repository/snapshots").join(days.id(2).as_str());
        damage(&damaged);
        days.nothing_goes(&last(1), &damaged);
        days.nothing_goes(&named(&[days.id(0)]), &damaged);
    }
}

#[tokio::test]
async fn nothing_goes_while_a_list_that_is_needed_is_damaged() {
    for damage in [flip as fn(&Path), |path| fs::remove_file(path).unwrap(), |path| fs::write(path, b"short").unwrap()]
    {
        let days = Days::new().await;
        let list = {
            let repository = days.machine.repository(Access::Reads).unwrap();
            let lists = |day| repository.find(Some(days.id(day).as_str())).unwrap().1.vaults[0].lists.clone();
            let newest = lists(2);
            let list = newest.iter().find(|list| !lists(0).contains(list) && !lists(1).contains(list));
            repository.path_of(list.unwrap())
        };
        damage(&list);
        days.nothing_goes(&last(1), &list);
        days.nothing_goes(&named(&[days.id(0)]), &list);
        // The one snapshot that needs it may go.
        days.forget(&named(&[days.id(2)])).unwrap();
        days.has_whole(&[0, 1]).await;
    }
}

#[tokio::test]
async fn a_damaged_snapshot_goes_by_its_name() {
    let days = Days::new().await;
    flip(&days.machine.path("repository/snapshots").join(days.id(1).as_str()));
    days.forget(&named(&[days.id(1)])).unwrap();
    days.has_whole(&[0, 2]).await;
    assert_eq!(days.look().unneeded, 0);
}

#[tokio::test]
async fn one_that_is_killed_at_any_piece_loses_nothing_and_the_next_one_completes() {
    let all = {
        let days = Days::new().await;
        days.forget(&last(1)).unwrap().pieces
    };
    for end in [1, all / 2, all] {
        let days = Days::new().await;
        let killed = catch_unwind(AssertUnwindSafe(|| {
            let repository = days.machine.repository(Access::Writes).unwrap();
            let plan = Plan::new(&repository, &last(1), NOW, false).unwrap();
            plan.carry_out(|deleted| assert!(deleted < end, "killed"))
        }));
        assert!(killed.is_err());
        assert_eq!(days.look().unneeded, all - end);
        days.has_whole(&[2]).await;
        // No snapshot is left to forget, and the pieces go all the same.
        assert_eq!(days.forget(&last(1)).unwrap().pieces, all - end);
        assert_eq!(days.look().unneeded, 0);
        days.has_whole(&[2]).await;
    }
}

#[tokio::test]
async fn one_that_is_killed_between_two_snapshots_or_before_the_pieces_is_completed() {
    for gone in 1..=2 {
        let days = Days::new().await;
        let ids = [days.id(0), days.id(1)];
        let removed = ids[..gone].iter().copied();
        days.machine.repository(Access::Writes).unwrap().remove_snapshots(removed).unwrap();
        days.has_whole(&[0, 1, 2][gone..]).await;
        days.forget(&last(1)).unwrap();
        days.has_whole(&[2]).await;
        assert_eq!(days.look().unneeded, 0);
    }
}

#[tokio::test]
async fn what_a_run_that_was_cut_off_has_stored_goes_and_files_that_are_no_pieces_stay() {
    let days = Days::new().await;
    days.machine.repository(Access::Writes).unwrap().put(b"of no snapshot", false).unwrap();
    let shard = fs::read_dir(days.machine.path("repository/pieces")).unwrap().next().unwrap().unwrap().path();
    fs::write(shard.join("notes"), b"of a person").unwrap();
    assert_eq!(days.forget(&last(9)).unwrap().pieces, 1);
    assert!(shard.join("notes").exists());
    days.has_whole(&[0, 1, 2]).await;
}

#[tokio::test]
async fn the_last_whole_snapshot_goes_only_by_its_name_and_when_that_is_meant() {
    let days = Days::new().await;
    let all = named(&[days.id(0), days.id(1), days.id(2)]);
    assert!(matches!(days.forget(&all), Err(BackupError::LastSnapshot)));
    days.has_whole(&[0, 1, 2]).await;
    {
        let repository = days.machine.repository(Access::Writes).unwrap();
        let no_rule = Wanted::ByRules(Rules::default());
        assert!(matches!(Plan::new(&repository, &no_rule, NOW, true), Err(BackupError::LastSnapshot)));
        Plan::new(&repository, &all, NOW, true).unwrap().carry_out(|_| ()).unwrap();
    }
    let left = days.look();
    assert_eq!((left.snapshots, left.unneeded), (0, 0));
    // Without any snapshot pieces stay: a run may go on with them.
    days.machine.repository(Access::Writes).unwrap().put(b"of a run", false).unwrap();
    assert!(matches!(days.forget(&last(1)), Err(BackupError::NoSnapshots)));
    assert_eq!(days.look().unneeded, 1);
}

#[tokio::test]
async fn wrong_names_and_no_rule_are_refused_and_the_lock_is_respected() {
    let days = Days::new().await;
    let before = days.bytes();
    for name in ["", "zzz", "0123456789abcdef0"] {
        let outcome = days.forget(&Wanted::Named(vec![days.id(0).to_string(), name.to_owned()]));
        assert!(matches!(outcome, Err(BackupError::NoSnapshot(_))), "{name}: {outcome:?}");
    }
    assert!(matches!(Wanted::new(Vec::new(), Rules::default()), Err(BackupError::NothingToForget)));
    for access in [Access::Reads, Access::Writes] {
        let _other = days.machine.repository(access).unwrap();
        assert!(matches!(days.forget(&last(1)), Err(BackupError::Busy(_))));
    }
    assert!(before == days.bytes());
}
