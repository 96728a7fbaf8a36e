// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of each call in its worst case.

use crate::{Call, ChartsOf, Compartments, Config, Pallet};
use frame_benchmarking::v2::*;
use frame_support::traits::Get;
use frame_system::RawOrigin;
use salus_primitives::{
    charts::{CompartmentFlags, MAX_COMPARTMENTS},
    membership::Role,
    traits::MemberHelper as _,
    ChartId, CompartmentId, Digest, MemberId,
};
use sp_runtime::AccountId32;

const COMPARTMENT: CompartmentId = CompartmentId(0);

/// Creates a patient, and whitelists the storage items that `MemberGate`'s own weight already counts.
fn patient<T: Config>() -> (AccountId32, MemberId) {
    let patient: AccountId32 = whitelisted_caller();
    let member = T::BenchmarkHelper::member(&patient, Role::Patient);
    for key in T::BenchmarkHelper::admitted(&patient) {
        frame_benchmarking::benchmarking::add_to_whitelist(key.into());
    }
    (patient, member)
}

/// A patient, and a chart of theirs with this many compartments.
fn chart_with<T: Config>(compartments: u8) -> (AccountId32, ChartId) {
    let (patient, member) = patient::<T>();
    (patient, Pallet::<T>::benchmark_chart(member, compartments))
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn open_chart() {
        let (patient, member) = patient::<T>();
        for _ in 1..T::MaxCharts::get() {
            Pallet::<T>::benchmark_chart(member, 0);
        }

        #[extrinsic_call]
        _(RawOrigin::Signed(patient));

        assert!(ChartsOf::<T>::get(member).is_full());
    }

    #[benchmark]
    fn add_compartment() {
        let last = MAX_COMPARTMENTS.saturating_sub(1);
        let (patient, chart) = chart_with::<T>(last);
        let epoch = Pallet::<T>::benchmark_epoch(1, None);

        #[extrinsic_call]
        _(RawOrigin::Signed(patient), chart, CompartmentId(last), CompartmentFlags::default(), Digest([1; 32]), epoch);

        assert!(Compartments::<T>::contains_key(chart, CompartmentId(last)));
    }

    #[benchmark]
    fn rotate_compartment() {
        let (patient, chart) = chart_with::<T>(1);
        let epoch = Pallet::<T>::benchmark_epoch(2, Some(Digest([2; 32])));

        #[extrinsic_call]
        _(RawOrigin::Signed(patient), chart, COMPARTMENT, 1, epoch);

        assert!(Compartments::<T>::get(chart, COMPARTMENT).is_some_and(|compartment| compartment.epoch == 1));
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
