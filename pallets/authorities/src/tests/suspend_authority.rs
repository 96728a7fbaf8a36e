// SPDX-License-Identifier: Apache-2.0

use super::*;

fn suspend(institution: InstitutionId) -> DispatchResult {
    Authorities::suspend_authority(two_thirds(), institution)
}

#[test]
fn suspend_authority_disables_at_once_and_leaves_the_vote() {
    Builder::default().test(|| {
        seat_with_keys(FIFTH);
        assert_ok!(suspend(FIRST));

        assert_eq!(seat(FIRST).status, SeatStatus::Suspended);
        assert_done(Event::AuthoritySuspended { institution: FIRST }, decision(Action::AuthoritySuspended, FIRST));
        assert!(is_disabled(FIRST));
        assert!(CouncilMembers::get().contains(&delegate(FIRST)));
        next_session();
        next_session();
        assert_eq!(authorities(), [SECOND, THIRD, FOURTH, FIFTH]);
    });
}

#[test]
fn suspend_authority_by_its_own_delegate_names_the_member() {
    Builder::default().test(|| {
        seat_with_keys(FIFTH);
        assert_ok!(Authorities::suspend_authority(signed(delegate(FIRST)), FIRST));
        let subject = Subject::Institution(FIRST);
        let member = Staff(FIRST, Role::Delegate, 0).member();
        let entry = AuditEvent::by_member(member, Some(FIRST), Action::AuthoritySuspended, subject);
        assert_done(Event::AuthoritySuspended { institution: FIRST }, entry);
    });
}

#[test]
fn suspend_authority_by_its_own_delegate_succeeds_when_it_cannot_be_spared() {
    Builder::default().test(|| {
        assert_ok!(Authorities::suspend_authority(signed(delegate(FIRST)), FIRST));
        assert_eq!(seat(FIRST).status, SeatStatus::Suspended);
        for _ in 0..3 {
            assert!(is_disabled(FIRST));
            assert_eq!(authorities(), [FIRST, SECOND, THIRD, FOURTH]);
            next_session();
        }
    });
}

#[test]
fn suspend_authority_fails_when_the_delegate_is_too_new() {
    Builder::default().test(|| {
        let newcomer = Staff(FIRST, Role::Delegate, 1);
        Members::set_joined_at(newcomer.member(), Clock::now());
        let suspend = || Authorities::suspend_authority(signed(newcomer.account()), FIRST);
        assert_fails(suspend, Error::<Test>::TooNew);
        Clock::wait(SETTLING_TIME);
        assert_ok!(suspend());
    });
}

#[test]
fn suspend_authority_leaves_the_new_keys_of_who_stays_to_count() {
    Builder::default().test(|| {
        assert_ok!(Authorities::suspend_authority(signed(delegate(FIRST)), FIRST));
        set_keys(FIRST, &aura(SIXTH));
        next_session();
        let queued = pallet_session::QueuedKeys::<Test>::get();
        assert!(queued.contains(&(node(FIRST), keys(&aura(SIXTH)))), "they count from the next session on");
    });
}

#[test]
fn suspend_authority_fails_when_somebody_elses_delegate_signs() {
    Builder::default().test(|| {
        seat_with_keys(FIFTH);
        let call = || Authorities::suspend_authority(signed(delegate(SECOND)), FIRST);
        assert_fails(call, Error::<Test>::NotPermitted);
    });
}

#[test]
fn suspend_authority_fails_when_there_is_no_seat() {
    Builder::default().test(|| assert_fails(|| suspend(FIFTH), Error::<Test>::NotFound));
}

#[test]
fn suspend_authority_fails_when_it_is_suspended() {
    Builder::default().test(|| {
        seat_with_keys(FIFTH);
        assert_ok!(suspend(FIRST));
        assert_fails(|| suspend(FIRST), Error::<Test>::InvalidStatus);
    });
}

#[test]
fn suspend_authority_fails_when_fewer_than_four_would_remain() {
    Builder::default().test(|| {
        assert_fails(|| suspend(FIRST), Error::<Test>::TooFewAuthorities);
        seat_with_keys(FIFTH);
        assert_ok!(suspend(FIRST));
        assert_fails(|| suspend(SECOND), Error::<Test>::TooFewAuthorities);
    });
}

#[test]
fn suspend_authority_suspends_whom_nobody_counts_on() {
    Builder::default().with_keys(3).test(|| {
        assert_ok!(suspend(FOURTH));
    });
}
