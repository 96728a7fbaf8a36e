// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of each call in its worst case: the lists are full, and the call looks at every grant.

use crate::{Call, CompartmentGrants, Config, Grants, NextGrant, Pallet, Requests, MAX_TERMS};
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{ConstU32, Time},
    BoundedVec,
};
use frame_system::RawOrigin;
use salus_primitives::{
    access::{
        GrantEnvelope, GrantScope, GrantTerms, Grantee, Permission, Permissions, Purpose, Purposes, RequestState,
        Scope, SealedKey, MAX_READERS,
    },
    charts::MAX_COMPARTMENTS,
    membership::Role,
    time::DAY,
    traits::{ChartHelper as _, MemberHelper as _},
    ChartId, CompartmentId, Digest, GrantId, Interval, MemberId, RequestId,
};
use sp_runtime::AccountId32;

const COMPARTMENT: CompartmentId = CompartmentId(0);

/// Creates a patient with a chart, and whitelists the storage items that `MemberGate`'s own weight already counts.
fn chart<T: Config>() -> (AccountId32, ChartId) {
    let patient: AccountId32 = whitelisted_caller();
    T::BenchmarkHelper::member(&patient, Role::Patient);
    whitelist_admission::<T>(&patient);
    let chart = T::BenchmarkHelper::chart(&patient);
    (patient, chart)
}

fn whitelist_admission<T: Config>(signer: &AccountId32) {
    for key in T::BenchmarkHelper::admitted(signer) {
        frame_benchmarking::benchmarking::add_to_whitelist(key.into());
    }
}

fn staff<T: Config>(role: Role) -> (AccountId32, MemberId) {
    let staff: AccountId32 = account("staff", 0, 0);
    let member = T::BenchmarkHelper::member(&staff, role);
    (staff, member)
}

/// A live reader of the compartment, at an institution of its own.
fn reader<T: Config>(chart: ChartId, number: u32) -> GrantId {
    let member = T::BenchmarkHelper::member(&account("reader", number, 0), Role::Clinician);
    Pallet::<T>::benchmark_grant(chart, Scope::Compartment(COMPARTMENT), COMPARTMENT, Grantee::Member(member), None)
}

