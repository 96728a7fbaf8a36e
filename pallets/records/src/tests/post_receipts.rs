// SPDX-License-Identifier: Apache-2.0

use super::*;
use salus_primitives::{
    membership::{InstitutionKind, InstitutionStatus, MemberStatus, Role},
    traits::AuditLog,
    ChartId,
};

const SESSION: ReadingSessionId = ReadingSessionId([7; 16]);
const HEAD: ReceiptsHead = ReceiptsHead { count: 3, digest: Digest([0xaa; 32]) };

/// The doctor opens the general compartment; the place of the opening.
fn opened() -> u64 {
    assert_ok!(Records::open_records(signed(DOCTOR), CHART, compartment(GENERAL), Purpose::Treatment, SESSION));
    session(DOCTOR, SESSION).unwrap().entry
}

fn post(service: MemberId, opening: u64) -> DispatchResult {
    Records::post_receipts(signed(service), CHART, opening, HEAD)
}

#[test]
fn post_receipts_logs_count_and_digest_and_tells() {
    trusted_doctor().run(|| {
        // An entry of another kind comes before the opening.
        assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
        let opening = opened();
        assert_eq!(opening, 1);
        Clock::wait(SESSION_LENGTH);
        Log::take();
        System::reset_events();

        assert_ok!(post(SERVICE, opening));

        let subject = Subject::Receipts(opening, HEAD);
        let entry = AuditEvent::by_member(SERVICE, Some(HOSPITAL), Action::ReceiptsPosted, subject);
        assert_eq!(Log::take(), [(LogId::Chart(CHART), entry)]);
        let (institution, receipts) = (HOSPITAL, HEAD);
        assert_eq!(events(), [Event::ReceiptsPosted { chart: CHART, opening, institution, receipts }]);
    });
}

#[test]
fn post_receipts_fails_until_the_session_is_over() {
    trusted_doctor().run(|| {
        let opening = opened();
        for wait in [0, SESSION_LENGTH - 1] {
            Clock::set(START + wait);
            assert_noop!(post(SERVICE, opening), Error::<Test>::SessionRunning);
        }
        Clock::set(START + SESSION_LENGTH);
        assert_ok!(post(SERVICE, opening));
    });
}

/// Another key of a running session has its end and its entry, so no gate releases under the opening after its end.
#[test]
fn an_open_again_has_the_entry_of_the_first() {
    trusted_doctor().run(|| {
        let opening = opened();
        Clock::wait(SESSION_LENGTH - 1);
        let again = ReadingSessionId([8; 16]);
        assert_ok!(Records::open_records(signed(DOCTOR), CHART, compartment(GENERAL), Purpose::Treatment, again));
        assert_eq!(session(DOCTOR, again), session(DOCTOR, SESSION));
        Clock::wait(1);
        assert_ok!(Records::open_records(signed(DOCTOR), CHART, compartment(GENERAL), Purpose::Treatment, again));
        assert_eq!(session(DOCTOR, again).unwrap().entry, opening + 1);
    });
}

#[test]
fn post_receipts_succeeds_once_for_each_institution() {
    trusted_doctor().run(|| {
        let opening = opened();
        Clock::wait(SESSION_LENGTH);
        assert_ok!(post(SERVICE, opening));
        assert_noop!(post(SERVICE, opening), Error::<Test>::AlreadyPosted);
        let other = ReceiptsHead { count: 4, ..HEAD };
        let again = Records::post_receipts(signed(SERVICE), CHART, opening, other);
        assert_noop!(again, Error::<Test>::AlreadyPosted);
        // A holder of copies.
        assert_ok!(post(SERVICE_OF_LABORATORY, opening));
        // Another opening.
        let next = opened();
        Clock::wait(SESSION_LENGTH);
        assert_ok!(post(SERVICE, next));
    });
}

#[test]
fn post_receipts_fails_when_the_signer_may_not_act() {
    trusted_doctor().run(|| {
        let opening = opened();
        Clock::wait(SESSION_LENGTH);
        for origin in refused_origins().chain([signed(SUSPENDED_SERVICE)]) {
            let call = Records::post_receipts(origin, CHART, opening, HEAD);
            assert_noop!(call, DispatchError::BadOrigin);
        }
    });
}

#[test]
fn post_receipts_fails_when_the_member_is_not_a_service() {
    trusted_doctor().run(|| {
        let opening = opened();
        Clock::wait(SESSION_LENGTH);
        for member in [PATIENT, DOCTOR, TECHNICIAN] {
            assert_noop!(post(member, opening), Error::<Test>::NotService);
        }
    });
}

#[test]
fn post_receipts_fails_when_the_institution_has_no_vault() {
    trusted_doctor().run(|| {
        let opening = opened();
        Clock::wait(SESSION_LENGTH);
        Members::take_vault(HOSPITAL);
        assert_noop!(post(SERVICE, opening), Error::<Test>::NoVault);
        assert_ok!(post(SERVICE_OF_LABORATORY, opening));
    });
}

#[test]
fn post_receipts_fails_when_the_digest_is_all_zero() {
    trusted_doctor().run(|| {
        let opening = opened();
        Clock::wait(SESSION_LENGTH);
        let receipts = ReceiptsHead { count: 0, digest: Digest::default() };
        let call = Records::post_receipts(signed(SERVICE), CHART, opening, receipts);
        assert_noop!(call, Error::<Test>::InvalidDigest);
    });
}

#[test]
fn post_receipts_fails_when_the_entry_is_no_permitted_opening() {
    trusted_doctor().run(|| {
        let opening = opened();
        // The doctor's next act opens nothing.
        assert_ok!(create(DOCTOR, HOSPITAL, new_record(KEY)));
        Clock::wait(SESSION_LENGTH);
        for place in [opening + 1, opening + 2, u64::MAX] {
            assert_noop!(post(SERVICE, place), Error::<Test>::NoOpening);
        }
        for chart in [OTHER_CHART, UNKNOWN_CHART, ChartId(u64::MAX)] {
            let call = Records::post_receipts(signed(SERVICE), chart, opening, HEAD);
            assert_noop!(call, Error::<Test>::NoOpening);
        }
        // Nor is the entry with which receipts were posted.
        assert_ok!(post(SERVICE, opening));
        assert_noop!(post(SERVICE, opening + 2), Error::<Test>::NoOpening);
    });
}

#[test]
fn post_receipts_fails_past_the_bound_of_institutions() {
    trusted_doctor().run(|| {
        let opening = opened();
        Clock::wait(SESSION_LENGTH);
        for number in 0..MAX_POSTERS {
            let (institution, service) = (InstitutionId(1_000 + number), MemberId(1_000 + u64::from(number)));
            Members::set_institution(institution, InstitutionKind::Hospital, InstitutionStatus::Active);
            Members::set(service, Role::Service, MemberStatus::Active, Some(institution));
            assert_ok!(post(service, opening));
        }
        assert_noop!(post(SERVICE, opening), Error::<Test>::TooManyPosters);
    });
}

/// The mock of the log answers as the audit pallet does, which has the tests of notes.
#[test]
fn the_place_of_a_session_is_that_of_its_entry() {
    trusted_doctor().run(|| {
        let opening = opened();
        let entry = <Log as AuditLog>::entry(LogId::Chart(CHART), opening).unwrap();
        assert_eq!((entry.action, entry.at, entry.actor), (Action::ReadPermitted, START, Actor::Member(DOCTOR)));
    });
}
