// SPDX-License-Identifier: Apache-2.0

//! The origins of members, as the membership pallet defines them.

use crate::{Clock, Members};
use core::marker::PhantomData;
use frame_support::traits::{EnsureOrigin, OriginTrait, Time};
use salus_primitives::{membership::Standing, traits::Membership, Moment};
use sp_runtime::{traits::AsSystemOriginSigner, AccountId32};

/// Signed by an active member of an active institution, as `Known` knows the members and at the time of `At`.
pub struct ActiveMember<Known = Members, At = Clock>(PhantomData<(Known, At)>);

impl<Origin, Known, At> EnsureOrigin<Origin> for ActiveMember<Known, At>
where
    Origin: OriginTrait<AccountId = AccountId32> + AsSystemOriginSigner<AccountId32>,
    Known: Membership<AccountId32>,
    At: Time<Moment = Moment>,
{
    type Success = Standing;
    fn try_origin(origin: Origin) -> Result<Standing, Origin> {
        let may_act = |standing: &Standing| standing.may_act(At::now());
        standing::<Known, _>(&origin).filter(may_act).ok_or(origin)
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
        standing::<Members, _>(&origin).ok_or(origin)
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<Origin, ()> {
        Err(())
    }
}

fn standing<Known, Origin>(origin: &Origin) -> Option<Standing>
where
    Known: Membership<AccountId32>,
    Origin: AsSystemOriginSigner<AccountId32>,
{
    Known::standing_of_account(origin.as_system_origin_signer()?)
}
