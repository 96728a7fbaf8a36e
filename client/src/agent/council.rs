// SPDX-License-Identifier: Apache-2.0

//! The acts of council delegates: propose, vote, close, and so decide about institutions and authorities.

use super::{obstacle::Obstacle, plain_text, Agent, AgentError};
use salus_chain::{
    events::{InstitutionAdmitted, Proposed},
    At, Call, Chain, Motion, Outcome, Proposal, SeatStatus, Seating, MOTION_WEIGHT,
};
use salus_primitives::{
    membership::{InstitutionStatus, MemberStatus, Role},
    Digest, InstitutionId, SigningKey,
};

/// A motion that waits for more votes.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Waiting {
    /// The hash of the call that it would make.
    pub proposal: Digest,
    /// Its number.
    pub index: u32,
    /// Votes in favor that it needs.
    pub threshold: u32,
}

/// The outcome of a proposal or a vote.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// The call was made.
    Executed,
    /// More votes are needed.
    Waiting(Waiting),
    /// Too many are against it, or too few were in favor when time was over.
    Disapproved,
    /// Another member closed it meanwhile.
    Closed,
}

impl Agent {
    /// Proposes something to the council, with the proposer's own vote in favor. With the vote of a council of one it is
    /// carried out at once.
    pub async fn propose(&self, proposal: &Proposal) -> Result<(Progress, Outcome), AgentError> {
        let (Some(call), Some(share)) = (proposal.call(), proposal.share()) else {
            return Err(AgentError::NotProposable);
        };
        if let Proposal::AdmitInstitution { profile } | Proposal::UpdateInstitution { profile, .. } = proposal {
            plain_text::profile(profile)?;
        }
        check(&self.chain, self.view(), proposal).await?;
        let motions = self.chain.motions(self.view()).await?;
        if let Some(same) = motions.iter().find(|motion| motion.decision == *proposal) {
            return Err(Obstacle::Proposed(same.proposal).into());
        }
        let seats = u32::try_from(self.chain.council(self.view()).await?.len()).unwrap_or(u32::MAX);
        let threshold = share.of(seats);
        let propose = Call::propose(threshold, &call).ok_or(AgentError::NotInMetadata)?;
        let outcome = self.submit(&propose).await?;
        if threshold <= 1 {
            return Ok((executed(&outcome)?, outcome));
        }
        let Proposed { proposal_index: index, proposal_hash: proposal, threshold, .. } = outcome.event()?;
        let vote = self.submit(&Call::vote(proposal, index, true)).await?;
        Ok((Progress::Waiting(Waiting { proposal, index, threshold }), vote))
    }

    /// Votes in favor of, or against, a motion. The last vote that is needed also closes it.
    pub async fn vote(&self, proposal: Digest, approve: bool) -> Result<(Progress, Outcome), AgentError> {
        let before = self.motion(proposal).await?.ok_or(AgentError::NoMotion(proposal))?;
        if let (true, Proposal::ResumeFinality { last_final, .. }) = (approve, &before.decision) {
            check_final(&self.chain, *last_final).await?;
        }
        let vote = self.submit(&Call::vote(proposal, before.index, approve)).await?;
        // Others may have voted, or closed it, meanwhile.
        match self.motion(proposal).await? {
            None => Ok((Progress::Closed, vote)),
            Some(motion) if motion.state.is_decided() => self.close_motion(&motion).await,
            Some(Motion { index, threshold, .. }) => {
                Ok((Progress::Waiting(Waiting { proposal, index, threshold }), vote))
            }
        }
    }

    /// Closes a motion about which enough have voted, or whose time is over. A decision that was agreed upon is carried out.
    pub async fn close(&self, proposal: Digest) -> Result<(Progress, Outcome), AgentError> {
        let motion = self.motion(proposal).await?.ok_or(AgentError::NoMotion(proposal))?;
        if !motion.state.is_decided() {
            return Err(Obstacle::Undecided { proposal, end: motion.end }.into());
        }
        self.close_motion(&motion).await
    }

    async fn close_motion(&self, motion: &Motion) -> Result<(Progress, Outcome), AgentError> {
        let close = Call::close(motion.proposal, motion.index, MOTION_WEIGHT, motion.call_length);
        let closed = self.submit(&close).await?;
        Ok((executed(&closed)?, closed))
    }

