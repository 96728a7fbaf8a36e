// SPDX-License-Identifier: Apache-2.0

//! The service on its port: HTTP/1.1, over TLS or without, with bounded times and connections.

use super::{config::Config, connections::Connections, metrics::Metrics, tls::load};
use axum::Router;
use axum_server::{tls_rustls::RustlsAcceptor, Handle};
use std::{io, net::SocketAddr, time::Duration};

/// How long the head of a request may take.
const LONGEST_HEAD: Duration = Duration::from_secs(10);

/// Serves `router` where `config` says, until `handle` ends it.
///
/// A connection on which no whole head of a request arrives in time is closed.
pub async fn serve(config: &Config, router: Router, metrics: Metrics, handle: Handle<SocketAddr>) -> io::Result<()> {
    let service = router.into_make_service();
    let connections = Connections::new(&config.limits, metrics);
    match &config.tls {
        Some(tls) => {
            let tls = RustlsAcceptor::new(load(tls).await?).acceptor(connections);
            let mut server = axum_server::bind(config.listen).acceptor(tls);
            server.http_builder().http1().header_read_timeout(LONGEST_HEAD);
            server.http1_only().first_request_timeout(LONGEST_HEAD).handle(handle).serve(service).await?;
        }
        None => {
            let mut server = axum_server::bind(config.listen).acceptor(connections);
            server.http_builder().http1().header_read_timeout(LONGEST_HEAD);
            server.http1_only().first_request_timeout(LONGEST_HEAD).handle(handle).serve(service).await?;
        }
    }
    Ok(())
}
