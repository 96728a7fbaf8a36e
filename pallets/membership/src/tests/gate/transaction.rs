// SPDX-License-Identifier: Apache-2.0

//! The size, the priority and the storage that the gate adds to a transaction.

use super::*;
use crate::{COUNCIL_PRIORITY, JOINING_PRIORITY, RESERVED_PRIORITY};
use codec::Encode;
use sp_runtime::traits::TransactionExtension;

#[test]
fn gate_has_no_size_and_implies_nothing() {
    assert!(MemberGate::<Test>::new().encode().is_empty());
    let metadata = <MemberGate<Test> as TransactionExtension<RuntimeCall>>::metadata();
    assert_eq!(metadata[0].identifier, "MemberGate");
    assert_eq!(metadata[0].implicit, scale_info::meta_type::<()>());
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
