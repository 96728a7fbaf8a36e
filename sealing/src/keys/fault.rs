// SPDX-License-Identifier: Apache-2.0

//! Faults of sealed keys.

use thiserror::Error;

/// A fault of sealed keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum KeystoreFault {
    /// The password is wrong, or the text was altered: the two cannot be told apart.
    #[error("does not open: the password is wrong, or the file was altered")]
    WrongPassword,
    /// The text is not what it should be; the words say how.
    #[error("is damaged: {0}")]
    Malformed(&'static str),
    /// The text asks for something that this version does not do, or not for a file's sake.
    #[error("cannot be used: it asks for {0}")]
    Unsupported(&'static str),
}
