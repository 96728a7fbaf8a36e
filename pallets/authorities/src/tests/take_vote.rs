// SPDX-License-Identifier: Apache-2.0

use super::*;

fn other(institution: InstitutionId) -> Staff {
    Staff(institution, Role::Delegate, 1)
}

#[test]
fn take_vote_takes_the_seat_of_the_own_institution() {
    Builder::default().test(|| {
        assert_ok!(Authorities::take_vote(signed(other(FIRST).account())));

        assert_eq!(seat(FIRST).delegate, other(FIRST).account());
        assert!(CouncilMembers::get().contains(&other(FIRST).account()));
        assert!(!CouncilMembers::get().contains(&delegate(FIRST)));
        let subject = Subject::Institution(FIRST);
        let entry = AuditEvent::by_member(other(FIRST).member(), Some(FIRST), Action::CouncilSeatTaken, subject);
        assert_done(Event::CouncilSeatTaken { institution: FIRST, delegate: other(FIRST).account() }, entry);
    });
}

#[test]
fn take_vote_fails_when_the_institution_has_no_seat() {
    Builder::default().test(|| {
        assert_fails(|| Authorities::take_vote(signed(delegate(FIFTH))), Error::<Test>::NotFound);
    });
}

#[test]
fn take_vote_fails_when_the_signer_sits_in_the_council_already() {
    Builder::default().test(|| {
        assert_fails(|| Authorities::take_vote(signed(delegate(FIRST))), Error::<Test>::AlreadyExists);
    });
}

#[test]
fn take_vote_fails_when_the_signer_is_no_active_delegate() {
    Builder::default().test(|| {
        for account in [node(FIRST), Staff(FIRST, Role::Issuer, 0).account()] {
            assert_fails(|| Authorities::take_vote(signed(account)), Error::<Test>::NotPermitted);
        }
        assert_fails(|| Authorities::take_vote(signed(STRANGER)), BadOrigin);
        Members::set_status(other(FIRST).member(), MemberStatus::Suspended);
        assert_fails(|| Authorities::take_vote(signed(other(FIRST).account())), BadOrigin);
        Members::set_status(other(FIRST).member(), MemberStatus::Active);
        Members::set_institution(FIRST, InstitutionKind::Hospital, InstitutionStatus::Suspended);
        assert_fails(|| Authorities::take_vote(signed(other(FIRST).account())), BadOrigin);
    });
}

#[test]
fn take_vote_fails_until_the_delegate_has_been_there_for_the_settling_time() {
    Builder::default().test(|| {
        let newcomer = other(FIRST);
        Members::set_joined_at(newcomer.member(), Clock::now());
        let take = || Authorities::take_vote(signed(newcomer.account()));
        assert_fails(take, Error::<Test>::TooNew);
        Clock::wait(SETTLING_TIME - 1);
        assert_fails(take, Error::<Test>::TooNew);
        Clock::wait(1);
        assert_ok!(take());
    });
}
