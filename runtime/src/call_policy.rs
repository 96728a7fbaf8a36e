// SPDX-License-Identifier: Apache-2.0

//! The roles that may make each call (S4-03, S4-21). A call without a role may not be signed. Every call of our own
//! pallets is in a `match`, so a new call does not compile until its author decides on its roles. [`pauses`] says which
//! calls are paused.
//!
//! Root and the council need no permission here: a member does not sign their calls. A nested call with the signer's
//! own origin needs the same permission as the signer's own. The council's origin judges the call in a motion.

use crate::{council::CouncilCollective, limits::MAX_NESTING, pauses, Runtime, RuntimeCall};
use pallet_salus_access::Call as Access;
use pallet_salus_authorities::Call as Authorities;
use pallet_salus_charts::Call as Charts;
use pallet_salus_membership::{Call as Membership, CallClass, CallPolicy};
use pallet_salus_records::Call as Records;
use pallet_salus_shredding::Call as Shredding;
use pallet_salus_upgrades::Call as Upgrades;
use salus_primitives::membership::Role;

/// The most calls in a batch that draws on a reserve, the batch itself not included.
pub const MAX_RESERVED_BATCH: u64 = 16;

/// The policy of this runtime.
pub struct RolePolicy;

impl CallPolicy<RuntimeCall> for RolePolicy {
    fn class(role: Role, call: &RuntimeCall) -> Option<CallClass> {
        class_at(role, call, MAX_NESTING)
    }

    fn logs_denials(call: &RuntimeCall) -> bool {
        matches!(call, RuntimeCall::Records(Records::open_records { .. }))
    }

    fn is_paused(call: &RuntimeCall) -> bool {
        pauses::is_paused(call)
    }

    fn calls_within(call: &RuntimeCall) -> u64 {
        pauses::calls_within(call)
    }
}

fn class_at(role: Role, call: &RuntimeCall, nesting: u8) -> Option<CallClass> {
    match call {
        RuntimeCall::Membership(call) => of_membership(role, call),
        RuntimeCall::Charts(call) => of_charts(role, call),
        RuntimeCall::Access(call) => of_access(role, call),
        RuntimeCall::Records(call) => of_records(role, call),
        RuntimeCall::Shredding(call) => of_shredding(role, call),
        RuntimeCall::Authorities(call) => of_authorities(role, call),
        RuntimeCall::Upgrades(call) => of_upgrades(role, call),
        RuntimeCall::Council(call) => of_council(role, call),
        RuntimeCall::Utility(call) => of_batch(role, call, nesting),
        // Inherents, Root's calls, and calls without a signature. Members set session keys with `Authorities`, which
        // logs it.
        RuntimeCall::System(_) | RuntimeCall::Timestamp(_) | RuntimeCall::Grandpa(_) | RuntimeCall::Session(_) => None,
    }
}

fn of_membership(role: Role, call: &Membership<Runtime>) -> Option<CallClass> {
    let (roles, class): (&[Role], CallClass) = match call {
        Membership::add_transaction_key { .. } => (&Role::ALL, CallClass::Ordinary),
        Membership::remove_transaction_key { .. } => (&Role::ALL, CallClass::Reserved),
        Membership::refuse_applicant { .. } | Membership::reinstate_member { .. } | Membership::renew_member { .. } => {
            (&[Role::Issuer], CallClass::Ordinary)
        }
        Membership::suspend_member { .. } | Membership::revoke_member { .. } => (&[Role::Issuer], CallClass::Reserved),
        Membership::challenge { .. } => (&[Role::Verifier], CallClass::Ordinary),
        // For the council.
        Membership::admit_institution { .. }
        | Membership::update_institution { .. }
        | Membership::rotate_issuing_key { .. }
        | Membership::suspend_institution { .. }
        | Membership::reinstate_institution { .. }
        | Membership::remove_institution { .. }
        | Membership::set_required_verifications { .. }
        // Authorized by signatures in the arguments, without a signing member.
        | Membership::redeem { .. }
        | Membership::answer { .. }
        | Membership::__Ignore(..) => (&[], CallClass::Ordinary),
    };
    roles.contains(&role).then_some(class)
}

fn of_charts(role: Role, call: &Charts<Runtime>) -> Option<CallClass> {
    let roles: &[Role] = match call {
        Charts::open_chart { .. } | Charts::add_compartment { .. } | Charts::rotate_compartment { .. } => {
            &[Role::Patient]
        }
        Charts::__Ignore(..) => &[],
    };
    roles.contains(&role).then_some(CallClass::Ordinary)
}

fn of_access(role: Role, call: &Access<Runtime>) -> Option<CallClass> {
    let (roles, class): (&[Role], CallClass) = match call {
        Access::renew_envelopes { .. }
        | Access::grant_access { .. }
        | Access::grant_access_to_lab { .. }
        | Access::approve_request { .. } => (&[Role::Patient], CallClass::Ordinary),
        Access::revoke_access { .. } => (&[Role::Patient, Role::Clinician], CallClass::Reserved),
        Access::revoke_access_from_lab { .. } | Access::deny_request { .. } => (&[Role::Patient], CallClass::Reserved),
        Access::disclose { .. } => (&[Role::Clinician], CallClass::Ordinary),
        Access::request_access { .. } => (
            &[Role::Patient, Role::Clinician, Role::Laboratory, Role::Pharmacist, Role::Researcher],
            CallClass::Ordinary,
        ),
        Access::__Ignore(..) => (&[], CallClass::Ordinary),
    };
    roles.contains(&role).then_some(class)
}

