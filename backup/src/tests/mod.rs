// SPDX-License-Identifier: Apache-2.0

//! Runs, damage, restorations and what is forgotten, each over real folders; and the rules that say what stays.

mod damage;
mod files;
mod forget;
mod retention;
mod runs;
mod vaults;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use salus_primitives::{Digest, Moment};
use salus_sealing::secret::Password;
use salus_vault::Vault;
use tempfile::TempDir;

use crate::error::Result;
use crate::repository::{Access, Repository};
use crate::save::{save, Saved, Sources};

/// A hospital's machine: a vault, files, and a repository beside them.
struct Machine {
    folder: TempDir,
}

impl Machine {
    fn new() -> Self {
        let machine = Self { folder: tempfile::tempdir().unwrap() };
        Repository::create(&machine.path("repository"), &password()).unwrap();
        fs::create_dir_all(machine.path("etc/keys/session")).unwrap();
        machine.write("etc/vault.toml", b"institution = 0\n");
        machine.write("etc/keys/node-key", b"secret");
        machine.write("etc/empty", b"");
        fs::set_permissions(machine.path("etc/keys"), fs::Permissions::from_mode(0o700)).unwrap();
        fs::set_permissions(machine.path("etc/keys/node-key"), fs::Permissions::from_mode(0o600)).unwrap();
        machine
    }

    /// A path on the machine, without links in it.
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    fn repository(&self, access: Access) -> Result<Repository> {
        Repository::open(&self.path("repository"), &password(), access)
    }

    async fn vault(&self) -> Vault {
        Vault::open_folder(self.path("vault")).await.unwrap()
    }

    /// Saves vault and files.
    async fn save(&self) -> Saved {
        self.save_with(|_| ()).await.unwrap()
    }

    async fn save_with(&self, change: impl FnOnce(&mut Sources)) -> Result<Saved> {
        self.save_at(1_000, change).await
    }

    async fn save_at(&self, now: Moment, change: impl FnOnce(&mut Sources)) -> Result<Saved> {
        let mut sources = Sources { files: vec![self.path("etc")], ..Default::default() };
        if self.path("vault").exists() {
            sources.vaults.push(self.path("vault"));
        }
        change(&mut sources);
        save(&self.repository(Access::Writes)?, &sources, now, |_| ()).await
    }
}

fn password() -> Password {
    Password::from("correct horse")
}

/// The place of an object in a vault.
fn place_of(vault: &Path, id: &Digest) -> PathBuf {
    let digits = id.to_string();
    vault.join(&digits[2..4]).join(&digits[4..])
}

/// Everything below a folder: permissions, and the content of files or the target of links.
fn content(folder: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    collect(folder, folder, &mut found);
    found
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, (u32, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let metadata = fs::symlink_metadata(&path).unwrap();
        let bytes = match () {
            () if metadata.is_dir() => Vec::new(),
            () if metadata.is_symlink() => fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes(),
            () => fs::read(&path).unwrap(),
        };
        found.insert(path.strip_prefix(root).unwrap().to_owned(), (metadata.mode() & 0o7777, bytes));
        if metadata.is_dir() {
            collect(root, &path, found);
        }
    }
}