    /// The motion with this hash, if the council has it.
    pub async fn motion(&self, proposal: Digest) -> Result<Option<Motion>, AgentError> {
        let motions = self.chain.motions(self.view()).await?;
        Ok(motions.into_iter().find(|motion| motion.proposal == proposal))
    }

    /// The number of the institution that an executed motion admitted.
    pub fn admitted(outcome: &Outcome) -> Result<Option<InstitutionId>, AgentError> {
        Ok(outcome.find::<InstitutionAdmitted>()?.map(|event| event.institution))
    }
}

/// Whether the motion's call was made, and succeeded.
fn executed(outcome: &Outcome) -> Result<Progress, AgentError> {
    match outcome.executed() {
        Some(Ok(())) => Ok(Progress::Executed),
        Some(Err(cause)) => Err(AgentError::MotionFailed(cause.to_owned())),
        None => Ok(Progress::Disapproved),
    }
}

/// Fails when it is already clear that the proposal would come to nothing.
async fn check(chain: &Chain, at: At, proposal: &Proposal) -> Result<(), AgentError> {
    match proposal {
        Proposal::AdmitAuthority { institution, account, delegate } => {
            let found = chain.institution(at, *institution).await?;
            let found = found.ok_or(AgentError::NoInstitution(*institution))?;
            let obstacle = match chain.seating(at).await?.of(*institution) {
                Some(_) => Some(Obstacle::HasSeat(*institution)),
                None if found.status != InstitutionStatus::Active => Some(Obstacle::NotActive(*institution)),
                None => None,
            };
            if let Some(obstacle) = obstacle {
                return Err(obstacle.into());
            }
            check_account(chain, at, *account, Role::Service, *institution).await?;
            check_account(chain, at, *delegate, Role::Delegate, *institution).await
        }
        Proposal::RemoveAuthority { institution, .. }
        | Proposal::SuspendAuthority { institution }
        | Proposal::ReinstateAuthority { institution } => {
            let seating = chain.seating(at).await?;
            check_seat(&seating, *institution, proposal).map_err(Into::into)
        }
        Proposal::HandOverAccount { institution, account } => {
            check_account(chain, at, *account, Role::Service, *institution).await
        }
        // The council is not asked about one that is not there.
        Proposal::UpdateInstitution { institution, .. }
        | Proposal::RotateIssuingKey { institution, .. }
        | Proposal::SuspendInstitution { institution }
        | Proposal::ReinstateInstitution { institution }
        | Proposal::RemoveInstitution { institution } => {
            let found = chain.institution(at, *institution).await?;
            found.ok_or(AgentError::NoInstitution(*institution))?;
            match proposal {
                Proposal::RemoveInstitution { .. } if chain.seating(at).await?.of(*institution).is_some() => {
                    Err(Obstacle::StillHasSeat(*institution).into())
                }
                _ => Ok(()),
            }
        }
        Proposal::PlanUpgrade { spec_version, .. } => {
            let running = chain.runtime_version().await?.spec_version;
            match chain.upgrade(at).await? {
                Some(upgrade) => Err(Obstacle::UpgradePlanned(upgrade.plan.code_hash).into()),
                None if *spec_version <= running => Err(Obstacle::NotNewer { version: *spec_version, running }.into()),
                None => Ok(()),
            }
        }
        Proposal::PauseCall { call } => {
            if chain.paused_calls(at).await?.contains(call) {
                return Err(Obstacle::Paused(*call).into());
            }
            let pausable = chain.pausable_calls(at).await?.contains(call);
            pausable.then_some(()).ok_or_else(|| Obstacle::NotPausable(*call).into())
        }
        Proposal::UnpauseCall { call } => {
            let paused = chain.paused_calls(at).await?.contains(call);
            paused.then_some(()).ok_or_else(|| Obstacle::NotPaused(*call).into())
        }
        Proposal::SuspendMember { member }
        | Proposal::ReinstateMember { member }
        | Proposal::RevokeMember { member } => {
            let found = chain.member(at, *member).await?;
            found.map(|_| ()).ok_or(AgentError::NoMember(*member))
        }
        Proposal::ResumeFinality { last_final, .. } => check_final(chain, *last_final).await,
        _ => Ok(()),
    }
}

/// Whether the node holds this block for final.
async fn check_final(chain: &Chain, block: u32) -> Result<(), AgentError> {
    let last = chain.head(At::Finalized).await?.number;
    if u64::from(block) > last {
        return Err(Obstacle::NotFinal { block, last }.into());
    }
    Ok(())
}

