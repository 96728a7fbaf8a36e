// SPDX-License-Identifier: Apache-2.0

//! The provider reference that every bound account keeps, whatever the status of its member (B3 classes 12 and 20).
//!
//! The system reaps an account without a provider. Its nonce would restart at zero, so old transactions could be
//! replayed.

use super::*;
use sp_runtime::AccountId32;

/// The providers of all accounts together, and how many accounts there are.
fn count() -> (u32, usize) {
    let accounts: Vec<_> = frame_system::Account::<Test>::iter_values().collect();
    (accounts.iter().map(|account| account.providers).sum(), accounts.len())
}

#[test]
fn providers_are_one_for_each_account_whatever_becomes_of_the_member() {
    Builder::default().test(|| {
        let bound = MEMBERS.len();
        assert_eq!(count(), (bound as u32, bound));
        assert_ok!(Membership::suspend_member(council(), id_of(DOCTOR)));
        assert_ok!(Membership::reinstate_member(two_thirds(), id_of(DOCTOR)));
        assert_ok!(Membership::revoke_member(council(), id_of(DOCTOR)));
        assert_ok!(Membership::suspend_institution(council(), HOSPITAL));
        assert_ok!(Membership::remove_institution(council(), HOSPITAL));
        assert_eq!(count(), (bound as u32, bound));
        assert!(AccountOwners::<Test>::iter_keys().all(|account| System::providers(&account) == 1));
    });
}

#[test]
fn providers_of_removed_and_returned_keys_keep_their_nonce() {
    Builder::default().test(|| {
        let phone = PATIENT.device("phone");
        let (key, account) = (key_of(&phone), AccountId32::new(phone.public().0));
        let change = |number, change| {
            let payload = key_change_payload(&genesis_hash(), id_of(PATIENT), number, &change);
            (phone.sign(&payload), PATIENT.membership().sign(&payload))
        };
        let add = |number| {
            let (by_key, by_member) = change(number, KeyChange::Add(key));
            assert_ok!(Membership::add_transaction_key(signed(PATIENT), key, by_key, by_member));
        };
        add(0);
        frame_system::Account::<Test>::mutate(&account, |account| account.nonce = 7);
        let (_, by_member) = change(1, KeyChange::Remove(key));
        assert_ok!(Membership::remove_transaction_key(signed(PATIENT), key, by_member));
        assert_eq!((System::providers(&account), System::account_nonce(&account)), (1, 7));
        add(2);
        assert_eq!((System::providers(&account), System::account_nonce(&account)), (1, 7));
    });
}

#[test]
fn providers_are_not_given_by_what_fails() {
    Builder::default().test(|| {
        let before = count();
        let foreign = Redemption::on_chain(Digest([70; 32]), &voucher_for(Role::Patient), ALICE.newcomer(), ALICE);
        assert_refused(foreign.call(), Refusal::BadSignature);
        assert_eq!(count(), before);
    });
}
