// SPDX-License-Identifier: Apache-2.0

//! Small files that are there whole or not at all, also after a power failure.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

/// The ending of a file that is being written. One that a killed process left belongs to nothing.
const UNFINISHED: &str = "new";

/// Writes a file, in place of an earlier one. When this returns, bytes and name are on the disk.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    /// Two that write one file at the same time have a half file each.
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
    make_folder(folder)?;
    let fresh = path.with_extension(format!("{}.{UNFINISHED}", NEXT.fetch_add(1, Ordering::Relaxed)));
    let written = File::create(&fresh).and_then(|mut file| {
        file.write_all(bytes)?;
        // Else a power failure may leave the name without the bytes.
        file.sync_all()
    });
    let renamed = written.and_then(|()| fs::rename(&fresh, path));
    if renamed.is_err() {
        // It belongs to nothing, as after a kill.
        let _ = fs::remove_file(&fresh);
    }
    renamed?;
    sync_folder(folder)
}

/// The bytes of a file; none where it is missing or empty. Earlier versions did not sync, so a power failure left names without
/// bytes. Nothing was built on these: whatever depends on a file comes after it.
pub(crate) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) if bytes.is_empty() => Ok(None),
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A file has bytes that this version does not understand. `hint` says what the operator does about it.
pub(crate) fn damaged(path: &Path, cause: impl std::fmt::Display, hint: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("`{}` is damaged: {cause}\nhint: {hint}", path.display()))
}

/// Makes names in `folder` survive a power failure.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    folder.parent().map_or(Ok(()), sync_folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_one_of_those_that_were_written_at_the_same_time() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("folder/file.json");
        std::thread::scope(|scope| {
            for byte in 0..8u8 {
                let path = &path;
                scope.spawn(move || (0..20).for_each(|_| replace(path, &[byte; 5_000]).unwrap()));
            }
        });
        let bytes = read(&path).unwrap().unwrap();
        assert!(bytes.len() == 5_000 && bytes.iter().all(|byte| *byte == bytes[0]));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn an_empty_file_is_none() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("file");
        assert_eq!(read(&path).unwrap(), None);
        fs::write(&path, b"").unwrap();
        assert_eq!(read(&path).unwrap(), None);
        assert!(read(place.path()).is_err());
    }

    #[test]
    fn a_write_that_fails_leaves_what_was_there() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("file");
        fs::create_dir(&path).unwrap();
        assert!(replace(&path, b"bytes").is_err());
        assert!(path.is_dir() && fs::read_dir(place.path()).unwrap().count() == 1);
    }
}
