// SPDX-License-Identifier: Apache-2.0

//! Which web pages may have a browser ask the service (CORS). None may unless the configuration names its origin.

use axum::{
    http::{
        header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
        HeaderName, HeaderValue, Method,
    },
    Router,
};
use salus_gate::protocol::{normal_authority, CONTENT_DIGEST, GENESIS, UPLOAD_OFFSET};
use serde::Deserialize;
use std::{net::IpAddr, time::Duration};
use thiserror::Error;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// How long a browser may remember what it was told.
const REMEMBERED: Duration = Duration::from_secs(600);

/// The part `[cors]` of the configuration.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Cors {
    /// The origins, such as `https://portal.hospital.example`.
    pub origins: Vec<Origin>,
}

/// The origin of web pages as a browser writes it: `https://` and an authority, or `http://` and one on the browser's machine.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(HeaderValue);

/// The text is not an origin that may be allowed.
#[derive(Debug, Error)]
#[error(
    "an origin is https://host or https://host:port in lower case, without a path, a wildcard or port 443 \
     (http:// on the loopback interface, without port 80), and is `{0}`"
)]
pub struct NoOrigin(String);

impl TryFrom<String> for Origin {
    type Error = NoOrigin;

    fn try_from(text: String) -> Result<Self, NoOrigin> {
        match is_origin(&text).then(|| HeaderValue::from_str(&text)) {
            Some(Ok(value)) => Ok(Self(value)),
            _ => Err(NoOrigin(text)),
        }
    }
}

fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else { return false };
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || ".-:[]".contains(letter);
    if !authority.chars().all(is_name) || normal_authority(text).as_deref() != Some(authority) {
        return false;
    }
    match scheme {
        "https" => true,
        "http" => is_loopback(authority) && !authority.ends_with(":80"),
        _ => false,
    }
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, _)) if !authority.ends_with(']') => host,
        _ => authority,
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Cors {
    /// The router, for web pages of these origins too. Without any, a browser gets the answer of a service that knows no CORS.
    pub fn open(&self, router: Router) -> Router {
        match self.origins.is_empty() {
            true => router,
            false => router.layer(self.layer()),
        }
    }

    /// Answers browsers that ask whether a page of these origins may send a request, and lets the page see the answer.
    ///
    /// No credentials of the browser are allowed: a request is signed, and a cookie of this authority means nothing.
    fn layer(&self) -> CorsLayer {
        let fields = [GENESIS, CONTENT_DIGEST, "signature-input", "signature", UPLOAD_OFFSET];
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(self.origins.iter().map(|Origin(value)| value.clone())))
            .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PATCH])
            .allow_headers(fields.into_iter().map(HeaderName::from_static).chain([CONTENT_TYPE]).collect::<Vec<_>>())
            .expose_headers([HeaderName::from_static(UPLOAD_OFFSET), RETRY_AFTER, WWW_AUTHENTICATE])
            .max_age(REMEMBERED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_exact_and_reached_by_tls_or_on_the_own_machine() {
        for good in [
            "https://portal.hospital.example",
            "https://portal.hospital.example:8443",
            "http://localhost:3000",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
        ] {
            assert!(Origin::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in [
            "",
            "*",
            "null",
            "https://*",
            "https://*.hospital.example",
            "https://portal.hospital.example/",
            "https://portal.hospital.example:443",
            "https://Portal.hospital.example",
            "HTTPS://portal.hospital.example",
            "https://me@portal.hospital.example",
            "http://portal.hospital.example",
            "http://localhost:80",
            "http://127.0.0.1.example",
            "ftp://localhost",
            "portal.hospital.example",
        ] {
            assert!(Origin::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
