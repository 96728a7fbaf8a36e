// SPDX-License-Identifier: Apache-2.0

//! Storage of pallets that have no questions in `SalusApi`: what councils and operators of nodes read.
//!
//! Values are decoded with types of our own; a test of each compares its fields with those in the checked-in metadata.

use super::{At, Chain, QueryError};
use codec::{Decode, DecodeAll};
use sp_crypto_hashing::{twox_128, twox_64};

/// Keys that are asked for at once.
const PAGE: u32 = 256;
/// Bytes before a map's own keys: hashes of the pallet's and the entry's name.
const PREFIX: usize = 32;
/// Bytes that the hasher Twox64Concat puts before a key.
const TWOX_64: usize = 8;

impl Chain {
    /// A value, or the value at `key` of a map (hashed already).
    pub(super) async fn stored<Value: Decode>(
        &self,
        at: At,
        pallet: &str,
        entry: &'static str,
        key: &[u8],
    ) -> Result<Option<Value>, QueryError> {
        let bytes = self.stored_bytes(at, pallet, entry, key).await?;
        bytes.map(|bytes| decoded(&bytes, entry)).transpose()
    }

    /// Like [`Chain::stored`], undecoded.
    pub(super) async fn stored_bytes(
        &self,
        at: At,
        pallet: &str,
        entry: &'static str,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>, QueryError> {
        let place = [prefix(pallet, entry).as_slice(), key].concat();
        let hash = self.hash(at).await?;
        Ok(self.rpc.state_get_storage(&place, Some(hash)).await?)
    }

    /// Everything in a map that uses the hasher Twox64Concat, in the order of the keys.
    pub(super) async fn stored_map<Key: Decode + Ord, Value: Decode>(
        &self,
        at: At,
        pallet: &str,
        entry: &'static str,
    ) -> Result<Vec<(Key, Value)>, QueryError> {
        let mut found: Vec<(Key, Value)> = Vec::new();
        for (key, value) in self.stored_pairs(at, pallet, entry).await? {
            let key = key.get(TWOX_64..).ok_or(QueryError::Unreadable(entry))?;
            found.push((decoded(key, entry)?, decoded(&value, entry)?));
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(found)
    }

    /// Every key of a map, hashed as it stands there, with its value.
    pub(super) async fn stored_pairs(
        &self,
        at: At,
        pallet: &str,
        entry: &'static str,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, QueryError> {
        let hash = self.hash(at).await?;
        let prefix = prefix(pallet, entry);
        let (mut pairs, mut last): (_, Option<Vec<u8>>) = (Vec::new(), None);
        loop {
            let keys = self.rpc.state_get_keys_paged(&prefix, PAGE, last.as_deref(), Some(hash)).await?;
            let Some(end) = keys.last().cloned() else { return Ok(pairs) };
            last = Some(end);
            let values = self.rpc.state_query_storage_at(keys.iter().map(Vec::as_slice), Some(hash)).await?;
            for (key, value) in values.into_iter().flat_map(|set| set.changes) {
                let (Some(key), Some(value)) = (key.0.get(PREFIX..), value) else { continue };
                pairs.push((key.to_vec(), value.0));
            }
        }
    }
}

/// The key of a map that uses the hasher Twox64Concat.
pub(super) fn twox_64_concat(key: &[u8]) -> Vec<u8> {
    [twox_64(key).as_slice(), key].concat()
}

fn prefix(pallet: &str, entry: &str) -> Vec<u8> {
    [twox_128(pallet.as_bytes()), twox_128(entry.as_bytes())].concat()
}

pub(super) fn decoded<Value: Decode>(mut bytes: &[u8], entry: &'static str) -> Result<Value, QueryError> {
    Value::decode_all(&mut bytes).map_err(|_| QueryError::Unreadable(entry))
}
