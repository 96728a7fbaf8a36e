// SPDX-License-Identifier: Apache-2.0

use super::*;

fn set(delay: Moment) -> DispatchResult {
    Upgrades::set_upgrade_delay(two_thirds(), delay)
}

#[test]
fn set_upgrade_delay_makes_it_longer_at_once() {
    Builder::default().test(|| {
        assert_ok!(set(2 * DELAY));

        assert_eq!((UpgradeDelay::<Test>::get(), Upgrades::delay()), (Delay::of(2 * DELAY), 2 * DELAY));
        let entry = AuditEvent::by_council(Action::UpgradeDelaySet, Subject::Consortium);
        let entry = entry.because(Reason::Duration(2 * DELAY));
        assert_done(Event::UpgradeDelaySet { delay: 2 * DELAY, from: START }, entry);
    });
}

#[test]
fn set_upgrade_delay_makes_it_shorter_when_the_present_one_has_run() {
    Builder::default().test(|| {
        assert_ok!(set(1_000));
        System::assert_last_event(Event::UpgradeDelaySet { delay: 1_000, from: START + DELAY }.into());
        assert_ok!(plan());
        assert_eq!(Planned::<Test>::get().unwrap().ready_at, START + DELAY);
        assert_ok!(Upgrades::cancel_upgrade(council(), CODE));

        Clock::set(START + DELAY - 1);
        assert_eq!(Upgrades::delay(), DELAY);
        Clock::set(START + DELAY);
        assert_eq!(Upgrades::delay(), 1_000);
        assert_ok!(plan());
        assert_eq!(Planned::<Test>::get().unwrap().ready_at, START + DELAY + 1_000);
    });
}

#[test]
fn set_upgrade_delay_replaces_a_shorter_one_that_does_not_count_yet() {
    Builder::default().test(|| {
        assert_ok!(set(1_000));
        Clock::set(START + DELAY / 2);
        // Another shorter delay replaces the first, and waits again.
        assert_ok!(set(2_000));
        assert_eq!(UpgradeDelay::<Test>::get().shorter, Some((START + DELAY / 2 + DELAY, 2_000)));
        // The present delay, set again, cancels the shorter one.
        assert_ok!(set(DELAY));
        assert_eq!(UpgradeDelay::<Test>::get(), Delay::of(DELAY));
        // The next delay is compared with the one that counts.
        assert_ok!(set(1_000));
        Clock::wait(DELAY);
        assert_ok!(set(2_000));
        assert_eq!(UpgradeDelay::<Test>::get(), Delay::of(2_000));
    });
}

#[test]
fn set_upgrade_delay_fails_past_its_bounds() {
    Builder::default().test(|| {
        let (least, most) = (*UPGRADE_DELAYS.start(), *UPGRADE_DELAYS.end());
        for delay in [0, least - 1, most + 1, Moment::MAX] {
            assert_fails(|| set(delay), Error::<Test>::InvalidDelay);
        }
        assert_ok!(set(least));
        assert_ok!(set(most));
    });
}
