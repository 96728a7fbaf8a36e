// SPDX-License-Identifier: Apache-2.0

//! Every call of our pallets that succeeds leaves an entry in a log (B3, log completeness).
//!
//! The story makes each call once. The list of calls comes from the metadata, so a new call fails the test until its author adds it to
//! the story, and sees that it is logged.

mod council;
mod people;
mod records;

use crate::{
    calls::calls,
    consortium::{chain, dispatch, next_block},
};
use frame_support::traits::{CallMetadata, GetCallMetadata};
use pallet_salus_membership::CallPolicy;
use salus_primitives::membership::Role;
use salus_runtime::{call_policy::RolePolicy, RuntimeCall, RuntimeEvent, RuntimeOrigin, System};
use std::collections::BTreeSet;

/// Hospitals of the story: one more than fault tolerance needs, so that a seat can be taken.
const HOSPITALS: u32 = 5;

/// Pallets of the SDK: what is logged of them, ours log.
const OF_SDK: [&str; 7] = ["System", "Timestamp", "Session", "Grandpa", "Council", "Utility", "TxPause"];

/// Which calls were made, each of which left an entry.
#[derive(Default)]
pub(crate) struct Story {
    logged: BTreeSet<(String, String)>,
}

impl Story {
    /// Makes a call, which has to succeed and to leave an entry.
    pub(crate) fn tell(&mut self, call: impl Into<RuntimeCall>, origin: RuntimeOrigin) {
        let call = call.into();
        let CallMetadata { pallet_name, function_name } = call.get_call_metadata();
        System::reset_events();
        assert_eq!(dispatch(call, origin), Ok(()), "{pallet_name}.{function_name}");
        assert!(is_logged(), "{pallet_name}.{function_name} leaves no entry");
        self.logged.insert((pallet_name.to_owned(), function_name.to_owned()));
        next_block();
    }
}

/// Whether a log got an entry.
fn is_logged() -> bool {
    let is_entry = |event| matches!(event, RuntimeEvent::Audit(pallet_salus_audit::Event::Appended { .. }));
    System::events().into_iter().any(|record| is_entry(record.event))
}

#[test]
fn every_call_that_succeeds_leaves_an_entry() {
    chain(HOSPITALS).execute_with(|| {
        let mut story = Story::default();
        people::tell(&mut story);
        records::tell(&mut story);
        council::tell(&mut story);
        let ours = calls().into_keys().filter(|(pallet, _)| !OF_SDK.contains(&pallet.as_str()));
        let missing: Vec<_> = ours.filter(|call| !story.logged.contains(call)).collect();
        assert!(missing.is_empty(), "the story has to make these calls, too: {missing:?}");
    });
}

/// The SDK's own calls for session keys leave no entry, so no role may make them: `authorities.set_keys` does it and logs it.
#[test]
fn session_keys_are_not_set_past_the_log() {
    for ((pallet, name), call) in calls() {
        if pallet == "Session" {
            for role in Role::ALL {
                assert_eq!(RolePolicy::class(role, &call), None, "{role:?} and {name}");
            }
        }
    }
}
