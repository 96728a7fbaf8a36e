// SPDX-License-Identifier: Apache-2.0

//! A member's keys at rest: one folder for each identity (docs/adr/0004-keystore.md).
//!
//! | file | holds | opened by |
//! |---|---|---|
//! | `transaction.json` | the transaction key, as polkadot.js keeps it | password; polkadot.js, and wallets that read its format |
//! | `identity.json` | membership and encryption key | password; only this program |
//! | `public.json` | name and public keys | everybody who can read the folder |
//!
//! The folder has mode 0700 and its files 0600. It appears whole or not at all, and is never written again.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use codec::Encode;
use salus_primitives::SigningKey;
use schnorrkel::SecretKey;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use super::encryption::EncryptionPair;
use super::identity::{Identity, PublicKeys};
use super::polkadot_json::{from_polkadot_json, to_polkadot_json};
use super::signing::SigningPair;
use crate::secret::{random, Password};

const PUBLIC: &str = "public.json";
const TRANSACTION: &str = "transaction.json";
const SECRETS: &str = "identity.json";
const FORMAT: u32 = 1;
/// Bytes of a file, at most.
const LARGEST: u64 = 64 * 1024;
/// RFC 9106's second recommendation: 64 MiB, three passes, four lanes.
const COST: Cost = Cost { memory_kib: 64 * 1024, passes: 3, lanes: 4 };
/// What a file may ask for at most: more would let a hostile one eat all memory, or hours.
const DEAREST: Cost = Cost { memory_kib: 1024 * 1024, passes: 16, lanes: 16 };

/// A keystore cannot be made, found or opened.
#[derive(Debug, Error)]
#[error("the keystore at `{path}` {failure}{}", failure.hint())]
pub struct KeystoreError {
    /// The folder or file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub failure: Failure,
}

/// What is wrong with a keystore.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Failure {
    /// There is something already; nothing is ever overwritten.
    #[error("exists already")]
    AlreadyExists,
    /// There is no keystore.
    #[error("does not exist")]
    NotFound,
    /// The password is wrong, or somebody altered the file: the two cannot be told apart.
    #[error("does not open: the password is wrong, or the file was altered")]
    WrongPassword,
    /// The file is not what it should be; the text says how.
    #[error("is damaged: {0}")]
    Malformed(&'static str),
    /// The file asks for something that this version does not do, or not for a file's sake.
    #[error("cannot be used: it asks for {0}")]
    Unsupported(&'static str),
    /// The file cannot be read or written.
    #[error("cannot be read or written: {0}")]
    Io(io::Error),
}

impl Failure {
    /// What to do about it, as a line of its own.
    fn hint(&self) -> &'static str {
        match self {
            Self::AlreadyExists => "\nhint: choose another name",
            Self::NotFound | Self::Malformed(_) => {
                "\nhint: put it back from a copy, or make it again from the phrase under another name"
            }
            Self::WrongPassword => "\nhint: try again; without the password, only the phrase makes the keys again",
            Self::Unsupported(_) => "\nhint: open it with the program that wrote it",
            Self::Io(_) => "",
        }
    }

    pub(super) fn at(self, path: &Path) -> KeystoreError {
        KeystoreError { path: path.to_owned(), failure: self }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::InvalidData => Self::Malformed("not text"),
            _ => Self::Io(error),
        }
    }
}

/// The keys of one identity, at rest in a folder.
pub struct Keystore {
    folder: PathBuf,
    card: Card,
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
        let card = Card { version: FORMAT, name: name.to_owned(), keys: identity.public() };
        let write = || -> Result<(), Failure> {
            if folder.try_exists()? {
                return Err(Failure::AlreadyExists);
            }
            let transaction = to_polkadot_json(identity.transaction(), name, password)? + "\n";
            let (secrets, public) = (json(&Sealed::seal(identity, password)?)?, json(&card)?);
            write_folder(folder, &[(TRANSACTION, &transaction), (SECRETS, &secrets), (PUBLIC, &public)])
        };
        write().map_err(|failure| match failure {
            // What is missing is the place for it.
            Failure::NotFound => Failure::Io(io::Error::other("there is no place for it")).at(folder),
            failure => failure.at(folder),
        })?;
        Ok(Self { folder: folder.to_owned(), card })
    }

    /// The keystore in `folder`; nothing is unlocked.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, KeystoreError> {
        let folder = folder.as_ref();
        let path = folder.join(PUBLIC);
        let card: Card = read(&path).map_err(|failure| failure.at(&path))?;
        if card.version != FORMAT {
            return Err(Failure::Unsupported("another version of the format").at(&path));
        }
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

    /// The name given by whoever made it.
    pub fn name(&self) -> &str {
        &self.card.name
    }

    /// The public keys.
    pub fn keys(&self) -> &PublicKeys {
        &self.card.keys
    }

    /// All keys.
    pub fn unlock(&self, password: &Password) -> Result<Identity, KeystoreError> {
        let transaction = self.unlock_transaction(password)?;
        let path = self.folder.join(SECRETS);
        let open = || -> Result<Identity, Failure> {
            let (membership, encryption) = read::<Sealed>(&path)?.open(transaction.public(), password)?;
            let identity = Identity::from_parts(transaction, membership, encryption);
            if identity.public() != self.card.keys {
                return Err(Failure::Malformed("holds other keys than `public.json` says"));
            }
            Ok(identity)
        };
        open().map_err(|failure| failure.at(&path))
    }

    /// The transaction key alone: all that a daily device needs, where `identity.json` may be absent.
    pub fn unlock_transaction(&self, password: &Password) -> Result<SigningPair, KeystoreError> {
        let path = self.folder.join(TRANSACTION);
        let open = || -> Result<SigningPair, Failure> {
            let pair = from_polkadot_json(&text(&path)?, password)?;
            if pair.public() != self.card.keys.transaction {
                return Err(Failure::Malformed("holds another key than `public.json` says"));
            }
            Ok(pair)
        };
        open().map_err(|failure| failure.at(&path))
    }
}

