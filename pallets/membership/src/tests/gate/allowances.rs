// SPDX-License-Identifier: Apache-2.0

//! The allowance and the reserve of a member.

use super::*;
use frame_support::dispatch::PostDispatchInfo;
use salus_primitives::allowance::{Cost, InstitutionUsage, Usage};

#[test]
fn gate_spends_time_up_to_the_quota_and_refills_evenly() {
    Builder::default().test(|| {
        let spent = refused(Refusal::MemberAllowanceSpent);
        assert_eq!(send(PATIENT, &remark(), 1_001, 1), spent);
        assert_eq!(send(PATIENT, &remark(), 600, 1), Ok(()));
        assert_eq!(send(PATIENT, &remark(), 401, 1), spent);
        assert_eq!(send(PATIENT, &remark(), 400, 1), Ok(()));
        assert_eq!(send(PATIENT, &remark(), 1, 1), spent);
        // A microsecond comes back in each millisecond.
        Clock::wait(1);
        assert_eq!(send(PATIENT, &remark(), 2, 1), spent);
        assert_eq!(send(PATIENT, &remark(), 1, 1), Ok(()));
        Clock::wait(500);
        assert_eq!(send(PATIENT, &remark(), 501, 1), spent);
        assert_eq!(send(PATIENT, &remark(), 500, 1), Ok(()));
        // The allowance never refills beyond its quota.
        Clock::wait(1_000_000);
        assert_eq!(send(PATIENT, &remark(), 1_001, 1), spent);
        assert_eq!(send(PATIENT, &remark(), 1_000, 1), Ok(()));
    });
}

#[test]
fn gate_spends_bytes_up_to_the_quota() {
    Builder::default().test(|| {
        assert_eq!(send(PATIENT, &remark(), 1, 1_001), refused(Refusal::MemberAllowanceSpent));
        assert_eq!(send(PATIENT, &remark(), 1, 1_000), Ok(()));
        assert_eq!(send(PATIENT, &remark(), 1, 1), refused(Refusal::MemberAllowanceSpent));
        Clock::wait(10);
        assert_eq!(send(PATIENT, &remark(), 1, 11), refused(Refusal::MemberAllowanceSpent));
        assert_eq!(send(PATIENT, &remark(), 1, 10), Ok(()));
    });
}

#[test]
fn gate_charges_each_member_apart_and_staff_together() {
    Builder::default().test(|| {
        // The hospital may spend 2.5 times as much as each of its members.
        assert_eq!(send(DOCTOR, &remark(), 1_000, 1), Ok(()));
        assert_eq!(send(NURSE, &remark(), 1_000, 1), Ok(()));
        assert_eq!(send(VERIFIER, &remark(), 501, 1), refused(Refusal::InstitutionAllowanceSpent));
        assert_eq!(send(VERIFIER, &remark(), 500, 1), Ok(()));
        assert_eq!(send(ISSUER, &remark(), 1, 1), refused(Refusal::InstitutionAllowanceSpent));
        // Patients and other institutions have nothing to do with it.
        assert_eq!(send(PATIENT, &remark(), 1_000, 1), Ok(()));
        assert_eq!(send(CLINIC_VERIFIER, &remark(), 1_000, 1), Ok(()));
        assert_eq!(institution(HOSPITAL).usage.staff.time, 2_500 * MICROSECOND);

        Clock::wait(100);
        assert_eq!(send(ISSUER, &remark(), 250, 1), Ok(()));
        assert_eq!(send(ISSUER, &remark(), 1, 1), refused(Refusal::InstitutionAllowanceSpent));
    });
}

#[test]
fn gate_keeps_a_reserve_for_calls_that_must_get_through() {
    Builder::default().test(|| {
        // The issuer and the institution have spent their ordinary allowances.
        for person in [ISSUER, DOCTOR] {
            assert_eq!(send(person, &remark(), 1_000, 1), Ok(()));
        }
        assert_eq!(send(NURSE, &remark(), 500, 1), Ok(()));
        assert_eq!(send(ISSUER, &remark(), 1, 1), refused(Refusal::MemberAllowanceSpent));

        assert_eq!(send(ISSUER, &refuse(), 499, 1), Ok(()));
        assert_eq!(send(ISSUER, &batch(vec![refuse()]), 1, 1), Ok(()));
        assert_eq!(send(ISSUER, &refuse(), 1, 1), refused(Refusal::MemberAllowanceSpent));
        assert_eq!(usage_of(ISSUER).reserved.time, 500 * MICROSECOND);
        // A batch is ordinary unless all its calls are reserved.
        assert_eq!(send(ISSUER, &batch(vec![refuse(), remark()]), 1, 1), refused(Refusal::MemberAllowanceSpent));
        Clock::wait(2);
        assert_eq!(send(ISSUER, &refuse(), 1, 1), Ok(()));
    });
}

#[test]
fn gate_gives_back_the_time_that_a_call_did_not_need() {
    Builder::default().test(|| {
        let run = |used: u64| {
            let post_info = PostDispatchInfo { actual_weight: Some(Weight::from_parts(used, 0)), ..Default::default() };
            let gate = MemberGate::<Test>::new();
            assert_ok!(gate.test_run(signed(DOCTOR), &remark(), &info(900), 10, 0, |_| Ok(post_info)));
        };
        run(100 * MICROSECOND);
        let usage = Usage { time: 100 * MICROSECOND, bytes: 10, at: START };
        assert_eq!(usage_of(DOCTOR), MemberUsage { ordinary: usage, ..Default::default() });
        assert_eq!(institution(HOSPITAL).usage, InstitutionUsage { staff: usage, ..Default::default() });
        run(900 * MICROSECOND);
        assert_eq!(usage_of(DOCTOR).ordinary.time, 1_000 * MICROSECOND);
    });
}

