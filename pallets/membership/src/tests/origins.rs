// SPDX-License-Identifier: Apache-2.0

//! Every call with every origin that it does not admit.

use super::*;
use crate::{EnsureBound, EnsureMember};
use frame_support::traits::EnsureOrigin;
use sp_runtime::traits::DispatchTransaction;

#[derive(Clone, Copy, PartialEq)]
enum Admits {
    Council,
    TwoThirds,
    Authorized,
    Role(Role),
    Members,
    IssuerOrCouncil,
    IssuerOrTwoThirds,
}

fn calls() -> Vec<(Call<Test>, Admits)> {
    let (institution, doctor) = (HOSPITAL, id_of(DOCTOR));
    let signature = sr25519::Signature::from_raw([0; 64]);
    let key = SigningKey([5; 32]);
    let profile = profile(HOSPITAL, InstitutionKind::Hospital);
    let issuer = Admits::Role(Role::Issuer);
    let verifier = Admits::Role(Role::Verifier);
    vec![
        (Call::admit_institution { profile: profile.clone() }, Admits::Council),
        (Call::update_institution { institution, profile }, Admits::Council),
        (Call::rotate_issuing_key { institution, issuing_key: key }, Admits::TwoThirds),
        (Call::suspend_institution { institution }, Admits::Council),
        (Call::reinstate_institution { institution }, Admits::Council),
        (Call::remove_institution { institution }, Admits::Council),
        (Call::set_required_verifications { count: 1 }, Admits::Council),
        (Redemption::new(&voucher_for(Role::Patient), ALICE).call(), Admits::Authorized),
        (Call::refuse_applicant { application: NONCE }, issuer),
        (Call::challenge { member: NEWCOMER, nonce: NONCE }, verifier),
        (Call::answer { member: NEWCOMER, verifier_institution: HOSPITAL, signature }, Admits::Authorized),
        (Call::add_transaction_key { key, key_signature: signature, membership_signature: signature }, Admits::Members),
        (Call::remove_transaction_key { key, membership_signature: signature }, Admits::Members),
        (Call::suspend_member { member: doctor }, Admits::IssuerOrCouncil),
        (Call::reinstate_member { member: doctor }, Admits::IssuerOrTwoThirds),
        (Call::revoke_member { member: doctor }, Admits::IssuerOrCouncil),
        (Call::renew_member { member: doctor, valid_until: None }, Admits::Role(Role::Issuer)),
    ]
}

#[test]
fn every_call_fails_with_every_origin_that_it_does_not_admit() {
    Builder::default().test(|| {
        for (call, admits) in calls() {
            let fails = |origin, error: DispatchError| assert_fails(|| dispatch(call.clone(), origin), error);
            fails(RuntimeOrigin::none(), BadOrigin.into());
            if !matches!(admits, Admits::Council | Admits::IssuerOrCouncil) {
                fails(council(), BadOrigin.into());
            }
            if admits != Admits::Authorized {
                fails(authorized(), BadOrigin.into());
            }
            fails(signed(STRANGER), BadOrigin.into());
            if !matches!(admits, Admits::TwoThirds | Admits::IssuerOrTwoThirds) {
                fails(two_thirds(), BadOrigin.into());
            }
            // A signer is not the council, and needs no authorization.
            let is_signed = !matches!(admits, Admits::Council | Admits::TwoThirds | Admits::Authorized);
            let refusal = if is_signed { Error::<Test>::NotPermitted.into() } else { BadOrigin.into() };
            for (person, institution, role) in MEMBERS {
                let is_admitted = match admits {
                    Admits::Council | Admits::TwoThirds | Admits::Authorized => false,
                    Admits::Role(needed) => role == needed,
                    Admits::Members => true,
                    Admits::IssuerOrCouncil | Admits::IssuerOrTwoThirds => {
                        role == Role::Issuer && institution == HOSPITAL
                    }
                };
                if !is_admitted {
                    fails(signed(person), refusal);
                }
            }
        }
    });
}

