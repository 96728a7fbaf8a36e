// SPDX-License-Identifier: Apache-2.0

//! How keys are hashed (B3 class 17): who chooses a key could crowd one part of the trie under a weak hasher.

use super::*;
use frame_metadata::v14::{PalletStorageMetadata, StorageEntryType, StorageHasher};
use scale_info::{form::MetaForm, Type, TypeDef};

/// Types of keys that are made of numbers which the chain counts up itself: nobody can choose one.
const COUNTED: &[&str] = &["ChartId", "LogId", "MemberId", "Primitive(U64)"];

/// The name of a type; a tuple has those of its parts.
fn name(of: &Type<MetaForm>) -> String {
    match (of.path.ident(), &of.type_def) {
        (Some(name), _) => name.into(),
        (None, TypeDef::Tuple(parts)) => {
            parts.fields.iter().map(|part| name(&part.type_info())).collect::<Vec<_>>().join(", ")
        }
        (None, other) => format!("{other:?}"),
    }
}

/// Each key of each map: the item, the name of the key's type, its hasher.
fn keys() -> Vec<(&'static str, String, StorageHasher)> {
    let storage = PalletStorageMetadata::from(crate::Pallet::<Test>::storage_metadata());
    let mut keys = Vec::new();
    for item in storage.entries {
        let StorageEntryType::Map { hashers, key, .. } = item.ty else { continue };
        let key = key.type_info();
        let names = match &key.type_def {
            TypeDef::Tuple(parts) if hashers.len() > 1 => {
                parts.fields.iter().map(|part| name(&part.type_info())).collect()
            }
            _ => vec![name(&key)],
        };
        assert_eq!(names.len(), hashers.len(), "{}", item.name);
        keys.extend(names.into_iter().zip(hashers).map(|(key, hasher)| (item.name, key, hasher)));
    }
    keys
}

#[test]
fn every_key_is_counted_by_the_chain() {
    let others = keys();
    assert!(!others.is_empty());
    for (item, key, hasher) in others {
        assert_eq!(hasher, StorageHasher::Twox64Concat, "{item} could not be listed");
        assert!(key.split(", ").all(|part| COUNTED.contains(&part)), "{item}: {key} is not counted by the chain");
    }
}
