// SPDX-License-Identifier: Apache-2.0

use super::*;
use report_equivocation::Report;

/// Another service of the institution.
fn other(institution: InstitutionId) -> AccountId32 {
    Staff(institution, Role::Service, 1).account()
}

fn hand_over(by: AccountId32, institution: InstitutionId, account: AccountId32) -> DispatchResult {
    Authorities::hand_over_account(signed(by), institution, account)
}

#[test]
fn hand_over_account_gives_the_seat_another_account_and_leaves_its_keys() {
    Builder::default().test(|| {
        assert_ok!(hand_over(delegate(FIRST), FIRST, other(FIRST)));

        assert_eq!((seat(FIRST).account, seat(FIRST).authority), (other(FIRST), node(FIRST)));
        assert_eq!(SeatOf::<Test>::get(other(FIRST)), Some(FIRST));
        assert_eq!(SeatOf::<Test>::get(node(FIRST)), None);
        let member = Staff(FIRST, Role::Delegate, 0).member();
        let subject = Subject::Institution(FIRST);
        let entry = AuditEvent::by_member(member, Some(FIRST), Action::AuthorityHandedOver, subject);
        assert_done(Event::AuthorityHandedOver { institution: FIRST, account: other(FIRST) }, entry);
        let planned = Planned::<Test>::get();
        next_session();
        next_session();
        assert_eq!(authorities(), [FIRST, SECOND, THIRD, FOURTH]);
        assert_eq!(Planned::<Test>::get(), planned, "nothing changed for sessions");
    });
}

#[test]
fn hand_over_account_by_two_thirds_of_the_council_needs_no_delegate() {
    Builder::default().test(|| {
        for role in [Role::Service, Role::Delegate] {
            Members::set_status(Staff(FIRST, role, 0).member(), MemberStatus::Suspended);
        }
        assert_ok!(Authorities::hand_over_account(two_thirds(), FIRST, other(FIRST)));
        let event = Event::AuthorityHandedOver { institution: FIRST, account: other(FIRST) };
        assert_done(event, decision(Action::AuthorityHandedOver, FIRST));
    });
}

#[test]
fn hand_over_account_lets_the_next_account_set_keys_and_the_former_one_no_more() {
    Builder::default().test(|| {
        assert_ok!(hand_over(delegate(FIRST), FIRST, other(FIRST)));
        System::inc_providers(&other(FIRST));
        let (keys, proof) = new_keys(&node(FIRST));
        let former = || Authorities::set_keys(signed(node(FIRST)), keys.clone(), proof.clone());
        assert_fails(former, Error::<Test>::NotAuthority);

        let (keys, proof) = new_keys(&other(FIRST));
        assert_ok!(Authorities::set_keys(signed(other(FIRST)), keys.clone(), proof));
        next_session();
        let queued = pallet_session::QueuedKeys::<Test>::get();
        assert!(queued.contains(&(node(FIRST), keys)), "the authority has its old name and its new keys");
    });
}

#[test]
fn hand_over_account_leaves_the_authority_liable() {
    Builder::default().test(|| {
        assert_ok!(hand_over(delegate(FIRST), FIRST, other(FIRST)));
        assert_ok!(dispatch(Report::of(FIRST).call(), signed(node(SECOND))));
        assert_eq!(seat(FIRST).status, SeatStatus::Suspended);
        assert!(is_disabled(FIRST));
        next_session_without(&[SECOND]);
        assert_eq!(Absences::<Test>::get(SECOND), Some(1));
        assert!(is_disabled(FIRST), "while it fills up the set");
    });
}

#[test]
fn hand_over_account_can_be_undone_and_a_seat_taken_later() {
    Builder::default().test(|| {
        assert_ok!(hand_over(delegate(FIRST), FIRST, other(FIRST)));
        assert_ok!(hand_over(delegate(FIRST), FIRST, node(FIRST)));
        assert_ok!(hand_over(delegate(FIRST), FIRST, other(FIRST)));
        assert_ok!(Authorities::force_remove_authority(two_thirds(), FIRST));
        check_invariants();
        assert_ok!(Authorities::admit_authority(two_thirds(), FIRST, other(FIRST), delegate(FIRST)));
        assert_eq!(seat(FIRST).authority, other(FIRST));
    });
}

#[test]
fn hand_over_account_fails_when_the_account_is_no_active_service_of_the_institution() {
    Builder::default().test(|| {
        for account in [STRANGER, delegate(FIRST), node(SECOND), Staff(FIRST, Role::Issuer, 0).account()] {
            assert_fails(|| hand_over(delegate(FIRST), FIRST, account), Error::<Test>::NotService);
        }
        Members::set_status(Staff(FIRST, Role::Service, 1).member(), MemberStatus::Suspended);
        assert_fails(|| hand_over(delegate(FIRST), FIRST, other(FIRST)), Error::<Test>::NotService);
    });
}

#[test]
fn hand_over_account_fails_when_the_seat_has_that_account() {
    Builder::default().test(|| {
        assert_fails(|| hand_over(delegate(FIRST), FIRST, node(FIRST)), Error::<Test>::AlreadyExists);
    });
}

#[test]
fn hand_over_account_fails_when_there_is_no_seat() {
    Builder::default().test(|| {
        assert_fails(|| hand_over(delegate(FIFTH), FIFTH, other(FIFTH)), Error::<Test>::NotFound);
    });
}

#[test]
fn hand_over_account_fails_when_the_delegate_is_of_another_institution() {
    Builder::default().test(|| {
        assert_fails(|| hand_over(delegate(SECOND), FIRST, other(FIRST)), Error::<Test>::NotPermitted);
    });
}

#[test]
fn hand_over_account_fails_when_the_delegate_is_too_new() {
    Builder::default().test(|| {
        let newcomer = Staff(FIRST, Role::Delegate, 1);
        Members::set_joined_at(newcomer.member(), Clock::now());
        let hand_over = || hand_over(newcomer.account(), FIRST, other(FIRST));
        assert_fails(hand_over, Error::<Test>::TooNew);
        Clock::wait(SETTLING_TIME);
        assert_ok!(hand_over());
    });
}
