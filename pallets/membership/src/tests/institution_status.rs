// SPDX-License-Identifier: Apache-2.0

//! `suspend_institution`, `reinstate_institution` and `remove_institution`.

use super::*;

fn status() -> InstitutionStatus {
    institution(CLINIC).status
}

#[test]
fn suspend_institution_suspends_and_reinstate_institution_ends_it() {
    Builder::default().test(|| {
        assert_ok!(Membership::suspend_institution(council(), CLINIC));
        assert_eq!(status(), InstitutionStatus::Suspended);
        let event = Event::InstitutionSuspended { institution: CLINIC };
        assert_done(0, event, LogId::Consortium, decision(Action::InstitutionSuspended, CLINIC));

        assert_ok!(Membership::reinstate_institution(council(), CLINIC));
        assert_eq!(status(), InstitutionStatus::Active);
        let event = Event::InstitutionReinstated { institution: CLINIC };
        assert_done(1, event, LogId::Consortium, decision(Action::InstitutionReinstated, CLINIC));
    });
}

#[test]
fn remove_institution_is_final() {
    Builder::default().test(|| {
        assert_ok!(Membership::suspend_institution(council(), LAB));
        assert_ok!(Membership::remove_institution(council(), LAB));
        assert_ok!(Membership::remove_institution(council(), CLINIC));
        assert_eq!(status(), InstitutionStatus::Removed);
        let event = Event::InstitutionRemoved { institution: CLINIC };
        assert_done(2, event, LogId::Consortium, decision(Action::InstitutionRemoved, CLINIC));

        assert_fails(|| Membership::suspend_institution(council(), CLINIC), Error::<Test>::InvalidStatus);
        assert_fails(|| Membership::reinstate_institution(council(), CLINIC), Error::<Test>::InvalidStatus);
        assert_fails(|| Membership::remove_institution(council(), CLINIC), Error::<Test>::InvalidStatus);
    });
}

#[test]
fn remove_institution_fails_while_it_has_a_seat() {
    Builder::default().test(|| {
        Seated::set(vec![CLINIC]);
        assert_fails(|| Membership::remove_institution(council(), CLINIC), Error::<Test>::HasSeat);
        assert_ok!(Membership::suspend_institution(council(), CLINIC));
        assert_ok!(Membership::remove_institution(council(), LAB));
        Seated::set(Vec::new());
        assert_ok!(Membership::remove_institution(council(), CLINIC));
    });
}

#[test]
fn institution_status_fails_when_it_is_that_already() {
    Builder::default().test(|| {
        assert_fails(|| Membership::reinstate_institution(council(), CLINIC), Error::<Test>::InvalidStatus);
        assert_ok!(Membership::suspend_institution(council(), CLINIC));
        assert_fails(|| Membership::suspend_institution(council(), CLINIC), Error::<Test>::InvalidStatus);
    });
}

#[test]
fn institution_status_fails_when_unknown() {
    Builder::default().test(|| {
        let unknown = InstitutionId(3);
        assert_fails(|| Membership::suspend_institution(council(), unknown), Error::<Test>::NotFound);
        assert_fails(|| Membership::reinstate_institution(council(), unknown), Error::<Test>::NotFound);
        assert_fails(|| Membership::remove_institution(council(), unknown), Error::<Test>::NotFound);
    });
}

#[test]
fn staff_of_a_suspended_institution_may_do_nothing_and_its_patients_all() {
    Builder::default().test(|| {
        let member = join(ALICE, Role::Patient);
        assert_ok!(Membership::suspend_institution(council(), HOSPITAL));
        let refuse = || Membership::refuse_applicant(signed(ISSUER), NONCE);
        assert_fails(refuse, BadOrigin);
        let challenge = || Membership::challenge(signed(VERIFIER), member, NONCE);
        assert_fails(challenge, BadOrigin);

        let patient = Membership::standing_of_account(&PATIENT.account()).unwrap();
        assert!(patient.is_active(START) && patient.is_institution_active());
    });
}
