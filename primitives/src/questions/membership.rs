// SPDX-License-Identifier: Apache-2.0

//! The question how members and institutions stand.

use crate::{
    membership::{InstitutionStanding, Standing},
    InstitutionId, MemberId,
};

/// Knows the members.
pub trait Membership<AccountId> {
    /// The standing of the member that signs with `account`.
    fn standing_of_account(account: &AccountId) -> Option<Standing>;

    /// The standing of `member`.
    fn standing(member: MemberId) -> Option<Standing>;

    /// The standing of `institution`.
    fn institution(institution: InstitutionId) -> Option<InstitutionStanding>;
}

impl<AccountId> Membership<AccountId> for () {
    fn standing_of_account(_: &AccountId) -> Option<Standing> {
        None
    }
    fn standing(_: MemberId) -> Option<Standing> {
        None
    }
    fn institution(_: InstitutionId) -> Option<InstitutionStanding> {
        None
    }
}