/// What everybody may know: the content of `public.json`.
#[derive(Serialize, Deserialize)]
struct Card {
    version: u32,
    name: String,
    #[serde(flatten)]
    keys: PublicKeys,
}

/// The content of `identity.json`: the SCALE encoding of membership and encryption key under XChaCha20-Poly1305, with a
/// key that Argon2id makes from the password. The associated data binds cost, salt and transaction key.
#[derive(Serialize, Deserialize)]
struct Sealed {
    version: u32,
    kdf: String,
    #[serde(flatten)]
    cost: Cost,
    salt: String,
    cipher: String,
    nonce: String,
    sealed: String,
}

#[derive(Clone, Copy, Encode, Serialize, Deserialize)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

const KDF: &str = "argon2id";
const CIPHER: &str = "xchacha20-poly1305";

impl Sealed {
    fn seal(identity: &Identity, password: &Password) -> Result<Self, Failure> {
        let (salt, nonce) = (random::<16>(), random::<24>());
        let cipher = COST.cipher(password, &salt)?;
        let bound = associated_data(COST, &salt, identity.transaction().public());
        let mut secrets = Zeroizing::new(Vec::with_capacity(96));
        secrets.extend_from_slice(&*Zeroizing::new(identity.membership().secret().to_bytes()));
        secrets.extend_from_slice(&*identity.encryption().expose_private());
        let sealed = cipher
            .encrypt(&nonce.into(), Payload { msg: secrets.as_slice(), aad: &bound })
            .map_err(|_| Failure::Malformed("cannot be encrypted"))?;
        Ok(Self {
            version: FORMAT,
            kdf: KDF.to_owned(),
            cost: COST,
            salt: hex::encode(salt),
            cipher: CIPHER.to_owned(),
            nonce: hex::encode(nonce),
            sealed: hex::encode(sealed),
        })
    }

    fn open(&self, transaction: SigningKey, password: &Password) -> Result<(SigningPair, EncryptionPair), Failure> {
        if self.version != FORMAT || self.kdf != KDF || self.cipher != CIPHER {
            return Err(Failure::Unsupported("another version of the format"));
        }
        let (mut salt, mut nonce) = ([0; 16], [0; 24]);
        hex::decode_to_slice(&self.salt, &mut salt).map_err(|_| Failure::Malformed("`salt` is not 16 bytes"))?;
        hex::decode_to_slice(&self.nonce, &mut nonce).map_err(|_| Failure::Malformed("`nonce` is not 24 bytes"))?;
        let sealed = hex::decode(&self.sealed).map_err(|_| Failure::Malformed("`sealed` is not hexadecimal"))?;
        let cipher = self.cost.cipher(password, &salt)?;
        let bound = associated_data(self.cost, &salt, transaction);
        let secrets = cipher.decrypt(&nonce.into(), Payload { msg: &sealed, aad: &bound });
        let secrets = Zeroizing::new(secrets.map_err(|_| Failure::WrongPassword)?);
        let malformed = Failure::Malformed("holds no keys");
        let Some((membership, encryption)) = secrets.split_first_chunk::<64>() else { return Err(malformed) };
        let (Ok(membership), Ok(encryption)) = (SecretKey::from_bytes(membership), encryption.try_into()) else {
            return Err(malformed);
        };
        let encryption = EncryptionPair::from_private(encryption).map_err(|_| malformed)?;
        Ok((SigningPair::from_secret(membership), encryption))
    }
}

impl Cost {
    fn cipher(self, password: &Password, salt: &[u8; 16]) -> Result<XChaCha20Poly1305, Failure> {
        let unsupported = Failure::Unsupported("more work than Argon2id ought to do");
        if self.memory_kib > DEAREST.memory_kib || self.passes > DEAREST.passes || self.lanes > DEAREST.lanes {
            return Err(unsupported);
        }
        let mut key = Zeroizing::new([0; 32]);
        let Ok(params) = Params::new(self.memory_kib, self.passes, self.lanes, Some(key.len())) else {
            return Err(unsupported);
        };
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password.as_bytes(), salt, &mut *key)
            .map_err(|_| unsupported)?;
        Ok(XChaCha20Poly1305::new(&(*key).into()))
    }
}

fn associated_data(cost: Cost, salt: &[u8; 16], transaction: SigningKey) -> Vec<u8> {
    (b"salus/keystore/1", cost, salt, transaction).encode()
}

fn json(value: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|_| Failure::Malformed("cannot be written as JSON"))?;
    Ok(text + "\n")
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, Failure> {
    serde_json::from_str(&text(path)?).map_err(|_| Failure::Malformed("not JSON with the expected fields"))
}

/// What the file says, as far as a keystore's file can be long: one that never ends must not eat all memory.
fn text(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    fs::File::open(path)?.take(LARGEST).read_to_string(&mut text)?;
    Ok(text)
}

/// Writes all files into a folder beside, which then gets its name. A file may lie in a folder of its own.
pub(super) fn write_folder(folder: &Path, files: &[(&str, &str)]) -> Result<(), Failure> {
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
        // What cannot be removed is readable by its owner only.
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