fn of_records(role: Role, call: &Records<Runtime>) -> Option<CallClass> {
    let (roles, class): (&[Role], CallClass) = match call {
        Records::create_medical_record { .. }
        | Records::create_medical_records { .. }
        | Records::amend_record { .. }
        | Records::answer_correction { .. }
        | Records::mark_entered_in_error { .. } => {
            (&[Role::Patient, Role::Clinician, Role::Laboratory, Role::Pharmacist], CallClass::Ordinary)
        }
        Records::withdraw_record { .. } => (&[Role::Patient, Role::Clinician], CallClass::Ordinary),
        // Staff alone: a patient creates.
        Records::stage_records { .. } | Records::hold_record { .. } => {
            (&[Role::Clinician, Role::Laboratory, Role::Pharmacist], CallClass::Ordinary)
        }
        Records::accept_records { .. } => (&[Role::Patient], CallClass::Ordinary),
        Records::refuse_records { .. } => {
            (&[Role::Patient, Role::Clinician, Role::Laboratory, Role::Pharmacist], CallClass::Ordinary)
        }
        Records::declare_use { .. } => (&[Role::Clinician, Role::Researcher], CallClass::Ordinary),
        // It ends access, as a revocation does.
        Records::restrict_record { .. } => (&[Role::Patient], CallClass::Reserved),
        Records::lift_restriction { .. } | Records::request_correction { .. } | Records::attach_statement { .. } => {
            (&[Role::Patient], CallClass::Ordinary)
        }
        Records::open_records { .. } => (
            &[Role::Patient, Role::Clinician, Role::Laboratory, Role::Pharmacist, Role::Researcher],
            CallClass::Ordinary,
        ),
        Records::post_receipts { .. } => (&[Role::Service], CallClass::Ordinary),
        Records::__Ignore(..) => (&[], CallClass::Ordinary),
    };
    roles.contains(&role).then_some(class)
}

fn of_shredding(role: Role, call: &Shredding<Runtime>) -> Option<CallClass> {
    let roles: &[Role] = match call {
        Shredding::request_shredding { .. } | Shredding::cancel_shredding { .. } => &[Role::Patient],
        Shredding::retain_record { .. } | Shredding::lift_retention { .. } => &[Role::Auditor],
        Shredding::shred_record { .. } => &[Role::Patient, Role::Auditor],
        Shredding::attest_shredding { .. } => &[Role::Service],
        Shredding::__Ignore(..) => &[],
    };
    roles.contains(&role).then_some(CallClass::Ordinary)
}

fn of_authorities(role: Role, call: &Authorities<Runtime>) -> Option<CallClass> {
    let (roles, class): (&[Role], CallClass) = match call {
        Authorities::report_equivocation { .. } => {
            (&[Role::Service, Role::Delegate, Role::Auditor], CallClass::Ordinary)
        }
        Authorities::suspend_authority { .. }
        | Authorities::take_vote { .. }
        | Authorities::hand_over_account { .. } => (&[Role::Delegate], CallClass::Council),
        Authorities::set_keys { .. } => (&[Role::Service], CallClass::Council),
        // For the council.
        Authorities::admit_authority { .. }
        | Authorities::remove_authority { .. }
        | Authorities::force_remove_authority { .. }
        | Authorities::reinstate_authority { .. }
        | Authorities::resume_finality { .. }
        | Authorities::withdraw_resumption { .. }
        | Authorities::__Ignore(..) => (&[], CallClass::Ordinary),
    };
    roles.contains(&role).then_some(class)
}

/// Any member may authorize: the conditions decide, not the member.
fn of_upgrades(role: Role, call: &Upgrades<Runtime>) -> Option<CallClass> {
    let roles: &[Role] = match call {
        Upgrades::confirm_upgrade { .. } => &[Role::Service],
        Upgrades::authorize_upgrade { .. } => &[Role::Service, Role::Delegate],
        // For the council.
        Upgrades::plan_upgrade { .. }
        | Upgrades::cancel_upgrade { .. }
        | Upgrades::set_upgrade_delay { .. }
        | Upgrades::pause_call { .. }
        | Upgrades::unpause_call { .. }
        | Upgrades::set_parameter { .. }
        | Upgrades::__Ignore(..) => &[],
    };
    roles.contains(&role).then_some(CallClass::Council)
}

fn of_council(role: Role, call: &pallet_collective::Call<Runtime, CouncilCollective>) -> Option<CallClass> {
    use pallet_collective::Call;
    let allowed = match call {
        Call::propose { .. } | Call::vote { .. } | Call::close { .. } => role == Role::Delegate,
        // `execute` would act in a single member's name; the other calls take larger majorities.
        _ => false,
    };
    allowed.then_some(CallClass::Council)
}

/// Allows a batch when every call in it is allowed. It has the lowest class of its calls, and is ordinary when it is
/// long, so that no long batch goes before other members' calls.
fn of_batch(role: Role, call: &pallet_utility::Call<Runtime>, nesting: u8) -> Option<CallClass> {
    use pallet_utility::Call;
    let (Call::batch { calls } | Call::batch_all { calls } | Call::force_batch { calls }) = call else { return None };
    let nesting = nesting.checked_sub(1)?;
    let mut class = CallClass::Council;
    for call in calls {
        class = class.min(class_at(role, call, nesting)?);
    }
    let count = calls.iter().map(pauses::calls_within).fold(0, u64::saturating_add);
    // An empty batch does nothing, so it must not go before other members' calls.
    (count > 0).then_some(if count > MAX_RESERVED_BATCH { CallClass::Ordinary } else { class })
}
