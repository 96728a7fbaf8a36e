// SPDX-License-Identifier: Apache-2.0

use super::*;

#[docify::export]
#[test]
fn an_upgrade_is_authorized_with_confirmations_and_after_its_delay() {
    Builder::default().authorities(4).test(|| {
        assert_ok!(Upgrades::plan_upgrade(two_thirds(), CODE, VERSION + 1));
        next_block_after(DELAY);

        // Two of four are not more than two thirds.
        assert_ok!(Upgrades::confirm_upgrade(signed(node(FIRST)), CODE));
        assert_ok!(Upgrades::confirm_upgrade(signed(node(SECOND)), CODE));
        let anybody = signed(delegate(FOURTH));
        assert_noop!(Upgrades::authorize_upgrade(anybody.clone()), Error::<Test>::TooFewConfirmations);

        assert_ok!(Upgrades::confirm_upgrade(signed(node(THIRD)), CODE));
        assert_ok!(Upgrades::authorize_upgrade(anybody));
        assert!(System::authorized_upgrade().is_some_and(|upgrade| *upgrade.code_hash() == CODE));
    });
}

#[test]
fn authorize_upgrade_lets_the_system_apply_this_code_and_check_its_version() {
    Builder::default().test(|| {
        make_ready();
        assert_eq!(Upgrades::authorized(), None);
        assert_ok!(authorize());

        assert_eq!(Upgrades::authorized(), Some((CODE, true)));
        assert_eq!(Planned::<Test>::get().unwrap().authorized_at, Some(Clock::now()));
        let member = Staff(FIRST, Role::Delegate, 0).member();
        let entry = AuditEvent::by_member(member, Some(FIRST), Action::UpgradeAuthorized, code());
        assert_done(Event::UpgradeAuthorized { code_hash: CODE }, entry);
    });
}

#[test]
fn authorize_upgrade_fails_until_the_delay_has_run() {
    Builder::default().test(|| {
        make_ready();
        Clock::set(START + DELAY - 1);
        assert_fails(authorize, Error::<Test>::TooEarly);
        Clock::set(START + DELAY);
        assert_ok!(authorize());
    });
}

#[test]
fn authorize_upgrade_needs_more_than_two_thirds_of_any_number() {
    for (authorities, enough) in [(1, 1), (2, 2), (3, 3), (4, 3), (5, 4)] {
        Builder::default().authorities(authorities).test(|| {
            assert_ok!(plan());
            next_block_after(DELAY);
            for number in 0..enough {
                assert_fails(authorize, Error::<Test>::TooFewConfirmations);
                assert_ok!(confirm(InstitutionId(number)));
            }
            assert_ok!(authorize());
        });
    }
    for authorities in 0..200usize {
        let needed = crate::types::more_than_two_thirds(authorities);
        assert!(needed * 3 > authorities * 2 && (needed - 1) * 3 <= authorities * 2, "{authorities}");
    }
}

#[test]
fn authorize_upgrade_counts_the_authorities_that_there_are_then() {
    Builder::default().test(|| {
        make_ready();
        // One of the three that confirmed loses its seat: two of three.
        Seated::set(vec![SECOND, THIRD, FOURTH]);
        assert_fails(authorize, Error::<Test>::TooFewConfirmations);
        // A new one comes, and does not know the code.
        Seated::set(vec![FIRST, SECOND, THIRD, FOURTH, FIFTH]);
        assert_fails(authorize, Error::<Test>::TooFewConfirmations);
        assert_ok!(confirm(FIFTH));
        assert_ok!(authorize());
    });
}

#[test]
fn authorize_upgrade_does_not_count_seats_without_keys() {
    Builder::default().test(|| {
        make_ready();
        Keyless::set(vec![FIRST, FOURTH]);
        assert_ok!(Upgrades::cancel_upgrade(council(), CODE));
        assert_ok!(plan());
        next_block_after(DELAY);
        assert_ok!(confirm(FIRST));
        assert_ok!(confirm(SECOND));
        assert_fails(authorize, Error::<Test>::TooFewConfirmations);
        assert_ok!(confirm(THIRD));
        assert_ok!(authorize());
    });
}

#[test]
fn authorize_upgrade_fails_when_none_is_planned_or_it_is_authorized_already() {
    Builder::default().test(|| {
        assert_fails(authorize, Error::<Test>::NotPlanned);
        make_ready();
        assert_ok!(authorize());
        assert_fails(authorize, Error::<Test>::AlreadyAuthorized);
    });
}

#[test]
fn authorize_upgrade_fails_when_the_plan_is_over() {
    Builder::default().test(|| {
        make_ready();
        Clock::set(START + DELAY + PLAN_LIFE);
        assert_fails(authorize, Error::<Test>::Expired);
    });
}

#[test]
fn authorize_upgrade_fails_when_the_signer_is_no_active_member() {
    Builder::default().test(|| {
        make_ready();
        assert_fails(|| Upgrades::authorize_upgrade(signed(STRANGER)), BadOrigin);
        Members::set_status(Staff(FIRST, Role::Delegate, 0).member(), MemberStatus::Suspended);
        assert_fails(authorize, BadOrigin);
    });
}
