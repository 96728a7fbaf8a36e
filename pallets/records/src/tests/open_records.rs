// SPDX-License-Identifier: Apache-2.0

use super::*;

const SESSION: ReadingSessionId = ReadingSessionId([7; 16]);
const OTHER_SESSION: ReadingSessionId = ReadingSessionId([8; 16]);

fn open(reader: MemberId, scope: Scope, purpose: Purpose, session: ReadingSessionId) -> DispatchResult {
    Records::open_records(signed(reader), CHART, scope, purpose, session)
}

/// Opens the general compartment for treatment.
fn open_general(reader: MemberId, session: ReadingSessionId) -> DispatchResult {
    open(reader, compartment(GENERAL), Purpose::Treatment, session)
}

fn is_open(reader: MemberId, key: ReadingSessionId) -> bool {
    session(reader, key).is_some()
}

/// Opens, and checks that the call only recorded the denial.
fn assert_denied(reader: MemberId, scope: Scope, purpose: Purpose, denial: Denial) {
    let (entries, denials) = (Log::entries().len(), Log::denials().len());
    assert_ok!(open(reader, scope, purpose, OTHER_SESSION));
    assert!(!is_open(reader, OTHER_SESSION));
    assert_eq!(Log::entries().len(), entries);
    assert_eq!(Log::denials().len(), denials + 1);
    let (chart, member, entry) = Log::denials().pop().unwrap();
    assert_eq!((chart, member, entry.actor), (CHART, reader, Actor::Member(reader)));
    assert_eq!(
        (entry.action, entry.subject, entry.purpose),
        (Action::ReadDenied, Subject::Scope(scope), Some(purpose))
    );
    assert_eq!(entry.reason, Some(Reason::Denial(denial)));
    assert_eq!(events().last(), Some(&Event::OpenDenied { chart: CHART, reader, scope, purpose, denial }));
}

#[test]
fn open_records_begins_a_session_logs_and_tells_when_permitted() {
    // S2-03, S2-04, S3-11, S4-07, S4-28, S4-31
    trusted_doctor().run(|| {
        let scope = compartment(GENERAL);
        assert_ok!(open(DOCTOR, scope, Purpose::Treatment, SESSION));

        let (basis, expires_at) = (Basis::Grant(GrantId(0)), START + SESSION_LENGTH);
        let (purpose, opened_at) = (Purpose::Treatment, START);
        let opened = Session { chart: CHART, scope, purpose, basis, opened_at, expires_at, entry: 0 };
        assert_eq!(session(DOCTOR, SESSION), Some(opened));
        let entry = AuditEvent::by_member(DOCTOR, Some(HOSPITAL), Action::ReadPermitted, Subject::Scope(scope))
            .for_purpose(Purpose::Treatment)
            .because(Reason::Basis(basis));
        assert_eq!(Log::entries(), [(LogId::Chart(CHART), entry)]);
        assert_eq!(Log::denials(), []);
        let event = Event::RecordsOpened {
            chart: CHART,
            reader: DOCTOR,
            session: SESSION,
            scope,
            purpose: Purpose::Treatment,
            basis,
            expires_at,
        };
        assert_eq!(events(), [event]);
    });
}

#[test]
fn open_records_succeeds_for_the_controller_and_for_one_record() {
    Builder::default().run(|| {
        assert_ok!(create(PATIENT, HOSPITAL, new_record(KEY)));
        assert_ok!(open_general(PATIENT, SESSION));
        assert_eq!(session(PATIENT, SESSION).unwrap().basis, Basis::Controller);
        let id = grant(OTHER_DOCTOR, Scope::Record(KEY), &[Permission::Read]);
        assert_ok!(open(OTHER_DOCTOR, Scope::Record(KEY), Purpose::Treatment, SESSION));
        assert_eq!(session(OTHER_DOCTOR, SESSION).unwrap().basis, Basis::Grant(id));
        // A grant over one record does not open its compartment.
        assert_denied(OTHER_DOCTOR, compartment(GENERAL), Purpose::Treatment, Denial::NoGrant);
    });
}

#[test]
fn open_records_fails_when_the_signer_is_not_a_member() {
    trusted_doctor().run(|| {
        for origin in foreign_origins() {
            let call = Records::open_records(origin, CHART, compartment(GENERAL), Purpose::Treatment, SESSION);
            assert_noop!(call, DispatchError::BadOrigin);
        }
    });
}

