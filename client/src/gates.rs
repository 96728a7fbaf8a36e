// SPDX-License-Identifier: Apache-2.0

//! The one way in which members reach release gates.

use std::{future::Future, io, pin::Pin};

use salus_chain::QueryError;
use salus_gate::{
    protocol::{CompartmentRequest, GateRefusal, ReleaseRequest, ReleasedCompartment, Signed},
    BoxedBytes, Released,
};
use thiserror::Error;

use crate::vaults::VaultsError;

/// The outcome of a request.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, ReleaseError>> + Send + 'a>>;

/// The gates of all institutions. A request names the institution whose gate it is for.
///
/// A program makes one and hands it to its agents: in process, over vaults that the program itself reaches, or over a
/// network.
pub trait Gates: Send + Sync {
    /// A version of a record.
    fn release<'a>(&'a self, request: &'a Signed<ReleaseRequest>) -> Answer<'a, Released<BoxedBytes>>;

    /// A compartment's secret and profile.
    fn release_compartment<'a>(&'a self, request: &'a Signed<CompartmentRequest>) -> Answer<'a, ReleasedCompartment>;
}

/// Why no gate gave anything out.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReleaseError {
    /// The gate refused.
    #[error(transparent)]
    Refused(#[from] GateRefusal),
    /// The gate cannot ask the chain.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The gate's vault cannot be used.
    #[error(transparent)]
    Vault(#[from] VaultsError),
    /// The gate's vault cannot be read.
    #[error("the release gate cannot read its vault: {0}")]
    Store(#[from] io::Error),
}
