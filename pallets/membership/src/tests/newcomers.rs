// SPDX-License-Identifier: Apache-2.0

//! Newcomers who never became active leave, and give their places back.

use super::*;
use crate::{MembershipKeys, NextExpiry, Redeemed, WeightInfo};
use frame_support::{assert_storage_noop, traits::Hooks, weights::Weight};

fn idle(remaining: Weight) -> Weight {
    Membership::on_idle(System::block_number(), remaining)
}

#[test]
fn a_newcomer_who_is_never_verified_leaves_no_trace_but_in_the_log() {
    Builder::default().test(|| {
        let admitted = institution(HOSPITAL).admitted;
        let keys = (MembershipKeys::<Test>::iter().count(), AccountOwners::<Test>::iter().count());
        let alice = join(ALICE, Role::Patient);
        assert_ok!(Membership::challenge(signed(VERIFIER), alice, NONCE));
        assert_eq!(institution(HOSPITAL).admitted, admitted + 1);

        Clock::wait(PENDING_LIFE - 1);
        idle(Weight::MAX);
        assert_eq!(status_of(alice), MemberStatus::Pending);
        Clock::wait(1);
        let before = entries();
        idle(Weight::MAX);
        let entry = AuditEvent::by_chain(Action::MemberExpired, Subject::Member(alice));
        assert_done(before, Event::MemberExpired { member: alice }, LogId::Institution(HOSPITAL), entry);
        assert_eq!(Members::<Test>::get(alice), None);
        assert_eq!(institution(HOSPITAL).admitted, admitted);
        assert_eq!(Challenges::<Test>::iter().count(), 0);
        assert_eq!(Redeemed::<Test>::iter().count(), 0);
        assert_eq!((MembershipKeys::<Test>::iter().count(), AccountOwners::<Test>::iter().count()), keys);
        assert_eq!(System::providers(&ALICE.account()), 0);
        assert_storage_noop!(idle(Weight::MAX));
    });
}

#[test]
fn a_forgotten_voucher_cannot_be_redeemed_again_and_a_new_one_can() {
    Builder::default().test(|| {
        let voucher = Voucher { expires_at: START + MAX_VOUCHER_LIFE, ..voucher_for(Role::Patient) };
        let redemption = Redemption::new(&voucher, ALICE).call();
        accept(redemption.clone());
        Clock::wait(PENDING_LIFE);
        idle(Weight::MAX);
        assert_refused(redemption, Refusal::VoucherExpired);
        // Numbers are not used again.
        let next = crate::NextMember::<Test>::get();
        let voucher_key = key_of(&voucher_pair(2));
        let again = Voucher { serial: 2, voucher_key, expires_at: Clock::now() + DAY, ..voucher };
        assert_ok!(redeem(&again, ALICE));
        assert_eq!(Membership::standing_of_account(&ALICE.account()).unwrap().member, next);
        assert_eq!(next, MemberId(NEWCOMER.0 + 1));
    });
}

#[test]
fn a_member_who_was_active_never_expires() {
    Builder::default().test(|| {
        let alice = join(ALICE, Role::Clinician);
        verify(VERIFIER, HOSPITAL, alice, ALICE);
        verify(CLINIC_VERIFIER, CLINIC, alice, ALICE);
        let bob = join(BOB, Role::Clinician);
        assert_ok!(Membership::suspend_member(signed(ISSUER), alice));
        Clock::wait(PENDING_LIFE);
        idle(Weight::MAX);
        assert_eq!(status_of(alice), MemberStatus::Suspended);
        assert_eq!(Members::<Test>::get(bob), None);
        // The account of a member keeps its nonce and its provider.
        assert_eq!(System::providers(&ALICE.account()), 1);
    });
}

#[test]
fn a_newcomer_who_was_revoked_gives_the_place_back_in_time() {
    Builder::default().test(|| {
        let admitted = institution(HOSPITAL).admitted;
        let alice = join(ALICE, Role::Clinician);
        assert_ok!(Membership::revoke_member(signed(ISSUER), alice));
        assert_eq!(institution(HOSPITAL).admitted, admitted + 1);
        Clock::wait(PENDING_LIFE);
        idle(Weight::MAX);
        assert_eq!(Members::<Test>::get(alice), None);
        assert_eq!(institution(HOSPITAL).admitted, admitted);
    });
}

