// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{JOINING_LONGEVITY, JOINING_PRIORITY};

/// Alice has joined and is challenged by the hospital; the challenge's block has ended.
fn challenged() -> MemberId {
    let member = join(ALICE, Role::Patient);
    assert_ok!(Membership::challenge(signed(VERIFIER), member, NONCE));
    next_block();
    member
}

/// Signs an answer in which one thing is not as it should be.
fn answer_with(
    member: MemberId,
    change: impl FnOnce(&mut Digest, &mut MemberId, &mut Challenge, &mut Digest),
) -> Call<Test> {
    let mut challenge = Challenges::<Test>::get(member, HOSPITAL).unwrap();
    let mut block_hash = Digest(System::block_hash(u64::from(challenge.block)).0);
    let (mut genesis, mut id) = (genesis_hash(), member);
    change(&mut genesis, &mut id, &mut challenge, &mut block_hash);
    let payload = answer_payload(&genesis, id, &challenge, &block_hash);
    Call::answer { member, verifier_institution: HOSPITAL, signature: ALICE.membership().sign(&payload) }
}

#[test]
fn answer_counts_one_verification() {
    Builder::default().test(|| {
        let id = challenged();
        let before = entries();
        accept(answer_call(id, HOSPITAL, ALICE));

        let voice = Voice { institution: HOSPITAL, member: id_of(VERIFIER) };
        assert_eq!(member(id).verified_by.voices(), [voice]);
        assert_eq!(status_of(id), MemberStatus::Pending);
        assert_eq!(Challenges::<Test>::get(id, HOSPITAL), None);
        let entry = AuditEvent::by_member(id, None, Action::ChallengeAnswered, Subject::Member(id));
        let event = Event::ChallengeAnswered { member: id, institution: HOSPITAL, verifier: id_of(VERIFIER) };
        assert_done(before, event, LogId::Institution(HOSPITAL), entry);
    });
}

#[docify::export]
#[test]
fn answer_to_two_verifiers_makes_a_newcomer_active() {
    Builder::default().test(|| {
        assert_ok!(redeem(&voucher_for(Role::Clinician), ALICE));
        assert_eq!(status_of(NEWCOMER), MemberStatus::Pending);

        for (verifier, institution) in [(VERIFIER, HOSPITAL), (CLINIC_VERIFIER, CLINIC)] {
            assert_ok!(Membership::challenge(signed(verifier), NEWCOMER, NONCE));
            next_block();
            accept(answer_call(NEWCOMER, institution, ALICE));
        }
        assert_eq!(status_of(NEWCOMER), MemberStatus::Active);
    });
}

#[test]
fn answer_activates_with_the_last_verification_that_is_needed() {
    Builder::default().test(|| {
        let id = challenged();
        accept(answer_call(id, HOSPITAL, ALICE));
        assert_ok!(Membership::challenge(signed(LAB_VERIFIER), id, NONCE));
        assert_ok!(Membership::challenge(signed(CLINIC_VERIFIER), id, NONCE));
        next_block();
        let before = entries();
        accept(answer_call(id, CLINIC, ALICE));

        assert_eq!(status_of(id), MemberStatus::Active);
        let entry = AuditEvent::by_member(id, None, Action::MemberActivated, Subject::Member(id));
        assert_done(before, Event::MemberActivated { member: id }, LogId::Institution(HOSPITAL), entry);
        let answered = Event::ChallengeAnswered { member: id, institution: CLINIC, verifier: id_of(CLINIC_VERIFIER) };
        System::assert_has_event(answered.into());
        // The challenge that was not needed is gone.
        assert_eq!(Challenges::<Test>::iter_prefix(id).count(), 0);
    });
}

#[test]
fn answer_is_valid_in_the_pool_for_a_while() {
    Builder::default().test(|| {
        let id = challenged();
        let validity = accept(answer_call(id, HOSPITAL, ALICE));
        assert!(validity.propagate);
        assert_eq!((validity.priority, validity.longevity), (JOINING_PRIORITY, JOINING_LONGEVITY));
        assert_eq!((validity.provides.len(), validity.requires.len()), (1, 0));
    });
}

