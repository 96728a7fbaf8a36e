// SPDX-License-Identifier: Apache-2.0

//! Folders and files of which none is ever seen half.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{flock, FlockOperation};
use salus_sealing::secret::random;

/// Makes a folder that only its owner can enter; nothing happens when it exists.
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes names in `folder` survive a power failure.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Whether nothing lies in `folder`, or there is no such folder.
pub(crate) fn is_empty(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Locks an open file or folder, if no other process has it.
pub(crate) fn try_lock(file: &File, operation: FlockOperation) -> bool {
    flock(file, operation).is_ok()
}

/// A file on its way to its name. One that is dropped before leaves nothing behind.
pub(crate) struct NewFile {
    file: File,
    path: PathBuf,
    named: bool,
}

impl NewFile {
    /// Begins a file in `folder`, under a name that begins with `prefix`; only its owner can read it.
    pub(crate) fn begin(folder: &Path, prefix: &str) -> io::Result<Self> {
        let path = folder.join(format!("{prefix}{}", hex::encode(random::<16>())));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        Ok(Self { file, path, named: false })
    }

    /// Writes the next bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// The open file.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Syncs the file to the disk and gives it its name, in place of what was there.
    pub(crate) fn name(mut self, path: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, path)?;
        self.named = true;
        path.parent().map_or(Ok(()), sync)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.named {
            // One that stays is swept away when the next command begins.
            let _ = fs::remove_file(&self.path);
        }
    }
}
