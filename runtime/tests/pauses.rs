// SPDX-License-Identifier: Apache-2.0

//! Calls that the council pauses, refused in the pool and in the block, alone and within others; and calls that it
//! cannot pause.

use crate::{
    calls::calls,
    council::decide,
    genesis::genesis,
    signing::{extension, signed},
};
use frame_support::{dispatch::RawOrigin, traits::GetCallMetadata};
use pallet_salus_membership::{CallPolicy, MemberGate};
use pallet_salus_upgrades::{Error, NamePart};
use salus_primitives::{
    audit::{Action, LogId, Subject},
    governance::CallName,
    membership::Role,
    refusal::Refusal,
};
use salus_runtime::{
    call_policy::RolePolicy, limits::MAX_NESTING, pauses, presets, Audit, Executive, Header, Runtime, RuntimeCall,
    RuntimeOrigin, System, Upgrades,
};
use sp_core::H256;
use sp_runtime::{
    traits::{DispatchTransaction, Dispatchable, Header as _},
    transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidity},
    DispatchError,
};

const ISSUER: &str = "//Hospital1//Issuer//transaction";
const STRANGER: &str = "//Ferdie";

/// The calls that the council can pause. The author of a new call adds it here, or to the calls that can never be
/// paused.
const PAUSABLE: &[(&str, &[&str])] = &[
    (
        "Membership",
        &[
            "admit_institution",
            "update_institution",
            "reinstate_institution",
            "set_required_verifications",
            "redeem",
            "challenge",
            "answer",
            "add_transaction_key",
            "reinstate_member",
            "renew_member",
        ],
    ),
    ("Charts", &["open_chart", "add_compartment", "rotate_compartment"]),
    (
        "Access",
        &["renew_envelopes", "grant_access", "grant_access_to_lab", "request_access", "approve_request", "disclose"],
    ),
    (
        "Records",
        &[
            "create_medical_record",
            "create_medical_records",
            "amend_record",
            "withdraw_record",
            "mark_entered_in_error",
            "lift_restriction",
            "request_correction",
            "answer_correction",
            "attach_statement",
            "declare_use",
            "stage_records",
            "accept_records",
            "refuse_records",
            "hold_record",
            "open_records",
            "post_receipts",
        ],
    ),
    (
        "Shredding",
        &[
            "request_shredding",
            "cancel_shredding",
            "retain_record",
            "lift_retention",
            "shred_record",
            "attest_shredding",
        ],
    ),
    (
        "Utility",
        &[
            "batch",
            "as_derivative",
            "batch_all",
            "dispatch_as",
            "force_batch",
            "with_weight",
            "if_else",
            "dispatch_as_fallible",
        ],
    ),
];

fn part(text: &str) -> NamePart {
    text.as_bytes().to_vec().try_into().unwrap()
}

fn pause(pallet: &str, call: &str) -> RuntimeCall {
    pallet_salus_upgrades::Call::pause_call { pallet: part(pallet), call: part(call) }.into()
}

fn unpause(pallet: &str, call: &str) -> RuntimeCall {
    pallet_salus_upgrades::Call::unpause_call { pallet: part(pallet), call: part(call) }.into()
}

/// A call of an issuer that can be paused.
fn reinstate() -> RuntimeCall {
    pallet_salus_membership::Call::reinstate_member { member: Default::default() }.into()
}

/// A call of an issuer that can never be paused.
fn refuse() -> RuntimeCall {
    pallet_salus_membership::Call::refuse_applicant { application: Default::default() }.into()
}

fn batch(calls: Vec<RuntimeCall>) -> RuntimeCall {
    pallet_utility::Call::batch_all { calls }.into()
}

/// Returns the pool's verdict.
fn validate(uri: &str, call: RuntimeCall) -> TransactionValidity {
    Executive::validate_transaction(TransactionSource::External, signed(uri, 0, call), System::block_hash(0))
}

fn refused(refusal: Refusal) -> Option<sp_runtime::transaction_validity::TransactionValidityError> {
    Some(InvalidTransaction::Custom(refusal.code()).into())
}

