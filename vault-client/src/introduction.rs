// SPDX-License-Identifier: Apache-2.0

//! The facts that a vault service tells about itself to all who ask.

use salus_primitives::{Digest, EncryptionKey, InstitutionId};
use serde::{Deserialize, Serialize};

/// The path at which a service introduces itself.
pub const INTRODUCTION_PATH: &str = "/v1/service";

/// The facts that a service tells about itself to all who ask.
///
/// They are not signed. They tell a mistake in a configuration, and prove nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Introduction {
    /// The institution whose vault it serves.
    pub institution: InstitutionId,
    /// The genesis hash of its chain.
    pub genesis: Digest,
    /// The public part of the key with which it opens what was granted to the institution; none without such a key.
    pub encryption_key: Option<EncryptionKey>,
    /// Whether it answers requests, and its node's finalized head is young enough for the gate to decide.
    pub ready: bool,
    /// Why it is not ready.
    pub reason: Option<String>,
}
