// SPDX-License-Identifier: Apache-2.0

use super::*;

const SESSION: SessionKey = SessionKey([7; 16]);
const OTHER_SESSION: SessionKey = SessionKey([8; 16]);

fn open(reader: MemberId, scope: Scope, purpose: Purpose, session: SessionKey) -> DispatchResult {
    Records::open_records(signed(reader), CHART, scope, purpose, session)
}

/// Opens the general compartment for treatment.
fn open_general(reader: MemberId, session: SessionKey) -> DispatchResult {
    open(reader, compartment(GENERAL), Purpose::Treatment, session)
}

fn is_open(reader: MemberId, session: SessionKey) -> bool {
    Sessions::<Test>::contains_key(reader, session)
}

/// Opens, and checks that the denial is recorded and nothing else happened.
fn assert_denied(reader: MemberId, scope: Scope, purpose: Purpose, denial: Denial) {
    let (entries, denials) = (Log::get().len(), Denials::get().len());
    assert_ok!(open(reader, scope, purpose, OTHER_SESSION));
    assert!(!is_open(reader, OTHER_SESSION));
    assert_eq!(Log::get().len(), entries);
    assert_eq!(Denials::get().len(), denials + 1);
    let (chart, member, entry) = Denials::get().pop().unwrap();
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
        let session = Session { chart: CHART, scope, purpose: Purpose::Treatment, basis, opened_at: START, expires_at };
        assert_eq!(Sessions::<Test>::get(DOCTOR, SESSION), Some(session));
        let queued = QueuedSession { reader: DOCTOR, session: SESSION, expires_at };
        assert_eq!(SessionQueue::<Test>::get(0), Some(queued));
        assert_eq!(NextSession::<Test>::get(), 1);
        let entry = AuditEvent::by_member(DOCTOR, Some(HOSPITAL), Action::ReadPermitted, Subject::Scope(scope))
            .for_purpose(Purpose::Treatment)
            .because(Reason::Basis(basis));
        assert_eq!(Log::get(), [(LogId::Chart(CHART), entry)]);
        assert_eq!(Denials::get(), []);
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
        assert_eq!(Sessions::<Test>::get(PATIENT, SESSION).unwrap().basis, Basis::Controller);
        let id = grant(OTHER_DOCTOR, Scope::Record(KEY), &[Permission::Read]);
        assert_ok!(open(OTHER_DOCTOR, Scope::Record(KEY), Purpose::Treatment, SESSION));
        assert_eq!(Sessions::<Test>::get(OTHER_DOCTOR, SESSION).unwrap().basis, Basis::Grant(id));
        // A grant over one record does not open its compartment.
        assert_denied(OTHER_DOCTOR, compartment(GENERAL), Purpose::Treatment, Denial::NoGrant);
    });
}

#[test]
fn open_records_fails_when_the_origin_may_not_act() {
    trusted_doctor().run(|| {
        for (origin, error) in refused_origins() {
            let scope = compartment(GENERAL);
            assert_noop!(Records::open_records(origin, CHART, scope, Purpose::Treatment, SESSION), error);
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
    // Emergency access comes later; until then nothing can be opened by merely saying so.
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
        assert_eq!(Denials::get().len(), 3);
        assert_eq!(events().len(), 3);
    });
}

#[test]
fn open_records_keeps_the_log_of_a_denial_when_dispatched() {
    // The call has to succeed: an error would take the entry back.
    use sp_runtime::traits::Dispatchable;
    Builder::default().run(|| {
        let call = RuntimeCall::Records(crate::Call::open_records {
            chart: CHART,
            scope: compartment(GENERAL),
            purpose: Purpose::Treatment,
            session: SESSION,
        });
        assert_ok!(call.dispatch(signed(OTHER_DOCTOR)));
        assert_eq!(Denials::get().len(), 1);
    });
}

#[test]
fn open_records_fails_when_the_session_runs_and_succeeds_from_its_end_on() {
    trusted_doctor().run(|| {
        assert_ok!(open_general(DOCTOR, SESSION));
        Now::set(START + SESSION_LENGTH - 1);
        assert_noop!(open_general(DOCTOR, SESSION), Error::<Test>::SessionExists);
        assert_noop!(open(DOCTOR, compartment(RESULTS), Purpose::Treatment, SESSION), Error::<Test>::SessionExists);
        // Clean-up has not run: the end of a session is judged by time.
        Now::set(START + SESSION_LENGTH);
        assert_ok!(open_general(DOCTOR, SESSION));
        assert_eq!(Sessions::<Test>::get(DOCTOR, SESSION).unwrap().opened_at, START + SESSION_LENGTH);
    });
}

#[test]
fn open_records_records_a_denial_although_the_session_key_is_in_use() {
    // A used session key must not be a way to try doors without a trace.
    trusted_doctor().run(|| {
        assert_ok!(open_general(DOCTOR, OTHER_SESSION));
        let (chart, scope) = (OTHER_CHART, compartment(GENERAL));
        assert_ok!(Records::open_records(signed(DOCTOR), chart, scope, Purpose::Treatment, OTHER_SESSION));
        assert_eq!(Denials::get().len(), 1);
        assert_eq!(Sessions::<Test>::get(DOCTOR, OTHER_SESSION).unwrap().chart, CHART);
    });
}

#[test]
fn open_records_succeeds_for_two_readers_with_the_same_session_key() {
    trusted_doctor().run(|| {
        assert_ok!(open_general(DOCTOR, SESSION));
        assert_ok!(open_general(PATIENT, SESSION));
        assert_eq!(Sessions::<Test>::get(DOCTOR, SESSION).unwrap().basis, Basis::Grant(GrantId(0)));
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
