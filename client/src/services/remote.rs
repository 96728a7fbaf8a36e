// SPDX-License-Identifier: Apache-2.0

//! Vault services over a network, at the addresses that the chain has.

use std::{future::Future, io};

use salus_chain::{At, Chain};
use salus_gate::{
    protocol::{
        CompartmentRequest, KeyRequest, NoteRequest, ReleaseRequest, ReleasedCompartment, ReleasedKey, ReleasedNote,
        RestRequest, Signed, StageRequest, UnsealProfileRequest, UnsealRequest, UnsealedKey, UnsealedProfile,
    },
    BoxedBytes, Released,
};
use salus_primitives::InstitutionId;
use salus_vault_client::{Address, Declaration, SealedObject, VaultClient};

use super::{Answer, ServiceError, Services};

/// The services of all institutions, over a network.
pub struct RemoteServices {
    chain: Chain,
    client: VaultClient,
}

impl RemoteServices {
    /// The services whose addresses `chain` has.
    pub fn new(chain: &Chain) -> io::Result<Self> {
        Ok(Self { chain: chain.clone(), client: VaultClient::new(chain.genesis())? })
    }

    /// The texts that `institution` declares, from its own service. They need neither a signature nor a membership.
    pub async fn declaration(&self, institution: InstitutionId) -> Result<Declaration, ServiceError> {
        let declared = self.client.declaration(&self.address(institution).await?).await?;
        let declaration = declared.ok_or(ServiceError::NoDeclaration(institution))?;
        match declaration.institution == institution && declaration.genesis == self.chain.genesis() {
            true => Ok(declaration),
            false => Err(ServiceError::OtherService(institution)),
        }
    }

    async fn address(&self, institution: InstitutionId) -> Result<Address, ServiceError> {
        let found = self.chain.institution(At::Best, institution).await?;
        let address = found.map(|found| String::from_utf8_lossy(&found.profile.vault_address).into_owned());
        let address = address.filter(|address| !address.is_empty()).ok_or(ServiceError::NoAddress(institution))?;
        Address::parse(&address).ok_or(ServiceError::Address { institution, address })
    }
}

fn boxed<'a, T>(answer: impl Future<Output = Result<T, ServiceError>> + Send + 'a) -> Answer<'a, T> {
    Box::pin(answer)
}

impl Services for RemoteServices {
    fn holders(&self) -> Answer<'_, Vec<InstitutionId>> {
        boxed(async move {
            let institutions = self.chain.institutions(At::Best).await?.into_iter();
            let with_vault = institutions.filter(|it| !it.institution.profile.vault_address.is_empty());
            Ok(with_vault.map(|it| it.number).collect())
        })
    }

    fn authority(&self, institution: InstitutionId) -> Answer<'_, String> {
        boxed(async move { Ok(self.address(institution).await?.authority().to_owned()) })
    }

    fn release<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<ReleaseRequest>,
    ) -> Answer<'a, Released<BoxedBytes>> {
        boxed(async move { Ok(self.client.release(&self.address(institution).await?, request).await?) })
    }

    fn release_rest<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<RestRequest>,
    ) -> Answer<'a, Released<BoxedBytes>> {
        boxed(async move { Ok(self.client.release_rest(&self.address(institution).await?, request).await?) })
    }

    fn release_key<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<KeyRequest>,
    ) -> Answer<'a, ReleasedKey> {
        boxed(async move { Ok(self.client.json(&self.address(institution).await?, request).await?) })
    }

    fn release_compartment<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<CompartmentRequest>,
    ) -> Answer<'a, ReleasedCompartment> {
        boxed(async move { Ok(self.client.json(&self.address(institution).await?, request).await?) })
    }

    fn release_note<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<NoteRequest>,
    ) -> Answer<'a, ReleasedNote> {
        boxed(async move { Ok(self.client.json(&self.address(institution).await?, request).await?) })
    }

    fn unseal<'a>(&'a self, institution: InstitutionId, request: &'a Signed<UnsealRequest>) -> Answer<'a, UnsealedKey> {
        boxed(async move { Ok(self.client.json(&self.address(institution).await?, request).await?) })
    }

    fn unseal_profile<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<UnsealProfileRequest>,
    ) -> Answer<'a, UnsealedProfile> {
        boxed(async move { Ok(self.client.json(&self.address(institution).await?, request).await?) })
    }

    fn store<'a>(
        &'a self,
        institution: InstitutionId,
        request: &'a Signed<StageRequest>,
        objects: &'a [SealedObject],
    ) -> Answer<'a, ()> {
        boxed(async move { Ok(self.client.store(&self.address(institution).await?, request, objects).await?) })
    }
}
