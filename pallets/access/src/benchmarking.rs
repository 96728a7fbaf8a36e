// SPDX-License-Identifier: Apache-2.0

//! What each call costs at worst: full lists, of which every grant has to be looked at.

use crate::{
    stage::NOBODY, Call, Charts, ChartsOf, CompartmentGrants, Compartments, Config, Grants, Pallet, Requests, MAX_TERMS,
};
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{ConstU32, Get, Time},
    BoundedVec,
};
use frame_system::RawOrigin;
use salus_primitives::{
    access::{
        CompartmentFlags, GrantEnvelope, GrantTerms, Grantee, Permission, Permissions, Purpose, Purposes, RequestState,
        Scope, MAX_COMPARTMENTS, MAX_READERS,
    },
    membership::Role,
    questions::Stage,
    time::DAY,
    ChartId, CompartmentId, Digest, GrantId, Interval, MemberId, RequestId,
};
use sp_runtime::AccountId32;

const COMPARTMENT: CompartmentId = CompartmentId(0);

/// A patient, and a chart of theirs with this many compartments.
fn chart_with<T: Config>(compartments: u8) -> (AccountId32, ChartId) {
    let patient: AccountId32 = whitelisted_caller();
    T::Stage::member(&patient, Role::Patient);
    let chart = Pallet::<T>::stage_chart_with(&patient, compartments);
    (patient, chart)
}

/// A member of staff.
fn staff<T: Config>(role: Role) -> (AccountId32, MemberId) {
    let staff: AccountId32 = account("staff", 0, 0);
    let member = T::Stage::member(&staff, role);
    (staff, member)
}

/// Terms that let a grantee read a compartment.
fn terms<T: Config>(compartment: CompartmentId) -> GrantTerms {
    GrantTerms {
        scope: Scope::Compartment(compartment),
        permissions: Permissions::of(&Permission::ALL),
        purposes: Purposes::of(&[Purpose::Treatment]),
        interval: interval::<T>(),
        reason: Some(Digest([4; 32])),
        envelope: Some(Digest([5; 32])),
    }
}

fn interval<T: Config>() -> Interval {
    Interval { start: T::Time::now(), end: Some(T::Time::now().saturating_add(DAY)) }
}

/// A request of a new member of staff for everything.
fn requested<T: Config>(chart: ChartId) -> Result<RequestId, BenchmarkError> {
    let (requester, _) = staff::<T>(Role::Clinician);
    Pallet::<T>::request_access(
        RawOrigin::Signed(requester).into(),
        chart,
        Permissions::of(&Permission::ALL),
        Purpose::Treatment,
        interval::<T>().end,
        Some(Digest([6; 32])),
    )?;
    Ok(RequestId(0))
}

fn is_revoked<T: Config>(chart: ChartId, grant: GrantId) -> bool {
    Grants::<T>::get(chart, grant).is_some_and(|grant| grant.revoked_at.is_some())
}

