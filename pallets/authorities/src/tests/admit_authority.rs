// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn admit_authority_gives_a_seat_and_a_vote() {
    Builder::default().test(|| {
        assert_ok!(admit(FIFTH));

        let expected = Seat {
            authority: node(FIFTH),
            account: node(FIFTH),
            delegate: delegate(FIFTH),
            status: SeatStatus::Active,
            admitted_at: START,
            liable_from: 0,
        };
        assert_eq!(seat(FIFTH), expected);
        assert_eq!(SeatOf::<Test>::get(node(FIFTH)), Some(FIFTH));
        assert!(CouncilMembers::get().contains(&delegate(FIFTH)));
        let event = Event::AuthorityAdmitted { institution: FIFTH, account: node(FIFTH), delegate: delegate(FIFTH) };
        assert_done(event, decision(Action::AuthorityAdmitted, FIFTH));
    });
}

#[test]
fn admit_authority_admits_as_many_as_there_may_be_and_no_more() {
    Builder::default().test(|| {
        assert_eq!(Seats::<Test>::count(), MAX_AUTHORITIES - 1);
        assert_ok!(admit(FIFTH));
        assert_fails(|| admit(SIXTH), Error::<Test>::TooManyAuthorities);
    });
}

#[test]
fn admit_authority_fails_when_the_institution_is_not_active() {
    Builder::default().test(|| {
        assert_fails(|| admit(NOWHERE), Error::<Test>::InstitutionNotActive);
        Members::set_institution(FIFTH, InstitutionKind::Hospital, InstitutionStatus::Suspended);
        assert_fails(|| admit(FIFTH), Error::<Test>::InstitutionNotActive);
    });
}

#[test]
fn admit_authority_fails_when_the_institution_or_the_account_has_a_seat() {
    Builder::default().test(|| {
        let other = Staff(FIRST, Role::Service, 1).account();
        let again = || Authorities::admit_authority(two_thirds(), FIRST, other, delegate(FIRST));
        assert_fails(again, Error::<Test>::AlreadyExists);
        let taken = || Authorities::admit_authority(two_thirds(), FIFTH, node(FIRST), delegate(FIFTH));
        assert_fails(taken, Error::<Test>::AlreadyExists);
    });
}

#[test]
fn admit_authority_fails_when_the_account_is_no_active_service_of_the_institution() {
    Builder::default().test(|| {
        let fails = |account| {
            let call = || Authorities::admit_authority(two_thirds(), FIFTH, account, delegate(FIFTH));
            assert_fails(call, Error::<Test>::NotService);
        };
        fails(STRANGER);
        fails(node(SIXTH));
        fails(Staff(FIFTH, Role::Clinician, 0).account());
        Members::set_status(Staff(FIFTH, Role::Service, 0).member(), MemberStatus::Suspended);
        fails(node(FIFTH));
    });
}

#[test]
fn admit_authority_fails_when_the_delegate_is_none_of_the_institution() {
    Builder::default().test(|| {
        let fails = |account| {
            let call = || Authorities::admit_authority(two_thirds(), FIFTH, node(FIFTH), account);
            assert_fails(call, Error::<Test>::NotDelegate);
        };
        fails(STRANGER);
        fails(delegate(FIRST));
        fails(node(FIFTH));
        Members::set_status(Staff(FIFTH, Role::Delegate, 0).member(), MemberStatus::Suspended);
        fails(delegate(FIFTH));
    });
}

#[test]
fn admit_authority_seats_a_delegate_who_joined_a_moment_ago() {
    Builder::default().test(|| {
        Members::set_joined_at(Staff(FIFTH, Role::Delegate, 0).member(), Clock::now());
        assert_ok!(admit(FIFTH));
        assert!(CouncilMembers::get().contains(&delegate(FIFTH)));
    });
}
