// SPDX-License-Identifier: Apache-2.0

use super::*;

pub(super) fn remove(signer: RuntimeOrigin, person: Person, key: SigningKey, number: u32) -> DispatchResult {
    let payload = key_change_payload(&genesis_hash(), id_of(person), number, &KeyChange::Remove(key));
    Membership::remove_transaction_key(signer, key, person.membership().sign(&payload))
}

/// Gives the patient a second key.
fn phone() -> sr25519::Pair {
    let phone = PATIENT.device("phone");
    let payload = key_change_payload(&genesis_hash(), id_of(PATIENT), 0, &KeyChange::Add(key_of(&phone)));
    let (by_key, by_member) = (phone.sign(&payload), PATIENT.membership().sign(&payload));
    assert_ok!(Membership::add_transaction_key(signed(PATIENT), key_of(&phone), by_key, by_member));
    phone
}

#[test]
fn remove_transaction_key_keeps_the_account_bound() {
    Builder::default().test(|| {
        let (id, phone) = (id_of(PATIENT), phone());
        let before = entries();
        // The first key goes, and the second signs for it.
        let first = PATIENT.newcomer().transaction_key;
        let signer = RuntimeOrigin::signed(sp_runtime::AccountId32::new(phone.public().0));
        assert_ok!(remove(signer, PATIENT, first, 1));

        assert_eq!(member(id).transaction_keys[..], [key_of(&phone)]);
        assert_eq!(member(id).key_changes, 2);
        let owner = AccountOwner { member: id, live: false };
        assert_eq!(AccountOwners::<Test>::get(PATIENT.account()), Some(owner));
        assert_eq!(Membership::standing_of_account(&PATIENT.account()), None);
        assert_eq!(System::providers(&PATIENT.account()), 1);
        let subject = Subject::TransactionKey(id, first);
        let entry = AuditEvent::by_member(id, None, Action::TransactionKeyRemoved, subject);
        let event = Event::TransactionKeyRemoved { member: id, key: first };
        assert_done(before, event, LogId::Institution(HOSPITAL), entry);

        // No newcomer can join with it.
        let newcomer = Newcomer { transaction_key: first, ..ALICE.newcomer() };
        let redemption = Redemption::on_chain(genesis_hash(), &voucher_for(Role::Patient), newcomer, ALICE);
        assert_refused(redemption.call(), Refusal::KeyNotUsable);
    });
}

#[test]
fn remove_transaction_key_withdraws_the_votes_of_the_account() {
    Builder::default().test(|| {
        let key = key_of(&phone());
        assert_ok!(remove(signed(PATIENT), PATIENT, key, 1));
        assert_eq!(Withdrawn::get(), [], "a patient belongs to no institution");

        let phone = DOCTOR.device("phone");
        let payload = key_change_payload(&genesis_hash(), id_of(DOCTOR), 0, &KeyChange::Add(key_of(&phone)));
        let (by_key, by_member) = (phone.sign(&payload), DOCTOR.membership().sign(&payload));
        assert_ok!(Membership::add_transaction_key(signed(DOCTOR), key_of(&phone), by_key, by_member));
        assert_eq!(Withdrawn::get(), []);
        assert_ok!(remove(signed(DOCTOR), DOCTOR, key_of(&phone), 1));
        assert_eq!(Withdrawn::get(), [(HOSPITAL, sp_runtime::AccountId32::new(phone.public().0))]);
    });
}

#[test]
fn remove_transaction_key_fails_when_it_is_the_last() {
    Builder::default().test(|| {
        let last = PATIENT.newcomer().transaction_key;
        assert_fails(|| remove(signed(PATIENT), PATIENT, last, 0), Error::<Test>::LastKey);
    });
}

#[test]
fn remove_transaction_key_fails_when_the_key_is_not_the_members() {
    Builder::default().test(|| {
        phone();
        let other = DOCTOR.newcomer().transaction_key;
        assert_fails(|| remove(signed(PATIENT), PATIENT, other, 1), Error::<Test>::NotFound);
    });
}

