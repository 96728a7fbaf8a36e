// SPDX-License-Identifier: Apache-2.0

//! A later runtime for rehearsals: this one, with another version and a migration that changes and adds data.
//!
//! Test networks learn from it whether an upgrade works with their data. The storage of the pallets keeps its layout,
//! so that tests can compare all of it before and after. Never release it.

use crate::{apis, Membership, Runtime};
use frame_support::{
    migrations::VersionedMigration,
    pallet_prelude::{OptionQuery, Twox64Concat},
    storage_alias,
    traits::UncheckedOnRuntimeUpgrade,
    weights::Weight,
};
use pallet_salus_membership::Institutions;
use pallet_salus_records::Records;
use salus_primitives::{membership::Institution, ChartId};
use sp_version::RuntimeVersion;

/// The version, far beyond any release.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: alloc::borrow::Cow::Borrowed("salus"),
    impl_name: alloc::borrow::Cow::Borrowed("salus-rehearsal"),
    authoring_version: 1,
    spec_version: 9999,
    impl_version: 1,
    apis: apis::RUNTIME_API_VERSIONS,
    transaction_version: 1,
    system_version: 1,
};

/// The migration. It runs once, and raises the version of the membership pallet's storage from 1 to 2.
pub type Migration = VersionedMigration<1, 2, Rewrite, Membership, <Runtime as frame_system::Config>::DbWeight>;

/// The number of records of each chart, which the migration adds.
#[storage_alias]
pub type RecordCounts = StorageMap<Rehearsal, Twox64Concat, ChartId, u32, OptionQuery>;

/// Adds one to the admission quota of each institution, which clients can see, and counts the records of all charts.
pub struct Rewrite;

impl UncheckedOnRuntimeUpgrade for Rewrite {
    fn on_runtime_upgrade() -> Weight {
        let (mut reads, mut writes) = (0u64, 0u64);
        Institutions::<Runtime>::translate_values(|mut institution: Institution| {
            institution.profile.admission_quota = institution.profile.admission_quota.saturating_add(1);
            reads = reads.saturating_add(1);
            writes = writes.saturating_add(1);
            Some(institution)
        });
        for (chart, _) in Records::<Runtime>::iter_keys() {
            RecordCounts::mutate(chart, |count| *count = Some(count.unwrap_or_default().saturating_add(1)));
            reads = reads.saturating_add(2);
            writes = writes.saturating_add(1);
        }
        <Runtime as frame_system::Config>::DbWeight::get().reads_writes(reads, writes)
    }
}
