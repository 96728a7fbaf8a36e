// SPDX-License-Identifier: Apache-2.0

//! Doubles of the council and of finality.

use alloc::vec::Vec;
use frame_support::{parameter_types, traits::ChangeMembers};
use sp_runtime::AccountId32;

parameter_types! {
    pub static CouncilMembers: Vec<AccountId32> = Vec::new();
    /// The accounts that the council was told to remove, one after the other. It forgets their votes.
    pub static Outgoing: Vec<AccountId32> = Vec::new();
    /// The last call of `Finality::resume`.
    pub static Resumed: Option<(u64, u64)> = None;
}

/// The council that was seated last.
pub struct FakeCouncil;

impl ChangeMembers<AccountId32> for FakeCouncil {
    fn change_members_sorted(incoming: &[AccountId32], outgoing: &[AccountId32], new: &[AccountId32]) {
        let mut members = CouncilMembers::get();
        members.retain(|member| !outgoing.contains(member));
        members.extend_from_slice(incoming);
        members.sort();
        assert_eq!(members, new, "what comes and goes is not what changes");
        CouncilMembers::set(members);
        Outgoing::mutate(|accounts| accounts.extend_from_slice(outgoing));
    }
}

/// Remembers what it was told.
pub struct FakeFinality;

impl crate::Finality<u64> for FakeFinality {
    fn resume(last_final: u64, wait: u64) {
        Resumed::set(Some((last_final, wait)));
    }
}
