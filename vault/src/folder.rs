// SPDX-License-Identifier: Apache-2.0

//! The folder that a vault lies in: made, recognized and closed to all but its owner.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::error::OpenError;
use crate::layout::INCOMING;

/// Marks a folder as a vault, so that none is ever made in the midst of other things.
pub(crate) const MARKER: &str = "salus-vault";
/// Marks a folder as the spool of a vault on another machine.
pub(crate) const SPOOL: &str = "salus-spool";
pub(crate) const FORMAT: &str = "1\n";
/// Half objects older than this belong to no process that is still writing.
const LEFTOVER_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes `path` a vault or a spool, as `marker` says, or recognizes it as one.
pub(crate) fn prepare(path: &Path, marker: &str) -> Result<PathBuf, OpenError> {
    let failed = |source| OpenError::Io { path: path.to_owned(), source };
    match fs::metadata(path) {
        Ok(found) if !found.is_dir() => return Err(OpenError::NotAFolder(path.to_owned())),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => create_durable(path).map_err(failed)?,
        Err(error) => return Err(failed(error)),
    }
    match fs::read_to_string(path.join(marker)) {
        Ok(format) if format == FORMAT => {}
        Ok(_) => return Err(OpenError::UnknownFormat(path.to_owned())),
        Err(error) if error.kind() == ErrorKind::InvalidData => return Err(OpenError::UnknownFormat(path.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if !is_empty(path, marker).map_err(failed)? {
                return Err(OpenError::NotAVault(path.to_owned()));
            }
            mark(path, marker).map_err(failed)?;
        }
        Err(error) => return Err(failed(error)),
    }
    make_ready(path).or_else(unless_read_only).map_err(failed)?;
    path.canonicalize().map_err(failed)
}

/// Makes what a vault needs before anything can be stored in it, and makes a careless one private again.
fn make_ready(path: &Path) -> io::Result<()> {
    close_to_others(path)?;
    create_private(&path.join(INCOMING))?;
    sweep(&path.join(INCOMING))
}

/// A vault that cannot be written can be read: a backup that is mounted read-only, a disk after an error. Storing
/// there fails by itself.
fn unless_read_only(error: io::Error) -> io::Result<()> {
    match error.kind() {
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => Ok(()),
        _ => Err(error),
    }
}

/// Creates a folder, and those above it that are missing; their names survive a power failure.
fn create_durable(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !parent.exists() {
        create_durable(parent)?;
    }
    create_private(path)?;
    sync(parent)
}

/// Creates a folder that only its owner can enter; nothing happens when it exists.
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The paths of everything in the folder `below` the root, which is `/` or ends with a slash; those of folders end with one, too.
///
/// No entry is looked at: one that the disk does not give out has its name all the same, and hides no other.
pub(crate) fn names(root: &Path, below: &str) -> io::Result<Vec<String>> {
    let below = below.trim_start_matches('/');
    let entries = match fs::read_dir(root.join(below)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        // Names of a vault are hexadecimal digits.
        if let Some(name) = entry.file_name().to_str() {
            names.push(format!("{below}{name}{}", if is_folder { "/" } else { "" }));
        }
    }
    Ok(names)
}

/// Runs what would hold up other tasks on a thread of its own.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)
}

/// Lets only the owner read and write a file.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    set_mode(path, 0o600)
}

/// Makes names in `folder` survive a power failure.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened as a file; there the rename itself has to suffice.
    if cfg!(unix) {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn close_to_others(folder: &Path) -> io::Result<()> {
    set_mode(folder, 0o700)
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

/// Whether the folder holds nothing but the marker of a process that opens it at the same moment.
fn is_empty(folder: &Path, marker: &str) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        if !name.trim_start_matches('.').starts_with(marker) && name != INCOMING {
            return Ok(false);
        }
    }
    Ok(true)
}

fn mark(folder: &Path, marker: &str) -> io::Result<()> {
    let mut suffix = [0; 8];
    getrandom::fill(&mut suffix).map_err(io::Error::other)?;
    let fresh = folder.join(format!(".{marker}-{:016x}", u64::from_be_bytes(suffix)));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&fresh)?;
    file.write_all(FORMAT.as_bytes())?;
    make_private(&fresh)?;
    file.sync_all()?;
    fs::rename(&fresh, folder.join(marker))?;
    sync(folder)
}

/// Removes half objects that a crash left behind long ago. Newer ones may still be arriving, from another process.
fn sweep(incoming: &Path) -> io::Result<()> {
    for entry in fs::read_dir(incoming)? {
        let entry = entry?;
        let age = entry.metadata().and_then(|found| found.modified()).map(|at| SystemTime::now().duration_since(at));
        if let Ok(Ok(age)) = age {
            if age > LEFTOVER_AGE {
                // Another process may have been quicker.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
    Ok(())
}
