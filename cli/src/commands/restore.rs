// SPDX-License-Identifier: Apache-2.0

//! `salus restore`: the way back from a repository of backups.

use super::backup::{RepositoryPlace, PASSWORD};
use crate::{
    context::Context,
    failure::Failure,
    output::{fields, Output},
    progress::{counter, progress},
};
use clap::ValueEnum;
use salus_backup::{
    restore_files, restore_vault, Access, BackupError, Kind, NamedByChain, Place, RestoredFiles, RestoredVault,
    Snapshot, SnapshotId,
};
use serde::Serialize;
use std::path::PathBuf;

/// The next steps of a hospital that comes back.
const NEXT: [&str; 4] = [
    "make sure that the old machine is off and stays off",
    "start the node with an empty data folder and wait until salus doctor finds it caught up: it has no session keys, so it does not vote",
    "make new session keys (docs/operations.md, \"Replace session keys\"): salus --as NAME-service authority rotate-keys",
    "only then restore the vault (--only vault), through that node, and start the vault service",
];

#[derive(clap::Args)]
#[command(after_help = PASSWORD)]
pub(crate) struct Arguments {
    /// The snapshot, by its first digits; the newest one if none is named
    snapshot: Option<String>,
    #[command(flatten)]
    repository: RepositoryPlace,
    /// Everything comes below this folder, at the path that it had; / restores it to where it was
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
    /// Restore only this; may be given several times
    #[arg(long, value_name = "KIND")]
    only: Vec<Part>,
    /// Restore into folders that are not empty: files of the same names are replaced, whole objects stay
    #[arg(long)]
    overwrite: bool,
}

/// The parts of a snapshot.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Configuration, keys and identities
    Files,
    /// Objects that the chain names; asks --node, which has to be up to date
    Vault,
    /// The data of a node; rather let an empty node fetch the blocks
    NodeData,
}

#[derive(Serialize)]
struct Restored {
    snapshot: SnapshotId,
    files: u64,
    places: Vec<PathBuf>,
    other_owner: u64,
    vaults: Vec<Vault>,
    faults: Vec<String>,
    next: Vec<&'static str>,
}

#[derive(Serialize)]
struct Vault {
    place: PathBuf,
    restored: u64,
    present: u64,
    refused: u64,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Arguments { snapshot, repository, to, only, overwrite } = arguments;
    let repository = repository.open(context, Access::Reads)?;
    let (id, snapshot) = repository.find(snapshot.as_deref())?;
    let place = Place { target: absolute(&to)?, overwrite };
    let wants = |part: Part| only.is_empty() || only.contains(&part);
    check_parts(&only, &snapshot)?;
    // Whether anything stands in the way shows before anything is written, and before the node is asked.
    let vaults = if wants(Part::Vault) { snapshot.vaults.as_slice() } else { &[] };
    vaults.iter().try_for_each(|vault| place.of(&vault.root).map(|_| ()))?;
    let kinds = [(Part::Files, Kind::Files), (Part::NodeData, Kind::NodeData)];
    let kinds: Vec<Kind> = kinds.into_iter().filter(|(part, _)| wants(*part)).map(|(_, kind)| kind).collect();
    for tree in snapshot.trees.iter().filter(|tree| kinds.contains(&tree.kind)) {
        place.of(&tree.root)?;
    }
    let named = match vaults.is_empty() {
        true => None,
        false => Some(named(context, out).await?),
    };
    let next = if wants(Part::Files) || wants(Part::NodeData) { NEXT.to_vec() } else { Vec::new() };
    let mut restored = Restored {
        snapshot: id,
        files: 0,
        places: Vec::new(),
        other_owner: 0,
        vaults: Vec::new(),
        faults: Vec::new(),
        next,
    };
    for kind in kinds {
        restored.add_files(restore_files(&repository, &snapshot, kind, &place)?);
    }
    if let Some(named) = named {
        for saved in vaults {
            let bar = progress(out.is_human(), usize::try_from(saved.objects).unwrap_or(usize::MAX), "objects");
            let vault = restore_vault(&repository, saved, &named, &place, |seen| bar.set_position(seen)).await;
            bar.finish_and_clear();
            restored.add_vault(vault?);
        }
    }
    out.show(&restored, in_words)?;
    match restored.faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::Reported(1)),
    }
}

impl Restored {
    fn add_files(&mut self, restored: RestoredFiles) {
        let RestoredFiles { places, files, other_owner, faults } = restored;
        self.files = self.files.saturating_add(files);
        self.other_owner = self.other_owner.saturating_add(other_owner);
        self.places.extend(places);
        self.faults.extend(faults);
    }

    fn add_vault(&mut self, restored: RestoredVault) {
        let RestoredVault { place, restored, present, refused, faults } = restored;
        self.vaults.push(Vault { place, restored, present, refused });
        self.faults.extend(faults);
    }
}

/// A part that is asked for by name has to be there.
fn check_parts(only: &[Part], snapshot: &Snapshot) -> Result<(), Failure> {
    for part in only {
        let (is_there, name) = match part {
            Part::Files => (snapshot.trees.iter().any(|tree| tree.kind == Kind::Files), "files"),
            Part::Vault => (!snapshot.vaults.is_empty(), "vault"),
            Part::NodeData => (snapshot.trees.iter().any(|tree| tree.kind == Kind::NodeData), "data of a node"),
        };
        if !is_there {
            return Err(BackupError::NothingOfKind(name).into());
        }
    }
    Ok(())
}

/// The objects that the chain names. Without a node that is up to date nothing is restored.
async fn named(context: &Context, out: &Output<'_>) -> Result<NamedByChain, Failure> {
    let chain = context.chain().await?;
    let bar = counter(out.is_human(), "charts on the chain");
    let named = NamedByChain::ask(&chain, |charts| bar.set_position(charts)).await;
    bar.finish_and_clear();
    Ok(named?)
}

fn absolute(path: &std::path::Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| Failure::input(format!("`{}` is not a path: {error}", path.display())))
}

fn in_words(restored: &Restored) -> String {
    let mut text = fields(&[("snapshot", restored.snapshot.to_string()), ("files", restored.files.to_string())]);
    for place in &restored.places {
        text += &format!("restored: `{}`\n", place.display());
    }
    for Vault { place, restored, present, refused } in &restored.vaults {
        text += &format!(
            "restored: `{}`: {restored} objects came back, {present} were there, {refused} stay out because the chain does not name them\n",
            place.display()
        );
    }
    if restored.other_owner > 0 {
        text += &format!(
            "{} files and folders belong to you instead of their owners: run it as root to keep them\n",
            restored.other_owner
        );
    }
    for fault in &restored.faults {
        text += &format!("not restored: {fault}\n");
    }
    if !restored.faults.is_empty() {
        text += "hint: salus backup check names all damage and says what to do; an earlier snapshot may have them\n";
    }
    for (place, step) in restored.next.iter().enumerate() {
        text += &format!("{}{}. {step}\n", if place == 0 { "\nnext:\n" } else { "" }, place.saturating_add(1));
    }
    text
}
