// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of each call in its worst case: the member's grant is the last of a full list, all of which the call
//! reads.

use super::*;
use frame_benchmarking::{benchmarking::add_to_whitelist, v2::*};
use frame_support::{
    traits::{ConstU32, Get, Time},
    BoundedVec,
};
use frame_system::RawOrigin;
use salus_primitives::{
    access::{Purpose, Scope, SealedKey},
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    charts::MAX_COMPARTMENTS,
    corrections::{Correction, CorrectionAnswer},
    decision::Basis,
    holds::{Hold, HoldGround, MAX_HOLD},
    membership::Role,
    receipts::{NotNoted, ReceiptsHead, MAX_POSTERS},
    records::{
        NewRecord, NewVersion, RecordGrantEnvelopes, RecordState, Session, MAX_BATCH, MAX_SESSIONS, SESSION_LENGTH,
    },
    staging::CollectionBasis,
    traits::{
        AuditLog, ChartHelper, Compartments, Controllers, GrantHelper, MemberHelper, Membership, RecordReaders,
        TimeHelper,
    },
    ChartId, CompartmentId, Digest, GrantId, InstitutionId, MemberId, ReadingSessionId, RecordId, RecordKey,
};
use sp_runtime::AccountId32;

/// A number that no member has.
const STRANGER: MemberId = MemberId(u64::MAX);
const COMPARTMENT: CompartmentId = CompartmentId(0);
const REASON: Option<Digest> = Some(Digest([5; 32]));
const CONTESTED: Digest = Digest([6; 32]);
const SESSION: ReadingSessionId = ReadingSessionId([7; 16]);

/// A chart, and a clinician of some institution.
struct Scene {
    chart: ChartId,
    patient: AccountId32,
    doctor: AccountId32,
    member: MemberId,
    institution: InstitutionId,
}

impl Scene {
    fn set<T: Config>() -> Result<Self, BenchmarkError> {
        let patient = account("patient", 0, 0);
        T::BenchmarkHelper::member(&patient, Role::Patient);
        let chart = T::BenchmarkHelper::chart(&patient);
        let doctor = account("doctor", 0, 0);
        let member = T::BenchmarkHelper::member(&doctor, Role::Clinician);
        // `MemberGate`'s own weight counts what it reads when it admits their transactions.
        for signer in [&patient, &doctor] {
            for key in T::BenchmarkHelper::admitted(signer) {
                add_to_whitelist(key.into());
            }
        }
        let institution = T::Membership::standing(member)
            .and_then(|standing| standing.institution_id())
            .ok_or(BenchmarkError::Stop("a clinician belongs to an institution"))?;
        Ok(Self { chart, patient, doctor, member, institution })
    }

    /// Sets a scene in which the doctor's grant is the last of a full list, in each of `compartments` compartments.
    fn crowded<T: Config>(compartments: u32) -> Result<Self, BenchmarkError> {
        let scene = Self::set::<T>()?;
        for compartment in (0..MAX_COMPARTMENTS).take(compartments as usize) {
            T::BenchmarkHelper::crowded_grant(scene.chart, CompartmentId(compartment), scene.member);
        }
        Ok(scene)
    }

    /// Creates a record by the doctor, with the doctor's grant last in its full list, in a compartment whose list is
    /// full too.
    fn crowded_record<T: Config>(&self) -> RecordId {
        T::BenchmarkHelper::crowded_grant(self.chart, COMPARTMENT, STRANGER);
        let record = Pallet::<T>::benchmark_record(self.chart, COMPARTMENT, self.member, self.institution);
        T::BenchmarkHelper::crowded_record_grant(record, COMPARTMENT, self.member);
        record
    }

    /// Gives the doctor as many running sessions as can be but one, none of which is for the next open.
    fn crowd_sessions<T: Config>(&self) {
        let opened_at = T::Time::now();
        let session = |number: u32| KeyedSession {
            key: ReadingSessionId(u128::from(number).to_be_bytes()),
            session: Session {
                chart: self.chart,
                scope: Scope::Record(RecordKey([0xff; 16])),
                purpose: Purpose::Payment,
                basis: Basis::Grant(GrantId(number)),
                opened_at,
                expires_at: opened_at.saturating_add(SESSION_LENGTH),
                entry: number.into(),
            },
        };
        let sessions: alloc::vec::Vec<_> = (1..MAX_SESSIONS).map(session).collect();
        Sessions::<T>::insert(self.member, BoundedVec::truncate_from(sessions));
    }

