// SPDX-License-Identifier: Apache-2.0

//! To whom keys are sealed, and when a compartment waits for a rotation.

use super::*;
use frame_support::assert_ok;
use salus_primitives::{
    access::{GrantScope, GrantTerms, Grantee, Permissions, Reader},
    membership::{InstitutionKind, InstitutionStatus, MemberStatus},
    time::Interval,
    traits::RecordReaders as _,
    GrantId, RecordId,
};

const THE_RECORD: RecordId = RecordId { chart: CHART, key: RECORD };

fn readers() -> Vec<GrantId> {
    Access::readers(CHART, Scope::Compartment(GENERAL)).into_iter().map(|reader| reader.grant).collect()
}

#[test]
fn record_readers_are_the_live_grants_over_the_record_that_can_read() {
    on_charts(|| {
        grant(DOCTOR, terms());
        grant(DOCTOR, GrantTerms { scope: over_record(RECORD, GENERAL), ..create_terms() });
        let revoked = grant(DOCTOR, record_terms());
        let ending = grant(DOCTOR, GrantTerms { interval: terms_until(NOW + 10).interval, ..record_terms() });
        let starting = Interval { start: NOW + 50, end: None };
        let permissions = Permissions::of(&[Permission::Read]);
        let later = grant(PHARMACIST, GrantTerms { interval: starting, permissions, ..record_terms() });
        assert_ok!(Access::revoke_access(signed(PATIENT), CHART, revoked, None));

        assert_eq!(Access::record_readers(THE_RECORD), [ending, later]);
        set_time(NOW + 10);
        assert_eq!(Access::record_readers(THE_RECORD), [later]);
        assert_eq!(Access::record_readers(RecordId { chart: OTHER_CHART, key: RECORD }), []);
    });
}

#[test]
fn readers_of_a_compartment_say_which_envelope_they_have() {
    on_charts(|| {
        let number = grant(DOCTOR, terms());
        grant(PHARMACIST, create_terms());
        rotate();
        let reader = Reader { grant: number, grantee: Grantee::Member(DOCTOR), edition: 0 };
        assert_eq!(Access::readers(CHART, Scope::Compartment(GENERAL)), [reader]);
    });
}

/// Trap: the chain once forced the author of a version to seal it to a dismissed doctor.
#[test]
fn a_grantee_who_lost_its_standing_is_not_a_reader() {
    on_charts(|| {
        let own = grant(DOCTOR, record_terms());
        let of_hospital = grant_to(Grantee::Institution(HOSPITAL), record_terms());
        assert_eq!(Access::record_readers(THE_RECORD), [own, of_hospital]);
        for status in [MemberStatus::Suspended, MemberStatus::Revoked] {
            Members::set_status(DOCTOR, status);
            assert_eq!(Access::record_readers(THE_RECORD), [of_hospital]);
        }
        Members::set_status(DOCTOR, MemberStatus::Active);
        set_valid_until(DOCTOR, NOW);
        assert_eq!(Access::record_readers(THE_RECORD), [of_hospital]);
        set_valid_until(DOCTOR, NOW + 1);
        for status in [InstitutionStatus::Suspended, InstitutionStatus::Removed] {
            Members::set_institution(HOSPITAL, InstitutionKind::Hospital, status);
            assert_eq!(Access::record_readers(THE_RECORD), []);
        }
        Members::set_institution(HOSPITAL, InstitutionKind::Hospital, InstitutionStatus::Active);
        // Without an answer from the membership pallet, the grantee gets no key.
        Members::be_silent(true);
        assert_eq!(Access::record_readers(THE_RECORD), []);
        Members::be_silent(false);
    });
}

#[test]
fn rotation_is_due_when_a_reader_was_revoked_or_ran_out_and_until_rotated() {
    on_charts(|| {
        grant(DOCTOR, GrantTerms { scope: GrantScope::Compartment(RESULTS), ..create_terms() });
        grant(DOCTOR, create_terms());
        let reader = grant(PHARMACIST, terms());
        grant(DOCTOR, terms_until(NOW + 10));
        assert!(!rotation_is_due());
        set_time(NOW + 10);
        assert!(rotation_is_due());
        rotate();
        assert!(!rotation_is_due());
        // The pharmacist has the former secret only.
        assert_ok!(Access::revoke_access(signed(PATIENT), CHART, reader, None));
        assert!(!rotation_is_due());
        let last = grant(DOCTOR, terms());
        assert_ok!(Access::revoke_access(signed(PATIENT), CHART, last, None));
        assert!(rotation_is_due());
    });
}

#[test]
fn rotation_is_due_when_a_reader_lost_its_standing() {
    on_charts(|| {
        grant(DOCTOR, terms());
        grant_to(Grantee::Institution(LABORATORY), terms());
        assert!(!rotation_is_due());
        Members::set_status(DOCTOR, MemberStatus::Suspended);
        assert!(rotation_is_due());
        Members::set_status(DOCTOR, MemberStatus::Active);
        assert!(!rotation_is_due());
        set_valid_until(DOCTOR, NOW);
        assert!(rotation_is_due());
        set_valid_until(DOCTOR, NOW + 1);
        Members::set_institution(LABORATORY, InstitutionKind::Laboratory, InstitutionStatus::Removed);
        assert!(rotation_is_due());
        assert_eq!(readers(), [GrantId(0)]);
        rotate();
        assert!(!rotation_is_due());
    });
}
