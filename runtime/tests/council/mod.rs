// SPDX-License-Identifier: Apache-2.0

//! Decisions of the council.

use codec::Encode;
use frame_support::dispatch::GetDispatchInfo;
use salus_runtime::{Council, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, System};
use sp_core::{crypto::Pair, sr25519};
use sp_runtime::{
    traits::{BlakeTwo256, Hash as _},
    AccountId32, DispatchError,
};

/// The account of a member of staff of hospital `number`, counted from one.
pub(crate) fn staff(number: u32, role: &str) -> AccountId32 {
    let uri = format!("//Hospital{number}//{role}//transaction");
    sr25519::Pair::from_string(&uri, None).unwrap().public().into()
}

pub(crate) fn delegate(number: u32) -> RuntimeOrigin {
    RuntimeOrigin::signed(staff(number, "Delegate"))
}

/// Lets so many of the first hospitals decide, and returns the result of the proposal.
pub(crate) fn decide(by: u32, proposal: RuntimeCall) -> Result<(), DispatchError> {
    let (hash, length) = (BlakeTwo256::hash_of(&proposal), proposal.encoded_size() as u32);
    let weight = proposal.get_dispatch_info().call_weight;
    let index = pallet_collective::ProposalCount::<Runtime, pallet_collective::Instance1>::get();
    // The genesis block records no events.
    System::set_block_number(System::block_number().max(1));
    System::reset_events();
    Council::propose(delegate(1), by.max(2), Box::new(proposal), length).unwrap();
    for number in 1..=by {
        Council::vote(delegate(number), hash, index, true).unwrap();
    }
    Council::close(delegate(1), hash, index, weight, length).unwrap();
    let executed = System::events().into_iter().find_map(|record| match record.event {
        RuntimeEvent::Council(pallet_collective::Event::Executed { result, .. }) => Some(result),
        _ => None,
    });
    executed.unwrap()
}
