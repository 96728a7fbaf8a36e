// SPDX-License-Identifier: Apache-2.0

use super::*;

/// `signer` asks to add the key of `device` to the member that `person` is.
fn add(signer: RuntimeOrigin, person: Person, device: &sr25519::Pair, number: u32) -> DispatchResult {
    let key = key_of(device);
    let payload = key_change_payload(&genesis_hash(), id_of(person), number, &KeyChange::Add(key));
    let (by_key, by_member) = (device.sign(&payload), person.membership().sign(&payload));
    Membership::add_transaction_key(signer, key, by_key, by_member)
}

#[test]
fn add_transaction_key_lets_the_member_sign_with_it() {
    Builder::default().test(|| {
        let phone = PATIENT.device("phone");
        assert_ok!(add(signed(PATIENT), PATIENT, &phone, 0));

        let (id, key) = (id_of(PATIENT), key_of(&phone));
        let account = sp_runtime::AccountId32::new(key.0);
        assert_eq!(member(id).transaction_keys[..], [PATIENT.newcomer().transaction_key, key]);
        assert_eq!(member(id).key_changes, 1);
        assert_eq!(Membership::standing_of_account(&account).unwrap().member, id);
        assert_eq!(System::providers(&account), 1);
        let subject = Subject::TransactionKey(id, key);
        let entry = AuditEvent::by_member(id, None, Action::TransactionKeyAdded, subject);
        let event = Event::TransactionKeyAdded { member: id, key };
        assert_done(0, event, LogId::Institution(HOSPITAL), entry);

        // The new key can add the next.
        assert_ok!(add(RuntimeOrigin::signed(account), PATIENT, &PATIENT.device("tablet"), 1));
    });
}

#[test]
fn add_transaction_key_succeeds_up_to_eight_and_fails_beyond() {
    Builder::default().test(|| {
        for number in 1..MAX_TRANSACTION_KEYS {
            assert_ok!(add(signed(DOCTOR), DOCTOR, &DOCTOR.device(&number.to_string()), number - 1));
        }
        assert_eq!(member(id_of(DOCTOR)).transaction_keys.len(), MAX_TRANSACTION_KEYS as usize);
        let ninth = || add(signed(DOCTOR), DOCTOR, &DOCTOR.device("ninth"), MAX_TRANSACTION_KEYS - 1);
        assert_fails(ninth, Error::<Test>::TooManyKeys);
    });
}

#[test]
fn add_transaction_key_takes_a_removed_key_back_and_its_provider_stays_one() {
    Builder::default().test(|| {
        let phone = PATIENT.device("phone");
        assert_ok!(add(signed(PATIENT), PATIENT, &phone, 0));
        assert_ok!(super::remove_transaction_key::remove(signed(PATIENT), PATIENT, key_of(&phone), 1));
        assert_ok!(add(signed(PATIENT), PATIENT, &phone, 2));
        assert_eq!(System::providers(&sp_runtime::AccountId32::new(phone.public().0)), 1);
    });
}

#[test]
fn add_transaction_key_fails_when_the_key_is_not_usable() {
    Builder::default().test(|| {
        let unusable = Error::<Test>::KeyNotUsable;
        assert_fails(|| add(signed(PATIENT), PATIENT, &PATIENT.transaction(), 0), unusable);
        let unusable = Error::<Test>::KeyNotUsable;
        assert_fails(|| add(signed(PATIENT), PATIENT, &DOCTOR.transaction(), 0), unusable);
        let unusable = Error::<Test>::KeyNotUsable;
        assert_fails(|| add(signed(PATIENT), PATIENT, &PATIENT.membership(), 0), unusable);
        let zero = || {
            let signature = sr25519::Signature::from_raw([0; 64]);
            Membership::add_transaction_key(signed(PATIENT), SigningKey([0; 32]), signature, signature)
        };
        assert_fails(zero, Error::<Test>::KeyNotUsable);

        // A key that another member removed stays theirs.
        let phone = DOCTOR.device("phone");
        assert_ok!(add(signed(DOCTOR), DOCTOR, &phone, 0));
        assert_ok!(super::remove_transaction_key::remove(signed(DOCTOR), DOCTOR, key_of(&phone), 1));
        assert_fails(|| add(signed(PATIENT), PATIENT, &phone, 0), Error::<Test>::KeyNotUsable);
    });
}

#[test]
fn add_transaction_key_fails_when_a_signature_does_not_fit() {
    Builder::default().test(|| {
        let phone = PATIENT.device("phone");
        let key = key_of(&phone);
        let (id, change) = (id_of(PATIENT), KeyChange::Add(key));
        let good = key_change_payload(&genesis_hash(), id, 0, &change);
        let foreign = key_change_payload(&Digest([70; 32]), id, 0, &change);
        let wrong_number = key_change_payload(&genesis_hash(), id, 1, &change);
        let wrong_member = key_change_payload(&genesis_hash(), id_of(DOCTOR), 0, &change);
        let removal = key_change_payload(&genesis_hash(), id, 0, &KeyChange::Remove(key));

        let (by_key, by_member) = (phone.sign(&good), PATIENT.membership().sign(&good));
        let mut pairs = vec![
            (PATIENT.device("tablet").sign(&good), by_member),
            (by_key, DOCTOR.membership().sign(&good)),
            // The transaction key alone is not enough: a stolen phone cannot add another.
            (by_key, PATIENT.transaction().sign(&good)),
        ];
        for payload in [foreign, wrong_number, wrong_member, removal] {
            pairs.push((phone.sign(&payload), by_member));
            pairs.push((by_key, PATIENT.membership().sign(&payload)));
        }
        for (by_key, by_member) in pairs {
            let add = || Membership::add_transaction_key(signed(PATIENT), key, by_key, by_member);
            assert_fails(add, Error::<Test>::BadSignature);
        }
        assert_ok!(Membership::add_transaction_key(signed(PATIENT), key, by_key, by_member));
    });
}

#[test]
fn add_transaction_key_fails_when_replayed_after_removal() {
    Builder::default().test(|| {
        let phone = PATIENT.device("phone");
        assert_ok!(add(signed(PATIENT), PATIENT, &phone, 0));
        assert_ok!(super::remove_transaction_key::remove(signed(PATIENT), PATIENT, key_of(&phone), 1));
        assert_fails(|| add(signed(PATIENT), PATIENT, &phone, 0), Error::<Test>::BadSignature);
    });
}

#[test]
fn add_transaction_key_fails_when_the_member_is_pending_or_suspended() {
    Builder::default().test(|| {
        join(ALICE, Role::Patient);
        let signature = sr25519::Signature::from_raw([0; 64]);
        let key = SigningKey([5; 32]);
        let pending = || Membership::add_transaction_key(signed(ALICE), key, signature, signature);
        assert_fails(pending, BadOrigin);
        assert_ok!(Membership::suspend_member(council(), id_of(DOCTOR)));
        let suspended = || add(signed(DOCTOR), DOCTOR, &DOCTOR.device("phone"), 0);
        assert_fails(suspended, BadOrigin);
    });
}

#[test]
fn add_transaction_key_fails_when_changes_are_exhausted() {
    Builder::default().test(|| {
        Members::<Test>::mutate(id_of(PATIENT), |patient| patient.as_mut().unwrap().key_changes = u32::MAX);
        let last = || add(signed(PATIENT), PATIENT, &PATIENT.device("phone"), u32::MAX);
        assert_fails(last, Error::<Test>::NumbersExhausted);
    });
}
