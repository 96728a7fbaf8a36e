// SPDX-License-Identifier: Apache-2.0

//! The digest of a body, as the header field `Content-Digest` carries it (RFC 9530).

use base64::{engine::general_purpose::STANDARD, Engine};
use sha2::{Digest as _, Sha256};

/// The name of the field.
pub const CONTENT_DIGEST: &str = "content-digest";

/// The field's value for `body`: its SHA-256, and no other digest.
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bodies of RFC 9530, appendix A and RFC 9421, appendix B.2.
    #[test]
    fn digests_are_those_of_the_rfcs() {
        assert_eq!(
            content_digest(b"{\"hello\": \"world\"}\n"),
            "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
        );
        assert_eq!(content_digest(b"{\"hello\": \"world\"}"), "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:");
    }
}
