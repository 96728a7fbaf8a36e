// SPDX-License-Identifier: Apache-2.0

//! Which vaults may have an object: the one where it belongs, then all others, which may keep copies.
//!
//! Each gate decides by the chain, and the client holds each answer against the chain. So a copy is as good as the original,
//! and a vault that is away, has lost an object or lies is passed over.

use super::{Agent, AgentError};
use salus_primitives::InstitutionId;

/// The institutions that a member asks, one after the other.
pub(super) struct Holders {
    first: Option<InstitutionId>,
    others: Option<std::vec::IntoIter<InstitutionId>>,
    own: InstitutionId,
    failure: Option<AgentError>,
}

impl Holders {
    /// `first` has the object, if all is well.
    pub(super) fn of(first: InstitutionId) -> Self {
        Self { first: Some(first), others: None, own: first, failure: None }
    }

    /// The next institution to ask. When all were asked, the failure of the first one that counts.
    pub(super) async fn next(&mut self, agent: &Agent) -> Result<InstitutionId, AgentError> {
        if let Some(first) = self.first.take() {
            return Ok(first);
        }
        if self.others.is_none() {
            let mut others = agent.services.holders().await?;
            others.retain(|other| *other != self.own);
            self.others = Some(others.into_iter());
        }
        match (self.others.as_mut().and_then(Iterator::next), self.failure.take()) {
            (Some(other), failure) => {
                self.failure = failure;
                Ok(other)
            }
            (None, failure) => Err(failure.unwrap_or(AgentError::NoInstitution(self.own))),
        }
    }

    /// Notes that the last institution failed, if another one may do better; else returns the failure.
    ///
    /// Once the first one failed, the others' refusals count for nothing: most have no copy.
    pub(super) fn failed(&mut self, failure: AgentError) -> Result<(), AgentError> {
        match &self.failure {
            Some(_) => Ok(()),
            None if failure.is_of_one_vault() => {
                self.failure = Some(failure);
                Ok(())
            }
            None => Err(failure),
        }
    }
}
