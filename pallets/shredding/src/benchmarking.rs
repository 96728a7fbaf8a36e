// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of each call in its worst case.

use crate::{Attestations, Call, Config, Pallet, Requests, Retentions, ShreddingOf};
use frame_benchmarking::{benchmarking::add_to_whitelist, v2::*};
use frame_support::traits::Time as _;
use frame_system::RawOrigin;
use salus_primitives::{
    membership::Role,
    shredding::{Absence, Retention, RetentionGround, StoreKind, REVIEW_TIME},
    traits::{ChartHelper as _, MemberHelper as _, Membership as _, RecordHelper as _, TimeHelper as _},
    Digest, InstitutionId, RecordId,
};
use sp_runtime::AccountId32;

const REASON: Option<Digest> = Some(Digest([5; 32]));
const ABSENCE: Absence = Absence { absent: 5, kept: 0, store: StoreKind::Folder };

/// A record in a patient's chart, whose custodian has an auditor and a service of its own.
struct Scene {
    record: RecordId,
    patient: AccountId32,
    auditor: AccountId32,
    service: AccountId32,
    institution: InstitutionId,
}

impl Scene {
    fn set<T: Config>() -> Result<Self, BenchmarkError> {
        let [patient, auditor, service] = ["patient", "auditor", "service"].map(|name| account(name, 0, 0));
        T::BenchmarkHelper::member(&patient, Role::Patient);
        let chart = T::BenchmarkHelper::chart(&patient);
        let author = T::BenchmarkHelper::member(&auditor, Role::Auditor);
        let attests = T::BenchmarkHelper::member(&service, Role::Service);
        // `MemberGate`'s own weight counts what it reads when it admits their transactions.
        for signer in [&patient, &auditor, &service] {
            for key in T::BenchmarkHelper::admitted(signer) {
                add_to_whitelist(key.into());
            }
        }
        let institution = |member| {
            let standing = T::Membership::standing(member).and_then(|standing| standing.institution_id());
            standing.ok_or(BenchmarkError::Stop("an auditor and a service belong to an institution"))
        };
        let record = T::BenchmarkHelper::record(chart, author, institution(author)?);
        Ok(Self { record, patient, auditor, service, institution: institution(attests)? })
    }

    fn request<T: Config>(&self) -> Result<(), BenchmarkError> {
        Ok(Pallet::<T>::request_shredding(RawOrigin::Signed(self.patient.clone()).into(), self.record, REASON)?)
    }

    /// A retention that is over before the review is.
    fn retain<T: Config>(&self) {
        Retentions::<T>::insert(self.record.chart, self.record.key, retention::<T>(1));
    }
}

fn retention<T: Config>(lasts: u64) -> Retention {
    Retention { ground: RetentionGround::LegalDuty, until: T::Time::now().saturating_add(lasts) }
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn request_shredding() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        scene.retain::<T>();
        T::BenchmarkHelper::wait(2);

        #[extrinsic_call]
        _(RawOrigin::Signed(scene.patient.clone()), scene.record, REASON);

        assert!(Requests::<T>::contains_key(scene.record.chart, scene.record.key));
        Ok(())
    }

    #[benchmark]
    fn cancel_shredding() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        scene.request::<T>()?;

        #[extrinsic_call]
        _(RawOrigin::Signed(scene.patient.clone()), scene.record);

        assert!(!Requests::<T>::contains_key(scene.record.chart, scene.record.key));
        Ok(())
    }

    #[benchmark]
    fn retain_record() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        scene.request::<T>()?;

        #[extrinsic_call]
        _(RawOrigin::Signed(scene.auditor.clone()), scene.record, retention::<T>(REVIEW_TIME));

        assert!(Retentions::<T>::contains_key(scene.record.chart, scene.record.key));
        Ok(())
    }

    #[benchmark]
    fn lift_retention() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        scene.retain::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(scene.auditor.clone()), scene.record);

        assert!(!Retentions::<T>::contains_key(scene.record.chart, scene.record.key));
        Ok(())
    }

    #[benchmark]
    fn shred_record() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        scene.request::<T>()?;
        scene.retain::<T>();
        T::BenchmarkHelper::wait(REVIEW_TIME);

        #[extrinsic_call]
        _(RawOrigin::Signed(scene.patient.clone()), scene.record);

        assert!(ShreddingOf::<T>::contains_key(scene.record.chart, scene.record.key));
        Ok(())
    }

    #[benchmark]
    fn attest_shredding() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        scene.request::<T>()?;
        Pallet::<T>::shred_record(RawOrigin::Signed(scene.auditor.clone()).into(), scene.record)?;

        #[extrinsic_call]
        _(RawOrigin::Signed(scene.service.clone()), 0, ABSENCE);

        assert!(Attestations::<T>::contains_key(0, scene.institution));
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