/// Whether the account is a transaction key of such a member of staff.
async fn check_account(
    chain: &Chain,
    at: At,
    account: SigningKey,
    role: Role,
    institution: InstitutionId,
) -> Result<(), AgentError> {
    let member = match chain.member_of_account(at, account).await? {
        Some(member) => chain.member(at, member).await?,
        None => None,
    };
    let fits = member.is_some_and(|member| {
        member.role == role && member.institution() == Some(institution) && member.status == MemberStatus::Active
    });
    let role = if role == Role::Service { "service" } else { "delegate" };
    fits.then_some(()).ok_or_else(|| Obstacle::NoAccountOf { account, role, institution }.into())
}

/// Whether what is proposed about a seat can be done to it, as the chain would judge it now.
fn check_seat(seating: &Seating, institution: InstitutionId, proposal: &Proposal) -> Result<(), Obstacle> {
    let seat = seating.of(institution).ok_or(Obstacle::NoSeat(institution))?;
    let tolerant_after = |after: Option<SeatStatus>| {
        let left = seating.strength_after(institution, after);
        let too_few = Obstacle::TooFew { institution, left: left.active };
        left.is_tolerant_after(seating.strength()).then_some(()).ok_or(too_few)
    };
    match proposal {
        Proposal::RemoveAuthority { force, .. } => {
            if seating.strength_after(institution, None).total == 0 {
                return Err(Obstacle::Last(institution));
            }
            if *force {
                Ok(())
            } else {
                tolerant_after(None)
            }
        }
        Proposal::SuspendAuthority { .. } if !seat.is_active() => Err(Obstacle::Suspended(institution)),
        Proposal::SuspendAuthority { .. } => tolerant_after(Some(SeatStatus::Suspended)),
        Proposal::ReinstateAuthority { .. } if seat.is_active() => Err(Obstacle::NotSuspended(institution)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_chain::{Head, Seat, SessionKeys};
    use salus_primitives::FinalityKey;

    fn seating(statuses: &[(SeatStatus, bool)]) -> Seating {
        let seats = (0u8..).zip(statuses).map(|(number, (status, has_keys))| {
            let keys = SessionKeys { aura: SigningKey([number; 32]), grandpa: FinalityKey([number; 32]) };
            Seat {
                institution: InstitutionId(number.into()),
                account: SigningKey([number; 32]),
                delegate: SigningKey([100 + number; 32]),
                authority: SigningKey([number; 32]),
                status: *status,
                admitted_at: 0,
                liable_from: 0,
                keys: has_keys.then_some(keys),
                keys_in_use: has_keys.then_some(keys),
                disabled: false,
                will_take_part: *has_keys,
                changes_with_session: None,
                missed_sessions: 0,
            }
        });
        let block = Head { number: 1, hash: Digest::default() };
        Seating {
            block,
            session: 0,
            session_length: None,
            next_session_at: None,
            slot_duration: 1_000,
            seats: seats.collect(),
            leaving: Vec::new(),
        }
    }

    #[test]
    fn what_a_seat_does_not_allow_is_said_before_anybody_votes() {
        use SeatStatus::{Active, Suspended};
        let first = InstitutionId(0);
        let remove = |force| Proposal::RemoveAuthority { institution: first, force };
        let suspend = Proposal::SuspendAuthority { institution: first };
        let reinstate = Proposal::ReinstateAuthority { institution: first };
        let (four, five) = (seating(&[(Active, true); 4]), seating(&[(Active, true); 5]));
        let too_few = Obstacle::TooFew { institution: first, left: 3 };
        for (seats, proposal, obstacle) in [
            (&four, remove(false), Some(too_few.clone())),
            (&four, remove(true), None),
            (&four, suspend.clone(), Some(too_few)),
            (&four, reinstate.clone(), Some(Obstacle::NotSuspended(first))),
            (&five, remove(false), None),
            (&five, suspend.clone(), None),
            (&seating(&[(Active, true), (Active, false)]), remove(true), Some(Obstacle::Last(first))),
            (&seating(&[(Active, false), (Active, true)]), remove(false), None),
            (&seating(&[(Suspended, true); 2]), suspend, Some(Obstacle::Suspended(first))),
            (&seating(&[(Suspended, true); 2]), reinstate, None),
            (&seating(&[]), remove(false), Some(Obstacle::NoSeat(first))),
        ] {
            assert_eq!(check_seat(seats, first, &proposal).err(), obstacle, "{proposal:?}");
        }
    }
}
