// SPDX-License-Identifier: Apache-2.0

//! Which transactions get into a block, and the fate of those that bypass the pool (B3 rows 1 and 13).

use crate::{
    calls::calls,
    genesis::genesis,
    signing::{account, extension, signed},
};
use codec::Encode;
use frame_support::{
    dispatch::{DispatchInfo, GetDispatchInfo, RawOrigin},
    storage::with_storage_layer,
    weights::{constants::WEIGHT_REF_TIME_PER_SECOND, Weight},
};
use pallet_salus_membership::{
    AccountOwner, AccountOwners, CallClass, CallPolicy, Institutions, MemberGate, Members, COUNCIL_PRIORITY,
    LITTLE_PART, RESERVED_PRIORITY,
};
use salus_primitives::{
    allowance::Usage,
    membership::{InstitutionKind, InstitutionProfile, Member, Quota, Role},
    refusal::Refusal,
    EncryptionKey, InstitutionId, MemberId, SigningKey,
};
use salus_runtime::{
    call_policy::RolePolicy, limits, presets, AccountId, Council, Executive, Header, Nonce, Runtime, RuntimeCall,
    RuntimeOrigin, System,
};
use sp_core::H256;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
    traits::{BlakeTwo256, DispatchTransaction, Dispatchable, Hash as _, Header as _, TransactionExtension},
    transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidity, TransactionValidityError},
    DispatchError,
};

/// An account without a member.
const STRANGER: &str = "//Ferdie";
const ISSUER: &str = "//Hospital1//Issuer//transaction";
const DELEGATE: &str = "//Hospital1//Delegate//transaction";
const OTHER_DELEGATE: &str = "//Hospital2//Delegate//transaction";

/// Pallets whose calls a member signs. The calls of the others are inherents, Root's, or batches, which are judged by
/// their content.
const SIGNED: [&str; 8] =
    ["Membership", "Charts", "Access", "Records", "Authorities", "Upgrades", "Council", "Session"];

/// A call that any origin may make: it refunds the cost of a proposal. Proposals have no cost here, so it does nothing.
const FOR_ANYBODY: &str = "release_proposal_cost";

/// Returns the pool's verdict.
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
                // Only the author of a block adds these, without a signer.
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
        // With a threshold of one, the council executes the motion at once, in the name of one seat.
        Council::propose(by.clone(), 1, Box::new(proposal.clone()), length).unwrap();
        assert!(!is_laboratory_admitted());
        // Nor does a seat act alone.
        Council::execute(by, Box::new(proposal), length).unwrap();
        assert!(!is_laboratory_admitted());
    });
}

/// Spends the quota that the staff of the first hospital share for ordinary calls.
fn spend_the_traffic_of_the_first_hospital() {
    Institutions::<Runtime>::mutate_extant(InstitutionId(0), |institution| {
        let Quota { time, bytes, .. } = institution.profile.traffic_quota;
        institution.usage.staff = Usage { time, bytes, at: 0 };
    });
}

#[test]
fn a_spent_quota_stops_neither_votes_nor_session_keys_nor_revocations() {
    genesis(presets::DEV).execute_with(|| {
        spend_the_traffic_of_the_first_hospital();
        let spent = Err(refused(Refusal::InstitutionAllowanceSpent));
        assert_eq!(validate(ISSUER, 0, refuse_applicant()), spent);
        let vote = RuntimeCall::Council(pallet_collective::Call::vote {
            proposal: Default::default(),
            index: 0,
            approve: true,
        });
        assert_eq!(validate(DELEGATE, 0, vote).unwrap().priority, COUNCIL_PRIORITY);
        let suspend = RuntimeCall::Membership(pallet_salus_membership::Call::suspend_member { member: MemberId(0) });
        assert_eq!(validate(ISSUER, 0, suspend).unwrap().priority, RESERVED_PRIORITY);
    });
}

