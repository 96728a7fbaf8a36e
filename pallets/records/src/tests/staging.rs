// SPDX-License-Identifier: Apache-2.0

//! Staging records without consent, accepting and refusing them (S4-06 to S4-11, S4-41).

use super::*;
use salus_primitives::{
    charts::CompartmentFlags,
    holds::{Hold, HoldGround},
    staging::{CollectionBasis, MAX_STAGED, STAGING_TIME},
};

const CONSENT: Digest = Digest([0xcc; 32]);
const BASIS: CollectionBasis = CollectionBasis::TreatmentContract;

fn stage(author: MemberId, custodian: InstitutionId, records: Vec<NewRecord>) -> DispatchResult {
    Records::stage_records(signed(author), CHART, custodian, BASIS, BoundedVec::truncate_from(records))
}

fn accept(member: MemberId, keys: &[RecordKey]) -> DispatchResult {
    Records::accept_records(signed(member), CHART, BoundedVec::truncate_from(keys.to_vec()), CONSENT)
}

fn refuse(member: MemberId, keys: &[RecordKey]) -> DispatchResult {
    Records::refuse_records(signed(member), CHART, BoundedVec::truncate_from(keys.to_vec()), None)
}

fn state_of(key: RecordKey) -> RecordState {
    StoredRecords::<Test>::get(CHART, key).expect("the record exists").state
}

/// Without any grant, the doctor has staged a record in each compartment.
fn with_staged(test: impl FnOnce()) {
    Builder::default().run(|| {
        assert_ok!(stage(DOCTOR, HOSPITAL, vec![new_record(KEY), new_result(OTHER_KEY)]));
        test();
    });
}

fn number(number: u32) -> RecordKey {
    RecordKey(u128::from(number).to_be_bytes())
}

#[test]
fn an_institution_stages_without_consent_and_the_log_names_the_basis() {
    // S4-11, S4-41
    with_staged(|| {
        let record = StoredRecords::<Test>::get(CHART, KEY).unwrap();
        assert_eq!((record.state, record.author, record.custodian), (RecordState::Staged, DOCTOR, HOSPITAL));
        assert_eq!(StagedCount::<Test>::get(CHART, HOSPITAL), 2);
        let entry = AuditEvent::by_member(DOCTOR, Some(HOSPITAL), Action::RecordStaged, Subject::Record(RECORD, 0))
            .because(Reason::Collection(BASIS));
        assert_eq!(Log::entries().first(), Some(&(LogId::Chart(CHART), entry)));
        let (author, custodian, content, basis) = (DOCTOR, HOSPITAL, Digest([1; 32]), BASIS);
        let compartment = GENERAL;
        let told = Event::RecordStaged { record: RECORD, compartment, author, custodian, content, basis };
        assert_eq!(events().first(), Some(&told));
    });
}

#[test]
fn the_patient_alone_reads_a_staged_record_whatever_is_granted() {
    // S4-11: not open, not form blocks, before consent.
    with_staged(|| {
        for reader in [DOCTOR, OTHER_DOCTOR] {
            grant(reader, compartment(GENERAL), &Permission::ALL);
        }
        let open = |reader, key| {
            let session = ReadingSessionId([key; 16]);
            assert_ok!(Records::open_records(signed(reader), CHART, Scope::Record(KEY), Purpose::Treatment, session));
            events().pop().unwrap()
        };
        for (reader, key) in [(DOCTOR, 1), (OTHER_DOCTOR, 2)] {
            assert!(matches!(open(reader, key), Event::OpenDenied { denial: Denial::Staged, .. }));
        }
        assert!(matches!(open(PATIENT, 3), Event::RecordsOpened { .. }));
        let amended = Records::amend_record(signed(DOCTOR), RECORD, 1, version(2, GENERAL_EPOCH), Default::default());
        assert_noop!(amended, Error::<Test>::WrongState);
        assert_ok!(accept(PATIENT, &[KEY]));
        assert!(matches!(open(DOCTOR, 4), Event::RecordsOpened { .. }));
    });
}

