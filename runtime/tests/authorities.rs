// SPDX-License-Identifier: Apache-2.0

//! Seats, sessions, offences and the council on the real runtime.

use crate::genesis::genesis;
use codec::{DecodeAll, Encode};
use frame_support::{
    dispatch::GetDispatchInfo,
    traits::{Get, Hooks, KeyOwnerProofSystem},
};
use pallet_salus_authorities::{Error, SeatStatus, Seats, SessionStarts};
use salus_primitives::{
    audit::{Action, Actor, LogId, Reason},
    membership::Role,
    InstitutionId, SigningKey,
};
use salus_runtime::{
    authorities::{AuthorityOf, CurrentSlot},
    limits, presets, AccountId, Audit, Aura, Authorities, Authorship, Council, Grandpa, Header, Historical, Runtime,
    RuntimeCall, RuntimeOrigin, Session, SessionKeys, System, UncheckedExtrinsic,
};
use sp_consensus_aura::{digests::CompatibleDigestItem, sr25519::AuthoritySignature, Slot};
use sp_core::{crypto::Pair, ed25519, sr25519, H256};
use sp_runtime::{
    generic::{Digest, DigestItem},
    traits::{BlakeTwo256, Convert, Hash as _, Header as _},
    transaction_validity::{InvalidTransaction, TransactionSource},
};

const ALICE: InstitutionId = InstitutionId(0);
const HOSPITALS: u32 = 4;

fn pair(uri: &str) -> sr25519::Pair {
    sr25519::Pair::from_string(uri, None).unwrap()
}

fn account(uri: &str) -> AccountId {
    pair(uri).public().into()
}

/// The account of hospital `number`'s authority, counted from one.
fn service(number: u32) -> AccountId {
    account(&format!("//Hospital{number}//Service//transaction"))
}

fn delegate(number: u32) -> RuntimeOrigin {
    RuntimeOrigin::signed(account(&format!("//Hospital{number}//Delegate//transaction")))
}

fn slot_item(slot: u64) -> DigestItem {
    <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_pre_digest(Slot::from(slot))
}

/// Begins the next block, in the slot of the same number.
fn next_block() {
    Authorship::on_finalize(System::block_number());
    let number = System::block_number() + 1;
    System::initialize(&number, &H256::default(), &Digest { logs: vec![slot_item(number.into())] });
    Aura::on_initialize(number);
    Authorship::on_initialize(number);
    pallet_timestamp::Now::<Runtime>::put(u64::from(number) * limits::SLOT_DURATION);
}

fn next_session() {
    next_block();
    Session::rotate_session();
}

fn council_size() -> usize {
    pallet_collective::Members::<Runtime, pallet_collective::Instance1>::get().len()
}

/// Lets so many of the first hospitals vote, and returns whether the proposal passed.
fn decide(by: u32, threshold: u32, proposal: RuntimeCall) -> bool {
    let (hash, length) = (BlakeTwo256::hash_of(&proposal), proposal.encoded_size() as u32);
    let weight = proposal.get_dispatch_info().call_weight;
    let index = pallet_collective::ProposalCount::<Runtime, pallet_collective::Instance1>::get();
    System::reset_events();
    Council::propose(delegate(1), threshold, Box::new(proposal), length).unwrap();
    for number in 1..=by {
        Council::vote(delegate(number), hash, index, true).unwrap();
    }
    Council::close(delegate(1), hash, index, weight, length).unwrap();
    System::events().iter().any(|record| {
        matches!(
            record.event,
            salus_runtime::RuntimeEvent::Council(pallet_collective::Event::Executed { result: Ok(()), .. })
        )
    })
}

