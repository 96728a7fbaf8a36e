// SPDX-License-Identifier: Apache-2.0

//! A run over files and folders.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::{BackupError, Result};
use crate::left_out::{self, is_session_key, Reason};
use crate::repository::Repository;
use crate::snapshot::{Content, Entry, Kind, Tree};

/// Bytes of a piece. Databases change in places, and unchanged pieces are not stored twice.
const PIECE: usize = 4 * 1024 * 1024;
/// How often a file is read that changes meanwhile.
const ATTEMPTS: usize = 3;

/// The outcome for one tree.
pub(crate) struct SavedTree {
    /// The tree, as the snapshot has it.
    pub(crate) tree: Tree,
    /// Bytes that are new in the repository.
    pub(crate) new_bytes: u64,
    /// Things that were left out on purpose.
    pub(crate) left_out: Vec<(PathBuf, Reason)>,
    /// Things that could not be saved, and why.
    pub(crate) faults: Vec<String>,
}

/// Saves `root`, an absolute path without links, and everything in it. Links are kept as links.
pub(crate) fn save(repository: &Repository, kind: Kind, root: &Path, verify: bool) -> Result<SavedTree> {
    let tree = Tree { kind, root: root.to_owned(), entries: Vec::new() };
    let mut run =
        Run { repository, verify, saved: SavedTree { tree, new_bytes: 0, left_out: Vec::new(), faults: Vec::new() } };
    if root.to_str().is_none() {
        return Err(BackupError::NotText(root.to_owned()));
    }
    run.visit(root)?;
    Ok(run.saved)
}

struct Run<'a> {
    repository: &'a Repository,
    verify: bool,
    saved: SavedTree,
}

impl Run<'_> {
    fn visit(&mut self, path: &Path) -> Result<()> {
        let is_root = path == self.saved.tree.root;
        let found = match fs::symlink_metadata(path) {
            Ok(found) => found,
            // It was there a moment ago: a file that goes meanwhile is not part of the backup.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !is_root => return Ok(()),
            Err(error) => return self.fault(path, &error.to_string()),
        };
        let Some(name) = path.strip_prefix(&self.saved.tree.root).ok().and_then(Path::to_str).map(str::to_owned) else {
            return self.fault(path, "its name is not text in UTF-8");
        };
        let entry = |content| Entry {
            path: name,
            mode: found.mode() & 0o7777,
            owner: found.uid(),
            group: found.gid(),
            content,
        };
        if found.is_dir() {
            if let Some(reason) = left_out::folder(path) {
                return self.leave_out(path, reason);
            }
            let entry = entry(Content::Folder);
            let names = match sorted(path) {
                Ok(names) => names,
                Err(error) => return self.fault(path, &error.to_string()),
            };
            self.saved.tree.entries.push(entry);
            return names.iter().try_for_each(|name| self.visit(name));
        }
        if found.is_symlink() {
            return match fs::read_link(path).map(|target| target.to_str().map(str::to_owned)) {
                Ok(Some(target)) => {
                    self.saved.tree.entries.push(entry(Content::Link { target }));
                    Ok(())
                }
                Ok(None) => self.fault(path, "it leads to a name that is not text in UTF-8"),
                Err(error) => self.fault(path, &error.to_string()),
            };
        }
        if !found.is_file() {
            return self.leave_out(path, Reason::Special);
        }
        if path.file_name().and_then(|name| name.to_str()).is_some_and(is_session_key) {
            return self.leave_out(path, Reason::SessionKeys);
        }
        match self.file(path)? {
            Ok(content) => self.saved.tree.entries.push(entry(content)),
            Err(words) => self.fault(path, &words)?,
        }
        Ok(())
    }

    /// The content of a file, as it was at one moment; else why it cannot be had. An error is one of the repository.
    fn file(&mut self, path: &Path) -> Result<std::result::Result<Content, String>> {
        for _ in 0..ATTEMPTS {
            match self.attempt(path)? {
                Ok(Some(content)) => return Ok(Ok(content)),
                Ok(None) => {}
                Err(error) => return Ok(Err(error.to_string())),
            }
        }
        Ok(Err(format!("it changed each of the {ATTEMPTS} times that it was read")))
    }

    /// The content of a file; none if it changed meanwhile.
    fn attempt(&mut self, path: &Path) -> Result<io::Result<Option<Content>>> {
        let begin = || {
            let file = File::open(path)?;
            let found = file.metadata()?;
            Ok((file, state(&found)))
        };
        let (mut file, before) = match begin() {
            Ok(begun) => begun,
            Err(error) => return Ok(Err(error)),
        };
        let (mut pieces, mut size) = (Vec::new(), 0u64);
        loop {
            let mut piece = Zeroizing::new(Vec::new());
            if let Err(error) = (&mut file).take(PIECE as u64).read_to_end(&mut piece) {
                return Ok(Err(error));
            }
            if piece.is_empty() {
                break;
            }
            let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
            let (id, is_new) = self.repository.put(&piece, self.verify)?;
            if is_new {
                self.saved.new_bytes = self.saved.new_bytes.saturating_add(length);
            }
            size = size.saturating_add(length);
            pieces.push(id);
        }
        Ok(file.metadata().map(|found| {
            let is_still = state(&found) == before && found.len() == size;
            is_still.then_some(Content::File { size, pieces })
        }))
    }

    fn fault(&mut self, path: &Path, words: &str) -> Result<()> {
        self.saved.faults.push(format!("`{}`: {words}", path.display()));
        Ok(())
    }

    fn leave_out(&mut self, path: &Path, reason: Reason) -> Result<()> {
        self.saved.left_out.push((path.to_owned(), reason));
        Ok(())
    }
}

/// The facts that change when a file is written: length, time of the last write, and of the last change of anything.
fn state(found: &Metadata) -> (u64, i64, i64, i64, i64) {
    (found.len(), found.mtime(), found.mtime_nsec(), found.ctime(), found.ctime_nsec())
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut names =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}