#[test]
fn accepting_makes_records_active_and_binds_what_the_patient_was_shown() {
    // S4-06, S4-07
    with_staged(|| {
        Log::take();
        assert_ok!(accept(PATIENT, &[KEY, OTHER_KEY]));
        assert_eq!((state_of(KEY), state_of(OTHER_KEY)), (RecordState::Active, RecordState::Active));
        assert!(!StagedCount::<Test>::contains_key(CHART, HOSPITAL));
        let subject = |key| Subject::Record(RecordId { chart: CHART, key }, 0);
        let entry = |key| {
            let event = AuditEvent::by_member(PATIENT, None, Action::RecordAccepted, subject(key));
            (LogId::Chart(CHART), event.because(Reason::Text(CONSENT)))
        };
        assert_eq!(Log::entries(), [entry(KEY), entry(OTHER_KEY)]);
        let (from, to) = (RecordState::Staged, RecordState::Active);
        assert_eq!(
            events().last(),
            Some(&Event::RecordStateChanged {
                record: RecordId { chart: CHART, key: OTHER_KEY },
                from,
                to,
                by: PATIENT,
            })
        );
    });
}

#[test]
fn a_refused_record_is_gone_and_its_key_stays_used() {
    // S4-08: never added.
    with_staged(|| {
        for (member, key) in [(PATIENT, KEY), (DOCTOR, OTHER_KEY)] {
            assert_ok!(refuse(member, &[key]));
            assert_eq!(state_of(key), RecordState::Refused);
            assert_eq!(Versions::<Test>::get((CHART, key, 0)), None, "the chain names its bytes no more");
            assert_eq!(Log::entries().pop().unwrap().1.action, Action::RecordRefused);
            assert_noop!(accept(PATIENT, &[key]), Error::<Test>::WrongState);
            assert_noop!(refuse(PATIENT, &[key]), Error::<Test>::WrongState);
            assert_noop!(stage(DOCTOR, HOSPITAL, vec![new_record(key)]), Error::<Test>::AlreadyExists);
        }
        assert!(!StagedCount::<Test>::contains_key(CHART, HOSPITAL));
    });
}

#[test]
fn after_its_time_no_one_accepts_a_staged_record_and_any_member_removes_it() {
    with_staged(|| {
        Clock::set(START + STAGING_TIME - 1);
        hypothetically!({
            assert_ok!(accept(PATIENT, &[KEY]));
        });
        assert_noop!(refuse(OTHER_DOCTOR, &[KEY]), Error::<Test>::NotController);
        Clock::set(START + STAGING_TIME);
        assert_noop!(accept(PATIENT, &[KEY]), Error::<Test>::StagingOver);
        assert_ok!(refuse(OTHER_DOCTOR, &[KEY]));
        assert_eq!(state_of(KEY), RecordState::Refused);
        assert_eq!(Log::entries().pop().unwrap().1.action, Action::StagingExpired);
    });
}

#[test]
fn a_sensitive_compartment_is_accepted_with_no_other() {
    // S4-09
    with_staged(|| {
        Charts::set_flags(CHART, RESULTS, CompartmentFlags { sensitive: true, ..CompartmentFlags::default() });
        assert_noop!(accept(PATIENT, &[KEY, OTHER_KEY]), Error::<Test>::SensitiveTogether);
        assert_ok!(accept(PATIENT, &[OTHER_KEY]));
        assert_ok!(accept(PATIENT, &[KEY]));
    });
}

#[test]
fn stage_records_fails_by_others_than_staff_who_may_create() {
    Builder::default().run(|| {
        let by = |member, custodian| stage(member, custodian, vec![new_record(KEY)]);
        for (member, custodian) in [(PATIENT, HOSPITAL), (OTHER_PATIENT, HOSPITAL), (DOCTOR, OTHER_HOSPITAL)] {
            assert_noop!(by(member, custodian), Error::<Test>::NotOwnInstitution);
        }
        assert_noop!(by(SERVICE, HOSPITAL), Error::<Test>::NotPermitted);
        for origin in refused_origins() {
            let records = BoundedVec::truncate_from(vec![new_record(KEY)]);
            assert_noop!(Records::stage_records(origin, CHART, HOSPITAL, BASIS, records), DispatchError::BadOrigin);
        }
        // A doctor who is the patient creates the own entries.
        Charts::set(CHART, DOCTOR, &[CompartmentFlags::default(); 2]);
        assert_noop!(by(DOCTOR, HOSPITAL), Error::<Test>::IsController);
    });
}

