// SPDX-License-Identifier: Apache-2.0

//! Files and folders come back: whole, with owners and permissions, and never through a link.

use std::fs;
use std::io;
use std::os::unix::fs::{chown, lchown, symlink, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use rustix::process::geteuid;

use super::Place;
use crate::error::{BackupError, PieceFault, Result};
use crate::folder::{create_private, sync, NewFile};
use crate::repository::Repository;
use crate::snapshot::{below, Content, Entry, Kind, Snapshot, Tree};

/// The beginning of the name of a file that is not whole yet.
const UNFINISHED: &str = ".salus-restore-";

/// The outcome of a restoration of files.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RestoredFiles {
    /// Where the trees are now.
    pub places: Vec<PathBuf>,
    /// How many files came back.
    pub files: u64,
    /// Files and folders whose owner or group is another one, because only root may give files away.
    pub other_owner: u64,
    /// Things that could not be restored, and why.
    pub faults: Vec<String>,
}

/// Restores the trees of one kind. A file whose pieces are damaged is named, and does not come back at all.
pub fn restore_files(repository: &Repository, snapshot: &Snapshot, kind: Kind, place: &Place) -> Result<RestoredFiles> {
    let trees: Vec<&Tree> = snapshot.trees.iter().filter(|tree| tree.kind == kind).collect();
    // All targets are looked at before the first byte is written.
    let places = trees.iter().map(|tree| place.of(&tree.root)).collect::<Result<Vec<_>>>()?;
    let mut restored = RestoredFiles { places: places.clone(), ..Default::default() };
    for (tree, place) in trees.into_iter().zip(places) {
        restore_tree(repository, tree, &place, &mut restored)?;
    }
    Ok(restored)
}

fn restore_tree(repository: &Repository, tree: &Tree, root: &Path, restored: &mut RestoredFiles) -> Result<()> {
    let mut folders = Vec::new();
    if let Some(parent) = root.parent() {
        // Folders on the way that were not saved themselves, such as `/etc`.
        fs::create_dir_all(parent).map_err(BackupError::at(parent))?;
    }
    for entry in &tree.entries {
        let path =
            below(root, Path::new(&entry.path)).ok_or_else(|| BackupError::NotAFolder(entry.path.clone().into()))?;
        check_way(root, &entry.path)?;
        match &entry.content {
            Content::Folder => {
                make_folder(&path)?;
                sweep(&path).map_err(BackupError::at(&path))?;
                folders.push((path, entry));
            }
            Content::Link { target } => {
                remove_file(&path)?;
                symlink(target, &path).map_err(BackupError::at(&path))?;
                let owned = lchown(&path, Some(entry.owner), Some(entry.group));
                count_owner(owned, restored).map_err(BackupError::at(&path))?;
            }
            Content::File { .. } => restore_file(repository, entry, &path, restored)?,
        }
    }
    // Last, and from the innermost out: a folder that its owner may not write into could not be filled.
    for (path, entry) in folders.into_iter().rev() {
        let owned = chown(&path, Some(entry.owner), Some(entry.group));
        count_owner(owned, restored).map_err(BackupError::at(&path))?;
        let settle = || {
            fs::set_permissions(&path, fs::Permissions::from_mode(entry.mode))?;
            sync(&path)
        };
        settle().map_err(BackupError::at(&path))?;
    }
    Ok(())
}

fn restore_file(repository: &Repository, entry: &Entry, path: &Path, restored: &mut RestoredFiles) -> Result<()> {
    let Content::File { size, pieces } = &entry.content else { return Ok(()) };
    let folder = path.parent().unwrap_or(path);
    let mut file = NewFile::begin(folder, UNFINISHED).map_err(BackupError::at(folder))?;
    let mut written = 0u64;
    for piece in pieces {
        let mut read = || -> std::result::Result<io::Result<()>, PieceFault> {
            let mut reader = repository.read(piece)?;
            while let Some(bytes) = reader.next()? {
                written = written.saturating_add(bytes.len().try_into().unwrap_or(u64::MAX));
                if let Err(error) = file.write(bytes) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        };
        match read() {
            Ok(stored) => stored.map_err(BackupError::at(path))?,
            Err(fault) => {
                let piece = repository.path_of(piece);
                restored.faults.push(format!("`{}`: `{}` is {}", path.display(), piece.display(), fault.words()));
                return Ok(());
            }
        }
    }
    if written != *size {
        restored.faults.push(format!("`{}`: it has {written} bytes instead of {size}", path.display()));
        return Ok(());
    }
    let owned = std::os::unix::fs::fchown(file.file(), Some(entry.owner), Some(entry.group));
    count_owner(owned, restored).map_err(BackupError::at(path))?;
    file.file().set_permissions(fs::Permissions::from_mode(entry.mode)).map_err(BackupError::at(path))?;
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()) {
        return Err(BackupError::TargetNotEmpty(path.to_owned()));
    }
    file.name(path).map_err(BackupError::at(path))?;
    restored.files = restored.files.saturating_add(1);
    Ok(())
}

/// Whether every folder between `root` and the last name of `path` is a folder, and not a link that leads elsewhere.
fn check_way(root: &Path, path: &str) -> Result<()> {
    let mut way = root.to_owned();
    let mut parts = Path::new(path).components().peekable();
    while let Some(part) = parts.next() {
        if !fs::symlink_metadata(&way).is_ok_and(|found| found.is_dir()) {
            return Err(BackupError::NotAFolder(way));
        }
        if parts.peek().is_none() {
            break;
        }
        if let Component::Normal(name) = part {
            way.push(name);
        }
    }
    Ok(())
}

fn make_folder(path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(BackupError::NotAFolder(path.to_owned())),
        Err(_) => create_private(path).map_err(BackupError::at(path)),
    }
}

/// Removes the files of a restoration that was killed.
fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn remove_file(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(BackupError::at(path)(error)),
        _ => Ok(()),
    }
}

/// Only root may give a file to another owner. Others keep what they restore, and are told so.
fn count_owner(owned: io::Result<()>, restored: &mut RestoredFiles) -> io::Result<()> {
    match owned {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied && !geteuid().is_root() => {
            restored.other_owner = restored.other_owner.saturating_add(1);
            Ok(())
        }
        other => other,
    }
}
