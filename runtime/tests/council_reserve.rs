// SPDX-License-Identifier: Apache-2.0

//! Colleagues who spend all that their institution has cannot keep its delegate from voting, or its service from setting keys.

use crate::{
    calls::calls,
    consortium::{chain, pair, profile},
    signing::signed_by,
};
use frame_support::weights::Weight;
use pallet_salus_membership::{Institutions, Members, NextMember};
use salus_primitives::{
    membership::{InstitutionProfile, Role},
    refusal::Refusal,
    InstitutionId, MemberId, SigningKey,
};
use salus_runtime::{limits, Executive, Runtime, RuntimeCall, System};
use sp_core::{sr25519, Pair, H256};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError};

/// How many colleagues spend.
const COLLEAGUES: u64 = 10;
/// How many calls stand in a batch of theirs.
const BATCH: usize = 100;
const HOSPITAL: InstitutionId = InstitutionId(0);

/// Pallet, call, and the role that makes it for its institution: all of them draw on the reserve for council, seats and keys.
const FOR_THE_INSTITUTION: [(&str, &str, Role); 9] = [
    ("Council", "propose", Role::Delegate),
    ("Council", "vote", Role::Delegate),
    ("Council", "close", Role::Delegate),
    ("Authorities", "suspend_authority", Role::Delegate),
    ("Authorities", "take_vote", Role::Delegate),
    ("Authorities", "hand_over_account", Role::Delegate),
    ("Authorities", "set_keys", Role::Service),
    ("Upgrades", "confirm_upgrade", Role::Service),
    ("Upgrades", "authorize_upgrade", Role::Delegate),
];

fn transaction_pair(role: Role) -> sr25519::Pair {
    pair(HOSPITAL.0, &format!("{role:?} transaction"))
}

/// Another issuer of the hospital, who is verified.
fn colleague(number: u64) -> sr25519::Pair {
    let key = |purpose: &str| pair(number as u32, &format!("colleague {purpose}"));
    let transaction = key("transaction");
    let model = Members::<Runtime>::get(MemberId(0)).unwrap();
    assert_eq!(model.role, Role::Issuer);
    let id = NextMember::<Runtime>::get();
    NextMember::<Runtime>::put(MemberId(id.0 + 1));
    let mut member = model;
    member.membership_key = SigningKey(key("membership").public().0);
    member.transaction_keys = vec![SigningKey(transaction.public().0)].try_into().unwrap();
    Members::<Runtime>::insert(id, member);
    let account = transaction.public().into();
    System::inc_providers(&account);
    let owner = pallet_salus_membership::AccountOwner { member: id, live: true };
    pallet_salus_membership::AccountOwners::<Runtime>::insert(account, owner);
    transaction
}

fn batch() -> RuntimeCall {
    let refuse = pallet_salus_membership::Call::refuse_applicant { application: Default::default() };
    RuntimeCall::Utility(pallet_utility::Call::batch_all { calls: vec![refuse.into(); BATCH] })
}

fn refused(refusal: Refusal) -> TransactionValidityError {
    InvalidTransaction::Custom(refusal.code()).into()
}

fn validate(by: &sr25519::Pair, nonce: u32, call: RuntimeCall) -> Result<(), TransactionValidityError> {
    let transaction = signed_by(by, nonce, call);
    Executive::validate_transaction(TransactionSource::External, transaction, H256::zero()).map(drop)
}

#[test]
fn ten_colleagues_who_spend_the_whole_quota_cannot_silence_their_delegate() {
    chain(4).execute_with(|| {
        // The least that the council can give an institution.
        let traffic_quota = limits::LEAST_INSTITUTION_QUOTA;
        Institutions::<Runtime>::mutate(HOSPITAL, |hospital| {
            let hospital = hospital.as_mut().unwrap();
            hospital.profile = InstitutionProfile { traffic_quota, ..profile(HOSPITAL.0) };
        });
        let colleagues: Vec<_> = (0..COLLEAGUES).map(colleague).collect();
        for colleague in &colleagues {
            let mut nonce = 0;
            loop {
                // Each batch has a block to itself.
                System::set_block_consumed_resources(Weight::zero(), 0);
                match Executive::apply_extrinsic(signed_by(colleague, nonce, batch())) {
                    Ok(result) => assert_eq!(result, Ok(())),
                    Err(refusal) => {
                        assert_eq!(refusal, refused(Refusal::InstitutionAllowanceSpent));
                        break;
                    }
                }
                nonce += 1;
            }
        }
        for (pallet, name, role) in FOR_THE_INSTITUTION {
            let call = calls()[&(pallet.to_string(), name.to_string())].clone();
            assert_eq!(validate(&transaction_pair(role), 0, call), Ok(()), "{pallet}.{name}");
        }
    });
}
