// SPDX-License-Identifier: Apache-2.0

//! Which objects of the vault are staged, and how much uploads may still bring.
//!
//! Each staged object has an entry in a journal beside the objects, so that a restart forgets none. It is on the disk before the
//! object gets its name. An entry without its object is harmless: it expires. An object without its entry is harmless, too: it
//! counts as one that the chain named once, and is kept for longer. The room for uploads is in memory only, as uploads are.

use super::{
    journal::{self, Journal, Line},
    limits::{charge, Limits},
};
use crate::whole_files::{self, replace};
use rustix::fs::statvfs;
use salus_gate::{
    protocol::{AnnouncedObject, GateRefusal, StageRequest},
    StagingPermit, WriterKind,
};
use salus_primitives::{ChartId, Digest, InstitutionId, MemberId, Moment, RecordId, RecordKey};
use salus_vault::Vault;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How an operator gets past a damaged journal.
const HINT: &str = "look at the disk, then move the file away. No data is lost: its objects are kept for longer";
/// The folder of the ledger, in that of the vault.
const FOLDER: &str = "staging";
/// The file in it.
const JOURNAL: &str = "journal";

/// An object that the chain does not name yet, as far as the service knows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StagedObject {
    /// The chart that will name it.
    pub chart: ChartId,
    /// The record whose versions will name it, if they will.
    pub record: Option<RecordKey>,
    /// The account that it counts in.
    #[serde(flatten)]
    pub account: Account,
    /// Its length.
    pub size: u64,
    /// When it came.
    pub at: Moment,
}

/// Whose quotas count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Account {
    /// The writer.
    pub writer: MemberId,
    /// The institution that admitted the writer.
    pub institution: InstitutionId,
    /// Whether the writer is of the institution's own staff.
    pub staff: bool,
    /// Whether the writer was a guest.
    pub guest: bool,
}

impl From<&StagingPermit> for Account {
    fn from(permit: &StagingPermit) -> Self {
        let StagingPermit { writer, institution, kind } = *permit;
        Self { writer, institution, staff: kind == WriterKind::Staff, guest: kind == WriterKind::Guest }
    }
}

/// A line of the journal: the entry of an object, or that it has none any more.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<O> {
    id: Digest,
    #[serde(skip_serializing_if = "Option::is_none")]
    staged: Option<O>,
}

/// All staged objects of a vault, and the limits that hold for them.
pub struct Ledger {
    vault: PathBuf,
    journal: Journal,
    limits: Limits,
    staged: Mutex<Staged>,
    /// Held by those who give an object its name, shared, and by the one who deletes, alone.
    pub(crate) deleting: tokio::sync::RwLock<()>,
}

#[derive(Default)]
struct Staged {
    objects: BTreeMap<Digest, StagedObject>,
    count: u64,
    bytes: u64,
    /// Bytes that uploads may still bring.
    expected: u64,
    of_writers: BTreeMap<MemberId, u64>,
    of_guests: BTreeMap<InstitutionId, u64>,
    of_others: u64,
    total: u64,
}

/// Objects cannot be staged.
#[derive(Debug)]
pub enum LedgerFault {
    /// The limits forbid it, or the request is not one that the vault takes.
    Refused(GateRefusal),
    /// The disk fails.
    Io(io::Error),
}

/// Room for what an upload may still bring. It is free again when this is dropped.
pub struct Reservation {
    ledger: Arc<Ledger>,
    account: Account,
    chart: ChartId,
    /// The objects that lie in the vault and were named by the chain: they count in no account.
    kept: BTreeSet<Digest>,
    charged: u64,
    expected: u64,
}

/// An entry that is not on the disk yet.
#[must_use]
pub(super) struct NewEntry {
    ledger: Arc<Ledger>,
    id: Digest,
    object: StagedObject,
}

