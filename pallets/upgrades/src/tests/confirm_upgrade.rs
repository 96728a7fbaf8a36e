// SPDX-License-Identifier: Apache-2.0

use super::*;

fn confirmed() -> Vec<InstitutionId> {
    Confirmations::<Test>::get().into_inner()
}

#[test]
fn confirm_upgrade_counts_the_institution_of_the_seat() {
    Builder::default().test(|| {
        assert_ok!(plan());
        assert_ok!(confirm(SECOND));
        assert_ok!(confirm(FIRST));

        assert_eq!(confirmed(), [SECOND, FIRST]);
        let member = Staff(FIRST, Role::Service, 0).member();
        let entry = AuditEvent::by_member(member, Some(FIRST), Action::UpgradeConfirmed, code());
        assert_done(Event::UpgradeConfirmed { code_hash: CODE, institution: FIRST }, entry);
        let progress = Upgrades::progress().unwrap();
        assert_eq!((progress.confirmed, progress.authorities.len(), progress.needed), (vec![SECOND, FIRST], 4, 3));
    });
}

#[test]
fn confirm_upgrade_counts_once() {
    Builder::default().test(|| {
        assert_ok!(plan());
        assert_ok!(confirm(FIRST));
        assert_fails(|| confirm(FIRST), Error::<Test>::AlreadyConfirmed);
        assert_eq!(confirmed(), [FIRST]);
    });
}

#[test]
fn confirm_upgrade_fails_when_this_code_is_not_planned() {
    Builder::default().test(|| {
        assert_fails(|| confirm(FIRST), Error::<Test>::NotPlanned);
        assert_ok!(plan());
        let other = || Upgrades::confirm_upgrade(signed(node(FIRST)), OTHER_CODE);
        assert_fails(other, Error::<Test>::NotPlanned);
    });
}

#[test]
fn confirm_upgrade_fails_when_the_account_has_no_seat() {
    Builder::default().test(|| {
        assert_ok!(plan());
        for account in [delegate(FIRST), node(FIFTH)] {
            let call = || Upgrades::confirm_upgrade(signed(account), CODE);
            assert_fails(call, Error::<Test>::NotAuthority);
        }
    });
}

#[test]
fn confirm_upgrade_fails_when_the_signer_is_no_active_member() {
    Builder::default().test(|| {
        assert_ok!(plan());
        Members::set_status(Staff(FIRST, Role::Service, 0).member(), MemberStatus::Suspended);
        assert_fails(|| confirm(FIRST), BadOrigin);
    });
}

#[test]
fn confirm_upgrade_fails_when_the_plan_is_over() {
    Builder::default().test(|| {
        assert_ok!(plan());
        Clock::set(START + DELAY + PLAN_LIFE - 1);
        assert_ok!(confirm(FIRST));
        Clock::wait(1);
        assert_fails(|| confirm(SECOND), Error::<Test>::Expired);
    });
}

#[test]
fn confirm_upgrade_has_room_for_every_authority_whoever_left() {
    Builder::default().authorities(MAX_AUTHORITIES).test(|| {
        assert_ok!(plan());
        for institution in (0..MAX_AUTHORITIES).map(InstitutionId) {
            assert_ok!(confirm(institution));
        }
        // Two leave and two others come.
        Seated::set((2..HOSPITALS).map(InstitutionId).collect());
        assert_ok!(confirm(InstitutionId(5)));
        assert_eq!(confirmed(), [2, 3, 4, 5].map(InstitutionId));
        assert_ok!(confirm(InstitutionId(6)));
        assert_eq!(Upgrades::progress().unwrap().confirmed.len(), 5);
    });
}

#[test]
fn confirm_upgrade_counts_a_seat_without_keys_only_once_it_has_some() {
    Builder::default().test(|| {
        Keyless::set(vec![FIRST]);
        assert_ok!(plan());
        assert_ok!(confirm(FIRST));
        assert!(Upgrades::progress().unwrap().confirmed.is_empty());
        Keyless::set(Vec::new());
        assert_eq!(Upgrades::progress().unwrap().confirmed, [FIRST]);
    });
}
