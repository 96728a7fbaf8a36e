// SPDX-License-Identifier: Apache-2.0

//! The section `[notices]` of the configuration.

use lettre::message::Mailbox;
use salus_vault_client::is_this_machine;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Characters of the institution's own words, at most.
const LONGEST_GREETING: usize = 200;
/// Hours between two digests, at most.
const LONGEST_DIGEST: u16 = 168;
/// Hours for which a letter is tried, at most.
const LONGEST_TRIAL: u16 = 720;

/// Whom the service tells of notices, and how.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NoticesConfig {
    /// The file of addressees, which only the service's user reads.
    pub addressees: PathBuf,
    /// The institution's own words, at the head of each letter: one line.
    #[serde(default)]
    pub greeting: Option<String>,
    /// Hours between two digests.
    #[serde(default = "a_day")]
    pub digest_hours: u16,
    /// The hour of one of the digests, in UTC.
    #[serde(default = "six")]
    pub digest_at_hour: u8,
    /// Seconds between two looks at the chain.
    #[serde(default = "half_a_minute")]
    pub every_seconds: u16,
    /// Hours after which a letter is given up.
    #[serde(default = "three_days")]
    pub give_up_after_hours: u16,
    /// The mail server.
    #[serde(default)]
    pub mail: Option<MailConfig>,
    /// How letters to webhooks are signed.
    #[serde(default)]
    pub webhook: Option<WebhookConfig>,
}

/// A mail server that takes the letters.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MailConfig {
    /// The host.
    pub server: String,
    /// The port: without it the usual one for `tls`.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: TlsMode,
    /// The sender, such as `Salus <salus@hospital.example>`.
    pub from: String,
    /// A file with the name of a user and its password, in two lines. Without it the server asks for none.
    #[serde(default)]
    pub credentials: Option<PathBuf>,
    /// A file with the certificate, in PEM, of an authority that is trusted besides the system's.
    #[serde(default)]
    pub trust: Option<PathBuf>,
}

impl MailConfig {
    /// The port.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            TlsMode::Implicit => 465,
            TlsMode::Starttls => 587,
            TlsMode::None => 25,
        })
    }

    /// The sender.
    pub fn sender(&self) -> Result<Mailbox, NoticesConfigError> {
        self.from.parse().map_err(|_| NoticesConfigError::From)
    }
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsMode {
    /// By TLS from its beginning.
    Implicit,
    /// By TLS, which the service asks for before anything else. Without it nothing is sent.
    #[default]
    Starttls,
    /// Not at all: to this machine only.
    None,
}

impl TlsMode {
    /// The word in the configuration.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Implicit => "implicit",
            Self::Starttls => "starttls",
            Self::None => "none",
        }
    }
}

/// How letters to webhooks are signed.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WebhookConfig {
    /// A file with the secret in its first line.
    pub secret: PathBuf,
}

/// The section cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum NoticesConfigError {
    /// There is no way for letters.
    #[error("it needs `[notices.mail]`, `[notices.webhook]`, or both")]
    NoWay,
    /// The greeting is not a line.
    #[error("`greeting` has to be one line of {LONGEST_GREETING} characters at most")]
    Greeting,
    /// Digests come too rarely, or never.
    #[error("`digest-hours` is `{0}`, and has to be from 1 to {LONGEST_DIGEST}")]
    DigestHours(u16),
    /// There is no such hour.
    #[error("`digest-at-hour` is `{0}`, and has to be from 0 to 23")]
    DigestAtHour(u8),
    /// Letters are given up too early, or too late.
    #[error("`give-up-after-hours` is `{0}`, and has to be from 1 to {LONGEST_TRIAL}")]
    GiveUp(u16),
    /// The mail server is not a host.
    #[error("`server` has to be the name or the address of a host, without a port, and is `{0}`")]
    Server(String),
    /// Letters and the password would travel in the clear.
    #[error("`tls = \"none\"` is for a mail server on this machine only, and `server` is `{0}`")]
    InTheClear(String),
    /// The sender has no mail address.
    #[error("`from` has to be a mail address, such as `Salus <salus@hospital.example>`")]
    From,
}

