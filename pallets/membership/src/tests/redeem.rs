// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{MembershipKeys, Redeemed, JOINING_LONGEVITY, JOINING_PRIORITY};

fn refused(voucher: Voucher, refusal: Refusal) {
    assert_refused(Redemption::new(&voucher, ALICE).call(), refusal);
}

#[test]
fn redeem_makes_a_pending_member() {
    Builder::default().test(|| {
        let voucher = Voucher { valid_until: Some(START + 90 * DAY), ..voucher_for(Role::Clinician) };
        Clock::wait(5);
        assert_ok!(redeem(&voucher, ALICE));

        let newcomer = ALICE.newcomer();
        let expected = Member {
            role: Role::Clinician,
            membership_key: newcomer.membership_key,
            encryption_key: newcomer.encryption_key,
            status: MemberStatus::Pending,
            valid_until: voucher.valid_until,
            profile: voucher.profile,
            admitted_by: HOSPITAL,
            verified_by: Default::default(),
            transaction_keys: vec![newcomer.transaction_key].try_into().unwrap(),
            key_changes: 0,
            joined_at: START + 5,
            voucher: Some((voucher.issuing_epoch, voucher.serial)),
            usage: Default::default(),
        };
        assert_eq!(member(NEWCOMER), expected);
        let owner = AccountOwner { member: NEWCOMER, live: true };
        assert_eq!(AccountOwners::<Test>::get(ALICE.account()), Some(owner));
        assert_eq!(System::providers(&ALICE.account()), 1);
        assert_eq!(MembershipKeys::<Test>::get(newcomer.membership_key), Some(NEWCOMER));
        assert_eq!(Redeemed::<Test>::get(HOSPITAL, (0, 1)), Some(NEWCOMER));
        assert_eq!(institution(HOSPITAL).admitted, 6);

        let entry = AuditEvent::by_member(NEWCOMER, Some(HOSPITAL), Action::MemberJoined, Subject::Member(NEWCOMER));
        let event = Event::MemberJoined { member: NEWCOMER, institution: HOSPITAL, role: Role::Clinician };
        assert_done(0, event, LogId::Institution(HOSPITAL), entry);
    });
}

#[test]
fn redeem_makes_a_patient_who_belongs_to_no_institution() {
    Builder::default().test(|| {
        let id = join(ALICE, Role::Patient);
        assert_eq!(Membership::standing(id).unwrap().institution, None);
        assert_eq!(member(id).admitted_by, HOSPITAL);
        assert_eq!(Log::entries()[0].1.institution, None);
    });
}

#[test]
fn redeem_is_valid_in_the_pool_for_a_while_and_names_voucher_and_keys() {
    Builder::default().test(|| {
        let voucher = voucher_for(Role::Patient);
        let first = accept(Redemption::new(&voucher, ALICE).call());
        assert!(first.propagate);
        assert_eq!((first.priority, first.longevity), (JOINING_PRIORITY, JOINING_LONGEVITY));
        assert_eq!((first.provides.len(), first.requires.len()), (3, 0));

        let other = Voucher { serial: 2, voucher_key: key_of(&voucher_pair(2)), ..voucher };
        let second = accept(Redemption::new(&other, BOB).call());
        assert!(first.provides.iter().all(|tag| !second.provides.contains(tag)));
    });
}

/// B3 class 13: these calls are free, so the pool must keep only one of those that exclude each other.
#[test]
fn redeem_shares_a_tag_with_whatever_it_excludes() {
    Builder::default().test(|| {
        let tags = |voucher: &Voucher, newcomer: Newcomer, person: Person| {
            let call = Redemption::on_chain(genesis_hash(), voucher, newcomer, person).call();
            call.authorize(TransactionSource::External).unwrap().unwrap().0.provides
        };
        let voucher = voucher_for(Role::Patient);
        let other = Voucher { serial: 2, voucher_key: key_of(&voucher_pair(2)), ..voucher.clone() };
        let first = tags(&voucher, ALICE.newcomer(), ALICE);
        let shared = |others: Vec<Vec<u8>>| others.iter().filter(|tag| first.contains(tag)).count();

        // Signatures differ each time, tags do not: sent again, it takes no second place.
        assert_eq!(shared(tags(&voucher, ALICE.newcomer(), ALICE)), 3);
        assert_eq!(shared(tags(&voucher, BOB.newcomer(), BOB)), 1);
        assert_eq!(shared(tags(&other, ALICE.newcomer(), ALICE)), 2);
        assert_eq!(shared(tags(&other, BOB.newcomer(), BOB)), 0);
    });
}