impl Ledger {
    /// The ledger of `vault`, as an earlier process left it. The ledger of the previous store becomes part of it.
    pub fn open(vault: &Vault, limits: Limits) -> io::Result<Self> {
        let path = vault.folder().join(FOLDER).join(JOURNAL);
        let mut objects = BTreeMap::new();
        let previous = vault.previous().map(|previous| previous.folder().join(FOLDER).join(JOURNAL));
        if let Some(previous) = previous.filter(|path| path.exists()) {
            read(&previous, &mut objects)?;
            read(&path, &mut objects)?;
            replace(&path, &lines_of(&objects)?)?;
            match fs::remove_file(&previous) {
                // A store that cannot be written can still be moved away from. Its entries expire again, which changes nothing.
                Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => {}
                removed => removed?,
            }
        } else {
            read(&path, &mut objects)?;
        }
        let mut staged = Staged::default();
        objects.into_iter().for_each(|(id, object)| staged.insert(id, object));
        let (vault, journal, staged) = (vault.folder().to_owned(), Journal::at(path), Mutex::new(staged));
        Ok(Self { vault, journal, limits, staged, deleting: Default::default() })
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many objects are staged, and how many bytes they have.
    pub fn usage(&self) -> (u64, u64) {
        let staged = self.lock();
        (staged.count, staged.bytes)
    }

    /// Room for what `request` announces; `present` are the lengths of those of its objects that lie in the vault.
    ///
    /// An object that is present and not staged was named by the chain. Its bytes may come again, and count only meanwhile.
    pub fn reserve(
        self: &Arc<Self>,
        permit: &StagingPermit,
        request: &StageRequest,
        present: &BTreeMap<Digest, u64>,
    ) -> Result<Reservation, LedgerFault> {
        let refused = |refusal| Err(LedgerFault::Refused(refusal));
        let (free, account) = (self.free().map_err(LedgerFault::Io)?, Account::from(permit));
        let (mut kept, mut seen, mut charged, mut expected) = (BTreeSet::new(), BTreeSet::new(), 0u64, 0u64);
        let mut staged = self.lock();
        for AnnouncedObject { id, size, record } in &request.objects {
            let is_same = |object: &StagedObject| {
                (object.chart, object.record, object.account) == (request.chart, *record, account)
            };
            let is_free = staged.objects.get(id).is_none_or(is_same);
            let is_so_long = present.get(id).is_none_or(|length| length == size);
            if *size == 0 || !seen.insert(*id) || !is_free || !is_so_long {
                return refused(GateRefusal::Unacceptable);
            }
            if present.contains_key(id) && !staged.objects.contains_key(id) {
                kept.insert(*id);
            }
            charged = charged.saturating_add(charge(*size));
            expected = expected.saturating_add(*size);
        }
        if free.saturating_sub(staged.expected).saturating_sub(expected) < self.limits.keep_free() {
            return refused(GateRefusal::VaultFull);
        }
        if !staged.has_room(&account, permit.kind, charged, &self.limits) {
            return refused(GateRefusal::QuotaUsedUp);
        }
        staged.charge(&account, charged);
        staged.expected = staged.expected.saturating_add(expected);
        let ledger = self.clone();
        Ok(Reservation { ledger, account, chart: request.chart, kept, charged, expected })
    }

    /// Whether the disk has no more room than what has to stay free.
    pub fn is_disk_low(&self) -> io::Result<bool> {
        Ok(self.free()? < self.limits.keep_free())
    }

    /// Bytes that are free on the disk of the vault.
    pub(crate) fn free(&self) -> io::Result<u64> {
        let found = statvfs(&self.vault)?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }

    /// Keeps the collector from deleting, as long as the answer lives.
    pub async fn naming(&self) -> tokio::sync::RwLockReadGuard<'_, ()> {
        self.deleting.read().await
    }

    /// All staged objects.
    pub(super) fn objects(&self) -> Vec<(Digest, StagedObject)> {
        self.lock().objects.iter().map(|(id, object)| (*id, object.clone())).collect()
    }

    /// Whether an object is staged.
    pub fn has(&self, id: &Digest) -> bool {
        self.lock().objects.contains_key(id)
    }

    /// The entry of an object, if it is staged.
    pub(crate) fn object(&self, id: &Digest) -> Option<StagedObject> {
        self.lock().objects.get(id).cloned()
    }

    /// The objects that are staged for versions of a record.
    pub(crate) fn of_record(&self, record: RecordId) -> Vec<Digest> {
        let is_of = |object: &StagedObject| object.chart == record.chart && object.record == Some(record.key);
        self.lock().objects.iter().filter(|(_, object)| is_of(object)).map(|(id, _)| *id).collect()
    }

    /// Whether the entry of an object is still this one.
    pub(super) fn is_still(&self, id: &Digest, object: &StagedObject) -> bool {
        self.lock().objects.get(id) == Some(object)
    }

    /// Strikes an object out: the chain names it, or it is deleted. After a power failure it may be back, and expires again.
    pub fn strike(&self, id: &Digest) -> io::Result<()> {
        let was_there = self.lock().remove(id).is_some();
        if was_there {
            // Nothing waits until this line is on the disk.
            let _ = self.add(id, None)?;
        }
        Ok(())
    }

    /// Enters an object, in place of an earlier entry of it. When this returns, the entry is on the disk.
    pub fn enter(&self, id: Digest, object: StagedObject) -> io::Result<()> {
        self.put(id, object.clone());
        self.write(&id, &object)
    }

    fn put(&self, id: Digest, object: StagedObject) {
        let mut staged = self.lock();
        staged.remove(&id);
        staged.insert(id, object);
    }

    fn write(&self, id: &Digest, object: &StagedObject) -> io::Result<()> {
        self.journal.sync(self.add(id, Some(object))?)
    }

