// SPDX-License-Identifier: Apache-2.0

//! Why a letter did not arrive, in words for a log: without address and content.

use thiserror::Error;

/// A letter did not arrive. The text names no address.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Fault {
    /// The server says that it will not take it. It is asked again much later, as settings may be wrong.
    #[error("{0}")]
    Refused(String),
    /// The server does not take this letter now.
    #[error("{0}")]
    Later(String),
    /// The server takes no letter now, or cannot be reached.
    #[error("{0}")]
    Away(String),
}
