// SPDX-License-Identifier: Apache-2.0

//! Counts what a transaction reads and writes.

use sp_externalities::{Extension, ExtensionStore, Externalities, MultiRemovalResults};
use sp_io::TestExternalities;
use sp_runtime::StateVersion;
use std::{
    any::{Any, TypeId},
    collections::{BTreeMap, BTreeSet},
};

/// The distinct keys that were read and written, and what that adds to the state.
#[derive(Default)]
pub(crate) struct Counted {
    /// Keys that were looked at before they were written.
    pub(crate) reads: BTreeSet<Vec<u8>>,
    /// Keys that were written, with the bytes of key and value before and after.
    pub(crate) writes: BTreeMap<Vec<u8>, (usize, usize)>,
}

/// Runs `run` on `chain`, and counts but for the keys that begin with one of `left_out`.
pub(crate) fn count<R>(chain: &mut TestExternalities, left_out: &[Vec<u8>], run: impl FnOnce() -> R) -> (R, Counted) {
    let mut ext = chain.ext();
    let mut counting = Counting { inner: &mut ext, counted: Counted::default() };
    let result = sp_externalities::set_and_run_with_externalities(&mut counting, run);
    let mut counted = counting.counted;
    let counts = |key: &Vec<u8>| !left_out.iter().any(|prefix| key.starts_with(prefix));
    counted.reads.retain(|key| counts(key));
    counted.writes.retain(|key, _| counts(key));
    for (key, (_, after)) in &mut counted.writes {
        *after = size(&mut ext, key);
    }
    (result, counted)
}

/// The bytes that an item takes, its key included.
fn size(ext: &mut dyn Externalities, key: &[u8]) -> usize {
    ext.storage(key).map_or(0, |value| key.len() + value.len())
}

struct Counting<'a> {
    inner: &'a mut dyn Externalities,
    counted: Counted,
}

impl Counting<'_> {
    fn read(&mut self, key: &[u8]) {
        if !self.counted.writes.contains_key(key) {
            self.counted.reads.insert(key.to_vec());
        }
    }

    fn write(&mut self, key: &[u8]) {
        if !self.counted.writes.contains_key(key) {
            let before = size(self.inner, key);
            self.counted.writes.insert(key.to_vec(), (before, 0));
        }
    }
}

impl ExtensionStore for Counting<'_> {
    fn extension_by_type_id(&mut self, type_id: TypeId) -> Option<&mut dyn Any> {
        self.inner.extension_by_type_id(type_id)
    }
    fn register_extension_with_type_id(
        &mut self,
        type_id: TypeId,
        extension: Box<dyn Extension>,
    ) -> Result<(), sp_externalities::Error> {
        self.inner.register_extension_with_type_id(type_id, extension)
    }
    fn deregister_extension_by_type_id(&mut self, type_id: TypeId) -> Result<(), sp_externalities::Error> {
        self.inner.deregister_extension_by_type_id(type_id)
    }
}

/// Our runtime has no child tries and indexes no transactions.
const UNUSED: &str = "our runtime does not use it";

impl Externalities for Counting<'_> {
    fn set_offchain_storage(&mut self, key: &[u8], value: Option<&[u8]>) {
        self.inner.set_offchain_storage(key, value);
    }
    fn storage(&mut self, key: &[u8]) -> Option<Vec<u8>> {
        self.read(key);
        self.inner.storage(key)
    }
    fn storage_hash(&mut self, key: &[u8]) -> Option<Vec<u8>> {
        self.read(key);
        self.inner.storage_hash(key)
    }
    fn child_storage_hash(&mut self, _: &sp_core::storage::ChildInfo, _: &[u8]) -> Option<Vec<u8>> {
        panic!("{UNUSED}")
    }
    fn child_storage(&mut self, _: &sp_core::storage::ChildInfo, _: &[u8]) -> Option<Vec<u8>> {
        panic!("{UNUSED}")
    }
    fn next_storage_key(&mut self, key: &[u8]) -> Option<Vec<u8>> {
        let next = self.inner.next_storage_key(key);
        if let Some(next) = &next {
            self.read(next);
        }
        next
    }
    fn next_child_storage_key(&mut self, _: &sp_core::storage::ChildInfo, _: &[u8]) -> Option<Vec<u8>> {
        panic!("{UNUSED}")
    }
    fn kill_child_storage(
        &mut self,
        _: &sp_core::storage::ChildInfo,
        _: Option<u32>,
        _: Option<&[u8]>,
    ) -> MultiRemovalResults {
        panic!("{UNUSED}")
    }
    fn clear_prefix(&mut self, prefix: &[u8], limit: Option<u32>, cursor: Option<&[u8]>) -> MultiRemovalResults {
        self.inner.clear_prefix(prefix, limit, cursor)
    }
    fn clear_child_prefix(
        &mut self,
        _: &sp_core::storage::ChildInfo,
        _: &[u8],
        _: Option<u32>,
        _: Option<&[u8]>,
    ) -> MultiRemovalResults {
        panic!("{UNUSED}")
    }
    fn place_storage(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.write(&key);
        self.inner.place_storage(key, value);
    }
    fn place_child_storage(&mut self, _: &sp_core::storage::ChildInfo, _: Vec<u8>, _: Option<Vec<u8>>) {
        panic!("{UNUSED}")
    }
    fn storage_root(&mut self, version: StateVersion) -> Vec<u8> {
        self.inner.storage_root(version)
    }
    fn child_storage_root(&mut self, _: &sp_core::storage::ChildInfo, _: StateVersion) -> Vec<u8> {
        panic!("{UNUSED}")
    }
    fn storage_append(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.write(&key);
        self.inner.storage_append(key, value);
    }
    fn storage_start_transaction(&mut self) {
        self.inner.storage_start_transaction();
    }
    fn storage_rollback_transaction(&mut self) -> Result<(), ()> {
        self.inner.storage_rollback_transaction()
    }
    fn storage_commit_transaction(&mut self) -> Result<(), ()> {
        self.inner.storage_commit_transaction()
    }
    fn wipe(&mut self) {
        panic!("{UNUSED}")
    }
    fn commit(&mut self) {
        panic!("{UNUSED}")
    }
    fn read_write_count(&self) -> (u32, u32, u32, u32) {
        self.inner.read_write_count()
    }
    fn reset_read_write_count(&mut self) {
        self.inner.reset_read_write_count();
    }
    fn get_whitelist(&self) -> Vec<sp_core::storage::TrackedStorageKey> {
        self.inner.get_whitelist()
    }
    fn set_whitelist(&mut self, new: Vec<sp_core::storage::TrackedStorageKey>) {
        self.inner.set_whitelist(new);
    }
    fn get_read_and_written_keys(&self) -> Vec<(Vec<u8>, u32, u32, bool)> {
        self.inner.get_read_and_written_keys()
    }
}
