// SPDX-License-Identifier: Apache-2.0

//! Corrections that a patient asks for, their answers, and statements of disagreement (S2-17, S4-17).

use super::*;
use crate::Corrections;
use salus_primitives::corrections::{Correction, CorrectionAnswer, ANSWER_TIME};
use CorrectionAnswer::{Corrected, Declined};

const REASON: Digest = Digest([0xaa; 32]);
const STATEMENT: RecordKey = OTHER_KEY;

/// `DOCTOR` has every permission, and has created `RECORD`.
fn with_record(test: impl FnOnce()) {
    trusted_doctor().run(|| {
        assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
        test();
    });
}

fn request() -> DispatchResult {
    Records::request_correction(signed(PATIENT), RECORD, REASON)
}

fn answer(member: MemberId, answer: CorrectionAnswer) -> DispatchResult {
    Records::answer_correction(signed(member), RECORD, answer, Some(REASON))
}

fn amend() -> DispatchResult {
    let number = StoredRecords::<Test>::get(CHART, KEY).unwrap().versions;
    let next = version(number as u8 + 1, GENERAL_EPOCH);
    Records::amend_record(signed(DOCTOR), RECORD, number, next, RecordGrantEnvelopes::default())
}

/// The patient writes a statement, and attaches it.
fn disagree(statement: RecordKey) -> DispatchResult {
    assert_ok!(create(PATIENT, HOSPITAL, new_record(statement)));
    attach(statement)
}

fn attach(statement: RecordKey) -> DispatchResult {
    Records::attach_statement(signed(PATIENT), RECORD, statement)
}

fn correction() -> Option<Correction> {
    Corrections::<Test>::get(CHART, KEY)
}

/// The newest entry of the log and the newest event.
fn told() -> (AuditEvent, Event<Test>) {
    let entry = Log::entries().pop().unwrap();
    assert_eq!(entry.0, LogId::Chart(CHART));
    (entry.1, events().pop().unwrap())
}

#[test]
fn a_request_and_its_answer_are_stored_logged_and_told() {
    for (given, action) in [(Corrected, Action::CorrectionMade), (Declined, Action::CorrectionDeclined)] {
        with_record(|| {
            let requested_at = Clock::now();
            assert_ok!(request());
            let asked = Correction { requested_at, versions: 1, answer: None, statement: None };
            assert_eq!(correction(), Some(asked));
            let entry = AuditEvent::by_member(PATIENT, None, Action::CorrectionRequested, Subject::Record(RECORD, 0));
            let entry = entry.because(Some(Reason::Text(REASON)));
            assert_eq!(told(), (entry, Event::CorrectionRequested { record: RECORD, by: PATIENT }));

            assert_ok!(amend());
            assert_ok!(answer(DOCTOR, given));
            assert_eq!(correction(), Some(Correction { answer: Some(given), ..asked }));
            let entry = AuditEvent::by_member(DOCTOR, Some(HOSPITAL), action, Subject::Record(RECORD, 1));
            let entry = entry.because(Some(Reason::Text(REASON)));
            assert_eq!(told(), (entry, Event::CorrectionAnswered { record: RECORD, answer: given, by: DOCTOR }));
        });
    }
}

#[test]
fn a_statement_is_stored_logged_and_told() {
    with_record(|| {
        assert_ok!(request());
        assert_ok!(answer(DOCTOR, Declined));
        assert_ok!(disagree(STATEMENT));
        assert_eq!(correction().and_then(|it| it.statement), Some(STATEMENT));
        let subject = Subject::Statement(RECORD, STATEMENT);
        let entry = AuditEvent::by_member(PATIENT, None, Action::StatementAttached, subject);
        assert_eq!(told(), (entry, Event::StatementAttached { record: RECORD, statement: STATEMENT }));
    });
}

#[test]
fn the_calls_fail_when_the_origin_may_not_act() {
    with_record(|| {
        assert_ok!(request());
        for origin in refused_origins() {
            let calls = [
                Records::request_correction(origin.clone(), RECORD, REASON),
                Records::answer_correction(origin.clone(), RECORD, Declined, Some(REASON)),
                Records::attach_statement(origin, RECORD, STATEMENT),
            ];
            assert_eq!(calls, [Err(DispatchError::BadOrigin); 3]);
        }
        assert_eq!(Log::entries().len(), 2);
    });
}

