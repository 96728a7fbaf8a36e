// SPDX-License-Identifier: Apache-2.0

//! Which objects of the vault are staged. Each has a small file beside the objects, so that a restart forgets none.
//!
//! The file is written before the object's first byte comes. A file without its object is harmless: it expires.

use super::limits::Limits;
use rustix::fs::statvfs;
use salus_gate::{
    protocol::{AnnouncedObject, GateRefusal, StageRequest},
    StagingPermit, WriterKind,
};
use salus_primitives::{ChartId, Digest, InstitutionId, MemberId, Moment, RecordKey};
use salus_vault::Vault;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The folder of the ledger, in that of the vault.
const FOLDER: &str = "staging";

/// An object that the chain does not name yet, as far as the service knows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StagedObject {
    /// The chart that will name it.
    pub chart: ChartId,
    /// The record whose versions will name it, if they will.
    pub record: Option<RecordKey>,
    /// Who staged it.
    pub writer: MemberId,
    /// The institution that admitted the writer.
    pub institution: InstitutionId,
    /// Whether the writer was a guest.
    pub guest: bool,
    /// Its length.
    pub size: u64,
    /// When it was staged.
    pub at: Moment,
}

/// All staged objects of a vault, and the limits that hold for them.
pub struct Ledger {
    folder: PathBuf,
    limits: Limits,
    staged: Mutex<Staged>,
}

