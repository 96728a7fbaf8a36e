// SPDX-License-Identifier: Apache-2.0

//! The context of a command: the home folder, the keys in it, the node, the vault services.

use crate::{failure::Failure, options::Options, passwords};
use salus_chain::{At, Chain};
use salus_client::{
    agent::Agent,
    keystore::Keystore,
    services::{Folders, RemoteServices, Services, Vaults},
};
use salus_primitives::MemberId;
use salus_sealing::{
    keys::{Identity, PublicKeys},
    secret::Password,
};
use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The options, ready to be used.
pub(crate) struct Context {
    node: String,
    home: PathBuf,
    vaults: Option<PathBuf>,
    identity: Option<String>,
    password_file: Option<PathBuf>,
}

impl Context {
    pub(crate) fn new(options: &Options) -> Result<Self, Failure> {
        let home = match &options.home {
            Some(home) => home.clone(),
            None => default_home()?,
        };
        Ok(Self {
            node: options.node.clone(),
            vaults: options.vaults.clone(),
            home,
            identity: options.identity.clone(),
            password_file: options.password_file.clone(),
        })
    }

    /// The folder with everything of ours.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Where the node is.
    pub(crate) fn node(&self) -> &str {
        &self.node
    }

    /// A connection to the node.
    pub(crate) async fn chain(&self) -> Result<Chain, Failure> {
        Ok(Chain::connect(&self.node).await?)
    }

    /// The vault services: those that the chain names, or folders where the options name one.
    fn services(&self, chain: &Chain) -> Result<Arc<dyn Services>, Failure> {
        match &self.vaults {
            Some(folder) => Ok(Folders::shared(chain, &Vaults::below(folder))),
            None => Ok(Arc::new(RemoteServices::new(chain)?)),
        }
    }

    /// The services that the chain names, whichever vaults the options name: a folder declares nothing.
    pub(crate) fn remote_services(&self, chain: &Chain) -> Result<RemoteServices, Failure> {
        Ok(RemoteServices::new(chain)?)
    }

    /// The folder of the identity `name`.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf, Failure> {
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        if name.is_empty() || name.len() > 64 || name.starts_with('.') || !plain {
            return Err(Failure::input(format!(
                "`{name}` is not a name for an identity\nhint: up to 64 letters, digits, `-`, `_` and `.`, not beginning with `.`"
            )));
        }
        Ok(self.identities().join(name))
    }

    /// The keystore of the identity `name`.
    pub(crate) fn keystore(&self, name: &str) -> Result<Keystore, Failure> {
        let folder = self.folder(name)?;
        if !folder.is_dir() {
            return Err(Failure::input(format!("there is no identity `{name}`\nhint: salus key list shows them")));
        }
        Ok(Keystore::open(folder)?)
    }

    /// The keystores of all identities.
    pub(crate) fn keystores(&self) -> Result<Vec<Keystore>, Failure> {
        let identities = self.identities();
        match std::fs::metadata(&identities) {
            Ok(_) => Ok(Keystore::list(identities)?),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(Failure::input(format!(
                "the identities in `{}` cannot be read: {error}\nhint: --home names the folder with them",
                identities.display()
            ))),
        }
    }

    /// The name of the identity: the one that `--as` names, or the only one there is.
    pub(crate) fn name(&self) -> Result<String, Failure> {
        if let Some(name) = &self.identity {
            return Ok(name.clone());
        }
        let keystores = self.keystores()?;
        match keystores.as_slice() {
            [] => Err(Failure::input("there is no identity yet\nhint: salus key new NAME")),
            [only] => Ok(only.name().to_owned()),
            _ => Err(Failure::input("there are several identities\nhint: choose one with --as NAME")),
        }
    }

    /// The identity's public keys; needs no password.
    pub(crate) fn public_keys(&self) -> Result<PublicKeys, Failure> {
        Ok(self.keystore(&self.name()?)?.keys().clone())
    }

    /// The identity's public keys, as far as it is clear which identity that is. One that `--as` names has to be there.
    pub(crate) fn known_public_keys(&self) -> Result<Option<PublicKeys>, Failure> {
        match self.identity {
            Some(_) => self.public_keys().map(Some),
            None => Ok(self.public_keys().ok()),
        }
    }

    /// The member that the identity is, as far as it is clear which identity that is; needs no password.
    pub(crate) async fn known_member(&self, chain: &Chain) -> Result<Option<MemberId>, Failure> {
        match self.known_public_keys()? {
            Some(keys) => Ok(chain.member_of_account(At::Finalized, keys.transaction).await?),
            None => Ok(None),
        }
    }

    /// The identity's keys.
    pub(crate) fn identity(&self) -> Result<Identity, Failure> {
        let name = self.name()?;
        // A missing identity is said before the person is asked for a password.
        let keystore = self.keystore(&name)?;
        Ok(keystore.unlock(&self.password(&format!("Password of {name}: "))?)?)
    }

    /// The password, from where the options say, or asked for.
    pub(crate) fn password(&self, prompt: &str) -> Result<Password, Failure> {
        passwords::existing(self.password_file.as_deref(), prompt)
    }

    /// A password for a new identity; asked for twice.
    pub(crate) fn new_password(&self) -> Result<Password, Failure> {
        passwords::new(self.password_file.as_deref())
    }

    /// The password of a repository of backups.
    pub(crate) fn backup_password(&self) -> Result<Password, Failure> {
        passwords::of_backup(self.password_file.as_deref())
    }

    /// The file that `--password-file` names.
    pub(crate) fn password_file(&self) -> Option<&Path> {
        self.password_file.as_deref()
    }

    /// The identity, at work on the chain.
    pub(crate) async fn agent(&self) -> Result<Agent, Failure> {
        let identity = self.identity()?;
        let chain = self.chain().await?;
        let services = self.services(&chain)?;
        Ok(Agent::new(chain, services, identity).await?)
    }

    fn identities(&self) -> PathBuf {
        self.home.join("identities")
    }
}

fn default_home() -> Result<PathBuf, Failure> {
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let data = data.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")));
    data.map(|data| data.join("salus"))
        .ok_or_else(|| Failure::input("there is no home folder\nhint: name one with --home FOLDER"))
}
