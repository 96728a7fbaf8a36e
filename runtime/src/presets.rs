// SPDX-License-Identifier: Apache-2.0

//! The genesis of networks for development: `development` (one authority, two hospitals) and `local` (four of each).
//!
//! Everybody knows their keys: they come from Substrate's development phrase by public paths. Hospital `n` (from one) is
//! institution `n - 1`. Its own identity has the root `//Hospital{n}`, its staff `//Hospital{n}//Issuer`,
//! `//Hospital{n}//Verifier`, `//Hospital{n}//Representative` and `//Hospital{n}//Service`; from a root come
//! `//transaction`, `//membership` and the encryption key, as in the client. The institution's issuing key is its
//! identity's membership key.
//!
//! Each hospital has a seat. Its representative votes in the council, and its service signs with the account of its
//! authority instead of a transaction key of its own: Alice, Bob, Charlie and Dave. In `development` only Alice has
//! session keys; Bob's hospital has a vote, and a node as soon as Bob sets some.

use crate::{limits::INSTITUTION_QUOTA, AccountId, RuntimeGenesisConfig, SessionKeys};
use alloc::{format, string::ToString, vec, vec::Vec};
use frame_support::build_struct_json_patch;
use hex_literal::hex;
use pallet_salus_authorities::GenesisSeat;
use pallet_salus_membership::GenesisMember;
use salus_primitives::{
    membership::{InstitutionKind, InstitutionProfile, Role},
    Digest, EncryptionKey, InstitutionId, SigningKey,
};
use sp_core::{crypto::get_public_from_string_or_panic, sr25519};
use sp_genesis_builder::PresetId;
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

/// The preset of a chain of one authority.
pub const DEV: &str = sp_genesis_builder::DEV_RUNTIME_PRESET;
/// The preset of a chain of four authorities.
pub const LOCAL: &str = sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET;

/// Members that a hospital of a development network may admit.
const ADMISSION_QUOTA: u32 = 100_000;

/// The staff that each hospital begins with.
const STAFF: [(&str, Role); 3] =
    [("Issuer", Role::Issuer), ("Verifier", Role::Verifier), ("Representative", Role::Representative)];

/// The authorities, hospital by hospital.
const AUTHORITIES: [(Sr25519Keyring, Ed25519Keyring); 4] = [
    (Sr25519Keyring::Alice, Ed25519Keyring::Alice),
    (Sr25519Keyring::Bob, Ed25519Keyring::Bob),
    (Sr25519Keyring::Charlie, Ed25519Keyring::Charlie),
    (Sr25519Keyring::Dave, Ed25519Keyring::Dave),
];

/// X25519 public keys of each hospital's own identity and of its staff. The runtime cannot derive them; a test of the
/// client does.
pub const ENCRYPTION_KEYS: [[[u8; 32]; 4]; 4] = [
    [
        hex!("e49917c061efef07d1ebc49e0ea72649385605ba4e9b23d67d8496053398b526"),
        hex!("0bba59dbcb0f49159e0bf87dbcfd906d7133f28c1be4ca4b3c908c78fa19e97d"),
        hex!("908ee659ea0326bede8bc77e97775ad987e7eacac9d60d956306e6b618edfd6d"),
        hex!("95a98f4ac626df983434c6a8c1ee30721275f64c4ccf3a6bdcaf689e3af9ec35"),
    ],
    [
        hex!("5568225b40e119a335a9974724ac0e64ca3b1f3c506bdbfbc02a9713077d4575"),
        hex!("052baab9f163c339cc80c7f80f59371dab08859faba53d2ac5d02cdd3f7f1813"),
        hex!("66b0198baecf4a48edb8f28fbfd4691f078c3fde69b7d9b08eada0a14dde560e"),
        hex!("a156ac22b0459e3c698989b2a5fc9c27dafc30d2a082f6364fd10e6c8f0e263d"),
    ],
    [
        hex!("c649d5ac72199fe2d3af4cf16284e27ba58ee00722e4df135e7b7f1812349269"),
        hex!("0a4e547e7660ff3a99ed8cc112929b4a17af061446cee29b6ab1f4c5bac69910"),
        hex!("2cbe1c396ba873b086e202d92fe285e8cf2f5023fdc81a63a9a40a4c59168e26"),
        hex!("4fd5d1b18c5176cdf88da65c737fb088bebd8140f87ff3497e226d5797abfb33"),
    ],
    [
        hex!("d8c9d2259f10bad884b1b441377050e2a42eb25ecc88be5c8c76d0721a08a338"),
        hex!("3a4922e3b25e78fc6f022d51cdbf69df1ce4a73b43bfda1686516fec65620255"),
        hex!("748b36803ab1e205ada4992cc73ec1679bb9e55cece65e7ad58293c3baa7d106"),
        hex!("241ef0a6fdac0f7965b23e98533fb4ea87d09fbcee21dbba12ed429364ea7a62"),
    ],
];

