// SPDX-License-Identifier: Apache-2.0

//! Who is admitted, and with which calls.

use super::*;
use crate::{Charge, WeightInfo};
use sp_runtime::traits::TransactionExtension;

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
        Clock::set(until - 1);
        assert_eq!(send(DOCTOR, &remark(), 1, 1), Ok(()));
        Clock::set(until);
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