#[test]
fn redeem_fails_when_the_institution_is_unknown_or_not_active() {
    Builder::default().test(|| {
        let voucher = voucher_for(Role::Patient);
        refused(Voucher { institution: InstitutionId(3), ..voucher.clone() }, Refusal::UnknownInstitution);
        assert_ok!(Membership::suspend_institution(council(), HOSPITAL));
        refused(voucher.clone(), Refusal::UnknownInstitution);
        assert_ok!(Membership::remove_institution(council(), HOSPITAL));
        refused(voucher, Refusal::UnknownInstitution);
    });
}

#[test]
fn redeem_fails_when_the_epoch_is_not_the_current_one() {
    Builder::default().test(|| {
        refused(Voucher { issuing_epoch: 1, ..voucher_for(Role::Patient) }, Refusal::VoidIssuingEpoch);
    });
}

#[test]
fn redeem_fails_when_replayed() {
    Builder::default().test(|| {
        let voucher = voucher_for(Role::Patient);
        let redemption = Redemption::new(&voucher, ALICE);
        accept(redemption.clone().call());
        assert_refused(redemption.call(), Refusal::AlreadyJoined);
        assert_refused(Redemption::new(&voucher, BOB).call(), Refusal::VoucherRedeemed);
    });
}

#[test]
fn redeem_fails_from_the_moment_of_expiry() {
    Builder::default().test(|| {
        let voucher = voucher_for(Role::Patient);
        Clock::set(voucher.expires_at);
        refused(voucher.clone(), Refusal::VoucherExpired);
        Clock::set(voucher.expires_at - 1);
        accept(Redemption::new(&voucher, ALICE).call());
    });
}

#[test]
fn redeem_fails_when_the_voucher_lives_longer_than_thirty_days() {
    Builder::default().test(|| {
        let longest = START + MAX_VOUCHER_LIFE;
        refused(Voucher { expires_at: longest + 1, ..voucher_for(Role::Patient) }, Refusal::VoucherTooLong);
        refused(Voucher { expires_at: Moment::MAX, ..voucher_for(Role::Patient) }, Refusal::VoucherTooLong);
        accept(Redemption::new(&Voucher { expires_at: longest, ..voucher_for(Role::Patient) }, ALICE).call());
    });
}

#[test]
fn redeem_fails_when_the_kind_may_not_admit_the_role() {
    Builder::default().test(|| {
        for (institution, role) in [(LAB, Role::Patient), (LAB, Role::Clinician), (CLINIC, Role::Laboratory)] {
            refused(Voucher { institution, ..voucher_for(role) }, Refusal::RoleNotAdmissible);
        }
    });
}

#[test]
fn redeem_fails_when_the_validity_does_not_fit_the_role() {
    Builder::default().test(|| {
        let with = |role, valid_until| Voucher { valid_until: Some(valid_until), ..voucher_for(role) };
        refused(with(Role::Patient, START + DAY), Refusal::RoleNotAdmissible);
        refused(with(Role::Clinician, START), Refusal::RoleNotAdmissible);
        accept(Redemption::new(&with(Role::Clinician, START + 1), ALICE).call());
    });
}

#[test]
fn redeem_fails_when_the_admission_quota_is_reached() {
    Builder::default().test(|| {
        let mut profile = institution(HOSPITAL).profile;
        profile.admission_quota = 6;
        assert_ok!(Membership::update_institution(council(), HOSPITAL, profile));
        join(ALICE, Role::Patient);
        let voucher = Voucher { serial: 2, voucher_key: key_of(&voucher_pair(2)), ..voucher_for(Role::Patient) };
        assert_refused(Redemption::new(&voucher, BOB).call(), Refusal::AdmissionQuotaReached);
    });
}

