// SPDX-License-Identifier: Apache-2.0

//! Who gets a transaction into a block, and what happens to those who try without the pool (B3 rows 1 and 13).

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod calls;
mod genesis;
mod signing;

use calls::calls;
use codec::Encode;
use frame_support::{
    dispatch::{GetDispatchInfo, RawOrigin},
    storage::with_storage_layer,
};
use genesis::genesis;
use salus_primitives::{
    membership::{InstitutionKind, InstitutionProfile},
    refusal::Refusal,
    EncryptionKey, InstitutionId, SigningKey,
};
use salus_runtime::{limits, presets, Council, Executive, Header, Nonce, Runtime, RuntimeCall, RuntimeOrigin, System};
use signing::{account, signed};
use sp_core::H256;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
    traits::{BlakeTwo256, Dispatchable, Hash as _, Header as _},
    transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidity, TransactionValidityError},
    DispatchError,
};

/// Belongs to nobody.
const STRANGER: &str = "//Ferdie";
const ISSUER: &str = "//Hospital1//Issuer//transaction";
const DELEGATE: &str = "//Hospital1//Delegate//transaction";
const OTHER_DELEGATE: &str = "//Hospital2//Delegate//transaction";

/// Pallets whose calls a person signs. The others' are inherents, Root's, or the batches, which are judged by content.
const SIGNED: [&str; 8] =
    ["Membership", "Charts", "Access", "Records", "Authorities", "Upgrades", "Council", "Session"];

/// Gives back what a proposal cost, to whoever paid: there are no costs here, so it does nothing for anybody.
const FOR_ANYBODY: &str = "release_proposal_cost";

/// What the pool says.
fn validate(uri: &str, nonce: Nonce, call: RuntimeCall) -> TransactionValidity {
    Executive::validate_transaction(TransactionSource::External, signed(uri, nonce, call), System::block_hash(0))
}

fn refused(refusal: Refusal) -> TransactionValidityError {
    InvalidTransaction::Custom(refusal.code()).into()
}

fn open_chart() -> RuntimeCall {
    RuntimeCall::Charts(pallet_salus_charts::Call::open_chart {})
}

fn refuse_applicant() -> RuntimeCall {
    RuntimeCall::Membership(pallet_salus_membership::Call::refuse_applicant { application: Default::default() })
}

fn admit_laboratory() -> RuntimeCall {
    RuntimeCall::Membership(pallet_salus_membership::Call::admit_institution {
        profile: InstitutionProfile {
            kind: InstitutionKind::Laboratory,
            issuing_key: SigningKey(Sr25519Keyring::Eve.public().0),
            encryption_key: EncryptionKey::x25519([1; 32]),
            vault_address: Default::default(),
            admission_quota: 10,
            traffic_quota: limits::INSTITUTION_QUOTA,
        },
    })
}

fn is_laboratory_admitted() -> bool {
    pallet_salus_membership::Institutions::<Runtime>::contains_key(InstitutionId(2))
}

#[test]
fn a_stranger_is_refused_in_the_pool_whatever_the_call() {
    genesis(presets::DEV).execute_with(|| {
        for ((pallet, name), call) in calls() {
            let expected = match pallet.as_str() {
                // Only an author may put these into a block, and nobody signs them.
                "Timestamp" => InvalidTransaction::MandatoryValidation.into(),
                _ => refused(Refusal::NotMember),
            };
            assert_eq!(validate(STRANGER, 0, call), Err(expected), "{pallet}.{name}");
        }
    });
}

#[test]
fn what_the_pool_refuses_the_block_refuses() {
    genesis(presets::DEV).execute_with(|| {
        let parent = System::block_hash(0);
        let header = Header::new(1, H256::default(), H256::default(), parent, Default::default());
        Executive::initialize_block(&header);
        for (signer, nonce, call, refusal) in [
            (STRANGER, 0, open_chart(), Refusal::NotMember),
            (ISSUER, 0, open_chart(), Refusal::RoleMayNotCall),
            (ISSUER, 17, refuse_applicant(), Refusal::NonceTooFarAhead),
        ] {
            assert_eq!(Executive::apply_extrinsic(signed(signer, nonce, call)), Err(refused(refusal)), "{refusal:?}");
        }
        assert_eq!(Executive::apply_extrinsic(signed(ISSUER, 0, refuse_applicant())), Ok(Ok(())));
    });
}