/// Trap: a suspended or expired reader's attempt once failed before the decision and left no entry.
#[test]
fn open_records_records_a_denial_when_the_reader_may_not_act() {
    let mut chain = Builder::default();
    for (member, _) in INACTIVE {
        chain = chain.grant(member, compartment(GENERAL), &Permission::ALL);
    }
    chain.run(|| {
        for (member, denial) in INACTIVE {
            assert_denied(member, compartment(GENERAL), Purpose::Treatment, denial);
            // A chart that does not exist has no log.
            let call =
                Records::open_records(signed(member), UNKNOWN_CHART, compartment(GENERAL), Purpose::Treatment, SESSION);
            assert_noop!(call, Error::<Test>::NotFound);
        }
    });
}

#[docify::export]
#[test]
fn open_records_records_every_denial() {
    // S1-05, S1-13, S1-19, S2-04, S3-18, S4-23
    Builder::default().run(|| {
        assert_ok!(create(PATIENT, HOSPITAL, new_record(KEY)));
        let (general, results, record) = (compartment(GENERAL), compartment(RESULTS), Scope::Record(KEY));

        assert_denied(OTHER_DOCTOR, general, Purpose::Treatment, Denial::NoGrant);
        assert_denied(OTHER_DOCTOR, record, Purpose::Treatment, Denial::NoGrant);
        assert_denied(OTHER_PATIENT, general, Purpose::Treatment, Denial::NoGrant);

        grant(DOCTOR, general, &[Permission::Create]);
        assert_denied(DOCTOR, general, Purpose::Treatment, Denial::PermissionNotGranted);
        let id = grant(DOCTOR, general, &[Permission::Read]);
        assert_denied(DOCTOR, general, Purpose::Payment, Denial::PurposeNotGranted);
        assert_denied(DOCTOR, general, Purpose::Research, Denial::NotDeIdentified);
        assert_denied(DOCTOR, results, Purpose::Treatment, Denial::NoGrant);
        revoke(id);
        assert_denied(DOCTOR, general, Purpose::Treatment, Denial::Revoked);
    });
}

#[test]
fn open_records_records_a_denial_for_emergency() {
    // Emergency access comes later. Until then the purpose alone opens nothing.
    trusted_doctor().run(|| {
        assert_denied(DOCTOR, compartment(GENERAL), Purpose::Emergency, Denial::PurposeNotGranted);
        assert_denied(OTHER_DOCTOR, compartment(GENERAL), Purpose::Emergency, Denial::NoGrant);
    });
}

#[test]
fn open_records_records_a_denial_for_what_does_not_exist_in_the_chart() {
    trusted_doctor().run(|| {
        assert_denied(DOCTOR, Scope::Record(KEY), Purpose::Treatment, Denial::NotFound);
        assert_denied(DOCTOR, compartment(UNKNOWN_COMPARTMENT), Purpose::Treatment, Denial::NotFound);
    });
}

#[test]
fn open_records_fails_when_the_chart_does_not_exist() {
    trusted_doctor().run(|| {
        for scope in [compartment(GENERAL), Scope::Record(KEY)] {
            assert_noop!(
                Records::open_records(signed(DOCTOR), UNKNOWN_CHART, scope, Purpose::Treatment, SESSION),
                Error::<Test>::NotFound
            );
        }
    });
}

#[test]
fn open_records_records_repeated_denials_each_time() {
    Builder::default().run(|| {
        for _ in 0..3 {
            assert_denied(OTHER_DOCTOR, compartment(GENERAL), Purpose::Treatment, Denial::NoGrant);
        }
        assert_eq!(Log::denials().len(), 3);
        assert_eq!(events().len(), 3);
    });
}

#[test]
fn open_records_keeps_the_log_of_a_denial_when_dispatched() {
    // The call has to succeed: an error would roll the entry back.
    use sp_runtime::traits::Dispatchable;
    Builder::default().run(|| {
        let call = RuntimeCall::Records(crate::Call::open_records {
            chart: CHART,
            scope: compartment(GENERAL),
            purpose: Purpose::Treatment,
            session: SESSION,
        });
        assert_ok!(call.dispatch(signed(OTHER_DOCTOR)));
        assert_eq!(Log::denials().len(), 1);
    });
}

#[test]
fn open_records_fails_when_the_session_runs_and_succeeds_from_its_end_on() {
    trusted_doctor().run(|| {
        assert_ok!(open_general(DOCTOR, SESSION));
        Clock::set(START + SESSION_LENGTH - 1);
        assert_noop!(open_general(DOCTOR, SESSION), Error::<Test>::SessionExists);
        assert_noop!(open(DOCTOR, compartment(RESULTS), Purpose::Treatment, SESSION), Error::<Test>::SessionExists);
        // The end of a session is judged by time.
        Clock::set(START + SESSION_LENGTH);
        assert_ok!(open_general(DOCTOR, SESSION));
        assert_eq!(session(DOCTOR, SESSION).unwrap().opened_at, START + SESSION_LENGTH);
    });
}