fn is_in_state<T: Config>(chart: ChartId, request: RequestId, state: RequestState) -> bool {
    Requests::<T>::get(chart, request).is_some_and(|request| request.state == state)
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn open_chart() {
        let patient: AccountId32 = whitelisted_caller();
        let member = T::Stage::member(&patient, Role::Patient);
        for _ in 1..T::MaxCharts::get() {
            Pallet::<T>::stage_chart_with(&patient, 0);
        }

        #[extrinsic_call]
        _(RawOrigin::Signed(patient));

        assert!(ChartsOf::<T>::get(member).is_full());
    }

    #[benchmark]
    fn add_compartment() {
        let last = MAX_COMPARTMENTS.saturating_sub(1);
        let (patient, chart) = chart_with::<T>(last);
        let epoch = Pallet::<T>::stage_epoch(1, None);

        #[extrinsic_call]
        _(RawOrigin::Signed(patient), chart, CompartmentId(last), CompartmentFlags::default(), Digest([1; 32]), epoch);

        assert!(Compartments::<T>::contains_key(chart, CompartmentId(last)));
    }

    #[benchmark]
    fn rotate_compartment() {
        let (patient, chart) = chart_with::<T>(1);
        let epoch = Pallet::<T>::stage_epoch(2, Some(Digest([2; 32])));

        #[extrinsic_call]
        _(RawOrigin::Signed(patient), chart, COMPARTMENT, 1, epoch);

        assert!(Compartments::<T>::get(chart, COMPARTMENT).is_some_and(|compartment| compartment.epoch == 1));
    }

    #[benchmark]
    fn renew_envelopes(e: Linear<1, MAX_READERS>) -> Result<(), BenchmarkError> {
        let (patient, chart) = chart_with::<T>(1);
        let readers = Pallet::<T>::stage_readers(chart, COMPARTMENT);
        let hash = Digest([7; 32]);
        let envelopes: Vec<_> = readers.iter().take(e as usize).map(|reader| (*reader, hash)).collect();
        let envelopes = BoundedVec::try_from(envelopes).map_err(|_| "as many as there can be readers")?;

        #[extrinsic_call]
        _(RawOrigin::Signed(patient), chart, COMPARTMENT, 0, envelopes);

        let last = Grants::<T>::get(chart, GrantId(e.saturating_sub(1)));
        assert_eq!(last.and_then(|grant| grant.envelope), Some(GrantEnvelope { hash, edition: 0 }));
        Ok(())
    }

    #[benchmark]
    fn grant_access() {
        let (patient, chart) = chart_with::<T>(1);
        Pallet::<T>::stage_revoked_readers(chart, COMPARTMENT);
        let (_, member) = staff::<T>(Role::Clinician);

        #[extrinsic_call]
        _(RawOrigin::Signed(patient), chart, Grantee::Member(member), terms::<T>(COMPARTMENT));

        assert_eq!(CompartmentGrants::<T>::get(chart, COMPARTMENT).into_inner(), [GrantId(MAX_READERS)]);
    }

    #[benchmark]
    fn grant_access_to_lab() {
        let (patient, chart) = chart_with::<T>(1);
        Pallet::<T>::stage_revoked_readers(chart, COMPARTMENT);
        let (_, member) = staff::<T>(Role::Laboratory);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(patient),
            chart,
            Grantee::Member(member),
            COMPARTMENT,
            interval::<T>(),
            Some(Digest([4; 32])),
            Digest([5; 32]),
        );

        assert_eq!(CompartmentGrants::<T>::get(chart, COMPARTMENT).into_inner(), [GrantId(MAX_READERS)]);
    }

    #[benchmark]
    fn revoke_access() {
        let (patient, chart) = chart_with::<T>(1);
        let grant = Pallet::<T>::stage_grant(chart, COMPARTMENT, NOBODY, None);

        #[extrinsic_call]
        _(RawOrigin::Signed(patient), chart, grant, Some(Digest([8; 32])));

        assert!(is_revoked::<T>(chart, grant));
    }

    #[benchmark]
    fn revoke_access_from_lab() {
        let (patient, chart) = chart_with::<T>(1);
        let grant = Pallet::<T>::stage_grant(chart, COMPARTMENT, NOBODY, None);
        Grants::<T>::mutate(chart, grant, |grant| {
            if let Some(grant) = grant {
                grant.laboratory = true;
            }
        });

        #[extrinsic_call]
        _(RawOrigin::Signed(patient), chart, grant, Some(Digest([8; 32])));

        assert!(is_revoked::<T>(chart, grant));
    }

    #[benchmark]
    fn request_access() -> Result<(), BenchmarkError> {
        let (_, chart) = chart_with::<T>(1);
        let (requester, _) = staff::<T>(Role::Clinician);
        // An earlier request that nobody answered: it has expired, but still stands in the index.
        let ask = |requester: AccountId32| {
            Pallet::<T>::request_access(
                RawOrigin::Signed(requester).into(),
                chart,
                Permissions::of(&Permission::ALL),
                Purpose::Treatment,
                None,
                Some(Digest([6; 32])),
            )
        };
        ask(requester.clone())?;
        Requests::<T>::mutate(chart, RequestId(0), |request| {
            if let Some(request) = request {
                request.expires_at = request.requested_at;
            }
        });

        #[extrinsic_call]
        _(
            RawOrigin::Signed(requester),
            chart,
            Permissions::of(&Permission::ALL),
            Purpose::Treatment,
            interval::<T>().end,
            Some(Digest([6; 32])),
        );

        assert!(is_in_state::<T>(chart, RequestId(1), RequestState::Open));
        Ok(())
    }

    #[benchmark]
    fn approve_request(g: Linear<1, MAX_TERMS>) -> Result<(), BenchmarkError> {
        let (patient, chart) = chart_with::<T>(MAX_COMPARTMENTS);
        let request = requested::<T>(chart)?;
        // Each grant over another compartment, with a full list of its own.
        let compartments: Vec<_> = (0..MAX_COMPARTMENTS).map(CompartmentId).take(g as usize).collect();
        for compartment in &compartments {
            Pallet::<T>::stage_revoked_readers(chart, *compartment);
        }
        let grants: Vec<_> = compartments.into_iter().map(terms::<T>).collect();
        let grants: BoundedVec<_, ConstU32<MAX_TERMS>> =
            BoundedVec::try_from(grants).map_err(|_| "as many terms as there can be")?;
        let before = Charts::<T>::get(chart).map_or(0, |held| held.next_grant.0);

        #[extrinsic_call]
        _(RawOrigin::Signed(patient), chart, request, grants);

        assert!(is_in_state::<T>(chart, request, RequestState::Approved));
        let after = Charts::<T>::get(chart).map(|held| held.next_grant);
        assert_eq!(after, Some(GrantId(before.saturating_add(g))));
        Ok(())
    }

    #[benchmark]
    fn deny_request() -> Result<(), BenchmarkError> {
        let (patient, chart) = chart_with::<T>(1);
        let request = requested::<T>(chart)?;

        #[extrinsic_call]
        _(RawOrigin::Signed(patient), chart, request, Some(Digest([9; 32])));

        assert!(is_in_state::<T>(chart, request, RequestState::Denied));
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
