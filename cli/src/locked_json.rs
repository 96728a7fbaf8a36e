// SPDX-License-Identifier: Apache-2.0

//! A small JSON file of the home folder that several commands may change at once.
//!
//! Only the owner of the home folder reads it. Two commands at once lose nothing: each changes what the file says while it has the
//! lock, and replaces the file whole.

use rustix::fs::{flock, FlockOperation};
use serde::{de::DeserializeOwned, Serialize};
use std::{
    fs,
    io::{Error, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

/// A file that holds one value.
pub(crate) struct LockedJson {
    file: PathBuf,
}

impl LockedJson {
    pub(crate) fn new(file: PathBuf) -> Self {
        Self { file }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.file
    }

    /// The value in the file. One that is absent, or cannot be read, counts as empty.
    pub(crate) fn read<T: DeserializeOwned + Default>(&self) -> T {
        fs::read(&self.file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Changes the value, and returns it as it is in the file then.
    pub(crate) fn change<T: Serialize + DeserializeOwned + Default>(
        &self,
        change: impl FnOnce(&mut T),
    ) -> Result<T, Error> {
        if let Some(folder) = self.file.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        // The lock is a file of its own, since the other one is replaced; it ends when this one is closed.
        let mut lock = fs::OpenOptions::new();
        let lock = lock.create(true).truncate(false).write(true).mode(0o600).open(self.file.with_extension("lock"))?;
        flock(&lock, FlockOperation::LockExclusive)?;
        let mut value = self.read();
        change(&mut value);
        let text = serde_json::to_vec_pretty(&value)?;
        let next = self.temporary();
        let written =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&next).and_then(|mut file| {
                file.write_all(&text)?;
                file.sync_all()
            });
        written.and_then(|()| fs::rename(&next, &self.file)).inspect_err(|_| crate::files::remove(&next))?;
        Ok(value)
    }

    /// A name that no other writer takes.
    fn temporary(&self) -> PathBuf {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_nanos();
        self.file.with_extension(format!("{}-{time}-{number}.new", std::process::id()))
    }
}