    /// Puts a correction of the record into the state.
    fn contest<T: Config>(&self, record: RecordId, answer: Option<CorrectionAnswer>) {
        let correction = Correction { requested_at: T::Time::now(), versions: 1, answer, statement: None };
        Corrections::<T>::insert(record.chart, record.key, correction);
    }

    /// Returns `count` new records, in turn in each of `compartments` compartments.
    fn batch<T: Config>(&self, compartments: u32, count: u32) -> BoundedVec<NewRecord, ConstU32<MAX_BATCH>> {
        let compartments = (0..MAX_COMPARTMENTS).take(compartments as usize).cycle().map(CompartmentId);
        let new = |(number, compartment)| new_record::<T>(self.chart, compartment, number);
        BoundedVec::truncate_from((0..count).zip(compartments).map(new).collect())
    }

    /// Stages `count` records by the doctor, and returns their keys.
    fn stage<T: Config>(&self, count: u32) -> Result<BoundedVec<RecordKey, ConstU32<MAX_BATCH>>, BenchmarkError> {
        let records = self.batch::<T>(MAX_COMPARTMENTS.into(), count);
        let keys = BoundedVec::truncate_from(records.iter().map(|new| new.key).collect());
        let basis = CollectionBasis::LegalDuty;
        Pallet::<T>::stage_records(self.origin().into(), self.chart, self.institution, basis, records)?;
        Ok(keys)
    }

    fn origin(&self) -> RawOrigin<AccountId32> {
        RawOrigin::Signed(self.doctor.clone())
    }
}

fn new_version<T: Config>(chart: ChartId, compartment: CompartmentId) -> NewVersion {
    NewVersion {
        content: Digest([1; 32]),
        key_envelope: Digest([2; 32]),
        epoch: T::Compartments::compartment(chart, compartment).map_or(0, |it| it.epoch),
        size: T::MaxRecordSize::get(),
    }
}

fn new_record<T: Config>(chart: ChartId, compartment: CompartmentId, number: u32) -> NewRecord {
    let key = RecordKey(u128::from(number).to_be_bytes());
    NewRecord { key, compartment, version: new_version::<T>(chart, compartment) }
}

fn state<T: Config>(record: RecordId) -> Option<RecordState> {
    Pallet::<T>::record(record).map(|it| it.state)
}