/// Adds so many active members of the first hospital with this role, with accounts of their own.
fn more_members(role: Role, count: u64) -> Vec<AccountId> {
    let member = Members::<Runtime>::iter_values().find(|member| member.admitted_by == InstitutionId(0)).unwrap();
    let accounts = (0..count).map(|number| AccountId::new(sp_io::hashing::blake2_256(&(role, number).encode())));
    let accounts: Vec<_> = accounts.collect();
    for (number, account) in (0..).zip(&accounts) {
        let id = MemberId(1_000_000 + 1_000 * u64::from(role as u8) + number);
        Members::<Runtime>::insert(id, Member { role, ..member.clone() });
        AccountOwners::<Runtime>::insert(account, AccountOwner { member: id, live: true });
    }
    accounts
}

/// Returns the seconds of execution that the gate admits. The members send as many calls as they like, so many of which
/// take a second.
fn let_in(accounts: &[AccountId], call: &RuntimeCall, in_a_second: u64) -> f64 {
    let part = Weight::from_parts(WEIGHT_REF_TIME_PER_SECOND / in_a_second, 0);
    let info = DispatchInfo { call_weight: part, ..Default::default() };
    let mut count = 0;
    for account in accounts {
        let origin = || RuntimeOrigin::signed(account.clone());
        while MemberGate::<Runtime>::new().validate_and_prepare(origin(), call, &info, 100, 0).is_ok() {
            count += 1;
        }
    }
    f64::from(count) / in_a_second as f64
}

/// Blocks of a minute have 27 seconds for ordinary transactions: nine tenths of half a second each.
const SECONDS_IN_BLOCKS_OF_A_MINUTE: f64 = 27.0;

#[test]
fn many_patients_and_many_reserved_calls_of_one_hospital_leave_room_in_blocks() {
    genesis(presets::DEV).execute_with(|| {
        let (patients, issuers) = (more_members(Role::Patient, 100), more_members(Role::Issuer, 100));
        let revoke = RuntimeCall::Access(pallet_salus_access::Call::revoke_access {
            chart: Default::default(),
            grant: Default::default(),
            reason: None,
        });
        let suspend = RuntimeCall::Membership(pallet_salus_membership::Call::suspend_member { member: MemberId(0) });
        let by_patients = let_in(&patients, &open_chart(), 10);
        let reserved = let_in(&patients, &revoke, 10) + let_in(&issuers, &suspend, 10);
        assert!(by_patients <= SECONDS_IN_BLOCKS_OF_A_MINUTE / 2.0, "{by_patients}");
        assert!(reserved <= SECONDS_IN_BLOCKS_OF_A_MINUTE / 5.0, "{reserved}");
        // A clinician's transaction comes no later than a patient's, and is let in.
        let doctor = more_members(Role::Clinician, 1);
        assert!(let_in(&doctor, &request_access(), 10) > 0.0);
        // With small calls they get the headroom too, and no more.
        let reserved = reserved + let_in(&patients, &revoke, 100) + let_in(&issuers, &suspend, 100);
        assert!(reserved <= 2.0 * SECONDS_IN_BLOCKS_OF_A_MINUTE / 5.0, "{reserved}");
    });
}

/// Other patients, or colleagues, can spend what all share. A single call that has to get through fits what each member
/// may spend then.
#[test]
fn a_call_of_a_reserve_fits_what_a_member_may_spend_in_a_flood() {
    let little = limits::RESERVED_QUOTA.divided_by(LITTLE_PART);
    assert_eq!(limits::COUNCIL_QUOTA, limits::RESERVED_QUOTA);
    let mut fitting = 0;
    for ((pallet, name), call) in calls() {
        let is_reserved = |role| matches!(RolePolicy::class(role, &call), Some(CallClass::Reserved));
        let is_vote = (pallet.as_str(), name.as_str()) == ("Council", "vote");
        if is_vote || Role::ALL.into_iter().any(is_reserved) {
            let weight = call.get_dispatch_info().call_weight + extension(0).weight(&call);
            assert!(weight.ref_time() <= little.time, "{pallet}.{name}: {weight:?}");
            fitting += 1;
        }
    }
    assert!(fitting >= 6, "{fitting}");
}

fn request_access() -> RuntimeCall {
    calls().remove(&("Access".to_string(), "request_access".to_string())).unwrap()
}
