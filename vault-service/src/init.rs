// SPDX-License-Identifier: Apache-2.0

//! The first configuration of a service, and the institution's encryption key.

use crate::{
    config::{Config, ConfigError},
    key_files::{make_encryption_key, read_encryption_key, KeyFault},
};
use salus_primitives::{EncryptionKey, InstitutionId};
use std::{
    fs,
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};
use thiserror::Error;

/// The name of the configuration file.
pub const CONFIG: &str = "vault.toml";
/// The name of the file with the institution's encryption key.
pub const KEY: &str = "institution.key";
/// The port of an authority that names none.
const HTTPS: u16 = 443;

/// An operator's decisions about a service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wishes {
    /// The institution, by its number on the chain.
    pub institution: InstitutionId,
    /// Host, and perhaps port, at which readers know the service.
    pub authority: String,
    /// Where the service listens; by default on all interfaces with TLS, on loopback without, at the authority's port.
    pub listen: Option<SocketAddr>,
    /// The hospital's own node.
    pub node: String,
    /// The folder of the vault.
    pub store: PathBuf,
    /// Certificate and key, in PEM.
    pub tls: Option<(PathBuf, PathBuf)>,
}

/// The files that a service begins with.
#[derive(Debug)]
pub struct Begun {
    /// The configuration file.
    pub config: PathBuf,
    /// The public part of the institution's key.
    pub key: EncryptionKey,
}

/// A service cannot begin in this way.
#[derive(Debug, Error)]
pub enum InitError {
    /// There is a configuration already.
    #[error("`{}` is there already, and stays as it is", .0.display())]
    IsThere(PathBuf),
    /// The folder cannot be used.
    #[error("cannot write `{}`: {cause}", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A path has signs that the configuration cannot hold.
    #[error("the path `{}` is not UTF-8", .0.display())]
    NotText(PathBuf),
    /// The wishes make no valid configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The key cannot be made, or the one that is there cannot be read.
    #[error("the key `{}`: {cause}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: KeyFault,
    },
}

/// Writes a configuration into the folder `folder`, and makes a key there unless it has one. It replaces nothing.
pub fn init(folder: &Path, wishes: &Wishes) -> Result<Begun, InitError> {
    let config = folder.join(CONFIG);
    if config.symlink_metadata().is_ok() {
        return Err(InitError::IsThere(config));
    }
    let text = text_of(wishes)?;
    Config::check_text(&text, &config)?;
    let unwritable = |path: &Path| {
        let path = path.to_owned();
        move |cause| InitError::Unwritable { path, cause }
    };
    fs::create_dir_all(folder).map_err(unwritable(folder))?;
    let key = institution_key(&folder.join(KEY))?;
    let mut file = fs::File::create_new(&config).map_err(unwritable(&config))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(unwritable(&config))?;
    Ok(Begun { config, key })
}

fn institution_key(path: &Path) -> Result<EncryptionKey, InitError> {
    let failed = |cause| InitError::Key { path: path.to_owned(), cause };
    let pair = match path.symlink_metadata().is_ok() {
        true => read_encryption_key(path),
        false => make_encryption_key(path),
    };
    Ok(pair.map_err(failed)?.public())
}

fn text_of(wishes: &Wishes) -> Result<String, InitError> {
    let listen = wishes.listen.unwrap_or_else(|| {
        let port = wishes.authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        let host = if wishes.tls.is_some() { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
        SocketAddr::new(IpAddr::V4(host), port.unwrap_or(HTTPS))
    });
    // A string of JSON is one of TOML, too.
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let path = |path: &Path| match path.to_str() {
        Some(readable) => Ok(text(readable)),
        None => Err(InitError::NotText(path.to_owned())),
    };
    let mut lines = vec![
        "# docs/vault-service.md explains each setting, and those that are left out here.".to_owned(),
        format!("institution = {}", wishes.institution),
        format!("authority = {}", text(&wishes.authority)),
        format!("listen = {}", text(&listen.to_string())),
        format!("node = {}", text(&wishes.node)),
        format!("store = {}", path(&wishes.store)?),
        "# For the hospital's own monitoring: /health, /ready and /metrics.".to_owned(),
        "monitoring = \"127.0.0.1:9617\"".to_owned(),
        format!("key = \"{KEY}\""),
        "# The key of the service's own member, in whose name it posts receipts and asks for copies.".to_owned(),
        "# member-key = \"member.key\"".to_owned(),
    ];
    if let Some((certificate, key)) = &wishes.tls {
        lines.push(format!("\n[tls]\ncertificate = {}\nkey = {}", path(certificate)?, path(key)?));
    }
    lines.push(
        "\n# The texts that say whom the institution admits, and how it treats data, for all who ask.\n# [joining]\n\
         # criteria = \"criteria.txt\"\n# data-policy = \"data-policy.txt\""
            .to_owned(),
    );
    Ok(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes() -> Wishes {
        Wishes {
            institution: InstitutionId(3),
            authority: "vault.hospital.example".to_owned(),
            listen: None,
            node: "ws://127.0.0.1:9944".to_owned(),
            store: "/var/lib/salus \"vault\"".into(),
            tls: Some(("vault.crt".into(), "vault.key".into())),
        }
    }

    #[test]
    fn a_service_begins_with_a_configuration_that_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let begun = init(&folder.path().join("etc"), &wishes()).unwrap();
        let config = Config::read(&begun.config).unwrap();
        assert_eq!((config.institution, config.authority.as_str()), (InstitutionId(3), "vault.hospital.example"));
        assert_eq!(config.listen.to_string(), "0.0.0.0:443");
        assert_eq!(config.store.folder(), Path::new("/var/lib/salus \"vault\""));
        assert_eq!(config.tls.unwrap().certificate, folder.path().join("etc/vault.crt"));
        let key = read_encryption_key(&config.key.unwrap()).unwrap();
        assert_eq!(key.public(), begun.key);
    }

    #[test]
    fn without_a_certificate_it_listens_on_loopback() {
        let folder = tempfile::tempdir().unwrap();
        let local = Wishes { tls: None, authority: "127.0.0.1:8081".to_owned(), ..wishes() };
        let begun = init(folder.path(), &local).unwrap();
        assert_eq!(Config::read(&begun.config).unwrap().listen.to_string(), "127.0.0.1:8081");
    }

    #[test]
    fn nothing_is_replaced_and_an_invalid_wish_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let invalid = Wishes { authority: "https://vault.example".to_owned(), ..wishes() };
        assert!(matches!(init(folder.path(), &invalid), Err(InitError::Config(ConfigError::Authority(_)))));
        let open = Wishes { tls: None, listen: Some("0.0.0.0:80".parse().unwrap()), ..wishes() };
        assert!(matches!(init(folder.path(), &open), Err(InitError::Config(ConfigError::InTheClear(_)))));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

        let made = make_encryption_key(&folder.path().join(KEY)).unwrap().public();
        assert_eq!(init(folder.path(), &wishes()).unwrap().key, made, "the key that was there is used");
        assert!(matches!(init(folder.path(), &wishes()), Err(InitError::IsThere(_))));
    }
}
