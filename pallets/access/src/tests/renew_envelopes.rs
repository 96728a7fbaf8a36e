// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::Grants;
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::{
    access::{Grant, GrantEnvelope, GrantScope, GrantTerms, Grantee, MAX_READERS},
    audit::Reason,
    membership::{InstitutionKind, InstitutionStatus, MemberStatus},
    CompartmentId, GrantId,
};

fn renew(epoch: u32, of: &[GrantId]) -> DispatchResult {
    Access::renew_envelopes(signed(PATIENT), CHART, GENERAL, epoch, envelopes(of))
}

fn edition(grant: GrantId) -> Option<u32> {
    Grants::<Test>::get(CHART, grant).unwrap().grant.envelope.map(|envelope| envelope.edition)
}

#[test]
fn renew_envelopes_gives_readers_the_current_secret() {
    on_charts(|| {
        let reader = grant(DOCTOR, terms());
        rotate();
        let before = Grants::<Test>::get(CHART, reader).unwrap().grant;
        take_log();
        take_events();
        assert_ok!(renew(1, &[reader]));

        let after = Grants::<Test>::get(CHART, reader).unwrap().grant;
        assert_eq!(after.envelope, Some(GrantEnvelope { hash: digest(40), edition: 1 }));
        assert_eq!(Grant { envelope: before.envelope, ..after }, before);
        assert_eq!(take_events(), [Event::EnvelopesRenewed { chart: CHART, compartment: GENERAL, epoch: 1, count: 1 }]);
        let (log, event) = by_patient(Action::EnvelopesRenewed, Subject::Compartment(GENERAL, 1));
        assert_eq!(take_log(), [(log, event.because(Reason::Count(1)))]);
    });
}

#[test]
fn renew_envelopes_resumes_where_it_stopped_and_may_be_repeated() {
    on_charts(|| {
        let readers = [grant(DOCTOR, terms()), grant(PHARMACIST, terms()), grant(LAB_WORKER, terms())];
        rotate();
        assert_ok!(renew(1, &readers[..1]));
        assert_eq!(readers.map(edition), [Some(1), Some(0), Some(0)]);
        assert_ok!(renew(1, &readers[1..]));
        assert_ok!(renew(1, &readers));
        assert_eq!(readers.map(edition), [Some(1); 3]);
    });
}

#[test]
fn renew_envelopes_takes_all_readers_that_there_can_be() {
    on_charts(|| {
        let readers: Vec<_> = (0..MAX_READERS).map(|number| grant(colleague(number), terms())).collect();
        rotate();
        assert_ok!(renew(1, &readers));
        assert!(readers.into_iter().all(|reader| edition(reader) == Some(1)));
    });
}

#[test]
fn renew_envelopes_fails_when_the_epoch_is_not_the_current() {
    on_charts(|| {
        let reader = grant(DOCTOR, terms());
        assert_noop!(renew(1, &[reader]), Error::InvalidEpoch);
        rotate();
        assert_noop!(renew(0, &[reader]), Error::InvalidEpoch);
    });
}

#[test]
fn renew_envelopes_fails_when_there_are_none() {
    on_charts(|| {
        assert_noop!(renew(0, &[]), Error::NoEnvelopes);
    });
}

#[test]
fn renew_envelopes_fails_when_a_grant_is_named_twice() {
    on_charts(|| {
        let reader = grant(DOCTOR, terms());
        assert_noop!(renew(0, &[reader, reader]), Error::DuplicateEnvelope);
    });
}

#[test]
fn renew_envelopes_fails_when_a_grant_is_unknown_or_of_another_chart() {
    on_charts(|| {
        let reader = grant(DOCTOR, terms());
        assert_noop!(renew(0, &[reader, GrantId(1)]), Error::GrantNotFound);
        let origin = signed(OTHER_PATIENT);
        let call = Access::renew_envelopes(origin, OTHER_CHART, GENERAL, 0, envelopes(&[reader]));
        assert_noop!(call, Error::GrantNotFound);
    });
}

#[test]
fn renew_envelopes_fails_when_a_grant_cannot_read_the_compartment() {
    on_charts(|| {
        let creates = grant(DOCTOR, create_terms());
        let reads_record = grant(DOCTOR, record_terms());
        let reads_results = grant(DOCTOR, GrantTerms { scope: GrantScope::Compartment(RESULTS), ..terms() });
        for other in [creates, reads_record, reads_results] {
            assert_noop!(renew(0, &[other]), Error::NotReader);
        }
    });
}

#[test]
fn renew_envelopes_fails_when_a_grant_is_over() {
    on_charts(|| {
        let live = grant(DOCTOR, terms());
        let ending = grant(DOCTOR, terms_until(NOW + 10));
        let revoked = grant(DOCTOR, terms());
        assert_ok!(Access::revoke_access(signed(PATIENT), CHART, revoked, None));
        assert_noop!(renew(0, &[live, revoked]), Error::AlreadyRevoked);
        set_time(NOW + 9);
        assert_ok!(renew(0, &[live, ending]));
        set_time(NOW + 10);
        assert_noop!(renew(0, &[live, ending]), Error::Expired);
    });
}

#[test]
fn renew_envelopes_fails_when_there_is_no_such_compartment() {
    on_charts(|| {
        let reader = grant(DOCTOR, terms());
        let call = Access::renew_envelopes(signed(PATIENT), CHART, CompartmentId(3), 0, envelopes(&[reader]));
        assert_noop!(call, Error::CompartmentNotFound);
    });
}

/// Trap: a dismissed doctor with a grant without end was once given the secret of the next epoch.
#[test]
fn renew_envelopes_fails_when_the_grantee_has_lost_its_standing() {
    on_charts(|| {
        let doctor = grant(DOCTOR, terms());
        let hospital = grant_to(Grantee::Institution(HOSPITAL), terms());
        rotate();
        Members::set_status(DOCTOR, MemberStatus::Revoked);
        assert_noop!(renew(1, &[hospital, doctor]), Error::GranteeNotActive);
        assert_ok!(renew(1, &[hospital]));
        Members::set_institution(HOSPITAL, InstitutionKind::Hospital, InstitutionStatus::Suspended);
        assert_noop!(renew(1, &[hospital]), Error::GranteeNotActive);
    });
}
