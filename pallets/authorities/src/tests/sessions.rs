// SPDX-License-Identifier: Apache-2.0

use super::*;
use pallet_session::{historical, SessionManager};

#[docify::export]
#[test]
fn an_admitted_authority_takes_part_from_the_second_session_change_on() {
    Builder::default().test(|| {
        assert_ok!(Authorities::admit_authority(two_thirds(), FIFTH, node(FIFTH), delegate(FIFTH)));
        set_keys(FIFTH, &aura(FIFTH));

        next_session();
        assert_eq!(authorities(), [FIRST, SECOND, THIRD, FOURTH]);
        next_session();
        assert_eq!(authorities(), [FIRST, SECOND, THIRD, FOURTH, FIFTH]);
    });
}

#[test]
fn a_seat_without_keys_is_no_authority_until_they_are_set() {
    Builder::default().with_keys(3).test(|| {
        next_session();
        next_session();
        assert_eq!(authorities(), [FIRST, SECOND, THIRD]);
        set_keys(FOURTH, &aura(FOURTH));
        next_session();
        next_session();
        assert_eq!(authorities(), [FIRST, SECOND, THIRD, FOURTH]);
    });
}

#[test]
fn new_session_is_none_when_nothing_changed() {
    Builder::default().test(|| {
        assert_eq!(<Authorities as SessionManager<_>>::new_session(2), None);
        assert_ok!(admit(FIFTH));
        assert_eq!(<Authorities as SessionManager<_>>::new_session(2), None, "it has no keys");
        set_keys(FIFTH, &aura(FIFTH));
        let mut expected = [FIRST, SECOND, THIRD, FOURTH, FIFTH].map(node);
        expected.sort();
        let planned = <Authorities as historical::SessionManager<_, _>>::new_session(2).unwrap();
        assert_eq!(planned, expected.map(|account| (account, ())));
        assert_eq!(<Authorities as SessionManager<_>>::new_session(3), None);
    });
}

#[test]
fn new_session_is_none_rather_than_empty() {
    Builder::default().seats(0).build().execute_with(|| {
        assert_eq!(<Authorities as SessionManager<_>>::new_session(2), None);
    });
}

#[test]
fn suspended_seats_fill_up_the_set_to_four() {
    Builder::default().seats(5).test(|| {
        for institution in [FIRST, SECOND, THIRD] {
            Seats::<Test>::mutate(institution, |seat| seat.as_mut().unwrap().status = SeatStatus::Suspended);
        }
        next_session();
        next_session();
        assert_eq!(authorities(), [FIRST, SECOND, FOURTH, FIFTH]);
        // As many are disabled as may be.
        assert_eq!(Session::disabled_validators().len(), 1);
    });
}

#[test]
fn a_change_of_keys_enables_no_suspended_authority() {
    Builder::default().test(|| {
        report_equivocation::report(FIRST);
        set_keys(SECOND, &aura(SIXTH));
        for _ in 0..3 {
            next_session();
            assert!(is_disabled(FIRST));
        }
    });
}

#[test]
fn session_starts_are_kept_as_long_as_sessions_are_remembered() {
    Builder::default().test(|| {
        for session in 1..10u32 {
            next_session();
            let mut kept: Vec<_> = SessionStarts::<Test>::iter().map(|(session, slot)| (session, *slot)).collect();
            kept.sort();
            let oldest = session.saturating_sub(SESSIONS_REMEMBERED + 1);
            assert_eq!(kept, (oldest..=session).map(|kept| (kept, u64::from(kept) * BLOCKS)).collect::<Vec<_>>());
            assert_eq!(historical::StoredRange::<Test>::get(), Some((oldest, session + 2)));
            check_invariants();
        }
    });
}
