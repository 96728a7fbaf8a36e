// SPDX-License-Identifier: Apache-2.0

use super::*;
use pallet_authorship::EventHandler;

fn entries() -> Vec<AuditEvent> {
    Log::entries().into_iter().map(|(_, entry)| entry).collect()
}

#[test]
fn blocks_are_counted_by_author_and_forgotten_with_the_session() {
    Builder::default().test(|| {
        for _ in 0..3 {
            <Authorities as EventHandler<_, _>>::note_author(node(FIRST));
        }
        assert_eq!(Authored::<Test>::get(node(FIRST)), 3);
        next_session();
        assert_eq!(Authored::<Test>::iter().count(), 0);
    });
}

#[test]
fn an_authority_that_authors_nothing_is_named_in_the_log_session_by_session() {
    Builder::default().test(|| {
        for sessions in 1..=3 {
            next_session_without(&[SECOND]);
            assert_eq!(Absences::<Test>::iter().collect::<Vec<_>>(), [(SECOND, sessions)]);
            System::assert_has_event(Event::AuthorityAbsent { institution: SECOND, sessions }.into());
            let entry = consequence(Action::AuthorityAbsent, SECOND, Reason::Count(sessions));
            assert_eq!(entries().last(), Some(&entry));
        }
        assert_eq!(seat(SECOND).status, SeatStatus::Active);
        assert_eq!(authorities(), [FIRST, SECOND, THIRD, FOURTH]);
    });
}

#[test]
fn an_authority_that_is_back_is_named_once() {
    Builder::default().test(|| {
        next_session_without(&[SECOND]);
        next_session_without(&[SECOND]);
        next_session();
        assert_eq!(Absences::<Test>::iter().count(), 0);
        System::assert_has_event(Event::AuthorityReturned { institution: SECOND, sessions: 2 }.into());
        let entry = consequence(Action::AuthorityReturned, SECOND, Reason::Count(2));
        assert_eq!(entries().last(), Some(&entry));
        next_session();
        assert_eq!(entries().len(), 3);
    });
}

#[test]
fn everybody_may_be_absent() {
    Builder::default().test(|| {
        next_session_without(&[FIRST, SECOND, THIRD, FOURTH]);
        assert_eq!(Absences::<Test>::iter().count(), 4);
    });
}

#[test]
fn nobody_else_is_absent() {
    // The fifth has a seat but no keys; the first is suspended; the second has lost its seat, but not its keys.
    Builder::default().seats(5).with_keys(4).test(|| {
        assert_ok!(Authorities::force_remove_authority(two_thirds(), SECOND));
        Seats::<Test>::mutate(FIRST, |seat| seat.as_mut().unwrap().status = SeatStatus::Suspended);
        next_session_without(&[FIRST, SECOND, FIFTH]);
        assert_eq!(Absences::<Test>::iter().count(), 0);
    });
}