/// B3 class 13: of two answers to one challenge the pool keeps one, however often it is signed.
#[test]
fn answer_shares_its_tag_with_every_answer_to_the_same_challenge() {
    Builder::default().test(|| {
        let id = challenged();
        assert_ok!(Membership::challenge(signed(CLINIC_VERIFIER), id, NONCE));
        next_block();
        let tags = |institution| {
            let call = answer_call(id, institution, ALICE);
            call.authorize(TransactionSource::External).unwrap().unwrap().0.provides
        };
        assert_eq!(tags(HOSPITAL), tags(HOSPITAL));
        assert_ne!(tags(HOSPITAL), tags(CLINIC));
    });
}

#[test]
fn answer_fails_when_replayed() {
    Builder::default().test(|| {
        let id = challenged();
        let call = answer_call(id, HOSPITAL, ALICE);
        accept(call.clone());
        assert_refused(call, Refusal::AlreadyVerified);
    });
}

#[test]
fn answer_fails_when_nobody_challenged() {
    Builder::default().test(|| {
        let id = challenged();
        let Call::answer { signature, .. } = answer_call(id, HOSPITAL, ALICE) else { panic!() };
        for (member, verifier_institution) in [(id, CLINIC), (id_of(DOCTOR), HOSPITAL), (MemberId(99), HOSPITAL)] {
            assert_refused(Call::answer { member, verifier_institution, signature }, Refusal::NoChallenge);
        }
    });
}

#[test]
fn answer_fails_when_the_member_was_revoked_meanwhile() {
    Builder::default().test(|| {
        let id = join(ALICE, Role::Clinician);
        assert_ok!(Membership::challenge(signed(VERIFIER), id, NONCE));
        next_block();
        let call = answer_call(id, HOSPITAL, ALICE);
        assert_ok!(Membership::revoke_member(signed(ISSUER), id));
        assert_refused(call, Refusal::NoChallenge);
    });
}

#[test]
fn answer_fails_from_the_moment_the_challenge_expires() {
    Builder::default().test(|| {
        let id = challenged();
        let call = answer_call(id, HOSPITAL, ALICE);
        Clock::wait(CHALLENGE_LIFE);
        assert_refused(call.clone(), Refusal::ChallengeExpired);
        Clock::set(START + CHALLENGE_LIFE - 1);
        accept(call);
    });
}

#[test]
fn answer_fails_in_the_block_of_the_challenge_and_when_it_is_forgotten() {
    Builder::default().test(|| {
        let id = join(ALICE, Role::Patient);
        assert_ok!(Membership::challenge(signed(VERIFIER), id, NONCE));
        assert_refused(answer_call(id, HOSPITAL, ALICE), Refusal::ChallengeBlockUnknown);
        next_block();
        let call = answer_call(id, HOSPITAL, ALICE);
        frame_system::BlockHash::<Test>::remove(1);
        assert_refused(call, Refusal::ChallengeBlockUnknown);
    });
}

#[test]
fn answer_fails_when_the_verifier_is_no_longer_active() {
    Builder::default().test(|| {
        let id = challenged();
        let call = answer_call(id, HOSPITAL, ALICE);
        assert_ok!(Membership::suspend_member(council(), id_of(VERIFIER)));
        assert_refused(call.clone(), Refusal::VerifierNotActive);
        assert_ok!(Membership::reinstate_member(two_thirds(), id_of(VERIFIER)));
        assert_ok!(Membership::suspend_institution(council(), HOSPITAL));
        assert_refused(call.clone(), Refusal::VerifierNotActive);
        assert_ok!(Membership::reinstate_institution(council(), HOSPITAL));
        accept(call);
    });
}

