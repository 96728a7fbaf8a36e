// SPDX-License-Identifier: Apache-2.0

//! Snapshots that are forgotten, and the room that becomes free.
//!
//! A plan comes first, and reads everything that leads to pieces. When any of that is damaged, there is no plan, and nothing is
//! deleted. Then snapshots go, and after them the pieces that no other snapshot needs. A command that is killed between the two
//! leaves pieces that no snapshot needs; the next plan has them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use salus_primitives::{Digest, Moment};
use serde::Serialize;

use crate::error::{BackupError, PieceFault, Result};
use crate::needed::Needed;
use crate::repository::{name_of_file, Repository};
use crate::retention::{Reason, Rules, Taken};
use crate::snapshot::{Snapshot, SnapshotId};

/// The snapshots that are to be forgotten.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// These, by their first digits. They may be damaged.
    Named(Vec<String>),
    /// All that no rule keeps. Rules count for each set of paths by itself, as a snapshot of other paths replaces none.
    ByRules(Rules),
}

/// A snapshot that stays.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Kept {
    /// Its name.
    pub snapshot: SnapshotId,
    /// When its run began.
    pub at: Moment,
    /// Why it stays; at least one reason.
    pub reasons: BTreeSet<Reason>,
}

/// A snapshot that goes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Forgotten {
    /// Its name.
    pub snapshot: SnapshotId,
    /// When its run began; not known of one that is damaged.
    pub at: Option<Moment>,
}

/// The room that becomes free.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Freed {
    /// Pieces that no remaining snapshot needs.
    pub pieces: u64,
    /// Bytes of these pieces and of forgotten snapshots.
    pub bytes: u64,
}

/// Snapshots and pieces that are to be deleted from a repository, and are still there.
pub struct Plan<'a> {
    repository: &'a Repository,
    /// The names of the pieces that remaining snapshots need.
    needed: BTreeSet<Digest>,
    kept: Vec<Kept>,
    forgotten: Vec<Forgotten>,
    freed: Freed,
}

impl Wanted {
    /// The snapshots that `named` names, or those that no rule keeps if it names none. It fails when both are empty.
    pub fn new(named: Vec<String>, rules: Rules) -> Result<Self> {
        match (named.is_empty(), rules.is_empty()) {
            (false, _) => Ok(Self::Named(named)),
            (true, false) => Ok(Self::ByRules(rules)),
            (true, true) => Err(BackupError::NothingToForget),
        }
    }
}

impl<'a> Plan<'a> {
    /// Finds out what would be deleted, and changes nothing.
    ///
    /// It fails when a snapshot that stays, or a list of objects that it needs, is damaged: then it is not known which pieces are
    /// needed. It fails also when no whole snapshot would be left, unless all were named and `last_too` says that this is meant.
    pub fn new(repository: &'a Repository, wanted: &Wanted, now: Moment, last_too: bool) -> Result<Self> {
        let named = match wanted {
            Wanted::Named(named) => named.iter().map(|digits| by_name(repository, digits)).collect::<Result<_>>()?,
            Wanted::ByRules(_) => BTreeSet::new(),
        };
        let others = all_but(repository, &named)?;
        if others.is_empty() && named.is_empty() {
            // Without snapshots all pieces would go. But an accident may have taken the snapshots, and a run goes on with pieces.
            return Err(BackupError::NoSnapshots);
        }
        let mut forgotten: Vec<_> = named.into_iter().map(|id| forgotten_by_name(repository, id)).collect();
        let (mut kept, mut staying) = (Vec::new(), Vec::new());
        for ((id, snapshot), reasons) in others.iter().zip(judge(wanted, &others, now)) {
            let (id, at) = (id.clone(), snapshot.at);
            if reasons.is_empty() {
                forgotten.push(Forgotten { snapshot: id, at: Some(at) });
            } else {
                kept.push(Kept { snapshot: id, at, reasons });
                staying.push(snapshot);
            }
        }
        if staying.is_empty() && !(last_too && matches!(wanted, Wanted::Named(_))) {
            return Err(BackupError::LastSnapshot);
        }
        let needed = needed(repository, staying)?;
        let mut plan = Self { repository, needed, kept, forgotten, freed: Freed::default() };
        plan.freed = plan.measure()?;
        Ok(plan)
    }

    /// The snapshots that stay, the oldest first.
    pub fn kept(&self) -> &[Kept] {
        &self.kept
    }

    /// The snapshots that go.
    pub fn forgotten(&self) -> &[Forgotten] {
        &self.forgotten
    }

    /// The room that becomes free.
    pub fn freed(&self) -> Freed {
        self.freed
    }

