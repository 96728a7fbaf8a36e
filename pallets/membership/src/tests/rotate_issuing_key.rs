// SPDX-License-Identifier: Apache-2.0

use super::*;

fn rotate(id: InstitutionId, key: SigningKey) -> DispatchResult {
    Membership::rotate_issuing_key(two_thirds(), id, key)
}

#[test]
fn rotate_issuing_key_begins_an_epoch() {
    Builder::default().test(|| {
        let key = SigningKey([5; 32]);
        assert_ok!(rotate(HOSPITAL, key));
        let hospital = institution(HOSPITAL);
        assert_eq!((hospital.profile.issuing_key, hospital.issuing_epoch), (key, 1));
        let event = Event::IssuingKeyRotated { institution: HOSPITAL, epoch: 1 };
        assert_done(0, event, LogId::Consortium, decision(Action::IssuingKeyRotated, HOSPITAL));
    });
}

#[test]
fn rotate_issuing_key_voids_vouchers_and_admits_new_ones() {
    Builder::default().test(|| {
        let old = Redemption::new(&voucher_for(Role::Clinician), ALICE);
        let new_pair = pair("hospital", "second issuing key");
        assert_ok!(rotate(HOSPITAL, key_of(&new_pair)));
        assert_refused(old.call(), Refusal::VoidIssuingEpoch);

        // The old key cannot name the new epoch, the new key can.
        let voucher = Voucher { issuing_epoch: 1, ..voucher_for(Role::Clinician) };
        let mut redemption = Redemption::new(&voucher, ALICE);
        assert_refused(redemption.clone().call(), Refusal::BadSignature);
        redemption.issuer_signature = new_pair.sign(&voucher.payload(&genesis_hash()));
        accept(redemption.call());
    });
}

#[test]
fn rotate_issuing_key_fails_when_the_key_is_not_usable() {
    Builder::default().test(|| {
        assert_fails(|| rotate(HOSPITAL, SigningKey([0; 32])), Error::<Test>::KeyNotUsable);
        assert_fails(|| rotate(HOSPITAL, key_of(&issuing(HOSPITAL))), Error::<Test>::KeyNotUsable);
    });
}

#[test]
fn rotate_issuing_key_fails_when_unknown_or_removed() {
    Builder::default().test(|| {
        assert_fails(|| rotate(InstitutionId(3), SigningKey([5; 32])), Error::<Test>::NotFound);
        assert_ok!(Membership::remove_institution(council(), HOSPITAL));
        assert_fails(|| rotate(HOSPITAL, SigningKey([5; 32])), Error::<Test>::InvalidStatus);
    });
}

#[test]
fn rotate_issuing_key_fails_when_epochs_are_exhausted() {
    Builder::default().test(|| {
        Institutions::<Test>::mutate(HOSPITAL, |hospital| hospital.as_mut().unwrap().issuing_epoch = u32::MAX);
        assert_fails(|| rotate(HOSPITAL, SigningKey([5; 32])), Error::<Test>::NumbersExhausted);
    });
}