#[test]
fn open_records_records_a_denial_although_the_session_key_is_in_use() {
    // A reader must not be able to try scopes without a trace, by naming a used session key.
    trusted_doctor().run(|| {
        assert_ok!(open_general(DOCTOR, OTHER_SESSION));
        let (chart, scope) = (OTHER_CHART, compartment(GENERAL));
        assert_ok!(Records::open_records(signed(DOCTOR), chart, scope, Purpose::Treatment, OTHER_SESSION));
        assert_eq!(Log::denials().len(), 1);
        assert_eq!(session(DOCTOR, OTHER_SESSION).unwrap().chart, CHART);
    });
}

#[test]
fn open_records_succeeds_for_two_readers_with_the_same_session_key() {
    trusted_doctor().run(|| {
        assert_ok!(open_general(DOCTOR, SESSION));
        assert_ok!(open_general(PATIENT, SESSION));
        assert_eq!(session(DOCTOR, SESSION).unwrap().basis, Basis::Grant(GrantId(0)));
    });
}

#[test]
fn open_records_weighs_as_much_as_its_worse_outcome() {
    use crate::WeightInfo;
    use frame_support::dispatch::GetDispatchInfo;
    let (scope, purpose) = (compartment(GENERAL), Purpose::Treatment);
    let call = crate::Call::<Test>::open_records { chart: CHART, scope, purpose, session: SESSION };
    let weight = call.get_dispatch_info().call_weight;
    assert!(weight.all_gte(<() as WeightInfo>::open_records_permitted()));
    assert!(weight.all_gte(<() as WeightInfo>::open_records_denied()));
}

/// Trap: one reader could once add some thousand entries a minute to a patient's log.
#[test]
fn open_records_again_within_the_term_of_a_session_adds_a_key_and_no_entry() {
    let key = |number: u8| ReadingSessionId([number; 16]);
    trusted_doctor().run(|| {
        assert_ok!(open_general(DOCTOR, key(0)));
        for number in 1..10 {
            Clock::wait(1_000);
            assert_ok!(open_general(DOCTOR, key(number)));
            assert_eq!(session(DOCTOR, key(number)), session(DOCTOR, key(0)), "the term does not grow");
        }
        assert_eq!(Log::entries().len(), 1);
        assert_eq!(events().len(), 10);
        // Another scope, another purpose, another reader: each has an entry of its own.
        assert_ok!(open(DOCTOR, compartment(RESULTS), Purpose::Treatment, key(20)));
        assert_ok!(open(DOCTOR, compartment(GENERAL), Purpose::Laboratory, key(21)));
        assert_ok!(open_general(PATIENT, key(0)));
        assert_eq!(Log::entries().len(), 4);
        // So has another basis: the log names the basis of each read.
        revoke(GrantId(0));
        grant(DOCTOR, compartment(GENERAL), &[Permission::Read]);
        assert_ok!(open_general(DOCTOR, key(22)));
        assert_eq!(Log::entries().len(), 5);
        // And the first open after the term.
        Clock::wait(SESSION_LENGTH);
        assert_ok!(open_general(PATIENT, key(1)));
        assert_ok!(open_general(PATIENT, key(2)));
        assert_eq!(Log::entries().len(), 6);
    });
}

#[test]
fn open_records_within_a_session_is_denied_once_the_grant_is_revoked() {
    trusted_doctor().run(|| {
        assert_ok!(open_general(DOCTOR, SESSION));
        revoke(GrantId(0));
        assert_denied(DOCTOR, compartment(GENERAL), Purpose::Treatment, Denial::Revoked);
    });
}

#[test]
fn open_records_fails_past_the_bound_of_running_sessions() {
    let key = |number: u32| ReadingSessionId(u128::from(number).to_be_bytes());
    trusted_doctor().run(|| {
        for number in 0..MAX_SESSIONS {
            assert_ok!(open_general(DOCTOR, key(number)));
        }
        assert_noop!(open_general(DOCTOR, key(MAX_SESSIONS)), Error::<Test>::TooManySessions);
        assert_ok!(open_general(PATIENT, key(MAX_SESSIONS)));
        // The next open removes expired sessions.
        Clock::set(START + SESSION_LENGTH);
        assert_ok!(open_general(DOCTOR, key(MAX_SESSIONS)));
        assert_eq!(Sessions::<Test>::get(DOCTOR).len(), 1);
    });
}
