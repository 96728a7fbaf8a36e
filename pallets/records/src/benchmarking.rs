// SPDX-License-Identifier: Apache-2.0

//! One benchmark for each call, in its worst case: a member whose grant is one of as many as there can be, all of which are read.

use super::*;
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{Get, Time},
    BoundedVec,
};
use frame_system::RawOrigin;
use salus_primitives::{
    access::{Basis, Purpose, Scope, MAX_COMPARTMENTS, MAX_RECORD_GRANTS},
    audit::{Action, AuditEvent, LogId, Subject},
    membership::Role,
    questions::{Access, AuditLog, Membership, Stage},
    records::{NewRecord, NewVersion, RecordGrantEnvelopes, Session, MAX_BATCH, SESSION_LENGTH},
    ChartId, CompartmentId, Digest, InstitutionId, MemberId, RecordId, RecordKey, SessionKey,
};
use sp_runtime::AccountId32;

/// Sets the part of the stage that only this pallet needs: grants over one record.
pub trait StageRecordGrants {
    /// `count` live grants over `record` alone with every permission and every purpose that can be granted: the last one
    /// to `grantee`, the others to nobody in particular.
    fn record_grants(record: RecordId, count: u32, grantee: MemberId);
}

/// Nobody's number.
const NOBODY: MemberId = MemberId(u64::MAX);
const COMPARTMENT: CompartmentId = CompartmentId(0);
const SESSION: SessionKey = SessionKey([7; 16]);

/// A chart, and a clinician of some institution.
struct Scene {
    chart: ChartId,
    doctor: AccountId32,
    member: MemberId,
    institution: InstitutionId,
}

impl Scene {
    fn set<T: Config>() -> Result<Self, BenchmarkError> {
        let patient = account("patient", 0, 0);
        T::Stage::member(&patient, Role::Patient);
        let chart = T::Stage::chart(&patient);
        let doctor = account("doctor", 0, 0);
        let member = T::Stage::member(&doctor, Role::Clinician);
        let institution = T::Membership::standing(member)
            .and_then(|standing| standing.institution_id())
            .ok_or(BenchmarkError::Stop("a staged clinician belongs to an institution"))?;
        Ok(Self { chart, doctor, member, institution })
    }

    /// With the doctor's grant as the last of as many as a compartment can hold, in `compartments` compartments.
    fn crowded<T: Config>(compartments: u32) -> Result<Self, BenchmarkError> {
        let scene = Self::set::<T>()?;
        for compartment in (0..MAX_COMPARTMENTS).take(compartments as usize) {
            T::Stage::crowded_grant(scene.chart, CompartmentId(compartment), scene.member);
        }
        Ok(scene)
    }

    fn origin(&self) -> RawOrigin<AccountId32> {
        RawOrigin::Signed(self.doctor.clone())
    }
}

fn new_version<T: Config>(chart: ChartId, compartment: CompartmentId) -> NewVersion {
    NewVersion {
        content: Digest([1; 32]),
        key_envelope: Digest([2; 32]),
        epoch: T::Access::epoch(chart, compartment).unwrap_or_default(),
        size: T::MaxRecordSize::get(),
    }
}

