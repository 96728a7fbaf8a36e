// SPDX-License-Identifier: Apache-2.0

//! The end of plans without a call.

use super::*;
use crate::WeightInfo;
use frame_support::traits::{Get, Hooks};

#[test]
fn a_plan_ends_with_the_first_block_of_the_new_runtime() {
    Builder::default().test(|| {
        make_ready();
        assert_ok!(authorize());
        // The code has another version than the council was told: the running version counts.
        apply(VERSION + 5);

        assert_eq!((Planned::<Test>::get(), Confirmations::<Test>::get().len()), (None, 0));
        let subject = Subject::Runtime(Digest(CODE.0), VERSION + 5);
        let entry = AuditEvent::by_chain(Action::RuntimeUpgraded, subject);
        assert_done(Event::RuntimeUpgraded { code_hash: CODE, spec_version: VERSION + 5 }, entry);
        // And the next can be planned.
        assert_fails(plan, Error::<Test>::InvalidVersion);
        assert_ok!(Upgrades::plan_upgrade(two_thirds(), OTHER_CODE, VERSION + 6));
    });
}

#[test]
fn a_plan_is_over_a_month_after_its_delay() {
    Builder::default().test(|| {
        make_ready();
        assert_ok!(authorize());
        Clock::set(START + DELAY + PLAN_LIFE - 1);
        next_block_after(1);
        assert!(System::authorized_upgrade().is_some());
        next_block_after(1);

        assert_eq!(Planned::<Test>::get(), None);
        assert!(System::authorized_upgrade().is_none());
        let entry = AuditEvent::by_chain(Action::UpgradeExpired, code());
        assert_done(Event::UpgradeExpired { code_hash: CODE }, entry);
    });
}

#[test]
fn a_plan_whose_code_the_system_refused_can_be_cancelled() {
    Builder::default().test(|| {
        make_ready();
        assert_ok!(authorize());
        // The system drops its authorization when the code has the wrong name or version.
        frame_support::storage::unhashed::kill(&frame_support::storage::storage_prefix(
            b"System",
            b"AuthorizedUpgrade",
        ));
        next_block_after(1_000);
        assert_fails(authorize, Error::<Test>::AlreadyAuthorized);
        assert_ok!(Upgrades::cancel_upgrade(council(), CODE));
    });
}

#[test]
fn looking_for_the_end_costs_little() {
    Builder::default().test(|| {
        let weight: frame_support::weights::RuntimeDbWeight = <Test as frame_system::Config>::DbWeight::get();
        let reads = |count| weight.reads(count);
        assert_eq!(Upgrades::on_initialize(2), reads(1));
        assert_ok!(plan());
        assert_eq!(Upgrades::on_initialize(3), reads(2));
        RunningVersion::set(VERSION + 1);
        assert_eq!(Upgrades::on_initialize(4), <() as WeightInfo>::end_plan());
        assert_eq!(Upgrades::on_initialize(5), reads(1));
    });
}
