// SPDX-License-Identifier: Apache-2.0

//! The authority of a service, to which requests are signed.

use http::Uri;

/// Host and port in an address of a vault, as members sign them (RFC 9421, section 2.2.3): in lower case, without the port that
/// the scheme implies. None where the address is neither `https://` nor `http://`, or names a user.
pub fn normal_authority(address: &str) -> Option<String> {
    let address: Uri = address.parse().ok()?;
    let authority = address.authority().filter(|authority| !authority.as_str().contains('@'))?;
    let implied = match address.scheme_str() {
        Some("https") => 443,
        Some("http") => 80,
        _ => return None,
    };
    let (host, port) = (authority.host().to_ascii_lowercase(), authority.port());
    if host.is_empty() || authority.as_str().ends_with(':') {
        return None;
    }
    Some(match port.filter(|port| port.as_u16() != implied) {
        Some(port) => format!("{host}:{}", port.as_u16()),
        None => host,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_on_the_chain_have_a_normal_form() {
        for (address, authority) in [
            ("https://Vault.example", "vault.example"),
            ("https://vault.example:443/", "vault.example"),
            ("https://vault.example:8443/x?y", "vault.example:8443"),
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ] {
            assert_eq!(normal_authority(address).as_deref(), Some(authority));
        }
        for other in ["", "vault.example", "ftp://vault.example", "https://", "https://me@vault.example"] {
            assert_eq!(normal_authority(other), None, "{other}");
        }
    }
}
