// SPDX-License-Identifier: Apache-2.0

//! All lists of receipts of one gate, in one folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use salus_primitives::receipts::{Opening, Receipt, ReceiptsHead};
use salus_primitives::{Digest, InstitutionId, Moment};

use super::list::{
    advance, cut, end_of, folder_of, named, path_of, read, sync_folder, ListState, OpenList, ReceiptFault,
    StoredReceipts, UNFINISHED,
};

/// The file that says from when on the book has every release.
const SINCE: &str = "since";

/// The receipts of a gate, on disk.
///
/// Receipts of different openings are written side by side. One process at a time has the book.
pub struct ReceiptBook {
    folder: PathBuf,
    genesis: Digest,
    institution: InstitutionId,
    since: Moment,
    lists: Mutex<BTreeMap<Opening, Arc<Mutex<Place>>>>,
}

/// A list in memory: none before it is looked for, and after it is closed.
#[derive(Default)]
struct Place(Option<OpenList>);

impl ReceiptBook {
    /// The book of the gate of `institution` in the folder `folder`. A book that is made here begins at `now`.
    pub fn open(folder: PathBuf, genesis: Digest, institution: InstitutionId, now: Moment) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        for file in fs::read_dir(&folder)? {
            let path = file?.path();
            // Made by a process that was killed: no receipt was written to it.
            if path.extension().is_some_and(|ending| ending == UNFINISHED) {
                fs::remove_file(path)?;
            }
        }
        let since = beginning(&folder, now)?;
        Ok(Self { folder, genesis, institution, since, lists: Mutex::default() })
    }

    /// From when on the book has a receipt of every release, in Unix milliseconds.
    ///
    /// A book that was lost and made again knows nothing of earlier openings, and must not say that nothing was given out.
    pub fn since(&self) -> Moment {
        self.since
    }

    /// The institution whose gate has the book.
    pub fn institution(&self) -> InstitutionId {
        self.institution
    }

    /// Adds a receipt for an opening whose session ends at `expires_at`. When this returns, the receipt is on the disk.
    pub fn append(&self, opening: Opening, expires_at: Moment, receipt: &Receipt) -> Result<(), ReceiptFault> {
        let place = self.place(opening);
        let mut place = locked(&place);
        let list = match &mut place.0 {
            Some(list) => list,
            empty => match self.list(opening, expires_at) {
                Ok(list) => empty.insert(list),
                Err(fault) => {
                    locked(&self.lists).remove(&opening);
                    return Err(fault);
                }
            },
        };
        list.append(receipt)
    }

    /// Fixes the head of an opening whose session ended at `expires_at`. Where nothing was given out, the list is empty.
    pub fn close(&self, opening: Opening, expires_at: Moment) -> io::Result<ReceiptsHead> {
        let place = self.place(opening);
        let mut place = locked(&place);
        let state = match state_of(&self.folder, opening)? {
            Some(ListState::Open) => {
                // Part of a frame at the end goes before the list counts as whole.
                let whole = read(&self.folder, opening, ListState::Open)?;
                cut(&self.folder, &whole)?;
                advance(&self.folder, opening, ListState::Open, ListState::Closed)?;
                ListState::Closed
            }
            Some(state) => state,
            None => {
                OpenList::create(&self.folder, &self.empty(opening, expires_at))?;
                advance(&self.folder, opening, ListState::Open, ListState::Closed)?;
                ListState::Closed
            }
        };
        place.0 = None;
        locked(&self.lists).remove(&opening);
        Ok(read(&self.folder, opening, state)?.head)
    }

    /// Takes note that the head of a closed list is in the finalized log, or never can be.
    pub fn settle(&self, opening: Opening) -> io::Result<()> {
        match state_of(&self.folder, opening)? {
            Some(ListState::Settled) => Ok(()),
            Some(ListState::Closed) => advance(&self.folder, opening, ListState::Closed, ListState::Settled),
            _ => Err(io::Error::new(ErrorKind::NotFound, "the receipts of the opening are not closed")),
        }
    }

    /// The openings whose lists are not settled, and when their sessions end.
    pub fn unsettled(&self) -> io::Result<BTreeMap<Opening, Moment>> {
        let mut found = BTreeMap::new();
        for (opening, state) in files(&self.folder)? {
            found.insert(opening, end_of(&self.folder, opening, state)?);
        }
        Ok(found)
    }

    /// Deletes settled lists of sessions that ended before `before`; how many.
    pub fn forget(&self, before: Moment) -> io::Result<u64> {
        let mut forgotten = 0u64;
        for (opening, state) in files(&folder_of(&self.folder, ListState::Settled))? {
            if end_of(&self.folder, opening, state)? < before {
                fs::remove_file(path_of(&self.folder, opening, state))?;
                forgotten = forgotten.saturating_add(1);
            }
        }
        Ok(forgotten)
    }

    /// The receipts for an opening in the folder of a book, if there are any. The gate may be at work meanwhile.
    pub fn stored(folder: &Path, opening: Opening) -> io::Result<Option<StoredReceipts>> {
        // The list may come into its next state between the two looks.
        for _ in ListState::ALL {
            let Some(state) = state_of(folder, opening)? else { return Ok(None) };
            match read(folder, opening, state) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                stored => return stored.map(Some),
            }
        }
        Ok(None)
    }

    fn list(&self, opening: Opening, expires_at: Moment) -> Result<OpenList, ReceiptFault> {
        match state_of(&self.folder, opening)? {
            None => Ok(OpenList::create(&self.folder, &self.empty(opening, expires_at))?),
            Some(ListState::Open) => Ok(OpenList::resume(&self.folder, opening)?),
            Some(_) => Err(ReceiptFault::Closed),
        }
    }

    fn empty(&self, opening: Opening, expires_at: Moment) -> StoredReceipts {
        let Self { genesis, institution, .. } = *self;
        let (head, receipts) = (ReceiptsHead::empty(&genesis, institution, opening), Vec::new());
        StoredReceipts { genesis, institution, opening, expires_at, state: ListState::Open, head, receipts }
    }

    fn place(&self, opening: Opening) -> Arc<Mutex<Place>> {
        locked(&self.lists).entry(opening).or_default().clone()
    }
}

/// The lists in a folder.
fn files(folder: &Path) -> io::Result<Vec<(Opening, ListState)>> {
    let mut found = Vec::new();
    match fs::read_dir(folder) {
        Ok(files) => {
            for file in files {
                found.extend(named(&file?.path()));
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    Ok(found)
}

/// The state of the list of an opening; none without a list.
fn state_of(folder: &Path, opening: Opening) -> io::Result<Option<ListState>> {
    for state in ListState::ALL {
        if path_of(folder, opening, state).try_exists()? {
            return Ok(Some(state));
        }
    }
    Ok(None)
}

/// The beginning of the book, which is `now` for a new one.
fn beginning(folder: &Path, now: Moment) -> io::Result<Moment> {
    let path = folder.join(SINCE);
    match fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().map_err(|_| {
            io::Error::new(ErrorKind::InvalidData, format!("`{}` is not a time in milliseconds", path.display()))
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let fresh = path.with_extension(UNFINISHED);
            let mut file = fs::File::create(&fresh)?;
            file.write_all(format!("{now}\n").as_bytes())?;
            file.sync_all()?;
            fs::rename(fresh, path)?;
            sync_folder(folder)?;
            Ok(now)
        }
        Err(error) => Err(error),
    }
}

/// A program that panicked left the list on the disk, which counts.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
