// SPDX-License-Identifier: Apache-2.0

//! Calls that are paused.

use super::*;
use crate::WeightInfo;
use frame_support::traits::Get;
use sp_runtime::traits::TransactionExtension;

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