#[test]
fn an_account_that_signed_something_stays_bound() {
    Builder::default().test(|| {
        let alice = join(ALICE, Role::Patient);
        // It cannot happen: a pending member's transactions are refused.
        frame_system::Account::<Test>::mutate(ALICE.account(), |account| account.nonce = 1);
        Clock::wait(PENDING_LIFE);
        idle(Weight::MAX);
        assert_eq!(AccountOwners::<Test>::get(ALICE.account()), Some(AccountOwner { member: alice, live: false }));
        assert_eq!(System::account_nonce(ALICE.account()), 1);
        assert_eq!(Membership::standing_of_account(&ALICE.account()), None);
    });
}

#[test]
fn expiry_is_bounded_and_carries_over() {
    Builder::default().test(|| {
        let all = MEMBERS.len() as u32 + 20;
        for number in 0..20 {
            join(Person(format!("newcomer {number}").leak()), Role::Patient);
        }
        Clock::wait(PENDING_LIFE);
        assert_storage_noop!(assert_eq!(idle(Weight::zero()), Weight::zero()));
        let just_short = <()>::expire(1).saturating_sub(Weight::from_parts(1, 0));
        assert_storage_noop!(assert_eq!(idle(just_short), Weight::zero()));
        for visited in (3..=all).step_by(3) {
            assert_eq!(idle(<()>::expire(3)), <()>::expire(3));
            assert_eq!(NextExpiry::<Test>::get(), MemberId(visited.into()));
            Membership::do_try_state().unwrap();
        }
        idle(Weight::MAX);
        assert_eq!(Members::<Test>::iter().count(), MEMBERS.len());
    });
}

/// A stolen issuing key (A5): it admits no more than the rate, and all whom it admitted leave again.
#[test]
fn a_stolen_issuing_key_does_not_burn_the_quota_for_ever() {
    Builder::default().test(|| {
        let quota = institution(HOSPITAL).profile.admission_quota;
        let admitted = institution(HOSPITAL).admitted;
        let mut serial = 0;
        let mut flood = || {
            let mut count = 0;
            loop {
                serial += 1;
                let person = Person(format!("flood {serial}").leak());
                let voucher_key = key_of(&voucher_pair(serial));
                let expires_at = Clock::now() + DAY;
                let voucher = Voucher { serial, voucher_key, expires_at, ..voucher_for(Role::Patient) };
                let redemption = Redemption::new(&voucher, person).call();
                if redemption.authorize(TransactionSource::External).unwrap().is_err() {
                    assert_refused(redemption, Refusal::AdmissionRateSpent);
                    return count;
                }
                accept(redemption);
                count += 1;
            }
        };
        assert_eq!(flood(), ADMISSIONS_PER_HOUR);
        Clock::wait(HOUR / u64::from(ADMISSIONS_PER_HOUR));
        assert_eq!(flood(), 1);
        Clock::wait(HOUR / 2);
        assert_eq!(flood(), ADMISSIONS_PER_HOUR / 2);
        assert!(institution(HOSPITAL).admitted < quota);
        // Another institution admits as before.
        let clinic = Voucher { institution: CLINIC, serial: 1, ..voucher_for(Role::Patient) };
        let clinic = Voucher { expires_at: Clock::now() + DAY, ..clinic };
        assert_ok!(redeem(&clinic, BOB));

        Clock::wait(PENDING_LIFE);
        while Members::<Test>::iter().count() > MEMBERS.len() {
            idle(Weight::MAX);
        }
        assert_eq!(institution(HOSPITAL).admitted, admitted);
    });
}

#[test]
fn a_copy_of_a_redemption_is_told_that_the_newcomer_has_joined() {
    Builder::default().test(|| {
        let voucher = voucher_for(Role::Patient);
        let redemption = Redemption::new(&voucher, ALICE).call();
        accept(redemption.clone());
        assert_refused(redemption, Refusal::AlreadyJoined);
        // Another person with the same voucher is told something else.
        assert_refused(Redemption::new(&voucher, BOB).call(), Refusal::VoucherRedeemed);
    });
}
