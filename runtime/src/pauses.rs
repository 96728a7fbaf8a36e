// SPDX-License-Identifier: Apache-2.0

//! The calls that are paused, and those that never can be.
//!
//! The council pauses a faulty call until an upgrade repairs it. Some calls it cannot pause:
//!
//! - those that make blocks;
//! - those with which the council and the authorities repair the chain;
//! - those with which members revoke or refuse.
//!
//! A fault in one of these takes an upgrade; meanwhile members can still revoke.

use crate::{limits::MAX_NESTING, Runtime, RuntimeCall, TxPause};
use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::traits::{CallMetadata, Contains, GetCallMetadata, IsSubType};
use pallet_tx_pause::RuntimeCallNameOf;

/// Pallets none of whose calls can be paused, because blocks or repairs need them.
pub const NEVER: [&str; 7] = ["System", "Timestamp", "Authorities", "Upgrades", "Session", "Grandpa", "Council"];

/// Calls of other pallets that cannot be paused: they revoke, refuse and restrict.
pub const NEVER_OF_OTHERS: [(&str, &str); 11] = [
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
    ("Records", "restrict_record"),
];

/// The calls that can never be paused.
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

/// Returns the number of calls in a call, itself included.
pub(crate) fn calls_within(call: &RuntimeCall) -> u64 {
    let mut count = 0u64;
    visit(call, MAX_NESTING, &mut |_| count = count.saturating_add(1));
    count
}

/// Visits a call and the calls within it that are dispatched with the same origin, as deep as they are allowed.
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

// The pallet requires it, although `RuntimeCall` does not contain its calls.
impl IsSubType<pallet_tx_pause::Call<Runtime>> for RuntimeCall {
    fn is_sub_type(&self) -> Option<&pallet_tx_pause::Call<Runtime>> {
        None
    }
}
