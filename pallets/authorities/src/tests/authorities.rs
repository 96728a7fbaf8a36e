// SPDX-License-Identifier: Apache-2.0

//! Answers to other pallets about authorities.

use super::{report_equivocation::report, *};
use salus_primitives::traits::Authorities as _;

#[test]
fn authorities_that_vote_have_seat_and_session_keys() {
    Builder::default().with_keys(3).test(|| {
        assert_eq!(Authorities::voting(), [FIRST, SECOND, THIRD]);
        set_keys(FOURTH, &aura(FOURTH));
        assert_eq!(Authorities::voting(), [FIRST, SECOND, THIRD, FOURTH]);
        assert_ok!(admit(FIFTH));
        assert_eq!(Authorities::voting(), [FIRST, SECOND, THIRD, FOURTH]);
        set_keys(FIFTH, &aura(FIFTH));
        assert_ok!(Authorities::suspend_authority(two_thirds(), SECOND));
        assert_eq!(Authorities::voting(), [FIRST, THIRD, FOURTH, FIFTH]);
        // Of those who are suspended, the oldest vote on while there would be fewer than four.
        next_block();
        report(THIRD);
        assert_eq!(Authorities::voting(), [FIRST, SECOND, FOURTH, FIFTH]);
    });
}

#[test]
fn a_seat_is_known_by_its_account_with_or_without_keys() {
    Builder::default().with_keys(4).test(|| {
        assert_ok!(admit(FIFTH));
        assert_eq!(Authorities::seat(&node(FIRST)), Some(FIRST));
        assert_eq!(Authorities::seat(&node(FIFTH)), Some(FIFTH));
        assert_eq!(Authorities::seat(&delegate(FIRST)), None);
        assert_eq!(Authorities::seat(&STRANGER), None);
        set_keys(FIFTH, &aura(FIFTH));
        assert_ok!(Authorities::suspend_authority(two_thirds(), FIRST));
        assert_eq!(Authorities::seat(&node(FIRST)), Some(FIRST));
    });
}

#[test]
fn withdraw_votes_lets_the_council_forget_a_delegate_and_keep_the_seat() {
    Builder::default().test(|| {
        let before = CouncilMembers::get();
        Authorities::withdraw_votes(FIRST, &[node(FIRST), delegate(FIRST)]);
        assert_eq!(Outgoing::get(), [delegate(FIRST)]);
        assert_eq!(CouncilMembers::get(), before);
        assert_eq!(seat(FIRST).delegate, delegate(FIRST));
    });
}

#[test]
fn withdraw_votes_changes_nothing_when_none_of_the_accounts_votes_for_the_seat() {
    Builder::default().test(|| {
        Authorities::withdraw_votes(FIRST, &[]);
        Authorities::withdraw_votes(FIRST, &[node(FIRST), delegate(SECOND)]);
        Authorities::withdraw_votes(FIFTH, &[delegate(FIFTH)]);
        assert_eq!(Outgoing::get(), []);
    });
}
