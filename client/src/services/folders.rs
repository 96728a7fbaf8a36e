// SPDX-License-Identifier: Apache-2.0

//! Vaults in folders that the program itself reaches, with a gate before each: for one machine that plays all parts.
//!
//! The gates bind those who go through them. A person who reaches the folders can pass them by, so a hospital's gate belongs
//! beside its vault.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::TryStreamExt;
use salus_chain::{Chain, QueryError};
use salus_gate::{
    protocol::{
        CompartmentRequest, GateRefusal, KeyRequest, NoteRequest, ReleaseRequest, ReleasedCompartment, ReleasedKey,
        ReleasedNote, RestRequest, Signed, StageRequest, UnsealProfileRequest, UnsealRequest, UnsealedKey,
        UnsealedProfile,
    },
    system_now, BoxedBytes, GateError, ReleaseGate, Released, UsedNumbers,
};
use salus_primitives::{time::SECOND, InstitutionId};
use salus_vault::Vault;
use thiserror::Error;

use super::{Answer, ServiceError, Services};
use salus_vault_client::SealedObject;

/// Objects that are stored at one time: it is the disk that takes time.
const SIDE_BY_SIDE: usize = 16;

/// An institution's vault cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VaultsError {
    /// It is not on this machine.
    #[error("there is no vault at `{0}`")]
    Missing(PathBuf),
    /// The folder cannot be opened as a vault.
    #[error(transparent)]
    Open(#[from] salus_vault::OpenError),
}

/// Where vaults are.
#[derive(Clone, Debug)]
pub struct Vaults {
    root: PathBuf,
}

impl Vaults {
    /// Vaults below `root`, in folders named by the institutions' numbers.
    pub fn below(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder below which they are.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The vault of `institution`, which has to be there: nothing is made for the sake of reading.
    pub async fn existing(&self, institution: InstitutionId) -> Result<Vault, VaultsError> {
        let folder = self.root.join(institution.to_string());
        match folder.exists() {
            true => self.of(institution).await,
            false => Err(VaultsError::Missing(folder)),
        }
    }

    /// The vault of `institution`; made when it is not there yet.
    pub async fn of(&self, institution: InstitutionId) -> Result<Vault, VaultsError> {
        Ok(Vault::open_folder(self.root.join(institution.to_string())).await?)
    }
}

/// All vaults below one folder, and the gates before them.
pub struct Folders {
    chain: Chain,
    vaults: Vaults,
    numbers: Arc<UsedNumbers>,
}

impl Folders {
    /// The `vaults`, with gates that ask `chain`, ready to be handed to agents.
    ///
    /// The gates start in this second, by the clock that agents read as well. An agent needs them before it signs a request,
    /// so each request is of this second or later.
    pub fn shared(chain: &Chain, vaults: &Vaults) -> Arc<dyn Services> {
        // Requests say only in which second they were made.
        let now = system_now();
        let numbers = Arc::new(UsedNumbers::since(now.saturating_sub(now % SECOND)));
        Arc::new(Self { chain: chain.clone(), vaults: vaults.clone(), numbers })
    }

    async fn gate(&self, institution: InstitutionId) -> Result<ReleaseGate<Chain, Vault>, ServiceError> {
        let vault = self.vaults.existing(institution).await?;
        Ok(ReleaseGate::new(authority_of(institution), self.chain.clone(), vault).with_numbers(self.numbers.clone()))
    }
}

impl Services for Folders {
    fn holders(&self) -> Answer<'_, Vec<InstitutionId>> {
        Box::pin(async move {
            let mut held = Vec::new();
            for entry in std::fs::read_dir(self.vaults.root())? {
                let name = entry?.file_name();
                held.extend(name.to_str().and_then(|name| name.parse::<InstitutionId>().ok()));
            }
            held.sort_unstable();
            Ok(held)
        })
    }

    fn authority(&self, institution: InstitutionId) -> Answer<'_, String> {
        Box::pin(async move { Ok(authority_of(institution)) })
    }

    fn release<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<ReleaseRequest>,
    ) -> Answer<'a, Released<BoxedBytes>> {
        Box::pin(async move { Ok(self.gate(institution).await?.release(request).await?.boxed()) })
    }

    fn release_rest<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<RestRequest>,
    ) -> Answer<'a, Released<BoxedBytes>> {
        Box::pin(async move { Ok(self.gate(institution).await?.release_rest(request).await?.boxed()) })
    }

    fn release_key<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<KeyRequest>,
    ) -> Answer<'a, ReleasedKey> {
        Box::pin(async move { Ok(self.gate(institution).await?.release_key(request).await?) })
    }

    fn release_compartment<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<CompartmentRequest>,
    ) -> Answer<'a, ReleasedCompartment> {
        Box::pin(async move { Ok(self.gate(institution).await?.release_compartment(request).await?) })
    }

    fn release_note<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<NoteRequest>,
    ) -> Answer<'a, ReleasedNote> {
        Box::pin(async move { Ok(self.gate(institution).await?.release_note(request).await?) })
    }

    /// A folder has no key of its institution.
    fn unseal<'a>(&'a self, _: InstitutionId, _: &'a Signed<UnsealRequest>) -> Answer<'a, UnsealedKey> {
        Box::pin(async { Err(GateRefusal::CannotUnseal.into()) })
    }

    fn unseal_profile<'a>(
        &'a self,
        _: InstitutionId,
        _: &'a Signed<UnsealProfileRequest>,
    ) -> Answer<'a, UnsealedProfile> {
        Box::pin(async { Err(GateRefusal::CannotUnseal.into()) })
    }

    /// Asks no gate: a member whose program reaches the folder may write what it likes there.
    fn store<'a>(
        &'a self,
        institution: InstitutionId,
        _: &'a Signed<StageRequest>,
        objects: &'a [SealedObject],
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let vault = self.vaults.of(institution).await?;
            futures::stream::iter(objects.iter().map(Ok::<_, ServiceError>))
                .try_for_each_concurrent(SIDE_BY_SIDE, |object| {
                    let vault = vault.clone();
                    async move {
                        vault.put_reader(object.bytes_from(0)).await?;
                        Ok(())
                    }
                })
                .await
        })
    }
}

/// The authority of a gate in this process. No gate of a network has it: names under `invalid` are never found (RFC 6761).
fn authority_of(institution: InstitutionId) -> String {
    format!("institution-{institution}.invalid")
}

impl From<GateError<QueryError>> for ServiceError {
    fn from(error: GateError<QueryError>) -> Self {
        match error {
            GateError::Refused(refusal) => refusal.into(),
            GateError::Chain(error) => error.into(),
            GateError::Store(error) | GateError::Receipt(error) => error.into(),
        }
    }
}
