// SPDX-License-Identifier: Apache-2.0

//! A file to which lines are added. One sync serves all lines that were added before it began.
//!
//! While one thread syncs, others add their lines and wait for their turn. The first of them syncs for all. So the more objects
//! come at a time, and the slower the disk is, the more of them share a sync.

use crate::whole_files;
use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Lines beyond twice as many as counted, before the journal is written again.
const SPARE: u64 = 4_096;

/// A journal that this process writes.
pub(super) struct Journal {
    path: PathBuf,
    added: Mutex<Added>,
    /// Held by the thread that syncs.
    turn: Mutex<()>,
}

/// A line, by its number. It is on the disk once [`Journal::sync`] returns.
#[must_use]
pub(super) struct Line(u64);

#[derive(Default)]
struct Added {
    /// None before the first line, and after a fault, which may leave half a line, or pages that the kernel gave up.
    file: Option<Arc<File>>,
    /// Lines of the file, and how many it may have.
    in_file: u64,
    most: u64,
    /// Lines that this process added, and how many of them are on the disk.
    lines: u64,
    durable: u64,
}

impl Journal {
    /// The journal at `path`, as an earlier process left it.
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path, added: Mutex::default(), turn: Mutex::default() }
    }

    /// Adds a line, which ends in a line feed.
    ///
    /// `whole` has all lines that count after this one. They take the place of the file at first, after a fault, and when most of
    /// its lines count no more.
    pub(super) fn add(&self, line: &[u8], whole: impl FnOnce() -> io::Result<Vec<u8>>) -> io::Result<Line> {
        let mut added = lock(&self.added);
        added.lines = added.lines.saturating_add(1);
        // Put back once the line is whole: none follows a half one.
        let file = added.file.take().filter(|_| added.in_file < added.most);
        if let Some(file) = file {
            (&*file).write_all(line)?;
            added.in_file = added.in_file.saturating_add(1);
            added.file = Some(file);
        } else {
            let whole = whole()?;
            whole_files::replace(&self.path, &whole)?;
            added.durable = added.lines;
            added.in_file = whole.iter().filter(|byte| **byte == b'\n').count() as u64;
            added.most = added.in_file.saturating_mul(2).saturating_add(SPARE);
            added.file = Some(Arc::new(File::options().append(true).open(&self.path)?));
        }
        Ok(Line(added.lines))
    }

    /// Waits until a line is on the disk.
    pub(super) fn sync(&self, Line(number): Line) -> io::Result<()> {
        let _turn = lock(&self.turn);
        let (file, lines) = {
            let added = lock(&self.added);
            if added.durable >= number {
                return Ok(());
            }
            (added.file.clone().ok_or_else(|| io::Error::other("the journal has a fault"))?, added.lines)
        };
        let synced = file.sync_data();
        let mut added = lock(&self.added);
        match &synced {
            Ok(()) => added.durable = added.durable.max(lines),
            // The next sync may find nothing to write, and succeed.
            Err(_) => added.file = None,
        }
        synced
    }
}

/// The whole lines of a journal, with their line feeds. Lines that were never synced are missing after a power failure, or are
/// zeros, and nothing was built on them.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = whole_files::read(path)?.unwrap_or_default();
    let written = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    bytes.truncate(written);
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end.saturating_add(1));
    bytes.truncate(whole);
    Ok(bytes)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, sync::Barrier};

    fn unasked() -> io::Result<Vec<u8>> {
        panic!("the journal is written again")
    }

    #[test]
    fn what_was_synced_is_read_and_half_a_line_is_not() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("folder/journal");
        assert_eq!(read(&path).unwrap(), b"");
        let journal = Journal::at(path.clone());
        let first = journal.add(b"2\n", || Ok(b"1\n2\n".to_vec())).unwrap();
        journal.sync(first).unwrap();
        let next = journal.add(b"3\n", unasked).unwrap();
        journal.sync(next).unwrap();
        for unsynced in ["", "4", "\0\0\0\n", "4\0\n5\n"] {
            fs::write(&path, ["1\n2\n3\n", unsynced].concat()).unwrap();
            assert_eq!(read(&path).unwrap(), b"1\n2\n3\n", "{unsynced:?}");
        }
    }

    #[test]
    fn one_sync_serves_all_lines_before_it() {
        let place = tempfile::tempdir().unwrap();
        let journal = Journal::at(place.path().join("journal"));
        let first = journal.add(b"0\n", || Ok(b"0\n".to_vec())).unwrap();
        journal.sync(first).unwrap();
        let lines: Vec<_> = (0..16).map(|_| journal.add(b"1\n", unasked).unwrap()).collect();
        let last = Line(17);
        assert_eq!(lock(&journal.added).durable, 1);
        journal.sync(last).unwrap();
        assert_eq!(lock(&journal.added).durable, 17);
        // The others ask for no sync: without a file there could be none.
        lock(&journal.added).file = None;
        lines.into_iter().for_each(|line| journal.sync(line).unwrap());
        assert!(journal.sync(Line(18)).is_err());
    }

    #[test]
    fn lines_of_many_threads_are_all_there() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("journal");
        let (journal, together) = (Journal::at(path.clone()), Barrier::new(16));
        std::thread::scope(|scope| {
            for number in 0..16u8 {
                let (journal, together) = (&journal, &together);
                scope.spawn(move || {
                    together.wait();
                    for _ in 0..50 {
                        let line = [number.saturating_add(b'a'), b'\n'];
                        // The thread that begins the file has its line there.
                        let line = journal.add(&line, || Ok(line.to_vec())).unwrap();
                        journal.sync(line).unwrap();
                    }
                });
            }
        });
        assert_eq!(read(&path).unwrap().len(), 16 * 50 * 2);
    }

    #[test]
    fn after_a_fault_and_when_few_lines_count_the_journal_is_written_again() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("journal");
        let journal = Journal::at(path.clone());
        let _ = journal.add(b"1\n", || Ok(b"1\n".to_vec())).unwrap();
        // A file that cannot be written.
        lock(&journal.added).file = Some(Arc::new(File::open(&path).unwrap()));
        assert!(journal.add(b"2\n", unasked).is_err());
        let line = journal.add(b"3\n", || Ok(b"1\n3\n".to_vec())).unwrap();
        assert_eq!(read(&path).unwrap(), b"1\n3\n");
        journal.sync(line).unwrap();
        for _ in 0..SPARE + 2 {
            let _ = journal.add(b"4\n", unasked).unwrap();
        }
        let _ = journal.add(b"5\n", || Ok(b"5\n".to_vec())).unwrap();
        assert_eq!(read(&path).unwrap(), b"5\n");
    }
}
