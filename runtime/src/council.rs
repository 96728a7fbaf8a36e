// SPDX-License-Identifier: Apache-2.0

//! Rules for the SDK's council: which motions fit, whose a motion is, and the weight of looking that up.

use crate::{limits::MAX_NESTING, AccountId, Authorities, Runtime, RuntimeCall};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    traits::{Consideration, Contains, MaybeConsideration},
    weights::Weight,
};
use pallet_collective::{weights::SubstrateWeight, WeightInfo};
use salus_primitives::{governance::Share, Digest};
use scale_info::TypeInfo;
use sp_runtime::DispatchError;

/// The council: one delegate for each authority institution.
pub type CouncilCollective = pallet_collective::Instance1;
/// More than half of the council, for decisions that stop something or can be repeated.
pub type MoreThanHalfOfCouncil = pallet_collective::EnsureProportionMoreThan<AccountId, CouncilCollective, 1, 2>;
/// At least two thirds of the council, for decisions that make or change the council itself, the authorities, or the
/// runtime. No decision of a majority may bring that majority nearer to two thirds.
pub type TwoThirdsOfCouncil = pallet_collective::EnsureProportionAtLeast<AccountId, CouncilCollective, 2, 3>;

/// Returns the share of the council that a call takes. A call that is not the council's counts as one that takes a
/// majority.
pub fn share_of(call: &RuntimeCall) -> Share {
    share_within(call, MAX_NESTING)
}

fn share_within(call: &RuntimeCall, nesting: u8) -> Share {
    use pallet_collective::Call as Motions;
    use pallet_salus_authorities::Call as Seats;
    use pallet_salus_membership::Call as Members;
    use pallet_salus_upgrades::Call as Upgrades;
    use pallet_utility::Call as Batches;
    match call {
        RuntimeCall::Authorities(
            Seats::admit_authority { .. }
            | Seats::remove_authority { .. }
            | Seats::force_remove_authority { .. }
            | Seats::suspend_authority { .. }
            | Seats::reinstate_authority { .. }
            | Seats::hand_over_account { .. }
            | Seats::resume_finality { .. },
        )
        | RuntimeCall::Membership(Members::rotate_issuing_key { .. } | Members::reinstate_member { .. })
        | RuntimeCall::Upgrades(Upgrades::plan_upgrade { .. } | Upgrades::set_upgrade_delay { .. })
        | RuntimeCall::Council(Motions::disapprove_proposal { .. } | Motions::kill { .. }) => Share::TwoThirds,
        RuntimeCall::Utility(
            Batches::batch { calls } | Batches::batch_all { calls } | Batches::force_batch { calls },
        ) => match nesting.checked_sub(1) {
            Some(nesting) => calls.iter().map(|call| share_within(call, nesting)).max().unwrap_or(Share::Majority),
            None => Share::TwoThirds,
        },
        _ => Share::Majority,
    }
}

/// Lets a delegate propose only with the threshold that the decision takes.
///
/// With a lower one, two colleagues could execute a motion at once, which then fails for want of votes. With a higher
/// one, a motion could block the same motion with the right threshold, because the council refuses duplicates.
pub struct FittingMotions;

impl Contains<RuntimeCall> for FittingMotions {
    fn contains(call: &RuntimeCall) -> bool {
        let RuntimeCall::Council(pallet_collective::Call::propose { threshold, proposal, .. }) = call else {
            return true;
        };
        let seats = pallet_collective::Members::<Runtime, CouncilCollective>::decode_len().unwrap_or_default();
        u32::try_from(seats).is_ok_and(|seats| *threshold == share_of(proposal).of(seats))
    }
}

/// The permission to propose. It limits the open motions of an institution. There is no deposit to take or refund.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct MotionOfSeat;

impl Consideration<AccountId, u32> for MotionOfSeat {
    /// Counts the motion. The council has appended its hash to the list already, and reverts that if this fails.
    fn new(proposer: &AccountId, _: u32) -> Result<Self, DispatchError> {
        let open = pallet_collective::Proposals::<Runtime, CouncilCollective>::get();
        let open: alloc::vec::Vec<_> = open.iter().map(|motion| Digest(motion.to_fixed_bytes())).collect();
        Authorities::note_motion(proposer, &open)?;
        Ok(Self)
    }

    fn update(self, _: &AccountId, _: u32) -> Result<Self, DispatchError> {
        Ok(self)
    }

    fn drop(self, _: &AccountId) -> Result<(), DispatchError> {
        Ok(())
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn ensure_successful(_: &AccountId, _: u32) {}
}

impl MaybeConsideration<AccountId, u32> for MotionOfSeat {
    /// Tells the council that it need not store the permission.
    fn is_none(&self) -> bool {
        true
    }
}

/// The SDK's weights, and the weight of looking up whose motion this is. The lookup reads account, member and
/// institution, and rewrites the list of motions with their proposers.
pub struct CouncilWeights;

type Measured = SubstrateWeight<Runtime>;

impl WeightInfo for CouncilWeights {
    fn propose_proposed(b: u32, m: u32, p: u32) -> Weight {
        let own = <Runtime as frame_system::Config>::DbWeight::get().reads_writes(4, 1);
        Measured::propose_proposed(b, m, p).saturating_add(own)
    }

    fn set_members(m: u32, n: u32, p: u32) -> Weight {
        Measured::set_members(m, n, p)
    }
    fn execute(b: u32, m: u32) -> Weight {
        Measured::execute(b, m)
    }
    fn propose_execute(b: u32, m: u32) -> Weight {
        Measured::propose_execute(b, m)
    }
    fn vote(m: u32) -> Weight {
        Measured::vote(m)
    }
    fn close_early_disapproved(m: u32, p: u32) -> Weight {
        Measured::close_early_disapproved(m, p)
    }
    fn close_early_approved(b: u32, m: u32, p: u32) -> Weight {
        Measured::close_early_approved(b, m, p)
    }
    fn close_disapproved(m: u32, p: u32) -> Weight {
        Measured::close_disapproved(m, p)
    }
    fn close_approved(b: u32, m: u32, p: u32) -> Weight {
        Measured::close_approved(b, m, p)
    }
    fn disapprove_proposal(p: u32) -> Weight {
        Measured::disapprove_proposal(p)
    }
    fn kill(d: u32, p: u32) -> Weight {
        Measured::kill(d, p)
    }
    fn release_proposal_cost() -> Weight {
        Measured::release_proposal_cost()
    }
}
