// SPDX-License-Identifier: Apache-2.0

//! The four calls that change the state of a record.

use super::*;

const REASON: Option<Digest> = Some(Digest([0xaa; 32]));

type Change = fn(RuntimeOrigin, RecordId, Option<Digest>) -> DispatchResult;

const CHANGES: [Change; 4] =
    [Records::withdraw_record, Records::mark_entered_in_error, Records::restrict_record, Records::lift_restriction];

/// `DOCTOR` has every permission, and has created `RECORD`.
fn with_record(test: impl FnOnce()) {
    trusted_doctor().run(|| {
        assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
        test();
    });
}

fn state() -> RecordState {
    StoredRecords::<Test>::get(CHART, KEY).expect("the record exists").state
}

/// The answer to `reader`, who opens the record.
fn open(reader: MemberId, key: u8) -> Event<Test> {
    let session = ReadingSessionId([key; 16]);
    assert_ok!(Records::open_records(signed(reader), CHART, Scope::Record(KEY), Purpose::Treatment, session));
    events().pop().unwrap()
}

#[test]
fn each_change_is_stored_logged_and_told() {
    // S2-17, S4-17
    use RecordState::{Active, EnteredInError, Restricted, Withdrawn};
    for (change, member, from, to, action) in [
        (Records::withdraw_record as Change, DOCTOR, Active, Withdrawn, Action::RecordWithdrawn),
        (Records::mark_entered_in_error, DOCTOR, Active, EnteredInError, Action::RecordEnteredInError),
        (Records::restrict_record, PATIENT, Active, Restricted, Action::RecordRestricted),
        (Records::lift_restriction, PATIENT, Restricted, Active, Action::RestrictionLifted),
    ] {
        for reason in [REASON, None] {
            with_record(|| {
                bring_into(from);
                let before = StoredRecords::<Test>::get(CHART, KEY).unwrap();
                let first = Versions::<Test>::get((CHART, KEY, 0));
                assert_ok!(change(signed(member), RECORD, reason));

                let after = StoredRecords::<Test>::get(CHART, KEY).unwrap();
                assert_eq!(after, Record { state: to, ..before });
                assert_eq!(Versions::<Test>::get((CHART, KEY, 0)), first, "versions stay as they are");
                let institution = (member == DOCTOR).then_some(HOSPITAL);
                let entry = AuditEvent::by_member(member, institution, action, Subject::Record(RECORD, 0))
                    .because(reason.map(Reason::Text));
                assert_eq!(Log::entries().last(), Some(&(LogId::Chart(CHART), entry)));
                let event = Event::RecordStateChanged { record: RECORD, from, to, by: member };
                assert_eq!(events().last(), Some(&event));
            });
        }
    }
}

#[test]
fn a_change_succeeds_from_the_states_that_lead_there_and_from_no_other() {
    // S4-17: illegal transitions are rejected
    for (change, member, to) in [
        (Records::withdraw_record as Change, DOCTOR, RecordState::Withdrawn),
        (Records::mark_entered_in_error, DOCTOR, RecordState::EnteredInError),
        (Records::restrict_record, PATIENT, RecordState::Restricted),
    ] {
        for from in RecordState::ALL {
            with_record(|| {
                bring_into(from);
                if from.may_become(to) {
                    assert_ok!(change(signed(member), RECORD, REASON));
                } else {
                    assert_noop!(change(signed(member), RECORD, REASON), Error::<Test>::WrongState);
                }
            });
        }
    }
    for from in [RecordState::Active, RecordState::Withdrawn, RecordState::EnteredInError] {
        with_record(|| {
            bring_into(from);
            assert_noop!(Records::lift_restriction(signed(PATIENT), RECORD, None), Error::<Test>::WrongState);
        });
    }
}

#[test]
fn a_change_fails_when_the_origin_may_not_act() {
    with_record(|| {
        for change in CHANGES {
            for origin in refused_origins() {
                assert_noop!(change(origin, RECORD, REASON), DispatchError::BadOrigin);
            }
        }
    });
}

#[test]
fn a_change_fails_when_the_record_does_not_exist() {
    with_record(|| {
        let elsewhere = [RecordId { chart: OTHER_CHART, key: KEY }, RecordId { chart: UNKNOWN_CHART, key: KEY }];
        for unknown in elsewhere.into_iter().chain([RecordId { chart: CHART, key: OTHER_KEY }]) {
            for change in CHANGES {
                for member in [PATIENT, DOCTOR] {
                    assert_noop!(change(signed(member), unknown, None), Error::<Test>::NotFound);
                }
            }
        }
    });
}

