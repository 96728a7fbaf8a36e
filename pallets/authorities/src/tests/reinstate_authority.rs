// SPDX-License-Identifier: Apache-2.0

use super::*;

fn reinstate(institution: InstitutionId) -> DispatchResult {
    Authorities::reinstate_authority(two_thirds(), institution)
}

#[test]
fn reinstate_authority_brings_it_back_from_the_second_session_change_on() {
    Builder::default().test(|| {
        seat_with_keys(FIFTH);
        assert_ok!(Authorities::suspend_authority(two_thirds(), FIRST));
        next_session();
        next_session();
        assert_eq!(authorities(), [SECOND, THIRD, FOURTH, FIFTH]);

        assert_ok!(reinstate(FIRST));

        assert_eq!(seat(FIRST).status, SeatStatus::Active);
        assert_eq!(seat(FIRST).liable_from, Session::current_index() + 2);
        assert_done(Event::AuthorityReinstated { institution: FIRST }, decision(Action::AuthorityReinstated, FIRST));
        next_session();
        next_session();
        assert_eq!(authorities(), [FIRST, SECOND, THIRD, FOURTH, FIFTH]);
    });
}

#[test]
fn reinstate_authority_enables_one_that_never_left_the_set() {
    Builder::default().test(|| {
        report_equivocation::report(FIRST);
        next_session();
        next_session();
        assert_eq!(authorities(), [FIRST, SECOND, THIRD, FOURTH]);
        assert!(is_disabled(FIRST));

        assert_ok!(reinstate(FIRST));
        next_session();
        assert!(is_disabled(FIRST));
        next_session();
        assert!(!is_disabled(FIRST));
        assert_eq!(authorities(), [FIRST, SECOND, THIRD, FOURTH]);
    });
}

#[test]
fn reinstate_authority_fails_when_there_is_no_seat() {
    Builder::default().test(|| assert_fails(|| reinstate(FIFTH), Error::<Test>::NotFound));
}

#[test]
fn reinstate_authority_fails_when_it_is_active() {
    Builder::default().test(|| assert_fails(|| reinstate(FIRST), Error::<Test>::InvalidStatus));
}
