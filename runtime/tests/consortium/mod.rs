// SPDX-License-Identifier: Apache-2.0

//! A network of any number of hospitals, each with a seat, and the decisions of their delegates.

use codec::Encode;
use frame_support::{dispatch::GetDispatchInfo, storage::with_storage_layer};
use salus_primitives::{
    governance::Share,
    membership::{InstitutionKind, InstitutionProfile, Role},
    network::{Authority, FirstMember, Founder, Network},
    EncryptionKey, FinalityKey, SigningKey,
};
use salus_runtime::{
    council::{share_of, CouncilCollective},
    limits, presets, AccountId, Runtime, RuntimeCall, RuntimeEvent, RuntimeGenesisConfig, RuntimeOrigin, System,
};
use sp_core::{ed25519, sr25519, Pair, H256};
use sp_io::TestExternalities;
use sp_runtime::{
    generic::{Digest, DigestItem},
    traits::{BlakeTwo256, Dispatchable, Hash as _},
    BuildStorage, DispatchError,
};

/// Milliseconds at which the first block is made.
pub(crate) const START: u64 = 1_700_000_000_000;
/// The staff of each hospital.
pub(crate) const STAFF: [Role; 4] = [Role::Issuer, Role::Verifier, Role::Delegate, Role::Service];

/// A key of hospital `number`, counted from zero, for this purpose.
pub(crate) fn pair(number: u32, purpose: &str) -> sr25519::Pair {
    sr25519::Pair::from_seed(&sp_io::hashing::blake2_256(&(number, purpose).encode()))
}

pub(crate) fn public(pair: &sr25519::Pair) -> SigningKey {
    SigningKey(pair.public().0)
}

/// The account of a member of staff with whom hospital `number` begins.
pub(crate) fn staff(number: u32, role: Role) -> AccountId {
    AccountId::new(pair(number, &format!("{role:?} transaction")).public().0)
}

/// The session keys with which hospital `number` begins.
pub(crate) fn session_keys(number: u32) -> (sr25519::Pair, ed25519::Pair) {
    let seed = sp_io::hashing::blake2_256(&(number, "session").encode());
    (sr25519::Pair::from_seed(&seed), ed25519::Pair::from_seed(&seed))
}

/// The profile of hospital `number`.
pub(crate) fn profile(number: u32) -> InstitutionProfile {
    InstitutionProfile {
        kind: InstitutionKind::Hospital,
        issuing_key: public(&pair(number, "issuing")),
        encryption_key: EncryptionKey::x25519(sp_io::hashing::blake2_256(&number.encode())),
        vault_address: Default::default(),
        admission_quota: 1_000,
        traffic_quota: limits::INSTITUTION_QUOTA,
    }
}

fn founder(number: u32) -> Founder {
    let (aura, grandpa) = session_keys(number);
    let member = |role: Role| FirstMember {
        role,
        transaction_key: public(&pair(number, &format!("{role:?} transaction"))),
        membership_key: public(&pair(number, &format!("{role:?} membership"))),
        encryption_key: EncryptionKey::x25519(sp_io::hashing::blake2_256(&(number, role).encode())),
    };
    Founder {
        profile: profile(number),
        authority: Some(Authority { aura: public(&aura), grandpa: FinalityKey(grandpa.public().0) }),
        staff: STAFF.map(member).to_vec(),
    }
}

/// Returns the chain of this many hospitals, in its first block.
pub(crate) fn chain(hospitals: u32) -> TestExternalities {
    let network = Network {
        name: "Test".into(),
        id: "test".into(),
        required_verifications: 2,
        upgrade_delay: 1_000,
        session_length: 10,
        founders: (0..hospitals).map(founder).collect(),
    };
    let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
    merge(&mut config, presets::genesis(&network));
    let config = serde_json::from_value::<RuntimeGenesisConfig>(config).unwrap();
    let mut chain: TestExternalities = config.build_storage().unwrap().into();
    chain.execute_with(next_block);
    chain
}

fn merge(base: &mut serde_json::Value, patch: serde_json::Value) {
    match (base, patch) {
        (serde_json::Value::Object(base), serde_json::Value::Object(patch)) => {
            for (name, value) in patch {
                merge(base.entry(name).or_insert(serde_json::Value::Null), value);
            }
        }
        (base, patch) => *base = patch,
    }
}

