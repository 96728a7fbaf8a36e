// SPDX-License-Identifier: Apache-2.0

//! Session keys: Aura keys alone. Each hospital has one.

use super::{node, Session, System, Test};
use crate::{SeatOf, Seats};
use alloc::vec::Vec;
use codec::Encode;
use pallet_session::SessionHandler;
use salus_primitives::{InstitutionId, SigningKey};
use sp_core::{
    crypto::{key_types::AURA, KeyTypeId},
    sr25519, Pair,
};
use sp_runtime::{
    traits::{Convert, OpaqueKeys},
    AccountId32,
};

/// The Aura keys of the test, which have no pallet of their own.
pub struct Aura;

impl sp_runtime::BoundToRuntimeAppPublic for Aura {
    type Public = sp_consensus_aura::sr25519::AuthorityId;
}

sp_runtime::impl_opaque_keys! {
    pub struct SessionKeys {
        pub aura: Aura,
    }
}

/// Does nothing with the keys.
pub struct Handler;

impl SessionHandler<AccountId32> for Handler {
    const KEY_TYPE_IDS: &'static [KeyTypeId] = &[AURA];
    fn on_genesis_session<Keys: OpaqueKeys>(_: &[(AccountId32, Keys)]) {}
    fn on_new_session<Keys: OpaqueKeys>(_: bool, _: &[(AccountId32, Keys)], _: &[(AccountId32, Keys)]) {}
    fn on_disabled(_: u32) {}
}

/// Converts an account to the authority whose keys it sets, as in the runtime. An account without a seat sets its own
/// keys, which tests use.
pub struct AuthorityOf;

impl Convert<AccountId32, Option<AccountId32>> for AuthorityOf {
    fn convert(account: AccountId32) -> Option<AccountId32> {
        let seat = SeatOf::<Test>::get(&account).and_then(Seats::<Test>::get);
        Some(seat.map_or(account, |seat| seat.authority))
    }
}

pub struct IdentificationOf;

impl Convert<AccountId32, Option<()>> for IdentificationOf {
    fn convert(_: AccountId32) -> Option<()> {
        Some(())
    }
}

/// The hospital's Aura key.
pub fn aura(institution: InstitutionId) -> sr25519::Pair {
    sr25519::Pair::from_seed(&sp_io::hashing::blake2_256(&institution.encode()))
}

pub fn key_of(pair: &sr25519::Pair) -> SigningKey {
    SigningKey(pair.public().0)
}

pub fn keys(pair: &sr25519::Pair) -> SessionKeys {
    SessionKeys { aura: pair.public().into() }
}

/// Sets the session keys of the hospital's node, without a call.
pub fn set_keys(institution: InstitutionId, pair: &sr25519::Pair) {
    let account = node(institution);
    if System::providers(&account) == 0 {
        System::inc_providers(&account);
    }
    <Session as pallet_session::SessionInterface>::set_keys(&account, keys(pair)).unwrap();
}

/// Returns new keys for this account, with the proof of ownership.
pub fn new_keys(account: &AccountId32) -> (SessionKeys, Vec<u8>) {
    let made = SessionKeys::generate(&account.encode(), None);
    (made.keys, made.proof.encode())
}

/// Returns a proof that these keys, which the keystore has, are this account's.
pub fn own_proof(keys: &SessionKeys, account: &AccountId32) -> Vec<u8> {
    keys.clone().create_ownership_proof(&account.encode()).unwrap().encode()
}