#[test]
fn every_call_has_an_index_that_never_changes() {
    Builder::default().test(|| {
        let indices: Vec<u8> = calls().iter().map(|(call, _)| codec::Encode::encode(call)[0]).collect();
        assert_eq!(indices, (0..17).collect::<Vec<u8>>());
    });
}

#[test]
fn only_redeem_and_answer_authorize_themselves() {
    Builder::default().test(|| {
        for (call, admits) in calls() {
            let is_authorized = call.authorize(TransactionSource::External).is_some();
            assert_eq!(is_authorized, admits == Admits::Authorized);
        }
    });
}

/// Dispatch refuses every signer whom [`MemberGate`](crate::MemberGate) refuses: a call may reach it in another way (B3
/// class 13).
#[test]
fn every_signed_call_fails_for_whom_the_gate_refuses() {
    fn refused(person: Person, refusal: Refusal) {
        let gate = crate::MemberGate::<Test>::new();
        let remark = RuntimeCall::from(frame_system::Call::remark { remark: vec![] });
        let info = Default::default();
        let pool = gate.validate_only(signed(person), &remark, &info, 1, TransactionSource::External, 0);
        assert_eq!(pool.map(drop), Err(InvalidTransaction::Custom(refusal.code()).into()), "{person:?}");
        for (call, _) in calls() {
            assert_fails(|| dispatch(call, signed(person)), BadOrigin);
        }
    }
    Builder::default().test(|| {
        join(ALICE, Role::Issuer);
        refused(STRANGER, Refusal::NotMember);
        refused(ALICE, Refusal::MemberNotActive);
        for person in [ISSUER, VERIFIER] {
            Members::<Test>::mutate(id_of(person), |member| member.as_mut().unwrap().valid_until = Some(START));
            refused(person, Refusal::MemberNotActive);
        }
        assert_ok!(Membership::suspend_member(council(), id_of(CLINIC_ISSUER)));
        refused(CLINIC_ISSUER, Refusal::MemberNotActive);
        assert_ok!(Membership::revoke_member(council(), id_of(CLINIC_ISSUER)));
        refused(CLINIC_ISSUER, Refusal::MemberNotActive);
        assert_ok!(Membership::suspend_institution(council(), LAB));
        refused(LAB_VERIFIER, Refusal::InstitutionNotActive);
        assert_ok!(Membership::remove_institution(council(), CLINIC));
        refused(CLINIC_VERIFIER, Refusal::InstitutionNotActive);
    });
}

#[test]
fn a_bound_account_has_a_standing_whatever_its_status_and_a_removed_one_none() {
    Builder::default().test(|| {
        let bound = |person| EnsureBound::<Test>::ensure_origin(signed(person)).ok();
        let acting = |person| EnsureMember::<Test>::ensure_origin(signed(person)).ok();
        assert_eq!(acting(DOCTOR), Membership::standing(id_of(DOCTOR)));
        assert_eq!(bound(DOCTOR), acting(DOCTOR));
        assert_ok!(Membership::suspend_member(council(), id_of(DOCTOR)));
        assert_eq!(bound(DOCTOR), Membership::standing(id_of(DOCTOR)));
        assert_eq!(acting(DOCTOR), None);
        assert_ok!(Membership::suspend_institution(council(), LAB));
        assert_eq!(bound(LAB_VERIFIER), Membership::standing(id_of(LAB_VERIFIER)));
        assert_eq!(acting(LAB_VERIFIER), None);

        assert_eq!(bound(STRANGER), None);
        AccountOwners::<Test>::insert(DOCTOR.account(), AccountOwner { member: id_of(DOCTOR), live: false });
        assert_eq!(bound(DOCTOR), None);
        AccountOwners::<Test>::insert(DOCTOR.account(), AccountOwner { member: id_of(DOCTOR), live: true });
        for origin in [RuntimeOrigin::none(), authorized(), council()] {
            assert!(EnsureBound::<Test>::ensure_origin(origin).is_err());
        }
    });
}
