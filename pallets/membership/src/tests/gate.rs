// SPDX-License-Identifier: Apache-2.0

//! `MemberGate`: who is let in, with what, and how much of it.

use super::*;
use crate::{Charge, InstitutionUsage, MemberGate, MemberUsage, ReservedUsage, Usage, WeightInfo, RESERVED_PRIORITY};
use codec::Encode;
use frame_support::{
    dispatch::{DispatchInfo, PostDispatchInfo},
    traits::Get,
    weights::Weight,
};
use sp_runtime::traits::{DispatchTransaction, TransactionExtension};

type Sent = Result<(), TransactionValidityError>;

fn remark() -> RuntimeCall {
    frame_system::Call::remark { remark: vec![] }.into()
}

/// A reserved call.
fn refuse() -> RuntimeCall {
    Call::refuse_applicant { application: NONCE }.into()
}

fn batch(calls: Vec<RuntimeCall>) -> RuntimeCall {
    pallet_utility::Call::batch { calls }.into()
}

fn info(microseconds: u64) -> DispatchInfo {
    DispatchInfo { call_weight: Weight::from_parts(microseconds * MICROSECOND, 0), ..Default::default() }
}

/// Validates in the pool, and lets the transaction through the gate in the block; nothing is dispatched.
fn send(person: Person, call: &RuntimeCall, microseconds: u64, bytes: usize) -> Sent {
    let info = info(microseconds);
    let gate = MemberGate::<Test>::new();
    let pool = gate.validate_only(signed(person), call, &info, bytes, TransactionSource::External, 0).map(|_| ());
    let block = gate.test_run(signed(person), call, &info, bytes, 0, |_| Ok(().into())).map(|_| ());
    assert_eq!(pool, block, "pool and block disagree");
    block
}

fn refused(refusal: Refusal) -> Sent {
    Err(InvalidTransaction::Custom(refusal.code()).into())
}

fn priority(person: Person, call: &RuntimeCall) -> u64 {
    let gate = MemberGate::<Test>::new();
    let (validity, ..) = gate.validate_only(signed(person), call, &info(1), 1, TransactionSource::External, 0).unwrap();
    validity.priority
}

#[test]
fn gate_has_no_size_and_implies_nothing() {
    assert!(MemberGate::<Test>::new().encode().is_empty());
    let metadata = <MemberGate<Test> as TransactionExtension<RuntimeCall>>::metadata();
    assert_eq!(metadata[0].identifier, "MemberGate");
    assert_eq!(metadata[0].implicit, scale_info::meta_type::<()>());
}

#[test]
fn gate_lets_every_active_member_in() {
    Builder::default().test(|| {
        for (person, ..) in MEMBERS {
            assert_eq!(send(person, &remark(), 1, 1), Ok(()));
        }
    });
}

#[test]
fn gate_refuses_a_stranger_and_a_removed_key() {
    Builder::default().test(|| {
        assert_eq!(send(STRANGER, &remark(), 1, 1), refused(Refusal::NotMember));
        // The membership key is no account.
        let account = sp_runtime::AccountId32::new(DOCTOR.membership().public().0);
        let gate = MemberGate::<Test>::new();
        let result =
            gate.validate_only(RuntimeOrigin::signed(account), &remark(), &info(1), 1, TransactionSource::External, 0);
        assert_eq!(result.map(|_| ()), refused(Refusal::NotMember));
    });
    Builder::default().build().execute_with(|| {
        AccountOwners::<Test>::insert(DOCTOR.account(), AccountOwner { member: id_of(DOCTOR), live: false });
        assert_eq!(send(DOCTOR, &remark(), 1, 1), refused(Refusal::NotMember));
    });
}

#[test]
fn gate_refuses_a_member_who_is_pending_suspended_or_revoked() {
    Builder::default().test(|| {
        join(ALICE, Role::Patient);
        assert_eq!(send(ALICE, &remark(), 1, 1), refused(Refusal::MemberNotActive));
        assert_ok!(Membership::suspend_member(council(), id_of(DOCTOR)));
        assert_eq!(send(DOCTOR, &remark(), 1, 1), refused(Refusal::MemberNotActive));
        assert_ok!(Membership::revoke_member(council(), id_of(DOCTOR)));
        assert_eq!(send(DOCTOR, &remark(), 1, 1), refused(Refusal::MemberNotActive));
    });
}

#[test]
fn gate_refuses_staff_from_the_end_of_validity() {
    Builder::default().test(|| {
        let until = START + HOUR;
        Members::<Test>::mutate(id_of(DOCTOR), |doctor| doctor.as_mut().unwrap().valid_until = Some(until));
        Now::set(until - 1);
        assert_eq!(send(DOCTOR, &remark(), 1, 1), Ok(()));
        Now::set(until);
        assert_eq!(send(DOCTOR, &remark(), 1, 1), refused(Refusal::MemberNotActive));
    });
}

