// SPDX-License-Identifier: Apache-2.0

//! Weights for `pallet_salus_access`
//!
//! Estimated by hand from what each call reads and writes; `scripts/weights.sh` replaces this file by measured ones.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens)]
#![allow(unused_imports)]
#![allow(missing_docs)]
#![allow(dead_code)]

use frame_support::{traits::Get, weights::{Weight, constants::RocksDbWeight}};
use core::marker::PhantomData;

/// Weight functions needed for `pallet_salus_access`.
pub trait WeightInfo {
	fn open_chart() -> Weight;
	fn add_compartment() -> Weight;
	fn rotate_compartment() -> Weight;
	fn renew_envelopes(e: u32, ) -> Weight;
	fn grant_access() -> Weight;
	fn grant_access_to_lab() -> Weight;
	fn revoke_access() -> Weight;
	fn revoke_access_from_lab() -> Weight;
	fn request_access() -> Weight;
	fn approve_request(g: u32, ) -> Weight;
	fn deny_request() -> Weight;
}

/// Weights for `pallet_salus_access` using the Substrate node and recommended hardware.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn open_chart() -> Weight {
		Weight::from_parts(30_000_000, 11200)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	fn add_compartment() -> Weight {
		Weight::from_parts(30_000_000, 14000)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	fn rotate_compartment() -> Weight {
		Weight::from_parts(32_000_000, 16800)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// The range of component `e` is `[1, 64]`.
	fn renew_envelopes(e: u32, ) -> Weight {
		Weight::from_parts(30_000_000, 14000)
			.saturating_add(Weight::from_parts(4_000_000, 0).saturating_mul(e.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(e.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(e.into())))
			.saturating_add(Weight::from_parts(0, 2800).saturating_mul(e.into()))
	}
	fn grant_access() -> Weight {
		Weight::from_parts(240_000_000, 210000)
			.saturating_add(T::DbWeight::get().reads(75_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	fn grant_access_to_lab() -> Weight {
		Weight::from_parts(240_000_000, 210000)
			.saturating_add(T::DbWeight::get().reads(75_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	fn revoke_access() -> Weight {
		Weight::from_parts(35_000_000, 16800)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	fn revoke_access_from_lab() -> Weight {
		Weight::from_parts(35_000_000, 16800)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	fn request_access() -> Weight {
		Weight::from_parts(35_000_000, 16800)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// The range of component `g` is `[1, 16]`.
	fn approve_request(g: u32, ) -> Weight {
		Weight::from_parts(40_000_000, 22400)
			.saturating_add(Weight::from_parts(220_000_000, 0).saturating_mul(g.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads((66_u64).saturating_mul(g.into())))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(g.into())))
			.saturating_add(Weight::from_parts(0, 184800).saturating_mul(g.into()))
	}
	fn deny_request() -> Weight {
		Weight::from_parts(35_000_000, 16800)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
}

// For backwards compatibility and tests.
impl WeightInfo for () {
	fn open_chart() -> Weight {
		Weight::from_parts(30_000_000, 11200)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn add_compartment() -> Weight {
		Weight::from_parts(30_000_000, 14000)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn rotate_compartment() -> Weight {
		Weight::from_parts(32_000_000, 16800)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	/// The range of component `e` is `[1, 64]`.
	fn renew_envelopes(e: u32, ) -> Weight {
		Weight::from_parts(30_000_000, 14000)
			.saturating_add(Weight::from_parts(4_000_000, 0).saturating_mul(e.into()))
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(e.into())))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
			.saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(e.into())))
			.saturating_add(Weight::from_parts(0, 2800).saturating_mul(e.into()))
	}
	fn grant_access() -> Weight {
		Weight::from_parts(240_000_000, 210000)
			.saturating_add(RocksDbWeight::get().reads(75_u64))
			.saturating_add(RocksDbWeight::get().writes(7_u64))
	}
	fn grant_access_to_lab() -> Weight {
		Weight::from_parts(240_000_000, 210000)
			.saturating_add(RocksDbWeight::get().reads(75_u64))
			.saturating_add(RocksDbWeight::get().writes(7_u64))
	}
	fn revoke_access() -> Weight {
		Weight::from_parts(35_000_000, 16800)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	fn revoke_access_from_lab() -> Weight {
		Weight::from_parts(35_000_000, 16800)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	fn request_access() -> Weight {
		Weight::from_parts(35_000_000, 16800)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	/// The range of component `g` is `[1, 16]`.
	fn approve_request(g: u32, ) -> Weight {
		Weight::from_parts(40_000_000, 22400)
			.saturating_add(Weight::from_parts(220_000_000, 0).saturating_mul(g.into()))
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().reads((66_u64).saturating_mul(g.into())))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
			.saturating_add(RocksDbWeight::get().writes((5_u64).saturating_mul(g.into())))
			.saturating_add(Weight::from_parts(0, 184800).saturating_mul(g.into()))
	}
	fn deny_request() -> Weight {
		Weight::from_parts(35_000_000, 16800)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
}