#[test]
fn the_calls_fail_when_the_record_does_not_exist() {
    with_record(|| {
        for unknown in [(OTHER_CHART, KEY), (UNKNOWN_CHART, KEY), (CHART, OTHER_KEY)] {
            let unknown = RecordId { chart: unknown.0, key: unknown.1 };
            for member in [PATIENT, DOCTOR] {
                let origin = || signed(member);
                let requested = Records::request_correction(origin(), unknown, REASON);
                assert_noop!(requested, Error::<Test>::NotFound);
                let answered = Records::answer_correction(origin(), unknown, Corrected, None);
                assert_noop!(answered, Error::<Test>::NotFound);
                assert_noop!(Records::attach_statement(origin(), unknown, KEY), Error::<Test>::NotFound);
            }
        }
    });
}

#[test]
fn only_the_controller_requests_and_disagrees() {
    with_record(|| {
        assert_ok!(request());
        assert_ok!(answer(DOCTOR, Declined));
        for other in [DOCTOR, OTHER_DOCTOR, OTHER_PATIENT, TECHNICIAN, SERVICE] {
            let requested = Records::request_correction(signed(other), RECORD, REASON);
            assert_noop!(requested, Error::<Test>::NotController);
            let attached = Records::attach_statement(signed(other), RECORD, STATEMENT);
            assert_noop!(attached, Error::<Test>::NotController);
        }
    });
}

#[test]
fn request_correction_fails_for_the_own_entry() {
    with_record(|| {
        assert_ok!(create(PATIENT, HOSPITAL, new_record(OTHER_KEY)));
        let own = RecordId { chart: CHART, key: OTHER_KEY };
        assert_noop!(Records::request_correction(signed(PATIENT), own, REASON), Error::<Test>::IsAuthor);
    });
}

#[test]
fn request_correction_fails_when_the_record_does_not_count_any_more() {
    for state in RecordState::ALL {
        with_record(|| {
            bring_into(state);
            if state.stands() {
                assert_ok!(request());
            } else {
                assert_noop!(request(), Error::<Test>::WrongState);
            }
        });
    }
}

#[test]
fn request_correction_fails_without_a_hash_and_while_another_is_open() {
    with_record(|| {
        let without = Records::request_correction(signed(PATIENT), RECORD, Digest::default());
        assert_noop!(without, Error::<Test>::InvalidDigest);
        assert_ok!(request());
        Clock::wait(ANSWER_TIME);
        assert_noop!(request(), Error::<Test>::CorrectionOpen);
        assert_ok!(answer(DOCTOR, Declined));
        assert_ok!(request());
        assert_eq!(correction().map(|it| (it.requested_at, it.answer)), Some((Clock::now(), None)));
    });
}

#[test]
fn answer_correction_fails_when_none_is_open() {
    with_record(|| {
        assert_noop!(answer(DOCTOR, Declined), Error::<Test>::NoCorrection);
        assert_ok!(request());
        assert_ok!(answer(DOCTOR, Declined));
        assert_noop!(answer(DOCTOR, Declined), Error::<Test>::NoCorrection);
    });
}

#[test]
fn the_author_answers_without_a_grant_and_others_with_a_grant_to_amend() {
    Builder::default().run(|| {
        let given = grant(TECHNICIAN, compartment(GENERAL), &[Permission::Create]);
        assert_ok!(create(TECHNICIAN, LABORATORY, new_record(KEY)));
        revoke(given);
        assert_ok!(request());
        let rest: Vec<_> = Permission::ALL.into_iter().filter(|it| *it != Permission::Amend).collect();
        grant(DOCTOR, compartment(GENERAL), &rest);
        for other in [PATIENT, DOCTOR, OTHER_DOCTOR, OTHER_PATIENT, SERVICE_OF_LABORATORY] {
            assert_noop!(answer(other, Declined), Error::<Test>::NotPermitted);
        }
        hypothetically!({
            grant(DOCTOR, compartment(GENERAL), &[Permission::Amend]);
            assert_ok!(answer(DOCTOR, Declined));
        });
        assert_ok!(answer(TECHNICIAN, Declined));
    });
}

#[test]
fn corrected_is_true_or_refused() {
    with_record(|| {
        assert_ok!(amend());
        assert_ok!(request());
        assert_noop!(answer(DOCTOR, Corrected), Error::<Test>::NotCorrected);
        hypothetically!({
            assert_ok!(amend());
            assert_ok!(answer(DOCTOR, Corrected));
        });
        for (state, is_corrected) in
            [(RecordState::Restricted, false), (RecordState::Withdrawn, true), (RecordState::EnteredInError, true)]
        {
            hypothetically!({
                bring_into(state);
                assert_eq!(answer(DOCTOR, Corrected).is_ok(), is_corrected, "{state:?}");
            });
        }
    });
}

