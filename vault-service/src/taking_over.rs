// SPDX-License-Identifier: Apache-2.0

//! Folders beside the objects of a vault, which move with them to another store.

use super::whole_files::sync_folder;
use std::{fs, io, path::Path};

/// Moves the folder `name` of the vault in the folder `previous` to that in the folder `vault`, unless there is one already.
///
/// The folder that is copied keeps another name, so that no service goes on with it. A process that is killed meanwhile leaves
/// the whole folder in one of the two places, or in both.
pub fn take_over(name: &str, previous: &Path, vault: &Path) -> io::Result<()> {
    let (from, to, fresh) = (previous.join(name), vault.join(name), vault.join(format!("{name}.moving")));
    if from.exists() && !to.exists() {
        if fresh.exists() {
            fs::remove_dir_all(&fresh)?;
        }
        copy_all(&from, &fresh)?;
        fs::rename(&fresh, &to)?;
        sync_folder(vault)?;
    }
    if !from.exists() {
        return Ok(());
    }
    let moved = previous.join(format!("{name}.moved"));
    let renamed = match moved.exists() {
        true => fs::remove_dir_all(&moved).and_then(|()| fs::rename(&from, &moved)),
        false => fs::rename(&from, &moved),
    };
    match renamed {
        Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => Ok(()),
        renamed => renamed,
    }
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_all(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            fs::File::open(&target)?.sync_all()?;
        }
    }
    sync_folder(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_moves_whole_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        fs::create_dir_all(old.join("receipts/open")).unwrap();
        fs::create_dir_all(new.join("receipts.moving")).unwrap();
        fs::write(old.join("receipts/since"), b"1").unwrap();
        fs::write(old.join("receipts/open/3-4"), b"list").unwrap();
        fs::write(new.join("receipts.moving/half"), b"half").unwrap();
        take_over("receipts", &old, &new).unwrap();
        assert_eq!(fs::read(new.join("receipts/open/3-4")).unwrap(), b"list");
        assert!(!new.join("receipts/half").exists() && !old.join("receipts").exists());
        fs::write(new.join("receipts/open/3-4"), b"longer list").unwrap();
        take_over("receipts", &old, &new).unwrap();
        // A process was killed before it renamed the earlier book.
        fs::create_dir(old.join("receipts")).unwrap();
        take_over("receipts", &old, &new).unwrap();
        assert_eq!(fs::read(new.join("receipts/open/3-4")).unwrap(), b"longer list");
        assert!(!old.join("receipts").exists());
        // And back.
        take_over("receipts", &new, &old).unwrap();
        assert_eq!(fs::read(old.join("receipts/open/3-4")).unwrap(), b"longer list");
    }
}
