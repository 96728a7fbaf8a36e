// SPDX-License-Identifier: Apache-2.0

//! Which vaults may have an object: the one where it belongs, then all others, which may keep copies.
//!
//! Each gate decides by the chain, and the client holds each answer against the chain. So a copy is as good as the original,
//! and a vault that is away, has lost an object or lies is passed over.
//!
//! A refusal is an answer that the client cannot check. It believes one when a second institution says the same.

use super::{
    asking::{Patience, PATIENCE},
    Agent, AgentError,
};
use salus_chain::At;
use salus_gate::protocol::GateRefusal;
use salus_primitives::InstitutionId;
use std::{
    collections::VecDeque,
    mem::{discriminant, take, Discriminant},
};

/// The institutions that a member asks, one after the other. When all were asked once, it waits for those that may answer later.
pub(super) struct Holders {
    own: InstitutionId,
    queue: VecDeque<InstitutionId>,
    others_are_known: bool,
    /// The one that is being asked.
    asked: InstitutionId,
    /// The ones that may answer later.
    later: VecDeque<InstitutionId>,
    patience: Patience,
    /// The first failure, and the first refusal that every gate would give.
    failures: Vec<AgentError>,
}

impl Holders {
    /// `own` has the object, if all is well.
    pub(super) fn of(own: InstitutionId) -> Self {
        Self {
            own,
            queue: VecDeque::from([own]),
            others_are_known: false,
            asked: own,
            later: VecDeque::new(),
            patience: Patience::of(PATIENCE),
            failures: Vec::new(),
        }
    }

    /// The next institution to ask. When none is left, the failure of the first one.
    pub(super) async fn next(&mut self, agent: &Agent) -> Result<InstitutionId, AgentError> {
        if self.queue.is_empty() && !self.others_are_known {
            let others = agent.services.holders().await?;
            let member = agent.chain.member(At::Best, agent.id).await?;
            self.queue = nearest_first(others, self.own, member.map(|member| member.admitted_by));
            self.others_are_known = true;
        }
        if self.queue.is_empty() && !self.later.is_empty() && self.patience.lasts().await {
            self.queue = take(&mut self.later);
        }
        match self.queue.pop_front() {
            Some(next) => {
                self.asked = next;
                Ok(next)
            }
            None => Err(self.failures.drain(..).next().unwrap_or(AgentError::NoInstitution(self.own))),
        }
    }

    /// The institution that was asked last is asked once more.
    pub(super) fn again(&mut self) {
        self.queue.push_front(self.asked);
    }

    /// Notes that the institution that was asked last failed, if another one may do better; else returns the failure.
    pub(super) fn failed(&mut self, failure: AgentError) -> Result<(), AgentError> {
        let refusal = self.failures.iter().find_map(refusal_of_every_gate);
        let another = refusal_of_every_gate(&failure);
        if !failure.is_of_a_vault() || (another.is_some() && another == refusal) {
            return Err(failure);
        }
        if failure.is_passing() {
            self.later.push_back(self.asked);
        }
        if self.failures.is_empty() || (another.is_some() && refusal.is_none()) {
            self.failures.push(failure);
        }
        Ok(())
    }
}

/// The institutions that may have an object besides `own`, the nearest one first: the member's own, `nearest`. The rest stays in
/// its order.
fn nearest_first(
    mut others: Vec<InstitutionId>,
    own: InstitutionId,
    nearest: Option<InstitutionId>,
) -> VecDeque<InstitutionId> {
    others.retain(|other| *other != own);
    others.sort_by_key(|other| Some(*other) != nearest);
    others.into()
}

/// The kind of a refusal that every honest gate would give.
fn refusal_of_every_gate(failure: &AgentError) -> Option<Discriminant<GateRefusal>> {
    match failure {
        AgentError::Gate(refusal) if refusal.is_of_every_gate() => Some(discriminant(refusal)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn institutions(numbers: &[u32]) -> Vec<InstitutionId> {
        numbers.iter().copied().map(InstitutionId).collect()
    }

    #[test]
    fn home_is_asked_first_and_then_the_members_own_institution() {
        let order = |own, nearest: Option<u32>| {
            nearest_first(institutions(&[0, 1, 2, 3]), InstitutionId(own), nearest.map(InstitutionId))
        };
        // The object belongs at 1, and the member to 3.
        assert_eq!(Holders::of(InstitutionId(1)).queue, institutions(&[1]));
        assert_eq!(order(1, Some(3)), institutions(&[3, 0, 2]));
        assert_eq!(order(1, Some(1)), institutions(&[0, 2, 3]), "home is not asked twice");
        assert_eq!(order(1, Some(7)), institutions(&[0, 2, 3]), "the member's institution has no vault");
        assert_eq!(order(1, None), institutions(&[0, 2, 3]));
    }
}