#[test]
fn gate_refuses_staff_of_an_institution_that_is_not_active_but_no_patient() {
    Builder::default().test(|| {
        assert_ok!(Membership::suspend_institution(council(), HOSPITAL));
        assert_eq!(send(DOCTOR, &remark(), 1, 1), refused(Refusal::InstitutionNotActive));
        assert_eq!(send(PATIENT, &remark(), 1, 1), Ok(()));
        assert_ok!(Membership::remove_institution(council(), HOSPITAL));
        assert_eq!(send(DOCTOR, &remark(), 1, 1), refused(Refusal::InstitutionNotActive));
        assert_eq!(send(PATIENT, &remark(), 1, 1), Ok(()));
    });
}

#[test]
fn gate_refuses_what_the_role_may_not_call_also_inside_other_calls() {
    Builder::default().test(|| {
        let forbidden = refused(Refusal::RoleMayNotCall);
        let root_call = RuntimeCall::from(frame_system::Call::set_heap_pages { pages: 1 });
        assert_eq!(send(ISSUER, &refuse(), 1, 1), Ok(()));
        assert_eq!(send(DOCTOR, &refuse(), 1, 1), forbidden);
        assert_eq!(send(ISSUER, &root_call, 1, 1), forbidden);

        assert_eq!(send(ISSUER, &batch(vec![remark(), refuse()]), 1, 1), Ok(()));
        assert_eq!(send(DOCTOR, &batch(vec![remark(), refuse()]), 1, 1), forbidden);
        assert_eq!(send(ISSUER, &batch(vec![remark(), batch(vec![root_call])]), 1, 1), forbidden);
    });
}

#[test]
fn gate_has_nothing_to_say_where_nobody_signs() {
    Builder::default().test(|| {
        for origin in [RuntimeOrigin::none(), authorized()] {
            let gate = MemberGate::<Test>::new();
            let validated = gate.validate(
                origin,
                &remark(),
                &info(1),
                1,
                (),
                &sp_runtime::traits::TxBaseImplication(()),
                TransactionSource::External,
            );
            let (validity, charge, _) = validated.unwrap();
            assert_eq!(validity, ValidTransaction::default());
            let weight = <() as WeightInfo>::member_gate();
            assert_eq!(charge, Charge::Nothing(weight));
            // Its weight is given back.
            let unneeded = <MemberGate<Test> as TransactionExtension<RuntimeCall>>::post_dispatch_details(
                charge,
                &info(1),
                &Default::default(),
                1,
                &Ok(()),
            );
            assert_eq!(unneeded, Ok(weight));
        }
        assert_eq!(MemberUsage::<Test>::iter().count(), 0);
    });
}

#[test]
fn gate_refuses_what_is_paused_also_inside_other_calls() {
    Builder::default().test(|| {
        RemarksArePaused::set(true);
        let paused = refused(Refusal::CallPaused);
        assert_eq!(send(DOCTOR, &remark(), 1, 1), paused);
        assert_eq!(send(ISSUER, &batch(vec![refuse(), batch(vec![remark()])]), 1, 1), paused);
        assert_eq!(send(ISSUER, &batch(vec![refuse()]), 1, 1), Ok(()));
        // Who may never make the call is told so.
        assert_eq!(send(STRANGER, &remark(), 1, 1), refused(Refusal::NotMember));
        let forbidden = batch(vec![remark(), refuse()]);
        assert_eq!(send(DOCTOR, &forbidden, 1, 1), refused(Refusal::RoleMayNotCall));
        assert_eq!(MemberUsage::<Test>::get(id_of(DOCTOR)).bytes, 0);
        RemarksArePaused::set(false);
        assert_eq!(send(DOCTOR, &remark(), 1, 1), Ok(()));
    });
}

#[test]
fn gate_refuses_what_is_paused_where_nobody_signs() {
    Builder::default().test(|| {
        RemarksArePaused::set(true);
        for origin in [RuntimeOrigin::none(), authorized()] {
            let gate = MemberGate::<Test>::new();
            let result = gate.validate_only(origin, &remark(), &info(1), 1, TransactionSource::External, 0);
            assert_eq!(result.map(|_| ()), refused(Refusal::CallPaused));
        }
    });
}

