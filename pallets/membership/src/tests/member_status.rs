// SPDX-License-Identifier: Apache-2.0

//! `suspend_member`, `reinstate_member` and `revoke_member`.

use super::*;

type Change = fn(RuntimeOrigin, MemberId) -> DispatchResult;

const CHANGES: [Change; 3] = [Membership::suspend_member, Membership::reinstate_member, Membership::revoke_member];

#[test]
fn suspend_member_suspends_and_reinstate_member_ends_it() {
    Builder::default().test(|| {
        let (member, log) = (id_of(DOCTOR), LogId::Institution(HOSPITAL));
        let by_issuer =
            |action| AuditEvent::by_member(id_of(ISSUER), Some(HOSPITAL), action, Subject::Member(id_of(DOCTOR)));
        assert_ok!(Membership::suspend_member(signed(ISSUER), member));
        assert_eq!(status_of(member), MemberStatus::Suspended);
        assert_done(0, Event::MemberSuspended { member }, log, by_issuer(Action::MemberSuspended));

        assert_ok!(Membership::reinstate_member(signed(ISSUER), member));
        assert_eq!(status_of(member), MemberStatus::Active);
        assert_done(1, Event::MemberReinstated { member }, log, by_issuer(Action::MemberReinstated));
    });
}

#[test]
fn revoke_member_is_final() {
    Builder::default().test(|| {
        let member = id_of(DOCTOR);
        assert_ok!(Membership::revoke_member(council(), member));
        assert_eq!(status_of(member), MemberStatus::Revoked);
        let entry = AuditEvent::by_council(Action::MemberRevoked, Subject::Member(member));
        assert_done(0, Event::MemberRevoked { member }, LogId::Institution(HOSPITAL), entry);
        for change in CHANGES {
            assert_fails(|| change(signed(ISSUER), member), Error::<Test>::InvalidStatus);
        }
        // The account stays bound, with its provider: its old transactions can never be valid again.
        assert!(AccountOwners::<Test>::contains_key(DOCTOR.account()));
        assert_eq!(System::providers(&DOCTOR.account()), 1);
    });
}

#[test]
fn revoke_member_succeeds_when_suspended_or_pending() {
    Builder::default().test(|| {
        assert_ok!(Membership::suspend_member(signed(ISSUER), id_of(DOCTOR)));
        assert_ok!(Membership::revoke_member(signed(ISSUER), id_of(DOCTOR)));

        let pending = join(ALICE, Role::Clinician);
        assert_ok!(Membership::challenge(signed(CLINIC_VERIFIER), pending, NONCE));
        assert_ok!(Membership::revoke_member(signed(ISSUER), pending));
        assert_eq!(Challenges::<Test>::iter_prefix(pending).count(), 0);
    });
}

#[test]
fn member_status_fails_when_it_is_not_the_one_before() {
    Builder::default().test(|| {
        let pending = join(ALICE, Role::Clinician);
        for change in &CHANGES[..2] {
            assert_fails(|| change(signed(ISSUER), pending), Error::<Test>::InvalidStatus);
        }
        let active = || Membership::reinstate_member(signed(ISSUER), id_of(DOCTOR));
        assert_fails(active, Error::<Test>::InvalidStatus);
        assert_ok!(Membership::suspend_member(signed(ISSUER), id_of(DOCTOR)));
        let suspended = || Membership::suspend_member(signed(ISSUER), id_of(DOCTOR));
        assert_fails(suspended, Error::<Test>::InvalidStatus);
    });
}

#[test]
fn member_status_fails_for_patients_whoever_asks() {
    Builder::default().test(|| {
        let pending = join(ALICE, Role::Patient);
        for (change, council) in CHANGES.into_iter().zip([council(), two_thirds(), council()]) {
            for patient in [id_of(PATIENT), pending] {
                assert_fails(|| change(signed(ISSUER), patient), Error::<Test>::NotStaff);
                assert_fails(|| change(council.clone(), patient), Error::<Test>::NotStaff);
            }
        }
    });
}

