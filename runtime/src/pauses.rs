// SPDX-License-Identifier: Apache-2.0

//! Which calls are paused, and which never can be.
//!
//! The council pauses a call when it turns out to be faulty, until an upgrade repairs it. Excepted are the calls with which the
//! council and the authorities repair anything, those that blocks are made of, and those with which members take something back or
//! refuse it. A fault in one of these takes an upgrade; members can revoke meanwhile.

use crate::{limits::MAX_NESTING, Runtime, RuntimeCall, TxPause};
use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::traits::{CallMetadata, Contains, GetCallMetadata, IsSubType};
use pallet_tx_pause::RuntimeCallNameOf;

/// Pallets none of whose calls can be paused: what blocks are made of, and what repairs need.
pub const NEVER: [&str; 7] = ["System", "Timestamp", "Authorities", "Upgrades", "Session", "Grandpa", "Council"];

/// Calls of the others that cannot be paused: those that take back and refuse.
pub const NEVER_OF_OTHERS: [(&str, &str); 10] = [
    ("Membership", "rotate_issuing_key"),
    ("Membership", "suspend_institution"),
    ("Membership", "remove_institution"),
    ("Membership", "refuse_applicant"),
    ("Membership", "remove_transaction_key"),
    ("Membership", "suspend_member"),
    ("Membership", "revoke_member"),
    ("Access", "revoke_access"),
    ("Access", "revoke_access_from_lab"),
    ("Access", "deny_request"),
];

/// Calls that can never be paused.
pub struct Unpausable;

impl Contains<RuntimeCallNameOf<Runtime>> for Unpausable {
    fn contains((pallet, call): &RuntimeCallNameOf<Runtime>) -> bool {
        let (pallet, call) = (pallet.as_slice(), call.as_slice());
        NEVER.iter().any(|never| never.as_bytes() == pallet)
            || NEVER_OF_OTHERS.iter().any(|never| never.0.as_bytes() == pallet && never.1.as_bytes() == call)
    }
}

/// Whether a call, or one within it, is paused. Each name is looked up once, however often the call occurs.
pub(crate) fn is_paused(call: &RuntimeCall) -> bool {
    let mut names = BTreeSet::new();
    visit(call, MAX_NESTING, &mut |CallMetadata { pallet_name, function_name }| {
        names.insert((pallet_name, function_name));
    });
    names.into_iter().any(|(pallet, call)| TxPause::is_paused_unbound(Vec::from(pallet), Vec::from(call)))
}

/// Of how many calls a call is made, itself included.
pub(crate) fn calls_within(call: &RuntimeCall) -> u64 {
    let mut count = 0u64;
    visit(call, MAX_NESTING, &mut |_| count = count.saturating_add(1));
    count
}

/// Visits a call and those within it that are dispatched with the same origin, as deep as they are admitted.
fn visit(call: &RuntimeCall, nesting: u8, visitor: &mut impl FnMut(CallMetadata)) {
    use pallet_utility::Call;
    visitor(call.get_call_metadata());
    let RuntimeCall::Utility(Call::batch { calls } | Call::batch_all { calls } | Call::force_batch { calls }) = call
    else {
        return;
    };
    let Some(nesting) = nesting.checked_sub(1) else { return };
    for call in calls {
        visit(call, nesting, visitor);
    }
}

// The pallet asks for it, although its calls are none of the runtime's.
impl IsSubType<pallet_tx_pause::Call<Runtime>> for RuntimeCall {
    fn is_sub_type(&self) -> Option<&pallet_tx_pause::Call<Runtime>> {
        None
    }
}
