// SPDX-License-Identifier: Apache-2.0

use super::*;

fn create_all(author: MemberId, custodian: InstitutionId, records: Vec<NewRecord>) -> DispatchResult {
    let records = BoundedVec::try_from(records).expect("the batch is within its bound");
    Records::create_medical_records(signed(author), CHART, custodian, records)
}

fn keyed(numbers: core::ops::Range<u32>) -> Vec<NewRecord> {
    numbers.map(|number| new_record(RecordKey(u128::from(number).to_be_bytes()))).collect()
}

#[test]
fn create_medical_records_stores_logs_and_tells_of_each() {
    // S1-15, S2-07
    trusted_doctor().run(|| {
        assert_ok!(create_all(DOCTOR, HOSPITAL, vec![new_record(KEY), new_result(OTHER_KEY)]));

        let compartment_of = |key| StoredRecords::<Test>::get(CHART, key).map(|record| record.compartment);
        assert_eq!(compartment_of(KEY), Some(GENERAL));
        assert_eq!(compartment_of(OTHER_KEY), Some(RESULTS));
        assert_eq!(Versions::<Test>::get((CHART, OTHER_KEY, 0)).map(|version| version.epoch), Some(RESULTS_EPOCH));
        let logged: Vec<_> = Log::entries().into_iter().map(|(_, entry)| (entry.subject, entry.reason)).collect();
        let other = RecordId { chart: CHART, key: OTHER_KEY };
        assert_eq!(
            logged,
            [
                (Subject::Record(RECORD, 0), Some(Reason::Basis(Basis::Grant(GrantId(0))))),
                (Subject::Record(other, 0), Some(Reason::Basis(Basis::Grant(GrantId(1))))),
            ]
        );
        assert_eq!(events().len(), 2);
    });
}

#[test]
fn create_medical_records_succeeds_at_the_bound_which_cannot_be_passed() {
    Builder::default().run(|| {
        assert_ok!(create_all(PATIENT, HOSPITAL, keyed(0..MAX_BATCH)));
        assert_eq!(StoredRecords::<Test>::iter_prefix(CHART).count(), MAX_BATCH as usize);
        assert_eq!(Log::entries().len(), MAX_BATCH as usize);
    });
    // One more does not even decode.
    let batch = |length| codec::Encode::encode(&keyed(0..length));
    type Batch = BoundedVec<NewRecord, frame_support::traits::ConstU32<MAX_BATCH>>;
    assert!(<Batch as codec::Decode>::decode(&mut &batch(MAX_BATCH)[..]).is_ok());
    assert!(<Batch as codec::Decode>::decode(&mut &batch(MAX_BATCH + 1)[..]).is_err());
}

#[test]
fn create_medical_records_fails_when_the_origin_may_not_act() {
    trusted_doctor().run(|| {
        for origin in refused_origins() {
            let records = BoundedVec::truncate_from(keyed(0..2));
            assert_noop!(Records::create_medical_records(origin, CHART, HOSPITAL, records), DispatchError::BadOrigin);
        }
    });
}

#[test]
fn create_medical_records_fails_when_empty() {
    Builder::default().run(|| {
        assert_noop!(create_all(PATIENT, HOSPITAL, vec![]), Error::<Test>::EmptyBatch);
    });
}

#[test]
fn create_medical_records_fails_when_a_key_stands_twice() {
    // S1-16
    Builder::default().run(|| {
        let twice = vec![new_record(KEY), new_record(OTHER_KEY), new_result(KEY)];
        assert_noop!(create_all(PATIENT, HOSPITAL, twice), Error::<Test>::AlreadyExists);
    });
}

#[test]
fn create_medical_records_creates_none_when_the_last_fails() {
    // B3 class 14: for each reason that one record can have
    Builder::default().grant(DOCTOR, compartment(GENERAL), &[Permission::Create]).run(|| {
        assert_ok!(create(PATIENT, HOSPITAL, new_record(KEY)));
        let zero = Digest::default();
        let with = |version| NewRecord { version, ..new_record(OTHER_KEY) };
        let good = version(1, GENERAL_EPOCH);
        let spoilers = [
            (new_record(KEY), Error::<Test>::AlreadyExists),
            (new_result(OTHER_KEY), Error::<Test>::NotPermitted),
            (NewRecord { compartment: UNKNOWN_COMPARTMENT, ..new_record(OTHER_KEY) }, Error::<Test>::NotFound),
            (with(NewVersion { epoch: GENERAL_EPOCH + 1, ..good.clone() }), Error::<Test>::StaleEpoch),
            (with(NewVersion { size: 0, ..good.clone() }), Error::<Test>::InvalidSize),
            (with(NewVersion { content: zero, ..good }), Error::<Test>::InvalidDigest),
        ];
        for (spoiler, error) in spoilers {
            let mut batch = keyed(0..MAX_BATCH - 1);
            batch.push(spoiler);
            assert_noop!(create_all(DOCTOR, HOSPITAL, batch), error);
        }
    });
}

#[test]
fn create_medical_records_fails_when_the_custodian_is_not_the_authors_to_name() {
    trusted_doctor().run(|| {
        assert_noop!(create_all(DOCTOR, LABORATORY, keyed(0..2)), Error::<Test>::NotOwnInstitution);
        assert_noop!(create_all(PATIENT, SUSPENDED_HOSPITAL, keyed(0..2)), Error::<Test>::InstitutionNotActive);
    });
}

#[test]
fn create_medical_records_weighs_more_for_more_records_and_compartments() {
    // B3 class 6
    use frame_support::dispatch::GetDispatchInfo;
    let weight = |records: Vec<NewRecord>| {
        let records = BoundedVec::truncate_from(records);
        let call = crate::Call::<Test>::create_medical_records { chart: CHART, custodian: HOSPITAL, records };
        call.get_dispatch_info().call_weight.ref_time()
    };
    assert!(weight(keyed(0..2)) < weight(keyed(0..3)));
    assert!(
        weight(vec![new_record(KEY), new_record(OTHER_KEY)]) < weight(vec![new_record(KEY), new_result(OTHER_KEY)])
    );
}
