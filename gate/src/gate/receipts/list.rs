// SPDX-License-Identifier: Apache-2.0

//! The list of receipts for one opening, in one file.
//!
//! The file has a head of fixed length, then a frame for each receipt: the receipt, and the digest over all receipts up to
//! it. A frame is written at its own place and synced. A program that is killed in between leaves a part of a frame, or
//! a frame of a release that never was: the list then says more than was given out, never less.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use codec::{Decode, Encode};
use salus_primitives::receipts::{Opening, Receipt, ReceiptsHead, MAX_RECEIPTS, RECEIPT_LENGTH};
use salus_primitives::{Digest, InstitutionId, Moment};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The first bytes of each file.
const MAGIC: [u8; 16] = *b"salus/receipts/1";
/// Magic, genesis, institution, chart, entry, end of the session.
const HEAD: u64 = 16 + 32 + 4 + 8 + 8 + 8;
/// A receipt, and the digest up to it.
const FRAME: usize = RECEIPT_LENGTH + 32;
/// The ending of a file that is not whole yet.
pub(super) const UNFINISHED: &str = "new";

/// Why a gate keeps no receipt, and so gives nothing out.
#[derive(Debug, Error)]
pub enum ReceiptFault {
    /// The session is over, and the head of its receipts is fixed.
    #[error("the receipts of the opening are closed")]
    Closed,
    /// The list has as many receipts as it may have.
    #[error("the opening has `{MAX_RECEIPTS}` receipts, and no more are kept")]
    Full,
    /// The disk cannot be used, or the list is damaged.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl ReceiptFault {
    /// Whether the disk has no room.
    pub fn is_full_disk(&self) -> bool {
        let kind = match self {
            Self::Io(error) => error.kind(),
            _ => return false,
        };
        [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded].contains(&kind)
    }
}

/// How far a list has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListState {
    /// More receipts may come.
    Open,
    /// The session is over: the head is fixed, and not known to be in the log.
    Closed,
    /// The finalized log has the head, or can never have it.
    Settled,
}

impl ListState {
    pub(super) const ALL: [Self; 3] = [Self::Open, Self::Closed, Self::Settled];

    fn ending(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Settled => "settled",
        }
    }
}

/// The receipts for one opening, as they stand on the disk.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StoredReceipts {
    /// The genesis hash of the chain.
    pub genesis: Digest,
    /// The institution whose gate gave out.
    pub institution: InstitutionId,
    /// The opening.
    #[serde(flatten)]
    pub opening: Opening,
    /// The end of the session, in Unix milliseconds.
    pub expires_at: Moment,
    /// How far the list has come.
    pub state: ListState,
    /// The count of receipts, and the digest over all of them.
    pub head: ReceiptsHead,
    /// The receipts, in order.
    pub receipts: Vec<Receipt>,
}

/// The folder for lists in this state, below that of the book. Settled ones are many, and lie apart.
pub(super) fn folder_of(folder: &Path, state: ListState) -> PathBuf {
    match state {
        ListState::Open | ListState::Closed => folder.to_owned(),
        ListState::Settled => folder.join("settled"),
    }
}

/// The path of a list in this state.
pub(super) fn path_of(folder: &Path, opening: Opening, state: ListState) -> PathBuf {
    folder_of(folder, state).join(format!("{}-{}.{}", opening.chart, opening.entry, state.ending()))
}

/// The opening and state that the name of a file tells.
pub(super) fn named(path: &Path) -> Option<(Opening, ListState)> {
    let ending = path.extension()?.to_str()?;
    let state = ListState::ALL.into_iter().find(|state| state.ending() == ending)?;
    let (chart, entry) = path.file_stem()?.to_str()?.split_once('-')?;
    Some((Opening { chart: chart.parse().ok()?, entry: entry.parse().ok()? }, state))
}

/// A list that receipts are added to.
pub(super) struct OpenList {
    path: PathBuf,
    head: ReceiptsHead,
}

impl OpenList {
    /// Makes the file of a list without receipts.
    pub(super) fn create(folder: &Path, list: &StoredReceipts) -> io::Result<Self> {
        let path = path_of(folder, list.opening, ListState::Open);
        let fresh = path.with_extension(UNFINISHED);
        let StoredReceipts { genesis, institution, opening, expires_at, head, .. } = list;
        let file = File::create(&fresh)?;
        file.write_all_at(&(MAGIC, genesis, institution, opening, expires_at).encode(), 0)?;
        file.sync_all()?;
        fs::rename(fresh, &path)?;
        sync_folder(folder)?;
        Ok(Self { path, head: *head })
    }

