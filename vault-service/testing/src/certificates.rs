// SPDX-License-Identifier: Apache-2.0

//! Certificates for servers on this machine.

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, KeyUsagePurpose};
use rustls::{
    crypto::ring,
    pki_types::{pem::PemObject, CertificateDer, PrivateKeyDer},
    ServerConfig,
};
use std::sync::Arc;

/// An authority, and what it signed for `localhost` and `127.0.0.1`.
pub struct Certificates {
    authority: String,
    certificate: String,
    key: String,
}

impl Certificates {
    /// A new authority, and a certificate of it.
    pub fn make() -> Self {
        let mut params = CertificateParams::new(Vec::new());
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let authority = Certificate::from_params(params).unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let leaf = Certificate::from_params(CertificateParams::new(names)).unwrap();
        Self {
            authority: authority.serialize_pem().unwrap(),
            certificate: leaf.serialize_pem_with_signer(&authority).unwrap(),
            key: leaf.serialize_private_key_pem(),
        }
    }

    /// The certificate of the authority, in PEM. A client has to trust it.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    pub(crate) fn server(&self) -> Arc<ServerConfig> {
        let certificate = CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).unwrap();
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        Arc::new(builder.with_single_cert(vec![certificate], key).unwrap())
    }
}
