// SPDX-License-Identifier: Apache-2.0

//! A bucket of an S3-compatible server.

use std::fmt;
use std::io;
use std::time::Duration;

use opendal::{services::S3, Operator};
use zeroize::Zeroizing;

use crate::error::OpenError;
use crate::{remote, server};

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
        let transport = server::transport(&self.endpoint, self.timeout)?;
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
        Ok(server::patient(Operator::new(builder)?, transport, self.timeout))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
