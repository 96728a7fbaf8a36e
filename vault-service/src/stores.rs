// SPDX-License-Identifier: Apache-2.0

//! Where the configuration says that objects lie: `store`, and `previous-store` while they move.

use super::key_files::{read_s3_credentials, read_token, s3_credentials_of_environment, KeyFault};
use salus_primitives::shredding::StoreKind;
use salus_vault::{
    check_endpoint, EndpointError, IpfsSettings, OpenError, S3Credentials, S3Settings, Vault, VaultError,
};
use serde::{
    de::{value::MapAccessDeserializer, MapAccess, Visitor},
    Deserialize, Deserializer,
};
use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};
use thiserror::Error;

/// A store: the path of a folder, or a table that describes a server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StoreConfig {
    /// A folder on this machine.
    Folder(PathBuf),
    /// A bucket of an S3-compatible server.
    S3(S3Config),
    /// An IPFS node.
    Ipfs(IpfsConfig),
}

/// The table of a store that is not a folder.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
enum Table {
    S3(S3Config),
    Ipfs(IpfsConfig),
}

/// A bucket of an S3-compatible server.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct S3Config {
    /// The server, such as `https://s3.hospital.example`.
    pub endpoint: String,
    /// The bucket.
    pub bucket: String,
    /// The folder in the bucket.
    #[serde(default)]
    pub prefix: String,
    /// The region, by which requests are signed.
    #[serde(default = "first_region")]
    pub region: String,
    /// A file with the name and the secret of the access key, in two lines. Without it both come from the environment.
    #[serde(default)]
    pub credentials: Option<PathBuf>,
    /// The folder on this machine through which objects pass.
    pub spool: PathBuf,
    /// How long the server has time to answer.
    #[serde(default = "twenty")]
    pub timeout_seconds: u16,
}

/// An IPFS node with the RPC of Kubo.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct IpfsConfig {
    /// The node's RPC, such as `http://127.0.0.1:5001`.
    pub endpoint: String,
    /// The folder in the node's tree of files.
    #[serde(default)]
    pub prefix: String,
    /// A file with the secret of a user of the RPC, in one line. Without it the RPC has no users.
    #[serde(default)]
    pub credentials: Option<PathBuf>,
    /// The folder on this machine through which objects pass.
    pub spool: PathBuf,
    /// How long the node has time to answer.
    #[serde(default = "twenty")]
    pub timeout_seconds: u16,
}

fn first_region() -> String {
    "us-east-1".to_owned()
}

fn twenty() -> u16 {
    20
}

impl<'de> Deserialize<'de> for StoreConfig {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct PathOrTable;
        impl<'de> Visitor<'de> for PathOrTable {
            type Value = StoreConfig;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("the path of a folder, or a table with a `kind`")
            }

