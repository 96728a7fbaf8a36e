// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn create_medical_record_stores_logs_and_tells_when_a_doctor_may_create() {
    // S1-15, S2-02, S3-06, S3-07, S3-09, S3-30
    trusted_doctor().run(|| {
        assert_ok!(create(DOCTOR, HOSPITAL, new_result(KEY)));

        let record = Record {
            compartment: RESULTS,
            author: DOCTOR,
            custodian: HOSPITAL,
            state: RecordState::Active,
            versions: 1,
            created_at: START,
            hold: None,
        };
        assert_eq!(StoredRecords::<Test>::get(CHART, KEY), Some(record));
        let first = Version {
            author: DOCTOR,
            content: Digest([1; 32]),
            key_envelope: Digest([0xee; 32]),
            epoch: RESULTS_EPOCH,
            size: 4_096,
            at: START,
            previous: Digest::default(),
            grant_envelopes: RecordGrantEnvelopes::default(),
        };
        assert_eq!(Versions::<Test>::get((CHART, KEY, 0)), Some(first));
        let entry = AuditEvent::by_member(DOCTOR, Some(HOSPITAL), Action::RecordCreated, Subject::Record(RECORD, 0))
            .because(Reason::Basis(Basis::Grant(GrantId(1))));
        assert_eq!(Log::entries(), [(LogId::Chart(CHART), entry)]);
        let event = Event::RecordCreated {
            record: RECORD,
            compartment: RESULTS,
            author: DOCTOR,
            custodian: HOSPITAL,
            content: Digest([1; 32]),
        };
        assert_eq!(events(), [event]);
    });
}

#[test]
fn create_medical_record_succeeds_for_a_patient_with_any_active_custodian() {
    // S2-06, S3-19
    Builder::default().run(|| {
        assert_ok!(create(PATIENT, OTHER_HOSPITAL, new_record(KEY)));
        assert_eq!(StoredRecords::<Test>::get(CHART, KEY).map(|record| record.custodian), Some(OTHER_HOSPITAL));
        let [(log, entry)] = <[_; 1]>::try_from(Log::entries()).unwrap();
        assert_eq!(log, LogId::Chart(CHART));
        assert_eq!(entry.actor, Actor::Member(PATIENT));
        assert_eq!(entry.institution, None);
        assert_eq!(entry.reason, Some(Reason::Basis(Basis::Controller)));
    });
}

#[test]
fn create_medical_record_succeeds_for_the_same_key_in_another_chart() {
    Builder::default().run(|| {
        assert_ok!(create(PATIENT, HOSPITAL, new_record(KEY)));
        let new = new_record(KEY);
        assert_ok!(Records::create_medical_record(signed(OTHER_PATIENT), OTHER_CHART, HOSPITAL, new));
    });
}

