// SPDX-License-Identifier: Apache-2.0

//! `salus key`: identities in this home folder.
//!
//! An institution's keys are an identity like a person's: its membership key signs vouchers (the issuing key), its
//! encryption key belongs to its vault service.

use crate::{
    context::Context,
    failure::Failure,
    output::{fields, table, Output},
    parse,
};
use salus_client::keys::{Identity, Keystore, PublicKeys};
use serde::Serialize;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make a new identity and show the phrase that restores it, once
    New {
        /// A name for it, on this computer only
        name: String,
        /// Write the phrase to this file instead of showing it
        #[arg(long, value_name = "FILE")]
        phrase_file: Option<PathBuf>,
    },
    /// Import an identity
    Import {
        /// A name for it, on this computer only
        name: String,
        /// A file with the phrase
        #[arg(long, value_name = "FILE", required_unless_present = "uri")]
        phrase_file: Option<PathBuf>,
        /// A secret URI, such as //Hospital1//Issuer of a development chain; anybody who sees the command line sees it
        #[arg(long, conflicts_with = "phrase_file")]
        uri: Option<String>,
    },
    /// List identities
    List,
    /// Show the public keys of an identity
    Show {
        /// Its name
        name: String,
    },
    /// Print the JSON keystore of the transaction key, for Polkadot.js
    ExportJson {
        /// The identity's name
        name: String,
    },
}

#[derive(Serialize)]
struct Shown {
    name: String,
    address: String,
    #[serde(flatten)]
    keys: PublicKeys,
    folder: PathBuf,
}

impl Shown {
    fn new(keystore: &Keystore) -> Self {
        let keys = keystore.keys().clone();
        Self { name: keystore.name().to_owned(), address: keys.address(), keys, folder: keystore.folder().to_owned() }
    }

    fn human(&self) -> String {
        fields(&[
            ("name", self.name.clone()),
            ("address", self.address.clone()),
            ("transaction key", self.keys.transaction.to_string()),
            ("membership key", self.keys.membership.to_string()),
            ("encryption key", salus_primitives::Digest(self.keys.encryption.key).to_string()),
            ("folder", self.folder.display().to_string()),
        ])
    }
}

pub(crate) fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    match command {
        Command::New { name, phrase_file } => {
            let (identity, mnemonic) = Identity::generate()?;
            let keystore = create(context, &name, &identity)?;
            let phrase = mnemonic.expose();
            if let Some(path) = &phrase_file {
                write_private(path, phrase.as_bytes())?;
            }
            let warning = match (&phrase_file, out.is_human()) {
                (Some(path), _) => format!("phrase           in {}", path.display()),
                (None, true) => format!(
                    "\nWrite these words on paper. They restore the identity; whoever has them is you:\n\n    {}",
                    phrase.as_str()
                ),
                (None, false) => {
                    // Programs get it on standard error, so that it does not end up in a file by accident.
                    eprintln!("phrase: {}", phrase.as_str());
                    String::new()
                }
            };
            out.show(&Shown::new(&keystore), |shown| format!("{}{warning}", shown.human()))
        }
        Command::Import { name, phrase_file, uri } => {
            let identity = match (phrase_file, uri) {
                (Some(path), _) => {
                    let text = std::fs::read_to_string(&path)
                        .map_err(|error| Failure::input(format!("`{}` cannot be read: {error}", path.display())))?;
                    Identity::from_mnemonic(Zeroizing::new(text).trim())?
                }
                (None, Some(uri)) => parse::secret_uri(&uri)?,
                (None, None) => return Err(Failure::input("neither --phrase-file nor --uri is given")),
            };
            let keystore = create(context, &name, &identity)?;
            out.show(&Shown::new(&keystore), Shown::human)
        }
        Command::List => {
            let shown: Vec<_> = context.keystores()?.iter().map(Shown::new).collect();
            out.show(&shown, |all| {
                table(&["name", "address"], all.iter().map(|one| vec![one.name.clone(), one.address.clone()]))
            })
        }
        Command::Show { name } => out.show(&Shown::new(&context.keystore(&name)?), Shown::human),
        Command::ExportJson { name } => {
            out.raw(&std::fs::read(context.keystore(&name)?.folder().join("transaction.json"))?)
        }
    }
}

fn create(context: &Context, name: &str, identity: &Identity) -> Result<Keystore, Failure> {
    let folder = context.folder(name)?;
    if folder.exists() {
        return Err(Failure::input(format!("there is an identity `{name}` already\nhint: choose another name")));
    }
    let password = context.new_password()?;
    Ok(Keystore::create(folder, name, identity, &password)?)
}

/// Writes a new file that only its owner can read.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| Failure::input(format!("`{}` cannot be written: {error}", path.display())))?;
    Ok(file.write_all(bytes)?)
}
