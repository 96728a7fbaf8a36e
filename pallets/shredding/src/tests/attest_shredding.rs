// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::assert_noop;
use salus_primitives::{
    membership::{InstitutionStatus, MemberStatus},
    shredding::{Attestation, AttestationOf, StoreKind},
};

#[test]
fn an_attestation_is_kept_and_logged() {
    on_records(|| {
        shredded();
        Log::take();
        take_events();
        Clock::set(START + 9);
        assert_ok!(attest(SERVICE, ABSENCE));
        let attestation = Attestation { by: SERVICE, at: START + 9, absence: ABSENCE };
        assert_eq!(Shredding::attestations_page(0, None, 10), [AttestationOf { institution: HOSPITAL, attestation }]);
        let reason = Some(Reason::Count(ABSENCE.absent));
        assert_eq!(Log::take(), [entry(SERVICE, Some(HOSPITAL), Action::ShreddingAttested, reason)]);
        let event = Event::ShreddingAttested { shredding: 0, institution: HOSPITAL, absence: ABSENCE };
        assert_eq!(take_events(), [event]);
    });
}

#[test]
fn an_institution_attests_once_that_nothing_is_left_and_again_of_what_stays() {
    on_records(|| {
        shredded();
        let partly = Absence { absent: 4, kept: 1, store: StoreKind::Ipfs };
        assert_ok!(attest(SERVICE, partly));
        assert_ok!(attest(SERVICE, ABSENCE));
        assert_noop!(attest(SERVICE, ABSENCE), Error::AlreadyAttested);
        // One came back, and something living names it: the truth may follow.
        assert_ok!(attest(SERVICE, partly));
        assert_ok!(attest(SERVICE, ABSENCE));
        assert_ok!(attest(OTHER_SERVICE, ABSENCE));
    });
}

#[test]
fn an_attestation_after_the_deadline_counts_with_its_time() {
    on_records(|| {
        shredded();
        let late = START + salus_primitives::shredding::ATTESTATION_TIME + 1;
        Clock::set(late);
        assert_ok!(attest(SERVICE, ABSENCE));
        assert_eq!(Shredding::attestations_page(0, None, 10)[0].attestation.at, late);
    });
}

#[test]
fn attest_shredding_fails_for_all_but_services_with_a_vault() {
    on_records(|| {
        shredded();
        for member in [PATIENT, DOCTOR, AUDITOR] {
            assert_noop!(attest(member, ABSENCE), Error::NotService);
        }
        Members::take_vault(OTHER_HOSPITAL);
        assert_noop!(attest(OTHER_SERVICE, ABSENCE), Error::NoVault);
        Members::set_status(SERVICE, MemberStatus::Revoked);
        assert_noop!(attest(SERVICE, ABSENCE), sp_runtime::DispatchError::BadOrigin);
        Members::set_status(SERVICE, MemberStatus::Active);
        let kind = salus_primitives::membership::InstitutionKind::Hospital;
        Members::set_institution(HOSPITAL, kind, InstitutionStatus::Suspended);
        assert_noop!(attest(SERVICE, ABSENCE), sp_runtime::DispatchError::BadOrigin);
    });
}

#[test]
fn attest_shredding_fails_without_a_shredding_or_a_count() {
    on_records(|| {
        assert_noop!(attest(SERVICE, ABSENCE), Error::NotFound);
        shredded();
        assert_noop!(attest(SERVICE, Absence { absent: 0, ..ABSENCE }), Error::NothingCounted);
        assert_noop!(Shredding::attest_shredding(signed(SERVICE), 1, ABSENCE), Error::NotFound);
    });
}
