// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::MAX_OPEN_CHALLENGES;

fn challenge(verifier: Person, member: MemberId) -> DispatchResult {
    Membership::challenge(signed(verifier), member, NONCE)
}

/// Verifiers of more institutions than can have open challenges, all admitted for this test.
fn many_verifiers() -> Vec<sp_runtime::AccountId32> {
    (0..=MAX_OPEN_CHALLENGES)
        .map(|number| {
            let id = InstitutionId(3 + number);
            assert_ok!(Membership::admit_institution(council(), profile(id, InstitutionKind::Clinic)));
            let [transaction, membership] = ["transaction", "membership"].map(|key| pair(&format!("{number}"), key));
            let newcomer = Newcomer {
                transaction_key: key_of(&transaction),
                membership_key: key_of(&membership),
                encryption_key: EncryptionKey::x25519([1; 32]),
            };
            Membership::register(id, Role::Verifier, &newcomer, Digest([1; 32]), None, MemberStatus::Active);
            sp_runtime::AccountId32::new(transaction.public().0)
        })
        .collect()
}

#[test]
fn challenge_opens_a_challenge_in_this_block() {
    Builder::default().test(|| {
        let member = join(ALICE, Role::Patient);
        let before = entries();
        assert_ok!(challenge(CLINIC_VERIFIER, member));

        let verifier = id_of(CLINIC_VERIFIER);
        let expected = Challenge { verifier, nonce: NONCE, block: 1, expires_at: START + CHALLENGE_LIFE };
        assert_eq!(Challenges::<Test>::get(member, CLINIC), Some(expected));
        let entry = AuditEvent::by_member(verifier, Some(CLINIC), Action::MemberChallenged, Subject::Member(member));
        let event = Event::MemberChallenged { member, institution: CLINIC, verifier };
        // It stands in the log of the institution that admitted the member.
        assert_done(before, event, LogId::Institution(HOSPITAL), entry);
    });
}

#[test]
fn challenge_may_come_from_the_admitting_institution() {
    Builder::default().test(|| {
        let member = join(ALICE, Role::Patient);
        assert_ok!(challenge(VERIFIER, member));
    });
}

#[test]
fn challenge_fails_when_the_member_is_unknown_or_not_pending() {
    Builder::default().test(|| {
        assert_fails(|| challenge(VERIFIER, NEWCOMER), Error::<Test>::NotFound);
        assert_fails(|| challenge(VERIFIER, id_of(DOCTOR)), Error::<Test>::InvalidStatus);
    });
}

#[test]
fn challenge_fails_when_one_of_the_institution_is_open_and_replaces_an_expired_one() {
    Builder::default().test(|| {
        let member = join(ALICE, Role::Patient);
        assert_ok!(challenge(VERIFIER, member));
        Clock::wait(CHALLENGE_LIFE - 1);
        assert_fails(|| challenge(VERIFIER, member), Error::<Test>::AlreadyExists);
        Clock::wait(1);
        next_block();
        assert_ok!(challenge(VERIFIER, member));
        assert_eq!(Challenges::<Test>::get(member, HOSPITAL).unwrap().block, 2);
    });
}

/// One verifier who left must not keep the others of the institution waiting.
#[test]
fn challenge_replaces_one_of_a_verifier_who_may_not_act_any_more() {
    Builder::default().test(|| {
        let member = join(ALICE, Role::Patient);
        let keys = ["transaction", "membership"].map(|key| pair("second verifier", key));
        let second = Newcomer {
            transaction_key: key_of(&keys[0]),
            membership_key: key_of(&keys[1]),
            encryption_key: EncryptionKey::x25519([1; 32]),
        };
        let id = Membership::register(HOSPITAL, Role::Verifier, &second, Digest([1; 32]), None, MemberStatus::Active);
        let account = sp_runtime::AccountId32::new(keys[0].public().0);
        let again = || Membership::challenge(frame_system::RawOrigin::Signed(account.clone()).into(), member, NONCE);

        assert_ok!(challenge(VERIFIER, member));
        assert_fails(again, Error::<Test>::AlreadyExists);
        assert_ok!(Membership::suspend_member(council(), id_of(VERIFIER)));
        assert_ok!(again());
        assert_eq!(Challenges::<Test>::get(member, HOSPITAL).unwrap().verifier, id);
    });
}

#[test]
fn challenge_fails_when_the_institution_has_verified_the_member() {
    Builder::default().test(|| {
        let member = join(ALICE, Role::Patient);
        verify(VERIFIER, HOSPITAL, member, ALICE);
        assert_fails(|| challenge(VERIFIER, member), Error::<Test>::AlreadyVerified);
    });
}

#[test]
fn challenge_fails_when_too_many_are_open_and_clears_expired_ones_away() {
    Builder::default().test(|| {
        let member = join(ALICE, Role::Patient);
        let verifiers = many_verifiers();
        let (last, first) = verifiers.split_last().unwrap();
        let challenge = |verifier: &sp_runtime::AccountId32| {
            Membership::challenge(RuntimeOrigin::signed(verifier.clone()), member, NONCE)
        };
        assert_ok!(challenge(&first[0]));
        Clock::wait(1);
        for verifier in &first[1..] {
            assert_ok!(challenge(verifier));
        }
        assert_eq!(Challenges::<Test>::iter_prefix(member).count(), MAX_OPEN_CHALLENGES as usize);
        assert_fails(|| challenge(last), Error::<Test>::TooManyChallenges);

        // The first one expires, and makes room.
        Clock::wait(CHALLENGE_LIFE - 1);
        assert_ok!(challenge(last));
        assert_eq!(Challenges::<Test>::iter_prefix(member).count(), MAX_OPEN_CHALLENGES as usize);
    });
}

#[test]
fn challenge_fails_when_the_verifier_may_not_act() {
    Builder::default().test(|| {
        let member = join(ALICE, Role::Patient);
        assert_ok!(Membership::suspend_member(council(), id_of(VERIFIER)));
        assert_fails(|| challenge(VERIFIER, member), BadOrigin);
        assert_ok!(Membership::suspend_institution(council(), CLINIC));
        assert_fails(|| challenge(CLINIC_VERIFIER, member), BadOrigin);
    });
}
