// SPDX-License-Identifier: Apache-2.0

//! Files that the command line names: what is read never takes more memory than such a file may, and what is written
//! never replaces anything.

use crate::failure::Failure;
use std::{
    fs,
    io::{Error, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};
use zeroize::Zeroizing;

/// Bytes of a text file, at most: vouchers, phrases, passwords and profiles are far shorter.
const LONGEST_TEXT: usize = 1 << 20;

/// The bytes of a file, which may be `most`.
pub(crate) fn read(path: &Path, most: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    let file = fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    file.take((most as u64).saturating_add(1)).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    match bytes.len() > most {
        true => Err(Failure::input(format!(
            "`{}` has more than {most} bytes\nhint: check that it is the right file",
            path.display()
        ))),
        false => Ok(bytes),
    }
}

/// The byte order marks that editors write before text in UTF-8, and before text in UTF-16.
const MARK: &[u8] = b"\xef\xbb\xbf";
const UTF16_MARKS: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

/// The text of a file, without the byte order mark with which some editors begin one.
pub(crate) fn read_text(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let bytes = read(path, LONGEST_TEXT)?;
    let text = std::str::from_utf8(without_mark(&bytes)).map_err(|_| {
        let hint = match UTF16_MARKS.iter().any(|mark| bytes.starts_with(mark)) {
            true => "save it as UTF-8; it is UTF-16 now",
            false => "check that it is the right file",
        };
        Failure::input(format!("`{}` is not text in UTF-8\nhint: {hint}", path.display()))
    })?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// The bytes of a text without a byte order mark.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(MARK).unwrap_or(bytes)
}

/// Writes a new file that only its owner can read; whole or not at all.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = new_file(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| {
        remove(path);
        unwritable(path, &error)
    })
}

/// A new file that only its owner can read.
pub(crate) fn new_file(path: &Path) -> Result<fs::File, Failure> {
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.map_err(|error| unwritable(path, &error))
}

/// Takes back a file of this command's own; the command has failed already.
pub(crate) fn remove(path: &Path) {
    let _ = fs::remove_file(path);
}

/// Makes a folder that only its owner can enter, unless it is there.
pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| unwritable(path, &error))
}

/// Makes a folder that only its owner can enter, and that is not there yet.
pub(crate) fn make_new_folder(path: &Path) -> Result<(), Failure> {
    fs::DirBuilder::new().mode(0o700).create(path).map_err(|error| unwritable(path, &error))
}

/// Whether a file could be written at `path`, as far as can be seen without doing so.
pub(crate) fn check_target(path: &Path) -> Result<(), Failure> {
    if path.is_dir() {
        return Err(Failure::input(format!("`{}` is a folder\nhint: name a file in it", path.display())));
    }
    // A new file takes the place of what is there: never that of a device, a pipe or a link.
    if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
        let reason = format!("`{}` is not a regular file", path.display());
        return Err(Failure::input(format!("{reason}\nhint: without a file, the content goes to standard output")));
    }
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) if !parent.is_dir() => {
            Err(Failure::input(format!("there is no folder `{}`\nhint: make it first", parent.display())))
        }
        _ => Ok(()),
    }
}

pub(crate) fn unreadable(path: &Path, error: &Error) -> Failure {
    Failure::input(format!("`{}` cannot be read: {error}", path.display()))
}

pub(crate) fn unwritable(path: &Path, error: &Error) -> Failure {
    let hint = match error.kind() {
        std::io::ErrorKind::AlreadyExists => "\nhint: choose another name; nothing is replaced",
        _ => "",
    };
    Failure::input(format!("`{}` cannot be written: {error}{hint}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_file_is_refused() {
        assert!(read(Path::new("/dev/zero"), 1000).is_err());
        assert!(read_text(Path::new("/dev/zero")).is_err());
    }

    #[test]
    fn a_mark_of_an_editor_is_not_part_of_the_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text");
        fs::write(&path, b"\xef\xbb\xbfcorrect horse 9\r\n").unwrap();
        assert_eq!(read_text(&path).unwrap().as_str(), "correct horse 9\r\n");
        fs::write(&path, b"\xff\xfec\0o\0").unwrap();
        let Err(Failure::Failed(error)) = read_text(&path) else { panic!("UTF-16 was read") };
        assert!(error.to_string().contains("save it as UTF-8"), "{error}");
    }

    #[test]
    fn nothing_is_replaced() {
        assert!(write_new(Path::new("/dev/null"), b"").is_err());
        assert!(check_target(Path::new("/")).is_err());
        assert!(check_target(Path::new("/dev/null")).is_err());
        assert!(check_target(Path::new("/does/not/exist")).is_err());
        assert!(check_target(Path::new("here")).is_ok());
    }
}