#[test]
fn members_are_let_in_for_the_calls_of_their_role() {
    genesis(presets::DEV).execute_with(|| {
        assert_eq!(validate(ISSUER, 0, refuse_applicant()).err(), None);
        assert_eq!(validate(DELEGATE, 0, refuse_applicant()), Err(refused(Refusal::RoleMayNotCall)));
        assert_eq!(validate(ISSUER, 0, admit_laboratory()), Err(refused(Refusal::RoleMayNotCall)));
        let remark = RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() });
        assert_eq!(validate(ISSUER, 0, remark), Err(refused(Refusal::RoleMayNotCall)));
    });
}

#[test]
fn a_nonce_may_be_sixteen_ahead_and_no_more() {
    genesis(presets::DEV).execute_with(|| {
        assert_eq!(validate(ISSUER, 16, refuse_applicant()).err(), None);
        assert_eq!(validate(ISSUER, 17, refuse_applicant()), Err(refused(Refusal::NonceTooFarAhead)));
    });
}

#[test]
fn calls_from_nobody_and_from_root_are_bad_origins() {
    genesis(presets::DEV).execute_with(|| {
        for ((pallet, name), call) in calls() {
            for origin in [RawOrigin::None, RawOrigin::Root] {
                if SIGNED.contains(&pallet.as_str()) && name != FOR_ANYBODY {
                    let result =
                        with_storage_layer(|| call.clone().dispatch(origin.clone().into()).map_err(|it| it.error));
                    // A motion with a threshold that does not fit is refused before anything else.
                    let is_filtered = name == "propose" && origin == RawOrigin::None;
                    let refusal = match is_filtered {
                        true => frame_system::Error::<Runtime>::CallFiltered.into(),
                        false => DispatchError::BadOrigin,
                    };
                    assert_eq!(result.unwrap_err(), refusal, "{pallet}.{name} by {origin:?}");
                }
            }
        }
    });
}

#[test]
fn a_stranger_gets_nothing_done_even_past_the_pool() {
    genesis(presets::DEV).execute_with(|| {
        for ((pallet, name), call) in calls() {
            if SIGNED.contains(&pallet.as_str()) && name != FOR_ANYBODY {
                let origin = RuntimeOrigin::signed(account(STRANGER));
                let before = sp_io::storage::root(sp_runtime::StateVersion::V1);
                let result = with_storage_layer(|| call.dispatch(origin).map_err(|it| it.error));
                assert!(result.is_err(), "{pallet}.{name}");
                assert_eq!(sp_io::storage::root(sp_runtime::StateVersion::V1), before, "{pallet}.{name}");
            }
        }
    });
}

#[test]
fn the_council_admits_an_institution_by_more_than_half() {
    genesis(presets::DEV).execute_with(|| {
        let proposal = admit_laboratory();
        let (hash, length) = (BlakeTwo256::hash_of(&proposal), proposal.encoded_size() as u32);
        let weight = proposal.get_dispatch_info().call_weight;
        let by = |uri: &str| RuntimeOrigin::signed(account(uri));

        Council::propose(by(DELEGATE), 2, Box::new(proposal), length).unwrap();
        Council::vote(by(DELEGATE), hash, 0, true).unwrap();
        assert!(Council::close(by(DELEGATE), hash, 0, weight, length).is_err(), "one of two is not enough");
        Council::vote(by(OTHER_DELEGATE), hash, 0, true).unwrap();
        Council::close(by(OTHER_DELEGATE), hash, 0, weight, length).unwrap();
        assert!(is_laboratory_admitted());
    });
}

#[test]
fn one_of_two_seats_admits_nobody() {
    genesis(presets::DEV).execute_with(|| {
        let proposal = admit_laboratory();
        let length = proposal.encoded_size() as u32;
        let by = RuntimeOrigin::signed(account(DELEGATE));
        // With a threshold of one the motion is executed at once, in the name of one seat.
        Council::propose(by.clone(), 1, Box::new(proposal.clone()), length).unwrap();
        assert!(!is_laboratory_admitted());
        // Nor does a seat act alone.
        Council::execute(by, Box::new(proposal), length).unwrap();
        assert!(!is_laboratory_admitted());
    });
}