fn is_open<T: Config>(record: RecordId) -> bool {
    Corrections::<T>::get(record.chart, record.key).is_some_and(|it| it.is_open())
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
        let records = scene.batch::<T>(c, r);

        #[extrinsic_call]
        _(scene.origin(), scene.chart, scene.institution, records);

        assert_eq!(Records::<T>::iter_prefix(scene.chart).count() as u32, r);
        Ok(())
    }

    #[benchmark]
    fn amend_record() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        let record = scene.crowded_record::<T>();
        let envelope = Digest([3; 32]);
        // The grants are in reverse order, so sorting has the most to do.
        let readers = T::Readers::record_readers(record).into_iter().rev();
        let envelopes: alloc::vec::Vec<_> = readers.map(|grant| SealedKey { grant, envelope }).collect();
        let envelopes = RecordGrantEnvelopes::truncate_from(envelopes);
        assert!(envelopes.is_full());
        let version = new_version::<T>(scene.chart, COMPARTMENT);

        #[extrinsic_call]
        _(scene.origin(), record, 1, version, envelopes);

        assert!(Versions::<T>::contains_key((record.chart, record.key, 1)));
        Ok(())
    }

    #[benchmark]
    fn withdraw_record() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        let record = scene.crowded_record::<T>();

        #[extrinsic_call]
        _(scene.origin(), record, REASON);

        assert_eq!(state::<T>(record), Some(RecordState::Withdrawn));
        Ok(())
    }

    #[benchmark]
    fn mark_entered_in_error() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        let record = scene.crowded_record::<T>();

        #[extrinsic_call]
        _(scene.origin(), record, REASON);

        assert_eq!(state::<T>(record), Some(RecordState::EnteredInError));
        Ok(())
    }

    #[benchmark]
    fn restrict_record() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        let record = scene.crowded_record::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(scene.patient), record, REASON);

        assert_eq!(state::<T>(record), Some(RecordState::Restricted));
        Ok(())
    }

    #[benchmark]
    fn lift_restriction() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        let record = scene.crowded_record::<T>();
        let patient = RawOrigin::Signed(scene.patient);
        Pallet::<T>::restrict_record(patient.clone().into(), record, REASON)?;

        #[extrinsic_call]
        _(patient, record, REASON);

        assert_eq!(state::<T>(record), Some(RecordState::Active));
        Ok(())
    }

    /// The record was contested before.
    #[benchmark]
    fn request_correction() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        let record = scene.crowded_record::<T>();
        scene.contest::<T>(record, Some(CorrectionAnswer::Declined));

        #[extrinsic_call]
        _(RawOrigin::Signed(scene.patient), record, CONTESTED);

        assert!(is_open::<T>(record));
        Ok(())
    }

    /// Another member than the author answers, by a grant.
    #[benchmark]
    fn answer_correction() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        let record = scene.crowded_record::<T>();
        scene.contest::<T>(record, None);
        Records::<T>::mutate(record.chart, record.key, |it| it.as_mut().map(|it| it.author = STRANGER));

        #[extrinsic_call]
        _(scene.origin(), record, CorrectionAnswer::Declined, REASON);

        assert!(!is_open::<T>(record));
        Ok(())
    }

    /// A statement that was withdrawn is replaced.
    #[benchmark]
    fn attach_statement() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        let record = scene.crowded_record::<T>();
        let controller = T::Controllers::controller(scene.chart).ok_or(BenchmarkError::Stop("a controller"))?;
        let own = || Pallet::<T>::benchmark_record(scene.chart, COMPARTMENT, controller, scene.institution);
        let (before, next) = (own(), own());
        let patient = RawOrigin::Signed(scene.patient.clone());
        scene.contest::<T>(record, Some(CorrectionAnswer::Declined));
        Pallet::<T>::attach_statement(patient.clone().into(), record, before.key)?;
        Pallet::<T>::withdraw_record(patient.clone().into(), before, None)?;

        #[extrinsic_call]
        _(patient, record, next.key);

        let correction = Corrections::<T>::get(record.chart, record.key);
        assert_eq!(correction.and_then(|it| it.statement), Some(next.key));
        Ok(())
    }

    #[benchmark]
    fn declare_use() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        let record = scene.crowded_record::<T>();

        #[extrinsic_call]
        _(scene.origin(), scene.chart, Scope::Record(record.key), Purpose::Treatment);

        let entry = T::Audit::entry(LogId::Chart(scene.chart), 0);
        assert_eq!(entry.map(|entry| entry.action), Some(Action::UseDeclared));
        Ok(())
    }

    #[benchmark]
    fn stage_records(
        c: Linear<1, { u32::from(MAX_COMPARTMENTS) }>,
        r: Linear<1, MAX_BATCH>,
    ) -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        let records = scene.batch::<T>(c, r);

        #[extrinsic_call]
        _(scene.origin(), scene.chart, scene.institution, CollectionBasis::TreatmentContract, records);

        assert_eq!(StagedCount::<T>::get(scene.chart, scene.institution), r);
        Ok(())
    }

    /// The records lie in as many compartments as they can.
    #[benchmark]
    fn accept_records(r: Linear<1, MAX_BATCH>) -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        let keys = scene.stage::<T>(r)?;

        #[extrinsic_call]
        _(RawOrigin::Signed(scene.patient.clone()), scene.chart, keys, CONTESTED);

        assert_eq!(StagedCount::<T>::get(scene.chart, scene.institution), 0);
        Ok(())
    }

    #[benchmark]
    fn refuse_records(r: Linear<1, MAX_BATCH>) -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        let keys = scene.stage::<T>(r)?;

        #[extrinsic_call]
        _(RawOrigin::Signed(scene.patient.clone()), scene.chart, keys, REASON);

        assert_eq!(Versions::<T>::iter_prefix((scene.chart,)).count(), 0);
        Ok(())
    }

    #[benchmark]
    fn hold_record() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        let record = scene.crowded_record::<T>();
        let hold = Hold { ground: HoldGround::Order, until: T::Time::now().saturating_add(MAX_HOLD) };

        #[extrinsic_call]
        _(scene.origin(), record, hold);

        assert_eq!(Records::<T>::get(record.chart, record.key).and_then(|it| it.hold), Some(hold));
        Ok(())
    }

    #[benchmark]
    fn open_records_permitted() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        let record = scene.crowded_record::<T>();
        scene.crowd_sessions::<T>();
        let scope = Scope::Record(record.key);

        #[extrinsic_call]
        open_records(scene.origin(), scene.chart, scope, Purpose::Treatment, SESSION);

        assert!(Sessions::<T>::get(scene.member).is_full());
        Ok(())
    }

    #[benchmark]
    fn open_records_denied() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        let record = scene.crowded_record::<T>();
        let (scope, purpose) = (Scope::Record(record.key), Purpose::Emergency);
        let origin = scene.origin().into();

        #[block]
        {
            // No grant covers `Emergency`, so the decision looks at every grant in vain.
            Pallet::<T>::open_records(origin, scene.chart, scope, purpose, SESSION)?;
            // The audit pallet may have to write down earlier repetitions too, which takes one more entry.
            let subject = Subject::Scope(scope);
            let entry = AuditEvent::by_member(scene.member, Some(scene.institution), Action::DenialsRepeated, subject);
            T::Audit::append(LogId::Chart(scene.chart), entry);
        }

        assert!(!Sessions::<T>::contains_key(scene.member));
        Ok(())
    }

    /// As many others as may have posted for the openings of the page, and the entry begins with a new page.
    #[benchmark]
    fn post_receipts() -> Result<(), BenchmarkError> {
        let scene = Scene::set::<T>()?;
        let service = account("service", 0, 0);
        T::BenchmarkHelper::member(&service, Role::Service);
        for key in T::BenchmarkHelper::admitted(&service) {
            add_to_whitelist(key.into());
        }
        let log = LogId::Chart(scene.chart);
        let open = || {
            let scope = Scope::Record(RecordKey([0xff; 16]));
            AuditEvent::by_member(scene.member, Some(scene.institution), Action::ReadPermitted, Subject::Scope(scope))
                .for_purpose(Purpose::Treatment)
                .because(Reason::Basis(Basis::Grant(GrantId(u32::MAX))))
        };
        let places: alloc::vec::Vec<_> = (0..64).map(|_| T::Audit::append(log, open())).collect();
        let opening = *places.first().ok_or(BenchmarkError::Stop("an opening"))?;
        for place in places {
            for number in (1..MAX_POSTERS).map(|number| u32::MAX.saturating_sub(number)) {
                let noted = T::Audit::note_receipts(log, place, InstitutionId(number));
                noted.map_err(|_| BenchmarkError::Stop("an entry takes as many notes"))?;
            }
        }
        // The end of the session, whatever the time of the openings was.
        T::BenchmarkHelper::wait(SESSION_LENGTH);
        let receipts = ReceiptsHead { count: u32::MAX, digest: Digest([1; 32]) };

        #[extrinsic_call]
        _(RawOrigin::Signed(service), scene.chart, opening, receipts);

        let institution = InstitutionId(u32::MAX.saturating_sub(1));
        assert_eq!(T::Audit::note_receipts(log, opening, institution), Err(NotNoted::Posted));
        assert_eq!(T::Audit::entry(log, 64).map(|entry| entry.action), Some(Action::ReceiptsPosted));
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::Builder::default().build(), crate::mock::Test);
}
