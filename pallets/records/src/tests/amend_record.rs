// SPDX-License-Identifier: Apache-2.0

use super::*;

fn amend(author: MemberId, number: u32, version: NewVersion) -> DispatchResult {
    Records::amend_record(signed(author), RECORD, number, version, RecordGrantEnvelopes::default())
}

fn sealed(grant: GrantId) -> SealedKey {
    SealedKey { grant, envelope: Digest([grant.0 as u8 + 1; 32]) }
}

fn amend_for(readers: &[GrantId], number: u32) -> DispatchResult {
    let envelopes: Vec<_> = readers.iter().map(|grant| sealed(*grant)).collect();
    let envelopes = RecordGrantEnvelopes::try_from(envelopes).expect("the envelopes are within their bound");
    let next = version(number as u8 + 1, GENERAL_EPOCH);
    Records::amend_record(signed(DOCTOR), RECORD, number, next, envelopes)
}

/// `DOCTOR` has created `RECORD`, and may amend it.
fn with_record(test: impl FnOnce()) {
    trusted_doctor().run(|| {
        assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
        test();
    });
}

fn stored(number: u32) -> Version {
    Versions::<Test>::get((CHART, KEY, number)).expect("the version exists")
}

#[test]
fn amend_record_adds_a_version_logs_and_tells() {
    // S1-06, S1-23, S2-15, S2-17
    with_record(|| {
        let first = stored(0);
        Clock::set(START + 1_000);
        assert_ok!(amend(DOCTOR, 1, version(2, GENERAL_EPOCH)));

        let record = StoredRecords::<Test>::get(CHART, KEY).unwrap();
        assert_eq!((record.versions, record.created_at), (2, START));
        assert_eq!(stored(0), first);
        let second = stored(1);
        assert_eq!((second.content, second.at, second.author), (Digest([2; 32]), START + 1_000, DOCTOR));
        assert_eq!(second.previous, first.hash());
        let entry = AuditEvent::by_member(DOCTOR, Some(HOSPITAL), Action::RecordAmended, Subject::Record(RECORD, 1))
            .because(Reason::Basis(Basis::Grant(GrantId(0))));
        assert_eq!(Log::entries().last(), Some(&(LogId::Chart(CHART), entry)));
        let event = Event::RecordAmended { record: RECORD, version: 1, author: DOCTOR, content: Digest([2; 32]) };
        assert_eq!(events().last(), Some(&event));
    });
}

#[test]
fn amend_record_chains_versions_by_hash() {
    // S0-42, S2-16: a change in an old version breaks the hash in the next one
    with_record(|| {
        for number in 1..MaxVersions::get() {
            Clock::set(START + u64::from(number));
            assert_ok!(amend(DOCTOR, number, version(number as u8 + 1, GENERAL_EPOCH)));
        }
        assert_eq!(stored(0).previous, Digest::default());
        for number in 1..MaxVersions::get() {
            let before = stored(number - 1);
            assert_eq!(stored(number).previous, before.hash());
            let forged = Version { author: OTHER_DOCTOR, ..before };
            assert_ne!(stored(number).previous, forged.hash());
        }
        assert_ok!(Records::do_try_state());
        hypothetically!({
            Versions::<Test>::mutate((CHART, KEY, 0), |version| version.as_mut().unwrap().size = 1);
            assert!(Records::do_try_state().is_err());
        });
    });
}

#[test]
fn amend_record_succeeds_for_a_patient_only_on_own_entries() {
    // S1-04, S1-07, S3-17
    with_record(|| {
        assert_noop!(amend(PATIENT, 1, version(2, GENERAL_EPOCH)), Error::<Test>::NotPermitted);
        assert_ok!(create(PATIENT, HOSPITAL, new_record(OTHER_KEY)));
        let own = RecordId { chart: CHART, key: OTHER_KEY };
        let next = version(2, GENERAL_EPOCH);
        assert_ok!(Records::amend_record(signed(PATIENT), own, 1, next, RecordGrantEnvelopes::default()));
    });
}

