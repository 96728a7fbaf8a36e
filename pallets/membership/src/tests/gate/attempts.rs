// SPDX-License-Identifier: Apache-2.0

//! Attempts of members who may not act any more, which are let in to be logged.

use super::*;

#[test]
fn gate_lets_suspended_and_expired_staff_make_a_few_attempts_that_are_logged() {
    Builder::default().test(|| {
        let attempt = || frame_system::Call::remark_with_event { remark: vec![] }.into();
        let expire = |person, at| {
            Members::<Test>::mutate_extant(id_of(person), |member| member.valid_until = Some(at));
        };
        assert_ok!(Membership::suspend_member(council(), id_of(DOCTOR)));
        expire(NURSE, START);
        for person in [DOCTOR, NURSE] {
            assert_eq!(send(person, &remark(), 1, 1), refused(Refusal::MemberNotActive));
            assert_eq!(send(person, &batch(vec![attempt()]), 1, 1), refused(Refusal::MemberNotActive));
            assert_eq!(priority(person, &attempt()), 1);
            // A fiftieth of the reserve.
            assert_eq!(send(person, &attempt(), 11, 1), refused(Refusal::MemberAllowanceSpent));
            assert_eq!(send(person, &attempt(), 10, 1), Ok(()));
            assert_eq!(send(person, &attempt(), 1, 1), refused(Refusal::MemberAllowanceSpent));
        }
        // The attempt of a pending, revoked or unknown signer leaves no trace.
        join(ALICE, Role::Clinician);
        assert_ok!(Membership::revoke_member(council(), id_of(DOCTOR)));
        assert_eq!(send(ALICE, &attempt(), 1, 1), refused(Refusal::MemberNotActive));
        assert_eq!(send(DOCTOR, &attempt(), 1, 1), refused(Refusal::MemberNotActive));
        assert_eq!(send(STRANGER, &attempt(), 1, 1), refused(Refusal::NotMember));
        assert_ok!(Membership::suspend_institution(council(), HOSPITAL));
        Clock::wait(1_000);
        assert_eq!(send(NURSE, &attempt(), 1, 1), refused(Refusal::InstitutionNotActive));
    });
}

#[test]
fn gate_lets_in_an_attempt_of_a_member_who_spent_everything_before_the_suspension() {
    Builder::default().test(|| {
        let attempt: RuntimeCall = frame_system::Call::remark_with_event { remark: vec![] }.into();
        // The doctor and the colleagues spend their ordinary allowance and that of the staff.
        for (person, microseconds) in [(DOCTOR, 1_000), (NURSE, 1_000), (VERIFIER, 500)] {
            assert_eq!(send(person, &remark(), microseconds, 1), Ok(()));
        }
        assert_ok!(Membership::suspend_member(council(), id_of(DOCTOR)));
        assert_eq!(priority(DOCTOR, &attempt), 1);
        assert_eq!(send(DOCTOR, &attempt, 10, 1), Ok(()));
        assert_eq!(usage_of(DOCTOR).reserved.time, 10 * MICROSECOND);
        assert_eq!(usage_of(DOCTOR).ordinary.time, 1_000 * MICROSECOND);
        assert_eq!(send(DOCTOR, &attempt, 1, 1), refused(Refusal::MemberAllowanceSpent));
    });
}
