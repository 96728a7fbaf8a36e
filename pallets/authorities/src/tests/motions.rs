// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::Motions;
use salus_primitives::Digest;

/// Motions that are open, named by numbers.
fn open(numbers: impl IntoIterator<Item = u8>) -> Vec<Digest> {
    numbers.into_iter().map(|number| Digest([number; 32])).collect()
}

/// The question that the council asks when a delegate proposes the last of these.
fn propose(by: &AccountId32, open: &[Digest]) -> DispatchResult {
    Authorities::note_motion(by, open)
}

/// The first hospital proposes all that it may.
fn crowd() {
    for last in 1..=MOTIONS_PER_SEAT as u8 {
        assert_ok!(propose(&delegate(FIRST), &open(1..=last)));
    }
}

#[test]
fn an_institution_has_some_motions_open_and_others_can_still_propose() {
    Builder::default().test(|| {
        crowd();
        let (own, next) = (MOTIONS_PER_SEAT as u8, MOTIONS_PER_SEAT as u8 + 1);
        assert_fails(|| propose(&delegate(FIRST), &open(1..=next)), Error::<Test>::TooManyMotions);
        assert_ok!(propose(&delegate(SECOND), &open(1..=next)));
        let whose: Vec<_> = Motions::<Test>::get().into_iter().map(|(_, institution)| institution).collect();
        assert_eq!(whose, [vec![FIRST; own.into()], vec![SECOND]].concat());
    });
}

#[test]
fn another_delegate_of_the_institution_proposes_on_the_same_account() {
    Builder::default().test(|| {
        crowd();
        let other = Staff(FIRST, Role::Delegate, 1).account();
        let next = MOTIONS_PER_SEAT as u8 + 1;
        assert_fails(|| propose(&other, &open(1..=next)), Error::<Test>::TooManyMotions);
    });
}

#[test]
fn motions_that_are_closed_count_no_more() {
    Builder::default().test(|| {
        crowd();
        // The first was closed, and another one takes its place.
        let next = MOTIONS_PER_SEAT as u8 + 1;
        assert_ok!(propose(&delegate(FIRST), &open(2..=next)));
        assert_eq!(Motions::<Test>::get().len(), MOTIONS_PER_SEAT as usize);
        // All were closed, and one that was there before is proposed again.
        assert_ok!(propose(&delegate(FIRST), &open([5])));
        assert_eq!(Motions::<Test>::get().into_inner(), [(Digest([5; 32]), FIRST)]);
    });
}

#[test]
fn who_speaks_for_no_institution_proposes_nothing() {
    Builder::default().test(|| {
        for account in [node(FIRST), STRANGER] {
            assert_fails(|| propose(&account, &open([1])), Error::<Test>::NotPermitted);
        }
        assert_fails(|| propose(&delegate(FIRST), &[]), Error::<Test>::NotFound);
    });
}
