// SPDX-License-Identifier: Apache-2.0

//! Why a gate does not give out what it was asked for.

use std::io;

use thiserror::Error;

use crate::protocol::GateRefusal;

/// The gate refuses, or cannot say.
#[derive(Debug, Error)]
pub enum GateError<E: std::error::Error + 'static> {
    /// It refuses.
    #[error(transparent)]
    Refused(#[from] GateRefusal),
    /// The chain cannot be asked.
    #[error("cannot ask the chain")]
    Chain(#[source] E),
    /// The store cannot be read.
    #[error("cannot read the vault")]
    Store(#[source] io::Error),
    /// The receipt cannot be written, so nothing is given out.
    #[error("cannot write the receipt of the release")]
    Receipt(#[source] io::Error),
}
