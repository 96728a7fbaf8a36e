// SPDX-License-Identifier: Apache-2.0

//! Gates in the program's own process, before vaults that the program itself reaches: for one machine that plays all parts.
//!
//! It binds those who go through it. A person who reaches the folders can pass it by, so a hospital's gate belongs beside
//! its vault.

use std::sync::Arc;

use salus_chain::{Chain, QueryError};
use salus_gate::{
    protocol::{CompartmentRequest, KeyRequest, ReleaseRequest, ReleasedCompartment, ReleasedKey, Signed},
    system_now, BoxedBytes, GateError, ReleaseGate, Released, UsedNumbers,
};
use salus_primitives::{time::SECOND, InstitutionId};
use salus_vault::Vault;

use crate::{
    gates::{Answer, Gates, ReleaseError},
    vaults::Vaults,
};

/// The gates before all vaults below one folder.
pub struct InProcessGates {
    chain: Chain,
    vaults: Vaults,
    numbers: Arc<UsedNumbers>,
}

impl InProcessGates {
    /// Gates before `vaults`, which ask `chain`, ready to be handed to agents.
    ///
    /// They start in this second, by the clock that agents read as well. An agent needs gates before it signs a request, so
    /// each request is of this second or later.
    pub fn shared(chain: &Chain, vaults: &Vaults) -> Arc<dyn Gates> {
        // Requests say only in which second they were made.
        let now = system_now();
        let numbers = Arc::new(UsedNumbers::since(now.saturating_sub(now % SECOND)));
        Arc::new(Self { chain: chain.clone(), vaults: vaults.clone(), numbers })
    }

    async fn gate(&self, institution: InstitutionId) -> Result<ReleaseGate<Chain, Vault>, ReleaseError> {
        let vault = self.vaults.existing(institution).await?;
        Ok(ReleaseGate::new(authority_of(institution), self.chain.clone(), vault).with_numbers(self.numbers.clone()))
    }
}

impl Gates for InProcessGates {
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
}

/// The authority of a gate in this process. No gate of a network has it: names under `invalid` are never found (RFC 6761).
fn authority_of(institution: InstitutionId) -> String {
    format!("institution-{institution}.invalid")
}

impl From<GateError<QueryError>> for ReleaseError {
    fn from(error: GateError<QueryError>) -> Self {
        match error {
            GateError::Refused(refusal) => refusal.into(),
            GateError::Chain(error) => error.into(),
            GateError::Store(error) => error.into(),
        }
    }
}
