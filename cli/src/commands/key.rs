// SPDX-License-Identifier: Apache-2.0

//! `salus key`: identities in this home folder.
//!
//! An institution's keys are an identity like a person's: its membership key signs vouchers (the issuing key), its
//! encryption key belongs to its vault service.

use crate::{
    context::Context,
    failure::Failure,
    files,
    output::{fields, table, Output},
    parse,
};
use salus_client::keystore::Keystore;
use salus_sealing::{
    keys::{Identity, PublicKeys},
    secret::Password,
};
use serde::Serialize;
use std::{io::Write, path::PathBuf};

/// Bytes of a keystore's file, at most.
const LARGEST_KEYSTORE: usize = 1 << 20;

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
        /// A secret URI, such as //Hospital1//Issuer of a development chain; any user of this machine who sees the command line sees it
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
            let (folder, password) = vacant(context, &name)?;
            let (identity, mnemonic) = Identity::generate()?;
            let phrase = mnemonic.expose();
            // Never an identity whose phrase is lost from the start.
            if let Some(path) = &phrase_file {
                files::write_new(path, phrase.as_bytes())?;
            }
            let keystore = Keystore::create(folder, &name, &identity, &password).inspect_err(|_| {
                if let Some(path) = &phrase_file {
                    files::remove(path);
                }
            })?;
            let warning = match (&phrase_file, out.is_human()) {
                (Some(path), _) => format!("phrase           in {}", path.display()),
                (None, true) => format!(
                    "\nWrite these words on paper. They restore the identity. A person who has them can act as you:\n\n    {}",
                    phrase.as_str()
                ),
                (None, false) => {
                    // Programs get it on standard error, so that it does not end up in a file by accident.
                    if let Err(error) = writeln!(std::io::stderr(), "phrase: {}", phrase.as_str()) {
                        return Err(forget(&keystore, &error.to_string()));
                    }
                    String::new()
                }
            };
            let shown = out.show(&Shown::new(&keystore), |shown| format!("{}{warning}", shown.human()));
            match (shown, warning.is_empty() || phrase_file.is_some()) {
                (Err(_), false) => Err(forget(&keystore, "standard output cannot be written")),
                (shown, _) => shown,
            }
        }
        Command::Import { name, phrase_file, uri } => {
            let identity = match (phrase_file, uri) {
                (Some(path), _) => {
                    let text = files::read_text(&path)?;
                    Identity::from_mnemonic(text.trim()).map_err(|error| {
                        Failure::from(
                            anyhow::Error::from(error).context(format!("`{}` holds no phrase", path.display())),
                        )
                    })?
                }
                (None, Some(uri)) => parse::secret_uri(&uri)?,
                (None, None) => return Err(Failure::input("neither --phrase-file nor --uri is given")),
            };
            let (folder, password) = vacant(context, &name)?;
            let keystore = Keystore::create(folder, &name, &identity, &password)?;
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
            out.raw(&files::read(&context.keystore(&name)?.folder().join("transaction.json"), LARGEST_KEYSTORE)?)
        }
    }
}

/// The folder for a new identity, where nothing is yet, and the password for it.
fn vacant(context: &Context, name: &str) -> Result<(PathBuf, Password), Failure> {
    let folder = context.folder(name)?;
    if folder.exists() {
        return Err(Failure::input(format!("there is an identity `{name}` already\nhint: choose another name")));
    }
    Ok((folder, context.new_password()?))
}

/// Takes back an identity of this command's own, whose phrase was not shown.
fn forget(keystore: &Keystore, reason: &str) -> Failure {
    let kept = match std::fs::remove_dir_all(keystore.folder()) {
        Ok(()) => "the identity was not kept".to_owned(),
        Err(_) => format!("`{}` is useless", keystore.folder().display()),
    };
    Failure::input(format!("the phrase could not be shown: {reason}; {kept}\nhint: --phrase-file FILE"))
}