#[test]
fn every_call_can_be_paused_or_never_as_was_decided() {
    genesis(presets::LOCAL).execute_with(|| {
        let mut expected: Vec<_> =
            PAUSABLE.iter().flat_map(|(pallet, calls)| calls.iter().map(|call| (part(pallet), part(call)))).collect();
        let mut pausable = Upgrades::pausable_calls();
        expected.sort();
        pausable.sort();
        assert_eq!(pausable, expected);
    });
}

#[test]
fn what_never_can_be_paused_exists() {
    let names = |pallet| RuntimeCall::get_call_names(pallet);
    for pallet in pauses::NEVER {
        assert!(RuntimeCall::get_module_names().contains(&pallet), "{pallet}");
    }
    for (pallet, call) in pauses::NEVER_OF_OTHERS {
        assert!(names(pallet).contains(&call), "{pallet}.{call}");
    }
}

#[test]
fn nobody_can_be_kept_from_revoking_refusing_voting_or_repairing() {
    genesis(presets::LOCAL).execute_with(|| {
        let is_reserved = |call: &RuntimeCall| {
            Role::ALL
                .into_iter()
                .any(|role| RolePolicy::class(role, call) == Some(pallet_salus_membership::CallClass::Reserved))
        };
        let mut reserved = 0;
        for ((pallet, name), call) in calls() {
            if is_reserved(&call) || pauses::NEVER.contains(&pallet.as_str()) {
                assert_eq!(
                    decide(4, pause(&pallet, &name)),
                    Err(Error::<Runtime>::NotPausable.into()),
                    "{pallet}.{name}"
                );
                reserved += 1;
            }
        }
        assert!(reserved > 40, "{reserved}");
    });
}

#[test]
fn nothing_but_what_there_is_can_be_paused() {
    genesis(presets::LOCAL).execute_with(|| {
        for (pallet, call) in [("Records", "open_record"), ("TxPause", "pause"), ("records", "open_records")] {
            assert_eq!(decide(4, pause(pallet, call)), Err(Error::<Runtime>::NotFound.into()), "{pallet}.{call}");
        }
    });
}

#[test]
fn names_of_all_calls_fit() {
    for pallet in RuntimeCall::get_module_names() {
        for call in RuntimeCall::get_call_names(pallet) {
            assert!(CallName::new(pallet.as_bytes(), call.as_bytes()).is_some(), "{pallet}.{call}");
        }
    }
}

#[test]
fn the_pallet_that_pauses_has_no_calls_of_its_own() {
    assert!(!calls().keys().any(|(pallet, _)| pallet == "TxPause"));
}

#[test]
fn a_pause_takes_more_than_half_of_the_council_and_stands_in_the_log() {
    genesis(presets::LOCAL).execute_with(|| {
        let call = || pause("Records", "open_records");
        assert_eq!(decide(2, call()), Err(DispatchError::BadOrigin));
        assert_eq!(decide(3, call()), Ok(()));
        assert_eq!(Upgrades::paused_calls(), [(part("Records"), part("open_records"))]);
        assert_eq!(decide(2, unpause("Records", "open_records")), Err(DispatchError::BadOrigin));
        assert_eq!(decide(3, unpause("Records", "open_records")), Ok(()));
        let log = Audit::page(LogId::Consortium, 0, 10);
        let name = CallName::new(b"Records", b"open_records").unwrap();
        assert_eq!((log[0].action, log[0].subject), (Action::CallPaused, Subject::Call(name)));
        assert_eq!((log[1].action, log[1].subject), (Action::CallUnpaused, Subject::Call(name)));
    });
}

#[test]
fn the_pool_refuses_what_is_paused_with_its_code() {
    genesis(presets::LOCAL).execute_with(|| {
        assert_eq!(validate(ISSUER, reinstate()).err(), None);
        assert_eq!(decide(3, pause("Membership", "reinstate_member")), Ok(()));

        let nested = (0..MAX_NESTING).fold(reinstate(), |call, _| batch(vec![refuse(), call]));
        for call in [reinstate(), batch(vec![refuse(), reinstate()]), nested] {
            assert_eq!(validate(ISSUER, call).err(), refused(Refusal::CallPaused));
        }
        assert_eq!(validate(ISSUER, batch(vec![refuse()])).err(), None);
        assert_eq!(validate(STRANGER, reinstate()).err(), refused(Refusal::NotMember));

        assert_eq!(decide(3, unpause("Membership", "reinstate_member")), Ok(()));
        assert_eq!(validate(ISSUER, batch(vec![refuse(), reinstate()])).err(), None);
    });
}

