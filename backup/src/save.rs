// SPDX-License-Identifier: Apache-2.0

//! One run: everything that was named is saved, and a snapshot says what.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::FlockOperation;
use salus_primitives::{Digest, Moment};
use salus_vault::{Vault, VaultError};
use tokio::io::AsyncReadExt;

use crate::error::{object, BackupError, Result};
use crate::folder::try_lock;
use crate::left_out::{self, Reason};
use crate::object_lists::to_bytes;
use crate::repository::Repository;
use crate::snapshot::{Kind, SavedVault, Snapshot, SnapshotId};
use crate::tree;

/// Ids that are asked for at one time.
const PAGE: usize = 1_024;
/// Bytes of one read.
const READ: usize = 256 * 1024;

/// The things that a run saves.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Folders of vaults.
    pub vaults: Vec<PathBuf>,
    /// Files and folders.
    pub files: Vec<PathBuf>,
    /// The data of a node that does not run.
    pub node_data: Option<PathBuf>,
    /// Whether what the repository has already is read and, if it is damaged, saved again.
    pub verify: bool,
}

/// The outcome of a run.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The name of the snapshot.
    pub id: SnapshotId,
    /// Its content.
    pub snapshot: Snapshot,
    /// Objects that are new in the repository.
    pub new_objects: u64,
    /// Bytes of files that are new in the repository.
    pub new_bytes: u64,
    /// Things that were left out on purpose, and why.
    pub left_out: Vec<(PathBuf, &'static str)>,
    /// Things that could not be saved, and why.
    pub faults: Vec<String>,
}

/// Saves what `sources` name, and tells `progress` now and then how many objects it has seen.
///
/// An object of a vault enters only if its bytes hash to its name. One that does not, and a file that cannot be read, are named in
/// the outcome; the rest is saved all the same.
pub async fn save(
    repository: &Repository,
    sources: &Sources,
    now: Moment,
    mut progress: impl FnMut(u64),
) -> Result<Saved> {
    let Sources { vaults, files, node_data, verify } = sources;
    let (vaults, files) = (all_real(vaults)?, all_real(files)?);
    let node_data = node_data.iter().map(|path| real(path)).collect::<Result<Vec<_>>>()?;
    check_sources(repository, &vaults, &files, &node_data)?;
    // The locks are held to the end: no node begins to write meanwhile.
    let _locks = node_data.iter().map(|folder| lock_node_data(folder)).collect::<Result<Vec<_>>>()?;
    let mut saved = Saved {
        id: SnapshotId::generate(),
        snapshot: Snapshot { at: now, vaults: Vec::new(), trees: Vec::new(), faults: 0 },
        new_objects: 0,
        new_bytes: 0,
        left_out: Vec::new(),
        faults: Vec::new(),
    };
    for vault in vaults {
        let vault = save_vault(repository, &vault, *verify, &mut saved, &mut progress).await?;
        saved.snapshot.vaults.push(vault);
    }
    let files = files.iter().map(|root| (Kind::Files, root));
    for (kind, root) in files.chain(node_data.iter().map(|root| (Kind::NodeData, root))) {
        let tree = tree::save(repository, kind, root, *verify)?;
        saved.new_bytes = saved.new_bytes.saturating_add(tree.new_bytes);
        saved.left_out.extend(tree.left_out.into_iter().map(|(path, reason)| (path, reason.words())));
        saved.faults.extend(tree.faults);
        saved.snapshot.trees.push(tree.tree);
    }
    saved.snapshot.faults = saved.faults.len().try_into().unwrap_or(u64::MAX);
    saved.id = repository.add_snapshot(&saved.snapshot)?;
    Ok(saved)
}

fn all_real(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut paths = paths.iter().map(|path| real(path)).collect::<Result<Vec<_>>>()?;
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// The path from the root of the file system, without links: where the same thing is restored.
fn real(path: &Path) -> Result<PathBuf> {
    path.canonicalize().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => BackupError::NoSource(path.to_owned()),
        _ => BackupError::at(path)(error),
    })
}

