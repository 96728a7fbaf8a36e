// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn cancel_upgrade_takes_back_plan_and_confirmations() {
    Builder::default().test(|| {
        make_ready();
        assert_ok!(Upgrades::cancel_upgrade(council(), CODE));

        assert_eq!(Planned::<Test>::get(), None);
        assert!(Confirmations::<Test>::get().is_empty());
        let entry = AuditEvent::by_council(Action::UpgradeCanceled, code());
        assert_done(Event::UpgradeCanceled { code_hash: CODE }, entry);
        // Earlier confirmations do not count for a new plan of the same code.
        assert_ok!(plan());
        next_block_after(DELAY);
        assert_fails(authorize, Error::<Test>::TooFewConfirmations);
    });
}

#[test]
fn cancel_upgrade_takes_back_what_was_authorized() {
    Builder::default().test(|| {
        make_ready();
        assert_ok!(authorize());
        assert_ok!(Upgrades::cancel_upgrade(council(), CODE));

        // This is how the system itself reads it.
        assert!(System::authorized_upgrade().is_none());
        let apply = frame_system::Call::<Test>::apply_authorized_upgrade { code: Vec::new() };
        let result = RuntimeCall::from(apply).dispatch(RuntimeOrigin::none());
        assert_eq!(result.unwrap_err().error, frame_system::Error::<Test>::NothingAuthorized.into());
    });
}

#[test]
fn cancel_upgrade_fails_when_this_code_is_not_planned() {
    Builder::default().test(|| {
        assert_fails(|| Upgrades::cancel_upgrade(council(), CODE), Error::<Test>::NotPlanned);
        assert_ok!(plan());
        assert_fails(|| Upgrades::cancel_upgrade(council(), OTHER_CODE), Error::<Test>::NotPlanned);
    });
}
