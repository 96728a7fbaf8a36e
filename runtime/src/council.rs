// SPDX-License-Identifier: Apache-2.0

//! What the SDK's council is told: whose motion this is, and what it costs to know.

use crate::{configs::CouncilCollective, AccountId, Authorities, Runtime};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    traits::{Consideration, MaybeConsideration},
    weights::Weight,
};
use pallet_collective::{weights::SubstrateWeight, WeightInfo};
use salus_primitives::Digest;
use scale_info::TypeInfo;
use sp_runtime::DispatchError;

/// Leave to propose: an institution has some motions open at most. Nothing is paid, and nothing given back.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct MotionOfSeat;

impl Consideration<AccountId, u32> for MotionOfSeat {
    /// The council has put its hash at the end of the list already, and takes it back if this fails.
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
    /// The council need not keep it.
    fn is_none(&self) -> bool {
        true
    }
}

/// The SDK's weights, and what it costs to know whose motion this is: account, member and institution, and the list of who
/// proposed what, which is written again.
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