#[test]
fn gate_charges_for_the_extensions_too_and_nothing_in_the_pool() {
    Builder::default().test(|| {
        let info = DispatchInfo { extension_weight: Weight::from_parts(300 * MICROSECOND, 0), ..info(100) };
        let gate = MemberGate::<Test>::new();
        assert_ok!(gate.validate_only(signed(DOCTOR), &remark(), &info, 10, TransactionSource::External, 0));
        assert_eq!(usage_of(DOCTOR), MemberUsage::default());
        assert_ok!(gate.validate_and_prepare(signed(DOCTOR), &remark(), &info, 10, 0));
        assert_eq!(usage_of(DOCTOR).ordinary.time, 400 * MICROSECOND);
    });
}

/// Whichever calls members send, their usage stays within the quotas, and refills no faster than the quotas say.
mod property {
    use super::*;
    use crate::{HEADROOM, SHARES};
    use proptest::{collection::vec, prelude::*, sample::select};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_sequence_of_calls_spends_more_than_the_quotas(
            sent in vec((select(vec![DOCTOR, NURSE, ISSUER, VERIFIER, PATIENT]), 0u8..3, 1u64..1_200, 0u64..400), 1..60)
        ) {
            Builder::default().test(|| {
                let mut let_in = std::collections::BTreeMap::<(u8, bool), u64>::new();
                for (person, kind, microseconds, pause) in sent {
                    let call = [remark(), refuse(), vote()][usize::from(kind)].clone();
                    if send(person, &call, microseconds, 1).is_ok() {
                        *let_in.entry((kind, person != PATIENT)).or_default() += microseconds;
                    }
                    Clock::wait(pause);
                    for (person, ..) in MEMBERS {
                        let usage = usage_of(person);
                        assert!(usage.ordinary.time <= QUOTA.time);
                        assert!(usage.reserved.time <= RESERVED.time);
                        assert!(usage.council.time <= COUNCIL.time);
                    }
                    let usage = institution(HOSPITAL).usage;
                    assert!(usage.staff.time <= 2_500 * MICROSECOND);
                    assert!(usage.patients.time <= HEADROOM * 1_250 * MICROSECOND);
                    assert!(usage.reserved_by_staff.time <= HEADROOM * SHARES * RESERVED.time);
                    assert!(usage.council.time <= HEADROOM * SHARES * COUNCIL.time);
                }
                // The admitted cost is at most the initial quotas with their headroom, and the refills since.
                let elapsed = Clock::now() - START;
                for ((kind, is_staff), microseconds) in let_in {
                    let quota = match (kind, is_staff) {
                        (0, true) => 2_500,
                        (0, false) => 1_250,
                        (1, _) => SHARES * 500,
                        _ => SHARES * 100,
                    };
                    let headroom = if (kind, is_staff) == (0, true) { 1 } else { HEADROOM };
                    assert!(microseconds <= headroom * quota + quota * elapsed / 1_000 + 1);
                }
            });
        }
    }
}

#[test]
fn usage_does_not_overflow_and_refills_at_once_when_refilling_takes_no_time() {
    let full = Usage { time: u64::MAX, bytes: u64::MAX, at: 0 };
    let cost = Cost { time: u64::MAX, bytes: u64::MAX };
    let slow = Quota { time: u64::MAX, bytes: u64::MAX, refill: u64::MAX };
    assert_eq!(full.spend(cost, &Quota { time: 1, ..slow }, 1), None);
    assert!(full.spend(cost, &slow, u64::MAX).is_some());
    let at_once = Quota { time: 10, bytes: 10, refill: 0 };
    let spent = Usage { time: 10, bytes: 10, at: 5 };
    let cost = Cost { time: 10, bytes: 10 };
    assert_eq!(spent.spend(cost, &at_once, 5), Some(spent));
    // A clock that goes back refills nothing.
    assert_eq!(spent.spend(cost, &Quota { refill: 100, ..at_once }, 4), None);
}

#[test]
fn usage_beyond_the_quota_refills_no_faster() {
    let quota = Quota { time: 10, bytes: 10, refill: 100 };
    let spend = |usage: Usage, time, now| usage.spend_up_to(Cost { time, bytes: 0 }, &quota, 3, now);
    assert_eq!(spend(Usage::default(), 31, 0), None);
    let full = spend(Usage::default(), 30, 0).unwrap();
    assert!(!full.is_within(&quota));
    // Ten come back in each hundred milliseconds.
    for now in [100, 150, 200, 299] {
        let left = spend(full, 0, now).unwrap();
        assert_eq!(left.time, 30 - now / 10);
    }
    assert_eq!(spend(full, 11, 100), None);
    assert_eq!(spend(full, 10, 100), Some(Usage { time: 30, bytes: 0, at: 100 }));
    assert_eq!(spend(full, 0, 300).map(|usage| usage.time), Some(0));
    // The council lowered the quota: after the time of the largest usage, everything has refilled.
    let former = Usage { time: 1_000, ..full };
    assert_eq!((spend(former, 0, 299), spend(former, 0, 300).map(|usage| usage.time)), (None, Some(0)));
}
