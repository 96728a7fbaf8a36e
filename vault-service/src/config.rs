// SPDX-License-Identifier: Apache-2.0

//! The configuration file of the service.

use super::{
    copies::Policy,
    cors::Cors,
    joining::JoiningConfig,
    limits::ServiceLimits,
    notices::{NoticesConfig, NoticesConfigError},
    staging::Limits,
    stores::{StoreConfig, StoreConfigError},
};
use salus_gate::protocol::normal_authority;
use salus_primitives::InstitutionId;
use serde::Deserialize;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// The configuration, as its TOML file says it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// The institution, by its number on the chain.
    pub institution: InstitutionId,
    /// Host and port at which readers know the service, as in `vault.hospital.example` or `vault.hospital.example:8443`.
    pub authority: String,
    /// Where the service listens.
    pub listen: SocketAddr,
    /// The hospital's own node, such as `ws://127.0.0.1:9944`.
    pub node: String,
    /// Where the vault keeps objects.
    pub store: StoreConfig,
    /// The store from which objects move to that one, while the service runs.
    #[serde(default)]
    pub previous_store: Option<StoreConfig>,
    /// Certificate and key. A service without them listens on the loopback interface only, behind a proxy that has them.
    #[serde(default)]
    pub tls: Option<Tls>,
    /// Where the hospital's own monitoring asks for health, readiness and metrics.
    #[serde(default)]
    pub monitoring: Option<SocketAddr>,
    /// A file with the institution's encryption key: with it the service opens what was granted to the institution.
    #[serde(default)]
    pub key: Option<PathBuf>,
    /// A file with the secret of a transaction key: that of a member of this institution with the role service. The service
    /// posts receipts and asks for copies in its name.
    #[serde(default)]
    pub member_key: Option<PathBuf>,
    /// How much members may stage.
    #[serde(default)]
    pub staging: Limits,
    /// After how many days an object is deleted that the chain named once and names no more.
    #[serde(default = "a_month")]
    pub unnamed_after_days: u16,
    /// How much the service does at one time, and for one reader.
    #[serde(default)]
    pub limits: ServiceLimits,
    /// Which web pages may have a browser ask the service; none unless they are named.
    #[serde(default)]
    pub cors: Cors,
    /// With whom the vault exchanges copies.
    #[serde(default)]
    pub copies: Option<Copies>,
    /// Whom the service tells of notices, by mail and webhook.
    #[serde(default)]
    pub notices: Option<NoticesConfig>,
    /// The texts that say whom the institution admits, and how it treats data.
    #[serde(default)]
    pub joining: Option<JoiningConfig>,
}

/// With whom each vault keeps copies of the other's objects: partners by name, or those who take part in a policy.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Copies {
    /// Institutions that agreed to it with this one, by their numbers on the chain.
    #[serde(default)]
    pub partners: Vec<InstitutionId>,
    /// A policy on which several institutions agreed.
    #[serde(default)]
    pub policy: Option<Policy>,
    /// An older place of `member-key`.
    #[serde(default)]
    pub key: Option<PathBuf>,
    /// Seconds between two looks at the chain.
    #[serde(default = "half_a_minute")]
    pub every_seconds: u16,
}

impl Copies {
    fn is_with_others(&self) -> bool {
        match &self.policy {
            Some(policy) => policy.number > 0 && !policy.kinds.is_empty(),
            None => !self.partners.is_empty(),
        }
    }
}

fn a_month() -> u16 {
    30
}

fn half_a_minute() -> u16 {
    30
}

