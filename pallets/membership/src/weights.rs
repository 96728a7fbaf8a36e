// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_membership`: estimated from what each call reads, writes and verifies, until `scripts/weights.sh` replaces
//! them by measured ones.

#![allow(unused_imports, unused_parens, clippy::all, reason = "generated code")]
#![allow(missing_docs, reason = "a function for each call; its documentation is the call's")]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::ParityDbWeight, Weight},
};

/// What each call of `pallet_salus_membership` costs at most.
pub trait WeightInfo {
    fn admit_institution() -> Weight;
    fn update_institution() -> Weight;
    fn rotate_issuing_key() -> Weight;
    fn suspend_institution() -> Weight;
    fn reinstate_institution() -> Weight;
    fn remove_institution() -> Weight;
    fn set_required_verifications() -> Weight;
    fn redeem() -> Weight;
    fn refuse_applicant() -> Weight;
    fn challenge() -> Weight;
    fn answer() -> Weight;
    fn add_transaction_key() -> Weight;
    fn remove_transaction_key() -> Weight;
    fn suspend_member() -> Weight;
    fn reinstate_member() -> Weight;
    fn revoke_member() -> Weight;
    fn authorize_redeem() -> Weight;
    fn authorize_answer() -> Weight;
    fn member_gate() -> Weight;
    fn bounded_nonce() -> Weight;
}

/// The weights with the database of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    fn admit_institution() -> Weight {
        Weight::from_parts(25_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    fn update_institution() -> Weight {
        Weight::from_parts(25_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn rotate_issuing_key() -> Weight {
        Weight::from_parts(25_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn suspend_institution() -> Weight {
        Weight::from_parts(25_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn reinstate_institution() -> Weight {
        Weight::from_parts(25_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn remove_institution() -> Weight {
        Weight::from_parts(25_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn set_required_verifications() -> Weight {
        Weight::from_parts(22_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn redeem() -> Weight {
        Weight::from_parts(280_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(13_u64))
            .saturating_add(T::DbWeight::get().writes(13_u64))
    }
    fn refuse_applicant() -> Weight {
        Weight::from_parts(25_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    fn challenge() -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(17_u64))
            .saturating_add(T::DbWeight::get().writes(13_u64))
    }
    fn answer() -> Weight {
        Weight::from_parts(115_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(18_u64))
            .saturating_add(T::DbWeight::get().writes(13_u64))
    }
    fn add_transaction_key() -> Weight {
        Weight::from_parts(150_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(11_u64))
            .saturating_add(T::DbWeight::get().writes(8_u64))
    }
    fn remove_transaction_key() -> Weight {
        Weight::from_parts(95_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    fn suspend_member() -> Weight {
        Weight::from_parts(30_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn reinstate_member() -> Weight {
        Weight::from_parts(30_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn revoke_member() -> Weight {
        Weight::from_parts(50_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(17_u64))
            .saturating_add(T::DbWeight::get().writes(14_u64))
    }
    fn authorize_redeem() -> Weight {
        Weight::from_parts(250_000_000, 0).saturating_add(T::DbWeight::get().reads(8_u64))
    }
    fn authorize_answer() -> Weight {
        Weight::from_parts(80_000_000, 0).saturating_add(T::DbWeight::get().reads(7_u64))
    }
    fn member_gate() -> Weight {
        Weight::from_parts(25_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn bounded_nonce() -> Weight {
        Weight::from_parts(10_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
}

/// The same for tests, which have no database of their own.
impl WeightInfo for () {
    fn admit_institution() -> Weight {
        Weight::from_parts(25_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(6_u64))
            .saturating_add(ParityDbWeight::get().writes(7_u64))
    }
    fn update_institution() -> Weight {
        Weight::from_parts(25_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn rotate_issuing_key() -> Weight {
        Weight::from_parts(25_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn suspend_institution() -> Weight {
        Weight::from_parts(25_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn reinstate_institution() -> Weight {
        Weight::from_parts(25_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn remove_institution() -> Weight {
        Weight::from_parts(25_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn set_required_verifications() -> Weight {
        Weight::from_parts(22_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn redeem() -> Weight {
        Weight::from_parts(280_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(13_u64))
            .saturating_add(ParityDbWeight::get().writes(13_u64))
    }
    fn refuse_applicant() -> Weight {
        Weight::from_parts(25_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(7_u64))
            .saturating_add(ParityDbWeight::get().writes(5_u64))
    }
    fn challenge() -> Weight {
        Weight::from_parts(60_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(17_u64))
            .saturating_add(ParityDbWeight::get().writes(13_u64))
    }
    fn answer() -> Weight {
        Weight::from_parts(115_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(18_u64))
            .saturating_add(ParityDbWeight::get().writes(13_u64))
    }
    fn add_transaction_key() -> Weight {
        Weight::from_parts(150_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(11_u64))
            .saturating_add(ParityDbWeight::get().writes(8_u64))
    }
    fn remove_transaction_key() -> Weight {
        Weight::from_parts(95_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(9_u64))
            .saturating_add(ParityDbWeight::get().writes(7_u64))
    }
    fn suspend_member() -> Weight {
        Weight::from_parts(30_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(8_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn reinstate_member() -> Weight {
        Weight::from_parts(30_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(8_u64))
            .saturating_add(ParityDbWeight::get().writes(6_u64))
    }
    fn revoke_member() -> Weight {
        Weight::from_parts(50_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(17_u64))
            .saturating_add(ParityDbWeight::get().writes(14_u64))
    }
    fn authorize_redeem() -> Weight {
        Weight::from_parts(250_000_000, 0).saturating_add(ParityDbWeight::get().reads(8_u64))
    }
    fn authorize_answer() -> Weight {
        Weight::from_parts(80_000_000, 0).saturating_add(ParityDbWeight::get().reads(7_u64))
    }
    fn member_gate() -> Weight {
        Weight::from_parts(25_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(6_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn bounded_nonce() -> Weight {
        Weight::from_parts(10_000_000, 0)
            .saturating_add(ParityDbWeight::get().reads(1_u64))
            .saturating_add(ParityDbWeight::get().writes(1_u64))
    }
}
