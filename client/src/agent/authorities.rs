// SPDX-License-Identifier: Apache-2.0

//! The acts of an authority's own people. Its service sets session keys, and its delegate takes the seat out or the vote
//! over. A member who noticed two blocks for one slot reports them.

use super::{Agent, AgentError};
use salus_chain::{events::EquivocationReported, At, Call, Outcome, Seating, SessionKeys};
use salus_primitives::{evidence::BlockEquivocation, InstitutionId, SigningKey};
use serde::Serialize;
use std::time::Duration;

/// How long a node that was just started may take to catch up, before its operator is told to wait.
const PATIENCE: Duration = Duration::from_secs(60);

/// Session keys that were replaced.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Replaced {
    /// Whose they are.
    pub institution: InstitutionId,
    /// The account that set them.
    pub account: SigningKey,
    /// The new ones.
    pub keys: SessionKeys,
    /// The ones that are in use, and stay so until the session below begins.
    pub keys_in_use: Option<SessionKeys>,
    /// The session in which they were set.
    pub session: u32,
    /// The session from which on the new ones count; none when the seat's authority does not take part.
    pub takes_effect_with_session: Option<u32>,
    /// Milliseconds until then, about.
    pub takes_effect_in: Option<u64>,
}

impl Agent {
    /// Lets the node make new session keys, and sets them for the authority of this account.
    ///
    /// The node has to be the authority's own: the private parts stay in its keystore.
    pub async fn replace_session_keys(&self) -> Result<(Replaced, Outcome), AgentError> {
        let account = self.identity.transaction().public();
        // Before the node makes keys that no member could set.
        let seated = self.chain.seat_of(self.view(), &account).await?;
        let institution = seated.ok_or(AgentError::NoSeatOf(account))?;
        if !self.chain.catches_up(PATIENCE).await? {
            return Err(AgentError::NotCaughtUp);
        }
        let made = self.chain.rotate_keys(&account).await?.ok_or(AgentError::SafeMethodsOnly)?;
        let outcome = self.submit(&Call::set_session_keys(&made.keys, &made.proof)).await?;
        let seating = self.chain.seating(At::Block(outcome.block.hash)).await?;
        Ok((replaced(institution, account, made.keys, &seating), outcome))
    }

    /// Suspends the seat of the delegate's own institution.
    pub async fn suspend_own_seat(&self) -> Result<(InstitutionId, Outcome), AgentError> {
        let institution = self.own_seat().await?;
        Ok((institution, self.submit(&Call::suspend_authority(institution)).await?))
    }

    /// Takes the seat in the council that belongs to the delegate's institution.
    pub async fn take_vote(&self) -> Result<(InstitutionId, Outcome), AgentError> {
        let institution = self.own_seat().await?;
        Ok((institution, self.submit(&Call::take_vote()).await?))
    }

    /// Hands the seat of the delegate's institution over to another account of a service.
    pub async fn hand_over_seat(&self, account: SigningKey) -> Result<(InstitutionId, Outcome), AgentError> {
        let institution = self.own_seat().await?;
        Ok((institution, self.submit(&Call::hand_over_account(institution, account)).await?))
    }

    /// Reports two blocks for one slot, with the proof of whose key sealed them. Says whose seat was suspended.
    pub async fn report_equivocation(
        &self,
        evidence: &BlockEquivocation,
    ) -> Result<(InstitutionId, Outcome), AgentError> {
        let proof = self.chain.key_ownership_proof(evidence.parent, evidence.author).await?;
        let proof = proof.ok_or(AgentError::NoOwner(evidence.author))?;
        let outcome = self.submit(&Call::report_equivocation(evidence, &proof)).await?;
        Ok((outcome.event::<EquivocationReported>()?.institution, outcome))
    }

    /// The institution of this member, which has to have a seat.
    async fn own_seat(&self) -> Result<InstitutionId, AgentError> {
        let own = self.member().await?.institution();
        let seating = self.chain.seating(self.view()).await?;
        own.filter(|own| seating.of(*own).is_some()).ok_or(AgentError::NotOfAuthority(self.id))
    }
}

fn replaced(institution: InstitutionId, account: SigningKey, keys: SessionKeys, seating: &Seating) -> Replaced {
    let seat = seating.of(institution);
    let session = seat.and_then(|seat| seat.changes_with_session);
    Replaced {
        institution,
        account,
        keys,
        keys_in_use: seat.and_then(|seat| seat.keys_in_use),
        session: seating.session,
        takes_effect_with_session: session,
        takes_effect_in: session.and_then(|session| seating.until_session(session)),
    }
}
