// SPDX-License-Identifier: Apache-2.0

//! How a planned upgrade comes about: the authorities confirm it, a member authorizes it, anybody applies it.

use super::{Agent, AgentError};
use salus_chain::{events::UpgradeConfirmed, Call, Outcome};
use salus_primitives::{Digest, InstitutionId};

impl Agent {
    /// Confirms that the node of this service's authority can execute the planned code.
    pub async fn confirm_upgrade(&self, code_hash: Digest) -> Result<(InstitutionId, Outcome), AgentError> {
        let outcome = self.submit(&Call::confirm_upgrade(code_hash)).await?;
        let UpgradeConfirmed { institution, .. } = outcome.event()?;
        Ok((institution, outcome))
    }

    /// Authorizes the planned upgrade, for which its delay must have run and enough authorities must have confirmed it.
    pub async fn authorize_upgrade(&self) -> Result<Outcome, AgentError> {
        self.submit(&Call::authorize_upgrade()).await
    }
}
