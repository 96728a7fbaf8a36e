// SPDX-License-Identifier: Apache-2.0

//! The hashers of keys (B3 class 17), and the bounds of every item (B3 classes 9 and 10).

use super::*;
use frame_metadata::v14::{PalletStorageMetadata, StorageEntryType, StorageHasher};
use frame_support::traits::StorageInfoTrait;

#[test]
fn only_accounts_are_chosen_by_people_and_hashed_with_blake2() {
    let storage = PalletStorageMetadata::from(crate::Pallet::<Test>::storage_metadata());
    let mut chosen = Vec::new();
    for item in storage.entries {
        let StorageEntryType::Map { hashers, .. } = item.ty else { continue };
        match hashers.as_slice() {
            [StorageHasher::Blake2_128Concat] => chosen.push(item.name),
            hashers => assert_eq!(hashers, [StorageHasher::Twox64Concat], "{}", item.name),
        }
    }
    assert_eq!(chosen, ["SeatOf", "SeatOfAuthority", "Authored"]);
}

#[test]
fn every_value_has_a_greatest_size() {
    for item in Authorities::storage_info() {
        assert!(item.max_size.is_some(), "{:?}", String::from_utf8_lossy(&item.storage_name));
    }
}
