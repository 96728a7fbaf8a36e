// SPDX-License-Identifier: Apache-2.0

//! The chain on which a test runs.

use frame_system::{Config, Pallet};
use sp_io::TestExternalities;
use sp_runtime::{traits::One, BuildStorage};

/// A chain with this genesis, at block one: block zero keeps no events.
pub fn chain_with<Runtime: Config>(genesis: &impl BuildStorage) -> TestExternalities {
    let mut chain = TestExternalities::new(genesis.build_storage().expect("a valid genesis"));
    chain.execute_with(|| Pallet::<Runtime>::set_block_number(One::one()));
    chain
}