#[test]
fn amend_record_fails_when_the_origin_may_not_act() {
    with_record(|| {
        for origin in refused_origins() {
            let next = version(2, GENERAL_EPOCH);
            assert_noop!(
                Records::amend_record(origin, RECORD, 1, next, RecordGrantEnvelopes::default()),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn amend_record_fails_when_not_permitted() {
    // S1-14, S1-19: to read is not to write
    with_record(|| {
        let id = grant(OTHER_DOCTOR, compartment(GENERAL), &[Permission::Read, Permission::Create]);
        assert_noop!(amend(OTHER_DOCTOR, 1, version(2, GENERAL_EPOCH)), Error::<Test>::NotPermitted);
        revoke(id);
        assert_noop!(amend(OTHER_DOCTOR, 1, version(2, GENERAL_EPOCH)), Error::<Test>::NotPermitted);
        assert_noop!(amend(OTHER_PATIENT, 1, version(2, GENERAL_EPOCH)), Error::<Test>::NotPermitted);
    });
}

#[test]
fn amend_record_fails_when_a_laboratory_amends_what_another_institution_keeps() {
    // S1-07, S1-08
    with_record(|| {
        grant(TECHNICIAN, compartment(GENERAL), &Permission::ALL);
        assert_noop!(amend(TECHNICIAN, 1, version(2, GENERAL_EPOCH)), Error::<Test>::NotPermitted);
    });
}

#[test]
fn amend_record_fails_when_the_record_does_not_exist() {
    trusted_doctor().run(|| {
        assert_noop!(amend(DOCTOR, 1, version(2, GENERAL_EPOCH)), Error::<Test>::NotFound);
    });
}

#[test]
fn amend_record_fails_when_the_number_is_not_the_next() {
    with_record(|| {
        for number in [0, 2, u32::MAX] {
            assert_noop!(amend(DOCTOR, number, version(2, GENERAL_EPOCH)), Error::<Test>::VersionConflict);
        }
        assert_ok!(amend(DOCTOR, 1, version(2, GENERAL_EPOCH)));
        assert_noop!(amend(DOCTOR, 1, version(3, GENERAL_EPOCH)), Error::<Test>::VersionConflict);
    });
}

#[test]
fn amend_record_fails_past_the_last_version() {
    with_record(|| {
        let last = MaxVersions::get() - 1;
        for number in 1..=last {
            assert_ok!(amend(DOCTOR, number, version(number as u8 + 1, GENERAL_EPOCH)));
        }
        assert_noop!(amend(DOCTOR, last + 1, version(99, GENERAL_EPOCH)), Error::<Test>::TooManyVersions);
    });
}

#[test]
fn amend_record_fails_when_nothing_changed() {
    with_record(|| {
        assert_noop!(amend(DOCTOR, 1, version(1, GENERAL_EPOCH)), Error::<Test>::Unchanged);
        assert_ok!(amend(DOCTOR, 1, version(2, GENERAL_EPOCH)));
        // Going back to the content of an earlier version is a change.
        assert_ok!(amend(DOCTOR, 2, version(1, GENERAL_EPOCH)));
    });
}

#[test]
fn amend_record_fails_when_the_version_is_malformed() {
    with_record(|| {
        let good = version(2, GENERAL_EPOCH);
        let zero = Digest::default();
        let cases = [
            (NewVersion { epoch: GENERAL_EPOCH + 1, ..good.clone() }, Error::<Test>::StaleEpoch),
            (NewVersion { size: 0, ..good.clone() }, Error::<Test>::InvalidSize),
            (NewVersion { size: MaxRecordSize::get() + 1, ..good.clone() }, Error::<Test>::InvalidSize),
            (NewVersion { content: zero, ..good.clone() }, Error::<Test>::InvalidDigest),
            (NewVersion { key_envelope: zero, ..good }, Error::<Test>::InvalidDigest),
        ];
        for (version, error) in cases {
            assert_noop!(amend(DOCTOR, 1, version), error);
        }
    });
}

#[test]
fn amend_record_stores_one_envelope_for_each_live_grant_over_the_record() {
    // S3-15
    with_record(|| {
        let over_record = Scope::Record(KEY);
        let readers = [OTHER_DOCTOR, TECHNICIAN, OTHER_PATIENT].map(|it| grant(it, over_record, &[Permission::Read]));
        let [one, two, three] = readers;
        // A grantee who cannot read, reads something else or reads no more needs no envelope.
        grant(OTHER_DOCTOR, over_record, &[Permission::Amend]);
        grant(OTHER_DOCTOR, Scope::Record(OTHER_KEY), &[Permission::Read]);
        revoke(grant(OTHER_DOCTOR, over_record, &[Permission::Read]));

        assert_ok!(amend_for(&[three, one, two], 1));
        assert_eq!(stored(1).grant_envelopes.into_inner(), readers.map(sealed));
    });
}

#[test]
fn amend_record_succeeds_with_as_many_envelopes_as_grants_over_one_record_can_live() {
    with_record(|| {
        let bound = salus_primitives::access::MAX_RECORD_GRANTS;
        let readers: Vec<_> =
            (0..bound).map(|_| grant(OTHER_DOCTOR, Scope::Record(KEY), &[Permission::Read])).collect();
        assert_ok!(amend_for(&readers, 1));
        assert_eq!(stored(1).grant_envelopes.len(), bound as usize);
        assert!(RecordGrantEnvelopes::try_from(vec![sealed(GrantId(0)); bound as usize + 1]).is_err());
    });
}

#[test]
fn amend_record_fails_when_the_envelopes_are_not_exactly_those_of_the_grants() {
    with_record(|| {
        let [one, two] = [OTHER_DOCTOR, TECHNICIAN].map(|it| grant(it, Scope::Record(KEY), &[Permission::Read]));
        let unknown = GrantId(77);
        for wrong in [&[][..], &[one], &[two], &[one, one], &[one, two, two], &[one, two, unknown], &[one, unknown]] {
            assert_noop!(amend_for(wrong, 1), Error::<Test>::InvalidEnvelopes);
        }
        revoke(two);
        assert_noop!(amend_for(&[one, two], 1), Error::<Test>::InvalidEnvelopes);
        assert_ok!(amend_for(&[one], 1));
    });
}

#[test]
fn amend_record_fails_when_an_envelope_is_all_zero() {
    with_record(|| {
        let reader = grant(OTHER_DOCTOR, Scope::Record(KEY), &[Permission::Read]);
        let envelopes =
            RecordGrantEnvelopes::truncate_from(vec![SealedKey { grant: reader, envelope: Digest::default() }]);
        let next = version(2, GENERAL_EPOCH);
        assert_noop!(Records::amend_record(signed(DOCTOR), RECORD, 1, next, envelopes), Error::<Test>::InvalidDigest);
    });
}

/// Trap: an amendment without envelopes once weighed less than it read.
#[test]
fn amend_record_weighs_as_much_without_envelopes() {
    use frame_support::dispatch::GetDispatchInfo;
    let weight = |count: usize| {
        let grant_envelopes = RecordGrantEnvelopes::truncate_from(vec![sealed(GrantId(0)); count]);
        let version = version(2, GENERAL_EPOCH);
        let call = crate::Call::<Test>::amend_record { record: RECORD, number: 1, version, grant_envelopes };
        call.get_dispatch_info().call_weight
    };
    assert_eq!(weight(0), weight(8));
}