#[test]
fn withdraw_record_fails_without_a_grant_to_withdraw() {
    // S4-22: each operation is granted alone
    with_record(|| {
        let withdraw = |member| Records::withdraw_record(signed(member), RECORD, None);
        let rest: Vec<_> = Permission::ALL.into_iter().filter(|it| *it != Permission::Withdraw).collect();
        grant(OTHER_DOCTOR, compartment(GENERAL), &rest);
        assert_noop!(withdraw(OTHER_DOCTOR), Error::<Test>::NotPermitted);
        assert_noop!(withdraw(PATIENT), Error::<Test>::NotPermitted);
        assert_noop!(withdraw(OTHER_PATIENT), Error::<Test>::NotPermitted);
        let allowed = grant(OTHER_DOCTOR, compartment(GENERAL), &[Permission::Withdraw]);
        hypothetically!({
            assert_ok!(withdraw(OTHER_DOCTOR));
        });
        revoke(allowed);
        assert_noop!(withdraw(OTHER_DOCTOR), Error::<Test>::NotPermitted);
    });
}

#[test]
fn withdraw_record_succeeds_for_a_patient_on_own_entries() {
    Builder::default().run(|| {
        assert_ok!(create(PATIENT, HOSPITAL, new_record(KEY)));
        assert_ok!(Records::withdraw_record(signed(PATIENT), RECORD, None));
        assert_eq!(state(), RecordState::Withdrawn);
    });
}

#[test]
fn mark_entered_in_error_succeeds_for_the_author_alone_even_without_a_grant() {
    Builder::default().run(|| {
        let given = grant(TECHNICIAN, compartment(GENERAL), &[Permission::Create]);
        assert_ok!(create(TECHNICIAN, LABORATORY, new_record(KEY)));
        revoke(given);
        grant(DOCTOR, compartment(GENERAL), &Permission::ALL);
        let mark = |member| Records::mark_entered_in_error(signed(member), RECORD, None);
        for other in [PATIENT, DOCTOR, OTHER_DOCTOR, OTHER_PATIENT, SERVICE_OF_LABORATORY] {
            assert_noop!(mark(other), Error::<Test>::NotAuthor);
        }
        assert_ok!(mark(TECHNICIAN));
        assert_eq!(state(), RecordState::EnteredInError);
    });
}

#[test]
fn only_the_controller_restricts_and_lifts() {
    with_record(|| {
        let others = [DOCTOR, OTHER_DOCTOR, OTHER_PATIENT, TECHNICIAN, SERVICE];
        for other in others {
            assert_noop!(Records::restrict_record(signed(other), RECORD, None), Error::<Test>::NotController);
        }
        assert_ok!(Records::restrict_record(signed(PATIENT), RECORD, None));
        for other in others {
            assert_noop!(Records::lift_restriction(signed(other), RECORD, None), Error::<Test>::NotController);
        }
    });
}

#[test]
fn a_restricted_record_is_opened_by_the_patient_only_and_by_others_again_when_it_is_lifted() {
    with_record(|| {
        assert!(matches!(open(DOCTOR, 1), Event::RecordsOpened { .. }));
        assert_ok!(Records::restrict_record(signed(PATIENT), RECORD, None));
        let denied = open(DOCTOR, 2);
        assert!(matches!(denied, Event::OpenDenied { denial: Denial::Restricted, .. }), "{denied:?}");
        assert!(matches!(open(OTHER_DOCTOR, 3), Event::OpenDenied { denial: Denial::NoGrant, .. }));
        assert!(matches!(open(PATIENT, 4), Event::RecordsOpened { .. }));
        assert_ok!(Records::lift_restriction(signed(PATIENT), RECORD, None));
        assert!(matches!(open(DOCTOR, 5), Event::RecordsOpened { .. }));
    });
}

#[test]
fn a_restricted_record_may_be_amended_and_stays_restricted() {
    with_record(|| {
        assert_ok!(Records::restrict_record(signed(PATIENT), RECORD, None));
        let next = version(2, GENERAL_EPOCH);
        assert_ok!(Records::amend_record(signed(DOCTOR), RECORD, 1, next, RecordGrantEnvelopes::default()));
        assert_eq!(state(), RecordState::Restricted);
    });
}

#[test]
fn a_record_that_is_withdrawn_or_in_error_is_never_amended_or_withdrawn() {
    for state in [RecordState::Withdrawn, RecordState::EnteredInError] {
        with_record(|| {
            bring_into(state);
            let next = version(2, GENERAL_EPOCH);
            let amended = Records::amend_record(signed(DOCTOR), RECORD, 1, next, RecordGrantEnvelopes::default());
            assert_noop!(amended, Error::<Test>::WrongState);
            assert_noop!(Records::withdraw_record(signed(DOCTOR), RECORD, None), Error::<Test>::WrongState);
            assert!(matches!(open(DOCTOR, 1), Event::OpenDenied { .. }));
        });
    }
}
