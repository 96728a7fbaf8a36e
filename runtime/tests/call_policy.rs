// SPDX-License-Identifier: Apache-2.0

//! The roles that may make each call: the whole matrix (B3 row 1; S4-03, S4-21).
//!
//! Every call of every pallet has a row in the table below, or the test fails. The author of a new call has to decide
//! on its roles; until then the runtime refuses it to every role.

use crate::calls::calls;
use pallet_salus_membership::{CallClass, CallPolicy};
use salus_primitives::membership::Role;
use salus_runtime::{call_policy::RolePolicy, RuntimeCall};

use CallClass::{Council as CouncilReserve, Ordinary, Reserved};
use Role::*;

const ALL: &[Role] = &Role::ALL;
const READERS: &[Role] = &[Patient, Clinician, Laboratory, Pharmacist, Researcher];
const WRITERS: &[Role] = &[Patient, Clinician, Laboratory, Pharmacist];
const NO_ROLE: &[Role] = &[];

/// Pallet, call, the roles that may sign it, and the allowance that pays for it.
const TABLE: &[(&str, &str, &[Role], CallClass)] = &[
    ("Charts", "open_chart", &[Patient], Ordinary),
    ("Charts", "add_compartment", &[Patient], Ordinary),
    ("Charts", "rotate_compartment", &[Patient], Ordinary),
    ("Access", "renew_envelopes", &[Patient], Ordinary),
    ("Access", "grant_access", &[Patient], Ordinary),
    ("Access", "grant_access_to_lab", &[Patient], Ordinary),
    ("Access", "revoke_access", &[Patient, Clinician], Reserved),
    ("Access", "disclose", &[Clinician], Ordinary),
    ("Access", "revoke_access_from_lab", &[Patient], Reserved),
    ("Access", "request_access", READERS, Ordinary),
    ("Access", "approve_request", &[Patient], Ordinary),
    ("Access", "deny_request", &[Patient], Reserved),
    ("Membership", "admit_institution", NO_ROLE, Ordinary),
    ("Membership", "update_institution", NO_ROLE, Ordinary),
    ("Membership", "rotate_issuing_key", NO_ROLE, Ordinary),
    ("Membership", "suspend_institution", NO_ROLE, Ordinary),
    ("Membership", "reinstate_institution", NO_ROLE, Ordinary),
    ("Membership", "remove_institution", NO_ROLE, Ordinary),
    ("Membership", "set_required_verifications", NO_ROLE, Ordinary),
    ("Membership", "redeem", NO_ROLE, Ordinary),
    ("Membership", "refuse_applicant", &[Issuer], Ordinary),
    ("Membership", "challenge", &[Verifier], Ordinary),
    ("Membership", "answer", NO_ROLE, Ordinary),
    ("Membership", "add_transaction_key", ALL, Ordinary),
    ("Membership", "remove_transaction_key", ALL, Reserved),
    ("Membership", "suspend_member", &[Issuer], Reserved),
    ("Membership", "reinstate_member", &[Issuer], Ordinary),
    ("Membership", "revoke_member", &[Issuer], Reserved),
    ("Membership", "renew_member", &[Issuer], Ordinary),
    ("Records", "create_medical_record", WRITERS, Ordinary),
    ("Records", "create_medical_records", WRITERS, Ordinary),
    ("Records", "amend_record", WRITERS, Ordinary),
    ("Records", "withdraw_record", &[Patient, Clinician], Ordinary),
    ("Records", "mark_entered_in_error", WRITERS, Ordinary),
    ("Records", "restrict_record", &[Patient], Reserved),
    ("Records", "lift_restriction", &[Patient], Ordinary),
    ("Records", "request_correction", &[Patient], Ordinary),
    ("Records", "answer_correction", WRITERS, Ordinary),
    ("Records", "attach_statement", &[Patient], Ordinary),
    ("Records", "declare_use", &[Clinician, Researcher], Ordinary),
    ("Records", "stage_records", &[Clinician, Laboratory, Pharmacist], Ordinary),
    ("Records", "accept_records", &[Patient], Ordinary),
    ("Records", "refuse_records", WRITERS, Ordinary),
    ("Records", "hold_record", &[Clinician, Laboratory, Pharmacist], Ordinary),
    ("Records", "open_records", READERS, Ordinary),
    ("Records", "post_receipts", &[Service], Ordinary),
    ("Shredding", "request_shredding", &[Patient], Ordinary),
    ("Shredding", "cancel_shredding", &[Patient], Ordinary),
    ("Shredding", "retain_record", &[Auditor], Ordinary),
    ("Shredding", "lift_retention", &[Auditor], Ordinary),
    ("Shredding", "shred_record", &[Patient, Auditor], Ordinary),
    ("Shredding", "attest_shredding", &[Service], Ordinary),
    ("Authorities", "admit_authority", NO_ROLE, Ordinary),
    ("Authorities", "remove_authority", NO_ROLE, Ordinary),
    ("Authorities", "force_remove_authority", NO_ROLE, Ordinary),
    ("Authorities", "suspend_authority", &[Delegate], CouncilReserve),
    ("Authorities", "reinstate_authority", NO_ROLE, Ordinary),
    ("Authorities", "report_equivocation", &[Service, Delegate, Auditor], Ordinary),
    ("Authorities", "resume_finality", NO_ROLE, Ordinary),
    ("Authorities", "take_vote", &[Delegate], CouncilReserve),
    ("Authorities", "withdraw_resumption", NO_ROLE, Ordinary),
    ("Authorities", "hand_over_account", &[Delegate], CouncilReserve),
    ("Authorities", "set_keys", &[Service], CouncilReserve),
    ("Upgrades", "plan_upgrade", NO_ROLE, Ordinary),
    ("Upgrades", "confirm_upgrade", &[Service], CouncilReserve),
    ("Upgrades", "authorize_upgrade", &[Service, Delegate], CouncilReserve),
    ("Upgrades", "cancel_upgrade", NO_ROLE, Ordinary),
    ("Upgrades", "set_upgrade_delay", NO_ROLE, Ordinary),
    ("Upgrades", "pause_call", NO_ROLE, Ordinary),
    ("Upgrades", "unpause_call", NO_ROLE, Ordinary),
    ("Upgrades", "set_parameter", NO_ROLE, Ordinary),
    ("Council", "set_members", NO_ROLE, Ordinary),
    ("Council", "execute", NO_ROLE, Ordinary),
    ("Council", "propose", &[Delegate], CouncilReserve),
    ("Council", "vote", &[Delegate], CouncilReserve),
    ("Council", "disapprove_proposal", NO_ROLE, Ordinary),
    ("Council", "close", &[Delegate], CouncilReserve),
    ("Council", "kill", NO_ROLE, Ordinary),
    ("Council", "release_proposal_cost", NO_ROLE, Ordinary),
    ("Session", "set_keys", NO_ROLE, Ordinary),
    ("Session", "purge_keys", NO_ROLE, Ordinary),
];