/// Begins the next block, a second later. Blocks have hashes, which answers to verifiers sign.
pub(crate) fn next_block() {
    let number = System::block_number() + 1;
    let slot = sp_consensus_aura::Slot::from(START / limits::SLOT_DURATION + u64::from(number));
    let slot = <DigestItem as sp_consensus_aura::digests::CompatibleDigestItem<
        sp_consensus_aura::sr25519::AuthoritySignature,
    >>::aura_pre_digest(slot);
    System::initialize(&number, &H256::repeat_byte(7), &Digest { logs: vec![slot] });
    pallet_timestamp::Now::<Runtime>::put(START + u64::from(number) * limits::SLOT_DURATION);
}

/// Makes a call with this origin; a call that fails changes nothing.
pub(crate) fn dispatch(call: impl Into<RuntimeCall>, origin: RuntimeOrigin) -> Result<(), DispatchError> {
    let call = call.into();
    with_storage_layer(|| call.dispatch(origin).map(|_| ()).map_err(|failure| failure.error))
}

/// Returns the number of delegates.
pub(crate) fn council_size() -> u32 {
    council().len() as u32
}

pub(crate) fn council() -> Vec<AccountId> {
    pallet_collective::Members::<Runtime, CouncilCollective>::get().into_iter().collect()
}

/// The motion to decide on this call, with this threshold.
pub(crate) fn motion(threshold: u32, call: &RuntimeCall) -> RuntimeCall {
    let (proposal, length_bound) = (Box::new(call.clone()), call.encoded_size() as u32);
    RuntimeCall::Council(pallet_collective::Call::propose { threshold, proposal, length_bound })
}

/// Lets these accounts propose a call, vote for it, and close the motion. Returns the result of the call.
pub(crate) fn decide(by: &[AccountId], call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
    let call = call.into();
    decide_with(share_of(&call).of(council_size()), by, call)
}

/// As [`decide`], with this threshold.
pub(crate) fn decide_with(threshold: u32, by: &[AccountId], call: RuntimeCall) -> Result<(), DispatchError> {
    type Motions = pallet_collective::Call<Runtime, CouncilCollective>;
    let signed = |account: &AccountId| RuntimeOrigin::signed(account.clone());
    let first = by.first().ok_or(DispatchError::Other("no delegate"))?;
    let proposal = BlakeTwo256::hash_of(&call);
    let index = pallet_collective::ProposalCount::<Runtime, CouncilCollective>::get();
    System::reset_events();
    dispatch(motion(threshold, &call), signed(first))?;
    if threshold > 1 {
        for account in by {
            dispatch(Motions::vote { proposal, index, approve: true }, signed(account))?;
        }
        let (proposal_weight_bound, length_bound) = (call.get_dispatch_info().call_weight, call.encoded_size() as u32);
        let close = Motions::close { proposal_hash: proposal, index, proposal_weight_bound, length_bound };
        if let Err(error) = dispatch(close, signed(first)) {
            // Too few are in favor. All vote against it, so that it can be proposed again.
            for account in council() {
                let _ = dispatch(Motions::vote { proposal, index, approve: false }, signed(&account));
            }
            let close = Motions::close { proposal_hash: proposal, index, proposal_weight_bound, length_bound };
            let _ = dispatch(close, signed(first));
            return Err(error);
        }
    }
    let executed = System::events().into_iter().rev().find_map(|record| match record.event {
        RuntimeEvent::Council(pallet_collective::Event::Executed { result, .. }) => Some(result),
        _ => None,
    });
    executed.unwrap_or(Err(DispatchError::Other("not carried out")))
}

/// Returns the origin of a decision with `in_favor` votes, in a council of `seats`.
pub(crate) fn council_origin(in_favor: u32, seats: u32) -> RuntimeOrigin {
    pallet_collective::RawOrigin::<AccountId, CouncilCollective>::Members(in_favor, seats).into()
}

/// Returns the fewest votes that are two thirds of `seats`.
pub(crate) fn two_thirds(seats: u32) -> u32 {
    Share::TwoThirds.of(seats)
}
