// SPDX-License-Identifier: Apache-2.0

//! Builds the genesis of any network from a description of its founders. It also has the presets for development:
//! `development` (one authority, two hospitals) and `local` (four of each).
//!
//! The keys of these two are public: they come from Substrate's development phrase by known paths. Hospital `n` (from
//! one) is institution `n - 1`. Its own identity has the root `//Hospital{n}`, and its staff have
//! `//Hospital{n}//Issuer`, `//Hospital{n}//Verifier`, `//Hospital{n}//Delegate` and `//Hospital{n}//Service`. Each
//! root gives `//transaction`, `//membership` and the encryption key, as in the client. The institution's issuing key
//! is its identity's membership key.
//!
//! Session keys are Alice's, Bob's, Charlie's and Dave's, as the node's options of these names set them. In
//! `development` only the first hospital has session keys. The second has a seat and a vote, and becomes an authority
//! as soon as its service sets session keys.

use crate::{limits::INSTITUTION_QUOTA, AccountId, BlockNumber, RuntimeGenesisConfig, SessionKeys};
use alloc::{format, string::ToString, vec, vec::Vec};
use frame_support::build_struct_json_patch;
use hex_literal::hex;
use pallet_salus_authorities::GenesisSeat;
use pallet_salus_membership::GenesisMember;
use salus_primitives::{
    membership::{InstitutionKind, InstitutionProfile, Role},
    network::{Authority, FirstMember, Founder, Network},
    Digest, EncryptionKey, FinalityKey, InstitutionId, Moment, SigningKey,
};
use sp_core::{crypto::get_public_from_string_or_panic, ed25519, sr25519};
use sp_genesis_builder::PresetId;
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

/// The preset of a chain of one authority.
pub const DEV: &str = sp_genesis_builder::DEV_RUNTIME_PRESET;
/// The preset of a chain of four authorities.
pub const LOCAL: &str = sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET;

/// Members that a hospital of a development network may admit.
const ADMISSION_QUOTA: u32 = 100_000;

/// Milliseconds that an upgrade waits in a development network: long enough for a test to see it.
const UPGRADE_DELAY: Moment = 10_000;

/// Blocks in a session of a development network: a minute's, so that a test can wait for a change of authorities.
const SESSION_LENGTH: BlockNumber = 60;

/// The staff that each hospital begins with.
const STAFF: [(&str, Role); 4] =
    [("Issuer", Role::Issuer), ("Verifier", Role::Verifier), ("Delegate", Role::Delegate), ("Service", Role::Service)];

/// The authorities, hospital by hospital.
const AUTHORITIES: [(Sr25519Keyring, Ed25519Keyring); 4] = [
    (Sr25519Keyring::Alice, Ed25519Keyring::Alice),
    (Sr25519Keyring::Bob, Ed25519Keyring::Bob),
    (Sr25519Keyring::Charlie, Ed25519Keyring::Charlie),
    (Sr25519Keyring::Dave, Ed25519Keyring::Dave),
];

/// X25519 public keys of each hospital's own identity and of its staff. The runtime cannot derive them; a test of the
/// client does.
pub const ENCRYPTION_KEYS: [[[u8; 32]; 5]; 4] = [
    [
        hex!("e49917c061efef07d1ebc49e0ea72649385605ba4e9b23d67d8496053398b526"),
        hex!("0bba59dbcb0f49159e0bf87dbcfd906d7133f28c1be4ca4b3c908c78fa19e97d"),
        hex!("908ee659ea0326bede8bc77e97775ad987e7eacac9d60d956306e6b618edfd6d"),
        hex!("d828a69355792fd46a589b1fcd2dacf4b586e7e14a21cef999ce577826530170"),
        hex!("f27e87d4dfddd46978d39a89b1c14d517b3e8cb5b43594bfde40f8bac64b356a"),
    ],
    [
        hex!("5568225b40e119a335a9974724ac0e64ca3b1f3c506bdbfbc02a9713077d4575"),
        hex!("052baab9f163c339cc80c7f80f59371dab08859faba53d2ac5d02cdd3f7f1813"),
        hex!("66b0198baecf4a48edb8f28fbfd4691f078c3fde69b7d9b08eada0a14dde560e"),
        hex!("347f733378a1e714b156fb14d75d99539d28a581d00ad83a168b51196e98e82a"),
        hex!("f844bdae6910f254738e873710223775fa055bce5b9e59356c54f2b90190466d"),
    ],
    [
        hex!("c649d5ac72199fe2d3af4cf16284e27ba58ee00722e4df135e7b7f1812349269"),
        hex!("0a4e547e7660ff3a99ed8cc112929b4a17af061446cee29b6ab1f4c5bac69910"),
        hex!("2cbe1c396ba873b086e202d92fe285e8cf2f5023fdc81a63a9a40a4c59168e26"),
        hex!("1971d3cb0f72cf426b5ab0f74f60f6a19b8d3821a6a1c25fa6776d185cb37d48"),
        hex!("dd8961f96ce3e4bc1618032d26c18941c80b615edfb3d57ed84672977c62e771"),
    ],
    [
        hex!("d8c9d2259f10bad884b1b441377050e2a42eb25ecc88be5c8c76d0721a08a338"),
        hex!("3a4922e3b25e78fc6f022d51cdbf69df1ce4a73b43bfda1686516fec65620255"),
        hex!("748b36803ab1e205ada4992cc73ec1679bb9e55cece65e7ad58293c3baa7d106"),
        hex!("a8ebcb87ae4a565d17bd711f2cebc7c23ccb76548e7f8c4c0752e1f550d67c29"),
        hex!("1fbf816c9fed86718ca27afc167cb3576a99a3cb3af2c6f5e55ce15c45c3436c"),
    ],
];

