// SPDX-License-Identifier: Apache-2.0

//! Every storage item is bounded (B3 classes 9 and 10) and a single value (B3 class 17).

use super::*;
use frame_metadata::v14::{PalletStorageMetadata, StorageEntryType};
use frame_support::traits::StorageInfoTrait;

#[test]
fn there_are_no_maps_whose_keys_somebody_could_choose() {
    let storage = PalletStorageMetadata::from(crate::Pallet::<Test>::storage_metadata());
    for item in storage.entries {
        assert!(matches!(item.ty, StorageEntryType::Plain(_)), "{}", item.name);
    }
}

#[test]
fn every_value_has_a_greatest_size() {
    for item in Upgrades::storage_info() {
        assert!(item.max_size.is_some(), "{:?}", String::from_utf8_lossy(&item.storage_name));
    }
}
