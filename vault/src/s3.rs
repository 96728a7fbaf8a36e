// SPDX-License-Identifier: Apache-2.0

//! A bucket of an S3-compatible server, and the way to it.

use std::fmt;
use std::io;
use std::time::Duration;

use opendal::layers::{RetryEvent, RetryLayer, TimeoutLayer};
use opendal::{services::S3, HttpTransporter, OperationContext, Operator};
use opendal_http_transport_reqwest::ReqwestTransport;
use reqwest::{redirect::Policy, Client, Url};
use zeroize::Zeroizing;

use crate::error::OpenError;
use crate::remote;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);
/// How often a request that fails for the moment is made again.
const RETRIES: usize = 3;
/// The first pause before that, and the longest one.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(2)];

/// Where a vault lies on an S3-compatible server, and who asks for it.
#[derive(Clone)]
pub struct S3Settings {
    /// The server, such as `https://s3.hospital.example`.
    pub endpoint: String,
    /// The bucket. It has to be there.
    pub bucket: String,
    /// The folder in the bucket; empty for all of it.
    pub prefix: String,
    /// The region, by which requests are signed.
    pub region: String,
    /// How long an answer without a body may take. The next bytes may take three times as long, in either direction.
    pub timeout: Duration,
    /// Who asks.
    pub credentials: S3Credentials,
}

/// An access key of an S3-compatible server. It is never shown.
#[derive(Clone)]
pub struct S3Credentials {
    /// The key's name.
    pub id: Zeroizing<String>,
    /// The secret, with which requests are signed.
    pub secret: Zeroizing<String>,
    /// The token of a key for a while.
    pub token: Option<Zeroizing<String>>,
}

impl fmt::Debug for S3Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "S3Settings({})", self.place())
    }
}

/// The endpoint of a store cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// It is not the address of a server.
    #[error(
        "it has to be the address of a server, such as `https://s3.hospital.example`, without user, path or query"
    )]
    Form,
    /// Requests would travel in the clear.
    #[error(
        "it is `http://`, and other machines read what travels there: `http://` is for the loopback interface only"
    )]
    InTheClear,
}

/// Checks that `endpoint` is the address of a server, and encrypted unless it is on this machine.
pub fn check_endpoint(endpoint: &str) -> Result<(), EndpointError> {
    is_loopback(endpoint).map(|_| ())
}

/// Whether the server is on this machine.
fn is_loopback(endpoint: &str) -> Result<bool, EndpointError> {
    let url = Url::parse(endpoint).map_err(|_| EndpointError::Form)?;
    let bare = url.username().is_empty() && url.password().is_none() && url.path() == "/";
    if !bare || url.query().is_some() || url.fragment().is_some() {
        return Err(EndpointError::Form);
    }
    let host = url.host_str().ok_or(EndpointError::Form)?;
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    let is_loopback = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    match url.scheme() {
        "https" => Ok(is_loopback),
        "http" if is_loopback => Ok(true),
        "http" => Err(EndpointError::InTheClear),
        _ => Err(EndpointError::Form),
    }
}

impl S3Settings {
    /// Where the vault is, in words.
    pub fn place(&self) -> String {
        let prefix = self.prefix.trim_matches('/');
        let slash = if prefix.is_empty() { "" } else { "/" };
        format!("{}/{}{slash}{prefix}", self.endpoint.trim_end_matches('/'), self.bucket)
    }

    /// Asks the server, and writes, reads and deletes a few bytes there; whether there is a vault already.
    pub async fn try_out(&self) -> Result<bool, OpenError> {
        let operator = self.operator().map_err(|source| OpenError::Io { path: self.place().into(), source })?;
        remote::try_out(&operator, &self.place()).await
    }

    pub(crate) fn operator(&self) -> io::Result<Operator> {
        let invalid = |error: EndpointError| io::Error::new(io::ErrorKind::InvalidInput, error);
        let is_loopback = is_loopback(&self.endpoint).map_err(invalid)?;
        // The process may have chosen its cryptography already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let silence = self.timeout.saturating_mul(3);
        let client = Client::builder().redirect(Policy::none()).connect_timeout(CONNECT).read_timeout(silence);
        let client = if is_loopback { client.no_proxy() } else { client };
        let transport = HttpTransporter::new(ReqwestTransport::new(client.build().map_err(io::Error::other)?));
        let S3Credentials { id, secret, token } = &self.credentials;
        // Nothing is taken from other files, from the machine's role or from the network.
        let mut builder = S3::default()
            .root(&format!("/{}", self.prefix.trim_matches('/')))
            .endpoint(self.endpoint.trim_end_matches('/'))
            .bucket(&self.bucket)
            .region(&self.region)
            .access_key_id(id)
            .secret_access_key(secret)
            .disable_config_load()
            .disable_ec2_metadata();
        if let Some(token) = token {
            builder = builder.session_token(token);
        }
        let [first, longest] = PAUSES;
        let retry =
            RetryLayer::new().with_max_times(RETRIES).with_min_delay(first).with_max_delay(longest).with_jitter();
        Ok(Operator::new(builder)?
            .with_context(OperationContext::new().with_http_transport(transport))
            .layer(TimeoutLayer::new().with_timeout(self.timeout).with_io_timeout(silence))
            .layer(retry.with_notify(|_: RetryEvent<'_>| {})))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_encrypted_unless_it_is_on_this_machine() {
        for good in ["https://s3.example", "https://s3.example:9000/", "http://127.0.0.1:9000", "http://[::1]:1"] {
            assert_eq!(check_endpoint(good), Ok(()), "{good}");
        }
        for open in ["http://s3.example", "http://10.0.0.1:9000", "http://127.0.0.1.example"] {
            assert_eq!(check_endpoint(open), Err(EndpointError::InTheClear), "{open}");
        }
        for bad in ["", "s3.example", "ftp://s3.example", "https://me:secret@s3.example", "https://s3.example/bucket"] {
            assert_eq!(check_endpoint(bad), Err(EndpointError::Form), "{bad}");
        }
    }

    #[test]
    fn settings_show_no_credentials() {
        let credentials = S3Credentials {
            id: "the-name".to_owned().into(),
            secret: "the-secret".to_owned().into(),
            token: Some("the-token".to_owned().into()),
        };
        let (endpoint, bucket) = ("https://s3.example/".to_owned(), "salus".to_owned());
        let (prefix, region, timeout) = ("vault/".to_owned(), "here".to_owned(), Duration::from_secs(1));
        let settings = S3Settings { endpoint, bucket, prefix, region, timeout, credentials };
        assert_eq!(settings.place(), "https://s3.example/salus/vault");
        for shown in [format!("{settings:?}"), format!("{:?}", settings.operator().unwrap())] {
            assert!(!shown.contains("the-"), "{shown}");
        }
    }
}