/// Returns the names of all presets.
pub fn names() -> Vec<PresetId> {
    vec![PresetId::from(DEV), PresetId::from(LOCAL)]
}

/// Returns the preset `id`, as a patch of the default genesis in JSON.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
    let network = match id.as_ref() {
        DEV => development(1, 2),
        LOCAL => development(4, 4),
        _ => return None,
    };
    Some(genesis(&network).to_string().into_bytes())
}

/// Returns the genesis of a network, as a patch of the default one in JSON. Presets and real networks use it alike.
///
/// An institution that begins with a service and a delegate has a seat. The service's account sets the session keys,
/// and the delegate votes in the council.
pub fn genesis(network: &Network) -> serde_json::Value {
    let (mut institutions, mut members, mut seats, mut keys) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (number, founder) in (0..).map(InstitutionId).zip(&network.founders) {
        institutions.push(founder.profile.clone());
        let account_of = |role| {
            let member = founder.staff.iter().find(|member| member.role == role)?;
            Some(AccountId::new(member.transaction_key.0))
        };
        if let (Some(account), Some(delegate)) = (account_of(Role::Service), account_of(Role::Delegate)) {
            if let Some(authority) = &founder.authority {
                let aura = sr25519::Public::from_raw(authority.aura.0).into();
                let grandpa = ed25519::Public::from_raw(authority.grandpa.0).into();
                keys.push((account.clone(), account.clone(), SessionKeys { aura, grandpa }));
            }
            seats.push(GenesisSeat { institution: number, account, delegate });
        }
        for member in &founder.staff {
            members.push(GenesisMember {
                institution: number,
                role: member.role,
                transaction_key: member.transaction_key,
                membership_key: member.membership_key,
                encryption_key: member.encryption_key,
                profile: Digest::default(),
            });
        }
    }
    let (required_verifications, upgrade_delay) = (network.required_verifications, network.upgrade_delay);
    build_struct_json_patch!(RuntimeGenesisConfig {
        membership: pallet_salus_membership::GenesisConfig { institutions, members, required_verifications },
        session: pallet_session::GenesisConfig { keys },
        authorities: pallet_salus_authorities::GenesisConfig { seats, session_length: network.session_length },
        upgrades: pallet_salus_upgrades::GenesisConfig { upgrade_delay },
    })
}

/// Returns a network for development, with the first `authorities` and `hospitals`.
fn development(authorities: usize, hospitals: usize) -> Network {
    let mut keys = AUTHORITIES.iter().take(authorities);
    let founders = (1u32..).zip(ENCRYPTION_KEYS).take(hospitals).map(|(number, [own, staff @ ..])| Founder {
        profile: InstitutionProfile {
            kind: InstitutionKind::Hospital,
            issuing_key: public(&format!("Hospital{number}//membership")),
            encryption_key: EncryptionKey::x25519(own),
            vault_address: Default::default(),
            admission_quota: ADMISSION_QUOTA,
            traffic_quota: INSTITUTION_QUOTA,
        },
        authority: keys.next().map(|(aura, grandpa)| Authority {
            aura: SigningKey(aura.to_raw_public()),
            grandpa: FinalityKey(grandpa.to_raw_public()),
        }),
        staff: STAFF
            .into_iter()
            .zip(staff)
            .map(|((name, role), encryption)| FirstMember {
                role,
                transaction_key: public(&format!("Hospital{number}//{name}//transaction")),
                membership_key: public(&format!("Hospital{number}//{name}//membership")),
                encryption_key: EncryptionKey::x25519(encryption),
            })
            .collect(),
    });
    let founders = founders.collect();
    Network {
        name: "Salus Development".into(),
        id: "dev".into(),
        required_verifications: 2,
        upgrade_delay: UPGRADE_DELAY,
        session_length: SESSION_LENGTH,
        founders,
    }
}

/// Returns the public sr25519 key of a path from the development phrase.
fn public(path: &str) -> SigningKey {
    SigningKey(get_public_from_string_or_panic::<sr25519::Public>(path).0)
}