#[test]
fn answer_fails_from_the_end_of_the_verifiers_validity_and_when_it_is_revoked() {
    Builder::default().test(|| {
        let id = challenged();
        let call = answer_call(id, HOSPITAL, ALICE);
        let until = START + CHALLENGE_LIFE / 2;
        Members::<Test>::mutate(id_of(VERIFIER), |verifier| verifier.as_mut().unwrap().valid_until = Some(until));
        Clock::set(until);
        assert_refused(call.clone(), Refusal::VerifierNotActive);
        Clock::set(until - 1);
        frame_support::hypothetically!({
            accept(call.clone());
        });
        assert_ok!(Membership::revoke_member(council(), id_of(VERIFIER)));
        assert_refused(call, Refusal::VerifierNotActive);
    });
}

#[test]
fn answer_fails_when_the_verifiers_institution_was_removed() {
    Builder::default().test(|| {
        let id = join(ALICE, Role::Patient);
        assert_ok!(Membership::challenge(signed(CLINIC_VERIFIER), id, NONCE));
        next_block();
        let call = answer_call(id, CLINIC, ALICE);
        assert_ok!(Membership::remove_institution(council(), CLINIC));
        assert_refused(call, Refusal::VerifierNotActive);
    });
}

/// B3 class 12: a signature of the membership key that joins or changes keys is not an answer.
#[test]
fn answer_fails_when_the_signature_was_made_for_another_purpose() {
    Builder::default().test(|| {
        let id = challenged();
        let redemption = Redemption::new(&voucher_for(Role::Patient), ALICE);
        let key = key_of(&ALICE.device("phone"));
        let change = key_change_payload(&genesis_hash(), id, 0, &KeyChange::Add(key));
        for signature in [redemption.signatures.membership_key, ALICE.membership().sign(&change)] {
            let call = Call::answer { member: id, verifier_institution: HOSPITAL, signature };
            assert_refused(call, Refusal::BadSignature);
        }
    });
}

#[test]
fn answer_fails_when_it_was_signed_for_anything_else() {
    Builder::default().test(|| {
        let id = challenged();
        let bad = Refusal::BadSignature;
        assert_refused(answer_with(id, |genesis, _, _, _| *genesis = Digest([70; 32])), bad);
        assert_refused(answer_with(id, |_, member, _, _| *member = id_of(PATIENT)), bad);
        assert_refused(answer_with(id, |_, _, challenge, _| challenge.verifier = id_of(CLINIC_VERIFIER)), bad);
        assert_refused(answer_with(id, |_, _, challenge, _| challenge.nonce = Digest([8; 32])), bad);
        assert_refused(answer_with(id, |_, _, _, block_hash| *block_hash = Digest([1; 32])), bad);
        accept(answer_with(id, |_, _, _, _| ()));
    });
}

#[test]
fn answer_fails_when_another_key_signs() {
    Builder::default().test(|| {
        let id = challenged();
        assert_refused(answer_call(id, HOSPITAL, STRANGER), Refusal::BadSignature);
        let Call::answer { signature, .. } = answer_call(id, HOSPITAL, ALICE) else { panic!() };
        // An answer to one verifier is none to another.
        assert_ok!(Membership::challenge(signed(CLINIC_VERIFIER), id, NONCE));
        next_block();
        let swapped = Call::answer { member: id, verifier_institution: CLINIC, signature };
        assert_refused(swapped, Refusal::BadSignature);
    });
}

#[test]
fn answer_fails_when_the_challenge_was_replaced() {
    Builder::default().test(|| {
        let id = challenged();
        let late = answer_call(id, HOSPITAL, ALICE);
        Clock::wait(CHALLENGE_LIFE);
        // Even with the same nonce: the block is another.
        assert_ok!(Membership::challenge(signed(VERIFIER), id, NONCE));
        next_block();
        assert_refused(late, Refusal::BadSignature);
    });
}

#[test]
fn refusals_that_dispatch_cannot_meet_are_not_permitted() {
    for refusal in Refusal::ALL.iter().filter(|refusal| refusal.code() < 20) {
        assert!(matches!(Error::<Test>::from(*refusal), Error::NotPermitted));
    }
}
