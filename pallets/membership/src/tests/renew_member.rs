// SPDX-License-Identifier: Apache-2.0

//! Memberships that last longer (S0-13).

use super::*;

/// The doctor's membership ends an hour after the start.
fn with_end(test: impl FnOnce(MemberId)) {
    Builder::default().test(|| {
        let doctor = id_of(DOCTOR);
        set_end(doctor, Some(START + HOUR));
        test(doctor);
    });
}

fn set_end(member: MemberId, valid_until: Option<Moment>) {
    Members::<Test>::mutate(member, |member| member.as_mut().expect("a member").valid_until = valid_until);
}

fn end_of(member: MemberId) -> Option<Moment> {
    Members::<Test>::get(member).expect("a member").valid_until
}

#[test]
fn renew_member_lets_a_membership_last_longer_even_if_it_has_ended() {
    with_end(|member| {
        Clock::set(START + 2 * HOUR);
        assert!(!Membership::standing(member).expect("a member").may_act(Clock::now()));
        let end = Some(START + 3 * HOUR);
        assert_ok!(Membership::renew_member(signed(ISSUER), member, end));
        assert_eq!(end_of(member), end);
        assert!(Membership::standing(member).expect("a member").may_act(Clock::now()));
        let entry =
            AuditEvent::by_member(id_of(ISSUER), Some(HOSPITAL), Action::MemberRenewed, Subject::Member(member));
        assert_done(0, Event::MemberRenewed { member, valid_until: end }, LogId::Institution(HOSPITAL), entry);
        assert_ok!(Membership::renew_member(signed(ISSUER), member, None));
        assert_eq!(end_of(member), None);
    });
}

#[test]
fn renew_member_fails_when_the_membership_would_not_last_longer() {
    with_end(|member| {
        let renew = |end| move || Membership::renew_member(signed(ISSUER), member, end);
        for end in [0, START, START + HOUR] {
            assert_fails(renew(Some(end)), Error::<Test>::NotLonger);
        }
        Clock::set(START + 2 * HOUR);
        assert_fails(renew(Some(START + 2 * HOUR)), Error::<Test>::NotLonger);
        set_end(member, None);
        for end in [None, Some(Moment::MAX)] {
            assert_fails(renew(end), Error::<Test>::NotLonger);
        }
    });
}

#[test]
fn renew_member_fails_for_patients_the_own_membership_other_staff_and_the_revoked() {
    with_end(|member| {
        let renew = |id| move || Membership::renew_member(signed(ISSUER), id, None);
        assert_fails(renew(id_of(PATIENT)), Error::<Test>::NotStaff);
        assert_fails(renew(MemberId(999)), Error::<Test>::NotFound);
        set_end(id_of(ISSUER), Some(START + HOUR));
        assert_fails(renew(id_of(ISSUER)), Error::<Test>::NotPermitted);
        set_end(id_of(CLINIC_VERIFIER), Some(START + HOUR));
        assert_fails(renew(id_of(CLINIC_VERIFIER)), Error::<Test>::NotPermitted);
        assert_ok!(Membership::revoke_member(signed(ISSUER), member));
        assert_fails(renew(member), Error::<Test>::InvalidStatus);
    });
}