#[test]
fn every_role_may_make_exactly_the_calls_of_the_table() {
    let calls = calls();
    for (pallet, name, roles, class) in TABLE {
        let call = calls.get(&(pallet.to_string(), name.to_string())).unwrap_or_else(|| panic!("no {pallet}.{name}"));
        for role in Role::ALL {
            let expected = roles.contains(&role).then_some(*class);
            assert_eq!(RolePolicy::class(role, call), expected, "{role:?} and {pallet}.{name}");
        }
    }
}

#[test]
fn every_call_stands_in_the_table_or_is_refused_to_everybody() {
    for ((pallet, name), call) in calls() {
        if TABLE.iter().any(|row| row.0 == pallet && row.1 == name) || pallet == "Utility" {
            continue;
        }
        assert!(["System", "Timestamp", "Grandpa"].contains(&pallet.as_str()), "{pallet}.{name} is in no table");
        for role in Role::ALL {
            assert_eq!(RolePolicy::class(role, &call), None, "{role:?} and {pallet}.{name}");
        }
    }
}

fn open_chart() -> RuntimeCall {
    RuntimeCall::Charts(pallet_salus_charts::Call::open_chart {})
}

fn revoke() -> RuntimeCall {
    RuntimeCall::Access(pallet_salus_access::Call::revoke_access {
        chart: Default::default(),
        grant: Default::default(),
        reason: None,
    })
}

fn batch(calls: Vec<RuntimeCall>) -> RuntimeCall {
    RuntimeCall::Utility(pallet_utility::Call::batch_all { calls })
}

#[test]
fn a_batch_is_judged_by_what_is_in_it() {
    assert_eq!(RolePolicy::class(Patient, &batch(vec![open_chart(), revoke()])), Some(Ordinary));
    assert_eq!(RolePolicy::class(Patient, &batch(vec![revoke(), revoke()])), Some(Reserved));
    assert_eq!(RolePolicy::class(Clinician, &batch(vec![open_chart()])), None);
    let foreign = RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() });
    assert_eq!(RolePolicy::class(Patient, &batch(vec![open_chart(), foreign])), None);
    assert_eq!(RolePolicy::class(Patient, &batch(Vec::new())), None);
}

#[test]
fn a_long_batch_draws_on_no_reserve() {
    let revocations = |count: usize| vec![revoke(); count];
    assert_eq!(RolePolicy::class(Patient, &batch(revocations(16))), Some(Reserved));
    assert_eq!(RolePolicy::class(Patient, &batch(revocations(17))), Some(Ordinary));
    assert_eq!(RolePolicy::class(Patient, &batch(revocations(700))), Some(Ordinary));
    // Calls within batches count too.
    assert_eq!(RolePolicy::class(Patient, &batch(vec![batch(revocations(8)), batch(revocations(6))])), Some(Reserved));
    assert_eq!(RolePolicy::class(Patient, &batch(vec![batch(revocations(8)), batch(revocations(7))])), Some(Ordinary));
}

