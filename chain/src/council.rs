// SPDX-License-Identifier: Apache-2.0

//! The council, read from its pallet's storage: it has no questions of its own in `SalusApi`.

use super::{calls::metadata, At, Chain, Proposal, QueryError};
use salus_primitives::{Digest, SigningKey};
use serde::Serialize;
use subxt::Metadata;

/// The weight that a decision may have when it is carried out: execution time in picoseconds and bytes of proof. A test of the
/// runtime sees that nothing that this client proposes weighs more.
pub const MOTION_WEIGHT: (u64, u64) = (100_000_000_000, 1_000_000);

/// A motion of the council.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Motion {
    /// The hash of the call that it would make.
    pub proposal: Digest,
    /// Its number.
    pub index: u32,
    /// The proposal.
    pub decision: Proposal,
    /// Votes in favor that it needs.
    pub threshold: u32,
    /// Who is in favor.
    pub ayes: Vec<SigningKey>,
    /// Who is against.
    pub nays: Vec<SigningKey>,
    /// Who sits in the council and has not voted.
    pub waiting: Vec<SigningKey>,
    /// The block with which voting ends.
    pub end: u32,
    /// How it stands.
    pub state: MotionState,
    /// Whether the council has grown since, so that these votes will not be enough: it has to be proposed again.
    pub outgrown: bool,
    /// Length of the encoded call, in bytes.
    pub call_length: u32,
}

/// How a motion stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MotionState {
    /// It waits for votes.
    Open,
    /// Enough are in favor: the member who closes it carries it out.
    Approved,
    /// Too many are against it: it only remains to be closed.
    Disapproved,
    /// The time for votes is over, and too few were in favor: it only remains to be closed.
    Lapsed,
}

impl MotionState {
    /// Whether it can be closed.
    pub fn is_decided(self) -> bool {
        self != Self::Open
    }

    /// How a motion stands with so many votes, in a council of so many seats. Who did not vote when time is over counts
    /// as being against it.
    fn of(threshold: u32, yes: usize, no: usize, seats: usize, is_over: bool) -> Self {
        let threshold = usize::try_from(threshold).unwrap_or(usize::MAX);
        match () {
            () if yes >= threshold => Self::Approved,
            () if seats.saturating_sub(no) < threshold => Self::Disapproved,
            () if is_over => Self::Lapsed,
            () => Self::Open,
        }
    }
}

impl Chain {
    /// The accounts that sit in the council.
    pub async fn council(&self, at: At) -> Result<Vec<SigningKey>, QueryError> {
        Ok(self.stored(at, COUNCIL, "Members", &[]).await?.unwrap_or_default())
    }

    /// The motions that are open or wait to be closed, oldest first.
    pub async fn motions(&self, at: At) -> Result<Vec<Motion>, QueryError> {
        let head = self.head(at).await?;
        let at = At::Block(head.hash);
        let council = self.council(at).await?;
        let proposals: Vec<Digest> = self.stored(at, COUNCIL, "Proposals", &[]).await?.unwrap_or_default();
        let mut motions = Vec::new();
        for proposal in proposals {
            type Votes = (u32, u32, Vec<SigningKey>, Vec<SigningKey>, u32);
            // Maps by proposal hash use the identity hasher.
            let votes: Option<Votes> = self.stored(at, COUNCIL, "Voting", &proposal.0).await?;
            let call = self.stored_bytes(at, COUNCIL, "ProposalOf", &proposal.0).await?;
            let (Some((index, threshold, ayes, nays, end)), Some(call)) = (votes, call) else { continue };
            let decision = self.decision(at, &call).await?;
            let state =
                MotionState::of(threshold, ayes.len(), nays.len(), council.len(), head.number >= u64::from(end));
            let needed = decision.share().map(|share| share.of(u32::try_from(council.len()).unwrap_or(u32::MAX)));
            let waiting = council.iter().filter(|seat| !ayes.contains(seat) && !nays.contains(seat));
            motions.push(Motion {
                proposal,
                index,
                threshold,
                waiting: waiting.copied().collect(),
                ayes,
                nays,
                end,
                state,
                outgrown: needed.is_some_and(|needed| needed > threshold),
                decision,
                call_length: u32::try_from(call.len()).unwrap_or(u32::MAX),
            });
        }
        motions.sort_by_key(|motion| motion.index);
        Ok(motions)
    }

    /// The effect of a motion. Where the node's runtime has another call of this name than this client, the node's own
    /// description of it is all there is.
    async fn decision(&self, at: At, call: &[u8]) -> Result<Proposal, QueryError> {
        let block = self.client_at(at).await?;
        if let Some(known) = known_proposal(block.metadata_ref(), call) {
            return Ok(known);
        }
        let payload = block.transactions().from_call_data_bytes(call);
        let payload = payload.map_err(|_| QueryError::Unreadable("Council.ProposalOf"))?;
        let name = call_name(block.metadata_ref(), call);
        let name = name.map(|(pallet, name, _)| format!("{pallet}.{name}")).unwrap_or_default();
        Ok(Proposal::Other { call: format!("{name} {}", payload.into_value()).trim().to_owned() })
    }
}

/// The pallet's name in the runtime.
const COUNCIL: &str = "Council";

fn known_proposal(theirs: &Metadata, call: &[u8]) -> Option<Proposal> {
    let (pallet, name, arguments) = call_name(theirs, call)?;
    let hash = |metadata: &Metadata| metadata.pallet_by_name(pallet).and_then(|pallet| pallet.call_hash(name));
    (hash(theirs)? == hash(metadata()?)?).then(|| Proposal::read(pallet, name, arguments))?
}

/// Pallet, call and the arguments of an encoded call.
pub(super) fn call_name<'a>(metadata: &'a Metadata, call: &'a [u8]) -> Option<(&'a str, &'a str, &'a [u8])> {
    let [pallet, index, arguments @ ..] = call else { return None };
    let pallet = metadata.pallet_by_call_index(*pallet)?;
    let name = pallet.call_variant_by_index(*index)?.name.as_str();
    Some((pallet.name(), name, arguments))
}

#[cfg(test)]
mod tests {
    use super::*;
    use MotionState::{Approved, Disapproved, Lapsed, Open};

    #[test]
    fn motions_stand_as_the_council_counts() {
        for (threshold, yes, no, seats, is_over, state) in [
            (3, 1, 0, 4, false, Open),
            (3, 2, 1, 4, false, Open),
            (3, 3, 0, 4, false, Approved),
            (3, 3, 1, 4, true, Approved),
            (3, 1, 2, 4, false, Disapproved),
            (3, 2, 0, 4, true, Lapsed),
            (2, 1, 1, 2, false, Disapproved),
        ] {
            let found = MotionState::of(threshold, yes, no, seats, is_over);
            assert_eq!(found, state, "{yes} and {no} of {seats}");
            assert_eq!(found.is_decided(), state != Open);
        }
    }

    #[test]
    fn a_motion_is_read_with_the_nodes_metadata() {
        let proposal = Proposal::RequireVerifications { count: 3 };
        let call = proposal.call().unwrap().encoded().unwrap();
        assert_eq!(known_proposal(metadata().unwrap(), &call), Some(proposal));
        assert_eq!(known_proposal(metadata().unwrap(), &[250, 0]), None);
        assert_eq!(known_proposal(metadata().unwrap(), &[]), None);
    }
}