#[derive(Default)]
struct Staged {
    objects: BTreeMap<Digest, StagedObject>,
    of_writers: BTreeMap<MemberId, Usage>,
    of_guests: BTreeMap<InstitutionId, Usage>,
    total: Usage,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Usage {
    bytes: u64,
    objects: u64,
}

/// Objects cannot be staged.
#[derive(Debug)]
pub enum LedgerFault {
    /// The limits forbid it, or the request is not one that the vault takes.
    Refused(GateRefusal),
    /// The disk fails.
    Io(io::Error),
}

impl Ledger {
    /// The ledger of `vault`, as an earlier process left it.
    pub fn open(vault: &Vault, limits: Limits) -> io::Result<Self> {
        let folder = vault.folder().join(FOLDER);
        let mut staged = Staged::default();
        match fs::read_dir(&folder) {
            Ok(entries) => {
                for entry in entries {
                    let path = entry?.path();
                    match read(&path) {
                        Some((id, object)) => staged.insert(id, object),
                        // Written half by a process that was killed: its object never came.
                        None => fs::remove_file(&path)?,
                    }
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(Self { folder, limits, staged: Mutex::new(staged) })
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many objects are staged, and how many bytes they have.
    pub fn usage(&self) -> (u64, u64) {
        let Usage { bytes, objects } = self.lock().total;
        (objects, bytes)
    }

    /// Enters what `request` announces; `present` are those of its objects that lie in the vault. All or nothing.
    ///
    /// An object that is present and not staged was named by the chain, and counts against no member.
    pub fn enter(
        &self,
        permit: &StagingPermit,
        request: &StageRequest,
        present: &BTreeSet<Digest>,
        now: Moment,
    ) -> Result<(), LedgerFault> {
        let free = self.free().map_err(LedgerFault::Io)?;
        let mut staged = self.lock();
        let mut fresh = BTreeMap::new();
        for AnnouncedObject { id, size, record } in &request.objects {
            let object = StagedObject {
                chart: request.chart,
                record: *record,
                writer: permit.writer,
                institution: permit.institution,
                guest: permit.kind == WriterKind::Guest,
                size: *size,
                at: now,
            };
            match staged.objects.get(id) {
                // The writer tries again.
                Some(entered) if (StagedObject { at: entered.at, ..object.clone() }) == *entered => continue,
                // Another member sent the same bytes. One who only announced them keeps no other away.
                Some(_) if present.contains(id) => return Err(LedgerFault::Refused(GateRefusal::Unacceptable)),
                Some(_) => {}
                None if present.contains(id) => continue,
                None => {}
            }
            if *size == 0 || fresh.insert(*id, object).is_some() {
                return Err(LedgerFault::Refused(GateRefusal::Unacceptable));
            }
        }
        let wanted = fresh.values().fold(0u64, |sum, object| sum.saturating_add(object.size));
        if free.saturating_sub(wanted) < self.limits.keep_free() {
            return Err(LedgerFault::Refused(GateRefusal::VaultFull));
        }
        let wanted = Usage { bytes: wanted, objects: fresh.len() as u64 };
        if !staged.has_room(permit, wanted, &self.limits) {
            return Err(LedgerFault::Refused(GateRefusal::QuotaUsedUp));
        }
        fs::create_dir_all(&self.folder).map_err(LedgerFault::Io)?;
        for (id, object) in fresh {
            self.write(&id, &object).map_err(LedgerFault::Io)?;
            staged.remove(&id);
            staged.insert(id, object);
        }
        Ok(())
    }

    /// Whether the disk has no more room than what has to stay free.
    pub fn is_disk_low(&self) -> io::Result<bool> {
        Ok(self.free()? < self.limits.keep_free())
    }

    /// Bytes that are free on the disk of the vault.
    fn free(&self) -> io::Result<u64> {
        let found = statvfs(self.folder.parent().unwrap_or(&self.folder))?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }

    /// All staged objects.
    pub(super) fn objects(&self) -> Vec<(Digest, StagedObject)> {
        self.lock().objects.iter().map(|(id, object)| (*id, object.clone())).collect()
    }

    /// Strikes an object out: the chain names it, or the vault has deleted it.
    pub fn strike(&self, id: &Digest) -> io::Result<()> {
        let mut staged = self.lock();
        match fs::remove_file(self.path(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        staged.remove(id);
        Ok(())
    }

    fn write(&self, id: &Digest, object: &StagedObject) -> io::Result<()> {
        let (path, fresh) = (self.path(id), self.path(id).with_extension("new"));
        fs::write(&fresh, serde_json::to_vec(object)?)?;
        fs::rename(fresh, path)
    }

    fn path(&self, id: &Digest) -> PathBuf {
        self.folder.join(id.to_string())
    }

    fn lock(&self) -> MutexGuard<'_, Staged> {
        self.staged.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(path: &Path) -> Option<(Digest, StagedObject)> {
    let id = path.file_name()?.to_str()?.parse().ok()?;
    Some((id, serde_json::from_slice(&fs::read(path).ok()?).ok()?))
}

impl Staged {
    fn has_room(&self, permit: &StagingPermit, wanted: Usage, limits: &Limits) -> bool {
        let fits = |usage: Option<&Usage>, bytes: u64, objects: u64| {
            let usage = usage.copied().unwrap_or_default().plus(wanted);
            usage.bytes <= bytes && usage.objects <= objects
        };
        let guests_fit = permit.kind != WriterKind::Guest
            || fits(self.of_guests.get(&permit.institution), limits.of_guests(), u64::MAX);
        fits(self.of_writers.get(&permit.writer), limits.of_writer(permit.kind), limits.objects_of_writer())
            && guests_fit
            && fits(Some(&self.total), limits.total(), u64::MAX)
    }

    fn insert(&mut self, id: Digest, object: StagedObject) {
        let one = Usage { bytes: object.size, objects: 1 };
        for usage in self.usages(&object) {
            *usage = usage.plus(one);
        }
        self.objects.insert(id, object);
    }

    fn remove(&mut self, id: &Digest) {
        let Some(object) = self.objects.remove(id) else { return };
        let one = Usage { bytes: object.size, objects: 1 };
        for usage in self.usages(&object) {
            *usage = usage.minus(one);
        }
        self.of_writers.retain(|_, usage| usage.objects > 0);
        self.of_guests.retain(|_, usage| usage.objects > 0);
    }

    /// The usages that an object counts in.
    fn usages(&mut self, object: &StagedObject) -> impl Iterator<Item = &mut Usage> {
        let guests = object.guest.then(|| self.of_guests.entry(object.institution).or_default());
        [self.of_writers.entry(object.writer).or_default(), &mut self.total].into_iter().chain(guests)
    }
}

impl Usage {
    fn plus(self, other: Self) -> Self {
        Self { bytes: self.bytes.saturating_add(other.bytes), objects: self.objects.saturating_add(other.objects) }
    }

    fn minus(self, other: Self) -> Self {
        Self { bytes: self.bytes.saturating_sub(other.bytes), objects: self.objects.saturating_sub(other.objects) }
    }
}
