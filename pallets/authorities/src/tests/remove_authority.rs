// SPDX-License-Identifier: Apache-2.0

use super::*;

fn remove(institution: InstitutionId) -> DispatchResult {
    Authorities::remove_authority(two_thirds(), institution)
}

#[test]
fn remove_authority_takes_seat_and_vote() {
    Builder::default().test(|| {
        seat_with_keys(FIFTH);
        next_session_without(&[FIRST]);
        assert_eq!(Absences::<Test>::get(FIRST), Some(1));

        assert_ok!(remove(FIRST));

        assert!(!Seats::<Test>::contains_key(FIRST));
        assert!(!SeatOf::<Test>::contains_key(node(FIRST)));
        assert!(!Absences::<Test>::contains_key(FIRST));
        assert!(!CouncilMembers::get().contains(&delegate(FIRST)));
        assert_done(Event::AuthorityRemoved { institution: FIRST }, decision(Action::AuthorityRemoved, FIRST));
        next_session();
        next_session();
        assert_eq!(authorities(), [SECOND, THIRD, FOURTH, FIFTH]);
    });
}

#[test]
fn remove_authority_fails_when_there_is_no_seat() {
    Builder::default().test(|| assert_fails(|| remove(FIFTH), Error::<Test>::NotFound));
}

#[test]
fn remove_authority_fails_when_fewer_than_four_would_remain() {
    Builder::default().test(|| {
        assert_fails(|| remove(FIRST), Error::<Test>::TooFewAuthorities);
        seat_with_keys(FIFTH);
        assert_ok!(remove(FIRST));
        assert_fails(|| remove(SECOND), Error::<Test>::TooFewAuthorities);
    });
}

#[test]
fn remove_authority_removes_whom_nobody_counts_on() {
    // The fourth has no keys, so it never authored.
    Builder::default().with_keys(3).test(|| {
        assert_fails(|| remove(FIRST), Error::<Test>::TooFewAuthorities);
        assert_ok!(remove(FOURTH));
    });
}

#[test]
fn remove_authority_fails_when_a_suspended_seat_fills_up_the_set() {
    Builder::default().test(|| {
        Seats::<Test>::mutate(FIRST, |seat| seat.as_mut().unwrap().status = SeatStatus::Suspended);
        assert_fails(|| remove(FIRST), Error::<Test>::TooFewAuthorities);
        seat_with_keys(FIFTH);
        assert_ok!(remove(FIRST));
    });
}
