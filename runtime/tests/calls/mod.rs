// SPDX-License-Identifier: Apache-2.0

//! Every call that there is.

use codec::Decode;
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use salus_runtime::{Runtime, RuntimeCall};
use scale_info::TypeDef;
use std::collections::BTreeMap;

/// One call of each kind, with arguments of zeros.
pub(crate) fn calls() -> BTreeMap<(String, String), RuntimeCall> {
    let bytes = (*Runtime::metadata_at_version(15).unwrap()).clone();
    let RuntimeMetadata::V15(metadata) = RuntimeMetadataPrefixed::decode(&mut bytes.as_slice()).unwrap().1 else {
        panic!("asked for version 15")
    };
    let mut calls = BTreeMap::new();
    for pallet in &metadata.pallets {
        let Some(ty) = &pallet.calls else { continue };
        let TypeDef::Variant(variants) = &metadata.types.resolve(ty.ty.id).unwrap().type_def else {
            panic!("calls are an enum")
        };
        for variant in &variants.variants {
            // Zeros decode as the first variant of enums, as empty lists, and as numbers of value zero; a nested call
            // decodes as `System::remark` of nothing.
            let mut bytes = vec![pallet.index, variant.index];
            bytes.extend([0; 4_096]);
            let call = RuntimeCall::decode(&mut bytes.as_slice());
            calls.insert((pallet.name.clone(), variant.name.clone()), call.unwrap());
        }
    }
    calls
}
