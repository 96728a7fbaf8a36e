// SPDX-License-Identifier: Apache-2.0

//! Letters by mail, over SMTP.

use super::{
    fault::Fault,
    lane::Letter,
    settings::{MailConfig, NoticesConfigError, TlsMode},
    wording::{subject, text},
};
use crate::key_files::{read_mail_user, KeyFault};
use lettre::{
    message::{
        header::{ContentType, HeaderName, HeaderValue},
        Mailbox,
    },
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
        AsyncSmtpTransport, Error,
    },
    Address, AsyncTransport, Message, Tokio1Executor,
};
use std::{fs, path::PathBuf, time::Duration};
use thiserror::Error as ThisError;
use tokio::time::timeout;

/// How long the server may take to answer a line.
const SILENCE: Duration = Duration::from_secs(20);
/// How long a whole mail may take.
const LONGEST: Duration = Duration::from_secs(90);
/// Answers of a server that are about the service and not about one letter: later, or no such user.
const ABOUT_THE_SERVICE: [u16; 6] = [421, 454, 530, 534, 535, 538];

/// Sends letters to a mail server.
pub struct MailSender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    greeting: Option<String>,
}

/// The mail server cannot be asked, because of the configuration or a file that it names.
#[derive(Debug, ThisError)]
pub enum MailSetupError {
    /// The user and its password cannot be read.
    #[error("the mail server's user `{}`: {cause}", path.display())]
    User {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: KeyFault,
    },
    /// The authority's certificate cannot be read.
    #[error("the certificate `{}` of the mail server's authority cannot be used: {cause}", path.display())]
    Trust {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// A setting is not what it should be.
    #[error(transparent)]
    Setting(#[from] NoticesConfigError),
    /// TLS cannot be set up.
    #[error("TLS for the mail server cannot be set up: {0}")]
    Tls(String),
}

impl MailSender {
    /// A sender by `config`, which calls itself `name` when it says hello.
    pub fn new(config: &MailConfig, name: &str, greeting: Option<&str>) -> Result<Self, MailSetupError> {
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(bare(&config.server))
            .port(config.port())
            .tls(tls(config)?)
            .hello_name(ClientId::Domain(host(name).to_owned()))
            .timeout(Some(SILENCE));
        if let Some(path) = &config.credentials {
            let user = read_mail_user(path).map_err(|cause| MailSetupError::User { path: path.clone(), cause })?;
            builder = builder.credentials(Credentials::new(user.name.to_string(), user.password.to_string()));
        }
        let (from, greeting) = (config.sender()?, greeting.map(str::to_owned));
        Ok(Self { transport: builder.build(), from, greeting })
    }

    /// Says hello to the server, with TLS and as the user if there is one.
    pub async fn try_out(&self) -> Result<(), Fault> {
        match timeout(LONGEST, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(Fault::Away("the mail server does not answer as one".to_owned())),
            Ok(Err(error)) => Err(fault(&error)),
            Err(_) => Err(Fault::Away("the mail server is too slow".to_owned())),
        }
    }

    /// Sends a letter. When this returns, the server has it.
    pub(super) async fn send(&self, to: &Address, letter: &Letter) -> Result<(), Fault> {
        let mail =
            self.mail(to, letter).map_err(|_| Fault::Refused("a letter cannot be written as mail".to_owned()))?;
        match timeout(LONGEST, self.transport.send(mail)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(fault(&error)),
            Err(_) => Err(Fault::Away("the mail server is too slow".to_owned())),
        }
    }

    fn mail(&self, to: &Address, letter: &Letter) -> Result<Message, lettre::error::Error> {
        let mut mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(subject(letter))
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(text(letter, self.greeting.as_deref()))?;
        // So that no program answers (RFC 3834).
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        mail.headers_mut().insert_raw(HeaderValue::new(name, "auto-generated".to_owned()));
        Ok(mail)
    }
}

fn tls(config: &MailConfig) -> Result<Tls, MailSetupError> {
    if config.tls == TlsMode::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(bare(&config.server).to_owned());
    if let Some(path) = &config.trust {
        let unusable = |cause: String| MailSetupError::Trust { path: path.clone(), cause };
        let pem = fs::read(path).map_err(|error| unusable(error.to_string()))?;
        parameters =
            parameters.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| unusable(in_words(&error)))?);
    }
    let parameters = parameters.build().map_err(|error| MailSetupError::Tls(in_words(&error)))?;
    Ok(match config.tls {
        TlsMode::Implicit => Tls::Wrapper(parameters),
        TlsMode::Starttls | TlsMode::None => Tls::Required(parameters),
    })
}

/// An address of version 6 without its brackets.
fn bare(server: &str) -> &str {
    server.trim_start_matches('[').trim_end_matches(']')
}

/// The host of an authority.
fn host(authority: &str) -> &str {
    authority.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(authority, |(host, _)| host)
}

fn in_words(error: &Error) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}

/// Why the server did not take a letter. The server's own words may have the address, so only its code is told.
fn fault(error: &Error) -> Fault {
    match error.status().map(u16::from) {
        Some(code) if ABOUT_THE_SERVICE.contains(&code) => {
            let about = if code / 100 == 5 { ": is its user right?" } else { "" };
            Fault::Away(format!("the mail server takes nothing now, by its code {code}{about}"))
        }
        Some(code @ 500..) => Fault::Refused(format!("the mail server refused a letter, by its code {code}")),
        Some(code) => Fault::Later(format!("the mail server does not take a letter now, by its code {code}")),
        None if error.is_tls() || is_of_tls(error) => {
            Fault::Away("there is no TLS with the mail server: is its certificate trusted?".to_owned())
        }
        None if error.is_client() => {
            Fault::Away("the mail server does not offer what the configuration asks for: TLS, or a user".to_owned())
        }
        None => Fault::Away("the mail server does not answer".to_owned()),
    }
}

/// Whether TLS is behind an error of the connection, such as a certificate of a stranger.
fn is_of_tls(error: &Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if cause.is::<rustls::Error>() || inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        source = cause.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_named_without_port_and_brackets() {
        assert_eq!(
            ["a.example", "a.example:8443", "[::1]", "[::1]:80"].map(host),
            ["a.example", "a.example", "[::1]", "[::1]"]
        );
        assert_eq!(["[::1]", "::1", "mail.example"].map(bare), ["::1", "::1", "mail.example"]);
    }
}