    /// Takes up the file of a list. Part of a frame at its end was never a receipt.
    pub(super) fn resume(folder: &Path, opening: Opening) -> io::Result<Self> {
        let stored = read(folder, opening, ListState::Open)?;
        Ok(Self { path: path_of(folder, opening, ListState::Open), head: stored.head })
    }

    /// Adds a receipt. When this returns, the receipt is on the disk.
    pub(super) fn append(&mut self, receipt: &Receipt) -> Result<(), ReceiptFault> {
        if self.head.count >= MAX_RECEIPTS {
            return Err(ReceiptFault::Full);
        }
        let next = self.head.after(receipt);
        let place = place_of(self.head.count);
        let file = File::options().write(true).open(&self.path)?;
        let written = file.write_all_at(&(receipt, next.digest).encode(), place).and_then(|()| file.sync_data());
        if let Err(error) = written {
            // The next receipt is written at the same place, so nothing depends on this.
            let _ = file.set_len(place);
            return Err(error.into());
        }
        self.head = next;
        Ok(())
    }
}

/// Where the frame with this number begins.
fn place_of(number: u32) -> u64 {
    u64::from(number).saturating_mul(FRAME as u64).saturating_add(HEAD)
}

/// Brings a list from one state to the next.
pub(super) fn advance(folder: &Path, opening: Opening, from: ListState, to: ListState) -> io::Result<()> {
    fs::create_dir_all(folder_of(folder, to))?;
    fs::rename(path_of(folder, opening, from), path_of(folder, opening, to))?;
    sync_folder(&folder_of(folder, to))?;
    sync_folder(folder)
}

/// Cuts off what stands in an open list after its last whole frame.
pub(super) fn cut(folder: &Path, whole: &StoredReceipts) -> io::Result<()> {
    let file = File::options().write(true).open(path_of(folder, whole.opening, ListState::Open))?;
    file.set_len(place_of(whole.head.count))?;
    file.sync_all()
}

/// The end of the session that a list is of.
pub(super) fn end_of(folder: &Path, opening: Opening, state: ListState) -> io::Result<Moment> {
    let file = File::open(path_of(folder, opening, state))?;
    let mut end = [0; 8];
    file.read_exact_at(&mut end, HEAD.saturating_sub(8))?;
    Ok(Moment::from_le_bytes(end))
}

/// A name is on the disk when its folder is.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Reads a list, and checks its frames one after the other.
pub(super) fn read(folder: &Path, opening: Opening, state: ListState) -> io::Result<StoredReceipts> {
    let path = path_of(folder, opening, state);
    let bytes = fs::read(&path)?;
    let damaged = |what: &str| {
        let problem = format!("the receipts `{}` are damaged: {what}", path.display());
        io::Error::new(ErrorKind::InvalidData, problem)
    };
    let (mut front, rest) = bytes.split_at_checked(HEAD as usize).ok_or_else(|| damaged("their head is cut off"))?;
    type Front = ([u8; 16], Digest, InstitutionId, Opening, Moment);
    let (magic, genesis, institution, said, expires_at) =
        Front::decode(&mut front).map_err(|_| damaged("their head cannot be read"))?;
    if magic != MAGIC || said != opening {
        return Err(damaged("they are of another opening"));
    }
    let (mut head, mut receipts) = (ReceiptsHead::empty(&genesis, institution, opening), Vec::new());
    let mut frames = rest.chunks_exact(FRAME).peekable();
    while let Some(mut frame) = frames.next() {
        let decoded = <(Receipt, Digest)>::decode(&mut frame).ok();
        let good = decoded.filter(|(receipt, digest)| head.after(receipt).digest == *digest);
        match good {
            Some((receipt, _)) => {
                head = head.after(&receipt);
                receipts.push(receipt);
            }
            // Never synced, so nothing was given out for it.
            None if state == ListState::Open && frames.peek().is_none() => break,
            None => return Err(damaged("a frame does not follow from those before")),
        }
    }
    Ok(StoredReceipts { genesis, institution, opening, expires_at, state, head, receipts })
}
