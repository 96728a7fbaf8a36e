// SPDX-License-Identifier: Apache-2.0

//! Certificate and key of the service.

use crate::config::Tls;
use axum_server::tls_rustls::RustlsConfig;
use rustls::{crypto::ring, ServerConfig};
use std::{io, sync::Arc};

/// The protocols that a client may choose. The service speaks HTTP/1.1 alone, and a client that chose HTTP/2 would be cut off.
const PROTOCOLS: [&[u8]; 1] = [b"http/1.1"];

/// Reads certificate and key.
pub async fn load(tls: &Tls) -> io::Result<RustlsConfig> {
    // Fails only when a provider is installed already, which then serves as well.
    let _ = ring::default_provider().install_default();
    let read = RustlsConfig::from_pem_file(&tls.certificate, &tls.key).await.map_err(|cause| {
        let (certificate, key) = (tls.certificate.display(), tls.key.display());
        io::Error::new(cause.kind(), format!("cannot read certificate `{certificate}` and key `{key}`: {cause}"))
    })?;
    Ok(RustlsConfig::from_config(Arc::new(offering(&read.get_inner()))))
}

/// The same configuration, which offers [`PROTOCOLS`] (RFC 7301).
fn offering(config: &ServerConfig) -> ServerConfig {
    let mut config = config.clone();
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).into();
    config
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::server::ResolvesServerCertUsingSni;

    #[test]
    fn clients_are_offered_what_the_service_speaks() {
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let mut config = builder.with_cert_resolver(Arc::new(ResolvesServerCertUsingSni::new()));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        assert_eq!(offering(&config).alpn_protocols, [b"http/1.1"]);
    }

    #[tokio::test]
    async fn files_that_are_not_there_are_an_error() {
        let tls = Tls { certificate: "nowhere.crt".into(), key: "nowhere.key".into() };
        assert_eq!(load(&tls).await.err().unwrap().kind(), io::ErrorKind::NotFound);
    }
}
