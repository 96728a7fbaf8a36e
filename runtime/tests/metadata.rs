// SPDX-License-Identifier: Apache-2.0

//! The metadata for clients: every item is documented, and our own client was built with the same metadata.

use codec::Decode;
use frame_metadata::{v15::RuntimeMetadataV15, RuntimeMetadata, RuntimeMetadataPrefixed};
use salus_runtime::Runtime;
use scale_info::{form::PortableForm, TypeDef};
use std::path::Path;

/// Our own pallets, which we have to document.
const OURS: [&str; 7] = ["Audit", "Membership", "Charts", "Access", "Records", "Authorities", "Upgrades"];

fn metadata(version: u32) -> Vec<u8> {
    (*Runtime::metadata_at_version(version).unwrap()).clone()
}

fn v15() -> RuntimeMetadataV15 {
    match RuntimeMetadataPrefixed::decode(&mut metadata(15).as_slice()).unwrap().1 {
        RuntimeMetadata::V15(metadata) => metadata,
        _ => panic!("asked for version 15"),
    }
}

#[test]
fn metadata_is_served_in_versions_14_to_16() {
    for version in [14, 15, 16] {
        assert!(Runtime::metadata_versions().contains(&version), "{version}");
        assert!(!metadata(version).is_empty());
    }
}

/// Members sign HTTP messages with the keys of their accounts, and the signed bytes begin with a quotation mark
/// (docs/adr/0014-signed-requests.md). No call may begin so.
#[test]
fn no_transaction_begins_like_a_signed_message() {
    assert!(v15().pallets.iter().all(|known| known.index != b'"'));
}

#[test]
fn every_call_event_error_argument_and_storage_item_of_ours_is_documented() {
    let metadata = v15();
    let variants = |id: u32, with_fields: bool, what: &str| {
        let TypeDef::<PortableForm>::Variant(variants) = &metadata.types.resolve(id).unwrap().type_def else {
            panic!("{what} is not an enum")
        };
        for variant in &variants.variants {
            assert!(!variant.docs.concat().trim().is_empty(), "{what}::{} is not documented", variant.name);
            for field in variant.fields.iter().filter(|_| with_fields) {
                let name = field.name.as_deref().unwrap_or_default();
                assert!(!field.docs.concat().trim().is_empty(), "{what}::{}.{name} is not documented", variant.name);
            }
        }
    };
    for name in OURS {
        let pallet = metadata.pallets.iter().find(|pallet| pallet.name == name).unwrap();
        assert!(!pallet.docs.concat().trim().is_empty(), "{name} is not documented");
        if let Some(calls) = &pallet.calls {
            variants(calls.ty.id, false, &format!("{name}::Call"));
        }
        variants(pallet.event.as_ref().unwrap().ty.id, true, &format!("{name}::Event"));
        if let Some(error) = &pallet.error {
            variants(error.ty.id, false, &format!("{name}::Error"));
        }
        for entry in &pallet.storage.as_ref().unwrap().entries {
            assert!(!entry.docs.concat().trim().is_empty(), "{name}::{} is not documented", entry.name);
        }
        for constant in &pallet.constants {
            assert!(!constant.docs.concat().trim().is_empty(), "{name}::{} is not documented", constant.name);
        }
    }
}

/// A client decodes the leading fields of an event by their order, so the names have to be the chain's.
#[test]
fn events_that_clients_read_have_these_fields() {
    let metadata = v15();
    for (pallet, event, fields) in salus_chain::events::ALL {
        let found = metadata.pallets.iter().find(|found| found.name == *pallet).unwrap();
        let TypeDef::<PortableForm>::Variant(variants) =
            &metadata.types.resolve(found.event.as_ref().unwrap().ty.id).unwrap().type_def
        else {
            panic!("{pallet}::Event is not an enum")
        };
        let variant = variants.variants.iter().find(|variant| variant.name == *event);
        let variant = variant.unwrap_or_else(|| panic!("there is no {pallet}::{event}"));
        let names: Vec<_> = variant.fields.iter().map(|field| field.name.as_deref().unwrap_or_default()).collect();
        assert!(names.starts_with(fields), "{pallet}::{event} has {names:?}, clients read {fields:?}");
    }
}

#[test]
fn refusal_codes_stand_in_the_metadata() {
    let named = v15().types.types.iter().any(|found| found.ty.path.ident().as_deref() == Some("Refusal"));
    assert!(named, "no runtime API mentions `Refusal`");
}

/// `UPDATE=1` rewrites the file after an intended change.
#[test]
fn metadata_that_the_client_was_built_with_is_not_stale() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../chain/metadata.scale");
    let current = metadata(16);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &current).unwrap();
    }
    let checked_in = std::fs::read(&file).unwrap();
    assert!(
        checked_in == current,
        "chain/metadata.scale is stale\nhint: UPDATE=1 cargo test -p salus-runtime metadata"
    );
}