fn report_block_equivocation(uri: &str) -> RuntimeCall {
    let author = SigningKey(pair(uri).public().0);
    let slot = *CurrentSlot::get();
    let sealed = |state: u64| {
        let digest = Digest { logs: vec![slot_item(slot)] };
        let mut header = Header::new(1, H256::default(), H256::from_low_u64_be(state), H256::default(), digest);
        let seal: AuthoritySignature = pair(uri).sign(header.hash().as_bytes()).into();
        header.digest_mut().push(DigestItem::aura_seal(seal));
        header.encode().try_into().unwrap()
    };
    let proof = Authorities::key_ownership_proof(author).unwrap().try_into().unwrap();
    RuntimeCall::Authorities(pallet_salus_authorities::Call::report_equivocation {
        author,
        first: sealed(1),
        second: sealed(2),
        proof,
    })
}

fn dispatch(call: RuntimeCall, origin: RuntimeOrigin) -> Result<(), sp_runtime::DispatchError> {
    use sp_runtime::traits::Dispatchable;
    frame_support::storage::with_storage_layer(|| call.dispatch(origin).map(|_| ()).map_err(|failure| failure.error))
}

#[test]
fn a_block_equivocation_disables_and_suspends_and_leaves_the_vote() {
    genesis(presets::LOCAL).execute_with(|| {
        next_block();
        let call = report_block_equivocation("//Alice");
        let reporter = RuntimeOrigin::signed(service(2));
        assert_eq!(dispatch(call.clone(), reporter.clone()), Ok(()));

        assert_eq!(Seats::<Runtime>::get(ALICE).unwrap().status, SeatStatus::Suspended);
        let index = Session::validators().iter().position(|validator| *validator == service(1)).unwrap();
        assert_eq!(Session::disabled_validators(), [index as u32]);
        assert_eq!(council_size(), 4);
        let log = Audit::page(LogId::Consortium, 0, 10);
        assert_eq!(log[0].action, Action::EquivocationReported);
        assert_eq!((log[1].actor, log[1].action), (Actor::Chain, Action::AuthoritySuspended));
        assert_eq!(log[1].reason, Some(Reason::Equivocation));
        assert_eq!(dispatch(call, reporter), Err(Error::<Runtime>::InvalidStatus.into()));
    });
}

#[test]
fn votes_that_contradict_each_other_are_reported_by_authors_once() {
    use sp_consensus_grandpa::{AuthorityId, EquivocationProof, KEY_TYPE};
    genesis(presets::LOCAL).execute_with(|| {
        next_block();
        let voter = ed25519::Pair::from_string("//Alice", None).unwrap();
        // As they are encoded: a prevote is the first kind of message and of equivocation; its signature binds round and set.
        let (prevote, round, set, number) = (0u8, 1u64, 0u64, 1u32);
        let vote = |state: u64| {
            let target = H256::from_low_u64_be(state);
            let signature = (prevote, target, number, round, set).using_encoded(|payload| voter.sign(payload));
            (target, number, signature)
        };
        let bytes = (set, prevote, round, voter.public(), vote(1), vote(2)).encode();
        let proof = EquivocationProof::<H256, u32>::decode_all(&mut bytes.as_slice()).unwrap();
        let owner = Historical::prove((KEY_TYPE, AuthorityId::from(voter.public()))).unwrap();
        let call = pallet_grandpa::Call::<Runtime>::report_equivocation_unsigned {
            equivocation_proof: Box::new(proof),
            key_owner_proof: owner,
        };

        let foreign = Grandpa::validate_unsigned(TransactionSource::External, &call);
        assert_eq!(foreign, Err(InvalidTransaction::Call.into()));
        assert_eq!(Grandpa::validate_unsigned(TransactionSource::Local, &call).err(), None);
        assert_eq!(dispatch(call.clone().into(), RuntimeOrigin::none()), Ok(()));
        assert_eq!(Seats::<Runtime>::get(ALICE).unwrap().status, SeatStatus::Suspended);
        let again = Grandpa::validate_unsigned(TransactionSource::Local, &call);
        assert_eq!(again, Err(InvalidTransaction::Stale.into()));
        // The runtime itself would send this transaction.
        assert!(UncheckedExtrinsic::new_bare(call.into()).encoded_size() < 4_096);
    });
}

