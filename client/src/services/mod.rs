// SPDX-License-Identifier: Apache-2.0

//! The one way in which members reach vaults: each stands behind the service of its institution.

mod folders;
mod remote;

pub use folders::{Folders, Vaults, VaultsError};
pub use remote::RemoteServices;

use std::{future::Future, io, pin::Pin};

use salus_chain::QueryError;
use salus_gate::{
    protocol::{
        CompartmentRequest, GateRefusal, KeyRequest, NoteRequest, ReleaseRequest, ReleasedCompartment, ReleasedKey,
        ReleasedNote, RestRequest, Signed, StageRequest, UnsealProfileRequest, UnsealRequest, UnsealedKey,
        UnsealedProfile,
    },
    BoxedBytes, Released,
};
use salus_primitives::InstitutionId;
use salus_vault::VaultError;
use salus_vault_client::{SealedObject, VaultClientError};
use thiserror::Error;

/// The outcome of a request.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, ServiceError>> + Send + 'a>>;

/// The vault services of all institutions. A request is signed to the authority of one of them: host and port of its address.
///
/// A program makes one and hands it to its agents: over a network ([`RemoteServices`]), or over vaults in folders that the
/// program itself reaches ([`Folders`]).
pub trait Services: Send + Sync {
    /// The institutions that have a vault.
    fn holders(&self) -> Answer<'_, Vec<InstitutionId>>;

    /// The authority to which a request for the service of `institution` is signed.
    fn authority(&self, institution: InstitutionId) -> Answer<'_, String>;

    /// A version of a record, from the gate of `institution`.
    fn release<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<ReleaseRequest>,
    ) -> Answer<'a, Released<BoxedBytes>>;

    /// The same, and of the blob the bytes that are still missing.
    fn release_rest<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<RestRequest>,
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

    /// The sealed note that came with a grant or request, from the gate of `institution`.
    fn release_note<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<NoteRequest>,
    ) -> Answer<'a, ReleasedNote>;

    /// The content key of a version that was granted to `institution`, from its service.
    fn unseal<'a>(&'a self, institution: InstitutionId, request: &'a Signed<UnsealRequest>) -> Answer<'a, UnsealedKey>;

    /// The name of a compartment that was granted to `institution`, from its service.
    fn unseal_profile<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<UnsealProfileRequest>,
    ) -> Answer<'a, UnsealedProfile>;

    /// Puts the objects that `request` announces into the vault of `institution`. When this returns, they are on its disk.
    fn store<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<StageRequest>,
        objects: &'a [SealedObject],
    ) -> Answer<'a, ()>;
}

/// Why a service gave nothing out, or took nothing in.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// The gate refused.
    #[error(transparent)]
    Refused(#[from] GateRefusal),
    /// The chain cannot be asked.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The folder of the vault cannot be used.
    #[error(transparent)]
    Folder(#[from] VaultsError),
    /// An object cannot be stored in the folder of the vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The gate's vault cannot be read.
    #[error("the release gate cannot read its vault: {0}")]
    Store(#[from] io::Error),
    /// The institution has no vault service.
    #[error("institution `{0}` has no vault address on the chain")]
    NoAddress(InstitutionId),
    /// The institution's vault address cannot be used.
    #[error(
        "the vault address of institution `{institution}` is `{address}`, which is neither https nor on this machine"
    )]
    Address {
        /// The institution.
        institution: InstitutionId,
        /// Its address on the chain.
        address: String,
    },
    /// The institution declares no texts, or its service is too old to.
    #[error("institution `{0}` declares neither criteria nor a data policy")]
    NoDeclaration(InstitutionId),
    /// The texts are those of another institution or chain.
    #[error("the vault address of institution `{0}` leads to the service of another institution or chain")]
    OtherService(InstitutionId),
    /// The service gave nothing out, or took nothing in.
    #[error(transparent)]
    Client(VaultClientError),
}

impl From<VaultClientError> for ServiceError {
    fn from(error: VaultClientError) -> Self {
        match error {
            VaultClientError::Refused(refusal) => Self::Refused(refusal),
            error => Self::Client(error),
        }
    }
}

impl ServiceError {
    /// Whether the same request may be answered some seconds later: the gate's node is behind, or the service starts.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.is_passing(),
            Self::Client(error) => error.is_passing(),
            _ => false,
        }
    }
}
