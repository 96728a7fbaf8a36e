// SPDX-License-Identifier: Apache-2.0

//! The origins of members, as the membership pallet defines them, and of the council.

use crate::{Clock, Members};
use frame_support::traits::{EnsureOrigin, OriginTrait, SortedMembers};
use salus_primitives::{membership::Standing, traits::Membership};
use sp_runtime::{traits::AsSystemOriginSigner, AccountId32};

/// Signed by an active member of an active institution.
pub struct ActiveMember;

impl<Origin> EnsureOrigin<Origin> for ActiveMember
where
    Origin: OriginTrait<AccountId = AccountId32> + AsSystemOriginSigner<AccountId32>,
{
    type Success = Standing;
    fn try_origin(origin: Origin) -> Result<Standing, Origin> {
        let may_act = |standing: &Standing| standing.may_act(Clock::now());
        standing(&origin).filter(may_act).ok_or(origin)
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<Origin, ()> {
        Err(())
    }
}

/// Signed by a member, wherever it stands.
pub struct AnyMember;

impl<Origin> EnsureOrigin<Origin> for AnyMember
where
    Origin: OriginTrait<AccountId = AccountId32> + AsSystemOriginSigner<AccountId32>,
{
    type Success = Standing;
    fn try_origin(origin: Origin) -> Result<Standing, Origin> {
        standing(&origin).ok_or(origin)
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<Origin, ()> {
        Err(())
    }
}

/// The account that stands for two thirds of the council.
pub struct TwoThirds;

impl TwoThirds {
    /// The account itself, which no member has.
    pub fn account() -> AccountId32 {
        AccountId32::new([0xfe; 32])
    }
}

impl SortedMembers<AccountId32> for TwoThirds {
    fn sorted_members() -> Vec<AccountId32> {
        vec![Self::account()]
    }
}

fn standing(origin: &impl AsSystemOriginSigner<AccountId32>) -> Option<Standing> {
    Members::standing_of_account(origin.as_system_origin_signer()?)
}
