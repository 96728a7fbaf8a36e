// SPDX-License-Identifier: Apache-2.0

//! Where a vault service is.

use std::net::IpAddr;

use salus_gate::protocol::normal_authority;

/// The address of a vault service: `https://`, or `http://` on this machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    base: String,
    authority: String,
}

impl Address {
    /// The service at an institution's vault address; none where requests would travel in the clear, or to no web server.
    pub fn parse(text: &str) -> Option<Self> {
        let scheme = text.split_once("://")?.0.to_ascii_lowercase();
        let authority = normal_authority(text)?;
        (scheme == "https" || is_this_machine(&authority))
            .then(|| Self { base: format!("{scheme}://{authority}"), authority })
    }

    /// The authority to which requests for the service are signed.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Whether the service is on this machine.
    pub(crate) fn is_here(&self) -> bool {
        is_this_machine(&self.authority)
    }

    /// The address of a path of the service.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

/// Whether a host, or an authority, is on the loopback interface, which other machines do not reach.
pub fn is_this_machine(authority: &str) -> bool {
    if let Ok(address) = authority.parse::<IpAddr>() {
        return address.is_loopback();
    }
    let host = authority.rsplit_once(':').map_or(authority, |(host, port)| match port.ends_with(']') {
        true => authority,
        false => host,
    });
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine() {
        for here in ["localhost", "localhost:81", "127.0.0.1", "127.3.2.1:8080", "[::1]", "[::1]:8080"] {
            assert_eq!(Address::parse(&format!("http://{here}/")).unwrap().authority(), here);
            assert!(Address::parse(&format!("https://{here}")).is_some());
        }
        for elsewhere in
            ["vault.example", "10.0.0.1:81", "localhost.example", "[2001:db8::1]:81", "127.0.0.1.example", "a@[::1]"]
        {
            assert_eq!(Address::parse(&format!("http://{elsewhere}")), None, "{elsewhere}");
        }
        assert!(is_this_machine("::1") && !is_this_machine("2001:db8::1"));
        assert_eq!(Address::parse("HTTPS://Vault.example:443/x").unwrap().at("/v1"), "https://vault.example/v1");
        for other in ["", "vault.example", "ftp://127.0.0.1", "https://"] {
            assert_eq!(Address::parse(other), None, "{other}");
        }
    }
}