#[test]
fn gate_weighs_a_look_at_what_is_paused_for_each_call() {
    Builder::default().test(|| {
        let weight = |call: &RuntimeCall| TransactionExtension::<RuntimeCall>::weight(&MemberGate::<Test>::new(), call);
        let db: frame_support::weights::RuntimeDbWeight = <Test as frame_system::Config>::DbWeight::get();
        let measured = <() as WeightInfo>::member_gate();
        assert_eq!(weight(&remark()), measured + db.reads(1));
        assert_eq!(weight(&batch(vec![remark(), batch(vec![remark()])])), measured + db.reads(4));
    });
}

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
        wait(1);
        assert_eq!(send(PATIENT, &remark(), 2, 1), spent);
        assert_eq!(send(PATIENT, &remark(), 1, 1), Ok(()));
        wait(500);
        assert_eq!(send(PATIENT, &remark(), 501, 1), spent);
        assert_eq!(send(PATIENT, &remark(), 500, 1), Ok(()));
        // It never gets more than full.
        wait(1_000_000);
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
        wait(10);
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
        assert_eq!(InstitutionUsage::<Test>::get(HOSPITAL).time, 2_500 * MICROSECOND);

        wait(100);
        assert_eq!(send(ISSUER, &remark(), 250, 1), Ok(()));
        assert_eq!(send(ISSUER, &remark(), 1, 1), refused(Refusal::InstitutionAllowanceSpent));
    });
}

#[test]
fn gate_keeps_a_reserve_for_calls_that_must_get_through() {
    Builder::default().test(|| {
        // Everything ordinary is spent, by the issuer and by the institution.
        for person in [ISSUER, DOCTOR] {
            assert_eq!(send(person, &remark(), 1_000, 1), Ok(()));
        }
        assert_eq!(send(NURSE, &remark(), 500, 1), Ok(()));
        assert_eq!(send(ISSUER, &remark(), 1, 1), refused(Refusal::MemberAllowanceSpent));

        assert_eq!(send(ISSUER, &refuse(), 499, 1), Ok(()));
        assert_eq!(send(ISSUER, &batch(vec![refuse()]), 1, 1), Ok(()));
        assert_eq!(send(ISSUER, &refuse(), 1, 1), refused(Refusal::MemberAllowanceSpent));
        assert_eq!(ReservedUsage::<Test>::get(id_of(ISSUER)).time, 500 * MICROSECOND);
        // What is not wholly reserved is ordinary.
        assert_eq!(send(ISSUER, &batch(vec![refuse(), remark()]), 1, 1), refused(Refusal::MemberAllowanceSpent));
        wait(2);
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
        assert_eq!(MemberUsage::<Test>::get(id_of(DOCTOR)), usage);
        assert_eq!(InstitutionUsage::<Test>::get(HOSPITAL), usage);
        run(900 * MICROSECOND);
        assert_eq!(MemberUsage::<Test>::get(id_of(DOCTOR)).time, 1_000 * MICROSECOND);
    });
}

#[test]
fn gate_charges_for_the_extensions_too_and_nothing_in_the_pool() {
    Builder::default().test(|| {
        let info = DispatchInfo { extension_weight: Weight::from_parts(300 * MICROSECOND, 0), ..info(100) };
        let gate = MemberGate::<Test>::new();
        assert_ok!(gate.validate_only(signed(DOCTOR), &remark(), &info, 10, TransactionSource::External, 0));
        assert_eq!(MemberUsage::<Test>::get(id_of(DOCTOR)), Usage::default());
        assert_ok!(gate.validate_and_prepare(signed(DOCTOR), &remark(), &info, 10, 0));
        assert_eq!(MemberUsage::<Test>::get(id_of(DOCTOR)).time, 400 * MICROSECOND);
    });
}

#[test]
fn gate_gives_every_role_a_priority_and_reserved_calls_the_highest() {
    Builder::default().test(|| {
        for (person, ..) in MEMBERS {
            assert!((1..RESERVED_PRIORITY).contains(&priority(person, &remark())));
        }
        assert!(priority(PATIENT, &remark()) > priority(DOCTOR, &remark()));
        assert_eq!(priority(ISSUER, &refuse()), RESERVED_PRIORITY);
    });
}

#[test]
fn usage_does_not_overflow_and_refills_at_once_when_refilling_takes_no_time() {
    let full = Usage { time: u64::MAX, bytes: u64::MAX, at: 0 };
    let cost = crate::Cost { time: u64::MAX, bytes: u64::MAX };
    let slow = Quota { time: u64::MAX, bytes: u64::MAX, refill: u64::MAX };
    assert_eq!(full.spend(cost, &Quota { time: 1, ..slow }, 1), None);
    assert!(full.spend(cost, &slow, u64::MAX).is_some());
    let instant = Quota { time: 10, bytes: 10, refill: 0 };
    let spent = Usage { time: 10, bytes: 10, at: 5 };
    let cost = crate::Cost { time: 10, bytes: 10 };
    assert_eq!(spent.spend(cost, &instant, 5), Some(spent));
    // A clock that goes back refills nothing.
    assert_eq!(spent.spend(cost, &Quota { refill: 100, ..instant }, 4), None);
}
