// SPDX-License-Identifier: Apache-2.0

//! sr25519 key pairs: transaction, membership, issuing and voucher keys; and how the signatures of accounts are verified.

use std::fmt;

use ed25519_dalek::VerifyingKey;
use salus_primitives::SigningKey;
use schnorrkel::{ExpansionMode, Keypair, MiniSecretKey, PublicKey, SecretKey, Signature};
use sp_crypto_hashing::blake2_512;
use zeroize::Zeroizing;

use super::fault::KeyError;
use super::uri::secret_of_uri;
use crate::secret::random;

/// The context of every sr25519 signature in Substrate.
const CONTEXT: &[u8] = b"substrate";
/// Addresses are written in the form for any Substrate chain.
const ADDRESS_PREFIX: u8 = 42;

/// A key that signs. Its private part is wiped on drop and cannot be printed.
pub struct SigningPair(Keypair);

impl SigningPair {
    /// A fresh random key.
    pub fn generate() -> Self {
        Self::from_seed(&Zeroizing::new(random::<32>()))
    }

    /// A fresh random key that has to travel, such as a voucher's, and the 32 bytes from which
    /// [`SigningPair::from_seed`] makes it again.
    pub fn generate_with_seed() -> (Self, Zeroizing<[u8; 32]>) {
        let seed = Zeroizing::new(random::<32>());
        (Self::from_seed(&seed), seed)
    }

    /// The key that grows from these 32 secret bytes, as everywhere in Substrate.
    #[expect(clippy::expect_used, reason = "a mini secret is any 32 bytes")]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self::from_mini_secret(&MiniSecretKey::from_bytes(seed).expect("32 bytes"))
    }

    /// The key that a Substrate secret URI stands for, such as an institution's issuing key.
    pub fn from_uri(uri: &str) -> Result<Self, KeyError> {
        secret_of_uri(uri).map(Self::from_secret)
    }

    /// The public part.
    pub fn public(&self) -> SigningKey {
        SigningKey(self.0.public.to_bytes())
    }

    /// Signs `payload`. Two signatures of one payload differ, and both are good.
    pub fn sign(&self, payload: &[u8]) -> [u8; 64] {
        self.0.sign_simple(CONTEXT, payload).to_bytes()
    }

    pub(super) fn from_mini_secret(mini_secret: &MiniSecretKey) -> Self {
        Self(mini_secret.expand_to_keypair(ExpansionMode::Ed25519))
    }

    pub(super) fn from_secret(secret: SecretKey) -> Self {
        Self(secret.to_keypair())
    }

    pub(super) fn secret(&self) -> &SecretKey {
        &self.0.secret
    }
}

/// How the key of an account signs. Salus makes sr25519 keys; an account of another wallet may have an ed25519 key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignatureScheme {
    /// Schnorr signatures over Ristretto25519, in Substrate's context.
    Sr25519,
    /// Ed25519 (RFC 8032), verified strictly: no key of small order, one encoding of each point.
    Ed25519,
}

impl SignatureScheme {
    /// The scheme of this name, in lower case.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Sr25519, Self::Ed25519].into_iter().find(|scheme| scheme.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            Self::Sr25519 => "sr25519",
            Self::Ed25519 => "ed25519",
        }
    }

    /// Whether `signature` is that of `key` over `payload`.
    pub fn verify(self, key: &SigningKey, payload: &[u8], signature: &[u8; 64]) -> bool {
        match self {
            Self::Sr25519 => verify(key, payload, signature),
            Self::Ed25519 => VerifyingKey::from_bytes(&key.0)
                .is_ok_and(|key| key.verify_strict(payload, &ed25519_dalek::Signature::from_bytes(signature)).is_ok()),
        }
    }
}

impl fmt::Display for SignatureScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Whether `signature` is that of the sr25519 key `key` over `payload`.
pub fn verify(key: &SigningKey, payload: &[u8], signature: &[u8; 64]) -> bool {
    match (PublicKey::from_bytes(&key.0), Signature::from_bytes(signature)) {
        (Ok(public), Ok(signature)) => public.verify_simple(CONTEXT, payload, &signature).is_ok(),
        _ => false,
    }
}

/// The key as an SS58 address, as polkadot.js shows it.
pub fn address(key: &SigningKey) -> String {
    let mut bytes = vec![ADDRESS_PREFIX];
    bytes.extend_from_slice(&key.0);
    let check = blake2_512(&[b"SS58PRE", bytes.as_slice()].concat());
    let [first, second, ..] = check;
    bytes.extend([first, second]);
    bs58::encode(bytes).into_string()
}

/// The key in an address for any Substrate chain; none if it is mistyped, or of another form.
pub fn key_of_address(text: &str) -> Option<SigningKey> {
    let bytes = bs58::decode(text).into_vec().ok()?;
    let [ADDRESS_PREFIX, key @ .., _, _] = bytes.as_slice() else { return None };
    let key = SigningKey(key.try_into().ok()?);
    // Written again it has the right checksum.
    (address(&key) == text).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_good_for_its_key_and_payload_only() {
        let (pair, stranger) = (SigningPair::generate(), SigningPair::generate());
        let signature = pair.sign(b"payload");
        assert!(verify(&pair.public(), b"payload", &signature));
        assert!(!verify(&stranger.public(), b"payload", &signature));
        assert!(!verify(&pair.public(), b"another", &signature));
        for place in 0..64 {
            let mut altered = signature;
            altered[place] ^= 1;
            assert!(!verify(&pair.public(), b"payload", &altered));
        }
        assert!(!verify(&SigningKey([0xff; 32]), b"payload", &signature));
    }

    #[test]
    fn a_seed_gives_the_same_key_again() {
        let (pair, seed) = SigningPair::generate_with_seed();
        assert_eq!(SigningPair::from_seed(&seed).public(), pair.public());
    }

    #[test]
    fn address_is_the_one_that_polkadot_js_shows() {
        let alice = SigningPair::from_uri("//Alice").unwrap();
        assert_eq!(address(&alice.public()), "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
    }

    #[test]
    fn addresses_are_read_back_unless_mistyped() {
        let key = SigningPair::generate().public();
        assert_eq!(key_of_address(&address(&key)), Some(key));
        for wrong in [
            "",
            "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQX",
            "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQ",
            // Of another chain.
            "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5",
        ] {
            assert_eq!(key_of_address(wrong), None, "{wrong}");
        }
    }
}
