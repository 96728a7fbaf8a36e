// SPDX-License-Identifier: Apache-2.0

//! The hashers of our storage keys (B3 class 17). A caller who chooses a key could crowd one part of the trie under a
//! weak hasher, and so slow down every lookup.

use codec::Decode;
use frame_metadata::{
    v14::{StorageEntryType, StorageHasher},
    v15::RuntimeMetadataV15,
    RuntimeMetadata, RuntimeMetadataPrefixed,
};
use salus_runtime::Runtime;
use scale_info::TypeDef;

const OURS: [&str; 8] = ["Audit", "Membership", "Charts", "Access", "Records", "Shredding", "Authorities", "Upgrades"];

/// Types of keys made of numbers that the chain counts up itself, so that no caller can choose one.
const COUNTED: [&str; 10] =
    ["ChartId", "CompartmentId", "GrantId", "Grantee", "InstitutionId", "LogId", "MemberId", "RequestId", "U32", "U64"];

/// Every key that a caller or an institution chooses. A new one is added here, under the strong hasher.
const CHOSEN: [&str; 13] = [
    "Membership.AccountOwners AccountId32",
    "Membership.MembershipKeys SigningKey",
    // An issuing epoch and a serial number, which the institution chooses.
    "Membership.Redeemed U32 U64",
    "Access.RecordGrants RecordKey",
    "Authorities.SeatOf AccountId32",
    "Authorities.SeatOfAuthority AccountId32",
    "Authorities.Authored AccountId32",
    "Records.Corrections RecordKey",
    "Records.Records RecordKey",
    "Records.Versions RecordKey",
    "Shredding.Requests RecordKey",
    "Shredding.Retentions RecordKey",
    "Shredding.ShreddingOf RecordKey",
];

fn metadata() -> RuntimeMetadataV15 {
    let encoded = Runtime::metadata_at_version(15).unwrap();
    match RuntimeMetadataPrefixed::decode(&mut encoded.as_slice()).unwrap().1 {
        RuntimeMetadata::V15(metadata) => metadata,
        _ => panic!("asked for version 15"),
    }
}

/// Returns the names that a type is made of.
fn names(metadata: &RuntimeMetadataV15, of: u32) -> Vec<String> {
    let found = metadata.types.resolve(of).unwrap();
    match (found.path.ident(), &found.type_def) {
        (Some(name), _) => vec![name],
        (None, TypeDef::Tuple(parts)) => parts.fields.iter().flat_map(|part| names(metadata, part.id)).collect(),
        (None, TypeDef::Primitive(primitive)) => vec![format!("{primitive:?}")],
        (None, other) => vec![format!("{other:?}")],
    }
}

/// Returns each key of each map: the item, the types in the key, and its hasher.
fn keys() -> Vec<(String, Vec<String>, StorageHasher)> {
    let metadata = metadata();
    let mut keys = Vec::new();
    for pallet in OURS {
        let found = metadata.pallets.iter().find(|found| found.name == pallet).unwrap();
        for item in &found.storage.as_ref().unwrap().entries {
            let StorageEntryType::Map { hashers, key, .. } = &item.ty else { continue };
            let parts: Vec<_> = match &metadata.types.resolve(key.id).unwrap().type_def {
                TypeDef::Tuple(parts) if hashers.len() > 1 => parts.fields.iter().map(|part| part.id).collect(),
                _ => vec![key.id],
            };
            assert_eq!(parts.len(), hashers.len(), "{pallet}.{}", item.name);
            for (part, hasher) in parts.into_iter().zip(hashers) {
                keys.push((format!("{pallet}.{}", item.name), names(&metadata, part), hasher.clone()));
            }
        }
    }
    keys
}

#[test]
fn keys_that_people_choose_are_hashed_with_blake2() {
    let strong = |(_, _, hasher): &(_, _, StorageHasher)| *hasher == StorageHasher::Blake2_128Concat;
    let mut found: Vec<_> =
        keys().into_iter().filter(strong).map(|(item, key, _)| format!("{item} {}", key.join(" "))).collect();
    let mut expected = CHOSEN.map(String::from).to_vec();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn every_other_key_is_counted_by_the_chain() {
    let others: Vec<_> = keys().into_iter().filter(|(.., hasher)| *hasher != StorageHasher::Blake2_128Concat).collect();
    assert!(others.len() > OURS.len());
    for (item, key, hasher) in others {
        assert_eq!(hasher, StorageHasher::Twox64Concat, "{item} could not be listed");
        assert!(key.iter().all(|part| COUNTED.contains(&part.as_str())), "{item}: {key:?} is not counted by the chain");
    }
}
