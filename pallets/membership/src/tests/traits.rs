// SPDX-License-Identifier: Apache-2.0

//! The answers to other pallets and to clients.

use super::*;

#[test]
fn standing_names_role_status_validity_and_institution() {
    Builder::default().test(|| {
        let doctor = Standing {
            member: id_of(DOCTOR),
            role: Role::Clinician,
            status: MemberStatus::Active,
            valid_until: None,
            institution: Some(InstitutionStanding {
                id: HOSPITAL,
                kind: InstitutionKind::Hospital,
                status: InstitutionStatus::Active,
            }),
        };
        assert_eq!(Membership::standing_of_account(&DOCTOR.account()), Some(doctor));
        assert_eq!(Membership::standing(id_of(DOCTOR)), Some(doctor));
        assert_eq!(Membership::institution(HOSPITAL), doctor.institution);

        assert_eq!(Membership::standing_of_account(&STRANGER.account()), None);
        assert_eq!(Membership::standing(NEWCOMER), None);
        assert_eq!(Membership::institution(InstitutionId(3)), None);
    });
}

#[test]
fn joined_at_is_zero_for_the_genesis_and_the_time_of_the_redemption_otherwise() {
    Builder::default().test(|| {
        Clock::wait(5);
        let newcomer = join(ALICE, Role::Delegate);
        assert_eq!(Membership::joined_at(id_of(DOCTOR)), Some(0));
        assert_eq!(Membership::joined_at(newcomer), Some(START + 5));
        assert_eq!(Membership::joined_at(MemberId(newcomer.0 + 1)), None);
    });
}

#[test]
fn institutions_from_returns_what_lies_between_its_edges() {
    Builder::default().test(|| {
        let numbers = |from, limit| {
            let page = Membership::institutions_from(InstitutionId(from), limit);
            page.into_iter().map(|it| it.number.0).collect::<Vec<_>>()
        };
        assert_eq!(numbers(0, 10), [0, 1, 2]);
        assert_eq!(numbers(1, 1), [1]);
        assert!(numbers(0, 0).is_empty());
        assert!(numbers(3, 10).is_empty());
        assert!(numbers(u32::MAX, u32::MAX).is_empty());
    });
}

#[test]
fn member_of_account_knows_live_keys_only() {
    // The invariants do not hold for an account that is struck off without its member.
    Builder::default().build().execute_with(|| {
        let key = DOCTOR.newcomer().transaction_key;
        assert_eq!(Membership::member_of_account(key), Some(id_of(DOCTOR)));
        assert_eq!(Membership::member_of_account(DOCTOR.newcomer().membership_key), None);
        AccountOwners::<Test>::insert(DOCTOR.account(), AccountOwner { member: id_of(DOCTOR), live: false });
        assert_eq!(Membership::member_of_account(key), None);
    });
}

#[test]
fn challenges_of_returns_what_can_still_be_answered() {
    Builder::default().test(|| {
        let member = join(ALICE, Role::Patient);
        assert_ok!(Membership::challenge(signed(VERIFIER), member, NONCE));
        Clock::wait(1);
        assert_ok!(Membership::challenge(signed(LAB_VERIFIER), member, NONCE));
        assert_eq!(Membership::challenges_of(member).len(), 2);
        Clock::wait(CHALLENGE_LIFE - 1);
        let [left] = &Membership::challenges_of(member)[..] else { panic!("one is left") };
        assert_eq!((left.institution, left.challenge.verifier), (LAB, id_of(LAB_VERIFIER)));
        assert!(Membership::challenges_of(id_of(DOCTOR)).is_empty());
    });
}
