// SPDX-License-Identifier: Apache-2.0

//! The bounds on what the members of an institution spend together.

use super::*;
use crate::{HEADROOM, SHARES};

#[test]
fn gate_bounds_the_patients_whom_an_institution_admitted_together() {
    Builder::default().test(|| {
        let patients = people(HOSPITAL, Role::Patient, 12);
        // Half of what the staff may spend, which is 2.5 times what one member may.
        let sent = patients.iter().filter(|patient| send(**patient, &remark(), 250, 1).is_ok()).count();
        assert_eq!(sent, 5);
        // A patient who spent little has headroom: a 32nd of an own allowance.
        assert_eq!(send(PATIENT, &remark(), 32, 1), refused(Refusal::InstitutionAllowanceSpent));
        assert_eq!(send(PATIENT, &remark(), 31, 1), Ok(()));
        assert_eq!(send(PATIENT, &remark(), 1, 1), refused(Refusal::InstitutionAllowanceSpent));
        // All patients together have as much headroom as they may spend otherwise.
        let others = people(HOSPITAL, Role::Patient, 45);
        let sent = others.iter().filter(|patient| send(**patient, &remark(), 31, 1).is_ok()).count();
        assert_eq!(sent, 1_250 / 31 - 1);
        assert!(institution(HOSPITAL).usage.patients.time <= 2 * 1_250 * MICROSECOND);
        // Staff, and another institution's patients, go on.
        assert_eq!(send(DOCTOR, &remark(), 1_000, 1), Ok(()));
        assert_eq!(send(people(CLINIC, Role::Patient, 1)[0], &remark(), 1_000, 1), Ok(()));
        // It refills, and no faster: 1.25 microseconds in each millisecond.
        Clock::wait(1_000);
        assert_eq!(send(PATIENT, &remark(), 250, 1), refused(Refusal::InstitutionAllowanceSpent));
        Clock::wait(200);
        assert_eq!(send(PATIENT, &remark(), 250, 1), Ok(()));
    });
}

#[test]
fn gate_serves_the_patients_of_an_institution_that_is_out() {
    Builder::default().test(|| {
        assert_ok!(Membership::suspend_institution(council(), HOSPITAL));
        assert_eq!(send(PATIENT, &remark(), 500, 1), Ok(()));
        assert_ok!(Membership::remove_institution(council(), HOSPITAL));
        assert_eq!(send(PATIENT, &remark(), 500, 1), Ok(()));
        assert_eq!(send(DOCTOR, &remark(), 1, 1), refused(Refusal::InstitutionNotActive));
    });
}

#[test]
fn gate_bounds_the_reserved_calls_of_an_institution_together() {
    Builder::default().test(|| {
        let issuers = people(HOSPITAL, Role::Issuer, 45);
        let sent = issuers.iter().filter(|issuer| send(**issuer, &refuse(), 500, 1).is_ok()).count();
        assert_eq!(sent as u64, SHARES);
        // An issuer who spent little has headroom: a 32nd of an own reserve.
        assert_eq!(send(ISSUER, &refuse(), 16, 1), refused(Refusal::InstitutionAllowanceSpent));
        assert_eq!(send(ISSUER, &refuse(), 15, 1), Ok(()));
        assert_eq!(send(ISSUER, &refuse(), 1, 1), refused(Refusal::InstitutionAllowanceSpent));
        // Votes of the same institution, and revocations of another, get through.
        assert_eq!(send(VERIFIER, &vote(), 100, 1), Ok(()));
        assert_eq!(send(CLINIC_ISSUER, &refuse(), 500, 1), Ok(()));
    });
}

#[test]
fn gate_counts_the_reserves_of_patients_and_staff_apart() {
    Builder::default().test(|| {
        for issuer in people(HOSPITAL, Role::Issuer, SHARES as usize) {
            assert_eq!(send(issuer, &refuse(), 500, 1), Ok(()));
        }
        assert_eq!(send(ISSUER, &remove_key(), 500, 1), refused(Refusal::InstitutionAllowanceSpent));
        assert_eq!(send(PATIENT, &remove_key(), 500, 1), Ok(()));
        let usage = institution(HOSPITAL).usage;
        assert_eq!(usage.reserved_by_staff.time, SHARES * RESERVED.time);
        assert_eq!(usage.reserved_by_patients.time, RESERVED.time);
    });
}

/// They spend at once, and then drop by drop, so that each of them always seems to have spent little.
#[test]
fn gate_lets_a_patient_revoke_in_a_flood_by_sixteen_others() {
    Builder::default().test(|| {
        let flood = people(HOSPITAL, Role::Patient, 16);
        let mut refusals = 0;
        for moment in 0..1_000 {
            for member in &flood {
                for microseconds in [500, 5, 1] {
                    refusals += u32::from(send(*member, &remove_key(), microseconds, 1).is_err());
                }
            }
            if moment % 100 == 0 {
                assert_eq!(send(PATIENT, &remove_key(), 1, 1), Ok(()), "after {moment} milliseconds");
            }
            Clock::wait(1);
        }
        assert!(refusals > 40_000, "there was no flood");
    });
}

#[test]
fn gate_bounds_what_all_members_of_an_institution_spend_of_their_reserves() {
    Builder::default().test(|| {
        let issuers = people(HOSPITAL, Role::Issuer, 300);
        let mut let_in = 0;
        for _ in 0..3 {
            for issuer in &issuers {
                for microseconds in [500, 15, 5, 1] {
                    let is_let_in = send(*issuer, &refuse(), microseconds, 1).is_ok();
                    let_in += if is_let_in { microseconds } else { 0 };
                }
            }
        }
        // Twice the reserves of four members at once.
        assert_eq!(let_in * MICROSECOND, HEADROOM * SHARES * RESERVED.time);
        // Afterwards as much in each second as the reserves of four members refill.
        Clock::wait(1_000);
        let refilled = issuers.iter().filter(|issuer| send(**issuer, &refuse(), 10, 1).is_ok()).count() as u64;
        assert_eq!(refilled * 10 * MICROSECOND, SHARES * RESERVED.time);
    });
}

#[test]
fn gate_lets_a_delegate_vote_when_colleagues_spent_everything_else() {
    Builder::default().test(|| {
        // The council has given the institution the least allowance, and its members have spent it.
        Institutions::<Test>::mutate_extant(HOSPITAL, |institution| {
            institution.profile.traffic_quota = LEAST_TRAFFIC;
        });
        assert_eq!(send(DOCTOR, &remark(), 10, 10), Ok(()));
        for issuer in people(HOSPITAL, Role::Issuer, 10) {
            let _ = send(issuer, &refuse(), 500, 1);
        }
        assert_eq!(send(VERIFIER, &remark(), 1, 1), refused(Refusal::InstitutionAllowanceSpent));
        assert_eq!(send(VERIFIER, &vote(), 100, 1), Ok(()));
        assert_eq!(usage_of(VERIFIER).council.time, 100 * MICROSECOND);
        // The reserve is bounded too, for a member and for all together.
        assert_eq!(send(VERIFIER, &vote(), 1, 1), refused(Refusal::MemberAllowanceSpent));
        for verifier in people(HOSPITAL, Role::Verifier, SHARES as usize - 1) {
            assert_eq!(send(verifier, &vote(), 100, 1), Ok(()));
        }
        let other = people(HOSPITAL, Role::Verifier, 1)[0];
        assert_eq!(send(other, &vote(), 4, 1), refused(Refusal::InstitutionAllowanceSpent));
        // A delegate who spent little still votes.
        assert_eq!(send(other, &vote(), 3, 1), Ok(()));
    });
}