#[test]
fn two_thirds_of_the_council_remove_what_more_than_half_cannot() {
    genesis(presets::LOCAL).execute_with(|| {
        next_block();
        let institution = InstitutionId(3);
        let remove = RuntimeCall::Authorities(pallet_salus_authorities::Call::remove_authority { institution });
        let force = RuntimeCall::Authorities(pallet_salus_authorities::Call::force_remove_authority { institution });
        assert!(!decide(3, 3, remove));
        assert!(!decide(2, 2, force.clone()), "two of four are not two thirds");
        assert!(decide(3, 3, force));
        assert_eq!(council_size(), 3);
        next_session();
        next_session();
        assert_eq!(Session::validators().len(), 3);
        assert_eq!(AuthorityOf::convert(service(4)), None);
    });
}

#[test]
fn an_institution_leaves_the_consortium_after_its_seat() {
    genesis(presets::LOCAL).execute_with(|| {
        next_block();
        let institution = InstitutionId(3);
        let remove = RuntimeCall::Membership(pallet_salus_membership::Call::remove_institution { institution });
        assert!(!decide(4, 4, remove.clone()));
        let force = RuntimeCall::Authorities(pallet_salus_authorities::Call::force_remove_authority { institution });
        assert!(decide(3, 3, force));
        assert!(decide(2, 2, remove));
    });
}

#[test]
fn nobody_but_the_seats_makes_the_council() {
    genesis(presets::LOCAL).execute_with(|| {
        next_block();
        let set = RuntimeCall::Council(pallet_collective::Call::set_members {
            new_members: vec![account("//Eve")],
            prime: None,
            old_count: 4,
        });
        assert!(!decide(4, 4, set));
        assert_eq!(dispatch_root_set_members(), Err(sp_runtime::DispatchError::BadOrigin));
    });
}

fn dispatch_root_set_members() -> Result<(), sp_runtime::DispatchError> {
    let set = pallet_collective::Call::set_members { new_members: vec![], prime: None, old_count: 4 };
    dispatch(RuntimeCall::Council(set), RuntimeOrigin::root())
}

#[test]
fn a_seat_without_keys_becomes_an_authority_with_them() {
    genesis(presets::DEV).execute_with(|| {
        next_block();
        assert_eq!(Session::validators(), [service(1)]);
        let grandpa = ed25519::Pair::from_string("//Bob", None).unwrap();
        let keys = SessionKeys { aura: pair("//Bob").public().into(), grandpa: grandpa.public().into() };
        // `author_rotateKeysWithOwner` returns such a proof with the keys: each key signs the account.
        let proof = ownership_proof(&service(2), &pair("//Bob"), &grandpa);
        let set = RuntimeCall::Authorities(pallet_salus_authorities::Call::set_keys { keys, proof });
        assert_eq!(dispatch(set, RuntimeOrigin::signed(service(2))), Ok(()));
        next_session();
        next_session();
        let mut expected = [service(1), service(2)];
        expected.sort();
        assert_eq!(Session::validators(), expected);
        assert_eq!(pallet_aura::Authorities::<Runtime>::get().len(), 2);
    });
}

/// Both keys sign the account, as `set_keys` requires.
fn ownership_proof(owner: &AccountId, aura: &sr25519::Pair, grandpa: &ed25519::Pair) -> Vec<u8> {
    let statement = [b"POP_".as_slice(), &owner.encode()].concat();
    (aura.sign(&statement), grandpa.sign(&statement)).encode()
}

#[test]
fn who_authors_nothing_in_a_session_is_named() {
    genesis(presets::LOCAL).execute_with(|| {
        // Two slots: two of four authors.
        next_block();
        next_block();
        next_session();
        let log = Audit::page(LogId::Consortium, 0, 10);
        assert!(!log.is_empty() && log.iter().all(|entry| entry.action == Action::AuthorityAbsent), "{log:?}");
        assert!((log.len() as u32) < HOSPITALS);
        assert_eq!(SessionStarts::<Runtime>::get(1).map(u64::from), Some(3));
    });
}