fn new_record<T: Config>(chart: ChartId, compartment: CompartmentId, number: u32) -> NewRecord {
    let key = RecordKey(u128::from(number).to_be_bytes());
    NewRecord { key, compartment, version: new_version::<T>(chart, compartment) }
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn create_medical_record() -> Result<(), BenchmarkError> {
        let scene = Scene::crowded::<T>(1)?;
        let new = new_record::<T>(scene.chart, COMPARTMENT, 1);
        let key = new.key;

        #[extrinsic_call]
        _(scene.origin(), scene.chart, scene.institution, new);

        assert!(Records::<T>::contains_key(scene.chart, key));
        Ok(())
    }

    #[benchmark]
    fn create_medical_records(
        c: Linear<1, { u32::from(MAX_COMPARTMENTS) }>,
        r: Linear<1, MAX_BATCH>,
    ) -> Result<(), BenchmarkError> {
        let scene = Scene::crowded::<T>(c)?;
        let compartments = (0..MAX_COMPARTMENTS).take(c as usize).cycle().map(CompartmentId);
        let records: alloc::vec::Vec<_> = (0..r)
            .zip(compartments)
            .map(|(number, compartment)| new_record::<T>(scene.chart, compartment, number))
            .collect();
        let records = BoundedVec::truncate_from(records);

        #[extrinsic_call]
        _(scene.origin(), scene.chart, scene.institution, records);

        assert_eq!(Records::<T>::iter_prefix(scene.chart).count() as u32, r);
        Ok(())
    }

    #[benchmark]
    fn amend_record(e: Linear<0, MAX_RECORD_GRANTS>) -> Result<(), BenchmarkError> {
        let scene = Scene::crowded::<T>(1)?;
        let record = T::Stage::record(scene.chart, COMPARTMENT, &scene.doctor);
        T::Stage::record_grants(record, e, NOBODY);
        let readers = T::Access::record_readers(record);
        assert_eq!(readers.len() as u32, e);
        // The last in order first: sorting has the most to do.
        let envelopes: alloc::vec::Vec<_> = readers.into_iter().rev().map(|grant| (grant, Digest([3; 32]))).collect();
        let envelopes = RecordGrantEnvelopes::truncate_from(envelopes);
        let version = new_version::<T>(scene.chart, COMPARTMENT);

        #[extrinsic_call]
        _(scene.origin(), record, 1, version, envelopes);

        assert!(Versions::<T>::contains_key((record.chart, record.key, 1)));
        Ok(())
    }

    #[benchmark]
    fn open_records_permitted() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        T::Stage::crowded_grant(scene.chart, COMPARTMENT, NOBODY);
        let record = T::Stage::record(scene.chart, COMPARTMENT, &scene.doctor);
        T::Stage::record_grants(record, MAX_RECORD_GRANTS, scene.member);
        let scope = Scope::Record(record.key);

        #[extrinsic_call]
        open_records(scene.origin(), scene.chart, scope, Purpose::Treatment, SESSION);

        assert!(Sessions::<T>::contains_key(scene.member, SESSION));
        Ok(())
    }

    #[benchmark]
    fn open_records_denied() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        T::Stage::crowded_grant(scene.chart, COMPARTMENT, NOBODY);
        let record = T::Stage::record(scene.chart, COMPARTMENT, &scene.doctor);
        T::Stage::record_grants(record, MAX_RECORD_GRANTS, scene.member);
        let (scope, purpose) = (Scope::Record(record.key), Purpose::Emergency);
        let origin = scene.origin().into();

        #[block]
        {
            // Emergency is never granted, so every grant is looked at in vain.
            Pallet::<T>::open_records(origin, scene.chart, scope, purpose, SESSION)?;
            // The log may have had to write down earlier repetitions too, which takes one entry more.
            let subject = Subject::Scope(scope);
            let entry = AuditEvent::by_member(scene.member, Some(scene.institution), Action::DenialsRepeated, subject);
            T::Audit::append(LogId::Chart(scene.chart), entry);
        }

        assert!(!Sessions::<T>::contains_key(scene.member, SESSION));
        Ok(())
    }

    #[benchmark]
    fn close_sessions(n: Linear<0, { T::MaxClosed::get() }>) -> Result<(), BenchmarkError> {
        let opened_at = T::Time::now();
        for place in 0..=n {
            let session = SessionKey(u128::from(place).to_be_bytes());
            let reader = MemberId(place.into());
            // All are due but the one that ends the search.
            let expires_at = if place < n { opened_at } else { opened_at.saturating_add(SESSION_LENGTH) };
            let (scope, purpose) = (Scope::Record(RecordKey::default()), Purpose::Treatment);
            let basis = Basis::Controller;
            let value = Session { chart: ChartId(0), scope, purpose, basis, opened_at, expires_at };
            Sessions::<T>::insert(reader, session, value);
            SessionQueue::<T>::insert(u64::from(place), QueuedSession { reader, session, expires_at });
        }
        NextSession::<T>::put(u64::from(n).saturating_add(1));
        let closed;

        #[block]
        {
            closed = Pallet::<T>::close_sessions(u32::MAX);
        }

        assert_eq!(closed, n);
        assert_eq!(Sessions::<T>::iter().count(), 1);
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::Builder::default().build(), crate::mock::Test);
}
