// SPDX-License-Identifier: Apache-2.0

//! What council representatives do: propose, vote, and so admit and change institutions.

use super::{Agent, AgentError};
use crate::chain::{At, Call, Motion, Outcome};
use salus_primitives::{Digest, InstitutionId, SigningKey};

/// A motion that waits for more votes.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Waiting {
    /// The hash of the call that it would make.
    pub proposal: Digest,
    /// Its number.
    pub index: u32,
    /// Votes in favour that it needs.
    pub threshold: u32,
}

/// What became of a proposal or a vote.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// The call was made.
    Executed,
    /// More votes are needed.
    Waiting(Waiting),
    /// Too many are against it.
    Disapproved,
}

/// What the executed call may weigh; the largest that a council call does is far below.
const WEIGHT_BOUND: (u64, u64) = (100_000_000_000, 1_000_000);

impl Agent {
    /// Proposes `call` to the council, with the proposer's own vote in favour.
    pub async fn propose(&self, call: &Call) -> Result<(Progress, Outcome), AgentError> {
        let seats = self.chain.council(At::Finalized).await?;
        let majority = u32::try_from(seats.len() / 2).unwrap_or(u32::MAX).saturating_add(1);
        let proposal = Call::propose(majority, call).ok_or(AgentError::NotInMetadata)?;
        let outcome = self.submit(&proposal).await?;
        if majority <= 1 {
            return Ok((executed(&outcome)?, outcome));
        }
        let (_, index, proposal, threshold): (SigningKey, u32, Digest, u32) = outcome.event("Council", "Proposed")?;
        let vote = self.submit(&Call::vote(proposal, index, true)).await?;
        Ok((Progress::Waiting(Waiting { proposal, index, threshold }), vote))
    }

    /// Votes in favour of, or against, a motion. The last vote that is needed also closes it.
    pub async fn vote(&self, proposal: Digest, approve: bool) -> Result<(Progress, Outcome), AgentError> {
        let motions = self.chain.motions(At::Finalized).await?;
        let motion = motions.into_iter().find(|motion| motion.proposal == proposal);
        let motion = motion.ok_or(AgentError::NoMotion(proposal))?;
        let vote = self.submit(&Call::vote(proposal, motion.index, approve)).await?;
        let (_, _, _, yes, no): (SigningKey, Digest, bool, u32, u32) = vote.event("Council", "Voted")?;
        let seats = u32::try_from(self.chain.council(At::Finalized).await?.len()).unwrap_or(u32::MAX);
        if yes < motion.threshold && seats.saturating_sub(no) >= motion.threshold {
            let Motion { index, threshold, .. } = motion;
            return Ok((Progress::Waiting(Waiting { proposal, index, threshold }), vote));
        }
        let close = Call::close(proposal, motion.index, WEIGHT_BOUND, motion.call_length);
        let closed = self.submit(&close).await?;
        Ok((executed(&closed)?, closed))
    }

    /// The number of the institution that an executed motion admitted.
    pub fn admitted(outcome: &Outcome) -> Result<Option<InstitutionId>, AgentError> {
        Ok(outcome.find("Membership", "InstitutionAdmitted")?)
    }
}

/// Whether the motion's call was made, and succeeded.
fn executed(outcome: &Outcome) -> Result<Progress, AgentError> {
    let result = match outcome.find::<(Digest, Result<(), ()>)>("Council", "Executed") {
        Ok(found) => found,
        // The result holds an error that is not read here.
        Err(_) => return Err(AgentError::MotionFailed),
    };
    Ok(match result {
        Some((_, Ok(()))) => Progress::Executed,
        Some((_, Err(()))) => return Err(AgentError::MotionFailed),
        None => Progress::Disapproved,
    })
}
