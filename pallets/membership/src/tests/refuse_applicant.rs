// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn refuse_applicant_is_logged_by_hash() {
    Builder::default().test(|| {
        let application = Digest([4; 32]);
        assert_ok!(Membership::refuse_applicant(signed(ISSUER), application));
        let subject = Subject::Applicant(application);
        let entry = AuditEvent::by_member(id_of(ISSUER), Some(HOSPITAL), Action::JoiningRefused, subject);
        let event = Event::ApplicantRefused { institution: HOSPITAL, application };
        assert_done(0, event, LogId::Institution(HOSPITAL), entry);
    });
}

#[test]
fn refuse_applicant_fails_when_the_issuer_is_suspended() {
    Builder::default().test(|| {
        assert_ok!(Membership::suspend_member(council(), id_of(ISSUER)));
        let refuse = || Membership::refuse_applicant(signed(ISSUER), NONCE);
        assert_fails(refuse, BadOrigin);
    });
}