#[test]
fn member_status_fails_when_the_issuer_is_of_another_institution() {
    Builder::default().test(|| {
        for change in CHANGES {
            assert_fails(|| change(signed(CLINIC_ISSUER), id_of(DOCTOR)), Error::<Test>::NotPermitted);
        }
    });
}

#[test]
fn member_status_fails_when_the_member_is_unknown() {
    Builder::default().test(|| {
        for change in CHANGES {
            assert_fails(|| change(signed(ISSUER), NEWCOMER), Error::<Test>::NotFound);
        }
    });
}

#[test]
fn member_status_fails_when_the_issuer_may_not_act() {
    Builder::default().test(|| {
        assert_ok!(Membership::suspend_member(council(), id_of(ISSUER)));
        for change in CHANGES {
            assert_fails(|| change(signed(ISSUER), id_of(DOCTOR)), BadOrigin);
        }
    });
}

#[test]
fn revoke_member_fails_while_the_member_holds_the_account_of_a_seat() {
    Builder::default().test(|| {
        let service = join(ALICE, Role::Service);
        SeatAccounts::set(vec![ALICE.account()]);
        for by in [signed(ISSUER), council()] {
            assert_fails(|| Membership::revoke_member(by.clone(), service), Error::<Test>::HoldsSeat);
        }
        // Handed over, it is a service like any other.
        SeatAccounts::set(vec![BOB.account()]);
        assert_ok!(Membership::revoke_member(signed(ISSUER), service));
    });
}

#[test]
fn suspend_member_and_revoke_member_withdraw_the_votes_of_all_accounts() {
    Builder::default().test(|| {
        let id = id_of(DOCTOR);
        let phone = DOCTOR.device("phone");
        Members::<Test>::mutate_extant(id, |member| member.transaction_keys.try_push(key_of(&phone)).unwrap());
        AccountOwners::<Test>::insert(account_of(&phone), AccountOwner { member: id, live: true });
        System::inc_providers(&account_of(&phone));
        let accounts = [DOCTOR.account(), account_of(&phone)].map(|account| (HOSPITAL, account));

        assert_ok!(Membership::suspend_member(signed(ISSUER), id));
        assert_eq!(Withdrawn::take(), accounts);
        assert_ok!(Membership::reinstate_member(signed(ISSUER), id));
        assert_eq!(Withdrawn::get(), []);
        assert_ok!(Membership::revoke_member(council(), id));
        assert_eq!(Withdrawn::get(), accounts);
    });
}

#[test]
fn member_status_fails_when_the_issuer_is_new_and_the_member_is_not() {
    Builder::default().test(|| {
        let issuer = people(HOSPITAL, Role::Issuer, 1)[0];
        let fails = |change: Change, member| assert_fails(|| change(signed(issuer), member), Error::<Test>::TooNew);
        for member in [id_of(DOCTOR), id_of(ISSUER)] {
            fails(Membership::suspend_member, member);
            fails(Membership::revoke_member, member);
        }
        assert_ok!(Membership::suspend_member(signed(ISSUER), id_of(DOCTOR)));
        fails(Membership::reinstate_member, id_of(DOCTOR));
        // About who joined as lately, the issuer decides; so does an older one about the issuer.
        let [colleague, other] = people(HOSPITAL, Role::Clinician, 2)[..] else { panic!("two") };
        assert_ok!(Membership::suspend_member(signed(issuer), member_of(colleague)));
        Clock::wait(SETTLING_TIME - 1);
        fails(Membership::revoke_member, id_of(DOCTOR));
        assert_ok!(Membership::revoke_member(signed(issuer), member_of(other)));
        Clock::wait(1);
        assert_ok!(Membership::revoke_member(signed(issuer), id_of(DOCTOR)));
        assert_ok!(Membership::revoke_member(signed(ISSUER), member_of(issuer)));
    });
}

/// The number of a person who joined after the genesis.
fn member_of(person: Person) -> MemberId {
    AccountOwners::<Test>::get(person.account()).unwrap().member
}

fn account_of(pair: &sr25519::Pair) -> sp_runtime::AccountId32 {
    sp_runtime::AccountId32::new(pair.public().0)
}