    /// Deletes what the plan says, in a repository that is open for writing. Tells `progress` how many pieces are gone.
    ///
    /// When this fails or is killed, every remaining snapshot is whole, and another plan has what is left to delete.
    pub fn carry_out(self, mut progress: impl FnMut(u64)) -> Result<Freed> {
        // First the snapshots, for good: none may come back after a power failure and find its pieces gone.
        self.repository.remove_snapshots(self.forgotten.iter().map(|forgotten| &forgotten.snapshot))?;
        let mut deleted = 0u64;
        self.each_unneeded(|file| {
            fs::remove_file(&file).map_err(BackupError::at(&file))?;
            deleted = deleted.saturating_add(1);
            progress(deleted);
            Ok(())
        })?;
        Ok(self.freed)
    }

    fn measure(&self) -> Result<Freed> {
        let mut freed = Freed::default();
        for Forgotten { snapshot, .. } in &self.forgotten {
            freed.bytes = freed.bytes.saturating_add(length(self.repository.path_of_snapshot(snapshot))?);
        }
        self.each_unneeded(|file| {
            freed.pieces = freed.pieces.saturating_add(1);
            freed.bytes = freed.bytes.saturating_add(length(file)?);
            Ok(())
        })?;
        Ok(freed)
    }

    /// Shows `act` the file of each piece that no remaining snapshot needs. Other files are left alone.
    fn each_unneeded(&self, mut act: impl FnMut(PathBuf) -> Result<()>) -> Result<()> {
        self.repository.each_piece_file(|file| match name_of_file(&file) {
            Some(name) if !self.needed.contains(&name) => act(file),
            _ => Ok(()),
        })
    }
}

/// The snapshot that begins with `digits`. A script's empty variable names none, not even the only one.
fn by_name(repository: &Repository, digits: &str) -> Result<SnapshotId> {
    match digits.is_empty() {
        true => Err(BackupError::NoSnapshot(String::new())),
        false => repository.named(digits),
    }
}

/// All snapshots but those that go by name, the oldest first. Each has to be whole.
fn all_but(repository: &Repository, named: &BTreeSet<SnapshotId>) -> Result<Vec<(SnapshotId, Snapshot)>> {
    let mut others = Vec::new();
    for id in repository.snapshot_ids()?.into_iter().filter(|id| !named.contains(id)) {
        let snapshot = repository.snapshot(&id).map_err(|error| {
            let fault = match error {
                BackupError::Io { source, .. } => PieceFault::Io(source),
                BackupError::NoSnapshot(_) => PieceFault::Lacking,
                _ => PieceFault::Damaged,
            };
            BackupError::NeedsUnknown { path: repository.path_of_snapshot(&id), fault: fault.words() }
        })?;
        others.push((id, snapshot));
    }
    others.sort_by(|(one_id, one), (other_id, other)| (one.at, one_id).cmp(&(other.at, other_id)));
    Ok(others)
}

fn forgotten_by_name(repository: &Repository, id: SnapshotId) -> Forgotten {
    Forgotten { at: repository.snapshot(&id).ok().map(|snapshot| snapshot.at), snapshot: id }
}

/// Why each snapshot stays, in the order of `snapshots`; one without a reason goes.
fn judge(wanted: &Wanted, snapshots: &[(SnapshotId, Snapshot)], now: Moment) -> Vec<BTreeSet<Reason>> {
    let Wanted::ByRules(rules) = wanted else {
        return snapshots.iter().map(|_| [Reason::Unnamed].into()).collect();
    };
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (place, (_, snapshot)) in snapshots.iter().enumerate() {
        groups.entry(snapshot.roots()).or_default().push((place, snapshot));
    }
    let mut judged = BTreeMap::new();
    for group in groups.into_values() {
        let (places, taken): (Vec<_>, Vec<_>) = group
            .into_iter()
            .map(|(place, snapshot)| (place, Taken { at: snapshot.at, complete: snapshot.faults == 0 }))
            .unzip();
        judged.extend(places.into_iter().zip(rules.judge(&taken, now)));
    }
    judged.into_values().collect()
}

/// The names of the pieces that snapshots need.
fn needed<'a>(repository: &Repository, snapshots: impl IntoIterator<Item = &'a Snapshot>) -> Result<BTreeSet<Digest>> {
    let Needed { pieces, unread, .. } = Needed::by(repository, snapshots);
    match unread.first_key_value() {
        Some((list, fault)) => Err(BackupError::NeedsUnknown { path: repository.path_of(list), fault: fault.words() }),
        None => Ok(pieces.iter().map(|piece| repository.name_of(piece)).collect()),
    }
}

/// How many bytes a file has.
fn length(file: PathBuf) -> Result<u64> {
    Ok(fs::symlink_metadata(&file).map_err(BackupError::at(&file))?.len())
}
