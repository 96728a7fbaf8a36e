// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::WeightInfo;

fn key(number: u32) -> SessionKey {
    SessionKey(u128::from(number).to_be_bytes())
}

/// Opens sessions with these numbers, all at the present moment.
fn open_sessions(numbers: core::ops::Range<u32>) {
    for number in numbers {
        let scope = compartment(GENERAL);
        assert_ok!(Records::open_records(signed(DOCTOR), CHART, scope, Purpose::Treatment, key(number)));
    }
}

fn sessions() -> usize {
    Sessions::<Test>::iter_keys().count()
}

fn idle(remaining: Weight) -> Weight {
    Records::on_idle(System::block_number(), remaining)
}

#[test]
fn close_sessions_removes_what_has_expired_and_nothing_else() {
    trusted_doctor().run(|| {
        open_sessions(0..2);
        Now::set(START + 1);
        open_sessions(2..3);
        Now::set(START + SESSION_LENGTH - 1);
        idle(Weight::MAX);
        assert_eq!(sessions(), 3);
        Now::set(START + SESSION_LENGTH);
        assert_eq!(idle(Weight::MAX), <() as WeightInfo>::close_sessions(2));
        assert_eq!(sessions(), 1);
        assert!(Sessions::<Test>::contains_key(DOCTOR, key(2)));
        assert_eq!((OldestSession::<Test>::get(), NextSession::<Test>::get()), (2, 3));
        Now::set(START + SESSION_LENGTH + 1);
        idle(Weight::MAX);
        assert_eq!((sessions(), OldestSession::<Test>::get()), (0, 3));
        assert_eq!(idle(Weight::MAX), <() as WeightInfo>::close_sessions(0));
    });
}

#[test]
fn close_sessions_leaves_a_later_session_with_the_same_key() {
    trusted_doctor().run(|| {
        open_sessions(0..1);
        Now::set(START + SESSION_LENGTH);
        open_sessions(0..1);
        assert_ok!(Records::do_try_state());
        idle(Weight::MAX);
        assert_eq!(sessions(), 1);
        assert_eq!(OldestSession::<Test>::get(), 1);
        Now::set(START + 2 * SESSION_LENGTH);
        idle(Weight::MAX);
        assert_eq!((sessions(), OldestSession::<Test>::get()), (0, 2));
    });
}

#[test]
fn close_sessions_carries_ten_thousand_due_ones_over_the_following_blocks() {
    // B3 class 11: the work of a block is bounded, however much is due
    const DUE: u32 = 10_000;
    trusted_doctor().run(|| {
        open_sessions(0..DUE);
        Now::set(START + SESSION_LENGTH);
        let most = <() as WeightInfo>::close_sessions(MaxClosed::get());
        let mut blocks = 0u32;
        while sessions() > 0 {
            let before = sessions();
            let used = idle(Weight::MAX);
            assert!(used.all_lte(most));
            assert_eq!(before - sessions(), MaxClosed::get() as usize);
            blocks += 1;
        }
        assert_eq!(blocks, DUE / MaxClosed::get());
    });
}

#[test]
fn close_sessions_keeps_within_the_remaining_weight() {
    trusted_doctor().run(|| {
        open_sessions(0..10);
        Now::set(START + SESSION_LENGTH);
        let cost = <() as WeightInfo>::close_sessions;
        let just_under = |weight: Weight| Weight::from_parts(weight.ref_time() - 1, weight.proof_size());

        for too_little in [Weight::zero(), just_under(cost(0)), cost(0), just_under(cost(1))] {
            assert_eq!(idle(too_little), Weight::zero());
            assert_eq!(sessions(), 10);
        }
        assert_eq!(idle(cost(1)), cost(1));
        assert_eq!(sessions(), 9);
        assert_eq!(idle(just_under(cost(5))), cost(4));
        assert_eq!(sessions(), 5);
    });
}
