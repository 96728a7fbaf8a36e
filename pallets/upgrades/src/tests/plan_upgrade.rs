// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn plan_upgrade_is_ready_after_the_delay_and_over_a_month_later() {
    Builder::default().test(|| {
        assert_ok!(plan());

        let expected = Plan {
            code_hash: Digest(CODE.0),
            spec_version: VERSION + 1,
            replaces: VERSION,
            planned_at: START,
            ready_at: START + DELAY,
            expires_at: START + DELAY + PLAN_LIFE,
            authorized_at: None,
        };
        assert_eq!(Planned::<Test>::get(), Some(expected));
        let event = Event::UpgradePlanned { code_hash: CODE, spec_version: VERSION + 1, ready_at: START + DELAY };
        assert_done(event, AuditEvent::by_council(Action::UpgradePlanned, code()));
    });
}

#[test]
fn plan_upgrade_fails_when_one_is_planned() {
    Builder::default().test(|| {
        assert_ok!(plan());
        assert_fails(plan, Error::<Test>::AlreadyPlanned);
        let other = || Upgrades::plan_upgrade(two_thirds(), OTHER_CODE, VERSION + 2);
        assert_fails(other, Error::<Test>::AlreadyPlanned);
    });
}

#[test]
fn plan_upgrade_fails_when_the_version_is_not_greater() {
    Builder::default().test(|| {
        for version in [0, VERSION - 1, VERSION] {
            let call = || Upgrades::plan_upgrade(two_thirds(), CODE, version);
            assert_fails(call, Error::<Test>::InvalidVersion);
        }
        assert_ok!(Upgrades::plan_upgrade(two_thirds(), CODE, u32::MAX));
    });
}

#[test]
fn plan_upgrade_keeps_the_delay_with_which_it_was_made() {
    Builder::default().test(|| {
        assert_ok!(plan());
        assert_ok!(Upgrades::set_upgrade_delay(two_thirds(), 3 * DELAY));
        assert_eq!(Planned::<Test>::get().unwrap().ready_at, START + DELAY);
        assert_ok!(Upgrades::cancel_upgrade(council(), CODE));
        assert_ok!(plan());
        assert_eq!(Planned::<Test>::get().unwrap().ready_at, START + 3 * DELAY);
    });
}