            fn visit_str<E>(self, path: &str) -> Result<StoreConfig, E> {
                Ok(StoreConfig::Folder(path.into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<StoreConfig, A::Error> {
                Ok(match Table::deserialize(MapAccessDeserializer::new(table))? {
                    Table::S3(s3) => StoreConfig::S3(s3),
                    Table::Ipfs(ipfs) => StoreConfig::Ipfs(ipfs),
                })
            }
        }
        input.deserialize_any(PathOrTable)
    }
}

/// A store cannot be as the configuration describes it.
#[derive(Debug, Error)]
pub enum StoreConfigError {
    /// The address of the server cannot be used.
    #[error("`endpoint` is `{0}`: {1}")]
    Endpoint(String, EndpointError),
    /// The name of a bucket is empty, or not one name.
    #[error("`bucket` has to be the name of a bucket, and is `{0}`")]
    Bucket(String),
    /// A prefix leads elsewhere.
    #[error("`prefix` has to be names between slashes, and is `{0}`")]
    Prefix(String),
    /// The server has no time to answer.
    #[error("`timeout-seconds` has to be 1 at least")]
    Timeout,
}

/// A store cannot be opened.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The store itself.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Its credentials.
    #[error("the credentials of the store: {0}")]
    Credentials(#[from] KeyFault),
    /// It cannot be written.
    #[error("objects cannot be stored: {0}")]
    Unwritable(#[source] VaultError),
    /// The previous store has to be there already.
    #[error("there is no vault at `{}`, the previous store", .0.display())]
    NoPrevious(PathBuf),
}

impl StoreConfig {
    /// Counts paths from `folder`.
    pub(super) fn within(self, folder: &Path) -> Self {
        match self {
            Self::Folder(path) => Self::Folder(folder.join(path)),
            Self::S3(s3) => Self::S3(S3Config {
                credentials: s3.credentials.map(|path| folder.join(path)),
                spool: folder.join(s3.spool),
                ..s3
            }),
            Self::Ipfs(ipfs) => Self::Ipfs(IpfsConfig {
                credentials: ipfs.credentials.map(|path| folder.join(path)),
                spool: folder.join(ipfs.spool),
                ..ipfs
            }),
        }
    }

    pub(super) fn check(&self) -> Result<(), StoreConfigError> {
        let (endpoint, bucket, prefix, timeout) = match self {
            Self::Folder(_) => return Ok(()),
            Self::S3(s3) => (&s3.endpoint, Some(&s3.bucket), &s3.prefix, s3.timeout_seconds),
            Self::Ipfs(ipfs) => (&ipfs.endpoint, None, &ipfs.prefix, ipfs.timeout_seconds),
        };
        check_endpoint(endpoint).map_err(|error| StoreConfigError::Endpoint(endpoint.clone(), error))?;
        let is_name = |text: &str| {
            let letters = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
            letters && !matches!(text, "" | "." | "..")
        };
        if let Some(bucket) = bucket.filter(|bucket| !is_name(bucket)) {
            return Err(StoreConfigError::Bucket(bucket.clone()));
        }
        if !prefix.is_empty() && !prefix.split('/').all(is_name) {
            return Err(StoreConfigError::Prefix(prefix.clone()));
        }
        if timeout == 0 {
            return Err(StoreConfigError::Timeout);
        }
        Ok(())
    }

    /// Whether there may be a vault: a folder is there. About a server only the server knows.
    pub fn is_there(&self) -> bool {
        match self {
            Self::Folder(path) => path.exists(),
            Self::S3(_) | Self::Ipfs(_) => true,
        }
    }

    /// The kind of the store, as the institution's attestations name it.
    pub fn kind(&self) -> StoreKind {
        match self {
            Self::Folder(_) => StoreKind::Folder,
            Self::S3(_) => StoreKind::S3,
            Self::Ipfs(_) => StoreKind::Ipfs,
        }
    }

    /// The folder on this machine: that of the objects, or the spool.
    pub fn folder(&self) -> &Path {
        match self {
            Self::Folder(path) => path,
            Self::S3(s3) => &s3.spool,
            Self::Ipfs(ipfs) => &ipfs.spool,
        }
    }

    /// Opens the vault, and makes one where there is none.
    pub async fn open(&self) -> Result<Vault, StoreError> {
        match self {
            Self::Folder(path) => Ok(Vault::open_folder(path).await?),
            Self::S3(s3) => Ok(Vault::open_s3(&s3.settings()?, &s3.spool).await?),
            Self::Ipfs(ipfs) => Ok(Vault::open_ipfs(&ipfs.settings()?, &ipfs.spool).await?),
        }
    }

    /// Reads and writes the store as a vault does, and leaves no trace; how it is, in words after its name.
    pub async fn try_out(&self) -> Result<&'static str, StoreError> {
        let there = match self {
            Self::Folder(path) if !path.exists() => return Ok(", which is not there yet: `run` makes it"),
            Self::Folder(path) => {
                Vault::open_folder(path).await?.incoming().await.map_err(StoreError::Unwritable)?;
                true
            }
            Self::S3(s3) => s3.settings()?.try_out().await?,
            Self::Ipfs(ipfs) => ipfs.settings()?.try_out().await?,
        };
        Ok(if there { "" } else { ", where there is no vault yet: `run` makes it" })
    }

    /// Opens the vault, which takes what it does not have from that in `previous`.
    pub async fn open_with(&self, previous: Option<&Self>) -> Result<Vault, StoreError> {
        let vault = self.open().await?;
        match previous {
            Some(previous) if !previous.is_there() => Err(StoreError::NoPrevious(previous.folder().to_owned())),
            Some(previous) => Ok(vault.with_previous(previous.open().await?)),
            None => Ok(vault),
        }
    }
}

impl S3Config {
    fn settings(&self) -> Result<S3Settings, KeyFault> {
        let S3Config { endpoint, bucket, prefix, region, .. } = self.clone();
        let credentials: S3Credentials = match &self.credentials {
            Some(path) => read_s3_credentials(path)?,
            None => s3_credentials_of_environment()?,
        };
        let timeout = Duration::from_secs(self.timeout_seconds.into());
        Ok(S3Settings { endpoint, bucket, prefix, region, timeout, credentials })
    }
}

impl IpfsConfig {
    fn settings(&self) -> Result<IpfsSettings, KeyFault> {
        let IpfsConfig { endpoint, prefix, .. } = self.clone();
        let token = self.credentials.as_deref().map(read_token).transpose()?;
        Ok(IpfsSettings { endpoint, prefix, token, timeout: Duration::from_secs(self.timeout_seconds.into()) })
    }
}

impl fmt::Display for StoreConfig {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(out, "{}", path.display()),
            Self::S3(S3Config { endpoint, bucket, prefix, .. }) => {
                let slash = if prefix.is_empty() { "" } else { "/" };
                write!(out, "{}/{bucket}{slash}{prefix}", endpoint.trim_end_matches('/'))
            }
            Self::Ipfs(IpfsConfig { endpoint, prefix, .. }) => {
                write!(out, "{}/{prefix}", endpoint.trim_end_matches('/'))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Debug)]
    struct File {
        store: StoreConfig,
    }

