// SPDX-License-Identifier: Apache-2.0

//! Errors between a client and the chain.

use salus_primitives::{refusal::Refusal, Digest};
use thiserror::Error;

/// Why no connection came about.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// It is not an address of a node.
    #[error("`{url}` is not an address of a node")]
    NotAnAddress {
        /// The text that was given.
        url: String,
    },
    /// No program answers there, or one that is not a node.
    #[error("no node answers at `{url}`: {cause}")]
    Unreachable {
        /// Where.
        url: String,
        /// The transport's words.
        cause: String,
    },
    /// Unencrypted, and not on this machine.
    #[error("`{url}` is neither encrypted nor on this machine")]
    Insecure {
        /// Where.
        url: String,
    },
    /// The node runs another chain.
    #[error("the node at `{url}` does not run Salus")]
    NotSalus {
        /// Where.
        url: String,
    },
}

/// Why a question got no answer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The node did not answer, or refused.
    #[error("the node did not answer: {0}")]
    Node(String),
    /// The node does not know the block.
    #[error("the node does not know the block `{0}`")]
    UnknownBlock(Digest),
    /// The answer is not of the expected form: node and client are of different versions.
    #[error("the node's answer to `{0}` cannot be read")]
    Unreadable(&'static str),
}

impl From<subxt::rpcs::Error> for QueryError {
    fn from(error: subxt::rpcs::Error) -> Self {
        Self::Node(error.to_string())
    }
}

/// Why a transaction did not take effect.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SubmitError {
    /// The pool refused it, for a documented reason. Nothing changed.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// The pool refused it, for a reason of Substrate's own. Nothing changed.
    #[error("refused: the transaction is not valid now ({0})")]
    Invalid(String),
    /// The node refused these very bytes a short while ago. Nothing changed.
    #[error("the node refused this transaction within the last half hour, and does not look at it again so soon")]
    Banned,
    /// Other programs sign with the account at the same time, and were quicker each time. Nothing changed.
    #[error("other programs sign with this account at the same time, and were quicker {attempts} times in a row")]
    AccountBusy {
        /// How often it was tried.
        attempts: u32,
    },
    /// It was included and failed. Nothing but the nonce changed.
    #[error("refused: {pallet}.{error}: {docs}")]
    Failed {
        /// The pallet that refused.
        pallet: String,
        /// The pallet's error.
        error: String,
        /// The metadata's words about it.
        docs: String,
    },
    /// It was included and refused before any pallet decided.
    #[error("refused: {0}")]
    Dispatch(String),
    /// The node describes the call differently from this client.
    #[error("the node's runtime has another `{pallet}.{call}` than this client")]
    Incompatible {
        /// The pallet.
        pallet: &'static str,
        /// The call.
        call: &'static str,
    },
    /// Its fate is unknown: it may still be included.
    #[error("the fate of the transaction `{hash}` is unknown: {cause}")]
    Unknown {
        /// Its hash.
        hash: Digest,
        /// The fault of the connection.
        cause: String,
    },
    /// The node could not be asked.
    #[error(transparent)]
    Query(#[from] QueryError),
}

impl SubmitError {
    /// Whether the chain said no, rather than something being broken.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Invalid(_) | Self::Failed { .. } | Self::Dispatch(_) | Self::Banned)
    }
}