fn check_sources(repository: &Repository, vaults: &[PathBuf], files: &[PathBuf], node_data: &[PathBuf]) -> Result<()> {
    let all: Vec<&PathBuf> = vaults.iter().chain(files).chain(node_data).collect();
    if all.is_empty() {
        return Err(BackupError::NothingToSave);
    }
    if let Some(root) = all.iter().find(|root| repository.folder().starts_with(root)) {
        return Err(BackupError::RepositoryInside(root.to_path_buf()));
    }
    if let Some(folder) = vaults.iter().find(|folder| !folder.join(left_out::VAULT).is_file()) {
        return Err(BackupError::NotAVault(folder.clone()));
    }
    if let Some(folder) = files.iter().find(|path| left_out::folder(path) == Some(Reason::Vault)) {
        return Err(BackupError::IsAVault(folder.clone()));
    }
    if let Some(folder) = node_data.iter().find(|folder| !folder.join("chains").is_dir()) {
        return Err(BackupError::NotNodeData(folder.clone()));
    }
    // A vault below files is left out of them, so the two may lie one in the other.
    let trees: Vec<&PathBuf> = files.iter().chain(node_data).collect();
    for (place, one) in trees.iter().enumerate() {
        for (other_place, other) in trees.iter().enumerate() {
            if place != other_place && other.starts_with(one) {
                return Err(BackupError::Overlap(one.to_path_buf(), other.to_path_buf()));
            }
        }
    }
    Ok(())
}

/// Takes the locks of a node's databases, so that none runs and none begins.
fn lock_node_data(folder: &Path) -> Result<Vec<File>> {
    let mut locks = Vec::new();
    lock_below(&folder.join("chains"), folder, &mut locks)?;
    Ok(locks)
}

fn lock_below(folder: &Path, data: &Path, locks: &mut Vec<File>) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(BackupError::at(folder))? {
        let path = entry.map_err(BackupError::at(folder))?.path();
        let found = fs::symlink_metadata(&path).map_err(BackupError::at(&path))?;
        if found.is_dir() {
            lock_below(&path, data, locks)?;
        } else if found.is_file() && path.file_name().is_some_and(|name| name.eq_ignore_ascii_case("lock")) {
            let lock = OpenOptions::new().read(true).write(true).open(&path).map_err(BackupError::at(&path))?;
            if !try_lock(&lock, FlockOperation::NonBlockingLockExclusive) {
                return Err(BackupError::NodeRuns(data.to_owned()));
            }
            locks.push(lock);
        }
    }
    Ok(())
}

async fn save_vault(
    repository: &Repository,
    folder: &Path,
    verify: bool,
    saved: &mut Saved,
    progress: &mut impl FnMut(u64),
) -> Result<SavedVault> {
    let vault = Vault::open_folder(folder).await?;
    let (mut lists, mut objects, mut seen, mut after) = (Vec::new(), 0u64, 0u64, None);
    loop {
        let page = vault.list(after.as_ref(), PAGE).await?;
        let Some(last) = page.last().copied() else { break };
        // Lists follow the first byte of the ids, so that one more object changes one list.
        for shard in page.chunk_by(|one, other| one.0.first() == other.0.first()) {
            let mut ids = Vec::new();
            for id in shard {
                seen = seen.saturating_add(1);
                if save_object(repository, &vault, id, verify, saved).await? {
                    ids.push(*id);
                }
            }
            if !ids.is_empty() {
                objects = objects.saturating_add(ids.len().try_into().unwrap_or(u64::MAX));
                lists.push(repository.put(&to_bytes(&ids), verify)?.0);
            }
        }
        progress(seen);
        after = Some(last);
    }
    Ok(SavedVault { root: folder.to_owned(), objects, lists })
}

/// Whether the object is in the repository now.
async fn save_object(
    repository: &Repository,
    vault: &Vault,
    id: &Digest,
    verify: bool,
    saved: &mut Saved,
) -> Result<bool> {
    if repository.is_settled(id, verify) {
        return Ok(true);
    }
    let reader = vault.reader(id).await;
    let mut reader = match reader {
        Ok(reader) => reader,
        // It expired a moment ago.
        Err(VaultError::NotFound(_)) => return Ok(false),
        Err(error) => {
            saved.faults.push(format!("{} in `{}`: {}", object(id), vault.folder().display(), words(&error)));
            return Ok(false);
        }
    };
    let path = repository.path_of(id);
    let mut incoming = repository.incoming().map_err(BackupError::at(&path))?;
    let mut piece = vec![0; READ];
    loop {
        match reader.read(&mut piece).await {
            Ok(0) => break,
            Ok(length) => {
                incoming.push(piece.get(..length).unwrap_or_default()).map_err(BackupError::at(&path))?;
            }
            Err(error) => {
                saved.faults.push(format!("{} in `{}`: {error}", object(id), vault.folder().display()));
                return Ok(false);
            }
        }
    }
    if incoming.digest() != *id {
        saved.faults.push(format!("{} in `{}`: its bytes are others", object(id), vault.folder().display()));
        return Ok(false);
    }
    repository.admit(incoming).map_err(BackupError::at(&path))?;
    saved.new_objects = saved.new_objects.saturating_add(1);
    Ok(true)
}

fn words(error: &VaultError) -> String {
    match error {
        VaultError::Corrupted { .. } => "its bytes are others, so it was not saved".to_owned(),
        other => other.to_string(),
    }
}
