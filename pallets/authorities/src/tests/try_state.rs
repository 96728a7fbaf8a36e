// SPDX-License-Identifier: Apache-2.0

//! Each invariant notices what it is for.

use super::*;
use crate::{Motions, SeatOfAuthority};
use frame_support::BoundedVec;
use salus_primitives::Digest;

fn assert_noticed(fault: &'static str, damage: impl FnOnce()) {
    Builder::default().build().execute_with(|| {
        next_session();
        assert_ok!(Authorities::do_try_state());
        damage();
        assert_eq!(Authorities::do_try_state(), Err(DispatchError::Other(fault)));
    });
}

#[test]
fn try_state_notices_seats_and_accounts_that_disagree() {
    assert_noticed("an account does not lead to its seat", || SeatOf::<Test>::remove(node(FIRST)));
    assert_noticed("an account leads to no seat", || SeatOf::<Test>::insert(STRANGER, FIFTH));
    assert_noticed("an account leads to another one's seat", || SeatOf::<Test>::insert(STRANGER, FIRST));
    assert_noticed("a seat has no authority", || SeatOfAuthority::<Test>::remove(node(FIRST)));
    assert_noticed("an authority leads to no seat", || SeatOfAuthority::<Test>::insert(STRANGER, FIFTH));
    assert_noticed("an authority leads to another one's seat", || SeatOfAuthority::<Test>::insert(STRANGER, FIRST));
}

#[test]
fn try_state_notices_too_many_seats() {
    assert_noticed("there are too many seats", || {
        for institution in [FIFTH, SIXTH] {
            Authorities::insert_seat(institution, node(institution), delegate(institution));
        }
    });
}

#[test]
fn try_state_notices_who_votes_twice() {
    assert_noticed("a delegate votes for two institutions", || {
        Seats::<Test>::mutate(FIRST, |seat| seat.as_mut().unwrap().delegate = delegate(SECOND));
    });
}

#[test]
fn try_state_notices_a_seat_that_answers_for_nothing() {
    assert_noticed("a seat answers for nothing", || {
        Seats::<Test>::mutate(FIRST, |seat| seat.as_mut().unwrap().liable_from = 4);
    });
}

#[test]
fn try_state_notices_a_plan_out_of_order() {
    assert_noticed("the plan is not a sorted set", || {
        Planned::<Test>::mutate(|planned| planned.as_mut().reverse());
    });
}

#[test]
fn try_state_notices_strangers_who_authored() {
    assert_noticed("a stranger authored", || Authored::<Test>::insert(STRANGER, 1));
}

#[test]
fn try_state_notices_absences_of_nobody() {
    assert_noticed("an institution without a seat is absent", || Absences::<Test>::insert(FIFTH, 1));
    assert_noticed("an authority is absent for no session", || Absences::<Test>::insert(FIRST, 0));
}

#[test]
fn try_state_notices_gaps_in_the_memory_of_sessions() {
    assert_noticed("a session did not begin, or before the one before it", || SessionStarts::<Test>::remove(0));
    assert_noticed("a session is remembered for too long", || SessionStarts::<Test>::insert(9, CurrentSlot::get()));
}

#[test]
fn try_state_notices_finality_that_resumes_too_late() {
    const RESUMPTION: Resumption<u64> = Resumption { last_final: 0, wait: 1, until: 2 };
    let put = |resumption| Resuming::<Test>::put(resumption);
    assert_noticed("finality resumes too late", || put(Resumption { wait: BLOCKS, ..RESUMPTION }));
    assert_noticed("finality resumes too late", || put(Resumption { last_final: 1_000, ..RESUMPTION }));
    for until in [1, 5] {
        let fault = "a decision to resume finality outlives its time";
        assert_noticed(fault, || put(Resumption { until, ..RESUMPTION }));
    }
}

#[test]
fn try_state_notices_who_fills_the_list_of_motions() {
    let motions = |numbers: core::ops::RangeInclusive<u8>| {
        let motions: Vec<_> = numbers.map(|number| (Digest([number; 32]), FIRST)).collect();
        Motions::<Test>::put(BoundedVec::truncate_from(motions));
    };
    assert_noticed("an institution has too many motions open", || motions(1..=MOTIONS_PER_SEAT as u8 + 1));
}
