// SPDX-License-Identifier: Apache-2.0

//! Notes of the objects that the vault once held: whose they are, and which chart names them.
//!
//! So a lost object is told from one that never came, and a service knows whom it may give which copy. The file grows by 44 bytes
//! for each object, and is read when the service starts.

use salus_primitives::{ChartId, Digest, InstitutionId};
use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The file of the notes.
const FILE: &str = "notes";
/// Its presence says that every object which the chain named when the notes began is among them.
const BEGUN: &str = "begun";
/// Bytes of a note: id, owner, chart.
const NOTE: usize = 32 + 4 + 8;

/// The notes of a vault.
pub struct Notes {
    folder: PathBuf,
    inner: Mutex<Inner>,
}

struct Inner {
    file: Option<File>,
    noted: HashMap<Digest, Note>,
    unwritten: Vec<u8>,
    begun: bool,
}

/// The facts that are known of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Note {
    /// The institution in whose vault it belongs.
    pub owner: InstitutionId,
    /// The chart that names it.
    pub chart: ChartId,
}

impl Notes {
    /// The notes in `folder`, as an earlier process left them.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let path = folder.join(FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let mut noted = HashMap::new();
        let whole = bytes.chunks_exact(NOTE);
        let rest = whole.remainder().len();
        for note in whole {
            if let Some((id, note)) = read(note) {
                noted.insert(id, note);
            }
        }
        if rest > 0 {
            // A note of which a power failure left a part.
            let file = OpenOptions::new().write(true).open(&path)?;
            file.set_len(u64::try_from(bytes.len().saturating_sub(rest)).map_err(io::Error::other)?)?;
        }
        let begun = folder.join(BEGUN).try_exists()?;
        let inner = Inner { file: None, noted, unwritten: Vec::new(), begun };
        Ok(Self { folder: folder.to_owned(), inner: Mutex::new(inner) })
    }

    /// The note of an object, if there is one.
    pub fn of(&self, id: &Digest) -> Option<Note> {
        self.lock().noted.get(id).copied()
    }

    /// Notes an object. [`Self::write`] puts the note on the disk.
    pub fn note(&self, id: Digest, note: Note) {
        let mut inner = self.lock();
        if inner.noted.get(&id) != Some(&note) {
            inner.noted.insert(id, note);
            inner.unwritten.extend([&id.0[..], &note.owner.0.to_le_bytes(), &note.chart.0.to_le_bytes()].concat());
        }
    }

    /// Whether the notes have every object that the chain named when they began.
    ///
    /// Until then nothing is told of an object that is not among them: vault and notes may have been lost together.
    pub fn have_begun(&self) -> bool {
        self.lock().begun
    }

    /// Says that the notes have every object which the chain names now.
    pub fn begin(&self) -> io::Result<()> {
        self.write()?;
        fs::create_dir_all(&self.folder)?;
        File::create(self.folder.join(BEGUN))?.sync_all()?;
        self.lock().begun = true;
        Ok(())
    }

    /// Puts new notes on the disk.
    pub fn write(&self) -> io::Result<()> {
        let mut inner = self.lock();
        if inner.unwritten.is_empty() {
            return Ok(());
        }
        if inner.file.is_none() {
            fs::create_dir_all(&self.folder)?;
            inner.file = Some(OpenOptions::new().create(true).append(true).open(self.folder.join(FILE))?);
        }
        let unwritten = std::mem::take(&mut inner.unwritten);
        let Some(file) = &mut inner.file else { return Ok(()) };
        let before = file.metadata()?.len();
        if let Err(error) = file.write_all(&unwritten).and_then(|()| file.sync_data()) {
            // Half a note would shift all that follow.
            let _ = file.set_len(before);
            inner.unwritten = unwritten;
            return Err(error);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(bytes: &[u8]) -> Option<(Digest, Note)> {
    let (id, rest) = bytes.split_first_chunk()?;
    let (owner, rest) = rest.split_first_chunk()?;
    let chart = u64::from_le_bytes(rest.try_into().ok()?);
    Some((Digest(*id), Note { owner: InstitutionId(u32::from_le_bytes(*owner)), chart: ChartId(chart) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_survive_a_restart_and_a_torn_write() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("copies");
        let note = |number| Note { owner: InstitutionId(number), chart: ChartId(u64::from(number) + 10) };
        let (one, two, three) = (Digest([1; 32]), Digest([2; 32]), Digest([3; 32]));
        let notes = Notes::open(&folder).unwrap();
        notes.note(one, note(1));
        notes.note(one, note(1));
        notes.write().unwrap();
        assert_eq!(fs::metadata(folder.join(FILE)).unwrap().len(), NOTE as u64);
        notes.note(two, note(2));
        assert!(!notes.have_begun());
        notes.begin().unwrap();

        OpenOptions::new().append(true).open(folder.join(FILE)).unwrap().write_all(&[9; 20]).unwrap();
        let notes = Notes::open(&folder).unwrap();
        assert!(notes.have_begun());
        assert_eq!((notes.of(&one), notes.of(&two), notes.of(&three)), (Some(note(1)), Some(note(2)), None));
        // The controller moved to another institution.
        notes.note(two, note(3));
        notes.note(three, note(3));
        notes.write().unwrap();
        let notes = Notes::open(&folder).unwrap();
        assert_eq!((notes.of(&two), notes.of(&three)), (Some(note(3)), Some(note(3))));
    }
}
