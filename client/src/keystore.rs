// SPDX-License-Identifier: Apache-2.0

//! A member's keys at rest: one folder for each identity (docs/adr/0004-keystore.md).
//!
//! | file | holds | opened by |
//! |---|---|---|
//! | `transaction.json` | the transaction key, as polkadot.js keeps it | password; polkadot.js, and wallets that read its format |
//! | `identity.json` | membership and encryption key | password; only this program |
//! | `public.json` | name and public keys | all who can read the folder |
//!
//! The folder has mode 0700 and its files 0600. It appears whole or not at all, and is never written again.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use salus_sealing::{
    keys::{Identity, KeyCard, KeystoreFault, PublicKeys, SealedKeys, SigningPair},
    secret::{random, Password},
};
use thiserror::Error;

const PUBLIC: &str = "public.json";
const TRANSACTION: &str = "transaction.json";
const SECRETS: &str = "identity.json";
/// Bytes of a file, at most.
const LARGEST: u64 = 64 * 1024;

/// A keystore cannot be made, found or opened.
#[derive(Debug, Error)]
#[error("the keystore at `{path}` {failure}")]
pub struct KeystoreError {
    /// The folder or file.
    pub path: PathBuf,
    /// The fault.
    pub failure: Failure,
}

/// A fault of a keystore.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Failure {
    /// There is something already; nothing is ever overwritten.
    #[error("exists already")]
    AlreadyExists,
    /// There is no keystore.
    #[error("does not exist")]
    NotFound,
    /// Its content does not open.
    #[error(transparent)]
    Fault(#[from] KeystoreFault),
    /// The file cannot be read or written.
    #[error("cannot be read or written: {0}")]
    Io(io::Error),
}

impl Failure {
    pub(crate) fn at(self, path: &Path) -> KeystoreError {
        KeystoreError { path: path.to_owned(), failure: self }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::InvalidData => Self::Fault(KeystoreFault::Malformed("not text")),
            _ => Self::Io(error),
        }
    }
}

/// The keys of one identity, at rest in a folder.
pub struct Keystore {
    folder: PathBuf,
    card: KeyCard,
}

impl Keystore {
    /// Puts the keys of `identity` to rest in the new folder `folder`.
    ///
    /// `name` is for people; it stands in the clear in this folder, and nowhere else.
    pub fn create(
        folder: impl AsRef<Path>,
        name: &str,
        identity: &Identity,
        password: &Password,
    ) -> Result<Self, KeystoreError> {
        let folder = folder.as_ref();
        let write = || -> Result<KeyCard, Failure> {
            if folder.try_exists()? {
                return Err(Failure::AlreadyExists);
            }
            let SealedKeys { transaction, secrets, public } = SealedKeys::seal(identity, name, password)?;
            write_folder(folder, &[(TRANSACTION, &transaction), (SECRETS, &secrets), (PUBLIC, &public)])?;
            Ok(KeyCard::parse(&public)?)
        };
        let card = write().map_err(|failure| match failure {
            // It is the place for it that is missing.
            Failure::NotFound => Failure::Io(io::Error::other("there is no place for it")).at(folder),
            failure => failure.at(folder),
        })?;
        Ok(Self { folder: folder.to_owned(), card })
    }

    /// The keystore in `folder`; nothing is unlocked.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, KeystoreError> {
        let folder = folder.as_ref();
        let path = folder.join(PUBLIC);
        let read = || -> Result<KeyCard, Failure> { Ok(KeyCard::parse(&text(&path)?)?) };
        let card = read().map_err(|failure| failure.at(&path))?;
        Ok(Self { folder: folder.to_owned(), card })
    }

    /// The keystores in the folders right below `folder`, by name of the folder.
    pub fn list(folder: impl AsRef<Path>) -> Result<Vec<Self>, KeystoreError> {
        let folder = folder.as_ref();
        let read = || -> io::Result<Vec<PathBuf>> {
            let mut found = Vec::new();
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.join(PUBLIC).try_exists().unwrap_or(false) {
                    found.push(path);
                }
            }
            found.sort();
            Ok(found)
        };
        read().map_err(|error| Failure::from(error).at(folder))?.into_iter().map(Self::open).collect()
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The name that its maker gave.
    pub fn name(&self) -> &str {
        self.card.name()
    }

    /// The public keys.
    pub fn keys(&self) -> &PublicKeys {
        self.card.keys()
    }

    /// All keys.
    pub fn unlock(&self, password: &Password) -> Result<Identity, KeystoreError> {
        let transaction = self.unlock_transaction(password)?;
        let path = self.folder.join(SECRETS);
        let open = || -> Result<Identity, Failure> { Ok(self.card.unlock(transaction, &text(&path)?, password)?) };
        open().map_err(|failure| failure.at(&path))
    }

    /// The transaction key alone: all that a daily device needs, where `identity.json` may be absent.
    pub fn unlock_transaction(&self, password: &Password) -> Result<SigningPair, KeystoreError> {
        let path = self.folder.join(TRANSACTION);
        let open = || -> Result<SigningPair, Failure> { Ok(self.card.unlock_transaction(&text(&path)?, password)?) };
        open().map_err(|failure| failure.at(&path))
    }
}

/// The text of the file, as far as a keystore's file can be long: one that never ends must not eat all memory.
fn text(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    fs::File::open(path)?.take(LARGEST).read_to_string(&mut text)?;
    Ok(text)
}

/// Writes all files into a folder beside, which then gets its name. A file may lie in a folder of its own.
pub(crate) fn write_folder(folder: &Path, files: &[(&str, &str)]) -> Result<(), Failure> {
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let fresh = parent.join(format!(".fresh-keystore-{}", hex::encode(random::<8>())));
    let write = || -> Result<(), Failure> {
        create_private_folder(&fresh)?;
        for (name, content) in files {
            let path = fresh.join(name);
            if let Some(inner) = path.parent().filter(|inner| !inner.is_dir()) {
                create_private_folder(inner)?;
            }
            let mut file = private_file().open(path)?;
            file.write_all(content.as_bytes())?;
            file.sync_all()?;
        }
        fs::rename(&fresh, folder).map_err(|error| match error.kind() {
            ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists | ErrorKind::NotADirectory => {
                Failure::AlreadyExists
            }
            _ => Failure::Io(error),
        })?;
        #[cfg(unix)]
        fs::File::open(parent)?.sync_all()?;
        Ok(())
    };
    let written = write();
    if written.is_err() {
        // A folder that cannot be removed is readable by its owner only.
        let _ = fs::remove_dir_all(&fresh);
    }
    written
}

fn create_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn private_file() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
