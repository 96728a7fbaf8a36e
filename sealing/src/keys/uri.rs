// SPDX-License-Identifier: Apache-2.0

//! Substrate's secret URIs: `PHRASE//hard/soft///password`.

use codec::Encode;
use schnorrkel::derive::{ChainCode, Derivation};
use schnorrkel::{ExpansionMode, MiniSecretKey, SecretKey};
use sha2::Sha512;
use zeroize::Zeroizing;

use super::fault::KeyError;
use super::mnemonic::Mnemonic;

/// The phrase that stands for an absent one, as everywhere in Substrate. All know it: for development only.
const DEV_PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

/// The secret key that `uri` stands for.
pub(super) fn secret_of_uri(uri: &str) -> Result<SecretKey, KeyError> {
    let (rest, password) = uri.split_once("///").unwrap_or((uri, ""));
    let (phrase, path) = rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
    let root = match phrase.trim().strip_prefix("0x") {
        Some(seed) => mini_secret(&*seed_of_hex(seed)?)?,
        None if phrase.is_empty() => mini_secret_of_phrase(&Mnemonic::parse(DEV_PHRASE)?, password)?,
        None => mini_secret_of_phrase(&Mnemonic::parse(phrase)?, password)?,
    };
    let mut secret = root.expand(ExpansionMode::Ed25519);
    for (hard, name) in junctions(path)? {
        secret =
            if hard { hard_child(&secret, name).expand(ExpansionMode::Ed25519) } else { soft_child(&secret, name) };
    }
    Ok(secret)
}

/// The mini secret of `parent//name`.
pub(super) fn hard_child(parent: &SecretKey, name: &str) -> MiniSecretKey {
    parent.hard_derive_mini_secret_key(Some(chain_code(name)), b"").0
}

fn soft_child(parent: &SecretKey, name: &str) -> SecretKey {
    parent.derived_key_simple(chain_code(name), b"").0
}

/// Substrate derives the seed from the phrase's entropy, not from the BIP-39 seed.
fn mini_secret_of_phrase(phrase: &Mnemonic, password: &str) -> Result<MiniSecretKey, KeyError> {
    let salt = Zeroizing::new(format!("mnemonic{password}"));
    let mut seed = Zeroizing::new([0; 64]);
    pbkdf2::pbkdf2_hmac::<Sha512>(&phrase.entropy(), salt.as_bytes(), 2048, &mut *seed);
    let (seed, _) = seed.split_at(32);
    mini_secret(seed)
}

fn mini_secret(seed: &[u8]) -> Result<MiniSecretKey, KeyError> {
    MiniSecretKey::from_bytes(seed).map_err(|_| KeyError::InvalidSeed)
}

fn seed_of_hex(digits: &str) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let mut seed = Zeroizing::new([0; 32]);
    hex::decode_to_slice(digits, &mut *seed).map_err(|_| KeyError::InvalidSeed)?;
    Ok(seed)
}

fn junctions(mut path: &str) -> Result<Vec<(bool, &str)>, KeyError> {
    let mut junctions = Vec::new();
    while !path.is_empty() {
        let (hard, rest) = match path.strip_prefix("//") {
            Some(rest) => (true, rest),
            None => (false, path.strip_prefix('/').ok_or(KeyError::InvalidUri)?),
        };
        let (name, next) = rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
        if name.is_empty() {
            return Err(KeyError::InvalidUri);
        }
        junctions.push((hard, name));
        path = next;
    }
    Ok(junctions)
}

fn chain_code(name: &str) -> ChainCode {
    let encoded = name.parse::<u64>().map_or_else(|_| name.encode(), |number| number.encode());
    let mut code = [0; 32];
    match code.get_mut(..encoded.len()) {
        Some(start) => start.copy_from_slice(&encoded),
        None => code = sp_crypto_hashing::blake2_256(&encoded),
    }
    ChainCode(code)
}