impl NoticesConfig {
    pub(crate) fn check(&self) -> Result<(), NoticesConfigError> {
        if self.mail.is_none() && self.webhook.is_none() {
            return Err(NoticesConfigError::NoWay);
        }
        let is_line = |text: &String| text.chars().count() <= LONGEST_GREETING && !text.chars().any(char::is_control);
        if !self.greeting.as_ref().is_none_or(is_line) {
            return Err(NoticesConfigError::Greeting);
        }
        if !(1..=LONGEST_DIGEST).contains(&self.digest_hours) {
            return Err(NoticesConfigError::DigestHours(self.digest_hours));
        }
        if self.digest_at_hour > 23 {
            return Err(NoticesConfigError::DigestAtHour(self.digest_at_hour));
        }
        if !(1..=LONGEST_TRIAL).contains(&self.give_up_after_hours) {
            return Err(NoticesConfigError::GiveUp(self.give_up_after_hours));
        }
        let Some(mail) = &self.mail else { return Ok(()) };
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
        let has_port = mail.server.matches(':').count() == 1;
        if mail.server.is_empty() || has_port || !mail.server.bytes().all(is_host) {
            return Err(NoticesConfigError::Server(mail.server.clone()));
        }
        if mail.tls == TlsMode::None && !is_this_machine(&mail.server) {
            return Err(NoticesConfigError::InTheClear(mail.server.clone()));
        }
        mail.sender().map(|_| ())
    }

    /// The same with paths that count from `folder`.
    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.addressees = folder.join(self.addressees);
        if let Some(mail) = &mut self.mail {
            mail.credentials = mail.credentials.take().map(|path| folder.join(path));
            mail.trust = mail.trust.take().map(|path| folder.join(path));
        }
        if let Some(webhook) = &mut self.webhook {
            webhook.secret = folder.join(&webhook.secret);
        }
        self
    }
}

fn a_day() -> u16 {
    24
}

fn six() -> u8 {
    6
}

fn half_a_minute() -> u16 {
    30
}

fn three_days() -> u16 {
    72
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "addressees = \"a.toml\"\n[mail]\nserver = \"mail.example\"\nfrom = \"Salus <s@b.example>\"\n";

    fn check(text: &str) -> Result<NoticesConfig, NoticesConfigError> {
        let config: NoticesConfig = toml::from_str(text).unwrap();
        config.check().map(|()| config)
    }

    #[test]
    fn defaults_are_a_digest_a_day_over_starttls() {
        let config = check(GOOD).unwrap();
        let mail = config.mail.as_ref().unwrap();
        assert_eq!(
            (mail.tls, mail.port(), config.digest_hours, config.digest_at_hour),
            (TlsMode::Starttls, 587, 24, 6)
        );
        let within = config.within(Path::new("/etc/salus"));
        assert_eq!(within.addressees, Path::new("/etc/salus/a.toml"));
    }

    #[test]
    fn wrong_settings_are_named() {
        let first = |line: &str| check(&format!("{line}\n{GOOD}")).unwrap_err();
        assert_eq!(first("digest-hours = 0"), NoticesConfigError::DigestHours(0));
        assert_eq!(first("digest-hours = 169"), NoticesConfigError::DigestHours(169));
        assert_eq!(first("digest-at-hour = 24"), NoticesConfigError::DigestAtHour(24));
        assert_eq!(first("give-up-after-hours = 0"), NoticesConfigError::GiveUp(0));
        assert_eq!(first("greeting = \"a\\nb\""), NoticesConfigError::Greeting);
        assert_eq!(first(&format!("greeting = \"{}\"", "x".repeat(201))), NoticesConfigError::Greeting);
        assert_eq!(check("addressees = \"a\"").unwrap_err(), NoticesConfigError::NoWay);
        let mail = |from: &str, to: &str| check(&GOOD.replace(from, to)).unwrap_err();
        assert_eq!(mail("s@b.example", "nowhere"), NoticesConfigError::From);
        for server in ["", "a b", "mail.example:25", "https://mail.example", "a@b"] {
            assert_eq!(mail("mail.example", server), NoticesConfigError::Server(server.to_owned()));
        }
    }

    #[test]
    fn only_this_machine_gets_mail_in_the_clear() {
        let clear = |server: &str| check(&format!("{}tls = \"none\"", GOOD.replace("mail.example", server)));
        for here in ["127.0.0.1", "localhost", "::1", "[::1]"] {
            assert_eq!(clear(here).unwrap().mail.unwrap().port(), 25, "{here}");
        }
        for elsewhere in ["mail.example", "10.0.0.1", "localhost.example"] {
            assert_eq!(clear(elsewhere).unwrap_err(), NoticesConfigError::InTheClear(elsewhere.to_owned()));
        }
    }

    #[test]
    fn a_misspelled_setting_is_an_error() {
        for wrong in ["digest = 1\n", "[webhook]\nsecrets = \"x\"\n", "[mail]\nserver = \"x\"\n"] {
            assert!(toml::from_str::<NoticesConfig>(&format!("addressees = \"a\"\n{wrong}")).is_err(), "{wrong}");
        }
    }
}
