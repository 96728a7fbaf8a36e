// SPDX-License-Identifier: Apache-2.0

//! Questions about the standing of members and institutions.

use crate::{
    membership::{InstitutionStanding, Standing},
    time::Moment,
    InstitutionId, MemberId,
};

/// Looks up the standing of members and institutions.
pub trait Membership<AccountId> {
    /// Returns the standing of the member that signs with `account`.
    fn standing_of_account(account: &AccountId) -> Option<Standing>;

    /// Returns the standing of `member`.
    fn standing(member: MemberId) -> Option<Standing>;

    /// Returns the time at which `member` joined, in Unix milliseconds; zero for a member of the genesis.
    fn joined_at(member: MemberId) -> Option<Moment>;

    /// Returns the standing of `institution`.
    fn institution(institution: InstitutionId) -> Option<InstitutionStanding>;

    /// Whether `institution` has a vault address, without which no reader comes to a gate of it.
    fn has_vault(institution: InstitutionId) -> bool;
}

impl<AccountId> Membership<AccountId> for () {
    fn standing_of_account(_: &AccountId) -> Option<Standing> {
        None
    }
    fn standing(_: MemberId) -> Option<Standing> {
        None
    }
    fn joined_at(_: MemberId) -> Option<Moment> {
        None
    }
    fn institution(_: InstitutionId) -> Option<InstitutionStanding> {
        None
    }
    fn has_vault(_: InstitutionId) -> bool {
        false
    }
}