    fn add(&self, id: &Digest, object: Option<&StagedObject>) -> io::Result<Line> {
        self.journal.add(&line(id, object)?, || lines_of(&self.lock().objects))
    }

    fn lock(&self) -> MutexGuard<'_, Staged> {
        self.staged.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn line(id: &Digest, staged: Option<&StagedObject>) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(&Entry { id: *id, staged })?;
    line.push(b'\n');
    Ok(line)
}

fn lines_of(objects: &BTreeMap<Digest, StagedObject>) -> io::Result<Vec<u8>> {
    let lines: io::Result<Vec<_>> = objects.iter().map(|(id, object)| line(id, Some(object))).collect();
    Ok(lines?.concat())
}

/// Has `objects` become what a journal says. A damaged line was written whole, so the disk has a fault, and an operator looks.
fn read(path: &Path, objects: &mut BTreeMap<Digest, StagedObject>) -> io::Result<()> {
    for line in journal::read(path)?.split_inclusive(|byte| *byte == b'\n') {
        let entry = serde_json::from_slice(line).map_err(|error| whole_files::damaged(path, error, HINT))?;
        match entry {
            Entry { id, staged: Some(object) } => objects.insert(id, object),
            Entry { id, staged: None } => objects.remove(&id),
        };
    }
    Ok(())
}

impl Reservation {
    /// Enters an object whose bytes have come; from now on it is staged, and expires. It gets its name after the entry is on the
    /// disk. Objects that the chain named have none.
    pub(super) fn enter(&mut self, object: &AnnouncedObject, now: Moment) -> Option<NewEntry> {
        let AnnouncedObject { id, size, record } = *object;
        self.release(charge(size), size);
        if self.kept.contains(&id) {
            return None;
        }
        let object = StagedObject { chart: self.chart, record, account: self.account, size, at: now };
        self.ledger.put(id, object.clone());
        Some(NewEntry { ledger: self.ledger.clone(), id, object })
    }

    fn release(&mut self, charged: u64, expected: u64) {
        let (charged, expected) = (charged.min(self.charged), expected.min(self.expected));
        self.charged = self.charged.saturating_sub(charged);
        self.expected = self.expected.saturating_sub(expected);
        let mut staged = self.ledger.lock();
        staged.discharge(&self.account, charged);
        staged.expected = staged.expected.saturating_sub(expected);
    }
}

impl NewEntry {
    /// Puts the entry on the disk.
    pub(super) async fn write(self) -> io::Result<()> {
        let written = tokio::task::spawn_blocking(move || {
            let Self { ledger, id, object } = self;
            ledger.write(&id, &object).or_else(|fault| ledger.strike(&id).and(Err(fault)))
        });
        written.await.map_err(io::Error::other)?
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.release(u64::MAX, u64::MAX);
    }
}

impl Staged {
    fn has_room(&self, account: &Account, kind: WriterKind, wanted: u64, limits: &Limits) -> bool {
        let fits = |used: u64, limit: u64| used.saturating_add(wanted) <= limit;
        let of_writer = self.of_writers.get(&account.writer).copied().unwrap_or_default();
        let of_guests = self.of_guests.get(&account.institution).copied().unwrap_or_default();
        fits(of_writer, limits.of_writer(kind))
            && (!account.guest || fits(of_guests, limits.of_guests()))
            && (account.staff || fits(self.of_others, limits.total_of_others()))
            && fits(self.total, limits.total())
    }

    fn insert(&mut self, id: Digest, object: StagedObject) {
        self.charge(&object.account, charge(object.size));
        (self.count, self.bytes) = (self.count.saturating_add(1), self.bytes.saturating_add(object.size));
        self.objects.insert(id, object);
    }

    fn remove(&mut self, id: &Digest) -> Option<StagedObject> {
        let object = self.objects.remove(id)?;
        self.discharge(&object.account, charge(object.size));
        (self.count, self.bytes) = (self.count.saturating_sub(1), self.bytes.saturating_sub(object.size));
        Some(object)
    }

    fn charge(&mut self, account: &Account, bytes: u64) {
        self.each_usage(account, |used| used.saturating_add(bytes));
    }

    fn discharge(&mut self, account: &Account, bytes: u64) {
        self.each_usage(account, |used| used.saturating_sub(bytes));
        self.of_writers.retain(|_, used| *used > 0);
        self.of_guests.retain(|_, used| *used > 0);
    }

    /// Changes each usage that an account counts in.
    fn each_usage(&mut self, account: &Account, change: impl Fn(u64) -> u64) {
        let of_writer = self.of_writers.entry(account.writer).or_default();
        *of_writer = change(*of_writer);
        if account.guest {
            let of_guests = self.of_guests.entry(account.institution).or_default();
            *of_guests = change(*of_guests);
        }
        if !account.staff {
            self.of_others = change(self.of_others);
        }
        self.total = change(self.total);
    }
}
