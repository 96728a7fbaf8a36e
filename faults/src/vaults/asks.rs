// SPDX-License-Identifier: Apache-2.0

//! The subjects of requests to a vault service.

use serde::{Deserialize, Serialize};

/// The subject of a request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asks {
    /// To take in objects.
    Put,
    /// A version's sealed bytes.
    Read,
    /// The way to a key.
    Key,
    /// To open what was granted to the institution.
    Unseal,
    /// Copies, for a partner.
    Copy,
    /// Leave to upload.
    Stage,
    /// Anything else.
    Other,
}

impl Asks {
    /// The subject of the request with this head.
    pub(super) fn of(head: &str) -> Self {
        let path = head.split(' ').nth(1).unwrap_or_default();
        match path {
            "/v1/release" => Self::Read,
            "/v1/release-key" => Self::Key,
            "/v1/unseal" => Self::Unseal,
            "/v1/copy" => Self::Copy,
            "/v1/stage" => Self::Stage,
            path if path.starts_with("/v1/uploads/") && head.starts_with("PATCH") => Self::Put,
            _ => Self::Other,
        }
    }
}
