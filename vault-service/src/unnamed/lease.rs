// SPDX-License-Identifier: Apache-2.0

//! The lease of a vault's sweeps: one process at a time deletes, also where several machines share the folder.

use super::marks::Marks;
use crate::whole_files;
use rustix::fs::{flock, FlockOperation};
use salus_primitives::{time::HOUR, Moment};
use salus_sealing::secret::random;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, OpenOptions},
    io,
};

/// How long a lease lasts, unless it is renewed.
const LIFE: Moment = HOUR;
/// The file of the lease, and the one that is locked while it changes hands.
const FILE: &str = "lease.json";
const LOCK: &str = "lease.lock";
/// How an operator gets past a damaged lease.
const HINT: &str = "look at the disk, then delete the file: the lease is free";

/// Leave to delete until a moment. It ends by itself when its process is killed.
pub struct Lease {
    marks: Marks,
    lessee: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    lessee: String,
    until: Moment,
}

impl Lease {
    /// The lease of the vault with these marks; none while another process has it.
    pub fn take(marks: &Marks, now: Moment) -> io::Result<Option<Self>> {
        let lease = Self { marks: marks.clone(), lessee: hex::encode(random::<16>()) };
        Ok(lease.renew(now)?.then_some(lease))
    }

    /// Whether the lease is still this process's, for another while.
    pub fn renew(&self, now: Moment) -> io::Result<bool> {
        self.alone(|found| match found {
            Some(entry) if entry.lessee != self.lessee && now < entry.until => Ok(false),
            _ => {
                let entry = Entry { lessee: self.lessee.clone(), until: now.saturating_add(LIFE) };
                self.marks.write(FILE, &serde_json::to_vec(&entry)?)?;
                Ok(true)
            }
        })
    }

    /// Does something with the entry while no other process may.
    fn alone<T>(&self, work: impl FnOnce(Option<Entry>) -> io::Result<T>) -> io::Result<T> {
        fs::create_dir_all(self.marks.folder())?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(self.marks.folder().join(LOCK))?;
        flock(&lock, FlockOperation::LockExclusive)?;
        let path = self.marks.folder().join(FILE);
        let found = match whole_files::read(&path)? {
            Some(bytes) => {
                Some(serde_json::from_slice(&bytes).map_err(|error| whole_files::damaged(&path, error, HINT))?)
            }
            None => None,
        };
        work(found)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // A lease that cannot be given back ends by itself.
        let _ = self.alone(|found| match found {
            Some(entry) if entry.lessee == self.lessee => fs::remove_file(self.marks.folder().join(FILE)),
            _ => Ok(()),
        });
    }
}
