// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::RequiredVerifications;

#[test]
fn set_required_verifications_succeeds_from_one_to_four() {
    Builder::default().test(|| {
        for count in 1..=4 {
            let before = entries();
            assert_ok!(Membership::set_required_verifications(council(), count));
            assert_eq!(RequiredVerifications::<Test>::get(), count);
            let entry = AuditEvent::by_council(Action::RequiredVerificationsSet, Subject::Consortium);
            let event = Event::RequiredVerificationsSet { count };
            assert_done(before, event, LogId::Consortium, entry.because(Reason::Count(count)));
        }
    });
}

#[test]
fn set_required_verifications_fails_below_one_and_above_four() {
    Builder::default().test(|| {
        for count in [0, 5, u32::MAX] {
            let set = || Membership::set_required_verifications(council(), count);
            assert_fails(set, Error::<Test>::InvalidCount);
        }
    });
}

#[test]
fn set_required_verifications_counts_from_the_next_answer_on() {
    Builder::default().test(|| {
        let member = join(ALICE, Role::Clinician);
        verify(VERIFIER, HOSPITAL, member, ALICE);
        assert_ok!(Membership::set_required_verifications(council(), 1));
        assert_eq!(status_of(member), MemberStatus::Pending);
        verify(CLINIC_VERIFIER, CLINIC, member, ALICE);
        assert_eq!(status_of(member), MemberStatus::Active);
    });
}