/// X25519 public keys of the hospitals' services.
pub const SERVICE_ENCRYPTION_KEYS: [[u8; 32]; 4] = [
    hex!("f27e87d4dfddd46978d39a89b1c14d517b3e8cb5b43594bfde40f8bac64b356a"),
    hex!("f844bdae6910f254738e873710223775fa055bce5b9e59356c54f2b90190466d"),
    hex!("dd8961f96ce3e4bc1618032d26c18941c80b615edfb3d57ed84672977c62e771"),
    hex!("1fbf816c9fed86718ca27afc167cb3576a99a3cb3af2c6f5e55ce15c45c3436c"),
];

/// The names of all presets.
pub fn names() -> Vec<PresetId> {
    vec![PresetId::from(DEV), PresetId::from(LOCAL)]
}

/// The preset `id`, as a patch of the default genesis in JSON.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
    let patch = match id.as_ref() {
        DEV => genesis(1, 2),
        LOCAL => genesis(4, 4),
        _ => return None,
    };
    Some(patch.to_string().into_bytes())
}

/// A network with the first `authorities` and `hospitals`.
fn genesis(authorities: usize, hospitals: usize) -> serde_json::Value {
    let keys = AUTHORITIES.iter().take(authorities).map(|(aura, grandpa)| {
        let account = aura.to_account_id();
        let keys = SessionKeys { aura: aura.public().into(), grandpa: grandpa.public().into() };
        (account.clone(), account, keys)
    });
    let (mut institutions, mut members, mut services, mut seats) = (vec![], vec![], vec![], vec![]);
    for (number, encryption) in (1u32..).zip(ENCRYPTION_KEYS).take(hospitals) {
        let [own, staff @ ..] = encryption;
        let institution = InstitutionId(number.saturating_sub(1));
        institutions.push(InstitutionProfile {
            kind: InstitutionKind::Hospital,
            issuing_key: public(&format!("Hospital{number}//membership")),
            encryption_key: EncryptionKey::x25519(own),
            vault_address: Default::default(),
            admission_quota: ADMISSION_QUOTA,
            traffic_quota: INSTITUTION_QUOTA,
        });
        for ((name, role), encryption) in STAFF.into_iter().zip(staff) {
            let root = format!("Hospital{number}//{name}");
            members.push(GenesisMember {
                institution,
                role,
                transaction_key: public(&format!("{root}//transaction")),
                membership_key: public(&format!("{root}//membership")),
                encryption_key: EncryptionKey::x25519(encryption),
                profile: Digest::default(),
            });
        }
    }
    for ((number, encryption), (aura, _)) in (1u32..).zip(SERVICE_ENCRYPTION_KEYS).zip(AUTHORITIES).take(hospitals) {
        let institution = InstitutionId(number.saturating_sub(1));
        services.push(GenesisMember {
            institution,
            role: Role::Service,
            transaction_key: SigningKey(aura.public().0),
            membership_key: public(&format!("Hospital{number}//Service//membership")),
            encryption_key: EncryptionKey::x25519(encryption),
            profile: Digest::default(),
        });
        let representative = AccountId::new(public(&format!("Hospital{number}//Representative//transaction")).0);
        seats.push(GenesisSeat { institution, account: aura.to_account_id(), representative });
    }
    // After all others, whose numbers are known to scripts.
    members.append(&mut services);
    build_struct_json_patch!(RuntimeGenesisConfig {
        membership: pallet_salus_membership::GenesisConfig { institutions, members, required_verifications: 2 },
        session: pallet_session::GenesisConfig { keys: keys.collect::<Vec<_>>() },
        authorities: pallet_salus_authorities::GenesisConfig { seats },
    })
}

/// The public sr25519 key of a path from the development phrase.
fn public(path: &str) -> SigningKey {
    SigningKey(get_public_from_string_or_panic::<sr25519::Public>(path).0)
}