/// Terms that let a grantee read a compartment.
fn terms<T: Config>(compartment: CompartmentId) -> GrantTerms {
    GrantTerms {
        scope: GrantScope::Compartment(compartment),
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
    Grants::<T>::get(chart, grant).is_some_and(|linked| linked.grant.revoked_at.is_some())
}

fn is_in_state<T: Config>(chart: ChartId, request: RequestId, state: RequestState) -> bool {
    Requests::<T>::get(chart, request).is_some_and(|request| request.state == state)
}

#[benchmarks]
mod benchmarks {
    use super::*;

    /// The last readers of a full compartment, each with a membership and an institution to look up.
    #[benchmark]
    fn renew_envelopes(e: Linear<1, MAX_READERS>) -> Result<(), BenchmarkError> {
        let (patient, chart) = chart::<T>();
        let envelope = Digest([7; 32]);
        let readers: Vec<_> = (0..MAX_READERS).map(|number| reader::<T>(chart, number)).collect();
        let last = readers.iter().rev().take(e as usize);
        let envelopes: Vec<_> = last.map(|grant| SealedKey { grant: *grant, envelope }).collect();
        let envelopes = BoundedVec::try_from(envelopes).map_err(|_| "as many as there can be readers")?;

        #[extrinsic_call]
        _(RawOrigin::Signed(patient), chart, COMPARTMENT, 0, envelopes);

        let last = Grants::<T>::get(chart, GrantId(MAX_READERS.saturating_sub(1)));
        let renewed = last.and_then(|linked| linked.grant.envelope);
        assert_eq!(renewed, Some(GrantEnvelope { hash: envelope, edition: 0 }));
        Ok(())
    }

    #[benchmark]
    fn grant_access() {
        let (patient, chart) = chart::<T>();
        Pallet::<T>::benchmark_revoked_readers(chart, COMPARTMENT);
        let (_, member) = staff::<T>(Role::Clinician);

        #[extrinsic_call]
        _(RawOrigin::Signed(patient), chart, Grantee::Member(member), terms::<T>(COMPARTMENT));

        assert!(CompartmentGrants::<T>::get(chart, COMPARTMENT).contains(GrantId(MAX_READERS)));
    }

    /// All other places of the list are taken by grants that are over.
    #[benchmark]
    fn disclose() {
        let (_, chart) = chart::<T>();
        let doctor: AccountId32 = account("doctor", 0, 0);
        let grantee = Grantee::Member(T::BenchmarkHelper::member(&doctor, Role::Clinician));
        whitelist_admission::<T>(&doctor);
        let scope = Scope::Compartment(COMPARTMENT);
        let under = Pallet::<T>::benchmark_grant(chart, scope, COMPARTMENT, grantee, None);
        for number in 1..MAX_READERS {
            let stranger = Grantee::Member(MemberId(u64::MAX.saturating_sub(number.into())));
            Pallet::<T>::benchmark_grant(chart, scope, COMPARTMENT, stranger, Some(T::Time::now()));
        }
        let (_, member) = staff::<T>(Role::Clinician);
        let terms = GrantTerms { permissions: Permissions::of(&[Permission::Read]), ..terms::<T>(COMPARTMENT) };

        #[extrinsic_call]
        _(RawOrigin::Signed(doctor), chart, under, Grantee::Member(member), terms);

        assert!(CompartmentGrants::<T>::get(chart, COMPARTMENT).contains(GrantId(MAX_READERS)));
    }

    #[benchmark]
    fn grant_access_to_lab() {
        let (patient, chart) = chart::<T>();
        Pallet::<T>::benchmark_revoked_readers(chart, COMPARTMENT);
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

        assert!(CompartmentGrants::<T>::get(chart, COMPARTMENT).contains(GrantId(MAX_READERS)));
    }

    #[benchmark]
    fn revoke_access() {
        let (patient, chart) = chart::<T>();
        let grant = Pallet::<T>::benchmark_crowded_grant(chart, COMPARTMENT, MemberId(0));

        #[extrinsic_call]
        _(RawOrigin::Signed(patient), chart, grant, Some(Digest([8; 32])));

        assert!(is_revoked::<T>(chart, grant));
    }

    #[benchmark]
    fn revoke_access_from_lab() {
        let (patient, chart) = chart::<T>();
        let grant = Pallet::<T>::benchmark_crowded_grant(chart, COMPARTMENT, MemberId(0));
        Grants::<T>::mutate(chart, grant, |grant| {
            if let Some(linked) = grant {
                linked.grant.laboratory = true;
            }
        });

        #[extrinsic_call]
        _(RawOrigin::Signed(patient), chart, grant, Some(Digest([8; 32])));

        assert!(is_revoked::<T>(chart, grant));
    }

    #[benchmark]
    fn request_access() -> Result<(), BenchmarkError> {
        let (_, chart) = chart::<T>();
        let (requester, _) = staff::<T>(Role::Clinician);
        whitelist_admission::<T>(&requester);
        // An earlier request without an answer: it has expired, but still stands in the index.
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
        let (patient, chart) = chart::<T>();
        let request = requested::<T>(chart)?;
        // Each grant over another compartment, with a full list of its own.
        let compartments: Vec<_> = (0..MAX_COMPARTMENTS).map(CompartmentId).take(g as usize).collect();
        for compartment in &compartments {
            Pallet::<T>::benchmark_revoked_readers(chart, *compartment);
        }
        let grants: Vec<_> = compartments.into_iter().map(terms::<T>).collect();
        let grants: BoundedVec<_, ConstU32<MAX_TERMS>> =
            BoundedVec::try_from(grants).map_err(|_| "as many terms as there can be")?;
        let before = NextGrant::<T>::get(chart).0;

        #[extrinsic_call]
        _(RawOrigin::Signed(patient), chart, request, grants);

        assert!(is_in_state::<T>(chart, request, RequestState::Approved));
        assert_eq!(NextGrant::<T>::get(chart), GrantId(before.saturating_add(g)));
        Ok(())
    }

    #[benchmark]
    fn deny_request() -> Result<(), BenchmarkError> {
        let (patient, chart) = chart::<T>();
        let request = requested::<T>(chart)?;

        #[extrinsic_call]
        _(RawOrigin::Signed(patient), chart, request, Some(Digest([9; 32])));

        assert!(is_in_state::<T>(chart, request, RequestState::Denied));
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