    const S3: &str = r#"store = { kind = "s3", endpoint = "https://s3.example", bucket = "salus", spool = "spool" }"#;

    fn read(text: &str) -> Result<StoreConfig, toml::de::Error> {
        toml::from_str::<File>(text).map(|file| file.store)
    }

    #[test]
    fn a_store_is_a_folder_or_a_bucket() {
        assert_eq!(read(r#"store = "vault""#).unwrap(), StoreConfig::Folder("vault".into()));
        let store = read(S3).unwrap().within(Path::new("/etc/salus"));
        store.check().unwrap();
        assert_eq!(store.to_string(), "https://s3.example/salus");
        assert_eq!(store.folder(), Path::new("/etc/salus/spool"));
        let StoreConfig::S3(s3) = store else { panic!("no bucket") };
        assert_eq!((s3.region.as_str(), s3.timeout_seconds, s3.credentials), ("us-east-1", 20, None));
        assert_eq!(read(S3).unwrap().kind(), StoreKind::S3);
    }

    #[test]
    fn a_store_is_an_ipfs_node() {
        const IPFS: &str =
            r#"store = { kind = "ipfs", endpoint = "http://127.0.0.1:5001", prefix = "a", spool = "b" }"#;
        let store = read(IPFS).unwrap().within(Path::new("/etc/salus"));
        store.check().unwrap();
        assert_eq!(store.to_string(), "http://127.0.0.1:5001/a");
        assert_eq!(store.folder(), Path::new("/etc/salus/b"));
        let StoreConfig::Ipfs(ipfs) = store else { panic!("not a node") };
        assert_eq!((ipfs.timeout_seconds, ipfs.credentials), (20, None));
        let check = |from: &str, to: &str| read(&IPFS.replace(from, to)).unwrap().check();
        assert!(matches!(
            check("127.0.0.1", "10.0.0.1"),
            Err(StoreConfigError::Endpoint(_, EndpointError::InTheClear))
        ));
        assert!(matches!(check("5001", "5001/api/v0"), Err(StoreConfigError::Endpoint(_, EndpointError::Form))));
        assert!(matches!(check("\"a\"", "\"../a\""), Err(StoreConfigError::Prefix(_))));
        assert!(read(&IPFS.replace("prefix", "bucket")).unwrap_err().to_string().contains("unknown field `bucket`"));
    }

    #[test]
    fn what_is_wrong_in_a_table_is_named() {
        for (from, to, said) in [
            ("\"s3\"", "\"ftp\"", "unknown variant `ftp`"),
            ("kind = \"s3\", ", "", "missing field `kind`"),
            ("bucket", "buckets", "unknown field `buckets`"),
            ("spool = \"spool\"", "prefix = \"a\"", "missing field `spool`"),
        ] {
            let error = read(&S3.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        assert!(read("store = 3").unwrap_err().to_string().contains("the path of a folder, or a table"));
    }

    #[test]
    fn values_that_cannot_be_are_refused() {
        let check = |from: &str, to: &str| read(&S3.replace(from, to)).unwrap().check();
        assert!(matches!(check("https", "http"), Err(StoreConfigError::Endpoint(_, EndpointError::InTheClear))));
        assert!(matches!(check("\"salus\"", "\"a/b\""), Err(StoreConfigError::Bucket(_))));
        for bad in ["..", "/a", "a/", "a//b", "a b"] {
            let outcome = check("bucket", &format!("prefix = \"{bad}\", bucket"));
            assert!(matches!(outcome, Err(StoreConfigError::Prefix(_))), "{bad}");
        }
        assert!(matches!(check("bucket", "timeout-seconds = 0, bucket"), Err(StoreConfigError::Timeout)));
        check("bucket", "prefix = \"hospital/vault\", bucket").unwrap();
    }
}