#[test]
fn a_batch_is_of_the_lowest_class_in_it() {
    let vote = || {
        RuntimeCall::Council(pallet_collective::Call::vote { proposal: Default::default(), index: 0, approve: true })
    };
    let remove_key = || {
        RuntimeCall::Membership(pallet_salus_membership::Call::remove_transaction_key {
            key: salus_primitives::SigningKey([1; 32]),
            membership_signature: sp_core::sr25519::Signature::from_raw([0; 64]),
        })
    };
    assert_eq!(RolePolicy::class(Delegate, &batch(vec![vote(), vote()])), Some(CouncilReserve));
    assert_eq!(RolePolicy::class(Delegate, &batch(vec![vote(), remove_key()])), Some(Reserved));
}

#[test]
fn a_batch_may_be_nested_four_deep_and_no_deeper() {
    let nested = |depth: usize| (0..depth).fold(revoke(), |call, _| batch(vec![call]));
    assert_eq!(RolePolicy::class(Patient, &nested(4)), Some(Reserved));
    assert_eq!(RolePolicy::class(Patient, &nested(5)), None);
    assert_eq!(RolePolicy::class(Patient, &nested(100)), None);
}

#[test]
fn other_calls_of_utility_are_refused() {
    let inner = || Box::new(open_chart());
    let origin = || Box::new(frame_system::RawOrigin::Root.into());
    let refused = [
        pallet_utility::Call::as_derivative { index: 0, call: inner() },
        pallet_utility::Call::with_weight { call: inner(), weight: Default::default() },
        pallet_utility::Call::dispatch_as { as_origin: origin(), call: inner() },
        pallet_utility::Call::dispatch_as_fallible { as_origin: origin(), call: inner() },
        pallet_utility::Call::if_else { main: inner(), fallback: inner() },
    ];
    for call in &refused {
        for role in Role::ALL {
            assert_eq!(RolePolicy::class(role, &RuntimeCall::Utility(call.clone())), None, "{role:?} and {call:?}");
            // Nor does a batch let them pass.
            let within = batch(vec![open_chart(), RuntimeCall::Utility(call.clone())]);
            assert_eq!(RolePolicy::class(role, &within), None, "{role:?} and {call:?} in a batch");
        }
    }
    // The batches are the only calls of the pallet.
    let batches = ["batch", "batch_all", "force_batch"];
    let names: Vec<_> = refused.iter().map(frame_support::traits::GetCallName::get_call_name).collect();
    for (pallet, name) in calls().into_keys().filter(|(pallet, _)| pallet == "Utility") {
        assert!(batches.contains(&name.as_str()) || names.contains(&name.as_str()), "{pallet}.{name}");
    }
}

/// Parses the columns *role* and *class* of a row in `docs/architecture.md`; no class where no member signs the call.
fn stated(roles: &str, class: &str) -> (Vec<Role>, Option<CallClass>) {
    let (roles, _) = roles.split_once(" (").unwrap_or((roles, ""));
    let roles = match roles {
        "every role" => ALL.to_vec(),
        roles => roles.split(", ").filter_map(|word| word.parse().ok()).collect(),
    };
    let class = match class {
        "ordinary" => Some(Ordinary),
        "reserved" => Some(Reserved),
        "council's reserve" => Some(CouncilReserve),
        _ => None,
    };
    (roles, class)
}

#[test]
fn the_table_of_calls_in_the_architecture_says_what_the_policy_does() {
    let page = std::fs::read_to_string("../docs/architecture.md").unwrap();
    let table = page.split_once("| call | role | class | and then |\n").expect("the table of calls").1;
    let table = table.split_once("\n\n").expect("an end of the table").0;
    let (calls, mut told) = (calls(), Vec::new());
    for row in table.lines().skip(1) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let (roles, class) = stated(cells[1], cells[2]);
        let mut pallet = "";
        for name in cells[0].split(", ").map(|name| name.trim_matches('`')) {
            let (named, name) = name.split_once('.').unwrap_or((pallet, name));
            pallet = named;
            let ((of, name), call) = calls
                .iter()
                .find(|((of, call), _)| of.eq_ignore_ascii_case(pallet) && call == name)
                .unwrap_or_else(|| panic!("docs/architecture.md names {pallet}.{name}, which is not a call"));
            told.push((of.as_str(), name.as_str()));
            if of == "Utility" {
                continue;
            }
            for role in Role::ALL {
                let expected = class.filter(|_| roles.contains(&role));
                assert_eq!(
                    RolePolicy::class(role, call),
                    expected,
                    "docs/architecture.md: {} and {of}.{name}",
                    role.word()
                );
            }
        }
    }
    for (pallet, name, roles, _) in TABLE {
        assert!(roles.is_empty() || told.contains(&(*pallet, *name)), "docs/architecture.md lacks {pallet}.{name}");
    }
}