#[test]
fn batches_can_be_paused_and_what_is_in_them_sent_alone() {
    genesis(presets::LOCAL).execute_with(|| {
        assert_eq!(decide(3, pause("Utility", "batch_all")), Ok(()));
        assert_eq!(validate(ISSUER, batch(vec![refuse()])).err(), refused(Refusal::CallPaused));
        let other = pallet_utility::Call::batch { calls: vec![batch(vec![refuse()])] }.into();
        assert_eq!(validate(ISSUER, other).err(), refused(Refusal::CallPaused));
        assert_eq!(validate(ISSUER, refuse()).err(), None);
    });
}

#[test]
fn the_block_refuses_what_is_paused_too() {
    genesis(presets::LOCAL).execute_with(|| {
        assert_eq!(decide(3, pause("Membership", "reinstate_member")), Ok(()));
        let parent = System::block_hash(0);
        let number = System::block_number() + 1;
        let header = Header::new(number, H256::default(), H256::default(), parent, Default::default());
        Executive::initialize_block(&header);
        let paused = refused(Refusal::CallPaused).unwrap();
        assert_eq!(Executive::apply_extrinsic(signed(ISSUER, 0, reinstate())), Err(paused));
        assert_eq!(Executive::apply_extrinsic(signed(ISSUER, 0, refuse())), Ok(Ok(())));
    });
}

#[test]
fn what_nobody_signs_is_refused_while_it_is_paused() {
    genesis(presets::LOCAL).execute_with(|| {
        for name in ["redeem", "answer"] {
            let call = calls().remove(&("Membership".to_owned(), name.to_owned())).unwrap();
            assert_eq!(decide(3, pause("Membership", name)), Ok(()));
            // The origin of a redemption or answer after its authorization.
            let origin = RuntimeOrigin::from(RawOrigin::Authorized);
            let info = Default::default();
            let gate = MemberGate::<Runtime>::new();
            let judged = gate.validate_only(origin.clone(), &call, &info, 100, TransactionSource::External, 0);
            assert_eq!(judged.map(|_| ()).err(), refused(Refusal::CallPaused), "{name}");
            let filtered = call.clone().dispatch(origin).unwrap_err().error;
            assert_eq!(filtered, frame_system::Error::<Runtime>::CallFiltered.into(), "{name}");
            // A call that was not authorized is refused for that reason.
            let general = salus_runtime::UncheckedExtrinsic::new_transaction(call, extension(0));
            let refusal = Executive::validate_transaction(TransactionSource::External, general, System::block_hash(0))
                .unwrap_err();
            assert_ne!(Some(refusal), refused(Refusal::CallPaused), "{name}");
        }
    });
}

#[test]
fn the_council_too_is_bound_by_a_pause() {
    genesis(presets::LOCAL).execute_with(|| {
        let set = || RuntimeCall::from(pallet_salus_membership::Call::set_required_verifications { count: 1 });
        assert_eq!(decide(3, pause("Membership", "set_required_verifications")), Ok(()));
        assert_eq!(decide(4, set()), Err(frame_system::Error::<Runtime>::CallFiltered.into()));
        assert_eq!(decide(3, unpause("Membership", "set_required_verifications")), Ok(()));
        assert_eq!(decide(4, set()), Ok(()));
    });
}

#[test]
fn each_call_of_a_batch_is_looked_up_and_weighs() {
    let calls = vec![refuse(), batch(vec![refuse(), refuse()])];
    assert_eq!(RolePolicy::calls_within(&refuse()), 1);
    assert_eq!(RolePolicy::calls_within(&batch(calls)), 5);
}