#[test]
fn stage_records_fails_with_what_no_record_may_be() {
    Builder::default().run(|| {
        let none = BoundedVec::default();
        assert_noop!(Records::stage_records(signed(DOCTOR), CHART, HOSPITAL, BASIS, none), Error::<Test>::EmptyBatch);
        let records = BoundedVec::truncate_from(vec![new_record(KEY)]);
        let elsewhere = Records::stage_records(signed(DOCTOR), UNKNOWN_CHART, HOSPITAL, BASIS, records);
        assert_noop!(elsewhere, Error::<Test>::NotFound);
        let good = new_record(KEY);
        for (bad, error) in [
            (new_record(KEY), Error::<Test>::AlreadyExists),
            (NewRecord { compartment: UNKNOWN_COMPARTMENT, ..new_record(OTHER_KEY) }, Error::<Test>::NotFound),
            (NewRecord { version: version(1, RESULTS_EPOCH), ..new_record(OTHER_KEY) }, Error::<Test>::StaleEpoch),
            (NewRecord { version: version(0, GENERAL_EPOCH), ..new_record(OTHER_KEY) }, Error::<Test>::InvalidDigest),
        ] {
            assert_noop!(stage(DOCTOR, HOSPITAL, vec![good.clone(), bad]), error);
        }
    });
}

#[test]
fn an_institution_stages_as_many_as_may_wait_and_crowds_no_other_out() {
    Builder::default().run(|| {
        let batch = |first: u32, count: u32| (first..first + count).map(|it| new_record(number(it))).collect();
        for turn in 0..MAX_STAGED / MAX_BATCH {
            assert_ok!(stage(DOCTOR, HOSPITAL, batch(turn * MAX_BATCH, MAX_BATCH)));
        }
        assert_noop!(stage(DOCTOR, HOSPITAL, batch(MAX_STAGED, 1)), Error::<Test>::TooManyStaged);
        assert_ok!(stage(TECHNICIAN, LABORATORY, batch(MAX_STAGED, 1)));
        assert_ok!(refuse(PATIENT, &[number(0)]));
        assert_ok!(stage(DOCTOR, HOSPITAL, batch(MAX_STAGED + 1, 1)));
    });
}

#[test]
fn accept_and_refuse_fail_by_others_and_with_keys_that_do_not_wait() {
    with_staged(|| {
        for member in [DOCTOR, OTHER_DOCTOR, OTHER_PATIENT, SERVICE] {
            assert_noop!(accept(member, &[KEY]), Error::<Test>::NotController);
        }
        for member in [OTHER_DOCTOR, OTHER_PATIENT, SERVICE] {
            assert_noop!(refuse(member, &[KEY]), Error::<Test>::NotController);
        }
        for origin in refused_origins() {
            let keys = BoundedVec::truncate_from(vec![KEY]);
            let accepted = Records::accept_records(origin.clone(), CHART, keys.clone(), CONSENT);
            assert_noop!(accepted, DispatchError::BadOrigin);
            assert_noop!(Records::refuse_records(origin, CHART, keys, None), DispatchError::BadOrigin);
        }
        let created = RecordKey([3; 16]);
        assert_ok!(create(PATIENT, HOSPITAL, new_record(created)));
        for call in [accept as fn(MemberId, &[RecordKey]) -> DispatchResult, refuse] {
            assert_noop!(call(PATIENT, &[]), Error::<Test>::EmptyBatch);
            assert_noop!(call(PATIENT, &[KEY, KEY]), Error::<Test>::AlreadyExists);
            assert_noop!(call(PATIENT, &[KEY, number(9)]), Error::<Test>::NotFound);
            assert_noop!(call(PATIENT, &[KEY, created]), Error::<Test>::WrongState);
        }
        let keys = BoundedVec::truncate_from(vec![KEY]);
        let unbound = Records::accept_records(signed(PATIENT), CHART, keys.clone(), Digest::default());
        assert_noop!(unbound, Error::<Test>::InvalidDigest);
        let elsewhere = Records::accept_records(signed(PATIENT), UNKNOWN_CHART, keys, CONSENT);
        assert_noop!(elsewhere, Error::<Test>::NotFound);
    });
}

#[test]
fn a_staged_record_may_be_held_and_stays_held_when_it_is_accepted() {
    with_staged(|| {
        let hold = Hold { ground: HoldGround::HarmToOthers, until: START + 1_000 };
        assert_ok!(Records::hold_record(signed(DOCTOR), RECORD, hold));
        assert_ok!(accept(PATIENT, &[KEY]));
        assert_eq!(StoredRecords::<Test>::get(CHART, KEY).unwrap().hold, Some(hold));
    });
}
