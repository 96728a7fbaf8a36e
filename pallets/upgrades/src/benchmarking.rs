// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of each call and hook in its worst case: as many authorities and confirmations as can be, and the longest
//! names.
//!
//! They assume nothing of the genesis.

use crate::{
    BenchmarkHelper, Call, Config, Confirmations, Delay, NamePart, Pallet, Plan, Planned, Tuned, UpgradeDelay,
    PLAN_LIFE,
};
use alloc::vec::Vec;
use frame_benchmarking::{v2::*, BenchmarkError};
use frame_support::{
    traits::{EnsureOrigin, Get, Time, TransactionPause},
    BoundedVec,
};
use frame_system::RawOrigin;
use salus_primitives::{
    governance::{Parameter, UPGRADE_DELAYS},
    Digest, InstitutionId,
};
use sp_core::H256;
use sp_runtime::AccountId32;

const CODE: H256 = H256::repeat_byte(7);

fn council<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
    T::CouncilOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)
}

fn two_thirds<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
    T::UpgradeOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)
}

/// Plans an upgrade that is ready, with these confirmations.
fn plan<T: Config>(confirmed: impl Iterator<Item = InstitutionId>) {
    let now = T::Time::now();
    let replaces = T::Version::get().spec_version;
    Planned::<T>::put(Plan {
        code_hash: Digest(CODE.0),
        spec_version: replaces.saturating_add(1),
        replaces,
        planned_at: now,
        ready_at: now,
        expires_at: now.saturating_add(PLAN_LIFE),
        authorized_at: None,
    });
    Confirmations::<T>::put(BoundedVec::truncate_from(confirmed.collect::<Vec<_>>()));
}

/// Creates as many authorities as can be, and returns them with the account of the last.
fn authorities<T: Config>() -> Result<(Vec<InstitutionId>, AccountId32), BenchmarkError> {
    let mut seats = T::BenchmarkHelper::authorities(T::MaxAuthorities::get());
    let (last, account) = seats.pop().ok_or(BenchmarkError::Stop("there may be no seats"))?;
    Ok((seats.into_iter().map(|(institution, _)| institution).chain([last]).collect(), account))
}

fn without_seat(number: u32) -> InstitutionId {
    InstitutionId(u32::MAX.saturating_sub(number))
}

/// The call with the longest names that can be paused.
fn longest<T: Config>() -> Result<(NamePart, NamePart), BenchmarkError> {
    let calls = Pallet::<T>::calls().filter(|call| T::Pauses::can_pause(call.clone()));
    let longest = calls.max_by_key(|(pallet, call)| pallet.len().saturating_add(call.len()));
    longest.ok_or(BenchmarkError::Stop("no call can be paused"))
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn plan_upgrade() -> Result<(), BenchmarkError> {
        let origin = two_thirds::<T>()?;
        let version = T::Version::get().spec_version.saturating_add(1);

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, CODE, version);

        assert!(Planned::<T>::exists());
        Ok(())
    }

    /// Confirmations of institutions without a seat fill the list, so the call has to remove them.
    #[benchmark]
    fn confirm_upgrade() -> Result<(), BenchmarkError> {
        let (institutions, account) = authorities::<T>()?;
        plan::<T>((0..T::MaxAuthorities::get()).map(without_seat));

        #[extrinsic_call]
        _(RawOrigin::Signed(account), CODE);

        assert_eq!(Confirmations::<T>::get().last(), institutions.last());
        assert_eq!(Confirmations::<T>::get().len(), 1);
        Ok(())
    }

    #[benchmark]
    fn authorize_upgrade() -> Result<(), BenchmarkError> {
        let (institutions, account) = authorities::<T>()?;
        plan::<T>(institutions.into_iter());

        #[extrinsic_call]
        _(RawOrigin::Signed(account));

        assert!(Planned::<T>::get().is_some_and(|plan| plan.authorized_at.is_some()));
        Ok(())
    }

    #[benchmark]
    fn cancel_upgrade() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        plan::<T>((0..T::MaxAuthorities::get()).map(without_seat));
        frame_system::Pallet::<T>::do_authorize_upgrade(CODE, true);

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, CODE);

        assert!(!Planned::<T>::exists());
        Ok(())
    }

    #[benchmark]
    fn set_upgrade_delay() -> Result<(), BenchmarkError> {
        let origin = two_thirds::<T>()?;
        UpgradeDelay::<T>::put(Delay::of(*UPGRADE_DELAYS.end()));

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, *UPGRADE_DELAYS.start());

        assert!(UpgradeDelay::<T>::get().shorter.is_some());
        Ok(())
    }

    #[benchmark]
    fn pause_call() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let (pallet, call) = longest::<T>()?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, pallet.clone(), call.clone());

        assert!(T::Pauses::is_paused((pallet, call)));
        Ok(())
    }

    #[benchmark]
    fn unpause_call() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let (pallet, call) = longest::<T>()?;
        T::Pauses::pause((pallet.clone(), call.clone())).map_err(|_| BenchmarkError::Stop("the call is not paused"))?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, pallet.clone(), call.clone());

        assert!(!T::Pauses::is_paused((pallet, call)));
        Ok(())
    }

    #[benchmark]
    fn set_parameter() -> Result<(), BenchmarkError> {
        let origin = council::<T>()?;
        let parameters = T::DefaultParameters::get();
        Tuned::<T>::put(parameters);

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, Parameter::MemberQuota(parameters.member_quota));

        assert_eq!(Tuned::<T>::get(), Some(parameters));
        Ok(())
    }

    /// The plan has expired, is authorized, and has as many confirmations as can be.
    #[benchmark]
    fn end_plan() -> Result<(), BenchmarkError> {
        plan::<T>((0..T::MaxAuthorities::get()).map(without_seat));
        Planned::<T>::mutate(|plan| {
            if let Some(plan) = plan {
                plan.expires_at = T::Time::now();
            }
        });
        frame_system::Pallet::<T>::do_authorize_upgrade(CODE, true);

        #[block]
        {
            Pallet::<T>::end_plan();
        }

        assert!(!Planned::<T>::exists());
        Ok(())
    }

    impl_benchmark_test_suite! {
        Pallet,
        crate::mock::Builder::default().build(),
        crate::mock::Test
    }
}