#[test]
fn remove_transaction_key_fails_when_the_signature_does_not_fit() {
    Builder::default().test(|| {
        let key = key_of(&phone());
        // Signed for an earlier change, or by another member.
        assert_fails(|| remove(signed(PATIENT), PATIENT, key, 0), Error::<Test>::BadSignature);
        assert_fails(|| remove(signed(PATIENT), DOCTOR, key, 1), Error::<Test>::BadSignature);
        let foreign = key_change_payload(&Digest([70; 32]), id_of(PATIENT), 1, &KeyChange::Remove(key));
        let signature = PATIENT.membership().sign(&foreign);
        let remove_foreign = || Membership::remove_transaction_key(signed(PATIENT), key, signature);
        assert_fails(remove_foreign, Error::<Test>::BadSignature);
    });
}

#[test]
fn remove_transaction_key_fails_when_changes_are_exhausted() {
    Builder::default().test(|| {
        let key = key_of(&phone());
        Members::<Test>::mutate(id_of(PATIENT), |patient| patient.as_mut().unwrap().key_changes = u32::MAX);
        assert_fails(|| remove(signed(PATIENT), PATIENT, key, u32::MAX), Error::<Test>::NumbersExhausted);
    });
}

#[test]
fn remove_transaction_key_fails_when_replayed_after_the_key_came_back() {
    Builder::default().test(|| {
        let phone = phone();
        let key = key_of(&phone);
        assert_ok!(remove(signed(PATIENT), PATIENT, key, 1));
        assert_fails(|| remove(signed(PATIENT), PATIENT, key, 1), Error::<Test>::NotFound);
        let payload = key_change_payload(&genesis_hash(), id_of(PATIENT), 2, &KeyChange::Add(key));
        let (by_key, by_member) = (phone.sign(&payload), PATIENT.membership().sign(&payload));
        assert_ok!(Membership::add_transaction_key(signed(PATIENT), key, by_key, by_member));
        assert_fails(|| remove(signed(PATIENT), PATIENT, key, 1), Error::<Test>::BadSignature);
        // Nor does the signature that added the key remove it.
        let removed = || Membership::remove_transaction_key(signed(PATIENT), key, by_member);
        assert_fails(removed, Error::<Test>::BadSignature);
    });
}

#[test]
fn remove_transaction_key_fails_when_the_member_is_pending_or_suspended() {
    Builder::default().test(|| {
        join(ALICE, Role::Patient);
        let signature = sr25519::Signature::from_raw([0; 64]);
        let key = ALICE.newcomer().transaction_key;
        let pending = || Membership::remove_transaction_key(signed(ALICE), key, signature);
        assert_fails(pending, BadOrigin);
        assert_ok!(Membership::suspend_member(council(), id_of(DOCTOR)));
        let key = DOCTOR.newcomer().transaction_key;
        assert_fails(|| remove(signed(DOCTOR), DOCTOR, key, 0), BadOrigin);
    });
}

#[test]
fn remove_transaction_key_leaves_a_removed_key_without_a_say() {
    Builder::default().test(|| {
        let (phone, first) = (phone(), PATIENT.newcomer().transaction_key);
        assert_ok!(remove(signed(PATIENT), PATIENT, first, 1));
        let back = || remove(signed(PATIENT), PATIENT, key_of(&phone), 2);
        assert_fails(back, BadOrigin);
    });
}

#[test]
fn remove_transaction_key_fails_while_its_account_is_that_of_a_seat() {
    Builder::default().test(|| {
        let phone = phone();
        SeatAccounts::set(vec![sp_runtime::AccountId32::new(phone.public().0)]);
        let call = || remove(signed(PATIENT), PATIENT, key_of(&phone), 1);
        assert_fails(call, Error::<Test>::HoldsSeat);
        SeatAccounts::set(Vec::new());
        assert_ok!(call());
    });
}
