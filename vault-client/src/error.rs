// SPDX-License-Identifier: Apache-2.0

//! Why a vault service gave nothing out, or took nothing in.

use std::io;

use salus_gate::protocol::GateRefusal;
use thiserror::Error;

/// Why a vault service gave nothing out, or took nothing in.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VaultClientError {
    /// The gate refused.
    #[error(transparent)]
    Refused(#[from] GateRefusal),
    /// The objects to be stored cannot be read on this side.
    #[error("a sealed object cannot be read on this machine: {0}")]
    Source(#[from] io::Error),
    /// The service cannot be reached, or its answer was cut off.
    #[error("the vault service at `{authority}` cannot be reached: {cause}")]
    Unreachable {
        /// Where it should be.
        authority: String,
        /// Why.
        cause: String,
    },
    /// The service's certificate does not hold: it is over, names another host, or is of an authority that is not trusted.
    #[error("the certificate of the vault service at `{authority}` does not hold: {cause}")]
    Certificate {
        /// Where it should be.
        authority: String,
        /// Why.
        cause: String,
    },
    /// The service knows nothing of an upload any more: it has restarted.
    #[error("the vault service at `{0}` has restarted in the midst of an upload")]
    UploadLost(String),
    /// The service answered with a problem that is not a refusal of its gate.
    #[error("the vault service at `{authority}` answered {status}: {detail}")]
    Problem {
        /// Where it is.
        authority: String,
        /// The status of the answer.
        status: u16,
        /// Its words.
        detail: String,
    },
    /// The service's answer is not of the form that this program knows.
    #[error("the vault service at `{0}` gave an answer of another form")]
    Form(String),
}

impl VaultClientError {
    /// Whether the same request may be answered some seconds later: the gate's node is behind, or the service starts.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.is_passing(),
            Self::UploadLost(_) => true,
            Self::Problem { status, .. } => *status == 503,
            _ => false,
        }
    }
}
