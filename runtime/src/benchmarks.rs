// SPDX-License-Identifier: Apache-2.0

//! The benchmarked pallets: ours. The SDK's pallets come with their own weights.

use crate::{Access, Audit, Authorities, Charts, Membership, Records, Shredding, Upgrades};
use alloc::{string::String, vec::Vec};
use frame_benchmarking::{BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::traits::{StorageInfo, StorageInfoTrait, WhitelistedStorageKeys};

frame_benchmarking::define_benchmarks!(
    [pallet_salus_audit, Audit]
    [pallet_salus_membership, Membership]
    [pallet_salus_charts, Charts]
    [pallet_salus_access, Access]
    [pallet_salus_records, Records]
    [pallet_salus_shredding, Shredding]
    [pallet_salus_authorities, Authorities]
    [pallet_salus_upgrades, Upgrades]
);

/// Returns the list of benchmarks, and the storage items that they measure.
pub(crate) fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
    let mut list = Vec::new();
    list_benchmarks!(list, extra);
    (list, crate::AllPalletsWithSystem::storage_info())
}

/// Runs the benchmarks that `config` selects.
pub(crate) fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
    let mut whitelist = crate::AllPalletsWithSystem::whitelisted_storage_keys();
    // The first inherent of each block writes the time, so it is in memory before any transaction.
    whitelist.push(pallet_timestamp::Now::<crate::Runtime>::hashed_key().to_vec().into());
    let mut batches = Vec::new();
    let params = (&config, &whitelist);
    add_benchmarks!(params, batches);
    Ok(batches)
}