#[test]
fn who_declines_says_why() {
    with_record(|| {
        assert_ok!(request());
        let decline = |reason| Records::answer_correction(signed(DOCTOR), RECORD, Declined, reason);
        assert_noop!(decline(None), Error::<Test>::NoReason);
        assert_noop!(decline(Some(Digest::default())), Error::<Test>::InvalidDigest);
        assert_ok!(amend());
        assert_ok!(Records::answer_correction(signed(DOCTOR), RECORD, Corrected, None));
    });
}

#[test]
fn the_controller_disagrees_when_declined_or_overdue_and_not_before() {
    with_record(|| {
        assert_ok!(create(PATIENT, HOSPITAL, new_record(STATEMENT)));
        assert_noop!(attach(STATEMENT), Error::<Test>::NoCorrection);
        assert_ok!(request());
        Clock::wait(ANSWER_TIME - 1);
        assert_noop!(attach(STATEMENT), Error::<Test>::NotDeclined);
        hypothetically!({
            assert_ok!(amend());
            assert_ok!(answer(DOCTOR, Corrected));
            Clock::wait(ANSWER_TIME);
            assert_noop!(attach(STATEMENT), Error::<Test>::NotDeclined);
        });
        hypothetically!({
            assert_ok!(answer(DOCTOR, Declined));
            assert_ok!(attach(STATEMENT));
        });
        Clock::wait(1);
        assert_ok!(attach(STATEMENT));
        // The answer may still come, and changes nothing about the statement.
        assert_ok!(answer(DOCTOR, Declined));
        assert_eq!(correction().and_then(|it| it.statement), Some(STATEMENT));
    });
}

#[test]
fn a_statement_is_an_own_active_record_of_the_same_compartment() {
    with_record(|| {
        assert_ok!(request());
        assert_ok!(answer(DOCTOR, Declined));
        let [by_doctor, elsewhere, restricted, unknown] = [3, 4, 5, 6].map(|byte| RecordKey([byte; 16]));
        assert_ok!(create(DOCTOR, HOSPITAL, new_record(by_doctor)));
        assert_ok!(create(PATIENT, HOSPITAL, new_result(elsewhere)));
        assert_ok!(create(PATIENT, HOSPITAL, new_record(restricted)));
        let restricted_id = RecordId { chart: CHART, key: restricted };
        assert_ok!(Records::restrict_record(signed(PATIENT), restricted_id, None));
        for wrong in [KEY, by_doctor, elsewhere, restricted, unknown] {
            assert_noop!(attach(wrong), Error::<Test>::NoStatement);
        }
        assert_ok!(Records::lift_restriction(signed(PATIENT), restricted_id, None));
        assert_ok!(attach(restricted));
    });
}

#[test]
fn a_statement_stays_attached_until_its_own_record_does_not_count_any_more() {
    with_record(|| {
        assert_ok!(request());
        assert_ok!(answer(DOCTOR, Declined));
        assert_ok!(disagree(STATEMENT));
        let next = RecordKey([3; 16]);
        assert_ok!(create(PATIENT, HOSPITAL, new_record(next)));
        assert_noop!(attach(next), Error::<Test>::StatementAttached);
        // Another request and its answer leave it.
        assert_ok!(request());
        assert_eq!(correction().and_then(|it| it.statement), Some(STATEMENT));
        assert_ok!(amend());
        assert_ok!(answer(DOCTOR, Corrected));
        assert_eq!(correction().and_then(|it| it.statement), Some(STATEMENT));

        assert_ok!(request());
        assert_ok!(answer(DOCTOR, Declined));
        let statement = RecordId { chart: CHART, key: STATEMENT };
        assert_ok!(Records::restrict_record(signed(PATIENT), statement, None));
        assert_noop!(attach(next), Error::<Test>::StatementAttached);
        assert_ok!(Records::withdraw_record(signed(PATIENT), statement, None));
        assert_ok!(attach(next));
        assert_eq!(correction().and_then(|it| it.statement), Some(next));
    });
}

#[test]
fn corrections_page_by_page_are_all_of_the_chart_once() {
    trusted_doctor().run(|| {
        for number in 1..=25u8 {
            let record = RecordId { chart: CHART, key: RecordKey([number; 16]) };
            assert_ok!(create(DOCTOR, HOSPITAL, new_record(record.key)));
            assert_ok!(Records::request_correction(signed(PATIENT), record, REASON));
        }
        let mut seen = Vec::new();
        loop {
            let page = Records::corrections_page(CHART, seen.last().copied(), 10);
            assert!(page.len() <= 10 && page.iter().all(|it| it.correction.is_open()));
            if page.is_empty() {
                break;
            }
            seen.extend(page.into_iter().map(|it| it.key));
        }
        assert_eq!(seen.len(), 25);
        assert!(Records::corrections_page(OTHER_CHART, None, 10).is_empty());
    });
}