#[test]
fn redeem_fails_when_a_key_is_in_use_or_unsound() {
    Builder::default().test(|| {
        let own = ALICE.newcomer();
        let taken = DOCTOR.newcomer();
        let zero = SigningKey([0; 32]);
        for newcomer in [
            Newcomer { transaction_key: taken.transaction_key, ..own.clone() },
            Newcomer { membership_key: taken.membership_key, ..own.clone() },
            Newcomer { transaction_key: taken.membership_key, ..own.clone() },
            Newcomer { membership_key: taken.transaction_key, ..own.clone() },
            Newcomer { membership_key: own.transaction_key, ..own.clone() },
            Newcomer { transaction_key: zero, ..own.clone() },
            Newcomer { membership_key: zero, ..own.clone() },
            Newcomer { encryption_key: EncryptionKey::x25519([0; 32]), ..own.clone() },
            Newcomer { encryption_key: EncryptionKey { suite: 9, key: [1; 32] }, ..own.clone() },
        ] {
            let voucher = voucher_for(Role::Patient);
            let redemption = Redemption::on_chain(genesis_hash(), &voucher, newcomer, ALICE);
            assert_refused(redemption.call(), Refusal::KeyNotUsable);
        }
        for voucher_key in [zero, own.transaction_key, own.membership_key] {
            refused(Voucher { voucher_key, ..voucher_for(Role::Patient) }, Refusal::KeyNotUsable);
        }
    });
}

#[test]
fn redeem_fails_when_any_signature_is_somebody_elses() {
    Builder::default().test(|| {
        let redemption = Redemption::new(&voucher_for(Role::Patient), ALICE);
        let mut forged = vec![redemption.clone(); 4];
        let stranger = Redemption::new(&redemption.voucher, STRANGER);
        forged[0].issuer_signature = issuing(CLINIC).sign(&redemption.voucher.payload(&genesis_hash()));
        forged[1].signatures.voucher_key = redemption.signatures.transaction_key;
        forged[2].signatures.transaction_key = stranger.signatures.transaction_key;
        forged[3].signatures.membership_key = stranger.signatures.membership_key;
        for redemption in forged {
            assert_refused(redemption.call(), Refusal::BadSignature);
        }
        accept(redemption.call());
    });
}

#[test]
fn redeem_fails_when_somebody_puts_own_keys_under_another_redemption() {
    Builder::default().test(|| {
        // Seen in the pool, the voucher's signatures bind it to the newcomer's keys.
        let seen = Redemption::new(&voucher_for(Role::Patient), ALICE);
        let mut stolen = Redemption::new(&seen.voucher, STRANGER);
        stolen.signatures.voucher_key = seen.signatures.voucher_key;
        assert_refused(stolen.call(), Refusal::BadSignature);
    });
}

#[test]
fn redeem_fails_when_the_voucher_was_changed_after_signing() {
    Builder::default().test(|| {
        let signed = Redemption::new(&voucher_for(Role::Patient), ALICE);
        let mut changed = Redemption::new(&voucher_for(Role::Clinician), ALICE);
        changed.issuer_signature = signed.issuer_signature;
        assert_refused(changed.call(), Refusal::BadSignature);

        // Another institution cannot pass on what the hospital signed.
        let moved = Voucher { institution: CLINIC, ..voucher_for(Role::Patient) };
        let mut moved = Redemption::new(&moved, ALICE);
        moved.issuer_signature = signed.issuer_signature;
        assert_refused(moved.call(), Refusal::BadSignature);
    });
}

#[test]
fn redeem_fails_when_signed_for_another_chain() {
    Builder::default().test(|| {
        let (voucher, newcomer) = (voucher_for(Role::Patient), ALICE.newcomer());
        let foreign = Redemption::on_chain(Digest([70; 32]), &voucher, newcomer, ALICE);
        assert_refused(foreign.clone().call(), Refusal::BadSignature);
        // Nor if only the issuer signed for another chain.
        let mut half = Redemption::new(&voucher, ALICE);
        half.issuer_signature = foreign.issuer_signature;
        assert_refused(half.call(), Refusal::BadSignature);
    });
}
