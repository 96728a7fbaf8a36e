// SPDX-License-Identifier: Apache-2.0

//! The way to a store's server: its address, and how long it is waited for.

use std::io;
use std::time::Duration;

use opendal::layers::{RetryEvent, RetryLayer, TimeoutLayer};
use opendal::{HttpTransporter, OperationContext, Operator};
use opendal_http_transport_reqwest::ReqwestTransport;
use reqwest::{redirect::Policy, Client, Url};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);
/// How often a request that fails for the moment is made again.
const RETRIES: usize = 3;
/// The first pause before that, and the longest one.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(2)];

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

/// The connections to the server at `endpoint`. No redirect is followed, and no proxy is used on this machine.
pub(crate) fn transport(endpoint: &str, timeout: Duration) -> io::Result<HttpTransporter> {
    let invalid = |error: EndpointError| io::Error::new(io::ErrorKind::InvalidInput, error);
    let is_loopback = is_loopback(endpoint).map_err(invalid)?;
    // The process may have chosen its cryptography already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().redirect(Policy::none()).connect_timeout(CONNECT).read_timeout(silence(timeout));
    let client = if is_loopback { client.no_proxy() } else { client };
    Ok(HttpTransporter::new(ReqwestTransport::new(client.build().map_err(io::Error::other)?)))
}

/// Lets `operator` use these connections, wait for answers, and ask again where that may help.
pub(crate) fn patient(operator: Operator, transport: HttpTransporter, timeout: Duration) -> Operator {
    let [first, longest] = PAUSES;
    let retry = RetryLayer::new().with_max_times(RETRIES).with_min_delay(first).with_max_delay(longest).with_jitter();
    operator
        .with_context(OperationContext::new().with_http_transport(transport))
        .layer(TimeoutLayer::new().with_timeout(timeout).with_io_timeout(silence(timeout)))
        .layer(retry.with_notify(|_: RetryEvent<'_>| {}))
}

/// How long the next bytes may take, in either direction.
fn silence(timeout: Duration) -> Duration {
    timeout.saturating_mul(3)
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
}
