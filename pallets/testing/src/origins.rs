// SPDX-License-Identifier: Apache-2.0

//! The origins of members, as the membership pallet defines them.

use crate::{Clock, Members};
use frame_support::traits::{EnsureOrigin, OriginTrait, Time};
use salus_primitives::{membership::Standing, questions::Membership};
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

fn standing<Origin: AsSystemOriginSigner<AccountId32>>(origin: &Origin) -> Option<Standing> {
    Members::standing_of_account(origin.as_system_origin_signer()?)
}
