// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn set_keys_replaces_the_session_keys_and_names_the_member() {
    Builder::default().test(|| {
        let (keys, proof) = new_keys(&node(FIRST));
        assert_ok!(Authorities::set_keys(signed(node(FIRST)), keys.clone(), proof));
        let (member, subject) = (Staff(FIRST, Role::Service, 0).member(), Subject::Institution(FIRST));
        let entry = AuditEvent::by_member(member, Some(FIRST), Action::SessionKeysReplaced, subject);
        assert_done(Event::SessionKeysReplaced { institution: FIRST }, entry);
        next_session();
        assert!(pallet_session::QueuedKeys::<Test>::get().contains(&(node(FIRST), keys)));
    });
}

#[test]
fn set_keys_fails_when_the_account_has_no_seat() {
    Builder::default().test(|| {
        for account in [node(FIFTH), delegate(FIRST), Staff(FIRST, Role::Service, 1).account()] {
            let (keys, proof) = new_keys(&account);
            let call = || Authorities::set_keys(signed(account), keys, proof);
            assert_fails(call, Error::<Test>::NotAuthority);
        }
    });
}

#[test]
fn set_keys_fails_when_the_proof_is_for_another_account_or_the_keys_are_taken() {
    Builder::default().test(|| {
        let (keys, proof) = new_keys(&node(SECOND));
        let call = || Authorities::set_keys(signed(node(FIRST)), keys.clone(), proof.clone());
        assert_fails(call, pallet_session::Error::<Test>::InvalidProof);
        assert_ok!(Authorities::set_keys(signed(node(SECOND)), keys.clone(), proof));
        let proof = own_proof(&keys, &node(FIRST));
        let taken = || Authorities::set_keys(signed(node(FIRST)), keys, proof);
        assert_fails(taken, pallet_session::Error::<Test>::DuplicatedKey);
    });
}
