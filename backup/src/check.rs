// SPDX-License-Identifier: Apache-2.0

//! A look at everything that snapshots need.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use salus_primitives::Digest;
use salus_sealing::secret::Password;
use serde::Serialize;

use crate::error::{object, Result};
use crate::needed::Needed;
use crate::object_lists::lists;
use crate::repository::{Repository, Snapshots};
use crate::snapshot::{Content, Snapshot, SnapshotId};

/// Damage, and what it costs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Damage {
    /// The file in the repository.
    pub file: PathBuf,
    /// The fault.
    pub fault: String,
    /// Objects and files that cannot be restored.
    pub costs: BTreeSet<String>,
    /// The snapshots that need it.
    pub snapshots: BTreeSet<SnapshotId>,
}

/// The outcome of a look at a repository.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Checked {
    /// Snapshots that can be read.
    pub snapshots: u64,
    /// Pieces that they need.
    pub pieces: u64,
    /// Pieces that no snapshot needs: what runs that were cut off have stored already, or [`Plan::carry_out`](crate::Plan::carry_out)
    /// has not deleted yet.
    pub unneeded: u64,
    /// All damage.
    pub damage: Vec<Damage>,
}

/// Reads every piece that a snapshot needs, or only looks whether it is there if `quick` says so. Tells `progress` how many pieces
/// of how many it has seen. Changes nothing.
pub fn check(
    repository: &Repository,
    password: &Password,
    quick: bool,
    mut progress: impl FnMut(usize, usize),
) -> Result<Checked> {
    let Snapshots { whole: snapshots, damaged } = repository.snapshots()?;
    let mut checked = Checked { snapshots: snapshots.len().try_into().unwrap_or(u64::MAX), ..Default::default() };
    for file in repository.damaged_key_files(password) {
        checked.damage.push(Damage {
            file,
            fault: "does not open".to_owned(),
            costs: ["nothing yet: the repository has its key twice, and the other copy is good".to_owned()].into(),
            snapshots: BTreeSet::new(),
        });
    }
    for id in damaged {
        checked.damage.push(Damage {
            file: repository.path_of_snapshot(&id),
            fault: "altered or cut off".to_owned(),
            costs: [format!("the snapshot {id}")].into(),
            snapshots: [id].into(),
        });
    }
    let Needed { pieces: needed, read, unread } =
        Needed::by(repository, snapshots.iter().map(|(_, snapshot)| snapshot));
    let mut faults: BTreeMap<Digest, String> = unread.iter().map(|(list, fault)| (*list, fault.words())).collect();
    for (place, id) in needed.iter().enumerate() {
        if !read.contains(id) && !faults.contains_key(id) {
            let fault = match quick {
                true => (!repository.has(id)).then(|| "missing".to_owned()),
                false => repository.fault_of(id).map(|fault| fault.words()),
            };
            faults.extend(fault.map(|fault| (*id, fault)));
        }
        progress(place.saturating_add(1), needed.len());
    }
    checked.pieces = needed.len().try_into().unwrap_or(u64::MAX);
    let files: BTreeSet<PathBuf> = needed.iter().map(|id| repository.path_of(id)).collect();
    let unneeded = repository.piece_files()?.into_iter().filter(|file| !files.contains(file)).count();
    checked.unneeded = unneeded.try_into().unwrap_or(u64::MAX);
    let mut damage: BTreeMap<Digest, Damage> = faults
        .into_iter()
        .map(|(id, fault)| {
            let (file, costs) = (repository.path_of(&id), BTreeSet::new());
            (id, Damage { file, fault, costs, snapshots: BTreeSet::new() })
        })
        .collect();
    name_costs(repository, &snapshots, &mut damage);
    checked.damage.extend(damage.into_values());
    Ok(checked)
}

/// Enters which objects and files, of which snapshots, the damaged pieces cost.
fn name_costs(repository: &Repository, snapshots: &[(SnapshotId, Snapshot)], damage: &mut BTreeMap<Digest, Damage>) {
    if damage.is_empty() {
        return;
    }
    let mut enter = |piece: &Digest, snapshot: &SnapshotId, cost: &dyn Fn() -> String| {
        if let Some(damage) = damage.get_mut(piece) {
            damage.costs.insert(cost());
            damage.snapshots.insert(snapshot.clone());
        }
    };
    for (id, snapshot) in snapshots {
        for vault in &snapshot.vaults {
            let root = vault.root.display();
            for (list, ids) in lists(repository, vault) {
                enter(&list, id, &|| format!("a list of objects of `{root}`, and so these objects"));
                for of_vault in ids.unwrap_or_default() {
                    enter(&of_vault, id, &|| format!("{} of `{root}`", object(&of_vault)));
                }
            }
        }
        for tree in &snapshot.trees {
            for entry in &tree.entries {
                let Content::File { pieces, .. } = &entry.content else { continue };
                for piece in pieces {
                    enter(piece, id, &|| format!("the file `{}`", tree.root.join(&entry.path).display()));
                }
            }
        }
    }
}
