// SPDX-License-Identifier: Apache-2.0

//! Who signs, as an origin: [`EnsureMember`] and [`EnsureBound`].
//!
//! [`MemberGate`](crate::MemberGate) tells a sender in the pool why a transaction is refused. A call that comes to be
//! dispatched in another way is judged here, and an origin can only be good or bad.

use crate::{Config, Pallet};
use core::marker::PhantomData;
use frame_support::traits::{EnsureOrigin, OriginTrait, Time};
use frame_system::pallet_prelude::OriginFor;
use salus_primitives::{membership::Standing, questions::Membership};

/// The signer is an active member, and staff of an active institution. Gives the member's standing.
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

/// The signer's account is bound to a member, who need not be active. Gives the member's standing.
///
/// It is for calls that record what a member without standing tried. Every other call asks for [`EnsureMember`].
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
