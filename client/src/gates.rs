// SPDX-License-Identifier: Apache-2.0

//! The one way in which members reach release gates.

use std::{future::Future, io, pin::Pin};

use salus_chain::QueryError;
use salus_gate::{
    protocol::{CompartmentRequest, GateRefusal, KeyRequest, ReleaseRequest, ReleasedCompartment, ReleasedKey, Signed},
    BoxedBytes, Released,
};
use salus_primitives::InstitutionId;
use thiserror::Error;

use crate::vaults::VaultsError;

/// The outcome of a request.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, ReleaseError>> + Send + 'a>>;

/// The gates of all institutions. A request is signed to the authority of one of them: host and port of its address.
///
/// A program makes one and hands it to its agents: in process, over vaults that the program itself reaches, or over a
/// network.
pub trait Gates: Send + Sync {
    /// The authority to which a request for the gate of `institution` is signed.
    fn authority(&self, institution: InstitutionId) -> Answer<'_, String>;

    /// A version of a record, from the gate of `institution`.
    fn release<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<ReleaseRequest>,
    ) -> Answer<'a, Released<BoxedBytes>>;

    /// The way to the content key of a version, from the gate of `institution`.
    fn release_key<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<KeyRequest>,
    ) -> Answer<'a, ReleasedKey>;

    /// A compartment's secret and profile, from the gate of `institution`.
    fn release_compartment<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<CompartmentRequest>,
    ) -> Answer<'a, ReleasedCompartment>;
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
