// SPDX-License-Identifier: Apache-2.0

//! A snapshot of the settings that must not change unnoticed: security checklist B3, rows 6, 10 and 15.

use codec::{Encode, MaxEncodedLen};
use frame_support::{dispatch::DispatchClass, traits::PalletInfoAccess, weights::Weight};
use salus_primitives::records::NewRecord;
use salus_runtime::{limits, Runtime, RuntimeCall, TxExtension, VERSION};
use sp_runtime::traits::TransactionExtension;

#[test]
fn pallets_and_their_indices_are_fixed() {
    use salus_runtime::*;
    let pallets: Vec<(usize, &str)> = vec![
        (System::index(), System::name()),
        (Timestamp::index(), Timestamp::name()),
        (Authorship::index(), Authorship::name()),
        (Audit::index(), Audit::name()),
        (Membership::index(), Membership::name()),
        (Charts::index(), Charts::name()),
        (Access::index(), Access::name()),
        (Records::index(), Records::name()),
        (Authorities::index(), Authorities::name()),
        (Upgrades::index(), Upgrades::name()),
        (Aura::index(), Aura::name()),
        (Session::index(), Session::name()),
        (Historical::index(), Historical::name()),
        (Grandpa::index(), Grandpa::name()),
        (Offences::index(), Offences::name()),
        (Council::index(), Council::name()),
        (TxPause::index(), TxPause::name()),
        (Utility::index(), Utility::name()),
    ];
    assert_eq!(
        pallets,
        [
            (0, "System"),
            (1, "Timestamp"),
            (2, "Authorship"),
            (10, "Audit"),
            (11, "Membership"),
            (12, "Charts"),
            (13, "Access"),
            (14, "Records"),
            (15, "Authorities"),
            (16, "Upgrades"),
            (20, "Aura"),
            (21, "Session"),
            (22, "Historical"),
            (23, "Grandpa"),
            (24, "Offences"),
            (30, "Council"),
            (31, "TxPause"),
            (40, "Utility"),
        ]
    );
}

#[test]
fn there_is_neither_sudo_nor_currency() {
    let pallets = <salus_runtime::AllPalletsWithSystem as frame_support::traits::PalletsInfoAccess>::infos();
    for pallet in pallets {
        let name = pallet.module_name.to_lowercase();
        assert!(!name.contains("sudo") && !name.contains("balances") && !name.contains("payment"), "{name}");
    }
}

#[test]
fn extensions_stand_in_their_order_and_ask_nothing_of_wallets() {
    let metadata = TxExtension::metadata();
    let names: Vec<_> = metadata.iter().map(|extension| extension.identifier).collect();
    assert_eq!(
        names,
        [
            "AuthorizeCall",
            "CheckNonZeroSender",
            "CheckSpecVersion",
            "CheckTxVersion",
            "CheckGenesis",
            "CheckMortality",
            "MemberGate",
            "CheckNonce",
            "CheckWeight",
            "CheckMetadataHash",
            "WeightReclaim",
        ]
    );
    // polkadot.js, papi and subxt do not know these two extensions by name, so they may have no content.
    assert_eq!(pallet_salus_membership::MemberGate::<Runtime>::new().encoded_size(), 0);
    assert_eq!(frame_system::AuthorizeCall::<Runtime>::new().encoded_size(), 0);
}

#[test]
fn a_block_takes_half_a_second_and_five_mebibytes_and_keeps_a_part_for_operational_calls() {
    let weights = limits::block_weights();
    weights.clone().validate().unwrap();
    let second = Weight::from_parts(frame_support::weights::constants::WEIGHT_REF_TIME_PER_SECOND, 0);
    assert_eq!(weights.max_block.ref_time(), second.ref_time() / 2);
    assert_eq!(weights.get(DispatchClass::Normal).max_total.unwrap().ref_time(), second.ref_time() * 9 / 20);
    let length = limits::block_length();
    assert_eq!(*length.max.get(DispatchClass::Operational), 5 << 20);
    assert_eq!(*length.max.get(DispatchClass::Normal), (5 << 20) / 4 * 3);
}

#[test]
fn the_largest_batch_of_records_fits_a_block() {
    let calls = frame_support::dispatch::GetDispatchInfo::get_dispatch_info(&RuntimeCall::Records(
        pallet_salus_records::Call::create_medical_records {
            chart: Default::default(),
            custodian: Default::default(),
            records: vec![
                NewRecord {
                    key: Default::default(),
                    compartment: Default::default(),
                    version: salus_primitives::records::NewVersion {
                        content: Default::default(),
                        key_envelope: Default::default(),
                        epoch: 0,
                        size: 1
                    },
                };
                64
            ]
            .try_into()
            .unwrap(),
        },
    ));
    let normal = limits::block_weights().get(DispatchClass::Normal).max_extrinsic.unwrap();
    assert!(calls.call_weight.all_lte(normal), "{:?} of {normal:?}", calls.call_weight);
}

#[test]
fn stored_values_are_bounded() {
    assert!(salus_primitives::membership::Member::max_encoded_len() < 1_024);
    assert!(salus_primitives::records::Version::max_encoded_len() < 1_024);
    assert!(salus_primitives::access::Grant::max_encoded_len() < 256);
    assert!(salus_primitives::audit::StoredEntry::max_encoded_len() < 256);
    assert!(pallet_salus_authorities::Seat::max_encoded_len() < 256);
    assert!(pallet_salus_upgrades::Plan::max_encoded_len() < 256);
}

#[test]
fn the_version_names_salus() {
    assert_eq!((&*VERSION.spec_name, VERSION.spec_version, VERSION.transaction_version), ("salus", 1, 1));
}