#[test]
fn create_medical_record_fails_when_the_origin_may_not_act() {
    // S0-51, B3 class 1
    trusted_doctor().run(|| {
        for origin in refused_origins() {
            assert_noop!(
                Records::create_medical_record(origin, CHART, HOSPITAL, new_record(KEY)),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn create_medical_record_fails_when_not_permitted() {
    // S1-06, S1-08, S1-12, S1-13, S3-06, S3-18
    let may_only_read = [Permission::Read, Permission::Amend];
    Builder::default().grant(DOCTOR, compartment(GENERAL), &may_only_read).run(|| {
        let refused = DispatchError::from(Error::<Test>::NotPermitted);
        assert_noop!(create(DOCTOR, HOSPITAL, new_record(KEY)), refused);
        assert_noop!(create(OTHER_DOCTOR, OTHER_HOSPITAL, new_record(KEY)), refused);
        assert_noop!(create(TECHNICIAN, LABORATORY, new_result(KEY)), refused);
        assert_noop!(create(OTHER_PATIENT, HOSPITAL, new_record(KEY)), refused);
        assert_eq!(Log::denials(), []);
    });
}

#[test]
fn create_medical_record_fails_when_the_grant_is_revoked_or_for_another_compartment() {
    // S1-19
    Builder::default().run(|| {
        let id = grant(DOCTOR, compartment(GENERAL), &[Permission::Create]);
        assert_noop!(create(DOCTOR, HOSPITAL, new_result(KEY)), Error::<Test>::NotPermitted);
        hypothetically!({
            assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
        });
        revoke(id);
        assert_noop!(create(DOCTOR, HOSPITAL, new_record(KEY)), Error::<Test>::NotPermitted);
    });
}

#[test]
fn create_medical_record_fails_when_chart_or_compartment_does_not_exist() {
    Builder::default().run(|| {
        let new = new_record(KEY);
        assert_noop!(
            Records::create_medical_record(signed(PATIENT), UNKNOWN_CHART, HOSPITAL, new.clone()),
            Error::<Test>::NotFound
        );
        let astray = NewRecord { compartment: UNKNOWN_COMPARTMENT, ..new };
        assert_noop!(create(PATIENT, HOSPITAL, astray), Error::<Test>::NotFound);
    });
}

#[test]
fn create_medical_record_fails_when_staff_name_another_institution() {
    trusted_doctor().run(|| {
        assert_noop!(create(DOCTOR, OTHER_HOSPITAL, new_record(KEY)), Error::<Test>::NotOwnInstitution);
        assert_noop!(create(DOCTOR, InstitutionId(99), new_record(KEY)), Error::<Test>::NotOwnInstitution);
    });
}

#[test]
fn create_medical_record_fails_when_a_patient_names_an_inactive_or_unknown_institution() {
    Builder::default().run(|| {
        for custodian in [SUSPENDED_HOSPITAL, InstitutionId(99)] {
            assert_noop!(create(PATIENT, custodian, new_record(KEY)), Error::<Test>::InstitutionNotActive);
        }
    });
}

#[test]
fn create_medical_record_fails_when_the_key_is_in_use() {
    // S1-16; also for its author, so that a retry changes nothing
    trusted_doctor().run(|| {
        assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
        assert_noop!(create(DOCTOR, HOSPITAL, new_record(KEY)), Error::<Test>::AlreadyExists);
        assert_noop!(create(PATIENT, HOSPITAL, new_result(KEY)), Error::<Test>::AlreadyExists);
    });
}

#[test]
fn create_medical_record_fails_when_the_epoch_is_not_the_current_one() {
    trusted_doctor().run(|| {
        for epoch in [0, RESULTS_EPOCH - 1, RESULTS_EPOCH + 1, u32::MAX] {
            let new = NewRecord { version: version(1, epoch), ..new_result(KEY) };
            assert_noop!(create(DOCTOR, HOSPITAL, new), Error::<Test>::StaleEpoch);
        }
    });
}

#[test]
fn create_medical_record_fails_when_the_size_is_out_of_bounds() {
    Builder::default().run(|| {
        let sized = |size| NewRecord { version: NewVersion { size, ..version(1, GENERAL_EPOCH) }, ..new_record(KEY) };
        for size in [0, MaxRecordSize::get() + 1, u64::MAX] {
            assert_noop!(create(PATIENT, HOSPITAL, sized(size)), Error::<Test>::InvalidSize);
        }
        for size in [1, MaxRecordSize::get()] {
            hypothetically!({
                assert_ok!(create(PATIENT, HOSPITAL, sized(size)));
            });
        }
    });
}

#[test]
fn create_medical_record_fails_when_a_digest_is_all_zero() {
    Builder::default().run(|| {
        let zero = Digest::default();
        let good = version(1, GENERAL_EPOCH);
        let without_content = NewVersion { content: zero, ..good.clone() };
        let without_envelope = NewVersion { key_envelope: zero, ..good };
        for version in [without_content, without_envelope] {
            let new = NewRecord { version, ..new_record(KEY) };
            assert_noop!(create(PATIENT, HOSPITAL, new), Error::<Test>::InvalidDigest);
        }
    });
}
