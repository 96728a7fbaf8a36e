// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_salus_shredding`: estimated until `scripts/weights.sh` measures them.

#![allow(unused_imports, unused_parens, clippy::all, reason = "generated code")]
#![allow(missing_docs, reason = "a function for each call; its documentation is the call's")]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::ParityDbWeight, Weight},
};

/// The worst-case weight of each call of `pallet_salus_shredding`.
pub trait WeightInfo {
    fn request_shredding() -> Weight;
    fn cancel_shredding() -> Weight;
    fn retain_record() -> Weight;
    fn lift_retention() -> Weight;
    fn shred_record() -> Weight;
    fn attest_shredding() -> Weight;
}

/// The weights, with the database of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Storage: `Records::Records` (r:1 w:0)
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Storage: `Shredding::Requests` (r:1 w:1)
    /// Storage: `Shredding::Retentions` (r:1 w:0)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Storage: `Audit::Pages` (r:1 w:1)
    fn request_shredding() -> Weight {
        // Estimated, not measured: the time of `create_medical_record`, which does more.
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Records::Records` (r:1 w:0)
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Storage: `Shredding::Requests` (r:1 w:1)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Storage: `Audit::Pages` (r:1 w:1)
    fn cancel_shredding() -> Weight {
        // Estimated, not measured: the time of `create_medical_record`, which does more.
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Records::Records` (r:1 w:0)
    /// Storage: `Shredding::Requests` (r:1 w:1)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Storage: `Shredding::Retentions` (r:0 w:1)
    fn retain_record() -> Weight {
        // Estimated, not measured: the time of `create_medical_record`, which does more.
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// Storage: `Records::Records` (r:1 w:0)
    /// Storage: `Shredding::Retentions` (r:1 w:1)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Storage: `Audit::Pages` (r:1 w:1)
    fn lift_retention() -> Weight {
        // Estimated, not measured: the time of `create_medical_record`, which does more.
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Storage: `Records::Records` (r:1 w:1)
    /// Storage: `Charts::Charts` (r:1 w:0)
    /// Storage: `Shredding::Requests` (r:1 w:1)
    /// Storage: `Shredding::Retentions` (r:1 w:1)
    /// Storage: `Shredding::NextShredding` (r:1 w:1)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Storage: `Audit::Pages` (r:1 w:1)
    /// Storage: `Records::Corrections` (r:0 w:1)
    /// Storage: `Shredding::Shreddings` (r:0 w:1)
    /// Storage: `Shredding::ShreddingOf` (r:0 w:1)
    fn shred_record() -> Weight {
        // Estimated, not measured: the time of `amend_record`, and as much again as `create_medical_record` takes.
        Weight::from_parts(299_942_000, 5731)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// Storage: `Membership::Institutions` (r:1 w:0)
    /// Storage: `Shredding::Shreddings` (r:1 w:0)
    /// Storage: `Shredding::Attestations` (r:1 w:1)
    /// Storage: `Records::Records` (r:1 w:0)
    /// Storage: `Audit::Heads` (r:1 w:1)
    /// Storage: `Audit::Pages` (r:1 w:1)
    fn attest_shredding() -> Weight {
        // Estimated, not measured: the time of `create_medical_record`, which does more.
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
}

/// The same for tests, which have no database of their own.
impl WeightInfo for () {
    fn request_shredding() -> Weight {
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(6_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn cancel_shredding() -> Weight {
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(5_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn retain_record() -> Weight {
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(4_u64))
    }
    fn lift_retention() -> Weight {
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(4_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
    fn shred_record() -> Weight {
        Weight::from_parts(299_942_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(7_u64))
            .saturating_add(ParityDbWeight::get().writes(9_u64))
    }
    fn attest_shredding() -> Weight {
        Weight::from_parts(103_394_000, 5731)
            .saturating_add(ParityDbWeight::get().reads(6_u64))
            .saturating_add(ParityDbWeight::get().writes(3_u64))
    }
}
