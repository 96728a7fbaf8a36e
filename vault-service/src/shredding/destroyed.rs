// SPDX-License-Identifier: Apache-2.0

//! Blobs of shredded records, which never come back to this vault.
//!
//! A living record may name such a blob as well. No gate gives it out for that record, since its header binds it to the other one.
//! But the chain would count it as missing, and partners as something to copy. So each one is noted, and the notes stay.

use crate::whole_files::sync_folder;
use salus_primitives::Digest;
use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The folder of the notes, in that of the vault. It moves with the vault.
pub const FOLDER: &str = "shredded";
/// The file of the notes.
const FILE: &str = "blobs";
/// Bytes of a note: the id.
const NOTE: usize = 32;

/// The blobs of shredded records that were in a vault.
pub struct Destroyed {
    folder: PathBuf,
    ids: Mutex<HashSet<Digest>>,
}

impl Destroyed {
    /// The notes of the vault in the folder `vault`, as an earlier process left them.
    pub fn open(vault: &Path) -> io::Result<Self> {
        let folder = vault.join(FOLDER);
        let path = folder.join(FILE);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            bytes => bytes?,
        };
        let whole = bytes.chunks_exact(NOTE);
        let rest = whole.remainder().len();
        let ids = whole.filter_map(|note| note.try_into().ok()).map(Digest).collect();
        if rest > 0 {
            // A note of which a power failure left a part.
            let file = OpenOptions::new().write(true).open(&path)?;
            file.set_len(bytes.len().saturating_sub(rest).try_into().map_err(io::Error::other)?)?;
        }
        Ok(Self { folder, ids: Mutex::new(ids) })
    }

    /// Whether an object is among them.
    pub fn has(&self, id: &Digest) -> bool {
        self.lock().contains(id)
    }

    /// Notes a blob. When this returns, the note is on the disk.
    pub fn note(&self, id: Digest) -> io::Result<()> {
        let mut ids = self.lock();
        if ids.contains(&id) {
            return Ok(());
        }
        let is_new = !self.folder.is_dir();
        fs::create_dir_all(&self.folder)?;
        let mut file = OpenOptions::new().create(true).append(true).open(self.folder.join(FILE))?;
        append(&mut file, &id)?;
        sync_folder(&self.folder)?;
        if let Some(vault) = self.folder.parent().filter(|_| is_new) {
            sync_folder(vault)?;
        }
        ids.insert(id);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<Digest>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn append(file: &mut File, id: &Digest) -> io::Result<()> {
    let before = file.metadata()?.len();
    let written = file.write_all(&id.0).and_then(|()| file.sync_data());
    if written.is_err() {
        // Half a note would shift all that follow.
        let _ = file.set_len(before);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_survive_a_restart_and_a_torn_write() {
        let vault = tempfile::tempdir().unwrap();
        let [one, two, three] = [1, 2, 3].map(|byte| Digest([byte; 32]));
        let destroyed = Destroyed::open(vault.path()).unwrap();
        for id in [one, one, two] {
            destroyed.note(id).unwrap();
        }
        let path = vault.path().join(FOLDER).join(FILE);
        assert_eq!(fs::metadata(&path).unwrap().len(), 2 * NOTE as u64);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(&[3; 20]).unwrap();
        let destroyed = Destroyed::open(vault.path()).unwrap();
        destroyed.note(three).unwrap();
        let destroyed = Destroyed::open(vault.path()).unwrap();
        assert!([one, two, three].iter().all(|id| destroyed.has(id)) && !destroyed.has(&Digest([4; 32])));
        assert_eq!(fs::metadata(&path).unwrap().len(), 3 * NOTE as u64);
    }
}
