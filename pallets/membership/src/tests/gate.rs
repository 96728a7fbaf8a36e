// SPDX-License-Identifier: Apache-2.0

//! `MemberGate`: the signers, calls and amounts that it admits.

use super::*;
use crate::{Charge, MemberGate, WeightInfo, COUNCIL_PRIORITY, HEADROOM, JOINING_PRIORITY, RESERVED_PRIORITY, SHARES};
use codec::Encode;
use frame_support::{
    dispatch::{DispatchInfo, PostDispatchInfo},
    traits::Get,
    weights::Weight,
};
use salus_primitives::allowance::{Cost, InstitutionUsage, MemberUsage, Usage};
use sp_runtime::traits::{DispatchTransaction, TransactionExtension};

type Sent = Result<(), TransactionValidityError>;

fn remark() -> RuntimeCall {
    frame_system::Call::remark { remark: vec![] }.into()
}

/// A reserved call.
fn refuse() -> RuntimeCall {
    Call::refuse_applicant { application: NONCE }.into()
}

/// A reserved call that patients may make too.
fn remove_key() -> RuntimeCall {
    let membership_signature = sp_core::sr25519::Signature::default();
    Call::remove_transaction_key { key: key_of(&DOCTOR.transaction()), membership_signature }.into()
}

/// A call of the council's reserve.
fn vote() -> RuntimeCall {
    Call::challenge { member: NEWCOMER, nonce: NONCE }.into()
}

fn usage_of(person: Person) -> MemberUsage {
    member(id_of(person)).usage
}

fn batch(calls: Vec<RuntimeCall>) -> RuntimeCall {
    pallet_utility::Call::batch { calls }.into()
}

fn info(microseconds: u64) -> DispatchInfo {
    DispatchInfo { call_weight: Weight::from_parts(microseconds * MICROSECOND, 0), ..Default::default() }
}

/// Validates the transaction in the pool, and lets it through the gate in the block, without dispatch.
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
        // The membership key is not an account.
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
            // The gate refunds its weight.
            let unneeded = <MemberGate<Test> as TransactionExtension<RuntimeCall>>::post_dispatch_details(
                charge,
                &info(1),
                &Default::default(),
                1,
                &Ok(()),
            );
            assert_eq!(unneeded, Ok(weight));
        }
        assert!(Members::<Test>::iter_values().all(|member| member.usage == MemberUsage::default()));
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
        // The gate checks membership and role before the pause.
        assert_eq!(send(STRANGER, &remark(), 1, 1), refused(Refusal::NotMember));
        let forbidden = batch(vec![remark(), refuse()]);
        assert_eq!(send(DOCTOR, &forbidden, 1, 1), refused(Refusal::RoleMayNotCall));
        assert_eq!(usage_of(DOCTOR).ordinary.bytes, 0);
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
        // The allowance never refills beyond its quota.
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
        assert_eq!(institution(HOSPITAL).usage.staff.time, 2_500 * MICROSECOND);

        wait(100);
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

#[test]
fn gate_puts_votes_before_reserved_calls_before_ordinary_ones_before_newcomers() {
    Builder::default().test(|| {
        for (person, ..) in MEMBERS {
            assert!((JOINING_PRIORITY + 1..RESERVED_PRIORITY).contains(&priority(person, &remark())));
        }
        // Many patients do not outrank a clinician.
        assert_eq!(priority(PATIENT, &remark()), priority(DOCTOR, &remark()));
        assert_eq!(priority(ISSUER, &refuse()), RESERVED_PRIORITY);
        assert_eq!(priority(VERIFIER, &vote()), COUNCIL_PRIORITY);
        const { assert!(RESERVED_PRIORITY < COUNCIL_PRIORITY) };
    });
}

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
        wait(1_000);
        assert_eq!(send(PATIENT, &remark(), 250, 1), refused(Refusal::InstitutionAllowanceSpent));
        wait(200);
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
            wait(1);
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
        wait(1_000);
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
        wait(1_000);
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

/// Whichever calls members send, their usage stays within the quotas, and refills no faster than the quotas say.
mod property {
    use super::*;
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
                    wait(pause);
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
                let elapsed = Now::get() - START;
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

/// Returns the whole storage.
fn state() -> std::collections::BTreeMap<Vec<u8>, Vec<u8>> {
    let (mut state, mut key) = (std::collections::BTreeMap::new(), Vec::new());
    while let Some(next) = sp_io::storage::next_key(&key) {
        state.insert(next.clone(), sp_io::storage::get(&next).unwrap().to_vec());
        key = next;
    }
    state
}

/// The two other items that it reads are the runtime's: whether the call is paused, and the member's quota.
#[test]
fn gate_reads_three_items_of_this_pallet_and_writes_two() {
    Builder::default().build().execute_with(|| {
        let usages = [Members::<Test>::hashed_key_for(id_of(DOCTOR)), Institutions::<Test>::hashed_key_for(HOSPITAL)];
        let account = AccountOwners::<Test>::hashed_key_for(DOCTOR.account());
        for key in state().into_keys().filter(|key| !usages.contains(key) && *key != account) {
            sp_io::storage::clear(&key);
        }
        let before = state();
        assert_eq!(before.len(), 3);
        assert_eq!(send(DOCTOR, &remark(), 1, 1), Ok(()));
        let after = state();
        let written: Vec<_> = after.iter().filter(|(key, value)| before.get(*key) != Some(*value)).collect();
        assert_eq!((after.len(), written.len()), (3, 2));
        assert!(written.iter().all(|(key, _)| usages.contains(key)));
    });
}