#[test]
fn accounts_of_authorities_belong_to_services() {
    genesis(presets::LOCAL).execute_with(|| {
        use salus_primitives::traits::Membership as _;
        for number in 1..=HOSPITALS {
            let standing = salus_runtime::Membership::standing_of_account(&service(number)).unwrap();
            assert_eq!(standing.role, Role::Service);
            assert_eq!(AuthorityOf::convert(service(number)), Some(service(number)));
        }
        assert_eq!(AuthorityOf::convert(account("//Eve")), None);
        let _: Slot = <CurrentSlot as Get<Slot>>::get();
    });
}

fn proposal(count: u32) -> RuntimeCall {
    RuntimeCall::Membership(pallet_salus_membership::Call::set_required_verifications { count })
}

#[test]
fn one_institution_cannot_fill_the_list_of_motions() {
    genesis(presets::LOCAL).execute_with(|| {
        next_block();
        let propose = |by: u32, count: u32| {
            let call = proposal(count);
            let length = call.encoded_size() as u32;
            let motion =
                pallet_collective::Call::propose { threshold: 3, proposal: Box::new(call), length_bound: length };
            dispatch(RuntimeCall::Council(motion), delegate(by))
        };
        for count in 0..limits::MOTIONS_PER_SEAT {
            assert_eq!(propose(1, count), Ok(()));
        }
        let full = Err(Error::<Runtime>::TooManyMotions.into());
        assert_eq!(propose(1, 100), full);
        assert_eq!(propose(2, 100), Ok(()));
        // The refused motion has left nothing, and a closed one makes room.
        let open = pallet_collective::Proposals::<Runtime, pallet_collective::Instance1>::get();
        assert_eq!(open.len() as u32, limits::MOTIONS_PER_SEAT + 1);
        for number in 2..=3 {
            Council::vote(delegate(number), open[0], 0, false).unwrap();
        }
        let (weight, length) = (proposal(0).get_dispatch_info().call_weight, proposal(0).encoded_size() as u32);
        Council::close(delegate(1), open[0], 0, weight, length).unwrap();
        assert_eq!(propose(1, 101), Ok(()));
    });
}

/// Begins the session, in the block that is due for it, and has GRANDPA announce what changes.
fn begin_session(index: u32) {
    System::set_block_number(index * session_length() - 1);
    next_session();
    assert_eq!(Session::current_index(), index);
    Grandpa::on_finalize(System::block_number());
}

fn session_length() -> u32 {
    pallet_salus_authorities::SessionLength::<Runtime>::get()
}

/// Changes a set with session 2, makes nothing final after `last_final`, and returns the set with which finality
/// resumes in session 3.
fn set_after_resuming(last_final: u32) -> u64 {
    genesis(presets::LOCAL).execute_with(|| {
        next_block();
        let institution = InstitutionId(3);
        let remove = pallet_salus_authorities::Call::force_remove_authority { institution };
        assert!(decide(3, 3, RuntimeCall::Authorities(remove)));
        begin_session(1);
        begin_session(2);
        assert_eq!((Session::validators().len(), Grandpa::current_set_id()), (3, 1));
        next_block();
        let resume = pallet_salus_authorities::Call::resume_finality { last_final, wait: 5 };
        assert!(decide(3, 3, RuntimeCall::Authorities(resume)));
        begin_session(3);
        let set = Grandpa::current_set_id();
        assert_eq!(pallet_grandpa::SetIdSession::<Runtime>::get(set), Some(3));
        assert_eq!(pallet_grandpa::SetIdSession::<Runtime>::get(set - 1), Some(2));
        assert_eq!(pallet_grandpa::SetIdSession::<Runtime>::get(set + 1), None);
        set
    })
}

#[test]
fn finality_resumes_with_the_number_of_the_set_that_its_voters_know() {
    let length = genesis(presets::LOCAL).execute_with(session_length);
    // Session 2 began with a block that never became final: the voters are still those of set 0.
    assert_eq!(set_after_resuming(2 * length - 1), 1);
    // It was final: they are those of set 1.
    assert_eq!(set_after_resuming(2 * length), 2);
}
