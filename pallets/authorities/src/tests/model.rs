// SPDX-License-Identifier: Apache-2.0

//! Any sequence of decisions, offences and sessions (B3 classes 3, 11 and 14). The network never loses its authorities,
//! and loses its fault tolerance only by force. The council always follows the seats.

use super::*;
use crate::MIN_AUTHORITIES;
use proptest::{collection::vec, prelude::*, sample::select};
use report_equivocation::Report;

#[derive(Clone, Copy, Debug)]
enum Step {
    Admit(InstitutionId),
    Remove(InstitutionId),
    ForceRemove(InstitutionId),
    Suspend(InstitutionId),
    SuspendOwn(InstitutionId),
    Reinstate(InstitutionId),
    SetKeys(InstitutionId),
    Equivocate(InstitutionId),
    TakeVote(InstitutionId, u8),
    HandOver(InstitutionId, u8),
    ResumeFinality,
    WithdrawResumption,
    NextSession(Option<InstitutionId>),
}

fn steps(with_force: bool) -> impl Strategy<Value = Vec<Step>> {
    let who = || (0..HOSPITALS).prop_map(InstitutionId);
    let step = prop_oneof![
        3 => who().prop_map(Step::Admit),
        2 => who().prop_map(Step::Remove),
        1 => who().prop_map(move |who| if with_force { Step::ForceRemove(who) } else { Step::Remove(who) }),
        2 => who().prop_map(Step::Suspend),
        1 => who().prop_map(Step::SuspendOwn),
        2 => who().prop_map(Step::Reinstate),
        2 => who().prop_map(Step::SetKeys),
        2 => who().prop_map(Step::Equivocate),
        1 => (who(), select(vec![0, 1])).prop_map(|(who, number)| Step::TakeVote(who, number)),
        1 => (who(), select(vec![0, 1])).prop_map(|(who, number)| Step::HandOver(who, number)),
        1 => Just(Step::ResumeFinality),
        1 => Just(Step::WithdrawResumption),
        4 => proptest::option::of(who()).prop_map(Step::NextSession),
    ];
    vec(step, 0..60)
}

/// Takes the step, or checks that its failure leaves no trace.
fn attempt(step: Step) {
    let call = match step {
        Step::NextSession(absent) => return next_session_without(absent.as_slice()),
        Step::SetKeys(who) => return set_keys(who, &aura(who)),
        Step::Equivocate(who) if Authorities::key_ownership_proof(key_of(&aura(who))).is_none() => return,
        Step::Admit(who) => {
            (Call::admit_authority { institution: who, account: node(who), delegate: delegate(who) }, two_thirds())
        }
        Step::Remove(institution) => (Call::remove_authority { institution }, two_thirds()),
        Step::ForceRemove(institution) => (Call::force_remove_authority { institution }, two_thirds()),
        Step::Suspend(institution) => (Call::suspend_authority { institution }, two_thirds()),
        Step::SuspendOwn(who) => (Call::suspend_authority { institution: who }, signed(delegate(who))),
        Step::Reinstate(institution) => (Call::reinstate_authority { institution }, two_thirds()),
        Step::Equivocate(who) => (Report::of(who).call(), signed(node(SIXTH))),
        Step::TakeVote(who, number) => (Call::take_vote {}, signed(Staff(who, Role::Delegate, number).account())),
        Step::HandOver(institution, number) => {
            let account = Staff(institution, Role::Service, number).account();
            (Call::hand_over_account { institution, account }, signed(delegate(institution)))
        }
        Step::ResumeFinality => (Call::resume_finality { last_final: 0, wait: 1 }, two_thirds()),
        Step::WithdrawResumption => (Call::withdraw_resumption {}, council()),
    };
    let before = (Log::written(), CouncilMembers::get(), sp_io::storage::root(sp_runtime::StateVersion::V1));
    if frame_support::storage::with_storage_layer(|| dispatch(call.0, call.1)).is_err() {
        let after = (Log::written(), CouncilMembers::get(), sp_io::storage::root(sp_runtime::StateVersion::V1));
        assert_eq!(after, before, "{step:?} failed, but left a trace");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn authorities_never_run_out(steps in steps(true)) {
        Builder::default().test(|| {
            for step in steps {
                attempt(step);
                check_invariants();
            }
        });
    }

    #[test]
    fn fault_tolerance_is_lost_by_force_only(steps in steps(false)) {
        Builder::default().test(|| {
            for step in steps {
                attempt(step);
                check_invariants();
                assert!(authorities().len() as u32 >= MIN_AUTHORITIES, "after {step:?}");
            }
        });
    }
}
