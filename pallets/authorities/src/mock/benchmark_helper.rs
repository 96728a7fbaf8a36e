// SPDX-License-Identifier: Apache-2.0

//! The state that benchmarks need of other pallets.

use super::{delegate, node, Clock, Session, SessionKeys, Staff, System, Test, SETTLING_TIME};
use alloc::vec::Vec;
use codec::Encode;
use salus_primitives::{membership::Role, InstitutionId, SigningKey};
use sp_core::sr25519;
use sp_runtime::AccountId32;

/// Prepares them.
pub struct FakeBenchmarkHelper;

impl crate::BenchmarkHelper for FakeBenchmarkHelper {
    fn institution(number: u32) -> (InstitutionId, AccountId32, AccountId32) {
        let institution = InstitutionId(number);
        (institution, node(institution), delegate(institution))
    }

    fn other_service(institution: InstitutionId) -> AccountId32 {
        Staff(institution, Role::Service, 1).account()
    }

    fn other_delegate(institution: InstitutionId) -> AccountId32 {
        Staff(institution, Role::Delegate, 1).account()
    }

    fn set_keys(account: &AccountId32, aura: SigningKey) {
        let keys = SessionKeys { aura: sr25519::Public::from_raw(aura.0).into() };
        System::inc_providers(account);
        <Session as pallet_session::SessionInterface>::set_keys(account, keys).unwrap();
    }

    fn new_keys<Keys: codec::Decode>(account: &AccountId32) -> Option<(Keys, Vec<u8>)> {
        let made = SessionKeys::generate(&account.encode(), None);
        Some((Keys::decode(&mut made.keys.encode().as_slice()).ok()?, made.proof.encode()))
    }

    fn set_authorities(accounts: &[AccountId32]) {
        pallet_session::Validators::<Test>::put(accounts.to_vec());
    }

    fn crowd_council() {}

    fn settle_members() {
        Clock::wait(SETTLING_TIME);
    }
}