/// Files in PEM.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Tls {
    /// The certificate, and those that lead to its authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// The configuration cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration `{}`: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file is not TOML of this form.
    #[error("the configuration `{}` is not valid: {cause}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Where and why.
        cause: Box<toml::de::Error>,
    },
    /// The authority is not a host, perhaps with a port, in its normal form.
    #[error(
        "`authority` has to be host or host:port, in lower case, without a scheme and without port 443, and is `{0}`"
    )]
    Authority(String),
    /// Two files would name two members.
    #[error("the member's key is named twice: keep `member-key`, and leave `key` out of `[copies]`")]
    TwoMemberKeys,
    /// Partners give copies to a member only.
    #[error("`[copies]` needs `member-key`, in whose name the service asks for copies")]
    NoMemberKey,
    /// The institution is its own partner.
    #[error("`partners` has the institution itself, `{0}`")]
    OwnPartner(InstitutionId),
    /// A store cannot be as it is described.
    #[error("`{0}`: {1}")]
    Store(&'static str, StoreConfigError),
    /// Objects would move to where they are.
    #[error("`store` and `previous-store` are the same, or share a folder on this machine")]
    SameStore,
    /// Copies are to be exchanged with no institution.
    #[error("`[copies]` needs `partners`, or `[copies.policy]` with a `number` from 1 on and `kinds`")]
    NoPartners,
    /// An object might be deleted while its upload goes on.
    #[error("`unnamed-after-days` is `{0}`: it has to be two days longer than `expires-after-hours`, at least")]
    UnnamedTooShort(u16),
    /// Letters about notices cannot be sent so.
    #[error("`[notices]`: {0}")]
    Notices(#[from] NoticesConfigError),
    /// Requests would travel in the clear.
    #[error("`listen` is `{0}`, which other machines reach: give `[tls]`, or listen on the loopback interface behind a proxy")]
    InTheClear(SocketAddr),
}

impl Config {
    /// Reads and checks the configuration in the file `path`. Paths in it count from the file's folder.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let unreadable = |cause| ConfigError::Unreadable { path: path.to_owned(), cause };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let mut config = Self::check_text(&text, path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        config.store = config.store.within(folder);
        config.previous_store = config.previous_store.map(|store| store.within(folder));
        config.key = config.key.map(|key| folder.join(key));
        let older = config.copies.as_mut().and_then(|copies| copies.key.take());
        config.member_key = config.member_key.or(older).map(|key| folder.join(key));
        if let Some(tls) = &mut config.tls {
            tls.certificate = folder.join(&tls.certificate);
            tls.key = folder.join(&tls.key);
        }
        config.notices = config.notices.map(|notices| notices.within(folder));
        config.joining = config.joining.map(|joining| joining.within(folder));
        Ok(config)
    }

    /// Checks the text of a configuration that is, or is to be, in the file `path`. Its paths stay as they are.
    pub(crate) fn check_text(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let invalid = |cause| ConfigError::Invalid { path: path.to_owned(), cause: Box::new(cause) };
        let config: Self = toml::from_str(text).map_err(invalid)?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        if normal_authority(&format!("https://{}", self.authority)).as_ref() != Some(&self.authority) {
            return Err(ConfigError::Authority(self.authority.clone()));
        }
        if self.copies.as_ref().is_some_and(|copies| copies.partners.contains(&self.institution)) {
            return Err(ConfigError::OwnPartner(self.institution));
        }
        if let Some(copies) = &self.copies {
            match (&self.member_key, &copies.key) {
                (Some(_), Some(_)) => return Err(ConfigError::TwoMemberKeys),
                (None, None) => return Err(ConfigError::NoMemberKey),
                _ => {}
            }
            if !copies.is_with_others() {
                return Err(ConfigError::NoPartners);
            }
        }
        self.store.check().map_err(|error| ConfigError::Store("store", error))?;
        if let Some(previous) = &self.previous_store {
            previous.check().map_err(|error| ConfigError::Store("previous-store", error))?;
            if self.store.to_string() == previous.to_string() || self.store.folder() == previous.folder() {
                return Err(ConfigError::SameStore);
            }
        }
        let hours = u64::from(self.unnamed_after_days).saturating_mul(24);
        if hours < u64::from(self.staging.expires_after_hours).saturating_add(48) {
            return Err(ConfigError::UnnamedTooShort(self.unnamed_after_days));
        }
        if let Some(notices) = &self.notices {
            notices.check()?;
        }
        if self.tls.is_none() && !self.listen.ip().is_loopback() {
            return Err(ConfigError::InTheClear(self.listen));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        institution = 3
        authority = "vault.hospital.example:8443"
        listen = "127.0.0.1:8080"
        node = "ws://127.0.0.1:9944"
        store = "vault"
    "#;

    fn read(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.toml");
        std::fs::write(&path, text).unwrap();
        Config::read(&path)
    }

    #[test]
    fn paths_count_from_the_files_folder() {
        let config = read(GOOD).unwrap();
        assert!(config.store.folder().is_absolute() && config.store.folder().ends_with("vault"));
        assert_eq!((config.institution, config.tls, config.monitoring), (InstitutionId(3), None, None));
        let config = read(&GOOD.replace("\"vault\"", "\"/var/lib/salus\"")).unwrap();
        assert_eq!(config.store, StoreConfig::Folder("/var/lib/salus".into()));
    }

    #[test]
    fn objects_move_from_another_store() {
        let with = |previous: &str| read(&format!("{GOOD}\nprevious-store = {previous}"));
        let moved = with("\"old\"").unwrap().previous_store;
        assert!(moved.is_some_and(|store| store.folder().is_absolute() && store.folder().ends_with("old")));
        assert!(matches!(with("\"vault\""), Err(ConfigError::SameStore)));
        let s3 = |endpoint: &str, spool: &str| {
            with(&format!("{{ kind = \"s3\", endpoint = \"{endpoint}\", bucket = \"salus\", spool = \"{spool}\" }}"))
        };
        assert!(s3("https://s3.example", "spool").is_ok());
        assert!(matches!(s3("https://s3.example", "vault"), Err(ConfigError::SameStore)));
        assert!(matches!(s3("http://s3.example", "spool"), Err(ConfigError::Store("previous-store", _))));
    }

    #[test]
    fn an_authority_is_a_host_and_perhaps_a_port() {
        for good in ["vault.example", "vault.example:80", "127.0.0.1:8080", "[::1]", "[::1]:8080"] {
            assert!(read(&GOOD.replace("vault.hospital.example:8443", good)).is_ok(), "{good}");
        }
        for bad in [
            "",
            "Vault.example",
            "https://vault.example",
            "vault.example:",
            "vault.example:443",
            "vault.example:x",
            "vault.example:080",
            "me@vault.example",
            "a/b",
            ":80",
        ] {
            let outcome = read(&GOOD.replace("vault.hospital.example:8443", bad));
            assert!(matches!(outcome, Err(ConfigError::Authority(_))), "{bad}");
        }
    }

    #[test]
    fn other_machines_are_served_by_tls_only() {
        let open = GOOD.replace("127.0.0.1:8080", "0.0.0.0:8443");
        assert!(matches!(read(&open), Err(ConfigError::InTheClear(_))));
        assert!(read(&format!("{open}\n[tls]\ncertificate = \"c.pem\"\nkey = \"k.pem\"")).is_ok());
    }

    #[test]
    fn a_members_key_is_named_once_at_either_place() {
        let copies = "[copies]\npartners = [1]\n";
        let with = |key: &str, rest: &str| read(&format!("{GOOD}\n{key}\n{copies}{rest}"));
        for good in [with("member-key = \"m.key\"", ""), with("", "key = \"m.key\"")] {
            assert!(good.unwrap().member_key.unwrap().ends_with("m.key"));
        }
        assert!(read(&format!("{GOOD}\nmember-key = \"m.key\"")).unwrap().member_key.is_some());
        let both = with("member-key = \"m.key\"", "key = \"m.key\"");
        assert!(matches!(both, Err(ConfigError::TwoMemberKeys)));
        assert!(matches!(with("", ""), Err(ConfigError::NoMemberKey)));
    }

    #[test]
    fn unnamed_objects_outlive_staged_ones() {
        assert_eq!(read(GOOD).unwrap().unnamed_after_days, 30);
        assert!(read(&format!("unnamed-after-days = 3\n{GOOD}")).is_ok());
        for bad in ["unnamed-after-days = 2\n{}", "unnamed-after-days = 3\n{}\n[staging]\nexpires-after-hours = 25"] {
            assert!(matches!(read(&bad.replace("{}", GOOD)), Err(ConfigError::UnnamedTooShort(_))), "{bad}");
        }
    }

    #[test]
    fn copies_need_partners_or_a_policy() {
        let with = |lines: &str| read(&format!("{GOOD}\n[copies]\nkey = \"copies.key\"\n{lines}"));
        assert!(with("partners = [1]").unwrap().copies.unwrap().policy.is_none());
        let policy = with("[copies.policy]\nnumber = 2\nkinds = [\"hospital\", \"clinic\"]\nexcept = [7]");
        let policy = policy.unwrap().copies.unwrap().policy.unwrap();
        assert_eq!((policy.number, policy.kinds.len(), policy.except), (2, 2, vec![InstitutionId(7)]));
        for bad in ["", "partners = []", "[copies.policy]\nnumber = 0\nkinds = [\"hospital\"]"] {
            assert!(matches!(with(bad), Err(ConfigError::NoPartners)), "{bad}");
        }
        assert!(matches!(with("[copies.policy]\nnumber = 1\nkinds = []"), Err(ConfigError::NoPartners)));
        for bad in ["number = 1", "number = 1\nkinds = [\"ship\"]", "number = 300\nkinds = [\"hospital\"]"] {
            assert!(matches!(with(&format!("[copies.policy]\n{bad}")), Err(ConfigError::Invalid { .. })), "{bad}");
        }
        assert!(matches!(with("partners = [3]"), Err(ConfigError::OwnPartner(_))));
    }

    #[test]
    fn letters_need_a_way_and_their_files_count_from_the_files_folder() {
        let with = |lines: &str| read(&format!("{GOOD}\n[notices]\naddressees = \"a.toml\"\n{lines}"));
        let notices = with("[notices.webhook]\nsecret = \"w.key\"").unwrap().notices.unwrap();
        assert!(notices.addressees.is_absolute() && notices.webhook.unwrap().secret.ends_with("w.key"));
        let fault = with("").unwrap_err();
        assert!(matches!(fault, ConfigError::Notices(NoticesConfigError::NoWay)));
        assert!(fault.to_string().starts_with("`[notices]`: it needs"), "{fault}");
        assert!(matches!(with("colour = 1"), Err(ConfigError::Invalid { .. })));
        assert!(matches!(with("[notices.mail]\nserver = \"x\""), Err(ConfigError::Invalid { .. })));
    }

    #[test]
    fn an_institution_declares_two_texts_or_none() {
        let with = |lines: &str| read(&format!("{GOOD}\n[joining]\n{lines}"));
        let joining = with("criteria = \"c.txt\"\ndata-policy = \"/etc/p.txt\"").unwrap().joining.unwrap();
        assert!(joining.criteria.is_absolute() && joining.criteria.ends_with("c.txt"));
        assert_eq!(joining.data_policy, Path::new("/etc/p.txt"));
        assert_eq!(read(GOOD).unwrap().joining, None);
        for bad in ["", "criteria = \"c.txt\"", "data-policy = \"p.txt\"", "criteria = 1\ndata-policy = \"p.txt\""] {
            assert!(matches!(with(bad), Err(ConfigError::Invalid { .. })), "{bad}");
        }
        let more = with("criteria = \"c.txt\"\ndata-policy = \"p.txt\"\nfee = 1");
        assert!(matches!(more, Err(ConfigError::Invalid { .. })));
    }

    #[test]
    fn a_misspelled_setting_is_an_error() {
        assert!(matches!(read(&GOOD.replace("store", "folder")), Err(ConfigError::Invalid { .. })));
        assert!(matches!(read(&format!("{GOOD}\nmetrics = \"127.0.0.1:1\"")), Err(ConfigError::Invalid { .. })));
        for wrong in
            ["[limits]\nconnections = 0", "[limits]\nfor-one = 1", "[cors]\norigins = [\"*\"]", "[cors]\norigin = []"]
        {
            assert!(matches!(read(&format!("{GOOD}\n{wrong}")), Err(ConfigError::Invalid { .. })), "{wrong}");
        }
        assert!(matches!(Config::read(Path::new("nowhere.toml")), Err(ConfigError::Unreadable { .. })));
    }
}
