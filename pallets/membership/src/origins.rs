// SPDX-License-Identifier: Apache-2.0

//! Who signs, as an origin: [`EnsureMember`] and [`EnsureBound`].
//!
//! In the pool, [`MemberGate`](crate::MemberGate) tells the sender why it refuses a transaction. These origins judge
//! calls that reach dispatch in another way, where the only error is `BadOrigin`.

use crate::{Config, Pallet};
use core::marker::PhantomData;
use frame_support::traits::{EnsureOrigin, OriginTrait, Time};
use frame_system::pallet_prelude::OriginFor;
use salus_primitives::{membership::Standing, traits::Membership};

/// Admits an active member who signs; staff need an active institution too. Gives the member's standing.
pub struct EnsureMember<T>(PhantomData<T>);

impl<T: Config> EnsureOrigin<OriginFor<T>> for EnsureMember<T> {
    type Success = Standing;

    fn try_origin(origin: OriginFor<T>) -> Result<Standing, OriginFor<T>> {
        let standing = EnsureBound::<T>::try_origin(origin.clone())?;
        if standing.may_act(T::Time::now()) {
            Ok(standing)
        } else {
            Err(origin)
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<OriginFor<T>, ()> {
        EnsureBound::<T>::try_successful_origin()
    }
}

/// Admits a signer whose account is bound to a member, active or not. Gives the member's standing.
///
/// It is for calls that log the attempt of a member without standing. Every other call uses [`EnsureMember`].
pub struct EnsureBound<T>(PhantomData<T>);

impl<T: Config> EnsureOrigin<OriginFor<T>> for EnsureBound<T> {
    type Success = Standing;

    fn try_origin(origin: OriginFor<T>) -> Result<Standing, OriginFor<T>> {
        origin.as_signer().and_then(Pallet::<T>::standing_of_account).ok_or(origin)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<OriginFor<T>, ()> {
        let account = frame_benchmarking::account("signer", 0, 0);
        Pallet::<T>::benchmark_member(&account, salus_primitives::membership::Role::Clinician);
        Ok(frame_system::RawOrigin::Signed(account).into())
    }
}
