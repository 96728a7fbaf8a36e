// SPDX-License-Identifier: Apache-2.0

//! The state that benchmarks need of other pallets.

use alloc::vec::Vec;
use salus_primitives::InstitutionId;
use sp_runtime::AccountId32;

/// Prepares the state for benchmarks.
pub trait BenchmarkHelper {
    /// Makes `count` authorities with session keys, and returns the accounts of their seats.
    fn authorities(count: u32) -> Vec<(InstitutionId, AccountId32)>;
}
